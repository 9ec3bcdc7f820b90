// SPDX-License-Identifier: Apache-2.0

//! What a Croissant file cannot say, and what its owner says instead.

use super::{Croissant, licence, size::Size};
use crate::{Error, content::Content};
use atelier_primitives::{
	BlockNumber,
	datasets::{Access, Facts},
	licence::Licence,
	terms::{Purposes, Terms, Withdrawal},
};
use atelier_referee::hash::Digest;
use sp_arithmetic::Permill;
use std::fmt;

/// Answers to what has to be asked. Only an end of the terms may be left out: without one they do not end.
#[derive(Clone, Debug, Default)]
pub struct Answers {
	/// The hash that stands for the whole content.
	pub root: Option<Digest>,
	/// How long the content is, instead of what the description says.
	pub bytes: Option<u64>,
	/// An SPDX expression, instead of what the description says.
	pub licence: Option<String>,
	/// BLAKE2b-256 of the licence's text.
	pub licence_text: Option<Digest>,
	pub derive: Option<bool>,
	pub commercial: Option<bool>,
	pub min_share: Option<Permill>,
	pub expiry: Option<BlockNumber>,
	pub purposes: Option<Purposes>,
	pub withdrawal: Option<Withdrawal>,
	pub access: Option<Access>,
}

impl Answers {
	/// What was found on disk.
	#[must_use]
	pub fn with_content(mut self, content: &Content) -> Self {
		self.root = Some(content.root);
		self.bytes = Some(content.bytes);
		self
	}
}

/// Something to tell the owner before it registers what cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
	/// The content goes on changing, and its root stands for what it is now.
	Live,
	/// The description says another length than was given.
	OtherSize { stated: u64, given: u64 },
	/// Several licences are stated, and all of them taken to hold.
	SeveralLicences { taken: String },
}

impl fmt::Display for Note {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Live => f.write_str(
				"the description says that the content goes on changing; the root stands for what it is now",
			),
			Self::OtherSize { stated, given } => {
				write!(
					f,
					"the description says that the content has {stated} bytes, and {given} were given"
				)
			}
			Self::SeveralLicences { taken } => write!(f, "of several licences all were taken to hold: {taken}"),
		}
	}
}

impl Croissant {
	/// What is registered: what the description says, and these answers. An error names everything that is still open.
	pub fn facts(&self, answers: &Answers) -> Result<Facts<Vec<u8>>, Error> {
		let expression = match &answers.licence {
			Some(expression) => licence::checked(expression.clone())?,
			None => self.licence()?,
		};
		let mut open = Vec::new();
		let root = asked(&mut open, "the root of the content", answers.root);
		let bytes = asked(&mut open, "the bytes of the content", answers.bytes.or(self.bytes()));
		let text = asked(&mut open, "the hash of the licence's text", answers.licence_text);
		let derive = asked(&mut open, "whether anything may be made from it", answers.derive);
		let commercial = asked(&mut open, "whether it may be used for profit", answers.commercial);
		let min_share = asked(&mut open, "the least share that a derivative owes", answers.min_share);
		let purposes = asked(&mut open, "for which purposes", answers.purposes);
		let withdrawal = asked(&mut open, "what a withdrawal stops", answers.withdrawal);
		let access = asked(&mut open, "who gets at the content", answers.access);
		let stated = || {
			Some(Facts {
				root: root?,
				bytes: bytes?,
				terms: Terms {
					derive: derive?,
					commercial: commercial?,
					min_share: min_share?,
					expiry: answers.expiry,
					purposes: purposes?,
					withdrawal: withdrawal?,
				},
				access: access?,
				licence: Licence {
					expression: expression.into_bytes(),
					text: text?,
				},
				description: self.description(),
			})
		};
		stated().ok_or(Error::Unanswered(open))
	}

	/// What the owner should know of a registration by these answers.
	pub fn notes(&self, answers: &Answers) -> Vec<Note> {
		let mut notes = Vec::new();
		if self.live {
			notes.push(Note::Live);
		}
		match (self.size, answers.bytes) {
			(Size::Exact(stated), Some(given)) if stated != given => notes.push(Note::OtherSize { stated, given }),
			_ => {}
		}
		match self.licence() {
			Ok(taken) if answers.licence.is_none() && self.licences.len() > 1 => {
				notes.push(Note::SeveralLicences { taken });
			}
			_ => {}
		}
		notes
	}
}

/// An answer, or one thing more that is open.
fn asked<T>(open: &mut Vec<&'static str>, question: &'static str, answer: Option<T>) -> Option<T> {
	if answer.is_none() {
		open.push(question);
	}
	answer
}
