// SPDX-License-Identifier: Apache-2.0

//! Exact models are published if every dispute about them fits on the chain.

use crate::world::*;
use atelier_primitives::models::{Judgeable, SPEC};
use atelier_referee::{
	dispute::worst,
	model::{Order, Shape, Use},
	ops::{linear::Format, norm::Norm},
	samples::Random,
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
	layers: 32,
	width: 4_096,
	heads: 32,
	key_heads: 8,
	head_width: 128,
	rotary_width: 128,
	hidden: 14_336,
	vocabulary: 128_256,
	positions: 131_072,
	..TINY
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

#[test]
fn models_of_every_kind_are_published() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		for (number, shape) in [LLAMA, ENCODER].into_iter().enumerate() {
			let model = create_model(Account::Alice, &format!("m{number}"));
			publish(
				Account::Alice,
				model,
				of_shape(publication(number as u16, OPEN), SPEC, shape),
			);
		}
	});
}

/// The longest answers that a shape can give, to the longest and to the shortest input.
fn longest(shape: &Shape) -> Vec<Counts> {
	let most = shape.positions;
	match shape.answers {
		Use::Tokens => vec![Counts { input: most, output: 1 }, Counts { input: 1, output: most }],
		Use::Embedding => vec![Counts { input: most, output: 0 }],
	}
}

/// The bytes of the largest dispute about a shape, all of which can be brought.
fn largest(shape: Shape) -> u64 {
	let of = |counts| {
		let graph = Graph::new(shape, counts).expect("within the limits");
		let worst = worst(&graph).expect("it can be computed");
		assert!(worst.fits, "{shape:?}");
		worst.bytes
	};
	longest(&shape).into_iter().map(of).max().expect("there is one")
}

/// What the runtime lets pass it can judge: also at all limits together.
#[test]
fn the_largest_shape_fits() {
	let encoder = Shape {
		answers: Use::Embedding,
		norm: Norm::Layer,
		order: Order::After,
		gains: true,
		..LARGEST
	};
	for shape in [LARGEST, encoder] {
		assert!(Court::judgeable(SPEC, &shape));
		let bytes = largest(shape);
		println!("{bytes} bytes");
		assert!(bytes <= MAX_DISPUTE);
	}
}

/// And so does every other: some of all that there can be, and more in `make test-long`.
#[test]
fn no_shape_within_the_limits_needs_more() {
	let cases = match std::env::var("NEXTEST_PROFILE").as_deref() {
		Ok("long") => 20_000,
		_ => 100,
	};
	let mut random = Random(5);
	for _ in 0..cases {
		let flip = [false, true];
		let answers = random.pick([Use::Tokens, Use::Embedding]);
		let head_width = 2 * random.between(1, 128) as u16;
		let most = (16_384 / i64::from(head_width)).min(256);
		let key_heads = random.between(1, most);
		let heads = key_heads * random.between(1, most / key_heads);
		let positions = random.between(1, 131_072) as u32;
		let windowed = answers == Use::Tokens && random.pick(flip);
		let formats = [Format::Byte, Format::Word];
		let shape = Shape {
			answers,
			layers: random.between(1, 256) as u16,
			width: random.between(1, 16_384) as u32,
			heads: heads as u16,
			key_heads: key_heads as u16,
			head_width,
			rotary_width: random.pick([0, head_width]),
			hidden: random.between(1, 32_768) as u32,
			vocabulary: random.between(1, 262_144) as u32,
			positions,
			window: if windowed {
				random.between(1, positions.into()) as u32
			} else {
				0
			},
			norm: random.pick([Norm::Rms, Norm::Layer]),
			order: random.pick([Order::Before, Order::After]),
			gains: random.pick(flip),
			head_norm: random.pick(flip),
			gated: random.pick(flip),
			tied: answers == Use::Tokens && random.pick(flip),
			matrices: random.pick(formats),
			embeddings: random.pick(formats),
			residual_fraction: random.between(4, 24) as u8,
			hidden_fraction: random.between(4, 24) as u8,
			epsilon: random.between(1, u32::MAX.into()) as u32,
			..LLAMA
		};
		let shape = match shape.checked() {
			Ok(shape) => shape,
			Err(error) => panic!("{error}: {shape:?}"),
		};
		assert!(Court::judgeable(SPEC, &shape));
		assert!(largest(shape) <= MAX_DISPUTE, "{shape:?}");
	}
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
		let version = of_shape(publication(1, OPEN), 2, LLAMA);
		commit(Account::Alice, &version).expect("a promise says nothing of it");
		run_blocks(2);
		assert_noop!(
			reveal(Account::Alice, model, version),
			pallet_models::Error::<R>::NotJudgeable
		);
	});
}
