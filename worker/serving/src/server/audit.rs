// SPDX-License-Identifier: Apache-2.0

//! What auditors are shown: only those whom their lot draws for this piece of work, whether its session is sealed or not; and
//! only on a connection for which they signed, since lots become public.

use super::{
	counts::Counted,
	stream::{No, Over, Said, Stream},
};
use crate::{
	chain::Drawn,
	checks::{Check, on},
	keys,
	ledger::{Answered, Evidence},
	locked,
};
use atelier_primitives::work::{Work, audits::Claims, draw};
use atelier_referee::hash::{Digest, Portable};
use atelier_wire::{Audit, EVIDENCE_PAGE, EvidenceKind, EvidencePage, Of, Place, Refusal, Reply, Shown, Text};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};

impl Evidence {
	fn kind(&self) -> EvidenceKind {
		match self {
			Self::Nothing => EvidenceKind::Nothing,
			Self::States(_) => EvidenceKind::States,
			Self::Fingerprint(_) => EvidenceKind::Fingerprint,
		}
	}

	fn bytes(&self) -> Vec<u8> {
		match self {
			Self::Nothing => Vec::new(),
			Self::States(states) => states.iter().flat_map(|state| state.write()).collect(),
			Self::Fingerprint(bytes) => bytes.clone(),
		}
	}
}

impl<R: AsyncRead + Unpin + Send, W: AsyncWrite + Unpin + Send> Stream<'_, R, W> {
	pub(super) async fn audit(&mut self, audit: Audit) -> Result<Said, No> {
		let inner = self.connection.inner.clone();
		let unknown = |_| Refusal::ChainUnknown;
		let drawn = inner.sessions.work(audit.work).await.map_err(unknown)?;
		let drawn = drawn.ok_or(Refusal::NoSuchWork)?;
		if drawn.pending.worker != inner.worker.number {
			return Err(Refusal::NoSuchWork.into());
		}
		let standing = inner
			.sessions
			.standing(audit.auditor, drawn.pending.at)
			.await
			.map_err(unknown)?;
		let standing = standing.ok_or(Refusal::NotDrawn)?;
		let message = self.connection.between().audit(audit.auditor, audit.work);
		if !keys::signed_by_sr25519(&audit.signature, &message, &standing.key) && on(Check::Auditor) {
			self.connection.strike();
			return Err(Refusal::NotTheAuditor.into());
		}
		// From here on it is the auditor itself who asks.
		let rate = inner.limits.auditor;
		locked(&inner.auditors)
			.take(audit.auditor, rate, 1)
			.map_err(No::Later)?;
		let (output, count) = keys::hand(audit.work, &drawn, &standing, &audit.lot).ok_or(Refusal::NotDrawn)?;
		if audit.number >= count && on(Check::Lot) {
			return Err(Refusal::NotDrawn.into());
		}
		let (answered, place, unit) = self.drawn(&audit, &drawn, &output).await?;
		let bytes = match audit.evidence {
			true => answered.evidence.bytes(),
			false => Vec::new(),
		};
		let shown = Shown {
			claim: answered.claim,
			request: answered.request.clone(),
			place,
			unit,
			evidence: match audit.evidence {
				true => answered.evidence.kind(),
				false => EvidenceKind::Nothing,
			},
			bytes: u32::try_from(bytes.len()).map_err(|_| Refusal::TooLong)?,
		};
		self.write(&Reply::Shown(Box::new(shown))).await?;
		self.pages(Of::Input, &answered.input, 0).await?;
		self.output(&answered, 0).await?;
		self.evidence(&bytes).await?;
		inner.counts.count(Counted::Audits);
		Ok(Said::All)
	}

	/// The answer that an audit is about, where it is, and the unit that was drawn.
	async fn drawn(
		&mut self,
		audit: &Audit,
		drawn: &Drawn,
		output: &Digest,
	) -> Result<(Arc<Answered>, Place, u64), No> {
		let ledger = &self.connection.inner.ledger;
		let (from, to) = drawn.pending.claims.units();
		let unit = draw::unit::<Portable>(output, audit.number, from, to);
		match (audit.work, &drawn.pending.claims) {
			(Work::Job(job), Claims::One { .. }) => {
				let answered = ledger.job(job).await?.ok_or(Refusal::Gone)?;
				Ok((answered, Place::Job, unit))
			}
			(Work::Settlement { session, .. }, Claims::Since { later, .. }) => {
				let located = ledger.covering(session, later.receipts, unit).await?;
				let located = located.ok_or(Refusal::Gone)?;
				let answered = ledger.answered(session, located.index).await?;
				let place = Place::Receipt {
					index: located.index,
					units: located.units,
					inclusion: located.inclusion,
				};
				Ok((answered, place, unit))
			}
			_ => Err(Refusal::NoSuchWork.into()),
		}
	}

	async fn evidence(&mut self, bytes: &[u8]) -> Result<(), Over> {
		for (number, bytes) in bytes.chunks(EVIDENCE_PAGE).enumerate() {
			let page = EvidencePage {
				first: u32::try_from(number.saturating_mul(EVIDENCE_PAGE)).map_err(|_| Over)?,
				bytes: Text::try_from(bytes.to_vec()).map_err(|_| Over)?,
			};
			self.write(&Reply::Evidence(page)).await?;
		}
		Ok(())
	}
}
