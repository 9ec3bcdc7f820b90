// SPDX-License-Identifier: Apache-2.0

//! What a requester may have lost: receipts, claims, answers. All of it was paid for, or will be.

use super::{
	stream::{No, Over, Said, Stream},
	tape::refusal_of,
};
use crate::ledger::{Answered, LedgerError, Output};
use atelier_wire::{Claims, MAX_CLAIMS, Of, PAGE, Page, Recall, Recalled, Refusal, Reply, Resume, Tokens};
use tokio::io::{AsyncRead, AsyncWrite};

impl From<LedgerError> for No {
	fn from(error: LedgerError) -> Self {
		refusal_of(&error).into()
	}
}

impl<R: AsyncRead + Unpin + Send, W: AsyncWrite + Unpin + Send> Stream<'_, R, W> {
	pub(super) async fn resume(&mut self, resume: Resume) -> Result<Reply, No> {
		let live = self.attached(resume.session)?;
		// Taken first: what is added meanwhile is asked for later.
		let root = live.kept().root;
		if resume.after > root.receipts {
			return Err(Refusal::NoSuchReceipt.into());
		}
		let inner = &self.connection.inner;
		let mut claims = inner.ledger.claims(resume.session, resume.after, MAX_CLAIMS).await?;
		let known = root.receipts.saturating_sub(resume.after);
		claims.truncate(usize::try_from(known).unwrap_or(usize::MAX).min(MAX_CLAIMS));
		Ok(Reply::Claims(Claims {
			first: resume.after,
			claims: claims.try_into().unwrap_or_default(),
			root,
		}))
	}

	pub(super) async fn recall(&mut self, recall: Recall) -> Result<Said, No> {
		self.attached(recall.session)?;
		let ledger = self.connection.inner.ledger.clone();
		let answered = ledger.answered(recall.session, recall.index).await?;
		let root = match recall.index.checked_add(1) {
			Some(receipts) => ledger.root_of_first(recall.session, receipts).await?,
			None => None,
		};
		let claim = answered.claim;
		self.write(&Reply::Recalled(Box::new(Recalled { claim, root }))).await?;
		self.output(&answered, recall.from).await?;
		Ok(Said::All)
	}

	/// Says what was answered, from a token on.
	pub(super) async fn output(&mut self, answered: &Answered, from: u32) -> Result<(), Over> {
		match &answered.output {
			Output::Tokens(tokens) => self.pages(Of::Answer, tokens, from).await,
			Output::Vector(vector) => self.write(&Reply::Vector(vector.clone())).await,
		}
	}

	pub(super) async fn pages(&mut self, of: Of, tokens: &[u32], from: u32) -> Result<(), Over> {
		let rest = tokens.get(from as usize..).unwrap_or_default();
		for (number, tokens) in rest.chunks(PAGE).enumerate() {
			let before = u32::try_from(number.saturating_mul(PAGE)).map_err(|_| Over)?;
			let page = Page {
				of,
				first: from.saturating_add(before),
				tokens: Tokens::try_from(tokens.to_vec()).map_err(|_| Over)?,
			};
			self.write(&Reply::Page(page)).await?;
		}
		Ok(())
	}
}
