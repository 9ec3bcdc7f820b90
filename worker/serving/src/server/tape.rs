// SPDX-License-Identifier: Apache-2.0

//! What was said of an answer so far. Who makes it writes, any number of streams read, each at its own pace: a slow one holds up
//! nobody, and costs no more memory than the answer has. One that was lost is followed again from where it was.

use crate::{ledger::LedgerError, locked};
use atelier_wire::{Done, MAX_PIECE, MAX_PIECE_TEXT, Piece, Refusal, Text, Tokens, Vector};
use std::{sync::Mutex, time::Duration};
use tokio::{sync::watch, time::timeout};

/// How an answer ended.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
#[derive(Clone, Debug)]
pub(super) enum End {
	/// With a receipt.
	Done(Done),
	/// Without one.
	Refused(Refusal),
}

pub(super) struct Tape {
	said: Mutex<Said>,
	/// Changes whenever more is said.
	news: watch::Sender<()>,
	readers: watch::Sender<usize>,
	/// Somebody wants it to end.
	cut: watch::Sender<bool>,
}

#[derive(Default)]
struct Said {
	tokens: Vec<u32>,
	text: String,
	/// How long the text was after each token.
	marks: Vec<usize>,
	vector: Option<Vector>,
	end: Option<End>,
}

/// How far somebody has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
	token: usize,
	/// None: the text is not wanted.
	text: Option<usize>,
}

/// Reads a tape, until it is dropped.
pub(super) struct Reader<'a>(&'a Tape);

impl Drop for Reader<'_> {
	fn drop(&mut self) {
		self.0
			.readers
			.send_modify(|readers| *readers = readers.saturating_sub(1));
	}
}

impl Tape {
	pub fn new() -> Self {
		Self {
			said: Mutex::default(),
			news: watch::Sender::new(()),
			readers: watch::Sender::new(0),
			cut: watch::Sender::new(false),
		}
	}

	pub fn push(&self, token: u32, text: &str) {
		let mut said = locked(&self.said);
		said.tokens.push(token);
		said.text.push_str(text);
		let mark = said.text.len();
		said.marks.push(mark);
		drop(said);
		self.news.send_replace(());
	}

	pub fn set_vector(&self, vector: Vector) {
		locked(&self.said).vector = Some(vector);
	}

	/// Only the first end counts.
	pub fn end(&self, end: End) {
		locked(&self.said).end.get_or_insert(end);
		self.news.send_replace(());
	}

	pub fn made(&self) -> usize {
		locked(&self.said).tokens.len()
	}

	pub fn tokens(&self) -> Vec<u32> {
		locked(&self.said).tokens.clone()
	}

	pub fn ended(&self) -> Option<End> {
		locked(&self.said).end.clone()
	}

	pub fn vector(&self) -> Option<Vector> {
		locked(&self.said).vector.clone()
	}

	/// The place after so many tokens. None: there are not so many.
	pub fn at(&self, token: u32, text: bool) -> Option<At> {
		let said = locked(&self.said);
		let token = usize::try_from(token).ok()?;
		let mark = match token.checked_sub(1) {
			None => 0,
			Some(last) => *said.marks.get(last)?,
		};
		Some(At {
			token,
			text: text.then_some(mark),
		})
	}

	/// What comes next, as much as a piece has room for; none if nothing does yet.
	pub fn next(&self, at: &mut At) -> Option<Piece> {
		let said = locked(&self.said);
		let end = at.token.saturating_add(MAX_PIECE).min(said.tokens.len());
		let tokens = said.tokens.get(at.token..end)?;
		let mark = end.checked_sub(1).and_then(|last| said.marks.get(last)).copied();
		let mut text = "";
		if let (Some(from), Some(mark)) = (&mut at.text, mark) {
			let room = said.text.floor_char_boundary(from.saturating_add(MAX_PIECE_TEXT));
			let to = mark.min(room).max(*from);
			text = said.text.get(*from..to)?;
			*from = to;
		}
		if tokens.is_empty() && text.is_empty() {
			return None;
		}
		let piece = Piece {
			first: u32::try_from(at.token).ok()?,
			tokens: Tokens::try_from(tokens.to_vec()).ok()?,
			text: Text::try_from(text.as_bytes().to_vec()).ok()?,
		};
		at.token = end;
		Some(piece)
	}

	pub fn news(&self) -> watch::Receiver<()> {
		self.news.subscribe()
	}

	pub fn read(&self) -> Reader<'_> {
		self.readers.send_modify(|readers| *readers = readers.saturating_add(1));
		Reader(self)
	}

	pub fn cut(&self) {
		self.cut.send_replace(true);
	}

	/// Until somebody wants it to end, or nobody has read it for so long.
	pub async fn unwanted(&self, linger: Duration) {
		let mut cut = self.cut.subscribe();
		tokio::select! {
			_ = cut.wait_for(|cut| *cut) => (),
			() = self.unread(linger) => (),
		}
	}

	async fn unread(&self, linger: Duration) {
		let mut readers = self.readers.subscribe();
		loop {
			if readers.wait_for(|readers| *readers == 0).await.is_err() {
				return;
			}
			if timeout(linger, readers.wait_for(|readers| *readers > 0)).await.is_err() {
				return;
			}
		}
	}
}

/// What somebody is told whom the ledger refused something.
pub(super) fn refusal_of(error: &LedgerError) -> Refusal {
	match error {
		LedgerError::OldSequence { .. } => Refusal::OldSequence,
		LedgerError::NothingNew { .. } => Refusal::NothingNew,
		LedgerError::UnknownRoot { .. } => Refusal::UnknownRoot,
		LedgerError::NoSuchReceipt => Refusal::NoSuchReceipt,
		LedgerError::Gone => Refusal::Gone,
		LedgerError::NoSession | LedgerError::NotNext { .. } | LedgerError::Failed { .. } => Refusal::LedgerFailed,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn all(tape: &Tape, from: u32, wanted: bool) -> (Vec<u32>, String) {
		let (mut tokens, mut text) = (Vec::new(), Vec::new());
		let mut at = tape.at(from, wanted).unwrap();
		while let Some(piece) = tape.next(&mut at) {
			assert_eq!(piece.first as usize, from as usize + tokens.len());
			tokens.extend_from_slice(&piece.tokens);
			text.extend_from_slice(&piece.text);
		}
		(tokens, String::from_utf8(text).unwrap())
	}

	#[test]
	fn is_read_from_anywhere_in_pieces_that_have_room() {
		let tape = Tape::new();
		let long = "ä".repeat(MAX_PIECE_TEXT);
		for token in 0..700 {
			tape.push(token, if token == 300 { &long } else { "b" });
		}
		let (tokens, text) = all(&tape, 0, true);
		assert_eq!(tokens, (0..700).collect::<Vec<_>>());
		assert_eq!(text.len(), 699 + long.len());
		let (tokens, text) = all(&tape, 650, true);
		assert_eq!((tokens.len(), text), (50, "b".repeat(50)));
		assert_eq!(all(&tape, 700, true), (Vec::new(), String::new()));
		assert_eq!(all(&tape, 0, false).1, "");
		assert_eq!(tape.at(701, true), None);
	}
}
