// SPDX-License-Identifier: Apache-2.0

//! Changes of a float decoder that leave its function as it is.

use crate::decoder::Decoder;
use ndarray::{Array1, Array2, Axis};

/// Moves the gains of all norms into the matrices that follow.
pub fn fold_gains(decoder: &mut Decoder) {
	let fold = |gains: &mut Array1<f32>, matrices: &mut [&mut Array2<f32>]| {
		for matrix in matrices {
			**matrix *= &gains.view().insert_axis(Axis(0));
		}
		gains.fill(1.0);
	};
	for layer in &mut decoder.layers {
		let attention = &mut [&mut layer.query.weight, &mut layer.key.weight, &mut layer.value.weight];
		fold(&mut layer.attention_norm, attention);
		fold(&mut layer.norm, &mut [&mut layer.gate.weight, &mut layer.up.weight]);
	}
	fold(&mut decoder.norm, &mut [&mut decoder.head.weight]);
}

/// Makes the rows of each up matrix and the columns of each down matrix equally long, by powers of two: a channel that is
/// much larger than the others would take their bits.
pub fn equalise(decoder: &mut Decoder) {
	for layer in &mut decoder.layers {
		let length = |values: ndarray::ArrayView1<'_, f32>| {
			values
				.iter()
				.map(|value| f64::from(*value).powi(2))
				.sum::<f64>()
				.sqrt()
				.max(1e-12)
		};
		let up: Vec<_> = layer.up.weight.rows().into_iter().map(length).collect();
		let down: Vec<_> = layer.down.weight.columns().into_iter().map(length).collect();
		let mut shifts: Vec<_> = up
			.iter()
			.zip(&down)
			.map(|(up, down)| (up / down).sqrt().log2().round())
			.collect();
		let mut sorted = shifts.clone();
		sorted.sort_by(f64::total_cmp);
		let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
		shifts.iter_mut().for_each(|shift| *shift -= middle);
		let factors = Array1::from_iter(shifts.into_iter().map(|shift| 2_f64.powf(shift) as f32));
		layer.up.weight /= &factors.view().insert_axis(Axis(1));
		layer.down.weight *= &factors.view().insert_axis(Axis(0));
	}
}

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
