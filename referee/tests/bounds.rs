// SPDX-License-Identifier: Apache-2.0

//! How large a trace and a package can be at all: of the shapes that are within the limits, at the corners of these.
//!
//! Leaves and chunks are sums of products of a shape's numbers, rounded up, so more of any number is never less of either,
//! and the most that there can be is at the upper corner. The only limit that ties two numbers is that of all heads
//! together.

use atelier_referee::{
	commit::{MAX_LEAVES, rounds},
	dispute::{MAX_PARTS, worst},
	model::{CHUNK, Layout, Order, Shape, Use},
	ops::{linear::Format, norm::Norm},
	samples::{self, Random},
	tables::Activation,
	trace::{Counts, Graph},
};
use std::time::{Duration, Instant};

/// What every corner must be computed in, on a machine that is busy with other things. The largest takes 30 ms.
const SLOWEST: Duration = Duration::from_secs(2);

/// The most leaves of a trace: 2^35.6.
const MOST_LEAVES: u64 = 52_202_700_800;

/// The most chunks of a package: 2^30.3.
const MOST_CHUNKS: u64 = 1_363_515_776;

/// Every shape with its numbers at their limits, and everything that is not a number.
fn corners() -> impl Iterator<Item = Shape> {
	let flags = 0..1_u32 << 12;
	flags.flat_map(|flags| {
		let on = |bit: u32| flags >> bit & 1 == 1;
		let answers = if on(0) { Use::Tokens } else { Use::Embedding };
		// 16,384 numbers in all heads: the most heads of them, and the widest.
		[(256, 64), (64, 256), (1, 2)].map(|(heads, head_width)| Shape {
			answers,
			layers: if on(1) { 256 } else { 1 },
			width: if on(2) { 16_384 } else { 1 },
			heads,
			key_heads: if on(3) { heads } else { 1 },
			head_width,
			rotary_width: if on(4) { head_width } else { 0 },
			hidden: if on(2) { 32_768 } else { 1 },
			vocabulary: if on(5) { 262_144 } else { 1 },
			positions: if on(6) { 131_072 } else { 1 },
			window: u32::from(on(7) && on(0)),
			norm: Norm::Rms,
			order: if on(8) { Order::Before } else { Order::After },
			gains: on(9),
			head_norm: on(10),
			activation: Activation::Silu,
			gated: on(11),
			tied: false,
			matrices: Format::Word,
			embeddings: Format::Word,
			residual_fraction: 24,
			hidden_fraction: 24,
			epsilon: u32::MAX,
		})
	})
}

/// The shortest answer, the longest one to the shortest input, and the longest input.
fn counts(shape: &Shape) -> [Counts; 3] {
	let (one, most) = match shape.answers {
		Use::Tokens => (1, shape.positions),
		Use::Embedding => (0, 0),
	};
	[
		Counts { input: 1, output: one },
		Counts { input: 1, output: most },
		Counts {
			input: shape.positions,
			output: one,
		},
	]
}

#[test]
fn the_largest_trace_and_the_largest_package_can_be_committed_to() {
	let (mut leaves, mut chunks) = (0, 0);
	for shape in corners() {
		let shape = shape.checked().unwrap_or_else(|error| panic!("{error}: {shape:?}"));
		chunks = chunks.max(Layout::new(shape).chunks());
		for counts in counts(&shape) {
			let graph = Graph::new(shape, counts).expect("within the limits");
			leaves = leaves.max(graph.leaves());
			let last = graph.at(graph.leaves() - 1).expect("there is one");
			assert_eq!(graph.number(last), Some(graph.leaves() - 1));
		}
	}
	assert_eq!((leaves, chunks), (MOST_LEAVES, MOST_CHUNKS));
	// A tree takes so many, and their bytes are far from where 64 bits end: no sum of them saturates.
	const { assert!(MOST_LEAVES < MAX_LEAVES && MOST_CHUNKS < MAX_LEAVES && MAX_LEAVES * CHUNK < 1 << 63) };
}

#[test]
fn no_shape_has_more_than_those_at_the_corners() {
	let mut random = Random(61);
	let mut below = |most: u32| random.between(1, most.into()) as u32;
	for _ in 0..20_000 {
		let head_width = below(128) as u16 * 2;
		let heads = below((16_384 / u32::from(head_width)).min(256)) as u16;
		let shape = Shape {
			layers: below(256) as u16,
			width: below(16_384),
			heads,
			key_heads: heads,
			head_width,
			rotary_width: 0,
			hidden: below(32_768),
			vocabulary: below(262_144),
			positions: below(131_072),
			window: 0,
			..samples::shape(&mut Random(below(u32::MAX).into()))
		};
		let shape = shape.checked().expect("within the limits");
		assert!(Layout::new(shape).chunks() <= MOST_CHUNKS);
		for counts in counts(&shape) {
			let graph = Graph::new(shape, counts).expect("within the limits");
			assert!(graph.leaves() <= MOST_LEAVES);
		}
	}
}

#[test]
fn the_worst_dispute_about_any_shape_is_known_quickly() {
	let (mut slowest, mut answers, mut bytes) = (Duration::ZERO, 0, 0);
	// Some of all, and some of those in which everything is large.
	let large = |shape: &Shape| {
		let Shape {
			layers,
			width,
			vocabulary,
			positions,
			..
		} = *shape;
		layers > 1 && width > 1 && vocabulary > 1 && positions > 1
	};
	for shape in corners().step_by(61).chain(corners().filter(large).step_by(23)) {
		for counts in counts(&shape) {
			let graph = Graph::new(shape, counts).expect("within the limits");
			let started = Instant::now();
			let worst = worst(&graph).expect("it can be computed");
			slowest = slowest.max(started.elapsed());
			(answers, bytes) = (answers.max(worst.answers), bytes.max(worst.bytes));
			assert!(worst.fits, "{shape:?} {counts:?}");
		}
	}
	println!("the slowest in {slowest:?}; at most {answers} answers of {bytes} bytes");
	assert!(slowest < SLOWEST, "{slowest:?}");
	assert_eq!(answers, rounds(MOST_LEAVES) + 3);
	assert!(bytes <= 256 * 1_024, "{bytes}");
	assert_eq!(MAX_PARTS as u32, 131_072 / 16);
}
