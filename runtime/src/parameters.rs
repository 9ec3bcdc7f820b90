// SPDX-License-Identifier: Apache-2.0

//! What governance tunes without a new runtime. The defaults are those of a production chain; the presets `development`
//! and `local` start with shorter periods ([`crate::launch`]), so one wasm serves tests and production.

use crate::{
	economics::{deposit, ATL, EXISTENTIAL_DEPOSIT},
	governance::TrackPeriods,
	time::*,
	AccountId, Balance, BlockNumber, Runtime, RuntimeOrigin,
};
use frame_support::{
	dynamic_params::{dynamic_pallet_params, dynamic_params},
	traits::{EitherOf, EnsureOrigin, EnsureOriginWithArg},
};
use frame_system::EnsureRoot;
use pallet_workers::Deterrence;
use sp_runtime::{FixedU128, Permill};

#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
pub mod dynamic_params {
	use super::*;

	/// Fees and rewards of the base chain.
	#[dynamic_pallet_params]
	#[codec(index = 0)]
	pub mod economics {
		/// The part of each inclusion fee that goes to the treasury; the author gets the rest.
		#[codec(index = 0)]
		pub static FeeTreasuryShare: Permill = Permill::from_percent(50);
		/// What the author of a block gets from the genesis pot.
		#[codec(index = 1)]
		pub static BlockReward: Balance = 2 * ATL;
		/// How often the treasury closes its books.
		#[codec(index = 2)]
		pub static TreasurySpendPeriod: BlockNumber = 7 * DAYS;
		/// How long an approved treasury payment can be claimed.
		#[codec(index = 3)]
		pub static TreasuryPayoutPeriod: BlockNumber = 30 * DAYS;
	}

	/// The validator set.
	#[dynamic_pallet_params]
	#[codec(index = 1)]
	pub mod validators {
		/// Governance cannot remove validators below this many. Four tolerate one that is faulty.
		#[codec(index = 0)]
		pub static MinValidators: u32 = 4;
	}

	/// Periods of the token holders' chamber, one set for each track.
	#[dynamic_pallet_params]
	#[codec(index = 2)]
	pub mod token_tracks {
		#[codec(index = 0)]
		pub static UpgradeTrack: TrackPeriods = TrackPeriods::new(30 * MINUTES, 14 * DAYS, DAYS, DAYS);
		#[codec(index = 1)]
		pub static TreasurerTrack: TrackPeriods = TrackPeriods::new(2 * HOURS, 14 * DAYS, DAYS, DAYS);
		#[codec(index = 2)]
		pub static ParametersTrack: TrackPeriods = TrackPeriods::new(2 * HOURS, 14 * DAYS, DAYS, DAYS);
		#[codec(index = 3)]
		pub static ModerationTrack: TrackPeriods = TrackPeriods::new(2 * HOURS, 7 * DAYS, 12 * HOURS, 12 * HOURS);
		#[codec(index = 4)]
		pub static PauserTrack: TrackPeriods = TrackPeriods::new(10 * MINUTES, 3 * DAYS, HOURS, 10 * MINUTES);
		/// How long tokens stay locked behind a vote, times the conviction.
		#[codec(index = 5)]
		pub static VoteLocking: BlockNumber = 7 * DAYS;
		/// How long a referendum waits for its decision deposit.
		#[codec(index = 6)]
		pub static UndecidingTimeout: BlockNumber = 14 * DAYS;
	}

	/// Periods of the contributors' chamber.
	#[dynamic_pallet_params]
	#[codec(index = 3)]
	pub mod contributor_tracks {
		#[codec(index = 0)]
		pub static VoiceTrack: TrackPeriods = TrackPeriods::new(30 * MINUTES, 7 * DAYS, 2 * HOURS, 10 * MINUTES);
		#[codec(index = 1)]
		pub static MembershipTrack: TrackPeriods = TrackPeriods::new(30 * MINUTES, 7 * DAYS, HOURS, 10 * MINUTES);
		#[codec(index = 2)]
		pub static EmergencyTrack: TrackPeriods = TrackPeriods::new(MINUTES, DAYS, 5 * MINUTES, MINUTES);
		#[codec(index = 3)]
		pub static UndecidingTimeout: BlockNumber = 7 * DAYS;
	}

	/// Safety.
	#[dynamic_pallet_params]
	#[codec(index = 4)]
	pub mod safety {
		/// How long one decision keeps the chain in safe mode; it ends by itself.
		#[codec(index = 0)]
		pub static SafeModeDuration: BlockNumber = DAYS;
	}

