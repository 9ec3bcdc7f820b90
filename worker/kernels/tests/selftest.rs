// SPDX-License-Identifier: Apache-2.0

//! The self-test, and what would happen without it.

mod common;

use atelier_kernels::{Check, Kernels, Model, ModelError, Path, decoder::Decoder};
use atelier_referee::{
	forward::{self, Nobody},
	model::{PackageError, Use},
	samples,
};
use common::{Sample, threads};

#[test]
fn every_path_of_this_cpu_is_right() {
	let kernels = Kernels::detect().expect("a path is right");
	for verdict in kernels.verdicts() {
		println!("{verdict}");
		assert_eq!(verdict.wrong, None, "{verdict}");
	}
	assert_eq!(kernels.path(), Path::available()[0]);
}

/// Logits of a random model with these kernels, and the reference's.
fn logits(kernels: &Kernels) -> (Vec<i32>, Vec<i32>) {
	let mut sample = Sample::new(11, Use::Tokens, samples::Values::Ordinary);
	let tokens = sample.tokens(5);
	let mut reference = forward::Decoder::new(sample.package()).expect("tokens");
	reference.push_all(&tokens, &mut Nobody).expect("valid");
	let mut decoder = Decoder::new(sample.model(kernels), threads(1), 1 << 24).expect("a decoder");
	let sequence = decoder.open();
	(
		decoder.prefill(sequence, &tokens).expect("taken"),
		reference.logits(&mut Nobody).expect("there are tokens"),
	)
}

#[test]
fn a_broken_path_is_named_and_not_used() {
	let available = Path::available();
	for broken in 0..available.len() - 1 {
		let paths: Vec<_> = available
			.iter()
			.enumerate()
			.map(|(number, path)| if number <= broken { path.broken() } else { *path })
			.collect();
		let kernels = Kernels::select(paths).expect("plain code is right");
		assert_eq!(kernels.path(), available[broken + 1]);
		for verdict in &kernels.verdicts()[..=broken] {
			assert_eq!(verdict.wrong, Some(Check::Products));
			assert!(verdict.to_string().ends_with("wrong about Products, not used"));
		}
		let (served, right) = logits(&kernels);
		assert_eq!(served, right);
	}
	let error = Kernels::select(available.iter().map(|path| path.broken())).expect_err("all are wrong");
	assert_eq!(error.verdicts.len(), available.len());
}

#[test]
fn without_the_self_test_a_broken_path_serves_wrong_values() {
	for path in Path::available() {
		let (served, right) = logits(&Kernels::unchecked(path.broken()));
		assert_ne!(served, right, "{path}");
		let (served, right) = logits(&Kernels::unchecked(path));
		assert_eq!(served, right, "{path}");
	}
}

#[test]
fn models_are_checked_and_take_a_byte_a_number() {
	let kernels = Kernels::detect().expect("a path is right");
	let mut sample = Sample::new(12, Use::Tokens, samples::Values::Ordinary);
	sample.shape.width = 256;
	sample.shape.hidden = 1_024;
	sample.shape.matrices = atelier_referee::ops::linear::Format::Byte;
	sample.shape.embeddings = atelier_referee::ops::linear::Format::Byte;
	sample.bytes = samples::package(sample.shape, samples::Values::Ordinary, &mut sample.random);
	let model = Model::checked(sample.shape, &sample.bytes, kernels.clone()).expect("it is whole");
	let (bytes, package) = (model.bytes(), sample.bytes.len() as u64);
	assert!(bytes * 100 < package * 125, "{bytes} of {package}");

	let short = &sample.bytes[1_024..];
	let wrong = Model::checked(sample.shape, short, kernels.clone());
	assert!(matches!(
		wrong.err(),
		Some(ModelError::Package(PackageError::WrongLength { .. }))
	));
	sample.bytes[0] = 0x80;
	let wrong = Model::checked(sample.shape, &sample.bytes, kernels.clone());
	assert!(matches!(
		wrong.err(),
		Some(ModelError::Package(PackageError::NumberOutside { .. }))
	));
	sample.shape.layers = 0;
	let wrong = Model::checked(sample.shape, &sample.bytes, kernels);
	assert!(matches!(wrong.err(), Some(ModelError::Shape(_))));
}
