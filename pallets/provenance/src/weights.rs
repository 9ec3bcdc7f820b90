// SPDX-License-Identifier: Apache-2.0

//! The weights that the runtime must supply; measured ones are in the runtime.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// One function per call.
pub trait WeightInfo {
	/// With a licence expression of so many bytes.
	fn register_dataset(expression: u32) -> Weight;
	fn offer_dataset() -> Weight;
	fn accept_dataset() -> Weight;
	/// With what the runtime does at a withdrawal.
	fn withdraw_consent() -> Weight;
	fn remove_dataset() -> Weight;
	/// With a definition of so many bytes.
	fn register_schema(definition: u32) -> Weight;
	fn remove_schema() -> Weight;
	/// With so many bytes of data.
	fn attest(data: u32) -> Weight;
	/// With so many bytes of data.
	fn attest_many(data: u32) -> Weight;
	fn revoke() -> Weight;
	fn remove_attestation() -> Weight;
}

/// Estimates, on the high side, until `make weights` has measured them: 50 µs for each call, 100 ns for each byte that
/// comes with it, and the storage that it touches. A read proves 4 KiB: the largest record and the trie above it.
impl WeightInfo for () {
	fn register_dataset(expression: u32) -> Weight {
		estimate(expression, 5, 6)
	}
	fn offer_dataset() -> Weight {
		estimate(0, 1, 1)
	}
	fn accept_dataset() -> Weight {
		estimate(0, 5, 7)
	}
	fn withdraw_consent() -> Weight {
		estimate(0, 3, 3)
	}
	fn remove_dataset() -> Weight {
		estimate(0, 4, 5)
	}
	fn register_schema(definition: u32) -> Weight {
		estimate(definition, 4, 5)
	}
	fn remove_schema() -> Weight {
		estimate(0, 4, 4)
	}
	fn attest(data: u32) -> Weight {
		estimate(data, 7, 8)
	}
	fn attest_many(data: u32) -> Weight {
		estimate(data, 6, 7)
	}
	fn revoke() -> Weight {
		estimate(0, 1, 1)
	}
	fn remove_attestation() -> Weight {
		estimate(0, 4, 7)
	}
}

fn estimate(bytes: u32, reads: u64, writes: u64) -> Weight {
	let time = 50_000_000_u64.saturating_add(u64::from(bytes).saturating_mul(100_000));
	Weight::from_parts(time, reads.saturating_mul(4_096))
		.saturating_add(ParityDbWeight::get().reads_writes(reads, writes))
}
