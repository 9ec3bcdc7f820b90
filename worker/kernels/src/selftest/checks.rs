// SPDX-License-Identifier: Apache-2.0

//! The questions. Each is small: all paths together take a few tens of milliseconds.

use super::{
	Check,
	operands::{Kind, Random, Single},
};
use crate::{
	Path,
	activations::{Activations, Encoding, encode},
	attention::{POSITIONS, Pages, Query, Room, mix},
	cache::write,
	feed_forward,
	linear::{base, product},
	lines::{Numbers, ROWS, WordLine},
	norm::{Gains, Rule},
	pack::Packed,
	quantise::{quantise, store},
	rotary::turn,
	sampling,
	tables::Taken,
};
use atelier_referee::{
	ops::{
		self,
		attention::{Head, WeightedSum, weight},
		linear::{Point, dot, finish},
		norm::{Gain, Norm, Statistics},
		quantise::exponent,
		rotary::Angle,
		sampling::{Race, Sampler},
	},
	tables::Activation,
};

/// Whether a path is right about an operator.
pub fn holds(path: Path, check: Check) -> bool {
	let mut random = Random(check as u64);
	match check {
		Check::Products => Kind::ALL.into_iter().all(|kind| {
			let sizes = [(50, 130, 6), (17, 2_100, 5), (3, 32_768, 2)];
			sizes
				.into_iter()
				.all(|(rows, columns, tokens)| products(path, kind, rows, columns, tokens, &mut random))
		}),
		Check::Attention => [(1, 2, false), (40, 64, false), (600, 20, true), (1_100, 256, true)]
			.into_iter()
			.all(|(positions, width, extreme)| attention(path, positions, width, extreme, &mut random)),
		Check::Norms => (1..60).all(|count| norms(path, count * 7, &mut random)),
		Check::Quantised => (1..100).all(|count| quantised(path, count, &mut random)),
		Check::Turned => (1..60).all(|pairs| turned(path, pairs, &mut random)),
		Check::FeedForward => (1..60).all(|count| feed_forwards(path, count, &mut random)),
		Check::Choices => (1..40).all(|count| choices(path, count * 40, &mut random)),
	}
}

/// A matrix with some tokens against the referee, value by value.
pub fn products(path: Path, kind: Kind, rows: u32, columns: u32, tokens: usize, random: &mut Random) -> bool {
	let single = Single::new(kind, rows, columns, random);
	let Some(matrix) = single.rows() else {
		return false;
	};
	let to = random.between(4, 24) as u8;
	let packed = Packed::new(&[matrix], columns as usize, to);
	let inputs: Vec<Vec<i16>> = (0..tokens)
		.map(|_| {
			let extreme = kind.is_extreme() && random.below(4) > 0;
			let one = random.activation(true);
			let same = extreme && random.below(2) > 0;
			(0..columns)
				.map(|_| if same { one } else { random.activation(extreme) })
				.collect()
		})
		.collect();
	let mut input = Activations::default();
	input.reset(packed.encoding(path), columns as usize, tokens);
	for ((units, point), numbers) in input.units.chunks_mut(input.stride).zip(&mut input.points).zip(&inputs) {
		encode(path, input.encoding, numbers, units);
		*point = Point {
			exponent: random.between(0, 17) as u8,
			fraction: random.between(4, 24) as u8,
		};
	}
	let bases: Vec<_> = input.points.iter().map(|point| base(*point, to)).collect();
	let stride = (rows as usize).next_multiple_of(ROWS);
	let onto: Vec<i32> = (0..stride * tokens).map(|_| random.number()).collect();
	let onto = (random.below(2) > 0).then_some((onto.as_slice(), stride));
	let mut out = vec![Numbers::ZERO; packed.blocks.len() * tokens];
	// In two strips, as threads do.
	let middle = packed.blocks.len() / 2;
	let (first, second) = out.split_at_mut_checked(middle * tokens).unwrap_or_default();
	for (block, out) in [(0, first), (middle, second)] {
		if !out.is_empty() {
			product(path, &packed, block, &input, &bases, onto, out);
		}
	}
	let value = |row: usize, token: usize| -> Option<i32> {
		let block = out.get(row / ROWS * tokens + token)?;
		block.0.get(row % ROWS).copied()
	};
	(0..rows as usize).all(|row| {
		let (numbers, record) = matrix.get(row);
		inputs
			.iter()
			.zip(&input.points)
			.enumerate()
			.all(|(token, (activations, point))| {
				let sum = dot(matrix.format(), numbers, activations);
				let onto = onto.map_or(0, |(onto, stride)| onto.get(token * stride + row).copied().unwrap_or(0));
				value(row, token) == Some(finish(sum, record, *point, to, onto))
			})
	})
}

