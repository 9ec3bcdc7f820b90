// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn success() {
	run(|| {
		assert_eq!(credit(v(1), 3 * M + 5), Ok(()));
		assert_eq!((held(v(1)), on_hold()), (3 * M + 5, 3 * M + 5));
		assert_eq!(
			events(),
			vec![Event::Credited {
				pot: v(1),
				amount: 3 * M + 5
			}]
		);
		assert_eq!(credit(v(1), 1), Ok(()));
		assert_eq!(held(v(1)), 3 * M + 6);
	});
}

#[test]
fn comes_back_from_an_unknown_pot() {
	run(|| {
		assert_eq!(credit(v(7), M), Err(M));
		assert_eq!(credit(d(7), 0), Err(0));
		assert_eq!(balance(10), RICH);
		assert!(events().is_empty());
	});
}

#[test]
fn of_nothing_is_nothing() {
	run(|| {
		assert_eq!(credit(v(1), 0), Ok(()));
		assert!(events().is_empty() && crate::Ledgers::<Test>::get(v(1)).is_none());
	});
}

#[test]
fn a_frozen_pot_takes_fees() {
	run(|| {
		freeze(v(1), true);
		assert_eq!(credit(v(1), 9 * M), Ok(()));
		settle();
		assert_eq!(held(v(1)), 9 * M);
	});
}

#[test]
fn comes_back_where_a_sum_has_no_room() {
	run(|| {
		crate::Sums::<Test>::mutate(|sums| sums.credited = Balance::MAX);
		assert_eq!(credit(v(1), 1), Err(1));
		crate::Sums::<Test>::mutate(|sums| sums.credited = 0);
	});
}
