// SPDX-License-Identifier: Apache-2.0

//! The fields of a Croissant file that are of use here. Everything else is passed over while it is parsed, and each list has
//! an end, so that no file takes more than some 200 MB of memory, and most take little more than their length.

use super::words::shown;
use crate::Error;
use serde::{
	Deserialize, Deserializer,
	de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::{collections::BTreeMap, fmt};

/// Most values of one field.
pub const MAX_VALUES: usize = 1_000;
/// Most files and sets of files.
pub const MAX_RESOURCES: usize = 20_000;
/// Most terms of responsible use. The vocabulary has some twenty.
pub const MAX_TERMS: usize = 100;

/// Where schema.org, Dublin Core and Croissant are found.
const PREFIXES: [&str; 11] = [
	"sc:",
	"schema:",
	"https://schema.org/",
	"http://schema.org/",
	"dct:",
	"dcterms:",
	"http://purl.org/dc/terms/",
	"cr:",
	"ml:",
	"http://mlcommons.org/croissant/",
	"https://mlcommons.org/croissant/",
];

const RESPONSIBLE_USE: [&str; 3] = [
	"rai:",
	"http://mlcommons.org/croissant/RAI/",
	"https://mlcommons.org/croissant/RAI/",
];

/// Of a dataset or of a file of it.
const FIELDS: [&str; 17] = [
	"@id",
	"@type",
	"conformsTo",
	"containedIn",
	"contentSize",
	"contentUrl",
	"creator",
	"datePublished",
	"description",
	"isLiveDataset",
	"license",
	"name",
	"sameAs",
	"sha256",
	"url",
	"version",
	RESOURCES,
];

const RESOURCES: &str = "distribution";

static NOTHING: Things = Things {
	items: Vec::new(),
	more: false,
};

/// What is known of a dataset or of a file of it.
#[derive(Debug, Default)]
pub struct Object {
	fields: BTreeMap<&'static str, Things>,
	pub responsible_use: BTreeMap<String, Things>,
	/// What the dataset consists of.
	pub resources: Vec<Object>,
	/// The first thing that is wrong with its fields.
	fault: Option<Fault>,
}

#[derive(Debug)]
enum Fault {
	Twice { field: String },
	TooMany { field: String, limit: usize },
}

impl Object {
	/// What it says in a field.
	pub fn get(&self, field: &str) -> &Things {
		self.fields.get(field).unwrap_or(&NOTHING)
	}

	pub fn has(&self, field: &str) -> bool {
		self.get(field).items.iter().any(|thing| thing.text().is_some())
	}

	/// What is wrong with it, or with what it consists of.
	pub fn check(&self) -> Result<(), Error> {
		let faults = self.resources.iter().filter_map(|resource| resource.fault.as_ref());
		match self.fault.iter().chain(faults).next() {
			None => Ok(()),
			Some(Fault::Twice { field }) => Err(Error::FieldTwice { field: shown(field) }),
			Some(Fault::TooMany { field, limit }) => Err(Error::TooManyValues {
				field: shown(field),
				limit: *limit,
			}),
		}
	}

	fn blame(&mut self, fault: Fault) {
		self.fault.get_or_insert(fault);
	}

	fn responsible_use<'de, A: MapAccess<'de>>(&mut self, term: &str, map: &mut A) -> Result<(), A::Error> {
		if self.responsible_use.len() >= MAX_TERMS {
			self.blame(Fault::TooMany {
				field: "rai:".to_owned(),
				limit: MAX_TERMS,
			});
			return map.next_value::<IgnoredAny>().map(drop);
		}
		let values: Things = map.next_value()?;
		self.keep(term, &values);
		if self.responsible_use.insert(term.to_owned(), values).is_some() {
			self.blame(Fault::Twice { field: term.to_owned() });
		}
		Ok(())
	}

	/// Blames a field that has more values than may be.
	fn keep(&mut self, field: &str, values: &Things) {
		if values.more {
			self.blame(Fault::TooMany {
				field: field.to_owned(),
				limit: MAX_VALUES,
			});
		}
	}

	fn resources<'de, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
		let Resources { items, more } = map.next_value()?;
		if more {
			self.blame(Fault::TooMany {
				field: RESOURCES.to_owned(),
				limit: MAX_RESOURCES,
			});
		}
		if !std::mem::replace(&mut self.resources, items).is_empty() {
			self.blame(Fault::Twice {
				field: RESOURCES.to_owned(),
			});
		}
		Ok(())
	}
}

/// The field that is called so.
fn field(key: &str) -> Option<&'static str> {
	let bare = PREFIXES
		.iter()
		.find_map(|prefix| key.strip_prefix(prefix))
		.unwrap_or(key);
	FIELDS.into_iter().find(|field| *field == bare)
}

impl<'de> Deserialize<'de> for Object {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		deserializer.deserialize_map(Reader::Dataset)
	}
}

/// What is read. Only a dataset consists of something: files in files in files could be as many as bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
	Dataset,
	Resource,
}

impl<'de> DeserializeSeed<'de> for Reader {
	type Value = Object;

	fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Object, D::Error> {
		deserializer.deserialize_map(self)
	}
}

impl<'de> Visitor<'de> for Reader {
	type Value = Object;

	fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("an object")
	}

	fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
		let mut object = Object::default();
		while let Some(key) = map.next_key::<String>()? {
			let whole = self == Self::Dataset;
			let term = RESPONSIBLE_USE.iter().find_map(|prefix| key.strip_prefix(prefix));
			match (term, field(&key)) {
				(Some(term), _) if whole => object.responsible_use(term, &mut map)?,
				(None, Some(RESOURCES)) if whole => object.resources(&mut map)?,
				(Some(_), _) | (None, None | Some(RESOURCES)) => {
					map.next_value::<IgnoredAny>()?;
				}
				(None, Some(field)) => {
					let values: Things = map.next_value()?;
					object.keep(field, &values);
					if object.fields.insert(field, values).is_some() {
						object.blame(Fault::Twice {
							field: field.to_owned(),
						});
					}
				}
			}
		}
		Ok(object)
	}
}

/// One object or a list of them.
struct Resources {
	items: Vec<Object>,
	more: bool,
}

impl<'de> Deserialize<'de> for Resources {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		deserializer.deserialize_any(ResourcesVisitor)
	}
}

struct ResourcesVisitor;

impl<'de> Visitor<'de> for ResourcesVisitor {
	type Value = Resources;

	fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("files and sets of files")
	}

	fn visit_unit<E: serde::de::Error>(self) -> Result<Resources, E> {
		Ok(Resources {
			items: Vec::new(),
			more: false,
		})
	}

	fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Resources, A::Error> {
		Ok(Resources {
			items: vec![Reader::Resource.visit_map(map)?],
			more: false,
		})
	}

	fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Resources, A::Error> {
		let mut items = Vec::new();
		while items.len() < MAX_RESOURCES {
			match list.next_element_seed(Reader::Resource)? {
				Some(object) => items.push(object),
				None => return Ok(Resources { items, more: false }),
			}
		}
		let mut more = false;
		while list.next_element::<IgnoredAny>()?.is_some() {
			more = true;
		}
		Ok(Resources { items, more })
	}
}

/// The values of a field, each as text, however JSON-LD wraps them.
#[derive(Clone, Debug, Default)]
pub struct Things {
	items: Vec<Thing>,
	/// There were more than [`MAX_VALUES`].
	more: bool,
}

/// A value: a text, or an object that says in several ways what it is.
#[derive(Clone, Debug, Default)]
struct Thing {
	value: Option<String>,
	name: Option<String>,
	url: Option<String>,
	id: Option<String>,
}

impl Thing {
	/// What it is called, rather than where it is found.
	fn text(&self) -> Option<&str> {
		self.ways().next()
	}

	fn ways(&self) -> impl Iterator<Item = &str> {
		[&self.value, &self.name, &self.url, &self.id]
			.into_iter()
			.filter_map(Option::as_deref)
	}
}

impl Things {
	pub fn texts(&self) -> impl Iterator<Item = &str> {
		self.items.iter().filter_map(Thing::text)
	}

	/// Each value in all ways in which it is said.
	pub fn wordings(&self) -> Vec<Vec<String>> {
		let ways = |thing: &Thing| thing.ways().map(str::to_owned).collect::<Vec<_>>();
		self.items.iter().map(ways).filter(|ways| !ways.is_empty()).collect()
	}

	fn one(text: impl ToString) -> Self {
		let value = Thing {
			value: Some(text.to_string()),
			..Thing::default()
		};
		Self {
			items: vec![value],
			more: false,
		}
	}

	/// The first text, for what is inside of an object.
	fn first(self) -> Option<String> {
		self.texts().next().map(str::to_owned)
	}
}

impl<'de> Deserialize<'de> for Things {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		deserializer.deserialize_any(ThingsVisitor)
	}
}

struct ThingsVisitor;

impl<'de> Visitor<'de> for ThingsVisitor {
	type Value = Things;

	fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("a value")
	}

	fn visit_unit<E: serde::de::Error>(self) -> Result<Things, E> {
		Ok(Things::default())
	}

	fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Things, E> {
		Ok(Things::one(value))
	}

	fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Things, E> {
		Ok(Things::one(value))
	}

	fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Things, E> {
		Ok(Things::one(value))
	}

	fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Things, E> {
		Ok(Things::one(value))
	}

	fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Things, E> {
		if value.trim().is_empty() {
			return Ok(Things::default());
		}
		Ok(Things::one(value))
	}

	fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Things, A::Error> {
		let mut thing = Thing::default();
		while let Some(key) = map.next_key::<String>()? {
			let place = match field(&key) {
				_ if key == "@value" => &mut thing.value,
				Some("name") => &mut thing.name,
				Some("url") => &mut thing.url,
				Some("@id") => &mut thing.id,
				_ => {
					map.next_value::<IgnoredAny>()?;
					continue;
				}
			};
			if place.is_some() {
				return Err(A::Error::custom(format!("{} is stated twice", shown(&key))));
			}
			*place = map.next_value::<Things>()?.first();
		}
		Ok(Things {
			items: vec![thing],
			more: false,
		})
	}

	fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Things, A::Error> {
		let mut all = Things::default();
		while let Some(Things { items, more }) = list.next_element()? {
			let room = MAX_VALUES.saturating_sub(all.items.len());
			all.more |= more || items.len() > room;
			all.items.extend(items.into_iter().take(room));
		}
		Ok(all)
	}
}
