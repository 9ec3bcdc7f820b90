// SPDX-License-Identifier: Apache-2.0

//! What can be known of the kernels without a GPU: that the PTX is of the source, that it takes what it is given, and what the
//! referee says about the cases by which Triton's interpreter checks the source.

use super::{
	super::{norm::Rule, ops::taken},
	*,
};
use atelier_kernels::operands::{Kind as Numbers, Random, Single};
use atelier_referee::{
	hash::{Blake2b256, Portable},
	ops::{
		attention::{Head, WeightedSum, weight},
		feed_forward::product,
		linear::{Format, Point, dot, finish},
		norm::{Gain, Norm, Statistics},
		quantise::{exponent, quantise, store},
		rotary::Angle,
	},
	tables::{Activation, exp2_negative},
};
use serde_json::{Value, json};
use std::fs;

const SOURCE_TEXT: &str = include_str!("../../../../gpu/kernels.py");
const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/gpu/vectors.json");

#[test]
fn the_ptx_was_made_of_the_source_that_is_there() {
	let hash: String = Portable::hash(SOURCE_TEXT.as_bytes())
		.iter()
		.map(|byte| format!("{byte:02x}"))
		.collect();
	assert_eq!(hash, SOURCE, "the PTX is of another source: run scripts/build-ptx");
}

/// Pointers and numbers in the order in which they are passed, and the two that Triton adds.
#[test]
fn the_ptx_takes_what_it_is_given() {
	for compiled in COMPILED {
		let start = compiled.ptx.find(&format!(".entry {}(", compiled.entry)).unwrap();
		let end = compiled.ptx[start..].find(')').unwrap();
		let parameters: Vec<&str> = compiled.ptx[start..start + end]
			.lines()
			.filter(|line| line.contains(".param"))
			.map(|line| if line.contains(".u64") { "pointer" } else { "number" })
			.collect();
		let (pointers, numbers) = match compiled.entry {
			"product" => (9, 5),
			"quantise" => (3, 3),
			"norm" => (4, 6),
			"mixed" => (11, 5),
			"feed_forward" => (3, 5),
			"turned" => (5, 4),
			other => panic!("{other}"),
		};
		let mut expected = [vec!["pointer"; pointers], vec!["number"; numbers], vec!["pointer"; 2]].concat();
		if compiled.entry == "norm" {
			// Epsilon has 64 bits, which pointers have, too.
			expected[8] = "pointer";
		}
		assert_eq!(parameters, expected, "{}", compiled.name);
		assert!(compiled.ptx.contains(&format!(".reqntid {}", compiled.warps * 32)));
	}
	// Every GPU from 8.0 on has all of them.
	for capability in [80, 86, 89, 90, 100, 120] {
		for name in [
			"product_bytes_few",
			"product_bytes_many",
			"product_words_few",
			"product_words_many",
			"quantise",
			"norm",
			"mixed_128",
			"mixed_256",
			"feed_forward",
			"turned",
		] {
			assert!(
				COMPILED.iter().any(|one| one.name == name && one.fits(capability)),
				"{name}"
			);
		}
	}
}

#[test]
fn without_a_driver_there_are_no_kernels_and_no_crash() {
	if Gpu::open(0).is_err() {
		let error = Fused::new(tch::Device::Cuda(0)).err().unwrap();
		assert!(error.to_string().contains("cuda"), "{error}");
	}
	assert!(Fused::new(tch::Device::Cpu).is_err());
}

