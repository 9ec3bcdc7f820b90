// SPDX-License-Identifier: Apache-2.0

//! Positive controls: with one defence off, what it stops succeeds; with it on, the same is refused.

use super::{grants::open_for, *};
use crate::{
	checks::{without, Check},
	Order,
};
use atelier_primitives::{
	models::Refused,
	work::{audits::Works, voucher::Quote, Work},
};
use sp_runtime::DispatchResult;

/// The attack is refused for this reason, and leaves nothing behind; without the defence it is not.
#[track_caller]
fn stopped_by(check: Check, why: Error<Test>, attack: impl Fn() -> DispatchResult) {
	refused(&attack, why);
	assert_eq!(without(check, attack), Ok(()));
}

/// A session with one answer of 100 units.
fn served() -> Served {
	let mut served = Served::new(open(PAYER, W), PAYER);
	served.answer(100);
	served
}

/// Settled or delivered state that no honest call can leave is not checked after these tests.
fn attack(test: impl FnOnce()) {
	chain().execute_with(test);
}

#[test]
fn a_voucher_of_another_chain_is_worth_money_where_chains_are_not_named() {
	attack(|| {
		let mut signed = served().signed();
		signed.signature = sign(PAYER, &signed.voucher.message(&[0; 32], W));
		stopped_by(Check::Genesis, Error::BadSignature, || settle(signed.clone()));
	});
}

#[test]
fn a_voucher_of_another_session_is_worth_money_where_sessions_are_not_named() {
	attack(|| {
		// For session 0 the payer signed; the same voucher is shown for session 1.
		let mut signed = served().signed();
		signed.voucher.session = open(PAYER, W);
		stopped_by(Check::Session, Error::BadSignature, || settle(signed.clone()));
	});
}

#[test]
fn a_voucher_for_another_worker_is_worth_money_where_workers_are_not_named() {
	attack(|| {
		// The payer signed for its session with worker 0. After a fork the number is that of its session with another.
		let mut served = Served::new(open(PAYER, X), PAYER);
		served.answer(100);
		let mut signed = served.signed();
		signed.signature = sign(PAYER, &signed.voucher.message(&genesis(), W));
		stopped_by(Check::Worker, Error::BadSignature, || settle(signed.clone()));
	});
}

#[test]
fn anybody_makes_vouchers_where_nobody_signs_them() {
	attack(|| {
		let mut signed = served().signed();
		signed.signature = sign(WORKER, &signed.voucher.message(&genesis(), W));
		stopped_by(Check::Signature, Error::BadSignature, || settle(signed.clone()));
	});
}

#[test]
fn what_a_payer_corrected_is_settled_where_old_vouchers_are_good() {
	attack(|| {
		// It signed 300 units by mistake, then 200 by a newer voucher, and the worker settled the newer.
		let mut served = served();
		let mut wrong = served.clone();
		wrong.answer(100).answer(100);
		wrong.sequence = 2;
		served.answer(100);
		served.sequence = 3;
		served.settle().unwrap();
		stopped_by(Check::Sequence, Error::OldSequence, || settle(wrong.signed_after(2)));
	});
}

#[test]
fn a_paid_receipt_is_exchanged_where_roots_need_not_extend() {
	attack(|| {
		// The answer that was settled is exchanged for one that is right, before it is audited.
		let served = served();
		served.settle().unwrap();
		let mut other = Served::new(served.session, PAYER);
		other.answer_as(100, 9).answer(1);
		stopped_by(Check::Extension, Error::NotAnExtension, || {
			settle(other.signed_after(1))
		});
	});
}

#[test]
fn one_payer_pays_for_another_where_deposits_do_not_bound() {
	attack(|| {
		let mut served = served();
		served.answer(900);
		stopped_by(Check::Deposit, Error::AboveDeposit, || served.settle());
	});
}

