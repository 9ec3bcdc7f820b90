// SPDX-License-Identifier: Apache-2.0

//! Every byte that a call stores is paid for while it is stored.

use super::*;
use frame_support::storage::unhashed;

/// All entries of this pallet: keys and values in bytes, without the counters that are there once.
fn stored() -> u64 {
	let prefix = sp_io::hashing::twox_128(b"Provenance").to_vec();
	let counters = [
		NextDataset::<Test>::hashed_key().to_vec(),
		NextSchema::<Test>::hashed_key().to_vec(),
		NextAttestation::<Test>::hashed_key().to_vec(),
	];
	let mut bytes = 0;
	let mut key = prefix.clone();
	while let Some(next) = sp_io::storage::next_key(&key).filter(|key| key.starts_with(&prefix)) {
		if !counters.contains(&next) {
			bytes += next.len() + unhashed::get_raw(&next).unwrap().len();
		}
		key = next;
	}
	bytes as u64
}

/// How many bytes the deposit of what a call stores is for, and how many it stores.
fn paid_and_stored(who: u8, call: impl FnOnce()) -> (u64, u64) {
	let (bytes, money) = (stored(), held(who));
	call();
	let paid = (held(who) - money - PricePerRecord::get()) / PricePerByte::get();
	(paid, stored() - bytes)
}

/// What may come later: an offer (32 bytes), consent withdrawn (4), and an attestation's revocation (4), expiry (4) and
/// reference (8); subjects by numbers are 28 bytes shorter than accounts in record and index.
const LATER: u64 = 80;

fn covered((paid, stored): (u64, u64)) {
	assert!(stored <= paid, "{stored} bytes are stored for a deposit of {paid}");
	assert!(paid <= stored + LATER, "a deposit of {paid} for {stored} bytes");
}

fn saying(bytes: usize) -> StatementOf {
	StatementOf {
		data: Data::Bytes(DataBytes::try_from(vec![1; bytes]).unwrap()),
		..statement(QUALITY)
	}
}

#[test]
fn covers_datasets() {
	chain(|| {
		for length in [1, 2, 63, 64, 255, 256] {
			let mut facts = facts(5);
			facts.terms.expiry = Some(9);
			facts.licence.expression = expression(&"x".repeat(length));
			covered(paid_and_stored(1, || {
				assert_ok!(Provenance::register_dataset(signed(1), facts));
			}));
		}
	});
}

#[test]
fn covers_what_becomes_of_a_dataset() {
	chain(|| {
		let (paid, mut bytes) = paid_and_stored(1, || {
			register(1, 5);
		});
		let before = stored();
		assert_ok!(Provenance::offer_dataset(signed(1), DatasetId(0), Some(account(2))));
		assert_ok!(Provenance::withdraw_consent(signed(1), DatasetId(0)));
		bytes += stored() - before;
		assert!(bytes <= paid, "{bytes} bytes are stored for a deposit of {paid}");
	});
}

#[test]
fn covers_schemas() {
	chain(|| {
		for length in [1, 63, 64, 1_023, 1_024] {
			let text = DefinitionText::try_from(vec![b'x'; length]).unwrap();
			covered(paid_and_stored(1, || {
				assert_ok!(Provenance::register_schema(signed(1), Definition::Text(text), true));
			}));
		}
		covered(paid_and_stored(1, || {
			assert_ok!(Provenance::register_schema(signed(1), Definition::Hash([3; 32]), true));
		}));
	});
}

#[test]
fn covers_attestations() {
	chain(|| {
		let dataset = register(1, 5);
		for length in [0, 1, 63, 64, 1_023, 1_024] {
			for subject in [Subject::Account(account(1)), Subject::Dataset(dataset)] {
				covered(paid_and_stored(2, || {
					assert_ok!(Provenance::attest(signed(2), subject, saying(length)));
				}));
			}
			covered(paid_and_stored(2, || {
				assert_ok!(Provenance::attest_many(signed(2), [1; 32], 3, saying(length)));
			}));
		}
	});
}

#[test]
fn covers_what_becomes_of_an_attestation() {
	chain(|| {
		let fullest = StatementOf {
			expiry: Some(9),
			reference: Some(AttestationId(0)),
			..saying(1_024)
		};
		attest(3, statement(QUALITY));
		let (paid, mut bytes) = paid_and_stored(2, || {
			attest(2, fullest);
		});
		let before = stored();
		assert_ok!(Provenance::revoke(signed(2), AttestationId(1)));
		bytes += stored() - before;
		assert!(bytes <= paid, "{bytes} bytes are stored for a deposit of {paid}");
		// A tree's root and count are 7 bytes longer than an account.
		assert_eq!(paid, bytes + 7, "nothing is paid that cannot be stored");
	});
}

