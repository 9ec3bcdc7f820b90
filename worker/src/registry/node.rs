// SPDX-License-Identifier: Apache-2.0

//! Which node is asked, and who signs.

use anyhow::Result;
use atelier_client::{AccountId, Chain, Key};
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub struct Node {
	/// The WebSocket of a node. Without encryption only one of this machine.
	#[arg(long, default_value = "ws://127.0.0.1:9944")]
	url: String,
}

impl Node {
	pub async fn connect(&self) -> Result<Chain> {
		Ok(Chain::connect(&self.url).await?)
	}
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Signer {
	/// File with the secret phrase, or 0x and the 64 digits of a seed, that only its owner can read.
	#[arg(long, value_name = "FILE")]
	key: Option<PathBuf>,
	/// A key that everybody knows, for chains in development: //Alice and so on.
	#[arg(long, value_name = "//NAME")]
	development_key: Option<String>,
}

impl Signer {
	pub fn read(&self) -> Result<Key> {
		match (&self.key, &self.development_key) {
			(Some(path), _) => Ok(Key::read(path)?),
			(None, name) => Ok(Key::development(name.as_deref().unwrap_or_default())?),
		}
	}
}

/// An account of a command line.
pub fn account(text: &str) -> Result<AccountId, String> {
	text.parse().map_err(|_| "an address, as in 5GrwvaEF…".into())
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;

	#[derive(Parser)]
	struct Line {
		#[command(flatten)]
		node: Node,
		#[command(flatten)]
		signer: Signer,
	}

	fn read(line: &str) -> Result<Line, clap::Error> {
		Line::try_parse_from(["worker"].into_iter().chain(line.split_whitespace()))
	}

	#[test]
	fn one_key_signs() {
		assert!(read("").is_err());
		assert!(read("--key a --development-key //Alice").is_err());
		let line = read("--development-key //Alice").unwrap();
		assert_eq!(line.node.url, "ws://127.0.0.1:9944");
		let known = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
		assert_eq!(line.signer.read().unwrap().account(), account(known).unwrap());
		let line = read("--key /nowhere --url ws://127.0.0.1:1").unwrap();
		assert!(line.signer.read().unwrap_err().to_string().contains("/nowhere"));
	}

	#[test]
	fn an_account_has_a_checksum() {
		assert!(account("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ").is_err());
		assert!(account("//Alice").is_err());
	}
}
