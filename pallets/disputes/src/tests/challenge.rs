// SPDX-License-Identifier: Apache-2.0

//! How accusations begin.

use super::world::*;
use crate::{
	checks::{without, Check},
	mock::*,
	Call, Error, Lines, Place, Shown, WAITING,
};
use atelier_primitives::{
	ids::WorkerId,
	work::{
		audits::{Audits, Claims},
		draw::Drawn,
		named, named_version,
		workers::Fault,
		Work,
	},
};
use atelier_referee::{
	claim::{Claim, Origin},
	hash::Portable,
};
use frame_support::{assert_noop, assert_ok};

fn challenge(work: Work, shown: &Shown, who: AccountId) -> sp_runtime::DispatchResult {
	let shown = Box::new(shown.clone());
	tried(Call::challenge { work, shown, lot: None }, who)
}

#[test]
fn begins_a_dispute_with_a_bond_that_grows_with_the_trace() {
	run(|| {
		let served = Served::honest(1, IN_SESSION);
		register(&served);
		let (work, shown) = settle(&served, 1_000);
		assert_ok!(challenge(work, &shown, CHALLENGER));
		let leaves = u128::from(served.held.answer.graph.leaves());
		assert_eq!(bonded(CHALLENGER), 1_000 + 100_000 * leaves / 1_000_000);
		assert_eq!(Workers::get(WORKER).accusations, 1);
		assert!(Workers::get(WORKER).convictions.is_empty());
	});
}

#[test]
fn of_something_else_is_no_accusation() {
	run(|| {
		let served = Served::honest(1, IN_SESSION);
		register(&served);
		let (work, shown) = settle(&served, 1_000);
		let refused = |work, shown: &Shown, error: Error<Test>| {
			assert_noop!(challenge(work, shown, CHALLENGER), error);
		};
		refused(settlement(SESSION, 0), &shown, Error::UnknownWork);
		refused(job(SESSION), &shown, Error::UnknownWork);
		let mut other = shown.clone();
		other.request.salt = [0; 32];
		refused(work, &other, Error::NotTheRequest);
		let mut other = shown.clone();
		other.claim.answer.root = [0; 32];
		refused(work, &other, Error::NotInWork);
		let mut other = shown.clone();
		other.place = Place::Job;
		refused(work, &other, Error::NotInWork);
		let (receipts, _) = receipts(&served);
		// A receipt of the settlement before: that is other work.
		refused(work, &shown_in(&served, &receipts, 1), Error::NotInWork);
		let mut other = shown.clone();
		let Place::Receipt { units, .. } = &mut other.place else {
			unreachable!()
		};
		*units += 1;
		refused(work, &other, Error::NotInWork);
	});
}

#[test]
fn of_a_claim_that_is_not_in_the_work_would_convict_the_innocent() {
	run(|| {
		let served = Served::honest(1, IN_SESSION);
		register(&served);
		let (work, mut shown) = settle(&served, 1_000);
		// Somebody makes up a claim, and says that the worker made it.
		shown.claim.worker = [0; 32];
		assert_noop!(challenge(work, &shown, CHALLENGER), Error::<Test>::NotInWork);
		assert_ok!(without(Check::InWork, || challenge(work, &shown, CHALLENGER)));
		assert_eq!(Workers::get(WORKER).convictions, [(Fault::Wrong, Some(CHALLENGER))]);
	});
}

#[test]
fn is_in_time_while_the_work_is_not_final() {
	run(|| {
		let served = Served::honest(1, IN_SESSION);
		register(&served);
		let (work, shown) = settle(&served, 1_000);
		blocks(Disputes::window());
		assert_ok!(frame_support::storage::with_transaction(|| {
			let done = challenge(work, &shown, CHALLENGER);
			sp_runtime::TransactionOutcome::Rollback(done)
		}));
		blocks(1);
		assert_noop!(challenge(work, &shown, CHALLENGER), Error::<Test>::WorkIsFinal);
	});
}

#[test]
fn needs_the_bond() {
	run(|| {
		let served = Served::honest(1, IN_SESSION);
		register(&served);
		let (work, shown) = settle(&served, 1_000);
		assert!(challenge(work, &shown, NOBODY).is_err());
		assert_eq!(Workers::get(WORKER).accusations, 0);
	});
}

#[test]
fn of_a_convicted_worker_is_refused() {
	run(|| {
		let served = Served::honest(1, IN_SESSION);
		register(&served);
		let (work, shown) = settle(&served, 1_000);
		Workers::mutate(WORKER, |known| known.convictions.push((Fault::Wrong, None)));
		assert_noop!(challenge(work, &shown, CHALLENGER), Error::<Test>::AlreadyConvicted);
	});
}

/// Claims that are wrong whatever was computed: what was paid for is something else.
fn wrong_by_themselves() -> Vec<(&'static str, Served)> {
	let honest = Served::honest(1, IN_SESSION);
	let with = |change: fn(&mut Claim)| {
		let mut served = honest.clone();
		change(&mut served.claim);
		served
	};
	let mut all = vec![
		("of another chain", with(|claim| claim.genesis = [8; 32])),
		("of another session", {
			with(|claim| {
				claim.origin = Origin::Session {
					session: SESSION + 1,
					index: INDEX,
				}
			})
		}),
		("of another place in the session", {
			with(|claim| {
				claim.origin = Origin::Session {
					session: SESSION,
					index: INDEX + 1,
				}
			})
		}),
		("of a job", with(|claim| claim.origin = Origin::Job(SESSION))),
		(
			"another worker's claim copied",
			with(|claim| claim.worker = named(WorkerId(1))),
		),
		(
			"of another version",
			with(|claim| claim.version = named_version(atelier_primitives::ids::VersionId(6))),
		),
		("counts inflated", with(|claim| claim.output_count += 1)),
		("input inflated", with(|claim| claim.input_count += 1)),
	];
	let mut padded = honest.clone();
	padded.units += 1;
	all.push(("receipts padded", padded));
	all
}

