// SPDX-License-Identifier: Apache-2.0

//! What accounts can do together or for one another: batches, multisigs, proxies, transactions paid by somebody else.

use crate::{
	economics::deposit, Balance, Balances, OriginCaller, Runtime, RuntimeCall, RuntimeEvent, Signature, System,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	parameter_types,
	traits::{ConstU32, InstanceFilter},
};
use scale_info::TypeInfo;
use sp_runtime::traits::{BlakeTwo256, Verify};

parameter_types! {
	/// A multisig entry: key, 4 + 32 + 16 + 32 bytes and the list.
	pub const MultisigDepositBase: Balance = deposit(1, 88);
	/// One more signatory.
	pub const MultisigDepositFactor: Balance = deposit(0, 32);
	/// A proxy list's key and fixed part.
	pub const ProxyDepositBase: Balance = deposit(1, 8);
	/// One more proxy: account, kind and delay.
	pub const ProxyDepositFactor: Balance = deposit(0, 37);
	pub const AnnouncementDepositBase: Balance = deposit(1, 16);
	/// One more announcement: account, call hash and height.
	pub const AnnouncementDepositFactor: Balance = deposit(0, 68);
}

impl pallet_utility::Config for Runtime {
	type PalletsOrigin = OriginCaller;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

impl pallet_multisig::Config for Runtime {
	type BlockNumberProvider = System;
	type Currency = Balances;
	type DepositBase = MultisigDepositBase;
	type DepositFactor = MultisigDepositFactor;
	type MaxSignatories = ConstU32<100>;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_multisig::weights::SubstrateWeight<Runtime>;
}

/// What a proxy may do for its owner.
#[derive(
	Copy,
	Clone,
	Eq,
	PartialEq,
	Ord,
	PartialOrd,
	Encode,
	Decode,
	DecodeWithMemTracking,
	Debug,
	MaxEncodedLen,
	TypeInfo,
	Default,
)]
pub enum ProxyKind {
	/// Everything.
	#[default]
	Any,
	/// Everything that moves no money out of the account.
	NonTransfer,
	/// Votes, referenda and contributors' business.
	Governance,
	/// Session keys, so that a validator's keys can be rotated without the key that holds its money.
	SessionKeys,
	/// Rejects announced calls.
	CancelProxy,
	/// Publishes models and data, attests, and takes back. It hands nothing over and wagers nothing; but what it publishes
	/// may owe shares to others, and what it takes back is taken back for good.
	Registry,
	/// Works: says that the worker is there, settles, does jobs, audits, and answers the court. It moves no bond, offer or
	/// key. But what it claims the worker is slashed for.
	Operator,
}

