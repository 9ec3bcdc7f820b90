// SPDX-License-Identifier: Apache-2.0

//! Registering a dataset by its Croissant file (1.0 or 1.1, perhaps with the vocabulary of responsible use).
//!
//! 1. [`Croissant::read`] takes the file, which comes from a stranger: what is absurd is refused before it is parsed.
//! 2. What it says of licence and size is used, what it cannot say is asked of the owner in [`Answers`]: the root of the
//!    content ([`Content`]), the terms, and who gets at it. Terms hold for good, so none of them has a default.
//! 3. [`Croissant::facts`] is what the owner registers.
//!
//! Contexts of JSON-LD are not expanded: terms are known by the prefixes of the specification (`sc:`, `cr:`, `dct:`,
//! `rai:`), by their whole names, and bare.

mod answers;
mod fields;
mod licence;
mod size;
mod words;

pub use answers::{Answers, Note};

use crate::{Error, content::Content};
use atelier_primitives::datasets::Description;
use atelier_referee::hash::{Blake2b256, Digest, Portable};
use fields::{Object, Things};
use size::Size;
use std::{
	collections::{BTreeMap, BTreeSet},
	fs::File,
	io::Read,
	path::Path,
};

/// Longest file. Most have some 10 KB; those with records inside have some MB.
pub const MAX_BYTES: usize = 8 << 20;
/// Objects and lists in each other. Fields in fields are the deepest that the specification has.
pub const MAX_DEPTH: usize = 64;

/// Which specification a file says it conforms to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
	V1_0,
	V1_1,
}

/// What is of use in a file.
#[derive(Clone, Debug)]
pub struct Croissant {
	/// BLAKE2b-256 of the file's bytes.
	pub hash: Digest,
	pub version: Version,
	/// For people.
	pub summary: Summary,
	/// In the words of the file, each in several ways perhaps.
	licences: Vec<Vec<String>>,
	live: bool,
	size: Size,
	/// Files with a checksum.
	checksums: Vec<Checksum>,
}

/// What a person wants to see before it is registered. No control characters, nothing longer than 2,000 letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
	pub name: Option<String>,
	pub description: Option<String>,
	pub url: Option<String>,
	pub creators: Vec<String>,
	/// Of the content.
	pub version: Option<String>,
	pub published: Option<String>,
	/// As the file has them.
	pub licences: Vec<String>,
	/// How many files and sets of files it names.
	pub resources: usize,
	/// The vocabulary of responsible use, such as `dataCollection` or `personalSensitiveInformation`.
	pub responsible_use: BTreeMap<String, Vec<String>>,
}

/// What the description says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Checksum {
	name: String,
	sha256: Digest,
}

impl Croissant {
	/// Reads the file at a path.
	pub fn open(path: &Path) -> Result<Self, Error> {
		let unreadable = |source| Error::Unreadable {
			path: path.into(),
			source,
		};
		let file = File::open(path).map_err(unreadable)?;
		let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
		let bytes = file.metadata().map_err(unreadable)?.len();
		if bytes > most {
			return Err(Error::DescriptionTooLong {
				bytes,
				limit: MAX_BYTES,
			});
		}
		let mut content = Vec::new();
		// What has no length of its own is read no further either.
		file.take(most.saturating_add(1))
			.read_to_end(&mut content)
			.map_err(unreadable)?;
		Self::read(&content)
	}

	/// Reads the bytes of a file.
	pub fn read(bytes: &[u8]) -> Result<Self, Error> {
		if bytes.len() > MAX_BYTES {
			return Err(Error::DescriptionTooLong {
				bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
				limit: MAX_BYTES,
			});
		}
		if depth(bytes) > MAX_DEPTH {
			return Err(Error::DescriptionTooDeep { limit: MAX_DEPTH });
		}
		let dataset: Object = serde_json::from_slice(bytes).map_err(|source| Error::BrokenDescription { source })?;
		dataset.check()?;
		let kinds = dataset.get("@type");
		if !kinds.texts().any(|kind| words::term(kind) == "Dataset") {
			return Err(Error::NotADataset {
				found: words::list(kinds.texts()),
			});
		}
		Ok(Self {
			hash: Portable::hash(bytes),
			version: version(dataset.get("conformsTo"))?,
			summary: summary(&dataset),
			licences: dataset.get("license").wordings(),
			live: dataset
				.get("isLiveDataset")
				.texts()
				.any(|live| live.eq_ignore_ascii_case("true")),
			size: size::of_all(&dataset.resources),
			checksums: dataset.resources.iter().filter_map(checksum).collect(),
		})
	}

