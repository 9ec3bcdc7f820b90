// SPDX-License-Identifier: Apache-2.0

//! Models that embed against the reference.

mod common;

use atelier_kernels::{Error, Kernels, Path, controls::factor, encoder::Encoder};
use atelier_referee::{
	forward::{InputError, Nobody, embed},
	model::Use,
	samples,
};
use common::{Sample, VALUES, threads};

#[test]
fn every_number_of_every_text_is_the_references() {
	let mut compared = 0;
	for seed in 0..40 * factor() {
		for values in VALUES {
			let mut sample = Sample::new(seed, Use::Embedding, values);
			let texts: Vec<_> = (0..sample.random.between(1, 64))
				.map(|_| {
					let count = sample.random.between(1, 40) as u32;
					sample.tokens(count)
				})
				.collect();
			let expected: Vec<_> = texts
				.iter()
				.map(|tokens| embed(&sample.package(), tokens, &mut Nobody).expect("valid"))
				.collect();
			let texts: Vec<&[u32]> = texts.iter().map(Vec::as_slice).collect();
			for (number, path) in Path::available().into_iter().enumerate() {
				let model = sample.model(&Kernels::unchecked(path));
				let encoder = Encoder::new(model, threads(1 + (seed as usize + number) % 2)).expect("an encoder");
				for (vector, expected) in encoder.embed(&texts).into_iter().zip(&expected) {
					let vector = vector.expect("taken");
					assert_eq!(&vector, expected, "{path}");
					compared += vector.len();
				}
			}
		}
	}
	println!("{compared} numbers");
	assert!(compared > 300_000, "{compared}");
}

#[test]
fn long_texts_go_in_parts() {
	let mut sample = Sample::new(7, Use::Embedding, samples::Values::Ordinary);
	sample.shape.layers = 2;
	sample.shape.positions = 4_000;
	sample.bytes = samples::package(sample.shape, samples::Values::Ordinary, &mut sample.random);
	let texts: Vec<_> = [2_300, 600, 1, 700, 513].map(|count| sample.tokens(count)).to_vec();
	let encoder =
		Encoder::new(sample.model(&Kernels::detect().expect("a path is right")), threads(2)).expect("an encoder");
	let slices: Vec<&[u32]> = texts.iter().map(Vec::as_slice).collect();
	for (vector, text) in encoder.embed(&slices).into_iter().zip(&texts) {
		assert_eq!(
			vector.expect("taken"),
			embed(&sample.package(), text, &mut Nobody).expect("valid")
		);
	}
}

#[test]
fn wrong_texts_are_refused_alone() {
	let mut sample = Sample::new(8, Use::Embedding, samples::Values::Ordinary);
	let (vocabulary, limit) = (sample.shape.vocabulary, sample.shape.positions);
	let good = sample.tokens(4);
	let many = vec![0; limit as usize + 1];
	let model = sample.model(&Kernels::detect().expect("a path is right"));
	let encoder = Encoder::new(model, threads(1)).expect("an encoder");
	let results = encoder.embed(&[&[], &good, &[vocabulary], &many]);
	assert_eq!(results[0], Err(Error::Input(InputError::Empty)));
	assert_eq!(
		results[1],
		Ok(embed(&sample.package(), &good, &mut Nobody).expect("valid"))
	);
	assert_eq!(
		results[2],
		Err(Error::Input(InputError::UnknownToken { token: vocabulary }))
	);
	assert_eq!(results[3], Err(Error::Input(InputError::TooLong { limit })));
	let decoder = Sample::new(1, Use::Tokens, samples::Values::Ordinary);
	let wrong = Encoder::new(decoder.model(&Kernels::unchecked(Path::PLAIN)), threads(1));
	assert_eq!(wrong.err(), Some(InputError::WrongUse.into()));
}
