// SPDX-License-Identifier: Apache-2.0

//! The part of blocks that is kept for the court is the court's: strangers cannot fill it and stop its clock.

use crate::world::*;
use atelier_primitives::ids::DisputeId;
use atelier_referee::dispute::{Charge, Evidence};
use atelier_runtime::{
	Disputes, RuntimeCall, System,
	configs::ProxyKind,
	extensions::refusals::{NOT_ENTITLED, TOO_SOON},
	genesis::DEVELOPMENT,
};
use atelier_runtime_tests::{Account, Chain, R, account, next_block, signed, transactions::extension};
use frame_support::dispatch::{DispatchClass, GetDispatchInfo};
use pallet_disputes::{Call, QUIET};
use sp_runtime::{
	DispatchResult,
	traits::{DispatchTransaction, TransactionExtension},
	transaction_validity::{InvalidTransaction, TransactionValidityError},
};

const FIRST: DisputeId = DisputeId(0);
const REFUSED: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::Custom(NOT_ENTITLED));
const SOON: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::Custom(TOO_SOON));
const FULL: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources);

/// A transaction, with all that it is checked for.
fn transaction(who: Account, call: impl Into<RuntimeCall>) -> Result<DispatchResult, TransactionValidityError> {
	let extension = extension(System::account_nonce(account(who)));
	sent(extension, who, call.into())
}

/// The same without the order of the court.
fn disorderly(who: Account, call: impl Into<RuntimeCall>) -> Result<DispatchResult, TransactionValidityError> {
	let nonce = System::account_nonce(account(who));
	let extension = (
		frame_system::CheckNonce::<R>::from(nonce),
		frame_system::CheckWeight::<R>::new(),
		pallet_transaction_payment::ChargeTransactionPayment::<R>::from(0),
	);
	sent(extension, who, call.into())
}

fn sent<E: TransactionExtension<RuntimeCall>>(
	extension: E,
	who: Account,
	call: RuntimeCall,
) -> Result<DispatchResult, TransactionValidityError> {
	let mut info = call.get_dispatch_info();
	info.extension_weight = extension.weight(&call);
	let length = 300;
	extension
		.dispatch_transaction(signed(who), call, &info, length, 0)
		.map(|done| done.map(|_| ()).map_err(|failed| failed.error))
}

/// A move that fails, if it is heard.
fn groundless() -> Call<R> {
	Call::prove {
		dispute: FIRST,
		charge: Charge::State(0),
		evidence: Box::new(Evidence::default()),
	}
}

fn class(call: &RuntimeCall) -> DispatchClass {
	call.get_dispatch_info().class
}

/// A dispute with an honest worker, in which it must post its trace.
fn dispute() -> Served {
	let sample = sample();
	let version = version(&sample);
	hire(SERVES, true);
	let mut talk = Talk::begin(version);
	let served = talk.honest(&sample);
	let work = talk.settle();
	let shown = Box::new(talk.shown(&served));
	assert!(call(CHALLENGES, Call::challenge { work, shown, lot: None }).is_ok());
	served
}

fn post(served: &Served) -> Call<R> {
	Call::post_trace {
		dispute: FIRST,
		trace: served.held.trace.commitment(),
	}
}

fn clock() -> u32 {
	pallet_disputes::Clock::<R>::get()
}

/// Blocks that a stranger fills, as far as it can.
fn filled(blocks: u32, send: impl Fn() -> Result<DispatchResult, TransactionValidityError>) -> u32 {
	let began = clock();
	for _ in 0..blocks {
		while send().is_ok() {}
		next_block();
	}
	clock() - began
}

#[test]
fn a_stranger_who_fills_blocks_with_moves_stops_the_clock_unless_there_is_order() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		dispute();
		next_block();
		assert_eq!(filled(5, || disorderly(Account::Ferdie, groundless())), 0);
		assert_eq!(transaction(Account::Ferdie, groundless()), Err(REFUSED));
		assert_eq!(filled(5, || transaction(Account::Ferdie, groundless())), 5);
	});
}

