// SPDX-License-Identifier: Apache-2.0

//! Models and their versions.

use super::Court;
use crate::{
	economics::deposit,
	governance::RegistryModerator,
	launch::EpochDuration,
	parameters::registries::{
		LeastDue, MaxShared, OriginRank, RevealDelay, RevealWindow, SimilarityBond, SimilarityPeriod,
		SimilarityThreshold,
	},
	AccountId, Balance, Balances, BlockNumber, ContributorsCollective, Hash, Models, Provenance, Rewards, Runtime,
	RuntimeHoldReason, System,
};
use atelier_primitives::{
	attestations::{About, ORIGIN},
	ids::{AttestationId, Subject, VersionId},
	models::{Needs, OriginAttestations},
	pots::{Holdings, Pot},
};
use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU32, EitherOf, Get, LinearStoragePrice, Randomness, RankedMembers},
};
use frame_system::EnsureRoot;
use pallet_babe::{EpochStart, RandomnessFromOneEpochAgo};
use sp_runtime::{traits::SaturatedConversion, Permill};

/// What a stage of a claim of similarity lasts beyond the two epochs after which there is new randomness.
pub const SIMILARITY_PERIOD_LEAST: BlockNumber = 10;

parameter_types! {
	pub const ModelRecord: RuntimeHoldReason = RuntimeHoldReason::Models(pallet_models::HoldReason::Record);
	pub const NoBase: Balance = 0;
	/// An item counts as many bytes as it costs (`pallet_models::ITEM_BYTES`).
	pub const ModelByteDeposit: Balance = deposit(0, 1);

	// What governance sets is kept within what the rules can bear.

	pub FirstBlockToReveal: BlockNumber = RevealDelay::get().max(1);
	pub LastBlockToReveal: BlockNumber = RevealWindow::get().max(FirstBlockToReveal::get().saturating_add(1));
	/// Randomness that nobody knew when a claim was made is there after two epochs at the latest.
	pub SimilarityStage: BlockNumber = SimilarityPeriod::get().max(
		EpochDuration::get().saturated_into::<BlockNumber>().saturating_mul(2).saturating_add(SIMILARITY_PERIOD_LEAST)
	);
	/// Independent weights are 0.71 apart.
	pub AlikeBelow: Permill = SimilarityThreshold::get().min(Permill::from_percent(50));
}

/// Who is believed about the origin of weights: contributors of a governed rank, and not about their own models.
pub struct Origins;

impl OriginAttestations for Origins {
	fn confirms(attestation: AttestationId, version: VersionId) -> bool {
		let Some(attested) = Provenance::attestation(attestation) else {
			return false;
		};
		let Some(owner) = Models::owner_of(version) else {
			return false;
		};
		attested.statement.schema == ORIGIN
			&& attested.about == About::One(Subject::Version(version))
			&& attested.holds(System::block_number())
			&& attested.attester != owner
			&& ContributorsCollective::rank_of(&attested.attester).is_some_and(|rank| rank >= OriginRank::get())
	}
}

/// Money in a version's pot, work that uses it or is not final.
pub struct Waiting;

impl Needs for Waiting {
	fn needed(version: VersionId) -> bool {
		!Rewards::empty(Pot::Version(version)) || <crate::Jobs as Needs>::needed(version)
	}
}

/// Randomness of an epoch, named by the block in which the one before it began: all that it was made of came after that.
/// So whoever acted before that block cannot have known or shaped it, not even as an author of blocks.
pub struct FreshRandomness;

impl Randomness<Hash, BlockNumber> for FreshRandomness {
	fn random(subject: &[u8]) -> (Hash, BlockNumber) {
		let (output, _) = RandomnessFromOneEpochAgo::<Runtime>::random(subject);
		let (began, _) = EpochStart::<Runtime>::get();
		(output, began)
	}
}

impl pallet_models::Config for Runtime {
	type Consideration =
		HoldConsideration<AccountId, Balances, ModelRecord, LinearStoragePrice<NoBase, ModelByteDeposit, Balance>>;
	type Currency = Balances;
	type Datasets = Provenance;
	type Judgeable = Court;
	type LeastDue = LeastDue;
	type MaxPromises = ConstU32<16>;
	type MaxShared = MaxShared;
	type ModerationOrigin = EitherOf<EnsureRoot<AccountId>, RegistryModerator>;
	type Needs = Waiting;
	type OriginAttestations = Origins;
	type Randomness = FreshRandomness;
	type RevealDelay = FirstBlockToReveal;
	type RevealWindow = LastBlockToReveal;
	type RuntimeHoldReason = RuntimeHoldReason;
	type SimilarityBond = SimilarityBond;
	type SimilarityPeriod = SimilarityStage;
	type SimilarityThreshold = AlikeBelow;
	type WeightInfo = crate::weights::pallet_models::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::RegistryHelper;
}
