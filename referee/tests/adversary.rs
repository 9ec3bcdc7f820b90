// SPDX-License-Identifier: Apache-2.0

//! What somebody hostile would try.

use atelier_referee::samples::{Answer, Committed, Sample, Seen, judge};
use atelier_referee::{
	claim::{Claim, Origin, Request, State, StopReason, token_tree},
	commit::{self, Bounded, Commitment, Kind, Ranges, RangesProof, decode_exact},
	dispute::{
		Case, Charge, ChargeError, Ends, Evidence, Game, Holder, InParts, Move, Next, Opened, Party, Records,
		Registered, Stops, VerdictError, gather, is_fraud, stands, wrong_part,
	},
	forward::{Decoder, InputError, Nobody, Observer, embed},
	hash::{Blake2b256, Digest, Portable},
	model::{Layout, Matrix, Order, Package, PackageError, Shape, Tensor, Use},
	ops::{
		linear::Format,
		norm::Norm,
		sampling::{Choice, Race, Sampler},
	},
	samples::{self, Random},
	tables::Activation,
	trace::{
		At, Counts, Graph, Leaf, Place, Size, Stage, Values,
		step::{Doubt, Missing, Part, Source, StepError, all_parts, parts},
	},
};
use codec::{Compact, Decode, Encode};
use std::{
	cell::Cell,
	collections::BTreeMap,
	ops::Range,
	time::{Duration, Instant},
};

struct Recorder(Vec<(At, Leaf)>);

impl Observer for Recorder {
	fn see(&mut self, place: Place, values: Values<'_>) {
		let leaves = Leaf::of(values).into_iter();
		self.0
			.extend((0..).zip(leaves).map(|(leaf, values)| (At { place, leaf }, values)));
	}
}

/// The answer of a model that answers with tokens, or embeds, with a sampler and a number of tokens.
fn answer(sample: &Sample, sampler: Sampler, output: u32) -> Answer {
	let mut recorder = Recorder(Vec::new());
	let mut tokens = sample.tokens.clone();
	let input = tokens.len() as u32;
	if sample.shape.answers == Use::Embedding {
		embed(&sample.package(), &tokens, &mut recorder).expect("valid");
	} else {
		let mut decoder = Decoder::new(sample.package()).expect("tokens");
		for position in 0..input + output - 1 {
			decoder.push(tokens[position as usize], &mut recorder).expect("valid");
			if position + 1 >= input {
				let logits = decoder.logits(&mut recorder).expect("there are tokens");
				let choice = sampler.choose(&logits, position);
				recorder.see(place(position, 0, Stage::Choice), Values::Choice(choice));
				tokens.push(choice.token);
			}
		}
	}
	Answer {
		graph: Graph::new(sample.shape, Counts { input, output }).expect("within the limits"),
		package: sample.bytes.clone(),
		tokens,
		sampler,
		leaves: recorder.0,
	}
}

fn place(position: u32, layer: u16, stage: Stage) -> Place {
	Place { position, layer, stage }
}

fn doubt(position: u32, layer: u16, stage: Stage, value: u32) -> Doubt {
	Doubt {
		at: At {
			place: place(position, layer, stage),
			leaf: 0,
		},
		value,
		rival: 0,
	}
}

/// Every charge that there is about an answer.
fn all_charges(answer: &Answer) -> Vec<Charge> {
	let mut charges = Vec::new();
	for (at, _) in &answer.leaves {
		let size = answer.graph.size(at.place.stage);
		let fields = if size == Size::Choice {
			4
		} else {
			size.values_in(at.leaf)
		};
		for value in 0..fields {
			charges.push(Charge::Value(Doubt {
				at: *at,
				value,
				rival: 0,
			}));
		}
		if size == Size::Choice {
			for rival in 0..answer.graph.shape().vocabulary {
				charges.push(Charge::Value(Doubt {
					at: *at,
					value: Choice::TOKEN,
					rival,
				}));
			}
		}
	}
	charges.extend((0..answer.graph.counts().output).map(Charge::Token));
	charges.extend((0..answer.graph.size(Stage::Unit).leaves()).map(Charge::Output));
	charges.extend((0..answer.graph.positions()).map(Charge::State));
	charges
}

fn tiny(seed: u64, values: samples::Values) -> Sample {
	(seed..)
		.map(|seed| Sample::new(seed, values))
		.find(|sample| {
			sample.shape.answers == Use::Tokens
				&& sample.shape.vocabulary < 60
				&& sample.shape.layers == 1
				&& sample.tokens.len() >= 3
				&& sample.tokens.len() + 6 < sample.shape.positions as usize
		})
		.expect("there is one")
}

/// A request for at most four tokens, and the claim of an answer to it.
fn claimed(sample: &Sample, end: u32, given: &Committed, stop: StopReason) -> (Request, Claim) {
	let request = Request {
		genesis: [1; 32],
		version: [2; 32],
		input: given.input.commitment(),
		input_count: sample.tokens.len() as u32,
		sampler: Sampler::Greedy,
		limit: 4,
		ends: Bounded::try_from(vec![end]).expect("one"),
		stops: Bounded::default(),
		sealed: None,
		salt: [3; 32],
	};
	let claim = Claim {
		genesis: [1; 32],
		origin: Origin::Job(0),
		worker: [4; 32],
		version: [2; 32],
		request: request.root::<Portable>(),
		answer: given.given.commitment(),
		state: given.state.commitment(),
		input_count: sample.tokens.len() as u32,
		output_count: given.answer.graph.counts().output,
		stop,
	};
	(request, claim)
}

#[test]
fn an_answer_that_stops_too_early_or_too_late_is_a_fraud() {
	let sample = tiny(1, samples::Values::Ordinary);
	let long = answer(&sample, Sampler::Greedy, 5);
	let tokens = long.tokens[sample.tokens.len()..].to_vec();
	// The token that ends an answer, and when the answer says that it ends.
	let unused = (0..).find(|token| !tokens.contains(token)).expect("there is one");
	let last = tokens
		.iter()
		.position(|token| *token == tokens[1])
		.expect("it is there") as u32
		+ 1;
	for (end, output, stop, right) in [
		(tokens[1], last, StopReason::End, true),
		(unused, 4, StopReason::Limit, true),
		// Too early, with either lie about why.
		(tokens[1], last + 1, StopReason::Limit, false),
		(unused, 1, StopReason::End, false),
		(unused, 1, StopReason::Limit, false),
		// Too late.
		(unused, 5, StopReason::Limit, false),
		(tokens[1], 4, StopReason::Limit, false),
		// Another kind of answer.
		(unused, 4, StopReason::Embedded, false),
		(unused, 4, StopReason::Stop, false),
	] {
		let mut given = Committed::new(answer(&sample, Sampler::Greedy, output));
		let (request, claim) = claimed(&sample, end, &given, stop);
		let case = Case::of::<Portable>(&claim, &request, given.registered(), given.trace.commitment());
		let stands = case.is_ok_and(|case| {
			(0..output).all(|number| {
				let charge = Charge::End(number);
				let evidence = gather(&case, &mut given, charge, None)
					.expect("can be brought")
					.expect("is there");
				judge::<Portable>(&case, charge, None, &evidence) == Ok(false)
			})
		});
		assert_eq!(stands, right, "{output} tokens, {stop:?}");
	}
}

