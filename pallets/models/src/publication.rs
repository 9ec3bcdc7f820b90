// SPDX-License-Identifier: Apache-2.0

//! Versions: published once, as they were promised, and what becomes of them.

use crate::{
	checks::{on, Check},
	lineage::Above,
	Claim, Claims, Config, Error, Event, HostHash, Lineage, Lineages, ModelOf, Models, NextVersion, Numbers, Pallet,
	Promises, PublicationOf, Roots, Standing, State, States, Version, VersionOf, Versions, Withdrawals, ITEM_BYTES,
};
use atelier_primitives::{
	ids::{ModelId, VersionId},
	licence::well_formed,
	lineage::{Datasets, Flag, Unusable},
	models::{Class, Judgeable, Needs, Status},
	BlockNumber,
};
use atelier_referee::{
	commit::{Kind, MAX_LEAVES},
	hash::Digest,
	model::{Layout, Use, CHUNK},
};
use codec::{Encode, MaxEncodedLen};
use frame_support::{
	ensure,
	traits::{Defensive, Get},
};
use sp_runtime::{
	traits::{SaturatedConversion, Zero},
	DispatchError, DispatchResult, Permill,
};

/// Bytes of a version's records: itself, its state, its lineage, its number, its claim, what is known of its consent. Dues
/// are paid for by the bonds of those who showed them.
fn version_bytes<T: Config>(version: &VersionOf<T>, lineage: &Lineage) -> u64 {
	let fixed = State::max_encoded_len()
		.saturating_add(Claim::max_encoded_len())
		.saturating_add(<(ModelId, VersionId, u64, Flag)>::max_encoded_len());
	let bytes = version
		.encoded_size()
		.saturating_add(lineage.encoded_size())
		.saturating_add(fixed);
	ITEM_BYTES.saturating_mul(7).saturating_add(bytes.saturated_into())
}

impl<T: Config> Pallet<T> {
	/// This block's number, as primitives have it.
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	/// What a promise to publish this by this account hashes to.
	pub fn promise(publication: &PublicationOf<T>, owner: &T::AccountId, salt: &Digest) -> Digest {
		let genesis = frame_system::Pallet::<T>::block_hash(frame_system::pallet_prelude::BlockNumberFor::<T>::zero());
		publication.promise::<HostHash>(genesis.as_ref(), owner, salt)
	}

	/// Whether class, weights and vocabulary are those of one another.
	fn check_class(publication: &PublicationOf<T>) -> Result<(), Error<T>> {
		let weights = publication.weights;
		ensure!(weights.kind == Kind::Weights, Error::<T>::WrongWeights);
		match publication.class {
			Class::Exact {
				spec,
				shape,
				vocabulary,
			} => {
				let shape = shape.checked().map_err(|_| Error::<T>::NotAShape)?;
				ensure!(T::Judgeable::judgeable(spec, &shape), Error::<T>::NotJudgeable);
				let chunks = Layout::new(shape).chunks();
				ensure!(weights.count == chunks, Error::<T>::WrongWeights);
				ensure!(
					Some(publication.bytes) == chunks.checked_mul(CHUNK),
					Error::<T>::WrongLength
				);
				// What answers with a vector has no texts that could end an answer; neither has its manifest.
				let right = match (shape.answers, vocabulary) {
					(Use::Tokens, Some(texts)) => {
						texts.kind == Kind::Vocabulary && texts.count == u64::from(shape.vocabulary)
					}
					(Use::Embedding, None) => true,
					_ => false,
				};
				ensure!(right, Error::<T>::WrongVocabulary);
			}
			Class::Float { .. } => {
				ensure!((1..=MAX_LEAVES).contains(&weights.count), Error::<T>::WrongWeights);
				ensure!(
					publication.bytes.div_ceil(CHUNK) == weights.count,
					Error::<T>::WrongLength
				);
			}
		}
		Ok(())
	}

	/// Whether what it gives away is within the limit, and each thing that it was made from stated once.
	fn check_shares(publication: &PublicationOf<T>) -> Result<(), Error<T>> {
		let parents = publication.parents.iter().map(|(_, share)| *share);
		let datasets = publication.datasets.iter().map(|(_, share)| *share);
		let given = parents
			.chain(datasets)
			.fold(0_u64, |sum, share| sum.saturating_add(share.deconstruct().into()));
		let most: Permill = T::MaxShared::get();
		ensure!(given <= u64::from(most.deconstruct()), Error::<T>::SharesTooLarge);
		ensure!(
			publication.parents.is_sorted_by(|one, next| one.0 < next.0)
				&& publication.datasets.is_sorted_by(|one, next| one.0 < next.0),
			Error::<T>::NotInOrder
		);
		Ok(())
	}

