// SPDX-License-Identifier: Apache-2.0

//! The weights that the runtime must supply.
//!
//! The ones here are estimates, not measurements: every item read or written is counted, at the cost of RocksDB, with
//! computing besides and 3 KiB of proof for each item. `make weights` replaces them in the runtime.

use crate::MOST_BYTES;
use atelier_referee::{
	commit::MAX_RANGES,
	dispute::{Move, MAX_PARTS},
};
use codec::Encode;
use frame_support::weights::{constants::RocksDbWeight, Weight};

/// One function for each call, and for the steps of the hooks.
pub trait WeightInfo {
	fn endow() -> Weight;
	fn commit_audit() -> Weight;
	/// With so many audits.
	fn reveal_audit(audits: u32) -> Weight;
	/// With so many numbers.
	fn expose(numbers: u32) -> Weight;
	fn expose_blind() -> Weight;
	fn clear_report() -> Weight;
	fn not_served() -> Weight;
	/// So many leaves of a kibibyte.
	fn serve(leaves: u32) -> Weight;
	/// By an auditor of sealed work, with a full line of others.
	fn challenge() -> Weight;
	/// Of a claim that is wrong by itself.
	fn challenge_evident() -> Weight;
	fn post_trace() -> Weight;
	/// With so many bytes of evidence.
	fn prove(bytes: u32) -> Weight;
	fn descend() -> Weight;
	/// A move on the way down to a leaf and a charge.
	fn play() -> Weight;
	/// So many parts of a value named.
	fn name_parts(parts: u32) -> Weight;
	/// What decides, in so many bytes.
	fn open(bytes: u32) -> Weight;
	/// What decides about one of so many parts, beside that.
	fn open_part(parts: u32) -> Weight;
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
	/// Whether a move is heard in the kept part of a block.
	fn admit() -> Weight;
	/// What is done in each block, whatever is due: perhaps a new seed, and a tick.
	fn each_block() -> Weight;
	/// A bucket of the agenda looked at.
	fn bucket() -> Weight;
	/// What `Audits::fund` costs its caller.
	fn fund() -> Weight;
	/// What `Audits::drawing` costs its caller.
	fn drawing() -> Weight;
}

/// What a move weighs.
pub fn of_move<W: WeightInfo>(played: &Move) -> Weight {
	match played {
		Move::Reveal(_) | Move::Leaf(_) | Move::Descend(_) | Move::Accuse(_) | Move::Part(_) => W::play(),
		Move::Parts(parts) => W::name_parts(parts.len() as u32),
		Move::Open(evidence) => open::<W>(evidence.encoded_size() as u32),
	}
}

/// What the largest move weighs.
pub fn most<W: WeightInfo>() -> Weight {
	[
		W::name_parts(MAX_PARTS as u32),
		W::play(),
		W::prove(MOST_BYTES),
		W::serve(MAX_RANGES as u32),
		W::challenge(),
		W::challenge_evident(),
		W::post_trace(),
		W::descend(),
		W::expire(),
	]
	.into_iter()
	.fold(open::<W>(MOST_BYTES), |most, other| most.max(other))
}

/// Whether it is about one of many parts is not seen from the move.
fn open<W: WeightInfo>(bytes: u32) -> Weight {
	W::open(bytes).saturating_add(W::open_part(MAX_PARTS as u32))
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
	fn expose(numbers: u32) -> Weight {
		estimate(14, 6, 500).saturating_add(Weight::from_parts(20_000, 0).saturating_mul(numbers.into()))
	}
	fn expose_blind() -> Weight {
		estimate(8, 6, 50)
	}
	fn clear_report() -> Weight {
		estimate(6, 4, 20)
	}
	fn not_served() -> Weight {
		estimate(50, 42, LOT + 100)
	}
	fn serve(leaves: u32) -> Weight {
		estimate(12, 8, 100).saturating_add(Weight::from_parts(2_000_000, 0).saturating_mul(leaves.into()))
	}
	fn challenge() -> Weight {
		estimate(60, 50, LOT + 300)
	}
	fn challenge_evident() -> Weight {
		estimate(60, 60, LOT + 300)
	}
	fn post_trace() -> Weight {
		estimate(40, 36, 20)
	}
	fn prove(bytes: u32) -> Weight {
		estimate(60, 60, 1_000).saturating_add(Weight::from_parts(20_000, 0).saturating_mul(bytes.into()))
	}
	fn descend() -> Weight {
		estimate(40, 36, 20)
	}
	fn play() -> Weight {
		estimate(40, 36, 100)
	}
	fn name_parts(parts: u32) -> Weight {
		estimate(40, 36, 50).saturating_add(Weight::from_parts(200_000, 0).saturating_mul(parts.into()))
	}
	fn open(bytes: u32) -> Weight {
		Self::prove(bytes)
	}
	fn open_part(parts: u32) -> Weight {
		estimate(1, 1, 500).saturating_add(Weight::from_parts(200_000, 0).saturating_mul(parts.into()))
	}
	fn expire() -> Weight {
		estimate(60, 60, 100)
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
	fn admit() -> Weight {
		estimate(10, 1, LOT + 50)
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
