// SPDX-License-Identifier: Apache-2.0

//! What a document says, and that it hangs together. That it is SPDX 3.0.1 is seen by `scripts/test spdx`.

mod common;

use atelier_descriptions::{Error, Thing, spdx};
use atelier_primitives::{
	attestations::{About, Data},
	datasets::{Access, Description},
	ids::{AttestationId, DatasetId, ModelId, SchemaId, Subject, VersionId},
	lineage::Consent,
	models::Class,
};
use atelier_referee::commit::Bounded;
use common::{NOW, State, account, snapshot};
use proptest::prelude::*;
use serde_json::Value;
use sp_arithmetic::Permill;
use std::{
	collections::{BTreeMap, BTreeSet},
	time::Instant,
};

/// What is in the context of SPDX itself.
const INDIVIDUALS: [&str; 2] = ["expandedlicensing_NoAssertionLicense", "expandedlicensing_NoneLicense"];

struct Document(Value);

impl Document {
	fn of(state: &State) -> Self {
		Self(serde_json::from_str(&spdx::export(state, account).unwrap()).unwrap())
	}

	fn graph(&self) -> &[Value] {
		self.0["@graph"].as_array().unwrap()
	}

	fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
		self.graph().iter().filter(move |node| node["type"] == kind)
	}

	/// The element whose name ends so.
	fn get(&self, end: &str) -> &Value {
		let mut found = self
			.graph()
			.iter()
			.filter(|node| node["spdxId"].as_str().is_some_and(|id| id.ends_with(end)));
		let element = found.next().unwrap_or_else(|| panic!("nothing is called {end}"));
		assert!(found.next().is_none(), "{end} is called so twice");
		element
	}

	/// The statement of the annotation whose name has this in it.
	fn statement(&self, part: &str) -> Value {
		let named = |node: &&Value| node["spdxId"].as_str().unwrap().contains(part);
		let annotation = self
			.all("Annotation")
			.find(named)
			.unwrap_or_else(|| panic!("no annotation {part}"));
		assert_eq!(annotation["contentType"], "application/json");
		serde_json::from_str(annotation["statement"].as_str().unwrap()).unwrap()
	}

	/// To what something relates.
	fn related(&self, from: &str, kind: &str) -> Vec<&str> {
		let of = |node: &&Value| node["relationshipType"] == kind && node["from"].as_str().unwrap().ends_with(from);
		let to = self
			.all("Relationship")
			.filter(of)
			.flat_map(|node| node["to"].as_array().unwrap());
		to.map(|to| {
			to.as_str()
				.unwrap()
				.rsplit_once("abab:")
				.map_or(to.as_str().unwrap(), |(_, end)| end)
		})
		.collect()
	}

	/// What is wrong with how it hangs together.
	fn faults(&self) -> Vec<String> {
		let mut faults = Vec::new();
		let mut ids = BTreeSet::new();
		for node in self.graph() {
			let id = node.get("spdxId").or(node.get("@id")).and_then(Value::as_str).unwrap();
			if !ids.insert(id) {
				faults.push(format!("{id} twice"));
			}
		}
		let mut refer = |node: &Value, field: &str| {
			let listed = match &node[field] {
				Value::Array(list) => list.clone(),
				Value::Null => Vec::new(),
				one => vec![one.clone()],
			};
			for target in listed {
				let target = target.as_str().unwrap();
				if !ids.contains(target) && !INDIVIDUALS.contains(&target) {
					faults.push(format!("{field} leads to {target}, which is not there"));
				}
			}
		};
		for node in self.graph() {
			for field in [
				"creationInfo",
				"createdBy",
				"createdUsing",
				"suppliedBy",
				"from",
				"to",
				"subject",
				"rootElement",
				"element",
			] {
				refer(node, field);
			}
		}
		let [document] = self.all("SpdxDocument").collect::<Vec<_>>()[..] else {
			return vec!["not one SpdxDocument".to_owned()];
		};
		let listed: BTreeSet<&str> = document["element"]
			.as_array()
			.unwrap()
			.iter()
			.map(|id| id.as_str().unwrap())
			.collect();
		let others = ids
			.iter()
			.filter(|id| !id.starts_with("_:") && **id != document["spdxId"].as_str().unwrap());
		if listed != others.copied().collect() {
			faults.push("the document does not list all of its elements".to_owned());
		}
		faults
	}
}

