// SPDX-License-Identifier: Apache-2.0

//! # Jobs
//!
//! Pays for answers: whoever pays gets the answer or the money back, and whoever answers is paid, once nobody can show any
//! more that the answer is wrong.
//!
//! ## Sessions: any number of answers
//!
//! 1. A worker signs a quote for a payer: price, the most that may be deposited, how much it serves unsigned. The payer
//!    opens a session with it ([`Pallet::open`]).
//! 2. Prompts and answers go from one to the other, off the chain. After each answer the session's key signs a voucher:
//!    all units so far, and the root of all receipts.
//! 3. The worker settles the newest voucher when it likes ([`Pallet::settle`]). Its root must have the receipts of the root
//!    settled before. The money stays on hold until the audits of what was settled are over, and is then paid.
//! 4. Either side closes the session ([`Pallet::close`]), or it expires. What was signed can be settled for a challenge
//!    period longer; then what nobody settled goes back to the payer.
//!
//! A payer risks what it signed; a worker risks what it serves unsigned. The deposit is on hold on the payer's own account
//! until it is paid or goes back.
//!
//! ## Jobs: one answer
//!
//! A payer submits a job; a drawn or chosen worker accepts, says that it has the input, delivers a claim, and is paid
//! after the audits. Each stage has a last block and one outcome after it ([`ARROWS`]; docs/jobs.md).
//!
//! ## Spending keys
//!
//! An account grants another to open sessions with its money, up to a cap ([`Pallet::grant`]). What comes back from a
//! session can be spent again. The key can send the money to nobody, but choosing the worker is choosing who is paid:
//! the cap is what a stolen key can cost.
//!
//! ## What happens by itself
//!
//! Whatever has a last block is in the agenda, which is worked through in a part of each block
//! ([`Config::AgendaShare`]). Anybody may do it earlier: [`Pallet::conclude_session`], [`Pallet::conclude_job`]. Audit windows
//! stop while the worker is accused, sessions while a verdict against it waits, and all clocks while nobody can speak to the
//! court.

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

mod arrows;
// Benchmarks are tests: what is wrong in them shall stop them.
#[cfg(feature = "runtime-benchmarks")]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]
pub mod benchmarking;
#[doc(hidden)]
pub mod checks;
mod clocks;
mod conclude;
mod deliver;
mod demand;
mod due;
mod ending;
mod errors;
mod events;
mod grants;
mod invariants;
mod money;
mod refusals;
mod sessions;
mod settle;
mod settled;
mod stages;
mod submit;
mod tally;
mod types;
mod views;
pub mod weights;
mod works;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::pallet_macros::import_section;

pub use arrows::{Arrow, Thing, ARROWS, NOTHING};
pub use pallet::*;
pub use types::*;
pub use views::{JobViewOf, JobsPage, SessionViewOf, SessionsPage};
pub use weights::WeightInfo;

