// SPDX-License-Identifier: Apache-2.0

//! A book that forgets everything with its process: for tests, and for measuring what is above.

use super::{Answered, Kept, Ledger, LedgerError, Located};
use crate::{
	Terms,
	checks::{Check, on},
	locked,
};
use atelier_primitives::{
	ids::{JobId, SessionId},
	work::{price::units, voucher::Voucher},
};
use atelier_referee::{
	claim::{Claim, Origin, Request},
	commit::mountain::{Receipt, Receipts, Root},
	hash::Portable,
};
use atelier_wire::{Quote, Signature};
use futures::{FutureExt, future::BoxFuture};
use std::{
	collections::HashMap,
	future::ready,
	sync::{Arc, Mutex},
};

#[derive(Default)]
pub struct Memory(Mutex<Inner>);

#[derive(Default)]
struct Inner {
	sessions: HashMap<SessionId, Session>,
	quotes: u64,
	handed: HashMap<JobId, (Request, Vec<u32>)>,
	jobs: HashMap<JobId, Arc<Answered>>,
	/// What nobody will ask for again is not kept.
	forgets: bool,
	fails: bool,
}

struct Session {
	receipts: Receipts,
	answers: Vec<Option<Arc<Answered>>>,
	signed: Root,
	sequence: u64,
	/// The newest voucher.
	newest: Option<(Voucher, Signature)>,
}

impl Session {
	fn new() -> Self {
		Self {
			receipts: Receipts::new(),
			answers: Vec::new(),
			signed: Root::empty::<Portable>(),
			sequence: 0,
			newest: None,
		}
	}

	fn kept(&self) -> Result<Kept, LedgerError> {
		Ok(Kept {
			root: self.receipts.root::<Portable>().map_err(failed)?,
			signed: self.signed,
			sequence: self.sequence,
		})
	}
}

fn failed(error: atelier_referee::commit::Error) -> LedgerError {
	LedgerError::Failed {
		reason: error.to_string(),
	}
}

impl Memory {
	/// One that keeps receipts only, and nothing that they are about.
	pub fn forgetful() -> Self {
		let memory = Self::default();
		locked(&memory.0).forgets = true;
		memory
	}

	/// From now on nothing can be written, as on a disk that is full.
	pub fn fail(&self, fails: bool) {
		locked(&self.0).fails = fails;
	}

	/// The newest voucher of a session.
	pub fn newest(&self, session: SessionId) -> Option<(Voucher, Signature)> {
		locked(&self.0).sessions.get(&session)?.newest
	}

	/// What was handed over for a job.
	pub fn handed(&self, job: JobId) -> Option<(Request, Vec<u32>)> {
		locked(&self.0).handed.get(&job).cloned()
	}

	/// What a job was answered with.
	pub fn answer_job(&self, job: JobId, answered: Answered) {
		locked(&self.0).jobs.insert(job, Arc::new(answered));
	}

	fn write<T>(&self, act: impl FnOnce(&mut Inner) -> Result<T, LedgerError>) -> Result<T, LedgerError> {
		let mut inner = locked(&self.0);
		if inner.fails {
			return Err(LedgerError::Failed {
				reason: "there is no room on the disk".into(),
			});
		}
		act(&mut inner)
	}

	fn read<T>(
		&self,
		session: SessionId,
		act: impl FnOnce(&Session) -> Result<T, LedgerError>,
	) -> Result<T, LedgerError> {
		act(locked(&self.0).sessions.get(&session).ok_or(LedgerError::NoSession)?)
	}
}

fn append(inner: &mut Inner, id: SessionId, answered: Answered) -> Result<Root, LedgerError> {
	let forgets = inner.forgets;
	let session = inner.sessions.get_mut(&id).ok_or(LedgerError::NoSession)?;
	let next = session.receipts.count();
	match answered.claim.origin {
		Origin::Session { session, index } if session == id.0 && index == next => (),
		Origin::Session { index, .. } => return Err(LedgerError::NotNext { found: index, next }),
		Origin::Job(_) => return Err(LedgerError::NoSession),
	}
	let claim = &answered.claim;
	let receipt = Receipt {
		claim: claim.leaf::<Portable>(),
		units: units(claim.input_count, claim.output_count),
	};
	session.receipts.append::<Portable>(receipt).map_err(failed)?;
	session.answers.push((!forgets).then(|| Arc::new(answered)));
	session.receipts.root::<Portable>().map_err(failed)
}

