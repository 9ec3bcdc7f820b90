// SPDX-License-Identifier: Apache-2.0

//! What the chain knows and SPDX has no field for: the JSON inside the annotations.

use super::names::hash;
use atelier_primitives::{
	BlockNumber,
	attestations::{Data, Definition},
	datasets::Access,
	ids::{AttestationId, DatasetId, ModelId, SchemaId, VersionId},
	lineage::{Consent, Flag},
	models::{Class, Status},
	pots::{Pot, Share},
	terms::{Purpose, Purposes, Terms, Withdrawal},
	views::{
		models::{ModelView, VersionView},
		provenance::{AttestationView, DatasetView, SchemaView},
	},
};
use atelier_referee::{commit::Commitment, hash::Digest};
use serde::Serialize;
use sp_arithmetic::Permill;
use std::fmt::Display;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TermsRecord {
	derive: bool,
	commercial: bool,
	/// Millionths.
	min_share: u32,
	/// The last block.
	expiry: Option<BlockNumber>,
	/// None: any.
	purposes: Option<Vec<Purpose>>,
	withdrawal: Withdrawal,
}

impl From<&Terms> for TermsRecord {
	fn from(terms: &Terms) -> Self {
		let named = || Purpose::ALL.into_iter().filter(|purpose| terms.purposes.has(*purpose));
		Self {
			derive: terms.derive,
			commercial: terms.commercial,
			min_share: terms.min_share.deconstruct(),
			expiry: terms.expiry,
			purposes: (terms.purposes != Purposes::ANY).then(|| named().collect()),
			withdrawal: terms.withdrawal,
		}
	}
}

#[derive(Serialize)]
struct LicenceRecord {
	expression: String,
	/// Hash of what people agree to.
	text: String,
}

impl LicenceRecord {
	fn new(expression: &[u8], text: &Digest) -> Self {
		Self {
			expression: String::from_utf8_lossy(expression).into_owned(),
			text: hash(text),
		}
	}
}

#[derive(Serialize)]
struct Root {
	root: String,
	leaves: u64,
}

