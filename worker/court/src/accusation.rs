// SPDX-License-Identifier: Apache-2.0

//! A challenger: it has the right trace of an answer, as far as there is one, and finds the first value in which the worker's
//! trace is another one.
//!
//! 1. [`Accusation::new`] proves what was found against its own trace: what cannot be proved there is never said.
//! 2. [`Accusation::against`] takes the trace that the worker has committed to.
//! 3. [`Accusation::prove_alone`] needs nothing of the worker; [`Accusation::prove`] takes the trace that it serves. What they
//!    give was checked as the chain checks it.
//! 4. If both have nothing, [`Accusation::play`] plays the game.

use crate::{
	Answered, Error, Model,
	finding::{Finding, walkable},
	holding::{Holding, NoTrail},
	trace::{Trace, Trail},
	tree::width,
};
use atelier_referee::{
	commit::{Bounded, Commitment, DESCENT_LEVELS, Kind, Node, Ranges, Revealed, depth},
	dispute::{Case, Charge, Evidence, Game, Move, Opened, is_fraud, stands, wrong_part},
	hash::{Digest, Portable},
	ops::sampling::Choice,
	trace::{At, Leaf, Stage, step::Doubt},
};

/// A fraud that is proved in one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
	pub charge: Charge,
	pub evidence: Evidence,
}

/// A leaf that the worker has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
	number: u64,
	bytes: Vec<u8>,
}

/// An answer that is accused.
pub struct Accusation<'m, 'a> {
	model: &'m Model<'a>,
	answered: &'m Answered,
	trace: Trace<'a>,
	finding: Finding,
	case: Case,
	seen: Option<Seen>,
}

impl<'m, 'a> Accusation<'m, 'a> {
	/// Of what is wrong with an answer by the trace of its own tokens; none if nothing is.
	pub fn new(model: &'m Model<'a>, answered: &'m Answered, budget: u64) -> Result<Option<Self>, Error> {
		let before = answered.case_without_trace(model)?;
		let tokens = walkable(answered, before.graph.shape().vocabulary);
		let trace = Trace::derive(model.package(), before.graph, before.sampler, &tokens, budget)?;
		let case = answered.case(model, trace.commitment())?;
		let Some(finding) = Finding::of(model, answered, &case, &trace)? else {
			return Ok(None);
		};
		let mut accusation = Self {
			model,
			answered,
			trace,
			finding,
			case,
			seen: None,
		};
		// Against who has the right trace the charge must stand alone.
		accusation.of_own()?.ok_or(Error::NoProof)?;
		Ok(Some(accusation))
	}

	/// What was found.
	pub fn finding(&self) -> Finding {
		self.finding
	}

	/// The case as it is now.
	pub fn case(&self) -> &Case {
		&self.case
	}

	/// The worker has committed to its trace.
	pub fn against(&mut self, trace: Commitment) -> Result<(), Error> {
		self.case = self.answered.case(self.model, trace)?;
		self.seen = None;
		Ok(())
	}

	/// The charge, proved against the own trace.
	fn of_own(&mut self) -> Result<Option<Evidence>, Error> {
		let mut holding = Holding {
			model: self.model,
			answered: self.answered,
			case: &self.case,
			trail: &mut self.trace,
		};
		holding.proof(self.finding.charge)
	}

	/// A proof that needs nothing of the worker's trace: because the charge is not about it, or because it is the own one.
	pub fn prove_alone(&mut self) -> Result<Option<Proof>, Error> {
		let charge = self.finding.charge;
		let evidence = if self.case.trace == self.trace.commitment() {
			self.of_own()?
		} else {
			let mut holding = Holding {
				model: self.model,
				answered: self.answered,
				case: &self.case,
				trail: &mut NoTrail,
			};
			// What needs the trace is not there.
			holding.proof(charge).unwrap_or(None)
		};
		Ok(evidence.map(|evidence| Proof { charge, evidence }))
	}

	/// A proof from the trace that the worker serves. None if it serves no such trace, or if the value takes the game.
	pub fn prove(&mut self, served: &mut dyn Trail) -> Result<Option<Proof>, Error> {
		if let Some(proof) = self.prove_alone()? {
			return Ok(Some(proof));
		}
		match self.descend(served) {
			// Whatever a worker serves that is not its trace proves nothing.
			Err(_) => Ok(None),
			Ok(None) => {
				let charge = self.finding.charge;
				let seen = self.shown(served, charge);
				let (mut mixed, known) = self.mixed(served, seen.as_ref());
				let evidence = known.with(&mut mixed).proof(charge).unwrap_or(None);
				Ok(evidence.map(|evidence| Proof { charge, evidence }))
			}
			Ok(Some(seen)) => Ok(self.prove_leaf(served, &seen)),
		}
	}

