// SPDX-License-Identifier: Apache-2.0

//! The ledger bites: what the finality test relies on must notice a broken promise.

use atelier_zombienet::{Error, finality::Ledger, rpc::Block};

fn block(number: u32, hash: u8) -> Block {
	Block {
		number,
		hash: [hash; 32].into(),
	}
}

#[test]
fn agreement_is_one_entry_with_all_witnesses() -> anyhow::Result<()> {
	let mut ledger = Ledger::default();
	ledger.record("alice", block(1, 1))?;
	ledger.record("alice", block(2, 2))?;
	ledger.record("bob", block(1, 1))?;
	let entries: Vec<_> = ledger
		.entries()
		.map(|(block, witnesses)| (block, witnesses.len()))
		.collect();
	assert_eq!(entries, [(block(1, 1), 2), (block(2, 2), 1)]);
	Ok(())
}

#[test]
fn another_hash_of_the_same_number_is_a_contradiction() -> anyhow::Result<()> {
	let mut ledger = Ledger::default();
	ledger.record("alice", block(7, 1))?;
	let said_by_another = ledger.record("bob", block(7, 2));
	assert!(matches!(
		said_by_another,
		Err(Error::FinalityContradicted { before, .. }) if before == block(7, 1)
	));
	Ok(())
}

#[test]
fn a_node_that_changes_its_mind_contradicts_itself() -> anyhow::Result<()> {
	let mut ledger = Ledger::default();
	ledger.record("alice", block(7, 1))?;
	assert!(ledger.record("alice", block(7, 2)).is_err());
	Ok(())
}
