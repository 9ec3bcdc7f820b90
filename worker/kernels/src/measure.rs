// SPDX-License-Identifier: Apache-2.0

//! What single kernels take, for `examples/bench.rs`.

use crate::{
	Path,
	activations::{Activations, encode},
	attention::{Pages, Query, Room, mix},
	linear::product,
	lines::{Numbers, ROWS, WordLine},
	pack::Packed,
	sampling,
};
use atelier_referee::{
	model::{Matrix, Package, Shape},
	ops::{attention::Head, sampling::Sampler},
	samples::{self, Random},
};
use std::time::{Duration, Instant};

/// The quickest of some runs that together take about so long.
fn best(mut work: impl FnMut()) -> Duration {
	let begin = Instant::now();
	let mut best = Duration::MAX;
	let mut runs = 0;
	while runs < 5 || begin.elapsed() < Duration::from_millis(300) {
		let start = Instant::now();
		work();
		best = best.min(start.elapsed());
		runs += 1;
	}
	best
}

/// One matrix of `rows` (the shape's `hidden`) by `columns` (its width) with some tokens, on one thread.
pub fn products(path: Path, shape: Shape, tokens: usize) -> Option<Duration> {
	let mut random = Random(1);
	let bytes = samples::package(shape, samples::Values::Ordinary, &mut random);
	let package = Package::new(shape, &bytes).ok()?;
	let columns = shape.width as usize;
	let packed = Packed::new(&[package.matrix(Matrix::Gate(0))], columns, 16);
	let mut input = Activations::default();
	input.reset(packed.encoding(path), columns, tokens);
	let numbers: Vec<i16> = (0..columns).map(|_| random.between(-32_639, 32_639) as i16).collect();
	for units in input.units.chunks_mut(input.stride) {
		encode(path, input.encoding, &numbers, units);
	}
	let bases = vec![4; tokens];
	let mut out = vec![Numbers::ZERO; packed.blocks.len() * tokens];
	Some(best(|| product(path, &packed, 0, &input, &bases, None, &mut out)))
}

/// Attention of one head for some queries over some positions.
pub fn attention(path: Path, width: usize, positions: usize, queries: usize) -> Duration {
	let mut random = Random(2);
	let mut page = |lines: usize| -> Vec<WordLine> {
		(0..lines)
			.map(|_| WordLine(core::array::from_fn(|_| random.between(-20_000, 20_000) as i16)))
			.collect()
	};
	let keys: Vec<_> = (0..positions / ROWS).map(|_| page(width / 2)).collect();
	let values: Vec<_> = (0..positions / ROWS).map(|_| page(width / 2)).collect();
	let keys: Vec<&[WordLine]> = keys.iter().map(Vec::as_slice).collect();
	let values: Vec<&[WordLine]> = values.iter().map(Vec::as_slice).collect();
	let units: Vec<u64> = (0..width / 2).map(|_| random.bits() & 0x007f_007f_007f_007f).collect();
	let mut out = vec![0; width * queries];
	let head = Head {
		query_shift: 3,
		key_shift: 3,
		value_shift: 3,
		score_shift: 31,
		score_mantissa: 20_000,
	};
	let mut room = Room::default();
	best(|| {
		let mut queries: Vec<_> = out
			.chunks_mut(width)
			.map(|out| Query {
				head,
				units: &units,
				seen: 0..positions,
				out,
			})
			.collect();
		let pages = Pages {
			keys: &keys,
			values: &values,
		};
		mix(path, pages, &mut queries, &mut room);
	})
}

/// The choice of a token.
pub fn choice(path: Path, sampler: Sampler, logits: &[i32]) -> Duration {
	best(|| {
		sampling::choose(path, sampler, logits, 0);
	})
}
