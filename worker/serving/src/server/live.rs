// SPDX-License-Identifier: Apache-2.0

//! A session that is attached: how much of it is being served, and how much is unsigned.
//!
//! What an answer can cost at most is kept free of the window and of the deposit before it begins. When its receipt is in the
//! book, what it did cost is unsigned until a voucher pays for it. So whatever the requester does, it never has more than the
//! window for nothing; not by many answers at once either.

use super::{
	limits::{Bucket, Rate},
	tape::Tape,
};
use crate::{
	Terms,
	checks::{Check, on},
	ledger::Kept,
	locked,
};
use atelier_referee::hash::Digest;
use atelier_wire::Refusal;
use std::{
	collections::{BTreeMap, VecDeque},
	sync::{Arc, Mutex},
	time::Duration,
};

/// Answers that are kept after their end, for who lost the stream just then. A voucher for them shows that they are not needed.
const RECENT: usize = 8;

pub(super) struct Live {
	state: Mutex<State>,
	/// Receipts get their places one after the other.
	pub appending: tokio::sync::Mutex<()>,
}

struct State {
	terms: Terms,
	kept: Kept,
	/// Most units that the answers which are being made can cost.
	reserved: u64,
	running: BTreeMap<Digest, Arc<Tape>>,
	/// With the number of receipts when they ended.
	recent: VecDeque<(Digest, u64, Arc<Tape>)>,
	bucket: Bucket,
	attached: usize,
}

/// What came of wanting an answer.
pub(super) enum Room {
	/// It is to be made.
	Made(Arc<Tape>),
	/// It is being made, or was, for the same request.
	Same(Arc<Tape>),
}

/// Why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NoRoom {
	pub refusal: Refusal,
	pub fact: String,
}

impl Live {
	pub fn new(terms: Terms, kept: Kept) -> Self {
		Self {
			state: Mutex::new(State {
				terms,
				kept,
				reserved: 0,
				running: BTreeMap::new(),
				recent: VecDeque::new(),
				bucket: Bucket::new(),
				attached: 0,
			}),
			appending: tokio::sync::Mutex::new(()),
		}
	}

	pub fn terms(&self) -> Terms {
		locked(&self.state).terms.clone()
	}

	/// What the chain says of it now.
	pub fn renew(&self, terms: Terms) {
		locked(&self.state).terms = terms;
	}

	pub fn kept(&self) -> Kept {
		locked(&self.state).kept
	}

	/// Units that nobody has signed.
	pub fn unsigned(&self) -> u64 {
		let state = locked(&self.state);
		state.unsigned()
	}

	pub fn take(&self, rate: Rate) -> Result<(), Duration> {
		locked(&self.state).bucket.take(rate, 1)
	}

	/// Keeps room for an answer that can cost so much.
	pub fn reserve(&self, root: Digest, most: u64, answers: usize) -> Result<Room, NoRoom> {
		let mut state = locked(&self.state);
		if let Some(tape) = state.same(&root).filter(|_| on(Check::Same)) {
			return Ok(Room::Same(tape));
		}
		if state.running.len() >= answers {
			let fact = format!("{answers} at once");
			return Err(NoRoom {
				refusal: Refusal::TooManyAnswers,
				fact,
			});
		}
		state.check(most)?;
		let tape = Arc::new(Tape::new());
		state.reserved = state.reserved.saturating_add(most);
		state.running.insert(root, tape.clone());
		Ok(Room::Made(tape))
	}

	/// It was not made, or nothing of it is to be paid.
	pub fn release(&self, root: &Digest, most: u64) {
		let mut state = locked(&self.state);
		state.reserved = state.reserved.saturating_sub(most);
		state.running.remove(root);
	}

	/// Its receipt is in the book.
	pub fn enter(&self, root: &Digest, most: u64, kept: Kept) {
		let mut state = locked(&self.state);
		state.reserved = state.reserved.saturating_sub(most);
		state.advance(kept);
		if let Some(tape) = state.running.remove(root) {
			if state.recent.len() >= RECENT {
				state.recent.pop_front();
			}
			state.recent.push_back((*root, kept.root.receipts, tape));
		}
	}

	/// It was given away, and its receipt could not be kept: what it can cost at most is never served again.
	pub fn lose(&self, root: &Digest) {
		locked(&self.state).running.remove(root);
	}

	/// A voucher is in the book.
	pub fn pay(&self, kept: Kept) {
		let mut state = locked(&self.state);
		state.advance(kept);
		let signed = state.kept.signed.receipts;
		state.recent.retain(|(_, receipts, _)| *receipts > signed);
	}

	/// Ends everything that is being made.
	pub fn cut_all(&self) {
		for tape in locked(&self.state).running.values() {
			tape.cut();
		}
	}

	pub fn attach(&self) {
		let mut state = locked(&self.state);
		state.attached = state.attached.saturating_add(1);
	}

	pub fn detach(&self) {
		let mut state = locked(&self.state);
		state.attached = state.attached.saturating_sub(1);
	}

	/// Whether nothing would be forgotten with it.
	pub fn idle(&self) -> bool {
		let state = locked(&self.state);
		state.attached == 0 && state.reserved == 0 && state.running.is_empty()
	}
}

impl State {
	fn unsigned(&self) -> u64 {
		self.kept.root.units.saturating_sub(self.kept.signed.units)
	}

	fn same(&self, root: &Digest) -> Option<Arc<Tape>> {
		let ended = || self.recent.iter().find(|(other, ..)| other == root);
		let tape = self.running.get(root).or_else(|| ended().map(|(.., tape)| tape));
		tape.cloned()
	}

	fn check(&self, most: u64) -> Result<(), NoRoom> {
		let no = |refusal, fact| Err(NoRoom { refusal, fact });
		let window = self.terms.window;
		let taken = self.unsigned().saturating_add(self.reserved);
		if on(Check::Window) {
			if most > window {
				let fact = format!("{most} units, of a window of {window}");
				return no(Refusal::WindowTooSmall, fact);
			}
			if taken.saturating_add(most) > window {
				let fact = format!("{most} units, and {taken} of {window} are taken");
				return no(Refusal::WindowTaken, fact);
			}
		}
		let all = self.kept.root.units.saturating_add(self.reserved).saturating_add(most);
		let price = self.terms.rates.price(all);
		if price.is_none_or(|price| price > self.terms.deposit) && on(Check::Deposit) {
			let fact = format!("{all} units in all, of a deposit of {}", self.terms.deposit);
			return no(Refusal::DepositExhausted, fact);
		}
		Ok(())
	}

	/// Answers and vouchers are told in any order; the book only grows.
	fn advance(&mut self, kept: Kept) {
		if kept.root.receipts > self.kept.root.receipts {
			self.kept.root = kept.root;
		}
		if kept.sequence > self.kept.sequence || !on(Check::Sequence) {
			self.kept.sequence = kept.sequence;
			self.kept.signed = kept.signed;
		}
	}
}
