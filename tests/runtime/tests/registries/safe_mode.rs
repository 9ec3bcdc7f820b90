// SPDX-License-Identifier: Apache-2.0

//! In safe mode nothing new is registered, but what is one's own can be taken back; and proxies cannot give it away.

use crate::world::*;
use atelier_primitives::{attestations::CONSENT, ids::Subject, lineage::Flag, pots::Pot};
use atelier_runtime::{
	RuntimeCall, SafeMode, configs::ProxyKind, economics::ATL, genesis::DEVELOPMENT, governance::Origin,
};
use atelier_runtime_tests::{Account, Chain, R, account, dispatch};
use frame_support::{assert_noop, assert_ok, traits::InstanceFilter};
use pallet_models::Call as models;
use pallet_provenance::Call as provenance;
use pallet_rewards::Call as rewards;
use sp_runtime::Permill;

#[test]
fn nobody_can_stop_a_withdrawal() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let dataset = register(Account::Bob, 1, OPEN);
		let attestation = attest(Account::Bob, CONSENT, Subject::Dataset(dataset)).expect("it exists");
		let model = create_model(Account::Alice, "m");
		let version = publish(
			Account::Alice,
			model,
			made_from(publication(1, OPEN), &[], &[dataset], Permill::from_percent(10)),
		);
		assert!(pay(Account::Eve, Pot::Dataset(dataset), ATL / 1_000));
		let enter = RuntimeCall::SafeMode(pallet_safe_mode::Call::force_enter {});
		assert_ok!(dispatch(enter, Origin::EmergencyStop.into()));
		assert!(SafeMode::is_entered());

		let filtered = sp_runtime::DispatchError::from(frame_system::Error::<R>::CallFiltered);
		let facts = facts(2, OPEN);
		assert_noop!(call(Account::Bob, provenance::register_dataset { facts }), filtered);
		assert_noop!(
			call(Account::Bob, models::create_model { slug: b"x".to_vec() }),
			filtered
		);
		let tip = rewards::tip {
			pot: Pot::Version(version),
			amount: ATL,
		};
		assert_noop!(call(Account::Bob, tip), filtered);

		assert_ok!(withdraw_consent(Account::Bob, dataset));
		assert_eq!(flag(version), Some(Flag::NoServing));
		assert_ok!(call(Account::Bob, provenance::revoke { attestation }));
		assert_ok!(call(Account::Alice, models::withdraw_version { version }));
		assert_ok!(call(
			Account::Bob,
			rewards::close {
				pot: Pot::Dataset(dataset)
			}
		));
	});
}

#[test]
fn a_proxy_for_registries_gives_nothing_away() {
	let to = Some(account(Account::Eve));
	let forbidden: [RuntimeCall; 5] = [
		models::offer_model {
			model: atelier_primitives::ids::ModelId(0),
			to: to.clone(),
		}
		.into(),
		models::claim_similar {
			original: atelier_primitives::ids::VersionId(0),
			copy: atelier_primitives::ids::VersionId(1),
		}
		.into(),
		provenance::offer_dataset {
			dataset: atelier_primitives::ids::DatasetId(0),
			to,
		}
		.into(),
		rewards::tip {
			pot: Pot::Version(atelier_primitives::ids::VersionId(0)),
			amount: 1,
		}
		.into(),
		pallet_balances::Call::transfer_all {
			dest: account(Account::Eve).into(),
			keep_alive: false,
		}
		.into(),
	];
	for kind in [ProxyKind::Registry, ProxyKind::NonTransfer] {
		for call in &forbidden {
			assert!(!kind.filter(call), "{kind:?}: {call:?}");
		}
		let allowed: [RuntimeCall; 3] = [
			models::create_model { slug: Vec::new() }.into(),
			provenance::register_dataset { facts: facts(1, OPEN) }.into(),
			rewards::claim {}.into(),
		];
		for call in &allowed {
			assert!(kind.filter(call), "{kind:?}: {call:?}");
		}
	}
	assert!(ProxyKind::NonTransfer.is_superset(&ProxyKind::Registry));
	assert!(!ProxyKind::Registry.is_superset(&ProxyKind::NonTransfer));
}