/// The first state that has what is wanted.
fn state(wanted: impl Fn(&State) -> bool) -> State {
	(0..500).map(snapshot).find(wanted).expect("one of 500 states has it")
}

fn this(state: &State) -> &atelier_primitives::views::models::VersionView<u128> {
	state
		.versions
		.iter()
		.find(|view| view.version == state.version)
		.unwrap()
}

/// Random states in each property test, or as many as `ATELIER_CASES` says (`make test-long`).
fn cases() -> u32 {
	std::env::var("ATELIER_CASES").map_or(100, |cases| cases.parse().expect("ATELIER_CASES is a number"))
}

proptest! {
	#![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

	#[test]
	fn any_ancestry_hangs_together(seed in 0_u64..1 << 40) {
		let state = snapshot(seed);
		let document = Document::of(&state);
		prop_assert_eq!(document.faults(), Vec::<String>::new());
		// Nothing but the version and what lies above it.
		prop_assert_eq!(document.all("ai_AIPackage").count(), state.lineage.ancestors.len() + 1);
		prop_assert_eq!(document.all("dataset_DatasetPackage").count(), state.lineage.sources.len());
		for kind in ["hasDeclaredLicense", "hasConcludedLicense"] {
			let each = document.all("Relationship").filter(|node| node["relationshipType"] == kind).count();
			prop_assert_eq!(each, state.lineage.ancestors.len() + 1 + state.lineage.sources.len());
		}
	}

	#[test]
	fn the_same_state_gives_the_same_bytes(seed in 0_u64..1 << 40) {
		let mut state = snapshot(seed);
		let first = spdx::export(&state, account).unwrap();
		state.versions.reverse();
		state.models.reverse();
		state.datasets.reverse();
		state.attestations.reverse();
		state.schemas.reverse();
		state.lineage.ancestors.reverse();
		state.lineage.sources.reverse();
		prop_assert_eq!(spdx::export(&state, account).unwrap(), first);
	}

	#[test]
	fn nothing_missing_goes_unseen(seed in 0_u64..1 << 40, which in any::<usize>()) {
		let mut state = snapshot(seed);
		let above: BTreeSet<VersionId> = state.lineage.ancestors.iter().map(|ancestor| ancestor.version).collect();
		let needed: Vec<usize> = (0..state.versions.len())
			.filter(|index| above.contains(&state.versions[*index].version) || state.versions[*index].version == state.version)
			.collect();
		let gone = state.versions.remove(needed[which % needed.len()]).version;
		let refused = spdx::export(&state, account);
		prop_assert!(matches!(refused, Err(Error::Missing(Thing::Version(id))) if id == gone));
	}
}

#[test]
fn the_largest_lineage_hangs_together() {
	let state = common::largest();
	let started = Instant::now();
	let json = spdx::export(&state, account).unwrap();
	println!("{} bytes in {:?}", json.len(), started.elapsed());
	let document = Document::of(&state);
	assert_eq!(document.faults(), Vec::<String>::new());
	assert_eq!(document.all("ai_AIPackage").count(), 257);
	assert_eq!(document.all("dataset_DatasetPackage").count(), 256);
}

#[test]
fn what_does_not_hang_together_is_seen() {
	let whole = Document::of(&state(|state| {
		!state.lineage.ancestors.is_empty() && !state.attestations.is_empty()
	}));
	assert!(whole.faults().is_empty());
	for index in 0..whole.graph().len() {
		let mut less = Document(whole.0.clone());
		less.0["@graph"].as_array_mut().unwrap().remove(index);
		assert!(!less.faults().is_empty(), "without {}", whole.graph()[index]);
		let mut more = Document(whole.0.clone());
		more.0["@graph"]
			.as_array_mut()
			.unwrap()
			.push(whole.graph()[index].clone());
		assert!(!more.faults().is_empty(), "twice {}", whole.graph()[index]);
	}
}

