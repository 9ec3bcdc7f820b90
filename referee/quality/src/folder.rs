// SPDX-License-Identifier: Apache-2.0

//! A model's folder as Hugging Face has it, and the two models that are always there.

use crate::{Error, decoder::Decoder, encoder::Encoder, tokens::Tokens, windows};
use atelier_models::load::{self, checkpoint::Checkpoint, config::Config};
use std::path::{Path, PathBuf};

/// all-MiniLM-L6-v2 was trained on sentences of up to this many tokens.
const SENTENCE_TOKENS: usize = 128;
/// As scripts/setup.d/60-minilm names it.
const MINILM: &str = "minilm-0.1.0";

/// `config.json`, `model.safetensors` and `tokenizer.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
	path: PathBuf,
}

impl Folder {
	pub fn new(path: impl Into<PathBuf>) -> Self {
		Self { path: path.into() }
	}

	/// The sentence encoder all-MiniLM-L6-v2: 22.7 million parameters, fetched by scripts/setup.
	pub fn minilm() -> Result<Self, Error> {
		let path = cache().join(MINILM);
		if path.join("model.safetensors").exists() {
			Ok(Self { path })
		} else {
			Err(Error::NotSetUp { path })
		}
	}

	/// A decoder of 2 million parameters, trained for this crate and committed with it.
	pub fn tiny_decoder() -> Self {
		Self::new(concat!(env!("CARGO_MANIFEST_DIR"), "/models/tiny-decoder"))
	}

	pub fn path(&self) -> &Path {
		&self.path
	}

	pub fn config(&self) -> Result<Config, Error> {
		Ok(load::Folder::new(&self.path).config()?)
	}

	fn checkpoint(&self) -> Result<Checkpoint, Error> {
		Ok(load::Folder::new(&self.path).checkpoint()?)
	}

	pub fn encoder(&self) -> Result<Encoder, Error> {
		match self.config()? {
			Config::Encoder(config) => Encoder::new(config, &mut self.checkpoint()?),
			Config::Decoder(_) => Err(Error::OtherKind),
		}
	}

	pub fn decoder(&self) -> Result<Decoder, Error> {
		match self.config()? {
			Config::Decoder(config) => Decoder::new(config, &mut self.checkpoint()?),
			Config::Encoder(_) => Err(Error::OtherKind),
		}
	}

	/// The held-out text that is committed beside a decoder: what is measured on it stays comparable when the corpus, which
	/// follows Cargo.lock, changes.
	pub fn validation_slice(&self) -> Result<Vec<Vec<u32>>, Error> {
		windows::read(&self.path.join("validation-slice.bin"))
	}

	/// An encoder's texts are cut at the length that it was trained on, a decoder's are not cut.
	pub fn tokens(&self) -> Result<Tokens, Error> {
		let limit = match self.config()? {
			Config::Encoder(config) => Some(SENTENCE_TOKENS.min(config.positions as usize)),
			Config::Decoder(_) => None,
		};
		Tokens::read(&self.path.join("tokenizer.json"), limit)
	}
}

/// Where scripts/env.sh keeps what is fetched.
fn cache() -> PathBuf {
	let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
	folder("ATELIER_CACHE")
		.or_else(|| folder("XDG_CACHE_HOME").map(|cache| cache.join("atelier")))
		.unwrap_or_else(|| folder("HOME").unwrap_or_default().join(".cache/atelier"))
}
