// SPDX-License-Identifier: Apache-2.0

//! Quotes: what a worker signs before a session. Each has a number that none had before, also where it was never used.

use super::stream::{No, Stream};
use crate::Signer;
use atelier_primitives::{BlockNumber, ids::WorkerId};
use atelier_referee::hash::Digest;
use atelier_wire::{Balance, Offered, Quote, QuoteWanted, Quoted, Refusal, Reply};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};

/// Who decides about quotes.
pub trait Quotes: Send + Sync {
	/// A quote with this number, for what is offered, in this block.
	fn quote(&self, wanted: &QuoteWanted, offered: &Offered, number: u64, now: BlockNumber) -> Result<Quoted, Refusal>;
}

/// The same terms for everybody.
pub struct Tariff {
	pub genesis: Digest,
	pub worker: WorkerId,
	/// The key that signs quotes.
	pub signer: Arc<dyn Signer>,
	/// Most that may be deposited in a session.
	pub capacity: Balance,
	/// Most units that are served unsigned.
	pub window: u64,
	pub reservation: Balance,
	/// For how many blocks a quote is good.
	pub lasts: BlockNumber,
}

impl Quotes for Tariff {
	fn quote(&self, wanted: &QuoteWanted, offered: &Offered, number: u64, now: BlockNumber) -> Result<Quoted, Refusal> {
		let quote = Quote {
			worker: self.worker,
			version: wanted.version,
			payer: wanted.payer,
			price: offered.price,
			capacity: wanted.capacity.min(self.capacity),
			window: self.window,
			reservation: self.reservation,
			until: now.checked_add(self.lasts).ok_or(Refusal::NoQuote)?,
			number,
		};
		let signature = self.signer.sign(&quote.message(&self.genesis));
		Ok(Quoted { quote, signature })
	}
}

impl<R: AsyncRead + Unpin + Send, W: AsyncWrite + Unpin + Send> Stream<'_, R, W> {
	pub(super) async fn quote(&mut self, wanted: QuoteWanted) -> Result<Reply, No> {
		let inner = &self.connection.inner;
		if *inner.draining.borrow() {
			return Err(Refusal::ShuttingDown.into());
		}
		let offered = inner.desk.offer(wanted.version).ok_or(Refusal::UnknownVersion)?;
		let number = inner.ledger.quote_number().await?;
		let now = inner.sessions.now();
		Ok(Reply::Quoted(inner.quotes.quote(&wanted, &offered, number, now)?))
	}
}
