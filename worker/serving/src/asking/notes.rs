// SPDX-License-Identifier: Apache-2.0

//! What a requester must not forget: what it asked, what it received, what it signed. Its book keeps it on disk; [`Jotter`] does
//! not.
//!
//! A voucher is over the receipts in these notes and nothing else, and its sequence is in them before it is signed. So a
//! requester never signs less than before, never two roots with one sequence, and never a receipt that it did not look at.

use crate::{
	checks::{Check, on},
	ledger::Output,
	locked,
};
use atelier_primitives::{
	ids::SessionId,
	work::{price::units, voucher::Voucher},
};
use atelier_referee::{
	claim::{Claim, Request},
	commit::mountain::{Peaks, Receipt, Root},
	hash::{Digest, Portable},
};
use futures::{FutureExt, future::BoxFuture};
use std::{
	collections::{BTreeMap, HashMap},
	future::ready,
	sync::Mutex,
};

/// How far a session is, as its requester knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ours {
	/// Of what was received.
	pub root: Root,
	/// Of what was signed, with its sequence.
	pub signed: Root,
	pub sequence: u64,
}

/// What is known of a request.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
	Never,
	Waiting,
	/// It has this receipt.
	Answered(u64, Claim),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotesError {
	#[error("the receipt is for place {found}, and {next} is next")]
	NotNext { found: u64, next: u64 },
	#[error("with the receipt the root is not the one that the worker says")]
	AnotherRoot,
	#[error("the request was never asked, or has a receipt already")]
	NotWaiting,
	#[error("nothing was received yet")]
	NothingReceived,
	#[error("the notes cannot be written or read: {reason}")]
	Failed { reason: String },
}

/// A receipt whose claim was looked at.
#[derive(Clone)]
pub struct Looked {
	/// The request as it was asked, by its root.
	pub asked: Digest,
	/// What the claim is about: if it was cut, the same request with a lower limit.
	pub request: Request,
	pub index: u64,
	pub claim: Claim,
	pub output: Output,
	/// What the worker says is the root with it.
	pub root: Root,
}

/// A requester's book. Whatever it returns as done is done for good: after a crash too.
pub trait Notes: Send + Sync {
	/// Begins a session, or says how far it is.
	fn open(&self, session: SessionId) -> BoxFuture<'_, Result<Ours, NotesError>>;

	/// Before something is asked.
	fn ask(&self, session: SessionId, request: &Request, input: &[u32]) -> BoxFuture<'_, Result<(), NotesError>>;

	/// It was refused: a receipt for it would be a forgery.
	fn unask(&self, session: SessionId, request: Digest) -> BoxFuture<'_, Result<(), NotesError>>;

	/// What is known of a request, by its root as it was asked.
	fn asked(&self, session: SessionId, request: Digest) -> BoxFuture<'_, Result<Asked, NotesError>>;

	/// What was asked and has no receipt.
	fn waiting(&self, session: SessionId) -> BoxFuture<'_, Result<Vec<Request>, NotesError>>;

	/// Adds a receipt that was looked at: for the next place, of a request that waits.
	fn receive(&self, session: SessionId, receipt: Looked) -> BoxFuture<'_, Result<Ours, NotesError>>;

	/// What is to be signed for all receipts: with the next sequence, or again as it was if there is nothing new.
	fn sign(&self, session: SessionId) -> BoxFuture<'_, Result<Voucher, NotesError>>;
}

/// Notes that are gone with their process.
#[derive(Default)]
pub struct Jotter {
	sessions: Mutex<HashMap<SessionId, Session>>,
	/// What was answered and signed for is not kept.
	forgets: bool,
}

struct Session {
	peaks: Peaks,
	ours: Ours,
	waiting: BTreeMap<Digest, Request>,
	answered: BTreeMap<Digest, (u64, Claim)>,
}

impl Session {
	fn new() -> Self {
		let empty = Root::empty::<Portable>();
		Self {
			peaks: Peaks::new(),
			ours: Ours {
				root: empty,
				signed: empty,
				sequence: 0,
			},
			waiting: BTreeMap::new(),
			answered: BTreeMap::new(),
		}
	}

