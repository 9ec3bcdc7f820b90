// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Claimable;
use atelier_primitives::work::{audits::Works, Work};

fn conclude(session: SessionId) -> sp_runtime::DispatchResult {
	dispatch(STRANGER, Call::conclude_session { session })
}

/// A session that settled 100 units.
fn settled() -> Served {
	let mut served = Served::new(open(PAYER, W), PAYER);
	served.answer(100).settle().unwrap();
	served
}

fn work(session: SessionId, number: u32) -> Work {
	Work::Settlement { session, number }
}

#[test]
fn pays_everybody_their_part_after_the_window_and_not_before() {
	execute(|| {
		let served = settled();
		let before = [WORKER, POTS, FUND, TREASURY].map(free);
		sleep(WINDOW);
		refused(|| conclude(served.session), Error::<Test>::NothingDue);
		assert_eq!([WORKER, POTS, FUND, TREASURY].map(free), before);
		sleep(1);
		conclude(served.session).unwrap();
		let gains = [100 * PRICE, 100 * FEE, 240, 600];
		let after = [0, 1, 2, 3].map(|who| before[who] + gains[who]);
		assert_eq!([WORKER, POTS, FUND, TREASURY].map(free), after);
		assert_eq!(held(PAYER), 100_000 - price(100));
		happened(Event::SettlementPaid {
			session: served.session,
			number: 0,
			worker: W,
			paid: 100 * PRICE,
		});
		assert_eq!((fake(W).engaged, fake(W).paid, fake(W).treasury), (0, 1, 600));
		refused(|| conclude(served.session), Error::<Test>::NothingDue);
	});
}

#[test]
fn the_agenda_pays_by_itself() {
	execute(|| {
		let mut served = settled();
		pass(10);
		served.answer(50).settle().unwrap();
		pass(WINDOW - 10);
		assert_eq!(fake(W).paid, 0);
		pass(1);
		assert_eq!(fake(W).paid, 1);
		assert_eq!(session(served.session).pending.len(), 1);
		pass(10);
		assert_eq!(fake(W).paid, 2);
		assert_eq!(free(WORKER), RICH + 150 * PRICE);
	});
}

#[test]
fn nothing_is_final_while_the_worker_is_accused() {
	execute(|| {
		let served = settled();
		pass(10);
		accuse(W);
		pass(100);
		refused(|| conclude(served.session), Error::<Test>::NothingDue);
		assert_eq!(fake(W).paid, 0);
		let pending = <Jobs as Works<_, _>>::pending(work(served.session, 0)).unwrap();
		assert_eq!(pending.until, 1 + WINDOW + 100);
		acquit(W);
		sleep(WINDOW - 10);
		refused(|| conclude(served.session), Error::<Test>::NothingDue);
		sleep(1);
		conclude(served.session).unwrap();
		assert_eq!(fake(W).paid, 1);
	});
}

#[test]
fn what_a_convicted_worker_settled_returns_to_the_payer() {
	execute(|| {
		let before = all_of(PAYER);
		let served = settled();
		change(W, |fake| fake.convicted = true);
		pass(WINDOW + 1);
		happened(Event::SettlementReturned {
			session: served.session,
			number: 0,
			amount: price(100),
		});
		assert_eq!((free(WORKER), fake(W).engaged, fake(W).paid), (RICH, 0, 0));
		pass(200 + CHALLENGE);
		assert_eq!(all_of(PAYER), before);
	});
}

/// A settlement, a delivered job and one that is being answered when the worker is convicted.
fn convicted_at_work() -> (SessionId, JobId, JobId) {
	let served = settled();
	let (delivered, answering) = (delivered(order()), started(order()));
	pass(10);
	convict(W);
	(served.session, delivered, answering)
}

#[test]
fn a_verdict_that_is_undone_costs_an_honest_worker_nothing() {
	execute(|| {
		let (_, _, answering) = convicted_at_work();
		// It goes on with what it took on.
		deliver(answering, claim(answering, 100, 25)).unwrap();
		pass(10 * WINDOW);
		assert_eq!((free(WORKER), fake(W).paid), (RICH, 0));
		pardon(W);
		// What it delivered meanwhile can be accused for a whole window.
		let pending = <Jobs as Works<_, _>>::pending(Work::Job(answering)).unwrap();
		assert_eq!(pending.until, now() + WINDOW);
		pass(WINDOW + crate::clocks::RECHECK);
		assert_eq!(free(WORKER), RICH + (100 + 200 + 200) * PRICE);
		assert_eq!((fake(W).paid, fake(W).fined, fake(W).engaged), (3, 0, 0));
	});
}

