// SPDX-License-Identifier: Apache-2.0

//! The encoder's forward pass, on the real MiniLM, which scripts/setup fetches.

mod common;

use atelier_quality::{Error, encoder::Encoder, folder::Folder, similarity::cosine, tokens::Tokens};
use ndarray::Array2;

struct MiniLm {
	encoder: Encoder,
	tokens: Tokens,
}

impl MiniLm {
	fn new() -> Self {
		let folder = Folder::minilm().unwrap_or_else(|error| panic!("{error}"));
		Self {
			encoder: folder.encoder().unwrap(),
			tokens: folder.tokens().unwrap(),
		}
	}

	fn embed(&self, sentences: &[&str]) -> Array2<f32> {
		let ids: Vec<_> = sentences
			.iter()
			.map(|sentence| self.tokens.encode(sentence).unwrap())
			.collect();
		self.encoder.embed(&ids).unwrap()
	}
}

/// The example of the library that the model was published with.
#[test]
fn published_similarities_are_met() {
	let vectors = MiniLm::new().embed(&[
		"The weather is lovely today.",
		"It's so sunny outside!",
		"He drove to the stadium.",
	]);
	for (one, other, published) in [(0, 0, 1.0), (0, 1, 0.6660), (0, 2, 0.1046), (1, 2, 0.1411)] {
		let ours = cosine(vectors.row(one), vectors.row(other));
		assert!(
			(ours - published).abs() < 1e-4,
			"{one} and {other}: {ours} here, {published} published"
		);
	}
}

#[test]
fn a_sentence_has_the_same_vector_in_any_company() {
	let model = MiniLm::new();
	// Enough tokens for more than one batch.
	let sentences: Vec<_> = (0..120)
		.map(|i| format!("Sentence number {i} says {}", "the same again ".repeat(i % 5)))
		.collect();
	let sentences: Vec<_> = sentences.iter().map(String::as_str).collect();
	let together = model.embed(&sentences);
	let reversed = model.embed(&sentences.iter().rev().copied().collect::<Vec<_>>());
	for (i, vector) in together.rows().into_iter().enumerate() {
		let other = reversed.row(sentences.len() - 1 - i);
		assert!(
			(&vector - &other).iter().all(|difference| difference.abs() < 1e-6),
			"sentence {i} in another order"
		);
		assert!(
			(cosine(vector, vector) - 1.0).abs() < 1e-6,
			"sentence {i} has another length"
		);
	}
	let alone = model.embed(&sentences[77..78]);
	assert!(
		(&alone.row(0) - &together.row(77))
			.iter()
			.all(|difference| difference.abs() < 1e-6)
	);
}

#[test]
fn long_texts_are_cut_at_128_tokens() {
	let model = MiniLm::new();
	let ids = model.tokens.encode(&"again and ".repeat(200)).unwrap();
	assert_eq!((ids.len(), ids[0], ids[127]), (128, 101, 102));
	// Without padding.
	assert_eq!(model.tokens.encode("Hello world").unwrap(), [101, 7592, 2088, 102]);
	assert_eq!(model.tokens.decode(&[101, 7592, 2088, 102]).unwrap(), "hello world");
}

#[test]
fn impossible_questions_are_errors() {
	let encoder = common::encoder().write().folder.encoder().unwrap();
	assert!(matches!(encoder.embed(&[vec![1], vec![]]), Err(Error::NoTokens)));
	assert!(matches!(
		encoder.embed(&[vec![1, 16]]),
		Err(Error::UnknownToken {
			token: 16,
			vocabulary: 16
		})
	));
	assert!(matches!(
		encoder.embed(&[vec![1; 33]]),
		Err(Error::TooLong { tokens: 33, limit: 32 })
	));
	assert_eq!(encoder.embed(&[]).unwrap().nrows(), 0);
}