	/// Models and data.
	#[dynamic_pallet_params]
	#[codec(index = 5)]
	pub mod registries {
		/// Most of its fee that a version may give away.
		#[codec(index = 0)]
		pub static MaxShared: Permill = Permill::from_percent(50);
		/// Blocks from a promise to the first in which it can be kept: longer than a transaction waits in the pool, so that
		/// whoever copies what it sees there comes later.
		#[codec(index = 1)]
		pub static RevealDelay: BlockNumber = MINUTES;
		/// Blocks from a promise to the last in which it can be kept.
		#[codec(index = 2)]
		pub static RevealWindow: BlockNumber = DAYS;
		/// What a claim of similarity is wagered on. Opening 64 KiB twice costs the copy's owner about 0.2 tokens in fees.
		#[codec(index = 3)]
		pub static SimilarityBond: Balance = 10 * ATL;
		/// How long each stage of such a claim lasts; two epochs at least.
		#[codec(index = 4)]
		pub static SimilarityPeriod: BlockNumber = 6 * HOURS;
		/// Below this ratio of differences to sizes two versions are alike.
		#[codec(index = 5)]
		pub static SimilarityThreshold: Permill = Permill::from_percent(35);
		/// The least that is due to what was copied.
		#[codec(index = 6)]
		pub static LeastDue: Permill = Permill::from_percent(10);
		/// From which rank on a contributor is believed about whose weights they are.
		#[codec(index = 7)]
		pub static OriginRank: u16 = 2;
	}

	/// Pots and who is paid from them.
	#[dynamic_pallet_params]
	#[codec(index = 6)]
	pub mod rewards {
		/// The least that can be given to a pot: the deposit of the 200 bytes and two items that it may take.
		#[codec(index = 0)]
		pub static MinTip: Balance = deposit(2, 200);
		/// The least that the chain divides by itself: below the existential deposit an owner could not be paid anyway.
		#[codec(index = 1)]
		pub static MinDistribution: Balance = EXISTENTIAL_DEPOSIT;
		/// The part of each block that divides pots, if transactions leave it.
		#[codec(index = 2)]
		pub static QueueShare: Permill = Permill::from_percent(10);
		/// For how long earnings are summed.
		#[codec(index = 3)]
		pub static EraLength: BlockNumber = DAYS;
		/// For how many eras earnings are explained: a quarter of a year.
		#[codec(index = 4)]
		pub static ErasKept: u32 = 90;
	}

	/// Workers and their bonds. Prices assume that a token buys about a million written tokens of a model with eight
	/// billion parameters.
	#[dynamic_pallet_params]
	#[codec(index = 7)]
	pub mod workers {
		/// With the rules below it covers 62 tokens of work that is not final: more than one GPU makes in an audit window.
		#[codec(index = 0)]
		pub static MinBond: Balance = 100 * ATL;
		/// What makes cheating a loss. `every` is the value for which one audit is drawn; `slashed` is what silence costs. Of what
		/// is not paid a worker itself loses less than 94%, since levy and treasury's share are not its own, and auditors that
		/// belong to it are paid for looking.
		#[codec(index = 1)]
		pub static DeterrenceRules: Deterrence<Balance> = Deterrence {
			gain: FixedU128::from_rational(3, 2),
			every: ATL,
			colluding: Permill::from_parts(333_333),
			slashed: Permill::from_percent(50),
			forfeited: Permill::from_percent(90),
			prover: Permill::from_percent(20),
		};
		/// What a report costs that was made without looking.
		#[codec(index = 2)]
		pub static LazyAuditSlash: Permill = Permill::from_percent(2);
		/// For how long governance can undo a slash.
		#[codec(index = 3)]
		pub static SlashDelay: BlockNumber = 7 * DAYS;
		/// For how long a bond stays that is on its way out; 18 days at least.
		#[codec(index = 4)]
		pub static UnbondingPeriod: BlockNumber = 21 * DAYS;
		/// For how long a heartbeat counts.
		#[codec(index = 5)]
		pub static Liveness: BlockNumber = 30 * MINUTES;
		/// What the treasury must have got of a worker's pay before it is audited like any other.
		#[codec(index = 6)]
		pub static NewcomerUntil: Balance = ATL;
		/// How many hosts must have fetched the weights of a version before exact work is done with it; two at most.
		#[codec(index = 7)]
		pub static Hosts: u32 = 2;
		/// For how long that counts.
		#[codec(index = 8)]
		pub static RetrievalPeriod: BlockNumber = 7 * DAYS;
	}

	/// Jobs and sessions. Each within its limits: `configs::work::limits`.
	#[dynamic_pallet_params]
	#[codec(index = 8)]
	pub mod jobs {
		/// What auditors get, as a part of what worker and version get.
		#[codec(index = 0)]
		pub static Levy: Permill = Permill::from_percent(2);
		/// What the treasury gets, as a part of the same.
		#[codec(index = 1)]
		pub static TreasuryShare: Permill = Permill::from_percent(5);
		/// For how long what was signed can be settled after a session was closed; a day at least.
		#[codec(index = 2)]
		pub static ChallengePeriod: BlockNumber = DAYS;
		/// How long a session serves at most.
		#[codec(index = 3)]
		pub static MaxLife: BlockNumber = 7 * DAYS;
		/// The least escrow: the existential deposit.
		#[codec(index = 4)]
		pub static MinEscrow: Balance = EXISTENTIAL_DEPOSIT;
		/// The most that may depend on an answer in floats.
		#[codec(index = 5)]
		pub static FloatCap: Balance = 100 * ATL;
		#[codec(index = 6)]
		pub static AcceptPeriod: BlockNumber = 10 * MINUTES;
		#[codec(index = 7)]
		pub static StartPeriod: BlockNumber = 10 * MINUTES;
		/// The least time for an answer, beside a block for each `UnitsPerBlock` units.
		#[codec(index = 8)]
		pub static LeastTime: BlockNumber = 5 * MINUTES;
		#[codec(index = 9)]
		pub static UnitsPerBlock: u32 = 30;
		#[codec(index = 10)]
		pub static DemandPeriod: BlockNumber = HOURS;
		/// More than posting 16 KiB costs; the rest comes back.
		#[codec(index = 11)]
		pub static DemandBond: Balance = ATL / 2;
		#[codec(index = 12)]
		pub static RefusalFine: Balance = ATL / 10;
		#[codec(index = 13)]
		pub static FailureFine: Balance = ATL;
		/// The part of each block that ends and pays what is due: what paying 900 settlements of a block takes, four of a
		/// session at a time and each session of another worker.
		#[codec(index = 14)]
		pub static AgendaShare: Permill = Permill::from_percent(45);
	}

