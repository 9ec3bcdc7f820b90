// SPDX-License-Identifier: Apache-2.0

//! What auditors do about what they draw, each in its manner; and what becomes of that.

use super::{CHEATS, SLEEPS, WAVERS, World, is_convicted, is_wrong, pending_of, tick};
use crate::world::*;
use atelier_primitives::{ids::WorkerId, work::Work};
use atelier_referee::{commit::Bounded, hash::Digest, samples::Random};
use atelier_runtime::{Balance, economics::ATL};
use atelier_runtime_tests::{
	Account, R,
	hands::{Hand, Held},
};
use pallet_disputes::{Call, Faults, Reports, Said, Unserved};
use sp_core::sr25519::Pair;
use std::collections::{BTreeMap, BTreeSet};

const SALT: Digest = [5; 32];
/// Ticks that an auditor may take before it accuses: it is heard until work is final.
const SLOW: u32 = 24;

/// How an auditor goes about a piece of work.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
	/// It computes what it draws, accuses what is wrong, and reports the rest.
	Looks,
	/// It makes its proofs up.
	Guesses,
	/// It seals what another has sealed.
	Copies,
	/// It reports as right whatever the worker served.
	Repeats,
	/// It reveals nothing of what it has sealed.
	Hides,
	Sleeps,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
	Drawn,
	Sealed,
	Revealed,
}

struct Report {
	hand: Hand,
	manner: Manner,
	stage: Stage,
	/// Whether it has asked for something before everybody.
	asked: bool,
	proofs: Vec<Digest>,
}

struct Auditor {
	who: Account,
	worker: WorkerId,
	key: Pair,
	reports: BTreeMap<Work, Report>,
	/// About which it has nothing left to do.
	over: BTreeSet<Work>,
}

#[derive(Default)]
pub struct Auditors(Vec<Auditor>);

impl Auditors {
	pub fn new(all: impl IntoIterator<Item = (Account, WorkerId)>) -> Self {
		let auditor = |(who, worker): (Account, WorkerId)| Auditor {
			who,
			worker,
			key: who.pair(),
			reports: BTreeMap::new(),
			over: BTreeSet::new(),
		};
		Self(all.into_iter().map(auditor).collect())
	}
}

/// The answer of some work that covers a unit, with its numbers.
fn held(world: &World, work: Work, unit: u64) -> &'static Held {
	let part = world.covering(work, unit).expect("draws are about what was settled");
	ANSWERS.held(is_wrong(part.served))
}

/// Whether somebody can still say something about it.
fn is_open(work: Work) -> bool {
	pending_of(work).is_some_and(|pending| !is_convicted(pending.worker))
}

impl Report {
	/// A byte that is different in each piece of work.
	fn chance(&self, of: usize, parts: u8) -> bool {
		self.hand.output[of].is_multiple_of(parts)
	}

	/// Proofs of who has computed what was served.
	fn repeated(&self, world: &World) -> Vec<Digest> {
		let units = self.hand.units.iter().zip(0..);
		units
			.map(|(unit, number)| self.hand.proof(number, held(world, self.hand.work, *unit)))
			.collect()
	}

	fn exposing(&self, world: &World, number: u32) -> Call<R> {
		let work = self.hand.work;
		let part = world
			.covering(work, self.hand.units[number as usize])
			.expect("it is there");
		let held = ANSWERS.held(is_wrong(part.served));
		Call::expose {
			work,
			auditor: self.hand.auditor,
			exhibit: Box::new(self.hand.exhibit(&self.proofs, number, part.shown, held)),
		}
	}
}

