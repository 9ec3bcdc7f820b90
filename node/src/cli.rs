// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The command line: the usual options and commands of a Substrate node, with our defaults.

use crate::{chain_spec, rpc::limits};
use clap::{CommandFactory, FromArgMatches, Parser};
use sc_cli::SubstrateCli;

/// What the process was asked to do. Without a command it runs the node.
#[derive(Debug, Parser)]
pub struct Cli {
	/// The command, if any.
	#[command(subcommand)]
	pub command: Option<Command>,

	/// Options of a running node.
	#[command(flatten)]
	pub run: Run,
}

/// Options of a running node.
#[derive(Debug, clap::Args)]
pub struct Run {
	/// The usual ones.
	#[command(flatten)]
	pub node: sc_cli::RunCmd,

	/// When to stop for lack of space.
	#[command(flatten)]
	pub storage: sc_storage_monitor::StorageMonitorParams,
}

/// Everything but running the node.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
	/// Make, show and store keys.
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Write a chain specification to a file.
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Execute one stored block again.
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Write blocks to a file.
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Read blocks from a file.
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Remove the database of a chain; keys stay.
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Take back the newest blocks that are not finalised.
	Revert(sc_cli::RevertCmd),

	/// Print what the database holds.
	ChainInfo(sc_cli::ChainInfoCmd),
}

impl Cli {
	/// Reads the process arguments. Wrong use ends the process with exit code 2, as `--help` does with 0.
	pub fn from_process() -> Self {
		let matches = defaults(Self::setup_command(Self::command())).get_matches();
		Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
	}
}

/// Our defaults in place of the SDK's.
fn defaults(command: clap::Command) -> clap::Command {
	limits::apply(command)
		// The MMR's nodes are kept in the offchain database as blocks are imported; what was not written then cannot be
		// proved later.
		.mut_arg("indexing_enabled", |arg| arg.default_value("true"))
}

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"Atelier Node".into()
	}

	fn impl_version() -> String {
		env!("ATELIER_NODE_VERSION").into()
	}

	fn executable_name() -> String {
		env!("CARGO_PKG_NAME").into()
	}

	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}

	fn author() -> String {
		env!("CARGO_PKG_AUTHORS").into()
	}

	fn support_url() -> String {
		"see SUPPORT in docs/operate-a-node.md".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> Result<Box<dyn sc_service::ChainSpec>, String> {
		Ok(Box::new(chain_spec::load(id)?))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn arguments_and_our_defaults_fit_together() {
		defaults(Cli::setup_command(Cli::command())).debug_assert();
	}
}
