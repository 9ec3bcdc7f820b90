// SPDX-License-Identifier: Apache-2.0

//! What a chain is launched with: the length of its epochs, which can never change; the periods that governance starts
//! from, and its first contributors. Production chains and test networks share one wasm, so this is genesis state and not code.

pub use pallet_launch::*;

#[allow(clippy::expect_used)] // FRAME's expansion; see the pallets.
#[frame_support::pallet]
pub mod pallet_launch {
	use crate::{
		governance::TrackPeriods,
		parameters::{
			contributor_tracks, disputes, economics, jobs, registries, rewards, safety, token_tracks, validators,
			workers, RuntimeParameters,
		},
		time::DEFAULT_EPOCH_SLOTS,
		ContributorsCollective, Runtime,
	};
	use alloc::vec::Vec;
	use frame_support::pallet_prelude::*;
	use pallet_ranked_collective::Rank;

	#[pallet::config]
	pub trait Config: frame_system::Config<AccountId = crate::AccountId> {}

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::type_value]
	pub fn DefaultEpoch() -> u64 {
		DEFAULT_EPOCH_SLOTS
	}

	/// Slots in an epoch. No call writes it: BABE numbers its epochs by it from genesis on.
	#[pallet::storage]
	pub type EpochSlots<T> = StorageValue<_, u64, ValueQuery, DefaultEpoch>;

	/// Which periods governance starts from. No call writes it: it says which limits periods have.
	#[pallet::storage]
	pub type Started<T> = StorageValue<_, Periods, ValueQuery>;

	/// Which periods governance starts from.
	#[derive(
		Clone,
		Copy,
		Default,
		PartialEq,
		Eq,
		Debug,
		Encode,
		Decode,
		MaxEncodedLen,
		TypeInfo,
		serde::Serialize,
		serde::Deserialize,
	)]
	pub enum Periods {
		/// Days and weeks, as the parameters' defaults state them.
		#[default]
		Production,
		/// A few blocks, for development and tests.
		Short,
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		pub periods: Periods,
		/// Zero means the default.
		pub epoch_slots: u64,
		/// The first contributors and their ranks.
		pub contributors: Vec<(T::AccountId, Rank)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for (who, rank) in &self.contributors {
				let seated = ContributorsCollective::do_add_member_to_rank(who.clone(), *rank, false);
				assert!(seated.is_ok(), "a contributor is listed twice");
			}
			if self.epoch_slots != 0 {
				EpochSlots::<T>::put(self.epoch_slots);
			}
			if self.periods == Periods::Short {
				Started::<T>::put(self.periods);
				for parameter in short() {
					let set = pallet_parameters::Pallet::<Runtime>::set_parameter(
						frame_system::RawOrigin::Root.into(),
						parameter,
					);
					assert!(set.is_ok(), "Root may set every parameter");
				}
			}
		}
	}

	impl<T: Config> Pallet<T> {
		/// Which periods governance started from.
		pub fn periods() -> Periods {
			Started::<T>::get()
		}
	}

	/// Every period at a few blocks, and a validator set that may shrink to one.
	fn short() -> Vec<RuntimeParameters> {
		use contributor_tracks as contributors;
		use token_tracks as token;
		const TRACK: TrackPeriods = TrackPeriods::new(1, 40, 2, 1);
		let token = [
			token::Parameters::UpgradeTrack(token::UpgradeTrack, Some(TRACK)),
			token::Parameters::TreasurerTrack(token::TreasurerTrack, Some(TRACK)),
			token::Parameters::ParametersTrack(token::ParametersTrack, Some(TRACK)),
			token::Parameters::ModerationTrack(token::ModerationTrack, Some(TRACK)),
			token::Parameters::PauserTrack(token::PauserTrack, Some(TRACK)),
			token::Parameters::VoteLocking(token::VoteLocking, Some(10)),
			token::Parameters::UndecidingTimeout(token::UndecidingTimeout, Some(100)),
		];
		let contributors = [
			contributors::Parameters::VoiceTrack(contributors::VoiceTrack, Some(TRACK)),
			contributors::Parameters::MembershipTrack(contributors::MembershipTrack, Some(TRACK)),
			contributors::Parameters::EmergencyTrack(contributors::EmergencyTrack, Some(TRACK)),
			contributors::Parameters::UndecidingTimeout(contributors::UndecidingTimeout, Some(100)),
		];
		let economics = [
			economics::Parameters::TreasurySpendPeriod(economics::TreasurySpendPeriod, Some(20)),
			economics::Parameters::TreasuryPayoutPeriod(economics::TreasuryPayoutPeriod, Some(200)),
		];
		let registries = [
			registries::Parameters::RevealDelay(registries::RevealDelay, Some(2)),
			registries::Parameters::RevealWindow(registries::RevealWindow, Some(100)),
			// The least that it can be: two epochs.
			registries::Parameters::SimilarityPeriod(registries::SimilarityPeriod, Some(0)),
		];
		let rewards = [rewards::Parameters::EraLength(rewards::EraLength, Some(20))];
		let workers = [
			workers::Parameters::SlashDelay(workers::SlashDelay, Some(20)),
			workers::Parameters::Liveness(workers::Liveness, Some(1_000)),
			// One worker can serve alone.
			workers::Parameters::Hosts(workers::Hosts, Some(0)),
		];
		let jobs = [
			// The least that it can be: a day of short epochs.
			jobs::Parameters::ChallengePeriod(jobs::ChallengePeriod, Some(0)),
			jobs::Parameters::AcceptPeriod(jobs::AcceptPeriod, Some(40)),
			jobs::Parameters::StartPeriod(jobs::StartPeriod, Some(40)),
			jobs::Parameters::LeastTime(jobs::LeastTime, Some(40)),
			jobs::Parameters::DemandPeriod(jobs::DemandPeriod, Some(100)),
		];
		let disputes = [
			disputes::Parameters::CommitPeriod(disputes::CommitPeriod, Some(10)),
			disputes::Parameters::RevealPeriod(disputes::RevealPeriod, Some(10)),
			disputes::Parameters::ChallengePeriod(disputes::ChallengePeriod, Some(10)),
			disputes::Parameters::TracePeriod(disputes::TracePeriod, Some(20)),
			disputes::Parameters::ProvePeriod(disputes::ProvePeriod, Some(20)),
			disputes::Parameters::GamePeriod(disputes::GamePeriod, Some(40)),
			disputes::Parameters::DutyPeriod(disputes::DutyPeriod, Some(20)),
			disputes::Parameters::AppealPeriod(disputes::AppealPeriod, Some(10)),
		];
		let mut all = Vec::new();
		all.extend(token.map(RuntimeParameters::TokenTracks));
		all.extend(contributors.map(RuntimeParameters::ContributorTracks));
		all.extend(economics.map(RuntimeParameters::Economics));
		all.extend(registries.map(RuntimeParameters::Registries));
		all.extend(rewards.map(RuntimeParameters::Rewards));
		all.extend(workers.map(RuntimeParameters::Workers));
		all.extend(jobs.map(RuntimeParameters::Jobs));
		all.extend(disputes.map(RuntimeParameters::Disputes));
		all.push(RuntimeParameters::Safety(safety::Parameters::SafeModeDuration(
			safety::SafeModeDuration,
			Some(20),
		)));
		all.push(RuntimeParameters::Validators(validators::Parameters::MinValidators(
			validators::MinValidators,
			Some(1),
		)));
		all
	}
}

/// The epoch length for BABE.
pub struct EpochDuration;

impl frame_support::traits::Get<u64> for EpochDuration {
	fn get() -> u64 {
		EpochSlots::<crate::Runtime>::get()
	}
}
