// SPDX-License-Identifier: Apache-2.0

//! The court on the real runtime: who cheats loses, by the chain's own computation; who accuses in vain pays.

use crate::{registries::free, world::*};
use atelier_primitives::{ids::DisputeId, work::Work};
use atelier_runtime::{Balances, economics::ATL, genesis::DEVELOPMENT};
use atelier_runtime_tests::{Account, Chain, R, account, run_blocks};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use pallet_disputes::{Call, Shown};
use sp_runtime::DispatchResult;

const FIRST: DisputeId = DisputeId(0);

fn challenge(who: Account, work: Work, shown: &Shown) -> DispatchResult {
	let shown = Box::new(shown.clone());
	call(who, Call::challenge { work, shown, lot: None })
}

fn bonded(who: Account) -> atelier_runtime::Balance {
	let reason = pallet_workers::HoldReason::Bond.into();
	Balances::balance_on_hold(&reason, &account(who))
}

#[test]
fn a_swapped_model_is_proved_refunded_and_slashed() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let sample = sample();
		let version = version(&sample);
		let cheat = hire(SERVES, true);
		let before = free(SERVES);
		let mut talk = Talk::begin(version);
		talk.honest(&sample);
		let mut served = talk.swapped(&sample);
		let (charge, evidence) = served.proof().expect("it is proved");
		let work = talk.settle();
		let shown = talk.shown(&served);
		assert_ok!(challenge(CHALLENGES, work, &shown));
		let trace = served.held.trace.commitment();
		let dispute = FIRST;
		assert_ok!(call(SERVES, Call::post_trace { dispute, trace }));
		let evidence = Box::new(evidence);
		assert_noop!(
			call(
				PAYER,
				Call::prove {
					dispute,
					charge,
					evidence: evidence.clone()
				}
			),
			pallet_disputes::Error::<R>::NotParty
		);
		assert_ok!(call(
			CHALLENGES,
			Call::prove {
				dispute,
				charge,
				evidence
			}
		));
		assert!(pallet_workers::Pallet::<R>::worker(cheat).unwrap().convicted);
		pass_window();
		assert!(!pending(work));
		// The worker has the reservation, and nothing for its work.
		assert_eq!(free(SERVES), before + ATL / 100);
		// Slashed a while later; until then governance could have undone it.
		let challenger = free(CHALLENGES);
		run_blocks(25);
		assert_eq!(bonded(SERVES), 0);
		assert_eq!(free(CHALLENGES), challenger + BOND / 5);
		// The payer gets everything back when the session ends.
		assert_ok!(call(PAYER, pallet_jobs::Call::close { session: talk.session }));
	});
}

#[test]
fn an_honest_worker_keeps_everything_and_its_accuser_pays() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let sample = sample();
		let version = version(&sample);
		hire(SERVES, true);
		let mut talk = Talk::begin(version);
		let served = talk.honest(&sample);
		let work = talk.settle();
		let shown = talk.shown(&served);
		let (before, accuser) = (free(SERVES), free(CHALLENGES));
		assert_ok!(challenge(CHALLENGES, work, &shown));
		let trace = served.held.trace.commitment();
		assert_ok!(call(SERVES, Call::post_trace { dispute: FIRST, trace }));
		// Nothing becomes final meanwhile, however long it takes.
		run_blocks(15);
		assert!(pending(work));
		run_blocks(10);
		assert!(pallet_disputes::Disputes::<R>::get(FIRST).is_none(), "the accuser had nothing to show");
		let lost = accuser - free(CHALLENGES);
		assert!(lost >= 5 * ATL);
		assert_eq!(free(SERVES), before + lost / 2);
		assert_eq!(bonded(SERVES), BOND);
		pass_window();
		assert!(!pending(work));
		assert!(free(SERVES) > before + lost / 2, "and it is paid");
	});
}

#[test]
fn a_withheld_trace_is_as_good_as_a_proof() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let sample = sample();
		let version = version(&sample);
		let cheat = hire(SERVES, true);
		let mut talk = Talk::begin(version);
		let served = talk.swapped(&sample);
		let work = talk.settle();
		assert_ok!(challenge(CHALLENGES, work, &talk.shown(&served)));
		run_blocks(25);
		assert!(pallet_workers::Pallet::<R>::worker(cheat).unwrap().convicted);
	});
}
