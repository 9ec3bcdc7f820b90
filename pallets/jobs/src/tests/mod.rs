// SPDX-License-Identifier: Apache-2.0

//! One module for each duty.

mod arrows;
mod close;
mod controls;
mod corruption;
mod demand;
mod finality;
mod grants;
mod jobs;
mod open;
mod properties;
mod settle;
mod stopped;
mod views;

use crate::{mock::*, Call, Error, Event};
use atelier_primitives::ids::{JobId, SessionId, VersionId, WorkerId};

fn happened(event: Event<Test>) {
	System::assert_has_event(event.into());
}

/// As many cases as by default, or as `ATELIER_CASES` says (`make test-long`).
fn cases(default: u32) -> u32 {
	std::env::var("ATELIER_CASES")
		.ok()
		.and_then(|cases| cases.parse().ok())
		.unwrap_or(default)
}
