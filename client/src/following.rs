// SPDX-License-Identifier: Apache-2.0

//! Every final block in its order, once, whatever becomes of the nodes: what concerns money is read here.
//!
//! Whoever follows keeps the [`Position`] of the last block that it has dealt with, in the same place and at the same moment as
//! what it made of it. After a restart it goes on there. A node keeps the state of a few hundred blocks; if more were missed,
//! it is told which ([`Final::Missed`]), and reads from the views of the block that follows how things stand.

use crate::{At, Chain, Config, Error, Hash, Nodes, chain::Header, events};
use std::{
	collections::BTreeSet,
	sync::Arc,
	time::{Duration, Instant},
};
use subxt::events::Events;
use tokio::{sync::mpsc, task::JoinHandle};

/// How often a node is asked for its newest final block.
const GLANCE: Duration = Duration::from_millis(500);
/// How long a node may know of no new final block, or take to say all of one, before the next is tried.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it is waited where no node answers.
const PAUSE: Duration = Duration::from_secs(1);

/// A block that was dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
	pub number: u64,
	pub hash: Hash,
}

/// What comes next.
pub enum Final {
	Block(Box<Block>),
	/// No node that can be reached has the state of these blocks, the first to the last, any more. The next block follows
	/// them.
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

impl Block {
	/// What happened in it to workers, sessions, jobs and disputes.
	pub fn work(&self) -> Result<Vec<events::Event>, Error> {
		events::read(self.events.iter(), &self.at.metadata())
	}
}

impl std::fmt::Debug for Final {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::Block(block) => write!(f, "Block({})", block.position.number),
			Self::Missed { first, last } => write!(f, "Missed({first} to {last})"),
		}
	}
}

/// Follows the chain. A block takes several questions to a node, one after another: who has to look at other things meanwhile
/// takes [`Finals`], which go on asking.
#[derive(Debug)]
pub struct Following<'a> {
	nodes: &'a Nodes,
	/// The last that was given.
	last: Option<Position>,
	/// After missed blocks: the number of the next.
	resume: Option<u64>,
	/// When the chain grew last, as far as is known.
	grew: Instant,
	/// Nodes that do not have the state of the next block.
	lacking: BTreeSet<Arc<str>>,
	/// Nodes that have another block where the last was.
	strangers: BTreeSet<Arc<str>>,
}

impl<'a> Following<'a> {
	/// Goes on after a block. Without one it begins with the newest.
	pub fn after(nodes: &'a Nodes, last: Option<Position>) -> Self {
		Self {
			nodes,
			last,
			resume: None,
			grew: Instant::now(),
			lacking: BTreeSet::new(),
			strangers: BTreeSet::new(),
		}
	}

	/// The last block that was given.
	pub fn position(&self) -> Option<Position> {
		self.last
	}

	/// Waits for the next. An error tells why it was not found now; whoever asks again goes on where this was.
	pub async fn next(&mut self) -> Result<Final, Error> {
		loop {
			let nodes = self.nodes;
			let chain = nodes.chain().await?;
			match nodes.watching(&chain, PATIENCE, self.look(&chain)).await {
				Some(Ok(Some(next))) => {
					self.grew = Instant::now();
					self.strangers.clear();
					return Ok(next);
				}
				Some(Ok(None)) if self.grew.elapsed() < PATIENCE => tokio::time::sleep(GLANCE).await,
				// It may be cut off from the others.
				Some(Ok(None)) | None => self.give_up(&chain).await,
				Some(Err(error)) if error.is_about_the_chain() => {
					self.give_up(&chain).await;
					// One that went another way says nothing about the others; those that do not answer may again.
					if !self.strangers.insert(chain.name()) {
						return Err(Error::NoNode {
							told: error.to_string(),
						});
					}
					if self.strangers.len() >= self.nodes.count() {
						return Err(error);
					}
				}
				Some(Err(error)) => {
					if self.grew.elapsed() < PATIENCE && self.nodes.lives(&chain).await {
						return Err(error);
					}
					self.give_up(&chain).await;
				}
			}
		}
	}

	async fn give_up(&mut self, chain: &Chain) {
		self.nodes.give_up(chain).await;
		self.grew = Instant::now();
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
		let header = match newest.number == wanted {
			true => newest,
			false => chain.header_at(wanted).await?,
		};
		if let Some(block) = self.fetch(chain, header).await? {
			self.last = Some(block.position);
			self.resume = None;
			self.lacking.clear();
			return Ok(Some(Final::Block(Box::new(block))));
		}
		// The node that is asked after all others is one that was asked before, if some cannot be reached.
		let again = !self.lacking.insert(chain.name());
		if !again && self.lacking.len() < self.nodes.count() {
			self.nodes.give_up(chain).await;
			return Ok(None);
		}
		// One that has just begun may lack even the newest.
		if wanted == newest.number || !chain.has_state(newest.hash).await? {
			return Ok(None);
		}
		self.lacking.clear();
		let first = chain.first_with_state(wanted, newest.number).await?;
		self.resume = Some(first);
		Ok(Some(Final::Missed {
			first: wanted,
			last: first.saturating_sub(1),
		}))
	}

	/// A block with its events. None: its state is gone.
	async fn fetch(&self, chain: &Chain, header: Header) -> Result<Option<Block>, Error> {
		let Header { number, hash, parent } = header;
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
		let Some(at) = chain.again(hash).await? else {
			return Ok(None);
		};
		let events = at.events().fetch().await?;
		Ok(Some(Block {
			position: Position { number, hash },
			at,
			events,
		}))
	}
}

/// Every final block, asked for by a task of its own: to wait for the next can be broken off without losing anything. The task
/// ends with this.
#[derive(Debug)]
pub struct Finals {
	found: mpsc::Receiver<Result<Final, Error>>,
	task: JoinHandle<()>,
}

impl Finals {
	/// Goes on after a block. Without one it begins with the newest.
	pub fn after(nodes: Arc<Nodes>, last: Option<Position>) -> Self {
		// One is asked for while another is looked at.
		let (finds, found) = mpsc::channel(1);
		let task = tokio::spawn(async move {
			let mut following = Following::after(&nodes, last);
			loop {
				let next = following.next().await;
				match &next {
					Err(error) if !error.is_about_the_chain() => {
						tokio::time::sleep(PAUSE).await;
						continue;
					}
					_ => {}
				}
				let over = next.is_err();
				if finds.send(next).await.is_err() || over {
					return;
				}
			}
		});
		Self { found, task }
	}

	/// Waits for the next, also until a node answers again. An error, that all nodes are of another chain, is the last.
	pub async fn next(&mut self) -> Option<Result<Final, Error>> {
		self.found.recv().await
	}
}

impl Drop for Finals {
	fn drop(&mut self) {
		self.task.abort();
	}
}

#[cfg(test)]
mod tests;
