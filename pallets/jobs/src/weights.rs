// SPDX-License-Identifier: Apache-2.0

//! The weights that the runtime must supply.
//!
//! The ones here are estimates, not measurements: every item read or written is counted at the cost of ParityDB, with
//! 10 µs for computing besides, 50 µs for a signature, 2 µs for a node of an extension, and 3 KiB of proof for each item.
//! `make weights` replaces them in the runtime.

use crate::due::SPILL;
use frame_support::weights::{constants::ParityDbWeight, Weight};

/// One function for each call and for the steps of the hook.
pub trait WeightInfo {
	/// Without looking at the version, which its registry weighs.
	fn open() -> Weight;
	fn open_for() -> Weight;
	fn top_up() -> Weight;
	/// A voucher whose extension has so many nodes.
	fn settle(nodes: u32) -> Weight;
	/// So many vouchers, each of another session of one worker, without the nodes of their extensions.
	fn settle_batch(vouchers: u32) -> Weight;
	fn close() -> Weight;
	/// A session with as many settlements as there may be, all of them final, that ends.
	fn conclude_session() -> Weight;
	fn grant() -> Weight;
	fn revoke() -> Weight;
	fn claim() -> Weight;
	/// Without looking at the version, and without the draw, which workers weigh.
	fn submit() -> Weight;
	/// Without the draw.
	fn assign() -> Weight;
	/// Without looking at the version.
	fn accept() -> Weight;
	fn decline() -> Weight;
	fn start() -> Weight;
	fn input_missing() -> Weight;
	fn deliver() -> Weight;
	fn demand() -> Weight;
	/// An answer of so many bytes.
	fn post_answer(bytes: u32) -> Weight;
	fn post_chunks() -> Weight;
	fn cancel() -> Weight;
	fn conclude_job() -> Weight;
	/// The hook of a block in which nothing is due.
	fn on_poll() -> Weight;
	/// A bucket of the agenda looked at and written back.
	fn bucket() -> Weight;
	/// So many sessions of one worker and version looked at, that go on: as many settlements of each as there may be are paid.
	fn pay_sessions(sessions: u32) -> Weight;
	/// Something looked at for which nothing is due yet.
	fn look() -> Weight;
}

const MICRO: u64 = 1_000_000;

fn estimate(reads: u64, writes: u64) -> Weight {
	ParityDbWeight::get()
		.reads_writes(reads, writes)
		.saturating_add(Weight::from_parts(10 * MICRO, reads.saturating_mul(3 * 1024)))
}

/// The same for each of many.
fn each(reads: u64, writes: u64, micros: u64, count: u32) -> Weight {
	ParityDbWeight::get()
		.reads_writes(reads, writes)
		.saturating_add(Weight::from_parts(
			micros.saturating_mul(MICRO),
			reads.saturating_mul(3 * 1024),
		))
		.saturating_mul(count.into())
}

fn computed(micros: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(MICRO), 0)
}

fn nodes(nodes: u32) -> Weight {
	computed(u64::from(nodes).saturating_mul(2))
}

/// What is noted in the agenda besides: the lengths of the buckets in which room is looked for, and a bucket.
fn noting(reads: u64, writes: u64) -> Weight {
	let buckets = u64::from(SPILL).saturating_add(1);
	estimate(reads.saturating_add(buckets), writes.saturating_add(1))
}

impl WeightInfo for () {
	fn open() -> Weight {
		// Genesis, quote, worker with keys, offer and frozen 4, parameters 5, number, accounts 2, holds, using.
		// Written: number, accounts 2, holds, using, quote, lists 2, session.
		noting(17, 9).saturating_add(computed(50))
	}
	fn open_for() -> Weight {
		// The grant, and the key's account and holds.
		Self::open().saturating_add(estimate(3, 3))
	}
	fn top_up() -> Weight {
		estimate(8, 4)
	}
	fn settle(count: u32) -> Weight {
		// The table in settle.rs: session, genesis, whose worker, worker, stopped, auditors with their parameters 5, window 4,
		// patience, settled roots.
		noting(16, 3).saturating_add(computed(60)).saturating_add(nodes(count))
	}
	fn settle_batch(vouchers: u32) -> Weight {
		// All but the session once. The buckets are looked at for each, but are in memory then.
		noting(15, 2).saturating_add(each(1, 1, 80, vouchers))
	}
	fn close() -> Weight {
		noting(6, 1)
	}
	fn conclude_session() -> Weight {
		// Session, worker 3, payer and holds 2, worker's account, pot 3, fund 2, treasury, grant, using.
		// Written besides: lists 2, quote.
		noting(15, 16).saturating_add(computed(160))
	}
	fn grant() -> Weight {
		estimate(4, 4)
	}
	fn revoke() -> Weight {
		estimate(3, 3)
	}
	fn claim() -> Weight {
		estimate(5, 5)
	}
	fn submit() -> Weight {
		// Parameters 14, window 4, stopped, number, account, holds 2, using, randomness 3; the worker's stake, offer, liveness
		// and parameters 5. Written: number, account, holds 2, using, stake, offer, lists 2, job.
		noting(32, 10).saturating_add(computed(30))
	}
	fn assign() -> Weight {
		// Job, stopped, randomness 3, the worker's stake, offer, liveness and parameters 5. Written: job, stake, offer, list.
		noting(10, 4).saturating_add(computed(20))
	}
	fn accept() -> Weight {
		// Job, whose worker, stopped, stake 2, offer 4.
		noting(10, 3)
	}
	fn decline() -> Weight {
		Self::conclude_job()
	}
	fn start() -> Weight {
		noting(5, 1)
	}
	fn input_missing() -> Weight {
		Self::conclude_job()
	}
	fn deliver() -> Weight {
		// Job, genesis, whose worker, stopped, stake, offer, window 4, what one audit is drawn for, newcomer 2, number of the
		// seed 2, auditors' weight; payer and holds 2, the fund 2. Written: job, stake, offer, payer and holds 2, the fund 2.
		noting(20, 7).saturating_add(computed(40))
	}
	fn demand() -> Weight {
		noting(7, 3)
	}
	fn post_answer(bytes: u32) -> Weight {
		// BLAKE2 makes 200 bytes in a microsecond, at the least; and there are a leaf and a node for each 256.
		noting(9, 6).saturating_add(Weight::from_parts(u64::from(bytes).saturating_mul(20_000), 0))
	}
	fn post_chunks() -> Weight {
		// Four chunks, and four ways of at most forty nodes.
		noting(9, 6).saturating_add(computed(250))
	}
	fn cancel() -> Weight {
		Self::conclude_job()
	}
	fn conclude_job() -> Weight {
		estimate(18, 16).saturating_add(computed(50))
	}
	fn on_poll() -> Weight {
		estimate(2, 1)
	}
	fn bucket() -> Weight {
		// Thousands of things are decoded and written back.
		estimate(1, 1).saturating_add(computed(40))
	}
	fn pay_sessions(sessions: u32) -> Weight {
		// The fund 2, the treasury, the pot 2, stopped; the worker 2, its account, what is known of it. For each the session, the
		// payer's account and holds, and where it is noted; the buckets are looked at for each, but are in memory then.
		noting(10, 8).saturating_add(each(4, 4, 100, sessions))
	}
	fn look() -> Weight {
		// The session or the job, its worker, stopped.
		noting(4, 1)
	}
}
