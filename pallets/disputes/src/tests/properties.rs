// SPDX-License-Identifier: Apache-2.0

//! Random histories: an honest worker and one that cheats, who accuse rightly and wrongly, throw games and stay silent, while
//! blocks are full, missed or stopped. The honest worker moves whenever it is asked and the court has room; nothing else is
//! expected of it.

use super::world::*;
use crate::{mock::*, Call, Disputes as All, Duties, HostHash, Shown, Stage, Unserved};
use atelier_primitives::{
	ids::{DisputeId, WorkerId},
	work::{
		audits::{Audits, Claims},
		draw::{self, Drawn},
		workers::{Accused, Fault},
		Work,
	},
};
use atelier_referee::samples::Committed;
use atelier_referee::{
	claim::Origin,
	commit::Bounded,
	dispute::{gather, Charge, Evidence, Game, InParts, Move, Party},
};
use frame_support::weights::Weight;
use proptest::prelude::*;
use std::{
	cell::OnceCell,
	collections::{BTreeMap, BTreeSet},
};

const HONEST: WorkerId = WORKER;
const CHEAT: WorkerId = WorkerId(8);

#[derive(Clone, Debug)]
enum Op {
	/// A job is delivered by either worker.
	Deliver {
		cheat: bool,
		value: u32,
	},
	/// Somebody accuses a claim.
	Challenge {
		which: usize,
		by: usize,
	},
	/// Who accused proves what there is to prove.
	Prove {
		which: usize,
	},
	/// Who accused sends evidence that proves nothing, or belongs to nothing.
	Lie {
		which: usize,
		charge: usize,
	},
	Descend {
		which: usize,
	},
	/// Whoever accused makes any move.
	Move {
		which: usize,
		choice: u32,
	},
	/// The cheat moves, too.
	Cheat {
		which: usize,
	},
	Concede {
		which: usize,
	},
	Expire {
		which: usize,
	},
	/// An auditor says that it was not served.
	NotServed {
		which: usize,
		auditor: u32,
		kind: u8,
	},
	Epoch {
		value: u8,
	},
	/// Blocks, of which some are full.
	Blocks {
		count: u32,
		full: bool,
	},
	/// The chain stands still.
	Suspend {
		blocks: u32,
	},
	Pause,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
	let which = 0..6_usize;
	let op = prop_oneof![
		3 => (any::<bool>(), 1..40_000_u32).prop_map(|(cheat, value)| Op::Deliver { cheat, value }),
		4 => (which.clone(), 0..3_usize).prop_map(|(which, by)| Op::Challenge { which, by }),
		2 => which.clone().prop_map(|which| Op::Prove { which }),
		1 => (which.clone(), any::<usize>()).prop_map(|(which, charge)| Op::Lie { which, charge }),
		2 => which.clone().prop_map(|which| Op::Descend { which }),
		6 => (which.clone(), any::<u32>()).prop_map(|(which, choice)| Op::Move { which, choice }),
		3 => which.clone().prop_map(|which| Op::Cheat { which }),
		1 => which.clone().prop_map(|which| Op::Concede { which }),
		1 => which.clone().prop_map(|which| Op::Expire { which }),
		2 => (which, 1..8_u32, 0..5_u8).prop_map(|(which, auditor, kind)| Op::NotServed { which, auditor, kind }),
		3 => any::<u8>().prop_map(|value| Op::Epoch { value }),
		4 => (1..12_u32, prop::bool::weighted(0.2)).prop_map(|(count, full)| Op::Blocks { count, full }),
		1 => (1..30_u32).prop_map(|blocks| Op::Suspend { blocks }),
		1 => Just(Op::Pause),
	];
	prop::collection::vec(op, 1..60)
}

/// The answers that both workers give, computed once.
struct Answers {
	honest: Served,
	wrong: Served,
	proof: (Charge, Evidence),
}

std::thread_local! {
	static ANSWERS: OnceCell<Answers> = const { OnceCell::new() };
}

fn answers<R>(read: impl FnOnce(&Answers) -> R) -> R {
	ANSWERS.with(|cell| {
		read(cell.get_or_init(|| {
			let honest = Served::honest(11, Origin::Job(0));
			let mut wrong = cheats().remove(5).1;
			let proof = wrong.proof().expect("it is proved");
			Answers { honest, wrong, proof }
		}))
	})
}

struct World {
	jobs: u64,
	/// What both have claimed in each job.
	served: BTreeMap<u64, (bool, Served)>,
}