#[test]
fn convicts_at_once_whose_claim_is_wrong_by_itself() {
	for (name, served) in wrong_by_themselves() {
		run(|| {
			register(&served);
			let (work, shown) = settle(&served, 1_000);
			assert_ok!(challenge(work, &shown, CHALLENGER));
			assert_eq!(
				Workers::get(WORKER).convictions,
				[(Fault::Wrong, Some(CHALLENGER))],
				"{name}"
			);
			assert_eq!(Overturned::get(), [work]);
			assert_eq!(bonded(CHALLENGER), 0);
		});
	}
}

#[test]
fn without_binding_claims_of_others_are_paid() {
	for (name, served) in wrong_by_themselves() {
		run(|| {
			register(&served);
			let (work, shown) = settle(&served, 1_000);
			let accused = without(Check::Binding, || challenge(work, &shown, CHALLENGER));
			assert_ok!(accused);
			assert!(Workers::get(WORKER).convictions.is_empty(), "{name}");
			assert_eq!(Overturned::get(), []);
		});
	}
}

#[test]
fn convicts_at_once_whose_answer_cannot_be_one() {
	// Truncated, with each lie about why; and a request that the version cannot serve.
	let changes: [fn(&mut Served); 4] = [
		|served| served.request.limit += 1,
		|served| served.claim.stop = atelier_referee::claim::StopReason::Stop,
		|served| served.claim.stop = atelier_referee::claim::StopReason::Embedded,
		|served| served.claim.state.count += 1,
	];
	for change in changes {
		run(|| {
			let mut served = Served::honest(1, IN_SESSION);
			change(&mut served);
			served.claim.request = served.request.root::<Portable>();
			register(&served);
			let (work, shown) = settle(&served, 1_000);
			assert_ok!(challenge(work, &shown, CHALLENGER));
			assert_eq!(Workers::get(WORKER).convictions.len(), 1);
		});
	}
}

#[test]
fn of_a_job_needs_the_request_that_the_chain_knows() {
	run(|| {
		let served = Served::honest(1, Origin::Job(9));
		register(&served);
		let claims = Claims::One {
			claim: served.leaf(),
			units: served.units,
		};
		let mut work = pending(claims, 1_000);
		work.request = Some(served.claim.request);
		put(job(9), work.clone());
		let shown = Shown {
			claim: served.claim,
			request: served.request.clone(),
			place: Place::Job,
		};
		assert_ok!(challenge(job(9), &shown, CHALLENGER));
		assert!(Workers::get(WORKER).convictions.is_empty());
		// The worker answered another request than was asked.
		work.request = Some([0; 32]);
		put(job(9), work);
		assert_ok!(challenge(job(9), &shown, OTHER));
		assert_eq!(Workers::get(WORKER).convictions, [(Fault::Wrong, Some(OTHER))]);
	});
}

#[test]
fn of_sealed_work_is_for_the_payer_and_drawn_auditors() {
	run(|| {
		let served = Served::honest(1, IN_SESSION);
		register(&served);
		// So much value that every auditor draws something.
		let (work, shown) = settle_with(&served, 100_000, |work| {
			work.sealed = true;
			work.drawing = Disputes::drawing(WORKER, 100_000, 0);
		});
		assert_noop!(challenge(work, &shown, CHALLENGER), Error::<Test>::Sealed);
		let auditor = WorkerId(1);
		epoch(1);
		epoch(2);
		epoch(3);
		let seed = crate::Seeds::<Test>::get(2).unwrap().value;
		let lot = lot_of(auditor, Drawn::Audit(work), &seed);
		let with_lot = |who| {
			let shown = Box::new(shown.clone());
			tried(
				Call::challenge {
					work,
					shown,
					lot: Some(lot),
				},
				who,
			)
		};
		assert_noop!(with_lot(CHALLENGER), Error::<Test>::Sealed);
		assert_noop!(with_lot(account(WorkerId(2))), Error::<Test>::Sealed);
		assert_ok!(with_lot(account(auditor)));
		assert_ok!(challenge(work, &shown, PAYER));
	});
}

mod queue {
	use super::*;

	fn full() -> (Work, Shown) {
		let served = Served::honest(1, IN_SESSION);
		register(&served);
		settle(&served, 1_000)
	}

	#[test]
	fn has_two_at_once_and_others_wait_each_dearer() {
		run(|| {
			let (work, shown) = full();
			let mut bonds = Vec::new();
			for _ in 0..6 {
				let before = bonded(CHALLENGER);
				assert_ok!(challenge(work, &shown, CHALLENGER));
				bonds.push(bonded(CHALLENGER) - before);
			}
			let bond = bonds[0];
			assert_eq!(bonds, [1, 2, 3, 4, 5, 6].map(|times| times * bond));
			let line = Lines::<Test>::get(WORKER);
			assert_eq!((line.active.len(), line.queued.len()), (2, 4));
		});
	}

	#[test]
	fn is_bounded_and_filling_it_is_dear() {
		let cost = |check: Option<Check>| {
			let mut spent = 0;
			run(|| {
				let (work, shown) = full();
				let fill = || {
					for _ in 0..WAITING + 2 {
						assert_ok!(challenge(work, &shown, OTHER));
					}
					assert_noop!(challenge(work, &shown, CHALLENGER), Error::<Test>::QueueFull);
				};
				match check {
					Some(check) => without(check, fill),
					None => fill(),
				}
				spent = bonded(OTHER);
			});
			spent
		};
		assert!(cost(None) > 25 * cost(Some(Check::Queue)));
	}
}
