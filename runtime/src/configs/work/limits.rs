// SPDX-License-Identifier: Apache-2.0

//! What jobs are governed by, and between what: whoever can set a parameter can set it to zero or to the largest number, and
//! neither may fine workers that do nothing wrong, free those that do, or hold anybody's money for ever.
//!
//! Periods are in epochs, which are ten minutes; chains for tests have shorter ones. The table is that of docs/jobs.md.

use super::disputes::DutyPeriod;
use crate::{
	economics::{ATL, MILLI_ATL},
	launch::EpochDuration,
	parameters::jobs,
	time::{DAYS, DEFAULT_EPOCH_SLOTS},
	Balance, BlockNumber, Runtime,
};
use frame_support::traits::Get;
use sp_runtime::{traits::SaturatedConversion, Permill};

/// A day, in epochs of ten minutes. Chains for tests have shorter epochs, and so shorter days.
const EPOCHS_OF_A_DAY: u64 = DAYS as u64 / DEFAULT_EPOCH_SLOTS;

/// So many epochs, and at least five blocks.
fn epochs(count: u64) -> BlockNumber {
	let blocks: BlockNumber = EpochDuration::get().saturating_mul(count).saturated_into();
	blocks.max(5)
}

/// What a fine is at most: who breaks its word a few times must not be without a bond.
fn hundredth_of_bond() -> Balance {
	<Runtime as pallet_workers::Config>::MinBond::get() / 100
}

macro_rules! limited {
	($($name:ident: $type:ty, $least:expr, $most:expr;)*) => {$(
		#[doc = concat!("The governed `", stringify!($name), "` within its limits.")]
		pub struct $name;

		impl Get<$type> for $name {
			fn get() -> $type {
				jobs::$name::get().max($least).min($most)
			}
		}
	)*};
}

limited! {
	// A drawn worker must have time to see that it was drawn, and to fetch the input.
	AcceptPeriod: BlockNumber, epochs(1), DAYS;
	StartPeriod: BlockNumber, epochs(1), DAYS;
	// A payer must not hurry workers, and an order must be possible.
	LeastTime: BlockNumber, (epochs(1) / 10).max(5), DAYS;
	UnitsPerBlock: u32, 1, 10_000;
	// To post an answer; shorter, payers would demand what they have and keep their money.
	DemandPeriod: BlockNumber, epochs(3), DAYS;
	// What posting 16 KiB costs, and not more than payers have.
	DemandBond: Balance, 50 * MILLI_ATL, 10 * ATL;
	// Taken at once, and nobody can undo it, unlike slashes.
	RefusalFine: Balance, 10 * MILLI_ATL, hundredth_of_bond();
	FailureFine: Balance, 10 * MILLI_ATL, hundredth_of_bond();
	// What a withdrawal does not stop at once it stops after that.
	MaxLife: BlockNumber, epochs(6), 30 * DAYS;
	ChallengePeriod: BlockNumber, epochs(EPOCHS_OF_A_DAY), 30 * DAYS;
	// A settlement must be worth the work of the chain, and be possible.
	MinEscrow: Balance, MILLI_ATL, 10 * ATL;
	// Zero: no such jobs. It may not depend on a parameter alone that more than this is trusted to committees.
	FloatCap: Balance, 0, 1_000 * ATL;
	// Something is always done by itself, and transactions always have room.
	AgendaShare: Permill, Permill::from_percent(1), Permill::from_percent(50);
}

/// How much longer what is demanded waits while its worker is accused: as long as the worker may owe an auditor something, and
/// an epoch, in which the court comes to that.
pub struct Hearing;

impl Get<BlockNumber> for Hearing {
	fn get() -> BlockNumber {
		DutyPeriod::get().saturating_add(epochs(1))
	}
}

/// The least time in which what was signed can be settled after a session was closed: a day.
pub struct LeastChallenge;

impl Get<BlockNumber> for LeastChallenge {
	fn get() -> BlockNumber {
		epochs(EPOCHS_OF_A_DAY)
	}
}
