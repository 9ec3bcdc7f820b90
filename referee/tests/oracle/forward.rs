// SPDX-License-Identifier: Apache-2.0

//! Every vector of the forward pass of random tiny models, against the second implementation.

use super::{
	race::choose,
	whole::{Model, Trace},
};
use atelier_referee::{
	forward::{Decoder, Observer, embed},
	model::{Package, Shape, Use},
	samples::{self, Random},
	trace::{Place, Stage, Values},
};

/// Models of each use and kind of values.
const MODELS: usize = 40;

/// Remembers what it sees.
#[derive(Default)]
struct Seen(Trace);

impl Observer for Seen {
	fn see(&mut self, place: Place, values: Values<'_>) {
		let values = match values {
			Values::Numbers(numbers) => numbers.iter().map(|number| (*number).into()).collect(),
			Values::Activations(numbers) => numbers.iter().map(|number| (*number).into()).collect(),
			Values::Exponent(exponent) => vec![exponent.into()],
			Values::Statistics(all) => all
				.iter()
				.flat_map(|one| [one.mean.into(), one.bits.into(), one.inverse.into()])
				.collect(),
			Values::Choice(_) => unreachable!("the forward pass chooses nothing"),
		};
		let before = self.0.insert((place.position, place.layer, place.stage), values);
		assert_eq!(before, None, "{place:?} comes once");
	}
}

fn assert_same(seen: &Trace, expected: &Trace, about: &str) {
	for (key, values) in seen {
		assert_eq!(Some(values), expected.get(key), "{key:?} of {about}");
	}
	assert_eq!(seen.len(), expected.len(), "{about}");
}

/// The first models with this use.
fn models(answers: Use, values: samples::Values) -> impl Iterator<Item = (String, Shape, Vec<u8>, Random)> {
	let all = (0..).map(move |seed| {
		let mut random = Random(seed);
		let shape = samples::shape(&mut random)
			.checked()
			.expect("samples are within the limits");
		let bytes = samples::package(shape, values, &mut random);
		(format!("seed {seed}, {values:?}, {shape:?}"), shape, bytes, random)
	});
	all.filter(move |(_, shape, ..)| shape.answers == answers).take(MODELS)
}

fn decoders_agree(values: samples::Values) {
	for (about, shape, bytes, mut random) in models(Use::Tokens, values) {
		let model = Model::read(shape, &bytes);
		let package = Package::new(shape, &bytes).expect("the package has the bytes of its shape");
		let input = random.between(1, 5) as u32;
		let mut tokens = samples::tokens(&shape, input, &mut random);
		let sampler = samples::sampler(&mut random);
		let (mut seen, mut expected) = (Seen::default(), Trace::default());
		let mut decoder = Decoder::new(package).expect("it answers with tokens");
		decoder.push_all(&tokens, &mut seen).expect("the tokens are known");
		for _ in 0..3 {
			let logits = decoder.logits(&mut seen).expect("there are tokens");
			assert_eq!(logits, model.logits(&tokens, &mut expected), "{about}");
			let position = decoder.position() - 1;
			let choice = sampler.choose(&logits, position);
			assert_eq!(choice, choose(sampler, &logits, position), "{sampler:?} of {about}");
			tokens.push(choice.token);
			decoder.push(choice.token, &mut seen).expect("the token is known");
		}
		model.states(&tokens, &mut expected);
		assert_same(&seen.0, &expected, &about);
	}
}

fn encoders_agree(values: samples::Values) {
	for (about, shape, bytes, mut random) in models(Use::Embedding, values) {
		let model = Model::read(shape, &bytes);
		let package = Package::new(shape, &bytes).expect("the package has the bytes of its shape");
		let input = random.between(1, 7) as u32;
		let tokens = samples::tokens(&shape, input, &mut random);
		let (mut seen, mut expected) = (Seen::default(), Trace::default());
		let embedding = embed(&package, &tokens, &mut seen).expect("the tokens are known");
		assert_eq!(embedding, model.embedding(&tokens, &mut expected), "{about}");
		assert_same(&seen.0, &expected, &about);
	}
}

#[test]
fn ordinary_decoders_agree_in_every_vector() {
	decoders_agree(samples::Values::Ordinary);
}

#[test]
fn extreme_decoders_agree_in_every_vector() {
	decoders_agree(samples::Values::Extreme);
}

// What is left of a tensor's last chunk is zeros in these too; everything else is any bytes, with shifts that nothing fits.
#[test]
fn decoders_of_any_bytes_agree_in_every_vector() {
	decoders_agree(samples::Values::Bytes);
}

#[test]
fn ordinary_encoders_agree_in_every_vector() {
	encoders_agree(samples::Values::Ordinary);
}

#[test]
fn extreme_encoders_agree_in_every_vector() {
	encoders_agree(samples::Values::Extreme);
}

#[test]
fn encoders_of_any_bytes_agree_in_every_vector() {
	encoders_agree(samples::Values::Bytes);
}

#[test]
fn the_models_have_all_stages() {
	let mut stages = std::collections::BTreeSet::new();
	for answers in [Use::Tokens, Use::Embedding] {
		for (_, shape, bytes, _) in models(answers, samples::Values::Ordinary) {
			let mut trace = Trace::default();
			let model = Model::read(shape, &bytes);
			match answers {
				Use::Tokens => drop(model.logits(&[0], &mut trace)),
				Use::Embedding => drop(model.embedding(&[0], &mut trace)),
			}
			stages.extend(trace.into_keys().map(|(_, _, stage)| stage));
		}
	}
	// All from the first to the last but the choice, which is compared by itself.
	assert_eq!(stages.len(), Stage::Unit as usize, "{stages:?}");
}
