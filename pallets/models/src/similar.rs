// SPDX-License-Identifier: Apache-2.0

//! Claims that a version copies another without saying so.
//!
//! | stage | goes on by | else, after its last block |
//! | --- | --- | --- |
//! | waiting | a draw by newer randomness, by anyone | void: the bond returns |
//! | drawn | the claimant opens, or says that the copy is not served | lost: the bond goes to the copy's owner |
//! | unserved | the copy's owner opens | held: as if found similar |
//! | served | the claimant opens | lost |
//!
//! What was opened decides at once.

use crate::{
	checks::{on, Check},
	chunks::{drawn, Distance},
	BalanceOf, Config, Due, Dues, Error, Event, HoldReason, HostHash, Lineages, NextSimilarity, Pairs, Pallet,
	Similarities, Similarity, Stage, VersionOf, Versions, MAX_DUES,
};
use alloc::vec::Vec;
use atelier_primitives::{
	ids::{SimilarityId, VersionId},
	models::{Class, Status},
};
use atelier_referee::{
	commit::{Bounded, Commitment, Ranges, RangesProof, MAX_RANGES},
	hash::Blake2b256,
	model::{Shape, CHUNK},
	ops::linear::Format,
};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::{
	ensure,
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Restriction},
		Defensive, Get, Randomness,
	},
};
use scale_info::TypeInfo;
use sp_runtime::{traits::SaturatedConversion, DispatchResult};

/// The drawn chunks of one package, in order, and that they are the package's.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Opened {
	pub chunks: Bounded<Bounded<u8, { CHUNK as usize }>, MAX_RANGES>,
	pub proof: RangesProof,
}

impl Opened {
	/// Checks that these are the chunks at the drawn places.
	fn check<T: Config>(&self, weights: &Commitment, places: &[(u64, Format)]) -> Result<(), Error<T>> {
		let ranges = Ranges::covering(places.iter().map(|(chunk, _)| *chunk)).map_err(|_| Error::NothingDrawn)?;
		let chunks: Vec<&[u8]> = self.chunks.iter().map(|chunk| &**chunk).collect();
		self.proof
			.verify::<HostHash>(weights, &ranges, &chunks)
			.map_err(|_| Error::NotTheChunks)
	}
}

pub type SimilarityOf<T> = Similarity<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// The shape of an exact version.
fn shape<T: Config>(version: &VersionOf<T>) -> Result<Shape, Error<T>> {
	match version.publication.class {
		Class::Exact { shape, .. } => Ok(shape),
		Class::Float { .. } => Err(Error::NotExact),
	}
}

impl<T: Config> Pallet<T> {
	/// Whether two versions have anything in common above them, or one is above the other.
	fn related(original: VersionId, copy: VersionId) -> bool {
		let above = |version| Lineages::<T>::get(version).unwrap_or_default();
		let (of_original, of_copy) = (above(original), above(copy));
		let mut all = of_original.ancestors.iter().chain([&original]);
		all.any(|version| *version == copy || of_copy.ancestors.binary_search(version).is_ok())
	}

	pub(crate) fn do_claim_similar(claimant: T::AccountId, original: VersionId, copy: VersionId) -> DispatchResult {
		let older = Versions::<T>::get(original).ok_or(Error::<T>::UnknownVersion)?;
		let newer = Versions::<T>::get(copy).ok_or(Error::<T>::UnknownVersion)?;
		ensure!(shape::<T>(&older)? == shape::<T>(&newer)?, Error::<T>::ShapesDiffer);
		// By number too: money never flows to what was registered later.
		ensure!(
			original < copy && older.committed < newer.committed,
			Error::<T>::NotOlder
		);
		ensure!(
			Self::status_of(original, &older) != Status::Overruled,
			Error::<T>::WeightsAreAnothers
		);
		ensure!(!Self::related(original, copy), Error::<T>::Related);
		ensure!(
			!Dues::<T>::get(copy).iter().any(|due| due.to == original),
			Error::<T>::AlreadyDue
		);
		ensure!(!Pairs::<T>::contains_key(copy, original), Error::<T>::AlreadyClaimed);
		let claim = NextSimilarity::<T>::get();
		let next = claim.next().ok_or(Error::<T>::NoMoreNumbers)?;
		let (made, period) = (Self::now(), T::SimilarityPeriod::get());
		let until = made.checked_add(period).ok_or(Error::<T>::NoMoreNumbers)?;
		let bond = T::SimilarityBond::get();
		T::Currency::hold(&HoldReason::SimilarityBond.into(), &claimant, bond)?;
		let record = Similarity {
			original,
			copy,
			claimant: claimant.clone(),
			bond,
			threshold: T::SimilarityThreshold::get(),
			part: older.publication.terms.min_share.max(T::LeastDue::get()),
			period,
			made,
			until,
			stage: Stage::Waiting,
		};
		NextSimilarity::<T>::put(next);
		Pairs::<T>::insert(copy, original, claim);
		Similarities::<T>::insert(claim, record);
		Self::depend(original);
		Self::depend(copy);
		Self::deposit_event(Event::SimilarityClaimed {
			claim,
			original,
			copy,
			claimant,
		});
		Ok(())
	}