// FRAME's expansion of the declarations below calls `expect`; our own code is searched for it by `scripts/test lint`.
#[allow(clippy::expect_used)]
#[import_section(errors::errors)]
#[import_section(events::events)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::{boxed::Box, vec::Vec};
	use atelier_primitives::{
		ids::{JobId, SessionId, VersionId, WorkerId},
		models::Versions,
		pots::Pots,
		views::jobs::GrantView,
		work::{
			audits::{Audits, Drawing},
			workers::Workers,
		},
		BlockNumber,
	};
	use atelier_referee::{
		claim::Claim,
		commit::{
			mountain::{self, Peaks},
			Bounded, RangesProof,
		},
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
		traits::{Convert, IdentifyAccount, Verify},
		Permill,
	};

	/// Storage as it is read here.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		type RuntimeHoldReason: From<HoldReason>;

		/// The currency of everything that is paid.
		type Currency: Balanced<Self::AccountId>
			+ Mutate<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ BalancedHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// What stored bytes cost; `size` counts an item as [`ITEM_BYTES`].
		type Consideration: Consideration<Self::AccountId, Footprint>;

		/// Who signs quotes and vouchers.
		type Signer: IdentifyAccount<AccountId = Self::AccountId>;
		type Signature: Verify<Signer = Self::Signer> + Parameter;

		/// Who works.
		type Workers: Workers<Self::AccountId, BalanceOf<Self>>;

		/// What drawing a worker weighs at most.
		type DrawWeight: Get<Weight>;

		/// Who looks whether work is right.
		type Audits: Audits<BalanceOf<Self>, Money = MoneyOf<Self>>;

		/// What may be used for what.
		type Versions: Versions<Self::AccountId, BalanceOf<Self>, Weight = Weight>;

		/// Where versions' fees go.
		type Pots: Pots<Money = MoneyOf<Self>>;

		/// Gets its share of every payment, and what nobody else can take.
		type Treasury: OnUnbalanced<MoneyOf<Self>>;

		/// Draws workers. Whoever could choose its output could choose who works, not who audits.
		type Randomness: Randomness<Self::Hash, BlockNumberFor<Self>>;

		/// The account that keeps what could not be paid derives from this. It must never change while there is any.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// What auditors and the treasury get, as parts of what worker and version get.
		type Levy: Get<Permill>;
		type TreasuryShare: Get<Permill>;

		/// How long what was signed can be settled after a session was closed. Lower than [`Config::LeastChallenge`] it is
		/// that: a worker that is away for a night must not lose what it served.
		type ChallengePeriod: Get<BlockNumber>;
		type LeastChallenge: Get<BlockNumber>;

		/// How long a session serves at most. What a withdrawal of a version does not stop at once, it stops after that.
		type MaxLife: Get<BlockNumber>;

		/// The least that is put on hold for a session or a job: what is settled must be worth the work of the chain.
		type MinEscrow: Get<BalanceOf<Self>>;

		/// The most that may depend on an answer that the chain cannot judge.
		type FloatCap: Get<BalanceOf<Self>>;

		/// How long a worker has to accept a job, and then to say that it has the input.
		type AcceptPeriod: Get<BlockNumber>;
		type StartPeriod: Get<BlockNumber>;

		/// The least time for an answer, and for how many of its units a block more: what the slowest worker needs that may
		/// be drawn. Lower, a payer could have drawn workers fined by hurrying them.
		type LeastTime: Get<BlockNumber>;
		type UnitsPerBlock: Get<u32>;

		/// How long a worker has to post an answer that is demanded, and what the payer wagers on it. It comes back but for what
		/// posting costs.
		type DemandPeriod: Get<BlockNumber>;
		type DemandBond: Get<BalanceOf<Self>>;

		/// How much longer what is demanded waits while the worker is accused. Shorter than a duty towards an auditor lasts, a
		/// worker that serves nobody could have the duty come to nothing with the job; without an end, one that keeps itself
		/// accused would hold the payer's money for ever.
		type Hearing: Get<BlockNumber>;

		/// What a call costs its sender, by its weight and bytes: so much of the bond pays for posting an answer.
		type PostingCost: Convert<(Weight, u32), BalanceOf<Self>>;

		/// What a worker is fined that refuses what it was drawn for, or accepts and does not start; and one that starts
		/// and does not deliver.
		type RefusalFine: Get<BalanceOf<Self>>;
		type FailureFine: Get<BalanceOf<Self>>;

		/// The part of a block that goes to the agenda, before any transaction, if other hooks leave it. Unless zero, at least one
		/// thing a block, so that a small value cannot stop it.
		type AgendaShare: Get<Permill>;

		/// How much longer what is final may wait for more of the same session, so that the agenda pays both at once. Somebody
		/// who does not want to wait calls.
		type Patience: Get<BlockNumber>;

		/// How many things are noted for one block before they spill into the next.
		#[pallet::constant]
		type BucketSize: Get<u32>;

		type WeightInfo: WeightInfo;

		/// What benchmarks need of the pallets beside this one.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::benchmarking::Helper<Self::AccountId, Self::Signature, BalanceOf<Self>>;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What money is held for.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// It pays for work, or goes back.
		Escrow,
		/// It was wagered that a worker does not hand over an answer.
		Demand,
		/// Somebody has not claimed it yet.
		Claimable,
		/// The bytes of sessions, jobs and grants.
		Record,
	}

	/// The number of the next session.
	#[pallet::storage]
	pub type NextSession<T> = StorageValue<_, SessionId, ValueQuery>;

	/// The number of the next job.
	#[pallet::storage]
	pub type NextJob<T> = StorageValue<_, JobId, ValueQuery>;

	/// The number of the next grant.
	#[pallet::storage]
	pub type NextGrant<T> = StorageValue<_, u64, ValueQuery>;

	#[pallet::storage]
	pub type Sessions<T: Config> = StorageMap<_, Twox64Concat, SessionId, SessionOf<T>>;

	#[pallet::storage]
	pub type Jobs<T: Config> = StorageMap<_, Twox64Concat, JobId, JobOf<T>>;

	/// Which quotes of workers are in use, by which sessions.
	#[pallet::storage]
	pub type Quotes<T> = StorageDoubleMap<_, Twox64Concat, WorkerId, Twox64Concat, u64, SessionId>;

	/// What accounts granted to spending keys: the owner, the key.
	#[pallet::storage]
	pub type Grants<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Blake2_128Concat, T::AccountId, GrantOf<T>>;

	/// How many sessions and jobs use a version.
	#[pallet::storage]
	pub type Using<T> = StorageMap<_, Twox64Concat, VersionId, u32, ValueQuery>;

	/// Sessions by their payers.
	#[pallet::storage]
	pub type SessionsOf<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, SessionId, ()>;

	/// Sessions by their workers.
	#[pallet::storage]
	pub type SessionsBy<T> = StorageDoubleMap<_, Twox64Concat, WorkerId, Twox64Concat, SessionId, ()>;

	/// Jobs by their payers.
	#[pallet::storage]
	pub type JobsOf<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, JobId, ()>;

	/// Jobs by their workers.
	#[pallet::storage]
	pub type JobsBy<T> = StorageDoubleMap<_, Twox64Concat, WorkerId, Twox64Concat, JobId, ()>;

	/// What could not be paid.
	#[pallet::storage]
	pub type Claimable<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, BalanceOf<T>, ValueQuery>;

	/// What is due in which block.
	#[pallet::storage]
	pub type Buckets<T: Config> = StorageMap<_, Twox64Concat, u32, BoundedVec<Item, T::BucketSize>, ValueQuery>;

	/// The oldest block whose bucket is not done.
	#[pallet::storage]
	pub type NextDue<T> = StorageValue<_, u32, ValueQuery>;

	/// The last block in which something was settled, and the mountain range over what.
	#[pallet::storage]
	pub type Settled<T> = StorageValue<_, (BlockNumber, Peaks), ValueQuery>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Pallet::<T>::endow();
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		pub fn session(session: SessionId) -> Option<SessionViewOf<T>> {
			Self::view_session(session)
		}

		/// Sessions of a payer; at most `limit` (100), in the order in which the state has them.
		pub fn sessions_of(payer: T::AccountId, after: Option<SessionId>, limit: u32) -> SessionsPage<T> {
			Self::view_sessions_of(payer, after, limit)
		}

		/// The same of a worker.
		pub fn sessions_by(worker: WorkerId, after: Option<SessionId>, limit: u32) -> SessionsPage<T> {
			Self::view_sessions_by(worker, after, limit)
		}

		pub fn job(job: JobId) -> Option<JobViewOf<T>> {
			Self::view_job(job)
		}

		/// Jobs of a payer; at most `limit` (100), in the order in which the state has them.
		pub fn jobs_of(payer: T::AccountId, after: Option<JobId>, limit: u32) -> JobsPage<T> {
			Self::view_jobs_of(payer, after, limit)
		}

		/// The same of a worker.
		pub fn jobs_by(worker: WorkerId, after: Option<JobId>, limit: u32) -> JobsPage<T> {
			Self::view_jobs_by(worker, after, limit)
		}

		/// What a spending key may still do.
		pub fn granted(owner: T::AccountId, spender: T::AccountId) -> Option<GrantView<BalanceOf<T>>> {
			Self::view_grant(owner, spender)
		}

		/// What waits for an account.
		pub fn claimable(who: T::AccountId) -> BalanceOf<T> {
			Claimable::<T>::get(who)
		}

		/// How many blocks the agenda is behind.
		pub fn agenda_behind() -> u32 {
			Self::behind()
		}
	}

	#[pallet::call(weight(<T as Config>::WeightInfo))]
	impl<T: Config> Pallet<T> {
		/// Open a session with a worker's quote.
		///
		/// - Origin: signed by the payer that the quote names.
		/// - Details: holds the deposit and what the record costs, and pays the reservation.
		/// - Errors: `NotForThisPayer`, `QuoteExpired`, `QuoteTooLong`, `QuoteUsed`, `UnknownWorker`, `BadSignature`,
		///   `ExpiryPassed`, `LifeTooLong`, `EscrowTooSmall`, `AboveCapacity`, `AboveCover`, `AboveFloatCap`, `NoMoreNumbers`,
		///   why the version may not be used, why the worker is not fit, those of the currency.
		/// - Emits `SessionOpened`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::open().saturating_add(T::Versions::most()))]
		pub fn open(
			origin: OriginFor<T>,
			quote: Box<QuoteOf<T>>,
			signature: T::Signature,
			opening: Box<OpeningOf<T>>,
		) -> DispatchResultWithPostInfo {
			let payer = ensure_signed(origin)?;
			let walked = Self::do_open(payer, None, *quote, signature, *opening)?;
			Ok(Some(T::WeightInfo::open().saturating_add(walked)).into())
		}

		/// Open a session with somebody else's money.
		///
		/// - Origin: signed by a spending key of the owner.
		/// - Details: the deposit is held on the owner's account, which pays the reservation. Both count against the
		///   grant's cap. What the record costs is held on the spending key's.
		/// - Errors: as [`Pallet::open`], and `NotGranted`, `GrantExpired`, `CapPassed`.
		/// - Emits `SessionOpened`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::open_for().saturating_add(T::Versions::most()))]
		pub fn open_for(
			origin: OriginFor<T>,
			owner: T::AccountId,
			quote: Box<QuoteOf<T>>,
			signature: T::Signature,
			opening: Box<OpeningOf<T>>,
		) -> DispatchResultWithPostInfo {
			let spender = ensure_signed(origin)?;
			let walked = Self::do_open(owner, Some(spender), *quote, signature, *opening)?;
			Ok(Some(T::WeightInfo::open_for().saturating_add(walked)).into())
		}

		/// Deposit more, up to the quote's capacity.
		///
		/// - Origin: signed by the payer, or by the spending key that opened the session while its grant stands.
		/// - Errors: `UnknownSession`, `NotAParty`, `NotOpen`, `AboveCapacity`, `AboveCover`, `AboveFloatCap`, `NotGranted`,
		///   `GrantExpired`, `CapPassed`, those of the currency.
		/// - Emits `SessionToppedUp`.
		#[pallet::call_index(2)]
		pub fn top_up(origin: OriginFor<T>, session: SessionId, amount: BalanceOf<T>) -> DispatchResult {
			Self::do_top_up(ensure_signed(origin)?, session, amount)
		}

		/// Settle a voucher. Its price waits for audits.
		///
		/// - Origin: signed by the session's worker, by its account or a proxy of that. What is settled is what it claims:
		///   nobody else can make it claim anything.
		/// - Errors: `UnknownSession`, `NotTheWorker`, `SessionEnded`, `OldSequence`, `NothingNew`, `AboveDeposit`, `TooManyPending`,
		///   `BadSignature`, `NotAnExtension`, `ExposureFull` and the other reasons why a worker is not fit. The voucher
		///   stays good.
		/// - Emits `SessionSettled`, and `SettlementPaid` or `SettlementReturned` for each settlement that had become final.
		#[pallet::call_index(3)]
		#[pallet::weight(settle::most::<T>(signed))]
		pub fn settle(origin: OriginFor<T>, signed: Box<Signed<T::Signature>>) -> DispatchResultWithPostInfo {
			Ok(Some(Self::do_settle(ensure_signed(origin)?, &signed)?).into())
		}

		/// Settle vouchers of many sessions of one worker. Those that cannot be settled are left out.
		///
		/// - Origin: signed as [`Pallet::settle`]. Sessions of other workers than the first one's that it may settle for are
		///   left out.
		/// - Details: pays nothing, also where [`Pallet::settle`] would: a session without room for one more is left out.
		/// - Emits `SessionSettled` or `SettlementSkipped` for each.
		#[pallet::call_index(4)]
		#[pallet::weight(settle::batch_weight::<T, _>(batch))]
		pub fn settle_batch(
			origin: OriginFor<T>,
			batch: BoundedVec<Signed<T::Signature>, ConstU32<MAX_BATCH>>,
		) -> DispatchResult {
			Self::do_settle_batch(ensure_signed(origin)?, &batch);
			Ok(())
		}

		/// Close a session. What was signed can be settled for a challenge period.
		///
		/// - Origin: signed by the payer, by the spending key that opened it, or by the worker.
		/// - Errors: `UnknownSession`, `NotAParty`, `NotOpen`, `NoMoreNumbers`.
		/// - Emits `SessionClosed`.
		#[pallet::call_index(5)]
		pub fn close(origin: OriginFor<T>, session: SessionId) -> DispatchResult {
			Self::do_close(ensure_signed(origin)?, session)
		}

		/// Do all that is due in a session: pay what is final, return what nobody settled, remove what is empty.
		///
		/// - Origin: signed by anyone.
		/// - Errors: `UnknownSession`, `NothingDue`.
		/// - Emits `SettlementPaid`, `SettlementReturned`, `SessionEnded`, `SessionRemoved`.
		#[pallet::call_index(6)]
		pub fn conclude_session(origin: OriginFor<T>, session: SessionId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_conclude_session(session)
		}

		/// Let another account open sessions with one's money, up to a cap; or change cap and term of such a grant.
		///
		/// - Origin: signed by whose money it is.
		/// - Errors: `OwnMoney`, `NoMoreNumbers`, those of the deposit.
		/// - Emits `Granted`.
		#[pallet::call_index(7)]
		pub fn grant(
			origin: OriginFor<T>,
			spender: T::AccountId,
			cap: BalanceOf<T>,
			until: BlockNumber,
		) -> DispatchResult {
			Self::do_grant(ensure_signed(origin)?, spender, cap, until)
		}

		/// Take a grant back. Sessions that it opened go on.
		///
		/// - Origin: signed by whose money it is.
		/// - Errors: `NotGranted`.
		/// - Emits `Revoked`.
		#[pallet::call_index(8)]
		pub fn revoke(origin: OriginFor<T>, spender: T::AccountId) -> DispatchResult {
			Self::do_revoke(ensure_signed(origin)?, spender)
		}

		/// Have what waits for an account paid to it.
		///
		/// - Origin: signed by anyone.
		/// - Errors: `NothingToClaim`, those of the currency.
		/// - Emits `Claimed`.
		#[pallet::call_index(9)]
		pub fn claim(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_claim(who)
		}

		/// Ask for one answer.
		///
		/// - Origin: signed by who pays.
		/// - Details: holds the most that it can cost, and what the record costs. A worker is drawn at once if one is fit.
		/// - Errors: `EmptyOrder`, `AnswersWithVector`, `TooManyAudits`, `NothingToAudit`, `TimeTooShort`, `TimeTooLong`, `EscrowTooSmall`, `AboveFloatCap`,
		///   `PriceTooHigh`, `NoMoreNumbers`, why the version may not be used, why the chosen worker is not fit, those of the
		///   currency.
		/// - Emits `JobSubmitted`, and `JobAssigned`.
		#[pallet::call_index(10)]
		#[pallet::weight(submit::most::<T>(order))]
		pub fn submit(origin: OriginFor<T>, order: Box<OrderOf<T>>) -> DispatchResultWithPostInfo {
			Ok(Some(Self::do_submit(ensure_signed(origin)?, *order)?).into())
		}

		/// Draw a worker for a job for which nobody could be drawn.
		///
		/// - Origin: signed by anyone.
		/// - Errors: `UnknownJob`, `WrongStage`, `DeadlinePassed`, `NobodyFit`, `NoMoreNumbers`.
		/// - Emits `JobAssigned`.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::assign().saturating_add(T::DrawWeight::get()))]
		pub fn assign(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_assign(job)
		}

		/// Take a job on.
		///
		/// - Origin: signed by the worker it is assigned to.
		/// - Details: where the version may not be used so any more, the job is over and costs nobody anything.
		/// - Errors: `UnknownJob`, `WrongStage`, `DeadlinePassed`, `NotTheWorker`, `NoMoreNumbers`, why the worker is not fit.
		/// - Emits `JobAccepted` or `JobEnded`.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::accept().max(T::WeightInfo::conclude_job()).saturating_add(T::Versions::most()))]
		pub fn accept(origin: OriginFor<T>, job: JobId) -> DispatchResultWithPostInfo {
			Ok(Some(Self::do_accept(ensure_signed(origin)?, job)?).into())
		}

		/// Refuse a job. Whoever was drawn, and could accept, is fined as if it had not answered; the payer has its money
		/// sooner.
		///
		/// - Origin: signed by the worker it is assigned to.
		/// - Errors: `UnknownJob`, `WrongStage`, `NotTheWorker`.
		/// - Emits `JobEnded`.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::decline().saturating_add(T::Versions::most()))]
		pub fn decline(origin: OriginFor<T>, job: JobId) -> DispatchResultWithPostInfo {
			let walked = Self::do_decline(ensure_signed(origin)?, job)?;
			Ok(Some(T::WeightInfo::decline().saturating_add(walked)).into())
		}

		/// Say that the input is there. From now on the time for the answer runs.
		///
		/// - Origin: signed by the worker.
		/// - Errors: `UnknownJob`, `WrongStage`, `DeadlinePassed`, `NotTheWorker`, `Convicted`, `NoMoreNumbers`.
		/// - Emits `JobStarted`.
		#[pallet::call_index(14)]
		pub fn start(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			Self::do_start(ensure_signed(origin)?, job)
		}

		/// Say that the input cannot be had. The job is void; the payer pays the treasury its share of the most that it could
		/// cost.
		///
		/// - Origin: signed by the worker.
		/// - Errors: `UnknownJob`, `WrongStage`, `DeadlinePassed`, `NotTheWorker`.
		/// - Emits `JobEnded`.
		#[pallet::call_index(15)]
		pub fn input_missing(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			Self::do_input_missing(ensure_signed(origin)?, job)
		}

		/// Deliver: the claim, and of an encrypted answer by what it can be known as it was sent.
		///
		/// - Origin: signed by the worker.
		/// - Details: the audits that the payer ordered are paid for now, however the job ends. What the answer does not cost
		///   goes back.
		/// - Errors: `UnknownJob`, `WrongStage`, `DeadlinePassed`, `NotTheWorker`, `Convicted`, `ClaimOfOtherChain`,
		///   `ClaimOfOtherJob`, `ClaimOfOtherWorker`, `ClaimOfOtherVersion`, `ClaimOfOtherRequest`, `AboveLimits`,
		///   `EmptyAnswer`, `WrongAnswerKind`, `WrongAnswerLength`.
		/// - Emits `JobDelivered`.
		#[pallet::call_index(16)]
		pub fn deliver(origin: OriginFor<T>, job: JobId, claim: Box<Claim>, answer: Option<Sealed>) -> DispatchResult {
			Self::do_deliver(ensure_signed(origin)?, job, &claim, answer)
		}

		/// Say that the answer was not handed over, and wager a bond on it.
		///
		/// - Origin: signed by the payer.
		/// - Errors: `UnknownJob`, `NotThePayer`, `WrongStage`, `DeadlinePassed`, `DemandedBefore`, `NoMoreNumbers`, those of
		///   the bond.
		/// - Emits `AnswerDemanded`.
		#[pallet::call_index(17)]
		pub fn demand(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			Self::do_demand(ensure_signed(origin)?, job)
		}

		/// Post an answer that is demanded: of one in the clear the tokens, four bytes each, or the numbers of the vector; of an
		/// encrypted one what was sent. The bond pays what that costs, the rest of it returns.
		///
		/// - Origin: signed by the worker.
		/// - Errors: `UnknownJob`, `WrongStage`, `DeadlinePassed`, `NotTheWorker`, `NotTheAnswer`.
		/// - Emits `AnswerPosted`.
		#[pallet::call_index(18)]
		#[pallet::weight(T::WeightInfo::post_answer(bytes.len() as u32))]
		pub fn post_answer(
			origin: OriginFor<T>,
			job: JobId,
			bytes: BoundedVec<u8, ConstU32<MAX_POSTED>>,
		) -> DispatchResult {
			Self::do_post_answer(ensure_signed(origin)?, job, &bytes)
		}

		/// Post the drawn chunks of a long answer that is demanded: of one in the clear, leaves of what the claim commits to. The
		/// bond pays what that costs, the rest of it returns.
		///
		/// - Origin: signed by the worker.
		/// - Errors: as [`Pallet::post_answer`].
		/// - Emits `AnswerPosted`.
		#[pallet::call_index(19)]
		pub fn post_chunks(
			origin: OriginFor<T>,
			job: JobId,
			chunks: Bounded<Bounded<u8, CHUNK_BYTES>, DRAWN_CHUNKS>,
			proof: Box<RangesProof>,
		) -> DispatchResult {
			Self::do_post_chunks(ensure_signed(origin)?, job, &chunks, &proof)
		}

		/// Take a job back that nobody has accepted. If a worker was drawn, the payer pays the treasury its share of the most
		/// that it could cost.
		///
		/// - Origin: signed by the payer.
		/// - Errors: `UnknownJob`, `NotThePayer`, `WrongStage`.
		/// - Emits `JobEnded`.
		#[pallet::call_index(20)]
		pub fn cancel(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			Self::do_cancel(ensure_signed(origin)?, job)
		}

		/// End a job whose stage has passed its last block, with the one outcome that the stage has.
		///
		/// - Origin: signed by anyone.
		/// - Errors: `UnknownJob`, `NotYet`.
		/// - Emits `JobEnded`.
		#[pallet::call_index(21)]
		#[pallet::weight(T::WeightInfo::conclude_job().saturating_add(T::Versions::most()))]
		pub fn conclude_job(origin: OriginFor<T>, job: JobId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let walked = Self::do_conclude_job(job)?;
			Ok(Some(T::WeightInfo::conclude_job().saturating_add(walked)).into())
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::BucketSize::get() > 0, "nothing could be noted");
			assert!(
				T::LeastChallenge::get() > 0,
				"a session could end before anybody settles"
			);
		}

		fn on_poll(_: BlockNumberFor<T>, meter: &mut WeightMeter) {
			Self::serve_due(meter);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}
