// SPDX-License-Identifier: Apache-2.0

//! Croissant files as they are found, and as nobody should write them.

mod hostile;

use atelier_descriptions::{
	Error,
	content::{Content, File},
	croissant::{Answers, Croissant, MAX_BYTES, MAX_DEPTH, Note, Version},
};
use atelier_primitives::{
	datasets::{Access, Description},
	licence::well_formed,
	terms::{Purpose, Purposes, Withdrawal},
};
use atelier_referee::{
	hash::{Blake2b256, Portable},
	samples::Random,
};
use hostile::DATASET;
use proptest::prelude::*;
use serde_json::{Value, json};
use sp_arithmetic::Permill;

fn read(value: &Value) -> Result<Croissant, Error> {
	Croissant::read(value.to_string().as_bytes())
}

/// The dataset of the tests, changed.
fn changed(change: impl Fn(&mut Value)) -> Result<Croissant, Error> {
	let mut value = serde_json::from_str(DATASET).unwrap();
	change(&mut value);
	read(&value)
}

fn answers() -> Answers {
	Answers {
		root: Some([1; 32]),
		licence_text: Some([2; 32]),
		derive: Some(true),
		commercial: Some(false),
		min_share: Some(Permill::from_percent(5)),
		purposes: Some(Purposes::NONE.with(Purpose::Research)),
		withdrawal: Some(Withdrawal::StopsServing),
		access: Some(Access::Public),
		..Answers::default()
	}
}

mod facts {
	use super::*;

	#[test]
	fn are_what_the_file_says_and_what_was_answered() {
		let croissant = Croissant::read(DATASET.as_bytes()).unwrap();
		let facts = croissant.facts(&answers()).unwrap();
		assert_eq!(facts.root, [1; 32]);
		assert_eq!(facts.bytes, 1_048_576 + 2_048);
		assert_eq!(facts.licence.expression, b"CC-BY-4.0");
		assert_eq!(facts.licence.text, [2; 32]);
		assert_eq!(
			facts.description,
			Description::Croissant(Portable::hash(DATASET.as_bytes()))
		);
		assert_eq!(facts.access, Access::Public);
		assert!(facts.terms.derive && !facts.terms.commercial);
		assert_eq!(facts.terms.min_share, Permill::from_percent(5));
		assert_eq!(facts.terms.expiry, None);
		assert_eq!(facts.terms.withdrawal, Withdrawal::StopsServing);
	}

	#[test]
	fn name_everything_that_is_still_open() {
		let croissant = Croissant::read(DATASET.as_bytes()).unwrap();
		let Err(Error::Unanswered(open)) = croissant.facts(&Answers::default()) else {
			panic!("nothing was answered")
		};
		assert_eq!(open.len(), 8, "{open:?}");
		// One of them at a time.
		type Leave = fn(&mut Answers);
		let leave: [(&str, Leave); 8] = [
			("the root of the content", |answers| answers.root = None),
			("the hash of the licence's text", |answers| answers.licence_text = None),
			("whether anything may be made from it", |answers| answers.derive = None),
			("whether it may be used for profit", |answers| answers.commercial = None),
			("the least share that a derivative owes", |answers| {
				answers.min_share = None
			}),
			("for which purposes", |answers| answers.purposes = None),
			("what a withdrawal stops", |answers| answers.withdrawal = None),
			("who gets at the content", |answers| answers.access = None),
		];
		for (question, leave) in leave {
			let mut answers = answers();
			leave(&mut answers);
			let Err(Error::Unanswered(open)) = croissant.facts(&answers) else {
				panic!("{question} was not answered")
			};
			assert_eq!(open, [question]);
		}
	}

	#[test]
	fn take_an_answer_before_the_file() {
		let croissant = Croissant::read(DATASET.as_bytes()).unwrap();
		let answers = Answers {
			bytes: Some(7),
			licence: Some("MIT OR ISC".to_owned()),
			..answers()
		};
		let facts = croissant.facts(&answers).unwrap();
		assert_eq!((facts.bytes, &facts.licence.expression[..]), (7, &b"MIT OR ISC"[..]));
		let notes = croissant.notes(&answers);
		assert_eq!(
			notes,
			[Note::OtherSize {
				stated: 1_050_624,
				given: 7
			}]
		);
	}

	#[test]
	fn never_have_a_licence_that_the_chain_refuses() {
		let croissant = Croissant::read(DATASET.as_bytes()).unwrap();
		for (licence, long) in [
			("MIT AND".to_owned(), false),
			(String::new(), false),
			("M".repeat(257), true),
		] {
			let answers = Answers {
				licence: Some(licence),
				..answers()
			};
			match croissant.facts(&answers) {
				Err(Error::LicenceTooLong { .. }) => assert!(long),
				Err(Error::NotAnExpression { .. }) => assert!(!long),
				other => panic!("{other:?}"),
			}
		}
	}

