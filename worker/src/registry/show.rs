// SPDX-License-Identifier: Apache-2.0

//! What the registries say, for people and for scripts. Amounts and shares are text; hashes are hexadecimal.

use super::{amount, attest::schema_text, rewards::pot_text, share, terms};
use crate::output::Output;
use atelier_client::{AccountId, At, Balance, listing::Listing};
use atelier_models::exact::SPEC as SPEC_NAME;
use atelier_primitives::{
	attestations::{About, Data},
	datasets::{Access, Description, Facts},
	ids::{DatasetId, VersionId},
	lineage::{Consent, Flag},
	models::{Class, SPEC, Status},
	pots::Share,
	views::{
		models::{ContestView, LineageView, ModelView, VersionView},
		provenance::{AttestationView, DatasetView},
	},
};
use atelier_referee::hash::Digest;
use serde_json::{Value, json};
use sp_arithmetic::Permill;

/// The block of which something is said.
pub fn now(at: &At) -> u32 {
	u32::try_from(at.block_number()).unwrap_or(u32::MAX)
}

fn words(text: &[u8]) -> String {
	String::from_utf8_lossy(text).into_owned()
}

fn status(status: Status) -> &'static str {
	match status {
		Status::Active => "active",
		Status::Deprecated => "deprecated",
		Status::Contested => "contested",
		Status::Overruled => "overruled",
		Status::Withdrawn => "withdrawn",
	}
}

fn flag_text(flag: Flag) -> &'static str {
	match flag {
		Flag::Clear => "clear",
		Flag::NoDerivation => "nothing new may be made from it",
		Flag::NoServing => "nothing new may be made from it, and it does not serve",
	}
}

fn consent_text(consent: Consent) -> String {
	match consent {
		Consent::Given => "given".into(),
		Consent::Withdrawn { at } => format!("withdrawn in block {at}, for good"),
	}
}

fn parents_json(parents: &[(VersionId, Permill)]) -> Vec<Value> {
	let one = |(version, part): &(VersionId, Permill)| json!({ "version": version, "share": share::text(*part) });
	parents.iter().map(one).collect()
}

fn datasets_json(datasets: &[(DatasetId, Permill)]) -> Vec<Value> {
	let one = |(dataset, part): &(DatasetId, Permill)| json!({ "dataset": dataset, "share": share::text(*part) });
	datasets.iter().map(one).collect()
}

fn dues_json(dues: &[Share]) -> Vec<Value> {
	let one = |due: &Share| json!({ "pot": pot_text(due.pot), "share": share::text(due.part) });
	dues.iter().map(one).collect()
}

fn class_json(class: &Class) -> Value {
	match class {
		Class::Exact { spec, vocabulary, .. } => json!({
			"kind": "exact", "spec": spec_text(*spec), "vocabularyRoot": vocabulary.map(|texts| hex::encode(texts.root)),
		}),
		Class::Float { profile } => json!({ "kind": "float", "profile": hex::encode(profile) }),
	}
}

fn spec_text(spec: u16) -> String {
	match spec {
		SPEC => SPEC_NAME.into(),
		other => other.to_string(),
	}
}

fn attestation_json(attestation: &AttestationView<AccountId>, now: u32) -> Value {
	let statement = &attestation.statement;
	json!({
		"attestation": attestation.id, "attester": attestation.attester, "schema": statement.schema,
		"schemaName": schema_text(statement.schema), "holds": attestation.holds(now), "made": attestation.made,
		"expiry": statement.expiry, "revoked": attestation.revoked, "revocable": statement.revocable,
		"reference": statement.reference, "data": data_json(&statement.data), "many": matches!(attestation.about, About::Many { .. }),
	})
}

fn data_json(data: &Data<Vec<u8>>) -> Value {
	match data {
		Data::Bytes(bytes) => json!({ "bytes": hex::encode(bytes) }),
		Data::Hash(hash) => json!({ "hash": hex::encode(hash) }),
	}
}