fn product_case(kind: Numbers, (rows, columns, tokens): (u32, u32, usize), random: &mut Random) -> Value {
	let single = Single::new(kind, rows, columns, random);
	let matrix = single.rows().unwrap();
	// Sums of words are so large that most shifts would leave nothing but limits of 32 bits.
	let large = matches!(kind, Numbers::Words | Numbers::ExtremeWords);
	let (fraction, to) = match large {
		true => (24, random.between(4, 8) as u8),
		false => (random.between(4, 24) as u8, random.between(4, 24) as u8),
	};
	let most = if large { 3 } else { 17 };
	let inputs: Vec<Vec<i16>> = (0..tokens)
		.map(|_| (0..columns).map(|_| random.activation(kind.is_extreme())).collect())
		.collect();
	let exponents: Vec<u8> = (0..tokens).map(|_| random.between(0, most) as u8).collect();
	let onto: Vec<i32> = match random.below(2) {
		0 => Vec::new(),
		_ => (0..rows as usize * tokens).map(|_| random.number()).collect(),
	};
	let mut expected = Vec::new();
	for (token, activations) in inputs.iter().enumerate() {
		for row in 0..rows as usize {
			let (numbers, record) = matrix.get(row);
			let point = Point {
				exponent: exponents[token],
				fraction,
			};
			let onto = onto.get(token * rows as usize + row).copied().unwrap_or(0);
			let sum = dot(matrix.format(), numbers, activations);
			expected.push(finish(sum, record, point, to, onto));
		}
	}
	let rows_of = |of: &dyn Fn(usize) -> i64| (0..rows as usize).map(of).collect::<Vec<_>>();
	let weights: Vec<i16> = (0..rows as usize)
		.flat_map(|row| (0..columns as usize).map(move |column| (row, column)))
		.map(|(row, column)| matrix.format().number(matrix.get(row).0, column))
		.collect();
	json!({
		"words": matrix.format() == Format::Word, "rows": rows, "columns": columns, "tokens": tokens,
		"activations": inputs.concat(), "weights": weights, "exponents": exponents, "onto": onto,
		"mantissas": rows_of(&|row| matrix.get(row).1.mantissa.into()),
		"shifts": rows_of(&|row| matrix.get(row).1.shift.into()),
		"biases": rows_of(&|row| atelier_referee::arith::scale(matrix.get(row).1.bias.into(), 16 - i32::from(to))),
		"base": i32::from(fraction) - i32::from(to), "expected": expected,
	})
}

fn quantise_case(width: usize, random: &mut Random) -> Value {
	let rows: Vec<Vec<i32>> = (0..4)
		.map(|row| {
			let bits = random.between(32, 63);
			let number = |random: &mut Random| match row {
				0 => random.number(),
				1 => 32_639 + random.below(2) as i32,
				_ => (random.bits() as i64 >> bits) as i32,
			};
			(0..width).map(|_| number(random)).collect()
		})
		.collect();
	let exponents: Vec<u8> = rows.iter().map(|row| exponent(row.iter().copied())).collect();
	let activations: Vec<i16> = rows
		.iter()
		.zip(&exponents)
		.flat_map(|(row, exponent)| row.iter().map(|number| quantise(*number, *exponent)))
		.collect();
	json!({
		"tokens": rows.len(), "width": width, "numbers": rows.concat(), "exponents": exponents, "expected": activations,
	})
}

/// Rows of numbers: of any size, small, and zeros.
fn rows(count: usize, width: usize, random: &mut Random) -> Vec<Vec<i32>> {
	(0..count)
		.map(|row| {
			let bits = random.between(32, 63);
			let number = |random: &mut Random| match row % 4 {
				0 => random.number(),
				3 => 0,
				_ => (random.bits() as i64 >> bits) as i32,
			};
			(0..width).map(|_| number(random)).collect()
		})
		.collect()
}

