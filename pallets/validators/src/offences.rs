// SPDX-License-Identifier: Apache-2.0

//! What follows a proven equivocation: disabled now, out of the set from the session after next.

use crate::{Config, Event, Offenders, Pallet, Validators, WeightInfo};
use frame_support::{defensive, weights::Weight};
use sp_runtime::Perbill;
use sp_staking::{
	offence::{OffenceDetails, OffenceSeverity, OnOffenceHandler},
	SessionIndex,
};

impl<T: Config> Pallet<T> {
	/// Governance took `who` back: whatever it did before no longer keeps it disabled.
	pub(crate) fn forgive(who: &T::AccountId) {
		Offenders::<T>::mutate(|offenders| offenders.retain(|(offender, _)| offender != who));
	}

	fn punish(offender: &T::AccountId, severity: OffenceSeverity) {
		pallet_session::Pallet::<T>::report_offence(offender.clone(), severity);

		let mut set = Validators::<T>::get();
		let Some(position) = set.iter().position(|v| v == offender) else {
			return; // Removed before: reports of one offence can arrive twice.
		};
		if set.len() <= 1 {
			// Without it nobody could produce the block in which governance repairs the set.
			Self::deposit_event(Event::OffenderKept {
				validator: offender.clone(),
			});
			return;
		}
		set.remove(position);
		Validators::<T>::put(set);
		Offenders::<T>::mutate(|offenders| {
			if offenders.try_push((offender.clone(), severity)).is_err() {
				defensive!("offenders are members of sessions, which are bounded alike");
			}
		});
		Self::deposit_event(Event::OffenderRemoved {
			validator: offender.clone(),
		});
	}
}

impl<T, Identity> OnOffenceHandler<T::AccountId, (T::AccountId, Identity), Weight> for Pallet<T>
where
	T: Config,
{
	fn on_offence(
		offenders: &[OffenceDetails<T::AccountId, (T::AccountId, Identity)>],
		slash_fractions: &[Perbill],
		_: SessionIndex,
	) -> Weight {
		for (details, fraction) in offenders.iter().zip(slash_fractions) {
			Self::punish(&details.offender.0, OffenceSeverity(*fraction));
		}
		<T as Config>::WeightInfo::on_offence().saturating_mul(offenders.len() as u64)
	}
}
