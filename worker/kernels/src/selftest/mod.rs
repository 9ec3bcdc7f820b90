// SPDX-License-Identifier: Apache-2.0

//! Which path is used: the fastest of those that compute what the referee computes, on this CPU, now.
//!
//! Compilers and CPUs have had mistakes in just such instructions. Every path answers questions about each operator, with random
//! operands and with operands at their limits, before one value is served; one that is wrong about any of them is not used.

pub(crate) mod checks;
pub mod operands;

use crate::Path;
use std::fmt;

/// An operator that a path is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
	/// Matrices of bytes, of small and of large words.
	Products,
	Attention,
	Norms,
	/// Activations of vectors, also with fixed shifts.
	Quantised,
	Turned,
	FeedForward,
	/// Choices of tokens.
	Choices,
}

impl Check {
	/// All.
	pub const ALL: [Self; 7] = [
		Self::Products,
		Self::Attention,
		Self::Norms,
		Self::Quantised,
		Self::Turned,
		Self::FeedForward,
		Self::Choices,
	];
}

/// What the self-test says about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
	pub path: Path,
	/// The first operator that it was wrong about.
	pub wrong: Option<Check>,
}

impl fmt::Display for Verdict {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self.wrong {
			None => write!(f, "{}: right", self.path),
			Some(check) => write!(f, "{}: wrong about {check:?}, not used", self.path),
		}
	}
}

/// The path that is used, and what was found about all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kernels {
	path: Path,
	verdicts: Vec<Verdict>,
}

/// Every path of this CPU is wrong about something, plain code too: nothing can be served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no kernel computes what the referee computes")]
pub struct NoneRight {
	pub verdicts: Vec<Verdict>,
}

impl Kernels {
	/// Asks every path that the CPU has; takes the fastest that is right.
	pub fn detect() -> Result<Self, NoneRight> {
		#[cfg(feature = "controls")]
		return Self::select(crate::controls::broken(Path::available()));
		#[cfg(not(feature = "controls"))]
		Self::select(Path::available())
	}

	/// Asks these, the first that is right is taken.
	pub fn select(paths: impl IntoIterator<Item = Path>) -> Result<Self, NoneRight> {
		let verdict = |path| Verdict {
			path,
			wrong: Check::ALL.into_iter().find(|check| !checks::holds(path, *check)),
		};
		let verdicts: Vec<_> = paths.into_iter().map(verdict).collect();
		match verdicts.iter().find(|verdict| verdict.wrong.is_none()) {
			Some(verdict) => Ok(Self {
				path: verdict.path,
				verdicts,
			}),
			None => Err(NoneRight { verdicts }),
		}
	}

	/// A path that nobody asked.
	#[cfg(feature = "controls")]
	pub fn unchecked(path: Path) -> Self {
		Self {
			path,
			verdicts: Vec::new(),
		}
	}

	/// The path that is used.
	pub fn path(&self) -> Path {
		self.path
	}

	/// What was found, the fastest path first.
	pub fn verdicts(&self) -> &[Verdict] {
		&self.verdicts
	}
}