	#[test]
	fn of_files_on_disk_have_their_root_and_length() {
		let file = File {
			path: "trees.csv".to_owned(),
			bytes: 1_048_576,
			hash: [3; 32],
			sha256: [0x5a; 32],
		};
		let content = Content::from_files(vec![file]);
		let croissant = Croissant::read(DATASET.as_bytes()).unwrap();
		let answers = answers().with_content(&content);
		let facts = croissant.facts(&answers).unwrap();
		assert_eq!((facts.root, facts.bytes), (content.root, 1_048_576));
		// The other file of the description is not there.
		assert_eq!(croissant.absent(&content), ["species.csv"]);
		assert_eq!(
			croissant.absent(&Content::from_files(Vec::new())),
			["trees.csv", "species.csv"]
		);
	}
}

mod summary {
	use super::*;

	#[test]
	fn shows_what_a_person_wants_to_see() {
		let croissant = Croissant::read(DATASET.as_bytes()).unwrap();
		let summary = &croissant.summary;
		assert_eq!(croissant.version, Version::V1_0);
		assert_eq!(summary.name.as_deref(), Some("street-trees"));
		assert_eq!(summary.url.as_deref(), Some("https://example.org/trees"));
		assert_eq!(summary.creators, ["Office of Trees", "A. Gardener"]);
		assert_eq!(summary.version.as_deref(), Some("2.1.0"));
		assert_eq!(summary.published.as_deref(), Some("2025-04-01"));
		assert_eq!(summary.resources, 3);
		assert_eq!(
			summary.responsible_use["dataCollectionType"],
			["Manual Human Curator", "Software Collection"]
		);
		assert_eq!(summary.responsible_use["personalSensitiveInformation"], ["None."]);
		assert_eq!(croissant.notes(&answers()), []);
	}

	#[test]
	fn cannot_write_to_a_terminal() {
		let croissant = changed(|value| value["name"] = json!("a\u{1b}]0;owned\u{7}\u{202e}b")).unwrap();
		assert_eq!(
			croissant.summary.name.as_deref(),
			Some("a\u{fffd}]0;owned\u{fffd}\u{fffd}b")
		);
	}

	#[test]
	fn tells_that_the_content_goes_on_changing() {
		for live in [json!(true), json!("True"), json!({ "@value": true })] {
			let croissant = changed(|value| value["isLiveDataset"] = live.clone()).unwrap();
			assert_eq!(croissant.notes(&answers()), [Note::Live]);
		}
	}

	#[test]
	fn tells_that_several_licences_hold() {
		let croissant =
			changed(|value| value["license"] = json!(["mit", "https://spdx.org/licenses/CC0-1.0"])).unwrap();
		let taken = "MIT AND CC0-1.0".to_owned();
		assert_eq!(croissant.notes(&answers()), [Note::SeveralLicences { taken }]);
		assert_eq!(
			croissant.facts(&answers()).unwrap().licence.expression,
			b"MIT AND CC0-1.0"
		);
	}
}

mod reads {
	use super::*;

	#[test]
	fn the_same_in_all_ways_to_write_it() {
		let first = Croissant::read(DATASET.as_bytes()).unwrap();
		for prefix in ["sc:", "schema:", "https://schema.org/", "http://schema.org/"] {
			let renamed = changed(|value| {
				let object = value.as_object_mut().unwrap();
				for field in ["name", "license", "url", "creator", "version", "distribution"] {
					let stated = object.remove(field).unwrap();
					object.insert(format!("{prefix}{field}"), stated);
				}
				let version = object.remove("conformsTo").unwrap();
				object.insert("dct:conformsTo".to_owned(), json!({ "@id": version }));
			})
			.unwrap();
			assert_eq!(renamed.summary, first.summary);
			assert_eq!(renamed.bytes(), first.bytes());
			assert_eq!(renamed.licence().unwrap(), first.licence().unwrap());
		}
	}

	#[test]
	fn version_1_1_and_several_specifications() {
		for (conforms, version) in [
			(json!("http://mlcommons.org/croissant/1.1"), Version::V1_1),
			(json!("https://mlcommons.org/croissant/1.1/"), Version::V1_1),
			(
				json!([
					"http://mlcommons.org/croissant/RAI/1.0",
					"http://mlcommons.org/croissant/1.0"
				]),
				Version::V1_0,
			),
		] {
			let croissant = changed(|value| value["conformsTo"] = conforms.clone()).unwrap();
			assert_eq!(croissant.version, version);
		}
	}

