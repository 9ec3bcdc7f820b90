// SPDX-License-Identifier: Apache-2.0

//! Blocks as a measure of time.

use crate::BlockNumber;

/// One slot. GRANDPA finalises within a few of them; shorter ones would fork too often across continents.
pub const MILLISECS_PER_BLOCK: u64 = 3_000;
pub const SLOT_DURATION: u64 = MILLISECS_PER_BLOCK;

pub const MINUTES: BlockNumber = 20;
pub const HOURS: BlockNumber = MINUTES * 60;
pub const DAYS: BlockNumber = HOURS * 24;

/// Ten minutes: two epochs must pass before randomness that nobody knew at claim time can draw auditors.
pub const DEFAULT_EPOCH_SLOTS: u64 = 200;