	/// A claim whose stage has not ended.
	fn running(claim: SimilarityId) -> Result<SimilarityOf<T>, Error<T>> {
		let record = Similarities::<T>::get(claim).ok_or(Error::<T>::UnknownClaim)?;
		ensure!(Self::now() <= record.until, Error::<T>::DeadlinePassed);
		Ok(record)
	}

	/// The claim goes on with another stage, which lasts as long as each.
	fn goes_on(claim: SimilarityId, record: SimilarityOf<T>, stage: Stage) -> DispatchResult {
		let until = Self::now()
			.checked_add(record.period)
			.ok_or(Error::<T>::NoMoreNumbers)?;
		Similarities::<T>::insert(claim, Similarity { stage, until, ..record });
		Ok(())
	}

	pub(crate) fn do_draw(claim: SimilarityId) -> DispatchResult {
		let record = Self::running(claim)?;
		ensure!(record.stage == Stage::Waiting, Error::<T>::WrongStage);
		let (seed, known) = T::Randomness::random(&(b"atelier/similar", claim).encode());
		// Whoever made the claim, or the versions, could choose by randomness that it knew.
		let new = known.saturated_into::<u32>() > record.made;
		ensure!(new || !on(Check::NewRandomness), Error::<T>::RandomnessTooOld);
		let seed = HostHash::hash(seed.as_ref());
		Self::goes_on(claim, record, Stage::Drawn { seed })?;
		Self::deposit_event(Event::ChunksDrawn { claim });
		Ok(())
	}

	/// The places that a claim's seed draws.
	pub(crate) fn places(claim: SimilarityId, record: &SimilarityOf<T>) -> Vec<(u64, Format)> {
		let (Stage::Drawn { seed } | Stage::Unserved { seed } | Stage::Served { seed }) = record.stage else {
			return Vec::new();
		};
		let copy = Versions::<T>::get(record.copy);
		match copy.and_then(|copy| shape::<T>(&copy).ok()) {
			Some(shape) => drawn::<HostHash>(&seed, claim, shape),
			None => Vec::new(),
		}
	}

	pub(crate) fn do_open_similar(
		claimant: T::AccountId,
		claim: SimilarityId,
		original: Opened,
		copy: Opened,
	) -> DispatchResult {
		let record = Self::running(claim)?;
		ensure!(record.claimant == claimant, Error::<T>::NotClaimant);
		ensure!(
			matches!(record.stage, Stage::Drawn { .. } | Stage::Served { .. }),
			Error::<T>::WrongStage
		);
		let older = Versions::<T>::get(record.original).ok_or(Error::<T>::UnknownVersion)?;
		let newer = Versions::<T>::get(record.copy).ok_or(Error::<T>::UnknownVersion)?;
		let places = Self::places(claim, &record);
		original.check::<T>(&older.publication.weights, &places)?;
		copy.check::<T>(&newer.publication.weights, &places)?;
		let pairs = original.chunks.iter().zip(copy.chunks.iter());
		let distance = places
			.iter()
			.zip(pairs)
			.fold(Distance::default(), |sum, ((_, format), (one, other))| {
				sum.with(*format, one, other)
			});
		match distance.within(record.threshold) {
			true => Self::held(claim, record),
			false => Self::lost(claim, record),
		}
	}

