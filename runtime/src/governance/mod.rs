// SPDX-License-Identifier: Apache-2.0

//! Who decides what: two chambers, their tracks and origins.
//!
//! - **Token holders** vote with their balance and a conviction ([`tracks::token`]).
//! - **Contributors** have one vote each ([`tracks::contributors`]); seats are earned and cannot be sold.
//! - A change of the protocol needs both: contributors whitelist the call, token holders dispatch it as Root.

mod origins;
mod periods;
pub mod tracks;

pub use origins::*;
pub use periods::TrackPeriods;
