// SPDX-License-Identifier: Apache-2.0

//! How far honest answers in floats are from what a verifier computes, and how far those of cheats are: what the limits of
//! [`verify`](crate::verify) come from.
//!
//! 1. A prover ([`prove`]) answers the same requests in every way that is honest ([`Setup`]): other batches, threads,
//!    instructions, devices.
//! 2. A verifier computes all of them again. Half of the inputs give limits, by a rule that looks at honest answers only
//!    ([`rule`]); the other half says how many of the honest would be accused.
//! 3. Cheats ([`cheats`]) are held to the same limits.
//!
//! [`Profile`] is what came out, to be published: for one model, the prover's floats and the verifier's.

pub mod cheats;
mod folders;
mod machine;
mod measure;
mod profile;
mod prove;
pub mod rule;

pub use measure::{Measuring, Plan, Prover, described, measure};
pub use profile::{Caught, Honest, Inputs, Layout, Machine, ModelFiles, Profile, Side};
pub use prove::{Asked, Job, Proved, Settings, Setup, prove};
