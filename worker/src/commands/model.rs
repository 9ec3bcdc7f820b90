// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker model`: makes models of texts, and exact models of float ones; checks them, measures what float ones
//! can be held to, and publishes them.

mod tolerance;

use super::{compare::Compare, evaluate::Evaluate, train::Train};
use anyhow::Result;
use atelier_convert::{
	Settings,
	folder::{Progress, convert},
};
use atelier_models::{
	exact::{ExactFolder, MANIFEST, Manifest},
	files::bytes,
	load::{Folder, config::Config},
};
use atelier_worker::{output::Output, registry};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum Command {
	/// Makes an exact model of a folder as Hugging Face has it, and checks it.
	Convert(Convert),
	/// Checks every byte of an exact model against its manifest.
	Verify {
		/// The exact model's folder.
		folder: PathBuf,
	},
	/// Counts the bits in which a device differs from what is right: 0, or the command fails.
	Compare(Compare),
	/// Measures how far honest answers in floats are apart, and how far those of cheats.
	Tolerance(tolerance::Tolerance),
	/// Answers as a tolerance profile asks for it, in a process of its own.
	#[command(hide = true)]
	TolerancePart,
	/// Trains a decoder, from scratch or further, on a folder of texts (docs/train-a-model.md).
	Train(Train),
	/// Says how surprised a decoder is by a text.
	Evaluate(Evaluate),
	#[command(flatten)]
	Registry(registry::model::Command),
}

#[derive(Args)]
pub struct Convert {
	/// Folder with config.json, the safetensors and tokenizer.json.
	from: PathBuf,
	/// New folder for the exact model.
	to: PathBuf,
	/// Bits of a weight: 8 take one byte, 9 to 16 take two. By default 8 for models that answer with tokens, 10 for
	/// those that embed (docs/exact-quality.md).
	#[arg(long, value_parser = clap::value_parser!(u32).range(2..=16))]
	matrix_bits: Option<u32>,
	/// Bits of a number of the embedding.
	#[arg(long, value_parser = clap::value_parser!(u32).range(2..=16))]
	embedding_bits: Option<u32>,
	/// Bits of fraction of the numbers between blocks: more for models with small ones, fewer for those with large ones.
	#[arg(long, value_parser = clap::value_parser!(u8).range(4..=24))]
	residual_fraction: Option<u8>,
}

impl Command {
	pub fn run(self, output: &Output) -> Result<()> {
		match self {
			Self::Convert(arguments) => arguments.run(output),
			Self::Verify { folder } => verify(folder, output),
			Self::Compare(compare) => compare.run(output),
			Self::Tolerance(arguments) => arguments.run(output),
			Self::TolerancePart => tolerance::part(),
			Self::Train(arguments) => arguments.run(output),
			Self::Evaluate(arguments) => arguments.run(output),
			Self::Registry(command) => command.run(output),
		}
	}
}

impl Convert {
	fn run(self, output: &Output) -> Result<()> {
		let mut settings = match Folder::new(&self.from).config()? {
			Config::Decoder(_) => Settings::TOKENS,
			Config::Encoder(_) => Settings::EMBEDDING,
		};
		settings.matrix_bits = self.matrix_bits.unwrap_or(settings.matrix_bits);
		settings.embedding_bits = self.embedding_bits.unwrap_or(settings.embedding_bits);
		settings.residual_fraction = self.residual_fraction.unwrap_or(settings.residual_fraction);
		let bar = output.bar();
		let made = convert(&self.from, &self.to, Some(settings), &mut |progress| match progress {
			Progress::Writing { chunks, all } => bar.show("writing", chunks, all),
			Progress::Checking { chunks, all } => bar.show("checking", chunks, all),
		})?;
		bar.finish();
		show(&made, output)
	}
}

fn verify(folder: PathBuf, output: &Output) -> Result<()> {
	let folder = ExactFolder::open(folder)?;
	let bar = output.bar();
	let all = folder.manifest().weights.count;
	folder.verify(|chunks| bar.show("checking", chunks, all))?;
	bar.finish();
	show(&folder, output)
}

/// What the chain has to know of a model.
fn show(folder: &ExactFolder, output: &Output) -> Result<()> {
	let manifest = folder.manifest();
	let root = hex::encode(Manifest::root(&bytes(&folder.path().join(MANIFEST))?));
	let weights = hex::encode(manifest.weights.root);
	let texts = manifest.vocabulary.as_ref().map(|texts| hex::encode(texts.root));
	let stored: u64 = manifest.files.values().map(|file| file.bytes).sum();
	let folder = folder.path().display().to_string();
	output.result(
		&json!({
			"folder": folder, "manifestRoot": root, "weightsRoot": weights, "weightsChunks": manifest.weights.count,
			"vocabularyRoot": texts, "bytes": stored,
		}),
		&[
			("exact model", folder.clone()),
			("manifest root", root.clone()),
			("weights root", format!("{weights} ({} chunks)", manifest.weights.count)),
			("texts root", texts.clone().unwrap_or_else(|| "none: it embeds".into())),
			("bytes", stored.to_string()),
		],
	);
	Ok(())
}
