// SPDX-License-Identifier: Apache-2.0

//! Workers, jobs and the court on the real runtime, with the registries: money meets work.

mod bounds;
mod court_limits;
mod court_order;
mod history;
mod limits;
mod orders;
#[path = "../registries/world.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod registries;
mod retrieval;
mod sessions;
mod verdicts;
mod world;