#[test]
fn a_claim_about_something_else_has_no_case() {
	let sample = tiny(1, samples::Values::Ordinary);
	let given = Committed::new(answer(&sample, Sampler::Greedy, 4));
	let (request, claim) = claimed(&sample, sample.shape.vocabulary, &given, StopReason::Limit);
	let case = |request: &Request, claim: &Claim| {
		Case::of::<Portable>(claim, request, given.registered(), given.trace.commitment()).map(|_| ())
	};
	assert_eq!(case(&request, &claim), Ok(()));
	let another = Err(ChargeError::AnotherRequest);
	assert_eq!(
		case(
			&request,
			&Claim {
				genesis: [0; 32],
				..claim
			}
		),
		another
	);
	assert_eq!(
		case(
			&request,
			&Claim {
				version: [0; 32],
				..claim
			}
		),
		another
	);
	assert_eq!(
		case(
			&request,
			&Claim {
				request: [0; 32],
				..claim
			}
		),
		another
	);
	assert_eq!(
		case(
			&Request {
				salt: [0; 32],
				..request.clone()
			},
			&claim
		),
		another
	);
	let more = Claim {
		input_count: claim.input_count + 1,
		..claim
	};
	assert_eq!(case(&request, &more), Err(ChargeError::WrongInputCount));
	let fewer = Claim {
		output_count: 3,
		..claim
	};
	assert_eq!(case(&request, &fewer), Err(ChargeError::WrongEnd));
	let none = Claim {
		output_count: 0,
		..claim
	};
	assert_eq!(case(&request, &none), Err(ChargeError::WrongCounts));
	let stops = Bounded::try_from(vec![Bounded::try_from(vec![b'.']).expect("one")]).expect("one");
	let request = Request { stops, ..request };
	let claim = Claim {
		request: request.root::<Portable>(),
		..claim
	};
	// A model without the texts of its tokens takes no such request.
	let registered = Registered {
		vocabulary: None,
		..given.registered()
	};
	let case = Case::of::<Portable>(&claim, &request, registered, given.trace.commitment());
	assert_eq!(case.err(), Some(ChargeError::NoVocabulary));
}

/// A worker whose input is not what it says: the commitment stays the payer's.
fn with_input(mut committed: Committed, payer: &[u32]) -> Committed {
	committed.input = token_tree::<Portable>(Kind::Input, payer).expect("few");
	committed
}

/// The evidence of a committed answer, with the payer's leaf of the input.
fn payers(case: &Case, holder: &mut Committed, charge: Charge, payer: &[u32]) -> Option<Evidence> {
	let mut evidence = gather(case, holder, charge, None).ok()??;
	if let Some(opened) = &mut evidence.input {
		let leaf: Vec<u8> = payer.iter().flat_map(|token| token.to_le_bytes()).collect();
		opened.leaves = Bounded::try_from(vec![Bounded::try_from(leaf).ok()?]).ok()?;
	}
	Some(evidence)
}

#[test]
fn an_input_count_that_is_not_the_request_s_is_a_fraud_in_one_step() {
	let sample = tiny(2, samples::Values::Ordinary);
	let payer = sample.tokens.clone();
	let mut longer = Sample {
		tokens: payer.clone(),
		..tiny(2, samples::Values::Ordinary)
	};
	// Three more tokens than the payer has signed, and a first one that it never wrote.
	longer.tokens.extend([0, 1, 0]);
	longer.tokens[0] = (payer[0] + 1) % sample.shape.vocabulary;
	let mut given = with_input(Committed::new(answer(&longer, Sampler::Greedy, 2)), &payer);
	// The number of leaves is the same, so the case is one.
	let case = given.case();
	let mut undecided = 0;
	let mut proved = 0;
	for charge in all_charges(&given.answer) {
		let Some(evidence) = payers(&case, &mut given, charge, &payer) else {
			undecided += 1;
			continue;
		};
		match judge::<Portable>(&case, charge, None, &evidence) {
			Ok(fraud) => proved += u32::from(fraud),
			Err(_) => undecided += 1,
		}
	}
	println!("{proved} charges prove it, {undecided} cannot be decided");
	assert!(proved > 0);
}

// A challenger has no parts to name: without the holder's there is no proof in one step.
#[test]
fn a_challenger_who_names_the_parts_proves_nothing() {
	let mut sample = tiny(3, samples::Values::Ordinary);
	sample.shape.positions = 64;
	sample.shape.window = 0;
	sample.bytes = samples::package(sample.shape, samples::Values::Ordinary, &mut sample.random);
	sample.tokens = samples::tokens(&sample.shape, 40, &mut sample.random);
	let mut honest = Committed::new(answer(&sample, Sampler::Greedy, 1));
	let case = honest.case();
	let charge = Charge::Value(doubt(39, 0, Stage::Mixed, 0));
	assert_eq!(charge.parts(&case), 3);
	let mut named = honest.parts(charge).expect("in parts");
	named[1].first += 1;
	let in_parts = Some(InParts {
		parts: &named,
		chosen: 1,
	});
	let evidence = gather(&case, &mut honest, charge, in_parts)
		.expect("can be brought")
		.expect("is there");
	let alone = is_fraud::<Portable>(&case, charge, &evidence);
	assert_eq!(alone, Err(VerdictError::Step(StepError::NeedsParts)));
}

#[test]
fn a_charge_that_has_no_parts_is_not_decided_in_parts() {
	let sample = tiny(4, samples::Values::Ordinary);
	let mut honest = Committed::new(answer(&sample, Sampler::Greedy, 1));
	let case = honest.case();
	let position = case.graph.first_choice();
	let mut guilty = Vec::new();
	for value in 0..Choice::FIELDS {
		let charge = Charge::Value(doubt(position, 0, Stage::Choice, value));
		assert_eq!(charge.parts(&case), 1);
		let Charge::Value(about) = charge else { unreachable!() };
		let right = all_parts(&case.graph, &mut honest.answer, about).expect("it is there");
		let in_parts = Some(InParts {
			parts: &right,
			chosen: 0,
		});
		let Ok(Some(evidence)) = gather(&case, &mut honest, charge, in_parts) else {
			continue;
		};
		if judge::<Portable>(&case, charge, in_parts, &evidence) == Ok(true) {
			guilty.push(value);
		}
	}
	assert_eq!(
		guilty,
		Vec::<u32>::new(),
		"fields of an honest greedy choice that are a fraud"
	);
}

// It cannot be shown, so it is for the game: there its holder cannot move, and loses by time.
#[test]
fn a_leaf_that_is_too_long_can_only_be_withheld() {
	assert!(Bounded::<u8, 1_024>::try_from(vec![0; 1_025]).is_err());
	let longer = [Compact(1_025_u32).encode(), vec![0; 1_025]].concat();
	assert!(Bounded::<u8, 1_024>::decode(&mut &longer[..]).is_err());
}