fn norm_case(width: usize, random: &mut Random) -> Value {
	let rows = rows(5, width, random);
	let rule = Rule {
		norm: if random.below(2) > 0 { Norm::Rms } else { Norm::Layer },
		fraction: random.between(4, 24) as u8,
		epsilon: (random.bits() as u32 >> random.below(32)) | 1,
	};
	let to = random.between(4, 24) as u8;
	let gains: Vec<Gain> = (0..width)
		.map(|_| Gain {
			gain: random.number(),
			bias: random.number(),
		})
		.collect();
	let expected: Vec<i32> = rows
		.iter()
		.flat_map(|row| {
			let statistics = Statistics::of(rule.norm, row, rule.fraction, rule.epsilon);
			let gains = &gains;
			row.iter()
				.zip(gains)
				.map(move |(number, gain)| gain.apply(statistics.normal(*number), to))
		})
		.collect();
	json!({
		"rows": rows.len(), "width": width, "numbers": rows.concat(), "subtracts": u8::from(rule.norm == Norm::Layer),
		"fraction": rule.fraction, "epsilon": rule.epsilon, "least": rule.least_bits(), "to": to, "expected": expected,
		"gains": gains.iter().map(|gain| gain.gain).collect::<Vec<_>>(),
		"biases": gains.iter().map(|gain| gain.bias).collect::<Vec<_>>(),
	})
}

fn mixed_case((width, longest, extreme): (usize, usize, bool), random: &mut Random) -> Value {
	let (key_heads, served, together, sequences) = (2, 2, 2, 2);
	let (heads, rows) = (key_heads * served, together * sequences);
	let mut numbers = |count: usize| -> Vec<i16> { (0..count).map(|_| random.activation(extreme)).collect() };
	let (keys, values) = (
		numbers(longest * key_heads * width),
		numbers(longest * key_heads * width),
	);
	let queries = numbers(rows * heads * width);
	let records: Vec<Head> = (0..heads)
		.map(|_| Head {
			value_shift: random.between(0, 40) as u8,
			score_shift: random.between(20, 80) as u8,
			score_mantissa: random.between(0, 32_767) as u16,
			..Head::default()
		})
		.collect();
	let slots: Vec<usize> = (0..longest).chain((0..longest).rev()).collect();
	let begins: Vec<usize> = (0..rows).map(|row| longest * row / 10).collect();
	let ends: Vec<usize> = (0..rows).map(|row| longest - (rows - 1 - row) * longest / 20).collect();
	let of = |all: &[i16], row: usize, heads: usize, head: usize| all[(row * heads + head) * width..][..width].to_vec();
	let mut expected = Vec::new();
	for row in 0..rows {
		let seen = &slots[row / together * longest..][begins[row]..ends[row]];
		for (number, head) in records.iter().enumerate() {
			let query = of(&queries, row, heads, number);
			let score = |slot: &usize| head.score(&query, &of(&keys, *slot, key_heads, number / served));
			let scores: Vec<_> = seen.iter().map(score).collect();
			let largest = scores.iter().copied().max().unwrap();
			let mut sums = vec![WeightedSum::default(); width];
			for (score, slot) in scores.iter().zip(seen) {
				for (sum, value) in sums.iter_mut().zip(of(&values, *slot, key_heads, number / served)) {
					sum.add(weight(largest, *score), value);
				}
			}
			expected.extend(sums.into_iter().map(|sum| head.output(sum)));
		}
	}
	let numbers = |of: &dyn Fn(&Head) -> i64| records.iter().map(of).collect::<Vec<_>>();
	json!({
		"rows": rows, "heads": heads, "key_heads": key_heads, "width": width, "longest": longest, "together": together,
		"queries": queries, "keys": keys, "values": values, "slots": slots, "begins": begins, "ends": ends,
		"mantissas": numbers(&|head| head.score_mantissa.into()), "shifts": numbers(&|head| head.score_shift.into()),
		"lifts": numbers(&|head| i64::from(head.value_shift).min(32)),
		"table": (0..=256).map(|index| exp2_negative(index << 8)).collect::<Vec<_>>(), "expected": expected,
	})
}

