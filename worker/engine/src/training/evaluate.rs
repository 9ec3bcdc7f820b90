// SPDX-License-Identifier: Apache-2.0

//! How surprised a decoder is by a text.

use super::{Error, decoder::Decoder, network::Network, parameters::Parameters, stream::stream, texts};
use crate::{
	float::{Device, device::Doing},
	load::Folder,
};
use std::{ops::ControlFlow, path::Path};

/// Windows that are computed at once.
const AT_ONCE: usize = 8;

/// The surprise of all targets together, in nats.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Surprise {
	pub sum: f64,
	pub asked: u64,
}

/// A decoder that is asked.
pub struct Model {
	decoder: Decoder,
	network: Network,
	parameters: Parameters,
}

impl Surprise {
	/// The mean of a token.
	pub fn loss(&self) -> f64 {
		self.sum / self.asked.max(1) as f64
	}

	/// Among how many equally likely tokens the model in effect guesses.
	pub fn perplexity(&self) -> f64 {
		libm::exp(self.loss())
	}
}

impl Model {
	pub fn read(folder: &Folder, device: Device) -> Result<Self, Error> {
		let device = device.torch()?;
		let decoder = Decoder::read(folder)?;
		Ok(Self {
			parameters: Parameters::read(folder.checkpoint()?, &decoder.config, device)?,
			network: Network::new(decoder.config.clone(), device)?,
			decoder,
		})
	}

	/// The tokens of texts, as training sees them.
	pub fn tokens(&self, path: &Path) -> Result<Vec<u32>, Error> {
		let documents = texts::read(path)?;
		stream(&self.decoder.text, self.decoder.end, &documents, &mut |_| {
			ControlFlow::Continue(())
		})
	}

	/// Each window is asked about on its own, and not about its first token.
	pub fn surprise(&self, all: &[&[u32]], tell: &mut dyn FnMut(u64, u64)) -> Result<Surprise, Error> {
		let mut surprise = Surprise::default();
		for some in all.chunks(AT_ONCE) {
			surprise.add(windows(&self.network, &self.parameters, some, AT_ONCE)?);
			tell(
				surprise.asked,
				(all.len() * some.first().map_or(0, |window| window.len() - 1)) as u64,
			);
		}
		Ok(surprise)
	}
}

impl Surprise {
	fn add(&mut self, other: Self) {
		self.sum += other.sum;
		self.asked += other.asked;
	}
}

pub fn windows(
	network: &Network,
	parameters: &Parameters,
	windows: &[&[u32]],
	at_once: usize,
) -> Result<Surprise, Error> {
	let _no_gradients = tch::no_grad_guard();
	let mut surprise = Surprise::default();
	for some in windows.chunks(at_once.max(1)) {
		let batch = network.windows(some)?;
		let sum = network.loss(parameters, &batch)?;
		surprise.add(Surprise {
			sum: sum.f_double_value(&[]).doing("reading a loss")?,
			asked: batch.asked(),
		});
	}
	Ok(surprise)
}
