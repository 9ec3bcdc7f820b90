// SPDX-License-Identifier: Apache-2.0

//! Exact models are published if every dispute about them fits on the chain.

use crate::world::*;
use atelier_primitives::models::{Class, Judgeable, SPEC};
use atelier_referee::{
	commit::{Commitment, Kind},
	dispute::worst,
	model::{CHUNK, Layout, Order, Shape, Use},
	ops::{linear::Format, norm::Norm},
	tables::Activation,
	trace::{Counts, Graph},
};
use atelier_runtime::{
	configs::{Court, MAX_DISPUTE},
	genesis::DEVELOPMENT,
};
use atelier_runtime_tests::{Account, Chain, R, run_blocks};
use frame_support::assert_noop;

/// A decoder like Llama 3.1 8B.
const LLAMA: Shape = Shape {
	answers: Use::Tokens,
	layers: 32,
	width: 4_096,
	heads: 32,
	key_heads: 8,
	head_width: 128,
	rotary_width: 128,
	hidden: 14_336,
	vocabulary: 128_256,
	positions: 131_072,
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
};

/// At every limit of the arithmetic.
const LARGEST: Shape = Shape {
	layers: 256,
	width: 16_384,
	heads: 256,
	key_heads: 256,
	head_width: 64,
	rotary_width: 64,
	hidden: 32_768,
	vocabulary: 262_144,
	matrices: Format::Word,
	embeddings: Format::Word,
	..LLAMA
};

/// As MiniLM has it.
const ENCODER: Shape = Shape {
	answers: Use::Embedding,
	layers: 6,
	width: 384,
	heads: 12,
	key_heads: 12,
	head_width: 32,
	rotary_width: 0,
	hidden: 1_536,
	vocabulary: 30_522,
	positions: 512,
	norm: Norm::Layer,
	order: Order::After,
	gains: true,
	activation: Activation::Gelu,
	gated: false,
	..LLAMA
};

fn exact(spec: u16, shape: Shape) -> Pub {
	let weights = Commitment {
		kind: Kind::Weights,
		count: Layout::new(shape).chunks(),
		root: [5; 32],
	};
	let texts = Commitment {
		kind: Kind::Vocabulary,
		count: shape.vocabulary.into(),
		root: [6; 32],
	};
	Pub {
		weights,
		bytes: weights.count * CHUNK,
		class: Class::Exact {
			spec,
			shape,
			vocabulary: (shape.answers == Use::Tokens).then_some(texts),
		},
		..publication(1, OPEN)
	}
}

#[test]
fn models_of_every_kind_are_published() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		for (number, shape) in [LLAMA, ENCODER].into_iter().enumerate() {
			let model = create_model(Account::Alice, &format!("m{number}"));
			let mut version = exact(SPEC, shape);
			version.weights.root = [number as u8; 32];
			publish(Account::Alice, model, version);
		}
	});
}

/// What the runtime lets pass it can judge: even at all limits together a dispute needs no more than it allows.
#[test]
fn the_largest_shape_fits() {
	let counts = Counts {
		input: 1,
		output: LARGEST.positions,
	};
	let graph = Graph::new(LARGEST, counts).expect("within the limits");
	let worst = worst(&graph).expect("it can be computed");
	println!("{worst:?}");
	assert!(worst.fits && worst.bytes <= MAX_DISPUTE);
	assert!(Court::judgeable(SPEC, &LARGEST));
}

#[test]
fn other_arithmetic_and_impossible_shapes_are_not_judged() {
	assert!(!Court::judgeable(0, &LLAMA));
	assert!(!Court::judgeable(2, &LLAMA));
	let too_wide = Shape {
		hidden: 32_769,
		..LARGEST
	};
	assert!(!Court::judgeable(SPEC, &too_wide));
	Chain::from_preset(DEVELOPMENT).run(|| {
		let model = create_model(Account::Alice, "m");
		let version = exact(2, LLAMA);
		commit(Account::Alice, &version).expect("a promise says nothing of it");
		run_blocks(2);
		assert_noop!(
			reveal(Account::Alice, model, version),
			pallet_models::Error::<R>::NotJudgeable
		);
	});
}
