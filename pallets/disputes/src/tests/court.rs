// SPDX-License-Identifier: Apache-2.0

//! Disputes against the referee's tiny models: every strategy of a cheat, and false accusations; and the clock.

use super::{
	player::{moved, play, Challenger},
	world::*,
};
use crate::{
	checks::{without, Check},
	mock::*,
	Call, Clock, Disputes as AllDisputes, Error, Stage,
};
use atelier_primitives::{
	ids::DisputeId,
	work::{workers::Fault, Work},
};
use atelier_referee::{
	commit::{Commitment, Kind},
	dispute::{gather, Charge, Evidence, Game, Move},
	samples::{Committed, Random as Dice},
};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchResult;

const FIRST: DisputeId = DisputeId(0);

/// An accusation of the answer; the work it is part of.
fn accused(served: &Served) -> Work {
	register(served);
	let (work, shown) = settle(served, 1_000);
	let shown = Box::new(shown);
	assert_ok!(tried(Call::challenge { work, shown, lot: None }, CHALLENGER));
	work
}

fn post(trace: Commitment, who: AccountId) -> DispatchResult {
	tried(Call::post_trace { dispute: FIRST, trace }, who)
}

fn prove(charge: Charge, evidence: Evidence, who: AccountId) -> DispatchResult {
	let evidence = Box::new(evidence);
	tried(
		Call::prove {
			dispute: FIRST,
			charge,
			evidence,
		},
		who,
	)
}

fn descend(who: AccountId) -> DispatchResult {
	tried(Call::descend { dispute: FIRST }, who)
}

fn expire(who: AccountId) -> DispatchResult {
	tried(Call::expire { dispute: FIRST }, who)
}

fn concede(who: AccountId) -> DispatchResult {
	tried(Call::concede { dispute: FIRST }, who)
}

/// Accused, and the trace is posted.
fn proving(served: &Served) -> Work {
	let work = accused(served);
	assert_ok!(post(served.held.trace.commitment(), account(WORKER)));
	work
}

fn convicted() -> bool {
	Workers::get(WORKER).convictions == [(Fault::Wrong, Some(CHALLENGER))]
}

/// The worker is free, its accuser has lost the bond.
fn acquitted(work: Work) {
	assert!(Workers::get(WORKER).convictions.is_empty());
	assert!(Pending_::get().contains_key(&work), "the work will be paid");
	assert_eq!(AllDisputes::<Test>::iter().count(), 0);
	let lost = RICH - free(CHALLENGER);
	assert!(lost >= 1_000 && bonded(CHALLENGER) == 0);
	assert_eq!(
		free(account(WORKER)) - RICH,
		lost / 2,
		"half of the bond is for its trouble"
	);
	assert_eq!(free(TREASURY) - RICH, lost - lost / 2);
}

mod cheats {
	use super::*;

	#[test]
	fn are_all_convicted_by_one_proof() {
		for (name, mut served) in cheats() {
			run(|| {
				let work = proving(&served);
				let (charge, evidence) = served.proof().unwrap_or_else(|| panic!("{name} is proved"));
				assert_ok!(prove(charge, evidence, CHALLENGER));
				assert!(convicted(), "{name}");
				assert_eq!(Overturned::get(), [work]);
				assert_eq!(free(CHALLENGER), RICH, "the bond is back");
			});
		}
	}

	#[test]
	fn go_free_without_the_referee() {
		for (name, mut served) in cheats() {
			run(|| {
				let work = proving(&served);
				let (charge, evidence) = served.proof().unwrap_or_else(|| panic!("{name} is proved"));
				let refused = without(Check::Referee, || prove(charge, evidence, CHALLENGER));
				assert_eq!(refused, Err(Error::<Test>::NoFraud.into()));
				blocks(20);
				acquitted(work);
			});
		}
	}

