// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker dataset`: for who has data.

use super::{
	attest::{Revoke, Saying},
	files, node,
	publish::expression,
	show,
	terms::TermsArgs,
	wait,
	wanted::dataset,
};
use crate::output::Output;
use anyhow::{Result, bail};
use atelier_client::{Provenance, Wait};
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
		attest: Saying,
	},
	/// Takes an attestation back.
	Revoke(Revoke),
}

#[derive(Args)]
pub struct Register {
	#[command(flatten)]
	content: Content,
	/// An SPDX expression.
	#[arg(long, value_name = "EXPRESSION", value_parser = expression)]
	licence: String,
	/// The licence's text, of which the chain keeps the hash.
	#[arg(long, value_name = "FILE")]
	licence_text: PathBuf,
	/// How somebody gets at the content.
	#[arg(long, value_enum, default_value_t = AccessName::Public)]
	access: AccessName,
	/// A document for people about what is in it, of which the chain keeps the hash.
	#[arg(long, value_name = "FILE", conflicts_with = "croissant")]
	description: Option<PathBuf>,
	/// The same as a Croissant file.
	#[arg(long, value_name = "FILE")]
	croissant: Option<PathBuf>,
	#[command(flatten)]
	terms: TermsArgs,
	#[command(flatten)]
	node: node::Node,
	#[command(flatten)]
	signer: node::Signer,
}

/// What the dataset is: files that are here, or what is stated of them.
#[derive(Args)]
struct Content {
	/// The folder, or the file, that the dataset is: its root and length are computed (docs/descriptions.md).
	#[arg(long, value_name = "PATH", conflicts_with_all = ["root", "bytes"], required_unless_present = "root")]
	files: Option<PathBuf>,
	/// The hash that stands for the whole content.
	#[arg(long, value_name = "HEX", value_parser = files::digest, requires = "bytes")]
	root: Option<Digest>,
	/// How long the content is.
	#[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..), requires = "root")]
	bytes: Option<u64>,
}

impl Content {
	/// Root and length.
	fn stated(&self, output: &Output) -> Result<(Digest, u64)> {
		match (&self.files, self.root, self.bytes) {
			(Some(path), ..) => {
				output.note(&format!("hashing {}", path.display()));
				let content = atelier_descriptions::content::Content::of(path, |_| {})?;
				Ok((content.root, content.bytes))
			}
			(None, Some(root), Some(bytes)) => Ok((root, bytes)),
			_ => bail!("neither files nor a root and a length are named"),
		}
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
		let (root, bytes) = self.content.stated(output)?;
		Ok(Facts {
			root,
			bytes,
			terms: self.terms.terms(),
			access: match self.access {
				AccessName::Public => Access::Public,
				AccessName::OnRequest => Access::OnRequest,
				AccessName::ComputeToData => Access::ComputeToData,
			},
			licence: Licence {
				expression: self.licence.clone().into_bytes(),
				text: files::hash(&self.licence_text)?,
			},
			description: match (&self.description, &self.croissant) {
				(Some(file), _) => Description::Document(files::hash(file)?),
				(None, Some(file)) => Description::Croissant(files::hash(file)?),
				(None, None) => Description::None,
			},
		})
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
		let croissant = described(&["--croissant", path]).unwrap().description;
		assert_eq!(croissant, Description::Croissant(hash));
		assert!(described(&["--croissant", path, "--description", path]).is_err());
	}
}
