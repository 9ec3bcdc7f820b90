// SPDX-License-Identifier: Apache-2.0

//! Random histories: whatever happens in whatever order, the invariants hold, no unit of money appears or disappears, what
//! is refused changes nothing, and at the end everything concludes by itself and nothing of ours is on hold.

use super::*;
use crate::{HostHash, Item, JobOf, Order, Owed, Sealed, Signed, Stage};
use atelier_primitives::{
	models::Refused,
	work::{audits::Works, voucher::Quote, Work},
};
use atelier_referee::hash::Blake2b256;
use frame_support::{traits::fungible::InspectHold, weights::Weight};
use proptest::prelude::*;
use sp_runtime::{DispatchResult, MultiSignature, Permill};
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Op {
	/// Who pays, which worker, how much, for how long, at which reservation.
	Open(u8, u32, Balance, u32, Balance),
	/// With a spending key: the owner, the key.
	OpenFor(u8, u8, u32, Balance),
	Grant(u8, u8, Balance, u32),
	Revoke(u8, u8),
	TopUp(u8, prop::sample::Index, Balance),
	/// So many answers of so many units.
	Serve(prop::sample::Index, u8, u64),
	/// The newest voucher, or one with something wrong in it.
	Settle(prop::sample::Index, u8),
	SettleAll,
	Close(u8, prop::sample::Index),
	ConcludeSession(prop::sample::Index),
	/// Perhaps after somebody opened the account.
	Claim(prop::sample::Index, bool),
	Submit(u8, Option<u32>, u32, u32, u32),
	/// Any call on a job, by anybody.
	Act(prop::sample::Index, u8, u8),
	Deliver(prop::sample::Index, u32, u32),
	/// What comes next in a job, by who has to do it.
	Proceed(prop::sample::Index),
	Accuse(u32),
	Acquit(u32),
	/// A worker's work is proved wrong; then the verdict stands, or governance undoes it.
	Convict(u32, bool),
	Overturn(prop::sample::Index, u32),
	Bar(bool),
	Cover(u32, Balance),
	/// A worker speaks through another account.
	Rotate(u32, u8),
	Doors(bool, bool),
	Tune(u32, u32, u32),
	/// Somebody spends nearly all it can.
	Spend(u8, u8),
	/// Blocks with so much weight for the agenda, in hundredths of a millisecond.
	Blocks(u32, u64),
	/// Blocks that nobody makes.
	Missed(u32),
	/// Blocks in which nobody can speak to the court.
	Stop(u32),
}

fn op() -> impl Strategy<Value = Op> {
	let index = any::<prop::sample::Index>;
	let payer = || 1..=4u8;
	let worker = || 0..3u32;
	let amount = || prop_oneof![1..2_000u128, 1_000..200_000u128];
	prop_oneof![
		6 => (payer(), worker(), amount(), 1..300u32, prop_oneof![Just(0), amount()])
			.prop_map(|(who, worker, deposit, life, fee)| Op::Open(who, worker, deposit, life, fee)),
		3 => (payer(), payer(), worker(), amount()).prop_map(|(owner, key, worker, deposit)| Op::OpenFor(owner, key, worker, deposit)),
		2 => (payer(), payer(), amount(), 0..600u32).prop_map(|(owner, key, cap, until)| Op::Grant(owner, key, cap, until)),
		1 => (payer(), payer()).prop_map(|(owner, key)| Op::Revoke(owner, key)),
		2 => (payer(), index(), amount()).prop_map(|(who, session, amount)| Op::TopUp(who, session, amount)),
		8 => (index(), 1..5u8, prop_oneof![1..3u64, 0..200u64]).prop_map(|(session, answers, units)| Op::Serve(session, answers, units)),
		8 => (index(), 0..8u8).prop_map(|(session, wrong)| Op::Settle(session, wrong)),
		2 => Just(Op::SettleAll),
		2 => (1..=8u8, index()).prop_map(|(who, session)| Op::Close(who, session)),
		2 => index().prop_map(Op::ConcludeSession),
		3 => (index(), any::<bool>()).prop_map(|(who, opened)| Op::Claim(who, opened)),
		8 => (payer(), prop_oneof![2 => Just(None), 1 => worker().prop_map(Some)], 0..200u32, 0..200u32, 0..4u32)
			.prop_map(|(who, worker, input, output, audits)| Op::Submit(who, worker, input, output, audits)),
		14 => (index(), 1..=9u8, 0..9u8).prop_map(|(job, who, call)| Op::Act(job, who, call)),
		4 => (index(), 0..200u32, 0..200u32).prop_map(|(job, input, output)| Op::Deliver(job, input, output)),
		16 => index().prop_map(Op::Proceed),
		2 => worker().prop_map(Op::Accuse),
		3 => worker().prop_map(Op::Acquit),
		1 => (worker(), any::<bool>()).prop_map(|(worker, on)| Op::Convict(worker, on)),
		2 => (index(), 0..4u32).prop_map(|(thing, number)| Op::Overturn(thing, number)),
		1 => any::<bool>().prop_map(Op::Bar),
		1 => (worker(), prop_oneof![0..100_000u128, Just(10_000_000)]).prop_map(|(worker, cover)| Op::Cover(worker, cover)),
		3 => (worker(), prop_oneof![1 => 5..=8u8, 3 => 60..99u8]).prop_map(|(worker, account)| Op::Rotate(worker, account)),
		1 => (any::<bool>(), any::<bool>()).prop_map(|(pots, fund)| Op::Doors(pots, fund)),
		1 => (0..10u32, 1..200u32, 0..20u32).prop_map(|(share, challenge, price)| Op::Tune(share, challenge, price)),
		1 => (1..=8u8, 1..=8u8).prop_map(|(from, to)| Op::Spend(from, to)),
		8 => (1..40u32, 0..400u64).prop_map(|(blocks, weight)| Op::Blocks(blocks, weight)),
		1 => (1..1_000u32).prop_map(Op::Missed),
		1 => (1..200u32).prop_map(Op::Stop),
	]
}