mod document {
	use super::*;

	#[test]
	fn is_of_the_block_in_which_the_state_was_read() {
		let state = state(|_| true);
		let document = Document::of(&state);
		assert_eq!(document.0["@context"], "https://spdx.org/rdf/3.0.1/spdx-context.jsonld");
		let read = &document.all("CreationInfo").next().unwrap();
		assert_eq!(read["specVersion"], "3.0.1");
		assert_eq!(read["created"], "2030-03-17T17:46:40Z");
		let root = format!("urn:atelier:{}:version:{}", "ab".repeat(32), state.version);
		let whole = document.all("SpdxDocument").next().unwrap();
		assert_eq!(whole["rootElement"], Value::from(vec![root.clone()]));
		let block = hex::encode(state.block.hash);
		assert_eq!(whole["spdxId"], format!("{root}:spdx:at:{block}"));
	}

	#[test]
	fn claims_the_profile_only_where_all_that_it_asks_for_is_known() {
		let mut state = state(|state| !state.lineage.ancestors.is_empty());
		state.times = state.blocks().into_iter().map(|block| (block, 1_000)).collect();
		let profiles = |state: &State| {
			let document = Document::of(state);
			let whole = document.all("SpdxDocument").next().unwrap();
			whole["profileConformance"]
				.as_array()
				.unwrap()
				.iter()
				.map(|name| name.as_str().unwrap().to_owned())
				.collect::<Vec<_>>()
		};
		assert_eq!(profiles(&state), ["core", "software", "simpleLicensing", "ai"]);
		let published = this(&state).published;
		state.times.remove(&published);
		assert_eq!(profiles(&state), ["core", "software", "simpleLicensing"]);
	}
}

mod version {
	use super::*;

	#[test]
	fn has_its_names_hashes_and_owner() {
		let mut state = state(|_| true);
		state.times.insert(this(&state).published, 1_800_000_000_000);
		let view = this(&state);
		let model = state.models.iter().find(|model| model.model == view.model).unwrap();
		let document = Document::of(&state);
		let package = document.get(&format!(":version:{}", state.version));
		assert_eq!(package["type"], "ai_AIPackage");
		assert_eq!(package["name"].as_str().unwrap().as_bytes(), model.slug);
		assert_eq!(package["software_packageVersion"], view.number.to_string());
		assert_eq!(package["software_primaryPurpose"], "model");
		assert_eq!(package["releaseTime"], "2027-01-15T08:00:00Z");
		let hash = hex::encode(view.publication.package);
		assert_eq!(
			package["software_downloadLocation"],
			format!("urn:atelier:package:{hash}")
		);
		assert_eq!(package["verifiedUsing"][0]["algorithm"], "blake3");
		assert_eq!(package["verifiedUsing"][0]["hashValue"], hash);
		// Nobody finds a root by hashing the bytes.
		assert_eq!(package["verifiedUsing"][1]["algorithm"], "other");
		assert_eq!(
			package["verifiedUsing"][1]["hashValue"],
			hex::encode(view.publication.weights.root)
		);
		let owner = account(&model.owner);
		assert!(
			package["suppliedBy"]
				.as_str()
				.unwrap()
				.ends_with(&format!(":account:{owner}"))
		);
		assert_eq!(document.get(&format!(":account:{owner}"))["name"], owner);
		let manifest = document.get(&format!(":version:{}:manifest", state.version));
		assert_eq!(manifest["verifiedUsing"][0]["algorithm"], "blake2b256");
		assert_eq!(
			manifest["verifiedUsing"][0]["hashValue"],
			hex::encode(view.publication.manifest)
		);
	}

	#[test]
	fn has_no_time_of_release_that_nobody_knows() {
		let mut state = state(|state| this(state).published != NOW);
		state.times.clear();
		let document = Document::of(&state);
		assert!(
			document
				.get(&format!(":version:{}", state.version))
				.get("releaseTime")
				.is_none()
		);
	}

