// SPDX-License-Identifier: Apache-2.0

//! The numbers of the base chain's economy, with their reasons. docs/economics.md explains them to people.

use crate::Balance;
use frame_support::{parameter_types, PalletId};

/// One token: 12 decimals, as wallets of this ecosystem expect.
pub const ATL: Balance = 1_000_000_000_000;
pub const MILLI_ATL: Balance = ATL / 1_000;
pub const MICRO_ATL: Balance = ATL / 1_000_000;

/// All that exists at genesis. Nothing mints yet, so it is also the most that can exist.
pub const GENESIS_SUPPLY: Balance = 1_000_000_000 * ATL;
/// The part of it in the pot of block rewards: at two tokens a block and 10.5 million blocks a year, 4.75 years.
pub const GENESIS_REWARD_POT: Balance = 100_000_000 * ATL;

/// Keeps an account alive. About seventeen transfers' fees: cheap for a person, dear for who fills the state with dust.
pub const EXISTENTIAL_DEPOSIT: Balance = 10 * MILLI_ATL;

/// A byte of state: a megabyte locks 1,000 tokens, a millionth of the genesis supply.
const DEPOSIT_PER_BYTE: Balance = MILLI_ATL;
/// An item of state costs its key, its trie nodes and their lookups besides its bytes.
const DEPOSIT_PER_ITEM: Balance = 100 * MILLI_ATL;

/// The deposit for `items` entries of state with `bytes` bytes in all.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
	DEPOSIT_PER_ITEM
		.saturating_mul(items as Balance)
		.saturating_add(DEPOSIT_PER_BYTE.saturating_mul(bytes as Balance))
}

parameter_types! {
	pub const ValidatorPot: PalletId = PalletId(*b"atl/vpot");
	/// A byte of a transaction: 140 bytes of a transfer cost about as much as its base weight.
	pub const TransactionByteFee: Balance = MICRO_ATL;
	/// Operational transactions pay five times as much: they may use the part of a block that others cannot.
	pub const OperationalFeeMultiplier: u8 = 5;
}

/// The weight of an empty extrinsic costs this much, more in proportion.
pub const BASE_WEIGHT_FEE: Balance = 100 * MICRO_ATL;
