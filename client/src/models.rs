// SPDX-License-Identifier: Apache-2.0

//! The registry of models (docs/model-registry.md).

use crate::{
	AccountId, Acting, At, Balance, Error,
	asking::{ask, number},
	listing::{Listing, whole},
	runtime::{models::events, transactions, view_functions},
};
use atelier_primitives::{
	ids::{AttestationId, ModelId, VersionId},
	lineage::Flag,
	models::{Allowed, Refused},
	terms::Use,
	views::{
		Page,
		models::{ContestView, LineageView, ModelView, VersionView},
	},
};
use atelier_referee::hash::Digest;

/// Most entries of one of this registry's pages.
const PAGE: u32 = 64;

/// What the registry of models says in one block.
#[derive(Clone, Copy)]
pub struct Models<'a>(pub &'a At);

impl Models<'_> {
	pub async fn model(self, model: ModelId) -> Result<Option<ModelView<AccountId>>, Error> {
		let asked = view_functions().models().model(model.into());
		Ok(ask(self.0, asked).await?.map(|found| found.0))
	}

	/// All models of an owner. Their order says nothing.
	pub async fn models_of(self, owner: AccountId) -> Result<Listing<ModelView<AccountId>>, Error> {
		whole(async |after: Option<Vec<u8>>| {
			let asked = view_functions().models().models_of(owner, after, PAGE);
			let items: Vec<_> = ask(self.0, asked).await?.into_iter().map(|found| found.0).collect();
			let full = u32::try_from(items.len()).is_ok_and(|count| count >= PAGE);
			let next = items.last().filter(|_| full).map(|last| last.slug.clone());
			Ok(Page { items, next })
		})
		.await
	}

	/// The owner's model with this slug.
	pub async fn model_with(self, owner: AccountId, slug: &str) -> Result<Option<ModelView<AccountId>>, Error> {
		let models = self.models_of(owner).await?;
		Ok(models.items.into_iter().find(|model| model.slug == slug.as_bytes()))
	}

	pub async fn version(self, version: VersionId) -> Result<Option<VersionView<Balance>>, Error> {
		let asked = view_functions().models().version(version.into());
		Ok(ask(self.0, asked).await?.map(|found| found.0))
	}

	/// All versions of a model that have a record, by number.
	pub async fn versions_of(self, model: &ModelView<AccountId>) -> Result<Listing<VersionView<Balance>>, Error> {
		whole(async |after: Option<u32>| {
			let from = after.unwrap_or(0);
			let asked = view_functions().models().versions_of(model.model.into(), from, PAGE);
			let items = ask(self.0, asked).await?.into_iter().map(|found| found.0).collect();
			let next = from.checked_add(PAGE).filter(|next| *next < model.next);
			Ok(Page { items, next })
		})
		.await
	}

	/// Everything that a version was made from.
	pub async fn lineage(self, version: VersionId) -> Result<Option<LineageView>, Error> {
		let asked = view_functions().models().lineage(version.into());
		Ok(ask(self.0, asked).await?.map(|found| found.0))
	}

	/// What withdrawals have stopped for a version.
	pub async fn flag(self, version: VersionId) -> Result<Option<Flag>, Error> {
		let asked = view_functions().models().flag(version.into());
		Ok(ask(self.0, asked).await?.map(|found| found.0))
	}

	/// The model that `alias/slug` means, or the version that `alias/slug@number` means.
	pub async fn resolve(self, name: &str) -> Result<Option<(ModelId, Option<VersionId>)>, Error> {
		let asked = view_functions().models().resolve(name.as_bytes().to_vec());
		let found = ask(self.0, asked).await?;
		Ok(found.map(|(model, version)| (model.0, version.map(|version| version.0))))
	}

	/// The alias of an account.
	pub async fn alias_of(self, owner: AccountId) -> Result<Option<Vec<u8>>, Error> {
		ask(self.0, view_functions().models().alias_of(owner)).await
	}

	/// Which models have these weights.
	pub async fn contest(self, root: Digest) -> Result<Option<ContestView>, Error> {
		let asked = view_functions().models().contest(root);
		Ok(ask(self.0, asked).await?.map(|found| found.0))
	}

	/// Whether a version may be used so in this block.
	pub async fn allowed(
		self,
		version: VersionId,
		wanted: Use,
	) -> Result<Result<Allowed<AccountId, Balance>, Refused>, Error> {
		let asked = view_functions().models().allowed(version.into(), wanted.into());
		let answer = ask(self.0, asked).await?;
		Ok(answer.map(|allowed| allowed.0).map_err(|refused| refused.0))
	}

	/// This block's number.
	pub fn number(self) -> u32 {
		number(self.0)
	}
}

impl Acting<'_> {
	pub async fn create_model(&self, slug: &str) -> Result<ModelId, Error> {
		let call = transactions().models().create_model(slug.as_bytes().to_vec());
		let created: events::ModelCreated = self.call(&call).await?.event()?;
		Ok(created.model.0)
	}

	/// Offers a model to another account, or to nobody any more.
	pub async fn offer_model(&self, model: ModelId, to: Option<AccountId>) -> Result<(), Error> {
		self.call(&transactions().models().offer_model(model.into(), to))
			.await
			.map(drop)
	}

	pub async fn accept_model(&self, model: ModelId) -> Result<(), Error> {
		self.call(&transactions().models().accept_model(model.into()))
			.await
			.map(drop)
	}

	pub async fn claim_alias(&self, alias: &str) -> Result<(), Error> {
		self.call(&transactions().models().claim_alias(alias.as_bytes().to_vec()))
			.await
			.map(drop)
	}

	/// Takes a version back, for good.
	pub async fn withdraw_version(&self, version: VersionId) -> Result<(), Error> {
		self.call(&transactions().models().withdraw_version(version.into()))
			.await
			.map(drop)
	}

	/// Recommends against a version; it goes on serving.
	pub async fn deprecate_version(&self, version: VersionId) -> Result<(), Error> {
		self.call(&transactions().models().deprecate_version(version.into()))
			.await
			.map(drop)
	}

	/// Takes a deprecation back.
	pub async fn reinstate_version(&self, version: VersionId) -> Result<(), Error> {
		self.call(&transactions().models().reinstate_version(version.into()))
			.await
			.map(drop)
	}

	/// Decides a contest by an attestation of origin.
	pub async fn settle_contest(
		&self,
		root: Digest,
		version: VersionId,
		attestation: AttestationId,
	) -> Result<(), Error> {
		let call = transactions()
			.models()
			.settle_contest(root, version.into(), attestation.into());
		self.call(&call).await.map(drop)
	}
}