#[test]
fn an_answer_to_an_unknown_token_is_a_fraud() {
	let sample = tiny(6, samples::Values::Bytes);
	let mut given = Committed::new(answer(&sample, Sampler::Greedy, 1));
	let token = sample.shape.vocabulary;
	let mut decoder = Decoder::new(sample.package()).expect("tokens");
	assert_eq!(
		decoder.push(token, &mut Nobody),
		Err(InputError::UnknownToken { token })
	);
	given.answer.tokens[0] = token;
	let mut given = Committed::new(given.answer);
	let case = given.case();
	let charge = Charge::Value(doubt(0, 0, Stage::Embedded, 0));
	let evidence = gather(&case, &mut given, charge, None)
		.expect("can be brought")
		.expect("is there");
	assert_eq!(judge::<Portable>(&case, charge, None, &evidence), Ok(true));
}

thread_local! {
	static HASHES: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
	static HASHING: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Counts hashes and their blocks of 128 bytes; every digest is zero, so that everything belongs to everything.
struct Zero;

impl Blake2b256 for Zero {
	fn hash(message: &[u8]) -> Digest {
		let (hashes, blocks) = HASHES.get();
		HASHES.set((hashes + 1, blocks + message.len().div_ceil(128).max(1) as u64));
		[0; 32]
	}
}

/// The same with the time that hashing takes.
struct Timed;

impl Blake2b256 for Timed {
	fn hash(message: &[u8]) -> Digest {
		std::hint::black_box(Portable::hash(message));
		[0; 32]
	}
}

/// Has everything, all of it zero, and none of it stored.
struct Dry {
	case: Case,
	leaf_reads: u64,
	package_reads: u64,
}

impl Dry {
	fn new(shape: Shape, counts: Counts, sampler: Sampler) -> Self {
		let shape = shape.checked().expect("within the limits");
		let graph = Graph::new(shape, counts).expect("counts");
		let commitment = |kind, count| Commitment {
			kind,
			count,
			root: [0; 32],
		};
		let (kind, count) = match shape.answers {
			Use::Tokens => (Kind::Tokens, u64::from(counts.output).div_ceil(64)),
			Use::Embedding => (Kind::Output, graph.size(Stage::Unit).leaves().into()),
		};
		let case = Case {
			graph,
			sampler,
			weights: commitment(Kind::Weights, Layout::new(shape).chunks()),
			input: commitment(Kind::Input, u64::from(counts.input).div_ceil(64)),
			answer: commitment(kind, count),
			trace: commitment(Kind::Trace, graph.leaves()),
			state: commitment(Kind::State, u64::from(graph.positions()).div_ceil(16)),
			vocabulary: None,
			ends: Ends::default(),
			stops: Stops::default(),
			stop: StopReason::Limit,
		};
		Self {
			case: case.checked().expect("a case"),
			leaf_reads: 0,
			package_reads: 0,
		}
	}

	fn zero(&self, at: At) -> Leaf {
		let size = self.case.graph.size(at.place.stage);
		let bytes = vec![0; size.values_in(at.leaf) as usize * size.width()];
		Leaf::read(size, at.leaf, &bytes).expect("as long as it must be")
	}
}

impl Source for Dry {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		self.leaf_reads += 1;
		self.case.graph.number(at).ok_or(Missing::Leaf(at))?;
		Ok(self.zero(at))
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		self.package_reads += 1;
		assert!(bytes.end <= self.case.weights.count * 1_024);
		Ok(vec![0; (bytes.end - bytes.start) as usize])
	}

	fn token(&mut self, _: u32) -> Result<u32, Missing> {
		Ok(0)
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		Ok(self
			.zero(At {
				place: place(0, 0, Stage::Unit),
				leaf,
			})
			.write())
	}

	fn sampler(&mut self) -> Sampler {
		self.case.sampler
	}
}

impl Records for Dry {
	type Hash = Portable;

	fn state(&mut self, _: u32) -> Result<State, Missing> {
		Ok(State {
			token: 0,
			numbers: [0; 32],
		})
	}

	fn text(&mut self, token: u32) -> Result<Vec<u8>, Missing> {
		Err(Missing::Text(token))
	}
}

impl Holder for Dry {
	fn bytes(&mut self, kind: Kind, number: u64) -> Option<Vec<u8>> {
		let counts = self.case.graph.counts();
		let tokens = |count: u32| Some(vec![0; 4 * (u64::from(count) - number * 64).min(64) as usize]);
		match kind {
			Kind::Trace => Some(self.zero(self.case.graph.at(number)?).write()),
			Kind::Weights => Some(vec![0; 1_024]),
			Kind::Input => tokens(counts.input),
			Kind::Tokens => tokens(counts.output),
			Kind::State => {
				let held = u64::from(self.case.graph.positions()) - number * 16;
				Some(vec![0; State::BYTES * held.min(16) as usize])
			}
			_ => self.output(number as u32).ok(),
		}
	}

	fn prove(&mut self, kind: Kind, ranges: &Ranges) -> Option<RangesProof> {
		let commitment = match kind {
			Kind::Trace => self.case.trace,
			Kind::Weights => self.case.weights,
			Kind::Input => self.case.input,
			Kind::State => self.case.state,
			_ => self.case.answer,
		};
		let siblings = ranges.siblings(commitment.count).ok()?;
		Some(RangesProof {
			siblings: Bounded::try_from(vec![[0; 32]; siblings]).ok()?,
		})
	}
}

const LARGEST: Shape = Shape {
	answers: Use::Tokens,
	layers: 256,
	width: 16_384,
	heads: 64,
	key_heads: 64,
	head_width: 256,
	rotary_width: 256,
	hidden: 32_768,
	vocabulary: 262_144,
	positions: 131_072,
	window: 0,
	norm: Norm::Layer,
	order: Order::Before,
	gains: true,
	head_norm: true,
	activation: Activation::Silu,
	gated: true,
	tied: false,
	matrices: Format::Word,
	embeddings: Format::Word,
	residual_fraction: 12,
	hidden_fraction: 12,
	epsilon: 1,
};

/// The extreme shapes.
fn extremes() -> Vec<Shape> {
	let mut shapes = vec![LARGEST];
	// Heads that lie across leaves, and rows that lie across chunks.
	for (heads, head_width) in [
		(65, 252),
		(64, 254),
		(85, 192),
		(170, 96),
		(256, 64),
		(124, 132),
		(1, 2),
		(256, 2),
	] {
		for key_heads in [heads, 1] {
			shapes.push(Shape {
				heads,
				key_heads,
				head_width,
				rotary_width: head_width.min(64),
				..LARGEST
			});
		}
	}
	for (width, hidden) in [
		(16_383, 32_767),
		(16_129, 32_255),
		(1, 1),
		(1, 32_768),
		(16_384, 1),
		(257, 513),
	] {
		shapes.push(Shape {
			width,
			hidden,
			..LARGEST
		});
	}
	for layers in [1, 2] {
		shapes.push(Shape { layers, ..LARGEST });
	}
	shapes.push(Shape {
		rotary_width: 0,
		..LARGEST
	});
	shapes.push(Shape {
		window: 100_003,
		matrices: Format::Byte,
		gains: false,
		head_norm: false,
		tied: true,
		..LARGEST
	});
	let after: Vec<_> = shapes
		.iter()
		.map(|shape| Shape {
			order: Order::After,
			..*shape
		})
		.collect();
	let embedding: Vec<_> = shapes
		.iter()
		.chain(&after)
		.map(|shape| Shape {
			answers: Use::Embedding,
			tied: false,
			window: 0,
			..*shape
		})
		.collect();
	shapes.extend(after);
	shapes.extend(embedding);
	shapes
}

