// SPDX-License-Identifier: Apache-2.0

//! What workers offer, and what becomes of the list of a version.

use super::*;
use crate::{
	checks::{without, Check},
	registration::bytes,
	OfferAt, OfferCount,
};
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	work::{
		workers::{Accused as _, Fault, Unfit, Workers as _},
		Tier,
	},
};

fn listed() -> Vec<WorkerId> {
	(0..OfferCount::<Test>::get(V))
		.map(|index| OfferAt::<Test>::get(V, index).unwrap())
		.collect()
}

mod set_offer {
	use super::*;

	#[test]
	fn lists_it_and_changes_it() {
		execute(|| {
			let id = offering(1, 5);
			happened(Event::OfferSet {
				worker: id,
				version: V,
				offer: offer(5, 2),
			});
			assert_eq!(Workers::offer(id, V, Tier::Exact), Ok(offer(5, 2)));
			let before = free(1);
			assert_ok!(Workers::set_offer(signed(1), V, offer(6, 3)));
			assert_eq!(Workers::offer(id, V, Tier::Exact), Ok(offer(6, 3)));
			assert_eq!(free(1), before);
			assert_eq!(listed(), [id]);
		});
	}

	#[test]
	fn is_for_workers_with_a_bond_and_versions_that_exist() {
		execute(|| {
			assert_noop!(Workers::set_offer(signed(1), V, offer(1, 1)), Error::<Test>::NotAWorker);
			let id = worker(1);
			assert_noop!(
				Workers::set_offer(signed(1), VersionId(VERSIONS), offer(1, 1)),
				Error::<Test>::UnknownVersion
			);
			MinBond::set(BOND + 1);
			assert_noop!(
				Workers::set_offer(signed(1), V, offer(1, 1)),
				Error::<Test>::BondTooSmall
			);
			MinBond::set(LEAST);
			Workers::convict(id, Fault::Wrong, None);
			assert_noop!(Workers::set_offer(signed(1), V, offer(1, 1)), Error::<Test>::Convicted);
		});
	}

	#[test]
	fn is_bounded_by_worker_and_by_version() {
		execute(|| {
			worker(1);
			for version in 0..6 {
				assert_ok!(Workers::set_offer(signed(1), VersionId(version), offer(1, 1)));
			}
			assert_noop!(
				Workers::set_offer(signed(1), VersionId(6), offer(1, 1)),
				Error::<Test>::TooManyOffers
			);
			MaxOfferers::set(1);
			worker(2);
			assert_noop!(
				Workers::set_offer(signed(2), V, offer(1, 1)),
				Error::<Test>::TooManyOfferers
			);
			assert_ok!(Workers::set_offer(signed(1), V, offer(2, 1)));
			MaxOfferers::set(100);
		});
	}

	#[test]
	fn costs_a_deposit() {
		execute(|| {
			worker(1);
			let rest = free(1);
			assert_ok!(Workers::set_offer(signed(1), V, offer(1, 1)));
			assert_eq!(free(1), rest - (bytes::<Test>(1) - bytes::<Test>(0)));
			let all = free(1) - ED;
			assert_ok!(Balances::transfer_keep_alive(signed(1), 2, all));
			assert!(Workers::set_offer(signed(1), VersionId(1), offer(1, 1)).is_err());
		});
	}
}

mod remove_offer {
	use super::*;

	#[test]
	fn the_last_takes_the_free_place() {
		execute(|| {
			let [a, b, c] = [1, 2, 3].map(|who| offering(who, 5));
			assert_ok!(Workers::remove_offer(signed(1), V));
			happened(Event::OfferRemoved { worker: a, version: V });
			assert_eq!(listed(), [c, b]);
			check();
			assert_ok!(Workers::remove_offer(signed(2), V));
			assert_ok!(Workers::remove_offer(signed(3), V));
			assert_eq!(OfferCount::<Test>::iter().count(), 0);
			assert_eq!(free(1), RICH - BOND - bytes::<Test>(0));
		});
	}

