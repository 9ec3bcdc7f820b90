// SPDX-License-Identifier: Apache-2.0

//! What clients read, page by page.

use super::*;
use atelier_primitives::views::MAX_PAGE;
use codec::{Decode, Encode};

/// All items, page by page.
fn all<Item, Id: Copy>(limit: u32, page: impl Fn(Option<Id>, u32) -> Page<Item, Id>) -> Vec<Item> {
	let mut items = Vec::new();
	let mut after = None;
	for _ in 0..1_000 {
		let next = page(after, limit);
		assert!(next.items.len() <= limit as usize);
		items.extend(next.items);
		match next.next {
			Some(id) => after = Some(id),
			None => return items,
		}
	}
	panic!("pages never end");
}

#[test]
fn pages_of_every_size_have_all_in_order() {
	chain(|| {
		let ids: Vec<_> = (0..300).map(|_| attest(2, statement(QUALITY))).collect();
		attest(3, statement(EVALUATION));
		for limit in [1, 7, 99, 100] {
			let by = all(limit, |after, limit| {
				Provenance::attestations_by(account(2), after, limit)
			});
			assert_eq!(by.iter().map(|view| view.id).collect::<Vec<_>>(), ids);
			let under = all(limit, |after, limit| {
				Provenance::attestations_under(QUALITY, after, limit)
			});
			assert_eq!(under, by);
			let about = all(limit, |after, limit| {
				Provenance::attestations_about(Subject::Account(account(1)), Some(account(2)), after, limit)
			});
			assert_eq!(about, by);
			let anybodys = all(limit, |after, limit| {
				Provenance::attestations_about(Subject::Account(account(1)), None, after, limit)
			});
			assert_eq!(anybodys.len(), 301);
		}
	});
}

#[test]
fn a_page_has_at_least_one_place_and_at_most_100() {
	chain(|| {
		for _ in 0..=MAX_PAGE {
			attest(2, statement(QUALITY));
		}
		let page = |limit| Provenance::attestations_by(account(2), None, limit);
		assert_eq!(page(0).items.len(), 1);
		assert_eq!(page(MAX_PAGE).items.len(), MAX_PAGE as usize);
		assert_eq!(page(u32::MAX).items.len(), MAX_PAGE as usize);
	});
}

#[test]
fn a_page_goes_on_where_its_last_was_removed() {
	chain(|| {
		for _ in 0..3 {
			attest(2, statement(QUALITY));
		}
		let first = Provenance::attestations_by(account(2), None, 1);
		let last = first.next.unwrap();
		assert_ok!(Provenance::revoke(signed(2), last));
		assert_ok!(Provenance::remove_attestation(signed(2), last));
		let rest = Provenance::attestations_by(account(2), Some(last), 9);
		assert_eq!(rest.items.len(), 2);
		assert_eq!(rest.next, None);
	});
}

#[test]
fn cursors_that_nobody_gave_out_do_no_harm() {
	chain(|| {
		let dataset = register(1, 5);
		let attestation = attest(2, statement(QUALITY));
		let end = Some(AttestationId(u64::MAX));
		assert!(Provenance::attestations_by(account(2), end, 9).items.is_empty());
		let end = Some(DatasetId(u32::MAX));
		assert!(Provenance::datasets_of(account(1), end, 9).items.is_empty());
		assert!(Provenance::datasets_with([5; 32], Some(dataset), 9).items.is_empty());
		assert!(Provenance::schemas(Some(SchemaId(u32::MAX)), 9).items.is_empty());
		// Another's index does not begin where this one ends.
		attest(3, statement(QUALITY));
		assert!(Provenance::attestations_by(account(2), Some(attestation), 9)
			.items
			.is_empty());
	});
}

#[test]
fn schemas_are_all_there_but_the_removed() {
	chain(|| {
		for words in 0..5 {
			assert_ok!(Provenance::register_schema(
				signed(1),
				Definition::Hash([words; 32]),
				true
			));
		}
		for removed in [9, 10] {
			assert_ok!(Provenance::remove_schema(signed(1), SchemaId(removed)));
		}
		for limit in [1, 2, 3, 50] {
			let ids: Vec<_> = all(limit, Provenance::schemas).iter().map(|view| view.id.0).collect();
			assert_eq!(ids, [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12]);
		}
	});
}

#[test]
fn what_is_not_there_is_nothing() {
	chain(|| {
		assert_eq!(Provenance::dataset(DatasetId(0)), None);
		assert_eq!(Provenance::consent(DatasetId(0)), None);
		assert_eq!(Provenance::uses(DatasetId(0)), None);
		assert_eq!(Provenance::schema(SchemaId(8)), None);
		assert_eq!(Provenance::schema_with([0; 32]), None);
		assert_eq!(Provenance::attestation(AttestationId(0)), None);
		assert!(!Provenance::is_valid(AttestationId(0), 0));
		assert!(Provenance::datasets_with([0; 32], None, 9).items.is_empty());
	});
}

#[test]
fn a_dataset_is_shown_as_it_is() {
	chain(|| {
		let dataset = register(1, 5);
		assert_ok!(Provenance::offer_dataset(signed(1), dataset, Some(account(2))));
		let view = Provenance::dataset(dataset).unwrap();
		assert_eq!(
			(view.id, view.owner.clone(), view.offered.clone()),
			(dataset, account(1), Some(account(2)))
		);
		assert_eq!(view.facts.licence.expression, b"CC-BY-4.0");
		assert_eq!(view.facts.encode(), facts(5).encode());
		assert_eq!((view.consent, view.used, view.earlier), (Consent::Given, 0, None));
		assert_eq!(DatasetView::decode(&mut &view.encode()[..]), Ok(view));
	});
}

#[test]
fn a_view_holds_when_its_attestation_does() {
	chain(|| {
		at(3);
		let until = StatementOf {
			expiry: Some(9),
			..statement(QUALITY)
		};
		let attestation = attest(2, until);
		at(6);
		assert_ok!(Provenance::revoke(signed(2), attestation));
		let view = Provenance::attestation(attestation).unwrap();
		for now in 0..12 {
			assert_eq!(view.holds(now), Provenance::is_valid(attestation, now));
		}
	});
}
