// SPDX-License-Identifier: Apache-2.0

//! Exact work needs weights that others can get, and nobody makes it look otherwise than it is.

use super::*;
use crate::checks::{without, Check};
use atelier_primitives::{
	ids::{AttestationId, VersionId},
	work::{
		workers::{Accused as _, Fault, Unfit, Workers as _},
		Tier,
	},
};

const UNKNOWN: AttestationId = AttestationId(99);

fn show(hosts: [AttestationId; 2]) -> frame_support::dispatch::DispatchResult {
	frame_support::storage::with_storage_layer(|| Workers::show_weights(signed(9), V, hosts))
}

/// Two hosts that said so just now.
fn hosts() -> [AttestationId; 2] {
	Hosts::set(2);
	[2, 3].map(|who| {
		worker(who);
		say(V, who, None)
	})
}

fn attested() -> bool {
	assert_eq!(Workers::hosts(V).attested, Workers::attested(V));
	Workers::attested(V)
}

#[test]
fn two_hosts_make_exact_work_possible_while_what_they_said_is_young() {
	execute(|| {
		let said = hosts();
		let id = offering(1, 5);
		assert_eq!(Workers::fit(id, V, Tier::Exact), Err(Unfit::WeightsUnattested));
		assert_eq!(Workers::draw(V, Tier::Exact, 5, 10, &[7; 32]), None);
		assert_ok!(show(said));
		let until = now() + PERIOD;
		happened(Event::WeightsShown {
			version: V,
			hosts: crate::HostsOf::<Test>::get(V).unwrap(),
			until,
		});
		assert!(Workers::offer(id, V, Tier::Exact).is_ok());
		assert_eq!(Workers::draw(V, Tier::Exact, 5, 10, &[7; 32]), Some(id));
		// Of another version nothing was said.
		assert_eq!(
			Workers::fit(id, VersionId(1), Tier::Exact),
			Err(Unfit::WeightsUnattested)
		);
		let view = Workers::hosts(V);
		assert_eq!(
			view.hosts.iter().map(|host| host.until).collect::<Vec<_>>(),
			[Some(until); 2]
		);
		skip(PERIOD);
		assert!(attested());
		skip(1);
		assert!(!attested());
		assert_eq!(Workers::hosts(V).hosts[0].until, None);
		// In floats nobody computes after anybody.
		beat(1);
		assert!(Workers::offer(id, V, Tier::Float).is_ok());
	});
}

#[test]
fn what_is_taken_back_or_expires_or_has_nothing_at_stake_counts_no_more() {
	execute(|| {
		let [one, other] = hosts();
		assert_ok!(show([one, other]));
		revoke(one);
		assert!(!attested());
		let again = say(V, 2, Some(now() + 3));
		assert_ok!(show([again, other]));
		assert!(attested());
		skip(4);
		assert!(!attested());
		let again = say(V, 2, None);
		assert_ok!(show([other, again]));
		Workers::fine(crate::WorkerOf::<Test>::get(2).unwrap(), BOND);
		assert!(!attested());
	});
}

#[test]
fn as_many_are_needed_as_governance_says() {
	execute(|| {
		let [one, other] = hosts();
		Hosts::set(0);
		assert!(attested());
		assert_ok!(show([one, other]));
		revoke(one);
		for (needed, enough) in [(0, true), (1, true), (2, false), (3, false)] {
			Hosts::set(needed);
			assert_eq!(attested(), enough, "{needed}");
		}
		revoke(other);
		Hosts::set(1);
		assert!(!attested());
	});
}

#[test]
fn each_reason_to_refuse_is_named() {
	execute(|| {
		let [one, other] = hosts();
		assert_noop!(
			Workers::show_weights(signed(9), VersionId(VERSIONS), [one, other]),
			Error::<Test>::UnknownVersion
		);
		assert_noop!(
			Workers::show_weights(RuntimeOrigin::none(), V, [one, other]),
			sp_runtime::DispatchError::BadOrigin
		);
		for hosts in [[one, UNKNOWN], [UNKNOWN, one]] {
			assert_noop!(show(hosts), Error::<Test>::NotRetrieved);
		}
		assert_noop!(show([one, say(VersionId(1), 3, None)]), Error::<Test>::NotRetrieved);
		assert_noop!(show([one, say(V, 4, None)]), Error::<Test>::HostNotWorker);
		assert_noop!(show([one, one]), Error::<Test>::SameHost);
		assert_noop!(show([one, say(V, 2, None)]), Error::<Test>::SameHost);
		worker(OWNER);
		assert_noop!(show([one, say(V, OWNER, None)]), Error::<Test>::HostOwnsVersion);
		let convicted = worker(5);
		let by_convicted = say(V, 5, None);
		Workers::convict(convicted, Fault::Wrong, None);
		assert_noop!(show([one, by_convicted]), Error::<Test>::HostUnsound);
		skip(PERIOD + 1);
		assert_noop!(show([one, other]), Error::<Test>::RetrievalTooOld);
	});
}

/// Whether weights that only their owner has look as if others had them.
fn owner_alone_attests() -> bool {
	Hosts::set(2);
	worker(OWNER);
	show([say(V, OWNER, None), say(V, OWNER, None)]).is_ok() && attested()
}

#[test]
fn an_owner_is_no_host_of_its_own_weights() {
	execute(|| assert!(!owner_alone_attests()));
}

#[test]
fn control_without_independence_an_owner_attests_alone() {
	new_test_ext().execute_with(|| without(Check::Independent, || assert!(owner_alone_attests())));
}

/// Whether a version whose weights can be had gets no exact work any more, since others showed what ends soon.
fn shortened() -> bool {
	let long = hosts();
	for who in [4, 5] {
		worker(who);
	}
	show(long).unwrap();
	let short = [4, 5].map(|who| say(V, who, Some(now() + 1)));
	let _shown = show(short);
	skip(2);
	!attested()
}

#[test]
fn nobody_shortens_what_was_shown() {
	execute(|| {
		assert!(!shortened());
		let later = [2, 3].map(|who| say(V, who, None));
		assert_ok!(show(later));
		assert_noop!(show(later), Error::<Test>::LastsNoLonger);
	});
}

#[test]
fn control_where_the_last_word_counts_a_version_is_stopped_by_others() {
	new_test_ext().execute_with(|| without(Check::LastsLonger, || assert!(shortened())));
}

#[test]
fn what_was_replaced_and_taken_back_is_shown_again_by_anybody() {
	execute(|| {
		let honest = hosts();
		assert_ok!(show(honest));
		skip(1);
		for who in [4, 5] {
			worker(who);
		}
		let later = [4, 5].map(|who| say(V, who, None));
		assert_ok!(show(later));
		later.into_iter().for_each(revoke);
		assert!(!attested());
		assert_ok!(show(honest));
		assert!(attested());
	});
}
