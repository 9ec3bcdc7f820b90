// SPDX-License-Identifier: Apache-2.0

//! The part of SPDX 3.0.1 that documents are written in, by its own names. Fields are written in the order they have here,
//! which is why the same snapshot gives the same bytes.

use atelier_referee::hash::Digest;
use serde::Serialize;

pub const CONTEXT: &str = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";
pub const SPEC: &str = "3.0.1";

/// That nobody says which licence it is, and that it has none.
pub const NO_ASSERTION: &str = "expandedlicensing_NoAssertionLicense";
pub const NO_LICENCE: &str = "expandedlicensing_NoneLicense";

/// A document whole.
#[derive(Serialize)]
pub struct Document {
	#[serde(rename = "@context")]
	pub context: &'static str,
	#[serde(rename = "@graph")]
	pub graph: Vec<Node>,
}

#[derive(Serialize)]
#[serde(tag = "type")]
pub enum Node {
	CreationInfo(CreationInfo),
	SpdxDocument(SpdxDocument),
	Agent(Element),
	SoftwareAgent(Element),
	Tool(Element),
	#[serde(rename = "ai_AIPackage")]
	Model(Box<Model>),
	#[serde(rename = "dataset_DatasetPackage")]
	Dataset(Dataset),
	#[serde(rename = "software_File")]
	File(File),
	#[serde(rename = "simplelicensing_LicenseExpression")]
	Licence(Licence),
	Relationship(Relationship),
	Annotation(Annotation),
}

impl Node {
	/// The element's name. None: it is no element.
	pub fn id(&self) -> Option<&str> {
		let element = match self {
			Self::CreationInfo(_) => return None,
			Self::SpdxDocument(document) => &document.element,
			Self::Agent(element) | Self::SoftwareAgent(element) | Self::Tool(element) => element,
			Self::Model(model) => &model.element,
			Self::Dataset(dataset) => &dataset.element,
			Self::File(file) => &file.element,
			Self::Licence(licence) => &licence.element,
			Self::Relationship(relationship) => &relationship.element,
			Self::Annotation(annotation) => &annotation.element,
		};
		Some(&element.spdx_id)
	}
}

/// Who says something, and when.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreationInfo {
	#[serde(rename = "@id")]
	pub id: String,
	pub spec_version: &'static str,
	pub created: String,
	pub created_by: Vec<String>,
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub created_using: Vec<String>,
	pub comment: String,
}

/// What every element has.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct Element {
	pub spdx_id: String,
	pub creation_info: String,
	#[serde(skip_serializing_if = "Option::is_none")]
	pub name: Option<String>,
	#[serde(skip_serializing_if = "Option::is_none")]
	pub comment: Option<String>,
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub verified_using: Vec<Hash>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SpdxDocument {
	#[serde(flatten)]
	pub element: Element,
	pub profile_conformance: Vec<&'static str>,
	pub root_element: Vec<String>,
	/// All others.
	#[serde(rename = "element")]
	pub elements: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Algorithm {
	Blake2b256,
	Blake3,
	/// None of those that can be computed from the bytes alone.
	Other,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub struct Hash {
	algorithm: Algorithm,
	hash_value: String,
	comment: String,
}

impl Hash {
	pub fn new(algorithm: Algorithm, digest: &Digest, comment: impl Into<String>) -> Self {
		Self {
			algorithm,
			hash_value: hex::encode(digest),
			comment: comment.into(),
		}
	}
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "DictionaryEntry")]
pub struct Entry {
	pub key: &'static str,
	pub value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Model {
	#[serde(flatten)]
	pub element: Element,
	pub supplied_by: String,
	#[serde(skip_serializing_if = "Option::is_none")]
	pub release_time: Option<String>,
	#[serde(rename = "software_packageVersion")]
	pub version: String,
	#[serde(rename = "software_downloadLocation")]
	pub location: String,
	#[serde(rename = "software_primaryPurpose")]
	pub purpose: &'static str,
	#[serde(rename = "ai_typeOfModel", skip_serializing_if = "Vec::is_empty")]
	pub kind: Vec<&'static str>,
	#[serde(rename = "ai_hyperparameter", skip_serializing_if = "Vec::is_empty")]
	pub shape: Vec<Entry>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dataset {
	#[serde(flatten)]
	pub element: Element,
	pub supplied_by: String,
	#[serde(rename = "software_primaryPurpose")]
	pub purpose: &'static str,
	#[serde(rename = "dataset_datasetType")]
	pub kind: [&'static str; 1],
	#[serde(rename = "dataset_datasetSize")]
	pub bytes: u64,
	#[serde(rename = "dataset_datasetAvailability", skip_serializing_if = "Option::is_none")]
	pub availability: Option<&'static str>,
}

/// A file of which the chain keeps the hash.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct File {
	#[serde(flatten)]
	pub element: Element,
	#[serde(rename = "software_primaryPurpose")]
	pub purpose: &'static str,
	#[serde(skip_serializing_if = "Option::is_none")]
	pub content_type: Option<&'static str>,
}

#[derive(Serialize)]
pub struct Licence {
	#[serde(flatten)]
	pub element: Element,
	#[serde(rename = "simplelicensing_licenseExpression")]
	pub expression: String,
}

/// How things hang together. What stands first is what the others are asked of: `from` was `trainedOn` each of `to`.
#[derive(Serialize, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub enum Relation {
	DescendantOf,
	HasConcludedLicense,
	HasDeclaredLicense,
	HasDocumentation,
	HasMetadata,
	TrainedOn,
}

impl Relation {
	/// By which the relationship itself is called.
	pub const fn name(self) -> &'static str {
		match self {
			Self::DescendantOf => "parents",
			Self::HasConcludedLicense => "concluded-licence",
			Self::HasDeclaredLicense => "declared-licence",
			Self::HasDocumentation => "documentation",
			Self::HasMetadata => "metadata",
			Self::TrainedOn => "sources",
		}
	}
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Relationship {
	#[serde(flatten)]
	pub element: Element,
	pub from: String,
	pub relationship_type: Relation,
	pub to: Vec<String>,
	/// Whether there is no more than is stated is nothing that a chain can know.
	pub completeness: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotation {
	#[serde(flatten)]
	pub element: Element,
	pub annotation_type: &'static str,
	pub subject: String,
	pub content_type: &'static str,
	/// JSON ([`super::record`]).
	pub statement: String,
}
