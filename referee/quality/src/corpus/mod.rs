// SPDX-License-Identifier: Apache-2.0

//! English text. Sentences for encoders are on every machine which ever built this workspace: the READMEs and doc comments of
//! the crates that Cargo.lock pins. What decoders are trained on is in [`documentation`].
//!
//! Quality is measured on text, and a download of text would be one more thing to pin, to host and to fail. What is taken
//! depends on nothing but Cargo.lock: crates in the order of their names, files in the order of their paths, and whatever
//! looks random (which sentence comes first) is a hash of the sentence itself.
//!
//! 1. [`packages`] asks cargo which crates the lockfile pins and where their sources are.
//! 2. [`doc_comments`] takes the Markdown out of a Rust file.
//! 3. [`markdown`] takes the running text out of Markdown: no code, tables, headings, or licence sections.
//! 4. [`sentence`] cuts it into sentences and keeps what is certainly an English one.
//! 5. [`html`] takes the running text out of a page.

mod doc_comments;
pub mod documentation;
mod html;
mod markdown;
mod packages;
mod sentence;

use crate::Error;
use packages::Package;
use std::collections::HashSet;

/// More of one crate would make its subject the corpus's.
const SENTENCES_PER_CRATE: usize = 40;
/// Bytes of one crate that are looked at.
const TEXT_PER_CRATE: usize = 100_000;

/// The text of one file or page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
	/// The crate's name, without its version; or the page's package and path.
	pub origin: String,
	/// Each a list of sentences that follow each other.
	pub paragraphs: Vec<Vec<String>>,
}

impl Document {
	/// Running text: a paragraph a line.
	pub fn text(&self) -> String {
		self.paragraphs
			.iter()
			.map(|sentences| sentences.join(" ") + "\n")
			.collect()
	}

	fn sentences(&self) -> impl Iterator<Item = &String> {
		self.paragraphs.iter().flatten()
	}
}

/// All text of the crates that the workspace's lockfile pins. No sentence occurs twice in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corpus {
	documents: Vec<Document>,
}

impl Corpus {
	/// Reads the sources of all pinned crates, which takes a few seconds.
	pub fn read() -> Result<Self, Error> {
		let mut seen = HashSet::new();
		let mut documents = Vec::new();
		for versions in packages::pinned()?.chunk_by(|one, next| one.name == next.name) {
			let mut length = 0;
			for package in versions {
				for document in of_package(package)? {
					let document = first_occurrences(document, &mut seen);
					length += document.sentences().map(String::len).sum::<usize>();
					if !document.paragraphs.is_empty() && length <= TEXT_PER_CRATE {
						documents.push(document);
					}
				}
			}
		}
		Ok(Self { documents })
	}

	/// The files, in the order of crate and path.
	pub fn documents(&self) -> &[Document] {
		&self.documents
	}

	/// The first `n` sentences, or as many as there are, in an order that mixes the crates; the first few stay the same
	/// when more are asked for.
	pub fn sentences(&self, n: usize) -> Vec<&str> {
		let mut chosen: Vec<_> = self
			.documents
			.chunk_by(|one, next| one.origin == next.origin)
			.flat_map(|of_crate| {
				mixed(of_crate.iter().flat_map(Document::sentences))
					.into_iter()
					.take(SENTENCES_PER_CRATE)
			})
			.collect();
		chosen.sort_by_key(|sentence| hash(sentence));
		chosen.truncate(n);
		chosen
	}
}

fn of_package(package: &Package) -> Result<Vec<Document>, Error> {
	let mut documents = Vec::new();
	for path in package.files()? {
		// Test data is not always UTF-8.
		let Ok(source) = std::fs::read_to_string(&path) else {
			continue;
		};
		let blocks = match path.extension().is_some_and(|extension| extension == "rs") {
			true => doc_comments::blocks(&source),
			false => vec![source],
		};
		let paragraphs = blocks
			.iter()
			.flat_map(|block| markdown::paragraphs(block))
			.map(|paragraph| sentence::sentences(&paragraph))
			.collect();
		documents.push(Document {
			origin: package.name.clone(),
			paragraphs,
		});
	}
	Ok(documents)
}

/// The document without what occurred before: a README is often the crate's documentation too.
fn first_occurrences(mut document: Document, seen: &mut HashSet<[u8; 16]>) -> Document {
	for paragraph in &mut document.paragraphs {
		paragraph.retain(|sentence| seen.insert(hash(sentence)));
	}
	document.paragraphs.retain(|paragraph| !paragraph.is_empty());
	document
}

/// In an order that says nothing about where a sentence stood.
fn mixed<'a>(sentences: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
	let mut all: Vec<_> = sentences.map(String::as_str).collect();
	all.sort_by_key(|sentence| hash(sentence));
	all
}

fn hash(text: &str) -> [u8; 16] {
	let mut short = [0; 16];
	short.copy_from_slice(
		blake2b_simd::Params::new()
			.hash_length(16)
			.hash(text.as_bytes())
			.as_bytes(),
	);
	short
}
