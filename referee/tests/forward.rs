// SPDX-License-Identifier: Apache-2.0

//! The reference forward over random models of every kind.

use atelier_referee::{
	forward::{Decoder, InputError, Nobody, Observer, embed},
	model::{Package, Use},
	samples::{self, Random},
	trace::{Place, Values},
};
use std::collections::BTreeMap;

const MODELS: u64 = 300;

/// Remembers what it sees.
#[derive(Default)]
struct Memory(BTreeMap<(u32, u16, u8), String>);

impl Observer for Memory {
	fn see(&mut self, place: Place, values: Values<'_>) {
		let key = (place.position, place.layer, place.stage as u8);
		let before = self.0.insert(key, format!("{values:?}"));
		assert_eq!(before, None, "{place:?} comes once");
	}
}

struct Sample {
	shape: atelier_referee::model::Shape,
	bytes: Vec<u8>,
	tokens: Vec<u32>,
	random: Random,
}

impl Sample {
	fn new(seed: u64, values: samples::Values) -> Self {
		let mut random = Random(seed);
		let shape = samples::shape(&mut random)
			.checked()
			.expect("samples are within the limits");
		let bytes = samples::package(shape, values, &mut random);
		let count = random.between(1, 12) as u32;
		let tokens = samples::tokens(&shape, count, &mut random);
		Self {
			shape,
			bytes,
			tokens,
			random,
		}
	}

	fn package(&self) -> Package<'_> {
		Package::new(self.shape, &self.bytes).expect("the package has the bytes of its shape")
	}
}

fn all() -> impl Iterator<Item = Sample> {
	let kinds = [
		samples::Values::Ordinary,
		samples::Values::Extreme,
		samples::Values::Bytes,
	];
	kinds
		.into_iter()
		.flat_map(|values| (0..MODELS).map(move |seed| Sample::new(seed, values)))
}

#[test]
fn token_by_token_and_all_at_once_are_the_same_to_the_bit() {
	for sample in all().filter(|sample| sample.shape.answers == Use::Tokens) {
		let (mut one_by_one, mut seen_one_by_one) =
			(Decoder::new(sample.package()).expect("tokens"), Memory::default());
		for token in &sample.tokens {
			one_by_one.push(*token, &mut seen_one_by_one).expect("valid");
		}
		let (mut at_once, mut seen_at_once) = (Decoder::new(sample.package()).expect("tokens"), Memory::default());
		// In two parts: the second finds the keys and values of the first.
		let (first, second) = sample.tokens.split_at(sample.tokens.len() / 2);
		at_once.push_all(first, &mut seen_at_once).expect("valid");
		at_once.push_all(second, &mut seen_at_once).expect("valid");

		assert_eq!(seen_one_by_one.0, seen_at_once.0);
		let logits = one_by_one.logits(&mut Nobody).expect("there are tokens");
		assert_eq!(logits, at_once.logits(&mut Nobody).expect("there are tokens"));
		assert_eq!(logits.len(), sample.shape.vocabulary as usize);
	}
}

#[test]
fn later_tokens_change_nothing_before_them() {
	for mut sample in all().filter(|sample| sample.shape.answers == Use::Tokens) {
		let run = |tokens: &[u32], sample: &Sample| {
			let (mut decoder, mut seen) = (Decoder::new(sample.package()).expect("tokens"), Memory::default());
			decoder.push_all(tokens, &mut seen).expect("valid");
			seen.0
		};
		let before = run(&sample.tokens, &sample);
		let changed = sample.tokens.len() - 1;
		let mut tokens = sample.tokens.clone();
		tokens[changed] = samples::tokens(&sample.shape, 1, &mut sample.random)[0];
		for (key, values) in run(&tokens, &sample) {
			assert!(key.0 == changed as u32 || before[&key] == values, "{key:?}");
		}
	}
}

#[test]
fn ordinary_models_answer_with_different_tokens() {
	let mut tokens = std::collections::BTreeSet::new();
	for seed in 0..MODELS {
		let mut sample = Sample::new(seed, samples::Values::Ordinary);
		if sample.shape.answers != Use::Tokens {
			continue;
		}
		let mut decoder = Decoder::new(sample.package()).expect("tokens");
		decoder.push_all(&sample.tokens, &mut Nobody).expect("valid");
		let logits = decoder.logits(&mut Nobody).expect("there are tokens");
		let distinct: std::collections::BTreeSet<_> = logits.iter().collect();
		assert!(
			distinct.len() > logits.len() / 4,
			"{:?}: {} of {}",
			sample.shape,
			distinct.len(),
			logits.len()
		);
		assert!(
			logits.iter().all(|logit| logit.unsigned_abs() < 1 << 26),
			"{:?}",
			sample.shape
		);
		tokens.insert(samples::sampler(&mut sample.random).choose(&logits, 0).token);
	}
	assert!(tokens.len() > 20, "{} different tokens", tokens.len());
}

#[test]
fn embeddings_have_length_one_and_do_not_see_the_order_of_nothing() {
	let mut count = 0;
	for sample in all().filter(|sample| sample.shape.answers == Use::Embedding) {
		let embedding = embed(&sample.package(), &sample.tokens, &mut Nobody).expect("valid");
		let square: i64 = embedding.iter().map(|number| i64::from(*number).pow(2)).sum();
		let length = (square as f64).sqrt() / 32_768.0;
		// All numbers may be 0.
		assert!(square == 0 || (length - 1.0).abs() < 0.001, "{length}");
		count += usize::from(square > 0);
	}
	assert!(count > 100, "{count} with a length");
}

#[test]
fn wrong_inputs_are_refused() {
	for sample in all().take(60) {
		let package = sample.package();
		let unknown = sample.shape.vocabulary;
		let many = vec![0; sample.shape.positions as usize + 1];
		match sample.shape.answers {
			Use::Tokens => {
				let mut decoder = Decoder::new(package).expect("tokens");
				assert_eq!(decoder.logits(&mut Nobody), Err(InputError::Empty));
				assert_eq!(
					decoder.push(unknown, &mut Nobody),
					Err(InputError::UnknownToken { token: unknown })
				);
				let limit = sample.shape.positions;
				assert_eq!(decoder.push_all(&many, &mut Nobody), Err(InputError::TooLong { limit }));
				assert_eq!(embed(&package, &[0], &mut Nobody), Err(InputError::WrongUse));
			}
			Use::Embedding => {
				assert_eq!(embed(&package, &[], &mut Nobody), Err(InputError::Empty));
				assert_eq!(
					embed(&package, &[0, unknown], &mut Nobody),
					Err(InputError::UnknownToken { token: unknown })
				);
				let limit = sample.shape.positions;
				assert_eq!(embed(&package, &many, &mut Nobody), Err(InputError::TooLong { limit }));
				assert_eq!(Decoder::new(package).err(), Some(InputError::WrongUse));
			}
		}
	}
}

#[test]
fn packages_of_another_length_are_refused() {
	let sample = Sample::new(1, samples::Values::Ordinary);
	let needed = sample.bytes.len() as u64;
	for found in [0, needed - 1, needed - 1_024] {
		let error = Package::new(sample.shape, &sample.bytes[..found as usize])
			.err()
			.expect("too short");
		assert_eq!(
			error,
			atelier_referee::model::PackageError::WrongLength { needed, found }
		);
	}
	let longer = [&sample.bytes[..], &[0; 1_024]].concat();
	assert!(Package::new(sample.shape, &longer).is_err());
}
