// SPDX-License-Identifier: Apache-2.0

//! Whose weights they are, when several models have the same.
//!
//! While nobody has decided, what all of them earn waits in their pots; they go on serving, or anybody could stop anybody
//! by a copy. The older promise is on record for whoever decides, but does not decide by itself: weights can be stolen
//! before they are published.

use crate::{Claim, Claims, Config, Error, Event, Pallet, Roots, Standing, State, States, VersionOf, Versions};
use atelier_primitives::{
	ids::{AttestationId, ModelId, VersionId},
	models::{OriginAttestations, Status},
};
use atelier_referee::hash::Digest;
use frame_support::ensure;
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// A model claims these weights, for the first time or again.
	pub(crate) fn claim_root(root: Digest, model: ModelId, claim: Claim, first: bool) {
		Claims::<T>::insert(root, model, claim);
		if !first {
			return;
		}
		let mut record = Roots::<T>::get(root).unwrap_or_default();
		record.models = record.models.saturating_add(1);
		if record.models > 1 {
			Self::deposit_event(Event::WeightsContested { root, model });
		}
		Roots::<T>::insert(root, record);
	}

	/// A version with these weights goes; what it followed is the model's latest again.
	pub(crate) fn leave_root(root: Digest, model: ModelId, before: Option<VersionId>) {
		if let Some(latest) = before {
			Claims::<T>::mutate(root, model, |claim| {
				if let Some(claim) = claim {
					claim.latest = latest;
				}
			});
			return;
		}
		Claims::<T>::remove(root, model);
		Roots::<T>::mutate_exists(root, |record| {
			*record = record.take().and_then(|mut record| {
				record.models = record.models.saturating_sub(1);
				(record.models > 0).then_some(record)
			});
		});
	}

	/// Whether it is open whose weights these are.
	pub(crate) fn contested(root: &Digest) -> bool {
		Roots::<T>::get(root).is_some_and(|root| root.models > 1 && root.decided.is_none())
	}

	/// Whether the weights were found to be this model's, and not those of others that claim them still.
	pub(crate) fn outranks(root: &Digest, model: ModelId) -> bool {
		Roots::<T>::get(root).is_some_and(|root| root.models > 1 && root.decided == Some(model))
	}

	/// The other model whose weights these are, if that was decided.
	pub(crate) fn overruled_by(version: &VersionOf<T>) -> Option<ModelId> {
		let root = Roots::<T>::get(version.publication.weights.root)?;
		root.decided.filter(|model| *model != version.model)
	}

	pub(crate) fn status_of(id: VersionId, version: &VersionOf<T>) -> Status {
		let standing = States::<T>::get(id).map(|State { standing, .. }| standing);
		if let Some(Standing::Withdrawn { .. }) | None = standing {
			return Status::Withdrawn;
		}
		if Self::overruled_by(version).is_some() {
			return Status::Overruled;
		}
		if Self::contested(&version.publication.weights.root) {
			return Status::Contested;
		}
		match standing {
			Some(Standing::Deprecated) => Status::Deprecated,
			_ => Status::Active,
		}
	}

	pub(crate) fn do_settle_contest(root: Digest, version: VersionId, attestation: AttestationId) -> DispatchResult {
		ensure!(Self::contested(&root), Error::<T>::NotContested);
		let record = Versions::<T>::get(version).ok_or(Error::<T>::UnknownVersion)?;
		ensure!(record.publication.weights.root == root, Error::<T>::NotAClaim);
		ensure!(
			T::OriginAttestations::confirms(attestation, version),
			Error::<T>::NotAttested
		);
		Self::decide(root, Some(record.model));
		Ok(())
	}

	pub(crate) fn do_decide_contest(root: Digest, model: Option<ModelId>) -> DispatchResult {
		let record = Roots::<T>::get(root).ok_or(Error::<T>::NotContested)?;
		ensure!(record.models > 1 || record.decided.is_some(), Error::<T>::NotContested);
		ensure!(record.decided != model, Error::<T>::NothingToChange);
		if let Some(model) = model {
			ensure!(Claims::<T>::contains_key(root, model), Error::<T>::NotAClaim);
		}
		Self::decide(root, model);
		Ok(())
	}

	fn decide(root: Digest, model: Option<ModelId>) {
		Roots::<T>::mutate(root, |record| {
			if let Some(record) = record {
				record.decided = model;
			}
		});
		Self::deposit_event(match model {
			Some(model) => Event::ContestDecided { root, model },
			None => Event::ContestReopened { root },
		});
	}
}