	/// How the dataset is described on the chain.
	pub fn description(&self) -> Description {
		Description::Croissant(self.hash)
	}

	/// The licence as an SPDX expression. Several hold together: of the readings, that one allows least.
	pub fn licence(&self) -> Result<String, Error> {
		licence::expression(&self.licences)
	}

	/// How long the content is, if that follows from the file.
	pub fn bytes(&self) -> Option<u64> {
		match self.size {
			Size::Exact(bytes) => Some(bytes),
			Size::Rounded | Size::Unknown => None,
		}
	}

	/// Files of which the description states a SHA-256 hash that none of the content has.
	pub fn absent(&self, content: &Content) -> Vec<String> {
		let there: BTreeSet<Digest> = content.files.iter().map(|file| file.sha256).collect();
		let absent = self
			.checksums
			.iter()
			.filter(|checksum| !there.contains(&checksum.sha256));
		absent.map(|checksum| checksum.name.clone()).collect()
	}
}

/// How deep objects and lists lie in each other. Of what is not JSON it says something, which the parser then refuses.
fn depth(bytes: &[u8]) -> usize {
	let (mut depth, mut deepest) = (0_usize, 0);
	let (mut quoted, mut escaped) = (false, false);
	for byte in bytes {
		match byte {
			_ if escaped => escaped = false,
			b'\\' if quoted => escaped = true,
			b'"' => quoted = !quoted,
			b'{' | b'[' if !quoted => {
				depth = depth.saturating_add(1);
				deepest = deepest.max(depth);
			}
			b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
			_ => {}
		}
	}
	deepest
}

fn version(conforms: &Things) -> Result<Version, Error> {
	let known = |text: &str| {
		let name = text.trim().trim_end_matches('/');
		let name = name.strip_prefix("https://").or(name.strip_prefix("http://"))?;
		match name {
			"mlcommons.org/croissant/1.0" => Some(Version::V1_0),
			"mlcommons.org/croissant/1.1" => Some(Version::V1_1),
			_ => None,
		}
	};
	conforms.texts().find_map(known).ok_or_else(|| Error::NotCroissant {
		found: words::list(conforms.texts()),
		known: "http://mlcommons.org/croissant/1.0 or 1.1",
	})
}

fn summary(dataset: &Object) -> Summary {
	let one = |field: &str| dataset.get(field).texts().next().map(words::shown);
	let all = |field: &str| dataset.get(field).texts().map(words::shown).collect();
	let responsible = |(term, values): (&String, &Things)| {
		let values = values.texts().map(words::shown).collect();
		(words::shown(term), values)
	};
	Summary {
		name: one("name"),
		description: one("description"),
		url: one("url"),
		creators: all("creator"),
		version: one("version"),
		published: one("datePublished"),
		licences: all("license"),
		resources: dataset.resources.len(),
		responsible_use: dataset.responsible_use.iter().map(responsible).collect(),
	}
}

fn checksum(resource: &Object) -> Option<Checksum> {
	let stated = resource.get("sha256").texts().next()?;
	// Many files have a link here, to an explanation why there is none.
	let mut sha256 = Digest::default();
	hex::decode_to_slice(stated.trim(), &mut sha256).ok()?;
	let names = ["name", "@id", "contentUrl"].into_iter();
	let name = names.filter_map(|field| resource.get(field).texts().next()).next();
	Some(Checksum {
		name: words::shown(name.unwrap_or(stated)),
		sha256,
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn depth_is_that_of_brackets_outside_of_strings() {
		for (json, wanted) in [
			("", 0),
			("1", 0),
			("{}", 1),
			(r#"{"a":[1,{"b":[]}],"c":{}}"#, 4),
			(r#"["[[[["]"#, 1),
			(r#"["\"[[","\\",[]]"#, 2),
			("]]]][", 1),
		] {
			assert_eq!(depth(json.as_bytes()), wanted, "{json}");
		}
	}
}
