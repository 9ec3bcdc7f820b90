// SPDX-License-Identifier: Apache-2.0

//! Random histories on the real runtime: an honest worker and one that cheats, in sessions and one-shot jobs, a payer, rightful
//! and wrongful accusers, safe mode, and blocks. After every ten calls every invariant of every pallet; at the end everything ends, nobody's money is
//! stuck, the honest worker has its bond and is paid for all that it settled, and every cheat that was proved is slashed.

use crate::{orders::Orders, world::*};
use atelier_primitives::{
	ids::DisputeId,
	work::{
		Work,
		price::{Rates, fee_per_unit},
	},
};
use atelier_referee::{
	commit::Bounded,
	dispute::{Charge, Evidence, Game, InParts, Move, Party, gather},
	samples::{Random, Sample},
};
use atelier_runtime::{Balance, Balances, SafeMode, genesis::DEVELOPMENT};
use atelier_runtime_tests::{Account, Chain, R, account, check_state, next_block};
use frame_support::traits::fungible::{Inspect, InspectHold};
use pallet_disputes::{Call, Stage};
use sp_runtime::Permill;
use std::collections::{BTreeMap, BTreeSet};

pub const CHEATS: Account = Account::Ferdie;
const ACCUSERS: [Account; 2] = [CHALLENGES, Account::One];

/// A session with all answers in it.
struct Session {
	talk: Talk,
	answers: Vec<Served>,
}

struct World {
	sample: Sample,
	version: atelier_primitives::ids::VersionId,
	sessions: Vec<Session>,
	orders: Orders,
	/// What was settled, and of which session.
	settled: BTreeMap<Work, usize>,
	/// Units that the honest worker has settled, in each session.
	earned: BTreeMap<usize, u64>,
	/// A fraud of the cheat's answers, looked for once: they are all computed alike.
	proof: Option<(Charge, Evidence)>,
	seen: BTreeSet<&'static str>,
}

impl World {
	fn new() -> Self {
		let sample = sample();
		let version = version(&sample);
		for who in [SERVES, CHEATS, AUDITS] {
			hire(who, true);
		}
		Self {
			orders: Orders::new(&sample, version),
			sample,
			version,
			sessions: Vec::new(),
			settled: BTreeMap::new(),
			earned: BTreeMap::new(),
			proof: None,
			seen: BTreeSet::new(),
		}
	}

	fn saw(&mut self, what: &'static str, done: bool) {
		if done {
			self.seen.insert(what);
		}
	}

	fn poor(&self) -> bool {
		let left = Balances::reducible_balance(
			&account(PAYER),
			frame_support::traits::tokens::Preservation::Preserve,
			frame_support::traits::tokens::Fortitude::Polite,
		);
		left < 2 * DEPOSIT
	}

	fn any(&self, random: &mut Random) -> Option<usize> {
		let last = self.sessions.len().checked_sub(1)? as i64;
		Some(random.between(0, last) as usize)
	}

