// SPDX-License-Identifier: Apache-2.0

//! A ledger of all that any node ever called final.
//!
//! GRANDPA promises that a final block stays. So every node is watched through its whole life, crashes included, and
//! each block it finalises is written down, ancestors included. A second hash for a number already written down breaks
//! the promise at once; at the end the chain must still contain everything that was written down.

use crate::{
	Error,
	rpc::{Block, Rpc},
};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::{Arc, Mutex, PoisonError},
	time::Duration,
};
use tokio::{task::JoinSet, time::sleep};
use zombienet_sdk::subxt::utils::H256;

/// Shorter than a block's three seconds, so that no node's finality goes unseen for long before it is killed.
const INTERVAL: Duration = Duration::from_millis(500);
/// A node may hear of finality some blocks after another did.
const CATCH_UP: Duration = Duration::from_secs(30);

/// Which nodes saw which hashes final, by block number.
#[derive(Default)]
pub struct Ledger {
	finals: BTreeMap<u32, BTreeMap<H256, BTreeSet<String>>>,
}

impl Ledger {
	/// Writes down that `node` calls `block` final.
	///
	/// # Errors
	/// [`Error::FinalityContradicted`] if some node called another block of that number final. It is written down all the same.
	pub fn record(&mut self, node: &str, block: Block) -> Result<(), Error> {
		let hashes = self.finals.entry(block.number).or_default();
		let contradicted = hashes
			.iter()
			.find(|(hash, _)| **hash != block.hash)
			.map(|(hash, witnesses)| Error::FinalityContradicted {
				node: node.to_owned(),
				now: block,
				before: Block {
					number: block.number,
					hash: *hash,
				},
				witnesses: join(witnesses),
			});
		hashes.entry(block.hash).or_default().insert(node.to_owned());
		contradicted.map_or(Ok(()), Err)
	}

	/// Every block written down, with those who called it final.
	pub fn entries(&self) -> impl Iterator<Item = (Block, &BTreeSet<String>)> {
		self.finals.iter().flat_map(|(number, hashes)| {
			hashes.iter().map(|(hash, witnesses)| {
				let block = Block {
					number: *number,
					hash: *hash,
				};
				(block, witnesses)
			})
		})
	}
}

/// Watches nodes in the background and keeps the ledger.
#[derive(Default)]
pub struct Watch {
	shared: Arc<Mutex<Shared>>,
	watchers: JoinSet<()>,
}

#[derive(Default)]
struct Shared {
	ledger: Ledger,
	broken: Option<Error>,
}

/// What a watch has seen when it ends.
#[derive(Debug)]
pub struct Witnessed {
	/// Different blocks that were called final.
	pub blocks: usize,
	/// How often: the same block by four nodes counts four times.
	pub sightings: usize,
	/// The last of them.
	pub last: Block,
}

impl Watch {
	/// Watches one more node, from now on and through its restarts.
	pub fn follow(&mut self, rpc: Rpc) {
		let shared = self.shared.clone();
		self.watchers.spawn(async move {
			let mut last = None;
			loop {
				match look(&rpc, &mut last).await {
					Ok(finals) => {
						let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
						for block in finals {
							if let Err(error) = shared.ledger.record(rpc.node(), block) {
								shared.broken.get_or_insert(error);
							}
						}
					}
					// Down or starting. What it called final stays on record, and so does its place.
					Err(error) => tracing::debug!("{error}"),
				}
				sleep(INTERVAL).await;
			}
		});
	}

	/// Stops watching and compares everything on record with what the node behind `rpc` now has.
	///
	/// # Errors
	/// [`Error::FinalityContradicted`] if two nodes, or one node at two times, ever disagreed; [`Error::FinalityLost`]
	/// if a block on record is not on the chain of that node; [`Error::Timeout`] if that node does not come to call
	/// the highest of them final.
	pub async fn verify_against(mut self, rpc: &Rpc) -> Result<Witnessed, Error> {
		self.watchers.shutdown().await;
		let shared = std::mem::take(&mut *self.shared.lock().unwrap_or_else(PoisonError::into_inner));
		if let Some(error) = shared.broken {
			return Err(error);
		}
		let highest = shared.ledger.entries().last().map_or(0, |(block, _)| block.number);
		let finalised = rpc.wait_for_finalised(highest, CATCH_UP).await?;
		let mut witnessed = Witnessed {
			blocks: 0,
			sightings: 0,
			last: finalised,
		};
		for (block, witnesses) in shared.ledger.entries() {
			let canonical = rpc.hash_at(block.number).await?;
			if canonical != Some(block.hash) {
				return Err(Error::FinalityLost {
					node: join(witnesses),
					block,
					canonical: format!("{canonical:?}"),
				});
			}
			witnessed.blocks += 1;
			witnessed.sightings += witnesses.len();
			witnessed.last = block;
		}
		Ok(witnessed)
	}
}

/// The blocks that became final at a node since the last look, newest first: its finalised head and that one's ancestors.
async fn look(rpc: &Rpc, last: &mut Option<Block>) -> Result<Vec<Block>, Error> {
	let head = rpc.finalised().await?;
	let mut finals = vec![head];
	let mut number = head.number;
	let (_, mut parent) = rpc.block(head.hash).await?;
	// Back to, and including, the height of the last look: if the node changed its mind, the ledger has another hash there.
	let known = last.map_or(head.number, |block| block.number);
	while number > known {
		let (block, before) = rpc.block(parent).await?;
		number = block.number;
		parent = before;
		finals.push(block);
	}
	*last = Some(head);
	Ok(finals)
}

fn join(names: &BTreeSet<String>) -> String {
	names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
