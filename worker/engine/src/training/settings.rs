// SPDX-License-Identifier: Apache-2.0

//! What a training is told: a file that a human writes, each number within bounds.

use super::Error;
use crate::load::checkpoint::Float;
use serde::{Deserialize, Serialize};
use std::{fmt::Display, ops::RangeInclusive, path::PathBuf};

/// A whole training, as the file says it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
	/// New folder for checkpoints, curve and model.
	pub to: PathBuf,
	/// A model's folder, if one is trained further.
	pub base: Option<PathBuf>,
	/// What the new model is like, if one is trained from scratch.
	pub model: Option<Sizes>,
	pub text: Text,
	/// Train only adapters of some matrices.
	pub lora: Option<Lora>,
	#[serde(default)]
	pub training: Training,
}

/// The sizes of a new decoder.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
	pub vocabulary: u32,
	pub hidden: u32,
	pub inner: u32,
	pub layers: u32,
	pub heads: u32,
	pub key_heads: u32,
	pub head_size: u32,
	pub positions: u32,
	/// Whether the output matrix is the embedding.
	#[serde(default)]
	pub tied: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
	/// A folder, or a file: .txt and .md are one document each, .jsonl has one a line, named `text`.
	pub train: PathBuf,
	/// What the model is asked about and never trained on.
	pub validation: Option<PathBuf>,
	/// Without a validation text, one document in so many is held out; 0 for none.
	#[serde(default = "one_in_twenty")]
	pub held_out: u32,
}

