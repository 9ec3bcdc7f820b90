// SPDX-License-Identifier: Apache-2.0

//! Datasets, and what is attested (docs/provenance.md).

use crate::{
	AccountId, Acting, At, Error,
	asking::{ask, page},
	listing::{Listing, whole},
	runtime::{provenance::events, transactions, view_functions},
};
use atelier_primitives::{
	attestations::Statement,
	datasets::Facts,
	ids::{AttestationId, DatasetId, SchemaId, Subject},
	lineage::Consent,
	views::{
		MAX_PAGE,
		provenance::{AttestationView, DatasetView, SchemaView},
	},
};
use atelier_referee::hash::Digest;

/// What the registry of data and attestations says in one block.
#[derive(Clone, Copy)]
pub struct Provenance<'a>(pub &'a At);

impl Provenance<'_> {
	pub async fn dataset(self, dataset: DatasetId) -> Result<Option<DatasetView<AccountId>>, Error> {
		let asked = view_functions().provenance().dataset(dataset.into());
		Ok(ask(self.0, asked).await?.map(|found| found.0))
	}

	/// An account's datasets in the order of their registration.
	pub async fn datasets_of(self, owner: AccountId) -> Result<Listing<DatasetView<AccountId>>, Error> {
		whole(async |after: Option<DatasetId>| {
			let after = after.map(Into::into);
			let asked = view_functions().provenance().datasets_of(owner, after, MAX_PAGE);
			Ok(page(ask(self.0, asked).await?))
		})
		.await
	}

	/// All that were registered with the same content, the first of them first.
	pub async fn datasets_with(self, root: Digest) -> Result<Listing<DatasetView<AccountId>>, Error> {
		whole(async |after: Option<DatasetId>| {
			let after = after.map(Into::into);
			let asked = view_functions().provenance().datasets_with(root, after, MAX_PAGE);
			Ok(page(ask(self.0, asked).await?))
		})
		.await
	}

	/// Whether the owner of a dataset agrees that it is used.
	pub async fn consent(self, dataset: DatasetId) -> Result<Option<Consent>, Error> {
		let asked = view_functions().provenance().consent(dataset.into());
		Ok(ask(self.0, asked).await?.map(|found| found.0))
	}

	pub async fn schema(self, schema: SchemaId) -> Result<Option<SchemaView<AccountId>>, Error> {
		let asked = view_functions().provenance().schema(schema.into());
		Ok(ask(self.0, asked).await?.map(|found| found.0))
	}

	pub async fn attestation(self, attestation: AttestationId) -> Result<Option<AttestationView<AccountId>>, Error> {
		let asked = view_functions().provenance().attestation(attestation.into());
		Ok(ask(self.0, asked).await?.map(|found| found.0))
	}

	/// What is attested of a subject, by anybody or by one attester.
	pub async fn attestations_about(
		self,
		subject: Subject<AccountId>,
		attester: Option<AccountId>,
	) -> Result<Listing<AttestationView<AccountId>>, Error> {
		whole(async |after: Option<AttestationId>| {
			let after = after.map(Into::into);
			let views = view_functions().provenance();
			let asked = views.attestations_about(subject.into(), attester, after, MAX_PAGE);
			Ok(page(ask(self.0, asked).await?))
		})
		.await
	}

	/// What an account attested.
	pub async fn attestations_by(self, attester: AccountId) -> Result<Listing<AttestationView<AccountId>>, Error> {
		whole(async |after: Option<AttestationId>| {
			let after = after.map(Into::into);
			let asked = view_functions().provenance().attestations_by(attester, after, MAX_PAGE);
			Ok(page(ask(self.0, asked).await?))
		})
		.await
	}
}

impl Acting<'_> {
	pub async fn register_dataset(&self, facts: Facts<Vec<u8>>) -> Result<DatasetId, Error> {
		let call = transactions().provenance().register_dataset(facts.into());
		let registered: events::DatasetRegistered = self.call(&call).await?.event()?;
		Ok(registered.dataset.0)
	}

	/// Offers a dataset to another account, or to nobody any more.
	pub async fn offer_dataset(&self, dataset: DatasetId, to: Option<AccountId>) -> Result<(), Error> {
		self.call(&transactions().provenance().offer_dataset(dataset.into(), to))
			.await
			.map(drop)
	}

	pub async fn accept_dataset(&self, dataset: DatasetId) -> Result<(), Error> {
		self.call(&transactions().provenance().accept_dataset(dataset.into()))
			.await
			.map(drop)
	}

	/// No longer agrees that a dataset is used, for good.
	pub async fn withdraw_consent(&self, dataset: DatasetId) -> Result<(), Error> {
		self.call(&transactions().provenance().withdraw_consent(dataset.into()))
			.await
			.map(drop)
	}

	pub async fn attest(
		&self,
		subject: Subject<AccountId>,
		statement: Statement<Vec<u8>>,
	) -> Result<AttestationId, Error> {
		let call = transactions().provenance().attest(subject.into(), statement.into());
		let attested: events::Attested = self.call(&call).await?.event()?;
		Ok(attested.attestation.0)
	}

	/// Takes an attestation back.
	pub async fn revoke(&self, attestation: AttestationId) -> Result<(), Error> {
		self.call(&transactions().provenance().revoke(attestation.into()))
			.await
			.map(drop)
	}
}
