// SPDX-License-Identifier: Apache-2.0

//! `quality`: what the models answer in floating point, and the text that they are asked about.

mod exact;
mod float;

use anyhow::Result;
use atelier_quality::corpus::{Corpus, documentation};
use clap::{Parser, Subcommand, ValueEnum};
use std::{
	io::{BufWriter, Write},
	path::{Path, PathBuf},
};

#[derive(Parser)]
#[command(about)]
struct Arguments {
	#[command(subcommand)]
	command: Command,
}

#[derive(Subcommand)]
enum Command {
	/// Shows that the forward passes work: which sentences the encoder holds for similar, and the decoder's perplexity.
	Float {
		/// How many sentences of the corpus the encoder is given.
		#[arg(long, default_value_t = 1_000)]
		sentences: usize,
		/// How many windows of 256 tokens the decoder is asked about.
		#[arg(long, default_value_t = 64)]
		windows: usize,
	},
	/// Shows what the exact arithmetic loses.
	Exact {
		/// How many sentences of the corpus the encoder is given.
		#[arg(long, default_value_t = 1_000)]
		sentences: usize,
		/// How many windows of 256 tokens the decoder is asked about.
		#[arg(long, default_value_t = 64)]
		windows: usize,
		/// Also the choices that were rejected.
		#[arg(long)]
		all: bool,
	},
	/// Prints the text of one split of the documentation that scripts/train-tiny-decoder fetches: a JSON object for each page.
	Text {
		/// Where the packages are unpacked, each in a folder of its name.
		unpacked: PathBuf,
		split: Part,
	},
}

#[derive(Clone, Copy, ValueEnum)]
enum Part {
	Train,
	Validation,
	/// Of the validation pages those in the public domain.
	Slice,
}

impl Part {
	fn split(self) -> documentation::Split {
		match self {
			Self::Train => documentation::Split::Train,
			Self::Validation => documentation::Split::Validation,
			Self::Slice => documentation::Split::Slice,
		}
	}
}

fn main() -> Result<()> {
	match Arguments::parse().command {
		Command::Float { sentences, windows } => {
			let corpus = Corpus::read()?;
			float::encoder(&corpus, sentences)?;
			float::decoder(windows)
		}
		Command::Exact {
			sentences,
			windows,
			all,
		} => {
			exact::encoder(&Corpus::read()?, sentences, all)?;
			exact::decoder(windows, all)
		}
		Command::Text { unpacked, split } => text(&unpacked, split.split()),
	}
}

fn text(unpacked: &Path, split: documentation::Split) -> Result<()> {
	let mut out = BufWriter::new(std::io::stdout().lock());
	for document in documentation::read(unpacked, split)? {
		writeln!(
			out,
			"{}",
			serde_json::json!({ "origin": document.origin, "text": document.text() })
		)?;
	}
	Ok(out.flush()?)
}
