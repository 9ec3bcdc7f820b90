// SPDX-License-Identifier: Apache-2.0

//! Products of every path against the referee's.

use super::*;
use crate::{activations::encode, pack::Packed};
use atelier_referee::{
	model::{Layout, Matrix, Package, Shape},
	ops::linear::{Format, Point, dot, finish},
	samples::{self, Random},
};
use std::time::Instant;

#[test]
fn speed() {
	let mut random = Random(1);
	let mut shape = samples::shape(&mut random);
	shape.width = 768;
	shape.hidden = 2048;
	shape.layers = 1;
	shape.matrices = Format::Byte;
	let bytes = samples::package(shape, samples::Values::Ordinary, &mut random);
	let package = Package::new(shape, &bytes).unwrap();
	for (matrix, columns) in [(Matrix::Gate(0), 768), (Matrix::Down(0), 2048)] {
		let rows = package.matrix(matrix);
		let packed = Packed::new(&[rows], columns, 16);
		for path in Path::available() {
			for tokens in [1, 4, 128, 512] {
				let mut input = Activations::default();
				input.reset(packed.encoding(path), columns, tokens);
				let numbers: Vec<i16> = (0..columns).map(|_| random.between(-32639, 32639) as i16).collect();
				for units in input.units.chunks_mut(input.stride) {
					encode(path, input.encoding, &numbers, units);
				}
				let bases = vec![4; tokens];
				let mut out = vec![Numbers::ZERO; packed.blocks.len() * tokens];
				let mut best = f64::MAX;
				for _ in 0..20 {
					let start = Instant::now();
					for (strip, out) in out.chunks_mut(tokens * 3).enumerate() {
						product(path, &packed, strip * 3, &input, &bases, None, out);
					}
					best = best.min(start.elapsed().as_secs_f64());
				}
				let products = rows.len() * columns * tokens;
				for (row, number) in (0..rows.len()).map(|row| (row, out[row / 16 * tokens].0[row % 16])) {
					let (weights, record) = rows.get(row);
					let sum = dot(Format::Byte, weights, &numbers);
					let point = Point { exponent: 0, fraction: 20 };
					assert_eq!(number, finish(sum, record, point, 16, 0));
				}
				println!("{path:12} {columns} x {} tokens {tokens}: {:.1} G/s", rows.len(), products as f64 / best * 1e-9);
			}
		}
	}
	let _ = Layout::new(shape);
	let _: Option<Shape> = None;
}