#[test]
fn a_capacity_is_filled_twice_where_quotes_are_good_twice() {
	attack(|| {
		let again = || open_with(PAYER, quote(W, PAYER, 7), opening(100_000, 50, PAYER));
		again().unwrap();
		stopped_by(Check::QuoteOnce, Error::QuoteUsed, again);
	});
}

#[test]
fn a_rival_fills_a_capacity_where_quotes_name_no_payer() {
	attack(|| {
		let stolen = || open_with(OTHER, quote(W, PAYER, 7), opening(100_000, 50, OTHER));
		stopped_by(Check::QuotePayer, Error::NotForThisPayer, stolen);
	});
}

#[test]
fn a_worker_is_paid_for_what_was_wrong_where_nothing_is_held() {
	let paid = |off: bool| {
		let mut paid = 0;
		attack(|| {
			let served = served();
			served.settle().unwrap();
			let conclude = || {
				dispatch(
					WORKER,
					Call::conclude_session {
						session: served.session,
					},
				)
			};
			match off {
				true => without(Check::Window, conclude).unwrap(),
				false => refused(conclude, Error::<Test>::NothingDue),
			}
			// An auditor finds it out within the window.
			let work = Work::Settlement {
				session: served.session,
				number: 0,
			};
			if <Jobs as Works<_, _>>::pending(work).is_some() {
				<Jobs as Works<_, _>>::overturn(work);
			}
			paid = free(WORKER) - RICH;
		});
		paid
	};
	assert_eq!((paid(false), paid(true)), (0, 100 * PRICE));
}

#[test]
fn an_accused_worker_takes_its_money_where_clocks_do_not_stop() {
	attack(|| {
		let served = served();
		served.settle().unwrap();
		sleep(WINDOW);
		accuse(W);
		sleep(1);
		let conclude = || {
			dispatch(
				WORKER,
				Call::conclude_session {
					session: served.session,
				},
			)
		};
		refused(conclude, Error::<Test>::NothingDue);
		// One that is accused in the last block has its window back when it is acquitted, but not meanwhile.
		change(W, |fake| fake.since = now());
		refused(conclude, Error::<Test>::NothingDue);
		without(Check::Accused, conclude).unwrap();
		assert_eq!(free(WORKER), RICH + 100 * PRICE);
	});
}

#[test]
fn a_convicted_worker_is_paid_for_its_other_work_where_nobody_asks() {
	let paid = |off: bool| {
		let mut paid = 0;
		attack(|| {
			served().settle().unwrap();
			change(W, |fake| fake.convicted = true);
			match off {
				true => without(Check::Convicted, || pass(WINDOW + 1)),
				false => pass(WINDOW + 1),
			}
			paid = free(WORKER) - RICH;
		});
		paid
	};
	assert_eq!((paid(false), paid(true)), (0, 100 * PRICE));
}

#[test]
fn whoever_accuses_again_and_again_holds_up_payers_where_their_clocks_stop_for_it() {
	let held_up = |off: bool| {
		let mut left = 0;
		attack(|| {
			let session = open(PAYER, W);
			let wait = || {
				dispatch(PAYER, Call::close { session }).unwrap();
				for _ in 0..100 {
					accuse(W);
					pass(10);
					acquit(W);
				}
				held(PAYER)
			};
			left = match off {
				true => without(Check::PayersClock, wait),
				false => wait(),
			};
		});
		left
	};
	assert_eq!((held_up(false), held_up(true)), (0, 100_000));
}

#[test]
fn a_payer_that_gains_a_false_verdict_pays_nothing_where_sessions_end_meanwhile() {
	let earned = |off: bool| {
		let mut earned = 0;
		attack(|| {
			let served = served();
			let session = served.session;
			dispatch(PAYER, Call::close { session }).unwrap();
			convict(W);
			match off {
				true => without(Check::Barred, || pass(CHALLENGE + 1)),
				false => pass(CHALLENGE + 1),
			}
			pardon(W);
			let _ = served.settle();
			pass(CHALLENGE + WINDOW + crate::clocks::RECHECK);
			earned = free(WORKER) - RICH;
		});
		earned
	};
	assert_eq!((earned(false), earned(true)), (100 * PRICE, 0));
}

