// SPDX-License-Identifier: Apache-2.0

//! The part of blocks that is kept for the court is the court's: strangers cannot fill it and stop its clock.

use crate::world::*;
use atelier_primitives::ids::DisputeId;
use atelier_referee::dispute::{Charge, Evidence, Party};
use atelier_runtime::{
	Disputes, RuntimeCall, System, TxExtension,
	configs::{BlockLimits, MAXIMUM_BLOCK_LENGTH, ProxyKind},
	extensions::{
		CourtOrder,
		refusals::{NOT_ENTITLED, TOO_SOON},
	},
	genesis::DEVELOPMENT,
};
use atelier_runtime_tests::{Account, Chain, R, account, next_block, signed, transactions};
use frame_support::{
	dispatch::{DispatchClass, DispatchInfo, GetDispatchInfo},
	storage::{TransactionOutcome, with_transaction},
	traits::Get,
	weights::Weight,
};
use pallet_disputes::{
	Call, Config, FRAME_BYTES, MOST_BYTES, Matter, QUIET,
	checks::{Check, without},
	weights::most,
};
use sp_runtime::{
	DispatchError, DispatchResult,
	traits::{DispatchTransaction, TransactionExtension},
	transaction_validity::{InvalidTransaction, TransactionValidityError},
};

const FIRST: DisputeId = DisputeId(0);
const REFUSED: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::Custom(NOT_ENTITLED));
const SOON: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::Custom(TOO_SOON));
const FULL: TransactionValidityError = TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources);

/// Bytes of a transaction, if it does not matter.
const LENGTH: usize = 300;

/// All that a transaction of this account is checked for.
fn extension(who: Account) -> TxExtension {
	transactions::extension(System::account_nonce(account(who)))
}

fn transaction(who: Account, call: impl Into<RuntimeCall>) -> Result<DispatchResult, TransactionValidityError> {
	sent(extension(who), who, call.into(), LENGTH)
}

/// The same without the order of the court.
fn disorderly(who: Account, call: impl Into<RuntimeCall>) -> Result<DispatchResult, TransactionValidityError> {
	let nonce = System::account_nonce(account(who));
	let extension = (
		frame_system::CheckNonce::<R>::from(nonce),
		frame_system::CheckWeight::<R>::new(),
		pallet_transaction_payment::ChargeTransactionPayment::<R>::from(0),
	);
	sent(extension, who, call.into(), LENGTH)
}

fn sent<E: TransactionExtension<RuntimeCall>>(
	extension: E,
	who: Account,
	call: RuntimeCall,
	length: usize,
) -> Result<DispatchResult, TransactionValidityError> {
	let mut info = call.get_dispatch_info();
	info.extension_weight = extension.weight(&call);
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
		// It is the challenger's turn, who was not heard yet in this block.
		assert_eq!(transaction(SERVES, post(&served)), Err(REFUSED));
		assert!(matches!(transaction(CHALLENGES, groundless()), Ok(Err(_))));
		// It failed: for a while it is not heard in the kept part.
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

/// A call that Ferdie makes for somebody whose proxy it is.
fn proxied(real: Account, call: Call<R>) -> RuntimeCall {
	let proxied = pallet_proxy::Call::proxy {
		real: account(real).into(),
		force_proxy_type: None,
		call: Box::new(call.into()),
	};
	proxied.into()
}

fn appoint(by: Account) {
	let add = pallet_proxy::Call::add_proxy {
		delegate: account(Account::Ferdie).into(),
		proxy_type: ProxyKind::Any,
		delay: 0,
	};
	assert!(call(by, add).is_ok());
}

#[test]
fn a_proxy_is_heard_for_whom_it_speaks() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let served = dispute();
		appoint(SERVES);
		assert_eq!(transaction(Account::Ferdie, proxied(SERVES, post(&served))), Ok(Ok(())));
		assert!(Disputes::dispute(FIRST).expect("it goes on").trace.is_some());
		assert!(
			!Disputes::is_quiet(Matter::Dispute(FIRST, Party::Holder)),
			"it was made"
		);
	});
}

/// Its transaction succeeds all the same.
#[test]
fn a_move_that_fails_for_whom_a_proxy_speaks_is_one_that_failed() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let served = dispute();
		appoint(CHALLENGES);
		assert!(call(SERVES, post(&served)).is_ok());
		assert_eq!(
			transaction(Account::Ferdie, proxied(CHALLENGES, groundless())),
			Ok(Ok(()))
		);
		for _ in 0..QUIET {
			assert_eq!(
				transaction(Account::Ferdie, proxied(CHALLENGES, groundless())),
				Err(SOON)
			);
			assert_eq!(transaction(CHALLENGES, groundless()), Err(SOON));
			next_block();
		}
	});
}

