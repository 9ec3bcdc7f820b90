// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker model publish`: an exact model's folder becomes a version of a model on the chain.
//!
//! Float models are not published by it: what commits to their weights is not settled yet.

use super::{
	amount, files, node,
	promise_file::PromiseFile,
	share::{Owed, owed},
	terms::TermsArgs,
	wait,
	wanted::{Wanted, dataset, wanted},
};
use crate::{data, output::Output};
use anyhow::{Context, Result, anyhow, bail};
use atelier_client::{At, Balance, Chain, Models, Publication, Published, Step, Wait, deposits};
use atelier_models::{
	exact::{ExactFolder, MANIFEST, Manifest, PACKAGE},
	files::bytes,
};
use atelier_primitives::{
	ids::{DatasetId, ModelId, VersionId},
	licence,
	models::{Class, Fee, SPEC},
	views::models::ModelView,
};
use atelier_referee::{commit::Bounded, hash::Digest, model::CHUNK};
use clap::Args;
use serde_json::json;
use sp_arithmetic::Permill;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub struct Publish {
	/// The exact model's folder (`model convert` makes it).
	folder: PathBuf,
	/// The model it is a version of; it is made if the account has none with that name.
	#[arg(long, value_name = "NAME")]
	slug: String,
	/// An SPDX expression.
	#[arg(long, value_name = "EXPRESSION", value_parser = expression)]
	licence: String,
	/// The licence's text, of which the chain keeps the hash.
	#[arg(long, value_name = "FILE")]
	licence_text: PathBuf,
	/// A version it was made from, by number or name, and the share of its fee that this one owes it. May be repeated.
	#[arg(long = "parent", value_name = "ID=PERCENT", value_parser = parent)]
	parents: Vec<Owed<Wanted>>,
	/// The same of a dataset.
	#[arg(long = "dataset", value_name = "ID=PERCENT", value_parser = source)]
	datasets: Vec<Owed<DatasetId>>,
	/// What its owner asks for each token of an input, in ATL.
	#[arg(long, value_name = "ATL", default_value = "0", value_parser = amount::parse)]
	fee_input: Balance,
	/// The same of an answer.
	#[arg(long, value_name = "ATL", default_value = "0", value_parser = amount::parse)]
	fee_output: Balance,
	/// The safety framework it was made under, of which the chain keeps the hash.
	#[arg(long, value_name = "FILE")]
	safety: Option<PathBuf>,
	#[command(flatten)]
	terms: TermsArgs,
	#[command(flatten)]
	node: node::Node,
	#[command(flatten)]
	signer: node::Signer,
}

pub(super) fn expression(text: &str) -> Result<String, String> {
	match licence::well_formed(text.as_bytes()) && text.len() <= licence::MAX_EXPRESSION as usize {
		true => Ok(text.into()),
		false => Err("an SPDX expression, as in Apache-2.0 or LicenseRef-own".into()),
	}
}

fn parent(text: &str) -> Result<Owed<Wanted>, String> {
	owed(text, wanted)
}

fn source(text: &str) -> Result<Owed<DatasetId>, String> {
	owed(text, dataset)
}

/// What of a publication the folder says.
struct Folder {
	class: Class,
	weights: atelier_referee::commit::Commitment,
	bytes: u64,
	package: Digest,
	manifest: Digest,
}

impl Folder {
	/// Reads it and checks every byte: what is published never changes.
	fn read(path: &Path, output: &Output) -> Result<Self> {
		let folder = ExactFolder::open(path)?;
		let bar = output.bar();
		let all = folder.manifest().weights.count;
		folder.verify(|chunks| bar.show("checking", chunks, all))?;
		bar.finish();
		let manifest = folder.manifest();
		let registered = manifest.registered();
		let package = manifest.files.get(PACKAGE).context("the manifest names no package")?;
		Ok(Self {
			class: Class::Exact {
				spec: SPEC,
				shape: registered.shape,
				vocabulary: registered.vocabulary,
			},
			weights: registered.weights,
			bytes: registered.weights.count.saturating_mul(CHUNK),
			package: package.blake3,
			manifest: Manifest::root(&bytes(&path.join(MANIFEST))?),
		})
	}
}

/// Shares in the order that the chain asks for, each thing once.
fn ordered<Id: Ord + Copy, const MAX: usize>(
	mut shares: Vec<(Id, Permill)>,
	what: &str,
) -> Result<Bounded<(Id, Permill), MAX>> {
	shares.sort_by_key(|(id, _)| *id);
	if shares
		.windows(2)
		.any(|pair| matches!(pair, [one, next] if one.0 == next.0))
	{
		bail!("a {what} is named twice");
	}
	Bounded::try_from(shares).map_err(|_| anyhow!("a version has at most {MAX} {what}s"))
}

impl Publish {
	pub fn run(self, output: &Output) -> Result<()> {
		let folder = Folder::read(&self.folder, output)?;
		wait(self.publish(folder, output))
	}

	async fn parents(&self, at: &At) -> Result<Vec<(VersionId, Permill)>> {
		let mut parents = Vec::new();
		for owed in &self.parents {
			parents.push((owed.to.version(Models(at)).await?, owed.part));
		}
		Ok(parents)
	}

