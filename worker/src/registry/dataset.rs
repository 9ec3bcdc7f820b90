// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker dataset`: for who has data.

use super::{
	attest::{Attest, Revoke},
	files, node,
	publish::expression,
	show,
	terms::TermsArgs,
	wait,
	wanted::dataset,
};
use crate::output::Output;
use anyhow::{Context, Result, bail};
use atelier_client::{Provenance, Wait};
use atelier_descriptions::{
	content,
	croissant::{Answers, Croissant},
};
use atelier_primitives::{
	datasets::{Access, Description, Facts},
	ids::{DatasetId, Subject},
	licence::Licence,
};
use atelier_referee::hash::Digest;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum Command {
	/// States what a dataset is, for good.
	Register(Box<Register>),
	/// Shows a dataset, and what is attested of it.
	Show {
		#[arg(value_parser = dataset)]
		dataset: DatasetId,
		#[command(flatten)]
		node: node::Node,
	},
	/// Takes back the consent to its use, for good.
	Withdraw {
		#[arg(value_parser = dataset)]
		dataset: DatasetId,
		#[command(flatten)]
		node: node::Node,
		#[command(flatten)]
		signer: node::Signer,
	},
	/// Says something of a dataset, by a schema.
	Attest {
		#[arg(value_parser = dataset)]
		dataset: DatasetId,
		#[command(flatten)]
		attest: Attest,
	},
	/// Takes an attestation back.
	Revoke(Revoke),
}

#[derive(Args)]
pub struct Register {
	#[command(flatten)]
	content: Content,
	/// An SPDX expression; a Croissant file says it, too.
	#[arg(long, value_name = "EXPRESSION", value_parser = expression, required_unless_present = "croissant")]
	licence: Option<String>,
	/// The licence's text, of which the chain keeps the hash.
	#[arg(long, value_name = "FILE")]
	licence_text: PathBuf,
	/// How somebody gets at the content.
	#[arg(long, value_enum, default_value_t = AccessName::Public)]
	access: AccessName,
	/// A document for people about what is in it, of which the chain keeps the hash.
	#[arg(long, value_name = "FILE", conflicts_with = "croissant")]
	description: Option<PathBuf>,
	/// The same as a Croissant file, which says licence and length, too.
	#[arg(long, value_name = "FILE")]
	croissant: Option<PathBuf>,
	#[command(flatten)]
	terms: TermsArgs,
	#[command(flatten)]
	node: node::Node,
	#[command(flatten)]
	signer: node::Signer,
}

/// What the dataset is.
#[derive(Args)]
struct Content {
	/// The file, or the folder with all files: hash and length are computed of them (docs/descriptions.md).
	#[arg(long, value_name = "PATH", required_unless_present = "root", conflicts_with_all = ["root", "bytes"])]
	files: Option<PathBuf>,
	/// The hash that stands for the whole content.
	#[arg(long, value_name = "HEX", value_parser = files::digest)]
	root: Option<Digest>,
	/// How long the content is; a Croissant file may say it, too.
	#[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
	bytes: Option<u64>,
}

impl Content {
	/// Hashes the files, if there are any.
	fn found(&self, output: &Output) -> Result<Option<content::Content>> {
		let Some(path) = &self.files else {
			return Ok(None);
		};
		let bar = output.bar();
		let all = content::length(path)?;
		let mut done = 0_u64;
		let found = content::Content::of(path, |read| {
			done = done.saturating_add(read);
			bar.show("hashing", done, all);
		});
		bar.finish();
		Ok(Some(found?))
	}
}

#[derive(Clone, Copy, ValueEnum)]
enum AccessName {
	/// Anybody can fetch it.
	Public,
	/// The owner gives it to whom it likes.
	OnRequest,
	/// It stays where it is; who wants to learn from it sends the computation there.
	ComputeToData,
}

