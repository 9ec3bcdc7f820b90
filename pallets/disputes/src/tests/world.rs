// SPDX-License-Identifier: Apache-2.0

//! Answers of tiny models, honest and not, in sessions and jobs.

use crate::{mock::*, Place, Shown};
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	models::{Class, SPEC},
	work::{
		audits::{Audits, Claims},
		named, named_version,
		price::units,
		Tier, Work,
	},
};
use atelier_referee::samples::{texts, Answer, Committed, Sample};
use atelier_referee::{
	claim::{token_tree, Claim, Origin, Request, StopReason},
	commit::{
		mountain::{Receipt, Receipts, Root},
		Bounded, Kind,
	},
	dispute::{gather, is_fraud, Case, Charge, Evidence},
	hash::Portable,
	model::Use,
	ops::sampling::{Choice, Sampler},
	samples::{self, Random as Dice, Values},
	trace::{step::Doubt, Size},
};

pub const VERSION: VersionId = VersionId(5);
/// Tokens of an answer.
pub const OUTPUT: u32 = 3;

/// A tiny decoder with an input.
pub fn sample(seed: u64) -> Sample {
	(seed..)
		.map(|seed| Sample::new(seed, Values::Ordinary))
		.find(|sample| {
			let shape = &sample.shape;
			let small = shape.vocabulary < 80 && shape.layers == 2 && shape.width < 30;
			let roomy = sample.tokens.len() + 6 < shape.positions as usize && sample.tokens.len() >= 2;
			shape.answers == Use::Tokens && small && roomy && shape.window == 0
		})
		.expect("there is one")
}

/// What a model with this package answers to these tokens.
pub fn answer(sample: &Sample, tokens: &[u32], sampler: Sampler) -> Answer {
	Answer::written(sample, tokens, sampler, OUTPUT)
}

/// An answer with everything that its worker has committed to, and what the payer asked.
#[derive(Clone)]
pub struct Served {
	pub held: Committed,
	pub request: Request,
	pub claim: Claim,
	/// What the receipt says that it costs.
	pub units: u64,
}

/// The payer's request for an answer of a sample.
pub fn request(sample: &Sample, sampler: Sampler) -> Request {
	Request {
		genesis: GENESIS,
		version: named_version(VERSION),
		input: token_tree::<Portable>(Kind::Input, &sample.tokens)
			.expect("few")
			.commitment(),
		input_count: sample.tokens.len() as u32,
		sampler,
		limit: OUTPUT,
		ends: Bounded::default(),
		stops: Bounded::default(),
		sealed: None,
		salt: [3; 32],
	}
}

impl Served {
	/// What a worker claims that has computed `held` for this request.
	pub fn claimed(held: Committed, request: Request, origin: Origin) -> Self {
		let counts = held.answer.graph.counts();
		let claim = Claim {
			genesis: GENESIS,
			origin,
			worker: named(WORKER),
			version: named_version(VERSION),
			request: request.root::<Portable>(),
			answer: held.given.commitment(),
			state: held.state.commitment(),
			input_count: request.input_count,
			output_count: counts.output,
			stop: StopReason::Limit,
		};
		let units = units(claim.input_count, claim.output_count);
		Self {
			held,
			request,
			claim,
			units,
		}
	}

	/// The same claim, of another worker.
	pub fn by(mut self, worker: WorkerId) -> Self {
		self.claim.worker = named(worker);
		self
	}

	/// An honest answer.
	pub fn honest(seed: u64, origin: Origin) -> Self {
		let sample = sample(seed);
		let sampler = Sampler::Greedy;
		let held = Committed::new(answer(&sample, &sample.tokens, sampler));
		Self::claimed(held, request(&sample, sampler), origin)
	}

	pub fn leaf(&self) -> atelier_referee::hash::Digest {
		self.claim.leaf::<Portable>()
	}

	/// The case with the trace that the worker holds.
	pub fn case(&self) -> Case {
		Case::of::<Portable>(
			&self.claim,
			&self.request,
			self.held.registered(),
			self.held.trace.commitment(),
		)
		.expect("there is a case")
	}

