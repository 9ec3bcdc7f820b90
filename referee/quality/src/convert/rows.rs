// SPDX-License-Identifier: Apache-2.0

//! Rows of a matrix as numbers of few bits, each row with a scale of 15 bits and a shift.

use atelier_referee::ops::linear::{Format, Row};
use ndarray::{Array2, ArrayView1};

/// A matrix in the form of the exact arithmetic.
#[derive(Clone, Debug)]
pub struct Rows {
	format: Format,
	numbers: Vec<Vec<i16>>,
	records: Vec<Row>,
}

/// Largest number of so many bits.
fn largest(bits: u32) -> f64 {
	// Of 16 bits, what two signed bytes hold.
	if bits >= 16 {
		32_639.0
	} else {
		f64::from((1_i32 << (bits - 1)) - 1)
	}
}

/// Mantissa of 15 bits and shift of a positive scale, rounded up so that nothing becomes too large.
pub fn scale(scale: f64) -> (u16, i8) {
	let exponent = scale.log2().ceil();
	let mantissa = (scale * 2_f64.powf(15.0 - exponent) - 1e-9).ceil().clamp(1.0, 32_767.0);
	(mantissa as u16, (15.0 - exponent).clamp(-100.0, 100.0) as i8)
}

impl Rows {
	/// Of a float matrix; biases are added to the product.
	pub fn new(matrix: &Array2<f32>, bias: Option<ArrayView1<'_, f32>>, bits: u32) -> Self {
		let limit = largest(bits);
		let mut rows = Self {
			format: super::format(bits),
			numbers: Vec::new(),
			records: Vec::new(),
		};
		for (at, row) in matrix.rows().into_iter().enumerate() {
			let widest = row
				.iter()
				.fold(1e-12_f64, |widest, value| widest.max(f64::from(value.abs())));
			let (mantissa, shift) = scale(widest / limit);
			// Against the scale as it was rounded.
			let unit = f64::from(mantissa) * 2_f64.powi(-i32::from(shift));
			let numbers = row
				.iter()
				.map(|value| (f64::from(*value) / unit).round().clamp(-limit, limit) as i16);
			rows.numbers.push(numbers.collect());
			let bias = bias.and_then(|bias| bias.get(at).copied()).unwrap_or(0.0);
			rows.records.push(Row {
				mantissa,
				shift,
				bias: super::fixed(bias.into()),
			});
		}
		rows
	}

	/// What the row's numbers stand for.
	pub fn row(&self, row: usize) -> impl Iterator<Item = f64> + '_ {
		let record = self.records[row];
		let unit = f64::from(record.mantissa) * 2_f64.powi(-i32::from(record.shift));
		self.numbers[row].iter().map(move |number| f64::from(*number) * unit)
	}

	/// The numbers of a package.
	pub fn numbers(&self) -> Vec<u8> {
		let all = self.numbers.iter().flatten();
		match self.format {
			Format::Byte => all.map(|number| *number as u8).collect(),
			Format::Word => all.flat_map(|number| number.to_le_bytes()).collect(),
		}
	}

	/// The records of a package.
	pub fn records(&self) -> Vec<u8> {
		self.records.iter().flat_map(|record| record.write()).collect()
	}
}
