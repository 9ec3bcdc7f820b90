// SPDX-License-Identifier: Apache-2.0

//! What auditors were not served.

use super::world::*;
use crate::{
	checks::{without, Check},
	mock::*,
	Call, Duties, Error, HostHash, Leaves, Owed, Seeds, Served as Serving, Shown, Unserved,
};
use atelier_primitives::{
	ids::WorkerId,
	work::{
		draw::{self, Drawn},
		workers::Fault,
		Work,
	},
};
use atelier_referee::{
	commit::{Bounded, Commitment, Kind, Ranges},
	dispute::Holder,
};
use frame_support::{
	assert_noop, assert_ok,
	traits::fungible::{Inspect, MutateHold},
};
use sp_runtime::DispatchResult;

struct Asked {
	served: Served,
	work: Work,
	shown: Shown,
	/// Who drew the answer, and with which of its draws.
	auditor: WorkerId,
	number: u32,
}

/// Work of which somebody has drawn the answer.
fn world() -> Asked {
	world_of(Served::honest(1, IN_SESSION))
}

fn world_of(served: Served) -> Asked {
	register(&served);
	let (work, shown) = settle(&served, 20_000);
	(1..=3).for_each(epoch);
	let seed = Seeds::<Test>::get(2).unwrap().value;
	let pending = Pending_::get()[&work].clone();
	let (from, to) = pending.claims.units();
	let covers = |unit: u64| from + 2 < unit && unit <= from + 2 + served.units;
	let (auditor, number) = AUDITORS
		.map(WorkerId)
		.flat_map(|auditor| {
			let output = output_of(auditor, Drawn::Audit(work), &seed);
			let count = draw::count(&output, pending.drawing.expected, 100, pending.drawing.weight);
			(0..count).map(move |number| (auditor, number, output))
		})
		.find(|(_, number, output)| covers(draw::unit::<HostHash>(output, *number, from, to)))
		.map(|(auditor, number, _)| (auditor, number))
		.expect("somebody draws it");
	Asked {
		served,
		work,
		shown,
		auditor,
		number,
	}
}

impl Asked {
	fn ask(&self, what: Unserved) -> DispatchResult {
		let seed = Seeds::<Test>::get(2).unwrap().value;
		let lot = lot_of(self.auditor, Drawn::Audit(self.work), &seed);
		let (work, number) = (self.work, self.number);
		tried(
			Call::not_served {
				work,
				lot,
				number,
				what,
			},
			account(self.auditor),
		)
	}

	fn shown(&self) -> Box<Shown> {
		Box::new(self.shown.clone())
	}

	/// The leaves that a duty asks for.
	fn leaves(&mut self, duty: u64) -> Box<Leaves> {
		let (of, mut drawn) = owed(duty);
		drawn.sort_unstable();
		drawn.dedup();
		let ranges = Ranges::covering(drawn.iter().copied()).unwrap();
		let bytes = drawn.iter().map(|leaf| {
			let bytes = self.served.held.bytes(of.kind, *leaf).unwrap();
			Bounded::try_from(bytes).unwrap()
		});
		let leaves = Bounded::try_from(bytes.collect::<Vec<_>>()).unwrap();
		let proof = self.served.held.prove(of.kind, &ranges).unwrap();
		Box::new(Leaves { leaves, proof })
	}
}

/// Which leaves of what a duty asks for.
fn owed(duty: u64) -> (Commitment, Vec<u64>) {
	match Duties::<Test>::get(duty).unwrap().owed {
		Owed::Drawn { of, seed } => (of, draw::leaves::<HostHash>(&seed, of.count)),
		Owed::Range { of, first, end } => (of, (first..end).collect()),
		Owed::Receipt { .. } => panic!("leaves are owed"),
	}
}

fn serve(duty: u64, served: Serving, who: AccountId) -> DispatchResult {
	tried(Call::serve { duty, served }, who)
}

