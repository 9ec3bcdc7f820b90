// SPDX-License-Identifier: Apache-2.0

//! What holds after every block.
//!
//! 1. The set is not empty once the chain has sessions.
//! 2. No account is in the set twice.
//! 3. Nobody is in the set and among the offenders at once.
//! 4. Every offender is listed once.

#[cfg(any(test, feature = "try-runtime"))]
impl<T: crate::Config> crate::Pallet<T> {
	pub fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
		use crate::{Offenders, Validators};
		use alloc::collections::BTreeSet;
		use frame_support::ensure;

		let set = Validators::<T>::get();
		let offenders = Offenders::<T>::get();
		let distinct: BTreeSet<_> = set.iter().collect();
		let distinct_offenders: BTreeSet<_> = offenders.iter().map(|(who, _)| who).collect();

		let has_sessions = !pallet_session::Validators::<T>::get().is_empty();
		ensure!(
			!has_sessions || !set.is_empty(),
			"invariant 1: the validator set is empty"
		);
		ensure!(distinct.len() == set.len(), "invariant 2: a validator is listed twice");
		ensure!(
			distinct.is_disjoint(&distinct_offenders),
			"invariant 3: an offender is in the set"
		);
		ensure!(
			distinct_offenders.len() == offenders.len(),
			"invariant 4: an offender is listed twice"
		);
		Ok(())
	}
}
