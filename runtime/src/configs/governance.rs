// SPDX-License-Identifier: Apache-2.0

//! The two chambers as pallets. What they may decide is in [`crate::governance`].

use crate::{
	economics::ATL,
	governance::{
		pallet_origins,
		tracks::{
			contributors::{ContributorTracks, MinRankOfTrack},
			token::TokenTracks,
		},
		ContributorsMembership, ContributorsVoice, WhitelistedCaller,
	},
	launch::pallet_launch,
	parameters::{contributor_tracks, token_tracks, EnsureParameterAdmin, RuntimeParameters},
	time::DAYS,
	AccountId, Balance, Balances, BlockNumber, ContributorsCollective, ContributorsReferenda, Preimage, Referenda,
	Runtime, RuntimeCall, RuntimeEvent, Scheduler, System, Treasury,
};
use frame_support::{
	parameter_types,
	traits::{AsEnsureOriginWithArg, ConstU16, ConstU32, EitherOf, EitherOfDiverse, Get, NeverEnsureOrigin},
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess, EnsureSigned, EnsureWithSuccess};
use pallet_ranked_collective::{Rank, TallyOf as ContributorsTallyOf, Unit};

parameter_types! {
	/// Refunded when the referendum has been decided; a proposal stored for nothing costs it.
	pub const SubmissionDeposit: Balance = 10 * ATL;
	/// How often a referendum is looked at when nothing calls for it.
	pub const AlarmInterval: BlockNumber = 1;
	/// The periods of a vote's lock, governed.
	pub VoteLockingPeriod: BlockNumber = token_tracks::VoteLocking::get();
	/// Votes count against every token there is.
	pub MaxTurnout: Balance = Balances::total_issuance();
	/// A whitelisted call that is not dispatched in this time must be whitelisted anew.
	pub const WhitelistExpiry: BlockNumber = 28 * DAYS;
	/// The highest rank of a contributor.
	pub const HighestRank: Rank = 6;
	pub const RootRank: Rank = Rank::MAX;
}

impl pallet_origins::Config for Runtime {}

impl pallet_launch::Config for Runtime {}

impl pallet_parameters::Config for Runtime {
	type AdminOrigin = EnsureParameterAdmin;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeParameters = RuntimeParameters;
	type WeightInfo = ();
}

// Token holders.

impl pallet_conviction_voting::Config for Runtime {
	type BlockNumberProvider = System;
	type Currency = Balances;
	type MaxTurnout = MaxTurnout;
	type MaxVotes = ConstU32<512>;
	type Polls = Referenda;
	type RuntimeEvent = RuntimeEvent;
	type VoteLockingPeriod = VoteLockingPeriod;
	type VotingHooks = ();
	type WeightInfo = pallet_conviction_voting::weights::SubstrateWeight<Runtime>;
}

impl pallet_referenda::Config for Runtime {
	type AlarmInterval = AlarmInterval;
	type BlockNumberProvider = System;
	type CancelOrigin = EnsureRoot<AccountId>;
	type Currency = Balances;
	type KillOrigin = EnsureRoot<AccountId>;
	type MaxQueued = ConstU32<100>;
	type Preimages = Preimage;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type Scheduler = Scheduler;
	type Slash = Treasury;
	type SubmissionDeposit = SubmissionDeposit;
	type SubmitOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type Tally = pallet_conviction_voting::TallyOf<Runtime>;
	type Tracks = TokenTracks;
	type UndecidingTimeout = token_tracks::UndecidingTimeout;
	type Votes = pallet_conviction_voting::VotesOf<Runtime>;
	type WeightInfo = pallet_referenda::weights::SubstrateWeight<Runtime>;
}

/// Root is reached here and nowhere else: a call that the contributors put on the list, dispatched by the token holders.
impl pallet_whitelist::Config for Runtime {
	type BlockNumberProvider = System;
	type DeferredDispatchExpiration = WhitelistExpiry;
	type DispatchWhitelistedOrigin = EitherOfDiverse<EnsureRoot<AccountId>, WhitelistedCaller>;
	type Preimages = Preimage;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_whitelist::weights::SubstrateWeight<Runtime>;
	type WhitelistOrigin = EitherOfDiverse<EnsureRoot<AccountId>, ContributorsVoice>;
}

// Contributors.

/// The second instance of the referenda pallet.
pub type ContributorsReferendaInstance = pallet_referenda::Instance2;

impl pallet_referenda::Config<ContributorsReferendaInstance> for Runtime {
	type AlarmInterval = AlarmInterval;
	type BlockNumberProvider = System;
	type CancelOrigin = EnsureRoot<AccountId>;
	type Currency = Balances;
	type KillOrigin = EnsureRoot<AccountId>;
	type MaxQueued = ConstU32<100>;
	type Preimages = Preimage;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type Scheduler = Scheduler;
	type Slash = Treasury;
	type SubmissionDeposit = SubmissionDeposit;
	/// Only contributors propose in their chamber.
	type SubmitOrigin = AsEnsureOriginWithArg<pallet_ranked_collective::EnsureMember<Runtime, (), 1>>;
	type Tally = ContributorsTallyOf<Runtime>;
	type Tracks = ContributorTracks;
	type UndecidingTimeout = contributor_tracks::UndecidingTimeout;
	type Votes = pallet_ranked_collective::Votes;
	type WeightInfo = pallet_referenda::weights::SubstrateWeight<Runtime>;
}

/// Both chambers can do anything with ranks, the contributors' own track up to the rank below the highest.
type RankAuthority = EitherOf<
	EnsureRootWithSuccess<AccountId, RootRank>,
	EnsureWithSuccess<ContributorsMembership, AccountId, HighestRank>,
>;

impl pallet_ranked_collective::Config for Runtime {
	/// Seats are earned: the fellowship pallet inducts, and only Root adds past it.
	type AddOrigin = EnsureRoot<AccountId>;
	type DemoteOrigin = RankAuthority;
	/// A seat is not transferable.
	type ExchangeOrigin = NeverEnsureOrigin<()>;
	type MaxMemberCount = ();
	type MemberSwappedHandler = crate::ContributorsCore;
	type MinRankOfClass = MinRankOfTrack;
	type Polls = ContributorsReferenda;
	type PromoteOrigin = EnsureRootWithSuccess<AccountId, RootRank>;
	type RemoveOrigin = RankAuthority;
	type RuntimeEvent = RuntimeEvent;
	/// One seat, one vote, whatever the rank.
	type VoteWeight = Unit;
	type WeightInfo = pallet_ranked_collective::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkSetup = crate::ContributorsCore;
}

impl pallet_core_fellowship::Config for Runtime {
	type ApproveOrigin = RankAuthority;
	type Balance = Balance;
	type BlockNumberProvider = System;
	/// Evidence is the hash of a report and a few lines, not the report.
	type EvidenceSize = ConstU32<4_096>;
	type FastPromoteOrigin = EnsureRootWithSuccess<AccountId, RootRank>;
	type InductOrigin = EitherOfDiverse<EnsureRoot<AccountId>, ContributorsMembership>;
	type MaxRank = ConstU16<6>;
	type Members = ContributorsCollective;
	type ParamsOrigin = EnsureRoot<AccountId>;
	type PromoteOrigin = RankAuthority;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_core_fellowship::weights::SubstrateWeight<Runtime>;
}