	#[test]
	fn lose_the_game_too() {
		let mut dice = Dice(4);
		for (name, mut served) in cheats() {
			run(|| {
				let sample = sample(11);
				// What the trace would be if the right thing had been computed, with the tokens that were given.
				let mut right = Committed::new(answer(&sample, &sample.tokens, served.request.sampler));
				if name == "one token changed" {
					// The trace is right: another charge says what is wrong.
					let work = proving(&served);
					assert_ok!(descend(CHALLENGER));
					let top = served.held.trace.reveal_top().unwrap();
					assert_ok!(moved(FIRST, Move::Reveal(top), account(WORKER)));
					assert_ok!(moved(FIRST, Move::Accuse(Charge::Token(OUTPUT - 1)), CHALLENGER));
					let case = served.case();
					let evidence = gather(&case, &mut served.held, Charge::Token(OUTPUT - 1), None);
					let opened = Move::Open(Box::new(evidence.unwrap().unwrap()));
					assert_ok!(moved(FIRST, opened, account(WORKER)));
					assert!(convicted(), "{name}");
					assert_eq!(Overturned::get(), [work]);
					return;
				}
				proving(&served);
				assert_ok!(descend(CHALLENGER));
				play(
					FIRST,
					&mut served,
					&mut right,
					CHALLENGER,
					Challenger::Honest,
					&mut dice,
				);
				assert!(convicted(), "{name}");
			});
		}
	}

	#[test]
	fn who_withholds_its_trace_loses() {
		run(|| {
			let (_, served) = cheats().remove(0);
			let work = accused(&served);
			let leaves = served.held.answer.graph.leaves() as u32;
			blocks(10 + leaves / 1_000);
			assert!(!convicted(), "its last tick is not over");
			blocks(1);
			assert!(convicted());
			assert_eq!(Overturned::get(), [work]);
		});
	}

	#[test]
	fn who_withholds_its_trace_goes_free_without_the_clock() {
		run(|| {
			let (_, served) = cheats().remove(0);
			accused(&served);
			// Time passes, but nobody ends what is over; then the trace comes as if nothing was.
			Clock::<Test>::put(1_000);
			let late = || post(served.held.trace.commitment(), account(WORKER));
			assert_noop!(late(), Error::<Test>::TimeIsOver);
			assert_ok!(without(Check::Clock, late));
		});
	}

	#[test]
	fn who_stops_moving_in_the_game_loses() {
		run(|| {
			let (_, served) = cheats().remove(0);
			proving(&served);
			assert_ok!(descend(CHALLENGER));
			blocks(15);
			assert!(!convicted());
			blocks(1);
			assert!(convicted());
		});
	}

	#[test]
	fn only_the_registered_challenger_earns() {
		run(|| {
			let (_, mut served) = cheats().remove(0);
			proving(&served);
			let (charge, evidence) = served.proof().expect("it is proved");
			// Somebody saw the proof in the pool.
			assert_noop!(prove(charge, evidence.clone(), OTHER), Error::<Test>::NotParty);
			assert_ok!(without(Check::Challenger, || prove(charge, evidence, OTHER)));
			assert_eq!(Workers::get(WORKER).convictions, [(Fault::Wrong, Some(OTHER))]);
			assert_eq!(free(CHALLENGER), RICH);
		});
	}
}

mod false_accusations {
	use super::*;

	#[test]
	fn have_no_proof() {
		run(|| {
			let mut served = Served::honest(11, IN_SESSION);
			let work = proving(&served);
			assert!(served.proof().is_none(), "no charge in the whole trace is a fraud");
			let case = served.case();
			for charge in charges(&served.held.answer).into_iter().step_by(97) {
				if let Ok(Some(evidence)) = gather(&case, &mut served.held, charge, None) {
					assert!(prove(charge, evidence, CHALLENGER).is_err());
				}
			}
			blocks(20);
			acquitted(work);
		});
	}

	#[test]
	fn would_win_if_the_accuser_decided() {
		run(|| {
			let mut served = Served::honest(11, IN_SESSION);
			proving(&served);
			let case = served.case();
			let charge = Charge::State(0);
			let evidence = gather(&case, &mut served.held, charge, None).unwrap().unwrap();
			assert_noop!(prove(charge, evidence.clone(), CHALLENGER), Error::<Test>::NoFraud);
			assert_ok!(without(Check::Proved, || prove(charge, evidence, CHALLENGER)));
			assert!(convicted(), "the innocent");
		});
	}

