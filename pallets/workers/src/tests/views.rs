// SPDX-License-Identifier: Apache-2.0

//! What clients read.

use super::*;
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	views::workers::UnbondingView,
	work::workers::{Accused as _, Fault, Standing, Workers as _},
};

#[test]
fn a_worker_is_shown_as_it_is() {
	execute(|| {
		let id = offering(1, 5);
		assert_eq!(Workers::engage(id, 100), Ok(()));
		assert_ok!(Workers::unbond(signed(1), 1_000));
		assert_ok!(Workers::offer_rotation(signed(1), Some(2)));
		skip(1);
		Workers::accuse(id);
		skip(3);
		let view = Workers::worker(id).unwrap();
		assert_eq!((view.worker, view.account, view.successor), (id, 1, Some(2)));
		assert_eq!(view.keys, *keys(1));
		assert_eq!(view.hardware, b"one GPU");
		assert_eq!((view.registered, view.live_until), (1, 1 + LIVENESS));
		assert_eq!((view.bond, view.exposure), (BOND - 1_000, 100));
		assert_eq!(view.cover, Workers::cover_of(id));
		assert_eq!(view.cover, Workers::cover_by(BOND - 1_000));
		let leaving = UnbondingView {
			amount: 1_000,
			until: 1 + UNBONDING + 3,
		};
		assert_eq!(view.unbonding, [leaving]);
		assert_eq!(
			(view.offers, view.auditing, view.accusations, view.frozen),
			(1, true, 1, 3)
		);
		let standing = Standing {
			key: [1; 32],
			weight: BOND - 1_000,
			since: 1,
		};
		assert_eq!(view.standing, Some(standing));
		assert_eq!((view.convicted, view.slashes), (false, 0));
		assert_eq!((view.reputation.newcomer, view.reputation.factor), (true, 500));
		assert_eq!(Workers::worker_of(1), Some(id));
		assert_eq!(Workers::worker(WorkerId(9)), None);
		assert_eq!(Workers::auditing_now(), BOND - 1_000);
		Workers::discharge(id, 100);
		Workers::acquit(id);
	});
}

#[test]
fn offers_come_in_pages() {
	execute(|| {
		let all: Vec<_> = (1..=7).map(|who| offering(who, who)).collect();
		Workers::convict(all[0], Fault::Wrong, None);
		let first = Workers::offers(V, 0, 3);
		assert_eq!(first.next, Some(3));
		let second = Workers::offers(V, 3, 100);
		assert_eq!(second.next, None);
		let shown: Vec<_> = first
			.items
			.iter()
			.chain(&second.items)
			.map(|item| item.worker)
			.collect();
		assert_eq!(shown, all);
		assert!(!first.items[0].serves && first.items[1].serves);
		assert_eq!(second.items[3].offer, offer(7, 2));
		assert_eq!(Workers::offers(V, u32::MAX, u32::MAX).items, []);
		assert_eq!(Workers::offers(VersionId(3), 0, 10).next, None);
		// A page of nothing is a page of one.
		assert_eq!(Workers::offers(V, 0, 0).items.len(), 1);
		assert_eq!(Workers::offers_of(all[2]).len(), 1);
		skip(LIVENESS + 1);
		assert!(!Workers::offers(V, 1, 1).items[0].serves);
	});
}

#[test]
fn slashes_are_shown_until_they_are_applied() {
	execute(|| {
		let id = worker(1);
		Workers::convict(id, Fault::NotServed, Some(3));
		Workers::convict(id, Fault::LazyAudit, None);
		let slashes = Workers::slashes(id);
		assert_eq!(slashes.len(), 2);
		assert_eq!((slashes[0].number, slashes[0].fault), (0, Fault::NotServed));
		assert_eq!((slashes[0].due, slashes[0].prover), (1 + DELAY, Some(3)));
		assert_eq!(slashes[0].part, DETERRENCE.prover);
		pass(DELAY);
		assert_eq!(Workers::slashes(id), []);
		assert_eq!(Workers::claimable(3), 0);
	});
}

#[test]
fn money_sent_to_the_account_of_claims_is_nobodys() {
	execute(|| {
		assert_ok!(Balances::transfer_keep_alive(signed(1), Workers::claims_account(), 500));
		check();
		assert_noop!(Workers::claim(signed(1)), Error::<Test>::NothingToClaim);
	});
}