/// The most of everything.
#[derive(Clone, Copy, Default)]
struct Worst {
	parts: u64,
	ranges: u64,
	leaves: u64,
	bytes: u64,
	siblings: u64,
	weight_ranges: u64,
	weight_chunks: u64,
	weight_siblings: u64,
	token_leaves: u64,
	encoded: u64,
	hashes: u64,
	blocks: u64,
	leaf_reads: u64,
	package_reads: u64,
	/// Microseconds without and with hashing.
	plain: u64,
	all: u64,
	impossible: u64,
	refused: u64,
	charges: u64,
}

fn bytes(opened: &Opened) -> u64 {
	opened.leaves.iter().map(|leaf| leaf.len() as u64).sum()
}

/// The least of three times, in microseconds.
fn least(mut act: impl FnMut()) -> u64 {
	let one = |act: &mut dyn FnMut()| {
		let start = Instant::now();
		act();
		start.elapsed().as_micros() as u64
	};
	(0..3).map(|_| one(&mut act)).min().expect("three")
}

impl Worst {
	fn add(&mut self, dry: &mut Dry, charge: Charge, in_parts: Option<InParts<'_>>) {
		let case = dry.case;
		(dry.leaf_reads, dry.package_reads) = (0, 0);
		let gathered = gather(&case, dry, charge, in_parts).expect("the charge can be brought");
		self.charges += 1;
		self.parts = self.parts.max(charge.parts(&case).into());
		self.leaf_reads = self.leaf_reads.max(dry.leaf_reads);
		self.package_reads = self.package_reads.max(dry.package_reads);
		let Some(evidence) = gathered else {
			self.impossible += 1;
			return;
		};
		if let Some(opened) = &evidence.trace {
			self.ranges = self.ranges.max(opened.ranges.iter().count() as u64);
			self.leaves = self.leaves.max(opened.leaves.len() as u64);
			self.bytes = self.bytes.max(bytes(opened));
			self.siblings = self.siblings.max(opened.proof.siblings.len() as u64);
		}
		if let Some(opened) = &evidence.weights {
			self.weight_ranges = self.weight_ranges.max(opened.ranges.iter().count() as u64);
			self.weight_chunks = self.weight_chunks.max(opened.leaves.len() as u64);
			self.weight_siblings = self.weight_siblings.max(opened.proof.siblings.len() as u64);
		}
		for opened in [&evidence.input, &evidence.answer].into_iter().flatten() {
			self.token_leaves = self.token_leaves.max(opened.leaves.len() as u64);
		}
		self.encoded = self.encoded.max(evidence.encode().len() as u64);
		HASHES.set((0, 0));
		if judge::<Zero>(&case, charge, in_parts, &evidence).is_err() {
			self.refused += 1;
		}
		let (hashes, blocks) = HASHES.get();
		let heavier = blocks > self.blocks;
		self.hashes = self.hashes.max(hashes);
		self.blocks = self.blocks.max(blocks);
		if heavier {
			let plain = least(|| {
				let _ = std::hint::black_box(judge::<Zero>(&case, charge, in_parts, &evidence));
			});
			let all = least(|| {
				let _ = std::hint::black_box(judge::<Timed>(&case, charge, in_parts, &evidence));
			});
			self.plain = self.plain.max(plain);
			self.all = self.all.max(all);
		}
	}
}

#[test]
fn every_charge_about_every_extreme_shape_can_be_answered() {
	let mut table: BTreeMap<&'static str, (Stage, Worst)> = BTreeMap::new();
	let names: Vec<String> = Graph::stages().map(|stage| format!("{stage:?}")).collect();
	let names: &'static [String] = names.leak();
	let mut random = Random(77);
	let race = Sampler::Race(Race {
		inverse: 1 << 20,
		top: 5,
		mass: 60_000,
		seed: 1,
	});
	let mut all = Worst::default();
	let mut most_leaves = 0;
	let mut most_chunks = 0;
	let every = if std::env::var_os("ATELIER_LONG").is_some() {
		1
	} else {
		9
	};
	for shape in extremes().into_iter().step_by(every) {
		let counts = match shape.answers {
			Use::Embedding => vec![Counts {
				input: 131_072,
				output: 0,
			}],
			Use::Tokens => vec![
				Counts {
					input: 131_072,
					output: 1,
				},
				Counts {
					input: 1,
					output: 131_072,
				},
			],
		};
		for counts in counts {
			for sampler in [Sampler::Greedy, race] {
				let mut dry = Dry::new(shape, counts, sampler);
				let case = dry.case;
				most_leaves = most_leaves.max(case.graph.leaves());
				most_chunks = most_chunks.max(case.weights.count);
				for (stage, name) in Graph::stages().zip(names) {
					let size = case.graph.size(stage);
					if size == Size::Absent || sampler == Sampler::Greedy && stage != Stage::Choice {
						continue;
					}
					let worst = &mut table.entry(name.as_str()).or_insert((stage, Worst::default())).1;
					let last = random.between(16, 131_071) as u32;
					for position in [0, 15, 16, 65_537, 131_071, last] {
						for layer in [0, 1, shape.layers - 1] {
							let leaves = size.leaves().max(1);
							let middle = random.between(0, i64::from(leaves) - 1) as u32;
							for leaf in [0, middle, leaves - 1] {
								let values = match size {
									Size::Choice => Choice::FIELDS,
									_ => size.values_in(leaf),
								};
								let some = random.between(0, i64::from(values) - 1) as u32;
								let mut which = vec![0, some, values - 1];
								if size == Size::Choice {
									which = (0..values).collect();
								}
								for value in which {
									let rival = if size == Size::Choice && value == Choice::TOKEN {
										shape.vocabulary - 1
									} else {
										0
									};
									let charge = Charge::Value(Doubt {
										at: At {
											place: place(position, layer, stage),
											leaf,
										},
										value,
										rival,
									});
									if charge.checked(&case).is_err() {
										continue;
									}
									let parts = charge.parts(&case);
									assert!(parts as usize <= atelier_referee::dispute::MAX_PARTS);
									if parts == 1 {
										worst.add(&mut dry, charge, None);
										continue;
									}
									let named = vec![Part { first: 0, second: 0 }; parts as usize];
									for chosen in [0, parts / 2, parts - 1] {
										worst.add(&mut dry, charge, Some(InParts { parts: &named, chosen }));
									}
								}
							}
						}
					}
				}
				for number in [0, counts.output.saturating_sub(1)] {
					let charge = Charge::Token(number);
					if charge.checked(&case).is_ok() {
						all.add(&mut dry, charge, None);
					}
				}
				let outputs = case.graph.size(Stage::Unit).leaves();
				for leaf in [0, outputs.saturating_sub(1)] {
					let charge = Charge::Output(leaf);
					if charge.checked(&case).is_ok() {
						all.add(&mut dry, charge, None);
					}
				}
			}
		}
	}
	println!("most leaves of a trace {most_leaves}, most chunks of a package {most_chunks}");
	println!(
		"stage | charges | parts | trace ranges | leaves | bytes | siblings | weight ranges | chunks | siblings | token leaves | encoded | \
		 hashes | blocks | leaf reads | package reads | us without hashing | us with | impossible | refused"
	);
	let mut rows: Vec<_> = table
		.iter()
		.map(|(name, (stage, worst))| (*stage, *name, *worst))
		.collect();
	rows.sort_by_key(|(stage, ..)| *stage);
	rows.push((Stage::Unit, "Token, Output", all));
	let mut broken = 0;
	for (_, name, worst) in rows {
		println!(
			"{name} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {}",
			worst.charges,
			worst.parts,
			worst.ranges,
			worst.leaves,
			worst.bytes,
			worst.siblings,
			worst.weight_ranges,
			worst.weight_chunks,
			worst.weight_siblings,
			worst.token_leaves,
			worst.encoded,
			worst.hashes,
			worst.blocks,
			worst.leaf_reads,
			worst.package_reads,
			worst.plain,
			worst.all,
			worst.impossible,
			worst.refused
		);
		broken += worst.impossible + worst.refused;
	}
	assert_eq!(broken, 0);
}

