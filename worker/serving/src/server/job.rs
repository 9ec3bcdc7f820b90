// SPDX-License-Identifier: Apache-2.0

//! One-shot jobs: the chain knows the root of a request, and here come request and input. Nobody must show who it is: what is
//! handed over is what the chain says, or it is not; and who knows the salt of a request was told it by its payer.

use super::stream::{No, Said, Stream};
use atelier_referee::{claim::token_tree, commit::Kind, hash::Portable};
use atelier_wire::{Collect, Hand, JobAnswer, Refusal, Reply};
use tokio::io::{AsyncRead, AsyncWrite};

impl<R: AsyncRead + Unpin + Send, W: AsyncWrite + Unpin + Send> Stream<'_, R, W> {
	pub(super) async fn hand(&mut self, hand: Hand) -> Result<Reply, No> {
		let Hand { job, request, input } = hand;
		let inner = &self.connection.inner;
		let ordered = inner.sessions.job(job).await.map_err(|_| Refusal::ChainUnknown)?;
		let ordered = ordered.filter(|ordered| ordered.waits).ok_or(Refusal::NoSuchJob)?;
		if request.root::<Portable>() != ordered.request {
			return Err(Refusal::AnotherJobRequest.into());
		}
		let few = request.input_count <= ordered.input && request.input_count as usize == input.len();
		let tree = token_tree::<Portable>(Kind::Input, &input).map_err(|_| Refusal::AnotherRequest)?;
		if !few || tree.commitment() != request.input {
			return Err(Refusal::AnotherRequest.into());
		}
		inner.ledger.hand(job, request, input.into_inner()).await?;
		Ok(Reply::Handed)
	}

	pub(super) async fn collect(&mut self, collect: Collect) -> Result<Said, No> {
		let inner = self.connection.inner.clone();
		let answered = inner.ledger.job(collect.job).await?;
		let Some(answered) = answered else {
			let ordered = inner
				.sessions
				.job(collect.job)
				.await
				.map_err(|_| Refusal::ChainUnknown)?;
			let refusal = ordered.map_or(Refusal::NoSuchJob, |_| Refusal::NotYet);
			return Err(refusal.into());
		};
		if answered.request.salt != collect.salt {
			self.connection.strike();
			return Err(Refusal::NoSuchJob.into());
		}
		let claim = answered.claim;
		self.write(&Reply::JobAnswer(Box::new(JobAnswer { claim }))).await?;
		self.output(&answered, 0).await?;
		Ok(Said::All)
	}
}
