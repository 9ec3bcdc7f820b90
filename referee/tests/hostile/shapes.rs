// SPDX-License-Identifier: Apache-2.0

//! Everything that follows from a shape and counts alone: no number of it is near its limit, and none takes long.

use super::{any, byte, next};
use atelier_referee::{
	commit::MAX_LEAVES,
	dispute::{MAX_PARTS, worst},
	model::{Layout, Shape, Use},
	samples::{self, Random},
	trace::{
		At, Counts, Graph, Place,
		step::{Doubt, parts},
	},
};
use codec::Encode;

pub fn run(mut bytes: &[u8]) -> bool {
	let bytes = &mut bytes;
	let Some(shape) = next::<Shape>(bytes) else {
		return false;
	};
	let layout = Layout::new(shape);
	let chunks = layout.chunks();
	shape.key_head(u32::from(byte(bytes)));
	let Some(mut counts) = next::<Counts>(bytes) else {
		return false;
	};
	let _ = Graph::new(shape, counts);
	if shape.checked().is_err() {
		assert!(Graph::new(shape, counts).is_err());
		return false;
	}
	assert!(chunks <= MAX_LEAVES, "{chunks} chunks");
	let tensors = layout.tensors().map(|tensor| layout.bytes(tensor));
	assert!(tensors.into_iter().all(|bytes| bytes.end <= chunks * 1_024));

	if byte(bytes).is_multiple_of(2) {
		// Counts that this shape may have.
		counts.input = counts.input % shape.positions + 1;
		let most = shape.positions + 1 - counts.input;
		counts.output = match shape.answers {
			Use::Tokens => counts.output % most + 1,
			Use::Embedding => 0,
		};
		assert!(Graph::new(shape, counts).is_ok(), "{shape:?} {counts:?}");
	}
	let Ok(graph) = Graph::new(shape, counts) else {
		return false;
	};
	check(&graph, byte(bytes).is_multiple_of(8));
	// Places that exist, and any.
	while let Some((number, doubt)) = next::<(u64, Doubt)>(bytes) {
		check_number(&graph, number);
		check_number(&graph, number % graph.leaves());
		check_doubt(&graph, doubt);
		let place = Place {
			position: doubt.at.place.position % graph.positions(),
			layer: doubt.at.place.layer % shape.layers,
			..doubt.at.place
		};
		let at = At { place, ..doubt.at };
		check_doubt(&graph, Doubt { at, ..doubt });
	}
	true
}

fn check_number(graph: &Graph, number: u64) {
	let at = graph.at(number);
	assert_eq!(at.is_some(), number < graph.leaves());
	assert_eq!(at.and_then(|at| graph.number(at)), at.map(|_| number));
}

fn check_doubt(graph: &Graph, doubt: Doubt) {
	let number = graph.number(doubt.at);
	assert!(
		number.is_none_or(|number| graph.at(number) == Some(doubt.at)),
		"{doubt:?}"
	);
	assert!(doubt.checked(graph).is_err() || number.is_some());
	assert!(parts(graph, doubt) as usize <= MAX_PARTS || number.is_none());
}

/// What is the same of every graph. The worst dispute takes a hundred times as long as all else.
fn check(graph: &Graph, with_worst: bool) {
	let leaves = graph.leaves();
	assert!(leaves > 0 && leaves <= MAX_LEAVES, "{leaves} leaves");
	for number in [0, leaves / 2, leaves - 1, leaves, u64::MAX] {
		check_number(graph, number);
	}
	if with_worst {
		let worst = worst(graph).expect("it can be computed");
		assert_eq!(worst.leaves, leaves);
		assert!(
			worst.fits && worst.bytes <= 256 * 1_024 && worst.evidence <= worst.bytes,
			"{worst:?}"
		);
	}
}

pub fn seed(random: &mut Random) -> Vec<u8> {
	let mut shape = match random.between(0, 4) {
		0 => any::<Shape>(random),
		_ => samples::shape(random).encode(),
	};
	// A number at a limit of its type, one bit from it, or only its lower bytes.
	if random.one_in(2) {
		let at = random.between(0, shape.len() as i64 - 1) as usize;
		let (bytes, limit) = (random.pick([1, 2, 4]), random.pick([0, 0, 1, 0xff]));
		shape.iter_mut().skip(at).take(bytes).for_each(|byte| *byte = limit);
	}
	let rest = (0..random.between(9, 100)).map(|_| random.bits() as u8);
	shape.into_iter().chain(rest).collect()
}
