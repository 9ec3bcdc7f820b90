// SPDX-License-Identifier: Apache-2.0

//! What clients read. Nothing here writes, not even what is known of consent.

use crate::{
	similar::SimilarityOf, BalanceOf, Claims, Config, Lineages, ModelOf, Models, Name, Numbers, Pairs, Pallet, Roots,
	Similarities, Slugs, Stage, States, VersionOf, Versions,
};
use alloc::vec::Vec;
use atelier_primitives::{
	ids::{DatasetId, ModelId, SimilarityId, VersionId},
	lineage::{Datasets, Flag},
	models::{Allowed, Refused},
	terms::Use,
	views::models::{
		AncestorView, ClaimView, ContestView, LineageView, ModelView, SimilarityStage, SimilarityView, VersionView,
	},
};
use atelier_referee::hash::Digest;

/// Most entries of a page.
pub const PAGE: u32 = 64;

pub type VersionViewOf<T> = VersionView<BalanceOf<T>>;
pub type ModelViewOf<T> = ModelView<<T as frame_system::Config>::AccountId>;
pub type SimilarityViewOf<T> = SimilarityView<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
pub type AllowedOf<T> = Allowed<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

impl<T: Config> Pallet<T> {
	fn seen(model: ModelId, record: ModelOf<T>) -> ModelViewOf<T> {
		ModelView {
			model,
			owner: record.owner,
			slug: record.slug.into_inner(),
			offered: record.offered,
			next: record.next,
			versions: record.versions,
			bytes: record.bytes,
		}
	}

	pub(crate) fn view_model(model: ModelId) -> Option<ModelViewOf<T>> {
		Models::<T>::get(model).map(|record| Self::seen(model, record))
	}

	/// In the order in which the state has them, which says nothing; after the one with the slug given.
	pub(crate) fn view_models_of(owner: T::AccountId, after: Option<Vec<u8>>, limit: u32) -> Vec<ModelViewOf<T>> {
		let models = match after {
			None => Slugs::<T>::iter_prefix(&owner),
			Some(slug) => match Name::try_from(slug) {
				Ok(slug) => {
					let key = Slugs::<T>::hashed_key_for(&owner, slug);
					Slugs::<T>::iter_prefix_from(&owner, key)
				}
				Err(_) => return Vec::new(),
			},
		};
		models
			.take(limit.min(PAGE) as usize)
			.filter_map(|(_, model)| Self::view_model(model))
			.collect()
	}

	pub(crate) fn view_version(id: VersionId) -> Option<VersionViewOf<T>> {
		let version: VersionOf<T> = Versions::<T>::get(id)?;
		let state = States::<T>::get(id)?;
		Some(VersionView {
			version: id,
			model: version.model,
			number: version.number,
			status: Self::status_of(id, &version),
			consent: state.consent(),
			flag: Self::flag_of(id)?,
			dues: Self::dues(id, &version),
			dependants: state.dependants,
			committed: version.committed,
			published: version.published,
			publication: version.publication,
		})
	}

	/// By number, from the one given. Removed ones are left out; at most [`PAGE`] numbers are looked at.
	pub(crate) fn view_versions_of(model: ModelId, from: u32, limit: u32) -> Vec<VersionViewOf<T>> {
		let Some(record) = Models::<T>::get(model) else {
			return Vec::new();
		};
		let end = from.saturating_add(limit.min(PAGE)).min(record.next);
		(from..end)
			.filter_map(|number| Self::view_version(Numbers::<T>::get(model, number)?))
			.collect()
	}

	pub(crate) fn view_lineage(id: VersionId) -> Option<LineageView> {
		let lineage = Lineages::<T>::get(id)?;
		let ancestor = |id: &VersionId| {
			let version = Versions::<T>::get(id)?;
			let state = States::<T>::get(id)?;
			Some(AncestorView {
				version: *id,
				model: version.model,
				status: Self::status_of(*id, &version),
				consent: state.consent(),
				flag: state.flag(),
				parents: version.publication.parents.into_inner(),
				datasets: version.publication.datasets.into_inner(),
			})
		};
		let source = |dataset: &DatasetId| (*dataset, T::Datasets::flag(*dataset));
		Some(LineageView {
			flag: Self::flag_of(id)?,
			ancestors: lineage.ancestors.iter().filter_map(ancestor).collect(),
			sources: lineage.sources.iter().map(source).collect(),
		})
	}

	pub(crate) fn view_contest(root: Digest) -> Option<ContestView> {
		let record = Roots::<T>::get(root)?;
		let claims = Claims::<T>::iter_prefix(root).take(PAGE as usize);
		Some(ContestView {
			root,
			decided: record.decided,
			models: record.models,
			claims: claims
				.map(|(model, claim)| ClaimView {
					model,
					first: claim.first,
					committed: claim.committed,
				})
				.collect(),
		})
	}

	pub(crate) fn view_similarity(claim: SimilarityId) -> Option<SimilarityViewOf<T>> {
		let record: SimilarityOf<T> = Similarities::<T>::get(claim)?;
		let positions = Self::places(claim, &record);
		Some(SimilarityView {
			original: record.original,
			copy: record.copy,
			claimant: record.claimant,
			bond: record.bond,
			stage: match record.stage {
				Stage::Waiting => SimilarityStage::Waiting,
				Stage::Drawn { .. } => SimilarityStage::Drawn,
				Stage::Unserved { .. } => SimilarityStage::Unserved,
				Stage::Served { .. } => SimilarityStage::Served,
			},
			until: record.until,
			positions: positions.into_iter().map(|(chunk, _)| chunk).collect(),
		})
	}

	/// Claims that a version is a copy, with the originals they name.
	pub(crate) fn view_similarities_of(copy: VersionId) -> Vec<(VersionId, SimilarityId)> {
		Pairs::<T>::iter_prefix(copy).take(PAGE as usize).collect()
	}

	pub(crate) fn view_allow(id: VersionId, wanted: Use) -> Result<AllowedOf<T>, Refused> {
		let version = Versions::<T>::get(id).ok_or(Refused::Unknown)?;
		let flag = Self::flag_of(id).unwrap_or(Flag::NoServing);
		Self::acceptable(id, &version, flag, wanted, Self::now())
	}
}
