// SPDX-License-Identifier: Apache-2.0

//! The weights that the runtime must supply.
//!
//! The ones here are estimates, not measurements: every item read or written is counted, at the cost of RocksDB, with
//! 10 µs for computing besides and 3 KiB of proof for each item. `make weights` replaces them in the runtime.

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// One function for each call, for what other pallets ask, and for the steps of the hook.
pub trait WeightInfo {
	/// A tip, without dividing the pot.
	fn tip() -> Weight;
	/// A division of a pot with so many shares, as a call.
	fn distribute(shares: u32) -> Weight;
	fn claim() -> Weight;
	/// What `Pots::credit` costs its caller. Dividing the pot afterwards is [`WeightInfo::serve`].
	fn credit() -> Weight;
	/// A pot closed that has passed money on to so many others, with a division to as many.
	fn close(receivers: u32) -> Weight;
	/// The hook of a block in which there is nothing to do but to begin an era.
	fn on_poll() -> Weight;
	/// A pot with so many shares taken from the queue and divided.
	fn serve(shares: u32) -> Weight;
	/// One record of an old era forgotten.
	fn prune() -> Weight;
}

fn estimate(reads: u64, writes: u64) -> Weight {
	RocksDbWeight::get()
		.reads_writes(reads, writes)
		.saturating_add(Weight::from_parts(10_000_000, reads.saturating_mul(3 * 1024)))
}

impl WeightInfo for () {
	fn tip() -> Weight {
		// Parameters 2, registries 2, sums, ledger, queue's ends, accounts 2, holds.
		estimate(10, 8)
	}
	fn distribute(shares: u32) -> Weight {
		let shares = shares.into();
		// Parameters, registries 2, ledger, era, records 2, claim, accounts 2, holds, ends. Each share: whether its pot
		// exists, its ledger, what passed; and a place in the queue.
		estimate(12, 9)
			.saturating_add(RocksDbWeight::get().reads_writes(3, 3).saturating_mul(shares))
			.saturating_add(Weight::from_parts(2_000_000, 3 * 3 * 1024).saturating_mul(shares))
	}
	fn claim() -> Weight {
		estimate(4, 4)
	}
	fn credit() -> Weight {
		estimate(8, 6)
	}
	fn close(receivers: u32) -> Weight {
		let receivers = receivers.into();
		Self::distribute(0)
			.saturating_add(estimate(6, 8))
			.saturating_add(RocksDbWeight::get().reads_writes(4, 4).saturating_mul(receivers))
			.saturating_add(Weight::from_parts(3_000_000, 4 * 3 * 1024).saturating_mul(receivers))
	}
	fn on_poll() -> Weight {
		// Parameters 4, era, kept eras, queue's ends.
		estimate(7, 2)
	}
	fn serve(shares: u32) -> Weight {
		Self::distribute(shares).saturating_add(estimate(2, 2))
	}
	fn prune() -> Weight {
		// The next key of either record, its value, the sums.
		estimate(4, 2)
	}
}
