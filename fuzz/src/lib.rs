// SPDX-License-Identifier: Apache-2.0

//! The targets, which live with the tests of what they attack.

#[path = "../../descriptions/tests/hostile/mod.rs"]
mod croissant;
#[path = "../../worker/engine/tests/hostile/mod.rs"]
mod fingerprint;
#[path = "../../referee/tests/hostile/mod.rs"]
mod hostile;
#[path = "../../wire/tests/hostile/mod.rs"]
mod serving;

pub use atelier_referee::samples::Random;
pub use hostile::Target;

pub const TARGETS: [Target; 9] = {
	let [a, b, c, d, e, f] = hostile::TARGETS;
	let fingerprint = Target {
		name: "fingerprint",
		run: fingerprint::run,
		seed: fingerprint::seed,
	};
	let croissant = Target {
		name: "croissant",
		run: croissant::run,
		seed: croissant::seed,
	};
	let serving = Target {
		name: "serving",
		run: serving::run,
		seed: serving::seed,
	};
	[a, b, c, d, e, f, fingerprint, croissant, serving]
};

/// A target by its name.
pub fn target(name: &str) -> Option<Target> {
	TARGETS.into_iter().find(|target| target.name == name)
}
