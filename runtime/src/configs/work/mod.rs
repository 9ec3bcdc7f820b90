// SPDX-License-Identifier: Apache-2.0

//! Work: who does it, how it is paid, who looks whether it is right; how each learns what it needs of the others.
//!
//! | asks | whom | what |
//! | --- | --- | --- |
//! | jobs | workers | who is fit, what bonds cover; tells them what became of work |
//! | jobs | disputes | who will audit; gives them the levy |
//! | jobs | models, rewards | whether a version may be used so; gives its pot the fee |
//! | workers | provenance, models | who fetched weights, and whose they are |
//! | workers | disputes | how long the court takes, and how long it stood still |
//! | disputes | jobs | what is claimed and not final; has it not paid |
//! | disputes | workers | who audits by which weight; accuses, convicts |
//! | disputes | models | by what rules an answer is right |
//! | models | jobs | whether a version is still needed |
//! | the mountain range | jobs | what was settled in the block before |

mod disputes;
mod jobs;
mod limits;
mod workers;

pub use disputes::{CourtIsStopped, CANARY_RANK};
pub use jobs::SettledRoot;

use crate::{economics::deposit, fees::DustToTreasury, Balance};
use frame_support::parameter_types;

parameter_types! {
	pub const NothingPerRecord: Balance = 0;
	/// An item counts as many bytes as it costs (`ITEM_BYTES` of each pallet).
	pub const WorkByteDeposit: Balance = deposit(0, 1);
}

/// What nobody else is owed goes to the treasury.
type ToTreasury = DustToTreasury;
