// SPDX-License-Identifier: Apache-2.0

//! A later version can change the largest map, which is the one of pots' earnings in eras, in bounded steps.

use super::*;
use crate::{EarnedFrom, Source};
use frame_support::{
	migrations::{SteppedMigration, SteppedMigrationError},
	traits::{ConstU32, GetStorageVersion, StorageVersion},
	weights::{Weight, WeightMeter},
	BoundedVec,
};

/// As if earnings were to be counted in millions.
struct CountMillions;

const STEP: Weight = Weight::from_parts(1_000, 0);

impl SteppedMigration for CountMillions {
	type Cursor = BoundedVec<u8, ConstU32<128>>;
	type Identifier = [u8; 12];

	fn id() -> Self::Identifier {
		*b"rewards-1to2"
	}

	fn step(
		mut cursor: Option<Self::Cursor>,
		meter: &mut WeightMeter,
	) -> Result<Option<Self::Cursor>, SteppedMigrationError> {
		if meter.remaining().any_lt(STEP) {
			return Err(SteppedMigrationError::InsufficientWeight { required: STEP });
		}
		while meter.try_consume(STEP).is_ok() {
			let mut rest = match cursor.take() {
				None => EarnedFrom::<Test>::iter(),
				Some(key) => EarnedFrom::<Test>::iter_from(key.into_inner()),
			};
			let Some((key, source)) = rest.next() else {
				StorageVersion::new(2).put::<Rewards>();
				return Ok(None);
			};
			EarnedFrom::<Test>::insert(
				key,
				Source {
					divided: source.divided / M,
					earned: source.earned / M,
				},
			);
			cursor = Some(EarnedFrom::<Test>::hashed_key_for(key).try_into().unwrap());
		}
		Ok(cursor)
	}
}

#[test]
fn a_later_version_takes_over_in_bounded_steps() {
	new_test_ext().execute_with(|| {
		for number in 0..100 {
			tell(d(number), 5, &[]);
			assert_eq!(credit(d(number), M * Balance::from(number + 1)), Ok(()));
			assert_ok!(distribute(d(number)));
		}
		StorageVersion::new(1).put::<Rewards>();
		assert_eq!(Rewards::in_code_storage_version(), 1);
		let (mut cursor, mut blocks) = (None, 0);
		loop {
			let mut meter = WeightMeter::with_limit(STEP * 7);
			cursor = CountMillions::transactional_step(cursor, &mut meter).unwrap();
			assert!(meter.consumed().all_lte(STEP * 7));
			blocks += 1;
			if cursor.is_none() {
				break;
			}
		}
		assert_eq!(blocks, 15, "a hundred records and the end, seven a block");
		for number in 0..100 {
			let source = EarnedFrom::<Test>::get((0, 5, d(number)));
			assert_eq!(source.earned, Balance::from(number + 1), "once");
		}
		assert_eq!(Rewards::on_chain_storage_version(), 2);
	});
}

#[test]
fn a_new_chain_starts_at_the_first_version() {
	new_test_ext().execute_with(|| assert_eq!(Rewards::on_chain_storage_version(), 1));
}