#[test]
fn a_verdict_that_stands_gives_payers_everything_back() {
	execute(|| {
		let (session, _, answering) = convicted_at_work();
		deliver(answering, claim(answering, 100, 25)).unwrap();
		pass(10 * WINDOW);
		assert!(held(PAYER) > 0);
		condemn(W);
		dispatch(PAYER, Call::close { session }).unwrap();
		pass(CHALLENGE + crate::clocks::RECHECK);
		assert_eq!((all_of(PAYER), free(PAYER)), (RICH, RICH));
		assert_eq!((free(WORKER), fake(W).paid, fake(W).engaged), (RICH, 0, 0));
	});
}

#[test]
fn nothing_that_is_delivered_while_a_verdict_waits_is_paid_however_long_it_took() {
	execute(|| {
		// The answer takes longer than governance has.
		let long = started(crate::Order { time: 500, ..order() });
		convict(W);
		pass(400);
		deliver(long, claim(long, 100, 25)).unwrap();
		pass(1);
		condemn(W);
		pass(WINDOW + crate::clocks::RECHECK);
		assert_eq!((Jobs::job(long), free(WORKER), free(PAYER)), (None, RICH, RICH));
	});
}

#[test]
fn who_is_condemned_starts_and_delivers_nothing() {
	execute(|| {
		let job = submit(order());
		dispatch(WORKER, Call::accept { job }).unwrap();
		let other = started(order());
		convict(W);
		condemn(W);
		refused(|| dispatch(WORKER, Call::start { job }), Error::<Test>::Convicted);
		refused(|| deliver(other, claim(other, 100, 25)), Error::<Test>::Convicted);
		pass(TIME + 1);
		assert_eq!((all_of(PAYER), free(PAYER)), (RICH, RICH));
	});
}

#[test]
fn what_is_overturned_returns_at_once_and_nothing_else_does() {
	execute(|| {
		let mut served = settled();
		served.answer(50).settle().unwrap();
		served.answer(25).settle().unwrap();
		<Jobs as Works<_, _>>::overturn(work(served.session, 1));
		assert_eq!(<Jobs as Works<_, _>>::pending(work(served.session, 1)), None);
		assert_eq!(fake(W).engaged, price(175) - (price(150) - price(100)));
		check();
		// What was overturned cannot be settled again: its units were.
		served.sequence += 1;
		refused(|| served.settle(), Error::<Test>::NothingNew);
		pass(WINDOW + 1);
		assert_eq!(free(WORKER), RICH + 125 * PRICE);
	});
}

#[test]
fn the_last_thing_overturned_in_an_ended_session_removes_it() {
	execute(|| {
		let before = all_of(PAYER);
		let id = open(PAYER, W);
		sleep(200 + CHALLENGE);
		Served::new(id, PAYER).answer(10).settle().unwrap();
		sleep(1);
		conclude(id).unwrap();
		<Jobs as Works<_, _>>::overturn(work(id, 0));
		assert_eq!((Jobs::session(id), all_of(PAYER), free(PAYER)), (None, before, before));
	});
}

#[test]
fn a_worker_that_cannot_receive_keeps_a_claim_and_holds_up_nobody() {
	execute(|| {
		change(W, |fake| fake.account = acc(NOBODY));
		let mut served = Served::new(open(PAYER, W), PAYER);
		// 500, half of what an account needs.
		served.answer(5).settle().unwrap();
		let mut other = Served::new(open(PAYER, X), PAYER);
		other.answer(5).settle().unwrap();
		pass(WINDOW + 1);
		assert_eq!(Claimable::<Test>::get(acc(NOBODY)), 500);
		assert_eq!(free(RIVAL), RICH + 500);
		happened(Event::PaymentWaits {
			who: acc(NOBODY),
			amount: 500,
		});
		let claim = || Jobs::claim(signed(STRANGER), acc(NOBODY));
		refused(|| atomic(claim), sp_runtime::TokenError::CannotCreate);
		served.answer(5).settle().unwrap();
		pass(WINDOW + 1);
		assert_eq!(Jobs::claimable(acc(NOBODY)), 1_000);
		claim().unwrap();
		assert_eq!((free(NOBODY), Jobs::claimable(acc(NOBODY))), (1_000, 0));
		refused(claim, Error::<Test>::NothingToClaim);
	});
}

