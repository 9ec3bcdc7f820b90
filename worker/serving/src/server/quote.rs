// SPDX-License-Identifier: Apache-2.0

//! Quotes: what a worker signs before a session. Each has a number that none had before, also where it was never used.

use super::stream::{No, Stream};
use crate::Signer;
use atelier_primitives::{BlockNumber, ids::WorkerId};
use atelier_referee::hash::Digest;
use atelier_wire::{Balance, Offered, Quote, QuoteWanted, Quoted, Refusal, Reply, Signature};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};

/// Who decides about quotes.
pub trait Quotes: Send + Sync {
	/// On which terms, for what is offered, in this block. It has no number yet.
	fn terms(&self, wanted: &QuoteWanted, offered: &Offered, now: BlockNumber) -> Result<Quote, Refusal>;

	/// Signs a quote whose number is used.
	fn sign(&self, quote: &Quote) -> Signature;
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
	fn terms(&self, wanted: &QuoteWanted, offered: &Offered, now: BlockNumber) -> Result<Quote, Refusal> {
		Ok(Quote {
			worker: self.worker,
			version: wanted.version,
			payer: wanted.payer,
			price: offered.price,
			capacity: wanted.capacity.min(self.capacity),
			window: self.window,
			reservation: self.reservation,
			until: now.checked_add(self.lasts).ok_or(Refusal::NoQuote)?,
			number: 0,
		})
	}

	fn sign(&self, quote: &Quote) -> Signature {
		self.signer.sign(&quote.message(&self.genesis))
	}
}

impl<R: AsyncRead + Unpin + Send, W: AsyncWrite + Unpin + Send> Stream<'_, R, W> {
	pub(super) async fn quote(&mut self, wanted: QuoteWanted) -> Result<Reply, No> {
		let inner = &self.connection.inner;
		if *inner.draining.borrow() {
			return Err(Refusal::ShuttingDown.into());
		}
		let offered = inner.desk.offer(wanted.version).ok_or(Refusal::UnknownVersion)?;
		let quote = inner.quotes.terms(&wanted, &offered, inner.sessions.now())?;
		let quote = inner.ledger.quote(quote).await?;
		let signature = inner.quotes.sign(&quote);
		Ok(Reply::Quoted(Quoted { quote, signature }))
	}
}
