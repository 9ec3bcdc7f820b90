// SPDX-License-Identifier: Apache-2.0

//! One file for each part. Every test ends with all invariants.

mod player;
mod world;

mod admission;
mod arrows;
mod challenge;
mod corruption;
mod court;
mod duties;
mod fund;
mod inquiries;
#[cfg(feature = "runtime-benchmarks")]
mod lots;
mod properties;
mod reports;
mod seeds;
