// SPDX-License-Identifier: Apache-2.0

//! What a document says of versions, datasets, and what was attested of them.

use super::{
	elements::{Algorithm, Dataset, Document, Element, Entry, Hash, Model, Node, Relation},
	graph::{Attached, Graph},
	names,
	record::{AttestationRecord, DatasetRecord, VersionRecord},
	snapshot::{Index, Snapshot},
};
use crate::{Error, Thing};
use atelier_primitives::{
	BlockNumber,
	attestations::{About, BIAS_EVALUATION, EVALUATION, LICENCE, PII_REVIEW, QUALITY},
	datasets::{Access, Description},
	ids::{SchemaId, Subject},
	lineage::Flag,
	models::Class,
	views::{
		models::{ModelView, VersionView},
		provenance::{AttestationView, DatasetView, SchemaView},
	},
};
use atelier_referee::model::{Shape, Use};
use std::fmt::Display;

const MANIFEST: Attached = Attached {
	name: "manifest",
	relation: Relation::HasMetadata,
	purpose: "manifest",
	content_type: None,
};

const SAFETY: Attached = Attached {
	name: "safety framework",
	relation: Relation::HasDocumentation,
	purpose: "documentation",
	content_type: None,
};

const CROISSANT: Attached = Attached {
	name: "croissant",
	relation: Relation::HasMetadata,
	purpose: "documentation",
	content_type: Some("application/ld+json"),
};

const DOCUMENT: Attached = Attached {
	name: "description",
	relation: Relation::HasDocumentation,
	purpose: "documentation",
	content_type: None,
};

/// Schemas whose attestations tell what somebody found who looked.
const REVIEWS: [SchemaId; 5] = [LICENCE, PII_REVIEW, QUALITY, EVALUATION, BIAS_EVALUATION];

pub(super) fn document<AccountId, Balance: Display>(
	snapshot: &Snapshot<AccountId, Balance>,
	index: &Index<'_, AccountId, Balance>,
	account: &impl Fn(&AccountId) -> String,
) -> Result<Document, Error> {
	let mut graph = Graph::new(&snapshot.genesis, snapshot.block)?;
	// A profile is claimed if all that it asks for is there. Dataset asks when a dataset was built, which no chain knows.
	let mut ai = true;
	for (view, model) in index.versions.values() {
		let released = snapshot.time(view.published);
		ai &= released.is_some();
		let released = released.map(|at| names::time(view.published, at)).transpose()?;
		version(
			&mut graph,
			snapshot.block.number,
			(view, model),
			account(&model.owner),
			released,
		)?;
	}
	for (view, flag) in index.datasets.values() {
		dataset(&mut graph, snapshot.block.number, (view, *flag), account(&view.owner))?;
	}
	// An attester is looked up among the owners only: what is said of attesters is another document's matter.
	let subjects: Vec<_> = index
		.attestations
		.values()
		.map(|(view, _)| subject(&graph, index, &view.about, account))
		.collect();
	for ((view, schema), subject) in index.attestations.values().zip(subjects) {
		if let Some(subject) = subject {
			let made = snapshot.time(view.made);
			attestation(
				&mut graph,
				snapshot.block.number,
				(view, schema),
				(subject, made),
				account(&view.attester),
			)?;
		}
	}

	let mut profiles = vec!["core", "software", "simpleLicensing"];
	if ai {
		profiles.push("ai");
	}
	let missing = Error::Missing(Thing::Version(snapshot.version));
	let (view, model) = index.versions.get(&snapshot.version).ok_or(missing)?;
	let name = format!("{}@{}", slug(model), view.number);
	let root = graph.names.version(snapshot.version);
	Ok(graph.document(root, name, profiles))
}

fn slug<AccountId>(model: &ModelView<AccountId>) -> String {
	String::from_utf8_lossy(&model.slug).into_owned()
}