	async fn publication(&self, folder: &Folder, at: &At) -> Result<Publication> {
		let datasets = self.datasets.iter().map(|owed| (owed.to, owed.part)).collect();
		Ok(Publication {
			weights: folder.weights,
			bytes: folder.bytes,
			package: folder.package,
			manifest: folder.manifest,
			class: folder.class,
			parents: ordered(self.parents(at).await?, "parent")?,
			datasets: ordered(datasets, "dataset")?,
			terms: self.terms.terms(),
			licence: Bounded::try_from(self.licence.clone().into_bytes())
				.map_err(|_| anyhow!("the licence's expression is too long"))?,
			licence_text: files::hash(&self.licence_text)?,
			fee: Fee {
				per_input: self.fee_input,
				per_output: self.fee_output,
			},
			safety: self.safety.as_deref().map(files::hash).transpose()?,
		})
	}

	async fn publish(self, folder: Folder, output: &Output) -> Result<()> {
		let key = self.signer.read()?;
		let chain = self.node.connect().await?;
		let acting = chain.acting(&key, Wait::Final);
		let owner = key.account();
		let at = chain.finalised().await?;
		let publication = self.publication(&folder, &at).await?;
		let model = Models(&at).model_with(owner, &self.slug).await?;

		let genesis = chain.genesis();
		let folder = data::folder().join("promises");
		let file = PromiseFile::open(&folder, genesis.as_bytes(), &owner, &publication)?;
		let earlier = match &model {
			// An interrupted try may have come to its end all the same.
			Some(model) if file.resumed => acting.published(&at, model.model, &publication).await?,
			_ => None,
		};
		let (model, published) = match (model, earlier) {
			(Some(model), Some(published)) => (model.model, published),
			(model, _) => {
				let needed = needed(&at, &publication, model.as_ref()).await?;
				self.say_deposit(&chain, &at, &owner, needed, output).await?;
				let model = match model {
					Some(model) => model.model,
					None => {
						output.note(&format!("making the model {}", self.slug));
						acting.create_model(&self.slug).await?
					}
				};
				let hear = |step| output.note(&said(step));
				(model, acting.publish(model, &publication, file.salt, hear).await?)
			}
		};
		file.remove()?;
		self.show(model, published, output);
		Ok(())
	}

	/// Says what will be held, and refuses before anything is spent if that is not there.
	async fn say_deposit(
		&self,
		chain: &Chain,
		at: &At,
		owner: &atelier_client::AccountId,
		needed: Balance,
		output: &Output,
	) -> Result<()> {
		let free = chain.funds(at, owner).await?.free;
		output.note(&format!(
			"the chain holds at most {} while the version has a record; {} is free",
			amount::named(needed),
			amount::named(free)
		));
		if free < needed {
			bail!(
				"the deposit is {}, and {owner} has {}",
				amount::named(needed),
				amount::named(free)
			);
		}
		Ok(())
	}

	fn show(&self, model: ModelId, published: Published, output: &Output) {
		let Published { version, number } = published;
		output.result(
			&json!({ "version": version, "model": model, "slug": self.slug, "number": number }),
			&[
				("version", version.to_string()),
				("model", format!("{model} ({})", self.slug)),
				("number", number.to_string()),
			],
		);
	}
}

/// The most that the chain will hold beside what it holds now. The promise's deposit returns as the version's is held.
async fn needed(
	at: &At,
	publication: &Publication,
	model: Option<&ModelView<atelier_client::AccountId>>,
) -> Result<Balance> {
	let version = deposits::version(at, publication).await?.max(deposits::promise());
	Ok(match model {
		Some(_) => version,
		None => version.saturating_add(deposits::model()),
	})
}

fn said(step: Step) -> String {
	match step {
		Step::Promising => "promising the version".into(),
		Step::Waiting(promised) => format!(
			"waiting for block {}; the promise can be kept until block {}",
			promised.from, promised.until
		),
		Step::Revealing => "publishing it".into(),
	}
}

#[cfg(test)]
pub(super) mod tests {
	use super::*;
	use atelier_primitives::terms::{Purposes, Terms, Withdrawal};
	use atelier_referee::commit::{Commitment, Kind};

	pub(in super::super) fn publication(root: Digest) -> Publication {
		Publication {
			weights: Commitment {
				kind: Kind::Weights,
				count: 1,
				root,
			},
			bytes: 1_024,
			package: [2; 32],
			manifest: [3; 32],
			class: Class::Float { profile: [4; 32] },
			parents: Bounded::new(),
			datasets: Bounded::new(),
			terms: Terms {
				derive: true,
				commercial: true,
				min_share: Permill::zero(),
				expiry: None,
				purposes: Purposes::ANY,
				withdrawal: Withdrawal::StopsDerivation,
			},
			licence: Bounded::new(),
			licence_text: [5; 32],
			fee: Fee::default(),
			safety: None,
		}
	}

	#[test]
	fn shares_are_put_in_order_and_each_named_once() {
		let part = Permill::from_percent(1);
		let shares = ordered::<_, 3>(vec![(3, part), (1, part), (2, part)], "parent").unwrap();
		assert_eq!(shares.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2, 3]);
		let twice = ordered::<_, 3>(vec![(1, part), (2, part), (1, part)], "parent").unwrap_err();
		assert!(twice.to_string().contains("named twice"));
		let many = ordered::<_, 1>(vec![(1, part), (2, part)], "dataset").unwrap_err();
		assert!(many.to_string().contains("at most 1 dataset"));
	}

	#[test]
	fn licences_are_spdx_expressions() {
		assert!(expression("Apache-2.0 OR MIT").is_ok());
		for text in ["", "Apache 2", "mine!", &"A".repeat(257)] {
			assert!(expression(text).is_err(), "{text}");
		}
	}
}
