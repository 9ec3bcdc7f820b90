// SPDX-License-Identifier: Apache-2.0

//! Trials that leave no trace, and what they show.

use codec::Encode;
use frame_support::storage::{TransactionOutcome, with_transaction_unchecked};
use sp_io::hashing::blake2_256;

/// How many trials of each thing: `ATELIER_TRIALS`, or so few that they fit into `make test`.
pub fn trials() -> u64 {
	std::env::var("ATELIER_TRIALS").map_or(6, |count| count.parse().expect("a number"))
}

/// What `act` returns; the chain is as before.
pub fn undone<T>(act: impl FnOnce() -> T) -> T {
	with_transaction_unchecked(|| TransactionOutcome::Rollback(act()))
}

/// Another future: all randomness that comes is made of this.
pub fn reseed(seed: u64) {
	let random = blake2_256(&(b"economy", seed).encode());
	pallet_babe::NextRandomness::<atelier_runtime::Runtime>::put(random);
}

/// The mean of what was measured, and its standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mean {
	pub mean: f64,
	pub error: f64,
	pub trials: u64,
}

impl Mean {
	pub fn of(values: &[f64]) -> Self {
		let count = values.len() as f64;
		let mean = values.iter().sum::<f64>() / count;
		let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
		let error = match values.len() {
			0 | 1 => 0.0,
			_ => (squares / (count - 1.0) / count).sqrt(),
		};
		Self {
			mean,
			error,
			trials: values.len() as u64,
		}
	}

	/// Of something that nothing random decides.
	pub fn exactly(value: f64) -> Self {
		Self::of(&[value])
	}

	pub fn is_loss(&self) -> bool {
		self.mean + 3.0 * self.error < 0.0
	}

	pub fn is_gain(&self) -> bool {
		self.mean - 3.0 * self.error > 0.0
	}
}

/// What so many futures bring, each tried on the same chain.
pub fn tried(count: u64, mut act: impl FnMut() -> f64) -> Mean {
	let values: Vec<_> = (0..count)
		.map(|seed| {
			undone(|| {
				reseed(seed);
				act()
			})
		})
		.collect();
	Mean::of(&values)
}

/// A strategy in one setting: what it brings as the chain begins, and without what stops it.
#[derive(Clone, Debug)]
pub struct Row {
	pub strategy: &'static str,
	pub setting: String,
	/// In tokens.
	pub gain: Mean,
	/// What is zero or off, and what the strategy brings then.
	pub without: Vec<(&'static str, Mean)>,
}
