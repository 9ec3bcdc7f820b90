// SPDX-License-Identifier: Apache-2.0

//! What accounts let others do for them: typed proxies, closed calls, transactions that somebody else pays for.

use atelier_runtime::{
	Balances, MetaTxExtension, Runtime, RuntimeCall, Session, configs::ProxyKind, economics::ATL, genesis::LOCAL,
};
use atelier_runtime_tests::{Account, Chain, account, dispatch, signed};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, traits::InstanceFilter};
use sp_runtime::{MultiAddress, generic::Era, traits::TransactionExtension};

fn transfer() -> RuntimeCall {
	RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
		dest: MultiAddress::Id(account(Account::Eve)),
		value: ATL,
	})
}

fn vote() -> RuntimeCall {
	RuntimeCall::ConvictionVoting(pallet_conviction_voting::Call::unlock {
		class: 0,
		target: MultiAddress::Id(account(Account::Alice)),
	})
}

#[test]
fn a_proxy_does_what_its_kind_allows_and_no_more() {
	let cases = [
		(ProxyKind::Any, true, true),
		(ProxyKind::NonTransfer, false, true),
		(ProxyKind::Governance, false, true),
		(ProxyKind::SessionKeys, false, false),
		(ProxyKind::CancelProxy, false, false),
	];
	for (kind, may_transfer, may_vote) in cases {
		assert_eq!(kind.filter(&transfer()), may_transfer, "{kind:?}");
		assert_eq!(kind.filter(&vote()), may_vote, "{kind:?}");
	}
}

/// The hot key of a worker does its daily calls, and touches neither bond nor money nor keys.
#[test]
fn an_operator_works_and_does_nothing_else() {
	use atelier_primitives::ids::{JobId, SessionId, VersionId, WorkerId};
	use pallet_disputes::Call as disputes;
	use pallet_jobs::Call as jobs;
	use pallet_workers::Call as workers;
	let (job, session) = (JobId(0), SessionId(0));
	let work = atelier_primitives::work::Work::Job(job);
	let allowed: [RuntimeCall; 13] = [
		workers::heartbeat {}.into(),
		jobs::settle_batch {
			batch: Default::default(),
		}
		.into(),
		jobs::close { session }.into(),
		jobs::conclude_session { session }.into(),
		jobs::accept { job }.into(),
		jobs::decline { job }.into(),
		jobs::start { job }.into(),
		jobs::input_missing { job }.into(),
		jobs::post_answer {
			job,
			bytes: Default::default(),
		}
		.into(),
		jobs::conclude_job { job }.into(),
		disputes::commit_audit { work, sealed: [0; 32] }.into(),
		disputes::clear_report {
			work,
			auditor: WorkerId(0),
		}
		.into(),
		pallet_utility::Call::batch { calls: Vec::new() }.into(),
	];
	for call in &allowed {
		assert!(ProxyKind::Operator.filter(call), "{call:?}");
	}
	let forbidden: [RuntimeCall; 9] = [
		transfer(),
		vote(),
		workers::unbond { amount: 1 }.into(),
		workers::withdraw_unbonded {}.into(),
		workers::remove_offer { version: VersionId(0) }.into(),
		workers::leave {}.into(),
		jobs::revoke {
			spender: account(Account::Eve),
		}
		.into(),
		jobs::demand { job }.into(),
		jobs::cancel { job }.into(),
	];
	for call in &forbidden {
		assert!(!ProxyKind::Operator.filter(call), "{call:?}");
	}
	assert!(!ProxyKind::NonTransfer.is_superset(&ProxyKind::Operator));
	assert!(ProxyKind::Any.is_superset(&ProxyKind::Operator));
}

#[test]
fn a_narrow_proxy_cannot_widen_itself_in_a_batch() {
	Chain::from_preset(LOCAL).run(|| {
		let add = pallet_proxy::Call::add_proxy {
			delegate: MultiAddress::Id(account(Account::Bob)),
			proxy_type: ProxyKind::Governance,
			delay: 0,
		};
		assert_ok!(dispatch(RuntimeCall::Proxy(add), signed(Account::Alice)));
		let before = Balances::free_balance(account(Account::Eve));
		for call in [
			transfer(),
			RuntimeCall::Utility(pallet_utility::Call::batch {
				calls: vec![transfer()],
			}),
		] {
			let through = pallet_proxy::Call::proxy {
				real: MultiAddress::Id(account(Account::Alice)),
				force_proxy_type: None,
				call: Box::new(call),
			};
			assert_ok!(dispatch(RuntimeCall::Proxy(through), signed(Account::Bob)));
		}
		assert_eq!(Balances::free_balance(account(Account::Eve)), before);
		// Positive control: a proxy of kind `Any` moves the money.
		let add = pallet_proxy::Call::add_proxy {
			delegate: MultiAddress::Id(account(Account::Charlie)),
			proxy_type: ProxyKind::Any,
			delay: 0,
		};
		assert_ok!(dispatch(RuntimeCall::Proxy(add), signed(Account::Alice)));
		let through = pallet_proxy::Call::proxy {
			real: MultiAddress::Id(account(Account::Alice)),
			force_proxy_type: None,
			call: Box::new(transfer()),
		};
		assert_ok!(dispatch(RuntimeCall::Proxy(through), signed(Account::Charlie)));
		assert_eq!(Balances::free_balance(account(Account::Eve)), before + ATL);
	});
}

