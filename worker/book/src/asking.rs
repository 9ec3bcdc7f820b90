// SPDX-License-Identifier: Apache-2.0

//! A requester's side of a session: what it asked, what it got, what it signed.
//!
//! 1. It puts its question into the book ([`Book::ask`]), then sends it.
//! 2. The answer goes into the book with its claim ([`Book::receive`]), if it is about a question that is there.
//! 3. [`Book::sign`] makes the next voucher, over everything that was received. It is in the book before anybody sees it: after a
//!    crash the same voucher comes out again, never one for less, never another with the same sequence.
//! 4. [`Book::signature`] keeps the signature, so that the voucher can be sent again.
//!
//! Worker and requester may have crashed at different moments. [`Book::resume`] says what is missing on which side.

use crate::{
	Book, Error, Signature,
	answer::{Answered, Contents, Output, Packed, States},
	checks::{Check, on},
	session::{Appended, Newest, Record, Stored, add, fits, load, save},
	store::{Key, Pending, Read},
};
use atelier_primitives::{BlockNumber, ids::SessionId, work::voucher::Voucher};
use atelier_referee::{
	claim::{Claim, Request},
	commit::{Kind, mountain::Root},
	hash::{Digest, Portable},
};
use codec::{Decode, Encode};

/// Most questions of a session that wait for their answers.
pub const MAX_ASKED: usize = 64;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Asked {
	pub request: Request,
	/// The tokens of the input.
	pub input: Vec<u32>,
}

/// What a worker says of a session, compared with the requester's book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resume {
	/// Both know the same receipts.
	Even,
	/// The worker has given answers that the book does not have: it shows their claims and answers, in order.
	Behind {
		/// The first one.
		from: u64,
		/// How many there are.
		missing: u64,
	},
	/// The worker has lost receipts that the book has. Nothing is signed in this session any more.
	Ahead { worker: u64 },
}

impl Book {
	/// A question, before it is sent.
	pub fn ask(&self, session: SessionId, asked: Asked) -> Pending<()> {
		if let Err(error) = self.requester().and_then(|()| committed(&asked)) {
			return Pending::known(Err(error));
		}
		self.store.write(move |draft| {
			load(draft, session)?;
			let key = Key::Asked(session, asked.request.root::<Portable>());
			if draft.has(key)? {
				return Ok(());
			}
			let waiting = draft.scan(&Key::all_asked(session), None, MAX_ASKED)?.len();
			if waiting >= MAX_ASKED {
				return Err(Error::TooManyAsked(waiting));
			}
			draft.put(key, &asked);
			Ok(())
		})
	}

	/// It will not be answered.
	pub fn unask(&self, session: SessionId, request: Digest) -> Pending<()> {
		self.store.write(move |draft| {
			draft.remove(Key::Asked(session, request));
			Ok(())
		})
	}

	/// The questions that wait for their answers.
	pub fn asked(&self, session: SessionId) -> Result<Vec<Asked>, Error> {
		let records = |view: &crate::store::View| view.scan(&Key::all_asked(session), None, MAX_ASKED);
		self.store
			.read(|view| records(view)?.iter().map(crate::store::Record::decode).collect())
	}

	/// An answer, with what the worker claims of it. The same once more changes nothing.
	pub fn receive(&self, session: SessionId, claim: Claim, output: Output) -> Pending<Appended> {
		let answered = self
			.requester()
			.and_then(|()| self.question(session, &claim))
			.and_then(|asked| {
				let answered = Answered {
					claim,
					request: asked.request,
					contents: Contents {
						input: asked.input,
						output,
						states: States::Unknown,
						sent: None,
					},
				};
				answered.check()?;
				let packed = Packed::new(&answered)?;
				Ok((answered, packed))
			});
		let (answered, packed) = match answered {
			Ok(answered) => answered,
			Err(error) => return Pending::known(Err(error)),
		};
		let genesis = self.genesis;
		self.store.write(move |draft| {
			let mut record = load(draft, session)?;
			let index = fits(&genesis, session, &record.terms, &answered)?;
			let may = |record: &Record, units| record.terms.affords(units);
			let appended = add(draft, &mut record, index, &answered, &packed, may)?;
			draft.remove(Key::Asked(session, claim.request));
			Ok(appended)
		})
	}