	#[test]
	fn a_licence_that_is_an_object() {
		let work = json!({ "@type": "sc:CreativeWork", "name": "Attribution", "url": "https://creativecommons.org/licenses/by/4.0/" });
		let croissant = changed(|value| value["license"] = work.clone()).unwrap();
		assert_eq!(croissant.licence().unwrap(), "CC-BY-4.0");
	}

	#[test]
	fn no_size_that_is_not_there() {
		let unknown: [fn(&mut Value); 6] = [
			|value| value["distribution"][0]["contentSize"] = json!("1.0 MB"),
			|value| value["distribution"][0]["contentSize"] = Value::Null,
			|value| value["distribution"][0]["sameAs"] = json!("https://example.org/the-same.parquet"),
			|value| value["distribution"][0]["@type"] = json!("cr:FileSet"),
			// A set of files that is in no file.
			|value| value["distribution"][2]["containedIn"] = Value::Null,
			|value| value["distribution"] = json!([]),
		];
		for change in unknown {
			let croissant = changed(change).unwrap();
			assert_eq!(croissant.bytes(), None);
			let Err(Error::Unanswered(open)) = croissant.facts(&answers()) else {
				panic!("nobody said how long it is")
			};
			assert_eq!(open, ["the bytes of the content"]);
		}
	}

	#[test]
	fn checksums_that_are_none_as_none() {
		let croissant = changed(|value| value["distribution"][0]["sha256"] = json!("https://example.org/why")).unwrap();
		assert_eq!(croissant.absent(&Content::from_files(Vec::new())), ["species.csv"]);
	}

	#[test]
	fn a_file_on_disk() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("croissant.json");
		std::fs::write(&path, DATASET).unwrap();
		assert_eq!(Croissant::open(&path).unwrap().hash, Portable::hash(DATASET.as_bytes()));
		assert!(matches!(Croissant::open(folder.path()), Err(Error::Unreadable { .. })));
		// Sparse: nobody waits for it to be written or read.
		let large = folder.path().join("large.json");
		std::fs::File::create(&large).unwrap().set_len(1 << 40).unwrap();
		assert!(matches!(Croissant::open(&large), Err(Error::DescriptionTooLong { bytes, .. }) if bytes == 1 << 40));
		// Has no length of its own.
		let endless = Croissant::open(std::path::Path::new("/dev/zero"));
		assert!(matches!(
			endless,
			Err(Error::DescriptionTooLong { limit: MAX_BYTES, .. })
		));
	}
}

mod refuses {
	use super::*;

	#[test]
	fn what_is_no_croissant_file() {
		let refused = changed(|value| value["@type"] = json!("sc:Person"));
		assert!(matches!(refused, Err(Error::NotADataset { found }) if found == "sc:Person"));
		let refused = changed(|value| value["conformsTo"] = json!("http://mlcommons.org/croissant/0.8"));
		assert!(matches!(refused, Err(Error::NotCroissant { found, .. }) if found.ends_with("0.8")));
		let refused = changed(|value| value["conformsTo"] = json!("http://mlcommons.org.example/croissant/1.0"));
		assert!(matches!(refused, Err(Error::NotCroissant { .. })));
		let refused = changed(|value| drop(value.as_object_mut().unwrap().remove("conformsTo")));
		assert!(matches!(refused, Err(Error::NotCroissant { found, .. }) if found.is_empty()));
		for broken in [
			&b""[..],
			b"{",
			b"[]",
			b"null",
			b"1",
			b"{} {}",
			b"\xff",
			b"\xef\xbb\xbf{}",
			b"{\"name\": \"\xff\"}",
		] {
			assert!(
				matches!(Croissant::read(broken), Err(Error::BrokenDescription { .. })),
				"{broken:?}"
			);
		}
	}

	#[test]
	fn what_is_too_long_or_too_deep_before_it_is_parsed() {
		let long = vec![b' '; MAX_BYTES + 1];
		assert!(matches!(Croissant::read(&long), Err(Error::DescriptionTooLong { .. })));
		let nested = |depth: usize| {
			let inside = format!("{}{}", "[".repeat(depth - 1), "]".repeat(depth - 1));
			let whole = DATASET.trim_end().strip_suffix('}').unwrap();
			Croissant::read(format!("{whole}, \"other\": {inside}}}").as_bytes())
		};
		assert!(nested(MAX_DEPTH).is_ok());
		assert!(matches!(
			nested(MAX_DEPTH + 1),
			Err(Error::DescriptionTooDeep { limit: MAX_DEPTH })
		));
		let deep = "[".repeat(MAX_BYTES);
		assert!(matches!(
			Croissant::read(deep.as_bytes()),
			Err(Error::DescriptionTooDeep { .. })
		));
	}