/// Looking whether it is the proxy of somebody is paid for, and counted.
#[test]
fn admitting_what_a_proxy_says_weighs_more() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let descend = Call::<R>::descend { dispute: FIRST };
		let own = CourtOrder.weight(&descend.clone().into());
		let spoken = CourtOrder.weight(&proxied(SERVES, descend));
		let read = <R as frame_system::Config>::DbWeight::get().reads(1);
		assert!(spoken.all_gte(own + read));
		let remark = frame_system::Call::remark { remark: vec![] };
		assert_eq!(CourtOrder.weight(&remark.into()), Weight::zero());
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

/// Whether the system lets the largest move into the block as it is.
fn fits() -> bool {
	let info = DispatchInfo {
		call_weight: most::<<R as Config>::WeightInfo>(),
		extension_weight: <R as Config>::MoveOverhead::get(),
		class: DispatchClass::Operational,
		..Default::default()
	};
	let length = (MOST_BYTES + FRAME_BYTES) as usize;
	with_transaction(|| {
		let checked = frame_system::CheckWeight::<R>::do_validate(&info, length)
			.and_then(|(_, next)| frame_system::CheckWeight::<R>::do_prepare(&info, length, next));
		TransactionOutcome::Rollback(Ok::<_, DispatchError>(checked.is_ok()))
	})
	.expect("nothing is nested")
}

/// Whether the court's clock counts the block as it is.
fn counts() -> bool {
	let began = clock();
	next_block();
	clock() > began
}

/// A block that has used so much time in all, and what of it was not the hooks' for this class.
fn used(time: u64, class: DispatchClass) {
	let so_far = System::block_weight().total().ref_time();
	let more = Weight::from_parts(time.saturating_sub(so_far), 0);
	System::register_extra_weight_unchecked(more, class);
}

#[test]
fn the_clock_counts_the_blocks_into_which_the_largest_move_fits() {
	use DispatchClass::{Mandatory, Normal, Operational};
	Chain::from_preset(DEVELOPMENT).run(|| {
		let limits = BlockLimits::get();
		let class = limits.get(Operational);
		let all = limits.max_block.ref_time();
		let reserved = class.reserved.expect("a quarter").ref_time();
		let largest = most::<<R as Config>::WeightInfo>() + <R as Config>::MoveOverhead::get() + class.base_extrinsic;
		let last = |room: u64| room - largest.ref_time();
		// Where the last one begins that fits, and a little later.
		for (full, of, begins, room) in [
			(0, Operational, last(all), true),
			(0, Operational, last(all) + 1, false),
			(0, Mandatory, all, true),
			(all, Normal, all, true),
			(all, Operational, all + last(reserved), true),
			(all, Operational, all + last(reserved) + 1, false),
		] {
			used(full, Normal);
			used(begins, of);
			assert_eq!(fits(), room, "{of:?} {begins}");
			assert_eq!(counts(), room, "{of:?} {begins}");
		}
	});
}

#[test]
fn the_clock_counts_no_block_that_is_too_long_for_the_largest_move() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let longest = MAXIMUM_BLOCK_LENGTH - MOST_BYTES - FRAME_BYTES;
		for (length, room) in [(longest, true), (longest + 1, false)] {
			frame_system::BlockSize::<R>::put(length);
			assert_eq!(fits(), room);
			assert_eq!(counts(), room);
		}
		// Who posts long remarks would convict whoever has a long move to make.
		frame_system::BlockSize::<R>::put(longest + 1);
		assert!(without(Check::Length, counts));
	});
}

#[test]
fn whatever_way_a_move_comes_it_weighs_no_more_beside_its_call_than_the_clock_leaves() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let served = dispute();
		let leaves = <R as Config>::MoveOverhead::get();
		for call in [post(&served), groundless(), Call::descend { dispute: FIRST }] {
			let own: RuntimeCall = call.clone().into();
			let spoken = proxied(SERVES, call);
			let around = spoken.get_dispatch_info().call_weight - own.get_dispatch_info().call_weight;
			assert!(extension(SERVES).weight(&own).all_lte(leaves));
			assert!((extension(SERVES).weight(&spoken) + around).all_lte(leaves));
		}
	});
}