fn attention(path: Path, positions: usize, width: usize, extreme: bool, random: &mut Random) -> bool {
	let mut vectors = |count: usize| -> Vec<Vec<i16>> {
		(0..count)
			.map(|_| (0..width).map(|_| random.activation(extreme)).collect())
			.collect()
	};
	let (keys, values, queries) = (vectors(positions), vectors(positions), vectors(5));
	let pages = |vectors: &[Vec<i16>], keys: bool| -> Vec<Vec<WordLine>> {
		let lines = if keys { width / 2 } else { width.div_ceil(ROWS) * 8 };
		vectors
			.chunks(POSITIONS)
			.map(|vectors| {
				let mut page = vec![WordLine::ZERO; lines];
				for (slot, vector) in vectors.iter().enumerate() {
					write(&mut page, vector, slot, keys);
				}
				page
			})
			.collect()
	};
	let heads: Vec<Head> = (0..queries.len())
		.map(|_| Head {
			query_shift: 0,
			key_shift: 0,
			value_shift: random.between(0, 20) as u8,
			score_shift: random.between(20, 50) as u8,
			score_mantissa: random.between(0, 32_767) as u16,
		})
		.collect();
	let (key_pages, value_pages) = (pages(&keys, true), pages(&values, false));
	let key_pages: Vec<_> = key_pages.iter().map(Vec::as_slice).collect();
	let value_pages: Vec<_> = value_pages.iter().map(Vec::as_slice).collect();
	let units: Vec<Vec<u64>> = queries
		.iter()
		.map(|query| {
			let mut units = vec![0; width / 2];
			encode(path, Encoding::of_pairs(path), query, &mut units);
			units
		})
		.collect();
	let mut out = vec![vec![0; width]; queries.len()];
	let mut asked: Vec<_> = out
		.iter_mut()
		.zip(&units)
		.zip(&heads)
		.enumerate()
		.map(|(number, ((out, units), head))| Query {
			head: *head,
			units,
			seen: positions * number / 10..positions,
			out,
		})
		.collect();
	let pages = Pages {
		keys: &key_pages,
		values: &value_pages,
	};
	mix(path, pages, &mut asked, &mut Room::default());
	out.iter()
		.zip(&queries)
		.zip(&heads)
		.enumerate()
		.all(|(number, ((out, query), head))| {
			let seen = positions * number / 10..positions;
			let keys = keys.get(seen.clone()).unwrap_or_default();
			let values = values.get(seen).unwrap_or_default();
			let scores: Vec<_> = keys.iter().map(|key| head.score(query, key)).collect();
			let largest = scores.iter().copied().max().unwrap_or(0);
			let mut sums = vec![WeightedSum::default(); width];
			for (score, value) in scores.iter().zip(values) {
				let weight = weight(largest, *score);
				for (sum, value) in sums.iter_mut().zip(value) {
					sum.add(weight, *value);
				}
			}
			sums.into_iter().zip(out).all(|(sum, out)| head.output(sum) == *out)
		})
}

fn numbers(count: usize, random: &mut Random) -> Vec<i32> {
	let any = random.below(2) > 0;
	let bits = random.between(32, 63);
	(0..count)
		.map(|_| match any {
			true => random.number(),
			false => (random.bits() as i64 >> bits) as i32,
		})
		.collect()
}

