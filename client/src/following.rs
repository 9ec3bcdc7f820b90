// SPDX-License-Identifier: Apache-2.0

//! Every final block in its order, once, whatever becomes of the nodes: what concerns money is read here.
//!
//! Whoever follows keeps the [`Position`] of the last block that it has dealt with, in the same place and at the same moment as
//! what it made of it. After a restart it goes on there. A node keeps the state of a few hundred blocks; if more were missed,
//! it is told which ([`Final::Missed`]), and reads from the views of the block that follows how things stand.

use crate::{At, Chain, Config, Error, Hash, Nodes, chain::Header};
use std::time::{Duration, Instant};
use subxt::events::Events;

/// How often a node is asked for its newest final block.
const GLANCE: Duration = Duration::from_millis(500);
/// How long a node may know of no new final block before the next is tried.
const PATIENCE: Duration = Duration::from_secs(60);

/// A block that was dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
	pub number: u64,
	pub hash: Hash,
}

/// What comes next.
pub enum Final {
	Block(Box<Block>),
	/// No node has the state of these blocks, the first to the last, any more. The next block follows them.
	Missed {
		first: u64,
		last: u64,
	},
}

/// A final block.
pub struct Block {
	pub position: Position,
	/// For questions about it.
	pub at: At,
	/// What happened in it.
	pub events: Events<Config>,
}

impl std::fmt::Debug for Final {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::Block(block) => write!(f, "Block({})", block.position.number),
			Self::Missed { first, last } => write!(f, "Missed({first} to {last})"),
		}
	}
}

/// Follows the chain.
#[derive(Debug)]
pub struct Following<'a> {
	nodes: &'a Nodes,
	/// The last that was given.
	last: Option<Position>,
	/// After missed blocks: the number of the next.
	resume: Option<u64>,
	/// When the chain grew last, as far as is known.
	grew: Instant,
	/// How many nodes in turn have not had the state of the next block.
	lacking: usize,
}

impl<'a> Following<'a> {
	/// Goes on after a block. Without one it begins with the newest.
	pub fn after(nodes: &'a Nodes, last: Option<Position>) -> Self {
		Self {
			nodes,
			last,
			resume: None,
			grew: Instant::now(),
			lacking: 0,
		}
	}

	/// The last block that was given.
	pub fn position(&self) -> Option<Position> {
		self.last
	}

	/// Waits for the next.
	pub async fn next(&mut self) -> Result<Final, Error> {
		loop {
			let chain = self.nodes.chain().await?;
			match self.look(&chain).await {
				Ok(Some(next)) => {
					self.grew = Instant::now();
					return Ok(next);
				}
				Ok(None) if self.grew.elapsed() < PATIENCE => tokio::time::sleep(GLANCE).await,
				// It may be cut off from the others.
				Ok(None) => {
					self.nodes.give_up(&chain).await;
					self.grew = Instant::now();
				}
				Err(error) if error.is_about_the_chain() => return Err(error),
				Err(error) => {
					if self.nodes.lives(&chain).await {
						return Err(error);
					}
					self.nodes.give_up(&chain).await;
				}
			}
		}
	}

	/// The next, if this node has it.
	async fn look(&mut self, chain: &Chain) -> Result<Option<Final>, Error> {
		let newest = chain.final_header().await?;
		let wanted = match (self.resume, self.last) {
			(Some(number), _) => number,
			(None, Some(last)) => last.number.saturating_add(1),
			(None, None) => newest.number,
		};
		if newest.number < wanted {
			return Ok(None);
		}
		if let Some(block) = self.fetch(chain, wanted).await? {
			self.last = Some(block.position);
			self.resume = None;
			self.lacking = 0;
			return Ok(Some(Final::Block(Box::new(block))));
		}
		// A node that has just begun lacks even the newest; another may keep more.
		self.lacking = self.lacking.saturating_add(1);
		if self.lacking < self.nodes.count() {
			self.nodes.give_up(chain).await;
			return Ok(None);
		}
		self.lacking = 0;
		if wanted == newest.number {
			return Ok(None);
		}
		let first = chain.first_with_state(wanted, newest.number).await?;
		self.resume = Some(first);
		Ok(Some(Final::Missed {
			first: wanted,
			last: first.saturating_sub(1),
		}))
	}

	/// A block with its events. None: its state is gone.
	async fn fetch(&self, chain: &Chain, number: u64) -> Result<Option<Block>, Error> {
		let Header { hash, parent, .. } = chain.header_at(number).await?;
		if let (Some(last), None) = (self.last, self.resume)
			&& last.number.saturating_add(1) == number
			&& last.hash != parent
		{
			return Err(Error::NotTheChain {
				number: last.number,
				known: last.hash,
				found: parent,
			});
		}
		if !chain.has_state(hash).await? {
			return Ok(None);
		}
		let at = chain.at_hash(hash).await?;
		let events = at.events().fetch().await?;
		Ok(Some(Block {
			position: Position { number, hash },
			at,
			events,
		}))
	}
}