	#[test]
	fn descends_from_its_parents_and_was_trained_on_its_sources() {
		let state = state(|state| {
			let publication = &this(state).publication;
			publication.parents.len() > 1 && publication.datasets.len() > 1
		});
		let document = Document::of(&state);
		for view in &state.versions {
			if !state
				.lineage
				.ancestors
				.iter()
				.any(|above| above.version == view.version)
				&& view.version != state.version
			{
				continue;
			}
			let from = format!(":version:{}", view.version);
			let parents = view.publication.parents.iter().map(|(id, _)| format!("version:{id}"));
			assert_eq!(document.related(&from, "descendantOf"), parents.collect::<Vec<_>>());
			let sources = view.publication.datasets.iter().map(|(id, _)| format!("dataset:{id}"));
			assert_eq!(document.related(&from, "trainedOn"), sources.collect::<Vec<_>>());
		}
		let mut kinds: BTreeSet<&str> = BTreeSet::new();
		kinds.extend(
			document
				.all("Relationship")
				.map(|node| node["relationshipType"].as_str().unwrap()),
		);
		assert!(kinds.is_subset(&BTreeSet::from([
			"descendantOf",
			"hasConcludedLicense",
			"hasDeclaredLicense",
			"hasDocumentation",
			"hasMetadata",
			"trainedOn",
		])));
	}

	#[test]
	fn has_terms_shares_status_and_consent_on_record() {
		let mut state = state(|state| !this(state).publication.parents.is_empty());
		let about = state.version;
		let view = state.versions.iter_mut().find(|view| view.version == about).unwrap();
		view.consent = Consent::Withdrawn { at: 77 };
		view.publication.terms.expiry = Some(88);
		view.publication.terms.min_share = Permill::from_parts(1_234);
		let view = view.clone();
		let record = Document::of(&state).statement(&format!(":version:{}:record", state.version));
		assert_eq!(record["block"], NOW);
		assert_eq!(record["consent"]["withdrawn"]["at"], 77);
		assert_eq!(record["terms"]["expiry"], 88);
		assert_eq!(record["terms"]["minShare"], 1_234);
		assert_eq!(record["status"], serde_json::to_value(view.status).unwrap());
		assert_eq!(record["flag"], serde_json::to_value(view.flag).unwrap());
		assert_eq!(record["fee"]["perOutput"], u128::MAX.to_string());
		let (parent, share) = view.publication.parents[0];
		assert_eq!(record["parents"][0]["to"], parent.0);
		assert_eq!(record["parents"][0]["share"], share.deconstruct());
	}

	#[test]
	fn has_its_shape_if_it_is_exact() {
		let state = state(|state| matches!(this(state).publication.class, Class::Exact { .. }));
		let Class::Exact { shape, .. } = this(&state).publication.class else {
			unreachable!("it is exact")
		};
		let document = Document::of(&state);
		let package = document.get(&format!(":version:{}", state.version));
		let entries: BTreeMap<&str, &str> = package["ai_hyperparameter"]
			.as_array()
			.unwrap()
			.iter()
			.map(|entry| (entry["key"].as_str().unwrap(), entry["value"].as_str().unwrap()))
			.collect();
		assert_eq!(entries["layers"], shape.layers.to_string());
		assert_eq!(entries["vocabulary"], shape.vocabulary.to_string());
		assert!(
			package["ai_typeOfModel"][0]
				.as_str()
				.unwrap()
				.starts_with("transformer")
		);
	}

	#[test]
	fn of_floats_has_no_shape() {
		let state = state(|state| matches!(this(state).publication.class, Class::Float { .. }));
		let document = Document::of(&state);
		let package = document.get(&format!(":version:{}", state.version));
		assert!(package.get("ai_typeOfModel").is_none() && package.get("ai_hyperparameter").is_none());
	}
}

mod licence {
	use super::*;

	fn with(expression: &str) -> Document {
		let mut state = state(|_| true);
		let about = state.version;
		let view = state.versions.iter_mut().find(|view| view.version == about).unwrap();
		view.publication.licence = Bounded::try_from(expression.as_bytes().to_vec()).unwrap();
		view.publication.licence_text = [5; 32];
		Document::of(&state)
	}