/// What both sides of all sessions remember.
#[derive(Default)]
struct Off {
	served: BTreeMap<SessionId, Served>,
	quotes: u64,
}

fn sessions() -> Vec<SessionId> {
	let mut ids: Vec<_> = crate::Sessions::<Test>::iter_keys().collect();
	ids.sort();
	ids
}

fn jobs() -> Vec<JobId> {
	let mut ids: Vec<_> = crate::Jobs::<Test>::iter_keys().collect();
	ids.sort();
	ids
}

fn pick<T: Copy>(from: Vec<T>, index: prop::sample::Index) -> Option<T> {
	(!from.is_empty()).then(|| from[index.index(from.len())])
}

/// A call whose refusal must change nothing.
fn tried(result: impl FnOnce() -> DispatchResult) {
	let before = root();
	if result().is_err() {
		assert_eq!(root(), before, "what is refused changes nothing");
	}
}

/// What was sent of an answer, if it is encrypted: as many bytes as tokens at the least.
const SENT: [u8; 200] = [7; 200];

fn sent(job: &JobOf<Test>) -> Option<Sealed> {
	job.order.sealed.then(|| Sealed::Whole {
		bytes: SENT.len() as u32,
		hash: HostHash::hash(&SENT),
	})
}

/// What the worker has to post.
fn owed(job: &JobOf<Test>) -> Vec<u8> {
	let Some(Owed::Clear(answer)) = job.delivery().map(|delivery| delivery.answer) else {
		return SENT.to_vec();
	};
	let count = (0..=200).find(|count| tokens(*count).commitment() == answer);
	token_bytes(count.unwrap())
}

fn signer(worker: u32) -> u8 {
	WORKER + worker as u8
}

impl Off {
	fn quote(&mut self, worker: u32, payer: u8, reservation: Balance) -> (Quote<AccountId, Balance>, MultiSignature) {
		self.quotes += 1;
		let quote = Quote {
			reservation,
			..quote(WorkerId(worker), payer, self.quotes)
		};
		let signature = sign(signer(worker), &quote.message(&genesis()));
		(quote, signature)
	}

	fn opened(&mut self, before: SessionId, key: u8) {
		if crate::NextSession::<Test>::get() != before {
			self.served.insert(before, Served::new(before, key));
		}
	}

	fn newest(&self, id: SessionId, wrong: u8) -> Option<Signed<MultiSignature>> {
		let mut signed = self.served.get(&id)?.signed();
		match wrong {
			0 => signed.voucher.sequence += 1,
			1 => signed.voucher.session = SessionId(id.0 + 1),
			2 => signed.signature = sign(STRANGER, &signed.voucher.message(&genesis(), W)),
			3 => signed.extension.nodes = Default::default(),
			_ => {}
		}
		Some(signed)
	}

