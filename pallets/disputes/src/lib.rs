// SPDX-License-Identifier: Apache-2.0

//! # Disputes
//!
//! Finds out whether work is right, and what follows if it is not.
//!
//! ## Auditors
//!
//! Whoever has a bond as a worker and wants to audits. Which work follows from the auditor's verifiable random function over
//! randomness that nobody could know when the work was put on the chain (`seeds`): so many audits for so much value, by
//! bond. It computes the drawn answers again, accuses what is wrong, and reports the rest with proofs that only who has
//! computed them can make (`reports`). Whom a worker does not serve says so, and the worker serves it before everybody
//! (`duties`). Some work is wrong on purpose, so that it is seen who looks (`canaries`).
//!
//! ## Accusations
//!
//! Anybody can accuse, with a bond (`accusations`). Of an exact version the referee decides, in one step or by a game that
//! ends in one (`court`): no vote, no tolerance. Whoever does not move in time loses; time is counted by a clock that stands
//! still while the court cannot be spoken to (`clock`). Of a version in floats a committee is asked, and believed
//! (`inquiries`).
//!
//! | who | loses | gets |
//! | --- | --- | --- |
//! | worker whose exact work is proved wrong | its bond, and what of its work is not final | |
//! | who proved it | | its bond back, and a part of the slash |
//! | who accused in vain | its bond | |
//! | who was accused in vain | time | a part of that bond |
//! | auditor that reported without looking | a part of its bond as a worker | |
//!
//! ## Money
//!
//! Bonds are on hold on the accounts of who wagers them. The auditors' fund is on hold on an account that has no key, which
//! genesis endows with the existential deposit. It gets the levy of all work, and gifts; it pays audits, seats of committees
//! and bounties, as far as it has money.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects
	)
)]

extern crate alloc;

mod accusations;
mod admission;
pub mod arrows;
#[cfg(feature = "runtime-benchmarks")]
#[allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::arithmetic_side_effects,
	reason = "what cannot be set up should stop a benchmark"
)]
pub mod benchmarking;
pub mod canaries;
#[doc(hidden)]
pub mod checks;
mod claims;
mod clock;
mod court;
mod duties;
mod errors;
mod events;
mod fund;
mod inquiries;
mod invariants;
mod reports;
mod seeds;
mod storage;
mod types;
mod views;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use atelier_primitives::work::audits::Pending;
use frame_support::{
	pallet_macros::import_section,
	traits::fungible::{Credit, Inspect},
};

pub use admission::QUIET;
pub use pallet::*;
pub use seeds::KEPT;
pub use types::*;
pub use weights::WeightInfo;

pub type BalanceOf<T> = <<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;
/// Money in a hand.
pub type MoneyOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;
pub type PendingOf<T> = Pending<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
pub type DisputeOf<T> = Dispute<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
pub type DutyOf<T> = Duty<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
pub type InquiryOf<T> = Inquiry<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
pub type SeedOf<T> = Seed<BalanceOf<T>>;
pub type TicketOf<T> = <T as Config>::Consideration;
pub type ReportOf<T> = Report<<T as frame_system::Config>::AccountId, TicketOf<T>>;

/// Most disputes of a worker at once: it must be able to answer all of them.
pub const ACTIVE: u32 = 2;
/// Most that wait.
pub const WAITING: u32 = 64;
/// Most things due at one tick before they spill into the next.
pub const BUCKET: u32 = 256;
/// Bytes of the largest move: 129 KiB of leaves with their lengths, and the digests beside them.
pub const MOST_BYTES: u32 = 192 * 1024;
/// Bytes of a transaction beside its call, and of a proxy's around the move: signature, addresses, extensions.
pub const FRAME_BYTES: u32 = 1_024;

