// SPDX-License-Identifier: Apache-2.0

//! Rows of a matrix as numbers of few bits, each row with a scale of 15 bits and a shift.

use crate::{
	settings::{fixed, format},
	tensors::Matrix,
};
use atelier_referee::ops::linear::{Format, Row};

/// A matrix in the form of the exact arithmetic.
#[derive(Clone, Debug)]
pub struct Rows {
	format: Format,
	columns: usize,
	numbers: Vec<i16>,
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

/// Shifts are bytes; beyond these a scale is no weight's.
const LARGEST_SHIFT: i32 = 100;

/// Mantissa of 15 bits and shift of a positive scale, rounded up so that nothing becomes too large.
pub fn scale(scale: f64) -> (u16, i8) {
	// scale = part * 2^exponent with 1/2 <= part < 1: its logarithm, rounded up.
	let (part, exponent) = libm::frexp(scale);
	let exponent = if part == 0.5 { exponent - 1 } else { exponent };
	let mantissa = (libm::ldexp(scale, 15 - exponent) - 1e-9).ceil().clamp(1.0, 32_767.0);
	(
		mantissa as u16,
		(15 - exponent).clamp(-LARGEST_SHIFT, LARGEST_SHIFT) as i8,
	)
}

/// What one of a row's numbers stands for.
fn unit(mantissa: u16, shift: i8) -> f64 {
	libm::ldexp(f64::from(mantissa), -i32::from(shift))
}

impl Rows {
	/// Of a float matrix; biases are added to the product.
	pub fn new(matrix: &Matrix, biases: &[f32], bits: u32) -> Self {
		let limit = largest(bits);
		let mut rows = Self {
			format: format(bits),
			columns: matrix.columns,
			numbers: Vec::with_capacity(matrix.values.len()),
			records: Vec::with_capacity(matrix.rows().len()),
		};
		for (at, row) in matrix.rows().enumerate() {
			let widest = row
				.iter()
				.fold(1e-12_f64, |widest, value| widest.max(f64::from(value.abs())));
			let (mantissa, shift) = scale(widest / limit);
			// Against the scale as it was rounded.
			let unit = unit(mantissa, shift);
			let numbers = row
				.iter()
				.map(|value| (f64::from(*value) / unit).round().clamp(-limit, limit) as i16);
			rows.numbers.extend(numbers);
			rows.records.push(Row {
				mantissa,
				shift,
				bias: fixed(biases.get(at).copied().unwrap_or(0.0).into()),
			});
		}
		rows
	}

	/// What the row's numbers stand for.
	pub fn row(&self, row: usize) -> impl Iterator<Item = f64> + '_ {
		let record = self.records.get(row).copied().unwrap_or_default();
		let unit = unit(record.mantissa, record.shift);
		let start = row * self.columns;
		let numbers = self.numbers.get(start..start + self.columns).unwrap_or_default();
		numbers.iter().map(move |number| f64::from(*number) * unit)
	}

	/// The numbers of a package.
	pub fn numbers(&self) -> Vec<u8> {
		match self.format {
			Format::Byte => self.numbers.iter().map(|number| *number as u8).collect(),
			Format::Word => self.numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
		}
	}

	/// The records of a package.
	pub fn records(&self) -> Vec<u8> {
		self.records.iter().flat_map(|record| record.write()).collect()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn powers_of_two_are_their_own_scales() {
		for exponent in -40..40 {
			let (mantissa, shift) = scale(libm::ldexp(1.0, exponent));
			assert_eq!(
				unit(mantissa, shift),
				libm::ldexp(32_767.0, exponent - 15),
				"{exponent}"
			);
		}
	}

	proptest! {
		#[test]
		fn numbers_are_within_their_bits_and_near_what_they_stand_for(
			values in prop::collection::vec(-100.0_f32..100.0, 1..50),
			bits in 2_u32..=16,
		) {
			let matrix = Matrix { columns: values.len(), values: values.clone() };
			let rows = Rows::new(&matrix, &[], bits);
			let widest = values.iter().fold(0.0_f64, |widest, value| widest.max(f64::from(value.abs())));
			// Half of a step; the scale of 15 bits is a little too large.
			let step = widest / largest(bits) * (1.0 + 1.0 / 8_192.0) + 1e-9;
			for (value, number) in values.iter().zip(rows.row(0)) {
				prop_assert!((f64::from(*value) - number).abs() <= 0.5 * step + 1e-9 + step * 1e-3, "{value} {number} {step}");
			}
			prop_assert!(rows.numbers.iter().all(|number| f64::from(*number).abs() <= largest(bits)));
			prop_assert!(format(bits).holds(&rows.numbers()));
		}
	}
}