/// A random shape whose vectors take several leaves, with heads that lie across them.
fn wide(random: &mut Random) -> Shape {
	let mut shape = samples::shape(random);
	shape.width = random.pick([1, 2, 255, 256, 257, 300, 513]);
	shape.hidden = random.pick([1, 256, 257, 700]);
	shape.head_width = random.pick([2, 6, 96, 192, 254, 256]);
	shape.key_heads = random.pick([1, 2, 3]);
	shape.heads = shape.key_heads * random.pick([1, 2, 3]);
	shape.rotary_width = random.pick([0, 2, shape.head_width / 4 * 2, shape.head_width]);
	shape.vocabulary = random.pick([1, 2, 255, 257, 4_097]);
	shape.positions = random.pick([1, 2, 20]);
	shape.layers = random.pick([1, 2]);
	shape.window = if shape.answers == Use::Tokens && random.one_in(3) {
		random.between(1, shape.positions.into()) as u32
	} else {
		0
	};
	shape.head_norm = random.one_in(2);
	shape
}

#[test]
fn wide_and_narrow_shapes_are_recomputed_as_they_were_computed() {
	let mut random = Random(101);
	let mut doubts = 0;
	for number in 0..120 {
		let shape = wide(&mut random).checked().expect("within the limits");
		let values = random.pick([
			samples::Values::Ordinary,
			samples::Values::Extreme,
			samples::Values::Bytes,
		]);
		let bytes = samples::package(shape, values, &mut random);
		let most = i64::from(shape.positions);
		let input = random.between(1, most) as u32;
		let tokens = samples::tokens(&shape, input, &mut random);
		let output = random.between(1, (most + 1 - i64::from(input)).min(4)) as u32;
		let sampler = samples::sampler(&mut random);
		let sample = Sample {
			shape,
			bytes,
			tokens,
			random: random.clone(),
		};
		let output = if shape.answers == Use::Tokens { output } else { 0 };
		let answer = answer(&sample, sampler, output);
		assert_eq!(answer.leaves.len() as u64, answer.graph.leaves());
		for (number, (at, _)) in (0..).zip(&answer.leaves) {
			assert_eq!(answer.graph.number(*at), Some(number));
			assert_eq!(answer.graph.at(number), Some(*at));
		}
		let mut all = answer.doubts(&mut random);
		if shape.vocabulary > 1_000 {
			all.retain(|doubt| doubt.rival % 97 == 0);
		}
		for doubt in all {
			assert!(answer.survives(doubt), "{number} {shape:?}: {doubt:?}");
			doubts += 1;
		}
	}
	println!("{doubts} values");
}

/// Everything is hostile: leaves, bytes of the package, tokens.
struct Hostile {
	graph: Graph,
	random: Random,
	sampler: Sampler,
}

impl Hostile {
	fn bytes(&mut self, length: usize) -> Vec<u8> {
		let kind = self.random.between(0, 4);
		(0..length)
			.map(|number| match kind {
				0 => 0xff,
				1 => 0,
				2 => [0, 0, 0, 0x80][number % 4],
				3 => [0xff, 0xff, 0xff, 0x7f][number % 4],
				_ => self.random.bits() as u8,
			})
			.collect()
	}
}

impl Source for Hostile {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		let size = self.graph.size(at.place.stage);
		self.graph.number(at).ok_or(Missing::Leaf(at))?;
		let bytes = self.bytes(size.values_in(at.leaf) as usize * size.width());
		Leaf::read(size, at.leaf, &bytes).map_err(|_| Missing::Leaf(at))
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		let length = (bytes.end - bytes.start).min(1 << 17) as usize;
		Ok(self.bytes(length))
	}

	fn token(&mut self, _: u32) -> Result<u32, Missing> {
		Ok(self.random.pick([0, u32::MAX, 1 << 31]))
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		Ok(self.bytes(leaf as usize % 2_000))
	}

	fn sampler(&mut self) -> Sampler {
		self.sampler
	}
}

impl Records for Hostile {
	type Hash = Portable;

	fn state(&mut self, _: u32) -> Result<State, Missing> {
		let bytes = self.bytes(State::BYTES);
		Ok(State::read(bytes.try_into().expect("as many")))
	}

	fn text(&mut self, _: u32) -> Result<Vec<u8>, Missing> {
		let length = self.random.between(0, 1_024) as usize;
		Ok(self.bytes(length))
	}
}

#[test]
fn no_committed_bytes_make_the_judge_panic() {
	let mut random = Random(102);
	let mut longest = Duration::ZERO;
	for _ in 0..400 {
		let mut shape = if random.one_in(3) { LARGEST } else { wide(&mut random) };
		shape.residual_fraction = random.pick([4, 12, 24]);
		shape.hidden_fraction = random.pick([4, 12, 24]);
		shape.epsilon = random.pick([1, u32::MAX]);
		shape.order = random.pick([Order::Before, Order::After]);
		shape.norm = random.pick([Norm::Rms, Norm::Layer]);
		shape.answers = random.pick([Use::Tokens, Use::Embedding]);
		if shape.answers == Use::Embedding {
			(shape.tied, shape.window) = (false, 0);
		}
		let shape = shape.checked().expect("within the limits");
		let counts = Counts {
			input: shape.positions,
			output: u32::from(shape.answers == Use::Tokens),
		};
		let sampler = random.pick([
			Sampler::Greedy,
			Sampler::Race(Race {
				inverse: u32::MAX,
				top: u32::MAX,
				mass: u32::MAX,
				seed: u64::MAX,
			}),
			Sampler::Race(Race {
				inverse: 0,
				top: 1,
				mass: 0,
				seed: 0,
			}),
		]);
		let dry = Dry::new(shape, counts, sampler);
		let case = dry.case;
		let mut hostile = Hostile {
			graph: case.graph,
			random: random.clone(),
			sampler,
		};
		random.bits();
		for stage in Graph::stages() {
			let size = case.graph.size(stage);
			if size == Size::Absent {
				continue;
			}
			for position in [0, counts.input - 1] {
				let leaf = random.between(0, i64::from(size.leaves()) - 1) as u32;
				let fields = if size == Size::Choice { 5 } else { 1 };
				for field in 0..fields {
					let charge = Charge::Value(Doubt {
						at: At {
							place: place(position, 0, stage),
							leaf,
						},
						value: if size == Size::Choice {
							field
						} else {
							size.values_in(leaf) - 1
						},
						rival: 0,
					});
					if charge.checked(&case).is_err() {
						continue;
					}
					let number = charge.parts(&case);
					let named = vec![
						Part {
							first: random.pick([i64::MAX, i64::MIN, 0]),
							second: random.pick([i64::MAX, i64::MIN, 0]),
						};
						number as usize
					];
					let in_parts = (number > 1).then_some(InParts {
						parts: &named,
						chosen: number - 1,
					});
					let start = Instant::now();
					let _ = stands(&case, &mut hostile, charge, in_parts);
					longest = longest.max(start.elapsed());
				}
			}
		}
	}
	println!("the longest took {longest:?}, with making the bytes");
}

