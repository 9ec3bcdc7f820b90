// SPDX-License-Identifier: Apache-2.0

//! `attest` and `revoke` of datasets and versions.

use super::{files, node, wait};
use crate::output::Output;
use anyhow::{Result, bail};
use atelier_client::{AccountId, Wait};
use atelier_primitives::{
	attestations::{
		BIAS_EVALUATION, CONSENT, Data, EVALUATION, LICENCE, MAX_DATA, ORIGIN, PII_REVIEW, QUALITY, RETRIEVAL,
		Statement,
	},
	ids::{AttestationId, SchemaId, Subject},
};
use clap::Args;
use serde_json::json;
use std::path::Path;

/// The schemas that every chain begins with, by the names that people write.
const SCHEMAS: [(&str, SchemaId); 8] = [
	("origin", ORIGIN),
	("consent", CONSENT),
	("licence", LICENCE),
	("pii", PII_REVIEW),
	("quality", QUALITY),
	("evaluation", EVALUATION),
	("bias", BIAS_EVALUATION),
	("retrieval", RETRIEVAL),
];

/// What is said of a subject.
#[derive(Args)]
pub struct Saying {
	/// What it means: origin, consent, licence, pii, quality, evaluation, bias, retrieval, or a schema's number.
	#[arg(long, value_name = "NAME|NUMBER", value_parser = schema)]
	schema: SchemaId,
	/// A file, such as a report, of which the chain keeps the hash; or 0x and bytes that it keeps themselves.
	#[arg(long, value_name = "FILE|HEX", conflicts_with = "text")]
	data: Option<String>,
	/// A text that the chain keeps itself.
	#[arg(long)]
	text: Option<String>,
	/// The last block in which it holds.
	#[arg(long, value_name = "BLOCK")]
	expiry: Option<u32>,
	/// It can never be taken back.
	#[arg(long)]
	irrevocable: bool,
	/// An attestation on which it rests or to which it answers.
	#[arg(long, value_name = "ATTESTATION")]
	reference: Option<u64>,
	#[command(flatten)]
	pub(super) node: node::Node,
	#[command(flatten)]
	pub(super) signer: node::Signer,
}

/// What is taken back.
#[derive(Args)]
pub struct Revoke {
	/// The attestation's number.
	attestation: u64,
	#[command(flatten)]
	node: node::Node,
	#[command(flatten)]
	signer: node::Signer,
}

fn schema(text: &str) -> Result<SchemaId, String> {
	let named = SCHEMAS.iter().find(|(name, _)| *name == text).map(|(_, id)| *id);
	let names = SCHEMAS.map(|(name, _)| name).join(", ");
	named
		.or_else(|| text.parse().ok().map(SchemaId))
		.ok_or_else(|| format!("{names}, or a schema's number"))
}

/// A schema for people.
pub fn schema_text(schema: SchemaId) -> String {
	let named = SCHEMAS.iter().find(|(_, id)| *id == schema);
	named.map_or_else(|| schema.to_string(), |(name, _)| (*name).into())
}

impl Saying {
	fn data(&self) -> Result<Data<Vec<u8>>> {
		let bytes = match (&self.data, &self.text) {
			(_, Some(text)) => text.clone().into_bytes(),
			(Some(data), _) => match data.strip_prefix("0x") {
				Some(digits) => match hex::decode(digits) {
					Ok(bytes) => bytes,
					Err(_) => bail!("{data} is not of hexadecimal digits"),
				},
				None => return Ok(Data::Hash(files::hash(Path::new(data))?)),
			},
			(None, None) => Vec::new(),
		};
		if bytes.len() > MAX_DATA as usize {
			bail!("the chain keeps at most {MAX_DATA} bytes; of a file it keeps the hash");
		}
		Ok(Data::Bytes(bytes))
	}

