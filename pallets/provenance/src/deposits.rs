// SPDX-License-Identifier: Apache-2.0

//! How many bytes a record takes, which is what its deposit is for: keys and values of the record and of every index
//! entry that leads to it.
//!
//! What changes later (an offer, a revocation, a counter) is taken at its largest, so a deposit never has to change.

use crate::{
	types::{DataOf, DatasetOf, Expression, SchemaOf},
	AttestationKey, AttestationOf, Config, DatasetKey, DefinitionText,
};
use atelier_primitives::{
	attestations::{About, Definition},
	ids::{AttestationId, DatasetId, SchemaId, Subject},
};
use codec::{Encode, MaxEncodedLen};
use frame_support::{traits::Footprint, Blake2_128Concat, StorageHasher, Twox64Concat};

/// Of every key: the hashes of the pallet's and the map's names.
const PREFIX: usize = 32;

fn key<Hasher: StorageHasher, Key: MaxEncodedLen>() -> usize {
	PREFIX.saturating_add(Hasher::max_len::<Key>())
}

/// An index entry has a key of two parts and no value.
fn index<Hasher: StorageHasher, Who: MaxEncodedLen, Id: MaxEncodedLen>() -> usize {
	key::<Hasher, Who>().saturating_add(Id::max_encoded_len())
}

/// A value in which one part has so many bytes for ever.
fn value<Record: MaxEncodedLen, Part: Encode + MaxEncodedLen>(part: &Part) -> usize {
	Record::max_encoded_len()
		.saturating_sub(Part::max_encoded_len())
		.saturating_add(part.encoded_size())
}

fn total(parts: &[usize]) -> Footprint {
	let bytes = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(*part));
	Footprint::from_parts(1, bytes)
}

/// Of a dataset whose licence has this expression.
pub fn dataset<T: Config>(expression: &Expression) -> Footprint {
	total(&[
		key::<Twox64Concat, DatasetId>(),
		value::<DatasetOf<T>, _>(expression),
		index::<Blake2_128Concat, T::AccountId, DatasetKey>(),
		index::<Blake2_128Concat, [u8; 32], DatasetKey>(),
	])
}

/// Of a schema that means this.
pub fn schema<T: Config>(definition: &Definition<DefinitionText>) -> Footprint {
	total(&[
		key::<Twox64Concat, SchemaId>(),
		value::<SchemaOf<T>, _>(definition),
		key::<Blake2_128Concat, [u8; 32]>(),
		SchemaId::max_encoded_len(),
	])
}

/// Of an attestation that says this.
pub fn attestation<T: Config>(about: &About<T::AccountId>, data: &DataOf) -> Footprint {
	let by_subject = match about {
		About::One(_) => index::<Blake2_128Concat, Subject<T::AccountId>, AttestationKey>(),
		About::Many { .. } => 0,
	};
	total(&[
		key::<Twox64Concat, AttestationId>(),
		value::<AttestationOf<T>, _>(data),
		by_subject,
		index::<Blake2_128Concat, T::AccountId, AttestationKey>(),
		index::<Twox64Concat, SchemaId, AttestationKey>(),
	])
}
