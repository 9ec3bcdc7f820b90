// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::WeightInfo;
use frame_support::dispatch::GetDispatchInfo;
use sp_runtime::{traits::Dispatchable, TokenError};

fn tip(from: AccountId, pot: atelier_primitives::pots::Pot, amount: Balance) -> Result<(), sp_runtime::DispatchError> {
	Rewards::tip(RuntimeOrigin::signed(from), pot, amount)
		.map(|_| ())
		.map_err(|error| error.error)
}

#[test]
fn success() {
	run(|| {
		assert_ok!(tip(5, v(1), 2 * M));
		assert_eq!((held(v(1)), balance(5)), (2 * M, RICH - 2 * M));
		assert_eq!(
			events(),
			vec![Event::Tipped {
				pot: v(1),
				from: 5,
				amount: 2 * M
			}]
		);
	});
}

#[test]
fn fails_below_the_minimum() {
	run(|| {
		assert_noop!(tip(5, v(1), 2 * M - 1), Error::<Test>::TipTooSmall);
		MinTip::set(0);
		assert_noop!(tip(5, v(1), 0), Error::<Test>::TipTooSmall);
		assert_ok!(tip(5, v(1), 1));
	});
}

#[test]
fn fails_for_unknown_and_frozen_pots() {
	run(|| {
		assert_noop!(tip(5, v(7), 2 * M), Error::<Test>::UnknownPot);
		freeze(v(1), true);
		assert_noop!(tip(5, v(1), 2 * M), Error::<Test>::Frozen);
	});
}

#[test]
fn fails_where_the_account_would_die() {
	run(|| {
		assert_noop!(tip(5, v(1), RICH - ED + 1), TokenError::FundsUnavailable);
		assert_ok!(tip(5, v(1), RICH - ED));
		assert_noop!(tip(NOBODY, v(1), 2 * M), TokenError::FundsUnavailable);
	});
}

#[test]
fn fails_where_a_sum_has_no_room() {
	run(|| {
		crate::Sums::<Test>::mutate(|sums| sums.credited = Balance::MAX - M);
		assert_noop!(tip(5, v(1), 2 * M), Error::<Test>::Overflow);
		crate::Sums::<Test>::mutate(|sums| sums.credited = 0);
	});
}

#[test]
fn fails_unsigned() {
	run(|| {
		assert!(Rewards::tip(RuntimeOrigin::root(), v(1), 2 * M).is_err());
		assert!(Rewards::tip(RuntimeOrigin::none(), v(1), 2 * M).is_err());
	});
}

#[test]
fn who_queues_a_pot_pays_for_its_division() {
	run(|| {
		let call = RuntimeCall::Rewards(crate::Call::tip {
			pot: v(1),
			amount: 2 * M,
		});
		let weight = call.get_dispatch_info().call_weight;
		let of = |shares| <()>::tip().saturating_add(<()>::serve(shares));
		assert_eq!(weight, of(atelier_primitives::pots::MAX_SHARES));
		let first = call.clone().dispatch(RuntimeOrigin::signed(5)).unwrap();
		assert_eq!(first.actual_weight, Some(of(1)));
		// It is queued now.
		let second = call.dispatch(RuntimeOrigin::signed(5)).unwrap();
		assert_eq!(second.actual_weight, Some(<()>::tip()));
	});
}