	#[test]
	fn is_refused_without_an_offer_and_while_it_has_jobs() {
		execute(|| {
			let id = offering(1, 5);
			assert_noop!(Workers::remove_offer(signed(2), V), Error::<Test>::NotAWorker);
			assert_noop!(
				Workers::remove_offer(signed(1), VersionId(1)),
				Error::<Test>::UnknownOffer
			);
			assert_eq!(Workers::occupy(id, V), Ok(()));
			assert_noop!(Workers::remove_offer(signed(1), V), Error::<Test>::JobsRunning);
			// Meanwhile it takes no more.
			assert_ok!(Workers::set_offer(signed(1), V, offer(5, 0)));
			assert_eq!(Workers::offer(id, V, Tier::Float), Err(Unfit::OfferExhausted));
			Workers::vacate(id, V);
			assert_ok!(Workers::remove_offer(signed(1), V));
			assert_eq!(Workers::offer(id, V, Tier::Float), Err(Unfit::NoOffer));
		});
	}
}

mod drop_offer {
	use super::*;

	#[test]
	fn is_for_those_that_are_gone() {
		execute(|| {
			let id = offering(1, 5);
			let before = free(1);
			assert_noop!(Workers::drop_offer(signed(2), id, V), Error::<Test>::StillServes);
			skip(2 * LIVENESS);
			assert_noop!(Workers::drop_offer(signed(2), id, V), Error::<Test>::StillServes);
			skip(1);
			assert_noop!(
				Workers::drop_offer(signed(2), id, VersionId(1)),
				Error::<Test>::UnknownOffer
			);
			assert_noop!(
				Workers::drop_offer(signed(2), WorkerId(9), V),
				Error::<Test>::UnknownWorker
			);
			assert_ok!(Workers::drop_offer(signed(2), id, V));
			assert_eq!(listed(), []);
			assert!(free(1) > before);
		});
	}

	#[test]
	fn is_for_the_convicted_and_those_without_a_bond_that_have_no_jobs() {
		execute(|| {
			let [a, b] = [1, 2].map(|who| offering(who, 5));
			assert_eq!(Workers::occupy(a, V), Ok(()));
			Workers::convict(a, Fault::Wrong, None);
			assert_noop!(Workers::drop_offer(signed(3), a, V), Error::<Test>::JobsRunning);
			Workers::vacate(a, V);
			assert_ok!(Workers::drop_offer(signed(3), a, V));
			Workers::fine(b, BOND);
			assert_ok!(Workers::drop_offer(signed(3), b, V));
		});
	}
}

mod asked {
	use super::*;

	#[test]
	fn each_reason_not_to_be_fit_is_named() {
		execute(|| {
			let id = offering(1, 5);
			let offer = |tier| Workers::offer(id, V, tier).unwrap_err();
			assert_eq!(Workers::fit(WorkerId(9), V, Tier::Float), Err(Unfit::Unknown));
			Hosts::set(2);
			assert_eq!(offer(Tier::Exact), Unfit::WeightsUnattested);
			assert!(Workers::offer(id, V, Tier::Float).is_ok());
			skip(LIVENESS + 1);
			assert_eq!(offer(Tier::Float), Unfit::NotLive);
			assert_ok!(Workers::unbond(signed(1), BOND));
			assert_eq!(offer(Tier::Float), Unfit::Leaving);
			Workers::convict(id, Fault::Wrong, None);
			assert_eq!(offer(Tier::Float), Unfit::Convicted);
		});
	}

	#[test]
	fn capacity_is_counted() {
		execute(|| {
			let id = offering(1, 5);
			assert_eq!(Workers::occupy(id, VersionId(1)), Err(Unfit::NoOffer));
			assert_eq!(Workers::occupy(id, V), Ok(()));
			assert_eq!(Workers::occupy(id, V), Ok(()));
			assert_eq!(Workers::occupy(id, V), Err(Unfit::OfferExhausted));
			assert_eq!(Workers::offer(id, V, Tier::Float), Err(Unfit::OfferExhausted));
			Workers::vacate(id, V);
			assert!(Workers::offer(id, V, Tier::Float).is_ok());
		});
	}

	#[test]
	fn control_without_retrieval_exact_work_is_done_with_weights_that_nobody_has() {
		new_test_ext().execute_with(|| {
			let id = offering(1, 5);
			Hosts::set(2);
			without(Check::Retrieval, || assert!(Workers::offer(id, V, Tier::Exact).is_ok()));
		});
	}
}

mod listed {
	use super::*;
	use frame_support::traits::fungible::Mutate;

