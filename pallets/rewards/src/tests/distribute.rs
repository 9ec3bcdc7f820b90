// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{HoldReason, PassedOn, WeightInfo};
use atelier_primitives::{pots::MAX_SHARES, views::rewards::Passed};
use frame_support::traits::fungible::InspectHold;

#[test]
fn success() {
	run(|| {
		assert_eq!(credit(v(1), 10 * M + 7), Ok(()));
		assert_ok!(distribute(v(1)));
		assert_eq!((held(v(1)), held(v(0)), balance(4)), (7, 3 * M, RICH + 7 * M));
		assert_eq!(PassedOn::<Test>::get(v(1), v(0)), 3 * M);
		assert_eq!(
			events()[1..],
			[
				Event::Distributed {
					pot: v(1),
					divided: 10 * M,
					owner: 4,
					earned: 7 * M,
					passed: vec![Passed {
						pot: v(0),
						amount: 3 * M
					}]
					.try_into()
					.unwrap(),
				},
				Event::Paid { who: 4, amount: 7 * M }
			]
		);
		assert_ok!(distribute(v(0)));
		assert_eq!((held(d(0)), held(d(1)), held(v(0))), (600_000, 300_000, 0));
		assert_eq!(balance(1), RICH + 2_100_000);
	});
}

#[test]
fn everything_may_be_given_away() {
	run(|| {
		tell(v(2), 5, &[(v(0), 400_000), (v(1), 600_000)]);
		assert_eq!(credit(v(2), M), Ok(()));
		assert_ok!(distribute(v(2)));
		assert_eq!((held(v(0)), held(v(1)), balance(5)), (400_000, 600_000, RICH));
	});
}

#[test]
fn shares_of_nothing_and_of_one_pot_twice() {
	run(|| {
		tell(v(2), 5, &[(v(0), 0), (v(1), 100_000), (v(1), 100_000)]);
		assert_eq!(credit(v(2), M), Ok(()));
		assert_ok!(distribute(v(2)));
		assert_eq!((held(v(1)), PassedOn::<Test>::get(v(2), v(1))), (200_000, 200_000));
		assert!(crate::Ledgers::<Test>::get(v(0)).is_none());
	});
}

#[test]
fn as_many_shares_as_there_may_be() {
	run(|| {
		for parent in 2..2 + MAX_SHARES {
			tell(v(parent), 3, &[]);
		}
		let shares: Vec<_> = (2..2 + MAX_SHARES).map(|parent| (v(parent), 10_000)).collect();
		tell(v(99), 5, &shares);
		assert_eq!(credit(v(99), M), Ok(()));
		let used = Rewards::distribute(RuntimeOrigin::signed(10), v(99)).unwrap();
		assert_eq!(used.actual_weight, Some(<()>::distribute(MAX_SHARES)));
		assert_eq!((held(v(2)), held(v(1 + MAX_SHARES))), (10_000, 10_000));
		assert_eq!(balance(5), RICH + M - 10_000 * Balance::from(MAX_SHARES));

		tell(v(2 + MAX_SHARES), 3, &[]);
		let one_more: Vec<_> = (2..3 + MAX_SHARES).map(|parent| (v(parent), 10_000)).collect();
		tell(v(99), 5, &one_more);
		assert_eq!(credit(v(99), M), Ok(()));
		assert_noop!(distribute(v(99)), Error::<Test>::TooManyShares);
	});
}

#[test]
fn fails_with_less_than_a_million_units() {
	run(|| {
		assert_noop!(distribute(v(1)), Error::<Test>::NothingToDistribute);
		assert_eq!(credit(v(1), M - 1), Ok(()));
		assert_noop!(distribute(v(1)), Error::<Test>::NothingToDistribute);
		assert_eq!(credit(v(1), 1), Ok(()));
		assert_ok!(distribute(v(1)));
		assert_noop!(distribute(v(1)), Error::<Test>::NothingToDistribute);
	});
}