impl Register {
	fn facts(&self, output: &Output) -> Result<Facts<Vec<u8>>> {
		let found = self.content.found(output)?;
		let root = found.as_ref().map(|found| found.root).or(self.content.root);
		let bytes = found.as_ref().map(|found| found.bytes).or(self.content.bytes);
		let access = match self.access {
			AccessName::Public => Access::Public,
			AccessName::OnRequest => Access::OnRequest,
			AccessName::ComputeToData => Access::ComputeToData,
		};
		let text = files::hash(&self.licence_text)?;
		let terms = self.terms.terms();
		let Some(path) = &self.croissant else {
			return Ok(Facts {
				root: root.context("the content has no root")?,
				bytes: bytes.context("say how long the content is (--bytes)")?,
				terms,
				access,
				licence: Licence {
					expression: self.licence.clone().unwrap_or_default().into_bytes(),
					text,
				},
				description: match &self.description {
					Some(file) => Description::Document(files::hash(file)?),
					None => Description::None,
				},
			});
		};
		let croissant = Croissant::open(path)?;
		let answers = Answers {
			root,
			bytes,
			licence: self.licence.clone(),
			licence_text: Some(text),
			derive: Some(terms.derive),
			commercial: Some(terms.commercial),
			min_share: Some(terms.min_share),
			expiry: terms.expiry,
			purposes: Some(terms.purposes),
			withdrawal: Some(terms.withdrawal),
			access: Some(access),
		};
		let facts = croissant.facts(&answers)?;
		tell(&croissant, &answers, found.as_ref(), output);
		Ok(facts)
	}

	async fn register(self, output: &Output) -> Result<()> {
		let facts = self.facts(output)?;
		let key = self.signer.read()?;
		let chain = self.node.connect().await?;
		let root = facts.root;
		let dataset = chain.acting(&key, Wait::Final).register_dataset(facts).await?;
		let view = Provenance(&chain.finalised().await?).dataset(dataset).await?;
		let earlier = view.and_then(|view| view.earlier);
		let mut lines = vec![("dataset", dataset.to_string()), ("root", hex::encode(root))];
		if let Some(earlier) = earlier {
			lines.push(("earlier", format!("dataset {earlier} has the same content")));
		}
		output.result(
			&json!({ "dataset": dataset, "root": hex::encode(root), "owner": key.account(), "earlier": earlier }),
			&lines,
		);
		Ok(())
	}
}

/// Shows who registers it what the description says, before it is on the chain for good.
fn tell(croissant: &Croissant, answers: &Answers, found: Option<&content::Content>, output: &Output) {
	let summary = &croissant.summary;
	let said = [
		("name", summary.name.clone()),
		("description", summary.description.clone()),
		(
			"by",
			(!summary.creators.is_empty()).then(|| summary.creators.join(", ")),
		),
		("url", summary.url.clone()),
	];
	for (name, text) in said.into_iter().filter_map(|(name, text)| Some((name, text?))) {
		output.note(&format!("{name}: {text}"));
	}
	for (field, texts) in &summary.responsible_use {
		output.note(&format!("{field}: {}", texts.join("; ")));
	}
	for note in croissant.notes(answers) {
		output.note(&format!("note: {note}"));
	}
	for name in found.map(|found| croissant.absent(found)).unwrap_or_default() {
		output.note(&format!(
			"note: no file has the hash that the description states of {name}"
		));
	}
}

impl Command {
	pub fn run(self, output: &Output) -> Result<()> {
		match self {
			Self::Register(register) => wait(register.register(output)),
			Self::Show { dataset, node } => wait(show_dataset(dataset, node, output)),
			Self::Withdraw { dataset, node, signer } => wait(withdraw(dataset, node, signer, output)),
			Self::Attest { dataset, attest } => wait(async {
				let chain = attest.node.connect().await?;
				attest.attest(&chain, Subject::Dataset(dataset), output).await
			}),
			Self::Revoke(revoke) => revoke.run(output),
		}
	}
}

async fn show_dataset(dataset: DatasetId, node: node::Node, output: &Output) -> Result<()> {
	let chain = node.connect().await?;
	let at = chain.finalised().await?;
	let provenance = Provenance(&at);
	let Some(view) = provenance.dataset(dataset).await? else {
		bail!("there is no dataset {dataset}");
	};
	let attested = provenance.attestations_about(Subject::Dataset(dataset), None).await?;
	show::dataset(&view, &attested, show::now(&at), output);
	Ok(())
}

async fn withdraw(dataset: DatasetId, node: node::Node, signer: node::Signer, output: &Output) -> Result<()> {
	let key = signer.read()?;
	let chain = node.connect().await?;
	chain.acting(&key, Wait::Final).withdraw_consent(dataset).await?;
	let uses = Provenance(&chain.finalised().await?).dataset(dataset).await?;
	let uses = uses.map_or(0, |view| view.used);
	output.result(
		&json!({ "dataset": dataset, "consent": "withdrawn", "used": uses }),
		&[
			("dataset", dataset.to_string()),
			("consent", "withdrawn, for good".into()),
			("used", format!("by {uses} versions")),
		],
	);
	Ok(())
}
