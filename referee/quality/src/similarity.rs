// SPDX-License-Identifier: Apache-2.0

//! Which sentences are near to each other, by their vectors of length 1.

use ndarray::{ArrayView1, ArrayView2};

/// The cosine of the angle between two vectors of length 1.
pub fn cosine(a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>) -> f64 {
	a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

/// The `n` rows nearest to a row, itself left out: their numbers and cosines, the nearest first.
pub fn nearest(vectors: ArrayView2<'_, f32>, row: usize, n: usize) -> Vec<(usize, f64)> {
	let mut others: Vec<_> = vectors
		.rows()
		.into_iter()
		.enumerate()
		.filter(|&(other, _)| other != row)
		.map(|(other, vector)| (other, cosine(vectors.row(row), vector)))
		.collect();
	others.sort_by(|(_, a), (_, b)| b.total_cmp(a));
	others.truncate(n);
	others
}
