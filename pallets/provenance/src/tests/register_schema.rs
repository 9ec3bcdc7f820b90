// SPDX-License-Identifier: Apache-2.0

use super::*;

fn text(words: &[u8]) -> Definition<DefinitionText> {
	Definition::Text(DefinitionText::try_from(words.to_vec()).unwrap())
}

#[test]
fn is_found_by_number_and_by_hash() {
	chain(|| {
		at(4);
		assert_ok!(Provenance::register_schema(signed(1), text(b"words"), false));
		let view = Provenance::schema(SchemaId(8)).unwrap();
		assert_eq!(view.definition, Definition::Text(b"words".to_vec()));
		assert_eq!((view.revocable, view.registered), (false, 4));
		assert_eq!(view.registrant, Some(account(1)));
		System::assert_last_event(
			Event::SchemaRegistered {
				schema: SchemaId(8),
				registrant: account(1),
				hash: view.hash,
			}
			.into(),
		);
		assert_eq!(Provenance::schema_with(view.hash), Some(view));
		assert!(held(1) > 0);
	});
}

#[test]
fn words_that_cannot_be_revoked_are_another_schema() {
	chain(|| {
		assert_ok!(Provenance::register_schema(signed(1), text(b"words"), false));
		assert_ok!(Provenance::register_schema(signed(1), text(b"words"), true));
	});
}

#[test]
fn fails_for_the_same_words_wherever_they_are() {
	chain(|| {
		let hash = sp_io::hashing::blake2_256(b"words");
		assert_ok!(Provenance::register_schema(signed(1), text(b"words"), true));
		for again in [text(b"words"), Definition::Hash(hash)] {
			assert_noop!(Provenance::register_schema(signed(2), again, true), Fails::SchemaExists);
		}
		let first = text(GENESIS[0].definition.as_bytes());
		assert_noop!(Provenance::register_schema(signed(2), first, true), Fails::SchemaExists);
	});
}

#[test]
fn fails_without_words() {
	chain(|| {
		assert_noop!(
			Provenance::register_schema(signed(1), text(b""), true),
			Fails::DefinitionEmpty
		);
	});
}

#[test]
fn fails_for_what_is_no_text() {
	chain(|| {
		assert_noop!(
			Provenance::register_schema(signed(1), text(&[0xff]), true),
			Fails::DefinitionNotText
		);
		assert_ok!(Provenance::register_schema(signed(1), text("\u{e9}".as_bytes()), true));
	});
}

#[test]
fn has_at_most_1024_bytes() {
	chain(|| {
		let longest = vec![b'x'; MAX_DEFINITION as usize];
		assert_ok!(Provenance::register_schema(signed(1), text(&longest), true));
		assert!(DefinitionText::try_from(vec![b'x'; MAX_DEFINITION as usize + 1]).is_err());
	});
}

#[test]
fn fails_without_the_deposit() {
	chain(|| {
		assert_noop!(
			Provenance::register_schema(signed(9), text(b"words"), true),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn fails_when_all_ids_were_given() {
	chain(|| {
		NextSchema::<Test>::put(SchemaId(u32::MAX));
		assert_noop!(
			Provenance::register_schema(signed(1), text(b"words"), true),
			Fails::NoIdsLeft
		);
	});
}

#[test]
fn fails_for_every_other_origin() {
	chain(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Provenance::register_schema(origin, text(b"words"), true), BadOrigin);
		}
	});
}
