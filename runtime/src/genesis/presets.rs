// SPDX-License-Identifier: Apache-2.0

//! What each preset says. Only what differs from an empty chain is written.

use crate::{
	configs::BABE_EPOCH,
	economics::{ATL, EXISTENTIAL_DEPOSIT, GENESIS_REWARD_POT, GENESIS_SUPPLY},
	launch::Periods,
	opaque::SessionKeys,
	AccountId, BabeConfig, Balance, BalancesConfig, Disputes, Jobs, LaunchConfig, Rewards, RuntimeGenesisConfig,
	SessionConfig, Treasury, Validators, Workers,
};
use alloc::{vec, vec::Vec};
use frame_support::build_struct_json_patch;
use serde_json::Value;
use sp_keyring::Sr25519Keyring as Account;

/// What the treasury starts with: three tenths of everything.
const TREASURY_ENDOWMENT: Balance = 300_000_000 * ATL;
/// The rank of a preset's first contributors: high enough for every track.
const FIRST_RANK: u16 = 3;

pub fn development() -> Value {
	genesis(&[Account::Alice], &DEVELOPERS, Periods::Short)
}

pub fn local() -> Value {
	genesis(&FOUR, &DEVELOPERS, Periods::Short)
}

pub fn testnet() -> Value {
	genesis(&FOUR, &FOUR, Periods::Production)
}

/// The fewest validators that tolerate a faulty one.
const FOUR: [Account; 4] = [Account::Alice, Account::Bob, Account::Charlie, Account::Dave];
const DEVELOPERS: [Account; 6] = [
	Account::Alice,
	Account::Bob,
	Account::Charlie,
	Account::Dave,
	Account::Eve,
	Account::Ferdie,
];

fn genesis(validators: &[Account], holders: &[Account], periods: Periods) -> Value {
	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig {
			balances: balances(holders)
		},
		babe: BabeConfig {
			epoch_config: BABE_EPOCH
		},
		session: SessionConfig {
			keys: validators
				.iter()
				.map(|who| (who.to_account_id(), who.to_account_id(), session_keys(*who)))
				.collect::<Vec<_>>(),
		},
		launch: LaunchConfig {
			periods,
			contributors: FOUR
				.iter()
				.map(|who| (who.to_account_id(), FIRST_RANK))
				.collect::<Vec<_>>(),
		},
	})
}

/// The whole supply: two pots, what keeps the accounts of other pots alive, and the rest divided among `holders`, what does not divide to the first of them.
fn balances(holders: &[Account]) -> Vec<(AccountId, Balance)> {
	let rest = GENESIS_SUPPLY
		.saturating_sub(TREASURY_ENDOWMENT)
		.saturating_sub(GENESIS_REWARD_POT)
		.saturating_sub(EXISTENTIAL_DEPOSIT.saturating_mul(4));
	let count = (holders.len() as Balance).max(1);
	let each = rest.checked_div(count).unwrap_or_default();
	let odd = rest.saturating_sub(each.saturating_mul(count));
	let mut balances = vec![
		(Treasury::account_id(), TREASURY_ENDOWMENT),
		(Validators::pot_account(), GENESIS_REWARD_POT),
		(Rewards::account(), EXISTENTIAL_DEPOSIT),
		(Workers::claims_account(), EXISTENTIAL_DEPOSIT),
		(Jobs::account(), EXISTENTIAL_DEPOSIT),
		(Disputes::account(), EXISTENTIAL_DEPOSIT),
	];
	balances.extend(holders.iter().enumerate().map(|(position, who)| {
		(
			who.to_account_id(),
			if position == 0 { each.saturating_add(odd) } else { each },
		)
	}));
	balances
}

fn session_keys(who: Account) -> SessionKeys {
	SessionKeys {
		grandpa: finality_key(who),
		babe: who.public().into(),
		authority_discovery: who.public().into(),
	}
}

/// GRANDPA signs with another scheme, so the same person has a second key.
fn finality_key(who: Account) -> pallet_grandpa::AuthorityId {
	use sp_keyring::Ed25519Keyring as Finality;
	let key = match who {
		Account::Bob => Finality::Bob,
		Account::Charlie => Finality::Charlie,
		Account::Dave => Finality::Dave,
		Account::Eve => Finality::Eve,
		Account::Ferdie => Finality::Ferdie,
		_ => Finality::Alice,
	};
	key.public().into()
}
