// SPDX-License-Identifier: Apache-2.0

//! How a worker answers for its work before the chain, and how an auditor finds and proves that work is wrong.
//!
//! Nothing here talks to a network or to the chain: it computes what others send (docs/disputes.md).
//!
//! - [`Model`]: a registered package, mapped or in memory; [`Answered`]: an answer with all that was committed to.
//! - [`Defence`]: the worker. It derives the trace of its answer, commits to it, and makes its moves; [`Answered::serve`] gives
//!   what it owes to auditors.
//! - [`Audit`]: the auditor. It computes an answer again in one pass, and reports or finds what is wrong.
//! - [`Accusation`]: the challenger. It proves in one step, or plays. It says nothing that it has not proved to itself.
//! - [`Torn`]: leaves that hold no values, which are a fraud by themselves.
//! - [`Trace`]: every value of an answer without holding them: the upper part of the tree, keys and values, and the rest
//!   computed again. [`Needs`] says before what it takes.
//!
//! All computation is on the threads of the current rayon pool: who wants others installs one.
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::panic,
		clippy::unreachable
	)
)]

mod accusation;
mod answered;
mod audit;
#[cfg(feature = "cheats")]
pub mod cheats;
mod defence;
mod error;
mod finding;
mod holding;
mod model;
mod replay;
mod sheet;
mod size;
mod torn;
mod trace;
mod tree;
mod walk;

pub use accusation::{Accusation, Proof};
pub use answered::{Answered, Given, Served, Shown};
pub use audit::{Audit, Drawn, Verdict};
pub use defence::Defence;
pub use error::Error;
pub use finding::Finding;
pub use holding::NoTrail;
pub use model::Model;
pub use replay::{Replay, Replayed};
pub use size::Needs;
pub use torn::{Bare, Torn};
pub use trace::{Trace, Trail};
pub use tree::Pruned;
