// SPDX-License-Identifier: Apache-2.0

//! Small models with arbitrary weights, as folders.

// Each test binary uses a part of it.
#![allow(dead_code)]

use atelier_quality::folder::Folder;
use safetensors::{Dtype, serialize, tensor::TensorView};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tempfile::TempDir;

/// A model that can be spoilt before it is written.
#[derive(Clone)]
pub struct Model {
	pub config: Value,
	/// Shape and values by name.
	pub tensors: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

/// Where it was written. The files go with it.
pub struct Written {
	pub folder: Folder,
	_files: TempDir,
}

pub const HIDDEN: usize = 8;
pub const HEAD: usize = 4;
pub const VOCABULARY: usize = 16;

/// A decoder with four query heads on two key heads.
pub fn decoder() -> Model {
	let config = json!({
		"architectures": ["LlamaForCausalLM"], "vocab_size": VOCABULARY, "hidden_size": HIDDEN, "intermediate_size": 12,
		"num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": HEAD,
		"max_position_embeddings": 32, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": false,
	});
	let mut model = Model {
		config,
		tensors: BTreeMap::new(),
	};
	model.add("model.embed_tokens.weight", &[VOCABULARY, HIDDEN]);
	model.add("lm_head.weight", &[VOCABULARY, HIDDEN]);
	model.add("model.norm.weight", &[HIDDEN]);
	for layer in 0..2 {
		for (name, shape) in [
			("input_layernorm", &[HIDDEN][..]),
			("post_attention_layernorm", &[HIDDEN]),
			("self_attn.q_proj", &[4 * HEAD, HIDDEN]),
			("self_attn.k_proj", &[2 * HEAD, HIDDEN]),
			("self_attn.v_proj", &[2 * HEAD, HIDDEN]),
			("self_attn.o_proj", &[HIDDEN, 4 * HEAD]),
			("mlp.gate_proj", &[12, HIDDEN]),
			("mlp.up_proj", &[12, HIDDEN]),
			("mlp.down_proj", &[HIDDEN, 12]),
		] {
			model.add(&format!("model.layers.{layer}.{name}.weight"), shape);
		}
	}
	model
}

/// An encoder with two heads.
pub fn encoder() -> Model {
	let config = json!({
		"architectures": ["BertModel"], "vocab_size": VOCABULARY, "hidden_size": HIDDEN, "intermediate_size": 12,
		"num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 32, "type_vocab_size": 2,
		"layer_norm_eps": 1e-12, "hidden_act": "gelu",
	});
	let mut model = Model {
		config,
		tensors: BTreeMap::new(),
	};
	for (name, rows) in [("word", VOCABULARY), ("position", 32), ("token_type", 2)] {
		model.add(&format!("embeddings.{name}_embeddings.weight"), &[rows, HIDDEN]);
	}
	model.add_biased("embeddings.LayerNorm", &[HIDDEN]);
	for layer in 0..2 {
		for (name, shape) in [
			("attention.self.query", &[HIDDEN, HIDDEN][..]),
			("attention.self.key", &[HIDDEN, HIDDEN]),
			("attention.self.value", &[HIDDEN, HIDDEN]),
			("attention.output.dense", &[HIDDEN, HIDDEN]),
			("attention.output.LayerNorm", &[HIDDEN]),
			("intermediate.dense", &[12, HIDDEN]),
			("output.dense", &[HIDDEN, 12]),
			("output.LayerNorm", &[HIDDEN]),
		] {
			model.add_biased(&format!("encoder.layer.{layer}.{name}"), shape);
		}
	}
	model
}

impl Model {
	/// A tensor with values between -1 and 1 that depend on its name.
	pub fn add(&mut self, name: &str, shape: &[usize]) {
		let mut state = name
			.bytes()
			.fold(1u64, |state, byte| state.wrapping_mul(31).wrapping_add(byte.into()));
		let values = (0..shape.iter().product()).map(|_| {
			// The usual constants of a 64-bit linear congruential generator (Knuth).
			state = state
				.wrapping_mul(6_364_136_223_846_793_005)
				.wrapping_add(1_442_695_040_888_963_407);
			(state >> 40) as f32 / (1 << 23) as f32 - 1.0
		});
		let values = values.collect();
		self.tensors.insert(name.into(), (shape.into(), values));
	}

	fn add_biased(&mut self, name: &str, shape: &[usize]) {
		self.add(&format!("{name}.weight"), shape);
		self.add(&format!("{name}.bias"), &shape[..1]);
	}

	pub fn file(&self) -> Vec<u8> {
		let bytes: Vec<(_, _, Vec<u8>)> = self
			.tensors
			.iter()
			.map(|(name, (shape, values))| (name, shape, values.iter().flat_map(|v| v.to_le_bytes()).collect()))
			.collect();
		let views = bytes
			.iter()
			.map(|(name, shape, bytes)| (name, TensorView::new(Dtype::F32, shape.to_vec(), bytes).unwrap()));
		serialize(views, None).unwrap()
	}

	pub fn write(&self) -> Written {
		self.write_with(&self.file())
	}

	/// With another file for the weights.
	pub fn write_with(&self, weights: &[u8]) -> Written {
		let files = tempfile::tempdir().unwrap();
		std::fs::write(files.path().join("config.json"), self.config.to_string()).unwrap();
		std::fs::write(files.path().join("model.safetensors"), weights).unwrap();
		Written {
			folder: Folder::new(files.path()),
			_files: files,
		}
	}
}
