// SPDX-License-Identifier: Apache-2.0

//! `quality`: what the models answer in floating point, and the text that they are asked about.

mod exact;
mod float;

use anyhow::Result;
use atelier_quality::corpus::{Corpus, Split};
use clap::{Parser, Subcommand, ValueEnum};
use std::io::{BufWriter, Write};

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
		/// How many windows of 256 tokens the decoder is asked about, of each text.
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
	/// Prints the text of one split: a JSON object for each file, with the crate's name and the text.
	Text { split: Part },
}

#[derive(Clone, Copy, ValueEnum)]
enum Part {
	Train,
	Validation,
}

fn main() -> Result<()> {
	match Arguments::parse().command {
		Command::Float { sentences, windows } => {
			let corpus = Corpus::read()?;
			float::encoder(&corpus, sentences)?;
			float::decoder(&corpus, windows)
		}
		Command::Exact {
			sentences,
			windows,
			all,
		} => {
			exact::encoder(&Corpus::read()?, sentences, all)?;
			exact::decoder(windows, all)
		}
		Command::Text { split: Part::Train } => text(Split::Train),
		Command::Text {
			split: Part::Validation,
		} => text(Split::Validation),
	}
}

fn text(split: Split) -> Result<()> {
	let corpus = Corpus::read()?;
	let mut out = BufWriter::new(std::io::stdout().lock());
	for document in corpus.documents(split) {
		writeln!(
			out,
			"{}",
			serde_json::json!({ "origin": document.origin, "text": document.text() })
		)?;
	}
	Ok(out.flush()?)
}
