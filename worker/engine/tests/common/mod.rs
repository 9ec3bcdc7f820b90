// SPDX-License-Identifier: Apache-2.0

//! Models that are always there, and what the reference implementation answers for them.
#![allow(dead_code)]

use atelier_engine::{
	backend::{Admission, Admit, Backend, Part, Sequence, Wanted},
	load::Folder,
};
use serde::Deserialize;
use std::path::PathBuf;

#[derive(Deserialize)]
pub struct Expected {
	pub cases: Vec<Case>,
}

#[derive(Clone, Deserialize)]
pub struct Case {
	pub text: String,
	pub input: Vec<u32>,
	#[serde(default)]
	logits: Vec<String>,
	#[serde(default)]
	pub answer: Vec<u32>,
	#[serde(default)]
	embedding: Vec<String>,
}

pub const DECODERS: [&str; 6] = ["llama", "llama-scaled", "mistral", "qwen2", "qwen3", "tiny-decoder"];
pub const ENCODERS: [&str; 2] = ["bert", "minilm"];

fn fixtures() -> PathBuf {
	PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))
}

pub fn fixture(name: &str) -> PathBuf {
	fixtures().join(name)
}

/// The folder of a model.
pub fn folder(name: &str) -> Folder {
	Folder::new(match name {
		"tiny-decoder" => PathBuf::from(concat!(
			env!("CARGO_MANIFEST_DIR"),
			"/../../referee/quality/models/tiny-decoder"
		)),
		// Fetched by scripts/setup.
		"minilm" => cache().join("minilm-0.1.0"),
		other => fixture(other),
	})
}

fn cache() -> PathBuf {
	let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
	folder("ATELIER_CACHE")
		.or_else(|| folder("XDG_CACHE_HOME").map(|cache| cache.join("atelier")))
		.unwrap_or_else(|| folder("HOME").unwrap().join(".cache/atelier"))
}

pub fn cases(name: &str) -> Vec<Case> {
	let text = std::fs::read(fixture(name).join("expected.json")).unwrap();
	serde_json::from_slice::<Expected>(&text).unwrap().cases
}

fn numbers(texts: &[String]) -> Vec<f32> {
	texts.iter().map(|text| text.parse().unwrap()).collect()
}

impl Case {
	pub fn logits(&self) -> Vec<f32> {
		numbers(&self.logits)
	}

	pub fn embedding(&self) -> Vec<f32> {
		numbers(&self.embedding)
	}
}

pub fn admitted(backend: &mut dyn Backend, input: &[u32], limit: u32) -> Sequence {
	let admit = Admit {
		input,
		limit,
		scope: None,
	};
	match backend.admit(&admit).unwrap() {
		Admission::Now { sequence, known: 0 } => sequence,
		other => panic!("{other:?}"),
	}
}

/// The logits after some tokens of a sequence, as floats.
pub fn logits(backend: &mut dyn Backend, sequence: Sequence, tokens: &[u32]) -> Vec<f32> {
	let part = Part {
		sequence,
		tokens,
		wanted: Wanted::Logits,
		states: false,
	};
	let mut outcomes = backend.step(&[part]).unwrap();
	let outcome = outcomes.remove(0).unwrap();
	floats(&outcome.logits.unwrap())
}

pub fn floats(logits: &[i32]) -> Vec<f32> {
	logits.iter().map(|logit| *logit as f32 / 65_536.0).collect()
}

/// The largest difference.
pub fn distance(a: &[f32], b: &[f32]) -> f32 {
	assert_eq!(a.len(), b.len());
	a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}
