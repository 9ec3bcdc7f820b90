// SPDX-License-Identifier: Apache-2.0

//! Commands that ask or change what the chain knows of models, data and pots (docs/registries.md).
//!
//! One file for each group of commands ([`model`], [`dataset`], [`rewards`]) and for each thing that people write or read:
//! amounts, shares, terms, names. They need a node and a key, and neither libtorch nor a GPU.

mod amount;
mod attest;
pub mod dataset;
mod export;
mod files;
mod handover;
pub mod model;
mod node;
mod promise_file;
mod publish;
pub mod rewards;
mod share;
mod show;
mod terms;
mod wanted;

use crate::output::Output;
use anyhow::{Context, Result};
use clap::Subcommand;
use std::future::Future;

/// The groups whose commands are all of this kind.
#[derive(Subcommand)]
pub enum Command {
	/// For who has data: registers it, takes its consent back, attests.
	#[command(subcommand)]
	Dataset(dataset::Command),
	/// Pots: what they hold, who was paid and why.
	#[command(subcommand)]
	Rewards(rewards::Command),
}

impl Command {
	pub fn run(self, output: &Output) -> Result<()> {
		match self {
			Self::Dataset(command) => command.run(output),
			Self::Rewards(command) => command.run(output),
		}
	}
}

/// Runs what waits for a node.
fn wait<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
	let runtime = tokio::runtime::Builder::new_current_thread()
		.enable_all()
		.build()
		.context("nothing can be waited for here")?;
	runtime.block_on(work)
}
