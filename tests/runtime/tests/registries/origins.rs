// SPDX-License-Identifier: Apache-2.0

//! Who is believed about whose weights they are.

use crate::world::*;
use atelier_primitives::{
	attestations::{EVALUATION, ORIGIN},
	ids::{AttestationId, Subject, VersionId},
	models::OriginAttestations,
};
use atelier_runtime::{
	ContributorsCollective, RuntimeOrigin,
	configs::Origins,
	genesis::DEVELOPMENT,
	parameters::{RuntimeParameters, registries},
};
use atelier_runtime_tests::{Account, Chain, R, account, dispatch};
use frame_support::{assert_noop, assert_ok};

/// Two models with the same weights, and the version that came first.
fn contested() -> (VersionId, [u8; 32]) {
	let own = create_model(Account::Bob, "own");
	let first = publish(Account::Bob, own, publication(1, OPEN));
	let copied = create_model(Account::Eve, "copied");
	publish(Account::Eve, copied, publication(1, OPEN));
	(first, publication(1, OPEN).weights.root)
}

fn settle(root: [u8; 32], version: VersionId, attestation: AttestationId) -> sp_runtime::DispatchResult {
	let settle = pallet_models::Call::settle_contest {
		root,
		version,
		attestation,
	};
	call(Account::Ferdie, settle)
}

#[test]
fn contributors_of_rank_decide_and_nobody_else() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let (first, root) = contested();
		let refused = sp_runtime::DispatchError::from(pallet_models::Error::<R>::NotAttested);
		// Eve is no contributor.
		let eve = attest_origin(Account::Eve, first).expect("anyone attests anything");
		assert_noop!(settle(root, first, eve), refused);
		// Bob is one, but it is his own model.
		let bob = attest_origin(Account::Bob, first).expect("anyone attests anything");
		assert_noop!(settle(root, first, bob), refused);
		// Of too low a rank.
		assert_ok!(ContributorsCollective::do_add_member_to_rank(
			account(Account::Ferdie),
			1,
			false
		));
		let ferdie = attest_origin(Account::Ferdie, first).expect("anyone attests anything");
		assert_noop!(settle(root, first, ferdie), refused);
		// Something else is attested, or of something else.
		let evaluation = attest(Account::Dave, EVALUATION, Subject::Version(first)).expect("it exists");
		assert_noop!(settle(root, first, evaluation), refused);
		let of_bob = attest(Account::Dave, ORIGIN, Subject::Account(account(Account::Bob))).expect("he exists");
		assert_noop!(settle(root, first, of_bob), refused);
		// It was taken back.
		let dave = attest_origin(Account::Dave, first).expect("it exists");
		assert_ok!(call(
			Account::Dave,
			pallet_provenance::Call::revoke { attestation: dave }
		));
		assert_noop!(settle(root, first, dave), refused);
		assert_noop!(settle(root, first, AttestationId(999)), refused);

		let dave = attest_origin(Account::Dave, first).expect("it exists");
		assert_ok!(settle(root, first, dave));
	});
}

#[test]
fn the_rank_is_governed() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let (first, _) = contested();
		let dave = attest_origin(Account::Dave, first).expect("it exists");
		assert!(Origins::confirms(dave, first));
		let rank = registries::Parameters::OriginRank(registries::OriginRank, Some(4));
		let set = pallet_parameters::Call::<R>::set_parameter {
			key_value: RuntimeParameters::Registries(rank),
		};
		assert_ok!(dispatch(set, RuntimeOrigin::root()));
		assert!(!Origins::confirms(dave, first));
	});
}