#[test]
fn a_payer_ruins_names_for_nothing_where_voids_are_free() {
	let cost = |off: bool| {
		let mut cost = 0;
		attack(|| {
			let void = || {
				for _ in 0..16 {
					let job = submit(order());
					dispatch(WORKER, Call::accept { job }).unwrap();
					dispatch(WORKER, Call::input_missing { job }).unwrap();
				}
			};
			match off {
				true => without(Check::Charge, void),
				false => void(),
			}
			assert_eq!(fake(W).void, 16);
			cost = RICH - all_of(PAYER);
		});
		cost
	};
	assert_eq!((cost(false), cost(true)), (16 * 300 * (PRICE + FEE) * 5 / 100, 0));
}

#[test]
fn who_is_condemned_delivers_what_nobody_can_accuse_where_nobody_asks() {
	attack(|| {
		let job = started(order());
		convict(W);
		condemn(W);
		stopped_by(Check::Condemned, Error::Convicted, || deliver(job, claim(job, 100, 25)));
	});
}

#[test]
fn a_worker_that_cannot_finish_escapes_the_fine_where_nothing_counts_as_an_answer() {
	attack(|| {
		let job = started(order());
		stopped_by(Check::Empty, Error::EmptyAnswer, || deliver(job, claim(job, 100, 0)));
		pass(WINDOW + 1);
		assert_eq!(fake(W).fined, 0);
	});
}

#[test]
fn a_payer_keeps_what_it_signed_where_closing_ends_at_once() {
	attack(|| {
		let served = served();
		let session = served.session;
		without(Check::Challenge, || dispatch(PAYER, Call::close { session })).unwrap();
		// The next block is too late for the worker.
		pass(1);
		refused(|| served.settle(), Error::<Test>::UnknownSession);
		assert_eq!(held(PAYER), 0);

		let mut served = Served::new(open(PAYER, W), PAYER);
		let session = served.session;
		dispatch(PAYER, Call::close { session }).unwrap();
		pass(1);
		served.answer(100).settle().unwrap();
	});
}

#[test]
fn a_withdrawn_version_answers_where_terms_are_looked_at_once() {
	attack(|| {
		let accepted = |off: bool| {
			Barred::set(Default::default());
			let job = submit(order());
			Barred::mutate(|barred| barred.insert(V, Refused::Consent));
			let accept = || dispatch(WORKER, Call::accept { job });
			match off {
				true => without(Check::TermsAtAcceptance, accept).unwrap(),
				false => accept().unwrap(),
			}
			Jobs::job(job).is_some()
		};
		assert_eq!((accepted(false), accepted(true)), (false, true));
	});
}

#[test]
fn owners_of_versions_have_drawn_workers_fined_where_only_deadlines_count() {
	let fined = |off: bool, decline: bool| {
		let mut fined = 0;
		attack(|| {
			// The owner of a version submits as many jobs as its workers offer, and withdraws it.
			let jobs: Vec<_> = (0..3).map(|_| submit(order())).collect();
			Barred::mutate(|barred| barred.insert(V, Refused::Withdrawn));
			let end = || match decline {
				true => jobs
					.iter()
					.for_each(|job| dispatch(WORKER, Call::decline { job: *job }).unwrap()),
				false => pass(ACCEPT + 1),
			};
			match off {
				true => without(Check::Blameless, end),
				false => end(),
			}
			assert_eq!((all_of(PAYER), free(PAYER)), (RICH, RICH));
			fined = fake(W).fined;
		});
		fined
	};
	for decline in [true, false] {
		assert_eq!((fined(false, decline), fined(true, decline)), (0, 3 * REFUSAL));
	}
}

#[test]
fn one_claim_is_paid_twice_where_it_is_about_nothing() {
	attack(|| {
		let first = delivered(order());
		let second = started(order());
		stopped_by(Check::Claim, Error::ClaimOfOtherJob, || {
			deliver(second, claim(first, 100, 25))
		});
	});
}