#[test]
fn a_reaped_worker_account_changes_nothing_for_anybody_else() {
	use frame_support::traits::{fungible::Mutate, tokens::Preservation};
	execute(|| {
		let served = settled();
		let all = free(WORKER);
		Balances::transfer(&acc(WORKER), &acc(OTHER), all, Preservation::Expendable).unwrap();
		assert!(!System::account_exists(&acc(WORKER)));
		pass(WINDOW + 1);
		// 10,000 open the account again.
		assert_eq!(free(WORKER), 100 * PRICE);
		assert_eq!(session(served.session).pending.len(), 0);
	});
}

#[test]
fn what_pots_and_auditors_do_not_take_goes_to_the_treasury() {
	execute(|| {
		settled();
		PotsOpen::set(false);
		FundOpen::set(false);
		let before = free(TREASURY);
		pass(WINDOW + 1);
		assert_eq!(free(TREASURY), before + 100 * FEE + 240 + 600);
		assert_eq!(free(WORKER), RICH + 100 * PRICE);
		// Only its own share counts as what the worker brought it.
		assert_eq!(fake(W).treasury, 600);
	});
}

#[test]
fn rates_are_those_of_the_opening() {
	execute(|| {
		let mut served = Served::new(open(PAYER, W), PAYER);
		Levy::set(sp_runtime::Permill::one());
		TreasuryShare::set(sp_runtime::Permill::one());
		change(W, |fake| fake.price = 10 * PRICE);
		served.answer(100).settle().unwrap();
		assert_eq!(session(served.session).held(), price(100));
	});
}

#[test]
fn a_full_agenda_delays_and_loses_nothing() {
	execute(|| {
		// A bucket has four places.
		let mut all: Vec<_> = (0..10).map(|_| settled()).collect();
		let buckets: Vec<_> = crate::Buckets::<Test>::iter().collect();
		assert!(buckets.iter().all(|(_, bucket)| bucket.len() <= 4));
		pass(WINDOW + 1);
		assert_eq!(fake(W).paid, 4);
		// Whoever does not want to wait calls.
		conclude(all.pop().unwrap().session).unwrap();
		assert_eq!(fake(W).paid, 5);
		pass(2);
		assert_eq!(fake(W).paid, 10);
	});
}

#[test]
fn the_agenda_keeps_to_its_share_and_does_one_thing_at_least() {
	use crate::WeightInfo;
	use frame_support::weights::Weight;
	execute(|| {
		for _ in 0..4 {
			settled();
		}
		sleep(WINDOW + 1);
		AgendaShare::set(sp_runtime::Permill::zero());
		pass(5);
		assert_eq!(fake(W).paid, 0);
		AgendaShare::set(sp_runtime::Permill::from_parts(1));
		for _ in 0..60 {
			let used = next_block_within(Weight::MAX);
			let most = <() as WeightInfo>::on_poll()
				.saturating_add(<() as WeightInfo>::bucket())
				.saturating_add(<() as WeightInfo>::conclude_session().max(<() as WeightInfo>::conclude_job()));
			// Proofs are not bounded here.
			assert!(used.ref_time() <= most.ref_time());
		}
		assert!(fake(W).paid > 0);
		AgendaShare::set(sp_runtime::Permill::from_percent(10));
		pass(60);
		assert_eq!(fake(W).paid, 4);
	});
}

#[test]
fn all_that_is_due_is_paid_at_once_and_to_the_unit() {
	execute(|| {
		let mut served = Served::new(open(PAYER, W), PAYER);
		// Prices that do not divide evenly.
		for units in [1, 2, 3, 50, 7, 11, 13] {
			served.answer(units).settle().unwrap();
		}
		let paid = Event::SettlementPaid {
			session: served.session,
			number: 6,
			worker: W,
			paid: 13 * PRICE,
		};
		let all = [WORKER, POTS, FUND, TREASURY];
		let before = all.map(free);
		sleep(WINDOW + 1);
		conclude(served.session).unwrap();
		let gains = [0, 1, 2, 3].map(|who| free(all[who]) - before[who]);
		assert_eq!(gains, [87 * PRICE, 87 * FEE, 208, 522]);
		assert_eq!(held(PAYER), 100_000 - price(87));
		// Once for all of them.
		assert_eq!((fake(W).engaged, fake(W).paid, fake(W).treasury), (0, 1, 522));
		happened(paid);
	});
}