	pub(crate) fn do_say_unserved(claimant: T::AccountId, claim: SimilarityId) -> DispatchResult {
		let record = Self::running(claim)?;
		ensure!(record.claimant == claimant, Error::<T>::NotClaimant);
		let Stage::Drawn { seed } = record.stage else {
			return Err(Error::<T>::WrongStage.into());
		};
		Self::goes_on(claim, record, Stage::Unserved { seed })?;
		Self::deposit_event(Event::ChunksDemanded { claim });
		Ok(())
	}

	pub(crate) fn do_serve_similar(owner: T::AccountId, claim: SimilarityId, copy: Opened) -> DispatchResult {
		let record = Self::running(claim)?;
		let Stage::Unserved { seed } = record.stage else {
			return Err(Error::<T>::WrongStage.into());
		};
		let newer = Versions::<T>::get(record.copy).ok_or(Error::<T>::UnknownVersion)?;
		Self::owned(&owner, newer.model)?;
		copy.check::<T>(&newer.publication.weights, &Self::places(claim, &record))?;
		Self::goes_on(claim, record, Stage::Served { seed })?;
		Self::deposit_event(Event::ChunksServed { claim });
		Ok(())
	}

	pub(crate) fn do_end_similar(claim: SimilarityId) -> DispatchResult {
		let record = Similarities::<T>::get(claim).ok_or(Error::<T>::UnknownClaim)?;
		ensure!(Self::now() > record.until, Error::<T>::DeadlineNotPassed);
		match record.stage {
			Stage::Waiting => {
				Self::bond_returns(&record)?;
				Self::finish(claim, &record);
				Self::deposit_event(Event::SimilarityVoid { claim });
				Ok(())
			}
			Stage::Drawn { .. } | Stage::Served { .. } => Self::lost(claim, record),
			Stage::Unserved { .. } => Self::held(claim, record),
		}
	}

	fn bond_returns(record: &SimilarityOf<T>) -> DispatchResult {
		let reason = HoldReason::SimilarityBond.into();
		T::Currency::release(&reason, &record.claimant, record.bond, Precision::Exact).map(|_| ())
	}

	/// The claim is over.
	fn finish(claim: SimilarityId, record: &SimilarityOf<T>) {
		Similarities::<T>::remove(claim);
		Pairs::<T>::remove(record.copy, record.original);
		Self::release(record.original);
		Self::release(record.copy);
	}

	/// The claim holds: from now on the original's pot gets a part of whatever the copy's pot is divided into.
	fn held(claim: SimilarityId, record: SimilarityOf<T>) -> DispatchResult {
		Self::bond_returns(&record)?;
		let due = Due {
			to: record.original,
			part: record.part,
		};
		Self::owe(record.copy, due);
		Self::finish(claim, &record);
		Self::deposit_event(Event::SimilarityHeld {
			claim,
			original: record.original,
			copy: record.copy,
			part: record.part,
		});
		Ok(())
	}

	/// Adds a due. Where there is no place for all, older originals come first: whoever copied cannot fill the places with
	/// versions of its own, since these would be younger than what it copied.
	fn owe(copy: VersionId, due: Due) {
		let mut dues = Dues::<T>::get(copy).into_inner();
		let place = match on(Check::OldestFirst) {
			true => dues.partition_point(|other| other.to < due.to),
			false => dues.len(),
		};
		dues.insert(place, due);
		Self::depend(due.to);
		while dues.len() > MAX_DUES as usize {
			if let Some(left_out) = dues.pop() {
				Self::release(left_out.to);
			}
		}
		if let Ok(dues) = crate::DuesOf::try_from(dues).defensive() {
			Dues::<T>::insert(copy, dues);
		}
	}

	/// The claim does not hold: its bond pays the copy's owner, whose account lives since it holds the model's deposit.
	fn lost(claim: SimilarityId, record: SimilarityOf<T>) -> DispatchResult {
		let copy = Versions::<T>::get(record.copy).ok_or(Error::<T>::UnknownVersion)?;
		let model = crate::Models::<T>::get(copy.model).ok_or(Error::<T>::UnknownModel)?;
		T::Currency::transfer_on_hold(
			&HoldReason::SimilarityBond.into(),
			&record.claimant,
			&model.owner,
			record.bond,
			Precision::BestEffort,
			Restriction::Free,
			Fortitude::Force,
		)?;
		Self::finish(claim, &record);
		Self::deposit_event(Event::SimilarityLost {
			claim,
			paid: model.owner,
		});
		Ok(())
	}
}
