// SPDX-License-Identifier: Apache-2.0

//! Committees about work in floats.

use super::world::*;
use crate::{
	checks::{without, Check},
	mock::*,
	Call, Error, HostHash, Inquiries, Opinion, Seeds, Votes,
};
use atelier_primitives::{
	ids::{DisputeId, WorkerId},
	models::Class,
	work::{
		draw::{self, Drawn},
		Tier, Work,
	},
};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchResult;

const INQUIRY: DisputeId = DisputeId(0);
const SALT: [u8; 32] = [6; 32];
const BOND: Balance = 300;

/// Somebody accuses work in floats.
fn asked() -> Work {
	let served = Served::honest(1, IN_SESSION);
	let mut rules = Rules_::get();
	let weights = served.held.weights.commitment();
	rules.insert(VERSION, (Class::Float { profile: [1; 32] }, weights));
	Rules_::set(&rules);
	epoch(1);
	let (work, shown) = settle_with(&served, 1_000, |work| work.tier = Tier::Float);
	let shown = Box::new(shown);
	assert_ok!(tried(Call::challenge { work, shown, lot: None }, CHALLENGER));
	fund(10_000);
	work
}

/// The number of the seed that draws the running committee.
fn seed() -> u32 {
	let inquiry = Inquiries::<Test>::get(INQUIRY).unwrap();
	(inquiry.drawing.seed..)
		.find(|number| Seeds::<Test>::get(number).is_some_and(|seed| seed.named > inquiry.at))
		.unwrap()
}

fn round() -> u8 {
	Inquiries::<Test>::get(INQUIRY).unwrap().round()
}

fn seats(voter: WorkerId) -> u32 {
	let inquiry = Inquiries::<Test>::get(INQUIRY).unwrap();
	let what = Drawn::Committee {
		dispute: INQUIRY,
		round: round(),
	};
	let output = output_of(voter, what, &Seeds::<Test>::get(seed()).unwrap().value);
	draw::count(&output, inquiry.drawing.expected, 100, inquiry.drawing.weight)
}

fn commit(voter: WorkerId, wrong: bool) -> DispatchResult {
	let round = round();
	let what = Drawn::Committee {
		dispute: INQUIRY,
		round,
	};
	let lot = lot_of(voter, what, &Seeds::<Test>::get(seed()).unwrap().value);
	let ballot = draw::ballot::<HostHash>(voter, INQUIRY, round, wrong, &SALT);
	let dispute = INQUIRY;
	tried(Call::commit_vote { dispute, lot, ballot }, account(voter))
}

fn reveal(voter: WorkerId, wrong: bool) -> DispatchResult {
	let dispute = INQUIRY;
	tried(
		Call::reveal_vote {
			dispute,
			wrong,
			salt: SALT,
		},
		account(voter),
	)
}

fn conclude() -> DispatchResult {
	tried(Call::conclude_inquiry { dispute: INQUIRY }, OTHER)
}

fn voters() -> Vec<WorkerId> {
	AUDITORS.map(WorkerId).filter(|voter| seats(*voter) > 0).collect()
}

/// A whole vote; `wrong` says what each voter thinks.
fn vote(wrong: impl Fn(usize) -> bool) -> u32 {
	epoch(10);
	epoch(11);
	epoch(12);
	let voters = voters();
	for (number, voter) in voters.iter().enumerate() {
		assert_ok!(commit(*voter, wrong(number)));
	}
	let rules = Seeds::<Test>::get(seed()).unwrap();
	ticks(rules.commit + 1);
	let mut all = 0;
	for (number, voter) in voters.iter().enumerate() {
		all += seats(*voter);
		assert_ok!(reveal(*voter, wrong(number)));
	}
	ticks(rules.reveal + 1);
	all
}

