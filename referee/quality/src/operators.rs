// SPDX-License-Identifier: Apache-2.0

//! What a forward pass does between its matrix products. Sums are in f64.

use ndarray::{Array1, Array2, ArrayView2, s};

/// Each row with mean 0 and variance 1, then scaled and shifted.
pub fn layer_norm(x: &mut Array2<f32>, gain: &Array1<f32>, bias: &Array1<f32>, epsilon: f64) {
	for mut row in x.rows_mut() {
		let count = row.len() as f64;
		let mean = row.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
		let variance = row.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count;
		let scale = (variance + epsilon).sqrt().recip();
		for ((value, gain), bias) in row.iter_mut().zip(gain).zip(bias) {
			*value = ((f64::from(*value) - mean) * scale) as f32 * gain + bias;
		}
	}
}

/// Each row with mean square 1, then scaled.
pub fn rms_norm(x: &Array2<f32>, gain: &Array1<f32>, epsilon: f64) -> Array2<f32> {
	let mut normed = x.clone();
	for mut row in normed.rows_mut() {
		let mean_square = row.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>() / row.len() as f64;
		let scale = (mean_square + epsilon).sqrt().recip();
		for (value, gain) in row.iter_mut().zip(gain) {
			*value = (f64::from(*value) * scale) as f32 * gain;
		}
	}
	normed
}

/// x * Phi(x), Phi being the normal distribution.
pub fn gelu(x: f32) -> f32 {
	let x = f64::from(x);
	(x * 0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)) as f32
}

/// x * sigmoid(x).
pub fn silu(x: f32) -> f32 {
	let x = f64::from(x);
	(x / (1.0 + (-x).exp())) as f32
}

/// Which tokens a token attends to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attends {
	ToAll,
	/// To itself and those before it.
	ToEarlier,
}

/// One head: each row of the query takes a mean of the rows of the value, weighted by the softmax of how well it matches
/// the rows of the key.
pub fn attention(
	query: ArrayView2<'_, f32>,
	key: ArrayView2<'_, f32>,
	value: ArrayView2<'_, f32>,
	attends: Attends,
) -> Array2<f32> {
	let scale = (query.ncols() as f32).sqrt().recip();
	let mut shares = query.dot(&key.t()) * scale;
	for (i, mut row) in shares.rows_mut().into_iter().enumerate() {
		let seen = match attends {
			Attends::ToAll => row.len(),
			Attends::ToEarlier => i + 1,
		};
		row.slice_mut(s![seen..]).fill(0.0);
		let mut seen = row.slice_mut(s![..seen]);
		let largest = seen.iter().copied().fold(f32::NEG_INFINITY, f32::max);
		seen.mapv_inplace(|score| (score - largest).exp());
		let sum: f64 = seen.iter().map(|&share| f64::from(share)).sum();
		seen.mapv_inplace(|share| (f64::from(share) / sum) as f32);
	}
	shares.dot(&value)
}

#[cfg(test)]
mod tests {
	use super::{gelu, silu};

	#[test]
	fn activations_have_their_known_values() {
		// Tables of the normal distribution: Phi(1) = 0.841345, Phi(-3) = 0.001350.
		assert!((gelu(1.0) - 0.841_345).abs() < 1e-6);
		assert!((gelu(-3.0) + 3.0 * 0.001_349_9).abs() < 1e-6);
		assert_eq!((gelu(0.0), silu(0.0)), (0.0, 0.0));
		// 1 / (1 + 1/e) = 0.731059.
		assert!((silu(1.0) - 0.731_059).abs() < 1e-6);
		assert!(silu(-1e30) == 0.0 && gelu(-1e30) == 0.0);
	}
}
