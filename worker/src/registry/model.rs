// SPDX-License-Identifier: Apache-2.0

//! What of `atelier-worker model` is about the chain.

use super::{
	attest::{Revoke, Saying},
	export::Export,
	handover::{Accept, Offer, Thing},
	node,
	publish::Publish,
	show, wait,
	wanted::{Found, Wanted, wanted},
};
use crate::output::Output;
use anyhow::{Context, Result, bail};
use atelier_client::{AccountId, At, Models, Provenance, Wait};
use atelier_primitives::{
	ids::{AttestationId, ModelId, Subject, VersionId},
	models::Status,
};
use clap::{Args, Subcommand};
use serde_json::json;

#[derive(Subcommand)]
pub enum Command {
	/// Publishes an exact model as a version of a model on the chain (docs/registries.md).
	Publish(Box<Publish>),
	/// Shows a version, or a model and its versions.
	Show(One),
	/// Lists the models of an account.
	List {
		#[arg(value_parser = node::account)]
		account: AccountId,
		#[command(flatten)]
		node: node::Node,
	},
	/// Shows everything that a version was made from.
	Lineage(One),
	/// Writes a version and everything that it was made from as an SPDX document.
	Export(Export),
	/// Takes a version back, for good.
	Withdraw(Change),
	/// Recommends against a version; it goes on serving.
	Deprecate(Change),
	/// Takes a deprecation back.
	Reinstate(Change),
	/// Claims the alias by which people write alias/slug@number.
	Alias {
		alias: String,
		#[command(flatten)]
		node: node::Node,
		#[command(flatten)]
		signer: node::Signer,
	},
	/// Offers a model, with all its versions and what they earn, to another account.
	Offer(Offer),
	/// Takes over a model that was offered.
	Accept(Accept),
	/// Decides whose weights these are, by an attestation of origin.
	Settle {
		/// A version of the model that is rightly its maker's: its number, or alias/slug@number.
		#[arg(value_parser = wanted)]
		version: Wanted,
		/// The attestation's number.
		#[arg(long, value_name = "NUMBER")]
		attestation: u64,
		#[command(flatten)]
		node: node::Node,
		#[command(flatten)]
		signer: node::Signer,
	},
	/// Says something of a version, by a schema.
	Attest {
		/// A version's number, or alias/slug@number.
		#[arg(value_parser = wanted)]
		version: Wanted,
		#[command(flatten)]
		attest: Saying,
	},
	/// Takes an attestation back.
	Revoke(Revoke),
}

#[derive(Args)]
pub struct One {
	/// A version's number, alias/slug@number, or alias/slug.
	#[arg(value_parser = wanted)]
	wanted: Wanted,
	#[command(flatten)]
	node: node::Node,
}

#[derive(Args)]
pub struct Change {
	/// A version's number, or alias/slug@number.
	#[arg(value_parser = wanted)]
	version: Wanted,
	#[command(flatten)]
	node: node::Node,
	#[command(flatten)]
	signer: node::Signer,
}

#[derive(Clone, Copy)]
enum What {
	Withdraw,
	Deprecate,
	Reinstate,
}

impl Command {
	pub fn run(self, output: &Output) -> Result<()> {
		match self {
			Self::Publish(publish) => publish.run(output),
			Self::Show(one) => wait(one.show(output)),
			Self::List { account, node } => wait(list(account, node, output)),
			Self::Lineage(one) => wait(one.lineage(output)),
			Self::Export(export) => wait(export.run(output)),
			Self::Withdraw(change) => wait(change.make(What::Withdraw, output)),
			Self::Deprecate(change) => wait(change.make(What::Deprecate, output)),
			Self::Reinstate(change) => wait(change.make(What::Reinstate, output)),
			Self::Alias { alias, node, signer } => wait(claim_alias(alias, node, signer, output)),
			Self::Offer(offer) => wait(offer.run(Thing::Model, output)),
			Self::Accept(accept) => wait(accept.run(Thing::Model, output)),
			Self::Settle {
				version,
				attestation,
				node,
				signer,
			} => wait(settle(version, AttestationId(attestation), node, signer, output)),
			Self::Attest { version, attest } => wait(async {
				let chain = attest.node.connect().await?;
				let at = chain.finalised().await?;
				let version = version.version(Models(&at)).await?;
				attest.attest(&chain, Subject::Version(version), output).await
			}),
			Self::Revoke(revoke) => revoke.run(output),
		}
	}
}