#[test]
fn a_receipt_is_served_before_everybody_and_the_bond_pays_for_it() {
	run(|| {
		let asked = world();
		assert_ok!(asked.ask(Unserved::Receipt));
		assert_eq!(bonded(account(asked.auditor)), 200);
		assert_eq!(Workers::get(WORKER).accusations, 1, "nothing of it becomes final");
		assert_noop!(asked.ask(Unserved::Receipt), Error::<Test>::AlreadyAsked);
		let right = || Serving::Receipt(asked.shown());
		assert_noop!(serve(0, right(), OTHER), Error::<Test>::NotParty);
		assert_noop!(serve(1, right(), account(WORKER)), Error::<Test>::UnknownDuty);
		assert_ok!(serve(0, right(), account(WORKER)));
		assert_eq!(free(account(WORKER)), RICH + 200);
		assert_eq!(Workers::get(WORKER).accusations, 0);
		assert_noop!(serve(0, right(), account(WORKER)), Error::<Test>::UnknownDuty);
	});
}

#[test]
fn another_receipt_is_not_what_is_owed() {
	run(|| {
		let mut asked = world();
		assert_ok!(asked.ask(Unserved::Receipt));
		let mut other = asked.shown();
		other.request.salt = [0; 32];
		assert_noop!(
			serve(0, Serving::Receipt(other), account(WORKER)),
			Error::<Test>::NotTheRequest
		);
		let (receipts, _) = receipts(&asked.served);
		let other = Box::new(shown_in(&asked.served, &receipts, INDEX - 1));
		assert_noop!(
			serve(0, Serving::Receipt(other), account(WORKER)),
			Error::<Test>::NotInWork
		);
		assert_ok!(asked.ask(Unserved::Weights));
		let leaves = asked.leaves(1);
		assert_noop!(
			serve(0, Serving::Leaves(leaves), account(WORKER)),
			Error::<Test>::NotWhatIsOwed
		);
	});
}

#[test]
fn of_what_is_long_the_drawn_leaves_are_served() {
	run(|| {
		let mut asked = world();
		let asks = [
			Unserved::Weights,
			Unserved::Input(asked.shown(), 0),
			Unserved::Answer(asked.shown(), 0),
			Unserved::States(asked.shown(), 0),
		];
		let kinds = [Kind::Weights, Kind::Input, Kind::Tokens, Kind::State];
		for (duty, (what, kind)) in asks.into_iter().zip(kinds).enumerate() {
			assert_ok!(asked.ask(what));
			let duty = duty as u64;
			let (of, _) = owed(duty);
			assert_eq!(of.kind, kind);
			let mut wrong = asked.leaves(duty);
			let mut leaves = wrong.leaves.clone().into_inner();
			let mut first = leaves[0].clone().into_inner();
			first[0] ^= 1;
			leaves[0] = Bounded::try_from(first).unwrap();
			wrong.leaves = Bounded::try_from(leaves).unwrap();
			assert_noop!(
				serve(duty, Serving::Leaves(wrong), account(WORKER)),
				Error::<Test>::NotTheLeaves
			);
			let right = asked.leaves(duty);
			assert_ok!(serve(duty, Serving::Leaves(right), account(WORKER)));
		}
		assert_eq!(free(account(WORKER)), RICH + 4 * 200);
	});
}

#[test]
fn who_does_not_serve_in_time_is_at_fault_and_not_paid() {
	run(|| {
		let asked = world();
		assert_ok!(asked.ask(Unserved::Receipt));
		blocks(10);
		assert_eq!(Workers::get(WORKER).convictions, []);
		blocks(1);
		let auditor = account(asked.auditor);
		assert_eq!(Workers::get(WORKER).convictions, [(Fault::NotServed, Some(auditor))]);
		assert_eq!(Overturned::get(), [asked.work]);
		assert_eq!(free(auditor), RICH, "the bond is back");
	});
}

#[test]
fn withholding_would_be_free_without_duties() {
	run(|| {
		let asked = world();
		assert_ok!(asked.ask(Unserved::Receipt));
		without(Check::Duties, || blocks(11));
		assert_eq!(Workers::get(WORKER).convictions, []);
		assert_eq!(Overturned::get(), [], "it is paid");
	});
}

