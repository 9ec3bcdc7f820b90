// SPDX-License-Identifier: Apache-2.0

//! Models: made, handed over, and removed when they have no versions.

use crate::{names::checked_name, Config, Error, Event, Model, ModelOf, Models, NextModel, Pallet, Slugs, ITEM_BYTES};
use alloc::vec::Vec;
use atelier_primitives::ids::ModelId;
use codec::MaxEncodedLen;
use frame_support::{
	ensure,
	traits::{Consideration, Footprint},
};
use sp_runtime::{traits::SaturatedConversion, DispatchError, DispatchResult};

/// What so many bytes cost.
pub fn footprint(bytes: u64) -> Footprint {
	Footprint { count: 1, size: bytes }
}

/// Bytes of a model without versions: its record and its slug.
pub fn model_bytes<T: Config>() -> u64 {
	let bytes = ModelOf::<T>::max_encoded_len().saturating_add(ModelId::max_encoded_len());
	ITEM_BYTES.saturating_mul(2).saturating_add(bytes.saturated_into())
}

impl<T: Config> Pallet<T> {
	/// The model, if that is its owner.
	pub(crate) fn owned(who: &T::AccountId, model: ModelId) -> Result<ModelOf<T>, Error<T>> {
		let record = Models::<T>::get(model).ok_or(Error::<T>::UnknownModel)?;
		ensure!(record.owner == *who, Error::<T>::NotOwner);
		Ok(record)
	}

	pub(crate) fn do_create_model(owner: T::AccountId, slug: Vec<u8>) -> DispatchResult {
		let slug = checked_name::<T>(slug)?;
		ensure!(!Slugs::<T>::contains_key(&owner, &slug), Error::<T>::SlugTaken);
		let model = NextModel::<T>::get();
		let next = model.next().ok_or(Error::<T>::NoMoreNumbers)?;
		let bytes = model_bytes::<T>();
		let record = Model {
			owner: owner.clone(),
			slug: slug.clone(),
			offered: None,
			next: 0,
			versions: 0,
			bytes,
			ticket: T::Consideration::new(&owner, footprint(bytes))?,
		};
		NextModel::<T>::put(next);
		Slugs::<T>::insert(&owner, &slug, model);
		Models::<T>::insert(model, record);
		Self::deposit_event(Event::ModelCreated { model, owner, slug });
		Ok(())
	}

	pub(crate) fn do_offer_model(owner: T::AccountId, model: ModelId, to: Option<T::AccountId>) -> DispatchResult {
		let mut record = Self::owned(&owner, model)?;
		ensure!(to.as_ref() != Some(&owner), Error::<T>::OfferedToOwner);
		ensure!(to.is_some() || record.offered.is_some(), Error::<T>::NotOffered);
		record.offered = to.clone();
		Models::<T>::insert(model, record);
		Self::deposit_event(match to {
			Some(to) => Event::ModelOffered { model, to },
			None => Event::OfferCancelled { model },
		});
		Ok(())
	}

	pub(crate) fn do_accept_model(to: T::AccountId, model: ModelId) -> DispatchResult {
		let mut record = Models::<T>::get(model).ok_or(Error::<T>::UnknownModel)?;
		ensure!(record.offered.as_ref() == Some(&to), Error::<T>::NotOffered);
		ensure!(!Slugs::<T>::contains_key(&to, &record.slug), Error::<T>::SlugTaken);
		let ticket = T::Consideration::new(&to, footprint(record.bytes))?;
		core::mem::replace(&mut record.ticket, ticket).drop(&record.owner)?;
		let from = core::mem::replace(&mut record.owner, to.clone());
		record.offered = None;
		Slugs::<T>::remove(&from, &record.slug);
		Slugs::<T>::insert(&to, &record.slug, model);
		Models::<T>::insert(model, record);
		Self::deposit_event(Event::ModelTransferred { model, from, to });
		Ok(())
	}

	pub(crate) fn do_remove_model(owner: T::AccountId, model: ModelId) -> DispatchResult {
		let record = Self::owned(&owner, model)?;
		ensure!(record.versions == 0, Error::<T>::HasVersions);
		record.ticket.drop(&owner)?;
		Slugs::<T>::remove(&owner, &record.slug);
		Models::<T>::remove(model);
		Self::deposit_event(Event::ModelRemoved { model });
		Ok(())
	}

	/// The model's owner pays for so many bytes from now on.
	pub(crate) fn charge(record: ModelOf<T>, bytes: u64) -> Result<ModelOf<T>, DispatchError> {
		let ticket = record.ticket.update(&record.owner, footprint(bytes))?;
		Ok(Model {
			ticket,
			bytes,
			..record
		})
	}
}
