// SPDX-License-Identifier: Apache-2.0

//! A model's folder as Hugging Face has it: what it says, checked before anything is computed.

pub mod checkpoint;
pub mod config;
pub mod generation;
pub mod pooling;

use crate::{
	Error,
	text::{Chat, Text},
};
use checkpoint::Checkpoint;
use config::Config;
use pooling::Pooling;
use std::path::{Path, PathBuf};

/// `config.json`, the weights, `tokenizer.json`, and what may be beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
	path: PathBuf,
}

impl Folder {
	pub fn new(path: impl Into<PathBuf>) -> Self {
		Self { path: path.into() }
	}

	pub fn path(&self) -> &Path {
		&self.path
	}

	pub fn config(&self) -> Result<Config, Error> {
		Config::read(&self.path.join("config.json"))
	}

	pub fn checkpoint(&self) -> Result<Checkpoint, Error> {
		Checkpoint::open(&self.path)
	}

	/// The tokenizer, which must fit the model's vocabulary.
	pub fn text(&self) -> Result<Text, Error> {
		let config = self.config()?;
		Text::read(
			&self.path.join("tokenizer.json"),
			config.vocabulary(),
			config.positions(),
		)
	}

	/// How a chat is written, if the model has been taught any.
	pub fn chat(&self) -> Result<Option<Chat>, Error> {
		Chat::read(&self.path)
	}

	/// Tokens that end an answer.
	pub fn end_tokens(&self) -> Result<Vec<u32>, Error> {
		generation::end_tokens(&self.path, self.config()?.vocabulary())
	}

	pub fn pooling(&self) -> Result<Pooling, Error> {
		Pooling::read(&self.path)
	}
}