	/// Whether all parents and datasets allow such a version, and what lies above it.
	fn check_lineage(publication: &PublicationOf<T>, now: BlockNumber) -> Result<Lineage, Error<T>> {
		let mut above = Above::default();
		for (parent, share) in &publication.parents {
			let version = Versions::<T>::get(parent).ok_or(Error::<T>::UnknownParent)?;
			match Self::status_of(*parent, &version) {
				// Deprecation is advice.
				Status::Active | Status::Deprecated => {}
				Status::Withdrawn => return Err(Error::ParentWithdrawn),
				Status::Contested | Status::Overruled => return Err(Error::ParentContested),
			}
			version
				.publication
				.terms
				.allow_derivative(&publication.terms, *share, now)
				.map_err(|_| Error::ParentForbids)?;
			above.parent(*parent, &Lineages::<T>::get(parent).unwrap_or_default());
		}
		for (dataset, share) in &publication.datasets {
			T::Datasets::allow(*dataset, &publication.terms, *share, now).map_err(Self::dataset_error)?;
			above.source(*dataset);
		}
		let lineage = above.lineage().ok_or(Error::<T>::AncestryTooLarge)?;
		let flag = Self::walk(&lineage);
		ensure!(flag == Flag::Clear, Error::<T>::AncestorWithdrawn);
		Ok(lineage)
	}

	fn dataset_error(reason: Unusable) -> Error<T> {
		match reason {
			Unusable::Unknown => Error::UnknownDataset,
			Unusable::Withdrawn => Error::DatasetWithdrawn,
			Unusable::Terms(_) => Error::DatasetForbids,
			Unusable::Overused => Error::DatasetOverused,
		}
	}

	/// The claim of a model to these weights, with this version. Whoever publishes them again says again what they were made
	/// from, so that a withdrawal cannot be escaped.
	fn check_claim(
		publication: &PublicationOf<T>,
		model: ModelId,
		version: VersionId,
		committed: BlockNumber,
	) -> Result<(Claim, Option<VersionId>), Error<T>> {
		let root = publication.weights.root;
		let Some(claim) = Claims::<T>::get(root, model) else {
			let decided = Roots::<T>::get(root).and_then(|root| root.decided);
			ensure!(decided.is_none(), Error::<T>::WeightsAreAnothers);
			let claim = Claim {
				first: version,
				latest: version,
				committed,
			};
			return Ok((claim, None));
		};
		if let Some(before) = Versions::<T>::get(claim.latest) {
			let before = before.publication;
			let parents = before
				.parents
				.iter()
				.all(|(id, _)| publication.parents.iter().any(|(other, _)| other == id));
			let datasets = before
				.datasets
				.iter()
				.all(|(id, _)| publication.datasets.iter().any(|(other, _)| other == id));
			ensure!(
				(parents && datasets) || !on(Check::SameLineage),
				Error::<T>::LineageLeftOut
			);
		}
		let follows = claim.latest;
		Ok((
			Claim {
				latest: version,
				..claim
			},
			Some(follows),
		))
	}

	/// Publishes, and says how many versions and datasets lie above.
	pub(crate) fn do_reveal_version(
		owner: T::AccountId,
		model: ModelId,
		publication: PublicationOf<T>,
		salt: Digest,
	) -> Result<(u32, u32), DispatchError> {
		let now = Self::now();
		let record = Self::owned(&owner, model)?;
		let promise = Self::promise(&publication, &owner, &salt);
		let committed = match Promises::<T>::get(&owner, promise) {
			Some(promise) => {
				ensure!(now >= promise.from, Error::<T>::TooEarly);
				ensure!(now <= promise.until, Error::<T>::TooLate);
				promise.made
			}
			None if on(Check::Promise) => return Err(Error::<T>::NotPromised.into()),
			None => now,
		};
		ensure!(well_formed(&publication.licence), Error::<T>::NotALicence);
		Self::check_class(&publication)?;
		Self::check_shares(&publication)?;
		let lineage = Self::check_lineage(&publication, now)?;
		let version = NextVersion::<T>::get();
		let next = version.next().ok_or(Error::<T>::NoMoreNumbers)?;
		let (claim, follows) = Self::check_claim(&publication, model, version, committed)?;
		let number = record.next;
		let next_number = number.checked_add(1).ok_or(Error::<T>::NoMoreNumbers)?;
		let entry = Version {
			model,
			number,
			publication,
			committed,
			published: now,
			follows,
		};
		let bytes = version_bytes::<T>(&entry, &lineage);
		let above = (lineage.ancestors.len() as u32, lineage.sources.len() as u32);
		// The deposit of the promise pays for a part of the version.
		Self::leave(&owner, promise)?;
		let total = record.bytes.saturating_add(bytes);
		let record = Self::charge(record, total)?;
		for (dataset, _) in &entry.publication.datasets {
			T::Datasets::used(*dataset).map_err(Self::dataset_error)?;
		}
		for (parent, _) in &entry.publication.parents {
			Self::depend(*parent);
		}
		if let Some(before) = follows {
			Self::depend(before);
		}
		NextVersion::<T>::put(next);
		let record = ModelOf::<T> {
			next: next_number,
			versions: record.versions.saturating_add(1),
			..record
		};
		Models::<T>::insert(model, record);
		Self::store(version, entry, lineage, claim, bytes);
		Self::deposit_event(Event::VersionPublished {
			version,
			model,
			number,
			owner,
		});
		Ok(above)
	}

