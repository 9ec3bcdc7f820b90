// SPDX-License-Identifier: Apache-2.0

//! How the pallets are configured and joined; one file for each concern.

mod accounts;
mod balances;
mod consensus;
mod governance;
mod registries;
mod safety;
mod scheduling;
mod system;
mod treasury;
mod validators;
mod work;

pub use accounts::ProxyKind;
pub use consensus::BABE_EPOCH;
pub use registries::{Court, FreshRandomness, Origins, Registered, Registries, MAX_DISPUTE, SIMILARITY_PERIOD_LEAST};
pub use safety::CallsInSafeMode;
pub use system::{BlockLimits, LengthLimits, MAXIMUM_BLOCK_LENGTH, MAXIMUM_BLOCK_WEIGHT};
pub use treasury::QuoteUnit;
pub use work::{CourtIsStopped, SettledRoot, CANARY_RANK};
