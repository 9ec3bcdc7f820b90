// SPDX-License-Identifier: Apache-2.0

//! What was measured, as it is published.

use crate::{
	Error,
	fingerprint::{self, Broken, Choice},
	verify::{Limits, Measure},
};
use atelier_referee::hash::{Blake2b256, Portable};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names the format of the file.
pub const FORMAT: &str = "atelier tolerance 1";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
	pub format: String,
	pub model: ModelFiles,
	pub layout: Layout,
	pub prover: Side,
	pub verifier: Side,
	pub machine: Machine,
	pub inputs: Inputs,
	/// How limits follow from what was measured.
	pub rule: String,
	pub limits: BTreeMap<String, f64>,
	pub honest: Vec<Honest>,
	pub accused: Accused,
	pub pooled: Pooled,
	pub cheats: Vec<Caught>,
}

/// BLAKE2b-256 of files, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelFiles {
	pub name: String,
	pub files: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
	/// `group` or `position`.
	pub choice: String,
	pub values: u8,
	pub bits: u8,
	pub fraction: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
	pub dtype: String,
	pub device: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
	pub cpu: String,
	pub gpu: Option<String>,
	pub system: String,
	pub engine: String,
	pub libtorch: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
	pub count: usize,
	/// Tokens of all, with their answers.
	pub tokens: usize,
	/// BLAKE2b-256 of all requests.
	pub hash: String,
}

/// Answers in an honest way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Honest {
	pub setup: super::Setup,
	pub answers: usize,
	pub groups: usize,
	/// Tokens that the verifier would not have chosen.
	pub others: usize,
	/// The largest of each number, over all answers.
	pub largest: BTreeMap<String, f64>,
}

/// Honest answers that were not asked about the limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Accused {
	pub answers: usize,
	pub accused: usize,
	/// The rate is no larger than this, with 95 parts of 100 of certainty, for answers such as these.
	pub rate_at_most: f64,
}

/// Several answers of one worker, looked at together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pooled {
	/// How many together.
	pub answers: usize,
	pub limits: BTreeMap<String, f64>,
	/// Of honest ones that gave no limits; here an answer is a pool.
	pub accused: Accused,
}

/// Answers of a cheat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Caught {
	pub cheat: String,
	pub answers: usize,
	/// Answers with the tokens of the honest ones.
	pub same_answer: usize,
	pub caught: usize,
	pub by_fingerprint: usize,
	pub by_choices: usize,
	pub pools: usize,
	pub pools_caught: usize,
	/// The middle of each number, over all answers.
	pub middle: BTreeMap<String, f64>,
}

impl From<fingerprint::Layout> for Layout {
	fn from(layout: fingerprint::Layout) -> Self {
		Self {
			choice: match layout.choice {
				Choice::Group => "group",
				Choice::Position => "position",
			}
			.into(),
			values: layout.values,
			bits: layout.bits,
			fraction: layout.fraction,
		}
	}
}

impl TryFrom<&Layout> for fingerprint::Layout {
	type Error = Broken;

	fn try_from(layout: &Layout) -> Result<Self, Broken> {
		Self {
			choice: match layout.choice.as_str() {
				"group" => Choice::Group,
				"position" => Choice::Position,
				_ => return Err(Broken::Choice { found: u8::MAX }),
			},
			values: layout.values,
			bits: layout.bits,
			fraction: layout.fraction,
		}
		.checked()
	}
}

impl Profile {
	/// What a verifier holds an answer to. A number without a limit is not looked at, so all must be there.
	pub fn limits(&self) -> Result<Limits, Error> {
		read(&self.limits, |_| true)
	}

	/// What it holds as many answers of a worker together to as the profile says.
	pub fn limits_of_several(&self) -> Result<Limits, Error> {
		read(&self.pooled.limits, Measure::of_several)
	}

	/// The file.
	pub fn write(&self) -> Result<String, Error> {
		let text = serde_json::to_string_pretty(self).map_err(|source| Error::Profile { source })?;
		Ok(text + "\n")
	}

	/// Of a file that somebody else may have written.
	pub fn read(bytes: &[u8]) -> Result<Self, Error> {
		let profile: Self = serde_json::from_slice(bytes).map_err(|source| Error::Profile { source })?;
		if profile.format != FORMAT {
			return Err(Error::OtherFormat { found: profile.format });
		}
		fingerprint::Layout::try_from(&profile.layout)?;
		profile.limits()?;
		profile.limits_of_several()?;
		Ok(profile)
	}

	/// What can be published in place of the file.
	pub fn hash(file: &str) -> String {
		hex::encode(Portable::hash(file.as_bytes()))
	}
}

fn read(from: &BTreeMap<String, f64>, wanted: impl Fn(Measure) -> bool) -> Result<Limits, Error> {
	let wanted = Measure::ALL.into_iter().filter(|measure| wanted(*measure));
	wanted
		.into_iter()
		.try_fold(Limits::default(), |limits, measure| match from.get(measure.name()) {
			Some(limit) if limit.is_finite() && *limit >= 0.0 => Ok(limits.with(measure, *limit)),
			_ => Err(Error::NoLimit {
				measure: measure.name(),
			}),
		})
}
