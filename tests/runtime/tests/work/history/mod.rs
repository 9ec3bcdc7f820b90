// SPDX-License-Identifier: Apache-2.0

//! Random histories on the real runtime.
//!
//! | who | does |
//! | --- | --- |
//! | an honest worker | serves in sessions and jobs, and does in each block all that it is asked to |
//! | a cheat | serves another model's answers, refuses, loses inputs, is silent |
//! | a payer | orders, pays, closes, demands, cancels |
//! | accusers | accuse rightly and wrongly, prove, play, give up |
//! | honest auditors | look at what they draw, accuse what is wrong, report the rest; one bonds and unbonds meanwhile |
//! | another auditor | guesses, copies, repeats what it was served, hides what it has sealed, asks for what it has, sleeps |
//! | an operator | has wrong answers served on purpose, which it has announced |
//! | two hosts | attest that the weights can be had, and take that back |
//!
//! There are blocks, and safe mode. After every block `invariants` hold, and what events say adds up (`ledger`). When all but
//! the honest have stopped everything ends within a bounded number of blocks: no record, no bond, no deposit stays
//! (`ending`). Each invariant has a control that breaks it (`controls`).

mod accusers;
mod auditors;
mod controls;
mod decoys;
mod ending;
mod hosts;
mod invariants;
mod ledger;
mod workers;

use crate::{orders::Orders, world::*};
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	work::{
		Work,
		audits::{Claims, Pending, Works},
	},
};
use atelier_referee::{
	dispute::{Charge, Evidence},
	samples::Random,
};
use atelier_runtime::{
	AccountId, Balance, Balances, Jobs, RuntimeOrigin, SafeMode,
	economics::ATL,
	genesis::DEVELOPMENT,
	parameters::{RuntimeParameters, workers::DeterrenceRules},
};
use atelier_runtime_tests::{Account, Chain, R, account, dispatch, next_block};
use auditors::Auditors;
use decoys::Decoys;
use frame_support::traits::{
	Get,
	fungible::Inspect,
	tokens::{Fortitude, Preservation},
};
use hosts::Hosts;
use invariants::Invariants;
use ledger::Ledger;
use pallet_disputes::{Call, Place, Shown};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::OnceLock,
};

pub const CHEATS: Account = Account::Ferdie;
const ACCUSERS: [Account; 2] = [CHALLENGES, Account::One];
/// Serves wrong answers on purpose.
const DECOY: Account = Account::Two;
/// Reports whatever it likes.
const SLEEPS: Account = Account::CharlieStash;
/// Audits honestly, with a bond that comes and goes.
const WAVERS: Account = Account::DaveStash;
/// Who does nothing that it could be slashed for.
const HONEST: [Account; 6] = [SERVES, AUDITS, WAVERS, DECOY, HOSTS[0], HOSTS[1]];

/// Calls of a history.
const CALLS: u32 = 150;

type Checked = Result<(), String>;

/// A session with all answers in it.
struct Session {
	talk: Talk,
	answers: Vec<Served>,
}

struct World {
	version: VersionId,
	sessions: Vec<Session>,
	orders: Orders,
	/// What was settled, and of which session.
	settled: BTreeMap<Work, usize>,
	/// Units that the honest worker has settled, in each session.
	earned: BTreeMap<usize, u64>,
	auditors: Auditors,
	decoys: Decoys,
	hosts: Hosts,
	ledger: Ledger,
	invariants: Invariants,
	/// Whether the cheat serves auditors that ask before everybody.
	serves_auditors: bool,
	seen: BTreeSet<&'static str>,
}

/// An answer that is a part of some work, as whoever was served it shows it.
struct Part<'a> {
	served: &'a Served,
	shown: Shown,
}

/// Whether an answer is another model's.
fn is_wrong(served: &Served) -> bool {
	served.claim.state != ANSWERS.honest.committed.state.commitment()
}

/// A fraud of all wrong answers: they are computed alike.
fn proof(of: &Served) -> (Charge, Evidence) {
	static PROOF: OnceLock<(Charge, Evidence)> = OnceLock::new();
	let found = || {
		let mut served = Served {
			held: of.held.clone(),
			request: of.request.clone(),
			..*of
		};
		served.proof().expect("another model's answer has something wrong")
	};
	PROOF.get_or_init(found).clone()
}

fn pending_of(work: Work) -> Option<Pending<AccountId, Balance>> {
	<Jobs as Works<AccountId, Balance>>::pending(work)
}

fn is_convicted(worker: WorkerId) -> bool {
	pallet_workers::Pallet::<R>::worker(worker).is_some_and(|view| view.convicted)
}

fn tick() -> u32 {
	pallet_disputes::Clock::<R>::get()
}

