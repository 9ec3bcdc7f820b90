// SPDX-License-Identifier: Apache-2.0

//! Whole folders: the two models that are always there become exact, and whatever is wrong is told by its name.

use atelier_convert::{
	Error, Settings,
	folder::{Progress, convert},
};
use atelier_models::exact::{ExactFolder, MANIFEST, PACKAGE, VOCABULARY};
use atelier_referee::model::Use;
use serde_json::{Value, json};
use std::{
	fs,
	path::{Path, PathBuf},
};
use tempfile::TempDir;
use tokenizers::Tokenizer;

/// The decoder that is committed with the project.
fn tiny_decoder() -> PathBuf {
	Path::new(env!("CARGO_MANIFEST_DIR")).join("../../referee/quality/models/tiny-decoder")
}

fn temporary() -> TempDir {
	tempfile::tempdir().expect("a folder")
}

fn made(from: &Path, to: &Path) -> ExactFolder {
	convert(from, to, None, &mut |_| ()).unwrap_or_else(|error| panic!("{error}"))
}

/// A copy of the decoder's folder in which something can be changed.
fn copy() -> TempDir {
	let folder = temporary();
	for file in ["config.json", "model.safetensors", "tokenizer.json"] {
		fs::copy(tiny_decoder().join(file), folder.path().join(file)).expect("copied");
	}
	folder
}

fn change(path: &Path, change: impl FnOnce(&mut Value)) {
	let mut value = serde_json::from_slice(&fs::read(path).expect("read")).expect("JSON");
	change(&mut value);
	fs::write(path, value.to_string()).expect("written");
}

/// Why a folder cannot be made exact; nothing is left of the attempt.
fn refusal(from: &Path) -> String {
	let folder = temporary();
	let to = folder.path().join("exact");
	let Err(error) = convert(from, &to, None, &mut |_| ()) else {
		panic!("it was made exact");
	};
	assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 0, "{error}");
	error.to_string()
}

#[test]
fn the_same_checkpoint_becomes_the_same_folder() {
	let folder = temporary();
	let mut heard = Vec::new();
	let first = convert(&tiny_decoder(), &folder.path().join("one"), None, &mut |progress| {
		heard.push(progress)
	});
	let first = first.unwrap_or_else(|error| panic!("{error}"));
	let second = made(&tiny_decoder(), &folder.path().join("two"));
	for file in [MANIFEST, PACKAGE, VOCABULARY, "tokenizer.json"] {
		let bytes = |of: &ExactFolder| fs::read(of.path().join(file)).expect("read");
		assert!(bytes(&first) == bytes(&second), "{file}");
	}
	let all = first.manifest().weights.count;
	assert!(heard.contains(&Progress::Writing { chunks: all, all }));
	assert_eq!(heard.last(), Some(&Progress::Checking { chunks: all, all }));
	assert_eq!(first.manifest().shape.answers, Use::Tokens);
}

#[test]
fn the_roots_are_those_of_this_version() {
	// Another root for the same checkpoint makes it another model for the chain: on purpose only.
	let folder = temporary();
	let made = made(&tiny_decoder(), &folder.path().join("exact"));
	let root = |root: &[u8]| root.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
	let manifest = made.manifest();
	let known =
		fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tiny-decoder.roots")).expect("read");
	let texts = manifest
		.vocabulary
		.as_ref()
		.map(|texts| root(&texts.root))
		.unwrap_or_default();
	assert_eq!(
		format!("weights {}\nvocabulary {texts}\n", root(&manifest.weights.root)),
		known
	);
}

#[test]
fn minilm_becomes_exact() {
	let cache = std::env::var_os("ATELIER_CACHE").expect("scripts/env.sh says where");
	let minilm = Path::new(&cache).join("minilm-0.1.0");
	let folder = temporary();
	let made = made(&minilm, &folder.path().join("exact"));
	assert_eq!(made.manifest().shape.answers, Use::Embedding);
	assert_eq!(made.manifest().vocabulary, None);
	assert!(made.manifest().files.contains_key("tokenizer.json"));
}

#[test]
fn texts_are_what_the_tokenizer_writes() {
	let folder = temporary();
	let texts = made(&tiny_decoder(), &folder.path().join("exact"))
		.texts()
		.expect("read")
		.expect("a decoder has some");
	let tokenizer = Tokenizer::from_file(tiny_decoder().join("tokenizer.json")).expect("a tokenizer");
	let mut state = 1_u64;
	for _ in 0..500 {
		let tokens: Vec<u32> = (0..12)
			.map(|_| {
				state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
				(state >> 33) as u32 % texts.len() as u32
			})
			.collect();
		let ours: Vec<u8> = tokens.iter().flat_map(|token| texts[*token as usize].clone()).collect();
		let theirs = tokenizer.decode(&tokens, true).expect("tokens");
		assert_eq!(String::from_utf8_lossy(&ours), theirs, "{tokens:?}");
	}
}

