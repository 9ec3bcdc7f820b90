// SPDX-License-Identifier: Apache-2.0

//! Text to train on: documentation that Debian packages install, of packages whose licences let anybody use it.
//!
//! scripts/train-tiny-decoder fetches exactly these packages and unpacks each into a folder of its name. Which page is held
//! out is a hash of its package and path.

use super::{Document, first_occurrences, hash, html, sentence};
use crate::Error;
use std::{collections::HashSet, path::Path};
use walkdir::WalkDir;

/// One page of this many is held out for validation.
const HELD_OUT_PART: u8 = 16;

/// A package, and which of its folders have pages.
struct Package {
	name: &'static str,
	pages: &'static [&'static str],
}

/// Of rust-doc without `core` and `alloc`, which `std` has again, and without the embedded book, whose prose is under CC BY-SA.
const PACKAGES: [Package; 4] = [
	Package {
		name: "postgresql-doc-15",
		pages: &["usr/share/doc/postgresql-doc-15/html"],
	},
	Package {
		name: "python3.11-doc",
		pages: &["usr/share/doc/python3.11/html"],
	},
	Package {
		name: "rust-doc",
		pages: &[
			"usr/share/doc/rust-doc/html/book",
			"usr/share/doc/rust-doc/html/edition-guide",
			"usr/share/doc/rust-doc/html/nomicon",
			"usr/share/doc/rust-doc/html/reference",
			"usr/share/doc/rust-doc/html/rust-by-example",
			"usr/share/doc/rust-doc/html/rustc",
			"usr/share/doc/rust-doc/html/rustdoc",
			"usr/share/doc/rust-doc/html/std",
		],
	},
	Package {
		name: PUBLIC_DOMAIN,
		pages: &["usr/share/doc/sqlite3"],
	},
];

/// The package whose text may be quoted without naming anybody.
const PUBLIC_DOMAIN: &str = "sqlite3-doc";

/// Which pages: a model that was trained on one part is validated on the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
	Train,
	Validation,
	/// Of the validation pages those that are in the public domain: what is committed is taken from them.
	Slice,
}

impl Split {
	fn has(self, origin: &str) -> bool {
		let held_out = hash(origin)[0].is_multiple_of(HELD_OUT_PART);
		match self {
			Self::Train => !held_out,
			Self::Validation => held_out,
			Self::Slice => held_out && origin.starts_with(PUBLIC_DOMAIN),
		}
	}
}

/// The pages of one split, by package and path. No sentence occurs twice in all splits together.
pub fn read(unpacked: &Path, split: Split) -> Result<Vec<Document>, Error> {
	let mut seen = HashSet::new();
	let mut documents = Vec::new();
	for package in PACKAGES {
		for folder in package.pages {
			let folder = unpacked.join(package.name).join(folder);
			for entry in WalkDir::new(&folder).sort_by_file_name() {
				let path = entry
					.map_err(|source| Error::UnreadableSources {
						name: package.name.into(),
						source,
					})?
					.into_path();
				if !path.is_file() || path.is_symlink() || path.extension().is_none_or(|end| end != "html") {
					continue;
				}
				let page = std::fs::read(&path).map_err(|source| Error::Unreadable {
					path: path.clone(),
					source,
				})?;
				let name = path.strip_prefix(unpacked).unwrap_or(&path).display().to_string();
				let document = first_occurrences(document(name, &String::from_utf8_lossy(&page)), &mut seen);
				if !document.paragraphs.is_empty() && split.has(&document.origin) {
					documents.push(document);
				}
			}
		}
	}
	Ok(documents)
}

fn document(origin: String, page: &str) -> Document {
	let paragraphs = html::paragraphs(page);
	let sentences = paragraphs.iter().map(|paragraph| sentence::sentences(paragraph));
	Document {
		origin,
		paragraphs: sentences.filter(|sentences| !sentences.is_empty()).collect(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn splits_are_apart_and_no_sentence_is_in_two() {
		let unpacked = tempfile::tempdir().unwrap();
		for package in PACKAGES {
			for folder in package.pages {
				let folder = unpacked.path().join(package.name).join(folder);
				std::fs::create_dir_all(&folder).unwrap();
				for page in 0..40 {
					let own = format!(
						"<p>This sentence is of the page {} and of no other.",
						"abcdefghij".repeat(page % 7 + 1)
					);
					let text = format!(
						"{own} This sentence is the same on all of the pages.<p>{}",
						folder.display()
					);
					std::fs::write(folder.join(format!("{page}.html")), text).unwrap();
				}
				std::fs::write(
					folder.join("style.css"),
					"<p>This is not one of the pages, and not read.",
				)
				.unwrap();
			}
		}
		let read = |split| super::read(unpacked.path(), split).unwrap();
		let (train, validation, slice) = (read(Split::Train), read(Split::Validation), read(Split::Slice));
		assert!(validation.len() + train.len() <= 8, "sentences come once");
		assert!(
			slice
				.iter()
				.all(|page| validation.contains(page) && page.origin.starts_with("sqlite3-doc/"))
		);
		assert!(train.iter().all(|page| !validation.contains(page)));
		assert_eq!(read(Split::Train), train);
	}
}
