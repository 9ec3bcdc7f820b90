// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker model export`: a version and all that it was made from, as an SPDX document (docs/descriptions.md).

use super::{
	node,
	wanted::{Wanted, wanted},
};
use crate::output::Output;
use anyhow::{Context, Result, bail};
use atelier_client::{AccountId, At, Balance, Chain, Error, Models, Provenance};
use atelier_descriptions::spdx::{self, Block, Snapshot};
use atelier_primitives::{
	BlockNumber,
	ids::{AttestationId, DatasetId, ModelId, SchemaId, Subject, VersionId},
	views::{
		models::{LineageView, ModelView, VersionView},
		provenance::{AttestationView, DatasetView, SchemaView},
	},
};
use clap::Args;
use std::{
	collections::{BTreeMap, BTreeSet},
	fs,
	path::PathBuf,
};

#[derive(Args)]
pub struct Export {
	/// A version's number, or alias/slug@number.
	#[arg(value_parser = wanted)]
	version: Wanted,
	/// Where the document is written, instead of standard output.
	#[arg(long, value_name = "FILE")]
	file: Option<PathBuf>,
	#[command(flatten)]
	node: node::Node,
}

impl Export {
	pub async fn run(self, output: &Output) -> Result<()> {
		let chain = self.node.connect().await?;
		let at = chain.finalised().await?;
		let version = self.version.version(Models(&at)).await?;
		let snapshot = Reading { at: &at }.snapshot(&chain, version, output).await?;
		let document = spdx::export(&snapshot, AccountId::to_string)?;
		match &self.file {
			None => print!("{document}"),
			Some(file) => {
				fs::write(file, &document).with_context(|| format!("{} cannot be written", file.display()))?;
				output.note(&format!("wrote {}", file.display()));
			}
		}
		Ok(())
	}
}

/// The chain in one block, of which everything is read.
struct Reading<'a> {
	at: &'a At,
}

impl Reading<'_> {
	async fn snapshot(
		&self,
		chain: &Chain,
		version: VersionId,
		output: &Output,
	) -> Result<Snapshot<AccountId, Balance>> {
		let Some(lineage) = Models(self.at).lineage(version).await? else {
			bail!("there is no version {version}");
		};
		let versions = self.versions(version, &lineage).await?;
		let models = self.models(&versions).await?;
		let datasets = self.datasets(&lineage).await?;
		let attestations = self.attestations(&versions, &models, &datasets, output).await?;
		let schemas = self.schemas(&attestations).await?;
		let time = chain.time(self.at).await?.context("the block has no time")?;
		let mut snapshot = Snapshot {
			genesis: chain.genesis().0,
			block: Block {
				number: Models(self.at).number(),
				hash: self.at.block_hash().0,
				time,
			},
			version,
			lineage,
			versions,
			models,
			datasets,
			attestations,
			schemas,
			times: BTreeMap::new(),
		};
		snapshot.times = times(chain, snapshot.blocks(), output).await?;
		Ok(snapshot)
	}

	async fn versions(&self, version: VersionId, lineage: &LineageView) -> Result<Vec<VersionView<Balance>>, Error> {
		let ancestors = lineage.ancestors.iter().map(|ancestor| ancestor.version);
		let ids: BTreeSet<VersionId> = ancestors.chain([version]).collect();
		let mut views = Vec::new();
		for id in ids {
			views.extend(Models(self.at).version(id).await?);
		}
		Ok(views)
	}

	async fn models(&self, versions: &[VersionView<Balance>]) -> Result<Vec<ModelView<AccountId>>, Error> {
		let ids: BTreeSet<ModelId> = versions.iter().map(|version| version.model).collect();
		let mut views = Vec::new();
		for id in ids {
			views.extend(Models(self.at).model(id).await?);
		}
		Ok(views)
	}

	async fn datasets(&self, lineage: &LineageView) -> Result<Vec<DatasetView<AccountId>>, Error> {
		let ids: BTreeSet<DatasetId> = lineage.sources.iter().map(|(dataset, _)| *dataset).collect();
		let mut views = Vec::new();
		for id in ids {
			views.extend(Provenance(self.at).dataset(id).await?);
		}
		Ok(views)
	}

	/// About everything in the document and about its owners.
	async fn attestations(
		&self,
		versions: &[VersionView<Balance>],
		models: &[ModelView<AccountId>],
		datasets: &[DatasetView<AccountId>],
		output: &Output,
	) -> Result<Vec<AttestationView<AccountId>>, Error> {
		let owners = models.iter().map(|model| model.owner);
		let owners: BTreeSet<AccountId> = owners.chain(datasets.iter().map(|dataset| dataset.owner)).collect();
		let subjects = versions.iter().map(|view| Subject::Version(view.version));
		let subjects = subjects.chain(datasets.iter().map(|view| Subject::Dataset(view.id)));
		let mut found: BTreeMap<AttestationId, _> = BTreeMap::new();
		for subject in subjects.chain(owners.into_iter().map(Subject::Account)) {
			let listing = Provenance(self.at).attestations_about(subject, None).await?;
			if listing.more {
				output.note(&format!(
					"only the first {} attestations about {subject:?} are in the document",
					listing.items.len()
				));
			}
			found.extend(listing.items.into_iter().map(|view| (view.id, view)));
		}
		Ok(found.into_values().collect())
	}

	async fn schemas(&self, attestations: &[AttestationView<AccountId>]) -> Result<Vec<SchemaView<AccountId>>, Error> {
		let ids: BTreeSet<SchemaId> = attestations.iter().map(|view| view.statement.schema).collect();
		let mut views = Vec::new();
		for id in ids {
			views.extend(Provenance(self.at).schema(id).await?);
		}
		Ok(views)
	}
}

/// Times of blocks before. A node that is no archive has forgotten the state of old ones; the document says less then.
async fn times(
	chain: &Chain,
	blocks: BTreeSet<BlockNumber>,
	output: &Output,
) -> Result<BTreeMap<BlockNumber, u64>, Error> {
	let mut times = BTreeMap::new();
	let all = blocks.len();
	for block in blocks {
		let at = chain.at(block.into()).await;
		let time = match at {
			Ok(at) => chain.time(&at).await.unwrap_or_default(),
			Err(_) => None,
		};
		times.extend(time.map(|time| (block, time)));
	}
	if times.len() < all {
		output.note(&format!(
			"the node has forgotten {} of {all} blocks, so the document does not tell their times; an archive node has them",
			all.saturating_sub(times.len())
		));
	}
	Ok(times)
}
