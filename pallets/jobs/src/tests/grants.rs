// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Grants;
use atelier_primitives::work::voucher::Quote;

/// The spending key: an account with a little money for what records cost.
const KEY: u8 = OTHER;

fn grant(cap: Balance, until: u32) -> sp_runtime::DispatchResult {
	let spender = acc(KEY);
	dispatch(PAYER, Call::grant { spender, cap, until })
}

fn revoke() -> sp_runtime::DispatchResult {
	dispatch(PAYER, Call::revoke { spender: acc(KEY) })
}

pub(super) fn open_for(who: u8, deposit: Balance, number: u64, reservation: Balance) -> sp_runtime::DispatchResult {
	let quote = Quote {
		reservation,
		..quote(W, PAYER, 1_000 + number)
	};
	let signature = sign(WORKER, &quote.message(&genesis()));
	let call = Call::open_for {
		owner: acc(PAYER),
		quote: Box::new(quote),
		signature,
		opening: Box::new(opening(deposit, 200, who)),
	};
	dispatch(who, call)
}

fn spent() -> Balance {
	Grants::<Test>::get(acc(PAYER), acc(KEY)).unwrap().spent
}

#[test]
fn a_key_opens_sessions_with_its_owners_money_up_to_the_cap() {
	execute(|| {
		let before = all_of(KEY);
		grant(250_000, 500).unwrap();
		happened(Event::Granted {
			owner: acc(PAYER),
			spender: acc(KEY),
			cap: 250_000,
			until: 500,
		});
		open_for(KEY, 100_000, 1, 0).unwrap();
		open_for(KEY, 100_000, 2, 50_000).unwrap();
		refused(|| open_for(KEY, 1_000, 3, 0), Error::<Test>::CapPassed);
		assert_eq!(held(PAYER), 200_000);
		// The deposit stands on the owner's account, the record on the key's.
		assert_eq!((all_of(KEY), held(KEY)), (before, 0));
		assert!(free(KEY) < before);
		assert_eq!(Jobs::granted(acc(PAYER), acc(KEY)).unwrap().left, 0);
		// Its own key signs vouchers.
		let mut served = Served::new(SessionId(0), KEY);
		served.answer(10).settle().unwrap();
	});
}

#[test]
fn what_returns_can_be_spent_again_and_what_was_paid_cannot() {
	execute(|| {
		grant(100_000, 5_000).unwrap();
		open_for(KEY, 100_000, 1, 0).unwrap();
		Served::new(SessionId(0), KEY).answer(100).settle().unwrap();
		dispatch(KEY, Call::close { session: SessionId(0) }).unwrap();
		pass(CHALLENGE + 1);
		assert_eq!(spent(), price(100));
		refused(|| open_for(KEY, 100_001 - price(100), 2, 0), Error::<Test>::CapPassed);
		open_for(KEY, 100_000 - price(100), 2, 0).unwrap();
	});
}

#[test]
fn fails_without_a_grant_and_after_its_term() {
	execute(|| {
		refused(|| open_for(KEY, 1_000, 1, 0), Error::<Test>::NotGranted);
		grant(100_000, 10).unwrap();
		refused(|| open_for(STRANGER, 1_000, 1, 0), Error::<Test>::NotGranted);
		sleep(9);
		open_for(KEY, 1_000, 1, 0).unwrap();
		sleep(1);
		refused(|| open_for(KEY, 1_000, 2, 0), Error::<Test>::GrantExpired);
		let session = SessionId(0);
		refused(
			|| dispatch(KEY, Call::top_up { session, amount: 1 }),
			Error::<Test>::GrantExpired,
		);
		assert_eq!(Jobs::granted(acc(PAYER), acc(KEY)).unwrap().left, 0);
		let own = Call::grant {
			spender: acc(PAYER),
			cap: 1,
			until: 1,
		};
		refused(|| dispatch(PAYER, own), Error::<Test>::OwnMoney);
	});
}

#[test]
fn a_key_can_do_nothing_but_open_feed_and_close() {
	execute(|| {
		grant(200_000, 500).unwrap();
		open_for(KEY, 100_000, 1, 0).unwrap();
		let id = open(PAYER, W);
		// Not in sessions of its owner's that it did not open.
		refused(|| dispatch(KEY, Call::close { session: id }), Error::<Test>::NotAParty);
		let fed = Call::top_up { session: id, amount: 1 };
		refused(|| dispatch(KEY, fed), Error::<Test>::NotAParty);
		// Money returns to the owner whoever closes.
		dispatch(KEY, Call::close { session: SessionId(0) }).unwrap();
		let before = all_of(KEY);
		pass(CHALLENGE + 1);
		assert_eq!((held(PAYER), all_of(KEY)), (100_000, before));
	});
}

#[test]
fn a_revoked_key_opens_nothing_and_its_sessions_go_on() {
	execute(|| {
		grant(200_000, 5_000).unwrap();
		open_for(KEY, 100_000, 1, 0).unwrap();
		revoke().unwrap();
		happened(Event::Revoked {
			owner: acc(PAYER),
			spender: acc(KEY),
		});
		refused(revoke, Error::<Test>::NotGranted);
		refused(|| open_for(KEY, 1_000, 2, 0), Error::<Test>::NotGranted);
		Served::new(SessionId(0), KEY).answer(100).settle().unwrap();
		pass(200 + CHALLENGE + 2);
		assert_eq!((held(PAYER), fake(W).paid), (0, 1));
	});
}

#[test]
fn what_an_old_grant_opened_counts_for_no_new_one() {
	execute(|| {
		grant(100_000, 5_000).unwrap();
		open_for(KEY, 100_000, 1, 0).unwrap();
		revoke().unwrap();
		grant(100_000, 5_000).unwrap();
		open_for(KEY, 100_000, 2, 0).unwrap();
		let session = SessionId(0);
		refused(
			|| dispatch(KEY, Call::top_up { session, amount: 1 }),
			Error::<Test>::CapPassed,
		);
		dispatch(KEY, Call::close { session }).unwrap();
		pass(CHALLENGE + 1);
		assert_eq!(spent(), 100_000);
		refused(|| open_for(KEY, 1_000, 3, 0), Error::<Test>::CapPassed);
	});
}

#[test]
fn what_the_owner_adds_is_never_the_keys_to_spend() {
	execute(|| {
		grant(150_000, 5_000).unwrap();
		open_for(KEY, 100_000, 1, 0).unwrap();
		let session = SessionId(0);
		dispatch(
			PAYER,
			Call::top_up {
				session,
				amount: 30_000,
			},
		)
		.unwrap();
		dispatch(
			KEY,
			Call::top_up {
				session,
				amount: 50_000,
			},
		)
		.unwrap();
		assert_eq!((spent(), held(PAYER)), (150_000, 180_000));
		refused(
			|| dispatch(KEY, Call::top_up { session, amount: 1 }),
			Error::<Test>::CapPassed,
		);
		Served::new(session, KEY).answer(100).settle().unwrap();
		dispatch(PAYER, Call::close { session }).unwrap();
		pass(CHALLENGE + 1);
		assert_eq!(spent(), price(100));
	});
}

#[test]
fn another_cap_keeps_what_was_spent() {
	execute(|| {
		grant(200_000, 500).unwrap();
		open_for(KEY, 100_000, 1, 0).unwrap();
		grant(50_000, 500).unwrap();
		assert_eq!(spent(), 100_000);
		refused(|| open_for(KEY, 1_000, 2, 0), Error::<Test>::CapPassed);
		grant(101_000, 500).unwrap();
		open_for(KEY, 1_000, 2, 0).unwrap();
	});
}
