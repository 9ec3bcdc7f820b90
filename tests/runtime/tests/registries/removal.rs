// SPDX-License-Identifier: Apache-2.0

//! Nothing vanishes for which money waits.

use crate::world::*;
use atelier_primitives::pots::Pot;
use atelier_runtime::{economics::ATL, genesis::DEVELOPMENT};
use atelier_runtime_tests::{Account, Chain, R, run_blocks};
use frame_support::{assert_noop, assert_ok};
use pallet_models::Call as models;
use pallet_provenance::Call as provenance;
use pallet_rewards::Call as rewards;

/// Less than the chain divides by itself.
const LITTLE: u128 = ATL / 1_000;

#[test]
fn a_version_with_money_stays_until_its_owner_closes_the_pot() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let model = create_model(Account::Alice, "m");
		let version = publish(Account::Alice, model, publication(1, OPEN));
		assert!(pay(Account::Bob, Pot::Version(version), LITTLE));
		run_blocks(3);
		assert_ok!(call(Account::Alice, models::withdraw_version { version }));
		assert_noop!(
			call(Account::Alice, models::remove_version { version }),
			pallet_models::Error::<R>::StillNeeded
		);
		assert_ok!(call(
			Account::Alice,
			rewards::close {
				pot: Pot::Version(version)
			}
		));
		assert_ok!(call(Account::Alice, models::remove_version { version }));
		assert!(!pay(Account::Bob, Pot::Version(version), LITTLE), "its pot is gone");
	});
}

#[test]
fn so_does_a_dataset() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let dataset = register(Account::Alice, 1, OPEN);
		assert!(pay(Account::Bob, Pot::Dataset(dataset), LITTLE));
		assert_noop!(
			call(Account::Alice, provenance::remove_dataset { dataset }),
			pallet_provenance::Error::<R>::DatasetEarned
		);
		assert_ok!(call(
			Account::Alice,
			rewards::close {
				pot: Pot::Dataset(dataset)
			}
		));
		assert_ok!(call(Account::Alice, provenance::remove_dataset { dataset }));
	});
}