fn voucher(inner: &mut Inner, voucher: Voucher, signature: Signature) -> Result<Kept, LedgerError> {
	let session = inner.sessions.get_mut(&voucher.session).ok_or(LedgerError::NoSession)?;
	let Root { receipts, .. } = voucher.receipts;
	if voucher.sequence <= session.sequence && on(Check::Sequence) {
		return Err(LedgerError::OldSequence { last: session.sequence });
	}
	if receipts <= session.signed.receipts && on(Check::Sequence) {
		return Err(LedgerError::NothingNew {
			receipts: session.signed.receipts,
		});
	}
	let right = session.receipts.root_of_first::<Portable>(receipts);
	if right != Ok(voucher.receipts) && on(Check::Root) {
		return Err(LedgerError::UnknownRoot { receipts });
	}
	session.sequence = voucher.sequence;
	session.signed = voucher.receipts;
	session.newest = Some((voucher, signature));
	session.kept()
}

impl Ledger for Memory {
	fn open(&self, terms: &Terms) -> BoxFuture<'_, Result<Kept, LedgerError>> {
		let session = terms.session;
		let kept = self.write(|inner| inner.sessions.entry(session).or_insert_with(Session::new).kept());
		ready(kept).boxed()
	}

	fn append(&self, session: SessionId, answered: Answered) -> BoxFuture<'_, Result<Root, LedgerError>> {
		ready(self.write(|inner| append(inner, session, answered))).boxed()
	}

	fn voucher(&self, signed: Voucher, signature: Signature) -> BoxFuture<'_, Result<Kept, LedgerError>> {
		ready(self.write(|inner| voucher(inner, signed, signature))).boxed()
	}

	fn claims(&self, session: SessionId, first: u64, most: usize) -> BoxFuture<'_, Result<Vec<Claim>, LedgerError>> {
		let claims = self.read(session, |session| {
			let first = usize::try_from(first).unwrap_or(usize::MAX);
			let answers = session.answers.iter().skip(first).take(most);
			answers
				.map(|answer| answer.as_ref().map(|answer| answer.claim).ok_or(LedgerError::Gone))
				.collect()
		});
		ready(claims).boxed()
	}

	fn answered(&self, session: SessionId, index: u64) -> BoxFuture<'_, Result<Arc<Answered>, LedgerError>> {
		let answered = self.read(session, |session| {
			let index = usize::try_from(index).map_err(|_| LedgerError::NoSuchReceipt)?;
			let answer = session.answers.get(index).ok_or(LedgerError::NoSuchReceipt)?;
			answer.clone().ok_or(LedgerError::Gone)
		});
		ready(answered).boxed()
	}

	fn root_of_first(&self, session: SessionId, receipts: u64) -> BoxFuture<'_, Result<Option<Root>, LedgerError>> {
		ready(self.read(session, |session| {
			Ok(session.receipts.root_of_first::<Portable>(receipts).ok())
		}))
		.boxed()
	}

	fn covering(
		&self,
		session: SessionId,
		receipts: u64,
		unit: u64,
	) -> BoxFuture<'_, Result<Option<Located>, LedgerError>> {
		let located = self.read(session, |session| {
			let Some((index, interval)) = session.receipts.covering(unit) else {
				return Ok(None);
			};
			let inclusion = session.receipts.prove::<Portable>(receipts, index).map_err(failed)?;
			Ok(Some(Located {
				index,
				units: interval.to.saturating_sub(interval.from),
				inclusion,
			}))
		});
		ready(located).boxed()
	}

	fn quote(&self, quote: Quote) -> BoxFuture<'_, Result<Quote, LedgerError>> {
		ready(self.write(|inner| {
			inner.quotes = inner.quotes.saturating_add(1);
			let number = inner.quotes;
			Ok(Quote { number, ..quote })
		}))
		.boxed()
	}

	fn hand(&self, job: JobId, request: Request, input: Vec<u32>) -> BoxFuture<'_, Result<(), LedgerError>> {
		ready(self.write(|inner| {
			inner.handed.entry(job).or_insert((request, input));
			Ok(())
		}))
		.boxed()
	}

	fn job(&self, job: JobId) -> BoxFuture<'_, Result<Option<Arc<Answered>>, LedgerError>> {
		ready(Ok(locked(&self.0).jobs.get(&job).cloned())).boxed()
	}
}