// FRAME's expansion of the declarations below calls `expect`; our own code is searched for it by `scripts/test lint`.
#[allow(clippy::expect_used)]
#[import_section(errors::errors)]
#[import_section(events::events)]
#[import_section(storage::storage)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::{boxed::Box, vec::Vec};
	use atelier_primitives::{
		ids::{DisputeId, WorkerId},
		models::Versions,
		views::disputes::*,
		work::{
			audits::Works,
			draw::{Lot, MOST_DRAWS},
			workers::Accused,
			Work,
		},
		BlockNumber,
	};
	use atelier_referee::{
		commit::Commitment,
		dispute::{Charge, Evidence, Game, Move, Parts, Party},
		hash::Digest,
	};
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Balanced, BalancedHold, Mutate, MutateHold},
			Consideration, Footprint, OnUnbalanced, Randomness,
		},
		weights::WeightMeter,
		PalletId,
	};
	use frame_system::pallet_prelude::*;
	use sp_runtime::{
		traits::{AccountIdConversion, SaturatedConversion},
		Permill,
	};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// The currency of bonds and fees.
		type Currency: Balanced<Self::AccountId>
			+ Mutate<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ BalancedHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		type RuntimeHoldReason: From<HoldReason>;

		/// What the record of a report costs, until it is cleared.
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// Who works and audits.
		type Workers: Accused<Self::AccountId, BalanceOf<Self>>;

		/// What was put on the chain and is not final.
		type Works: Works<Self::AccountId, BalanceOf<Self>>;

		/// By what rules answers of a version are right. It must know versions whose work is not final.
		type Versions: Versions<Self::AccountId, BalanceOf<Self>>;

		/// Draws. Nobody may know its output before the block that it names, and no author may shape it after that.
		type Randomness: Randomness<Self::Hash, BlockNumberFor<Self>>;

		/// Whether transactions are kept out of blocks now: safe mode, a migration.
		type Suspended: Get<bool>;

		/// Value for which one audit is to be expected. Larger: workers need larger bonds for the same work.
		type AuditEvery: Get<BalanceOf<Self>>;

		/// How many times as often a newcomer is audited.
		type NewcomerFactor: Get<u32>;

		/// What an audit is paid. `NewcomerFactor` times this is not more than the levy on the value for which an audit is
		/// expected: otherwise whoever audits work that it sells to itself earns more than it pays.
		type AuditFee: Get<BalanceOf<Self>>;

		/// Most blocks until the seed is known that draws what is put on the chain now: two epochs.
		type SeedDelay: Get<u32>;

		/// Ticks for auditors to compute answers again.
		type CommitPeriod: Get<u32>;

		/// Ticks to reveal. Long enough that nobody can be kept out of all of them.
		type RevealPeriod: Get<u32>;

		/// Ticks after that in which work can still be accused and reports be shown to be false.
		type ChallengePeriod: Get<u32>;

		/// The least that an accusation is wagered on. Lower: workers are troubled for less than it costs them.
		type ChallengeBond: Get<BalanceOf<Self>>;

		/// What is wagered besides for each million leaves of the trace: what deriving them costs the accused.
		type BondPerMillionLeaves: Get<BalanceOf<Self>>;

		/// What of a lost bond the accused gets. Below the whole: otherwise who accuses itself keeps others from being heard
		/// at no cost.
		type AccusedPart: Get<Permill>;

		/// Ticks to derive a trace, beside one for each `LeavesPerTick` leaves.
		type TracePeriod: Get<u32>;

		/// Leaves that a worker derives in a tick.
		type LeavesPerTick: Get<u32>;

		/// Ticks to find what is wrong in a trace.
		type ProvePeriod: Get<u32>;

		/// Ticks for all moves of a party in a game. More: who accuses in vain freezes a worker's pay for longer. Less: who
		/// answers honestly loses by being slow.
		type GamePeriod: Get<u32>;

		/// What a move weighs at most beside its call: it is admitted, it comes through a proxy. Less than that, and blocks
		/// count in which it does not fit.
		type MoveOverhead: Get<Weight>;

		/// The part of a block that goes to what is due, if transactions and other hooks leave it.
		type AgendaShare: Get<Permill>;

		/// What an auditor wagers on not being served: what serving on the chain costs.
		type DutyBond: Get<BalanceOf<Self>>;

		/// Ticks to serve.
		type DutyPeriod: Get<u32>;

		/// Who stops the court's clock.
		type PauseOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// After so many blocks a pause ends by itself.
		type LongestPause: Get<u32>;

		/// Who may announce work that is wrong on purpose.
		type CanaryOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Self::AccountId>;

		/// What finding it is paid.
		type CanaryBounty: Get<BalanceOf<Self>>;

		/// What an accusation of work in floats is wagered on; a committee is paid from it, so it must be worth twice its seats.
		type InquiryBond: Get<BalanceOf<Self>>;

		/// Seats that a committee is expected to have.
		type CommitteeSize: Get<u32>;

		/// Ticks to appeal.
		type AppealPeriod: Get<u32>;

		/// Gets what is lost and goes to nobody: the treasury.
		type Lost: OnUnbalanced<MoneyOf<Self>>;

		/// The account of the fund derives from this. It must never change while there is money.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		type WeightInfo: WeightInfo;

		/// What benchmarks need of the pallets beside this one.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::benchmarking::Helper<Self::AccountId>;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// It was wagered on an accusation.
		Bond,
		/// It pays auditors.
		Fund,
		/// It pays for the record of a report.
		Report,
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			let account = Pallet::<T>::account();
			let least = T::Currency::minimum_balance();
			// A genesis that lists the account decides what it has; in any other it lives all the same.
			if T::Currency::balance(&account) < least {
				let endowed = T::Currency::mint_into(&account, least);
				assert!(endowed.is_ok(), "the genesis has as much money as can be counted");
			}
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// All that an auditor must know of work that is not final. None: it is unknown or final.
		pub fn audit(work: Work) -> Option<AuditView<T::AccountId, BalanceOf<T>>> {
			Self::view_audit(work)
		}

		/// What an auditor said of work. None: nothing.
		pub fn report(work: Work, auditor: WorkerId) -> Option<ReportView> {
			Self::view_report(work, auditor)
		}

		/// What an accusation of a claim of a version with so many tokens is wagered on now. None: no such claim can be
		/// disputed.
		pub fn challenge_bond(work: Work, input: u32, output: u32) -> Option<BalanceOf<T>> {
			Self::view_bond(work, input, output)
		}

		pub fn dispute(dispute: DisputeId) -> Option<DisputeView<T::AccountId, BalanceOf<T>>> {
			Self::view_dispute(dispute)
		}

		/// How far a game is that is played.
		pub fn game(dispute: DisputeId) -> Option<Game> {
			Self::view_game(dispute)
		}

		/// The disputes about a worker: those that go on, then those that wait.
		pub fn disputes_of(worker: WorkerId) -> Vec<DisputeId> {
			Self::view_disputes_of(worker)
		}

		pub fn duty(duty: u64) -> Option<DutyView<T::AccountId, BalanceOf<T>>> {
			Self::view_duty(duty)
		}

		pub fn inquiry(dispute: DisputeId) -> Option<InquiryView<T::AccountId, BalanceOf<T>>> {
			Self::view_inquiry(dispute)
		}

		/// The court's clock, and what the fund has.
		pub fn court() -> CourtView<BalanceOf<T>> {
			Self::view_court()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Give to the auditors' fund. Nothing of it comes back.
		///
		/// - Origin: signed by who gives.
		/// - Errors: those of the currency.
		/// - Emits `Endowed`.
		#[pallet::call_index(0)]
		pub fn endow(origin: OriginFor<T>, #[pallet::compact] amount: BalanceOf<T>) -> DispatchResult {
			Self::do_endow(ensure_signed(origin)?, amount)
		}

		/// Commit to what one will report of work. See [`atelier_primitives::work::draw::sealed`].
		///
		/// - Origin: signed by an auditor.
		/// - Errors: `UnknownWork`, `WorkIsFinal`, `AlreadyConvicted`, `NotAuditor`, `OwnWork`, `SeedUnknown`,
		///   `TooLateToCommit`, `AlreadyReported`, and those of the deposit.
		/// - Emits `AuditCommitted`.
		#[pallet::call_index(1)]
		pub fn commit_audit(origin: OriginFor<T>, work: Work, sealed: Digest) -> DispatchResult {
			Self::do_commit_audit(ensure_signed(origin)?, work, sealed)
		}

		/// Reveal it: a proof for each drawn unit, in their order. The audits are paid.
		///
		/// - Origin: signed by the auditor.
		/// - Errors: `UnknownWork`, `WorkIsFinal`, `AlreadyConvicted`, `NotAuditor`, `OwnWork`, `SeedUnknown`, `NotTheLot`,
		///   `NotDrawn`, `NotCommitted`, `AlreadyReported`, `TooEarlyToReveal`, `TooLateToReveal`, `NotTheSealed`,
		///   `NotAllDrawn`.
		/// - Emits `Audited`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::reveal_audit(MOST_DRAWS))]
		pub fn reveal_audit(
			origin: OriginFor<T>,
			work: Work,
			lot: Lot,
			salt: Digest,
			proofs: Proofs,
		) -> DispatchResult {
			Self::do_reveal_audit(ensure_signed(origin)?, work, lot, salt, proofs.into_inner())
		}

		/// Show the numbers that a proof of an auditor should have been made with, and was not.
		///
		/// - Origin: signed by anybody, who gets a part of the slash.
		/// - Errors: `UnknownWork`, `NotCommitted`, `NotRevealed`, `NotTheProofs`, `NoSuchProof`, `NotInWork`,
		///   `NotTheRequest`, `NotTheDrawnClaim`, `UnknownVersion`, `NotTheLeaves`, `NotTheNumbers`, `ProofIsRight`.
		/// - Emits `LazyAudit`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::expose(exhibit.numbers.len() as u32))]
		pub fn expose(origin: OriginFor<T>, work: Work, auditor: WorkerId, exhibit: Box<Exhibit>) -> DispatchResult {
			Self::do_expose(ensure_signed(origin)?, work, auditor, *exhibit)
		}

		/// Show that an auditor reported on a claim that was wrong on purpose.
		///
		/// - Origin: signed by anybody, who gets a part of the slash.
		/// - Errors: `NoCanary`, `NotProvedYet`, `NotCommitted`, `NotRevealed`, `NotTheProofs`, `NoSuchProof`,
		///   `NotTheDrawnClaim`.
		/// - Emits `LazyAudit`.
		#[pallet::call_index(4)]
		pub fn expose_blind(
			origin: OriginFor<T>,
			work: Work,
			auditor: WorkerId,
			proofs: Proofs,
			number: u32,
		) -> DispatchResult {
			Self::do_expose_blind(ensure_signed(origin)?, work, auditor, proofs.into_inner(), number)
		}

		/// Forget a report on work that is final, and what its auditor asked for. Its deposit returns.
		///
		/// - Origin: signed by anybody.
		/// - Errors: `WorkIsNotFinal`.
		#[pallet::call_index(5)]
		pub fn clear_report(origin: OriginFor<T>, work: Work, auditor: WorkerId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_clear_report(work, auditor)
		}

		/// Say that a worker does not serve what one was drawn to see.
		///
		/// - Origin: signed by the auditor.
		/// - Errors: `UnknownWork`, `WorkIsFinal`, `AlreadyConvicted`, `NotAuditor`, `OwnWork`, `SeedUnknown`, `NotTheLot`,
		///   `NotDrawn`, `NotAudited`, `AlreadyAsked`, `NoSuchLeaf`, `ClaimIsWrongByItself`, `NotInWork`, `NotTheRequest`, `NotTheDrawnClaim`, `UnknownVersion`, `Overflow`, and
		///   those of the currency.
		/// - Emits `NotServed`.
		#[pallet::call_index(6)]
		pub fn not_served(origin: OriginFor<T>, work: Work, lot: Lot, number: u32, what: Unserved) -> DispatchResult {
			Self::do_not_served(ensure_signed(origin)?, work, lot, number, what)
		}

		/// Serve it before everybody. The auditor's bond pays for the trouble.
		///
		/// - Origin: signed by the worker.
		/// - Errors: `UnknownDuty`, `NotParty`, `TimeIsOver`, `NotWhatIsOwed`, `UnknownWork`, `NotInWork`, `NotTheRequest`,
		///   `NotTheDrawnClaim`, `NotTheLeaves`.
		/// - Emits `Served`.
		#[pallet::call_index(7)]
		#[pallet::weight((T::WeightInfo::serve(served.leaves()), DispatchClass::Operational))]
		pub fn serve(origin: OriginFor<T>, duty: u64, served: Served) -> DispatchResult {
			Self::do_serve(ensure_signed(origin)?, duty, served)
		}

		/// End a duty that was not done in time.
		///
		/// - Origin: signed by anybody.
		/// - Errors: `UnknownDuty`, `TimeIsNotOver`.
		/// - Emits `Withheld` if there was something left to be served.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::expire())]
		pub fn expire_duty(origin: OriginFor<T>, duty: u64) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_expire_duty(duty)
		}

		/// Say that a claim in a piece of work is wrong.
		///
		/// - Origin: signed by anybody; of sealed work by the payer, or by an auditor with the lot that draws it.
		/// - Errors: `UnknownWork`, `WorkIsFinal`, `AlreadyConvicted`, `Sealed`, `NotTheRequest`, `NotInWork`,
		///   `UnknownVersion`, `QueueFull`, `Overflow`, and those of the currency.
		/// - Emits `Challenged` and `TraceDue`; or `WrongByItself`; or `InquiryBegan`.
		#[pallet::call_index(9)]
		// Who shows no lot may be anybody: it speaks in the part of blocks that is everybody's.
		#[pallet::weight((
			T::WeightInfo::challenge().max(T::WeightInfo::challenge_evident()),
			if lot.is_some() { DispatchClass::Operational } else { DispatchClass::Normal }
		))]
		pub fn challenge(origin: OriginFor<T>, work: Work, shown: Box<Shown>, lot: Option<Lot>) -> DispatchResult {
			Self::do_challenge(ensure_signed(origin)?, work, *shown, lot)
		}

		/// Commit to the trace of a claim in dispute.
		///
		/// - Origin: signed by the worker.
		/// - Errors: `UnknownDispute`, `TimeIsOver`, `NotParty`, `WrongStage`, `WrongTrace`.
		/// - Emits `TracePosted`.
		#[pallet::call_index(10)]
		#[pallet::weight((T::WeightInfo::post_trace(), DispatchClass::Operational))]
		pub fn post_trace(origin: OriginFor<T>, dispute: DisputeId, trace: Commitment) -> DispatchResult {
			Self::do_post_trace(ensure_signed(origin)?, dispute, trace)
		}

		/// Prove a fraud in one step.
		///
		/// - Origin: signed by the challenger.
		/// - Errors: `UnknownDispute`, `TimeIsOver`, `NotParty`, `WrongStage`, `DecidesNothing`, `NoFraud`.
		/// - Emits `Upheld`.
		#[pallet::call_index(11)]
		#[pallet::weight((T::WeightInfo::prove(evidence.encoded_size() as u32), DispatchClass::Operational))]
		pub fn prove(
			origin: OriginFor<T>,
			dispute: DisputeId,
			charge: Charge,
			evidence: Box<Evidence>,
		) -> DispatchResult {
			Self::do_prove(ensure_signed(origin)?, dispute, charge, *evidence)
		}

		/// Ask for the game, since the worker does not serve its trace, or since what is wrong has no proof in one step.
		///
		/// - Origin: signed by the challenger.
		/// - Errors: `UnknownDispute`, `TimeIsOver`, `NotParty`, `WrongStage`.
		/// - Emits `Turn`.
		#[pallet::call_index(12)]
		#[pallet::weight((T::WeightInfo::descend(), DispatchClass::Operational))]
		pub fn descend(origin: OriginFor<T>, dispute: DisputeId) -> DispatchResult {
			Self::do_descend(ensure_signed(origin)?, dispute)
		}

		/// Make a move.
		///
		/// - Origin: signed by whose turn it is.
		/// - Errors: `UnknownDispute`, `TimeIsOver`, `WrongStage`, `NotParty`, `NotThisMove`, `NoSuchNode`,
		///   `NotTheCommitted`, `NoSuchCharge`, `WrongParts`, `DecidesNothing`.
		/// - Emits `Turn`, `Upheld` or `Rejected`.
		#[pallet::call_index(13)]
		#[pallet::weight((weights::of_move::<T::WeightInfo>(played), DispatchClass::Operational))]
		pub fn play(origin: OriginFor<T>, dispute: DisputeId, played: Move) -> DispatchResult {
			Self::do_play(ensure_signed(origin)?, dispute, played)
		}

		/// Give up.
		///
		/// - Origin: signed by either party; by the worker once it is asked.
		/// - Errors: `UnknownDispute`, `NotParty`, `WrongStage`.
		/// - Emits `Upheld` or `Rejected`.
		#[pallet::call_index(14)]
		#[pallet::weight((T::WeightInfo::expire(), DispatchClass::Operational))]
		pub fn concede(origin: OriginFor<T>, dispute: DisputeId) -> DispatchResult {
			Self::do_concede(ensure_signed(origin)?, dispute)
		}

		/// End a dispute in which somebody did not move in time, or that has nothing left to decide.
		///
		/// - Origin: signed by anybody.
		/// - Errors: `UnknownDispute`, `TimeIsNotOver`.
		/// - Emits `Upheld`, `Rejected` or `Moot`.
		#[pallet::call_index(15)]
		pub fn expire(origin: OriginFor<T>, dispute: DisputeId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_expire(dispute)
		}

		/// Commit to a vote. See [`atelier_primitives::work::draw::ballot`].
		///
		/// - Origin: signed by an auditor that is drawn.
		/// - Errors: `UnknownDispute`, `WrongStage`, `SeedUnknown`, `NotAuditor`, `OwnWork`, `TooLateToCommit`,
		///   `AlreadyVoted`, `NotTheLot`, `NotDrawn`.
		/// - Emits `VoteCommitted`.
		#[pallet::call_index(16)]
		pub fn commit_vote(origin: OriginFor<T>, dispute: DisputeId, lot: Lot, ballot: Digest) -> DispatchResult {
			Self::do_commit_vote(ensure_signed(origin)?, dispute, lot, ballot)
		}

		/// Reveal it.
		///
		/// - Origin: signed by the auditor.
		/// - Errors: `UnknownDispute`, `WrongStage`, `SeedUnknown`, `NotAuditor`, `NotCommitted`, `TooEarlyToReveal`,
		///   `TooLateToReveal`, `NotTheSealed`, `Overflow`.
		/// - Emits `Voted`.
		#[pallet::call_index(17)]
		pub fn reveal_vote(origin: OriginFor<T>, dispute: DisputeId, wrong: bool, salt: Digest) -> DispatchResult {
			Self::do_reveal_vote(ensure_signed(origin)?, dispute, wrong, salt)
		}

		/// Count the votes; or end an inquiry that nobody has appealed.
		///
		/// - Origin: signed by anybody.
		/// - Errors: `UnknownDispute`, `SeedUnknown`, `TimeIsNotOver`.
		/// - Emits `InquiryDecided` or `InquiryEnded`.
		#[pallet::call_index(18)]
		pub fn conclude_inquiry(origin: OriginFor<T>, dispute: DisputeId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_conclude_inquiry(dispute)
		}

		/// Ask a larger committee, with a bond six times as large.
		///
		/// - Origin: signed by anybody.
		/// - Errors: `UnknownDispute`, `WrongStage`, `TimeIsOver`, `Overflow`, and those of the currency.
		/// - Emits `Appealed`.
		#[pallet::call_index(19)]
		pub fn appeal(origin: OriginFor<T>, dispute: DisputeId) -> DispatchResult {
			Self::do_appeal(ensure_signed(origin)?, dispute)
		}

		/// Stop the court's clock for a while. It goes on by itself.
		///
		/// - Origin: [`Config::PauseOrigin`].
		/// - Errors: `Paused`.
		/// - Emits `Paused`.
		#[pallet::call_index(20)]
		pub fn pause(origin: OriginFor<T>) -> DispatchResult {
			T::PauseOrigin::ensure_origin(origin)?;
			Self::do_pause(Self::now())
		}

		/// Let it go on before that.
		///
		/// - Origin: [`Config::PauseOrigin`].
		/// - Errors: `NotPaused`.
		/// - Emits `Resumed`.
		#[pallet::call_index(21)]
		pub fn resume(origin: OriginFor<T>) -> DispatchResult {
			T::PauseOrigin::ensure_origin(origin)?;
			Self::do_resume(Self::now())
		}

		/// Announce in secret that some work will be wrong on purpose. See [`canaries::secret`].
		///
		/// - Origin: [`Config::CanaryOrigin`].
		/// - Errors: `AlreadyArmed`.
		/// - Emits `CanaryArmed`.
		#[pallet::call_index(22)]
		pub fn arm_canary(origin: OriginFor<T>, secret: Digest) -> DispatchResult {
			let operator = T::CanaryOrigin::ensure_origin(origin)?;
			Self::do_arm(operator, secret)
		}

		/// Forget that a claim was asked about, once its work is final.
		///
		/// - Origin: signed by anybody.
		/// - Errors: `WorkIsNotFinal`.
		#[pallet::call_index(24)]
		#[pallet::weight(T::WeightInfo::clear_report())]
		pub fn clear_inquiry(origin: OriginFor<T>, work: Work, claim: Digest) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_clear_inquiry(work, claim)
		}

		/// Say that the claim in a dispute is such work, before its trace is due.
		///
		/// - Origin: [`Config::CanaryOrigin`], by who announced it.
		/// - Errors: `UnknownDispute`, `WrongStage`, `NoCanary`, `NotParty`, `UnknownWork`.
		/// - Emits `CanarySprung`.
		#[pallet::call_index(23)]
		pub fn spring_canary(origin: OriginFor<T>, dispute: DisputeId, salt: Digest) -> DispatchResult {
			let operator = T::CanaryOrigin::ensure_origin(origin)?;
			Self::do_spring(operator, dispute, salt)
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			Self::record_seed();
			// The end of the block too.
			T::WeightInfo::each_block()
		}

		fn on_poll(_: BlockNumberFor<T>, meter: &mut WeightMeter) {
			Self::do_due(meter)
		}

		fn on_finalize(now: BlockNumberFor<T>) {
			Self::tick(now.saturated_into())
		}

		fn integrity_test() {
			assert!(
				Self::had_room(&Default::default(), 0),
				"the largest move must fit into a block"
			);
			assert!(
				T::WeightInfo::expire().ref_time() > 0 && T::WeightInfo::bucket().ref_time() > 0,
				"the agenda is bounded by what its steps weigh"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	impl<T: Config> Pallet<T> {
		/// The account of the fund.
		pub fn account() -> T::AccountId {
			T::PalletId::get().into_account_truncating()
		}
	}

	/// What is due by the court's clock.
	pub type Agenda<T> = atelier_agenda::Agenda<Dues<T>, NextDue<T>, Due, ConstU32<BUCKET>>;
}
