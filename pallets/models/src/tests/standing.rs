// SPDX-License-Identifier: Apache-2.0

use super::*;
use atelier_primitives::{lineage::Consent, models::Status};

fn status(version: VersionId) -> Status {
	Models::version(version).unwrap().status
}

mod deprecate_version {
	use super::*;

	#[test]
	fn is_advice_and_can_be_taken_back() {
		execute(|| {
			let version = published(1, float(1));
			assert_ok!(Models::deprecate_version(signed(1), version));
			happened(Event::VersionDeprecated { version });
			assert_eq!(status(version), Status::Deprecated);
			assert_noop!(
				Models::deprecate_version(signed(1), version),
				Error::<Test>::NothingToChange
			);
			assert_ok!(Models::reinstate_version(signed(1), version));
			happened(Event::VersionReinstated { version });
			assert_eq!(status(version), Status::Active);
			assert_noop!(
				Models::reinstate_version(signed(1), version),
				Error::<Test>::NothingToChange
			);
		});
	}

	#[test]
	fn fails_for_others_and_for_what_was_withdrawn() {
		execute(|| {
			let version = published(1, float(1));
			let unknown = Error::<Test>::UnknownVersion;
			assert_noop!(Models::deprecate_version(signed(1), VersionId(9)), unknown);
			assert_noop!(Models::deprecate_version(signed(2), version), Error::<Test>::NotOwner);
			assert_noop!(Models::reinstate_version(signed(2), version), Error::<Test>::NotOwner);
			assert_ok!(Models::withdraw_version(signed(1), version));
			for refused in [
				Models::deprecate_version(signed(1), version),
				Models::reinstate_version(signed(1), version),
			] {
				assert_eq!(refused, Err(Error::<Test>::AlreadyWithdrawn.into()));
			}
		});
	}
}

mod withdraw_version {
	use super::*;

	#[test]
	fn is_for_good() {
		execute(|| {
			let version = published(1, float(1));
			assert_noop!(Models::withdraw_version(signed(2), version), Error::<Test>::NotOwner);
			assert_noop!(
				Models::withdraw_version(signed(1), VersionId(9)),
				Error::<Test>::UnknownVersion
			);
			assert_ok!(Models::withdraw_version(signed(1), version));
			happened(Event::VersionWithdrawn { version });
			assert_eq!(status(version), Status::Withdrawn);
			assert_eq!(
				Models::version(version).unwrap().consent,
				Consent::Withdrawn { at: now() }
			);
			assert_noop!(
				Models::withdraw_version(signed(1), version),
				Error::<Test>::AlreadyWithdrawn
			);
		});
	}

	#[test]
	fn nothing_blocks_it() {
		execute(|| {
			// Contested, claimed to be a copy, with descendants, needed by jobs, its model offered to another.
			let weights = Exact::trained(1);
			let original = published(1, Exact::trained(2).publication());
			let version = published(2, weights.publication());
			published(3, weights.publication());
			assert_ok!(Models::claim_similar(signed(4), original, version));
			Needed::set(vec![version]);
			assert_ok!(Models::offer_model(signed(2), ModelId(1), Some(5)));
			assert_ok!(Models::withdraw_version(signed(2), version));
			assert_eq!(status(version), Status::Withdrawn);
		});
	}
}

mod remove_version {
	use super::*;

	#[test]
	fn returns_the_deposit() {
		execute(|| {
			let model = model(1);
			let before = held(1);
			let version = publish(1, model, float(1));
			assert!(held(1) > before);
			assert_noop!(Models::remove_version(signed(1), version), Error::<Test>::NotWithdrawn);
			assert_ok!(Models::withdraw_version(signed(1), version));
			assert_noop!(Models::remove_version(signed(2), version), Error::<Test>::NotOwner);
			assert_ok!(Models::remove_version(signed(1), version));
			happened(Event::VersionRemoved { version });
			assert_eq!(held(1), before);
			assert_noop!(
				Models::remove_version(signed(1), version),
				Error::<Test>::UnknownVersion
			);
			assert_eq!(Models::version(version), None);
			assert_eq!(Models::contest([1; 32]), None);
		});
	}

	#[test]
	fn waits_for_descendants_jobs_and_contests() {
		execute(|| {
			let parent = published(1, float(1));
			let child = published(2, from(2, &[parent.0], &[]));
			assert_ok!(Models::withdraw_version(signed(1), parent));
			let referred = Error::<Test>::StillReferredTo;
			assert_noop!(Models::remove_version(signed(1), parent), referred);
			assert_ok!(Models::withdraw_version(signed(2), child));
			Needed::set(vec![child]);
			assert_noop!(Models::remove_version(signed(2), child), Error::<Test>::StillNeeded);
			Needed::set(vec![]);
			assert_ok!(Models::remove_version(signed(2), child));
			assert_ok!(Models::remove_version(signed(1), parent));

			let one = published(1, float(3));
			let other = published(2, float(3));
			for (who, version) in [(1, one), (2, other)] {
				assert_ok!(Models::withdraw_version(signed(who), version));
				let contested = Error::<Test>::StillContested;
				assert_noop!(Models::remove_version(signed(who), version), contested);
			}
			let rightful = Models::version(one).unwrap().model;
			assert_ok!(Models::decide_contest(RuntimeOrigin::root(), [3; 32], Some(rightful)));
			assert_noop!(Models::remove_version(signed(1), one), Error::<Test>::StillContested);
			assert_ok!(Models::remove_version(signed(2), other));
			assert_ok!(Models::remove_version(signed(1), one));
		});
	}

	#[test]
	fn of_the_same_weights_the_latest_goes_first() {
		execute(|| {
			let model = model(1);
			let versions = [publish(1, model, float(1)), publish(1, model, float(1))];
			assert_eq!(status(versions[1]), Status::Active, "a model does not contest itself");
			for version in versions {
				assert_ok!(Models::withdraw_version(signed(1), version));
			}
			let referred = Error::<Test>::StillReferredTo;
			assert_noop!(Models::remove_version(signed(1), versions[0]), referred);
			assert_ok!(Models::remove_version(signed(1), versions[1]));
			assert_ok!(Models::remove_version(signed(1), versions[0]));
		});
	}
}
