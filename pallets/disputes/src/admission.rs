// SPDX-License-Identifier: Apache-2.0

//! Who is heard in the part of blocks that is kept for the court.
//!
//! Moves are operational, so that nobody loses by silence since blocks are full. The runtime admits such a transaction only
//! if this says that its signer may make the move now. About a matter one move is heard in a block, and after one that failed
//! none for [`QUIET`] blocks: a party that fails on purpose, to fill blocks and stop the clock, needs as many matters as
//! there is room for in all of these.

use crate::{Call, Clock, Config, Disputes, Duties, Games, Heard, Matter, Pallet, Stage};
use atelier_primitives::{work::workers::Accused, BlockNumber};
use atelier_referee::dispute::Party;
use frame_support::BoundedVec;

/// For how many blocks after a move that failed the kept part is closed to its matter.
pub const QUIET: BlockNumber = 8;
/// About how many matters it is known when they were heard; the oldest are forgotten.
pub const HEARD: u32 = 256;

impl<T: Config> Pallet<T> {
	/// What a move is about, if this account may make it now. None for whatever is not operational.
	pub fn matter(who: &T::AccountId, call: &Call<T>) -> Option<Matter> {
		match call {
			Call::serve { duty, .. } => {
				let owed = Duties::<T>::get(duty)?;
				let may = Clock::<T>::get() <= owed.until && T::Workers::account(owed.worker).as_ref() == Some(who);
				may.then_some(Matter::Duty(*duty))
			}
			Call::challenge {
				work, lot: Some(lot), ..
			} => {
				let pending = Self::open(*work).ok()?;
				let (auditor, ..) = Self::auditor(who, *work, &pending, lot).ok()?;
				Some(Matter::Work(*work, auditor))
			}
			Call::post_trace { dispute, .. }
			| Call::prove { dispute, .. }
			| Call::descend { dispute }
			| Call::play { dispute, .. }
			| Call::concede { dispute } => {
				let record = Disputes::<T>::get(dispute)?;
				if record.stage.until().is_some_and(|until| Clock::<T>::get() > until) {
					return None;
				}
				let by = if record.challenger == *who {
					Party::Challenger
				} else if T::Workers::account(record.worker).as_ref() == Some(who) {
					Party::Holder
				} else {
					return None;
				};
				let may = match (call, record.stage) {
					(Call::post_trace { .. }, Stage::Trace { .. }) => by == Party::Holder,
					(Call::prove { .. } | Call::descend { .. }, Stage::Proving { .. }) => by == Party::Challenger,
					(Call::play { .. }, Stage::Playing { .. }) => Games::<T>::get(dispute)?.turn() == by,
					(Call::concede { .. }, Stage::Queued) => by == Party::Challenger,
					(Call::concede { .. }, _) => true,
					_ => false,
				};
				may.then_some(Matter::Dispute(*dispute))
			}
			_ => None,
		}
	}

	/// Whether a move about a matter failed a short while ago.
	pub fn is_quiet(matter: Matter) -> bool {
		let now = Self::now();
		let later = |(known, until): &(Matter, BlockNumber)| *known == matter && now < *until;
		Heard::<T>::get().iter().any(later)
	}

	/// Notes that a matter is heard in this block. False: it was already, or failed a short while ago.
	pub fn hear(matter: Matter) -> bool {
		let now = Self::now();
		Heard::<T>::mutate(|heard| {
			heard.retain(|(_, until)| now <= *until);
			if heard.iter().any(|(known, _)| *known == matter) {
				return false;
			}
			Self::keep(heard, matter, now);
			true
		})
	}

	/// The move that was heard has failed.
	pub fn failed(matter: Matter) {
		let until = Self::now().saturating_add(QUIET);
		Heard::<T>::mutate(|heard| {
			heard.retain(|(known, _)| *known != matter);
			Self::keep(heard, matter, until);
		});
	}

	fn keep(
		heard: &mut BoundedVec<(Matter, BlockNumber), frame_support::traits::ConstU32<HEARD>>,
		matter: Matter,
		until: BlockNumber,
	) {
		if heard.is_full() {
			heard.remove(0);
		}
		let _ = heard.try_push((matter, until));
	}
}