#[test]
fn whose_turn_it_is_is_heard_once_a_block_and_nobody_else() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let served = dispute();
		for who in [CHALLENGES, PAYER, Account::Ferdie] {
			assert_eq!(transaction(who, post(&served)), Err(REFUSED));
		}
		assert_eq!(transaction(SERVES, groundless()), Err(REFUSED));
		assert_eq!(transaction(SERVES, post(&served)), Ok(Ok(())));
		// It is the challenger's turn; the matter was heard in this block.
		assert_eq!(transaction(SERVES, post(&served)), Err(REFUSED));
		assert_eq!(transaction(CHALLENGES, groundless()), Err(FULL));
		next_block();
		assert!(matches!(transaction(CHALLENGES, groundless()), Ok(Err(_))));
		// It failed: for a while the matter is not heard in the kept part.
		for _ in 0..QUIET {
			assert_eq!(transaction(CHALLENGES, groundless()), Err(SOON));
			next_block();
		}
		assert_eq!(transaction(CHALLENGES, groundless()), Err(FULL));
		next_block();
		assert_eq!(transaction(CHALLENGES, Call::descend { dispute: FIRST }), Ok(Ok(())));
	});
}

#[test]
fn a_party_that_fails_on_purpose_does_not_stop_the_clock() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let served = dispute();
		assert!(call(SERVES, post(&served)).is_ok());
		assert_eq!(filled(5, || disorderly(CHALLENGES, groundless())), 0);
		assert_eq!(filled(5, || transaction(CHALLENGES, groundless())), 5);
	});
}

#[test]
fn nothing_comes_in_under_the_cover_of_something_else() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let served = dispute();
		let inner = || RuntimeCall::from(post(&served));
		let batch = |calls| RuntimeCall::from(pallet_utility::Call::batch { calls });
		let multisig = pallet_multisig::Call::as_multi_threshold_1 {
			other_signatories: vec![account(Account::Ferdie)],
			call: Box::new(inner()),
		};
		let governance = frame_system::Call::kill_prefix {
			prefix: vec![],
			subkeys: 1_000,
		};
		let derivative = pallet_utility::Call::as_derivative {
			index: 0,
			call: Box::new(inner()),
		};
		let covers: [RuntimeCall; 5] = [
			batch(vec![inner()]),
			multisig.into(),
			governance.into(),
			derivative.into(),
			pallet_proxy::Call::proxy {
				real: account(SERVES).into(),
				force_proxy_type: None,
				call: Box::new(inner()),
			}
			.into(),
		];
		for cover in covers {
			assert_eq!(class(&cover), DispatchClass::Operational, "{cover:?}");
			for who in [SERVES, Account::Ferdie] {
				assert_eq!(transaction(who, cover.clone()), Err(REFUSED), "{cover:?}");
			}
		}
		// Nothing is not operational.
		assert_eq!(class(&batch(vec![])), DispatchClass::Normal);
		// With something that is not operational it is a transaction like any other.
		let remark = frame_system::Call::remark { remark: vec![] };
		let wrapped = batch(vec![remark.into(), inner()]);
		assert_eq!(class(&wrapped), DispatchClass::Normal);
		assert_eq!(transaction(SERVES, wrapped), Ok(Ok(())));
		assert!(Disputes::dispute(FIRST).expect("it goes on").trace.is_some());
	});
}

#[test]
fn a_proxy_is_heard_for_whom_it_speaks() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let served = dispute();
		let add = pallet_proxy::Call::add_proxy {
			delegate: account(Account::Ferdie).into(),
			proxy_type: ProxyKind::Any,
			delay: 0,
		};
		assert!(call(SERVES, add).is_ok());
		let speak = pallet_proxy::Call::proxy {
			real: account(SERVES).into(),
			force_proxy_type: None,
			call: Box::new(post(&served).into()),
		};
		assert_eq!(transaction(Account::Ferdie, speak), Ok(Ok(())));
		assert!(Disputes::dispute(FIRST).expect("it goes on").trace.is_some());
	});
}

#[test]
fn who_shows_no_lot_accuses_in_everybodys_part() {
	let sample = sample();
	Chain::from_preset(DEVELOPMENT).run(|| {
		let version = version(&sample);
		hire(SERVES, true);
		let mut talk = Talk::begin(version);
		let served = talk.honest(&sample);
		let work = talk.settle();
		let shown = Box::new(talk.shown(&served));
		let anybodys = Call::<R>::challenge {
			work,
			shown: shown.clone(),
			lot: None,
		};
		assert_eq!(class(&anybodys.clone().into()), DispatchClass::Normal);
		let lot = Some(atelier_primitives::work::draw::Lot {
			pre_output: [0; 32],
			proof: [0; 64],
		});
		let auditors = Call::<R>::challenge { work, shown, lot };
		assert_eq!(class(&auditors.clone().into()), DispatchClass::Operational);
		assert_eq!(transaction(CHALLENGES, auditors), Err(REFUSED));
		assert_eq!(transaction(CHALLENGES, anybodys), Ok(Ok(())));
	});
}