#[test]
fn fails_for_an_unknown_pot() {
	run(|| {
		assert_noop!(distribute(v(7)), Error::<Test>::UnknownPot);
	});
}

#[test]
fn fails_while_it_is_disputed() {
	run(|| {
		assert_eq!(credit(v(1), M), Ok(()));
		freeze(v(1), true);
		assert_noop!(distribute(v(1)), Error::<Test>::Frozen);
		freeze(v(1), false);
		assert_ok!(distribute(v(1)));
	});
}

#[test]
fn a_frozen_pot_still_gets_its_share() {
	run(|| {
		assert_eq!(credit(v(1), 10 * M), Ok(()));
		freeze(v(0), true);
		assert_ok!(distribute(v(1)));
		assert_eq!(held(v(0)), 3 * M);
	});
}

#[test]
fn fails_where_registries_break_their_rules() {
	run(|| {
		assert_eq!(credit(v(1), 10 * M), Ok(()));
		for (shares, error) in [
			(vec![(v(0), 500_001), (d(0), 500_000)], Error::<Test>::SharesAboveWhole),
			(vec![(v(1), 1)], Error::CircularShare),
			(vec![(v(2), 1)], Error::CircularShare),
			(vec![(d(9), 1)], Error::ShareOfUnknownPot),
		] {
			tell(v(1), 4, &shares);
			assert_noop!(distribute(v(1)), error);
		}
		tell(d(1), 4, &[(v(0), 1)]);
		assert_eq!(credit(d(1), M), Ok(()));
		assert_noop!(distribute(d(1)), Error::<Test>::CircularShare);
		tell(d(1), 4, &[(d(0), 1)]);
		assert_ok!(distribute(d(1)));
		tell(v(1), 4, &[(v(0), 500_000), (d(0), 500_000)]);
		assert_ok!(distribute(v(1)));
	});
}

#[test]
fn fails_where_a_sum_has_no_room() {
	run(|| {
		assert_eq!(credit(v(1), 10 * M), Ok(()));
		crate::PassedOn::<Test>::insert(v(1), v(0), Balance::MAX);
		assert_noop!(distribute(v(1)), Error::<Test>::Overflow);
		crate::PassedOn::<Test>::remove(v(1), v(0));
	});
}

#[test]
fn fails_unsigned() {
	run(|| {
		assert!(Rewards::distribute(RuntimeOrigin::root(), v(1)).is_err());
		assert!(Rewards::distribute(RuntimeOrigin::none(), v(1)).is_err());
	});
}

#[test]
fn the_owner_of_the_moment_is_paid() {
	run(|| {
		assert_eq!(credit(d(0), 2 * M), Ok(()));
		tell(d(0), 6, &[]);
		assert_ok!(distribute(d(0)));
		assert_eq!((balance(2), balance(6)), (RICH, RICH + 2 * M));
	});
}

#[test]
fn an_owner_that_cannot_be_paid_keeps_a_claim() {
	run(|| {
		tell(v(1), NOBODY, &[(v(0), 300_000)]);
		assert_eq!(credit(v(1), 5 * M), Ok(()));
		assert_ok!(distribute(v(1)));
		assert_eq!((Rewards::claimable(NOBODY), held(v(0))), (3_500_000, 1_500_000));
		System::assert_last_event(
			Event::PaymentWaits {
				who: NOBODY,
				amount: 3_500_000,
			}
			.into(),
		);
		// Together it is enough to open the account.
		assert_eq!(credit(v(1), 5 * M), Ok(()));
		assert_ok!(distribute(v(1)));
		assert_eq!((Rewards::claimable(NOBODY), balance(NOBODY)), (0, 7 * M));
		assert_eq!(
			Balances::balance_on_hold(&HoldReason::Pots.into(), &Rewards::account()),
			held(v(0))
		);
	});
}
