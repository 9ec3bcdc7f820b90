// SPDX-License-Identifier: Apache-2.0

//! Exact work needs weights that two hosts have fetched, by what they attest in the registry of provenance.

use crate::{registries::attest, world::*};
use atelier_primitives::{
	attestations::{EVALUATION, RETRIEVAL},
	ids::Subject,
};
use atelier_runtime::{Workers, genesis::DEVELOPMENT};
use atelier_runtime_tests::{Account, Chain, R, account, run_blocks};
use frame_support::{assert_noop, assert_ok};

type Error = pallet_workers::Error<R>;

#[test]
fn no_session_begins_before_two_hosts_have_the_weights_nor_after_one_took_it_back() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let sample = sample();
		let version = unhosted(&sample);
		hire(SERVES, true);
		assert_noop!(try_open(version, SERVES), pallet_jobs::Error::<R>::WeightsUnattested);
		let hosts = host(version);
		assert_noop!(try_open(version, SERVES), pallet_jobs::Error::<R>::WeightsUnattested);
		assert_ok!(show(version, hosts));
		let mut talk = Talk::begin(version);
		talk.honest(&sample);
		let revoke = pallet_provenance::Call::revoke { attestation: hosts[0] };
		assert_ok!(call(HOSTS[0], revoke));
		run_blocks(1);
		assert!(!Workers::hosts(version).attested);
		assert_noop!(try_open(version, SERVES), pallet_jobs::Error::<R>::WeightsUnattested);
		// What began goes on, and is paid.
		let work = talk.settle();
		pass_window();
		assert!(!pending(work));
		// Another host takes its place.
		let other = attest(SERVES, RETRIEVAL, Subject::Version(version)).expect("it can be attested");
		assert_ok!(show(version, [other, hosts[1]]));
		assert_ok!(try_open(version, SERVES));
	});
}

#[test]
fn only_what_two_workers_say_of_the_weights_of_others_counts() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let sample = sample();
		let version = unhosted(&sample);
		let [one, other] = host(version);
		hire(MAKER, false);
		let said = |who, schema, of| attest(who, schema, of).expect("it can be attested");
		let of = |who, schema| said(who, schema, Subject::Version(version));
		let evaluated = of(HOSTS[1], EVALUATION);
		let elsewhere = said(HOSTS[1], RETRIEVAL, Subject::Account(account(MAKER)));
		let [stranger, owner, same] = [Account::Eve, MAKER, HOSTS[0]].map(|who| of(who, RETRIEVAL));
		assert_noop!(show(version, [one, evaluated]), Error::NotRetrieved);
		assert_noop!(show(version, [one, elsewhere]), Error::NotRetrieved);
		assert_noop!(show(version, [one, stranger]), Error::HostNotWorker);
		assert_noop!(show(version, [one, owner]), Error::HostOwnsVersion);
		assert_noop!(show(version, [one, same]), Error::SameHost);
		assert_ok!(show(version, [one, other]));
		assert!(Workers::hosts(version).attested);
	});
}

/// One worker serves alone where a chain begins so.
#[test]
fn development_chains_need_no_hosts() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		assert!(Workers::hosts(atelier_primitives::ids::VersionId(0)).attested);
	});
}
