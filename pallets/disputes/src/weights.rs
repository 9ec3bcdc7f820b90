// SPDX-License-Identifier: Apache-2.0

//! The weights that the runtime must supply.
//!
//! The ones here are estimates, not measurements: every item read or written is counted, at the cost of RocksDB, with
//! computing besides and 3 KiB of proof for each item. `make weights` replaces them in the runtime.

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// One function for each call, and for the steps of the hooks.
pub trait WeightInfo {
	fn endow() -> Weight;
	fn commit_audit() -> Weight;
	/// With so many audits.
	fn reveal_audit(audits: u32) -> Weight;
	fn expose() -> Weight;
	fn expose_blind() -> Weight;
	fn clear_report() -> Weight;
	fn not_served() -> Weight;
	fn serve() -> Weight;
	/// The dearest accusation: by an auditor of sealed work, or of a claim that is wrong by itself, with a full line of others.
	fn challenge() -> Weight;
	fn post_trace() -> Weight;
	/// With so many bytes of evidence.
	fn prove(bytes: u32) -> Weight;
	fn descend() -> Weight;
	/// A move of so many bytes.
	fn play(bytes: u32) -> Weight;
	/// The dearest end of a dispute or a duty, with a full line of others.
	fn expire() -> Weight;
	fn commit_vote() -> Weight;
	fn reveal_vote() -> Weight;
	fn conclude_inquiry() -> Weight;
	fn appeal() -> Weight;
	fn pause() -> Weight;
	fn resume() -> Weight;
	fn arm_canary() -> Weight;
	fn spring_canary() -> Weight;
	/// What is done in each block, whatever is due: perhaps a new seed, and a tick.
	fn each_block() -> Weight;
	/// A bucket of the agenda looked at.
	fn bucket() -> Weight;
	/// What `Audits::fund` costs its caller.
	fn fund() -> Weight;
	/// What `Audits::drawing` costs its caller.
	fn drawing() -> Weight;
}

fn estimate(reads: u64, writes: u64, micros: u64) -> Weight {
	RocksDbWeight::get()
		.reads_writes(reads, writes)
		.saturating_add(Weight::from_parts(
			micros.saturating_mul(1_000_000),
			reads.saturating_mul(3 * 1024),
		))
}

/// A lot verified.
const LOT: u64 = 500;

impl WeightInfo for () {
	fn endow() -> Weight {
		estimate(4, 4, 10)
	}
	fn commit_audit() -> Weight {
		estimate(12, 3, 20)
	}
	fn reveal_audit(audits: u32) -> Weight {
		estimate(14, 6, LOT).saturating_add(Weight::from_parts(1_000_000, 0).saturating_mul(audits.into()))
	}
	fn expose() -> Weight {
		estimate(14, 6, 1_500)
	}
	fn expose_blind() -> Weight {
		estimate(8, 6, 50)
	}
	fn clear_report() -> Weight {
		estimate(6, 4, 20)
	}
	fn not_served() -> Weight {
		estimate(18, 10, LOT + 100)
	}
	fn serve() -> Weight {
		estimate(12, 8, 200)
	}
	fn challenge() -> Weight {
		estimate(20, 80, LOT + 300)
	}
	fn post_trace() -> Weight {
		estimate(6, 3, 20)
	}
	fn prove(bytes: u32) -> Weight {
		estimate(20, 80, 1_000).saturating_add(Weight::from_parts(20_000, 0).saturating_mul(bytes.into()))
	}
	fn descend() -> Weight {
		estimate(5, 4, 20)
	}
	fn play(bytes: u32) -> Weight {
		estimate(20, 80, 1_000).saturating_add(Weight::from_parts(20_000, 0).saturating_mul(bytes.into()))
	}
	fn expire() -> Weight {
		estimate(20, 80, 100)
	}
	fn commit_vote() -> Weight {
		estimate(8, 1, LOT)
	}
	fn reveal_vote() -> Weight {
		estimate(10, 6, 20)
	}
	fn conclude_inquiry() -> Weight {
		estimate(80, 74, 50)
	}
	fn appeal() -> Weight {
		estimate(6, 4, 20)
	}
	fn pause() -> Weight {
		estimate(2, 1, 10)
	}
	fn resume() -> Weight {
		estimate(1, 1, 10)
	}
	fn arm_canary() -> Weight {
		estimate(1, 1, 10)
	}
	fn spring_canary() -> Weight {
		estimate(8, 4, 50)
	}
	fn each_block() -> Weight {
		estimate(12, 4, 20)
	}
	fn bucket() -> Weight {
		estimate(1, 2, 5)
	}
	fn fund() -> Weight {
		estimate(3, 3, 10)
	}
	fn drawing() -> Weight {
		estimate(6, 0, 5)
	}
}
