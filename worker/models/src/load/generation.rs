// SPDX-License-Identifier: Apache-2.0

//! Which tokens end an answer: of `generation_config.json`, or else of `config.json`.

use crate::Error;
use crate::files;
use atelier_referee::claim::MAX_END_TOKENS;
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
struct Generation {
	#[serde(default)]
	eos_token_id: Option<Ends>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Ends {
	One(u32),
	Several(Vec<u32>),
}

/// The tokens that end an answer, each of which the model must know.
pub fn end_tokens(folder: &Path, vocabulary: u32) -> Result<Vec<u32>, Error> {
	let broken = |path, source| Error::BrokenGeneration { path, source };
	let mut ends = Vec::new();
	for file in ["generation_config.json", "config.json"] {
		let generation: Option<Generation> = files::read_if_there(&folder.join(file), broken)?;
		match generation.and_then(|generation| generation.eos_token_id) {
			Some(Ends::One(end)) => ends.push(end),
			Some(Ends::Several(several)) => ends = several,
			None => continue,
		}
		break;
	}
	ends.sort_unstable();
	ends.dedup();
	if ends.len() > MAX_END_TOKENS {
		return Err(Error::TooManyEnds {
			found: ends.len(),
			limit: MAX_END_TOKENS,
		});
	}
	match ends.iter().find(|end| **end >= vocabulary) {
		Some(&token) => Err(Error::UnknownToken { token, vocabulary }),
		None => Ok(ends),
	}
}