#[test]
fn keys_of_a_validator_in_service_cannot_be_purged() {
	Chain::from_preset(LOCAL).run(|| {
		let direct = RuntimeCall::Session(pallet_session::Call::purge_keys {});
		assert_noop!(
			dispatch(direct.clone(), signed(Account::Bob)),
			frame_system::Error::<Runtime>::CallFiltered
		);
		let batch = RuntimeCall::Utility(pallet_utility::Call::batch_all { calls: vec![direct] });
		assert_noop!(
			dispatch(batch, signed(Account::Bob)),
			frame_system::Error::<Runtime>::CallFiltered
		);
		let guarded = RuntimeCall::Validators(pallet_validators::Call::purge_keys {});
		assert_noop!(
			dispatch(guarded, signed(Account::Bob)),
			pallet_validators::Error::<Runtime>::StillInService
		);
		assert!(Session::load_keys(&account(Account::Bob)).is_some());
	});
}

/// A call that `signer` signed, to be paid by anyone.
fn meta_tx(signer: Account, call: RuntimeCall, nonce: u32) -> pallet_meta_tx::MetaTxFor<Runtime> {
	let rest = (
		pallet_meta_tx::MetaTxMarker::<Runtime>::new(),
		frame_system::CheckNonZeroSender::<Runtime>::new(),
		frame_system::CheckSpecVersion::<Runtime>::new(),
		frame_system::CheckTxVersion::<Runtime>::new(),
		frame_system::CheckGenesis::<Runtime>::new(),
		frame_system::CheckMortality::<Runtime>::from(Era::Immortal),
		frame_system::CheckNonce::<Runtime>::from(nonce),
		frame_metadata_hash_extension::CheckMetadataHash::<Runtime>::new(false),
	);
	let version: u8 = 0;
	let payload =
		(version, &call, &rest, rest.implicit().expect("known on chain")).using_encoded(sp_io::hashing::blake2_256);
	let signature = signer.sign(&payload);
	let extension: MetaTxExtension = (
		pallet_verify_signature::VerifySignature::new_with_signature(signature.into(), account(signer)),
		rest.0,
		rest.1,
		rest.2,
		rest.3,
		rest.4,
		rest.5,
		rest.6,
		rest.7,
	);
	pallet_meta_tx::MetaTx::new(call, version, extension)
}

#[test]
fn somebody_else_pays_for_a_signed_call_and_it_cannot_be_replayed() {
	Chain::from_preset(LOCAL).run(|| {
		let before = Balances::free_balance(account(Account::Eve));
		let call = meta_tx(Account::Alice, transfer(), 0);
		let dispatch_it = || {
			let call = pallet_meta_tx::Call::dispatch {
				meta_tx: Box::new(call.clone()),
				meta_tx_encoded_len: call.encoded_size() as u32,
			};
			dispatch(RuntimeCall::MetaTx(call), signed(Account::Bob))
		};
		assert_ok!(dispatch_it());
		assert_eq!(Balances::free_balance(account(Account::Eve)), before + ATL);
		assert!(dispatch_it().is_err());
		assert_eq!(Balances::free_balance(account(Account::Eve)), before + ATL);
	});
}

#[test]
fn a_meta_transaction_with_another_call_than_the_signed_one_is_refused() {
	Chain::from_preset(LOCAL).run(|| {
		let mut forged = meta_tx(Account::Alice, vote(), 0).encode();
		let (signed_call, wanted) = (vote().encode(), transfer().encode());
		let position = forged
			.windows(signed_call.len())
			.position(|part| part == signed_call)
			.expect("contains the call");
		forged.splice(position..position + signed_call.len(), wanted);
		let forged: pallet_meta_tx::MetaTxFor<Runtime> = codec::Decode::decode(&mut &forged[..]).expect("well formed");
		let call = pallet_meta_tx::Call::dispatch {
			meta_tx: Box::new(forged.clone()),
			meta_tx_encoded_len: forged.encoded_size() as u32,
		};
		assert!(dispatch(RuntimeCall::MetaTx(call), signed(Account::Bob)).is_err());
	});
}
