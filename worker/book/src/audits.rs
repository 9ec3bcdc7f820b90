// SPDX-License-Identifier: Apache-2.0

//! What an auditor must not forget: what it was drawn for, and what it promised. A report is sealed with a salt; whoever loses
//! that between commit and reveal has audited for nothing, and whoever seals two has promised what it cannot show.

use crate::{
	Book, Error,
	checks::{Check, on},
	store::{Key, Pending, Read, tag},
};
use atelier_primitives::{
	BlockNumber,
	ids::DisputeId,
	work::{
		Work,
		draw::{self, Lot},
	},
};
use atelier_referee::hash::{Digest, Portable};
use codec::{Decode, Encode};

/// What an auditor was drawn for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Audit {
	pub work: Work,
	pub lot: Lot,
	/// What follows from the lot: the output, how many audits, and which units.
	pub output: Digest,
	pub units: Vec<u64>,
	/// The last blocks to commit and to reveal in.
	pub commit: BlockNumber,
	pub reveal: BlockNumber,
	pub report: Option<Report>,
	pub stage: Stage,
}

/// What is revealed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Report {
	pub salt: Digest,
	/// One for each audit.
	pub proofs: Vec<Digest>,
}

/// How far a report is on the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Stage {
	/// Nothing is there.
	Drawn,
	/// Its hash is there.
	Committed,
	Revealed,
}

/// A vote of a committee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Ballot {
	pub dispute: DisputeId,
	pub round: u8,
	pub wrong: bool,
	pub salt: Digest,
	pub stage: Stage,
}

impl Book {
	/// It was drawn. The same once more changes only the blocks.
	pub fn drawn(&self, audit: Audit) -> Pending<()> {
		if let Err(error) = self.worker() {
			return Pending::known(Err(error));
		}
		let most = draw::MOST_DRAWS as usize;
		if audit.units.len() > most {
			return Pending::known(Err(Error::WrongProofs {
				found: audit.units.len(),
				wanted: draw::MOST_DRAWS,
			}));
		}
		self.store.write(move |draft| {
			let key = Key::Audit(audit.work);
			let known = draft.get::<Audit>(key)?;
			let same = |known: &Audit| known.output == audit.output && known.units == audit.units;
			let audit = match known {
				// A fork may draw with another seed: then nothing of before counts, unless it was promised.
				Some(known) if !same(&known) && known.stage != Stage::Drawn => {
					return Err(Error::OtherLot(audit.work));
				}
				Some(known) if same(&known) => Audit {
					commit: audit.commit,
					reveal: audit.reveal,
					..known
				},
				_ => Audit {
					report: None,
					stage: Stage::Drawn,
					..audit
				},
			};
			draft.put(key, &audit);
			Ok(())
		})
	}

	/// Seals a report: what this returns is committed to. Once it is sealed it is the only one.
	pub fn seal(&self, work: Work, report: Report) -> Pending<Digest> {
		let worker = match self.worker() {
			Ok(worker) => worker,
			Err(error) => return Pending::known(Err(error)),
		};
		self.store.write(move |draft| {
			let mut audit: Audit = draft.get(Key::Audit(work))?.ok_or(Error::UnknownAudit(work))?;
			if audit.units.len() != report.proofs.len() {
				return Err(Error::WrongProofs {
					found: report.proofs.len(),
					wanted: u32::try_from(audit.units.len()).unwrap_or(u32::MAX),
				});
			}
			if on(Check::OneReport) && audit.report.as_ref().is_some_and(|known| *known != report) {
				return Err(Error::OtherReport(work));
			}
			let sealed = draw::sealed::<Portable>(worker, work, &report.salt, &report.proofs);
			audit.report = Some(report);
			draft.put(Key::Audit(work), &audit);
			Ok(sealed)
		})
	}

	/// How far a report is, as the chain says. Where the chain goes back, so does this.
	pub fn reported(&self, work: Work, stage: Stage) -> Pending<()> {
		self.store.write(move |draft| {
			let mut audit: Audit = draft.get(Key::Audit(work))?.ok_or(Error::UnknownAudit(work))?;
			if audit.report.is_none() && stage != Stage::Drawn {
				return Err(Error::NothingSealed(work));
			}
			audit.stage = stage;
			draft.put(Key::Audit(work), &audit);
			Ok(())
		})
	}

	/// An audit.
	pub fn audit(&self, work: Work) -> Result<Audit, Error> {
		let audit = self.store.read(|view| view.get(Key::Audit(work)))?;
		audit.ok_or(Error::UnknownAudit(work))
	}

	/// The audits after one.
	pub fn audits(&self, after: Option<Work>, most: usize) -> Result<Vec<Audit>, Error> {
		let after = after.map(|work| Key::Audit(work).bytes());
		self.store.read(|view| {
			let records = view.scan(&[tag::AUDIT], after.as_deref(), most)?;
			records.iter().map(crate::store::Record::decode).collect()
		})
	}

	/// The work is final: nobody asks for the report any more.
	pub fn forget_audit(&self, work: Work) -> Pending<()> {
		self.store.write(move |draft| {
			draft.remove(Key::Audit(work));
			Ok(())
		})
	}

	/// Seals a vote: what this returns is committed to. Once it is sealed it is the only one.
	pub fn vote(&self, dispute: DisputeId, round: u8, wrong: bool, salt: Digest) -> Pending<Digest> {
		let worker = match self.worker() {
			Ok(worker) => worker,
			Err(error) => return Pending::known(Err(error)),
		};
		self.store.write(move |draft| {
			let key = Key::Ballot(dispute, round);
			let ballot = Ballot {
				dispute,
				round,
				wrong,
				salt,
				stage: Stage::Drawn,
			};
			let known = draft.get::<Ballot>(key)?;
			let other = |known: &Ballot| (known.wrong, known.salt) != (wrong, salt);
			if on(Check::OneVote) && known.as_ref().is_some_and(other) {
				return Err(Error::OtherVote { dispute, round });
			}
			if known.as_ref().is_none_or(other) {
				draft.put(key, &ballot);
			}
			Ok(draw::ballot::<Portable>(worker, dispute, round, wrong, &salt))
		})
	}

	/// How far a vote is, as the chain says.
	pub fn voted(&self, dispute: DisputeId, round: u8, stage: Stage) -> Pending<()> {
		self.store.write(move |draft| {
			let key = Key::Ballot(dispute, round);
			let ballot: Ballot = draft.get(key)?.ok_or(Error::UnknownDispute(dispute))?;
			draft.put(key, &Ballot { stage, ..ballot });
			Ok(())
		})
	}

	/// The first votes that are remembered.
	pub fn ballots(&self, most: usize) -> Result<Vec<Ballot>, Error> {
		self.store.read(|view| {
			let records = view.scan(&[tag::BALLOT], None, most)?;
			records.iter().map(crate::store::Record::decode).collect()
		})
	}

	/// The inquiry has ended.
	pub fn forget_ballot(&self, dispute: DisputeId, round: u8) -> Pending<()> {
		self.store.write(move |draft| {
			draft.remove(Key::Ballot(dispute, round));
			Ok(())
		})
	}
}