	#[test]
	fn lose_every_game() {
		let mut dice = Dice(8);
		for seed in 0..12 {
			run(|| {
				let mut served = Served::honest(seed * 7, IN_SESSION);
				let mut right = served.held.clone();
				let work = proving(&served);
				assert_ok!(descend(CHALLENGER));
				play(FIRST, &mut served, &mut right, CHALLENGER, Challenger::Any, &mut dice);
				acquitted(work);
			});
		}
	}

	#[test]
	fn lose_by_silence_after_the_trace_and_in_the_game() {
		run(|| {
			let served = Served::honest(11, IN_SESSION);
			let work = proving(&served);
			blocks(10);
			assert_eq!(AllDisputes::<Test>::iter().count(), 1);
			blocks(1);
			acquitted(work);
		});
		run(|| {
			let served = Served::honest(11, IN_SESSION);
			let work = proving(&served);
			assert_ok!(descend(CHALLENGER));
			let top = served.held.trace.reveal_top().unwrap();
			assert_ok!(moved(FIRST, Move::Reveal(top), account(WORKER)));
			blocks(16);
			acquitted(work);
		});
	}

	#[test]
	fn cost_nothing_if_the_bond_came_back() {
		run(|| {
			let served = Served::honest(11, IN_SESSION);
			proving(&served);
			without(Check::LostBond, || blocks(12));
			assert_eq!(AllDisputes::<Test>::iter().count(), 0);
			assert_eq!(free(CHALLENGER), RICH, "accusing was free");
		});
	}

	#[test]
	fn can_be_taken_back_at_the_price_of_losing() {
		run(|| {
			let served = Served::honest(11, IN_SESSION);
			let work = accused(&served);
			assert_noop!(concede(OTHER), Error::<Test>::NotParty);
			assert_ok!(concede(CHALLENGER));
			acquitted(work);
		});
	}
}

mod arrows {
	use super::*;

	#[test]
	fn a_trace_is_posted_once_by_the_worker_and_of_the_right_size() {
		run(|| {
			let served = Served::honest(11, IN_SESSION);
			accused(&served);
			let trace = served.held.trace.commitment();
			for who in [PAYER, CHALLENGER, OTHER] {
				assert_noop!(post(trace, who), Error::<Test>::NotParty);
			}
			let longer = Commitment {
				count: trace.count + 1,
				..trace
			};
			assert_noop!(post(longer, account(WORKER)), Error::<Test>::WrongTrace);
			let other = Commitment {
				kind: Kind::State,
				..trace
			};
			assert_noop!(post(other, account(WORKER)), Error::<Test>::WrongTrace);
			assert_ok!(post(trace, account(WORKER)));
			assert_noop!(post(trace, account(WORKER)), Error::<Test>::WrongStage);
		});
	}

	#[test]
	fn nothing_is_proved_or_played_before_the_trace_is_there() {
		run(|| {
			let mut served = cheats().remove(0).1;
			accused(&served);
			let (charge, evidence) = served.proof().expect("it is proved");
			assert_noop!(prove(charge, evidence, CHALLENGER), Error::<Test>::WrongStage);
			assert_noop!(descend(CHALLENGER), Error::<Test>::WrongStage);
			let top = served.held.trace.reveal_top().unwrap();
			assert_noop!(
				moved(FIRST, Move::Reveal(top), account(WORKER)),
				Error::<Test>::WrongStage
			);
		});
	}

	#[test]
	fn the_game_is_the_challengers_to_ask_for_and_ends_proofs_in_one_step() {
		run(|| {
			let mut served = cheats().remove(0).1;
			proving(&served);
			for who in [PAYER, OTHER, account(WORKER)] {
				assert_noop!(descend(who), Error::<Test>::NotParty);
			}
			assert_ok!(descend(CHALLENGER));
			assert_noop!(descend(CHALLENGER), Error::<Test>::WrongStage);
			let (charge, evidence) = served.proof().expect("it is proved");
			assert_noop!(prove(charge, evidence, CHALLENGER), Error::<Test>::WrongStage);
		});
	}