fn data_text(data: &Data<Vec<u8>>) -> String {
	match data {
		Data::Bytes(bytes) if bytes.is_empty() => "no data".into(),
		Data::Bytes(bytes) => match std::str::from_utf8(bytes) {
			// What a stranger wrote shall not command a terminal.
			Ok(text) if !text.contains(char::is_control) => format!("{text:?}"),
			_ => format!("0x{}", hex::encode(bytes)),
		},
		Data::Hash(hash) => format!("hash {}", hex::encode(hash)),
	}
}

fn attested_json(attested: &Listing<AttestationView<AccountId>>, now: u32) -> Value {
	let all = attested.items.iter().map(|one| attestation_json(one, now));
	json!({ "attestations": all.collect::<Vec<_>>(), "more": attested.more })
}

fn attested_lines(attested: &Listing<AttestationView<AccountId>>, now: u32, lines: &mut Vec<(&'static str, String)>) {
	for one in &attested.items {
		let standing = match (one.holds(now), one.revoked) {
			(true, _) => String::new(),
			(false, Some(at)) => format!(", revoked in block {at}"),
			(false, None) => ", expired".into(),
		};
		lines.push((
			"attested",
			format!(
				"{}: {} by {}, {}{standing}",
				one.id,
				schema_text(one.statement.schema),
				one.attester,
				data_text(&one.statement.data)
			),
		));
	}
	if attested.more {
		lines.push(("attested", "and more".into()));
	}
}

fn licence(expression: &[u8], text: &Digest) -> String {
	format!("{} (text {})", words(expression), hex::encode(text))
}

/// A version.
pub fn version(
	view: &VersionView<Balance>,
	model: &ModelView<AccountId>,
	contest: Option<&ContestView>,
	attested: &Listing<AttestationView<AccountId>>,
	now: u32,
	output: &Output,
) {
	let published = &view.publication;
	let value = json!({
		"version": view.version, "model": view.model, "slug": words(&model.slug), "number": view.number,
		"owner": model.owner, "status": view.status, "consent": view.consent, "flag": view.flag, "block": now,
		"class": class_json(&published.class), "weightsRoot": hex::encode(published.weights.root),
		"weightsChunks": published.weights.count, "bytes": published.bytes, "package": hex::encode(published.package),
		"manifestRoot": hex::encode(published.manifest), "parents": parents_json(&published.parents),
		"datasets": datasets_json(&published.datasets), "dues": dues_json(&view.dues),
		"terms": terms::json(&published.terms), "licence": words(&published.licence),
		"licenceText": hex::encode(published.licence_text), "safety": published.safety.map(hex::encode),
		"fee": { "perInput": amount::text(published.fee.per_input), "perOutput": amount::text(published.fee.per_output) },
		"committed": view.committed, "published": view.published, "dependants": view.dependants,
		"contest": contest.map(contest_json), "attested": attested_json(attested, now),
	});
	let mut lines = vec![
		(
			"version",
			format!("{}: {}@{}", view.version, words(&model.slug), view.number),
		),
		("owner", model.owner.to_string()),
		("status", status(view.status).into()),
		("flag", flag_text(view.flag).into()),
		("consent", consent_text(view.consent)),
	];
	for (parent, part) in &published.parents {
		lines.push(("made from", format!("version {parent}, {}%", share::text(*part))));
	}
	for (dataset, part) in &published.datasets {
		lines.push(("made from", format!("dataset {dataset}, {}%", share::text(*part))));
	}
	for due in &view.dues {
		lines.push(("owes", format!("{}, {}%", pot_text(due.pot), share::text(due.part))));
	}
	lines.extend([
		("terms", terms::text(&published.terms)),
		("licence", licence(&published.licence, &published.licence_text)),
		(
			"fee",
			format!(
				"{} for a token of input, {} for one of an answer",
				amount::named(published.fee.per_input),
				amount::named(published.fee.per_output)
			),
		),
		("weights", hex::encode(published.weights.root)),
		(
			"package",
			format!("{} ({} bytes)", hex::encode(published.package), published.bytes),
		),
		("manifest", hex::encode(published.manifest)),
	]);
	if let Some(contest) = contest {
		lines.push(("contest", contest_text(contest)));
	}
	attested_lines(attested, now, &mut lines);
	output.result(&value, &lines);
}

fn contest_json(contest: &ContestView) -> Value {
	json!({
		"root": hex::encode(contest.root), "decided": contest.decided, "models": contest.models, "claims": contest.claims,
	})
}

fn contest_text(contest: &ContestView) -> String {
	let models = contest.claims.iter().map(|claim| {
		format!(
			"model {} since version {}, promised in block {}",
			claim.model, claim.first, claim.committed
		)
	});
	let decided = match contest.decided {
		Some(model) => format!("decided for model {model}"),
		None => "not decided".into(),
	};
	format!("{decided}; {}", models.collect::<Vec<_>>().join("; "))
}

/// A model and its versions.
pub fn model(view: &ModelView<AccountId>, versions: &Listing<VersionView<Balance>>, output: &Output) {
	let one = |version: &VersionView<Balance>| json!({ "version": version.version, "number": version.number, "status": version.status, "flag": version.flag });
	let mut value = model_json(view);
	if let Some(fields) = value.as_object_mut() {
		fields.insert("list".into(), versions.items.iter().map(one).collect());
		fields.insert("more".into(), versions.more.into());
	}
	let mut lines = vec![
		("model", format!("{}: {}", view.model, words(&view.slug))),
		("owner", view.owner.to_string()),
	];
	for version in &versions.items {
		lines.push((
			"version",
			format!(
				"{}: @{}, {}, {}",
				version.version,
				version.number,
				status(version.status),
				flag_text(version.flag)
			),
		));
	}
	output.result(&value, &lines);
}

fn model_json(view: &ModelView<AccountId>) -> Value {
	json!({
		"model": view.model, "slug": words(&view.slug), "owner": view.owner, "offered": view.offered,
		"versions": view.versions, "next": view.next, "bytes": view.bytes,
	})
}

/// The models of an account.
pub fn models(listed: &Listing<ModelView<AccountId>>, alias: Option<&[u8]>, output: &Output) {
	let value = json!({
		"alias": alias.map(words), "models": listed.items.iter().map(model_json).collect::<Vec<_>>(), "more": listed.more,
	});
	let mut lines = Vec::new();
	if let Some(alias) = alias {
		lines.push(("alias", words(alias)));
	}
	for model in &listed.items {
		lines.push((
			"model",
			format!("{}: {}, versions: {}", model.model, words(&model.slug), model.versions),
		));
	}
	if listed.items.is_empty() {
		lines.push(("model", "none".into()));
	}
	output.result(&value, &lines);
}

/// What a version was made from, however far above.
pub fn lineage(version: VersionId, view: &LineageView, output: &Output) {
	let ancestors = view.ancestors.iter().map(|one| {
		json!({
			"version": one.version, "model": one.model, "status": one.status, "consent": one.consent, "flag": one.flag,
			"parents": parents_json(&one.parents), "datasets": datasets_json(&one.datasets),
		})
	});
	let sources = view.sources.iter();
	let sources = sources.map(|(dataset, flag)| json!({ "dataset": dataset, "flag": flag }));
	let value = json!({
		"version": version, "flag": view.flag, "ancestors": ancestors.collect::<Vec<_>>(),
		"sources": sources.collect::<Vec<_>>(),
	});
	let mut lines = vec![("version", version.to_string()), ("flag", flag_text(view.flag).into())];
	for one in &view.ancestors {
		let made = one.parents.iter().map(|(parent, _)| format!("version {parent}"));
		let made = made.chain(one.datasets.iter().map(|(dataset, _)| format!("dataset {dataset}")));
		let made = made.collect::<Vec<_>>().join(", ");
		let made = if made.is_empty() {
			"nothing that is registered".into()
		} else {
			made
		};
		lines.push((
			"above",
			format!("version {}: {}, made from {made}", one.version, status(one.status)),
		));
	}
	for (dataset, flag) in &view.sources {
		lines.push(("above", format!("dataset {dataset}: {}", source_text(*flag))));
	}
	output.result(&value, &lines);
}

fn source_text(flag: Flag) -> &'static str {
	match flag {
		Flag::Clear => "its owner consents",
		Flag::NoDerivation => "withdrawn: nothing new may be made from it",
		Flag::NoServing => "withdrawn: nothing that was made from it serves",
	}
}