#[test]
fn a_committee_that_finds_it_wrong_costs_the_work_and_not_the_bond() {
	run(|| {
		let work = asked();
		assert_eq!(Workers::get(WORKER).accusations, 1);
		let before: Vec<_> = AUDITORS.map(|voter| free(account(WorkerId(voter)))).collect();
		let seats = vote(|_| true);
		let after: Vec<_> = AUDITORS.map(|voter| free(account(WorkerId(voter)))).collect();
		let paid: Balance = after.iter().sum::<Balance>() - before.iter().sum::<Balance>();
		assert_eq!(paid, 20 * Balance::from(seats), "each seat is paid by who asked");
		assert_eq!(crate::Pallet::<Test>::in_fund(), 10_000, "and not by others");
		assert_ok!(conclude());
		assert_noop!(conclude(), Error::<Test>::TimeIsNotOver);
		blocks(21);
		assert_ok!(conclude());
		assert_eq!(Overturned::get(), [work]);
		assert!(
			Workers::get(WORKER).convictions.is_empty(),
			"nobody is slashed on trust"
		);
		assert_eq!(free(CHALLENGER), RICH - paid);
		assert_noop!(conclude(), Error::<Test>::UnknownDispute);
	});
}

#[test]
fn a_committee_that_finds_it_right_costs_the_accuser_its_bond() {
	run(|| {
		let work = asked();
		let seats = Balance::from(vote(|_| false));
		assert_ok!(conclude());
		blocks(21);
		assert_ok!(conclude());
		assert_eq!(Overturned::get(), []);
		assert_eq!(free(CHALLENGER), RICH - BOND);
		assert_eq!(free(account(WORKER)), RICH + (BOND - 20 * seats) / 2);
		// Nobody asks until the answer is another.
		let served = Served::honest(1, IN_SESSION);
		let (receipts, _) = receipts(&served);
		let shown = Box::new(shown_in(&served, &receipts, INDEX));
		assert_noop!(
			tried(Call::challenge { work, shown, lot: None }, OTHER),
			Error::<Test>::AlreadyAsked
		);
		let claim = served.leaf();
		let clear = || tried(Call::clear_inquiry { work, claim }, OTHER);
		assert_noop!(clear(), Error::<Test>::WorkIsNotFinal);
		Pending_::set(&Default::default());
		assert_ok!(clear());
	});
}

#[test]
fn nobody_wins_without_votes() {
	run(|| {
		asked();
		(1..=3).for_each(|number| epoch(number + 20));
		let rules = Seeds::<Test>::get(seed()).unwrap();
		assert_noop!(conclude(), Error::<Test>::TimeIsNotOver);
		ticks(rules.reveal + 1);
		assert_ok!(conclude());
		let (opinion, _) = Inquiries::<Test>::get(INQUIRY).unwrap().decided.unwrap();
		assert_eq!(opinion, Opinion::None);
		blocks(21);
		assert_ok!(conclude());
		assert_eq!((free(CHALLENGER), Overturned::get()), (RICH, vec![]));
	});
}

#[test]
fn who_appeals_asks_a_larger_committee_with_a_larger_bond() {
	for (again, kept) in [(true, false), (false, true)] {
		run(|| {
			let work = asked();
			let appeal = || tried(Call::appeal { dispute: INQUIRY }, OTHER);
			assert_noop!(appeal(), Error::<Test>::WrongStage);
			let first = vote(|_| true);
			assert_ok!(conclude());
			assert_ok!(appeal());
			assert_eq!(bonded(OTHER), 6 * BOND);
			assert_noop!(appeal(), Error::<Test>::WrongStage);
			let second = vote(|_| again);
			assert!(second > first, "{second} seats after {first}");
			assert_ok!(conclude());
			let left = if kept { 6 * BOND - 20 * Balance::from(second) } else { 0 };
			assert_eq!(free(OTHER), RICH - 6 * BOND + left);
			assert_eq!(Overturned::get().contains(&work), again);
			assert_eq!(Workers::get(WORKER).accusations, 0);
		});
	}
}