fn feed_forward_case(activation: Activation, gated: bool, random: &mut Random) -> Value {
	let hidden = 90;
	let rows = rows(4, if gated { 2 * hidden } else { hidden }, random);
	let to = random.between(4, 24) as u8;
	let expected: Vec<i32> = rows
		.iter()
		.flat_map(|row| {
			(0..hidden).map(move |place| {
				let up = gated.then(|| row[hidden + place]);
				product(activation.apply(row[place]), up, to)
			})
		})
		.collect();
	let (table, bits) = taken(activation);
	json!({
		"rows": rows.len(), "hidden": hidden, "gated": u8::from(gated), "wide": rows.concat(), "table": table, "bits": bits, "to": to,
		"expected": expected,
	})
}

fn turned_case((pairs, rest): (usize, usize), random: &mut Random) -> Value {
	let (count, heads, width) = (2, 3, 2 * pairs + rest);
	let all = rows(count * heads, width, random);
	let angles: Vec<Angle> = (0..count * pairs)
		.map(|_| Angle::read((random.bits() as u32).to_le_bytes()))
		.collect();
	let shifts: Vec<u8> = (0..heads).map(|_| random.bits() as u8 >> random.below(8)).collect();
	let mut expected: Vec<i16> = Vec::new();
	for (number, head) in all.iter().enumerate() {
		let angles = &angles[number / heads * pairs..][..pairs];
		let shift = shifts[number % heads];
		let at = |pair: usize| (head[pair], head[pair + pairs]);
		expected.extend((0..pairs).map(|pair| angles[pair].first(at(pair).0, at(pair).1, shift)));
		expected.extend((0..pairs).map(|pair| angles[pair].second(at(pair).0, at(pair).1, shift)));
		expected.extend(head[2 * pairs..].iter().map(|number| store(*number, shift)));
	}
	json!({
		"rows": count, "heads": heads, "width": width, "pairs": pairs, "numbers": all.concat(), "shifts": shifts, "expected": expected,
		"cosines": angles.iter().map(|angle| angle.cosine).collect::<Vec<_>>(),
		"sines": angles.iter().map(|angle| angle.sine).collect::<Vec<_>>(),
	})
}

/// `ATELIER_WRITE_VECTORS=1` writes them anew.
#[test]
fn the_interpreters_cases_are_the_referees() {
	let mut random = Random(90);
	let sizes = [(3, 5, 1), (70, 40, 3), (20, 150, 18), (130, 20, 4)];
	let products: Vec<_> = Numbers::ALL
		.into_iter()
		.flat_map(|kind| sizes.map(|size| (kind, size)))
		.map(|(kind, size)| product_case(kind, size, &mut random))
		.collect();
	let quantised: Vec<_> = [1, 7, 16, 1_030]
		.map(|width| quantise_case(width, &mut random))
		.to_vec();
	let norm: Vec<_> = [1, 5, 64, 200, 1_100]
		.map(|width| norm_case(width, &mut random))
		.to_vec();
	let mixed: Vec<_> = [(2, 1, false), (40, 30, false), (20, 70, true), (200, 20, true)]
		.map(|size| mixed_case(size, &mut random))
		.to_vec();
	let feed_forward: Vec<_> = [Activation::Silu, Activation::Gelu, Activation::GeluTanh]
		.into_iter()
		.flat_map(|activation| [(activation, true), (activation, false)])
		.map(|(activation, gated)| feed_forward_case(activation, gated, &mut random))
		.collect();
	let turned: Vec<_> = [(0, 10), (5, 0), (20, 6), (128, 0)]
		.map(|size| turned_case(size, &mut random))
		.to_vec();
	let text = json!({
		"product": products, "quantise": quantised, "norm": norm, "mixed": mixed, "feed_forward": feed_forward, "turned": turned,
	});
	let text = text.to_string() + "\n";
	if std::env::var("ATELIER_WRITE_VECTORS").is_ok_and(|write| write == "1") {
		fs::write(VECTORS, &text).unwrap();
	}
	assert!(
		fs::read_to_string(VECTORS).unwrap() == text,
		"vectors.json is not the referee's"
	);
}