/// A dataset.
pub fn dataset(
	view: &DatasetView<AccountId>,
	attested: &Listing<AttestationView<AccountId>>,
	now: u32,
	output: &Output,
) {
	let Facts {
		root,
		bytes,
		terms: stated,
		access,
		licence: given,
		description,
	} = &view.facts;
	let value = json!({
		"dataset": view.id, "owner": view.owner, "offered": view.offered, "consent": view.consent, "block": now,
		"registered": view.registered, "earlier": view.earlier, "used": view.used, "root": hex::encode(root),
		"bytes": bytes, "terms": terms::json(stated), "access": access, "licence": words(&given.expression),
		"licenceText": hex::encode(given.text), "description": description_json(description),
		"attested": attested_json(attested, now),
	});
	let mut lines = vec![
		("dataset", view.id.to_string()),
		("owner", view.owner.to_string()),
		("consent", consent_text(view.consent)),
		("versions", format!("made from it: {}", view.used)),
		("content", format!("{} ({bytes} bytes)", hex::encode(root))),
		("terms", terms::text(stated)),
		("licence", licence(&given.expression, &given.text)),
		("access", access_text(*access).into()),
		("described", description_text(description)),
	];
	if let Some(earlier) = view.earlier {
		lines.push(("earlier", format!("dataset {earlier} has the same content")));
	}
	attested_lines(attested, now, &mut lines);
	output.result(&value, &lines);
}

