// SPDX-License-Identifier: Apache-2.0

//! What clients read: the answers of the runtime's views, one module for each pallet.

pub mod disputes;
pub mod jobs;
pub mod models;
pub mod provenance;
pub mod rewards;
pub mod workers;

use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Most things of one page.
pub const MAX_PAGE: u32 = 100;

/// Some of many things, in the order in which they came to be.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct Page<Item, Id> {
	/// Perhaps fewer than were asked for, even none, though more follow.
	pub items: Vec<Item>,
	/// After what to ask for the next page. None: this was the last.
	pub next: Option<Id>,
}