#[test]
fn late_is_not_served() {
	run(|| {
		let asked = world();
		assert_ok!(asked.ask(Unserved::Receipt));
		let expire = || tried(Call::expire_duty { duty: 0 }, OTHER);
		assert_noop!(expire(), Error::<Test>::TimeIsNotOver);
		crate::Clock::<Test>::put(100);
		assert_noop!(
			serve(0, Serving::Receipt(asked.shown()), account(WORKER)),
			Error::<Test>::TimeIsOver
		);
		assert_ok!(expire());
		assert_noop!(expire(), Error::<Test>::UnknownDuty);
		assert_eq!(Workers::get(WORKER).convictions.len(), 1);
	});
}

#[test]
fn nothing_is_owed_for_work_that_is_not_paid_anyway() {
	run(|| {
		let asked = world();
		assert_ok!(asked.ask(Unserved::Receipt));
		Workers::mutate(WORKER, |known| known.convictions.push((Fault::Wrong, None)));
		assert_ok!(tried(Call::expire_duty { duty: 0 }, OTHER));
		assert_eq!(Workers::get(WORKER).convictions.len(), 1);
		assert_eq!(free(account(asked.auditor)), RICH);
	});
}

#[test]
fn a_thing_is_asked_for_once_and_its_later_leaves_when_the_first_were_served() {
	run(|| {
		let mut asked = world();
		let first = Unserved::States(asked.shown(), 0);
		let later = Unserved::States(asked.shown(), 1);
		assert_noop!(asked.ask(Unserved::Input(asked.shown(), 1)), Error::<Test>::NoSuchLeaf);
		assert_ok!(asked.ask(first.clone()));
		assert_noop!(asked.ask(later), Error::<Test>::AlreadyAsked);
		let leaves = asked.leaves(0);
		assert_ok!(serve(0, Serving::Leaves(leaves), account(WORKER)));
		assert_noop!(asked.ask(first.clone()), Error::<Test>::AlreadyAsked);
		// Forgotten with the work.
		let (work, auditor) = (asked.work, asked.auditor);
		let clear = || tried(Call::clear_report { work, auditor }, OTHER);
		assert_noop!(clear(), Error::<Test>::WorkIsNotFinal);
		Pending_::set(&Default::default());
		assert_ok!(clear());
		assert_eq!(crate::OpenDuties::<Test>::iter().count(), 0);
	});
}

#[test]
fn what_cannot_be_served_is_accused_instead() {
	run(|| {
		let mut served = Served::honest(1, IN_SESSION);
		served.claim.answer.count = 0;
		let mut asked = world_of(served);
		asked.served.claim.answer.count = 0;
		let what = Unserved::Answer(asked.shown(), 0);
		assert_noop!(asked.ask(what), Error::<Test>::ClaimIsWrongByItself);
	});
}

#[test]
fn a_worker_whose_work_is_not_paid_gets_no_bond_for_serving_it() {
	run(|| {
		let asked = world();
		assert_ok!(asked.ask(Unserved::Receipt));
		Workers::mutate(WORKER, |known| known.convictions.push((Fault::Wrong, None)));
		// Should governance undo the verdict, it has served in time.
		let of_both = || [asked.auditor, WORKER].map(|who| Balances::total_balance(&account(who)));
		let before = of_both();
		assert_ok!(serve(0, Serving::Receipt(asked.shown()), account(WORKER)));
		assert_eq!(of_both(), before);
		assert_eq!(Duties::<Test>::get(0), None);
		undone();
		assert_noop!(asked.ask(Unserved::Receipt), Error::<Test>::AlreadyAsked);
	});
}

#[test]
fn who_was_not_drawn_for_it_is_owed_nothing() {
	run(|| {
		let mut asked = world();
		let count = 1_000;
		asked.number = count;
		assert_noop!(asked.ask(Unserved::Receipt), Error::<Test>::NotDrawn);
	});
}