#[test]
fn shapes_that_were_not_checked_make_no_panic() {
	let mut random = Random(103);
	for _ in 0..20_000 {
		let mut shape = samples::shape(&mut random);
		let wild = |random: &mut Random| match random.between(0, 3) {
			0 => 0,
			1 => u32::MAX,
			2 => random.bits() as u32,
			_ => 5,
		};
		shape.layers = wild(&mut random) as u16;
		shape.width = wild(&mut random);
		shape.heads = wild(&mut random) as u16;
		shape.key_heads = wild(&mut random) as u16;
		shape.head_width = wild(&mut random) as u16;
		shape.rotary_width = wild(&mut random) as u16;
		shape.hidden = wild(&mut random);
		shape.vocabulary = wild(&mut random);
		shape.positions = wild(&mut random);
		shape.window = wild(&mut random);
		let counts = Counts {
			input: wild(&mut random),
			output: wild(&mut random),
		};
		let chunks = Layout::new(shape).chunks();
		std::hint::black_box(chunks);
		let Ok(graph) = Graph::new(shape, counts) else { continue };
		for number in [0, 1, graph.leaves().wrapping_sub(1), random.bits(), u64::MAX] {
			if let Some(at) = graph.at(number)
				&& shape.checked().is_ok()
			{
				assert_eq!(graph.number(at), Some(number));
			}
		}
		for stage in Graph::stages() {
			let at = At {
				place: place(wild(&mut random), wild(&mut random) as u16, stage),
				leaf: wild(&mut random),
			};
			graph.number(at);
			let doubt = Doubt {
				at,
				value: wild(&mut random),
				rival: wild(&mut random),
			};
			let _ = doubt.checked(&graph);
			std::hint::black_box(parts(&graph, doubt));
		}
	}
}

#[test]
fn evidence_that_nothing_needs_costs_this_much() {
	let dry = Dry::new(
		LARGEST,
		Counts {
			input: 131_072 / 2,
			output: 131_072 / 2,
		},
		Sampler::Greedy,
	);
	let case = dry.case;
	let opened = |commitment: Commitment, size: usize| {
		let count = commitment.count;
		let ranges = 64.min(count / 8);
		let ranges: Vec<_> = (0..ranges)
			.map(|number| {
				// As far apart as they can be, on no even number.
				let start = (count / ranges * number) | 1;
				commit::Range { start, end: start + 3 }
			})
			.collect();
		let ranges = Ranges::new(ranges).expect("apart");
		let leaves: Vec<_> = (0..ranges.leaves())
			.map(|_| Bounded::try_from(vec![0; size]).expect("short"))
			.collect();
		let siblings = ranges.siblings(count).expect("inside");
		Some(Opened {
			proof: RangesProof {
				siblings: Bounded::try_from(vec![[0; 32]; siblings]).expect("few"),
			},
			leaves: Bounded::try_from(leaves).expect("few"),
			ranges,
		})
	};
	let evidence = Evidence {
		trace: opened(case.trace, 688),
		weights: opened(case.weights, 688),
		input: opened(case.input, 688),
		answer: opened(case.answer, 688),
		state: None,
		vocabulary: None,
	};
	let bytes = evidence.encode();
	let charge = Charge::Token(0);
	HASHES.set((0, 0));
	println!("{:?}", judge::<Zero>(&case, charge, None, &evidence));
	let (hashes, blocks) = HASHES.get();
	let time = least(|| {
		let _ = std::hint::black_box(judge::<Timed>(&case, charge, None, &evidence));
	});
	let decoding = least(|| {
		let _ = std::hint::black_box(decode_exact::<Evidence>(&bytes));
	});
	println!(
		"{} bytes, {hashes} hashes, {blocks} blocks: {time} us, decoded in {decoding} us",
		bytes.len()
	);
}

/// Any parts for a forged value: right ones, with one changed so that together they may give it.
fn lie(right: &[Part], random: &mut Random) -> Vec<Part> {
	let mut parts = right.to_vec();
	let which = random.between(0, parts.len() as i64 - 1) as usize;
	parts[which].first += random.between(-3, 3);
	parts[which].second += random.between(-3, 3);
	parts
}

#[test]
fn an_honest_holder_beats_a_challenger_who_does_anything() {
	let mut random = Random(104);
	let mut games = 0;
	for sample in Sample::all(25) {
		let mut honest = Committed::new(Answer::of(&sample));
		let case = honest.case();
		let charges = all_charges(&honest.answer);
		for _ in 0..6 {
			let mut game = Game::Top;
			let mut moves = 0;
			let winner = loop {
				assert!(moves < Game::most_moves(&case));
				moves += 1;
				let played = match &game {
					Game::Top => Move::Reveal(honest.trace.reveal_top().expect("there is a top")),
					Game::Below(node) => Move::Reveal(
						honest
							.trace
							.reveal_below(node.level, node.index)
							.expect("there is something"),
					),
					Game::Leaf(node) => {
						let leaf = honest.answer.leaves[node.index as usize].1.write();
						Move::Leaf(Bounded::try_from(leaf).expect("short"))
					}
					Game::Parts(charge) => {
						Move::Parts(Bounded::try_from(honest.parts(*charge).expect("parts")).expect("few"))
					}
					Game::Evidence(charge) => {
						let evidence = gather(&case, &mut honest, *charge, None).expect("can be").expect("is");
						Move::Open(Box::new(evidence))
					}
					Game::PartEvidence(charge, parts, chosen) => {
						let in_parts = InParts { parts, chosen: *chosen };
						let evidence = gather(&case, &mut honest, *charge, Some(in_parts));
						Move::Open(Box::new(evidence.expect("can be").expect("is")))
					}
					Game::Nodes(nodes) if random.one_in(3) => {
						Move::Descend(random.between(0, nodes.len() as i64 - 1) as u32)
					}
					Game::Nodes(_) | Game::Seen => {
						let which = random.between(0, charges.len() as i64 - 1) as usize;
						Move::Accuse(charges[which])
					}
					Game::Part(_, parts) => Move::Part(random.between(0, parts.len() as i64 - 1) as u32),
				};
				match game.play::<Portable>(&case, played).expect("within the rules") {
					Next::Go(next) => game = next,
					Next::Over { winner } => break winner,
				}
			};
			assert_eq!(winner, Party::Holder, "{:?}", sample.shape);
			games += 1;
		}
	}
	println!("{games} games");
}