#[test]
fn what_was_settled_sixteen_times_is_paid_by_as_many_writes_as_once() {
	let writes = |times: u32| {
		let mut writes = 0;
		execute(|| {
			let mut served = Served::new(open(PAYER, W), PAYER);
			for _ in 0..times {
				served.answer(10).settle().unwrap();
			}
			sleep(WINDOW + 1);
			writes = written(|| conclude(served.session).unwrap());
			assert!(session(served.session).pending.is_empty());
		});
		writes
	};
	// The session, its worker, the payer's account and holds; the accounts of worker, pot, fund and treasury. It is noted
	// for an earlier look still.
	assert_eq!((writes(1), writes(16)), (8, 8));
}

#[test]
fn the_agenda_writes_what_sessions_have_in_common_once() {
	let writes = |sessions: u8| {
		let mut writes = 0;
		execute(|| {
			for payer in 1..=sessions {
				let mut served = Served::new(open(payer, WorkerId((payer - 1).into())), payer);
				served.answer(100).settle().unwrap();
			}
			pass(WINDOW);
			writes = written(|| pass(1));
			let paid: u32 = (0..4).map(|id| fake(WorkerId(id)).paid).sum();
			assert_eq!(paid, u32::from(sessions));
		});
		writes
	};
	// Each session, its worker, the payer's account and holds, the worker's account. Once the pot, the fund, the treasury,
	// the bucket, and the number of the next bucket. For their ends they are noted since they were opened.
	let each = 5;
	assert_eq!(
		(writes(1), writes(2), writes(4)),
		(5 + each, 5 + 2 * each, 5 + 4 * each)
	);
}

/// How often the agenda has a session noted.
fn notes(id: SessionId) -> usize {
	let buckets: Vec<_> = crate::Buckets::<Test>::iter_values().collect();
	let items = buckets.iter().flat_map(|bucket| bucket.iter());
	items.filter(|item| **item == crate::Item::Session(id)).count()
}

#[test]
fn a_session_is_noted_twice_at_most_however_often_it_is_settled_and_paid() {
	execute(|| {
		let mut served = settled();
		let id = served.session;
		for _ in 0..3 {
			for _ in 0..10 {
				served.answer(1).settle().unwrap();
				pass(1);
				assert!(notes(id) <= 2, "{}", notes(id));
			}
			pass(WINDOW);
			// Its end is noted since it was opened.
			assert_eq!((notes(id), session(id).due), (1, session(id).ends + 1));
			check();
		}
		dispatch(PAYER, Call::close { session: id }).unwrap();
		pass(CHALLENGE + 1);
		assert_eq!(Jobs::session(id), None);
	});
}

#[test]
fn the_agenda_waits_for_more_of_a_session_and_pays_it_at_once() {
	execute(|| {
		Patience::set(10);
		let mut served = settled();
		for _ in 0..4 {
			pass(4);
			served.answer(10).settle().unwrap();
		}
		// The first was noted before there were others.
		pass(WINDOW - 16 + 1);
		assert_eq!((fake(W).paid, session(served.session).pending.len()), (1, 4));
		// Of blocks 4, 8, 12 and 16 after it, the first three are paid ten blocks after the first of them.
		pass(4 + 9);
		assert_eq!(fake(W).paid, 1);
		let session_id = served.session;
		let mut early = served.clone();
		// Whoever settles meanwhile has it left to the agenda.
		early.answer(1).settle().unwrap();
		assert_eq!((fake(W).paid, session(session_id).pending.len()), (1, 5));
		pass(1);
		assert_eq!((fake(W).paid, session(session_id).pending.len()), (2, 2));
		assert_eq!(free(WORKER), RICH + 130 * PRICE);
		// Whoever does not want to wait calls.
		pass(3);
		conclude(session_id).unwrap();
		assert_eq!(free(WORKER), RICH + 140 * PRICE);
	});
}

/// A tenth of 300 settlements a second, in blocks of 3 s: 90 a block, by sessions that settle as often as they may. With a
/// tenth of what the runtime gives the agenda: 40% of 300 ms.
#[test]
fn three_hundred_settlements_a_second_are_paid_when_they_are_due() {
	use frame_support::weights::Weight;
	const SESSIONS: usize = 360;
	const BLOCKS: usize = 4;
	let budget = Weight::from_parts(12_000_000_000, u64::MAX);
	execute(|| {
		AuditWindow::set(48);
		Patience::set(12);
		BucketSize::set(1_024);
		let mut all: Vec<_> = (0..SESSIONS).map(|_| Served::new(open(PAYER, W), PAYER)).collect();
		let (mut settled, mut caught_up) = (0, 0);
		for block in 0..160 {
			for served in all.iter_mut().skip(block % BLOCKS).step_by(BLOCKS) {
				served.answer(1).settle().unwrap();
				settled += 1;
			}
			let used = next_block_within(budget);
			assert!(used.all_lte(budget), "{used}");
			// All sessions began in four blocks, so that they are due in four of sixteen: the worst that can be. Before they are
			// due again the agenda has done them.
			assert!(Jobs::agenda_behind() <= 10, "{}", Jobs::agenda_behind());
			caught_up += u32::from(Jobs::agenda_behind() <= 1);
			let oldest = crate::Sessions::<Test>::iter_values()
				.filter_map(|session| session.pending.first().map(|settlement| settlement.until));
			assert!(oldest.min().is_none_or(|until| until + 12 + 10 >= now()));
		}
		assert_eq!(settled, 160 * SESSIONS / BLOCKS);
		assert!(caught_up > 80, "{caught_up}");
		assert!(u64::from(fake(W).paid) * 3 < (free(WORKER) - RICH) as u64 / PRICE as u64);
	});
}