	fn store(version: VersionId, entry: VersionOf<T>, lineage: Lineage, claim: Claim, bytes: u64) {
		let root = entry.publication.weights.root;
		let state = State {
			standing: Standing::Active,
			withdrawal: entry.publication.terms.withdrawal,
			dependants: 0,
			bytes,
		};
		States::<T>::insert(version, state);
		Lineages::<T>::insert(version, lineage);
		crate::Checked::<T>::insert(version, (Withdrawals::<T>::get(), Flag::Clear));
		Numbers::<T>::insert(entry.model, entry.number, version);
		Self::claim_root(root, entry.model, claim, entry.follows.is_none());
		Versions::<T>::insert(version, entry);
	}

	/// One thing more refers to a version.
	pub(crate) fn depend(version: VersionId) {
		States::<T>::mutate(version, |state| {
			if let Some(state) = state.as_mut().defensive() {
				state.dependants = state.dependants.saturating_add(1);
			}
		});
	}

	/// One thing less refers to a version.
	pub(crate) fn release(version: VersionId) {
		States::<T>::mutate(version, |state| {
			if let Some(state) = state.as_mut().defensive() {
				state.dependants = state.dependants.saturating_sub(1);
			}
		});
	}

	/// A version and its state, if that is the owner of its model.
	fn owned_version(who: &T::AccountId, version: VersionId) -> Result<(VersionOf<T>, State), Error<T>> {
		let record = Versions::<T>::get(version).ok_or(Error::<T>::UnknownVersion)?;
		Self::owned(who, record.model)?;
		let state = States::<T>::get(version).ok_or(Error::<T>::UnknownVersion)?;
		Ok((record, state))
	}

	pub(crate) fn do_deprecate(owner: T::AccountId, version: VersionId, deprecated: bool) -> DispatchResult {
		let (_, state) = Self::owned_version(&owner, version)?;
		let (from, to) = match deprecated {
			true => (Standing::Active, Standing::Deprecated),
			false => (Standing::Deprecated, Standing::Active),
		};
		ensure!(
			!matches!(state.standing, Standing::Withdrawn { .. }),
			Error::<T>::AlreadyWithdrawn
		);
		ensure!(state.standing == from, Error::<T>::NothingToChange);
		States::<T>::insert(version, State { standing: to, ..state });
		Self::deposit_event(match deprecated {
			true => Event::VersionDeprecated { version },
			false => Event::VersionReinstated { version },
		});
		Ok(())
	}

	pub(crate) fn do_withdraw(owner: T::AccountId, version: VersionId) -> DispatchResult {
		let (_, state) = Self::owned_version(&owner, version)?;
		ensure!(
			!matches!(state.standing, Standing::Withdrawn { .. }),
			Error::<T>::AlreadyWithdrawn
		);
		let standing = Standing::Withdrawn { at: Self::now() };
		States::<T>::insert(version, State { standing, ..state });
		Self::count_withdrawal();
		Self::deposit_event(Event::VersionWithdrawn { version });
		Ok(())
	}

	pub(crate) fn do_remove_version(owner: T::AccountId, version: VersionId) -> DispatchResult {
		let (record, state) = Self::owned_version(&owner, version)?;
		let model = Self::owned(&owner, record.model)?;
		ensure!(
			matches!(state.standing, Standing::Withdrawn { .. }),
			Error::<T>::NotWithdrawn
		);
		ensure!(state.dependants == 0, Error::<T>::StillReferredTo);
		let root = record.publication.weights.root;
		ensure!(!Self::contested(&root), Error::<T>::StillContested);
		ensure!(!Self::outranks(&root, record.model), Error::<T>::StillContested);
		ensure!(!T::Needs::needed(version), Error::<T>::StillNeeded);
		let bytes = model.bytes.saturating_sub(state.bytes);
		let model = Self::charge(model, bytes)?;
		let model = ModelOf::<T> {
			versions: model.versions.saturating_sub(1),
			..model
		};
		Models::<T>::insert(record.model, model);
		for (parent, _) in &record.publication.parents {
			Self::release(*parent);
		}
		for due in crate::Dues::<T>::take(version) {
			Self::release(due.to);
		}
		if let Some(before) = record.follows {
			Self::release(before);
		}
		Self::leave_root(root, record.model, record.follows);
		Numbers::<T>::remove(record.model, record.number);
		States::<T>::remove(version);
		Lineages::<T>::remove(version);
		crate::Checked::<T>::remove(version);
		Versions::<T>::remove(version);
		Self::deposit_event(Event::VersionRemoved { version });
		Ok(())
	}
}