impl From<&Commitment> for Root {
	fn from(commitment: &Commitment) -> Self {
		Self {
			root: hash(&commitment.root),
			leaves: commitment.count,
		}
	}
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum ClassRecord {
	Exact { spec: u16, vocabulary: Option<Root> },
	Float { profile: String },
}

/// Millionths of what a pot gets.
#[derive(Serialize)]
struct Owed<Id> {
	to: Id,
	share: u32,
}

fn owed<Id: Copy>(shares: &[(Id, Permill)]) -> Vec<Owed<Id>> {
	let owed = |(to, part): &(Id, Permill)| Owed {
		to: *to,
		share: part.deconstruct(),
	};
	shares.iter().map(owed).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FeeRecord {
	per_input: String,
	per_output: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VersionRecord {
	block: BlockNumber,
	version: VersionId,
	model: ModelId,
	number: u32,
	owner: String,
	committed: BlockNumber,
	published: BlockNumber,
	status: Status,
	consent: Consent,
	/// What withdrawals anywhere above it have stopped.
	flag: Flag,
	terms: TermsRecord,
	licence: LicenceRecord,
	class: ClassRecord,
	weights: Root,
	bytes: u64,
	parents: Vec<Owed<VersionId>>,
	datasets: Vec<Owed<DatasetId>>,
	dues: Vec<Owed<Pot>>,
	fee: FeeRecord,
}

impl VersionRecord {
	pub fn new<AccountId, Balance: Display>(
		block: BlockNumber,
		(view, model): (&VersionView<Balance>, &ModelView<AccountId>),
		owner: String,
	) -> Self {
		let published = &view.publication;
		let due = |share: &Share| Owed {
			to: share.pot,
			share: share.part.deconstruct(),
		};
		Self {
			block,
			version: view.version,
			model: model.model,
			number: view.number,
			owner,
			committed: view.committed,
			published: view.published,
			status: view.status,
			consent: view.consent,
			flag: view.flag,
			terms: (&published.terms).into(),
			licence: LicenceRecord::new(&published.licence, &published.licence_text),
			class: match &published.class {
				Class::Exact { spec, vocabulary, .. } => ClassRecord::Exact {
					spec: *spec,
					vocabulary: vocabulary.as_ref().map(Root::from),
				},
				Class::Float { profile } => ClassRecord::Float { profile: hash(profile) },
			},
			weights: (&published.weights).into(),
			bytes: published.bytes,
			parents: owed(&published.parents),
			datasets: owed(&published.datasets),
			dues: view.dues.iter().map(due).collect(),
			fee: FeeRecord {
				per_input: published.fee.per_input.to_string(),
				per_output: published.fee.per_output.to_string(),
			},
		}
	}
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DatasetRecord {
	block: BlockNumber,
	dataset: DatasetId,
	owner: String,
	registered: BlockNumber,
	consent: Consent,
	/// What its withdrawal has stopped.
	#[serde(skip_serializing_if = "Option::is_none")]
	flag: Option<Flag>,
	terms: TermsRecord,
	licence: LicenceRecord,
	access: Access,
	root: String,
	bytes: u64,
	/// Who registered the same content first.
	earlier: Option<DatasetId>,
	used: u32,
}

impl DatasetRecord {
	pub fn new<AccountId>(
		block: BlockNumber,
		(view, flag): (&DatasetView<AccountId>, Option<Flag>),
		owner: String,
	) -> Self {
		Self {
			block,
			dataset: view.id,
			owner,
			registered: view.registered,
			consent: view.consent,
			flag,
			terms: (&view.facts.terms).into(),
			licence: LicenceRecord::new(&view.facts.licence.expression, &view.facts.licence.text),
			access: view.facts.access,
			root: hash(&view.facts.root),
			bytes: view.facts.bytes,
			earlier: view.earlier,
			used: view.used,
		}
	}
}

/// Words of strangers: as text if that is what they are.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Said {
	Text(String),
	Bytes(String),
	Hash(String),
}

impl Said {
	fn of(bytes: &[u8]) -> Self {
		match std::str::from_utf8(bytes) {
			Ok(text) => Self::Text(text.to_owned()),
			Err(_) => Self::Bytes(format!("0x{}", hex::encode(bytes))),
		}
	}

	fn hash(digest: &Digest) -> Self {
		Self::Hash(hash(digest))
	}
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SchemaRecord {
	id: SchemaId,
	hash: String,
	definition: Said,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttestationRecord {
	block: BlockNumber,
	attestation: AttestationId,
	attester: String,
	schema: SchemaRecord,
	data: Said,
	made: BlockNumber,
	/// The last block in which it holds.
	expiry: Option<BlockNumber>,
	revocable: bool,
	revoked: Option<BlockNumber>,
	/// Whether it holds in `block`.
	holds: bool,
	reference: Option<AttestationId>,
}

impl AttestationRecord {
	pub fn new<AccountId>(
		block: BlockNumber,
		(view, schema): (&AttestationView<AccountId>, &SchemaView<AccountId>),
		attester: String,
	) -> Self {
		let statement = &view.statement;
		Self {
			block,
			attestation: view.id,
			attester,
			schema: SchemaRecord {
				id: schema.id,
				hash: hash(&schema.hash),
				definition: match &schema.definition {
					Definition::Text(text) => Said::of(text),
					Definition::Hash(digest) => Said::hash(digest),
				},
			},
			data: match &statement.data {
				Data::Bytes(bytes) => Said::of(bytes),
				Data::Hash(digest) => Said::hash(digest),
			},
			made: view.made,
			expiry: statement.expiry,
			revocable: statement.revocable,
			revoked: view.revoked,
			holds: view.holds(block),
			reference: statement.reference,
		}
	}
}
