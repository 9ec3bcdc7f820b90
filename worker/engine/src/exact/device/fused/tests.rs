// SPDX-License-Identifier: Apache-2.0

//! What can be known of the kernels without a GPU: that the PTX is of the source, that it takes what it is given, and what the
//! referee says about the cases by which Triton's interpreter checks the source.

use super::*;
use atelier_kernels::operands::{Kind as Numbers, Random, Single};
use atelier_referee::{
	hash::{Blake2b256, Portable},
	ops::{
		linear::{Format, Point, dot, finish},
		quantise::{exponent, quantise},
	},
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
			other => panic!("{other}"),
		};
		let expected = [vec!["pointer"; pointers], vec!["number"; numbers], vec!["pointer"; 2]].concat();
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
	let to = random.between(4, 24) as u8;
	let fraction = random.between(4, 24) as u8;
	let inputs: Vec<Vec<i16>> = (0..tokens)
		.map(|_| (0..columns).map(|_| random.activation(kind.is_extreme())).collect())
		.collect();
	let exponents: Vec<u8> = (0..tokens).map(|_| random.between(0, 17) as u8).collect();
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
		"tokens": rows.len(), "width": width, "numbers": rows.concat(), "exponents": exponents, "activations": activations,
	})
}

/// `ATELIER_WRITE_VECTORS=1` writes them anew.
#[test]
fn the_interpreters_cases_are_the_referees() {
	let mut random = Random(90);
	let sizes = [(3, 5, 1), (70, 40, 3), (20, 150, 18), (130, 20, 4)];
	let product: Vec<_> = Numbers::ALL
		.into_iter()
		.flat_map(|kind| sizes.map(|size| (kind, size)))
		.map(|(kind, size)| product_case(kind, size, &mut random))
		.collect();
	let quantise: Vec<_> = [1, 7, 16, 1_030]
		.map(|width| quantise_case(width, &mut random))
		.to_vec();
	let text = json!({ "product": product, "quantise": quantise }).to_string() + "\n";
	if std::env::var("ATELIER_WRITE_VECTORS").is_ok_and(|write| write == "1") {
		fs::write(VECTORS, &text).unwrap();
	}
	assert!(
		fs::read_to_string(VECTORS).unwrap() == text,
		"vectors.json is not the referee's"
	);
}
