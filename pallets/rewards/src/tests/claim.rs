// SPDX-License-Identifier: Apache-2.0

use super::*;
use sp_runtime::TokenError;

fn owe(who: AccountId, amount: Balance) {
	tell(d(5), who, &[]);
	assert_eq!(credit(d(5), amount), Ok(()));
	assert_ok!(distribute(d(5)));
}

fn claim_for(who: AccountId) -> sp_runtime::DispatchResult {
	Rewards::claim_for(RuntimeOrigin::signed(5), who)
}

#[test]
fn success() {
	run(|| {
		owe(NOBODY, 3 * M);
		assert_ok!(Balances::transfer_allow_death(RuntimeOrigin::signed(5), NOBODY, ED));
		assert_ok!(Rewards::claim(RuntimeOrigin::signed(NOBODY)));
		assert_eq!(
			(balance(NOBODY), Rewards::claimable(NOBODY), on_hold()),
			(ED + 3 * M, 0, 0)
		);
		System::assert_last_event(
			Event::Paid {
				who: NOBODY,
				amount: 3 * M,
			}
			.into(),
		);
	});
}

#[test]
fn success_for_another() {
	run(|| {
		owe(NOBODY, 4 * M);
		assert_ok!(Balances::transfer_allow_death(RuntimeOrigin::signed(5), NOBODY, ED));
		assert_ok!(claim_for(NOBODY));
		assert_eq!(balance(NOBODY), ED + 4 * M);
	});
}

#[test]
fn fails_with_nothing() {
	run(|| {
		assert_noop!(Rewards::claim(RuntimeOrigin::signed(1)), Error::<Test>::NothingToClaim);
		assert_noop!(claim_for(NOBODY), Error::<Test>::NothingToClaim);
	});
}

#[test]
fn fails_while_it_still_cannot_be_paid() {
	run(|| {
		owe(NOBODY, ED - M);
		assert_noop!(claim_for(NOBODY), TokenError::CannotCreate);
		assert_noop!(Rewards::claim(RuntimeOrigin::signed(NOBODY)), TokenError::CannotCreate);
	});
}

#[test]
fn fails_unsigned() {
	run(|| {
		assert!(Rewards::claim(RuntimeOrigin::root()).is_err());
		assert!(Rewards::claim_for(RuntimeOrigin::none(), 1).is_err());
	});
}

#[test]
fn an_account_that_died_is_opened_again() {
	run(|| {
		assert_ok!(Balances::transfer_all(RuntimeOrigin::signed(2), 3, false));
		assert_eq!(balance(2), 0);
		assert_eq!(credit(d(0), M), Ok(()));
		assert_ok!(distribute(d(0)));
		assert_eq!(Rewards::claimable(2), M);
		assert_eq!(credit(d(0), ED - M), Ok(()));
		assert_ok!(distribute(d(0)));
		assert_eq!((Rewards::claimable(2), balance(2)), (0, ED));
	});
}
