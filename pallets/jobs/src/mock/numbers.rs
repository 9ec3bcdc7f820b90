// SPDX-License-Identifier: Apache-2.0

//! What everything costs and lasts here, and who is who.

use super::Balance;
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	terms::{Purpose, Use},
};

/// The existential deposit.
pub const ED: Balance = 1_000;
/// What accounts 1 to 9 have.
pub const RICH: Balance = 1_000_000_000;
/// What a worker asks for each unit, and the version's owner.
pub const PRICE: Balance = 100;
pub const FEE: Balance = 20;
pub const WINDOW: u32 = 40;
pub const CHALLENGE: u32 = 100;
pub const LIFE: u32 = 1_000;
pub const ACCEPT: u32 = 5;
pub const START: u32 = 6;
pub const TIME: u32 = 20;
pub const DEMAND: u32 = 8;
pub const HEARING: u32 = 30;
pub const BOND: Balance = 7_000;
pub const COST: Balance = 1_000;
pub const REFUSAL: Balance = 50;
pub const FAILURE: Balance = 500;
pub const AUDIT: Balance = 300;
/// Who gets what: accounts that live from the beginning.
pub const TREASURY: u8 = 100;
pub const POTS: u8 = 101;
pub const FUND: u8 = 102;
/// Payers are 1 to 4, the accounts of workers 0 to 3 are 5 to 8, a stranger is 9. 50 and more have no accounts.
pub const PAYER: u8 = 1;
pub const OTHER: u8 = 2;
pub const STRANGER: u8 = 9;
pub const WORKER: u8 = 5;
pub const RIVAL: u8 = 6;
pub const NOBODY: u8 = 60;
pub const W: WorkerId = WorkerId(0);
pub const X: WorkerId = WorkerId(1);
pub const V: VersionId = VersionId(0);
/// A version that the chain cannot judge.
pub const FLOAT: VersionId = VersionId(1);
/// A version that answers with a vector.
pub const EMBED: VersionId = VersionId(2);
pub const WANTED: Use = Use {
	purpose: Purpose::Personal,
	commercial: false,
};
