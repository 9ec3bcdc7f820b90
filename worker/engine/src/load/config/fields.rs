// SPDX-License-Identifier: Apache-2.0

//! The fields of a config, none of which is believed.

use crate::Error;
use serde_json::Value;

/// Far above every model there is, and so low that no product of two of them overflows.
const LARGEST: u64 = 1 << 24;

pub struct Fields<'a>(pub &'a Value);

impl Fields<'_> {
	/// A field that is there and says something.
	pub fn get(&self, field: &str) -> Option<&Value> {
		self.0.get(field).filter(|value| !value.is_null())
	}

	pub fn text(&self, field: &str) -> Option<String> {
		self.get(field).map(|value| match value {
			Value::String(text) => text.clone(),
			other => other.to_string(),
		})
	}

	/// A size that may be absent: at least 1, and not absurd.
	pub fn size_if_there(&self, field: &'static str) -> Result<Option<u32>, Error> {
		let Some(value) = self.get(field) else { return Ok(None) };
		let size = value.as_u64().filter(|size| (1..=LARGEST).contains(size));
		match size.and_then(|size| u32::try_from(size).ok()) {
			Some(size) => Ok(Some(size)),
			None => Err(self.impossible(field)),
		}
	}

	pub fn size(&self, field: &'static str) -> Result<u32, Error> {
		self.size_if_there(field)?.ok_or(Error::MissingField { field })
	}

	/// A positive number that may be absent.
	pub fn number_if_there(&self, field: &'static str) -> Result<Option<f64>, Error> {
		let Some(value) = self.get(field) else { return Ok(None) };
		match value.as_f64().filter(|number| number.is_finite() && *number > 0.0) {
			Some(number) => Ok(Some(number)),
			None => Err(self.impossible(field)),
		}
	}

	pub fn number(&self, field: &'static str) -> Result<f64, Error> {
		self.number_if_there(field)?.ok_or(Error::MissingField { field })
	}

	/// Yes or no, where absence is no.
	pub fn flag(&self, field: &'static str) -> Result<bool, Error> {
		self.get(field)
			.map_or(Some(false), Value::as_bool)
			.ok_or_else(|| self.impossible(field))
	}

	/// Absent, or the only value that is implemented.
	pub fn only(&self, field: &'static str, known: &'static str) -> Result<(), Error> {
		match self.text(field) {
			Some(found) if found != known => Err(Error::UnsupportedField { field, found, known }),
			_ => Ok(()),
		}
	}

	pub fn impossible(&self, field: &'static str) -> Error {
		Error::ImpossibleField {
			field,
			found: self.text(field).unwrap_or_default(),
		}
	}
}