	fn step(&mut self, random: &mut Random) {
		match random.between(0, 17) {
			0 | 1 => {
				let by = random.pick([SERVES, CHEATS]);
				let convicted = pallet_workers::Pallet::<R>::worker(worker(by)).is_some_and(|view| view.convicted);
				let poor = self.poor();
				if SafeMode::is_entered() || convicted || poor || self.sessions.len() >= 6 {
					return;
				}
				let talk = Talk::with(self.version, by);
				self.sessions.push(Session {
					talk,
					answers: Vec::new(),
				});
			}
			2..=4 => {
				let Some(which) = self.any(random) else { return };
				let session = &mut self.sessions[which];
				let cheat = session.talk.by == CHEATS && random.one_in(2);
				let served = if cheat {
					session.talk.swapped(&self.sample)
				} else {
					session.talk.honest(&self.sample)
				};
				session.answers.push(served);
				if cheat && self.proof.is_none() {
					let last = session.answers.last_mut().expect("just added");
					self.proof = last.proof();
				}
			}
			5 | 6 => {
				let Some(which) = self.any(random) else { return };
				let session = &mut self.sessions[which];
				let first = session.talk.settled;
				if session.talk.receipts.count() == first {
					return;
				}
				let by = session.talk.by;
				if session.talk.settle_by(by).is_err() {
					return;
				}
				let number = session.talk.settlements;
				session.talk.settlements += 1;
				session.talk.settled = session.talk.receipts.count();
				let work = Work::Settlement {
					session: session.talk.session,
					number,
				};
				self.settled.insert(work, which);
				if by == SERVES {
					let units = self.sessions[which].answers.iter().map(|served| served.units).sum();
					self.earned.insert(which, units);
				}
				self.saw("settled", true);
			}
			7 | 8 => {
				let all: Vec<_> = self.settled.keys().copied().collect();
				let Some(last) = all.len().checked_sub(1) else { return };
				let work = all[random.between(0, last as i64) as usize];
				let which = self.settled[&work];
				let session = &self.sessions[which];
				let index = random.between(0, session.answers.len() as i64 - 1) as usize;
				if index as u64 >= session.talk.settled {
					return;
				}
				let shown = self.shown_in(which, index, work);
				let shown = Box::new(shown);
				let who = random.pick(ACCUSERS);
				let done = call(who, Call::challenge { work, shown, lot: None }).is_ok();
				self.saw("challenged", done);
			}
			9 => {
				let Some((dispute, record)) = self.dispute(random) else {
					return;
				};
				let Some((charge, evidence)) = self.proof.clone() else {
					return;
				};
				let who = ACCUSERS.into_iter().find(|who| account(*who) == record.challenger);
				let Some(who) = who else { return };
				let evidence = Box::new(evidence);
				let proved = call(
					who,
					Call::prove {
						dispute,
						charge,
						evidence,
					},
				)
				.is_ok();
				assert!(
					!proved || record.worker == worker(CHEATS),
					"no proof against the honest"
				);
				self.saw("proved", proved);
			}
			10 => {
				let Some((dispute, record)) = self.dispute(random) else {
					return;
				};
				let who = ACCUSERS.into_iter().find(|who| account(*who) == record.challenger);
				let Some(who) = who else { return };
				let done = match random.between(0, 3) {
					0 => call(who, Call::concede { dispute }),
					1 => call(who, Call::descend { dispute }),
					_ => self.accuse(who, dispute, random),
				};
				self.saw("moved", done.is_ok());
			}
			11 => {
				let Some(which) = self.any(random) else { return };
				let session = self.sessions[which].talk.session;
				let done = call(PAYER, pallet_jobs::Call::close { session }).is_ok();
				self.saw("closed", done);
			}
			14 => {
				let ordered = !self.poor() && self.orders.order(random);
				self.saw("ordered", ordered);
			}
			15 => {
				let troubled = self.orders.trouble(random);
				self.saw("troubled", troubled);
			}
			16 if random.one_in(3) => {
				let Some((work, shown)) = self.orders.accused(random) else {
					return;
				};
				let shown = Box::new(shown);
				let who = random.pick(ACCUSERS);
				let done = call(who, Call::challenge { work, shown, lot: None }).is_ok();
				self.saw("challenged a job", done);
			}
			12 if random.one_in(4) => {
				let origin = frame_system::RawOrigin::Root;
				let entered = SafeMode::force_enter(origin.into()).is_ok();
				self.saw("stopped", entered);
			}
			_ => {
				for _ in 0..random.between(1, 12) {
					next_block();
					self.diligence();
				}
			}
		}
	}

	/// An answer as the root of a settlement shows it.
	fn shown_in(&self, which: usize, index: usize, work: Work) -> pallet_disputes::Shown {
		use atelier_primitives::work::audits::{Claims, Works};
		let session = &self.sessions[which];
		let served = &session.answers[index];
		let count = match <atelier_runtime::Jobs as Works<atelier_runtime::AccountId, Balance>>::pending(work) {
			Some(pending) => match pending.claims {
				Claims::Since { later, .. } => later.receipts,
				Claims::One { .. } => 1,
			},
			None => session.talk.receipts.count(),
		};
		pallet_disputes::Shown {
			claim: served.claim,
			request: served.request.clone(),
			place: pallet_disputes::Place::Receipt {
				index: index as u64,
				units: served.units,
				inclusion: session
					.talk
					.receipts
					.prove::<atelier_referee::hash::Portable>(count.max(index as u64 + 1), index as u64)
					.expect("it is there"),
			},
		}
	}