fn one_in_twenty() -> u32 {
	20
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lora {
	pub rank: u32,
	/// What the adapters add counts `alpha / rank`.
	pub alpha: f64,
	/// `q_proj`, `k_proj`, `v_proj`, `o_proj`, `gate_proj`, `up_proj`, `down_proj`.
	pub matrices: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Training {
	pub steps: u64,
	/// Windows that are computed at once.
	pub batch: u32,
	/// So many of those make a step.
	pub accumulate: u32,
	/// Tokens of a window.
	pub length: u32,
	/// The largest learning rate, reached after `warm_up` steps.
	pub rate: f64,
	/// The last one, as a part of the largest.
	pub last_rate: f64,
	pub warm_up: u64,
	/// Of matrices other than the embedding.
	pub weight_decay: f64,
	pub beta1: f64,
	pub beta2: f64,
	pub epsilon: f64,
	/// The longest gradient; a longer one is made as long.
	pub clip: f64,
	pub seed: u64,
	/// Number of a GPU, or none for the CPU.
	pub cuda: Option<u16>,
	/// Of the CPU; libtorch's choice if absent.
	pub threads: Option<u16>,
	/// Steps between checkpoints.
	pub checkpoint_every: u64,
	/// How many of them are kept.
	pub checkpoints: u32,
	/// Steps between questions about the validation text.
	pub validate_every: u64,
	/// Windows of it that are asked about.
	pub validation_windows: u32,
	/// Steps between lines of the curve.
	pub curve_every: u64,
	/// How the finished model's weights are stored.
	pub store: Store,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Store {
	F32,
	F16,
	Bf16,
}

impl Default for Training {
	fn default() -> Self {
		Self {
			steps: 1_000,
			batch: 8,
			accumulate: 1,
			length: 256,
			rate: 1e-3,
			last_rate: 0.02,
			warm_up: 100,
			weight_decay: 0.1,
			beta1: 0.9,
			beta2: 0.95,
			epsilon: 1e-8,
			clip: 1.0,
			seed: 1,
			cuda: None,
			threads: None,
			checkpoint_every: 100,
			checkpoints: 2,
			validate_every: 100,
			validation_windows: 32,
			curve_every: 10,
			store: Store::F32,
		}
	}
}

impl Store {
	pub fn float(self) -> Float {
		match self {
			Self::F32 => Float::F32,
			Self::F16 => Float::F16,
			Self::Bf16 => Float::BF16,
		}
	}
}

impl Settings {
	/// Whether every number is within its bounds; which are far above what anybody trains here, and so low that nothing
	/// overflows.
	pub fn check(&self) -> Result<(), Error> {
		match (&self.model, &self.base) {
			(Some(sizes), None) => sizes.check()?,
			(None, Some(_)) => {}
			_ => return Err(Error::NeitherNewNorBase),
		}
		if let Some(lora) = &self.lora {
			lora.check()?;
		}
		self.training.check()
	}
}

impl Sizes {
	fn check(&self) -> Result<(), Error> {
		// Every byte, and the tokens around a text.
		within("model.vocabulary", self.vocabulary, 258..=1 << 18)?;
		within("model.hidden", self.hidden, 1..=1 << 14)?;
		within("model.inner", self.inner, 1..=1 << 16)?;
		within("model.layers", self.layers, 1..=256)?;
		within("model.heads", self.heads, 1..=256)?;
		within("model.key_heads", self.key_heads, 1..=self.heads)?;
		within("model.head_size", self.head_size, 2..=512)?;
		within("model.positions", self.positions, 2..=1 << 20)?;
		within("the number of the model's weights", self.weights(), 1..=1 << 32)
	}

	/// How many there are, but for norms.
	fn weights(&self) -> u64 {
		let hidden = u64::from(self.hidden);
		let heads = 2 * (u64::from(self.heads) + u64::from(self.key_heads)) * u64::from(self.head_size);
		let layer = hidden * (heads + 3 * u64::from(self.inner));
		let ends = if self.tied { 1 } else { 2 };
		u64::from(self.layers) * layer + ends * u64::from(self.vocabulary) * hidden
	}
}

impl Lora {
	fn check(&self) -> Result<(), Error> {
		within("lora.rank", self.rank, 1..=1_024)?;
		positive("lora.alpha", self.alpha, 1e6)?;
		within("the number of lora.matrices", self.matrices.len(), 1..=7)
	}
}

impl Training {
	pub fn check(&self) -> Result<(), Error> {
		within("training.steps", self.steps, 1..=1 << 32)?;
		within("training.batch", self.batch, 1..=1 << 12)?;
		within("training.accumulate", self.accumulate, 1..=1 << 12)?;
		within("training.length", self.length, 1..=1 << 20)?;
		positive("training.rate", self.rate, 100.0)?;
		within("training.last_rate", self.last_rate, 0.0..=1.0)?;
		within("training.warm_up", self.warm_up, 0..=self.steps)?;
		within("training.weight_decay", self.weight_decay, 0.0..=1.0)?;
		within("training.beta1", self.beta1, 0.0..=0.999_999)?;
		within("training.beta2", self.beta2, 0.0..=0.999_999)?;
		positive("training.epsilon", self.epsilon, 1.0)?;
		positive("training.clip", self.clip, 1e6)?;
		within("training.threads", self.threads.unwrap_or(1), 1..=1_024)?;
		within("training.checkpoint_every", self.checkpoint_every, 1..=1 << 40)?;
		within("training.checkpoints", self.checkpoints, 1..=1_000)?;
		within("training.validate_every", self.validate_every, 1..=1 << 40)?;
		within("training.validation_windows", self.validation_windows, 1..=1 << 16)?;
		within("training.curve_every", self.curve_every, 1..=1 << 40)
	}
}

fn within<T: PartialOrd + Display>(setting: &'static str, found: T, bounds: RangeInclusive<T>) -> Result<(), Error> {
	match bounds.contains(&found) {
		true => Ok(()),
		false => Err(Error::Setting {
			setting,
			found: found.to_string(),
			wanted: format!("from {} to {}", bounds.start(), bounds.end()),
		}),
	}
}

fn positive(setting: &'static str, found: f64, most: f64) -> Result<(), Error> {
	match found > 0.0 && found <= most {
		true => Ok(()),
		false => Err(Error::Setting {
			setting,
			found: found.to_string(),
			wanted: format!("above 0 and at most {most}"),
		}),
	}
}