	/// Audits and disputes. Periods are ticks of the court's clock: blocks in which it had room.
	#[dynamic_pallet_params]
	#[codec(index = 9)]
	pub mod disputes {
		/// How many times as often a newcomer's work is audited.
		#[codec(index = 0)]
		pub static NewcomerFactor: u32 = 2;
		#[codec(index = 1)]
		pub static CommitPeriod: u32 = HOURS;
		#[codec(index = 2)]
		pub static RevealPeriod: u32 = 20 * MINUTES;
		/// After that work can still be accused.
		#[codec(index = 3)]
		pub static ChallengePeriod: u32 = 40 * MINUTES;
		#[codec(index = 4)]
		pub static ChallengeBond: Balance = 5 * ATL;
		/// Deriving a million leaves takes a worker well below a minute of a GPU.
		#[codec(index = 5)]
		pub static BondPerMillionLeaves: Balance = ATL / 10;
		/// What of a lost bond the accused gets; a half at most.
		#[codec(index = 6)]
		pub static AccusedPart: Permill = Permill::from_percent(50);
		#[codec(index = 7)]
		pub static TracePeriod: u32 = HOURS;
		#[codec(index = 8)]
		pub static LeavesPerTick: u32 = 32_768;
		#[codec(index = 9)]
		pub static ProvePeriod: u32 = 2 * HOURS;
		/// For all moves of a party.
		#[codec(index = 10)]
		pub static GamePeriod: u32 = 3 * HOURS;
		/// What serving 64 KiB on the chain costs, with a margin.
		#[codec(index = 11)]
		pub static DutyBond: Balance = ATL / 2;
		#[codec(index = 12)]
		pub static DutyPeriod: u32 = 4 * HOURS;
		/// After so many blocks a pause ends by itself.
		#[codec(index = 13)]
		pub static LongestPause: u32 = 14 * DAYS;
		#[codec(index = 14)]
		pub static CanaryBounty: Balance = 5 * ATL;
		/// A committee of nine is paid from it.
		#[codec(index = 15)]
		pub static InquiryBond: Balance = 5 * ATL;
		#[codec(index = 16)]
		pub static CommitteeSize: u32 = 9;
		#[codec(index = 17)]
		pub static AppealPeriod: u32 = 4 * HOURS;
		/// The part of each block that ends what is due, if transactions leave it.
		#[codec(index = 18)]
		pub static AgendaShare: Permill = Permill::from_percent(10);
	}
}

pub use dynamic_params::*;

type RootOrParametersAdmin = EitherOf<EnsureRoot<AccountId>, crate::governance::ParametersAdmin>;

/// Root tunes everything; the parameters' track everything but the rules of governance itself.
pub struct EnsureParameterAdmin;

impl EnsureOriginWithArg<RuntimeOrigin, RuntimeParametersKey> for EnsureParameterAdmin {
	type Success = ();

	fn try_origin(origin: RuntimeOrigin, key: &RuntimeParametersKey) -> Result<(), RuntimeOrigin> {
		match key {
			RuntimeParametersKey::TokenTracks(_)
			| RuntimeParametersKey::ContributorTracks(_)
			| RuntimeParametersKey::Validators(_) => <EnsureRoot<AccountId> as EnsureOrigin<_>>::try_origin(origin),
			RuntimeParametersKey::Economics(_)
			| RuntimeParametersKey::Safety(_)
			| RuntimeParametersKey::Registries(_)
			| RuntimeParametersKey::Rewards(_)
			| RuntimeParametersKey::Workers(_)
			| RuntimeParametersKey::Jobs(_)
			| RuntimeParametersKey::Disputes(_) => <RootOrParametersAdmin as EnsureOrigin<_>>::try_origin(origin),
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn try_successful_origin(_: &RuntimeParametersKey) -> Result<RuntimeOrigin, ()> {
		Ok(RuntimeOrigin::root())
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl Default for RuntimeParameters {
	fn default() -> Self {
		RuntimeParameters::Validators(validators::Parameters::MinValidators(
			validators::MinValidators,
			Some(4),
		))
	}
}