impl One {
	async fn show(self, output: &Output) -> Result<()> {
		let chain = self.node.connect().await?;
		let at = chain.finalised().await?;
		match self.wanted.find(Models(&at)).await? {
			Found::Version(version) => show_version(version, &at, output).await,
			Found::Model(model) => show_model(model, &at, output).await,
		}
	}

	async fn lineage(self, output: &Output) -> Result<()> {
		let chain = self.node.connect().await?;
		let at = chain.finalised().await?;
		let models = Models(&at);
		let version = self.wanted.version(models).await?;
		let Some(lineage) = models.lineage(version).await? else {
			bail!("there is no version {version}");
		};
		show::lineage(version, &lineage, output);
		Ok(())
	}
}

async fn show_version(version: VersionId, at: &At, output: &Output) -> Result<()> {
	let models = Models(at);
	let Some(view) = models.version(version).await? else {
		bail!("there is no version {version}");
	};
	let model = models.model(view.model).await?.context("its model is gone")?;
	let about = Subject::Version(version);
	let attested = Provenance(at).attestations_about(about, None).await?;
	let contest = match view.status {
		Status::Contested | Status::Overruled => models.contest(view.publication.weights.root).await?,
		_ => None,
	};
	show::version(&view, &model, contest.as_ref(), &attested, show::now(at), output);
	Ok(())
}

async fn show_model(model: ModelId, at: &At, output: &Output) -> Result<()> {
	let models = Models(at);
	let Some(view) = models.model(model).await? else {
		bail!("there is no model {model}");
	};
	let versions = models.versions_of(&view).await?;
	show::model(&view, &versions, output);
	Ok(())
}

async fn list(account: AccountId, node: node::Node, output: &Output) -> Result<()> {
	let chain = node.connect().await?;
	let at = chain.finalised().await?;
	let models = Models(&at);
	let mut listed = models.models_of(account).await?;
	listed.items.sort_by_key(|model| model.model);
	let alias = models.alias_of(account).await?;
	show::models(&listed, alias.as_deref(), output);
	Ok(())
}

impl Change {
	async fn make(self, what: What, output: &Output) -> Result<()> {
		let key = self.signer.read()?;
		let chain = self.node.connect().await?;
		let version = self.version.version(Models(&chain.finalised().await?)).await?;
		let acting = chain.acting(&key, Wait::Final);
		match what {
			What::Withdraw => acting.withdraw_version(version).await?,
			What::Deprecate => acting.deprecate_version(version).await?,
			What::Reinstate => acting.reinstate_version(version).await?,
		}
		let status = match what {
			What::Withdraw => "withdrawn",
			What::Deprecate => "deprecated",
			What::Reinstate => "active",
		};
		output.result(
			&json!({ "version": version, "status": status }),
			&[("version", version.to_string()), ("status", status.into())],
		);
		Ok(())
	}
}

async fn settle(
	version: Wanted,
	attestation: AttestationId,
	node: node::Node,
	signer: node::Signer,
	output: &Output,
) -> Result<()> {
	let key = signer.read()?;
	let chain = node.connect().await?;
	let at = chain.finalised().await?;
	let version = version.version(Models(&at)).await?;
	let Some(view) = Models(&at).version(version).await? else {
		bail!("there is no version {version}");
	};
	let root = view.publication.weights.root;
	chain
		.acting(&key, Wait::Final)
		.settle_contest(root, version, attestation)
		.await?;
	output.result(
		&json!({ "version": version, "model": view.model, "weights": hex::encode(root) }),
		&[
			("weights", hex::encode(root)),
			("found", format!("to be those of model {}", view.model)),
		],
	);
	Ok(())
}

async fn claim_alias(alias: String, node: node::Node, signer: node::Signer, output: &Output) -> Result<()> {
	let key = signer.read()?;
	let chain = node.connect().await?;
	chain.acting(&key, Wait::Final).claim_alias(&alias).await?;
	output.result(
		&json!({ "alias": alias, "owner": key.account() }),
		&[("alias", alias.clone()), ("owner", key.account().to_string())],
	);
	Ok(())
}
