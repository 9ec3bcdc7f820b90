// SPDX-License-Identifier: Apache-2.0

//! What benchmarks need of the other pallets.

use super::*;
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	work::workers::Workers,
};
use frame_support::traits::fungible::Mutate;
use sp_runtime::MultiSignature;

impl crate::benchmarking::Helper<AccountId, MultiSignature, Balance> for World {
	fn count(blocks: u32) {
		Counted::mutate(|counted| *counted = counted.map(|counted| counted + blocks));
	}

	fn key(number: u32) -> AccountId {
		// From now on only what is counted counts, as on the runtime: whoever moves blocks on alone moves no clock.
		if Counted::get().is_none() {
			Counted::set(Some(now()));
		}
		let who = acc(number as u8 + 120);
		let _ = Balances::mint_into(&who, RICH * RICH);
		who
	}

	fn sign(who: &AccountId, message: &[u8]) -> MultiSignature {
		let number = (120..=255).find(|number| acc(*number) == *who).unwrap();
		sign(number, message)
	}

	fn poor() -> AccountId {
		acc(NOBODY)
	}

	fn version() -> VersionId {
		V
	}

	fn worker(account: &AccountId, _: VersionId, price: Balance) -> WorkerId {
		if let Some(worker) = Self::of(account) {
			return worker;
		}
		let worker = WorkerId(Fakes::iter().count() as u32);
		let fake = Fake {
			account: account.clone(),
			signer: account.clone(),
			price,
			cover: Balance::MAX,
			capacity: 10_000,
			drawable: true,
			..fake(W)
		};
		change(W, |fake| fake.drawable = false);
		Fakes::insert(worker, fake);
		worker
	}
}