	#[test]
	fn a_worker_can_confess_once_it_is_asked() {
		run(|| {
			let served = cheats().remove(0).1;
			accused(&served);
			assert_ok!(concede(account(WORKER)));
			assert!(convicted());
		});
		run(|| {
			let served = Served::honest(11, IN_SESSION);
			let work = accused(&served);
			let shown = Box::new(settle(&served, 1_000).1);
			for _ in 0..2 {
				let shown = shown.clone();
				assert_ok!(tried(Call::challenge { work, shown, lot: None }, OTHER));
			}
			let dispute = DisputeId(2);
			assert_eq!(AllDisputes::<Test>::get(dispute).unwrap().stage, Stage::Queued);
			assert_noop!(
				tried(Call::concede { dispute }, account(WORKER)),
				Error::<Test>::WrongStage
			);
			assert_noop!(tried(Call::expire { dispute }, PAYER), Error::<Test>::TimeIsNotOver);
		});
	}

	#[test]
	fn anybody_ends_what_is_over_and_nothing_else() {
		run(|| {
			let served = Served::honest(11, IN_SESSION);
			accused(&served);
			assert_noop!(expire(OTHER), Error::<Test>::TimeIsNotOver);
			Clock::<Test>::put(1_000);
			assert_ok!(expire(OTHER));
			assert!(convicted(), "it did not commit to a trace in time");
			assert_noop!(expire(OTHER), Error::<Test>::UnknownDispute);
		});
	}

	#[test]
	fn of_no_dispute_there_are_none() {
		run(|| {
			let mut served = cheats().remove(0).1;
			let (charge, evidence) = served.proof().expect("it is proved");
			assert_noop!(
				post(served.held.trace.commitment(), account(WORKER)),
				Error::<Test>::UnknownDispute
			);
			assert_noop!(prove(charge, evidence, CHALLENGER), Error::<Test>::UnknownDispute);
			assert_noop!(descend(CHALLENGER), Error::<Test>::UnknownDispute);
			assert_noop!(concede(CHALLENGER), Error::<Test>::UnknownDispute);
			assert_noop!(
				moved(FIRST, Move::Descend(0), CHALLENGER),
				Error::<Test>::UnknownDispute
			);
		});
	}

	#[test]
	fn evidence_of_another_claim_decides_nothing() {
		run(|| {
			let mut served = cheats().remove(0).1;
			let mut other = cheats().remove(3).1;
			proving(&served);
			let (charge, evidence) = other.proof().expect("it is proved");
			assert_noop!(prove(charge, evidence, CHALLENGER), Error::<Test>::DecidesNothing);
			assert_noop!(
				prove(Charge::Token(OUTPUT), Evidence::default(), CHALLENGER),
				Error::<Test>::DecidesNothing
			);
			let (charge, _) = served.proof().expect("it is proved");
			assert_noop!(
				prove(charge, Evidence::default(), CHALLENGER),
				Error::<Test>::DecidesNothing
			);
		});
	}
}

/// What is in the agenda.
fn notes() -> usize {
	crate::Dues::<Test>::iter_values().map(|bucket| bucket.len()).sum()
}

mod lines {
	use super::*;

	#[test]
	fn who_waits_begins_when_another_ends_with_all_of_its_time() {
		run(|| {
			let served = Served::honest(11, IN_SESSION);
			let work = accused(&served);
			let shown = Box::new(settle(&served, 1_000).1);
			for _ in 0..2 {
				let shown = shown.clone();
				assert_ok!(tried(Call::challenge { work, shown, lot: None }, OTHER));
			}
			blocks(5);
			assert_ok!(concede(CHALLENGER));
			let begun = AllDisputes::<Test>::get(DisputeId(2)).unwrap();
			let until = Clock::<Test>::get() + begun.rules.trace;
			assert_eq!(begun.stage, Stage::Trace { until });
		});
	}

	#[test]
	fn a_conviction_ends_all_others_and_gives_their_bonds_back() {
		run(|| {
			let served = cheats().remove(0).1;
			let work = accused(&served);
			let shown = Box::new(settle(&served, 1_000).1);
			for _ in 0..5 {
				let shown = shown.clone();
				assert_ok!(tried(Call::challenge { work, shown, lot: None }, OTHER));
			}
			assert!(bonded(OTHER) > 0);
			assert_ok!(concede(account(WORKER)));
			// One at a time: a conviction costs the same however many there are.
			blocks(6);
			assert_eq!(AllDisputes::<Test>::iter().count(), 0);
			assert_eq!((free(OTHER), free(CHALLENGER)), (RICH, RICH));
			assert_eq!(Workers::get(WORKER).convictions.len(), 1);
		});
	}

