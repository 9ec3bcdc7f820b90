// SPDX-License-Identifier: Apache-2.0

//! What is kept.

use frame_support::pallet_macros::pallet_section;

/// A part of the pallet's declarations.
#[pallet_section]
mod storage {
	/// Randomness that draws, by number, the last [`KEPT`].
	#[pallet::storage]
	pub type Seeds<T: Config> = StorageMap<_, Twox64Concat, u32, SeedOf<T>>;

	#[pallet::storage]
	pub type SeedState<T: Config> = StorageValue<_, Seeded, ValueQuery>;

	/// Blocks in which the court had room.
	#[pallet::storage]
	pub type Clock<T: Config> = StorageValue<_, u32, ValueQuery>;

	/// The last block of a pause.
	#[pallet::storage]
	pub type PausedUntil<T: Config> = StorageValue<_, u32>;

	/// Until which block a matter is not heard in the kept part of blocks again. Of a dispute it is forgotten with it; of
	/// workers and auditors there is one for each that was ever heard.
	#[pallet::storage]
	pub type Heard<T: Config> = StorageMap<_, Twox64Concat, Matter, BlockNumber>;

	/// What is due at which tick.
	#[pallet::storage]
	pub type Dues<T: Config> = StorageMap<_, Twox64Concat, u32, BoundedVec<Due, ConstU32<BUCKET>>, ValueQuery>;

	/// The oldest tick of which not all was done.
	#[pallet::storage]
	pub type NextDue<T: Config> = StorageValue<_, u32, ValueQuery>;

	/// What auditors said of work.
	#[pallet::storage]
	pub type Reports<T: Config> = StorageDoubleMap<_, Blake2_128Concat, Work, Twox64Concat, WorkerId, ReportOf<T>>;

	#[pallet::storage]
	pub type NextDispute<T: Config> = StorageValue<_, DisputeId, ValueQuery>;

	#[pallet::storage]
	pub type Disputes<T: Config> = StorageMap<_, Twox64Concat, DisputeId, DisputeOf<T>>;

	/// How far the games are that are played.
	#[pallet::storage]
	pub type Games<T: Config> = StorageMap<_, Twox64Concat, DisputeId, Position>;

	/// The parts that the holder has named of a value, in games that are that far.
	#[pallet::storage]
	pub type GameParts<T: Config> = StorageMap<_, Twox64Concat, DisputeId, Parts>;

	/// The disputes about each worker.
	#[pallet::storage]
	pub type Lines<T: Config> = StorageMap<
		_,
		Twox64Concat,
		WorkerId,
		Line<BoundedVec<DisputeId, ConstU32<ACTIVE>>, BoundedVec<DisputeId, ConstU32<WAITING>>>,
		ValueQuery,
	>;

	#[pallet::storage]
	pub type NextDuty<T: Config> = StorageValue<_, u64, ValueQuery>;

	/// What auditors were not served.
	#[pallet::storage]
	pub type Duties<T: Config> = StorageMap<_, Twox64Concat, u64, DutyOf<T>>;

	/// Of which work who was not served what, until the work is final, or a verdict has ended it that may be undone.
	#[pallet::storage]
	pub type OpenDuties<T: Config> = StorageMap<_, Blake2_128Concat, (Work, WorkerId, u8), u64>;

	/// Disputes that the chain cannot decide.
	#[pallet::storage]
	pub type Inquiries<T: Config> = StorageMap<_, Twox64Concat, DisputeId, InquiryOf<T>>;

	/// Claims in floats that were asked about.
	#[pallet::storage]
	pub type Inquired<T: Config> = StorageDoubleMap<_, Blake2_128Concat, Work, Twox64Concat, Digest, ()>;

	/// Votes that were not revealed, by inquiry and its round.
	#[pallet::storage]
	pub type Votes<T: Config> = StorageNMap<
		_,
		(
			NMapKey<Twox64Concat, DisputeId>,
			NMapKey<Twox64Concat, u8>,
			NMapKey<Twox64Concat, WorkerId>,
		),
		Vote,
	>;

	/// Work that is wrong on purpose and was not found yet.
	#[pallet::storage]
	pub type Canaries<T: Config> = StorageMap<_, Blake2_128Concat, Digest, Canary<T::AccountId>>;

	/// Claims that were wrong on purpose.
	#[pallet::storage]
	pub type Faults<T: Config> = StorageMap<_, Blake2_128Concat, Work, Faulty>;
}