/// Two auditors ask for two pieces of work of the same worker at once.
fn two_ask() -> Asked {
	let asked = world();
	assert_ok!(asked.ask(Unserved::Receipt));
	let (other, by) = (job(7), WorkerId(8));
	put(other, Pending_::get()[&asked.work].clone());
	let duty = Duties::<Test>::get(0).unwrap();
	let duty = crate::Duty {
		work: other,
		auditor: account(by),
		by,
		..duty
	};
	Balances::hold(&crate::HoldReason::Bond.into(), &account(by), duty.bond).unwrap();
	crate::OpenDuties::<Test>::insert((other, by, duty.kind), 1);
	Workers::mutate(WORKER, |known| known.accusations += 1);
	let _ = Disputes::note(duty.until, crate::Due::Duty(1));
	Duties::<Test>::insert(1, duty);
	crate::NextDuty::<Test>::put(2);
	asked
}

#[test]
fn who_is_silent_to_several_at_once_is_convicted_once() {
	run(|| {
		let asked = two_ask();
		blocks(11);
		assert_eq!(Workers::get(WORKER).convictions.len(), 1);
		assert_eq!(Duties::<Test>::iter().count(), 0);
		assert_eq!((free(account(asked.auditor)), free(account(WorkerId(8)))), (RICH, RICH));
	});
}

#[test]
fn it_would_be_convicted_for_each_that_asked_otherwise() {
	run(|| {
		two_ask();
		without(Check::OneSilence, || blocks(11));
		assert_eq!(Workers::get(WORKER).convictions.len(), 2);
	});
}

/// Governance undoes what the worker was convicted of.
fn undone() {
	Workers::mutate(WORKER, |known| known.convictions.clear());
}

/// Whoever was slashed stays convicted (`pallet_workers::Stake::condemned`): who is not any more was let off.
#[test]
fn a_verdict_that_is_undone_excuses_no_other_silence() {
	run(|| {
		two_ask();
		// The other one ends later, when the verdict does not wait any more.
		Duties::<Test>::mutate(1, |duty| duty.as_mut().unwrap().until += 20);
		for tick in crate::Dues::<Test>::iter_keys() {
			crate::Dues::<Test>::mutate(tick, |bucket| bucket.retain(|due| *due != crate::Due::Duty(1)));
		}
		blocks(11);
		assert_eq!(Workers::get(WORKER).convictions.len(), 1);
		undone();
		blocks(25);
		assert_ok!(tried(Call::expire_duty { duty: 1 }, OTHER));
		let by = account(WorkerId(8));
		assert_eq!(Workers::get(WORKER).convictions, [(Fault::NotServed, Some(by))]);
		assert!(Overturned::get().contains(&job(7)), "what was withheld is not paid");
	});
}

/// Something is asked for, the worker is convicted of another silence, and let off after that.
fn asked_and_let_off() -> Asked {
	let asked = world();
	assert_ok!(asked.ask(Unserved::Receipt));
	Workers::mutate(WORKER, |known| known.convictions.push((Fault::NotServed, None)));
	blocks(11);
	assert_eq!(Duties::<Test>::iter().count(), 0, "it has ended with the verdict");
	assert_eq!(free(account(asked.auditor)), RICH);
	undone();
	asked
}

#[test]
fn what_was_not_served_while_a_verdict_waited_is_asked_for_again() {
	run(|| {
		let asked = asked_and_let_off();
		assert_ok!(asked.ask(Unserved::Receipt));
		blocks(11);
		let auditor = account(asked.auditor);
		assert_eq!(Workers::get(WORKER).convictions, [(Fault::NotServed, Some(auditor))]);
		assert_eq!(Overturned::get(), [asked.work]);
	});
}

#[test]
fn it_would_never_be_served_otherwise() {
	run(|| {
		let asked = without(Check::AskedAgain, asked_and_let_off);
		assert_noop!(asked.ask(Unserved::Receipt), Error::<Test>::AlreadyAsked);
		assert_eq!(Workers::get(WORKER).convictions, []);
		assert_eq!(Overturned::get(), [], "it is paid");
	});
}
