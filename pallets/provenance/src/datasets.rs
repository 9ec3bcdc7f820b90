// SPDX-License-Identifier: Apache-2.0

//! Who registered which content, under which terms, and whether it may still be used.

use crate::{
	deposits, indices, indices::Ordered, types::DatasetTicket, AttestationsBySubject, Config, Dataset, DatasetFacts,
	DatasetOf, Datasets, DatasetsByOwner, DatasetsByRoot, Error, Event, NextDataset, Pallet,
};
use atelier_primitives::{
	ids::{AttestationId, DatasetId, Subject, Subjects},
	licence,
	lineage::{Consent, Flag, OnWithdrawal, Unusable},
	pots::{Holdings, Pot, Split, Splits},
	terms::Terms,
	BlockNumber,
};
use frame_support::{dispatch::DispatchResult, ensure, traits::Consideration};
use sp_runtime::Permill;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register_dataset(owner: T::AccountId, facts: DatasetFacts) -> DispatchResult {
		let now = Self::now();
		ensure!(facts.bytes > 0, Error::<T>::EmptyDataset);
		ensure!(
			licence::well_formed(&facts.licence.expression),
			Error::<T>::LicenceMalformed
		);
		ensure!(
			facts.terms.expiry.is_none_or(|last| now <= last),
			Error::<T>::TermsExpired
		);
		let id = NextDataset::<T>::get();
		let next = id.next().ok_or(Error::<T>::NoIdsLeft)?;

		let ticket = DatasetTicket::<T>::new(&owner, deposits::dataset::<T>(&facts.licence.expression))?;
		NextDataset::<T>::put(next);
		DatasetsByOwner::<T>::insert(&owner, id.key(), ());
		let root = facts.root;
		DatasetsByRoot::<T>::insert(root, id.key(), ());
		let dataset = Dataset {
			owner: owner.clone(),
			offered: None,
			facts,
			consent: Consent::Given,
			registered: now,
			used: 0,
			ticket,
		};
		Datasets::<T>::insert(id, dataset);
		Self::deposit_event(Event::DatasetRegistered {
			dataset: id,
			owner,
			root,
		});
		Ok(())
	}

	pub(crate) fn do_offer_dataset(who: T::AccountId, id: DatasetId, to: Option<T::AccountId>) -> DispatchResult {
		let mut dataset = Self::owned(&who, id)?;
		ensure!(to.as_ref() != Some(&who), Error::<T>::OfferedToOwner);
		dataset.offered.clone_from(&to);
		Datasets::<T>::insert(id, dataset);
		Self::deposit_event(Event::DatasetOffered { dataset: id, to });
		Ok(())
	}

	pub(crate) fn do_accept_dataset(who: T::AccountId, id: DatasetId) -> DispatchResult {
		let dataset = Datasets::<T>::get(id).ok_or(Error::<T>::UnknownDataset)?;
		ensure!(dataset.offered.as_ref() == Some(&who), Error::<T>::NotOffered);

		let ticket = DatasetTicket::<T>::new(&who, deposits::dataset::<T>(&dataset.facts.licence.expression))?;
		dataset.ticket.drop(&dataset.owner)?;
		DatasetsByOwner::<T>::remove(&dataset.owner, id.key());
		DatasetsByOwner::<T>::insert(&who, id.key(), ());
		let taken = Dataset {
			owner: who.clone(),
			offered: None,
			ticket,
			facts: dataset.facts,
			consent: dataset.consent,
			registered: dataset.registered,
			used: dataset.used,
		};
		Datasets::<T>::insert(id, taken);
		Self::deposit_event(Event::DatasetTransferred {
			dataset: id,
			from: dataset.owner,
			to: who,
		});
		Ok(())
	}

	pub(crate) fn do_withdraw_consent(who: T::AccountId, id: DatasetId) -> DispatchResult {
		let mut dataset = Self::owned(&who, id)?;
		ensure!(dataset.consent == Consent::Given, Error::<T>::AlreadyWithdrawn);

		let used = dataset.used > 0;
		dataset.consent = Consent::Withdrawn { at: Self::now() };
		Datasets::<T>::insert(id, dataset);
		if used {
			T::OnWithdrawal::withdrawn(id);
		}
		Self::deposit_event(Event::ConsentWithdrawn { dataset: id });
		Ok(())
	}

	pub(crate) fn do_remove_dataset(who: T::AccountId, id: DatasetId) -> DispatchResult {
		let dataset = Self::owned(&who, id)?;
		ensure!(dataset.used == 0, Error::<T>::DatasetInUse);
		let mut attested = indices::ids::<AttestationsBySubject<T>, _, AttestationId>(&Subject::Dataset(id), None);
		ensure!(attested.next().is_none(), Error::<T>::DatasetAttested);
		ensure!(T::Holdings::empty(Pot::Dataset(id)), Error::<T>::DatasetEarned);

		DatasetsByOwner::<T>::remove(&who, id.key());
		DatasetsByRoot::<T>::remove(dataset.facts.root, id.key());
		Datasets::<T>::remove(id);
		dataset.ticket.drop(&who)?;
		Self::deposit_event(Event::DatasetRemoved { dataset: id });
		Ok(())
	}

	fn owned(who: &T::AccountId, id: DatasetId) -> Result<DatasetOf<T>, Error<T>> {
		let dataset = Datasets::<T>::get(id).ok_or(Error::<T>::UnknownDataset)?;
		ensure!(dataset.owner == *who, Error::<T>::NotOwner);
		Ok(dataset)
	}
}

impl<T: Config> atelier_primitives::lineage::Datasets for Pallet<T> {
	fn allow(id: DatasetId, derivative: &Terms, share: Permill, now: BlockNumber) -> Result<(), Unusable> {
		let dataset = Datasets::<T>::get(id).ok_or(Unusable::Unknown)?;
		match dataset.consent {
			Consent::Withdrawn { .. } => Err(Unusable::Withdrawn),
			Consent::Given => dataset
				.facts
				.terms
				.allow_derivative(derivative, share, now)
				.map_err(Unusable::Terms),
		}
	}

	fn used(id: DatasetId) -> Result<(), Unusable> {
		let mut dataset = Datasets::<T>::get(id).ok_or(Unusable::Unknown)?;
		if dataset.consent != Consent::Given {
			return Err(Unusable::Withdrawn);
		}
		dataset.used = dataset.used.checked_add(1).ok_or(Unusable::Overused)?;
		Datasets::<T>::insert(id, dataset);
		Ok(())
	}

	/// Of what is not registered nothing is agreed to, so nothing that would be made from it answers.
	fn flag(id: DatasetId) -> Flag {
		Datasets::<T>::get(id).map_or(Flag::NoServing, |dataset| {
			Flag::of(dataset.consent, &dataset.facts.terms)
		})
	}
}

/// Of datasets: all to the owner, also what comes in for use before a withdrawal.
impl<T: Config> Splits<T::AccountId> for Pallet<T> {
	fn split(pot: Pot) -> Option<Split<T::AccountId>> {
		let Pot::Dataset(id) = pot else { return None };
		Datasets::<T>::get(id).map(|dataset| Split {
			owner: dataset.owner,
			shares: alloc::vec::Vec::new(),
			frozen: false,
		})
	}
}

/// Knows of datasets only; the runtime asks others about the rest.
impl<T: Config> Subjects<T::AccountId> for Pallet<T> {
	fn exists(subject: &Subject<T::AccountId>) -> bool {
		matches!(subject, Subject::Dataset(id) if Datasets::<T>::contains_key(id))
	}
}