	fn apply(&mut self, op: Op) {
		let next = crate::NextSession::<Test>::get();
		match op {
			Op::Open(who, worker, deposit, life, fee) => {
				let (quote, signature) = self.quote(worker, who, fee);
				let (quote, opening) = (Box::new(quote), Box::new(opening(deposit, life, who)));
				tried(|| {
					dispatch(
						who,
						Call::open {
							quote,
							signature,
							opening,
						},
					)
				});
				self.opened(next, who);
			}
			Op::OpenFor(owner, key, worker, deposit) => {
				let (quote, signature) = self.quote(worker, owner, deposit / 10);
				let (quote, opening) = (Box::new(quote), Box::new(opening(deposit, 100, key)));
				let owner = acc(owner);
				tried(|| {
					dispatch(
						key,
						Call::open_for {
							owner,
							quote,
							signature,
							opening,
						},
					)
				});
				self.opened(next, key);
			}
			Op::Grant(owner, key, cap, term) => {
				let (spender, until) = (acc(key), now() + term);
				tried(|| dispatch(owner, Call::grant { spender, cap, until }));
			}
			Op::Revoke(owner, key) => tried(|| dispatch(owner, Call::revoke { spender: acc(key) })),
			Op::TopUp(who, session, amount) => {
				if let Some(session) = pick(sessions(), session) {
					tried(|| dispatch(who, Call::top_up { session, amount }));
				}
			}
			Op::Serve(session, answers, units) => {
				let served = pick(sessions(), session).and_then(|id| self.served.get_mut(&id));
				if let Some(served) = served {
					for _ in 0..answers {
						served.answer(units);
					}
				}
			}
			Op::Settle(session, wrong) => {
				let signed = pick(sessions(), session).and_then(|id| self.newest(id, wrong));
				if let Some(signed) = signed {
					tried(|| settle(signed));
				}
			}
			Op::SettleAll => {
				for worker in 0..3 {
					let all = sessions()
						.into_iter()
						.filter_map(|id| self.newest(id, (id.0 % 8) as u8));
					let batch = all.take(256).collect::<Vec<_>>().try_into().unwrap();
					dispatch_by(fake(WorkerId(worker)).account, Call::settle_batch { batch }).unwrap();
				}
			}
			Op::Close(who, session) => {
				if let Some(session) = pick(sessions(), session) {
					tried(|| dispatch(who, Call::close { session }));
				}
			}
			Op::ConcludeSession(session) => {
				if let Some(session) = pick(sessions(), session) {
					tried(|| dispatch(STRANGER, Call::conclude_session { session }));
				}
			}
			Op::Claim(who, opened) => {
				if let Some(who) = pick((0..crate::Claimable::<Test>::iter().count()).collect(), who) {
					let who = crate::Claimable::<Test>::iter_keys().nth(who).unwrap();
					if opened {
						use frame_support::traits::{fungible::Mutate, tokens::Preservation};
						Balances::transfer(&acc(STRANGER), &who, ED, Preservation::Preserve).unwrap();
					}
					tried(|| dispatch(STRANGER, Call::claim { who }));
				}
			}
			Op::Submit(who, worker, input, output, audits) => {
				let order = Box::new(Order {
					worker: worker.map(WorkerId),
					input,
					output,
					audits,
					sealed: audits % 2 == 1,
					..order()
				});
				tried(|| dispatch(who, Call::submit { order }));
			}
			Op::Act(job, who, call) => {
				let Some(job) = pick(jobs(), job) else { return };
				// Mostly by who may.
				let record = crate::Jobs::<Test>::get(job).unwrap();
				let worker = record.worker().map_or(who, |worker| signer(worker.0));
				let who = match (who % 4, call) {
					(0, _) => who,
					(_, 4 | 7) => (1..=4).find(|payer| acc(*payer) == record.payer).unwrap_or(who),
					_ => worker,
				};
				let call = match call {
					0 => Call::accept { job },
					1 => Call::start { job },
					2 => Call::input_missing { job },
					3 => Call::decline { job },
					4 => Call::demand { job },
					5 => Call::post_answer {
						job,
						bytes: owed(&record).try_into().unwrap(),
					},
					6 => Call::assign { job },
					7 => Call::cancel { job },
					_ => Call::conclude_job { job },
				};
				tried(|| dispatch(who, call));
			}
			Op::Deliver(job, input, output) => {
				let Some(job) = pick(jobs(), job) else { return };
				let record = crate::Jobs::<Test>::get(job).unwrap();
				let Some(worker) = record.worker() else { return };
				let mut claim = claim(job, input.min(record.order.input), output);
				claim.worker = atelier_primitives::work::named(worker);
				let call = Call::deliver {
					job,
					claim: Box::new(claim),
					answer: sent(&record),
				};
				tried(|| dispatch(signer(worker.0), call));
			}
			Op::Proceed(job) => {
				let Some(job) = pick(jobs(), job) else { return };
				let record = crate::Jobs::<Test>::get(job).unwrap();
				let worker = record.worker().unwrap_or(W);
				let by = (1..=9)
					.chain(60..99)
					.find(|number| acc(*number) == fake(worker).account)
					.unwrap_or(STRANGER);
				let call = match record.stage {
					Stage::Submitted { .. } => Call::assign { job },
					Stage::Assigned { .. } => Call::accept { job },
					Stage::Accepted { .. } => Call::start { job },
					Stage::Started { .. } => {
						let mut claim = claim(job, record.order.input, record.order.output / 2);
						claim.worker = atelier_primitives::work::named(worker);
						let (claim, answer) = (Box::new(claim), sent(&record));
						Call::deliver { job, claim, answer }
					}
					Stage::Delivered { .. } => Call::conclude_job { job },
					Stage::Demanded { .. } => {
						let bytes = owed(&record).try_into().unwrap();
						Call::post_answer { job, bytes }
					}
				};
				tried(|| dispatch(by, call));
			}
			Op::Accuse(worker) => {
				if fake(WorkerId(worker)).accused < 2 {
					accuse(WorkerId(worker));
				}
			}
			Op::Acquit(worker) => {
				let fake = fake(WorkerId(worker));
				// One of them is the verdict that waits.
				if fake.accused > u32::from(fake.barred_since.is_some()) {
					acquit(WorkerId(worker));
				}
			}
			Op::Convict(worker, on) => {
				let worker = WorkerId(worker);
				let fake = fake(worker);
				match (on, fake.convicted, fake.barred_since) {
					(true, false, _) => convict(worker),
					(true, true, Some(_)) => condemn(worker),
					(false, true, Some(_)) => pardon(worker),
					// Long after: another worker in its place.
					_ => change(worker, |fake| fake.convicted = false),
				}
			}
			Op::Overturn(thing, number) => {
				let of_sessions = sessions()
					.into_iter()
					.map(|session| Work::Settlement { session, number });
				let pending: Vec<_> = of_sessions
					.chain(jobs().into_iter().map(Work::Job))
					.filter(|work| <Jobs as Works<_, _>>::pending(*work).is_some())
					.collect();
				if let Some(work) = pick(pending, thing) {
					<Jobs as Works<_, _>>::overturn(work);
				}
			}
			Op::Bar(on) => Barred::mutate(|barred| match on {
				true => barred.insert(V, Refused::Withdrawn),
				false => barred.remove(&V),
			})
			.map_or((), |_| ()),
			Op::Cover(worker, cover) => change(WorkerId(worker), |fake| fake.cover = cover),
			Op::Rotate(worker, account) => {
				let taken = (0..4).any(|other| other != worker && fake(WorkerId(other)).account == acc(account));
				if !taken {
					change(WorkerId(worker), |fake| fake.account = acc(account));
				}
			}
			Op::Doors(pots, fund) => {
				PotsOpen::set(pots);
				FundOpen::set(fund);
			}
			Op::Tune(share, challenge, rise) => {
				AgendaShare::set(Permill::from_percent(share));
				ChallengePeriod::set(challenge);
				TreasuryShare::set(Permill::from_percent(rise));
			}
			Op::Spend(from, to) => {
				use frame_support::traits::{
					fungible::{Inspect, Mutate},
					tokens::{Fortitude, Preservation},
				};
				let can = Balances::reducible_balance(&acc(from), Preservation::Expendable, Fortitude::Polite);
				let _ = atomic(|| {
					Balances::transfer(&acc(from), &acc(to), can / 10 * 9, Preservation::Expendable).map(|_| ())
				});
			}
			Op::Blocks(blocks, weight) => {
				let limit = Weight::from_parts(weight * 10_000_000, u64::MAX);
				for _ in 0..blocks {
					next_block_within(limit);
				}
			}
			Op::Missed(blocks) => sleep(blocks),
			Op::Stop(blocks) => stop(blocks),
		}
	}
}