	#[test]
	fn is_what_takes_jobs() {
		execute(|| {
			let [a, b] = [1, 2].map(|who| offering(who, 5));
			assert_eq!(Workers::occupy(a, V), Ok(()));
			assert_ok!(Workers::set_offer(signed(1), V, offer(5, 0)));
			assert_eq!(listed(), [b]);
			assert_eq!(Workers::offers_of(a).len(), 1);
			assert!(!Workers::offers_of(a)[0].listed);
			check();
			Workers::vacate(a, V);
			// With a capacity it takes the last place.
			assert_ok!(Workers::set_offer(signed(1), V, offer(5, 1)));
			assert_eq!(listed(), [b, a]);
			assert_ok!(Workers::set_offer(signed(1), V, offer(5, 0)));
			assert_ok!(Workers::remove_offer(signed(1), V));
			assert_eq!(listed(), [b]);
		});
	}

	#[test]
	fn has_four_places_for_each_least_bond() {
		execute(|| {
			worker_with(1, 2 * LEAST - 1);
			for version in 0..4 {
				assert_ok!(Workers::set_offer(signed(1), VersionId(version), offer(1, 1)));
			}
			assert_noop!(
				Workers::set_offer(signed(1), VersionId(4), offer(1, 1)),
				Error::<Test>::OffersExceedBond
			);
			assert_ok!(Workers::set_offer(signed(1), VersionId(4), offer(1, 0)));
			assert_noop!(
				Workers::set_offer(signed(1), VersionId(4), offer(1, 1)),
				Error::<Test>::OffersExceedBond
			);
			assert_ok!(Workers::bond_more(signed(1), 1));
			assert_ok!(Workers::set_offer(signed(1), VersionId(4), offer(1, 1)));
		});
	}

	#[test]
	fn is_dropped_by_anybody_beyond_what_the_bond_is_enough_for() {
		execute(|| {
			let id = worker_with(1, 2 * LEAST);
			for version in 0..6 {
				assert_ok!(Workers::set_offer(signed(1), VersionId(version), offer(1, 1)));
			}
			assert_noop!(Workers::drop_offer(signed(2), id, V), Error::<Test>::StillServes);
			Workers::fine(id, 1);
			// What it has goes on; new jobs find it until somebody looks.
			assert_ok!(Workers::set_offer(signed(1), VersionId(5), offer(2, 2)));
			assert_ok!(Workers::set_offer(signed(1), VersionId(1), offer(1, 0)));
			assert_noop!(
				Workers::drop_offer(signed(2), id, VersionId(1)),
				Error::<Test>::StillServes
			);
			assert_ok!(Workers::drop_offer(signed(2), id, V));
			assert_noop!(
				Workers::drop_offer(signed(2), id, VersionId(2)),
				Error::<Test>::StillServes
			);
		});
	}

	/// How many of a hundred draws find somebody, when four hundred with the least bond offer to do nothing beside ten that
	/// work.
	fn found_among_the_dead() -> usize {
		MaxOfferers::set(4_096);
		for who in 1..=10 {
			offering(who, 5);
		}
		for who in (1..=400).map(|number| 256 * number + 1) {
			Balances::set_balance(&who, 10 * LEAST);
			worker_with(who, LEAST);
			Workers::set_offer(signed(who), V, offer(5, 0)).unwrap();
		}
		let found = (0..100_u8).filter(|seed| Workers::draw(V, Tier::Exact, 5, 10, &[*seed; 32]).is_some());
		let found = found.count();
		MaxOfferers::set(100);
		found
	}

	#[test]
	fn dead_offers_displace_nobody() {
		new_test_ext().execute_with(|| {
			assert_eq!(found_among_the_dead(), 100);
			check();
		});
	}

	#[test]
	fn control_where_offers_without_capacity_are_listed_many_draws_find_nobody() {
		new_test_ext().execute_with(|| without(Check::Listed, || assert!(found_among_the_dead() < 75)));
	}

	/// In how many lists somebody with the least bond takes a place for jobs that nobody can pay.
	fn lists_filled() -> usize {
		worker_with(1, LEAST);
		(0..6)
			.filter(|version| Workers::set_offer(signed(1), VersionId(*version), offer(u64::MAX, 1)).is_ok())
			.count()
	}

	#[test]
	fn places_cost_bonds() {
		execute(|| assert_eq!(lists_filled(), 4));
	}

	#[test]
	fn control_without_a_price_of_places_the_least_bond_is_in_every_list() {
		new_test_ext().execute_with(|| without(Check::Listed, || assert_eq!(lists_filled(), 6)));
	}
}
