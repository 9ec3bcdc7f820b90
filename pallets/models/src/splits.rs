// SPDX-License-Identifier: Apache-2.0

//! What other pallets ask: who is owed what, which versions there are, and whether one may be used.

use crate::{BalanceOf, Claims, Config, Dues, Models, Pallet, VersionOf, Versions, WeightInfo};
use alloc::vec::Vec;
use atelier_primitives::{
	ids::{ModelId, VersionId},
	lineage::Flag,
	models::{self, Allowed, Class, Refused, Status, MAX_ANCESTORS},
	pots::{Pot, Share, Split, Splits},
	terms::Use,
	BlockNumber,
};
use atelier_referee::commit::Commitment;
use frame_support::weights::Weight;
use sp_runtime::{traits::Saturating, Permill};

impl<T: Config> Pallet<T> {
	/// Whether there is such a version.
	pub fn version_exists(version: VersionId) -> bool {
		Versions::<T>::contains_key(version)
	}

	/// Who owns the model of a version.
	pub fn owner_of(version: VersionId) -> Option<T::AccountId> {
		let version = Versions::<T>::get(version)?;
		Some(Models::<T>::get(version.model)?.owner)
	}

	/// What a version owes beside the shares that it states: as much as these leave, the oldest first.
	pub(crate) fn dues(id: VersionId, version: &VersionOf<T>) -> Vec<Share> {
		let stated = Self::stated(version);
		let mut left = stated
			.iter()
			.fold(Permill::one(), |left, share| left.saturating_sub(share.part));
		let dues = Dues::<T>::get(id);
		let mut shares = Vec::new();
		for due in dues {
			let part = due.part.min(left);
			left = left.saturating_sub(part);
			shares.push(Share {
				pot: Pot::Version(due.to),
				part,
			});
		}
		shares
	}

	/// The shares that a version states.
	fn stated(version: &VersionOf<T>) -> Vec<Share> {
		let parents = version.publication.parents.iter();
		let datasets = version.publication.datasets.iter();
		parents
			.map(|(parent, part)| (Pot::Version(*parent), *part))
			.chain(datasets.map(|(dataset, part)| (Pot::Dataset(*dataset), *part)))
			.map(|(pot, part)| Share { pot, part })
			.collect()
	}

	/// What was earned with another model's weights is that model's: its pot's if it came first, so that money only flows
	/// to what is older, else its owner's.
	fn overruled_split(id: VersionId, version: &VersionOf<T>, rightful: ModelId) -> Option<Split<T::AccountId>> {
		let owner = Models::<T>::get(rightful)
			.or_else(|| Models::<T>::get(version.model))?
			.owner;
		let claim = Claims::<T>::get(version.publication.weights.root, rightful);
		let shares = match claim.filter(|claim| claim.first < id) {
			Some(claim) => [Share {
				pot: Pot::Version(claim.first),
				part: Permill::one(),
			}]
			.to_vec(),
			None => Vec::new(),
		};
		Some(Split {
			owner,
			shares,
			frozen: false,
		})
	}
}

impl<T: Config> Splits<T::AccountId> for Pallet<T> {
	fn split(pot: Pot) -> Option<Split<T::AccountId>> {
		let Pot::Version(id) = pot else {
			return None;
		};
		let version = Versions::<T>::get(id)?;
		if let Some(rightful) = Self::overruled_by(&version) {
			return Self::overruled_split(id, &version, rightful);
		}
		let mut shares = Self::stated(&version);
		shares.extend(Self::dues(id, &version));
		Some(Split {
			owner: Models::<T>::get(version.model)?.owner,
			shares,
			frozen: Self::contested(&version.publication.weights.root),
		})
	}
}

impl<T: Config> Pallet<T> {
	/// Whether a version with this flag may be used so.
	pub(crate) fn acceptable(
		id: VersionId,
		version: &VersionOf<T>,
		flag: Flag,
		wanted: Use,
		now: BlockNumber,
	) -> Result<Allowed<T::AccountId, BalanceOf<T>>, Refused> {
		let status = Self::status_of(id, version);
		match status {
			Status::Withdrawn => return Err(Refused::Withdrawn),
			Status::Overruled => return Err(Refused::Overruled),
			Status::Active | Status::Deprecated | Status::Contested => {}
		}
		if flag == Flag::NoServing {
			return Err(Refused::Consent);
		}
		version.publication.terms.allow(wanted, now).map_err(Refused::Terms)?;
		Ok(Allowed {
			owner: Models::<T>::get(version.model).ok_or(Refused::Unknown)?.owner,
			class: version.publication.class,
			weights: version.publication.weights,
			fee: version.publication.fee,
			status,
		})
	}
}

impl<T: Config> models::Versions<T::AccountId, BalanceOf<T>> for Pallet<T> {
	type Weight = Weight;

	fn allow(
		version: VersionId,
		wanted: Use,
		now: BlockNumber,
	) -> (Result<Allowed<T::AccountId, BalanceOf<T>>, Refused>, Weight) {
		let Some(record) = Versions::<T>::get(version) else {
			return (Err(Refused::Unknown), T::WeightInfo::allow_known());
		};
		let (flag, weight) = Self::checked_flag(version);
		(Self::acceptable(version, &record, flag, wanted, now), weight)
	}

	fn most() -> Weight {
		T::WeightInfo::allow_walk(MAX_ANCESTORS, MAX_ANCESTORS).max(T::WeightInfo::allow_known())
	}

	fn rules(version: VersionId) -> Option<(Class, Commitment)> {
		let publication = Versions::<T>::get(version)?.publication;
		Some((publication.class, publication.weights))
	}
}