/// From here on only the chain does anything. Everything ends within what the longest clocks allow.
fn concludes() {
	for worker in 0..4 {
		let worker = WorkerId(worker);
		if fake(worker).barred_since.is_some() {
			pardon(worker);
		}
		while fake(worker).accused > 0 {
			acquit(worker);
		}
	}
	AgendaShare::set(Permill::from_percent(10));
	// Buckets behind are looked at first, then what has the longest life and challenge; a recheck, and what spilled.
	let bound = 300 + 200 + WINDOW + 2 * crate::clocks::RECHECK + 64;
	let late = Jobs::agenda_behind();
	let frozen = (0..4).map(|worker| fake(WorkerId(worker)).thawed).max().unwrap_or(0);
	for _ in 0..bound + frozen + Stopped::get() + late {
		pass(1);
		if sessions().is_empty() && jobs().is_empty() {
			break;
		}
	}
	assert!(sessions().is_empty() && jobs().is_empty(), "something does not end");
	check();
	for who in (1..=9).chain([TREASURY, POTS, FUND]) {
		for reason in [crate::HoldReason::Escrow, crate::HoldReason::Demand] {
			assert_eq!(Balances::balance_on_hold(&reason.into(), &acc(who)), 0);
		}
	}
	// Whoever could not be paid is, as soon as it has an account.
	let waiting: Vec<_> = crate::Claimable::<Test>::iter_keys().collect();
	for who in waiting {
		use frame_support::traits::{fungible::Mutate, tokens::Preservation};
		Balances::transfer(&acc(STRANGER), &who, ED, Preservation::Preserve).unwrap();
		dispatch(STRANGER, Call::claim { who }).unwrap();
	}
	let reason = crate::HoldReason::Claimable.into();
	assert_eq!(Balances::balance_on_hold(&reason, &Jobs::account()), 0);
	// What records cost is back, but for grants that stand.
	let granted: Vec<_> = crate::Grants::<Test>::iter().map(|(owner, _, _)| owner).collect();
	for who in (1..=9).map(acc).filter(|who| !granted.contains(who)) {
		let reason = crate::HoldReason::Record.into();
		assert_eq!(Balances::balance_on_hold(&reason, &who), 0);
	}
	assert_eq!(
		crate::Quotes::<Test>::iter().count() + crate::Using::<Test>::iter().count(),
		0
	);
	// Nothing is noted that is not there, at the latest when its time has come.
	pass(300 + 200);
	let noted: Vec<Item> = crate::Buckets::<Test>::iter_values().flatten().collect();
	assert!(noted.is_empty(), "{noted:?}");
}

