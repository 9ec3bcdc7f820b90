// SPDX-License-Identifier: Apache-2.0

//! The exact class: every value is the referee's, bit for bit, so what a worker answers can be proved right or wrong.
//!
//! On CPUs, by `atelier-kernels`: which vector instructions are used is decided at start, by a self-test against the referee.
//! On GPUs, by [`device`]: whether one is used at all is decided in the same way.

pub mod compare;
mod decoder;
#[cfg(feature = "libtorch")]
pub mod device;
mod encoder;
#[cfg(feature = "libtorch")]
mod place;
mod prefixes;
mod replay;

pub use decoder::ExactDecoder;
pub use encoder::ExactEncoder;
#[cfg(feature = "libtorch")]
pub use place::{By, Placed, place, place_package, serve_on};
pub use replay::{Replay, Replayed};

use crate::{
	Error,
	backend::Backend,
	serve::{Engine, Limits, Words},
};
use atelier_kernels::{Kernels, Model, Threads};
use atelier_models::{exact::ExactFolder, load::Folder, text::Text};
use atelier_referee::model::{Shape, Use};
use std::sync::Arc;

/// Where and how a model is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
	/// Threads that compute.
	pub threads: usize,
	/// Bytes for weights and pages. A model that needs more is refused.
	pub memory: u64,
	pub limits: Limits,
}

/// The numbers of a folder's package, checked one by one, and the threads of a plan.
fn model(folder: &ExactFolder, plan: &Plan) -> Result<(Arc<Model>, Arc<Threads>), Error> {
	checked(folder.manifest().shape, folder.bytes(), kernels()?, plan)
}

fn checked(shape: Shape, bytes: &[u8], kernels: Kernels, plan: &Plan) -> Result<(Arc<Model>, Arc<Threads>), Error> {
	let model = Model::checked(shape, bytes, kernels).map_err(|source| Error::ExactModel { source })?;
	let needs = model.bytes();
	if needs >= plan.memory {
		return Err(Error::ModelTooLarge {
			needs,
			budget: plan.memory,
		});
	}
	Ok((Arc::new(model), Arc::new(Threads::new(plan.threads)?)))
}

/// The model of a folder, whose package is checked number by number.
pub fn load(folder: &ExactFolder, plan: &Plan) -> Result<Box<dyn Backend>, Error> {
	load_bytes(folder.manifest().shape, folder.bytes(), kernels()?, plan)
}

/// The model of a package's bytes, by these kernels.
pub fn load_bytes(shape: Shape, bytes: &[u8], kernels: Kernels, plan: &Plan) -> Result<Box<dyn Backend>, Error> {
	let (model, threads) = checked(shape, bytes, kernels, plan)?;
	Ok(match model.shape().answers {
		Use::Tokens => Box::new(ExactDecoder::new(model, threads, plan.memory)?),
		Use::Embedding => Box::new(ExactEncoder::new(model, threads)?),
	})
}

/// The fastest kernels of this CPU that are right.
fn kernels() -> Result<Kernels, Error> {
	Kernels::detect().map_err(|none| Error::NoKernels {
		reason: none.to_string(),
	})
}

/// A model of a folder that serves.
pub fn serve(folder: &ExactFolder, plan: &Plan) -> Result<Engine, Error> {
	Engine::start(load(folder, plan)?, words(folder)?, plan.limits)
}

fn words(folder: &ExactFolder) -> Result<Words, Error> {
	let manifest = folder.manifest();
	let beside = Folder::new(folder.path());
	let tokenizer = folder.path().join("tokenizer.json");
	Ok(Words {
		text: Text::read(&tokenizer, manifest.shape.vocabulary, manifest.shape.positions)?,
		chat: beside.chat()?,
		ends: manifest.ends.clone(),
		texts: folder.texts()?,
	})
}
