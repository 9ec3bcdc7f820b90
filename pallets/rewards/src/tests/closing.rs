// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Ledgers, PassedOn, Queue, Sums, WeightInfo, MAX_RECEIVERS};
use atelier_primitives::pots::{Holdings, Pot, MAX_SHARES};

fn close(who: AccountId, pot: Pot) -> Result<(), sp_runtime::DispatchError> {
	frame_support::storage::with_storage_layer(|| {
		Rewards::close(RuntimeOrigin::signed(who), pot)
			.map(drop)
			.map_err(|error| error.error)
	})
}

#[test]
fn success() {
	run(|| {
		assert_eq!(credit(v(1), 10 * M + 9), Ok(()));
		assert!(!Rewards::empty(v(1)) && Rewards::empty(v(0)));
		assert_ok!(close(4, v(1)));
		assert!(Rewards::empty(v(1)));
		assert_eq!((balance(4), held(v(0))), (RICH + 7 * M, 3 * M));
		assert_eq!(Rewards::claimable(TREASURY), 9);
		System::assert_has_event(Event::Closed { pot: v(1), crumbs: 9 }.into());
		assert!(Ledgers::<Test>::get(v(1)).is_none());
		assert_eq!(PassedOn::<Test>::iter().count(), 0);
		let sums = Sums::<Test>::get();
		assert_eq!((sums.closed_received, sums.closed_passed), (10 * M + 9, 3 * M));
		// The place in the queue is left empty and holds up nobody.
		assert_eq!(Queue::<Test>::iter().count(), 1);
		settle();
		assert_eq!(held(v(0)), 0);
	});
}

#[test]
fn it_begins_anew() {
	run(|| {
		assert_eq!(credit(v(1), 2 * M), Ok(()));
		assert_ok!(close(4, v(1)));
		assert_eq!(credit(v(1), 2 * M), Ok(()));
		assert_eq!(Rewards::pot(v(1)).unwrap().received, 2 * M);
		settle();
		assert_eq!(held(v(1)), 0);
	});
}

#[test]
fn what_vanished_with_money_leaves_it_to_the_treasury() {
	run(|| {
		assert_eq!(credit(v(1), 20 * M + 9), Ok(()));
		World::mutate(|world| world.remove(&v(1)));
		assert_noop!(distribute(v(1)), Error::<Test>::UnknownPot);
		next_block();
		assert_ok!(close(9, v(1)));
		assert_eq!((balance(TREASURY), on_hold()), (20 * M + 9, 0));
	});
}

#[test]
fn after_shares_have_changed() {
	run(|| {
		assert_eq!(credit(v(1), 2 * M), Ok(()));
		assert_ok!(distribute(v(1)));
		tell(v(1), 4, &[(d(0), 1_000_000)]);
		assert_eq!(credit(v(1), 2 * M), Ok(()));
		assert_ok!(close(4, v(1)));
		assert_eq!((held(d(0)), PassedOn::<Test>::iter().count()), (2 * M, 0));
	});
}

#[test]
fn fails_for_unknown_and_frozen_pots_and_others() {
	run(|| {
		assert_noop!(close(4, v(7)), Error::<Test>::NothingToClose);
		assert_noop!(close(4, v(1)), Error::<Test>::NothingToClose);
		assert_eq!(credit(v(1), 10 * M), Ok(()));
		assert_noop!(close(5, v(1)), Error::<Test>::NotOwner);
		freeze(v(1), true);
		assert_noop!(close(4, v(1)), Error::<Test>::Frozen);
		freeze(v(1), false);
		tell(v(1), 4, &[(v(9), 1)]);
		assert_noop!(close(4, v(1)), Error::<Test>::CircularShare);
		tell(v(1), 4, &[(d(9), 1)]);
		assert_noop!(close(4, v(1)), Error::<Test>::ShareOfUnknownPot);
		assert!(Rewards::close(RuntimeOrigin::root(), v(1)).is_err());
	});
}

#[test]
fn fails_with_more_receivers_than_can_be_forgotten() {
	run(|| {
		for number in 0..MAX_RECEIVERS {
			tell(d(100 + number), 5, &[]);
			tell(v(1), 4, &[(d(100 + number), 1)]);
			assert_eq!(credit(v(1), M), Ok(()));
			assert_ok!(distribute(v(1)));
		}
		tell(d(99), 5, &[]);
		let with_one_more = || {
			tell(v(1), 4, &[(d(99), 1)]);
			assert_eq!(credit(v(1), M), Ok(()));
			close(4, v(1))
		};
		assert_eq!(with_one_more(), Err(Error::<Test>::TooManyReceivers.into()));
		tell(v(1), 4, &[]);
		let used = Rewards::close(RuntimeOrigin::signed(4), v(1)).unwrap();
		assert_eq!(used.actual_weight, Some(<()>::close(MAX_RECEIVERS)));
	});
}

#[test]
fn the_weight_is_never_less_than_of_a_full_division() {
	run(|| {
		assert_eq!(credit(v(1), M), Ok(()));
		let used = Rewards::close(RuntimeOrigin::signed(4), v(1)).unwrap();
		assert_eq!(used.actual_weight, Some(<()>::close(MAX_SHARES)));
	});
}

/// An owner gains nothing by closing its pot at each small fee. Positive control: all of it is crumbs, so if these were
/// the owner's, its share would be the whole and that of version 0 nothing.
#[test]
fn closing_again_and_again_starves_nobody() {
	run(|| {
		let mut crumbs = 0;
		for _ in 0..100 {
			assert_eq!(credit(v(1), M - 1), Ok(()));
			assert_ok!(close(4, v(1)));
			crumbs += M - 1;
		}
		assert_eq!(balance(4), RICH);
		assert_eq!(Rewards::claimable(TREASURY) + balance(TREASURY), crumbs);
	});
}