	#[test]
	fn a_dispute_has_one_note_in_the_agenda_however_often_its_time_grows() {
		run(|| {
			let served = Served::honest(11, IN_SESSION);
			proving(&served);
			assert_ok!(descend(CHALLENGER));
			let noted = || AllDisputes::<Test>::get(FIRST).unwrap().noted;
			for _ in 0..2 {
				assert_eq!(notes(), 1);
				let revealed = match crate::Pallet::<Test>::game(FIRST) {
					Some(Game::Below(node)) => served.held.trace.reveal_below(node.level, node.index),
					_ => served.held.trace.reveal_top(),
				};
				blocks(2);
				assert_ok!(moved(FIRST, Move::Reveal(revealed.unwrap()), account(WORKER)));
				blocks(2);
				assert_ok!(moved(FIRST, Move::Descend(0), CHALLENGER));
			}
			// It came before the time was over, and was noted again.
			let (first, until) = (noted(), AllDisputes::<Test>::get(FIRST).unwrap().stage.until().unwrap());
			assert!(first <= until + 1);
			ticks(until);
			assert_eq!((notes(), noted()), (1, until + 1));
			blocks(2);
			assert_eq!(AllDisputes::<Test>::iter().count(), 0, "who was silent has lost");
			assert_eq!(notes(), 0);
		});
	}

	#[test]
	fn thrown_challenges_do_not_keep_an_honest_one_from_being_heard() {
		run(|| {
			let mut served = cheats().remove(0).1;
			register(&served);
			let (work, shown) = settle(&served, 1_000);
			let shown = Box::new(shown);
			// A friend of the cheat accuses first, again and again, and gives up.
			let throw = || {
				let shown = shown.clone();
				assert_ok!(tried(Call::challenge { work, shown, lot: None }, OTHER));
			};
			(0..10).for_each(|_| throw());
			assert_ok!(tried(
				Call::challenge {
					work,
					shown: shown.clone(),
					lot: None
				},
				CHALLENGER
			));
			for dispute in 0..10 {
				let dispute = DisputeId(dispute);
				assert_ok!(tried(Call::concede { dispute }, OTHER));
			}
			let dispute = DisputeId(10);
			let trace = served.held.trace.commitment();
			assert_ok!(tried(Call::post_trace { dispute, trace }, account(WORKER)));
			let (charge, evidence) = served.proof().expect("it is proved");
			let evidence = Box::new(evidence);
			assert_ok!(tried(
				Call::prove {
					dispute,
					charge,
					evidence
				},
				CHALLENGER
			));
			assert!(convicted());
			assert!(free(OTHER) < RICH - 10_000, "and the friend has paid for each");
		});
	}
}

mod clock {
	use super::*;
	use frame_support::{dispatch::DispatchClass, weights::Weight};
	use frame_system::limits::{BlockLength, BlockWeights};

	fn full() -> Weight {
		let limits: BlockWeights =
			<<Test as frame_system::Config>::BlockWeights as frame_support::traits::Get<_>>::get();
		limits.max_block
	}

	#[test]
	fn does_not_count_blocks_in_which_nobody_could_speak() {
		run(|| {
			let served = Served::honest(11, IN_SESSION);
			accused(&served);
			// An attacker fills every block.
			blocks_with(100, full());
			assert_eq!(Clock::<Test>::get(), 0);
			assert_ok!(post(served.held.trace.commitment(), account(WORKER)));
		});
	}

	#[test]
	fn would_convict_the_silenced_if_it_did() {
		run(|| {
			let served = Served::honest(11, IN_SESSION);
			accused(&served);
			without(Check::Capacity, || blocks_with(100, full()));
			assert!(convicted(), "the innocent, who could not speak");
		});
	}

	/// Blocks that are this long, in which an honest worker has its trace to post.
	fn long(length: u32) {
		let served = Served::honest(11, IN_SESSION);
		accused(&served);
		frame_system::BlockSize::<Test>::put(length);
		blocks(100);
	}

	/// The length that leaves as much as the largest move needs.
	fn longest() -> u32 {
		let limits: BlockLength = <<Test as frame_system::Config>::BlockLength as frame_support::traits::Get<_>>::get();
		limits.max.get(DispatchClass::Operational) - crate::MOST_BYTES - crate::FRAME_BYTES
	}