#[test]
fn a_payer_pays_for_tokens_it_did_not_order_where_limits_do_not_bind() {
	attack(|| {
		let job = started(order());
		// One token is read and seventy are written, though at most fifty were ordered.
		stopped_by(Check::Limits, Error::AboveLimits, || deliver(job, claim(job, 1, 70)));
	});
}

#[test]
fn a_worker_posts_anything_where_hashes_do_not_bind() {
	attack(|| {
		let job = delivered(order());
		dispatch(PAYER, Call::demand { job }).unwrap();
		let bytes = || b"anything".to_vec().try_into().unwrap();
		stopped_by(Check::Answer, Error::NotTheAnswer, || {
			let bytes = bytes();
			dispatch(WORKER, Call::post_answer { job, bytes })
		});
	});
}

#[test]
fn a_worker_hands_over_nothing_where_it_says_itself_what_is_owed() {
	use crate::{HostHash, Sealed};
	use atelier_referee::hash::Blake2b256;
	// A right claim, for which it is paid, and the hash of garbage in place of the answer.
	let garbage = [7_u8; 25];
	let sealed = Some(Sealed::Whole {
		bytes: 25,
		hash: HostHash::hash(&garbage),
	});
	attack(|| {
		let job = started(order());
		stopped_by(Check::Owed, Error::WrongAnswerKind, || {
			deliver_as(job, claim(job, 100, 25), sealed)
		});
		dispatch(PAYER, Call::demand { job }).unwrap();
		let bytes = garbage.to_vec().try_into().unwrap();
		dispatch(WORKER, Call::post_answer { job, bytes }).unwrap();
		pass(WINDOW + 1);
		assert_eq!(fake(W).paid, 1);
	});
}

#[test]
fn an_answer_is_padded_until_none_of_it_is_posted_where_length_does_not_bind() {
	use crate::{Sealed, CHUNK_BYTES};
	use atelier_referee::commit::{Commitment, Kind};
	let count = 1_000;
	let padded = Some(Sealed::Chunks {
		bytes: count * CHUNK_BYTES as u64,
		chunks: Commitment {
			kind: Kind::Output,
			count,
			root: [3; 32],
		},
	});
	attack(|| {
		let job = started(Order {
			sealed: true,
			..order()
		});
		stopped_by(Check::Padding, Error::WrongAnswerLength, || {
			deliver_as(job, claim(job, 100, 25), padded)
		});
		dispatch(PAYER, Call::demand { job }).unwrap();
		// Of a thousand chunks four, and the answer is in the first.
		assert!(!Jobs::job(job).unwrap().demanded.contains(&0));
	});
}

#[test]
fn who_sends_nothing_until_it_is_made_to_earns_the_bond_where_all_of_it_pays() {
	let earned = |off: bool| {
		let mut earned = 0;
		attack(|| {
			let job = delivered(order());
			dispatch(PAYER, Call::demand { job }).unwrap();
			let bytes = token_bytes(25).try_into().unwrap();
			let post = || dispatch(WORKER, Call::post_answer { job, bytes }).unwrap();
			match off {
				true => without(Check::Posting, post),
				false => post(),
			}
			// What posting costs it.
			earned = free(WORKER) - RICH - (COST + 100 + 150);
		});
		earned
	};
	assert_eq!((earned(false), earned(true)), (0, BOND - COST - 250));
}

#[test]
fn a_stolen_key_takes_everything_where_caps_do_not_bind() {
	attack(|| {
		let spender = acc(OTHER);
		let grant = Call::grant {
			spender,
			cap: 50_000,
			until: 500,
		};
		dispatch(PAYER, grant).unwrap();
		open_for(OTHER, 50_000, 1, 0).unwrap();
		// By a deposit, and by a reservation that its accomplice keeps.
		stopped_by(Check::Cap, Error::CapPassed, || open_for(OTHER, 900_000, 2, 0));
		stopped_by(Check::Cap, Error::CapPassed, || open_for(OTHER, 1_000, 3, 900_000));
	});
}