fn one_of<T: Copy>(all: impl IntoIterator<Item = T>, random: &mut Random) -> Option<T> {
	let all: Vec<T> = all.into_iter().collect();
	let last = all.len().checked_sub(1)? as i64;
	Some(all[random.between(0, last) as usize])
}

impl World {
	fn new(seed: u64) -> Self {
		let version = version(&ANSWERS.sample);
		for who in [ACCUSERS[1], DECOY, SLEEPS, WAVERS] {
			let (dest, value) = (account(who).into(), 3 * BOND);
			call(MAKER, pallet_balances::Call::transfer_allow_death { dest, value }).expect("it is rich");
		}
		for who in [SERVES, CHEATS, DECOY] {
			hire(who, false);
		}
		let auditors = Auditors::new([AUDITS, WAVERS, SLEEPS].map(|who| (who, hire(who, true))));
		// So that each answer is drawn about once.
		let rules = pallet_workers::Deterrence {
			every: ATL / 10,
			..DeterrenceRules::get()
		};
		let rules = atelier_runtime::parameters::workers::Parameters::DeterrenceRules(DeterrenceRules, Some(rules));
		let key_value = RuntimeParameters::Workers(rules);
		let set = pallet_parameters::Call::<R>::set_parameter { key_value };
		dispatch(set, RuntimeOrigin::root()).expect("it is governed");
		Self {
			orders: Orders::new(&ANSWERS.sample, version),
			hosts: Hosts::new(version),
			version,
			sessions: Vec::new(),
			settled: BTreeMap::new(),
			earned: BTreeMap::new(),
			auditors,
			decoys: Decoys::default(),
			ledger: Ledger::new(),
			invariants: Invariants::new(),
			serves_auditors: seed.is_multiple_of(2),
			seen: BTreeSet::new(),
		}
	}

	fn saw(&mut self, what: &'static str, done: bool) {
		if done {
			self.seen.insert(what);
		}
	}

	fn poor(&self) -> bool {
		let left = Balances::reducible_balance(&account(PAYER), Preservation::Preserve, Fortitude::Polite);
		left < 2 * DEPOSIT
	}

	fn step(&mut self, random: &mut Random) -> Checked {
		match random.between(0, 31) {
			0..=2 => self.begin(random),
			3..=6 => self.answer(random),
			7..=9 => self.settle(random),
			10 | 11 => self.challenge(random),
			12 => return self.prove(random),
			13 => self.go_on(random),
			14 => {
				let Some(which) = one_of(0..self.sessions.len(), random) else {
					return Ok(());
				};
				let session = self.sessions[which].talk.session;
				let done = call(PAYER, pallet_jobs::Call::close { session }).is_ok();
				self.saw("closed", done);
			}
			15 | 16 => {
				let ordered = !self.poor() && self.orders.order(random);
				self.saw("ordered", ordered);
			}
			17 => {
				let troubled = self.orders.trouble(random);
				self.saw("troubled", troubled);
			}
			18 => self.challenge_a_job(random),
			19 | 20 => self.announce(),
			21 => self.waver(random),
			22 => {
				let done = self.hosts.change(random);
				self.saw("unhosted", done);
				self.invariants.let_change();
			}
			23 => {
				let amount = random.between(1, 1_000) as Balance * ATL / 1_000;
				let _ = call(PAYER, Call::endow { amount });
			}
			24 if random.one_in(4) => {
				let entered = SafeMode::force_enter(RuntimeOrigin::root()).is_ok();
				self.saw("stopped", entered);
			}
			_ => {
				for _ in 0..random.between(1, 12) {
					self.block()?;
				}
			}
		}
		Ok(())
	}

	/// The running block ends as it should, and in the next one everybody does their duty.
	fn block(&mut self) -> Checked {
		self.look()?;
		next_block();
		self.diligence();
		self.audit();
		Ok(())
	}

	/// What always holds.
	fn look(&mut self) -> Checked {
		self.ledger.observe()?;
		self.invariants.hold(&self.ledger)
	}

	fn begin(&mut self, random: &mut Random) {
		let by = random.pick([SERVES, CHEATS, DECOY]);
		let many = self.sessions.len() >= 8;
		if SafeMode::is_entered() || is_convicted(worker(by)) || self.poor() || many {
			return;
		}
		// While no weights are attested nothing begins.
		if let Ok(talk) = Talk::try_with(self.version, by) {
			self.sessions.push(Session {
				talk,
				answers: Vec::new(),
			});
		}
	}

