// SPDX-License-Identifier: Apache-2.0

//! One module for each topic.

mod bonds;
mod corruption;
mod deterrence;
mod drawing;
mod exposure;
mod offers;
mod properties;
mod register;
mod reputation;
mod retrieval;
mod rotation;
mod slashes;
mod standings;
mod views;

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};

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
