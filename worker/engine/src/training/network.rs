// SPDX-License-Identifier: Apache-2.0

//! What a decoder loses on texts, so that libtorch can follow it back to every weight. Layers, norms and rotations are those
//! that serve; only attention is another: whole windows beside each other, and no pages.

use super::{Error, parameters::Parameters};
use crate::{
	float::{decoder::parts::Parts, device::Doing, rotary::Rotary},
	load::config::DecoderConfig,
};
use tch::{Device, Kind, Reduction, TchError, Tensor};

/// Targets that are not asked for.
const NOT_ASKED: i64 = -100;

pub struct Network {
	config: DecoderConfig,
	rotary: Rotary,
	device: Device,
}

/// Texts of one length beside each other, and the token that should follow each of theirs.
pub struct Batch {
	rows: i64,
	length: i64,
	/// Row by row.
	tokens: Tensor,
	targets: Tensor,
	asked: u64,
}

impl Network {
	pub fn new(config: DecoderConfig, device: Device) -> Result<Self, Error> {
		let rotary = Rotary::new(&config.rope, config.head_size, config.positions, (Kind::Float, device))?;
		Ok(Self { config, rotary, device })
	}

	pub fn config(&self) -> &DecoderConfig {
		&self.config
	}

	/// Windows of one length, each with the token after it.
	pub fn windows(&self, windows: &[&[u32]]) -> Result<Batch, Error> {
		let texts: Vec<_> = windows
			.iter()
			.map(|window| {
				let (inputs, targets) = (window.split_last(), window.split_first());
				let inputs = inputs.map_or(&[][..], |(_, inputs)| inputs);
				let targets = targets.map_or(&[][..], |(_, targets)| targets);
				(inputs, targets.iter().map(|token| Some(*token)).collect())
			})
			.collect();
		self.batch(&texts)
	}

	/// Texts of one length, and what should follow each of their tokens, if it is asked for.
	pub fn batch(&self, texts: &[(&[u32], Vec<Option<u32>>)]) -> Result<Batch, Error> {
		let length = texts.first().map_or(0, |(tokens, _)| tokens.len());
		let all: usize = texts.iter().map(|(tokens, _)| tokens.len()).sum();
		let same = texts
			.iter()
			.all(|(tokens, targets)| tokens.len() == length && targets.len() == length);
		if !same || length == 0 || length > self.config.positions as usize {
			return Err(Error::BrokenBatch {
				rows: texts.len(),
				length,
				tokens: all,
			});
		}
		let vocabulary = self.config.vocabulary;
		let known = |token: u32| match token < vocabulary {
			true => Ok(i64::from(token)),
			false => Err(Error::UnknownToken { token, vocabulary }),
		};
		let tokens = texts
			.iter()
			.flat_map(|(tokens, _)| tokens.iter().map(|token| known(*token)));
		let tokens = tokens.collect::<Result<Vec<_>, _>>()?;
		let targets = texts.iter().flat_map(|(_, targets)| targets);
		let asked = targets.clone().flatten().count() as u64;
		let targets = targets.map(|target| target.map_or(Ok(NOT_ASKED), known));
		let targets = targets.collect::<Result<Vec<_>, _>>()?;
		let tensor = |numbers: &[i64]| Tensor::f_from_slice(numbers)?.f_to_device(self.device);
		Ok(Batch {
			rows: texts.len() as i64,
			length: length as i64,
			tokens: tensor(&tokens).doing("making a batch")?,
			targets: tensor(&targets).doing("making a batch")?,
			asked,
		})
	}

	/// The sum of the surprise, in nats, at all targets.
	pub fn loss(&self, parameters: &Parameters, batch: &Batch) -> Result<Tensor, Error> {
		let parts = Parts::read(&mut { parameters }, &self.config)?;
		Ok(self.forward(&parts, batch).doing("computing a loss")?)
	}

	fn forward(&self, parts: &Parts, batch: &Batch) -> Result<Tensor, TchError> {
		let positions = Tensor::f_arange(batch.length, (Kind::Int64, self.device))?;
		let turn = self.rotary.at(&positions.f_repeat([batch.rows])?)?;
		let mut x = parts.embedding.f_index_select(0, &batch.tokens)?;
		for layer in &parts.layers {
			x = layer.apply(&x, &turn, |queries, keys, values| {
				self.attend(batch, queries, keys, values)
			})?;
		}
		let logits = parts.head.apply(&parts.norm.apply(&x)?)?;
		logits.f_cross_entropy_loss(&batch.targets, None::<&Tensor>, Reduction::Sum, NOT_ASKED, 0.0)
	}

	fn attend(&self, batch: &Batch, queries: &Tensor, keys: &Tensor, values: &Tensor) -> Result<Tensor, TchError> {
		let (rows, length) = (batch.rows, batch.length);
		let heads = i64::from(self.config.heads);
		let key_heads = i64::from(self.config.key_heads);
		let size = i64::from(self.config.head_size);
		let by_head = |x: &Tensor, heads| x.f_reshape([rows, length, heads, size])?.f_transpose(1, 2);
		let repeated = |x: &Tensor| -> Result<Tensor, TchError> {
			let group = heads / key_heads;
			by_head(x, key_heads)?
				.f_unsqueeze(2)?
				.f_expand([rows, key_heads, group, length, size], false)?
				.f_reshape([rows, heads, length, size])
		};
		Tensor::f_scaled_dot_product_attention(
			&by_head(queries, heads)?,
			&repeated(keys)?,
			&repeated(values)?,
			None::<&Tensor>,
			0.0,
			true,
			None,
			false,
		)?
		.f_transpose(1, 2)?
		.f_reshape([rows * length, heads * size])
	}
}

impl Batch {
	/// How many targets are asked for.
	pub fn asked(&self) -> u64 {
		self.asked
	}
}