	/// What a claim is about: a question that waits, or one whose answer with this claim came already.
	fn question(&self, session: SessionId, claim: &Claim) -> Result<Asked, Error> {
		let waiting = self
			.store
			.read(|view| view.get::<Asked>(Key::Asked(session, claim.request)))?;
		if let Some(asked) = waiting {
			return Ok(asked);
		}
		match crate::answer::whole(&self.store, claim.origin)? {
			Some(known) if known.claim == *claim => Ok(Asked {
				request: known.request,
				input: known.contents.input,
			}),
			_ => Err(Error::NeverAsked),
		}
	}

	/// The voucher for everything that was received. To be signed and sent when this is done; before another receipt it is always
	/// the same one.
	pub fn sign(&self, session: SessionId, at: BlockNumber) -> Pending<Voucher> {
		if let Err(error) = self.requester() {
			return Pending::known(Err(error));
		}
		self.store.write(move |draft| {
			let mut record = load(draft, session)?;
			let root = Stored::of(draft, &record).root()?;
			if let Some(newest) = &record.newest
				&& newest.voucher.receipts == root
			{
				return Ok(newest.voucher);
			}
			if root.receipts == 0 {
				return Err(Error::NothingSigned);
			}
			record.terms.affords(root.units)?;
			let sequence = record.sequence().checked_add(1).ok_or(Error::NoNumbersLeft)?;
			let voucher = Voucher {
				session,
				sequence,
				receipts: root,
			};
			if on(Check::SignedOnce) {
				record.newest = Some(Newest {
					voucher,
					signature: None,
					at,
				});
				save(draft, &record)?;
			}
			Ok(voucher)
		})
	}

	/// The signature of the newest voucher.
	pub fn signature(&self, session: SessionId, sequence: u64, signature: Signature) -> Pending<()> {
		if let Err(error) = self.requester() {
			return Pending::known(Err(error));
		}
		self.store.write(move |draft| {
			let mut record = load(draft, session)?;
			let newest = record.sequence();
			match record.newest.as_mut() {
				Some(newest) if newest.voucher.sequence == sequence => newest.signature = Some(signature),
				_ => {
					return Err(Error::SequenceNotLarger {
						found: sequence,
						newest,
					});
				}
			}
			save(draft, &record)
		})
	}

	/// The newest voucher, to be sent again; without a signature where a crash came between.
	pub fn newest(&self, session: SessionId) -> Result<Option<(Voucher, Option<Signature>)>, Error> {
		let record = self.store.read(|view| load(view, session))?;
		Ok(record.newest.map(|newest| (newest.voucher, newest.signature)))
	}

	/// What is to be done about what a worker says of a session.
	pub fn resume(&self, session: SessionId, theirs: &Root) -> Result<Resume, Error> {
		self.store.read(|view| {
			let record = load(view, session)?;
			let ours = record.receipts;
			if let Some(missing) = theirs.receipts.checked_sub(ours).filter(|missing| *missing > 0) {
				return Ok(Resume::Behind { from: ours, missing });
			}
			if !Stored::of(view, &record).has(theirs)? {
				return Err(Error::OtherRoot {
					receipts: theirs.receipts,
				});
			}
			Ok(if theirs.receipts == ours {
				Resume::Even
			} else {
				Resume::Ahead {
					worker: theirs.receipts,
				}
			})
		})
	}
}

fn committed(asked: &Asked) -> Result<(), Error> {
	let contents = Contents {
		input: asked.input.clone(),
		output: Output::Leaves(Vec::new()),
		states: States::Unknown,
		sent: None,
	};
	let count = u32::try_from(asked.input.len());
	if count != Ok(asked.request.input_count) {
		return Err(Error::NotCommitted("the number of tokens of the input"));
	}
	if contents.tree(Kind::Input)?.commitment() == asked.request.input {
		Ok(())
	} else {
		Err(Error::NotCommitted("the input"))
	}
}
