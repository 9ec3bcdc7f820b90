// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The validator and full node of the Atelier chain.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]
#![expect(
	clippy::result_large_err,
	reason = "the SDK's errors are large and its callbacks return them"
)]

mod chain_spec;
mod cli;
mod command;
mod error;
mod preflight;
mod rpc;
mod service;

use std::process::ExitCode;

/// Exit codes: 0 fine, 1 failed, 2 wrong use (given by clap).
fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("Error: {}", error::describe(&error));
			ExitCode::FAILURE
		}
	}
}
