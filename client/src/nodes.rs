// SPDX-License-Identifier: Apache-2.0

//! Several nodes of one chain, so that no single one can stop or blind whoever depends on the chain.
//!
//! One node is used at a time. If it no longer answers, or is of another chain, the next is tried, and the first again after
//! the last. A node that answers wrongly is not noticed here: what decides about money is looked at in final blocks.

use crate::{Chain, Error, Hash};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Most nodes.
pub const MAX_NODES: usize = 16;
/// How long a node may take to say that it lives.
const PULSE: Duration = Duration::from_secs(5);
/// After how long it is asked whether it does.
const GLANCE: Duration = Duration::from_secs(5);

/// Where a chain is reached.
#[derive(Debug)]
pub struct Nodes {
	urls: Vec<String>,
	/// The chain that is meant. Without one it is that of the first node that answers.
	genesis: Option<Hash>,
	current: Mutex<Current>,
	/// What stands for the nodes in tests.
	#[cfg(test)]
	fakes: Vec<std::sync::Arc<crate::fakes::Fake>>,
}

#[derive(Debug, Default)]
struct Current {
	/// Which node is used, or is tried next.
	index: usize,
	chain: Option<Chain>,
	genesis: Option<Hash>,
}

impl Nodes {
	/// Nodes in the order in which they are tried.
	pub fn new(urls: impl IntoIterator<Item = String>, genesis: Option<Hash>) -> Result<Self, Error> {
		let urls: Vec<_> = urls.into_iter().take(MAX_NODES + 1).collect();
		if urls.is_empty() || urls.len() > MAX_NODES {
			return Err(Error::NodeCount { most: MAX_NODES });
		}
		Ok(Self {
			urls,
			genesis,
			current: Mutex::default(),
			#[cfg(test)]
			fakes: Vec::new(),
		})
	}

	/// Nodes that are none.
	#[cfg(test)]
	pub(crate) fn fakes<const COUNT: usize>(
		fakes: [&std::sync::Arc<crate::fakes::Fake>; COUNT],
	) -> std::sync::Arc<Self> {
		let names = (0..fakes.len()).map(|number| number.to_string());
		let mut nodes = Self::new(names, None).expect("a test has a few");
		nodes.fakes = fakes.into_iter().cloned().collect();
		nodes.into()
	}

	/// How many there are.
	pub(crate) fn count(&self) -> usize {
		self.urls.len()
	}

	/// A connection that lived when it was used last; or to the first node that answers now. The errors of all nodes if none
	/// does.
	pub async fn chain(&self) -> Result<Chain, Error> {
		let mut current = self.current.lock().await;
		if let Some(chain) = &current.chain {
			return Ok(chain.clone());
		}
		let mut failed = Vec::new();
		for turn in 0..self.urls.len() {
			let index = (current.index + turn) % self.urls.len();
			let url = &self.urls[index];
			match self.connect(index, url, current.genesis.or(self.genesis)).await {
				Ok(chain) => {
					current.index = index;
					current.genesis = Some(chain.genesis());
					current.chain = Some(chain.clone());
					return Ok(chain);
				}
				Err(error) => failed.push(error.to_string()),
			}
		}
		Err(Error::NoNode {
			told: failed.join("; "),
		})
	}

	async fn reach(&self, _index: usize, url: &str) -> Result<Chain, Error> {
		#[cfg(test)]
		if let Some(fake) = self.fakes.get(_index) {
			return fake.connect(url).await;
		}
		Chain::connect(url).await
	}

	async fn connect(&self, index: usize, url: &str, genesis: Option<Hash>) -> Result<Chain, Error> {
		let chain = self.reach(index, url).await?;
		match genesis {
			Some(genesis) if genesis != chain.genesis() => Err(Error::OtherChain {
				url: url.into(),
				found: chain.genesis(),
				wanted: genesis,
			}),
			_ => Ok(chain),
		}
	}

	/// Gives this connection up: the next node is used from now on. Nothing happens if somebody else did it already.
	pub async fn give_up(&self, chain: &Chain) {
		let mut current = self.current.lock().await;
		if current.chain.as_ref().is_some_and(|used| used.is(chain)) {
			current.chain = None;
			current.index = (current.index + 1) % self.urls.len();
		}
	}

	/// Asks a question of the chain, and asks it of the next node if this one no longer lives. Only for what may be asked
	/// twice. An error of a node that lives is the answer.
	pub async fn asking<T, Answer>(&self, mut question: impl FnMut(Chain) -> Answer) -> Result<T, Error>
	where
		Answer: Future<Output = Result<T, Error>>,
	{
		let mut turn = 0;
		loop {
			let chain = self.chain().await?;
			let error = match question(chain.clone()).await {
				Ok(answer) => return Ok(answer),
				Err(error) => error,
			};
			turn += 1;
			if turn > self.urls.len() || self.lives(&chain).await {
				return Err(error);
			}
			self.give_up(&chain).await;
		}
	}

	/// The answer to what is asked over a connection. None: it did not come in time, or the node no longer lives.
	pub(crate) async fn watching<T>(
		&self,
		chain: &Chain,
		patience: Duration,
		question: impl Future<Output = T>,
	) -> Option<T> {
		let (mut question, began) = (std::pin::pin!(question), Instant::now());
		loop {
			if let Ok(answer) = tokio::time::timeout(GLANCE, question.as_mut()).await {
				return Some(answer);
			}
			if began.elapsed() >= patience || !self.lives(chain).await {
				return None;
			}
		}
	}

	/// Whether the node behind a connection answers.
	pub(crate) async fn lives(&self, chain: &Chain) -> bool {
		tokio::time::timeout(PULSE, chain.pulse())
			.await
			.is_ok_and(|answered| answered.is_ok())
	}
}
