// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker dataset`: for who has data.

use super::{
	attest::{Revoke, Saying},
	files,
	handover::{Accept, Offer, Thing},
	node,
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
	/// Offers a dataset, with what it earns, to another account.
	Offer(Offer),
	/// Takes over a dataset that was offered.
	Accept(Accept),
	/// Says something of a dataset, by a schema.
	Attest {
		#[arg(value_parser = dataset)]
		dataset: DatasetId,
		#[command(flatten)]
		attest: Saying,
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
	#[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..), requires = "root")]
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
			Self::Offer(offer) => wait(offer.run(Thing::Dataset, output)),
			Self::Accept(accept) => wait(accept.run(Thing::Dataset, output)),
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
			("versions", format!("made from it: {uses}")),
		],
	);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;

	#[derive(Parser)]
	struct Line {
		#[command(flatten)]
		output: Output,
		#[command(flatten)]
		register: Register,
	}

	fn read(more: &[&str]) -> Result<Facts<Vec<u8>>> {
		let first = [
			"worker",
			"--quiet",
			"--development-key",
			"//Alice",
			"--licence",
			"MIT",
			"--licence-text",
		];
		let text = tempfile::NamedTempFile::new()?;
		let text = [text.path().to_str().unwrap_or_default()];
		let Line { output, register } = Line::try_parse_from(first.iter().chain(&text).chain(more))?;
		register.facts(&output)
	}

	#[test]
	fn content_is_stated_or_hashed() {
		let root = "07".repeat(32);
		let stated = read(&["--root", &root, "--bytes", "9"]).unwrap();
		assert_eq!((stated.root, stated.bytes), ([7; 32], 9));
		assert_eq!((stated.access, stated.description), (Access::Public, Description::None));

		let folder = tempfile::tempdir().unwrap();
		std::fs::write(folder.path().join("a"), "some").unwrap();
		std::fs::write(folder.path().join("b"), "texts").unwrap();
		let files = folder.path().to_str().unwrap();
		let hashed = read(&["--files", files]).unwrap();
		assert_eq!(hashed.bytes, 9);
		std::fs::write(folder.path().join("b"), "Texts").unwrap();
		assert_ne!(read(&["--files", files]).unwrap().root, hashed.root);

		for wrong in [
			&[][..],
			&["--root", &root],
			&["--bytes", "9"],
			&["--files", files, "--root", &root, "--bytes", "9"],
			&["--files", "/nowhere"],
		] {
			assert!(read(wrong).is_err(), "{wrong:?}");
		}
	}

	#[test]
	fn there_is_one_description() {
		let root = "07".repeat(32);
		let file = tempfile::NamedTempFile::new().unwrap();
		let path = file.path().to_str().unwrap();
		let described = |more: &[&str]| read(&[&["--root", &root, "--bytes", "9"][..], more].concat());
		let hash = files::hash(file.path()).unwrap();
		let document = described(&["--description", path]).unwrap().description;
		assert_eq!(document, Description::Document(hash));
		assert!(
			described(&["--croissant", path]).is_err(),
			"an empty file describes nothing"
		);
		std::fs::write(file.path(), CROISSANT).unwrap();
		let croissant = described(&["--croissant", path]).unwrap();
		let hash = files::hash(file.path()).unwrap();
		assert_eq!(croissant.description, Description::Croissant(hash));
		assert_eq!(croissant.licence.expression, b"MIT", "who registers it decides");
		assert!(described(&["--croissant", path, "--description", path]).is_err());
	}

	const CROISSANT: &str = r#"{"@context": {"@vocab": "https://schema.org/"}, "@type": "Dataset",
		"conformsTo": "http://mlcommons.org/croissant/1.1", "name": "Two words",
		"license": "https://creativecommons.org/licenses/by/4.0/", "distribution": [
			{"@type": "cr:FileObject", "@id": "a", "name": "a.txt", "contentUrl": "a.txt", "contentSize": "6 B"}]}"#;

	#[test]
	fn a_croissant_file_says_licence_and_length() {
		let folder = tempfile::tempdir().unwrap();
		let [file, text] = ["croissant.json", "licence"].map(|name| folder.path().join(name));
		std::fs::write(&file, CROISSANT).unwrap();
		std::fs::write(&text, "text").unwrap();
		let [file, text] = [&file, &text].map(|path| path.to_str().unwrap());
		let root = "07".repeat(32);
		let line = [
			"worker",
			"--quiet",
			"--development-key",
			"//Alice",
			"--licence-text",
			text,
			"--root",
			&root,
		];
		let Line { output, register } = Line::try_parse_from(line.iter().chain(&["--croissant", file])).unwrap();
		let facts = register.facts(&output).unwrap();
		assert_eq!(facts.licence.expression, b"CC-BY-4.0");
		assert_eq!(facts.bytes, 6);
		assert!(
			Line::try_parse_from(line).is_err(),
			"without it the licence is asked for"
		);
	}
}