	/// The leaf that a charge is about, as the worker has it, if it is beyond what is known.
	fn shown(&self, served: &mut dyn Trail, charge: Charge) -> Option<Seen> {
		let Charge::Value(doubt) = charge else { return None };
		let number = self.case.graph.number(doubt.at)?;
		let bytes = served.leaf(number).ok()?;
		(number >= self.finding.known).then_some(Seen { number, bytes })
	}

	/// The first wrong leaf of a trace that is served; none if all are right that are known.
	fn descend(&mut self, served: &mut dyn Trail) -> Result<Option<Seen>, Error> {
		let count = self.case.trace.count;
		let top = depth(count).saturating_sub(DESCENT_LEVELS);
		let revealed = reveal(served, top, 0..width(count, top))?;
		let mut nodes = self.case.trace.open::<Portable>(&revealed)?;
		// A round leads down, so there are no more of them than levels.
		for _ in 0..=depth(count) {
			let Some(number) = self.pick(&nodes)? else {
				return Ok(None);
			};
			let Some(node) = nodes.get(number as usize).copied() else {
				return Ok(None);
			};
			if node.level == 0 {
				let number = node.index;
				let bytes = served.leaf(number)?;
				node.check_leaf::<Portable>(Kind::Trace, &bytes)?;
				return Ok(Some(Seen { number, bytes }));
			}
			let down = node.level.min(DESCENT_LEVELS);
			let level = node.level.saturating_sub(down);
			let start = node.index.saturating_mul(1 << down);
			let end = start.saturating_add(1 << down).min(width(count, level));
			nodes = node.open::<Portable>(count, &reveal(served, level, start..end)?)?;
		}
		Ok(None)
	}

	/// The proof about a leaf that is not the right one.
	fn prove_leaf(&mut self, served: &mut dyn Trail, seen: &Seen) -> Option<Proof> {
		let charge = self.charge(seen).ok()?;
		let malformed = self.read(seen).is_err();
		let (mut mixed, known) = self.mixed(served, Some(seen));
		let mut holding = known.with(&mut mixed);
		if !malformed {
			let evidence = holding.proof(charge).ok()??;
			return Some(Proof { charge, evidence });
		}
		// A leaf that holds no values is a fraud by itself.
		let ranges = Ranges::one(seen.number, seen.number.checked_add(1)?).ok()?;
		let proof = atelier_referee::dispute::Holder::prove(&mut holding, Kind::Trace, &ranges)?;
		let leaf = Bounded::try_from(seen.bytes.clone()).ok()?;
		let leaves = Bounded::try_from(vec![leaf]).ok()?;
		let evidence = Evidence {
			trace: Some(Opened { ranges, leaves, proof }),
			..Evidence::default()
		};
		let fraud = is_fraud::<Portable>(&self.case, charge, &evidence);
		(fraud == Ok(true)).then_some(Proof { charge, evidence })
	}

