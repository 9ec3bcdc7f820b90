// SPDX-License-Identifier: Apache-2.0

//! The targets, which live with the tests of what they attack.

#[path = "../../referee/tests/common/mod.rs"]
mod common;
#[path = "../../referee/tests/hostile/mod.rs"]
mod hostile;

pub use atelier_referee::samples::Random;
pub use hostile::{TARGETS, Target};

/// A target by its name.
pub fn target(name: &str) -> Option<Target> {
	TARGETS.into_iter().find(|target| target.name == name)
}
