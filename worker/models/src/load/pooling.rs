// SPDX-License-Identifier: Apache-2.0

//! How an encoder's vectors of tokens become the one of a text: `1_Pooling/config.json` of sentence-transformers.

use crate::Error;
use crate::files;
use serde_json::Value;
use std::path::Path;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
	/// The mean over all tokens, as where no file says otherwise.
	Mean,
	/// The vector of the first token.
	First,
}

impl Pooling {
	pub fn read(folder: &Path) -> Result<Self, Error> {
		let path = folder.join("1_Pooling").join("config.json");
		let broken = |path, source| Error::BrokenConfig { path, source };
		let Some(raw): Option<Value> = files::read_if_there(&path, broken)? else {
			return Ok(Self::Mean);
		};
		let modes = raw.as_object().into_iter().flatten();
		let chosen: Vec<_> = modes
			.filter(|(field, on)| field.starts_with("pooling_mode_") && **on == true)
			.map(|(field, _)| field.as_str())
			.collect();
		match chosen.as_slice() {
			["pooling_mode_mean_tokens"] => Ok(Self::Mean),
			["pooling_mode_cls_token"] => Ok(Self::First),
			other => Err(Error::UnsupportedField {
				field: "pooling_mode",
				found: other.join(", "),
				known: "mean_tokens or cls_token",
			}),
		}
	}
}