#[test]
fn lies_in_parts_lose() {
	let mut random = Random(105);
	let mut lies = 0;
	let mut joined_lies = 0;
	for seed in 0..12 {
		let mut sample = Sample::new(seed, samples::Values::Ordinary);
		(sample.shape.positions, sample.shape.window, sample.shape.layers) = (64, 0, 1);
		sample.shape.vocabulary = 9_000;
		sample.bytes = samples::package(sample.shape, samples::Values::Ordinary, &mut random);
		sample.tokens = samples::tokens(&sample.shape, 40, &mut random);
		let honest = Answer::of(&sample);
		let last = honest.graph.positions() - 1;
		let (stage, position) = match (sample.shape.answers, seed % 3) {
			(_, 0) => (Stage::Largest, last),
			(_, 1) => (Stage::Mixed, last),
			(Use::Tokens, _) => (Stage::Choice, last),
			(Use::Embedding, _) => (Stage::Pooled, 0),
		};
		for _ in 0..60 {
			let mut forged = honest.clone();
			let at = doubt(position, 0, stage, 0).at;
			let number = forged.graph.number(at).expect("there is one") as usize;
			let about = samples::spoil(at, &mut forged.leaves[number].1, &honest, &mut random);
			let charge = match about {
				Some(about) => Charge::Value(about),
				None => continue,
			};
			let mut forged = Committed::new(forged);
			let case = forged.case();
			if charge.parts(&case) == 1 {
				continue;
			}
			let right = forged.parts(charge).expect("in parts");
			let named = lie(&right, &mut random);
			let wrong = named.iter().zip(&right).position(|(a, b)| a != b).unwrap_or(0) as u32;
			joined_lies += u32::from(
				atelier_referee::trace::step::joined(
					&case.graph,
					&mut forged.answer,
					match charge {
						Charge::Value(doubt) => doubt,
						_ => unreachable!(),
					},
					&named,
				) == Ok(true),
			);
			let in_parts = Some(InParts {
				parts: &named,
				chosen: wrong,
			});
			let evidence = gather(&case, &mut forged, charge, in_parts)
				.expect("can be")
				.expect("is");
			assert_eq!(
				judge::<Portable>(&case, charge, in_parts, &evidence),
				Ok(true),
				"{charge:?}"
			);
			lies += 1;
		}
	}
	println!("{lies} lies, of which {joined_lies} join to the forged value");
}

#[test]
fn every_field_of_a_choice_is_unique() {
	let mut random = Random(106);
	let mut tried = 0;
	for round in 0..240 {
		let values = random.pick([
			samples::Values::Ordinary,
			samples::Values::Extreme,
			samples::Values::Bytes,
		]);
		let mut sample = tiny(round * 40, values);
		sample.shape.vocabulary = random.pick([1, 2, 7, 40]);
		sample.bytes = samples::package(sample.shape, values, &mut random);
		let count = sample.tokens.len() as u32;
		sample.tokens = samples::tokens(&sample.shape, count, &mut random);
		let race = Race {
			inverse: random.pick([0, 1, 1 << 10, 1 << 20, 1 << 31, u32::MAX]),
			top: random.pick([0, 1, 2, 39, 40, 41, u32::MAX]),
			mass: random.pick([0, 1, 20_000, 65_535, 65_536, u32::MAX]),
			seed: random.bits(),
		};
		let sampler = if random.one_in(5) {
			Sampler::Greedy
		} else {
			Sampler::Race(race)
		};
		let honest = answer(&sample, sampler, 1);
		let position = honest.graph.first_choice();
		let at = doubt(position, 0, Stage::Choice, 0).at;
		let number = honest.graph.number(at).expect("there is one") as usize;
		let Leaf::Choice(right) = honest.leaves[number].1 else {
			panic!("a choice")
		};
		let heats: Vec<i64> = (0..sample.shape.vocabulary)
			.map(|token| {
				match honest.leaves[honest
					.graph
					.number(At {
						place: place(position, 0, Stage::Logits),
						leaf: token / 256,
					})
					.expect("there is one") as usize]
					.1
				{
					Leaf::Numbers(ref logits) => match sampler {
						Sampler::Greedy => logits[token as usize % 256].into(),
						Sampler::Race(race) => {
							atelier_referee::ops::sampling::heat(logits[token as usize % 256], race.inverse)
						}
					},
					_ => panic!("logits"),
				}
			})
			.collect();
		let mut candidates = vec![
			i64::MIN,
			i64::MAX,
			-1,
			0,
			1,
			32_767,
			right.weight - 1,
			right.weight,
			right.weight + 1,
		];
		candidates.extend(heats.iter().flat_map(|heat| [heat - 1, *heat, heat + 1]));
		for field in 0..4 {
			for candidate in &candidates {
				let mut forged = honest.clone();
				let mut choice = right;
				let slot = match field {
					Choice::LARGEST => &mut choice.largest,
					Choice::TOP => &mut choice.top,
					Choice::WEIGHT => &mut choice.weight,
					_ => &mut choice.least,
				};
				let is_right = *slot == *candidate;
				*slot = *candidate;
				forged.leaves[number].1 = Leaf::Choice(choice);
				let stands = forged.survives(Doubt {
					at,
					value: field,
					rival: 0,
				});
				assert_eq!(stands, is_right, "{sampler:?} {field} {candidate} {right:?} {heats:?}");
				tried += 1;
			}
		}
		let vocabulary = sample.shape.vocabulary;
		for token in (0..vocabulary).chain([vocabulary, u32::MAX]) {
			let mut forged = honest.clone();
			forged.leaves[number].1 = Leaf::Choice(Choice { token, ..right });
			let stands = (0..vocabulary).all(|rival| {
				forged.survives(Doubt {
					at,
					value: Choice::TOKEN,
					rival,
				})
			});
			assert_eq!(stands, token == right.token, "{sampler:?} {token}");
			tried += 1;
		}
	}
	println!("{tried} values");
}

// Who serves a model has rebuilt the root of its package first.
#[test]
fn weights_whose_chunks_are_no_chunks_decide_nothing() {
	let sample = tiny(7, samples::Values::Ordinary);
	let mut given = Committed::new(answer(&sample, Sampler::Greedy, 1));
	let mut chunks: Vec<_> = given.answer.package.chunks(1_024).map(<[u8]>::to_vec).collect();
	for chunk in &mut chunks {
		chunk.clear();
	}
	given.weights = commit::Tree::from_leaves::<Portable>(Kind::Weights, &chunks).expect("few");
	let case = given.case();
	let charge = Charge::Value(doubt(0, 0, Stage::Embedded, 0));
	let mut evidence = gather(&case, &mut given, charge, None).expect("can be").expect("is");
	let opened = evidence.weights.as_mut().expect("opened");
	let empty = vec![Bounded::default(); opened.leaves.len()];
	opened.leaves = Bounded::try_from(empty).expect("few");
	let verdict = judge::<Portable>(&case, charge, None, &evidence);
	assert!(
		matches!(
			verdict,
			Err(VerdictError::Step(StepError::Missing(Missing::Package(_))))
		),
		"{verdict:?}"
	);
}