fn norms(path: Path, count: usize, random: &mut Random) -> bool {
	let numbers = numbers(count, random);
	let rule = Rule {
		norm: if random.below(2) > 0 { Norm::Rms } else { Norm::Layer },
		fraction: random.between(4, 24) as u8,
		epsilon: random.bits() as u32 | 1,
	};
	let to = random.between(4, 24) as u8;
	let records: Vec<[u8; Gain::BYTES]> = (0..count)
		.map(|_| {
			let (gain, bias) = (random.number(), random.number());
			Gain { gain, bias }.write()
		})
		.collect();
	let gains = Gains::new(&records, count);
	let (mut shifted, mut normed) = (vec![0; count], vec![0; count]);
	rule.apply(path, &numbers, &gains, to, &mut shifted, &mut normed);
	let statistics = Statistics::of(rule.norm, &numbers, rule.fraction, rule.epsilon);
	let expected = numbers
		.iter()
		.zip(&records)
		.map(|(number, record)| Gain::read(*record).apply(statistics.normal(*number), to));
	expected.eq(normed.iter().copied())
}

fn quantised(path: Path, count: usize, random: &mut Random) -> bool {
	let numbers = numbers(count, random);
	let mut activations = vec![0; count];
	let found = quantise(path, &numbers, &mut activations);
	let expected = exponent(numbers.iter().copied());
	let right = found == expected
		&& numbers
			.iter()
			.zip(&activations)
			.all(|(number, activation)| ops::quantise::quantise(*number, expected) == *activation);
	let shift = random.bits() as u8 >> random.below(8);
	store(path, &numbers, shift, &mut activations);
	right
		&& numbers
			.iter()
			.zip(&activations)
			.all(|(number, activation)| ops::quantise::store(*number, shift) == *activation)
}

fn turned(path: Path, pairs: usize, random: &mut Random) -> bool {
	let head = numbers(2 * pairs, random);
	let angles: Vec<[u8; Angle::BYTES]> = (0..pairs).map(|_| (random.bits() as u32).to_le_bytes()).collect();
	let shift = random.bits() as u8 >> random.below(8);
	let mut activations = vec![0; 2 * pairs];
	turn(path, &head, &angles, pairs, shift, &mut activations);
	let (first, second) = head.split_at_checked(pairs).unwrap_or_default();
	let turned = first.iter().zip(second).zip(&angles);
	let first_of = turned
		.clone()
		.map(|((first, second), angle)| Angle::read(*angle).first(*first, *second, shift));
	let second_of = turned.map(|((first, second), angle)| Angle::read(*angle).second(*first, *second, shift));
	first_of.chain(second_of).eq(activations.iter().copied())
}

fn feed_forwards(path: Path, count: usize, random: &mut Random) -> bool {
	let lines = |random: &mut Random| -> Vec<Numbers> {
		let lines = numbers(count.next_multiple_of(ROWS), random);
		lines.as_chunks().0.iter().map(|line| Numbers(*line)).collect()
	};
	let (gate, up) = (lines(random), lines(random));
	let to = random.between(4, 24) as u8;
	[Activation::Silu, Activation::Gelu, Activation::GeluTanh]
		.into_iter()
		.all(|activation| {
			[true, false].into_iter().all(|gated| {
				let up = gated.then_some(up.as_slice());
				let mut out = vec![0; count];
				feed_forward::product(path, &gate, up, 1, Taken::of(activation), to, &mut out);
				let up: Vec<_> = up.unwrap_or_default().iter().flat_map(|line| line.0).collect();
				let gate = gate.iter().flat_map(|line| line.0);
				let expected = gate.enumerate().map(|(place, gate)| {
					ops::feed_forward::product(activation.apply(gate), up.get(place).copied(), to)
				});
				expected.take(count).eq(out.iter().copied())
			})
		})
}

fn choices(path: Path, count: usize, random: &mut Random) -> bool {
	let logits = numbers(count, random);
	let position = random.bits() as u32;
	let race = Sampler::Race(Race {
		inverse: random.bits() as u32 >> random.below(32),
		top: random.below(100) as u32,
		mass: random.below(70_000) as u32,
		seed: random.bits(),
	});
	[Sampler::Greedy, race]
		.into_iter()
		.all(|sampler| sampling::choose(path, sampler, &logits, position) == sampler.choose(&logits, position))
}
