// SPDX-License-Identifier: Apache-2.0

//! One stream, from the requester's end.

use super::{Error, Wrong};
use crate::ledger::Output;
use atelier_referee::claim::{Claim, StopReason};
use atelier_wire::{FrameReader, MAX_OUTPUT, Of, Question, Reply, write_question};
use futures::future::BoxFuture;
use std::{io, time::Duration};
use tokio::{
	io::{AsyncRead, AsyncWrite},
	time::timeout,
};

pub type Read = Box<dyn AsyncRead + Send + Unpin>;
pub type Write = Box<dyn AsyncWrite + Send + Unpin>;

/// Opens streams of one connection.
pub trait Opener: Send + Sync {
	fn open(&self) -> BoxFuture<'_, io::Result<(Read, Write)>>;
}

pub(super) struct Line {
	reader: FrameReader<Read>,
	writer: Write,
	patience: Duration,
}

impl Line {
	pub async fn open(opener: &dyn Opener, patience: Duration) -> Result<Self, Error> {
		let opened = timeout(patience, opener.open()).await.map_err(|_| Error::Silent)?;
		let (read, writer) = opened?;
		Ok(Self {
			reader: FrameReader::new(read),
			writer,
			patience,
		})
	}

	pub async fn say(&mut self, question: &Question) -> Result<(), Error> {
		let said = timeout(self.patience, write_question(&mut self.writer, question)).await;
		Ok(said.map_err(|_| Error::Silent)??)
	}

	/// The next reply that is not a no.
	pub async fn hear(&mut self) -> Result<Reply, Error> {
		match timeout(self.patience, self.reader.reply()).await {
			Err(_) => Err(Error::Silent),
			Ok(Err(error)) => Err(error.into()),
			Ok(Ok(None)) => Err(Error::Ended),
			Ok(Ok(Some(Reply::Refused(refused)))) => Err(Error::Refused {
				refusal: refused.refusal,
				fact: refused.fact.text(),
			}),
			Ok(Ok(Some(Reply::Overloaded(overloaded)))) => Err(Error::Overloaded {
				after: Duration::from_millis(overloaded.after.into()),
			}),
			Ok(Ok(Some(reply))) => Ok(reply),
		}
	}

	/// A question with one reply.
	pub async fn ask(&mut self, question: &Question) -> Result<Reply, Error> {
		self.say(question).await?;
		self.hear().await
	}

	/// So many tokens on pages, from the first of them on.
	pub async fn pages(&mut self, of: Of, from: u32, count: u32) -> Result<Vec<u32>, Error> {
		if count as usize > MAX_OUTPUT {
			return Err(Wrong::OutOfOrder.into());
		}
		let mut tokens = Vec::new();
		while tokens.len() < count.saturating_sub(from) as usize {
			let Reply::Page(page) = self.hear().await? else {
				return Err(Error::OutOfTurn);
			};
			let next = (from as usize).saturating_add(tokens.len());
			let fits = next.saturating_add(page.tokens.len()) <= count as usize;
			if page.of != of || page.first as usize != next || page.tokens.is_empty() || !fits {
				return Err(Wrong::OutOfOrder.into());
			}
			tokens.extend_from_slice(&page.tokens);
		}
		Ok(tokens)
	}

	/// What follows a claim: its answer, from a token on.
	pub async fn output(&mut self, claim: &Claim, from: u32) -> Result<Output, Error> {
		if claim.stop != StopReason::Embedded {
			return Ok(Output::Tokens(self.pages(Of::Answer, from, claim.output_count).await?));
		}
		match self.hear().await? {
			Reply::Vector(vector) => Ok(Output::Vector(vector)),
			_ => Err(Error::OutOfTurn),
		}
	}
}
