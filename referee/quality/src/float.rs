// SPDX-License-Identifier: Apache-2.0

//! `quality float`: a human sees that the float side works before it is called the measure.

use anyhow::Result;
use atelier_quality::{
	corpus::Corpus,
	folder::Folder,
	loss::{of_window, perplexity},
	similarity::{cosine, nearest},
};
use std::time::Instant;

/// The first two of each mean the same.
const KNOWN: [[&str; 3]; 3] = [
	[
		"A man is playing a guitar.",
		"Someone plays a guitar.",
		"The stock market fell sharply today.",
	],
	[
		"How do I reset my password?",
		"I forgot my password and need a new one.",
		"The cat sleeps on the sofa.",
	],
	[
		"Returns the number of elements.",
		"Gets the length of the list.",
		"Closes the network connection.",
	],
];
/// How many sentences are shown with their neighbours.
const SHOWN: usize = 5;

pub fn encoder(corpus: &Corpus, sentences: usize) -> Result<()> {
	let folder = Folder::minilm()?;
	let (encoder, tokens) = (folder.encoder()?, folder.tokens()?);
	println!("encoder all-MiniLM-L6-v2\n");
	for [sentence, same, other] in KNOWN {
		let ids: Vec<_> = [sentence, same, other]
			.iter()
			.map(|text| tokens.encode(text))
			.collect::<Result<_, _>>()?;
		let vectors = encoder.embed(&ids)?;
		let to = |row| cosine(vectors.row(0), vectors.row(row));
		println!("  {sentence}\n    {:.4}  {same}\n    {:.4}  {other}", to(1), to(2));
	}

	let sentences = corpus.sentences(sentences);
	let ids: Vec<_> = sentences
		.iter()
		.map(|text| tokens.encode(text))
		.collect::<Result<_, _>>()?;
	let started = Instant::now();
	let vectors = encoder.embed(&ids)?;
	let took = started.elapsed().as_secs_f64();
	let count: usize = ids.iter().map(Vec::len).sum();
	println!(
		"\n  {} sentences, {count} tokens in {took:.1} s: {:.0} tokens/s",
		ids.len(),
		count as f64 / took
	);
	let off = vectors
		.rows()
		.into_iter()
		.map(|row| (cosine(row, row).sqrt() - 1.0).abs())
		.fold(0.0, f64::max);
	println!("  lengths differ from 1 by at most {off:.1e}\n");
	for (row, sentence) in sentences.iter().enumerate().take(SHOWN) {
		println!("  {sentence}");
		for (other, cosine) in nearest(vectors.view(), row, 3) {
			println!("    {cosine:.4}  {}", sentences[other]);
		}
	}
	Ok(())
}

pub fn decoder(windows: usize) -> Result<()> {
	let folder = Folder::tiny_decoder();
	let decoder = folder.decoder()?;
	println!("\ndecoder tiny-decoder\n");
	let committed = folder.validation_slice()?;
	let started = Instant::now();
	let mut losses = Vec::new();
	for window in committed.iter().take(windows) {
		losses.extend(of_window(window, |tokens| decoder.logits(tokens))?);
	}
	let speed = losses.len() as f64 / started.elapsed().as_secs_f64();
	println!(
		"  perplexity {:.4} on {} tokens of the committed slice, {speed:.0} tokens/s",
		perplexity(&losses),
		losses.len()
	);
	Ok(())
}
