// SPDX-License-Identifier: Apache-2.0

use super::*;
use atelier_primitives::{
	models::{Refused, Status, Versions},
	pots::{Pot, Splits},
	terms::{Purpose, Use},
};
use sp_runtime::DispatchError::BadOrigin;

const ROOT: [u8; 32] = [1; 32];

fn status(version: VersionId) -> Status {
	Models::version(version).unwrap().status
}

fn frozen(version: VersionId) -> bool {
	Models::split(Pot::Version(version)).unwrap().frozen
}

fn serves(version: VersionId) -> Result<(), Refused> {
	let wanted = Use {
		purpose: Purpose::Personal,
		commercial: false,
	};
	<Models as Versions<AccountId, Balance>>::allow(version, wanted, now())
		.0
		.map(|_| ())
}

/// Two models with the same weights.
fn two() -> [VersionId; 2] {
	[published(1, float(1)), published(2, float(1))]
}

#[test]
fn the_same_weights_freeze_what_both_earn() {
	execute(|| {
		let one = published(1, float(1));
		assert!(!frozen(one));
		let other = published(2, float(1));
		happened(Event::WeightsContested {
			root: ROOT,
			model: ModelId(1),
		});
		for version in [one, other] {
			assert_eq!(status(version), Status::Contested);
			assert!(frozen(version));
			assert_eq!(serves(version), Ok(()));
		}
		let third = published(3, float(1));
		assert_eq!(status(third), Status::Contested);
		assert_eq!(Models::contest(ROOT).unwrap().models, 3);
	});
}

mod settle_contest {
	use super::*;

	#[test]
	fn an_attestation_decides() {
		execute(|| {
			let [one, other] = two();
			let attestation = AttestationId(5);
			assert_noop!(
				Models::settle_contest(signed(9), ROOT, other, attestation),
				Error::<Test>::NotAttested
			);
			Confirmed::set(vec![(attestation, one)]);
			assert_noop!(
				Models::settle_contest(signed(9), ROOT, other, attestation),
				Error::<Test>::NotAttested
			);
			assert_ok!(Models::settle_contest(signed(9), ROOT, one, attestation));
			happened(Event::ContestDecided {
				root: ROOT,
				model: ModelId(0),
			});
			assert_eq!((status(one), status(other)), (Status::Active, Status::Overruled));
			assert!(!frozen(one) && !frozen(other));
			assert_eq!((serves(one), serves(other)), (Ok(()), Err(Refused::Overruled)));
			// What the other has earned goes to the rightful one's pot.
			let split = Models::split(Pot::Version(other)).unwrap();
			assert_eq!(
				(split.shares[0].pot, split.shares[0].part),
				(Pot::Version(one), percent(100))
			);
			Confirmed::set(vec![(attestation, one), (attestation, other)]);
			assert_noop!(
				Models::settle_contest(signed(9), ROOT, other, attestation),
				Error::<Test>::NotContested
			);
		});
	}

	#[test]
	fn fails_for_what_nobody_contests_or_claims() {
		execute(|| {
			let alone = published(1, float(2));
			Confirmed::set(vec![(AttestationId(5), alone)]);
			let settle = |root, version| Models::settle_contest(signed(9), root, version, AttestationId(5));
			assert_noop!(settle([2; 32], alone), Error::<Test>::NotContested);
			assert_noop!(settle([8; 32], alone), Error::<Test>::NotContested);
			two();
			assert_noop!(settle(ROOT, alone), Error::<Test>::NotAClaim);
			assert_noop!(settle(ROOT, VersionId(99)), Error::<Test>::UnknownVersion);
			assert_noop!(
				Models::settle_contest(RuntimeOrigin::none(), ROOT, alone, AttestationId(5)),
				BadOrigin
			);
		});
	}
}

mod decide_contest {
	use super::*;

	fn decide(model: Option<u32>) -> sp_runtime::DispatchResult {
		Models::decide_contest(RuntimeOrigin::root(), ROOT, model.map(ModelId))
	}

	#[test]
	fn moderation_decides_anew_and_reopens() {
		execute(|| {
			let [one, other] = two();
			assert_ok!(decide(Some(1)));
			assert_eq!((status(one), status(other)), (Status::Overruled, Status::Active));
			// The rightful one came later: money goes to its owner, never to a younger pot.
			let split = Models::split(Pot::Version(one)).unwrap();
			assert_eq!((split.owner, split.shares.len()), (2, 0));
			assert_ok!(decide(Some(0)));
			assert_eq!((status(one), status(other)), (Status::Active, Status::Overruled));
			assert_ok!(decide(None));
			happened(Event::ContestReopened { root: ROOT });
			assert_eq!(status(one), Status::Contested);
		});
	}

	#[test]
	fn fails_for_others_for_no_contest_and_for_no_claim() {
		execute(|| {
			assert_noop!(decide(Some(0)), Error::<Test>::NotContested);
			published(1, float(1));
			assert_noop!(decide(Some(0)), Error::<Test>::NotContested);
			published(2, float(1));
			published(3, float(3));
			assert_noop!(Models::decide_contest(signed(1), ROOT, Some(ModelId(0))), BadOrigin);
			assert_noop!(decide(Some(2)), Error::<Test>::NotAClaim);
			assert_noop!(decide(None), Error::<Test>::NothingToChange);
			assert_ok!(decide(Some(0)));
			assert_noop!(decide(Some(0)), Error::<Test>::NothingToChange);
		});
	}
}

#[test]
fn what_was_decided_is_not_claimed_again() {
	execute(|| {
		two();
		assert_ok!(Models::decide_contest(RuntimeOrigin::root(), ROOT, Some(ModelId(0))));
		// The rightful model may publish them once more, with another fee.
		publish(1, ModelId(0), float(1));
		let model = model(3);
		assert_ok!(commit(3, &float(1)));
		pass(DELAY);
		assert_eq!(
			reveal(3, model, float(1)),
			Err(Error::<Test>::WeightsAreAnothers.into())
		);
	});
}