	/// Something that proves a fraud in one step, looked for everywhere.
	pub fn proof(&mut self) -> Option<(Charge, Evidence)> {
		let case = self.case();
		for charge in charges(&self.held.answer) {
			if charge.parts(&case) > 1 {
				continue;
			}
			let Ok(Some(evidence)) = gather(&case, &mut self.held, charge, None) else {
				continue;
			};
			if is_fraud::<Portable>(&case, charge, &evidence) == Ok(true) {
				return Some((charge, evidence));
			}
		}
		None
	}
}

/// Every charge that there is about an answer.
pub fn charges(answer: &Answer) -> Vec<Charge> {
	let mut charges = Vec::new();
	charges.extend((0..answer.graph.counts().output).map(Charge::Token));
	charges.extend((0..answer.graph.positions()).map(Charge::State));
	for (at, _) in &answer.leaves {
		let size = answer.graph.size(at.place.stage);
		let fields = if size == Size::Choice {
			4
		} else {
			size.values_in(at.leaf)
		};
		let doubt = |value, rival| Charge::Value(Doubt { at: *at, value, rival });
		charges.extend((0..fields).map(|value| doubt(value, 0)));
		if size == Size::Choice {
			charges.extend((0..answer.graph.shape().vocabulary).map(|rival| doubt(Choice::TOKEN, rival)));
		}
	}
	charges
}

/// Registers the model of an answer.
pub fn register(served: &Served) {
	let registered = served.held.registered();
	let class = Class::Exact {
		spec: SPEC,
		shape: registered.shape,
		vocabulary: registered.vocabulary,
	};
	let mut rules = Rules_::get();
	rules.insert(VERSION, (class, registered.weights));
	Rules_::set(&rules);
}

pub fn pending(claims: Claims, value: Balance) -> PendingWork {
	let now = System::block_number() as u32;
	PendingWork {
		worker: WORKER,
		payer: PAYER,
		version: VERSION,
		tier: Tier::Exact,
		claims,
		request: None,
		value,
		sealed: false,
		at: now,
		until: now + Disputes::window(),
		drawing: Disputes::drawing(WORKER, value, 0),
	}
}

/// Puts work on the chain.
pub fn put(work: Work, pending: PendingWork) {
	let mut all = Pending_::get();
	all.insert(work, pending);
	Pending_::set(&all);
}

/// The session whose second settlement has an answer.
pub const SESSION: u64 = 4;
/// Which receipt it is.
pub const INDEX: u64 = 3;

/// Work in which the answer is the last but one of the second settlement's receipts; and where it is.
pub fn settle(served: &Served, value: Balance) -> (Work, Shown) {
	settle_with(served, value, |_| ())
}

pub fn settle_with(served: &Served, value: Balance, change: impl FnOnce(&mut PendingWork)) -> (Work, Shown) {
	let (receipts, earlier) = receipts(served);
	let later = receipts.root::<Portable>().unwrap();
	let mut pending = pending(Claims::Since { earlier, later }, value);
	change(&mut pending);
	let work = settlement(SESSION, 1);
	put(work, pending);
	(work, shown_in(served, &receipts, INDEX))
}

/// The receipts, and the root that was settled before.
pub fn receipts(served: &Served) -> (Receipts, Root) {
	let mut receipts = Receipts::new();
	let other = |units| Receipt { claim: [9; 32], units };
	for units in [7, 11] {
		receipts.append::<Portable>(other(units)).unwrap();
	}
	let earlier = receipts.root::<Portable>().unwrap();
	receipts.append::<Portable>(other(2)).unwrap();
	let claim = served.leaf();
	receipts
		.append::<Portable>(Receipt {
			claim,
			units: served.units,
		})
		.unwrap();
	receipts.append::<Portable>(other(1)).unwrap();
	(receipts, earlier)
}

pub fn shown_in(served: &Served, receipts: &Receipts, index: u64) -> Shown {
	Shown {
		claim: served.claim,
		request: served.request.clone(),
		place: Place::Receipt {
			index,
			units: served.units,
			inclusion: receipts.prove::<Portable>(receipts.count(), index).unwrap(),
		},
	}
}

/// Where the answer of a session belongs.
pub const IN_SESSION: Origin = Origin::Session {
	session: SESSION,
	index: INDEX,
};

