// SPDX-License-Identifier: Apache-2.0

use super::*;
use atelier_referee::hash::Portable;

#[test]
fn the_first_schemas_are_in_place_and_found_by_their_words() {
	chain(|| {
		for known in GENESIS {
			let view = Provenance::schema(known.id).unwrap();
			let words = Definition::Text(known.definition.as_bytes().to_vec());
			let hash = schema_hash::<Portable>(&words.hash::<Portable>(), true);
			assert_eq!(view.definition, words);
			assert_eq!(
				(view.revocable, view.registrant.clone(), view.registered),
				(true, None, 0)
			);
			assert_eq!(view.hash, hash);
			assert_eq!(Provenance::schema_with(hash), Some(view));
		}
		assert_eq!(NextSchema::<Test>::get(), SchemaId(8));
	});
}

#[test]
fn it_is_the_first_version_of_the_storage() {
	use frame_support::traits::GetStorageVersion;
	chain(|| {
		assert_eq!(Provenance::in_code_storage_version(), 1);
		assert_eq!(Provenance::on_chain_storage_version(), 1);
	});
}

#[test]
fn storage_has_a_price() {
	chain(<Provenance as Hooks<u32>>::integrity_test);
}

#[test]
#[should_panic(expected = "a byte that costs nothing lets anybody fill the state")]
fn free_storage_is_refused() {
	chain(|| {
		PricePerByte::set(0);
		PricePerRecord::set(0);
		<Provenance as Hooks<u32>>::integrity_test();
	});
}
