// SPDX-License-Identifier: Apache-2.0

//! The roots that a block settled, as one root that the chain's own mountain range keeps for good: by it a receipt can be
//! shown to be settled when everything else about its session is gone. A settlement has no units there.

use crate::{Config, HostHash, Pallet, Settled};
use atelier_primitives::{ids::SessionId, work::voucher::settled, BlockNumber};
use atelier_referee::commit::mountain::{Peaks, Receipt, Root};
use frame_support::defensive;

impl<T: Config> Pallet<T> {
	/// Adds what was settled. Returns its place in the block.
	pub(crate) fn append(session: SessionId, number: u32, root: &Root) -> u64 {
		let now = Self::now();
		let (at, mut peaks) = Settled::<T>::get();
		if at != now {
			peaks = Peaks::new();
		}
		let index = peaks.receipts();
		let receipt = Receipt {
			claim: settled::<HostHash>(session, number, root),
			units: 0,
		};
		if peaks.append::<HostHash>(&receipt).is_err() {
			defensive!("no block settles 2^40 vouchers");
		}
		Settled::<T>::put((now, peaks));
		index
	}

	/// The last block in which something was settled, and the root over what. For the leaves of the chain's mountain range:
	/// when a block begins, the one before it has settled nothing unless it is this one.
	pub fn settled_root() -> Option<(BlockNumber, Root)> {
		let (at, peaks) = Settled::<T>::get();
		if peaks.receipts() == 0 {
			return None;
		}
		peaks.root::<HostHash>().ok().map(|root| (at, root))
	}
}
