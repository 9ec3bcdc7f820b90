// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker model train`: makes a decoder of a folder of texts.

use anyhow::{Context, Result};
use atelier_engine::training::{Progress, Settings, Trained, train};
use atelier_worker::output::Output;
use clap::Args;
use serde_json::json;
use std::{
	ops::ControlFlow,
	path::{Path, PathBuf},
};

#[derive(Args)]
pub struct Train {
	/// What is trained on what: a file in TOML. Paths in it are relative to the file's own folder.
	#[arg(long)]
	config: PathBuf,
	/// Continues from the latest checkpoint.
	#[arg(long)]
	resume: bool,
}

impl Train {
	pub fn run(self, output: &Output) -> Result<()> {
		let settings = settings(&self.config)?;
		let bar = output.bar();
		let trained = train(&settings, self.resume, &mut |progress| {
			match progress {
				Progress::Tokenising { done, all } => bar.show("reading", done, all),
				Progress::Training { step, all, .. } => bar.show("training", step, all),
				Progress::Evaluating { done, all } => bar.show("asking", done, all),
			}
			ControlFlow::Continue(())
		})?;
		bar.finish();
		show(&trained, output);
		Ok(())
	}
}

fn settings(path: &Path) -> Result<Settings> {
	let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
	let mut settings: Settings =
		toml::from_str(&text).with_context(|| format!("{} does not say what is to be trained", path.display()))?;
	let folder = path.parent().unwrap_or(Path::new(""));
	let there = |path: &mut PathBuf| *path = folder.join(&*path);
	there(&mut settings.to);
	there(&mut settings.text.train);
	settings.text.validation.as_mut().map(there);
	settings.base.as_mut().map(there);
	Ok(settings)
}

fn show(trained: &Trained, output: &Output) {
	let mut lines = vec![("model", trained.model.display().to_string())];
	if let Some(adapter) = &trained.adapter {
		lines.push(("adapter", adapter.display().to_string()));
	}
	lines.extend([
		(
			"parameters",
			format!("{}, of which {} learnt", trained.parameters, trained.learning),
		),
		("steps", trained.steps.to_string()),
		(
			"text",
			format!("{} tokens, read {:.2} times", trained.tokens, trained.epochs),
		),
		("loss", format!("{:.4} nats per token", trained.loss)),
	]);
	if let (Some(loss), Some(perplexity)) = (trained.validation_loss, trained.validation_perplexity) {
		lines.push((
			"validation",
			format!("{loss:.4} nats per token, perplexity {perplexity:.4}"),
		));
	}
	lines.push(("seconds", format!("{:.0}", trained.seconds)));
	output.result(&json!(trained), &lines);
}
