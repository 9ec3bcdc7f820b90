// SPDX-License-Identifier: Apache-2.0

//! Changes of float matrices that leave what they compute together as it is.

use crate::tensors::Matrix;

/// Moves the gains of a norm into the matrices that follow it.
pub fn gains(gains: &[f32], matrices: &mut [&mut Matrix]) {
	for matrix in matrices {
		for row in matrix.rows_mut() {
			row.iter_mut().zip(gains).for_each(|(weight, gain)| *weight *= gain);
		}
	}
}

/// Makes the rows of an up matrix and the columns of a down matrix equally long, by powers of two: a channel that is much
/// larger than the others would take their bits.
pub fn equalise(up: &mut Matrix, up_biases: &mut [f32], down: &mut Matrix) {
	let length = |square: f64| square.sqrt().max(1e-12);
	let square = |value: &f32| f64::from(*value) * f64::from(*value);
	let rows = up.rows().map(|row| length(row.iter().map(square).sum()));
	let mut columns = vec![0.0; down.columns];
	for row in down.rows() {
		columns
			.iter_mut()
			.zip(row)
			.for_each(|(sum, value)| *sum += square(value));
	}
	let shifts: Vec<_> = rows
		.zip(columns)
		.map(|(up, down)| libm::log2((up / length(down)).sqrt()).round())
		.collect();
	let mut sorted = shifts.clone();
	sorted.sort_by(f64::total_cmp);
	let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
	let factors: Vec<_> = shifts.iter().map(|shift| libm::exp2(shift - middle) as f32).collect();
	for (row, factor) in up.rows_mut().zip(&factors) {
		row.iter_mut().for_each(|weight| *weight /= factor);
	}
	up_biases
		.iter_mut()
		.zip(&factors)
		.for_each(|(bias, factor)| *bias /= factor);
	for row in down.rows_mut() {
		row.iter_mut()
			.zip(&factors)
			.for_each(|(weight, factor)| *weight *= factor);
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn matrix(columns: usize, values: &[f32]) -> Matrix {
		Matrix {
			columns,
			values: values.to_vec(),
		}
	}

	#[test]
	fn channels_become_equally_long_and_products_stay() {
		let mut up = matrix(2, &[1.0, 0.0, 64.0, 0.0, 1.0, 1.0]);
		let mut biases = [1.0, 64.0, 1.0];
		let mut down = matrix(3, &[1.0, 0.25, 1.0]);
		let before = (up.clone(), biases, down.clone());
		equalise(&mut up, &mut biases, &mut down);
		assert_ne!(up.values, before.0.values);
		for channel in 0..3 {
			let product = |up: &Matrix, biases: &[f32], down: &Matrix| {
				let weights = &up.values[2 * channel..2 * channel + 2];
				[weights[0], weights[1], biases[channel]].map(|value| value * down.values[channel])
			};
			assert_eq!(product(&up, &biases, &down), product(&before.0, &before.1, &before.2));
		}
	}
}