/// What each strategy of a cheat looks like: the worker computes something else than what it is paid for.
pub fn cheats() -> Vec<(&'static str, Served)> {
	let sample = sample(11);
	let greedy = Sampler::Greedy;
	let asked = request(&sample, greedy);
	let honest = Committed::new(answer(&sample, &sample.tokens, greedy));
	// What was computed with other weights, shown as if it were computed with the registered ones.
	let as_registered = |computed: Answer| {
		let mut held = Committed::new(computed);
		held.weights = honest.weights.clone();
		held.answer.package = honest.answer.package.clone();
		held.vocabulary = honest.vocabulary.clone();
		held.texts = texts(sample.shape.vocabulary);
		held
	};
	let with_bytes = |bytes: Vec<u8>| {
		let other = Sample {
			bytes,
			tokens: sample.tokens.clone(),
			shape: sample.shape,
			random: Dice(1),
		};
		as_registered(answer(&other, &sample.tokens, greedy))
	};
	let mut cheats = vec![
		("another model of the same shape", {
			with_bytes(samples::package(sample.shape, Values::Ordinary, &mut Dice(99)))
		}),
		("one weight changed", {
			// The first that makes a difference.
			let changed = |place: usize| {
				let mut bytes = sample.bytes.clone();
				bytes[place] ^= 1;
				with_bytes(bytes)
			};
			(0..)
				.step_by(97)
				.map(changed)
				.find(|held| held.trace.commitment() != honest.trace.commitment())
				.expect("some weight matters")
		}),
	];
	cheats.push(("one token changed", {
		let mut computed = answer(&sample, &sample.tokens, greedy);
		let last = computed.tokens.last_mut().expect("there is one");
		*last = (*last + 1) % sample.shape.vocabulary;
		as_registered(computed)
	}));
	cheats.push(("the prompt edited", {
		let mut tokens = sample.tokens.clone();
		tokens[0] = (tokens[0] + 1) % sample.shape.vocabulary;
		let mut held = as_registered(answer(&sample, &tokens, greedy));
		// The request is the payer's.
		held.input = token_tree::<Portable>(Kind::Input, &sample.tokens).expect("few");
		held.answer.tokens[0] = sample.tokens[0];
		held
	}));
	cheats.push(("the sampler's seed ignored", {
		let mut held = as_registered(answer(&sample, &sample.tokens, greedy));
		held.answer.sampler = seeded();
		held
	}));
	cheats.push(("a layer skipped", {
		let mut computed = answer(&sample, &sample.tokens, greedy);
		skip_layer(&mut computed);
		as_registered(computed)
	}));
	cheats.push(("a stored key edited", {
		let mut computed = answer(&sample, &sample.tokens, greedy);
		edit(&mut computed, atelier_referee::trace::Stage::KeyTurned);
		as_registered(computed)
	}));
	let mut served: Vec<_> = cheats
		.into_iter()
		.map(|(name, held)| {
			let mut asked = asked.clone();
			asked.sampler = held.answer.sampler;
			(name, Served::claimed(held, asked, IN_SESSION))
		})
		.collect();
	// Its request is the payer's, whatever was computed.
	for (_, served) in &mut served {
		served.request.input = asked.input;
		served.claim.request = served.request.root::<Portable>();
	}
	served
}

/// A sampler with a seed, which chooses other tokens than the largest.
fn seeded() -> Sampler {
	Sampler::Race(atelier_referee::ops::sampling::Race {
		inverse: 151_000,
		top: 0,
		mass: 65_536,
		seed: 5,
	})
}

/// The second layer gives what it got.
fn skip_layer(answer: &mut Answer) {
	use atelier_referee::trace::{Leaf, Stage};
	let first: Vec<Leaf> = answer
		.leaves
		.iter()
		.filter(|(at, _)| at.place.layer == 0 && at.place.stage == Stage::HiddenSum)
		.map(|(_, leaf)| leaf.clone())
		.collect();
	let mut first = first.into_iter();
	for (at, leaf) in &mut answer.leaves {
		if at.place.layer == 1 && at.place.stage == Stage::HiddenSum {
			*leaf = first.next().expect("as many");
		}
	}
}

/// One value of a stage is another.
fn edit(answer: &mut Answer, stage: atelier_referee::trace::Stage) {
	use atelier_referee::trace::Leaf;
	let (_, leaf) = answer
		.leaves
		.iter_mut()
		.find(|(at, _)| at.place.stage == stage)
		.expect("there is one");
	match leaf {
		Leaf::Activations(numbers) => numbers[0] ^= 1,
		_ => panic!("activations"),
	}
}