#[test]
fn a_key_spends_its_cap_twice_where_old_grants_count_for_new_ones() {
	let spends_again = |off: bool| {
		let mut result = Ok(());
		attack(|| {
			let spender = acc(OTHER);
			let grant = || Call::grant {
				spender: spender.clone(),
				cap: 100_000,
				until: 5_000,
			};
			dispatch(PAYER, grant()).unwrap();
			open_for(OTHER, 100_000, 1, 0).unwrap();
			let revoke = Call::revoke {
				spender: spender.clone(),
			};
			dispatch(PAYER, revoke).unwrap();
			dispatch(PAYER, grant()).unwrap();
			open_for(OTHER, 100_000, 2, 0).unwrap();
			dispatch(OTHER, Call::close { session: SessionId(0) }).unwrap();
			match off {
				true => without(Check::Grant, || pass(CHALLENGE + 1)),
				false => pass(CHALLENGE + 1),
			}
			// With 100,000 of the new grant at stake.
			result = open_for(OTHER, 100_000, 3, 0);
		});
		result
	};
	assert_eq!(spends_again(false), Err(Error::<Test>::CapPassed.into()));
	assert_eq!(spends_again(true), Ok(()));
}

#[test]
fn a_bond_covers_anything_where_work_does_not_count() {
	attack(|| {
		let served = served();
		change(W, |fake| fake.cover = 10);
		stopped_by(Check::Exposure, Error::ExposureFull, || served.settle());
	});
}

#[test]
fn drawn_workers_are_fined_for_being_hurried_where_time_is_not_bounded() {
	attack(|| {
		let hurried = || {
			let order = Order {
				time: 0,
				input: 1_000_000,
				output: 1_000_000,
				most: PRICE,
				..order()
			};
			dispatch(PAYER, Call::submit { order: Box::new(order) })
		};
		change(W, |fake| fake.cover = Balance::MAX);
		stopped_by(Check::Time, Error::TimeTooShort, hurried);
		let job = JobId(0);
		dispatch(WORKER, Call::accept { job }).unwrap();
		dispatch(WORKER, Call::start { job }).unwrap();
		pass(1);
		assert_eq!(fake(W).fined, FAILURE);
	});
}

#[test]
fn nobody_lives_from_the_fines_of_others() {
	// Every outcome in which a worker is fined leaves the payer with what it had, to the unit: the fine is not its.
	execute(|| {
		submit(order());
		pass(ACCEPT + 1);
		started(order());
		pass(TIME + 1);
		let job = delivered(order());
		dispatch(PAYER, Call::demand { job }).unwrap();
		pass(DEMAND + 1);
		assert_eq!(fake(W).fined, REFUSAL + 2 * FAILURE + 200 * (PRICE + FEE) * 2 / 100);
		assert_eq!((all_of(PAYER), free(PAYER)), (RICH, RICH));
	});
}

#[test]
fn a_quote_that_outlives_its_session_opens_no_second_one() {
	execute(|| {
		let long = || Quote {
			until: 1 + CHALLENGE,
			..quote(W, PAYER, 7)
		};
		open_with(PAYER, long(), opening(100_000, 1, PAYER)).unwrap();
		dispatch(PAYER, Call::close { session: SessionId(0) }).unwrap();
		// The session stays as long as its quote is good.
		pass(CHALLENGE);
		refused(
			|| open_with(PAYER, long(), opening(100_000, 1, PAYER)),
			Error::<Test>::QuoteUsed,
		);
		pass(1);
		assert_eq!(Jobs::session(SessionId(0)), None);
		refused(
			|| open_with(PAYER, long(), opening(100_000, 1, PAYER)),
			Error::<Test>::QuoteExpired,
		);
	});
}

