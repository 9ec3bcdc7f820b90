// SPDX-License-Identifier: Apache-2.0

//! Accounts by numbers: their keys, and what they have.

use super::*;
use frame_support::traits::fungible::{Inspect, InspectHold};
use sp_core::{sr25519::Pair, Pair as _};
use sp_runtime::MultiSignature;
use std::collections::BTreeMap;

pub fn pair(number: u8) -> Pair {
	Pair::from_seed(&[number; 32])
}

/// The account of a key.
pub fn acc(number: u8) -> AccountId {
	thread_local! {
		static KNOWN: std::cell::RefCell<BTreeMap<u8, AccountId>> = const { std::cell::RefCell::new(BTreeMap::new()) };
	}
	KNOWN.with_borrow_mut(|known| {
		known
			.entry(number)
			.or_insert_with(|| AccountId::from(pair(number).public().0))
			.clone()
	})
}

pub fn sign(number: u8, message: &[u8]) -> MultiSignature {
	MultiSignature::Sr25519(pair(number).sign(message))
}

pub fn signed(number: u8) -> RuntimeOrigin {
	RuntimeOrigin::signed(acc(number))
}

pub fn free(who: u8) -> Balance {
	Balances::free_balance(acc(who))
}

pub fn all_of(who: u8) -> Balance {
	Balances::total_balance(&acc(who))
}

pub fn held(who: u8) -> Balance {
	Balances::balance_on_hold(&crate::HoldReason::Escrow.into(), &acc(who))
}

pub fn bonded(who: u8) -> Balance {
	Balances::balance_on_hold(&crate::HoldReason::Demand.into(), &acc(who))
}