fn accuser(number: usize) -> AccountId {
	[CHALLENGER, OTHER, PAYER][number]
}

impl World {
	fn shown(&self, job: u64) -> Shown {
		let (_, served) = &self.served[&job];
		Shown {
			claim: served.claim,
			request: served.request.clone(),
			place: crate::Place::Job,
		}
	}

	fn nth<K: Copy>(all: impl Iterator<Item = K>, which: usize) -> Option<K> {
		let all: Vec<_> = all.collect();
		all.get(which.checked_rem(all.len())?).copied()
	}

	fn job(&self, which: usize) -> Option<u64> {
		Self::nth(self.served.keys().copied(), which)
	}

	fn dispute(&self, which: usize) -> Option<(DisputeId, crate::DisputeOf<Test>)> {
		let mut ids: Vec<_> = All::<Test>::iter_keys().collect();
		ids.sort_unstable();
		let id = Self::nth(ids.into_iter(), which)?;
		Some((id, All::<Test>::get(id)?))
	}

	fn held(&self, dispute: &crate::DisputeOf<Test>) -> Served {
		let Work::Job(job) = dispute.work else {
			panic!("only jobs")
		};
		self.served[&job.0].1.clone()
	}

	fn apply(&mut self, op: Op) {
		match op {
			Op::Deliver { cheat, value } => {
				let number = self.jobs;
				self.jobs += 1;
				let worker = if cheat { CHEAT } else { HONEST };
				if Workers::convicted(worker) {
					return;
				}
				let mut served = answers(|all| if cheat { &all.wrong } else { &all.honest }.clone()).by(worker);
				served.claim.origin = Origin::Job(number);
				let claims = Claims::One {
					claim: served.leaf(),
					units: served.units,
				};
				let mut work = pending(claims, value.into());
				work.worker = worker;
				work.drawing = Disputes::drawing(worker, value.into(), 0);
				put(job(number), work);
				self.served.insert(number, (cheat, served));
			}
			Op::Challenge { which, by } => {
				let Some(number) = self.job(which) else { return };
				let shown = Box::new(self.shown(number));
				let work = job(number);
				let _ = tried(Call::challenge { work, shown, lot: None }, accuser(by));
			}
			Op::Prove { which } => {
				let Some((dispute, record)) = self.dispute(which) else {
					return;
				};
				let (charge, evidence) = answers(|all| all.proof.clone());
				let evidence = Box::new(evidence);
				let proved = tried(
					Call::prove {
						dispute,
						charge,
						evidence,
					},
					record.challenger,
				);
				assert!(proved.is_err() || record.worker == CHEAT, "no proof against the honest");
			}
			Op::Lie { which, charge } => {
				let Some((dispute, record)) = self.dispute(which) else {
					return;
				};
				if record.worker != HONEST {
					return;
				}
				let mut served = self.held(&record);
				let all = charges(&served.held.answer);
				let charge = all[charge % all.len()];
				let Ok(Some(evidence)) = gather(&served.case(), &mut served.held, charge, None) else {
					return;
				};
				let evidence = Box::new(evidence);
				assert!(tried(
					Call::prove {
						dispute,
						charge,
						evidence
					},
					record.challenger
				)
				.is_err());
			}
			Op::Descend { which } => {
				let Some((dispute, record)) = self.dispute(which) else {
					return;
				};
				let _ = tried(Call::descend { dispute }, record.challenger);
			}
			Op::Move { which, choice } => {
				let Some((dispute, record)) = self.dispute(which) else {
					return;
				};
				let Some(game) = crate::Pallet::<Test>::game(dispute) else {
					return;
				};
				let served = self.held(&record);
				let all = charges(&served.held.answer);
				let charge = all[choice as usize % all.len()];
				let played = match game {
					Game::Nodes(nodes) if choice % 5 > 0 => Move::Descend(choice % nodes.len() as u32),
					Game::Part(_, parts) => Move::Part(choice % parts.len() as u32),
					_ => Move::Accuse(charge),
				};
				let _ = tried(Call::play { dispute, played }, record.challenger);
			}
			Op::Cheat { which } => {
				if let Some((dispute, record)) = self.dispute(which) {
					if record.worker == CHEAT {
						self.answer(dispute, &record);
					}
				}
			}
			Op::Concede { which } => {
				let Some((dispute, record)) = self.dispute(which) else {
					return;
				};
				let _ = tried(Call::concede { dispute }, record.challenger);
			}
			Op::Expire { which } => {
				let Some((dispute, _)) = self.dispute(which) else {
					return;
				};
				let _ = tried(Call::expire { dispute }, OPERATOR);
			}
			Op::NotServed { which, auditor, kind } => {
				let Some(number) = self.job(which) else { return };
				let work = job(number);
				let Some(pending) = Pending_::get().remove(&work) else {
					return;
				};
				let Some(seed) = Disputes::seed(&pending.drawing, pending.at) else {
					return;
				};
				let shown = Box::new(self.shown(number));
				let what = match kind {
					0 => Unserved::Receipt,
					1 => Unserved::Input(shown, 0),
					2 => Unserved::Answer(shown, 0),
					3 => Unserved::States(shown, 0),
					_ => Unserved::Weights,
				};
				let auditor = WorkerId(auditor);
				let lot = lot_of(auditor, Drawn::Audit(work), &seed.value);
				let _ = tried(
					Call::not_served {
						work,
						lot,
						number: 0,
						what,
					},
					account(auditor),
				);
			}
			Op::Epoch { value } => {
				epoch(value);
				self.diligence();
			}
			Op::Blocks { count, full } => {
				for _ in 0..count {
					let used = if full { Weight::MAX } else { Weight::zero() };
					blocks_with(1, used);
					if !full {
						self.diligence();
					}
				}
			}
			Op::Suspend { blocks: count } => {
				Suspended::set(true);
				blocks(count);
				Suspended::set(false);
			}
			Op::Pause => {
				let _ = crate::Pallet::<Test>::pause(RuntimeOrigin::root());
			}
		}
	}