	#[test]
	fn is_declared_and_nobody_concluded_one() {
		let document = with("MIT OR Apache-2.0");
		let version = snapshot(0).version;
		let licence = document.get(&format!(":version:{version}:licence"));
		assert_eq!(licence["type"], "simplelicensing_LicenseExpression");
		assert_eq!(licence["simplelicensing_licenseExpression"], "MIT OR Apache-2.0");
		assert_eq!(licence["verifiedUsing"][0]["hashValue"], "05".repeat(32));
		let from = format!(":version:{version}");
		assert_eq!(
			document.related(&from, "hasDeclaredLicense"),
			[format!("version:{version}:licence")]
		);
		assert_eq!(
			document.related(&from, "hasConcludedLicense"),
			["expandedlicensing_NoAssertionLicense"]
		);
	}

	#[test]
	fn that_is_none_is_said_in_spdx_words() {
		let from = format!(":version:{}", snapshot(0).version);
		for (expression, wanted) in [
			("NOASSERTION", "expandedlicensing_NoAssertionLicense"),
			(" NONE ", "expandedlicensing_NoneLicense"),
		] {
			let document = with(expression);
			assert_eq!(document.related(&from, "hasDeclaredLicense"), [wanted]);
			// The text that people agree to is still known.
			let record = document.statement(&format!("{from}:record"));
			assert_eq!(record["licence"]["expression"], expression);
			assert_eq!(record["licence"]["text"], format!("0x{}", "05".repeat(32)));
		}
	}

	#[test]
	fn that_is_no_expression_is_refused() {
		let mut state = state(|_| true);
		let about = state.version;
		for broken in [&b"MIT AND"[..], b"", b"\xff"] {
			let view = state.versions.iter_mut().find(|view| view.version == about).unwrap();
			view.publication.licence = Bounded::try_from(broken.to_vec()).unwrap();
			let refused = spdx::export(&state, account);
			assert!(matches!(refused, Err(Error::BrokenLicence(Thing::Version(id))) if id == about));
		}
	}
}

mod dataset {
	use super::*;

	fn with(change: impl Fn(&mut atelier_primitives::views::provenance::DatasetView<u16>)) -> (Document, DatasetId) {
		let mut state = state(|state| !state.lineage.sources.is_empty());
		let (id, _) = state.lineage.sources[0];
		change(state.datasets.iter_mut().find(|view| view.id == id).unwrap());
		(Document::of(&state), id)
	}

	#[test]
	fn has_size_root_and_owner_and_nothing_that_nobody_knows() {
		let (document, id) = with(|view| {
			view.facts.root = [7; 32];
			view.facts.bytes = u64::MAX;
			view.facts.access = Access::Public;
			view.owner = 3;
		});
		let package = document.get(&format!(":dataset:{id}"));
		assert_eq!(package["dataset_datasetSize"], u64::MAX);
		assert_eq!(package["dataset_datasetType"], Value::from(vec!["noAssertion"]));
		assert_eq!(package["dataset_datasetAvailability"], "directDownload");
		assert_eq!(package["verifiedUsing"][0]["algorithm"], "other");
		assert_eq!(package["verifiedUsing"][0]["hashValue"], "07".repeat(32));
		assert!(package["suppliedBy"].as_str().unwrap().ends_with(&account(&3)));
		for unknown in [
			"builtTime",
			"releaseTime",
			"originatedBy",
			"software_downloadLocation",
			"dataset_intendedUse",
		] {
			assert!(package.get(unknown).is_none(), "{unknown}");
		}
	}

	#[test]
	fn that_is_given_on_request_is_so_on_record() {
		for (access, said) in [
			(Access::OnRequest, "onRequest"),
			(Access::ComputeToData, "computeToData"),
		] {
			let (document, id) = with(|view| view.facts.access = access);
			assert!(
				document
					.get(&format!(":dataset:{id}"))
					.get("dataset_datasetAvailability")
					.is_none()
			);
			assert_eq!(document.statement(&format!(":dataset:{id}:record"))["access"], said);
		}
	}