	fn statement(&self) -> Result<Statement<Vec<u8>>> {
		Ok(Statement {
			schema: self.schema,
			revocable: !self.irrevocable,
			expiry: self.expiry,
			reference: self.reference.map(AttestationId),
			data: self.data()?,
		})
	}

	/// Attests it of this subject.
	pub(super) async fn attest(
		&self,
		chain: &atelier_client::Chain,
		subject: Subject<AccountId>,
		output: &Output,
	) -> Result<()> {
		let key = self.signer.read()?;
		let statement = self.statement()?;
		let acting = chain.acting(&key, Wait::Final);
		let attestation = acting.attest(subject, statement).await?;
		output.result(
			&json!({ "attestation": attestation, "schema": self.schema, "attester": key.account() }),
			&[
				("attestation", attestation.to_string()),
				("schema", schema_text(self.schema)),
			],
		);
		Ok(())
	}
}

impl Revoke {
	pub fn run(self, output: &Output) -> Result<()> {
		wait(async {
			let key = self.signer.read()?;
			let chain = self.node.connect().await?;
			let attestation = AttestationId(self.attestation);
			chain.acting(&key, Wait::Final).revoke(attestation).await?;
			output.result(
				&json!({ "attestation": attestation, "revoked": true }),
				&[("revoked", attestation.to_string())],
			);
			Ok(())
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use atelier_primitives::attestations::GENESIS;
	use clap::Parser;

	#[derive(Parser)]
	struct Line {
		#[command(flatten)]
		attest: Saying,
	}

	fn read(more: &[&str]) -> Result<Saying, clap::Error> {
		let first = ["worker", "--development-key", "//Alice"];
		Line::try_parse_from(first.iter().chain(more)).map(|line| line.attest)
	}

	#[test]
	fn each_schema_has_a_name() {
		for ((_, named), genesis) in SCHEMAS.iter().zip(GENESIS) {
			assert_eq!(*named, genesis.id);
		}
		assert_eq!(schema("pii"), Ok(PII_REVIEW));
		assert_eq!(schema("12"), Ok(SchemaId(12)));
		assert!(schema("PII").is_err());
		assert_eq!(
			(schema_text(RETRIEVAL), schema_text(SchemaId(12))),
			("retrieval".into(), "12".into())
		);
	}

	#[test]
	fn data_are_bytes_a_text_or_the_hash_of_a_file() {
		let data = |more: &[&str]| read(&[&["--schema", "quality"][..], more].concat()).unwrap().data();
		assert_eq!(data(&[]).unwrap(), Data::Bytes(Vec::new()));
		assert_eq!(data(&["--data", "0x0102"]).unwrap(), Data::Bytes(vec![1, 2]));
		assert_eq!(data(&["--text", "there"]).unwrap(), Data::Bytes(b"there".to_vec()));
		let file = tempfile::NamedTempFile::new().unwrap();
		std::fs::write(file.path(), "a report").unwrap();
		let hashed = data(&["--data", file.path().to_str().unwrap()]).unwrap();
		assert_eq!(hashed, Data::Hash(files::hash(file.path()).unwrap()));
		for wrong in [
			&["--data", "0x1"][..],
			&["--data", "/nowhere"],
			&["--text", &"a".repeat(1_025)],
		] {
			assert!(data(wrong).is_err(), "{wrong:?}");
		}
		assert!(read(&["--schema", "quality", "--data", "a", "--text", "b"]).is_err());
	}

	#[test]
	fn a_statement_can_be_taken_back_unless_that_is_excluded() {
		let statement = read(&["--schema", "0", "--expiry", "9"]).unwrap().statement().unwrap();
		assert_eq!((statement.revocable, statement.expiry), (true, Some(9)));
		let statement = read(&["--schema", "0", "--irrevocable", "--reference", "3"]).unwrap();
		let statement = statement.statement().unwrap();
		assert_eq!(
			(statement.revocable, statement.reference),
			(false, Some(AttestationId(3)))
		);
	}
}
