// SPDX-License-Identifier: Apache-2.0

//! One module for each call and each duty.

mod add_validator;
mod corruption;
mod genesis;
mod offences;
mod properties;
mod purge_keys;
mod remove_validator;
mod rewards;
mod sessions;

use crate::mock::*;

fn active() -> Vec<AccountId> {
	Session::validators()
}

fn wanted() -> Vec<AccountId> {
	crate::Validators::<Test>::get().into_inner()
}