	fn dispute(&self, random: &mut Random) -> Option<(DisputeId, pallet_disputes::DisputeOf<R>)> {
		let mut all: Vec<_> = pallet_disputes::Disputes::<R>::iter().collect();
		all.sort_unstable_by_key(|(id, _)| *id);
		let last = all.len().checked_sub(1)? as i64;
		Some(all.swap_remove(random.between(0, last) as usize))
	}

	/// Any move of who accused.
	fn accuse(&self, who: Account, dispute: DisputeId, random: &mut Random) -> sp_runtime::DispatchResult {
		let Some(game) = atelier_runtime::Disputes::game(dispute) else {
			return Err(sp_runtime::DispatchError::Unavailable);
		};
		let played = match game {
			Game::Nodes(nodes) if !random.one_in(4) => Move::Descend(random.between(0, nodes.len() as i64 - 1) as u32),
			Game::Part(_, parts) => Move::Part(random.between(0, parts.len() as i64 - 1) as u32),
			_ => Move::Accuse(Charge::State(0)),
		};
		call(who, Call::play { dispute, played })
	}

	/// The honest worker does what it is asked to, in each block; the cheat posts its trace, as long as that may help.
	fn diligence(&mut self) {
		let done = self.orders.duties();
		self.saw("delivered", done);
		let mut all: Vec<_> = pallet_disputes::Disputes::<R>::iter().collect();
		all.sort_unstable_by_key(|(id, _)| *id);
		for (dispute, record) in all {
			let by = if record.worker == worker(SERVES) {
				SERVES
			} else {
				CHEATS
			};
			let found = self
				.sessions
				.iter()
				.flat_map(|session| &session.answers)
				.chain(self.orders.delivered.values().map(|(served, _)| served))
				.find(|served| served.claim == record.claim);
			let Some(served) = found else { continue };
			match record.stage {
				Stage::Trace { .. } => {
					let trace = served.held.trace.commitment();
					let _ = call(by, Call::post_trace { dispute, trace });
				}
				Stage::Playing { trace, .. } if by == SERVES => {
					let Some(game) = atelier_runtime::Disputes::game(dispute) else {
						continue;
					};
					if game.turn() == Party::Holder {
						let played = answer_to(&game, &record, trace, served);
						let _ = call(by, Call::play { dispute, played });
					}
				}
				_ => {}
			}
		}
	}

	fn check(&self) {
		check_state();
		let honest = pallet_workers::Pallet::<R>::worker(worker(SERVES)).expect("it stays");
		assert!(!honest.convicted, "the honest worker is convicted of nothing");
		assert_eq!(bond(SERVES), BOND, "and its bond is whole");
	}
}

fn bond(who: Account) -> Balance {
	let reason = pallet_workers::HoldReason::Bond.into();
	Balances::balance_on_hold(&reason, &account(who))
}

/// The move of who holds an answer.
fn answer_to(
	game: &Game,
	record: &pallet_disputes::DisputeOf<R>,
	trace: atelier_referee::commit::Commitment,
	served: &Served,
) -> Move {
	let case = record.case(trace).expect("there is a case");
	let mut held = served.held.clone();
	match game {
		Game::Top => Move::Reveal(held.trace.reveal_top().expect("there is a top")),
		Game::Below(node) => Move::Reveal(held.trace.reveal_below(node.level, node.index).expect("there is more")),
		Game::Leaf(node) => {
			let leaf = held.answer.leaves[node.index as usize].1.write();
			Move::Leaf(Bounded::try_from(leaf).expect("short"))
		}
		Game::Parts(charge) => Move::Parts(Bounded::try_from(held.parts(*charge).expect("it has parts")).expect("few")),
		Game::Evidence(charge) => {
			let evidence = gather(&case, &mut held, *charge, None).expect("can be brought");
			Move::Open(Box::new(evidence.expect("is there")))
		}
		Game::PartEvidence(charge, parts, chosen) => {
			let in_parts = InParts { parts, chosen: *chosen };
			let evidence = gather(&case, &mut held, *charge, Some(in_parts)).expect("can be brought");
			Move::Open(Box::new(evidence.expect("is there")))
		}
		Game::Nodes(_) | Game::Seen | Game::Part(..) => unreachable!("not the holder's turn"),
	}
}