	/// The honest worker does whatever it is asked to, once in each block that has room.
	fn diligence(&self) {
		for (dispute, record) in All::<Test>::iter().collect::<Vec<_>>() {
			if record.worker == HONEST {
				self.answer(dispute, &record);
			}
		}
		for (duty, record) in Duties::<Test>::iter().collect::<Vec<_>>() {
			if record.worker == HONEST {
				self.serve(duty, &record);
			}
		}
	}

	/// A worker's move, if it is its turn.
	fn answer(&self, dispute: DisputeId, record: &crate::DisputeOf<Test>) {
		let mut served = self.held(record);
		let who = account(record.worker);
		match record.stage {
			Stage::Trace { .. } => {
				let trace = served.held.trace.commitment();
				let _ = tried(Call::post_trace { dispute, trace }, who);
			}
			Stage::Playing { .. } => {
				let Some(game) = crate::Pallet::<Test>::game(dispute) else {
					return;
				};
				if game.turn() == Party::Holder {
					if let Some(played) = move_of(&game, &mut served) {
						let _ = tried(Call::play { dispute, played }, who);
					}
				}
			}
			Stage::Queued | Stage::Proving { .. } => {}
		}
	}

	fn serve(&self, duty: u64, record: &crate::DutyOf<Test>) {
		use atelier_referee::{commit::Ranges, dispute::Holder};
		let Work::Job(number) = record.work else {
			panic!("only jobs")
		};
		let (_, served) = &self.served[&number.0];
		let served = match record.owed {
			crate::Owed::Receipt { .. } => crate::Served::Receipt(Box::new(self.shown(number.0))),
			crate::Owed::Drawn { .. } | crate::Owed::Range { .. } => {
				let mut held: Committed = served.held.clone();
				let (of, mut drawn) = match record.owed {
					crate::Owed::Drawn { of, seed } => (of, draw::leaves::<HostHash>(&seed, of.count)),
					crate::Owed::Range { of, first, end } => (of, (first..end).collect()),
					crate::Owed::Receipt { .. } => unreachable!("looked at above"),
				};
				drawn.sort_unstable();
				drawn.dedup();
				let ranges = Ranges::covering(drawn.iter().copied()).unwrap();
				let bytes = drawn
					.iter()
					.map(|leaf| Bounded::try_from(held.bytes(of.kind, *leaf).unwrap()).unwrap());
				let leaves = Bounded::try_from(bytes.collect::<Vec<_>>()).unwrap();
				let proof = held.prove(of.kind, &ranges).unwrap();
				crate::Served::Leaves(Box::new(crate::Leaves { leaves, proof }))
			}
		};
		let _ = tried(Call::serve { duty, served }, account(record.worker));
	}

	fn check(&self) {
		check();
		let wrong = |worker| {
			let convictions = Workers::get(worker).convictions;
			convictions.iter().any(|(fault, _)| *fault != Fault::LazyAudit)
		};
		assert!(!wrong(HONEST), "the honest worker is convicted of nothing");
		for work in Overturned::get() {
			let Work::Job(number) = work else { panic!("only jobs") };
			assert!(self.served[&number.0].0, "only what was wrong is overturned");
		}
	}
}