	fn receive(&mut self, receipt: &Looked) -> Result<Ours, NotesError> {
		let Looked {
			asked: request,
			index,
			claim,
			root,
			..
		} = *receipt;
		let next = self.peaks.receipts();
		if index != next {
			return Err(NotesError::NotNext { found: index, next });
		}
		if !self.waiting.contains_key(&request) && on(Check::Once) {
			return Err(NotesError::NotWaiting);
		}
		let failed = |error: atelier_referee::commit::Error| NotesError::Failed {
			reason: error.to_string(),
		};
		let receipt = Receipt {
			claim: claim.leaf::<Portable>(),
			units: units(claim.input_count, claim.output_count),
		};
		let mut peaks = self.peaks.clone();
		peaks.append::<Portable>(&receipt).map_err(failed)?;
		if peaks.root::<Portable>().map_err(failed)? != root && on(Check::Extends) {
			return Err(NotesError::AnotherRoot);
		}
		self.peaks = peaks;
		self.ours.root = root;
		self.waiting.remove(&request);
		self.answered.insert(request, (index, claim));
		Ok(self.ours)
	}
}

impl Jotter {
	/// Notes that know nothing of an answer once it is received: only who never asks the same twice can use them.
	pub fn forgetful() -> Self {
		Self {
			forgets: true,
			..Self::default()
		}
	}

	fn with<T: Send + 'static>(
		&self,
		session: SessionId,
		act: impl FnOnce(&mut Session) -> Result<T, NotesError>,
	) -> BoxFuture<'_, Result<T, NotesError>> {
		let mut all = locked(&self.sessions);
		ready(act(all.entry(session).or_insert_with(Session::new))).boxed()
	}
}

impl Notes for Jotter {
	fn open(&self, session: SessionId) -> BoxFuture<'_, Result<Ours, NotesError>> {
		self.with(session, |session| Ok(session.ours))
	}

	fn ask(&self, session: SessionId, request: &Request, _: &[u32]) -> BoxFuture<'_, Result<(), NotesError>> {
		let (root, request) = (request.root::<Portable>(), request.clone());
		self.with(session, |session| {
			if !session.answered.contains_key(&root) {
				session.waiting.insert(root, request);
			}
			Ok(())
		})
	}

	fn unask(&self, session: SessionId, request: Digest) -> BoxFuture<'_, Result<(), NotesError>> {
		self.with(session, move |session| {
			session.waiting.remove(&request);
			Ok(())
		})
	}

	fn asked(&self, session: SessionId, request: Digest) -> BoxFuture<'_, Result<Asked, NotesError>> {
		self.with(session, |session| {
			Ok(match session.answered.get(&request) {
				Some((index, claim)) => Asked::Answered(*index, *claim),
				None if session.waiting.contains_key(&request) => Asked::Waiting,
				None => Asked::Never,
			})
		})
	}

	fn waiting(&self, session: SessionId) -> BoxFuture<'_, Result<Vec<Request>, NotesError>> {
		self.with(session, |session| Ok(session.waiting.values().cloned().collect()))
	}

	fn receive(&self, session: SessionId, receipt: Looked) -> BoxFuture<'_, Result<Ours, NotesError>> {
		let forgets = self.forgets;
		self.with(session, move |session| {
			let received = session.receive(&receipt)?;
			if forgets {
				session.answered.clear();
			}
			Ok(received)
		})
	}

	fn sign(&self, id: SessionId) -> BoxFuture<'_, Result<Voucher, NotesError>> {
		self.with(id, |session| {
			let ours = &mut session.ours;
			if ours.root.receipts == 0 {
				return Err(NotesError::NothingReceived);
			}
			if ours.root.receipts > ours.signed.receipts {
				ours.signed = ours.root;
				ours.sequence = ours.sequence.saturating_add(1);
			}
			Ok(Voucher {
				session: id,
				sequence: ours.sequence,
				receipts: ours.signed,
			})
		})
	}
}