	#[test]
	fn has_the_hash_of_its_description() {
		let (document, id) = with(|view| view.facts.description = Description::Croissant([3; 32]));
		let name = format!("dataset:{id}:croissant");
		assert_eq!(
			document.related(&format!(":dataset:{id}"), "hasMetadata"),
			[name.as_str()]
		);
		let file = document.get(&name);
		assert_eq!(file["contentType"], "application/ld+json");
		assert_eq!(file["verifiedUsing"][0]["hashValue"], "03".repeat(32));

		let (document, id) = with(|view| view.facts.description = Description::Document([4; 32]));
		let name = format!("dataset:{id}:description");
		assert_eq!(
			document.related(&format!(":dataset:{id}"), "hasDocumentation"),
			[name.as_str()]
		);
		assert!(document.get(&name).get("contentType").is_none());

		let (document, id) = with(|view| view.facts.description = Description::None);
		assert!(document.related(&format!(":dataset:{id}"), "hasMetadata").is_empty());
	}

	#[test]
	fn that_was_withdrawn_is_so_on_record() {
		let (document, id) = with(|view| view.consent = Consent::Withdrawn { at: 9 });
		assert_eq!(
			document.statement(&format!(":dataset:{id}:record"))["consent"]["withdrawn"]["at"],
			9
		);
	}
}

mod attestation {
	use super::*;

	/// A state with one attestation.
	fn with(change: impl Fn(&mut atelier_primitives::views::provenance::AttestationView<u16>)) -> (State, Document) {
		let mut state = state(|state| !state.attestations.is_empty());
		state.attestations.truncate(1);
		let about = About::One(Subject::Version(state.version));
		let attestation = &mut state.attestations[0];
		attestation.about = about;
		attestation.made = 40;
		attestation.revoked = None;
		attestation.statement.expiry = None;
		change(attestation);
		state.times = BTreeMap::from([(40, 1_800_000_000_000)]);
		let document = Document::of(&state);
		(state, document)
	}

	#[test]
	fn is_an_annotation_by_its_attester() {
		let (state, document) = with(|attestation| {
			attestation.attester = 5;
			attestation.statement.schema = SchemaId(5);
			attestation.statement.data = Data::Hash([8; 32]);
		});
		let named = |node: &&Value| node["spdxId"].as_str().unwrap().contains(":attestation:0:");
		let annotation = document.all("Annotation").find(named).unwrap();
		assert_eq!(annotation["annotationType"], "review");
		assert!(
			annotation["subject"]
				.as_str()
				.unwrap()
				.ends_with(&format!(":version:{}", state.version))
		);
		let made = annotation["creationInfo"].as_str().unwrap();
		let made = document.all("CreationInfo").find(|node| node["@id"] == made).unwrap();
		assert_eq!(made["created"], "2027-01-15T08:00:00Z");
		assert!(made["createdBy"][0].as_str().unwrap().ends_with(&account(&5)));
		let said = document.statement(":attestation:0:");
		assert_eq!(said["attester"], account(&5));
		assert_eq!(said["schema"]["id"], 5);
		assert!(
			said["schema"]["definition"]["text"]
				.as_str()
				.unwrap()
				.starts_with("Evaluation")
		);
		assert_eq!(said["data"]["hash"], format!("0x{}", "08".repeat(32)));
		assert_eq!(said["holds"], true);
	}

	#[test]
	fn without_a_time_is_of_the_time_of_reading() {
		let (mut state, _) = with(|_| {});
		state.times.clear();
		let document = Document::of(&state);
		let named = |node: &&Value| node["spdxId"].as_str().unwrap().contains(":attestation:0:");
		assert_eq!(
			document.all("Annotation").find(named).unwrap()["creationInfo"],
			"_:read"
		);
		assert!(document.faults().is_empty());
	}

