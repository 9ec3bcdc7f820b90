// SPDX-License-Identifier: Apache-2.0

//! What records cost: to the unit, and all of it comes back.

use crate::world::*;
use atelier_primitives::attestations::CONSENT;
use atelier_primitives::ids::Subject;
use atelier_runtime::{AccountId, Balance, Balances, RuntimeHoldReason, economics::deposit, genesis::DEVELOPMENT};
use atelier_runtime_tests::{Account, Chain, account};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use pallet_models::Call as models;
use pallet_provenance::Call as provenance;
use sp_runtime::TokenError;

fn held(reason: impl Into<RuntimeHoldReason>, who: Account) -> Balance {
	<Balances as InspectHold<AccountId>>::balance_on_hold(&reason.into(), &account(who))
}

#[test]
fn every_deposit_comes_back() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let who = Account::Eve;
		let rich = free(who);
		let model = create_model(who, "m");
		let empty = held(pallet_models::HoldReason::Record, who);
		let version = publish(who, model, publication(1, OPEN));
		let with_version = held(pallet_models::HoldReason::Record, who);
		assert!(empty > deposit(1, 0) && with_version > empty + deposit(1, 0));
		let dataset = register(who, 1, OPEN);
		let attestation = attest(who, CONSENT, Subject::Dataset(dataset)).expect("it exists");
		for reason in [
			pallet_provenance::HoldReason::Dataset,
			pallet_provenance::HoldReason::Attestation,
		] {
			assert!(held(reason, who) > deposit(3, 100));
		}
		println!(
			"deposits in thousandths of a token: model {}, version {}, dataset {}, attestation {}",
			empty / deposit(0, 1),
			(with_version - empty) / deposit(0, 1),
			held(pallet_provenance::HoldReason::Dataset, who) / deposit(0, 1),
			held(pallet_provenance::HoldReason::Attestation, who) / deposit(0, 1),
		);

		assert_ok!(call(who, provenance::revoke { attestation }));
		assert_ok!(call(who, provenance::remove_attestation { attestation }));
		assert_ok!(call(who, provenance::remove_dataset { dataset }));
		assert_ok!(call(who, models::withdraw_version { version }));
		assert_ok!(call(who, models::remove_version { version }));
		assert_ok!(call(who, models::remove_model { model }));
		assert_eq!(free(who), rich);
	});
}

#[test]
fn who_cannot_pay_the_deposit_registers_nothing() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let facts = facts(1, OPEN);
		assert_noop!(
			call(Account::One, provenance::register_dataset { facts }),
			TokenError::FundsUnavailable
		);
		assert_noop!(
			call(Account::One, models::create_model { slug: b"m".to_vec() }),
			TokenError::FundsUnavailable
		);
	});
}