/// As docs/provenance.md states them for the runtime, whose balances have 16 bytes instead of 8.
#[test]
fn is_for_the_bytes_that_are_stated() {
	chain(|| {
		let deposit = |call: &dyn Fn()| paid_and_stored(1, call).0 + 8;
		let dataset = deposit(&|| {
			register(1, 5);
		});
		let attestation = deposit(&|| {
			attest(1, statement(QUALITY));
		});
		let many = deposit(&|| {
			assert_ok!(Provenance::attest_many(signed(1), [1; 32], 3, statement(QUALITY)));
		});
		let schema = deposit(&|| {
			assert_ok!(Provenance::register_schema(signed(1), Definition::Hash([3; 32]), true));
		});
		assert_eq!((dataset, attestation, many, schema), (436, 431, 342, 215));
	});
}

#[test]
fn a_new_price_changes_no_deposit_that_is_held() {
	chain(|| {
		let attestation = attest(2, statement(QUALITY));
		let dataset = register(2, 5);
		PricePerByte::set(1_000);
		assert_ok!(Provenance::revoke(signed(2), attestation));
		assert_ok!(Provenance::remove_attestation(signed(2), attestation));
		assert_ok!(Provenance::remove_dataset(signed(2), dataset));
		assert_eq!(Balances::free_balance(account(2)), MONEY);
	});
}

#[test]
fn one_unit_too_little_is_too_little() {
	chain(|| {
		let deposit = {
			attest(3, statement(QUALITY));
			held(3)
		};
		impoverish(2);
		let give = |value| Balances::transfer_keep_alive(signed(4), account(2), value).unwrap();
		give(deposit - 1);
		assert_noop!(
			Provenance::attest(signed(2), Subject::Account(account(1)), statement(QUALITY)),
			TokenError::FundsUnavailable
		);
		give(1);
		assert_ok!(Provenance::attest(
			signed(2),
			Subject::Account(account(1)),
			statement(QUALITY)
		));
	});
}

#[test]
fn filling_the_state_needs_as_much_money_as_it_fills_and_is_free_where_bytes_are() {
	let records_for_all_money = || {
		let mut records = 0;
		while records < 1_000 && Provenance::attest(signed(2), Subject::Account(account(1)), saying(1_024)).is_ok() {
			records += 1;
		}
		records
	};
	chain(|| assert!(records_for_all_money() < MONEY / 1_024));
	chain(|| {
		PricePerByte::set(0);
		PricePerRecord::set(0);
		assert_eq!(records_for_all_money(), 1_000);
	});
}

#[test]
fn an_account_cannot_die_while_it_holds() {
	chain(|| {
		let attestation = attest(2, statement(QUALITY));
		assert_ok!(Balances::transfer_all(signed(2), account(1), false));
		assert!(System::account_exists(&account(2)));
		assert!(Balances::transfer_allow_death(signed(2), account(1), Balances::free_balance(account(2))).is_err());
		assert_ok!(Provenance::revoke(signed(2), attestation));
		assert_ok!(Provenance::remove_attestation(signed(2), attestation));
		assert_ok!(Balances::transfer_all(signed(2), account(1), false));
		assert!(!System::account_exists(&account(2)));
	});
}

#[test]
fn a_record_whose_deposit_was_taken_can_still_be_removed() {
	new_test_ext().execute_with(|| {
		use frame_support::traits::{
			fungible::{MutateHold, Unbalanced},
			tokens::{Fortitude, Precision},
		};
		let attestation = attest(2, statement(QUALITY));
		assert_ok!(Provenance::register_schema(signed(2), Definition::Hash([3; 32]), true));
		for reason in [HoldReason::Attestation, HoldReason::Schema] {
			Balances::burn_all_held(&reason.into(), &account(2), Precision::Exact, Fortitude::Force).unwrap();
		}
		Balances::write_balance(&account(2), 0).unwrap();
		assert_ok!(Provenance::revoke(signed(2), attestation));
		assert_ok!(Provenance::remove_attestation(signed(2), attestation));
		assert_ok!(Provenance::remove_schema(signed(2), SchemaId(8)));
		Provenance::do_try_state().unwrap();
	});
}