	#[test]
	fn holds_or_does_not() {
		for (expiry, revoked, holds) in [
			(None, None, true),
			(Some(NOW), None, true),
			(Some(NOW - 1), None, false),
			(None, Some(NOW), false),
			(None, Some(NOW + 1), true),
		] {
			let (_, document) = with(|attestation| {
				attestation.statement.expiry = expiry;
				attestation.revoked = revoked;
			});
			let said = document.statement(":attestation:0:");
			assert_eq!(said["holds"], holds);
			assert_eq!(said["expiry"], serde_json::to_value(expiry).unwrap());
			assert_eq!(said["revoked"], serde_json::to_value(revoked).unwrap());
		}
	}

	#[test]
	fn of_words_that_are_no_text_has_bytes() {
		let (_, document) = with(|attestation| attestation.statement.data = Data::Bytes(vec![0xff, 0xfe]));
		assert_eq!(document.statement(":attestation:0:")["data"]["bytes"], "0xfffe");
		let (_, document) = with(|attestation| attestation.statement.data = Data::Bytes(b"at \"home\"\n".to_vec()));
		assert_eq!(document.statement(":attestation:0:")["data"]["text"], "at \"home\"\n");
	}

	#[test]
	fn of_an_owner_is_about_the_agent() {
		let (state, _) = with(|_| {});
		let model = state
			.models
			.iter()
			.find(|model| model.model == this(&state).model)
			.unwrap();
		let owner = model.owner;
		let (_, document) = with(|attestation| attestation.about = About::One(Subject::Account(owner)));
		let named = |node: &&Value| node["spdxId"].as_str().unwrap().contains(":attestation:0:");
		let subject = &document.all("Annotation").find(named).unwrap()["subject"];
		assert!(subject.as_str().unwrap().ends_with(&account(&owner)));
	}

	#[test]
	fn of_something_else_is_left_out() {
		let stranger = VersionId(1_000);
		for about in [
			About::One(Subject::Version(stranger)),
			About::One(Subject::Dataset(DatasetId(1_000))),
			About::One(Subject::Account(1_000)),
			About::Many {
				root: [0; 32],
				count: 1,
			},
		] {
			let (_, document) = with(|attestation| attestation.about = about);
			let named = |node: &Value| node["spdxId"].as_str().unwrap().contains(":attestation:");
			assert!(!document.all("Annotation").any(named));
		}
	}
}

mod refuses {
	use super::*;

	#[test]
	fn a_snapshot_without_something() {
		let whole = state(|state| !state.lineage.sources.is_empty() && !state.attestations.is_empty());
		let mut state = whole.clone();
		state.models.retain(|model| model.model != this(&whole).model);
		let model: ModelId = this(&whole).model;
		assert!(matches!(spdx::export(&state, account), Err(Error::Missing(Thing::Model(id))) if id == model));

		let mut state = whole.clone();
		let (source, _) = state.lineage.sources[0];
		state.datasets.retain(|dataset| dataset.id != source);
		assert!(matches!(spdx::export(&state, account), Err(Error::Missing(Thing::Dataset(id))) if id == source));

		let mut state = whole.clone();
		state.schemas.clear();
		assert!(matches!(
			spdx::export(&state, account),
			Err(Error::Missing(Thing::Schema(_)))
		));

		// A lineage that is not the version's.
		let mut state = self::state(|state| !this(state).publication.parents.is_empty());
		state.lineage.ancestors.clear();
		assert!(matches!(
			spdx::export(&state, account),
			Err(Error::Missing(Thing::Version(_)))
		));
	}

	#[test]
	fn a_snapshot_with_something_twice() {
		let mut state = state(|state| !state.attestations.is_empty());
		state.attestations.push(state.attestations[0].clone());
		let refused = spdx::export(&state, account);
		assert!(matches!(
			refused,
			Err(Error::Twice(Thing::Attestation(AttestationId(0))))
		));
	}

	#[test]
	fn an_account_that_would_break_a_name() {
		let refused = spdx::export(&snapshot(0), |_| "a:b".to_owned());
		assert!(matches!(refused, Err(Error::BrokenAccount { .. })));
	}

	#[test]
	fn a_time_that_cannot_be_written() {
		let mut state = snapshot(0);
		state.block.time = u64::MAX;
		assert!(matches!(
			spdx::export(&state, account),
			Err(Error::ImpossibleTime { block: NOW, .. })
		));
	}
}