/// What an auditor does next about a piece of work, if anything, and what it did.
type Next = (Option<Report>, Option<&'static str>);

impl Auditor {
	fn drawn(&self, work: Work) -> Option<Report> {
		let hand = Hand::draw(&self.key, self.worker, work)?;
		let other = [
			Manner::Guesses,
			Manner::Guesses,
			Manner::Copies,
			Manner::Repeats,
			Manner::Hides,
			Manner::Sleeps,
		];
		let manner = match self.who == SLEEPS {
			true => other[usize::from(hand.output[7]) % other.len()],
			false => Manner::Looks,
		};
		Some(Report {
			hand,
			manner,
			stage: Stage::Drawn,
			asked: false,
			proofs: Vec::new(),
		})
	}

	fn go_on(&mut self, world: &World, work: Work) -> Option<&'static str> {
		if self.over.contains(&work) {
			return None;
		}
		let Some(report) = self.reports.remove(&work).or_else(|| self.drawn(work)) else {
			if pending_of(work).is_none() {
				self.over.insert(work);
			}
			return None;
		};
		let (next, done) = match report.stage {
			_ if report.hand.units.is_empty() => (None, None),
			Stage::Drawn => self.begin(world, report),
			Stage::Sealed => self.reveal(world, report),
			Stage::Revealed => self.stand(world, report),
		};
		match next {
			Some(report) => drop(self.reports.insert(work, report)),
			None => drop(self.over.insert(work)),
		}
		done
	}

	fn begin(&self, world: &World, mut report: Report) -> Next {
		let (work, seed) = (report.hand.work, report.hand.seed.clone());
		if report.manner == Manner::Looks {
			let mut units = report.hand.units.iter();
			let wrong = units.find(|unit| world.covering(work, **unit).is_some_and(|part| is_wrong(part.served)));
			if let Some(unit) = wrong.copied() {
				return self.accuse(world, report, unit);
			}
		}
		if report.manner == Manner::Sleeps || !is_open(work) {
			return (None, None);
		}
		if tick() > seed.commit {
			let heard = self.who != AUDITS;
			assert!(heard, "an honest auditor is kept from reporting");
			return (None, None);
		}
		if !report.asked && report.chance(9, 3) {
			report.asked = true;
			if let Some(asked) = self.ask(world, &report) {
				return (Some(report), Some(asked));
			}
		}
		let sealed = match report.manner {
			Manner::Copies => match Reports::<R>::get(work, worker(AUDITS)).map(|report| report.said) {
				Some(Said::Sealed(sealed)) => sealed,
				_ => return (Some(report), None),
			},
			Manner::Guesses => {
				report.proofs = report.hand.guesses();
				report.hand.sealed(&SALT, &report.proofs)
			}
			_ => {
				report.proofs = report.repeated(world);
				report.hand.sealed(&SALT, &report.proofs)
			}
		};
		// Not in safe mode; the time stands still then.
		if call(self.who, Call::commit_audit { work, sealed }).is_ok() {
			report.stage = Stage::Sealed;
		}
		(Some(report), None)
	}

	/// Accuses an answer that is wrong, sooner or later.
	fn accuse(&self, world: &World, report: Report, unit: u64) -> Next {
		let (work, seed) = (report.hand.work, report.hand.seed.clone());
		if !is_open(work) {
			return (None, None);
		}
		let begin = seed.commit.saturating_sub(SLOW / 2);
		if tick() < begin + u32::from(report.hand.output[8]) % SLOW {
			return (Some(report), None);
		}
		let shown = world.covering(work, unit).expect("it was just now").shown;
		let challenge = Call::challenge {
			work,
			shown: Box::new(shown),
			lot: Some(report.hand.lot(&self.key)),
		};
		match call(self.who, challenge) {
			Ok(()) => (None, Some("looked and accused")),
			Err(_) => (Some(report), None),
		}
	}

	/// Says that it is not served. The honest ask the cheat.
	fn ask(&self, world: &World, report: &Report) -> Option<&'static str> {
		let (work, unit) = (report.hand.work, report.hand.units[0]);
		let of_cheat = pending_of(work)?.worker == worker(CHEATS);
		if self.who != SLEEPS && !of_cheat {
			return None;
		}
		let shown = Box::new(world.covering(work, unit)?.shown);
		let what = match report.hand.output[10] % 5 {
			0 => Unserved::Receipt,
			1 => Unserved::Input(shown, 0),
			2 => Unserved::Answer(shown, 0),
			3 => Unserved::States(shown, 0),
			_ => Unserved::Weights,
		};
		let asked = Call::not_served {
			work,
			lot: report.hand.lot(&self.key),
			number: 0,
			what,
		};
		call(self.who, asked).ok().map(|()| "asked")
	}

	fn reveal(&self, world: &World, mut report: Report) -> Next {
		let (work, seed) = (report.hand.work, report.hand.seed.clone());
		if tick() <= seed.commit {
			return (Some(report), None);
		}
		if report.manner == Manner::Hides {
			return (None, Some("hid"));
		}
		if pending_of(work).is_none() || tick() > seed.reveal {
			let heard = pending_of(work).is_none() || self.who != AUDITS;
			assert!(heard, "an honest auditor is kept from revealing what it has sealed");
			return (None, None);
		}
		if report.manner == Manner::Copies {
			let other = Reports::<R>::get(work, worker(AUDITS)).map(|report| report.said);
			if !matches!(other, Some(Said::Revealed { .. })) {
				return (Some(report), None);
			}
			let hand = Hand::draw(&AUDITS.pair(), worker(AUDITS), work).expect("it was drawn");
			let units = hand.units.iter().zip(0..);
			report.proofs = units
				.map(|(unit, number)| hand.proof(number, held(world, work, *unit)))
				.collect();
		}
		let reveal = Call::reveal_audit {
			work,
			lot: report.hand.lot(&self.key),
			salt: SALT,
			proofs: Bounded::try_from(report.proofs.clone()).expect("no more than are drawn"),
		};
		let done = call(self.who, reveal);
		if report.manner == Manner::Copies {
			assert!(done.is_err(), "a seal names who sealed it");
			return (None, Some("copied in vain"));
		}
		if done.is_err() {
			return (Some(report), None);
		}
		report.stage = Stage::Revealed;
		let what = match report.manner {
			Manner::Guesses => "guessed",
			Manner::Repeats => "repeated",
			_ => "looked and reported",
		};
		(Some(report), Some(what))
	}

	/// Others look whether its report is what it should be.
	fn stand(&self, world: &World, report: Report) -> Next {
		let work = report.hand.work;
		let fault = Faults::<R>::get(work).filter(|fault| fault.proved);
		if pending_of(work).is_none() && fault.is_none() {
			return (None, None);
		}
		match report.manner {
			Manner::Guesses => match call(SERVES, report.exposing(world, 0)) {
				Ok(()) => (None, Some("was shown to have guessed")),
				Err(_) => (Some(report), None),
			},
			Manner::Repeats => {
				let Some(fault) = fault else {
					return (Some(report), None);
				};
				let wrong = fault.wrong.0 + 1..=fault.wrong.1;
				let number = report.hand.units.iter().position(|unit| wrong.contains(unit));
				let Some(number) = number else { return (None, None) };
				let blind = Call::expose_blind {
					work,
					auditor: self.worker,
					proofs: Bounded::try_from(report.proofs.clone()).expect("no more than are drawn"),
					number: number as u32,
				};
				match call(AUDITS, blind) {
					Ok(()) => (None, Some("was shown not to have looked")),
					Err(_) => (Some(report), None),
				}
			}
			_ => {
				// The cheat shows its numbers, and hopes for a part of a slash: `invariants` would see it.
				let _ = call(CHEATS, report.exposing(world, 0));
				(None, None)
			}
		}
	}
}

impl World {
	/// What auditors do in a block.
	pub fn audit(&mut self) {
		let mut auditors = std::mem::take(&mut self.auditors);
		let works = self.works();
		for auditor in &mut auditors.0 {
			for work in &works {
				let done = auditor.go_on(self, *work);
				self.seen.extend(done);
			}
		}
		self.auditors = auditors;
	}

	/// An auditor's bond comes and goes, and it rests for a while.
	pub fn waver(&mut self, random: &mut Random) {
		let amount: Balance = random.between(1, 100) as Balance * ATL;
		let auditing = random.one_in(2);
		let done = match random.between(0, 3) {
			0 => call(WAVERS, pallet_workers::Call::unbond { amount }).is_ok(),
			1 => {
				let _ = call(WAVERS, pallet_workers::Call::bond_more { amount });
				false
			}
			2 => {
				let _ = call(WAVERS, pallet_workers::Call::set_auditing { auditing });
				false
			}
			_ => {
				let early = call(WAVERS, pallet_workers::Call::withdraw_unbonded {});
				assert!(early.is_err(), "what is on its way out has to wait");
				false
			}
		};
		self.saw("unbonded", done);
	}
}
