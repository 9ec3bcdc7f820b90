// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker model evaluate`: how surprised a decoder is by a text.

use anyhow::{Context, Result, ensure};
use atelier_engine::{
	float::{Device, threads},
	load::Folder,
	training::{evaluate::Model, stream::spread},
};
use atelier_worker::output::Output;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Args)]
pub struct Evaluate {
	/// The decoder's folder.
	model: PathBuf,
	/// A folder of texts, or a file: .txt, .md or .jsonl.
	text: PathBuf,
	/// Tokens of a window, each of which is asked about on its own.
	#[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
	length: u32,
	/// Windows, spread evenly over the text; as many as there are if absent.
	#[arg(long)]
	windows: Option<usize>,
	/// Writes the tokens that were asked about, 16 bits each, the low byte first: each window with the token after it.
	#[arg(long)]
	keep: Option<PathBuf>,
	/// Number of a GPU; the CPU if absent.
	#[arg(long)]
	cuda: Option<u16>,
	/// Threads of the CPU.
	#[arg(long)]
	threads: Option<u16>,
}

impl Evaluate {
	pub fn run(self, output: &Output) -> Result<()> {
		if let Some(wanted) = self.threads {
			threads(Some(wanted));
		}
		let model = Model::read(&Folder::new(&self.model), self.cuda.map_or(Device::Cpu, Device::Cuda))?;
		let tokens = model.tokens(&self.text)?;
		let window = self.length as usize + 1;
		let all = tokens.len() / window;
		let windows = spread(&tokens, window, self.windows.unwrap_or(all).min(all));
		ensure!(
			!windows.is_empty(),
			"the text has {} tokens, fewer than a window",
			tokens.len()
		);
		let bar = output.bar();
		let surprise = model.surprise(&windows, &mut |done, all| bar.show("asking", done, all))?;
		bar.finish();
		if let Some(path) = &self.keep {
			let ids = windows.iter().flat_map(|window| window.iter());
			let words = ids.map(|id| u16::try_from(*id).map(u16::to_le_bytes));
			let words = words
				.collect::<Result<Vec<_>, _>>()
				.context("the model has more than 65,536 tokens")?;
			std::fs::write(path, words.concat()).with_context(|| format!("{} cannot be written", path.display()))?;
		}
		output.result(
			&json!({
				"tokens": tokens.len(), "windows": windows.len(), "asked": surprise.asked,
				"loss": surprise.loss(), "perplexity": surprise.perplexity(),
			}),
			&[
				("text", format!("{} tokens", tokens.len())),
				(
					"asked",
					format!("{} tokens of {} windows", surprise.asked, windows.len()),
				),
				("loss", format!("{:.4} nats per token", surprise.loss())),
				("perplexity", format!("{:.4}", surprise.perplexity())),
			],
		);
		Ok(())
	}
}