#[test]
fn an_inquiry_whose_randomness_is_gone_ends_with_no_opinion() {
	run(|| {
		asked();
		Inquiries::<Test>::mutate(INQUIRY, |inquiry| inquiry.as_mut().unwrap().drawing.seed = 0);
		(1..=3).for_each(|number| epoch(number + 20));
		(0..3).for_each(Seeds::<Test>::remove);
		assert_ok!(conclude());
		blocks(21);
		assert_ok!(conclude());
		assert_eq!(free(CHALLENGER), RICH);
		assert_eq!(Workers::get(WORKER).accusations, 0);
		// As it was, for the invariants.
		crate::SeedState::<Test>::kill();
		let _ = Seeds::<Test>::clear(u32::MAX, None);
	});
}

#[test]
fn an_appeal_is_in_time_or_not_at_all() {
	run(|| {
		asked();
		vote(|_| true);
		assert_ok!(conclude());
		blocks(21);
		let appeal = tried(Call::appeal { dispute: INQUIRY }, OTHER);
		assert_noop!(appeal, Error::<Test>::TimeIsOver);
	});
}

#[test]
fn only_drawn_auditors_vote_once_and_not_about_themselves() {
	run(|| {
		asked();
		let dispute = INQUIRY;
		let nothing = Call::commit_vote {
			dispute,
			lot: lot_of(WorkerId(1), Drawn::Audit(job(1)), &SALT),
			ballot: SALT,
		};
		assert_noop!(tried(nothing.clone(), account(WorkerId(1))), Error::<Test>::SeedUnknown);
		(1..=3).for_each(|number| epoch(number + 20));
		assert_noop!(tried(nothing.clone(), OTHER), Error::<Test>::NotAuditor);
		assert_noop!(tried(nothing.clone(), account(WorkerId(1))), Error::<Test>::NotTheLot);
		assert_noop!(tried(nothing, account(WORKER)), Error::<Test>::OwnWork);
		let undrawn = AUDITORS.map(WorkerId).find(|voter| seats(*voter) == 0);
		let undrawn = undrawn.expect("not everybody is drawn");
		assert_noop!(commit(undrawn, true), Error::<Test>::NotDrawn);
		let voter = voters()[0];
		assert_ok!(commit(voter, true));
		assert_noop!(commit(voter, true), Error::<Test>::AlreadyVoted);
		assert_noop!(reveal(voter, true), Error::<Test>::TooEarlyToReveal);
		let rules = Seeds::<Test>::get(seed()).unwrap();
		ticks(rules.commit + 1);
		assert_noop!(commit(voters()[1], true), Error::<Test>::TooLateToCommit);
		assert_noop!(reveal(voter, false), Error::<Test>::NotTheSealed);
		assert_noop!(reveal(voters()[1], true), Error::<Test>::NotCommitted);
		ticks(rules.reveal + 1);
		assert_noop!(reveal(voter, true), Error::<Test>::TooLateToReveal);
		assert_ok!(conclude());
		assert_eq!(Votes::<Test>::iter().count(), 0, "what was not revealed is forgotten");
	});
}

#[test]
fn anybody_would_pack_a_committee_that_is_not_drawn() {
	run(|| {
		asked();
		(1..=3).for_each(|number| epoch(number + 20));
		let undrawn = AUDITORS.map(WorkerId).find(|voter| seats(*voter) == 0);
		let undrawn = undrawn.expect("not everybody is drawn");
		assert_ok!(without(Check::Drawn, || commit(undrawn, true)));
		assert_eq!(Votes::<Test>::get((INQUIRY, 0, undrawn)).unwrap().seats, 1);
	});
}

#[test]
fn votes_could_be_followed_if_they_were_not_sealed() {
	run(|| {
		asked();
		(1..=3).for_each(|number| epoch(number + 20));
		let voters = voters();
		assert_ok!(commit(voters[0], true));
		assert_noop!(reveal(voters[0], true), Error::<Test>::TooEarlyToReveal);
		// Seen by all who have not committed yet.
		assert_ok!(without(Check::Ballots, || reveal(voters[0], true)));
		assert_ok!(commit(voters[1], true));
	});
}