#[test]
fn what_a_convicted_worker_settled_often_returns_at_once() {
	execute(|| {
		let mut served = Served::new(open(PAYER, W), PAYER);
		for _ in 0..5 {
			served.answer(10).settle().unwrap();
		}
		change(W, |fake| fake.convicted = true);
		sleep(WINDOW + 1);
		// The session, its worker, the payer's account and holds.
		assert_eq!(written(|| conclude(served.session).unwrap()), 4);
		assert_eq!((held(PAYER), fake(W).engaged), (100_000 - price(50), 0));
	});
}

/// By the estimates.
#[test]
fn the_agenda_pays_twice_as_many_as_it_could_end() {
	use crate::WeightInfo;
	let slope = <() as WeightInfo>::pay_sessions(101).saturating_sub(<() as WeightInfo>::pay_sessions(1));
	let (pays, ends) = (
		slope.ref_time() / 100,
		<() as WeightInfo>::conclude_session().ref_time(),
	);
	assert!(pays * 2 < ends, "{pays} {ends}");
}

#[test]
fn an_agenda_that_has_little_pays_more_sessions_than_it_could_end() {
	use crate::WeightInfo;
	use frame_support::weights::Weight;
	execute(|| {
		for _ in 0..4 {
			settled();
		}
		sleep(WINDOW);
		let item = <() as WeightInfo>::conclude_session().ref_time();
		// Room for two of the dearest, and for the buckets.
		let buckets = <() as WeightInfo>::bucket().ref_time() * 50;
		let limit = Weight::from_parts(<() as WeightInfo>::on_poll().ref_time() + buckets + 2 * item, u64::MAX);
		let used = next_block_within(limit);
		assert!(used.all_lte(limit), "{used} {limit}");
		assert!(fake(W).paid >= 3, "{}", fake(W).paid);
	});
}

#[test]
fn what_is_not_there_is_not_overturned() {
	execute(|| {
		let served = settled();
		let early = started(order());
		let before = root();
		for gone in [
			work(served.session, 1),
			work(SessionId(9), 0),
			Work::Job(early),
			Work::Job(JobId(9)),
		] {
			<Jobs as Works<_, _>>::overturn(gone);
		}
		assert_eq!(root(), before);
	});
}

#[test]
fn whoever_goes_on_settling_is_not_paid_later_for_it() {
	execute(|| {
		let mut served = settled();
		// The agenda is behind when the next voucher comes.
		sleep(WINDOW + 5);
		served.answer(1).settle().unwrap();
		pass(1);
		assert_eq!(fake(W).paid, 1);
		pass(WINDOW);
		assert_eq!(fake(W).paid, 2);
	});
}

#[test]
fn a_worker_that_left_holds_up_nobody() {
	execute(|| {
		// Its clocks had stopped for a while.
		accuse(X);
		pass(10);
		acquit(X);
		let mut served = Served::new(open(PAYER, X), PAYER);
		let job = submit(chosen(X));
		leave(X);
		served.answer(1);
		refused(|| served.settle(), Error::<Test>::NotTheWorker);
		let session = served.session;
		refused(|| dispatch(RIVAL, Call::close { session }), Error::<Test>::NotAParty);
		refused(|| dispatch(RIVAL, Call::accept { job }), Error::<Test>::NotTheWorker);
		refused(
			|| dispatch(PAYER, Call::top_up { session, amount: 1 }),
			Error::<Test>::AboveCover,
		);
		dispatch(PAYER, Call::close { session }).unwrap();
		pass(CHALLENGE + 1);
		assert_eq!((all_of(PAYER), free(PAYER)), (RICH, RICH));
	});
}