fn version<AccountId, Balance: Display>(
	graph: &mut Graph,
	block: BlockNumber,
	(view, model): (&VersionView<Balance>, &ModelView<AccountId>),
	owner: String,
	release_time: Option<String>,
) -> Result<(), Error> {
	let id = graph.names.version(view.version);
	let published = &view.publication;
	let weights = format!(
		"Root of the tree over the {} chunks of the weights: kind 0 of Atelier's commitments, by BLAKE2b-256.",
		published.weights.count
	);
	let (kind, shape) = match &published.class {
		Class::Exact { shape, .. } => (vec![kind(shape)], entries(shape)),
		Class::Float { .. } => (Vec::new(), Vec::new()),
	};
	let package = Model {
		element: Element {
			name: Some(slug(model)),
			verified_using: vec![
				Hash::new(Algorithm::Blake3, &published.package, "Of the package's bytes."),
				Hash::new(Algorithm::Other, &published.weights.root, weights),
			],
			..graph.element(id.clone())
		},
		supplied_by: graph.agent(&owner)?,
		release_time,
		version: view.number.to_string(),
		location: names::package(&published.package),
		purpose: "model",
		kind,
		shape,
	};
	graph.push(Node::Model(Box::new(package)));
	graph.licence(
		Thing::Version(view.version),
		&id,
		&published.licence,
		&published.licence_text,
	)?;
	graph.file(&id, &MANIFEST, &published.manifest);
	if let Some(safety) = &published.safety {
		graph.file(&id, &SAFETY, safety);
	}
	let parents = published.parents.iter().map(|(parent, _)| graph.names.version(*parent));
	graph.relate(&id, Relation::DescendantOf, parents.collect());
	let sources = published
		.datasets
		.iter()
		.map(|(dataset, _)| graph.names.dataset(*dataset));
	graph.relate(&id, Relation::TrainedOn, sources.collect());
	let record = VersionRecord::new(block, (view, model), owner);
	let element = graph.element(graph.names.at(&format!("{id}:record")));
	graph.annotate(element, "other", id, &record)
}

const fn kind(shape: &Shape) -> &'static str {
	match shape.answers {
		Use::Tokens => "transformer decoder",
		Use::Embedding => "transformer encoder",
	}
}

/// The numbers of a shape that people ask for.
fn entries(shape: &Shape) -> Vec<Entry> {
	[
		("layers", u32::from(shape.layers)),
		("width", shape.width),
		("heads", shape.heads.into()),
		("keyHeads", shape.key_heads.into()),
		("headWidth", shape.head_width.into()),
		("hidden", shape.hidden),
		("vocabulary", shape.vocabulary),
		("positions", shape.positions),
		("window", shape.window),
	]
	.into_iter()
	.map(|(key, value)| Entry {
		key,
		value: value.to_string(),
	})
	.collect()
}

fn dataset<AccountId>(
	graph: &mut Graph,
	block: BlockNumber,
	(view, flag): (&DatasetView<AccountId>, Option<Flag>),
	owner: String,
) -> Result<(), Error> {
	let id = graph.names.dataset(view.id);
	let facts = &view.facts;
	let root = "Root of the content, by BLAKE2b-256, as its owner registered it.";
	let package = Dataset {
		element: Element {
			// The chain has no other name for it.
			name: Some(format!("dataset {}", view.id)),
			verified_using: vec![Hash::new(Algorithm::Other, &facts.root, root)],
			..graph.element(id.clone())
		},
		supplied_by: graph.agent(&owner)?,
		purpose: "data",
		kind: ["noAssertion"],
		bytes: facts.bytes,
		availability: match facts.access {
			Access::Public => Some("directDownload"),
			// SPDX has no word for them.
			Access::OnRequest | Access::ComputeToData => None,
		},
	};
	graph.push(Node::Dataset(package));
	let licence = &facts.licence;
	graph.licence(Thing::Dataset(view.id), &id, &licence.expression, &licence.text)?;
	match &facts.description {
		Description::None => {}
		Description::Croissant(digest) => graph.file(&id, &CROISSANT, digest),
		Description::Document(digest) => graph.file(&id, &DOCUMENT, digest),
	}
	let record = DatasetRecord::new(block, (view, flag), owner);
	let element = graph.element(graph.names.at(&format!("{id}:record")));
	graph.annotate(element, "other", id, &record)
}

/// The element that something is attested of, if the document has it.
fn subject<AccountId, Balance>(
	graph: &Graph,
	index: &Index<'_, AccountId, Balance>,
	about: &About<AccountId>,
	account: impl Fn(&AccountId) -> String,
) -> Option<String> {
	match about {
		About::One(Subject::Version(id)) => index.versions.contains_key(id).then(|| graph.names.version(*id)),
		About::One(Subject::Dataset(id)) => index.datasets.contains_key(id).then(|| graph.names.dataset(*id)),
		About::One(Subject::Account(who)) => graph.known_agent(&account(who)),
		About::One(Subject::Job(_) | Subject::Round(_)) | About::Many { .. } => None,
	}
}

fn attestation<AccountId>(
	graph: &mut Graph,
	block: BlockNumber,
	(view, schema): (&AttestationView<AccountId>, &SchemaView<AccountId>),
	(subject, made): (String, Option<u64>),
	attester: String,
) -> Result<(), Error> {
	let agent = graph.agent(&attester)?;
	let mut element = graph.element(graph.names.attestation(view.id));
	let creation = format!("_:attestation-{}", view.id);
	if let Some(creation) = graph.creation(creation, &agent, view.made, made)? {
		element.creation_info = creation;
	}
	let kind = if REVIEWS.contains(&schema.id) {
		"review"
	} else {
		"other"
	};
	let record = AttestationRecord::new(block, (view, schema), attester);
	graph.annotate(element, kind, subject, &record)
}
