// SPDX-License-Identifier: Apache-2.0

//! Workers and their bonds.
//!
//! What governance sets counts within bounds, so that no mistake of it, and no majority of a day, makes bonds worthless or
//! keeps them for ever:
//!
//! | parameter | least | most | beyond it |
//! | --- | --- | --- | --- |
//! | `MinBond` | 1 token | 10,000 tokens | names cost nothing; no worker is sound |
//! | `DeterrenceRules.every` | 0.001 tokens | 1,000 tokens | audits of dust; bonds cover nothing |
//! | `LazyAuditSlash` | 0.1% | 50% | auditors sleep; a slip costs as much as a fraud |
//! | `SlashDelay` | an audit window | 30 days | governance cannot look; bonds wait for ever |
//! | `UnbondingPeriod` | [`LeastUnbonding`] | 90 days, or that if it is longer | bonds leave their work; they never leave |
//! | `Liveness` | a minute | a day | workers only send heartbeats; jobs are drawn to workers that are gone |
//! | `NewcomerUntil` | 0.01 tokens | 1,000 tokens | a name costs nothing; nobody ever has one |
//! | `Hosts` | 0 | 2 | more than two are not shown |
//! | `RetrievalPeriod` | an hour | 30 days | hosts fetch weights all day; weights count that are gone |
//!
//! The other parts of `DeterrenceRules` are safe at their limits: with them bonds cover less, or nothing.

use super::{NothingPerRecord, ToTreasury, WorkByteDeposit};
use crate::{
	economics::ATL,
	governance::RegistryModerator,
	parameters::workers::{
		DeterrenceRules, Hosts, LazyAuditSlash, Liveness, MinBond, NewcomerUntil, RetrievalPeriod, SlashDelay,
		UnbondingPeriod,
	},
	time::{DAYS, HOURS, MINUTES},
	AccountId, Balance, Balances, BlockNumber, Disputes, Models, Provenance, Runtime, RuntimeHoldReason, System,
};
use atelier_primitives::{
	attestations::{About, RETRIEVAL},
	ids::{AttestationId, Subject, VersionId},
	work::{
		audits::Audits,
		workers::{Retrieval, Retrievals},
	},
};
use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU32, EitherOf, Get, LinearStoragePrice},
	PalletId,
};
use frame_system::EnsureRoot;
use pallet_workers::Deterrence;
use sp_runtime::Permill;

parameter_types! {
	pub const WorkersPalletId: PalletId = PalletId(*b"atl/work");
	pub const WorkerRecord: RuntimeHoldReason = RuntimeHoldReason::Workers(pallet_workers::HoldReason::Record);
	/// Who was proved wrong loses all of its bond. Never less than silence costs.
	pub const AllOfIt: Permill = Permill::one();
	/// How long it takes at most until nobody can have a bond slashed any more for work of today: audit window, dispute, and
	/// the longest pause, by the periods as they are. As the chain begins that is 15 days; 18 leave some room for full blocks.
	pub LeastUnbonding: BlockNumber = [
		<Runtime as pallet_disputes::Config>::TracePeriod::get(),
		<Runtime as pallet_disputes::Config>::ProvePeriod::get(),
		<Runtime as pallet_disputes::Config>::GamePeriod::get(),
		<Runtime as pallet_disputes::Config>::LongestPause::get(),
	]
	.into_iter()
	.fold(audit_window(), BlockNumber::saturating_add)
	.max(18 * DAYS);
	pub Bond: Balance = MinBond::get().clamp(ATL, 10_000 * ATL);
	pub Rules: Deterrence<Balance> = {
		let rules: Deterrence<Balance> = DeterrenceRules::get();
		Deterrence { every: rules.every.clamp(ATL / 1_000, 1_000 * ATL), ..rules }
	};
	/// Silence costs what the cover counts on: who is found out chooses the mildest fault.
	pub SilenceCosts: Permill = Rules::get().slashed;
	pub LazyCosts: Permill = LazyAuditSlash::get().clamp(Permill::from_perthousand(1), Permill::from_percent(50));
	/// Work that waits when its worker is convicted is forfeited as long as the verdict waits, and for good afterwards: this
	/// only gives governance its time.
	pub Delay: BlockNumber = SlashDelay::get().max(audit_window()).min(30 * DAYS);
	pub UnbondingTakes: BlockNumber = UnbondingPeriod::get().min(90 * DAYS).max(LeastUnbonding::get());
	pub LivenessLasts: BlockNumber = Liveness::get().clamp(MINUTES, DAYS);
	pub NameCosts: Balance = NewcomerUntil::get().clamp(ATL / 100, 1_000 * ATL);
	pub HostsNeeded: u32 = Hosts::get().min(2);
	/// For how long it counts that somebody fetched weights.
	pub Remembered: BlockNumber = RetrievalPeriod::get().clamp(HOURS, 30 * DAYS);
	/// How many blocks the court has not counted.
	pub CourtStood: BlockNumber = <Disputes as Audits<Balance>>::stopped();
}

fn audit_window() -> BlockNumber {
	<Disputes as Audits<Balance>>::window()
}

/// What anybody attested in the registry of provenance of having fetched weights.
pub struct Attested;

impl Retrievals<AccountId> for Attested {
	fn retrieval(version: VersionId, attestation: AttestationId) -> Option<Retrieval<AccountId>> {
		let attested = Provenance::attestation(attestation)?;
		let says = attested.statement.schema == RETRIEVAL
			&& attested.about == About::One(Subject::Version(version))
			&& attested.holds(System::block_number());
		says.then_some(Retrieval {
			by: attested.attester,
			at: attested.made,
			until: attested.statement.expiry,
		})
	}

	fn owner(version: VersionId) -> Option<AccountId> {
		Models::owner_of(version)
	}
}

impl pallet_workers::Config for Runtime {
	type CancelOrigin = EitherOf<EnsureRoot<AccountId>, RegistryModerator>;
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		WorkerRecord,
		LinearStoragePrice<NothingPerRecord, WorkByteDeposit, Balance>,
	>;
	type Currency = Balances;
	type Deterrence = Rules;
	type Hosts = HostsNeeded;
	type LazyAuditSlash = LazyCosts;
	type LeastUnbonding = LeastUnbonding;
	type Liveness = LivenessLasts;
	type MaxOfferers = ConstU32<4_096>;
	type MaxOffers = ConstU32<32>;
	type MinBond = Bond;
	type NewcomerUntil = NameCosts;
	type NotServedSlash = SilenceCosts;
	type PalletId = WorkersPalletId;
	type RetrievalPeriod = Remembered;
	type Retrievals = Attested;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Slash = ToTreasury;
	type SlashDelay = Delay;
	type Stopped = CourtStood;
	type Unbonding = UnbondingTakes;
	type Versions = Models;
	type WeightInfo = crate::weights::pallet_workers::WeightInfo<Runtime>;
	type WrongSlash = AllOfIt;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::WorkHelper;
}