// Also if the answer has another token than the chosen one, and the trace goes on from it.
#[test]
fn the_first_difference_of_a_trace_proves_a_fraud() {
	let sample = tiny(8, samples::Values::Ordinary);
	let honest = answer(&sample, Sampler::Greedy, 4);
	let input = sample.tokens.len();
	// As if the first chosen token had been another one; the rest follows from that.
	let mut from = sample.tokens.clone();
	from.push((honest.tokens[input] + 1) % sample.shape.vocabulary);
	let other = answer(
		&Sample {
			shape: sample.shape,
			bytes: sample.bytes.clone(),
			tokens: from,
			random: sample.random.clone(),
		},
		Sampler::Greedy,
		3,
	);
	let mut forged = honest.clone();
	forged.tokens = other.tokens.clone();
	for (at, leaf) in &mut forged.leaves {
		if at.place.position as usize >= input {
			let number = other.graph.number(*at).expect("there is one") as usize;
			*leaf = other.leaves[number].1.clone();
		}
	}
	let first = (0..honest.leaves.len())
		.find(|number| honest.leaves[*number].1 != forged.leaves[*number].1)
		.expect("they differ");
	let (at, _) = honest.leaves[first];
	assert_eq!(at.place, place(input as u32, 0, Stage::Embedded));
	let (Leaf::Numbers(right), Leaf::Numbers(wrong)) = (&honest.leaves[first].1, &forged.leaves[first].1) else {
		panic!("numbers")
	};
	let value = right.iter().zip(wrong).position(|(a, b)| a != b).expect("they differ") as u32;
	let mut forged = Committed::new(forged);
	assert!(forged.judge(Charge::Token(0)), "the token is not the chosen one");
	assert!(
		forged.judge(Charge::Value(Doubt { at, value, rival: 0 })),
		"the first difference is no fraud: {at:?}"
	);
}

#[test]
fn the_largest_trace_that_the_limits_allow() {
	for (name, shape, counts) in [
		("largest shape, all positions", LARGEST, (131_071, 1)),
		("largest shape, 2,000 tokens", LARGEST, (1_000, 1_001)),
		(
			"8 B parameters, 2,000 tokens",
			Shape {
				layers: 32,
				width: 4_096,
				heads: 32,
				key_heads: 8,
				head_width: 128,
				rotary_width: 128,
				hidden: 14_336,
				vocabulary: 128_256,
				gains: false,
				head_norm: false,
				..LARGEST
			},
			(1_000, 1_001),
		),
	] {
		let (input, output) = counts;
		let graph = Graph::new(shape, Counts { input, output }).expect("counts");
		let leaves = graph.leaves();
		println!(
			"{name}: {leaves} leaves (2^{:.1}), digests {} GB, moves {}",
			(leaves as f64).log2(),
			leaves * 64 / 1_000_000_000,
			Game::most_moves(&Dry::new(shape, Counts { input, output }, Sampler::Greedy).case)
		);
		assert!(leaves <= commit::MAX_LEAVES);
	}
	println!(
		"most bytes of a state leaf of 16 tokens: {} of {}",
		16 * (16_384 * 4 + 4),
		commit::MAX_OPENED_BYTES
	);
}

#[test]
fn a_challenger_who_compares_parts_with_its_own_trace_loses_to_a_lie() {
	let mut random = Random(107);
	let mut lost = 0;
	for seed in 0..200 {
		let mut sample = tiny(seed, samples::Values::Ordinary);
		sample.shape.vocabulary = 9_000;
		sample.bytes = samples::package(sample.shape, samples::Values::Ordinary, &mut random);
		let race = Sampler::Race(Race {
			inverse: 1 << 20,
			top: 5,
			mass: 65_536,
			seed,
		});
		let honest = answer(&sample, race, 1);
		let about = doubt(honest.graph.first_choice(), 0, Stage::Choice, Choice::TOP);
		let charge = Charge::Value(about);
		let number = honest.graph.number(about.at).expect("there is one") as usize;
		let mut forged = honest.clone();
		if let Leaf::Choice(choice) = &mut forged.leaves[number].1 {
			choice.top -= 1;
		}
		let seen = forged.leaves[number].1.clone();
		let mut seen = Seen {
			own: &honest.clone(),
			at: about.at,
			leaf: seen,
		};
		let (mut forged, mut own) = (Committed::new(forged), Committed::new(honest));
		let case = forged.case();
		let given_the_leaf = forged.parts(charge).expect("in parts");
		let own = own.parts(charge).expect("in parts");
		// The lie: one token fewer is above the threshold.
		let mut named = given_the_leaf.clone();
		let Some(wrong) = named.iter().rposition(|part| part.first > 0) else {
			continue;
		};
		named[wrong].first -= 1;
		let naive = named.iter().zip(&own).position(|(a, b)| a != b);
		let mut verdict = |chosen: usize| {
			let in_parts = Some(InParts {
				parts: &named,
				chosen: chosen as u32,
			});
			let evidence = gather(&case, &mut forged, charge, in_parts)
				.expect("can be")
				.expect("is");
			judge::<Portable>(&case, charge, in_parts, &evidence)
		};
		assert_eq!(verdict(wrong), Ok(true));
		let found = wrong_part(&case, &mut seen, charge, &named);
		assert_eq!(found, Ok(Some(wrong as u32)));
		// It may even see no difference at all, and then names any.
		lost += u32::from(verdict(naive.unwrap_or(0)) == Ok(false));
	}
	println!("{lost} of 200 games lost");
	assert!(lost > 0);
}

#[test]
fn a_package_with_numbers_outside_of_their_format_is_refused() {
	let sample = (0..)
		.map(|seed| Sample::new(seed, samples::Values::Ordinary))
		.find(|sample| sample.shape.matrices == Format::Byte)
		.expect("there is one");
	let mut bytes = sample.bytes.clone();
	let layout = Layout::new(sample.shape);
	let gate = layout.bytes(Tensor::Numbers(Matrix::Gate(0)));
	bytes[gate.start as usize] = 0x80;
	// What such an engine relies on.
	let most = |weight: i64| 258 * 2 * weight * 32_639;
	assert!(most(127) <= i64::from(i32::MAX) && most(128) > i64::from(i32::MAX));
	let refused = PackageError::NumberOutside {
		matrix: Matrix::Gate(0),
		row: 0,
	};
	assert_eq!(Package::checked(sample.shape, &bytes).err(), Some(refused));
	assert!(Package::checked(sample.shape, &sample.bytes).is_ok());
	// Bytes between tensors, and bits that nothing reads.
	let mut bytes = sample.bytes.clone();
	let last = bytes.len() - 1;
	bytes[last] = 1;
	assert!(matches!(
		Package::checked(sample.shape, &bytes),
		Err(PackageError::NotCanonical { .. })
	));
}