impl InstanceFilter<RuntimeCall> for ProxyKind {
	fn filter(&self, call: &RuntimeCall) -> bool {
		match self {
			ProxyKind::Any => true,
			// A list of what is allowed: a pallet added later stays closed until someone thought about it.
			ProxyKind::NonTransfer => {
				matches!(
					call,
					RuntimeCall::System(_)
						| RuntimeCall::Session(_)
						| RuntimeCall::Grandpa(_)
						| RuntimeCall::Babe(_)
						| RuntimeCall::Utility(_)
						| RuntimeCall::Multisig(_)
						| RuntimeCall::Preimage(_)
						| RuntimeCall::ConvictionVoting(_)
						| RuntimeCall::Referenda(_)
						| RuntimeCall::Whitelist(_)
						| RuntimeCall::ContributorsCollective(_)
						| RuntimeCall::ContributorsCore(_)
						| RuntimeCall::ContributorsReferenda(_)
						| RuntimeCall::Validators(_)
				) || registers(call)
			}
			ProxyKind::Governance => matches!(
				call,
				RuntimeCall::Preimage(_)
					| RuntimeCall::ConvictionVoting(_)
					| RuntimeCall::Referenda(_)
					| RuntimeCall::Whitelist(_)
					| RuntimeCall::ContributorsCollective(_)
					| RuntimeCall::ContributorsCore(_)
					| RuntimeCall::ContributorsReferenda(_)
					| RuntimeCall::Utility(_)
			),
			ProxyKind::SessionKeys => {
				matches!(call, RuntimeCall::Session(pallet_session::Call::set_keys { .. }))
			}
			ProxyKind::Operator => works(call) || matches!(call, RuntimeCall::Utility(_)),
			ProxyKind::Registry => registers(call) || matches!(call, RuntimeCall::Utility(_)),
			ProxyKind::CancelProxy => {
				matches!(call, RuntimeCall::Proxy(pallet_proxy::Call::reject_announcement { .. }))
			}
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		match (self, other) {
			(a, b) if a == b => true,
			(ProxyKind::Any, _) => true,
			(_, ProxyKind::Any) => false,
			(ProxyKind::NonTransfer, ProxyKind::Governance | ProxyKind::SessionKeys | ProxyKind::Registry) => true,
			_ => false,
		}
	}
}

/// What a worker does every day, and what it has to do in time.
fn works(call: &RuntimeCall) -> bool {
	use pallet_disputes::Call as disputes;
	use pallet_jobs::Call as jobs;
	use pallet_workers::Call as workers;
	matches!(
		call,
		RuntimeCall::Workers(workers::heartbeat { .. })
			| RuntimeCall::Jobs(
				jobs::settle { .. }
					| jobs::settle_batch { .. }
					| jobs::close { .. }
					| jobs::conclude_session { .. }
					| jobs::accept { .. }
					| jobs::decline { .. }
					| jobs::start { .. }
					| jobs::input_missing { .. }
					| jobs::deliver { .. }
					| jobs::post_answer { .. }
					| jobs::post_chunks { .. }
					| jobs::conclude_job { .. },
			) | RuntimeCall::Disputes(
			disputes::commit_audit { .. }
				| disputes::reveal_audit { .. }
				| disputes::clear_report { .. }
				| disputes::serve { .. }
				| disputes::post_trace { .. }
				| disputes::play { .. }
		)
	)
}

/// Work with what an account registered, by which no model, dataset or bond becomes another's.
fn registers(call: &RuntimeCall) -> bool {
	use pallet_models::Call as models;
	use pallet_provenance::Call as provenance;
	use pallet_rewards::Call as rewards;
	match call {
		RuntimeCall::Models(call) => !matches!(
			call,
			models::offer_model { .. } | models::accept_model { .. } | models::claim_similar { .. }
		),
		RuntimeCall::Provenance(call) => !matches!(
			call,
			provenance::offer_dataset { .. } | provenance::accept_dataset { .. }
		),
		RuntimeCall::Rewards(call) => !matches!(call, rewards::tip { .. }),
		_ => false,
	}
}

impl pallet_proxy::Config for Runtime {
	type AnnouncementDepositBase = AnnouncementDepositBase;
	type AnnouncementDepositFactor = AnnouncementDepositFactor;
	type BlockNumberProvider = System;
	type CallHasher = BlakeTwo256;
	type Currency = Balances;
	type MaxPending = ConstU32<32>;
	type MaxProxies = ConstU32<32>;
	type ProxyDepositBase = ProxyDepositBase;
	type ProxyDepositFactor = ProxyDepositFactor;
	type ProxyType = ProxyKind;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
}

impl pallet_verify_signature::Config for Runtime {
	type AccountIdentifier = <Signature as Verify>::Signer;
	type Signature = Signature;
	type WeightInfo = pallet_verify_signature::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::SignatureHelper;
}

impl pallet_meta_tx::Config for Runtime {
	#[cfg(not(feature = "runtime-benchmarks"))]
	type Extension = crate::MetaTxExtension;
	/// The benchmark cannot make the real one, whose parts have no defaults.
	#[cfg(feature = "runtime-benchmarks")]
	type Extension = pallet_meta_tx::WeightlessExtension<Runtime>;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_meta_tx::weights::SubstrateWeight<Runtime>;
}
