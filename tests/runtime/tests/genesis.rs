// SPDX-License-Identifier: Apache-2.0

//! What the presets promise.

use atelier_runtime::{
	Balances, ContributorsCollective, Session, Treasury, Validators,
	economics::{GENESIS_REWARD_POT, GENESIS_SUPPLY},
	genesis,
	parameters::{token_tracks, validators},
};
use atelier_runtime_tests::{Account, Chain, account, check_state, next_session, run_blocks};
use frame_support::traits::{Get, RankedMembers};

const PRESETS: [&str; 3] = [genesis::DEVELOPMENT, genesis::LOCAL, genesis::TESTNET];

#[test]
fn every_preset_issues_exactly_the_genesis_supply() {
	for preset in PRESETS {
		Chain::from_preset(preset).run(|| {
			assert_eq!(Balances::total_issuance(), GENESIS_SUPPLY, "{preset}");
			assert!(Balances::free_balance(Treasury::account_id()) > 0, "{preset}");
			// The first block's author has had its reward.
			let left = Balances::free_balance(Validators::pot_account());
			assert!(
				left <= GENESIS_REWARD_POT && left > GENESIS_REWARD_POT / 2,
				"{preset}: {left}"
			);
		});
	}
}

#[test]
fn validators_are_those_with_session_keys() {
	Chain::from_preset(genesis::DEVELOPMENT).run(|| assert_eq!(Session::validators(), [account(Account::Alice)]));
	Chain::from_preset(genesis::LOCAL).run(|| assert_eq!(Session::validators().len(), 4));
}

#[test]
fn production_periods_are_long_and_test_periods_short() {
	Chain::from_preset(genesis::TESTNET).run(|| {
		assert_eq!(
			token_tracks::UpgradeTrack::get().decision,
			14 * atelier_runtime::time::DAYS
		);
		assert_eq!(<validators::MinValidators as Get<u32>>::get(), 4);
	});
	Chain::from_preset(genesis::LOCAL).run(|| assert!(token_tracks::UpgradeTrack::get().decision < 100));
}

#[test]
fn the_first_contributors_have_seats_and_no_account_has_more() {
	Chain::from_preset(genesis::TESTNET).run(|| {
		for who in [Account::Alice, Account::Bob, Account::Charlie, Account::Dave] {
			assert_eq!(ContributorsCollective::rank_of(&account(who)), Some(3));
		}
		assert_eq!(ContributorsCollective::rank_of(&account(Account::Eve)), None);
	});
}

#[test]
fn epochs_follow_the_genesis_and_sessions_rotate() {
	let short_epochs = |genesis: &mut serde_json::Value| genesis["launch"]["epochSlots"] = 5.into();
	Chain::from_preset_with(genesis::LOCAL, short_epochs).run(|| {
		next_session();
		assert!(frame_system::Pallet::<atelier_runtime::Runtime>::block_number() <= 7);
		next_session();
		assert_eq!(Session::current_index(), 2);
		run_blocks(3);
		check_state();
	});
}

#[test]
fn an_unknown_preset_is_none() {
	assert!(genesis::preset(&"mainnet".into()).is_none());
}

#[test]
fn a_session_with_fewer_validators_is_sound() {
	let short_epochs = |genesis: &mut serde_json::Value| genesis["launch"]["epochSlots"] = 10.into();
	Chain::from_preset_with(genesis::LOCAL, short_epochs).run(|| {
		let removal = pallet_validators::Call::remove_validator {
			validator: account(Account::Bob),
		};
		let dispatched = atelier_runtime_tests::dispatch(
			atelier_runtime::RuntimeCall::Validators(removal),
			atelier_runtime::RuntimeOrigin::root(),
		);
		assert_eq!(dispatched, Ok(()));
		for _ in 0..40 {
			atelier_runtime_tests::next_block();
			check_state();
		}
		assert_eq!(Session::validators().len(), 3);
	});
}
