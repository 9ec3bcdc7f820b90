// SPDX-License-Identifier: Apache-2.0

//! What an exact model loses against the float one that it was made from.

use crate::{
	Error,
	decoder::Decoder,
	encoder::Encoder,
	loss::{of_window, perplexity},
	similarity::{cosine, nearest},
};
use atelier_convert::Exact;
use atelier_referee::{
	forward::{self, Nobody},
	model::Package,
};
use ndarray::Array2;
use std::{num::NonZero, thread};

/// How near the exact vectors of sentences are to the float ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EncoderLoss {
	pub mean: f64,
	pub least: f64,
	/// Part of the sentences whose nearest neighbour is the same.
	pub same_nearest: f64,
}

/// How much worse the exact model predicts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DecoderLoss {
	pub float: f64,
	pub exact: f64,
	/// Tokens that were predicted.
	pub tokens: usize,
	/// Standard error of the mean difference of losses.
	pub error: f64,
}

impl DecoderLoss {
	/// By how much the perplexity grows, as a part of it.
	pub fn growth(&self) -> f64 {
		self.exact / self.float - 1.0
	}
}

fn opened(exact: &Exact) -> Package<'_> {
	// It was put together from its own shape.
	Package::new(exact.shape, &exact.package).unwrap_or_else(|error| unreachable!("{error}"))
}

/// The vectors of sentences, scaled to floats.
fn embed(exact: &Exact, sentences: &[Vec<u32>]) -> Result<Array2<f32>, Error> {
	let package = opened(exact);
	let rows = in_parallel(sentences, |tokens| forward::embed(&package, tokens, &mut Nobody));
	let mut vectors = Array2::zeros((sentences.len(), exact.shape.width as usize));
	for (mut to, row) in vectors.rows_mut().into_iter().zip(rows) {
		let row = row.map_err(Error::Exact)?;
		let length = row
			.iter()
			.map(|number| f64::from(*number).powi(2))
			.sum::<f64>()
			.sqrt()
			.max(1.0);
		to.iter_mut()
			.zip(row)
			.for_each(|(to, number)| *to = (f64::from(number) / length) as f32);
	}
	Ok(vectors)
}

/// The scores of every token after each of these, as floats.
fn logits(exact: &Exact, tokens: &[u32]) -> Result<Array2<f32>, Error> {
	let mut decoder = forward::Decoder::new(opened(exact)).map_err(Error::Exact)?;
	let mut scores = Array2::zeros((tokens.len(), exact.shape.vocabulary as usize));
	for (mut to, token) in scores.rows_mut().into_iter().zip(tokens) {
		decoder.push(*token, &mut Nobody).map_err(Error::Exact)?;
		let logits = decoder.logits(&mut Nobody).map_err(Error::Exact)?;
		to.iter_mut()
			.zip(logits)
			.for_each(|(to, logit)| *to = logit as f32 / 65_536.0);
	}
	Ok(scores)
}

/// Compares the vectors of sentences.
pub fn encoders(float: &Encoder, exact: &Exact, sentences: &[Vec<u32>]) -> Result<EncoderLoss, Error> {
	let (float, exact) = (float.embed(sentences)?, embed(exact, sentences)?);
	let cosines: Vec<_> = (0..sentences.len())
		.map(|row| cosine(float.row(row), exact.row(row)))
		.collect();
	let first = |vectors: &Array2<f32>, row| nearest(vectors.view(), row, 1).first().map(|(other, _)| *other);
	let same = (0..sentences.len())
		.filter(|row| first(&float, *row) == first(&exact, *row))
		.count();
	Ok(EncoderLoss {
		mean: cosines.iter().sum::<f64>() / cosines.len().max(1) as f64,
		least: cosines.iter().copied().fold(1.0, f64::min),
		same_nearest: same as f64 / sentences.len().max(1) as f64,
	})
}

/// Compares the predictions in windows of text.
pub fn decoders(float: &Decoder, exact: &Exact, windows: &[&[u32]]) -> Result<DecoderLoss, Error> {
	let both = in_parallel(windows, |window| {
		let float = of_window(window, |tokens| float.logits(tokens))?;
		let exact = of_window(window, |tokens| logits(exact, tokens))?;
		Ok::<_, Error>((float, exact))
	});
	let (mut of_float, mut of_exact) = (Vec::new(), Vec::new());
	for pair in both {
		let (float, exact) = pair?;
		of_float.extend(float);
		of_exact.extend(exact);
	}
	let count = of_float.len().max(1) as f64;
	let differences: Vec<_> = of_exact
		.iter()
		.zip(&of_float)
		.map(|(exact, float)| exact - float)
		.collect();
	let mean = differences.iter().sum::<f64>() / count;
	let variance = differences
		.iter()
		.map(|difference| (difference - mean).powi(2))
		.sum::<f64>()
		/ count;
	Ok(DecoderLoss {
		float: perplexity(&of_float),
		exact: perplexity(&of_exact),
		tokens: of_float.len(),
		error: (variance / count).sqrt(),
	})
}

/// What each item gives, in order, computed by as many threads as there are cores.
fn in_parallel<T: Sync, R: Send>(items: &[T], compute: impl Fn(&T) -> R + Sync) -> Vec<R> {
	let threads = thread::available_parallelism().map_or(1, NonZero::get);
	let compute = &compute;
	thread::scope(|scope| {
		let workers: Vec<_> = (0..threads)
			.map(|number| {
				let mine = items.iter().skip(number).step_by(threads);
				scope.spawn(move || mine.map(compute).collect::<Vec<_>>())
			})
			.collect();
		let results: Vec<_> = workers
			.into_iter()
			.map(|worker| {
				worker
					.join()
					.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
					.into_iter()
			})
			.collect();
		let mut results = results;
		(0..items.len())
			.filter_map(|item| results[item % threads].next())
			.collect()
	})
}
