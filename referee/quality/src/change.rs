// SPDX-License-Identifier: Apache-2.0

//! Changes of a float decoder that leave its function as it is and make it harder to hold exactly.

use crate::decoder::Decoder;
use ndarray::{Array1, Array2};

/// Multiplies one gain in a hundred by a factor and divides the weights that follow by it, as outlier channels of large
/// models have it.
pub fn spread(decoder: &mut Decoder, factor: f32) {
	let each = |gains: &mut Array1<f32>, matrices: &mut [&mut Array2<f32>], offset: usize| {
		for channel in (offset % 100..gains.len()).step_by(100) {
			gains[channel] *= factor;
			for matrix in matrices.iter_mut() {
				matrix.column_mut(channel).mapv_inplace(|weight| weight / factor);
			}
		}
	};
	for (number, layer) in decoder.layers.iter_mut().enumerate() {
		let attention = &mut [&mut layer.query.weight, &mut layer.key.weight, &mut layer.value.weight];
		each(&mut layer.attention_norm, attention, 17 * number + 3);
		each(
			&mut layer.norm,
			&mut [&mut layer.gate.weight, &mut layer.up.weight],
			31 * number + 7,
		);
	}
	each(&mut decoder.norm, &mut [&mut decoder.head.weight], 11);
}
