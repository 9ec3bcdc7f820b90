// SPDX-License-Identifier: Apache-2.0

//! The weights that the runtime must supply; measured ones are in the runtime.

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// One function per call and duty. Parents, datasets, ancestors and sources are counted where the cost grows with them.
pub trait WeightInfo {
	fn create_model() -> Weight;
	fn offer_model() -> Weight;
	fn accept_model() -> Weight;
	fn remove_model() -> Weight;
	fn claim_alias() -> Weight;
	fn release_alias() -> Weight;
	fn commit_version() -> Weight;
	fn reveal_version(parents: u32, datasets: u32, ancestors: u32, sources: u32) -> Weight;
	fn deprecate_version() -> Weight;
	fn reinstate_version() -> Weight;
	fn withdraw_version() -> Weight;
	fn remove_version() -> Weight;
	fn settle_contest() -> Weight;
	fn decide_contest() -> Weight;
	fn claim_similar() -> Weight;
	fn draw_similar() -> Weight;
	fn open_similar() -> Weight;
	fn say_unserved() -> Weight;
	fn serve_similar() -> Weight;
	fn end_similar() -> Weight;
	/// One place of the queue of promises.
	fn expire() -> Weight;
	/// The check of a use, when nothing was withdrawn since the last one.
	fn allow_known() -> Weight;
	/// The check of a use that looks at the whole ancestry.
	fn allow_walk(ancestors: u32, sources: u32) -> Weight;
}

/// Reads, writes, microseconds and kilobytes of proof, counted by hand until `make weights` measures them. A read proves
/// about 4 KiB: two keys of a trie and the largest record.
fn estimate(reads: u64, writes: u64, microseconds: u64) -> Weight {
	Weight::from_parts(microseconds.saturating_mul(1_000_000), reads.saturating_mul(4_096))
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}

/// Estimates.
impl WeightInfo for () {
	fn create_model() -> Weight {
		estimate(4, 4, 60)
	}
	fn offer_model() -> Weight {
		estimate(1, 1, 20)
	}
	fn accept_model() -> Weight {
		estimate(6, 7, 90)
	}
	fn remove_model() -> Weight {
		estimate(3, 4, 60)
	}
	fn claim_alias() -> Weight {
		estimate(4, 4, 60)
	}
	fn release_alias() -> Weight {
		estimate(3, 4, 60)
	}
	fn commit_version() -> Weight {
		estimate(6, 6, 70)
	}
	fn reveal_version(parents: u32, datasets: u32, ancestors: u32, sources: u32) -> Weight {
		let (parents, datasets) = (u64::from(parents), u64::from(datasets));
		let above = u64::from(ancestors.saturating_add(sources));
		estimate(12, 16, 150)
			// Record, lineage (2 KiB), state and root of a parent, and its counter.
			.saturating_add(estimate(4, 1, 20).saturating_mul(parents))
			// A dataset is read twice and counted.
			.saturating_add(estimate(2, 1, 15).saturating_mul(datasets))
			.saturating_add(estimate(1, 0, 5).saturating_mul(above))
	}
	fn deprecate_version() -> Weight {
		estimate(3, 1, 25)
	}
	fn reinstate_version() -> Weight {
		estimate(3, 1, 25)
	}
	fn withdraw_version() -> Weight {
		estimate(4, 2, 30)
	}
	fn remove_version() -> Weight {
		// 16 parents, 8 dues and one that it followed are let go.
		estimate(12 + 25, 12 + 25, 200)
	}
	fn settle_contest() -> Weight {
		estimate(4, 1, 40)
	}
	fn decide_contest() -> Weight {
		estimate(2, 1, 30)
	}
	fn claim_similar() -> Weight {
		estimate(14, 7, 120)
	}
	fn draw_similar() -> Weight {
		estimate(4, 1, 50)
	}
	fn open_similar() -> Weight {
		// The places of 256 layers, 128 chunks of 1 KiB and at most 2 * 64 * 40 nodes are hashed.
		estimate(16, 18, 30_000)
	}
	fn say_unserved() -> Weight {
		estimate(1, 1, 25)
	}
	fn serve_similar() -> Weight {
		estimate(3, 1, 15_000)
	}
	fn end_similar() -> Weight {
		estimate(16, 18, 150)
	}
	fn expire() -> Weight {
		estimate(4, 5, 60)
	}
	fn allow_known() -> Weight {
		estimate(6, 0, 25)
	}
	fn allow_walk(ancestors: u32, sources: u32) -> Weight {
		let above = u64::from(ancestors.saturating_add(sources));
		estimate(8, 1, 40).saturating_add(estimate(1, 0, 5).saturating_mul(above))
	}
}
