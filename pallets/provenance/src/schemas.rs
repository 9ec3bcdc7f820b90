// SPDX-License-Identifier: Apache-2.0

//! What attestations can mean.

use crate::{
	deposits, hash::Host, indices, types::SchemaTicket, AttestationsBySchema, Config, DefinitionText, Error, Event,
	NextSchema, Pallet, Schema, SchemaByHash, Schemas,
};
use atelier_primitives::{
	attestations::{schema_hash, Definition, GENESIS},
	ids::{AttestationId, SchemaId},
};
use atelier_referee::hash::Digest;
use frame_support::{dispatch::DispatchResult, ensure, traits::Consideration};

/// By what a schema is found.
pub(crate) fn hash(definition: &Definition<DefinitionText>, revocable: bool) -> Digest {
	schema_hash::<Host>(&definition.hash::<Host>(), revocable)
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register_schema(
		who: T::AccountId,
		definition: Definition<DefinitionText>,
		revocable: bool,
	) -> DispatchResult {
		if let Definition::Text(text) = &definition {
			ensure!(!text.is_empty(), Error::<T>::DefinitionEmpty);
			ensure!(core::str::from_utf8(text).is_ok(), Error::<T>::DefinitionNotText);
		}
		let hash = hash(&definition, revocable);
		ensure!(!SchemaByHash::<T>::contains_key(hash), Error::<T>::SchemaExists);
		let id = NextSchema::<T>::get();
		let next = id.next().ok_or(Error::<T>::NoIdsLeft)?;

		let ticket = SchemaTicket::<T>::new(&who, deposits::schema::<T>(&definition))?;
		NextSchema::<T>::put(next);
		SchemaByHash::<T>::insert(hash, id);
		let schema = Schema {
			definition,
			revocable,
			registered: Self::now(),
			registrant: Some((who.clone(), ticket)),
		};
		Schemas::<T>::insert(id, schema);
		Self::deposit_event(Event::SchemaRegistered {
			schema: id,
			registrant: who,
			hash,
		});
		Ok(())
	}

	pub(crate) fn do_remove_schema(who: T::AccountId, id: SchemaId) -> DispatchResult {
		let schema = Schemas::<T>::get(id).ok_or(Error::<T>::UnknownSchema)?;
		let (registrant, ticket) = schema.registrant.ok_or(Error::<T>::NotRegistrant)?;
		ensure!(registrant == who, Error::<T>::NotRegistrant);
		let mut attested = indices::ids::<AttestationsBySchema<T>, _, AttestationId>(&id, None);
		ensure!(attested.next().is_none(), Error::<T>::SchemaInUse);

		SchemaByHash::<T>::remove(hash(&schema.definition, schema.revocable));
		Schemas::<T>::remove(id);
		ticket.drop(&who)?;
		Self::deposit_event(Event::SchemaRemoved { schema: id });
		Ok(())
	}

	/// Puts the schemas in place with which every chain begins.
	pub(crate) fn begin_with_schemas() {
		for known in GENESIS {
			let definition = Definition::Text(DefinitionText::truncate_from(known.definition.as_bytes().to_vec()));
			SchemaByHash::<T>::insert(hash(&definition, true), known.id);
			let schema = Schema {
				definition,
				revocable: true,
				registered: Self::now(),
				registrant: None,
			};
			Schemas::<T>::insert(known.id, schema);
			NextSchema::<T>::put(SchemaId(known.id.0.saturating_add(1)));
		}
	}
}
