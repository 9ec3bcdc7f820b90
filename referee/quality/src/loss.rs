// SPDX-License-Identifier: Apache-2.0

//! How surprised a decoder is by a text. Two ways of computing one model are compared on the losses of the same tokens,
//! whose differences scatter far less than the losses themselves.

use crate::Error;
use ndarray::{ArrayView1, ArrayView2};

/// The surprise, in nats, at each target: -ln of the probability that the row of logits gives it.
pub fn losses(logits: ArrayView2<'_, f32>, targets: &[u32]) -> Result<Vec<f64>, Error> {
	logits
		.rows()
		.into_iter()
		.zip(targets)
		.map(|(row, &target)| {
			let unknown = Error::UnknownToken {
				token: target,
				vocabulary: row.len() as u32,
			};
			Ok(log_sum_exp(row) - f64::from(*row.get(target as usize).ok_or(unknown)?))
		})
		.collect()
}

/// What a decoder that is computed by `logits` loses on every token of a window but the first, which it is not asked for.
pub fn of_window<E: From<Error>>(
	window: &[u32],
	logits: impl FnOnce(&[u32]) -> Result<ndarray::Array2<f32>, E>,
) -> Result<Vec<f64>, E> {
	let (Some((_, asked)), Some((_, targets))) = (window.split_last(), window.split_first()) else {
		return Err(Error::NoTokens.into());
	};
	Ok(losses(logits(asked)?.view(), targets)?)
}

/// exp of the mean loss: among how many equally likely tokens the model in effect guesses.
pub fn perplexity(losses: &[f64]) -> f64 {
	(losses.iter().sum::<f64>() / losses.len() as f64).exp()
}

fn log_sum_exp(row: ArrayView1<'_, f32>) -> f64 {
	let largest = f64::from(row.iter().copied().fold(f32::NEG_INFINITY, f32::max));
	largest
		+ row
			.iter()
			.map(|&logit| (f64::from(logit) - largest).exp())
			.sum::<f64>()
			.ln()
}

#[cfg(test)]
mod tests {
	use super::{losses, perplexity};
	use ndarray::array;

	#[test]
	fn equal_scores_are_a_guess_among_all() {
		let guess = losses(array![[5.0, 5.0, 5.0, 5.0], [-1.0, -1.0, -1.0, -1.0]].view(), &[0, 3]).unwrap();
		assert!((perplexity(&guess) - 4.0).abs() < 1e-12);
	}

	#[test]
	fn a_target_outside_the_vocabulary_is_an_error() {
		assert!(losses(array![[0.0, 0.0]].view(), &[2]).is_err());
	}
}
