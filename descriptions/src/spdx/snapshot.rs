// SPDX-License-Identifier: Apache-2.0

//! What the chain says in one block of a version and of all that it was made from.

use crate::{Error, Thing};
use atelier_primitives::{
	BlockNumber,
	ids::{AttestationId, DatasetId, ModelId, SchemaId, VersionId},
	lineage::Flag,
	views::{
		models::{LineageView, ModelView, VersionView},
		provenance::{AttestationView, DatasetView, SchemaView},
	},
};
use atelier_referee::hash::Digest;
use std::collections::{BTreeMap, BTreeSet};

/// The block in which the state was read. It should be final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
	pub number: BlockNumber,
	pub hash: Digest,
	/// Milliseconds since 1970, as the chain has them.
	pub time: u64,
}

/// What a document is made of, in any order. More than it needs does no harm.
#[derive(Clone, Debug)]
pub struct Snapshot<AccountId, Balance> {
	/// By which the chain is known.
	pub genesis: Digest,
	pub block: Block,
	/// What the document is about.
	pub version: VersionId,
	/// Of [`Self::version`].
	pub lineage: LineageView,
	/// [`Self::version`] and its ancestors.
	pub versions: Vec<VersionView<Balance>>,
	/// Those of all versions.
	pub models: Vec<ModelView<AccountId>>,
	/// The lineage's sources.
	pub datasets: Vec<DatasetView<AccountId>>,
	/// About the versions, the datasets and their owners.
	pub attestations: Vec<AttestationView<AccountId>>,
	/// Of the attestations.
	pub schemas: Vec<SchemaView<AccountId>>,
	/// Of blocks before, as [`Block::time`]. The document says less where one of [`Self::blocks`] is missing.
	pub times: BTreeMap<BlockNumber, u64>,
}

/// A snapshot by numbers, with nothing missing.
pub(super) struct Index<'a, AccountId, Balance> {
	/// With their models.
	pub versions: BTreeMap<VersionId, (&'a VersionView<Balance>, &'a ModelView<AccountId>)>,
	/// With what their owners have stopped.
	pub datasets: BTreeMap<DatasetId, (&'a DatasetView<AccountId>, Option<Flag>)>,
	/// With their schemas.
	pub attestations: BTreeMap<AttestationId, (&'a AttestationView<AccountId>, &'a SchemaView<AccountId>)>,
}

impl<AccountId, Balance> Snapshot<AccountId, Balance> {
	/// Blocks of which the document tells the time.
	pub fn blocks(&self) -> BTreeSet<BlockNumber> {
		let published = self.versions.iter().map(|version| version.published);
		published
			.chain(self.attestations.iter().map(|attestation| attestation.made))
			.collect()
	}

	/// The time of a block, if it is known.
	pub(super) fn time(&self, block: BlockNumber) -> Option<u64> {
		if block == self.block.number {
			Some(self.block.time)
		} else {
			self.times.get(&block).copied()
		}
	}

	pub(super) fn index(&self) -> Result<Index<'_, AccountId, Balance>, Error> {
		let models = unique(&self.models, |model| model.model, Thing::Model)?;
		let version_views = unique(&self.versions, |version| version.version, Thing::Version)?;
		let dataset_views = unique(&self.datasets, |dataset| dataset.id, Thing::Dataset)?;
		let schemas = unique(&self.schemas, |schema| schema.id, Thing::Schema)?;
		let attestation_views = unique(&self.attestations, |attestation| attestation.id, Thing::Attestation)?;

		let mut versions = BTreeMap::new();
		let ancestors = self.lineage.ancestors.iter().map(|ancestor| ancestor.version);
		for id in ancestors.chain([self.version]) {
			let version = *version_views.get(&id).ok_or(Error::Missing(Thing::Version(id)))?;
			let model: ModelId = version.model;
			let model = *models.get(&model).ok_or(Error::Missing(Thing::Model(model)))?;
			versions.insert(id, (version, model));
		}
		for (parent, _) in versions.values().flat_map(|(version, _)| &version.publication.parents) {
			if !versions.contains_key(parent) {
				return Err(Error::Missing(Thing::Version(*parent)));
			}
		}

		let flags: BTreeMap<DatasetId, Flag> = self.lineage.sources.iter().copied().collect();
		let stated = versions.values().flat_map(|(version, _)| &version.publication.datasets);
		let sources: BTreeSet<DatasetId> = flags.keys().copied().chain(stated.map(|(id, _)| *id)).collect();
		let mut datasets = BTreeMap::new();
		for id in sources {
			let dataset = *dataset_views.get(&id).ok_or(Error::Missing(Thing::Dataset(id)))?;
			datasets.insert(id, (dataset, flags.get(&id).copied()));
		}

		let mut attestations = BTreeMap::new();
		for (id, attestation) in attestation_views {
			let schema: SchemaId = attestation.statement.schema;
			let schema = *schemas.get(&schema).ok_or(Error::Missing(Thing::Schema(schema)))?;
			attestations.insert(id, (attestation, schema));
		}
		Ok(Index {
			versions,
			datasets,
			attestations,
		})
	}
}

/// Things by their numbers, each of which is there once.
fn unique<View, Id: Ord + Copy>(
	views: &[View],
	id: impl Fn(&View) -> Id,
	thing: impl Fn(Id) -> Thing,
) -> Result<BTreeMap<Id, &View>, Error> {
	let mut all = BTreeMap::new();
	for view in views {
		let id = id(view);
		if all.insert(id, view).is_some() {
			return Err(Error::Twice(thing(id)));
		}
	}
	Ok(all)
}