/// A move of who holds an answer.
fn move_of(game: &Game, served: &mut Served) -> Option<Move> {
	let case = served.case();
	let held = &mut served.held;
	Some(match game {
		Game::Top => Move::Reveal(held.trace.reveal_top().ok()?),
		Game::Below(node) => Move::Reveal(held.trace.reveal_below(node.level, node.index).ok()?),
		Game::Leaf(node) => Move::Leaf(Bounded::try_from(held.answer.leaves[node.index as usize].1.write()).ok()?),
		Game::Parts(charge) => Move::Parts(Bounded::try_from(held.parts(*charge)?).ok()?),
		Game::Evidence(charge) => Move::Open(Box::new(gather(&case, held, *charge, None).ok()??)),
		Game::PartEvidence(charge, parts, chosen) => {
			let in_parts = InParts { parts, chosen: *chosen };
			Move::Open(Box::new(gather(&case, held, *charge, Some(in_parts)).ok()??))
		}
		Game::Nodes(_) | Game::Seen | Game::Part(..) => return None,
	})
}

/// Which kinds of events a history saw.
fn history(ops: Vec<Op>) -> BTreeSet<String> {
	new_test_ext().execute_with(|| {
		let supply = Balances::total_issuance();
		answers(|all| register(&all.honest));
		Workers::mutate(CHEAT, |_| ());
		let mut world = World {
			jobs: 0,
			served: BTreeMap::new(),
		};
		for op in ops {
			world.apply(op);
			world.check();
			assert_eq!(Balances::total_issuance(), supply);
		}
		// Whatever anybody does or leaves undone, all of it ends.
		let leaves = answers(|all| all.honest.held.answer.graph.leaves()) as u32;
		let most_moves = answers(|all| Game::most_moves(&all.honest.case()));
		let longest = 10 + leaves / 1_000 + 10 + 2 * 15 + most_moves + 12;
		let lines = (crate::WAITING + 2) / 2 + 1;
		let bound = 60 + longest * lines.min(1 + All::<Test>::iter().count() as u32);
		for _ in 0..bound {
			if All::<Test>::iter().next().is_none() && Duties::<Test>::iter().next().is_none() {
				break;
			}
			blocks(1);
			world.diligence();
		}
		world.check();
		assert_eq!(All::<Test>::iter().count(), 0, "every dispute ends");
		assert_eq!(Duties::<Test>::iter().count(), 0, "every duty ends");
		for who in [CHALLENGER, OTHER, PAYER]
			.into_iter()
			.chain(AUDITORS.map(|auditor| account(WorkerId(auditor))))
		{
			assert_eq!(bonded(who), 0, "every bond has a way out");
		}
		assert_eq!(Balances::total_issuance(), supply);
		let kind = |event: RuntimeEvent| match event {
			RuntimeEvent::Disputes(event) => {
				let name = format!("{event:?}");
				name.split([' ', '{']).next().map(str::to_owned)
			}
			_ => None,
		};
		System::events()
			.into_iter()
			.filter_map(|record| kind(record.event))
			.collect()
	})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases(64)))]

	#[test]
	fn the_honest_lose_nothing_and_everything_ends(ops in ops()) {
		history(ops);
	}
}

/// Histories that reach nothing show nothing.
#[test]
fn histories_go_everywhere() {
	use proptest::{
		strategy::ValueTree,
		test_runner::{Config, TestRunner},
	};
	let mut runner = TestRunner::new_with_rng(
		Config::default(),
		proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
	);
	let strategy = ops();
	let mut seen = BTreeSet::new();
	for _ in 0..64 {
		seen.extend(history(strategy.new_tree(&mut runner).expect("a history").current()));
	}
	for kind in [
		"Challenged",
		"TraceDue",
		"TracePosted",
		"Turn",
		"Upheld",
		"Rejected",
		"Moot",
		"NotServed",
		"Served",
		"Withheld",
		"Paused",
	] {
		assert!(seen.contains(&format!("Event::{kind}")), "no {kind} among {seen:?}");
	}
}

/// How many histories; as many as `ATELIER_CASES` says (`make test-long`).
fn cases(default: u32) -> u32 {
	std::env::var("ATELIER_CASES")
		.ok()
		.and_then(|cases| cases.parse().ok())
		.unwrap_or(default)
}
