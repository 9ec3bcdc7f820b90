// SPDX-License-Identifier: Apache-2.0

//! While a worker is accused nothing of its becomes final and its bond stays. The clock of that is one number that only
//! grows: whoever keeps a deadline notes it at the beginning and adds what it has grown by.

use crate::{Config, Event, Pallet, Stakes};
use atelier_primitives::ids::WorkerId;
use frame_support::defensive;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_accuse(worker: WorkerId) {
		let now = Self::now();
		let known = Stakes::<T>::mutate(worker, |stake| {
			let Some(stake) = stake else { return false };
			if stake.accusations == 0 {
				stake.accused = now;
			}
			stake.accusations = stake.accusations.saturating_add(1);
			true
		});
		if known {
			Self::deposit_event(Event::AccusationBegan { worker });
		}
	}

	pub(crate) fn do_acquit(worker: WorkerId) {
		let now = Self::now();
		let known = Stakes::<T>::mutate(worker, |stake| {
			let Some(stake) = stake else { return false };
			if stake.accusations == 0 {
				defensive!("who is acquitted was accused");
				return false;
			}
			if stake.accusations == 1 {
				stake.frozen = stake.frozen(now);
				stake.accused = 0;
			}
			stake.accusations = stake.accusations.saturating_sub(1);
			true
		});
		if known {
			Self::deposit_event(Event::AccusationEnded { worker });
		}
	}
}