fn access_text(access: Access) -> &'static str {
	match access {
		Access::Public => "anybody can fetch it",
		Access::OnRequest => "its owner gives it to whom it likes",
		Access::ComputeToData => "it stays where it is; computations come to it",
	}
}

fn description_json(description: &Description) -> Value {
	match description {
		Description::None => Value::Null,
		Description::Croissant(hash) => json!({ "kind": "croissant", "hash": hex::encode(hash) }),
		Description::Document(hash) => json!({ "kind": "document", "hash": hex::encode(hash) }),
	}
}

fn description_text(description: &Description) -> String {
	match description {
		Description::None => "nowhere".into(),
		Description::Croissant(hash) => format!("by a Croissant file, {}", hex::encode(hash)),
		Description::Document(hash) => format!("by a document, {}", hex::encode(hash)),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn data_of_strangers_do_not_reach_the_terminal_raw() {
		assert_eq!(data_text(&Data::Bytes(b"there".to_vec())), "\"there\"");
		assert_eq!(data_text(&Data::Bytes(b"\x1b[2J".to_vec())), "0x1b5b324a");
		assert_eq!(data_text(&Data::Bytes(vec![0xff])), "0xff");
		assert_eq!(data_text(&Data::Bytes(Vec::new())), "no data");
	}

	#[test]
	fn consent_and_flags_are_names_in_json() {
		assert_eq!(json!(Flag::NoServing), "noServing");
		assert_eq!(json!(Consent::Given), "given");
		assert_eq!(json!(Consent::Withdrawn { at: 3 }), json!({ "withdrawn": { "at": 3 } }));
	}
}