/// What a history has seen.
fn history(seed: u64, calls: u32) -> BTreeSet<&'static str> {
	let mut seen = BTreeSet::new();
	// With short epochs a day is short, too.
	let short = |patch: &mut serde_json::Value| patch["launch"]["epochSlots"] = 10.into();
	Chain::from_preset_with(DEVELOPMENT, short).run(|| {
		let mut random = Random(seed);
		let mut world = World::new();
		for number in 0..calls {
			world.step(&mut random);
			if number % 10 == 0 {
				world.check();
			}
		}
		// Everything is closed, and everything ends.
		for which in 0..world.sessions.len() {
			let session = world.sessions[which].talk.session;
			let _ = call(PAYER, pallet_jobs::Call::close { session });
		}
		// A day of short epochs, and what stood still meanwhile.
		for _ in 0..4_000 {
			let busy = pallet_jobs::Sessions::<R>::iter_keys().next().is_some()
				|| pallet_jobs::Jobs::<R>::iter_keys().next().is_some()
				|| pallet_disputes::Disputes::<R>::iter_keys().next().is_some();
			if !busy {
				break;
			}
			next_block();
			world.diligence();
		}
		world.check();
		assert_eq!(pallet_jobs::Sessions::<R>::iter().count(), 0, "every session ends");
		assert_eq!(pallet_jobs::Jobs::<R>::iter().count(), 0, "every job ends");
		assert_eq!(pallet_disputes::Disputes::<R>::iter().count(), 0, "every dispute ends");
		let escrow = Balances::balance_on_hold(&pallet_jobs::HoldReason::Escrow.into(), &account(PAYER));
		assert_eq!(escrow, 0, "no escrow without a way out");
		let demands = Balances::balance_on_hold(&pallet_jobs::HoldReason::Demand.into(), &account(PAYER));
		assert_eq!(demands, 0, "no demand without an end");
		for who in ACCUSERS {
			let bonds = Balances::balance_on_hold(&pallet_disputes::HoldReason::Bond.into(), &account(who));
			assert_eq!(bonds, 0, "no bond without a way out");
		}
		paid_for_all(&world);
		if world.seen.contains("proved") {
			// A slash waits for a window at least.
			for _ in 0..window() + 10 {
				next_block();
			}
			assert_eq!(bond(CHEATS), 0, "every proved cheat is slashed");
		}
		seen = world.seen;
	});
	seen
}

/// What the honest worker's reputation says that the treasury got of its pay is its part of all that it settled.
fn paid_for_all(world: &World) {
	let fee = atelier_runtime::Models::version(world.version)
		.expect("it exists")
		.publication
		.fee;
	let rates = Rates {
		worker: PRICE,
		version: fee_per_unit(&fee),
		levy: Permill::from_percent(2),
		treasury: Permill::from_percent(5),
	};
	let due: Balance = world
		.earned
		.values()
		.map(|units| rates.of(*units).expect("money").treasury)
		.sum();
	let due = due + world.orders.due;
	let view = pallet_workers::Pallet::<R>::worker(worker(SERVES)).expect("it stays");
	assert_eq!(
		view.reputation.treasury, due,
		"the honest worker is paid for all that it settled"
	);
}

#[test]
fn whatever_happens_the_honest_are_paid_and_everything_ends() {
	let histories = std::env::var("ATELIER_CASES").map_or(6, |cases| cases.parse().expect("a number"));
	let mut seen = BTreeSet::new();
	for seed in 0..histories {
		seen.extend(history(seed, 120));
	}
	for what in [
		"settled",
		"challenged",
		"proved",
		"moved",
		"closed",
		"stopped",
		"ordered",
		"delivered",
		"troubled",
		"challenged a job",
	] {
		assert!(seen.contains(what), "nothing was {what}: {seen:?}");
	}
}
