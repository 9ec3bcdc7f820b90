// SPDX-License-Identifier: Apache-2.0

//! Fees reach everybody who had a part in an answer.

use crate::world::*;
use atelier_primitives::pots::Pot;
use atelier_runtime::{Rewards, economics::ATL, genesis::DEVELOPMENT};
use atelier_runtime_tests::{Account, Chain, account, run_blocks};
use frame_support::assert_ok;
use pallet_rewards::Call as rewards;
use sp_runtime::Permill;

#[test]
fn a_fee_goes_up_the_lineage_by_itself() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let dataset = register(Account::Bob, 1, OPEN);
		let base = create_model(Account::Charlie, "base");
		let base = publish(
			Account::Charlie,
			base,
			made_from(publication(1, OPEN), &[], &[dataset], Permill::from_percent(50)),
		);
		let tuned = create_model(Account::Dave, "tuned");
		let tuned = publish(
			Account::Dave,
			tuned,
			made_from(publication(2, OPEN), &[base], &[], Permill::from_percent(40)),
		);
		let before = [Account::Bob, Account::Charlie, Account::Dave].map(free);
		assert!(pay(Account::Eve, Pot::Version(tuned), 100 * ATL));
		let pending = Rewards::pending(Pot::Version(tuned)).expect("it has a pot");
		assert_eq!(pending.earned, 60 * ATL);
		// Nobody calls anything.
		run_blocks(4);
		let after = [Account::Bob, Account::Charlie, Account::Dave].map(free);
		let earned: Vec<_> = after.iter().zip(before).map(|(after, before)| after - before).collect();
		assert_eq!(earned, [20 * ATL, 20 * ATL, 60 * ATL]);

		let era = Rewards::eras().current;
		let told = Rewards::explain(account(Account::Bob), era, None, 10).expect("the era is kept");
		assert_eq!(told.earned, 20 * ATL);
		assert_eq!(
			told.sources.iter().map(|source| source.pot).collect::<Vec<_>>(),
			[Pot::Dataset(dataset)]
		);
	});
}

#[test]
fn contested_money_waits_and_goes_to_whom_it_is_found_to_belong() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let honest = create_model(Account::Bob, "own");
		let first = publish(Account::Bob, honest, publication(1, OPEN));
		let thief = create_model(Account::Eve, "stolen");
		let stolen = publish(Account::Eve, thief, publication(1, OPEN));
		let [bob, eve] = [Account::Bob, Account::Eve].map(free);
		assert!(pay(Account::Charlie, Pot::Version(stolen), 10 * ATL));
		run_blocks(3);
		assert_eq!(free(Account::Eve), eve, "nothing is paid while it is open whose it is");

		// Dave is a contributor of rank 3 in this preset.
		let attestation = attest_origin(Account::Dave, first).expect("the version exists");
		let root = publication(1, OPEN).weights.root;
		let settle = pallet_models::Call::settle_contest {
			root,
			version: first,
			attestation,
		};
		assert_ok!(call(Account::Charlie, settle));
		assert_ok!(call(
			Account::Charlie,
			rewards::distribute {
				pot: Pot::Version(stolen)
			}
		));
		run_blocks(3);
		assert_eq!(free(Account::Eve), eve, "a copy earns its publisher nothing");
		assert_eq!(free(Account::Bob), bob + 10 * ATL);
	});
}