/// A history and its end.
fn live(ops: Vec<Op>) {
	let supply = Balances::total_issuance();
	change(X, |fake| fake.drawable = true);
	let mut off = Off::default();
	for op in ops {
		off.apply(op);
		check();
		assert_eq!(Balances::total_issuance(), supply, "nothing is minted or burned");
	}
	concludes();
	assert_eq!(Balances::total_issuance(), supply, "nothing is minted or burned");
}

proptest! {
	#![proptest_config(ProptestConfig { cases: cases(16), failure_persistence: None, ..Default::default() })]

	#[test]
	fn whatever_happens(ops in prop::collection::vec(op(), 1..100)) {
		chain().execute_with(|| live(ops));
	}
}

/// What the histories are worth: among the same few every event happens, and every ending.
#[test]
fn everything_happens() {
	use proptest::{
		strategy::ValueTree,
		test_runner::{RngAlgorithm, TestRng, TestRunner},
	};
	let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
	let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
	let histories = prop::collection::vec(op(), 150..200);
	let mut seen = std::collections::BTreeSet::new();
	for _ in 0..28 {
		let ops = histories.new_tree(&mut runner).unwrap().current();
		chain().execute_with(|| {
			live(ops);
			for record in System::events() {
				if let RuntimeEvent::Jobs(event) = record.event {
					seen.insert(match event {
						Event::JobEnded { how, .. } => format!("{how:?}"),
						other => format!("{other:?}")
							.split([' ', '{'])
							.next()
							.unwrap_or_default()
							.to_string(),
					});
				}
			}
		});
	}
	let all = [
		"AnswerDemanded",
		"AnswerPosted",
		"Cancelled",
		"Claimed",
		"Failed",
		"Forbidden",
		"Granted",
		"JobAccepted",
		"JobAssigned",
		"JobDelivered",
		"JobStarted",
		"JobSubmitted",
		"Overturned",
		"Paid",
		"PaymentWaits",
		"Refused",
		"Revoked",
		"SessionClosed",
		"SessionEnded",
		"SessionOpened",
		"SessionRemoved",
		"SessionSettled",
		"SessionToppedUp",
		"SettlementPaid",
		"SettlementReturned",
		"SettlementSkipped",
		"Unaccepted",
		"Unassigned",
		"Void",
	];
	let seen: Vec<_> = seen
		.iter()
		.map(|name| name.rsplit("::").next().unwrap_or_default())
		.collect();
	for name in all {
		assert!(seen.contains(&name), "{name} never happens: {seen:?}");
	}
}
