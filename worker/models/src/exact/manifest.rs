// SPDX-License-Identifier: Apache-2.0

//! The manifest: what an exact model is, and the hash of everything that belongs to it.

use super::shape::ShapeText;
use crate::Error;
use atelier_referee::{
	claim::MAX_END_TOKENS,
	commit::{Commitment, Kind},
	dispute::Registered,
	hash::{Blake2b256, Digest, Portable},
	model::{CHUNK, Layout, Shape, Use},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the exact arithmetic.
pub const SPEC: &str = "x1";
/// The version of this file's form.
const FORM: u32 = 1;
/// More files than any model has.
const MAX_FILES: usize = 64;

/// A tree, as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Committed {
	#[serde(with = "super::hexadecimal")]
	pub root: Digest,
	/// Leaves.
	pub count: u64,
}

/// A file of the folder, as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
	pub bytes: u64,
	#[serde(with = "super::hexadecimal")]
	pub blake3: Digest,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
	form: u32,
	spec: String,
	#[serde(with = "ShapeText")]
	pub shape: Shape,
	/// The chunks of the package.
	pub weights: Committed,
	/// The texts of the tokens, of a model that answers with tokens.
	pub vocabulary: Option<Committed>,
	/// Tokens that end an answer, unless a request says otherwise.
	pub ends: Vec<u32>,
	/// Every file of the folder but this one.
	pub files: BTreeMap<String, File>,
}

impl From<Commitment> for Committed {
	fn from(commitment: Commitment) -> Self {
		Self {
			root: commitment.root,
			count: commitment.count,
		}
	}
}

impl Manifest {
	/// Of a model that was just made.
	pub fn new(
		shape: Shape,
		weights: Committed,
		vocabulary: Option<Committed>,
		ends: Vec<u32>,
		files: BTreeMap<String, File>,
	) -> Result<Self, Error> {
		Self {
			form: FORM,
			spec: SPEC.into(),
			shape,
			weights,
			vocabulary,
			ends,
			files,
		}
		.checked()
	}

	/// From its bytes.
	pub fn read(bytes: &[u8]) -> Result<Self, Error> {
		let manifest: Self = serde_json::from_slice(bytes).map_err(|source| Error::BrokenManifest { source })?;
		manifest.checked()
	}

	/// The bytes, of which the chain keeps the hash.
	pub fn write(&self) -> Vec<u8> {
		// Nothing in it can fail to be written: no maps but by strings.
		let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
		bytes.push(b'\n');
		bytes
	}

	/// The hash by which the chain knows a manifest.
	pub fn root(bytes: &[u8]) -> Digest {
		Portable::hash(bytes)
	}

	fn checked(self) -> Result<Self, Error> {
		let wrong = |field, found: String| Err(Error::WrongManifest { field, found });
		if self.form != FORM {
			return wrong("form", self.form.to_string());
		}
		if self.spec != SPEC {
			return wrong("spec", self.spec);
		}
		let shape = self.shape.checked().map_err(|source| Error::Shape { source })?;
		let chunks = Layout::new(shape).chunks();
		if self.weights.count != chunks {
			return wrong("weights.count", self.weights.count.to_string());
		}
		let tokens = shape.answers == Use::Tokens;
		let texts = self.vocabulary.as_ref().map(|vocabulary| vocabulary.count);
		if texts.is_some() != tokens || texts.is_some_and(|count| count != u64::from(shape.vocabulary)) {
			return wrong("vocabulary.count", texts.unwrap_or(0).to_string());
		}
		let known = self.ends.iter().all(|end| *end < shape.vocabulary);
		if self.ends.len() > MAX_END_TOKENS || !known {
			return wrong("ends", format!("{:?}", self.ends));
		}
		if self.files.len() > MAX_FILES {
			return wrong("files", self.files.len().to_string());
		}
		// Only names of files beside this one: a manifest comes from a stranger.
		let plain = |name: &str| {
			let letters = name
				.bytes()
				.all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
			letters && !name.is_empty() && !name.starts_with('.') && name.len() <= 128
		};
		if let Some(name) = self.files.keys().find(|name| !plain(name)) {
			return wrong("files", name.clone());
		}
		match self.files.get(super::PACKAGE) {
			Some(package) if Some(package.bytes) == chunks.checked_mul(CHUNK) => Ok(self),
			package => wrong("files", format!("{:?}", package.map(|file| file.bytes))),
		}
	}

	/// What is registered of it.
	pub fn registered(&self) -> Registered {
		let of = |kind, committed: &Committed| Commitment {
			kind,
			count: committed.count,
			root: committed.root,
		};
		Registered {
			shape: self.shape,
			weights: of(Kind::Weights, &self.weights),
			vocabulary: self.vocabulary.as_ref().map(|texts| of(Kind::Vocabulary, texts)),
		}
	}
}
