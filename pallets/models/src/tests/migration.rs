// SPDX-License-Identifier: Apache-2.0

//! A later version of the storage would be reached in bounded steps: shown with the largest map, of which each record is
//! rewritten, and a meter that admits three records at a time.

use super::*;
use crate::{Versions, ITEM_BYTES};
use frame_support::{
	migrations::{SteppedMigration, SteppedMigrationError},
	traits::{GetStorageVersion, StorageVersion},
	weights::{Weight, WeightMeter},
};

struct Rewrite;

impl SteppedMigration for Rewrite {
	type Cursor = VersionId;
	type Identifier = [u8; 8];

	fn id() -> Self::Identifier {
		*b"models/2"
	}

	fn step(cursor: Option<VersionId>, meter: &mut WeightMeter) -> Result<Option<VersionId>, SteppedMigrationError> {
		let record = <Test as frame_system::Config>::DbWeight::get().reads_writes(1, 1);
		let mut records = match cursor {
			Some(last) => Versions::<Test>::iter_from(Versions::<Test>::hashed_key_for(last)),
			None => Versions::<Test>::iter(),
		};
		let mut last = cursor;
		while meter.try_consume(record).is_ok() {
			let Some((id, mut version)) = records.next() else {
				StorageVersion::new(2).put::<Models>();
				return Ok(None);
			};
			version.publication.bytes += ITEM_BYTES;
			Versions::<Test>::insert(id, version);
			last = Some(id);
		}
		match last == cursor {
			true => Err(SteppedMigrationError::InsufficientWeight { required: record }),
			false => Ok(last),
		}
	}
}

#[test]
fn runs_in_bounded_steps() {
	execute(|| {
		assert_eq!(Models::in_code_storage_version(), 1);
		for root in 0..10 {
			published(1, float(root));
		}
		let record = <Test as frame_system::Config>::DbWeight::get().reads_writes(1, 1);
		assert!(Rewrite::step(None, &mut WeightMeter::with_limit(Weight::zero())).is_err());
		let (mut cursor, mut steps) = (None, 0);
		loop {
			let mut meter = WeightMeter::with_limit(record.saturating_mul(3));
			cursor = Rewrite::step(cursor, &mut meter).unwrap();
			steps += 1;
			if cursor.is_none() {
				break;
			}
		}
		assert_eq!(steps, 4);
		assert!(Versions::<Test>::iter_values().all(|version| version.publication.bytes == 10_000 + ITEM_BYTES));
		assert_eq!(StorageVersion::get::<Models>(), 2);
	});
}
