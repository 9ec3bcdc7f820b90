// SPDX-License-Identifier: Apache-2.0

//! Models with random weights of a chosen size: what a number is does not matter for how long it takes.

use crate::Error;
use safetensors::{Dtype, View};
use serde_json::json;
use std::{borrow::Cow, fs, path::Path};

/// Of the tiny decoder in the repository, so that texts can be read and written.
const TOKENIZER: &str = include_str!("../../../referee/quality/models/tiny-decoder/tokenizer.json");
pub const VOCABULARY: u32 = 2_048;
/// Enough for the longest input that is measured and its answer.
pub const POSITIONS: u32 = 1_280;

/// The size of a decoder: heads of 64, one key head for three, an inner layer of 8/3 of the width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
	pub hidden: u32,
	pub layers: u32,
}

impl Default for Size {
	/// 76 million parameters.
	fn default() -> Self {
		Self {
			hidden: 768,
			layers: 12,
		}
	}
}

/// Numbers of a tensor that are made when they are written.
struct Numbers {
	shape: Vec<usize>,
	seed: u64,
}

impl View for Numbers {
	fn dtype(&self) -> Dtype {
		Dtype::F32
	}

	fn shape(&self) -> &[usize] {
		&self.shape
	}

	fn data(&self) -> Cow<'_, [u8]> {
		let mut state = self.seed;
		let bytes = (0..self.shape.iter().product()).flat_map(|_: usize| {
			// Knuth's linear congruential generator: anything that is not constant will do.
			state = state
				.wrapping_mul(6_364_136_223_846_793_005)
				.wrapping_add(1_442_695_040_888_963_407);
			(((state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5) * 0.1).to_le_bytes()
		});
		Cow::Owned(bytes.collect())
	}

	fn data_len(&self) -> usize {
		self.shape.iter().product::<usize>().saturating_mul(size_of::<f32>())
	}
}

/// Writes a folder as Hugging Face has it; gives the number of parameters.
pub fn write(folder: &Path, size: Size) -> Result<u64, Error> {
	let Size { hidden, layers } = size;
	if hidden == 0 || !hidden.is_multiple_of(64) {
		return Err(Error::Width { hidden });
	}
	let heads = hidden / 64;
	let key_heads = match heads.is_multiple_of(3) {
		true => heads / 3,
		false => heads,
	};
	let inner = (hidden * 8 / 3 / 64 * 64).max(64);
	let config = json!({
		"architectures": ["LlamaForCausalLM"], "vocab_size": VOCABULARY, "hidden_size": hidden,
		"intermediate_size": inner, "num_hidden_layers": layers, "num_attention_heads": heads,
		"num_key_value_heads": key_heads, "head_dim": 64, "max_position_embeddings": POSITIONS,
		"rms_norm_eps": 1e-5, "rope_theta": 1e4, "hidden_act": "silu", "tie_word_embeddings": true,
	});
	fs::write(folder.join("config.json"), config.to_string())?;
	fs::write(folder.join("tokenizer.json"), TOKENIZER)?;
	let mut shapes = vec![
		("model.embed_tokens.weight".to_owned(), vec![VOCABULARY, hidden]),
		("model.norm.weight".into(), vec![hidden]),
	];
	for layer in 0..layers {
		for (name, shape) in [
			("input_layernorm", vec![hidden]),
			("post_attention_layernorm", vec![hidden]),
			("self_attn.q_proj", vec![heads * 64, hidden]),
			("self_attn.k_proj", vec![key_heads * 64, hidden]),
			("self_attn.v_proj", vec![key_heads * 64, hidden]),
			("self_attn.o_proj", vec![hidden, heads * 64]),
			("mlp.gate_proj", vec![inner, hidden]),
			("mlp.up_proj", vec![inner, hidden]),
			("mlp.down_proj", vec![hidden, inner]),
		] {
			shapes.push((format!("model.layers.{layer}.{name}.weight"), shape));
		}
	}
	let tensors: Vec<_> = (1..)
		.zip(shapes)
		.map(|(seed, (name, shape))| {
			let shape = shape.into_iter().map(|side| side as usize).collect();
			(name, Numbers { shape, seed })
		})
		.collect();
	let parameters = tensors.iter().map(|(_, numbers)| numbers.data_len() as u64 / 4).sum();
	safetensors::serialize_to_file(tensors, None, &folder.join("model.safetensors"))
		.map_err(|source| Error::Write { source })?;
	Ok(parameters)
}
