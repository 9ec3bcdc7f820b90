// SPDX-License-Identifier: Apache-2.0

//! One module for each call and each duty.

mod aliases;
mod consent;
mod contests;
mod corruption;
mod migration;
mod ownership;
mod promises;
mod properties;
mod reveal;
mod similar;
mod splits;
mod standing;

use crate::{mock::*, Error, Event};
use atelier_primitives::ids::{AttestationId, DatasetId, ModelId, SimilarityId, VersionId};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::Permill;

/// A part in percent.
fn percent(part: u32) -> Permill {
	Permill::from_percent(part)
}

fn names(text: &str) -> Vec<u8> {
	text.as_bytes().to_vec()
}

fn happened(event: Event<Test>) {
	System::assert_has_event(event.into());
}