#[test]
fn a_payer_puts_a_claim_into_the_workers_mouth_where_anybody_settles() {
	attack(|| {
		// The worker has answered nothing. The payer invents a receipt with another answer's claim, signs, and settles.
		let mut invented = Served::new(open(PAYER, W), PAYER);
		invented.answer_as(1, 66);
		stopped_by(Check::Settler, Error::NotTheWorker, || {
			settle_as(PAYER, invented.signed())
		});
		let work = Work::Settlement {
			session: invented.session,
			number: 0,
		};
		// The court has it as the worker's.
		let pending = <Jobs as Works<_, _>>::pending(work).unwrap();
		assert_eq!((pending.worker, pending.payer), (W, acc(PAYER)));
	});
}

#[test]
fn whoever_steals_the_key_of_quotes_burns_the_bond_where_it_settles() {
	attack(|| {
		// It opens a session as payer with its own quote, and signs what nobody answered.
		change(W, |fake| fake.signer = acc(STRANGER));
		let mut invented = Served::new(open_signed_by(STRANGER), PAYER);
		invented.answer_as(1, 66);
		stopped_by(Check::Account, Error::NotTheWorker, || {
			settle_as(STRANGER, invented.signed())
		});
	});
}

#[test]
fn nobody_can_accuse_where_clocks_run_while_the_court_is_stopped() {
	let paid = |off: bool| {
		let mut paid = 0;
		attack(|| {
			let served = served();
			served.settle().unwrap();
			match off {
				true => without(Check::Stopped, || stop(WINDOW + 1)),
				false => stop(WINDOW + 1),
			}
			// The first block in which somebody can say that it was wrong.
			let work = Work::Settlement {
				session: served.session,
				number: 0,
			};
			if <Jobs as Works<_, _>>::pending(work).is_some() {
				<Jobs as Works<_, _>>::overturn(work);
			}
			paid = free(WORKER) - RICH;
		});
		paid
	};
	assert_eq!((paid(false), paid(true)), (0, 100 * PRICE));
}

#[test]
fn payer_worker_and_auditors_in_one_hand_earn_where_failures_cost_no_levy() {
	// A job of 4,000 units whose answer is not handed over, with four audits ordered.
	const UNITS: Balance = 4_000;
	const AUDITS: u32 = 4;
	let levy = UNITS * (PRICE + FEE) * 2 / 100;
	let earned = |off: bool| {
		let mut earned = 0;
		attack(|| {
			let job = started(Order {
				output: 1_000,
				audits: AUDITS,
				time: 60,
				..order()
			});
			let before = all_of(PAYER) + all_of(WORKER);
			deliver(job, claim(job, 0, 1_000)).unwrap();
			dispatch(PAYER, Call::demand { job }).unwrap();
			match off {
				true => without(Check::Levy, || pass(DEMAND + 1)),
				false => pass(DEMAND + 1),
			}
			// The auditors have the whole weight, and get all that was ordered and all that a levy pays for.
			let audited = levy + Balance::from(AUDITS) * AUDIT;
			let after = all_of(PAYER) + all_of(WORKER) + audited;
			assert_eq!(fake(W).failed, 1);
			earned = after as i128 - before as i128 - fake(W).fined as i128;
		});
		earned
	};
	let (levy, failure) = (levy as i128, FAILURE as i128);
	assert_eq!((levy, failure), (9_600, 500));
	// What was ordered, the payer has paid.
	assert_eq!(earned(false), -failure);
	assert_eq!(earned(true), levy - failure);
}

/// What of a payer's money a worker holds up that is accused of something at any time, about a job that is so.
fn held_up(off: Option<Check>, act: impl Fn(JobId)) -> Balance {
	let mut left = 0;
	attack(|| {
		let job = started(order());
		let wait = || {
			deliver(job, claim(job, 100, 25)).unwrap();
			act(job);
			accuse(W);
			for _ in 0..50 {
				pass(20);
				// The next accusation comes before the last one is over.
				accuse(W);
				acquit(W);
			}
			held(PAYER) + bonded(PAYER)
		};
		left = match off {
			Some(check) => without(check, wait),
			None => wait(),
		};
	});
	left
}

