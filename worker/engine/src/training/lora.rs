// SPDX-License-Identifier: Apache-2.0

//! Adapters (LoRA): what a matrix learns is the product of two thin ones, and the matrix itself stays as it is.
//!
//! A model with adapters computes with W + alpha/rank · B·A. At first A is random with deviation 1/√inputs and B is zero. Names and
//! settings in files are those of PEFT.

use super::{
	Error,
	parameters::Named,
	random::{Purpose, normal},
	settings::Lora,
	tensors,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tch::{TchError, Tensor};

/// Matrices that can have adapters.
pub const TARGETS: [&str; 7] = [
	"q_proj",
	"k_proj",
	"v_proj",
	"o_proj",
	"gate_proj",
	"up_proj",
	"down_proj",
];

/// By the names of their matrices.
pub struct Adapters(BTreeMap<String, Adapter>);

pub struct Adapter {
	/// Rank by inputs.
	narrow: Tensor,
	/// Outputs by rank.
	widen: Tensor,
	scale: f64,
}

impl Adapters {
	pub fn random(weights: &Named, lora: &Lora, seed: u64) -> Result<Self, Error> {
		let chosen = |name: &str| {
			let matrix = name.strip_suffix(".weight").and_then(|name| name.rsplit('.').next());
			matrix.is_some_and(|matrix| lora.matrices.iter().any(|chosen| chosen == matrix))
		};
		let rank = lora.rank as usize;
		let mut adapters = BTreeMap::new();
		for (number, (name, weight)) in weights.iter().filter(|(name, _)| chosen(name)).enumerate() {
			let [outputs, inputs] = weight.size()[..] else { continue };
			let (outputs, inputs) = (outputs as usize, inputs as usize);
			let deviation = libm::sqrt(inputs as f64).recip();
			let narrow = normal(seed, Purpose::Adapters, number as u32, rank * inputs, deviation);
			adapters.insert(
				name.clone(),
				Adapter {
					narrow: tensors::of(&narrow, &[rank, inputs], weight.device())?,
					widen: tensors::of(&vec![0.0; outputs * rank], &[outputs, rank], weight.device())?,
					scale: lora.alpha / f64::from(lora.rank),
				},
			);
		}
		Ok(Self(adapters))
	}

	pub fn of(&self, matrix: &str) -> Option<&Adapter> {
		self.0.get(matrix)
	}

	/// By the names that PEFT gives them.
	pub fn tensors(&self) -> Named {
		let named = self.0.iter().flat_map(|(name, adapter)| {
			let root = format!("base_model.model.{}", name.trim_end_matches(".weight"));
			[
				(format!("{root}.lora_A.weight"), adapter.narrow.shallow_clone()),
				(format!("{root}.lora_B.weight"), adapter.widen.shallow_clone()),
			]
		});
		named.collect()
	}
}

impl Adapter {
	pub fn added_to(&self, weight: &Tensor) -> Result<Tensor, TchError> {
		let added = self.widen.f_matmul(&self.narrow)?.f_mul_scalar(self.scale)?;
		weight.f_add(&added)
	}
}

/// PEFT's `adapter_config.json`.
pub fn config(lora: &Lora, base: &str) -> Value {
	json!({
		"base_model_name_or_path": base,
		"bias": "none",
		"fan_in_fan_out": false,
		"inference_mode": true,
		"lora_alpha": lora.alpha,
		"lora_dropout": 0.0,
		"peft_type": "LORA",
		"r": lora.rank,
		"target_modules": lora.matrices,
		"task_type": "CAUSAL_LM",
	})
}