#[test]
fn every_changed_byte_is_seen() {
	let folder = temporary();
	let path = folder.path().join("exact");
	let made = made(&tiny_decoder(), &path);
	let files: Vec<_> = made.manifest().files.keys().cloned().collect();
	drop(made);
	for file in files {
		let whole = fs::read(path.join(&file)).expect("read");
		for at in [0, whole.len() / 2, whole.len() - 1] {
			let mut other = whole.clone();
			other[at] ^= 1;
			fs::write(path.join(&file), &other).expect("written");
			let opened = ExactFolder::open(&path).expect("the lengths are right");
			assert!(opened.verify(|_| ()).is_err(), "byte {at} of {file}");
		}
		fs::write(path.join(&file), &whole).expect("written");
	}
	assert!(ExactFolder::open(&path).expect("as it was").verify(|_| ()).is_ok());

	let manifest = path.join(MANIFEST);
	let whole = fs::read(&manifest).expect("read");
	for (field, value) in [
		("/weights/root", json!("00".repeat(32))),
		("/vocabulary/root", json!("00".repeat(32))),
	] {
		change(&manifest, |manifest| *manifest.pointer_mut(field).expect(field) = value);
		let opened = ExactFolder::open(&path).expect("the lengths are right");
		assert!(opened.verify(|_| ()).is_err(), "{field}");
		fs::write(&manifest, &whole).expect("written");
	}
	for (field, value) in [
		("/form", json!(2)),
		("/spec", json!("x2")),
		("/shape/layers", json!(1)),
		("/shape/width", json!(0)),
		("/weights/count", json!(1)),
		("/weights/root", json!("00")),
		("/vocabulary", json!(null)),
		("/vocabulary/count", json!(1)),
		("/ends", json!([1_000_000])),
		(
			"/files",
			json!({ "../package.bin": { "bytes": 1, "blake3": "00".repeat(32) } }),
		),
		("/files", json!({})),
		("/more", json!(1)),
	] {
		change(&manifest, |manifest| match manifest.pointer_mut(field) {
			Some(place) => *place = value,
			None => manifest[field.trim_start_matches('/')] = value,
		});
		assert!(ExactFolder::open(&path).is_err(), "{field}");
		fs::write(&manifest, &whole).expect("written");
	}
	let package = path.join(PACKAGE);
	let short = fs::read(&package).expect("read");
	fs::write(&package, &short[..short.len() - 1]).expect("written");
	assert!(ExactFolder::open(&path).is_err());
}

#[test]
fn what_cannot_be_exact_is_told() {
	let folder = copy();
	let config = folder.path().join("config.json");
	change(&config, |config| config["hidden_act"] = json!("relu"));
	let error = refusal(folder.path());
	assert!(error.contains("hidden_act"), "{error}");

	let folder = copy();
	change(&folder.path().join("config.json"), |config| {
		config["max_position_embeddings"] = json!(1 << 20);
	});
	let error = refusal(folder.path());
	assert!(error.contains("too large"), "{error}");

	let folder = copy();
	change(&folder.path().join("config.json"), |config| {
		let layers = config["num_hidden_layers"].as_u64().expect("a number");
		config["num_hidden_layers"] = json!(layers - 1);
	});
	let error = refusal(folder.path());
	assert!(error.contains("has no use"), "{error}");

	let folder = copy();
	let weights = folder.path().join("model.safetensors");
	let whole = fs::read(&weights).expect("read");
	fs::write(&weights, &whole[..whole.len() - 1]).expect("written");
	let error = refusal(folder.path());
	assert!(error.contains("safetensors"), "{error}");

	let folder = copy();
	change(&folder.path().join("tokenizer.json"), |tokenizer| {
		tokenizer["decoder"] = json!({ "type": "CTC" })
	});
	let error = refusal(folder.path());
	assert!(error.contains("CTC"), "{error}");

	let folder = copy();
	fs::remove_file(folder.path().join("tokenizer.json")).expect("removed");
	let error = refusal(folder.path());
	assert!(error.contains("tokenizer.json"), "{error}");
}

#[test]
fn settings_and_targets_are_checked() {
	let folder = temporary();
	let to = folder.path().join("exact");
	let settings = Settings {
		matrix_bits: 17,
		..Settings::TOKENS
	};
	let error = convert(&tiny_decoder(), &to, Some(settings), &mut |_| ()).err();
	assert!(matches!(error, Some(Error::WrongBits { bits: 17, .. })));
	let error = convert(&tiny_decoder(), folder.path(), None, &mut |_| ()).err();
	assert!(matches!(error, Some(Error::Exists { .. })));
}
