// SPDX-License-Identifier: Apache-2.0

//! A runtime in which workers, auditors, versions and pots are what a test says. Signatures are real.

mod accounts;
mod audits;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
mod calls;
mod chain;
mod jobs;
mod numbers;
mod runtime;
mod sessions;
mod versions;
mod workers;

pub use self::{accounts::*, audits::*, calls::*, chain::*, jobs::*, numbers::*, runtime::*, sessions::*, workers::*};
