// SPDX-License-Identifier: Apache-2.0

//! For each stage of the largest models the value that takes most, and what decides about it.

use anyhow::{Context, Result, anyhow, ensure};
use atelier_referee::{
	dispute::{Charge, Opened},
	model::{Order, Shape, Use},
	ops::{linear::Format, norm::Norm, sampling::Choice},
	samples::{Brought, brought, limits},
	tables::Activation,
	trace::{At, Counts, Graph, Place, Size, Stage, step::Doubt},
};
use atelier_referee_browser::{bench::Question, fields};
use codec::{Decode, Encode};

/// A decisive step.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Step {
	/// What is computed.
	pub name: String,
	/// Bytes of the leaves and chunks that are opened.
	pub operands: u64,
	/// What [`Question::read`] reads.
	pub question: Vec<u8>,
}

/// 70 B parameters, as in `tests/worst.rs`.
fn largest(vocabulary: u32) -> Shape {
	Shape {
		answers: Use::Tokens,
		layers: 80,
		width: 8_192,
		heads: 64,
		key_heads: 8,
		head_width: 128,
		rotary_width: 128,
		hidden: 28_672,
		vocabulary,
		positions: 32_768,
		window: 0,
		norm: Norm::Rms,
		order: Order::Before,
		gains: false,
		head_norm: false,
		activation: Activation::Silu,
		gated: true,
		tied: false,
		matrices: Format::Byte,
		embeddings: Format::Byte,
		residual_fraction: 12,
		hidden_fraction: 12,
		epsilon: 10_995_116,
	}
}

/// The exponent of numbers up to 2^19.
const EXPONENT: u8 = 5;

/// The stages that take most of each kind.
const LONGEST: [Stage; 6] = [
	Stage::AttentionStatistics,
	Stage::Query,
	Stage::Largest,
	Stage::Mixed,
	Stage::ProductExponent,
	Stage::HiddenSum,
];

/// Half of 8,192 tokens are input.
pub const COUNTS: Counts = Counts {
	input: 4_096,
	output: 4_096,
};

/// The leaves of an answer of 70 B parameters.
pub fn graph() -> Result<Graph> {
	Graph::new(largest(128_256), COUNTS).context("the shape is within the limits")
}

/// The steps of all stages, those of the choice from the widest vocabulary, and the longest of the largest model that
/// there may be.
pub fn steps() -> Result<Vec<Step>> {
	let mut steps = of_shape(largest(128_256), COUNTS, |_| true, "")?;
	let of_vocabulary = |stage| matches!(stage, Stage::Logits | Stage::Choice);
	steps.extend(of_shape(largest(262_144), COUNTS, of_vocabulary, " of 262,144")?);
	let half = limits().positions / 2;
	let counts = Counts {
		input: half,
		output: half,
	};
	steps.extend(of_shape(
		limits(),
		counts,
		|stage| LONGEST.contains(&stage),
		" at the limits",
	)?);
	Ok(steps)
}

fn of_shape(shape: Shape, counts: Counts, wanted: impl Fn(Stage) -> bool, of: &str) -> Result<Vec<Step>> {
	let graph = Graph::new(shape, counts).context("the shape is within the limits")?;
	let mut steps = Vec::new();
	let mut charges = Vec::new();
	for stage in Graph::stages().filter(|stage| wanted(*stage) && graph.size(*stage) != Size::Absent) {
		charges.extend(doubts(&graph, stage));
	}
	if wanted(Stage::Choice) {
		let last = counts.output - 1;
		charges.extend([
			("an answer's token".to_owned(), vec![Charge::Token(last)]),
			("an answer's end".to_owned(), vec![Charge::End(last)]),
			("a string that ends it".to_owned(), vec![Charge::Stop(last)]),
			("a state".to_owned(), vec![Charge::State(graph.positions() - 1)]),
		]);
	}
	for (name, charges) in charges {
		let mut largest: Option<Step> = None;
		for charge in charges {
			let step = step(&graph, charge, format!("{name}{of}")).with_context(|| format!("{charge:?}"))?;
			if largest
				.as_ref()
				.is_none_or(|other| other.question.len() < step.question.len())
			{
				largest = Some(step);
			}
		}
		steps.extend(largest);
	}
	Ok(steps)
}

/// Values of a stage, at its last place, of which one takes most: by fields for a choice, otherwise in three leaves.
fn doubts(graph: &Graph, stage: Stage) -> Vec<(String, Vec<Charge>)> {
	let shape = graph.shape();
	let size = graph.size(stage);
	let layer = match stage {
		Stage::Embedded => 0,
		stage if stage >= Stage::LastStatistics => 0,
		_ => shape.layers - 1,
	};
	// The embedding of a position of the answer depends on the choice before it; that of the input on the input.
	let place = Place {
		position: graph.positions() - 1,
		layer,
		stage,
	};
	let doubt = |leaf, value, rival| {
		Charge::Value(Doubt {
			at: At { place, leaf },
			value,
			rival,
		})
	};
	if size == Size::Choice {
		let rival = shape.vocabulary - 1;
		let fields = [
			("largest", Choice::LARGEST, 0),
			("top", Choice::TOP, 0),
			("weight", Choice::WEIGHT, 0),
			("least", Choice::LEAST, 0),
			("token", Choice::TOKEN, rival),
		];
		return fields
			.map(|(name, value, rival)| (format!("{stage:?}: {name}"), vec![doubt(0, value, rival)]))
			.to_vec();
	}
	let last = size.leaves() - 1;
	let mut doubts = Vec::new();
	for leaf in [0, last / 2, last] {
		let end = size.values_in(leaf) - 1;
		doubts.extend([0, end / 2, end].map(|value| doubt(leaf, value, 0)));
	}
	vec![(format!("{stage:?}"), doubts)]
}

/// A step that a verifier decides.
fn step(graph: &Graph, charge: Charge, name: String) -> Result<Step> {
	let brought = brought(graph, charge, EXPONENT).context("it can be brought, and the holder has everything")?;
	let question = question(&brought);
	let decided = read(&question)?;
	ensure!(decided.hashing().is_ok(), "{:?}", decided.hashing());
	ensure!(
		decided.hashing() == decided.free(),
		"without hashing it is decided otherwise"
	);
	let evidence = &brought.evidence;
	let opened = [
		&evidence.trace,
		&evidence.weights,
		&evidence.input,
		&evidence.answer,
		&evidence.state,
		&evidence.vocabulary,
	];
	let bytes = |opened: &Opened| opened.leaves.iter().map(|leaf| leaf.len() as u64).sum::<u64>();
	let operands = opened.into_iter().flatten().map(bytes).sum();
	Ok(Step {
		name,
		operands,
		question,
	})
}

fn read(question: &[u8]) -> Result<Question> {
	Question::read(question).map_err(|error| anyhow!("{error}"))
}

/// What a verifier is asked.
fn question(brought: &Brought) -> Vec<u8> {
	let parts = brought.parts.as_ref();
	let fields = [
		Some(brought.claim.encode()),
		Some(brought.request.encode()),
		Some(brought.model.shape.encode()),
		Some(brought.model.weights.encode()),
		brought.model.vocabulary.map(|texts| texts.encode()),
		Some(brought.trace.encode()),
		Some(brought.charge.encode()),
		Some(brought.evidence.encode()),
		parts.map(|(parts, _)| parts.encode()),
		parts.map(|(_, chosen)| chosen.encode()),
	];
	fields::write(fields.iter().map(|field| field.as_deref()))
}
