// SPDX-License-Identifier: Apache-2.0

//! Random models, and how much of them a run compares.
#![allow(dead_code, reason = "each test file uses a part")]

use atelier_kernels::{Kernels, Model, Threads};
use atelier_referee::{
	model::{Package, Shape, Use},
	samples::{self, Random},
};
use std::sync::Arc;

/// A random model.
pub struct Sample {
	pub shape: Shape,
	pub bytes: Vec<u8>,
	pub random: Random,
}

impl Sample {
	/// Of the first seed from this one on that gives such a model.
	pub fn new(seed: u64, answers: Use, values: samples::Values) -> Self {
		let mut random = Random(seed.wrapping_mul(0x1_0000_0001));
		let shape = loop {
			let shape = samples::shape(&mut random);
			if shape.answers == answers {
				break shape;
			}
		};
		let bytes = samples::package(shape, values, &mut random);
		Self { shape, bytes, random }
	}

	pub fn package(&self) -> Package<'_> {
		Package::new(self.shape, &self.bytes).expect("the package has the bytes of its shape")
	}

	/// For the kernels.
	pub fn model(&self, kernels: &Kernels) -> Arc<Model> {
		Arc::new(Model::new(&self.package(), kernels.clone()).expect("samples are within the limits"))
	}

	pub fn tokens(&mut self, count: u32) -> Vec<u32> {
		samples::tokens(&self.shape, count, &mut self.random)
	}
}

/// What the values of models are like.
pub const VALUES: [samples::Values; 3] = [
	samples::Values::Ordinary,
	samples::Values::Extreme,
	samples::Values::Bytes,
];

/// So many threads.
pub fn threads(count: usize) -> Arc<Threads> {
	Arc::new(Threads::new(count).expect("there are threads"))
}
