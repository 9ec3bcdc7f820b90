// SPDX-License-Identifier: Apache-2.0

//! The float class: any checkpoint, by libtorch, on a CPU or an NVIDIA GPU.
//!
//! What it computes is what the reference implementation of each architecture computes, up to the order of sums: so two
//! devices give nearly the same numbers and not the same ones. Logits are rounded to 16 bits of fraction before anything is
//! chosen by them, and the choice is the referee's: who has the logits can check the choice.

mod attention;
mod cache;
pub(crate) mod decoder;
pub(crate) mod device;
mod encoder;
mod linear;
mod norm;
pub mod probe;
pub(crate) mod rotary;
mod script;
mod start;
pub(crate) mod weights;

pub use decoder::FloatDecoder;
pub use device::Device;
pub use encoder::FloatEncoder;
pub use script::{Array, Elements, Script};
pub use start::{Libtorch, folder, threads, version};

use crate::{
	Error,
	backend::Backend,
	load::{Folder, checkpoint::Float, config::Config},
	serve::{Engine, Limits, Words},
};

/// Where and how a model is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
	pub device: Device,
	pub float: Float,
	/// Bytes for weights, pages and what is between the layers. A model that needs more is refused.
	pub memory: u64,
	pub limits: Limits,
}

/// A model of a folder.
pub fn load(folder: &Folder, plan: &Plan) -> Result<Box<dyn Backend>, Error> {
	Ok(match folder.config()? {
		Config::Decoder(config) => Box::new(FloatDecoder::load(folder, config, plan)?),
		Config::Encoder(config) => Box::new(FloatEncoder::load(folder, config, plan)?),
	})
}

/// A model of a folder that serves.
pub fn serve(folder: &Folder, plan: &Plan) -> Result<Engine, Error> {
	// The small files first: what is wrong with them is known at once.
	let words = Words {
		text: folder.text()?,
		chat: folder.chat()?,
		ends: folder.end_tokens()?,
		texts: None,
	};
	Engine::start(load(folder, plan)?, words, plan.limits)
}
