// SPDX-License-Identifier: Apache-2.0

//! What strangers may send as a Croissant file. `tests/croissant.rs` calls this with seeded bytes, `fuzz/` with bytes that
//! coverage has led to.
#![allow(dead_code, reason = "fuzzing changes bytes by itself")]

use atelier_descriptions::croissant::{Answers, Croissant, MAX_BYTES};
use atelier_primitives::{
	datasets::Access,
	licence::{MAX_EXPRESSION, well_formed},
	terms::{Purposes, Withdrawal},
};
use atelier_referee::samples::Random;
use serde_json::{Value, json};
use sp_arithmetic::Permill;

/// A file as people write them.
pub const DATASET: &str = r#"{
	"@context": { "@language": "en", "@vocab": "https://schema.org/", "cr": "http://mlcommons.org/croissant/" },
	"@type": "sc:Dataset",
	"name": "street-trees",
	"description": "Every tree of a town, with its species.",
	"conformsTo": "http://mlcommons.org/croissant/1.0",
	"license": "https://creativecommons.org/licenses/by/4.0/",
	"url": "https://example.org/trees",
	"creator": [
		{ "@type": "sc:Organization", "name": "Office of Trees", "url": "https://example.org" },
		"A. Gardener"
	],
	"datePublished": "2025-04-01",
	"version": "2.1.0",
	"rai:dataCollection": "People went from tree to tree.",
	"rai:dataCollectionType": ["Manual Human Curator", "Software Collection"],
	"rai:personalSensitiveInformation": "None.",
	"distribution": [
		{
			"@type": "cr:FileObject",
			"@id": "trees.csv",
			"name": "trees.csv",
			"contentUrl": "trees.csv",
			"contentSize": "1048576 B",
			"encodingFormat": "text/csv",
			"sha256": "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"
		},
		{
			"@type": "cr:FileObject",
			"@id": "species.csv",
			"contentUrl": "species.csv",
			"contentSize": "2048",
			"encodingFormat": "text/csv",
			"sha256": "6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b"
		},
		{
			"@type": "cr:FileSet",
			"@id": "parts",
			"containedIn": { "@id": "trees.csv" },
			"includes": "*.csv"
		}
	],
	"recordSet": [
		{
			"@type": "cr:RecordSet",
			"@id": "trees",
			"field": [
				{ "@type": "cr:Field", "@id": "trees/species", "dataType": "sc:Text", "source": { "fileObject": { "@id": "trees.csv" } } }
			]
		}
	]
}
"#;

const FIELDS: [&str; 16] = [
	"@type",
	"@id",
	"@value",
	"name",
	"sc:name",
	"conformsTo",
	"license",
	"url",
	"creator",
	"version",
	"contentSize",
	"sha256",
	"containedIn",
	"distribution",
	"rai:dataCollection",
	"isLiveDataset",
];

const WORDS: [&str; 14] = [
	"",
	"sc:Dataset",
	"cr:FileObject",
	"cr:FileSet",
	"http://mlcommons.org/croissant/1.1",
	"MIT",
	"mit OR apache-2.0",
	"https://spdx.org/licenses/MIT.html",
	"https://creativecommons.org/licenses/by/4.0/",
	"(((((MIT",
	"12345678901234567890 B",
	"5 KB",
	"\u{1b}[2J\u{202e}\u{0}",
	"é",
];

/// Any JSON, most of it with the names of the specification.
pub fn json(random: &mut Random, depth: u32) -> Value {
	let last = if depth == 0 { 4 } else { 6 };
	match random.between(0, last) {
		0 => Value::Null,
		1 => json!(random.one_in(2)),
		2 => random
			.pick([json!(0), json!(u64::MAX), json!(-1), json!(1.5e300)].each_ref())
			.clone(),
		3 | 4 => json!(random.pick(WORDS)),
		5 => (0..random.between(0, 4)).map(|_| json(random, depth - 1)).collect(),
		_ => {
			let field = |random: &mut Random| (random.pick(FIELDS).to_owned(), json(random, depth - 1));
			Value::Object((0..random.between(0, 6)).map(|_| field(random)).collect())
		}
	}
}

/// Bytes of a file of which one field is anything.
pub fn seed(random: &mut Random) -> Vec<u8> {
	let mut dataset: Value = serde_json::from_str(DATASET).expect("it is JSON");
	for _ in 0..random.between(0, 2) {
		dataset[random.pick(FIELDS)] = json(random, 4);
	}
	dataset.to_string().into_bytes()
}

pub fn mutated(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
	for _ in 0..random.pick([0, 0, 1, 1, 2, 8]) {
		let at = random.between(0, bytes.len() as i64) as usize;
		match random.between(0, 4) {
			0 | 1 => {
				if let Some(byte) = bytes.get_mut(at) {
					*byte ^= 1 << random.between(0, 7);
				}
			}
			2 => bytes.truncate(at),
			3 => {
				let part = bytes[at..].iter().take(40).copied().collect::<Vec<_>>();
				bytes.splice(at..at, part);
			}
			_ => {
				if let Some(byte) = bytes.get_mut(at) {
					*byte = random.pick([b'"', b'\\', b'{', b'}', b'[', b']', b',', b':', 0, 255]);
				}
			}
		}
	}
	bytes
}

/// Panics where something is wrong. Whether the bytes were more than refused.
pub fn run(bytes: &[u8]) -> bool {
	let Ok(croissant) = Croissant::read(bytes) else {
		return false;
	};
	assert!(bytes.len() <= MAX_BYTES);
	let summary = &croissant.summary;
	let lists = summary
		.creators
		.iter()
		.chain(&summary.licences)
		.chain(summary.responsible_use.values().flatten());
	let shown = summary.name.iter().chain(&summary.url).chain(lists);
	assert!(
		shown
			.into_iter()
			.all(|text| !text.contains(char::is_control) && text.chars().count() <= 2_001)
	);
	let answers = Answers {
		root: Some([1; 32]),
		bytes: Some(1),
		licence_text: Some([2; 32]),
		derive: Some(true),
		commercial: Some(true),
		min_share: Some(Permill::zero()),
		purposes: Some(Purposes::ANY),
		withdrawal: Some(Withdrawal::StopsDerivation),
		access: Some(Access::OnRequest),
		..Answers::default()
	};
	let _ = croissant.notes(&answers);
	// Only a licence can be missing.
	let facts = croissant.facts(&answers);
	assert_eq!(facts.is_ok(), croissant.licence().is_ok());
	if let Ok(facts) = facts {
		let licence = &facts.licence.expression;
		assert!(well_formed(licence) && licence.len() <= MAX_EXPRESSION as usize);
		assert_eq!(facts.description, croissant.description());
	}
	true
}
