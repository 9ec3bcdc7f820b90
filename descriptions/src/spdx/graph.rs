// SPDX-License-Identifier: Apache-2.0

//! A document while it grows.

use super::{
	elements::{
		Algorithm, Annotation, CONTEXT, CreationInfo, Document, Element, File, Hash, Licence, NO_ASSERTION, NO_LICENCE,
		Node, Relation, Relationship, SPEC, SpdxDocument,
	},
	names::{Names, hash, time},
	snapshot::Block,
};
use crate::{Error, Thing};
use atelier_primitives::{BlockNumber, licence};
use atelier_referee::hash::Digest;
use serde::Serialize;
use std::collections::BTreeMap;

/// By whom and when elements were made that have no other maker.
const READ: &str = "_:read";

/// What wrote the document.
const TOOL: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
const TOOL_NAME: &str = concat!(
	"urn:atelier:tool:",
	env!("CARGO_PKG_NAME"),
	":",
	env!("CARGO_PKG_VERSION")
);

/// What belongs to a package beside its content.
pub(super) struct Attached {
	pub name: &'static str,
	pub relation: Relation,
	pub purpose: &'static str,
	pub content_type: Option<&'static str>,
}

pub(super) struct Graph {
	pub names: Names,
	block: Block,
	creations: Vec<CreationInfo>,
	/// By how they are written.
	agents: BTreeMap<String, String>,
	nodes: Vec<Node>,
}

impl Graph {
	pub fn new(genesis: &Digest, block: Block) -> Result<Self, Error> {
		let names = Names::new(genesis, &block.hash);
		let read = CreationInfo {
			id: READ.to_owned(),
			spec_version: SPEC,
			created: time(block.number, block.time)?,
			created_by: vec![names.chain()],
			created_using: vec![TOOL_NAME.to_owned()],
			comment: format!("The state of block {}, {}.", block.number, hash(&block.hash)),
		};
		let mut graph = Self {
			names,
			block,
			creations: vec![read],
			agents: BTreeMap::new(),
			nodes: Vec::new(),
		};
		let chain = Element {
			name: Some(format!("Atelier chain {}", hash(genesis))),
			..graph.element(graph.names.chain())
		};
		let tool = Element {
			name: Some(TOOL.to_owned()),
			..graph.element(TOOL_NAME.to_owned())
		};
		graph.nodes.extend([Node::SoftwareAgent(chain), Node::Tool(tool)]);
		Ok(graph)
	}

	/// An element of this name, made when the state was read.
	pub fn element(&self, spdx_id: String) -> Element {
		Element {
			spdx_id,
			creation_info: READ.to_owned(),
			..Element::default()
		}
	}

	pub fn push(&mut self, node: Node) {
		self.nodes.push(node);
	}

	/// Who has the account that is written so.
	pub fn agent(&mut self, written: &str) -> Result<String, Error> {
		let name = self.names.account(written)?;
		self.agents.insert(written.to_owned(), name.clone());
		Ok(name)
	}

	/// The agent with the account that is written so, if the document has it.
	pub fn known_agent(&self, written: &str) -> Option<String> {
		self.agents.get(written).cloned()
	}

	/// A maker of its own for what somebody said in a block. None: nobody knows when.
	pub fn creation(
		&mut self,
		id: String,
		by: &str,
		block: BlockNumber,
		milliseconds: Option<u64>,
	) -> Result<Option<String>, Error> {
		let Some(milliseconds) = milliseconds else {
			return Ok(None);
		};
		self.creations.push(CreationInfo {
			id: id.clone(),
			spec_version: SPEC,
			created: time(block, milliseconds)?,
			created_by: vec![by.to_owned()],
			created_using: Vec::new(),
			comment: format!("In block {block}."),
		});
		Ok(Some(id))
	}

	/// A relationship, unless there is nothing to relate to.
	pub fn relate(&mut self, from: &str, relation: Relation, to: Vec<String>) {
		if to.is_empty() {
			return;
		}
		let relationship = Relationship {
			element: self.element(format!("{from}:{}", relation.name())),
			from: from.to_owned(),
			relationship_type: relation,
			to,
			completeness: "noAssertion",
		};
		self.push(Node::Relationship(relationship));
	}

	/// A file that belongs to a package, of which only the hash is known.
	pub fn file(&mut self, package: &str, attached: &Attached, digest: &Digest) {
		let of_bytes = Hash::new(Algorithm::Blake2b256, digest, "Of the file's bytes.");
		let id = format!("{package}:{}", attached.name.replace(' ', "-"));
		let file = File {
			element: Element {
				name: Some(attached.name.to_owned()),
				verified_using: vec![of_bytes],
				..self.element(id.clone())
			},
			purpose: attached.purpose,
			content_type: attached.content_type,
		};
		self.push(Node::File(file));
		self.relate(package, attached.relation, vec![id]);
	}

	/// The licence that its owner states, and that nobody concluded anything.
	pub fn licence(&mut self, of: Thing, package: &str, expression: &[u8], text: &Digest) -> Result<(), Error> {
		let well_formed = licence::well_formed(expression);
		let expression = std::str::from_utf8(expression)
			.ok()
			.filter(|_| well_formed)
			.ok_or(Error::BrokenLicence(of))?;
		let declared = match expression.trim() {
			"NOASSERTION" => NO_ASSERTION.to_owned(),
			"NONE" => NO_LICENCE.to_owned(),
			expression => {
				let id = format!("{package}:licence");
				let of_text = Hash::new(Algorithm::Blake2b256, text, "Of the licence's text.");
				let licence = Licence {
					element: Element {
						verified_using: vec![of_text],
						..self.element(id.clone())
					},
					expression: expression.to_owned(),
				};
				self.push(Node::Licence(licence));
				id
			}
		};
		self.relate(package, Relation::HasDeclaredLicense, vec![declared]);
		self.relate(package, Relation::HasConcludedLicense, vec![NO_ASSERTION.to_owned()]);
		Ok(())
	}

	/// Says of something what SPDX has no field for.
	pub fn annotate(
		&mut self,
		element: Element,
		annotation_type: &'static str,
		subject: String,
		statement: &impl Serialize,
	) -> Result<(), Error> {
		let annotation = Annotation {
			element,
			annotation_type,
			subject,
			content_type: "application/json",
			statement: serde_json::to_string(statement).map_err(|source| Error::Unwritable { source })?,
		};
		self.push(Node::Annotation(annotation));
		Ok(())
	}

	/// The document about one of its elements.
	pub fn document(self, root: String, name: String, profiles: Vec<&'static str>) -> Document {
		let agent = |(written, id): (&String, &String)| {
			Node::Agent(Element {
				name: Some(written.clone()),
				..self.element(id.clone())
			})
		};
		let agents: Vec<Node> = self.agents.iter().map(agent).collect();
		let mut element = self.element(self.names.at(&format!("{root}:spdx")));
		element.name = Some(name);
		element.comment = Some(format!("As the chain has it in block {}.", self.block.number));
		let elements: Vec<Node> = agents.into_iter().chain(self.nodes).collect();
		let document = SpdxDocument {
			element,
			profile_conformance: profiles,
			root_element: vec![root],
			elements: elements.iter().filter_map(Node::id).map(str::to_owned).collect(),
		};
		let creations = self.creations.into_iter().map(Node::CreationInfo);
		let graph = creations
			.chain([Node::SpdxDocument(document)])
			.chain(elements)
			.collect();
		Document {
			context: CONTEXT,
			graph,
		}
	}
}
