// SPDX-License-Identifier: Apache-2.0

//! The weights that the runtime must supply.
//!
//! The ones here are estimates: items read and written are counted, at the cost of RocksDB, with the microseconds of
//! computing that they are given and 3 KiB of proof for each item read. `make weights` replaces them in the runtime.

use frame_support::weights::{constants::RocksDbWeight, Weight};

/// One function for each call, for what other pallets ask, and for the steps of the hook.
pub trait WeightInfo {
	fn register() -> Weight;
	fn heartbeat() -> Weight;
	fn set_keys() -> Weight;
	fn set_hardware() -> Weight;
	fn set_auditing() -> Weight;
	fn bond_more() -> Weight;
	fn unbond() -> Weight;
	fn withdraw_unbonded() -> Weight;
	fn leave() -> Weight;
	fn set_offer() -> Weight;
	fn remove_offer() -> Weight;
	fn drop_offer() -> Weight;
	fn offer_rotation() -> Weight;
	fn accept_rotation() -> Weight;
	/// Also what a slash that is due costs the hook.
	fn apply_slash() -> Weight;
	fn cancel_slash() -> Weight;
	fn claim() -> Weight;
	fn show_weights() -> Weight;
	/// What `Workers::fit` costs its caller; `offer` reads one item more.
	fn fit() -> Weight;
	/// A draw that looks at as many offers as it may.
	fn draw() -> Weight;
	fn engage() -> Weight;
	fn discharge() -> Weight;
	fn occupy() -> Weight;
	fn note() -> Weight;
	fn fine() -> Weight;
	fn standing() -> Weight;
	/// An accusation, or the end of one.
	fn accuse() -> Weight;
	fn convict() -> Weight;
	/// One bucket of the agenda in the hook, without what is in it.
	fn on_poll() -> Weight;
}

fn estimate(reads: u64, writes: u64, microseconds: u64) -> Weight {
	Weight::from_parts(microseconds.saturating_mul(1_000_000), reads.saturating_mul(3 * 1024))
		.saturating_add(RocksDbWeight::get().reads_writes(reads, writes))
}

/// Estimates.
impl WeightInfo for () {
	fn register() -> Weight {
		// Its account, the number, least bond, liveness, auditors' weight, account, holds; and ten records.
		estimate(9, 13, 60)
	}
	fn heartbeat() -> Weight {
		estimate(2, 1, 8)
	}
	fn set_keys() -> Weight {
		// Where the history of keys is full, also the periods of the court, of which it consists how long they are needed.
		estimate(5 + 9, 3, 25)
	}
	fn set_hardware() -> Weight {
		estimate(2, 1, 15)
	}
	fn set_auditing() -> Weight {
		estimate(4 + 9, 2, 20)
	}
	fn bond_more() -> Weight {
		estimate(7 + 9, 5, 35)
	}
	fn unbond() -> Weight {
		// The periods of the court, and how long it stood still.
		estimate(7 + 10, 4, 30)
	}
	fn withdraw_unbonded() -> Weight {
		// How long the court stood still, and what bonds cover.
		estimate(5 + 2, 3, 30)
	}
	fn leave() -> Weight {
		estimate(6, 11, 50)
	}
	fn set_offer() -> Weight {
		// Also where the last of the list takes the place of what is listed no more.
		estimate(14, 7, 45)
	}
	fn remove_offer() -> Weight {
		estimate(8, 7, 45)
	}
	fn drop_offer() -> Weight {
		estimate(13, 7, 45)
	}
	fn offer_rotation() -> Weight {
		estimate(3, 1, 12)
	}
	fn accept_rotation() -> Weight {
		// Also new keys: record, standing, auditors' weight.
		estimate(16 + 9, 13, 95)
	}
	fn apply_slash() -> Weight {
		// Slash, stake, account, unbonding, standing, auditors' weight, holds 2, treasury 2, prover, claims 3.
		estimate(15, 13, 80)
	}
	fn cancel_slash() -> Weight {
		estimate(6 + 9, 5, 35)
	}
	fn claim() -> Weight {
		estimate(4, 4, 40)
	}
	fn show_weights() -> Weight {
		// Version 2, owner 2, what was shown before; of it and of the new two attestations and two stakes each, two accounts;
		// three parameters.
		estimate(18, 1, 60)
	}
	fn fit() -> Weight {
		// Stake, liveness, and offer; three parameters; who has the weights, two attestations and two stakes.
		estimate(6 + 5, 0, 20)
	}
	fn draw() -> Weight {
		// Place, offer, stake and liveness of each that is looked at, the reputation of eight; parameters 5, their number; who
		// has the weights, two attestations and two stakes.
		estimate(4 * 32 + 8 + 6 + 5, 0, 400)
	}
	fn engage() -> Weight {
		// The stake, and one parameter.
		estimate(2, 1, 5)
	}
	fn discharge() -> Weight {
		estimate(1, 1, 4)
	}
	fn occupy() -> Weight {
		estimate(1, 1, 4)
	}
	fn note() -> Weight {
		estimate(2, 1, 5)
	}
	fn fine() -> Weight {
		estimate(9, 7, 50)
	}
	fn standing() -> Weight {
		estimate(1, 0, 4)
	}
	fn accuse() -> Weight {
		estimate(1, 1, 10)
	}
	fn convict() -> Weight {
		// Stake, number, four parameters, standing, auditors' weight, reputation 2, a bucket; more buckets where these are
		// full.
		estimate(14, 7, 40)
	}
	fn on_poll() -> Weight {
		estimate(2, 2, 5)
	}
}
