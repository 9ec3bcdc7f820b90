// SPDX-License-Identifier: Apache-2.0

//! Records as clients see them.

use crate::{
	indices, schemas, AttestationOf, Attestations, Config, Data, DatasetOf, Datasets, DatasetsByRoot, Definition,
	Pallet, SchemaOf, Schemas,
};
use atelier_primitives::{
	attestations::Statement,
	datasets::Facts,
	ids::{AttestationId, DatasetId, SchemaId},
	licence::Licence,
	views::provenance::{AttestationView, DatasetView, SchemaView},
};

impl<T: Config> Pallet<T> {
	pub(crate) fn view_dataset(id: DatasetId) -> Option<DatasetView<T::AccountId>> {
		let DatasetOf::<T> {
			owner,
			offered,
			facts,
			consent,
			registered,
			used,
			..
		} = Datasets::<T>::get(id)?;
		let first = indices::ids::<DatasetsByRoot<T>, _, DatasetId>(&facts.root, None).next();
		Some(DatasetView {
			id,
			owner,
			offered,
			consent,
			registered,
			earlier: first.filter(|first| *first < id),
			used,
			facts: Facts {
				root: facts.root,
				bytes: facts.bytes,
				terms: facts.terms,
				access: facts.access,
				licence: Licence {
					expression: facts.licence.expression.into_inner(),
					text: facts.licence.text,
				},
				description: facts.description,
			},
		})
	}

	pub(crate) fn view_schema(id: SchemaId) -> Option<SchemaView<T::AccountId>> {
		let SchemaOf::<T> {
			definition,
			revocable,
			registered,
			registrant,
		} = Schemas::<T>::get(id)?;
		Some(SchemaView {
			id,
			hash: schemas::hash(&definition, revocable),
			definition: match definition {
				Definition::Text(text) => Definition::Text(text.into_inner()),
				Definition::Hash(hash) => Definition::Hash(hash),
			},
			revocable,
			registrant: registrant.map(|(who, _)| who),
			registered,
		})
	}

	pub(crate) fn view_attestation(id: AttestationId) -> Option<AttestationView<T::AccountId>> {
		let AttestationOf::<T> {
			attester,
			about,
			statement,
			made,
			revoked,
			references,
			..
		} = Attestations::<T>::get(id)?;
		Some(AttestationView {
			id,
			attester,
			about,
			statement: Statement {
				schema: statement.schema,
				revocable: statement.revocable,
				expiry: statement.expiry,
				reference: statement.reference,
				data: match statement.data {
					Data::Bytes(bytes) => Data::Bytes(bytes.into_inner()),
					Data::Hash(hash) => Data::Hash(hash),
				},
			},
			made,
			revoked,
			references,
		})
	}
}
