// SPDX-License-Identifier: Apache-2.0

//! A decoder that is trained: its config, its tokenizer, and its folder when it is finished.

use super::{
	Error, files,
	parameters::Parameters,
	settings::{Settings, Sizes, Store},
	tensors, tokenizer,
};
use crate::{
	load::{
		Folder,
		config::{Config, DecoderConfig},
	},
	text::Text,
};
use serde_json::{Value, json};
use std::path::Path;
use tokenizers::Tokenizer;

/// What is taken over from the model that is trained further, where it is there.
const TAKEN_OVER: [&str; 4] = [
	"chat_template.jinja",
	"generation_config.json",
	"tokenizer.json",
	"tokenizer_config.json",
];

/// What is known of a decoder beside its weights.
pub struct Decoder {
	/// As in `config.json`.
	raw: Value,
	pub config: DecoderConfig,
	pub text: Text,
	/// The token that ends a text.
	pub end: Option<u32>,
	/// Small files beside the weights.
	files: Vec<(&'static str, Vec<u8>)>,
}

impl Decoder {
	/// A new one, with a tokenizer of these texts.
	pub fn new(sizes: &Sizes, documents: &[String]) -> Result<Self, Error> {
		let raw = raw(sizes);
		let config = decoder(Config::of(&raw)?)?;
		let tokenizer = tokenizer::train(documents, sizes.vocabulary)?;
		Ok(Self {
			end: tokenizer.token_to_id(tokenizer::END),
			files: vec![("tokenizer.json", written(&tokenizer)?)],
			text: Text::new(tokenizer, config.vocabulary, config.positions)?,
			raw,
			config,
		})
	}

	/// One of a folder.
	pub fn read(folder: &Folder) -> Result<Self, Error> {
		let raw = atelier_models::files::read(&folder.path().join("config.json"), |path, source| {
			atelier_models::Error::BrokenConfig { path, source }
		})?;
		let config = decoder(Config::of(&raw)?)?;
		let there = TAKEN_OVER.into_iter().map(|name| (name, folder.path().join(name)));
		let there = there.filter(|(_, path)| path.exists());
		let files = there.map(|(name, path)| Ok((name, atelier_models::files::bytes(&path)?)));
		Ok(Self {
			end: folder.end_tokens()?.first().copied(),
			text: folder.text()?,
			files: files.collect::<Result<_, Error>>()?,
			raw,
			config,
		})
	}

	/// Writes a folder as Hugging Face has it.
	pub fn write(&self, folder: &Path, parameters: &Parameters, store: Store) -> Result<(), Error> {
		files::folder(folder, |to| {
			tensors::write(&to.join("model.safetensors"), &parameters.merged()?, store.float())?;
			let mut raw = self.raw.clone();
			if let Some(fields) = raw.as_object_mut() {
				fields.remove("dtype");
				fields.insert("torch_dtype".into(), json!(store.torch()));
			}
			files::write(&to.join("config.json"), format!("{raw:#}\n").as_bytes())?;
			for (name, bytes) in &self.files {
				files::write(&to.join(name), bytes)?;
			}
			Ok(())
		})
	}
}

impl Store {
	fn torch(self) -> &'static str {
		match self {
			Self::F32 => "float32",
			Self::F16 => "float16",
			Self::Bf16 => "bfloat16",
		}
	}
}

/// The longest window must fit.
pub fn check(settings: &Settings, config: &DecoderConfig) -> Result<(), Error> {
	match settings.training.length <= config.positions {
		true => Ok(()),
		false => Err(Error::Setting {
			setting: "training.length",
			found: settings.training.length.to_string(),
			wanted: format!("at most the model's {} positions", config.positions),
		}),
	}
}

fn written(tokenizer: &Tokenizer) -> Result<Vec<u8>, Error> {
	let text = tokenizer
		.to_string(true)
		.map_err(|source| Error::NoTokenizer { source })?;
	Ok(text.into_bytes())
}

fn decoder(config: Config) -> Result<DecoderConfig, Error> {
	match config {
		Config::Decoder(config) => Ok(config),
		Config::Encoder(_) => Err(Error::NotADecoder),
	}
}

fn raw(sizes: &Sizes) -> Value {
	json!({
		"architectures": ["LlamaForCausalLM"],
		"attention_bias": false,
		"bos_token_id": 0,
		"eos_token_id": 1,
		"head_dim": sizes.head_size,
		"hidden_act": "silu",
		"hidden_size": sizes.hidden,
		"intermediate_size": sizes.inner,
		"max_position_embeddings": sizes.positions,
		"mlp_bias": false,
		"model_type": "llama",
		"num_attention_heads": sizes.heads,
		"num_hidden_layers": sizes.layers,
		"num_key_value_heads": sizes.key_heads,
		"rms_norm_eps": 1e-5,
		"rope_theta": 10_000.0,
		"tie_word_embeddings": sizes.tied,
		"vocab_size": sizes.vocabulary,
	})
}
