// SPDX-License-Identifier: Apache-2.0

//! `quality exact`: what the exact arithmetic loses, for each choice that was open (docs/exact-quality.md).

use anyhow::Result;
use atelier_convert::{self as convert, Settings};
use atelier_quality::{change, compare, corpus::Corpus, folder::Folder};
use std::time::Instant;

/// The encoder, with numbers of several sizes.
pub fn encoder(corpus: &Corpus, sentences: usize, all: bool) -> Result<()> {
	let folder = Folder::minilm()?;
	let (encoder, tokens) = (folder.encoder()?, folder.tokens()?);
	let sentences: Vec<_> = corpus
		.sentences(sentences)
		.iter()
		.map(|text| tokens.encode(text))
		.collect::<Result<_, _>>()?;
	let chosen = Settings::EMBEDDING;
	let mut variants = vec![("10 bits, embeddings 10 (chosen)", chosen)];
	if all {
		variants.extend([
			(
				"8 bits, embeddings 8",
				Settings {
					matrix_bits: 8,
					embedding_bits: 8,
					..chosen
				},
			),
			(
				"8 bits, embeddings 16",
				Settings {
					matrix_bits: 8,
					embedding_bits: 16,
					..chosen
				},
			),
			(
				"10 bits, embeddings 8",
				Settings {
					embedding_bits: 8,
					..chosen
				},
			),
			(
				"12 bits, embeddings 12",
				Settings {
					matrix_bits: 12,
					embedding_bits: 12,
					..chosen
				},
			),
			(
				"16 bits, embeddings 16",
				Settings {
					matrix_bits: 16,
					embedding_bits: 16,
					..chosen
				},
			),
			(
				"10 bits, residual Q12",
				Settings {
					residual_fraction: 12,
					..chosen
				},
			),
			(
				"10 bits, residual Q8",
				Settings {
					residual_fraction: 8,
					..chosen
				},
			),
		]);
	}
	println!("all-MiniLM-L6-v2, {} sentences\n", sentences.len());
	println!("| numbers | mean cosine | least | same nearest | seconds |\n| --- | --- | --- | --- | --- |");
	for (name, settings) in variants {
		let started = Instant::now();
		let exact = convert::exact(convert::encoder::Encoder::new(
			&encoder.config,
			&mut encoder.tensors(),
			settings,
		)?)?;
		let loss = compare::encoders(&encoder, &exact, &sentences)?;
		println!(
			"| {name} | {:.6} | {:.6} | {:.2}% | {:.0} |",
			loss.mean,
			loss.least,
			100.0 * loss.same_nearest,
			started.elapsed().as_secs_f64()
		);
	}
	Ok(())
}

/// The decoder, as it is and with outlier channels.
pub fn decoder(windows: usize, all: bool) -> Result<()> {
	let folder = Folder::tiny_decoder();
	let decoder = folder.decoder()?;
	let slice = folder.validation_slice()?;
	let windows: Vec<_> = slice.iter().map(Vec::as_slice).take(windows).collect();
	let chosen = Settings::TOKENS;
	let mut spread = decoder.clone();
	change::spread(&mut spread, 50.0);
	let mut variants = vec![
		("8 bits (chosen)", decoder.clone(), chosen),
		("8 bits, 1% of the gains x50", spread, chosen),
	];
	if all {
		let bits = |matrix_bits, embedding_bits| Settings {
			matrix_bits,
			embedding_bits,
			..chosen
		};
		variants.extend([
			(
				"8 bits, not equalised",
				decoder.clone(),
				Settings {
					equalise: false,
					..chosen
				},
			),
			("10 bits", decoder.clone(), bits(10, 10)),
			("16 bits", decoder.clone(), bits(16, 16)),
			("8 bits, embeddings 16", decoder.clone(), bits(8, 16)),
			(
				"8 bits, residual Q8",
				decoder.clone(),
				Settings {
					residual_fraction: 8,
					..chosen
				},
			),
			(
				"8 bits, residual Q16",
				decoder.clone(),
				Settings {
					residual_fraction: 16,
					..chosen
				},
			),
			(
				"8 bits, hidden Q8",
				decoder.clone(),
				Settings {
					hidden_fraction: 8,
					..chosen
				},
			),
		]);
	}
	println!("\ntiny-decoder\n");
	println!("| numbers | perplexity | float | growth | standard error |\n| --- | --- | --- | --- | --- |");
	for (name, changed, settings) in variants {
		let exact = convert::exact(convert::decoder::Decoder::new(
			&changed.config,
			&mut changed.tensors(),
			settings,
		)?)?;
		let loss = compare::decoders(&decoder, &exact, &windows)?;
		println!(
			"| {name} | {:.4} | {:.4} | {:+.3}% | {:.3}% |",
			loss.exact,
			loss.float,
			100.0 * loss.growth(),
			100.0 * loss.error
		);
	}
	Ok(())
}
