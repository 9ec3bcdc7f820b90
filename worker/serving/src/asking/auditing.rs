// SPDX-License-Identifier: Apache-2.0

//! What an auditor asks a worker for, whose work it is drawn to look at.

use super::{Asker, Error, Wrong};
use crate::{Signer, ledger::Output};
use atelier_primitives::{
	ids::WorkerId,
	work::{Work, draw::Lot},
};
use atelier_wire::{Audit, MAX_EVIDENCE, Of, Question, Reply, Shown, Signature};

/// What the worker showed. Whether it is what the chain has, and what the model says, is for the auditor to find out.
#[derive(Clone)]
pub struct Material {
	pub shown: Shown,
	pub input: Vec<u32>,
	pub output: Output,
	/// States or fingerprint, as `shown` says.
	pub evidence: Vec<u8>,
}

impl Asker {
	/// Asks for what one of an auditor's audits is about. The key is that of its draws (sr25519).
	pub async fn audit(
		&self,
		auditor: WorkerId,
		key: &dyn Signer,
		work: Work,
		lot: Lot,
		number: u32,
		evidence: bool,
	) -> Result<Material, Error> {
		let Signature::Sr25519(signature) = key.sign(&self.between.audit(auditor, work)) else {
			return Err(Error::OutOfTurn);
		};
		let mut line = self.line().await?;
		let audit = Audit {
			auditor,
			work,
			lot,
			number,
			evidence,
			signature,
		};
		let Reply::Shown(shown) = line.ask(&Question::Audit(audit)).await? else {
			return Err(Error::OutOfTurn);
		};
		let shown = *shown;
		let input = line.pages(Of::Input, 0, shown.claim.input_count).await?;
		let output = line.output(&shown.claim, 0).await?;
		let wanted = shown.bytes as usize;
		if wanted > MAX_EVIDENCE || (wanted > 0 && !evidence) {
			return Err(Wrong::OutOfOrder.into());
		}
		let mut bytes = Vec::new();
		while bytes.len() < wanted {
			let Reply::Evidence(page) = line.hear().await? else {
				return Err(Error::OutOfTurn);
			};
			let fits = bytes.len().saturating_add(page.bytes.len()) <= wanted;
			if page.first as usize != bytes.len() || page.bytes.is_empty() || !fits {
				return Err(Wrong::OutOfOrder.into());
			}
			bytes.extend_from_slice(&page.bytes);
		}
		Ok(Material {
			shown,
			input,
			output,
			evidence: bytes,
		})
	}
}
