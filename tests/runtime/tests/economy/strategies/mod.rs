// SPDX-License-Identifier: Apache-2.0

//! Each way to gain that is not work, in a file of its own.

mod accusations;
mod cheating;
mod copying;
mod filling;
mod identities;
mod lazy_audits;
mod no_shows;
mod padding;
mod scene;
mod self_accusation;
mod self_dealing;
mod stuffing;
mod vouchers;

use crate::measure::Row;
pub use scene::on_a_chain;

/// All of them.
pub const ALL: &[fn() -> Vec<Row>] = &[
	cheating::alone,
	cheating::with_a_sixth,
	cheating::with_a_third,
	self_accusation::rows,
	lazy_audits::rows,
	copying::rows,
	accusations::rows,
	no_shows::rows,
	filling::rows,
	identities::rows,
	vouchers::rows,
	self_dealing::rows,
	padding::rows,
	stuffing::rows,
];
