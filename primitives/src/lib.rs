// SPDX-License-Identifier: Apache-2.0

//! What the chain and its clients both speak of.
//!
//! | where | what |
//! | --- | --- |
//! | [`ids`] | what models, versions, datasets and attestations are called |
//! | [`licence`] | licences by their SPDX names |
//! | [`terms`] | under which terms something may be used, and when a derivative's satisfy its parents' |
//! | [`datasets`] | what is stated of a dataset |
//! | [`attestations`] | what somebody says of something |
//! | [`models`] | what a version of a model is, and what jobs ask about it |
//! | [`lineage`] | what a version was made from, and what a withdrawal stops |
//! | [`pots`] | who is owed a share of what was paid |
//! | [`work`] | what is done for pay: its price, who does it, who looks whether it is right |
//! | [`views`] | what clients read |
//!
//! Pallets do not know each other: what one asks of another is a trait here, and the runtime joins them.

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects
	)
)]

extern crate alloc;

pub mod attestations;
pub mod datasets;
pub mod ids;
pub mod licence;
pub mod lineage;
pub mod models;
pub mod pots;
pub mod terms;
pub mod views;
pub mod work;

/// Blocks as a measure of time, as the runtime has it.
pub type BlockNumber = u32;
