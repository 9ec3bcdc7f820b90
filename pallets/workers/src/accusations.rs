// SPDX-License-Identifier: Apache-2.0

//! While a worker is accused, or a verdict against it waits that governance may undo, nothing of its becomes final and its
//! bond stays. Each clock of that is one number that only grows: whoever keeps a deadline notes it at the beginning and
//! adds what it has grown by.
//!
//! | clock | runs while |
//! | --- | --- |
//! | frozen | somebody accuses the worker, or a verdict against it waits |
//! | barred | a verdict against it waits |
//!
//! Several reasons at once count once. For the condemned neither runs: nothing of theirs is worth a wait.

use crate::{
	checks::{on, Check},
	Config, Event, Pallet, Stake, Stakes,
};
use atelier_primitives::{ids::WorkerId, BlockNumber};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::defensive;
use scale_info::TypeInfo;

/// Counts the blocks in which something lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Clock {
	/// It runs since then.
	pub since: Option<BlockNumber>,
	/// What it counted before.
	pub past: BlockNumber,
}

impl Clock {
	/// How many blocks it has counted, ever.
	pub fn read(&self, now: BlockNumber) -> BlockNumber {
		let running = self.since.map_or(0, |since| now.saturating_sub(since));
		self.past.saturating_add(running)
	}

	fn turn(&mut self, runs: bool, now: BlockNumber) {
		if runs == self.since.is_some() {
			return;
		}
		*self = Self {
			past: self.read(now),
			since: runs.then_some(now),
		};
	}
}

impl<Balance> Stake<Balance> {
	/// A verdict against it waits that governance may undo, and that is all there is.
	pub(crate) fn awaits_verdict(&self) -> bool {
		self.wrongs > 0 && !self.condemned
	}

	/// Nothing of its work becomes final.
	pub(crate) fn accused(&self) -> bool {
		let verdict = self.awaits_verdict() && on(Check::VerdictWaits);
		(self.accusations > 0 && !self.condemned) || verdict
	}

	/// Its clocks run or stand as it is now.
	pub(crate) fn keep_time(&mut self, now: BlockNumber) {
		self.frozen.turn(self.accused(), now);
		self.barred.turn(self.awaits_verdict(), now);
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_accuse(worker: WorkerId) {
		let known = Stakes::<T>::mutate(worker, |stake| {
			let Some(stake) = stake else { return false };
			stake.accusations = stake.accusations.saturating_add(1);
			stake.keep_time(Self::now());
			true
		});
		if known {
			Self::deposit_event(Event::AccusationBegan { worker });
		}
	}

	pub(crate) fn do_acquit(worker: WorkerId) {
		let known = Stakes::<T>::mutate(worker, |stake| {
			let Some(stake) = stake else { return false };
			if stake.accusations == 0 {
				defensive!("who is acquitted was accused");
				return false;
			}
			stake.accusations = stake.accusations.saturating_sub(1);
			stake.keep_time(Self::now());
			true
		});
		if known {
			Self::deposit_event(Event::AccusationEnded { worker });
		}
	}
}