	#[test]
	fn what_says_something_twice() {
		let whole = DATASET.trim_end().strip_suffix('}').unwrap();
		for (more, name) in [
			("\"name\": \"other\"", "name"),
			("\"sc:license\": \"MIT\"", "license"),
			("\"https://schema.org/license\": \"MIT\"", "license"),
			("\"cr:distribution\": [{\"@type\": \"cr:FileObject\"}]", "distribution"),
			(
				"\"http://mlcommons.org/croissant/RAI/dataCollection\": \"otherwise\"",
				"dataCollection",
			),
		] {
			let refused = Croissant::read(format!("{whole}, {more}}}").as_bytes());
			assert!(
				matches!(&refused, Err(Error::FieldTwice { field }) if field == name),
				"{more}: {refused:?}"
			);
		}
		let inside = DATASET.replace(
			"\"contentSize\": \"2048\"",
			"\"contentSize\": \"2048\", \"sc:contentSize\": \"1\"",
		);
		assert_ne!(inside, DATASET);
		assert!(
			matches!(Croissant::read(inside.as_bytes()), Err(Error::FieldTwice { field }) if field == "contentSize")
		);
	}

	#[test]
	fn more_than_anybody_has() {
		let refused = changed(|value| value["license"] = json!(vec!["MIT"; 1_001]));
		assert!(matches!(refused, Err(Error::TooManyValues { field, limit: 1_000 }) if field == "license"));
		let refused = changed(|value| value["license"] = json!([vec!["MIT"; 600], vec!["MIT"; 600]]));
		assert!(matches!(refused, Err(Error::TooManyValues { .. })));
		let resource = json!({ "@type": "cr:FileObject" });
		let refused = changed(|value| value["distribution"] = json!(vec![resource.clone(); 20_001]));
		assert!(matches!(refused, Err(Error::TooManyValues { field, .. }) if field == "distribution"));
		let refused = changed(|value| {
			for number in 0..100 {
				value[format!("rai:term{number}")] = json!("x");
			}
		});
		assert!(matches!(refused, Err(Error::TooManyValues { limit: 100, .. })));
	}

	#[test]
	fn a_licence_that_nobody_knows() {
		for unknown in [
			json!("other"),
			json!("unknown"),
			json!({ "name": "our own" }),
			json!(["MIT", "other"]),
		] {
			let croissant = changed(|value| value["license"] = unknown.clone()).unwrap();
			let refused = croissant.facts(&answers()).unwrap_err();
			assert!(matches!(refused, Error::UnknownLicence { .. }));
			assert!(refused.to_string().contains("--licence"));
		}
		for none in [Value::Null, json!(""), json!([]), json!({})] {
			let croissant = changed(|value| value["license"] = none.clone()).unwrap();
			assert!(matches!(croissant.facts(&answers()), Err(Error::NoLicence)));
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(200))]

	#[test]
	fn any_json_in_any_field_is_read_or_refused(field in 0_usize..17, seed: u64) {
		const FIELDS: [&str; 17] = [
			"@context", "@type", "name", "conformsTo", "description", "license", "url", "creator", "version",
			"datePublished", "isLiveDataset", "distribution", "recordSet", "rai:dataCollection", "@id", "sameAs", "x",
		];
		let value = hostile::json(&mut Random(seed), 4);
		let facts = changed(|dataset| dataset[FIELDS[field]] = value.clone()).and_then(|croissant| croissant.facts(&answers()));
		if let Ok(facts) = facts {
			prop_assert!(well_formed(&facts.licence.expression));
		}
	}
}

/// A part of `ATELIER_FUZZ_BYTES`; the same function is run by `make fuzz` with bytes that coverage has led to.
#[test]
fn bytes_of_strangers_harm_nobody() {
	let bytes: u64 = std::env::var("ATELIER_FUZZ_BYTES").map_or(10_000_000, |number| number.parse().unwrap());
	let mut random = Random(3);
	let (mut given, mut inputs, mut taken) = (0, 0_u64, 0_u64);
	while given < bytes {
		let seed = hostile::seed(&mut random);
		for _ in 0..4 {
			let bytes = hostile::mutated(seed.clone(), &mut random);
			given += bytes.len() as u64 + 1;
			inputs += 1;
			taken += u64::from(hostile::run(&bytes));
		}
	}
	println!("{inputs} inputs of {given} bytes, {taken} taken");
	assert!(taken * 50 > inputs && taken < inputs, "{taken} of {inputs}");
}