#[test]
fn a_worker_keeps_what_it_does_not_hand_over_where_hearings_have_no_end() {
	let demanded = |job| dispatch(PAYER, Call::demand { job }).unwrap();
	assert_eq!(held_up(None, demanded), 0);
	assert_eq!(held_up(Some(Check::Hearing), demanded), price(200) + BOND);
}

#[test]
fn a_worker_holds_up_what_it_cannot_earn_where_the_rest_returns_last() {
	assert_eq!(held_up(None, |_| {}), price(200));
	assert_eq!(held_up(Some(Check::Rest), |_| {}), most());
}

/// Many tiny jobs of one payer and one worker, each with as many audits as can be ordered. What the fund has gained when all
/// auditors, who belong to the same hand, have been paid, and the jobs have ended so; and what that hand has gained.
fn drained(off: bool, end: impl Fn(&[JobId])) -> (i128, i128) {
	const JOBS: u32 = 40;
	const AUDITORS: u8 = 3;
	let mut gained = (0, 0);
	attack(|| {
		use frame_support::traits::{fungible::Mutate, tokens::Preservation};
		let move_to = |from, to, amount| {
			Balances::transfer(&acc(from), &acc(to), amount, Preservation::Preserve).unwrap();
		};
		// What honest payers' levies have put into it.
		move_to(STRANGER, FUND, RICH / 2);
		let of_hand = || all_of(PAYER) + all_of(WORKER) + all_of(AUDITORS);
		let (before, fund) = (of_hand(), free(FUND));
		let deliver_all = || {
			let job = |_| {
				let job = started(Order {
					audits: crate::MAX_AUDITS,
					..chosen(W)
				});
				let put_in = free(FUND);
				deliver(job, claim(job, 0, 1)).unwrap();
				// Each is revealed while the work waits.
				let ordered = Jobs::job(job).unwrap().delivery.unwrap().drawing.expected >> 32;
				let paid = Balance::from(ordered) * AUDIT;
				assert!(
					off || free(FUND) - put_in >= paid,
					"the job has put in what it takes out"
				);
				move_to(FUND, AUDITORS, paid);
				job
			};
			(0..JOBS).map(job).collect::<Vec<_>>()
		};
		let jobs = match off {
			true => without(Check::Funded, deliver_all),
			false => deliver_all(),
		};
		end(&jobs);
		assert!(jobs.iter().all(|job| Jobs::job(*job).is_none()));
		let fined = fake(W).fined as i128;
		gained = (
			free(FUND) as i128 - fund as i128,
			of_hand() as i128 - before as i128 - fined,
		);
	});
	gained
}

const ORDERED: i128 = 40 * crate::MAX_AUDITS as i128 * AUDIT as i128;

#[test]
fn one_conviction_drains_the_fund_where_ordered_audits_return() {
	let convicted = |_: &[JobId]| {
		convict(W);
		pass(10);
		condemn(W);
		pass(WINDOW + crate::clocks::RECHECK);
	};
	assert_eq!(drained(false, convicted), (0, 0));
	assert_eq!(drained(true, convicted), (-ORDERED, ORDERED));
}

#[test]
fn answers_that_nobody_posts_drain_the_fund_where_ordered_audits_return() {
	let demanded = |jobs: &[JobId]| {
		for job in jobs {
			dispatch(PAYER, Call::demand { job: *job }).unwrap();
		}
		sleep(DEMAND + 1);
		for job in jobs {
			dispatch(STRANGER, Call::conclude_job { job: *job }).unwrap();
		}
	};
	// The fund loses nothing, even where no bond is left to be fined.
	let (fund, hand) = drained(false, demanded);
	assert_eq!(fund, 0);
	assert!(hand < 0);
	let (fund, _) = drained(true, demanded);
	assert_eq!(fund, -ORDERED);
}
