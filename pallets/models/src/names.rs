// SPDX-License-Identifier: Apache-2.0

//! What people call models: `alias/slug@number`. Only letters that nobody can confuse.

use crate::{AliasOf, Aliases, Config, Error, Event, Models, Name, Numbers, Pallet, Slugs, ITEM_BYTES};
use alloc::vec::Vec;
use atelier_primitives::ids::{ModelId, VersionId};
use codec::MaxEncodedLen;
use frame_support::{
	ensure,
	traits::{Consideration, Footprint},
};
use sp_runtime::{traits::SaturatedConversion, DispatchResult};

/// A slug or an alias, if it is one: small letters, digits, and hyphens between them.
pub fn checked_name<T: Config>(name: Vec<u8>) -> Result<Name, Error<T>> {
	let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
	let hyphen = Some(&b'-');
	let inside = name.first() != hyphen && name.last() != hyphen;
	ensure!(!name.is_empty() && inside && name.iter().all(plain), Error::NotAName);
	Name::try_from(name).map_err(|_| Error::NameTooLong)
}

/// A name taken apart: alias, slug and number.
pub fn parts(name: &[u8]) -> Option<(&[u8], &[u8], Option<u32>)> {
	let slash = name.iter().position(|byte| *byte == b'/')?;
	let (alias, rest) = (name.get(..slash)?, name.get(slash.checked_add(1)?..)?);
	let Some(at) = rest.iter().position(|byte| *byte == b'@') else {
		return Some((alias, rest, None));
	};
	let number = core::str::from_utf8(rest.get(at.checked_add(1)?..)?).ok()?;
	// One way to write each number.
	let number = number
		.parse()
		.ok()
		.filter(|parsed: &u32| alloc::format!("{parsed}") == number)?;
	Some((alias, rest.get(..at)?, Some(number)))
}

impl<T: Config> Pallet<T> {
	/// What an alias takes: two items.
	fn alias_footprint() -> Footprint {
		let bytes = Name::max_encoded_len()
			.saturating_add(T::AccountId::max_encoded_len())
			.saturating_mul(2)
			.saturating_add(T::Consideration::max_encoded_len());
		Footprint {
			count: 1,
			size: ITEM_BYTES.saturating_mul(2).saturating_add(bytes.saturated_into()),
		}
	}

	pub(crate) fn do_claim_alias(owner: T::AccountId, alias: Vec<u8>) -> DispatchResult {
		let alias = checked_name::<T>(alias)?;
		ensure!(!AliasOf::<T>::contains_key(&owner), Error::<T>::HasAlias);
		ensure!(!Aliases::<T>::contains_key(&alias), Error::<T>::AliasTaken);
		let ticket = T::Consideration::new(&owner, Self::alias_footprint())?;
		Aliases::<T>::insert(&alias, &owner);
		AliasOf::<T>::insert(&owner, (alias.clone(), ticket));
		Self::deposit_event(Event::AliasClaimed { owner, alias });
		Ok(())
	}

	pub(crate) fn do_release_alias(owner: T::AccountId) -> DispatchResult {
		let (alias, ticket) = AliasOf::<T>::take(&owner).ok_or(Error::<T>::NoAlias)?;
		Aliases::<T>::remove(&alias);
		ticket.drop(&owner)?;
		Self::deposit_event(Event::AliasReleased { owner, alias });
		Ok(())
	}

	/// The model that a name means, and the version if it has a number. Without a number: the model alone.
	pub(crate) fn resolved(name: &[u8]) -> Option<(ModelId, Option<VersionId>)> {
		let (alias, slug, number) = parts(name)?;
		let bounded = |part: &[u8]| Name::try_from(part.to_vec()).ok();
		let owner = Aliases::<T>::get(bounded(alias)?)?;
		let model = Slugs::<T>::get(owner, bounded(slug)?)?;
		debug_assert!(Models::<T>::contains_key(model));
		match number {
			Some(number) => Numbers::<T>::get(model, number).map(|version| (model, Some(version))),
			None => Some((model, None)),
		}
	}
}
