// SPDX-License-Identifier: Apache-2.0

//! One module for each call and each duty.

mod accept_dataset;
mod attest;
mod attest_many;
mod corruption;
#[cfg(not(feature = "runtime-benchmarks"))]
mod delegated;
mod deposits;
mod genesis;
mod migration;
mod offer_dataset;
mod origins;
mod properties;
mod register_dataset;
mod register_schema;
mod remove_attestation;
mod remove_dataset;
mod remove_schema;
mod revoke;
mod uses;
mod views;
mod withdraw_consent;

use crate::{mock::*, *};
use atelier_primitives::{
	attestations::*,
	ids::*,
	lineage::{Consent, Datasets as _, Flag, Unusable},
	terms::{Forbidden, Terms, Withdrawal},
};
use frame_support::{assert_noop, assert_ok, traits::Hooks};
use sp_runtime::{DispatchError::BadOrigin, TokenError};

type Fails = Error<Test>;

/// Leaves this account nothing but what keeps it alive.
fn impoverish(who: u8) {
	use frame_support::traits::fungible::Inspect;
	use frame_support::traits::tokens::{Fortitude::Polite, Preservation::Preserve};
	let rest = Balances::reducible_balance(&account(who), Preserve, Polite);
	Balances::transfer_keep_alive(signed(who), account(9), rest).unwrap();
}
