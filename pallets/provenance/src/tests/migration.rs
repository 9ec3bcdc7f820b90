// SPDX-License-Identifier: Apache-2.0

//! A later version could rewrite the largest map in steps that each fit into a small part of a block.

use super::*;
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
	migrations::{SteppedMigration, SteppedMigrationError},
	storage_alias,
	weights::{Weight, WeightMeter},
	Twox64Concat,
};

/// What a later version might keep: the same, and one thing more.
#[derive(Encode, Decode, MaxEncodedLen)]
struct Later {
	attestation: AttestationOf<Test>,
	more: u64,
}

#[storage_alias]
type Attestations = StorageMap<Provenance, Twox64Concat, AttestationId, Later>;

struct AddMore;

const STEP: Weight = Weight::from_parts(1_000, 10);

impl SteppedMigration for AddMore {
	type Cursor = AttestationId;
	type Identifier = [u8; 8];

	fn id() -> [u8; 8] {
		*b"add more"
	}

	fn step(
		cursor: Option<AttestationId>,
		meter: &mut WeightMeter,
	) -> Result<Option<AttestationId>, SteppedMigrationError> {
		if !meter.can_consume(STEP) {
			return Err(SteppedMigrationError::InsufficientWeight { required: STEP });
		}
		let mut old = match cursor {
			Some(last) => crate::Attestations::<Test>::iter_from(crate::Attestations::<Test>::hashed_key_for(last)),
			None => crate::Attestations::<Test>::iter(),
		};
		let mut last = cursor;
		while meter.try_consume(STEP).is_ok() {
			let Some((id, attestation)) = old.next() else {
				return Ok(None);
			};
			let more = id.0 + 1;
			Attestations::insert(id, Later { attestation, more });
			last = Some(id);
		}
		Ok(last)
	}
}

#[test]
fn the_largest_map_is_rewritten_in_bounded_steps() {
	new_test_ext().execute_with(|| {
		let before: Vec<_> = (0..50)
			.map(|_| attest(2, statement(QUALITY)))
			.map(|id| (id, crate::Attestations::<Test>::get(id).unwrap()))
			.collect();
		let (mut cursor, mut steps) = (None, 0);
		loop {
			let mut meter = WeightMeter::with_limit(STEP.saturating_mul(7));
			cursor = AddMore::step(cursor, &mut meter).unwrap();
			steps += 1;
			assert!(meter.consumed().all_lte(STEP.saturating_mul(7)));
			if cursor.is_none() {
				break;
			}
		}
		// Seven in each step, and one place in the last to see the end.
		assert_eq!(steps, 8);
		for (id, attestation) in before {
			let later = Attestations::get(id).unwrap();
			assert_eq!(later.attestation, attestation);
			assert_eq!(later.more, id.0 + 1);
		}
	});
}

#[test]
fn a_step_without_room_says_so() {
	new_test_ext().execute_with(|| {
		attest(2, statement(QUALITY));
		let mut meter = WeightMeter::with_limit(Weight::zero());
		assert!(matches!(
			AddMore::step(None, &mut meter),
			Err(SteppedMigrationError::InsufficientWeight { .. })
		));
	});
}
