// SPDX-License-Identifier: Apache-2.0

//! Workers that cheat and accusers who lie, each as consistent as it can be. For tests, behind the feature `cheats`.
//!
//! - `scene`: a registered model and a request to it; what an honest worker serves.
//! - `forge`: a forward pass in which somebody changes something on the way, and goes on from there.
//! - `strategies`: the cheats. Each gives what is claimed, and the leaves of a trace that follows from it as far as possible.
//! - `liar`: a worker that defends such a claim with such a trace.
//! - `accusers`: challengers without a case.
//! - `trial`: both parties before the referee, move by move.
#![allow(
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::panic,
	clippy::unreachable,
	reason = "material for tests: what cannot be made should stop them"
)]

mod accusers;
mod forge;
mod liar;
mod scene;
mod strategies;
mod trial;

pub use accusers::Accuser;
pub use forge::{Forged, Moment, forge};
pub use liar::{Conduct, Liar};
pub use scene::Scene;
pub use strategies::{Cheat, Strategy};
pub use trial::{Ended, Outcome, accused, tried};
