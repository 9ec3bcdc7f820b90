// SPDX-License-Identifier: Apache-2.0

//! The exact arithmetic loses nothing that anybody would notice: the goals of docs/exact-quality.md. With `ATELIER_LONG` set, at
//! full size.

use atelier_convert::{self as convert, Exact, Settings};
use atelier_quality::{change, compare, corpus::Corpus, decoder::Decoder, folder::Folder};

/// A full size when it is asked for.
fn size(short: usize, full: usize) -> usize {
	if std::env::var_os("ATELIER_LONG").is_some() {
		full
	} else {
		short
	}
}

#[test]
fn vectors_of_sentences_keep_their_direction_and_their_neighbours() {
	let folder = Folder::minilm().unwrap_or_else(|error| panic!("{error}"));
	let (encoder, tokens) = (folder.encoder().expect("a BERT"), folder.tokens().expect("a tokenizer"));
	let corpus = Corpus::read().expect("the pinned crates are there");
	let sentences: Vec<_> = corpus
		.sentences(size(40, 1_000))
		.iter()
		.map(|text| tokens.encode(text).expect("it has tokens"))
		.collect();
	let mut tensors = encoder.tensors();
	let parts = convert::encoder::Encoder::new(&encoder.config, &mut tensors, Settings::EMBEDDING);
	let exact = convert::exact(parts.expect("within the limits")).expect("all is there");
	let loss = compare::encoders(&encoder, &exact, &sentences).expect("all are short enough");
	println!("{} sentences: {loss:?}", sentences.len());
	assert!(loss.mean >= 0.999_9, "{loss:?}");
	assert!(loss.least >= 0.999_5, "{loss:?}");
	assert!(loss.same_nearest >= 0.99, "{loss:?}");
}

fn exact(decoder: &Decoder, settings: Settings) -> Exact {
	let mut tensors = decoder.tensors();
	let parts = convert::decoder::Decoder::new(&decoder.config, &mut tensors, settings);
	convert::exact(parts.expect("within the limits")).expect("all is there")
}

/// The perplexity of a changed decoder, made exact, against the unchanged one in float.
fn growth(change: impl Fn(&mut Decoder)) -> compare::DecoderLoss {
	let folder = Folder::tiny_decoder();
	let decoder = folder.decoder().expect("a Llama");
	let slice = folder.validation_slice().expect("it is there");
	let windows: Vec<_> = slice.iter().map(Vec::as_slice).take(size(8, 64)).collect();
	let mut changed = decoder.clone();
	change(&mut changed);
	let exact = exact(&changed, Settings::TOKENS);
	compare::decoders(&decoder, &exact, &windows).expect("all tokens are known")
}

/// Few windows say it only within their error.
fn is_small(loss: &compare::DecoderLoss) -> bool {
	loss.growth() <= 0.001 + if size(0, 1) == 1 { 0.0 } else { 2.0 * loss.error }
}

#[test]
fn a_decoder_predicts_as_well() {
	let loss = growth(|_| ());
	println!("{loss:?}");
	assert!(is_small(&loss), "{loss:?}");
}

#[test]
fn a_decoder_with_outlier_channels_predicts_as_well() {
	let loss = growth(|decoder| change::spread(decoder, 50.0));
	println!("{loss:?}");
	assert!(is_small(&loss), "{loss:?}");
}

#[test]
fn control_with_few_bits_the_loss_is_seen() {
	let folder = Folder::tiny_decoder();
	let decoder = folder.decoder().expect("a Llama");
	let slice = folder.validation_slice().expect("it is there");
	let windows: Vec<_> = slice.iter().map(Vec::as_slice).take(8).collect();
	let few = Settings {
		matrix_bits: 4,
		..Settings::TOKENS
	};
	let exact = exact(&decoder, few);
	let loss = compare::decoders(&decoder, &exact, &windows).expect("all tokens are known");
	println!("{loss:?}");
	assert!(loss.growth() - 2.0 * loss.error > 0.001, "{loss:?}");
}

#[test]
fn exact_packages_hold_only_what_they_should() {
	let folder = Folder::tiny_decoder();
	let decoder = folder.decoder().expect("a Llama");
	for settings in [
		Settings::TOKENS,
		Settings {
			matrix_bits: 16,
			embedding_bits: 16,
			..Settings::TOKENS
		},
	] {
		let exact = exact(&decoder, settings);
		let checked = atelier_referee::model::Package::checked(exact.shape, &exact.package);
		assert!(checked.is_ok(), "{:?}", checked.err());
	}
}
