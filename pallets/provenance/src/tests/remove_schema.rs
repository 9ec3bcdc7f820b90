// SPDX-License-Identifier: Apache-2.0

use super::*;

fn registered() -> SchemaId {
	let schema = NextSchema::<Test>::get();
	Provenance::register_schema(signed(1), Definition::Hash([3; 32]), true).unwrap();
	schema
}

#[test]
fn returns_the_deposit_and_frees_the_words() {
	chain(|| {
		let schema = registered();
		assert_ok!(Provenance::remove_schema(signed(1), schema));
		System::assert_last_event(Event::SchemaRemoved { schema }.into());
		assert_eq!(Balances::free_balance(account(1)), MONEY);
		assert_eq!(Provenance::schema(schema), None);
		assert_eq!(registered(), SchemaId(9), "a number is never given again");
	});
}

#[test]
fn fails_while_there_are_attestations_of_it() {
	chain(|| {
		let schema = registered();
		let attestation = attest(2, statement(schema));
		assert_noop!(Provenance::remove_schema(signed(1), schema), Fails::SchemaInUse);
		assert_ok!(Provenance::revoke(signed(2), attestation));
		assert_ok!(Provenance::remove_attestation(signed(2), attestation));
		assert_ok!(Provenance::remove_schema(signed(1), schema));
	});
}

#[test]
fn fails_for_everybody_else() {
	chain(|| {
		let schema = registered();
		assert_noop!(Provenance::remove_schema(signed(2), schema), Fails::NotRegistrant);
		for first in GENESIS {
			assert_noop!(Provenance::remove_schema(signed(1), first.id), Fails::NotRegistrant);
		}
	});
}

#[test]
fn fails_for_what_is_unknown() {
	chain(|| {
		assert_noop!(Provenance::remove_schema(signed(1), SchemaId(8)), Fails::UnknownSchema);
	});
}

#[test]
fn fails_for_every_other_origin() {
	chain(|| {
		let schema = registered();
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Provenance::remove_schema(origin, schema), BadOrigin);
		}
	});
}
