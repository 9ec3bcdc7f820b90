// SPDX-License-Identifier: Apache-2.0

//! Safe mode: what still works while everything else stands still.

use crate::{
	governance::EmergencyStop, parameters::safety::SafeModeDuration, AccountId, Balance, Balances, BlockNumber,
	Runtime, RuntimeCall, RuntimeEvent, RuntimeHoldReason,
};
use frame_support::{
	parameter_types,
	traits::{Contains, EitherOf, Get, NeverEnsureOrigin},
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess, EnsureWithSuccess};

parameter_types! {
	/// Nobody can buy safe mode.
	pub const NoDeposit: Option<Balance> = None;
	pub const NoDelay: Option<BlockNumber> = None;
	/// The governed duration, in the form that origins carry.
	pub SafeModeBlocks: BlockNumber = SafeModeDuration::get();
}

/// Consensus, governance, and taking back what is one's own.
///
/// Wrappers are let through because the call inside meets the
/// same filter again.
pub struct CallsInSafeMode;

impl Contains<RuntimeCall> for CallsInSafeMode {
	fn contains(call: &RuntimeCall) -> bool {
		use pallet_disputes::Call as disputes;
		use pallet_jobs::Call as jobs;
		use pallet_models::Call as models;
		use pallet_provenance::Call as provenance;
		use pallet_rewards::Call as rewards;
		use pallet_workers::Call as workers;
		use RuntimeCall as C;
		match call {
			// What blocks cannot be without, and the repair of the chain.
			C::Timestamp(_) | C::Babe(_) | C::Grandpa(_) | C::System(_) | C::MultiBlockMigrations(_) => true,
			C::Session(_) | C::Validators(_) => true,
			// Both chambers, so that what was begun can be decided and what is wrong repaired.
			C::Preimage(_) | C::Referenda(_) | C::ConvictionVoting(_) | C::Whitelist(_) | C::Parameters(_) => true,
			C::ContributorsReferenda(_) | C::ContributorsCollective(_) | C::ContributorsCore(_) => true,
			C::SafeMode(_) | C::Scheduler(_) => true,
			// Wrappers.
			C::Utility(_) | C::Multisig(_) | C::MetaTx(_) => true,
			C::Proxy(_) => true,
			// Nobody can block that data or a model is taken back; deposits return; what began with a clock goes on.
			C::Models(
				models::withdraw_version { .. }
				| models::remove_version { .. }
				| models::remove_model { .. }
				| models::release_alias { .. }
				| models::clear_promises { .. }
				| models::draw_similar { .. }
				| models::open_similar { .. }
				| models::say_unserved { .. }
				| models::serve_similar { .. }
				| models::end_similar { .. }
				| models::decide_contest { .. },
			) => true,
			C::Provenance(
				provenance::withdraw_consent { .. }
				| provenance::revoke { .. }
				| provenance::remove_dataset { .. }
				| provenance::remove_schema { .. }
				| provenance::remove_attestation { .. },
			) => true,
			// What was earned already; all but gifts.
			C::Rewards(
				rewards::distribute { .. } | rewards::claim { .. } | rewards::claim_for { .. } | rewards::close { .. },
			) => true,
			// What was earned, bonds on their way out, and whatever a party of a dispute has to do in time.
			C::Workers(
				workers::heartbeat { .. }
				| workers::withdraw_unbonded { .. }
				| workers::claim { .. }
				| workers::claim_for { .. }
				| workers::apply_slash { .. }
				| workers::cancel_slash { .. },
			) => true,
			C::Jobs(
				jobs::settle { .. }
				| jobs::settle_batch { .. }
				| jobs::close { .. }
				| jobs::conclude_session { .. }
				| jobs::conclude_job { .. }
				| jobs::revoke { .. }
				| jobs::claim { .. }
				| jobs::deliver { .. }
				| jobs::post_answer { .. }
				| jobs::post_chunks { .. }
				| jobs::cancel { .. },
			) => true,
			C::Disputes(
				disputes::commit_audit { .. }
				| disputes::reveal_audit { .. }
				| disputes::expose { .. }
				| disputes::expose_blind { .. }
				| disputes::clear_report { .. }
				| disputes::not_served { .. }
				| disputes::serve { .. }
				| disputes::expire_duty { .. }
				| disputes::challenge { .. }
				| disputes::spring_canary { .. }
				| disputes::post_trace { .. }
				| disputes::prove { .. }
				| disputes::descend { .. }
				| disputes::play { .. }
				| disputes::concede { .. }
				| disputes::expire { .. }
				| disputes::commit_vote { .. }
				| disputes::reveal_vote { .. }
				| disputes::conclude_inquiry { .. }
				| disputes::clear_inquiry { .. }
				| disputes::appeal { .. }
				| disputes::pause { .. }
				| disputes::resume { .. },
			) => true,
			// A payment that the treasury owes already.
			C::Treasury(pallet_treasury::Call::payout { .. } | pallet_treasury::Call::check_status { .. }) => true,
			_ => false,
		}
	}
}

/// Both chambers together, or the contributors' emergency track alone.
type RootOrEmergency = EitherOf<
	EnsureRootWithSuccess<AccountId, SafeModeBlocks>,
	EnsureWithSuccess<EmergencyStop, AccountId, SafeModeBlocks>,
>;

impl pallet_safe_mode::Config for Runtime {
	type Currency = Balances;
	type EnterDepositAmount = NoDeposit;
	type EnterDuration = SafeModeDuration;
	type ExtendDepositAmount = NoDeposit;
	type ExtendDuration = SafeModeDuration;
	type ForceDepositOrigin = NeverEnsureOrigin<()>;
	type ForceEnterOrigin = RootOrEmergency;
	type ForceExitOrigin = EitherOf<EnsureRoot<AccountId>, EmergencyStop>;
	type ForceExtendOrigin = RootOrEmergency;
	type Notify = ();
	type ReleaseDelay = NoDelay;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WeightInfo = pallet_safe_mode::weights::SubstrateWeight<Runtime>;
	type WhitelistedCalls = CallsInSafeMode;
}