	/// What is known, in the worker's tree.
	fn mixed<'s>(&'s mut self, served: &'s mut dyn Trail, seen: Option<&'s Seen>) -> (Mixed<'s, 'a>, Known<'s, 'a>) {
		let known = Known {
			model: self.model,
			answered: self.answered,
			case: &self.case,
		};
		let own = &mut self.trace;
		(Mixed { own, served, seen }, known)
	}

	/// Tells the leaf that the worker has shown in the game, by its number.
	pub fn saw(&mut self, number: u64, bytes: &[u8]) {
		self.seen = Some(Seen {
			number,
			bytes: bytes.to_vec(),
		});
	}

	/// The challenger's next move.
	pub fn play(&mut self, game: &Game) -> Result<Move, Error> {
		match game {
			Game::Nodes(nodes) => match self.pick(nodes)? {
				Some(number) => Ok(Move::Descend(number)),
				// All is right that the charge stands on.
				None => Ok(Move::Accuse(self.finding.charge)),
			},
			Game::Seen => {
				let seen = self.seen.clone().ok_or(Error::NotSeen)?;
				self.charge(&seen).map(Move::Accuse)
			}
			Game::Part(charge, parts) => {
				let seen = self.seen.clone().ok_or(Error::NotSeen)?;
				let case = self.case;
				let mut none = NoTrail;
				let (mut mixed, known) = self.mixed(&mut none, Some(&seen));
				let mut holding = known.with(&mut mixed);
				// If no part is wrong they do not give the value: any will do.
				let wrong = wrong_part(&case, &mut holding, *charge, parts)?;
				Ok(Move::Part(wrong.unwrap_or(0)))
			}
			_ => Err(Error::NotOurTurn),
		}
	}

	/// Which of these nodes to look below: the first that is not the right one, or else the one in which the known leaves end.
	/// None if all is right that is known.
	fn pick(&mut self, nodes: &[Node]) -> Result<Option<u32>, Error> {
		for (number, node) in (0..).zip(nodes) {
			let size = 1_u64.checked_shl(node.level).unwrap_or(u64::MAX);
			let start = node.index.saturating_mul(size);
			let end = start.saturating_add(size).min(self.case.trace.count);
			if start >= self.finding.known {
				return Ok(None);
			}
			if end > self.finding.known || self.trace.node(node.level, node.index)? != node.digest {
				return Ok(Some(number));
			}
		}
		Ok(None)
	}

	fn at(&self, seen: &Seen) -> Result<At, Error> {
		let (kind, number) = (Kind::Trace, seen.number);
		self.case.graph.at(number).ok_or(Error::NoLeaf { kind, number })
	}

	/// The values of a leaf that was shown.
	fn read(&self, seen: &Seen) -> Result<Leaf, Error> {
		let at = self.at(seen)?;
		Leaf::read(self.case.graph.size(at.place.stage), at.leaf, &seen.bytes).map_err(|_| Error::NoProof)
	}

	/// The charge about the first wrong value of a leaf.
	fn charge(&mut self, seen: &Seen) -> Result<Charge, Error> {
		let at = self.at(seen)?;
		let Ok(leaf) = self.read(seen) else {
			let choice = at.place.stage == Stage::Choice;
			let value = if choice { Choice::TOKEN } else { 0 };
			return Ok(Charge::Value(Doubt { at, value, rival: 0 }));
		};
		let right = self.trace.leaf_at(at)?;
		let (value, rivals) = difference(&leaf, &right).ok_or(Error::NoProof)?;
		for rival in rivals {
			let charge = Charge::Value(Doubt { at, value, rival });
			// What cannot be decided in one step has no value other than the right one either.
			if charge.parts(&self.case) > 1 || !self.stands(charge, seen)? {
				return Ok(charge);
			}
		}
		Err(Error::NoProof)
	}

	/// Whether a leaf that was shown stands against a charge, if all before it is right.
	fn stands(&mut self, charge: Charge, seen: &Seen) -> Result<bool, Error> {
		let case = self.case;
		let mut none = NoTrail;
		let (mut mixed, known) = self.mixed(&mut none, Some(seen));
		Ok(stands(&case, &mut known.with(&mut mixed), charge, None)?)
	}
}

/// What is known beside a trace.
struct Known<'s, 'a> {
	model: &'s Model<'a>,
	answered: &'s Answered,
	case: &'s Case,
}

impl<'s, 'a> Known<'s, 'a> {
	fn with<'k, T>(&self, trail: &'k mut T) -> Holding<'k, 'a, T>
	where
		's: 'k,
	{
		Holding {
			model: self.model,
			answered: self.answered,
			case: self.case,
			trail,
		}
	}
}

/// The own leaves, which are the worker's but for one, in the worker's tree.
struct Mixed<'s, 'a> {
	own: &'s mut Trace<'a>,
	served: &'s mut dyn Trail,
	seen: Option<&'s Seen>,
}

impl Trail for Mixed<'_, '_> {
	fn leaf(&mut self, number: u64) -> Result<Vec<u8>, Error> {
		match self.seen {
			Some(seen) if seen.number == number => Ok(seen.bytes.clone()),
			_ => self.own.leaf(number),
		}
	}

	fn node(&mut self, level: u32, index: u64) -> Result<Digest, Error> {
		self.served.node(level, index)
	}
}

/// Nodes of a level.
fn reveal(served: &mut dyn Trail, level: u32, indices: std::ops::Range<u64>) -> Result<Revealed, Error> {
	let nodes: Result<Vec<_>, _> = indices.map(|index| served.node(level, index)).collect();
	Ok(Bounded::try_from(nodes?)?)
}

/// The first value in which two leaves of one place differ, and who may be its rival.
fn difference(seen: &Leaf, right: &Leaf) -> Option<(u32, Vec<u32>)> {
	fn first<T: PartialEq>(seen: &[T], right: &[T]) -> Option<(u32, Vec<u32>)> {
		let place = seen.iter().zip(right).position(|(seen, right)| seen != right)?;
		Some((place as u32, vec![0]))
	}
	match (seen, right) {
		(Leaf::Numbers(seen), Leaf::Numbers(right)) => first(seen, right),
		(Leaf::Activations(seen), Leaf::Activations(right)) => first(seen, right),
		(Leaf::Statistics(seen), Leaf::Statistics(right)) => first(seen, right),
		(Leaf::Exponent(seen), Leaf::Exponent(right)) => first(&[seen], &[right]),
		(Leaf::Choice(seen), Leaf::Choice(right)) => {
			let fields = |choice: &Choice| [choice.largest, choice.top, choice.weight, choice.least];
			let differs = first(&fields(seen), &fields(right));
			// The right token beats one that runs; one that does not run is wrong by itself.
			let token = || (Choice::TOKEN, vec![right.token, seen.token]);
			differs.or_else(|| (seen.token != right.token).then(token))
		}
		_ => None,
	}
}