	fn answer(&mut self, random: &mut Random) {
		let Some(which) = one_of(0..self.sessions.len(), random) else {
			return;
		};
		let session = &mut self.sessions[which];
		let cheat = session.talk.by == CHEATS && random.one_in(2);
		let served = match cheat {
			true => session.talk.swapped(&ANSWERS.sample),
			false => session.talk.honest(&ANSWERS.sample),
		};
		session.answers.push(served);
	}

	fn settle(&mut self, random: &mut Random) {
		let Some(which) = one_of(0..self.sessions.len(), random) else {
			return;
		};
		let session = &mut self.sessions[which];
		// What is announced in a block cannot be settled in it.
		if session.talk.receipts.count() == session.talk.settled || self.decoys.announced_now() {
			return;
		}
		let by = session.talk.by;
		if session.talk.settle_by(by).is_err() {
			return;
		}
		let number = session.talk.settlements;
		session.talk.settlements += 1;
		session.talk.settled = session.talk.receipts.count();
		let session = session.talk.session;
		self.settled.insert(Work::Settlement { session, number }, which);
		if by == SERVES {
			let units = self.sessions[which].answers.iter().map(|served| served.units).sum();
			self.earned.insert(which, units);
		}
		self.saw("settled", true);
	}

	/// All work that was ever put on the chain.
	fn works(&self) -> Vec<Work> {
		let jobs = self.orders.delivered.keys().map(|job| Work::Job(*job));
		self.settled.keys().copied().chain(jobs).collect()
	}

	/// The answer that covers a unit of some work.
	fn covering(&self, work: Work, unit: u64) -> Option<Part<'_>> {
		match work {
			Work::Job(job) => {
				let (served, _) = self.orders.delivered.get(&job)?;
				let shown = Shown {
					claim: served.claim,
					request: served.request.clone(),
					place: Place::Job,
				};
				Some(Part { served, shown })
			}
			Work::Settlement { .. } => {
				let which = *self.settled.get(&work)?;
				let mut sum = 0;
				let index = self.sessions[which].answers.iter().position(|served| {
					sum += served.units;
					unit <= sum
				})?;
				Some(self.part(which, index, work))
			}
		}
	}

	/// An answer as the root of a settlement shows it.
	fn part(&self, which: usize, index: usize, work: Work) -> Part<'_> {
		let session = &self.sessions[which];
		let served = &session.answers[index];
		let count = match pending_of(work).map(|pending| pending.claims) {
			Some(Claims::Since { later, .. }) => later.receipts,
			Some(Claims::One { .. }) => 1,
			None => session.talk.receipts.count(),
		};
		let inclusion = session
			.talk
			.receipts
			.prove::<atelier_referee::hash::Portable>(count.max(index as u64 + 1), index as u64);
		let shown = Shown {
			claim: served.claim,
			request: served.request.clone(),
			place: Place::Receipt {
				index: index as u64,
				units: served.units,
				inclusion: inclusion.expect("it is there"),
			},
		};
		Part { served, shown }
	}

	/// All that was ever answered.
	fn answers(&self) -> impl Iterator<Item = &Served> {
		let delivered = self.orders.delivered.values().map(|(served, _)| served);
		let answered = self.sessions.iter().flat_map(|session| &session.answers);
		answered.chain(delivered)
	}
}

/// What happens between two calls of a history, by its number.
type Meanwhile<'a> = &'a mut dyn FnMut(&World, u32);

/// What a history has seen, up to its end.
fn history(seed: u64, calls: u32, meanwhile: Meanwhile<'_>) -> Result<BTreeSet<&'static str>, String> {
	let mut random = Random(seed);
	let mut world = World::new(seed);
	for number in 0..calls {
		meanwhile(&world, number);
		world.step(&mut random)?;
	}
	world.end()?;
	Ok(world.seen)
}

/// With short epochs a day is short, too.
fn chain() -> Chain {
	Chain::from_preset_with(DEVELOPMENT, |patch| patch["launch"]["epochSlots"] = 10.into())
}

#[test]
fn whatever_happens_the_honest_are_paid_cheats_are_slashed_and_everything_ends() {
	let histories = std::env::var("ATELIER_CASES").map_or(6, |cases| cases.parse().expect("a number"));
	let mut seen = BTreeSet::new();
	for seed in 0..histories {
		chain().run(|| match history(seed, CALLS, &mut |_, _| {}) {
			Ok(more) => seen.extend(more),
			Err(broken) => panic!("history {seed}: {broken}"),
		});
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
		"looked and reported",
		"looked and accused",
		"guessed",
		"was shown to have guessed",
		"copied in vain",
		"repeated",
		"hid",
		"asked",
		"served",
		"announced",
		"sprung",
		"unbonded",
		"unhosted",
	] {
		assert!(seen.contains(what), "nothing was {what}: {seen:?}");
	}
}