	#[test]
	fn does_not_count_blocks_in_which_the_largest_move_has_no_bytes() {
		run(|| {
			long(longest() + 1);
			assert_eq!(Clock::<Test>::get(), 0);
		});
		run(|| {
			long(longest());
			assert!(Clock::<Test>::get() > 10);
		});
	}

	#[test]
	fn would_convict_who_has_no_bytes_left_to_speak() {
		run(|| {
			without(Check::Length, || long(longest() + 1));
			assert!(convicted(), "the innocent");
		});
	}

	/// The most that a block may have used in which there is still room for the largest call, but for nothing beside it.
	fn all_but_a_call() -> Weight {
		use crate::WeightInfo;
		let limits: BlockWeights =
			<<Test as frame_system::Config>::BlockWeights as frame_support::traits::Get<_>>::get();
		let class = limits.get(DispatchClass::Operational);
		assert!(crate::weights::most::<()>().all_gte(<()>::prove(crate::MOST_BYTES)));
		let call = crate::weights::most::<()>() + class.base_extrinsic;
		class.max_total.unwrap() - call
	}

	#[test]
	fn does_not_count_blocks_in_which_the_largest_move_fits_but_not_its_admission() {
		run(|| {
			accused(&Served::honest(11, IN_SESSION));
			blocks_with(100, all_but_a_call());
			assert_eq!(Clock::<Test>::get(), 0);
			blocks_with(1, all_but_a_call() - Overhead::get());
			assert_eq!(Clock::<Test>::get(), 1);
		});
		run(|| {
			accused(&Served::honest(11, IN_SESSION));
			without(Check::Overhead, || blocks_with(100, all_but_a_call()));
			assert!(convicted(), "the innocent");
		});
	}

	#[test]
	fn counts_blocks_that_are_full_of_everything_else() {
		run(|| {
			for class in [DispatchClass::Normal, DispatchClass::Mandatory] {
				let before = Clock::<Test>::get();
				System::register_extra_weight_unchecked(full(), class);
				blocks(1);
				assert_eq!(Clock::<Test>::get(), before + 1, "what is reserved is there");
			}
		});
	}

	#[test]
	fn stands_still_while_the_chain_is_stopped() {
		run(|| {
			let served = Served::honest(11, IN_SESSION);
			accused(&served);
			Suspended::set(true);
			blocks(100);
			assert_eq!(Clock::<Test>::get(), 0);
			Suspended::set(false);
			blocks(3);
			assert_eq!(Clock::<Test>::get(), 3);
		});
	}

	#[test]
	fn is_paused_by_governance_only_and_goes_on_by_itself() {
		run(|| {
			for who in [PAYER, OPERATOR, account(WORKER)] {
				assert!(tried(Call::pause {}, who).is_err());
				assert!(tried(Call::resume {}, who).is_err());
			}
			assert_ok!(crate::Pallet::<Test>::pause(RuntimeOrigin::root()));
			assert_noop!(
				crate::Pallet::<Test>::pause(RuntimeOrigin::root()),
				Error::<Test>::Paused
			);
			blocks(51);
			assert_eq!(Clock::<Test>::get(), 0);
			blocks(1);
			assert_eq!(Clock::<Test>::get(), 1);
			assert_noop!(
				crate::Pallet::<Test>::resume(RuntimeOrigin::root()),
				Error::<Test>::NotPaused
			);
			assert_ok!(crate::Pallet::<Test>::pause(RuntimeOrigin::root()));
			assert_ok!(crate::Pallet::<Test>::resume(RuntimeOrigin::root()));
			blocks(1);
			assert_eq!(Clock::<Test>::get(), 2);
		});
	}

	#[test]
	fn a_gap_of_a_thousand_blocks_ends_nothing_early_and_loses_nothing() {
		run(|| {
			let served = Served::honest(11, IN_SESSION);
			accused(&served);
			// A chain that stood still and goes on a thousand numbers later.
			System::set_block_number(System::block_number() + 1_000);
			blocks(2);
			assert_eq!(Clock::<Test>::get(), 2);
			assert_ok!(post(served.held.trace.commitment(), account(WORKER)));
		});
	}
}
