// SPDX-License-Identifier: Apache-2.0

//! What ends an answer before its limit: tokens, and strings in the text of its tokens.

use super::Records;
use crate::{
	claim::{MAX_END_TOKENS, MAX_STOP, MAX_STOPS, STOP_WINDOW},
	commit::Bounded,
	trace::step::Missing,
};
use alloc::vec::Vec;

/// Tokens that end an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
	tokens: [u32; MAX_END_TOKENS],
	count: usize,
}

impl Ends {
	/// Of a request.
	pub fn of(tokens: &[u32]) -> Self {
		let mut ends = Self {
			count: tokens.len().min(MAX_END_TOKENS),
			..Self::default()
		};
		ends.tokens.iter_mut().zip(tokens).for_each(|(to, token)| *to = *token);
		ends
	}

	/// Whether a token is one of them.
	pub fn contains(&self, token: &u32) -> bool {
		self.tokens.iter().take(self.count).any(|end| end == token)
	}
}

/// Strings that end an answer. The empty one never does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stops {
	strings: [Stop; MAX_STOPS],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stop {
	bytes: [u8; MAX_STOP],
	length: usize,
}

impl Default for Stop {
	fn default() -> Self {
		Self {
			bytes: [0; MAX_STOP],
			length: 0,
		}
	}
}

impl Stop {
	fn bytes(&self) -> &[u8] {
		self.bytes.get(..self.length).unwrap_or_default()
	}
}

impl Stops {
	/// Of a request.
	pub fn of(strings: &[Bounded<u8, MAX_STOP>]) -> Self {
		let mut stops = Self::default();
		for (stop, string) in stops.strings.iter_mut().zip(strings) {
			stop.length = string.len().min(MAX_STOP);
			stop.bytes.iter_mut().zip(string).for_each(|(to, byte)| *to = *byte);
		}
		stops
	}

	/// Those that need most to be judged.
	pub(super) fn longest() -> Self {
		let longest = Stop {
			bytes: [1; MAX_STOP],
			length: MAX_STOP,
		};
		Self {
			strings: [longest; MAX_STOPS],
		}
	}

	fn filled(&self) -> impl Iterator<Item = &[u8]> {
		self.strings.iter().map(Stop::bytes).filter(|bytes| !bytes.is_empty())
	}

	/// Whether none can end anything.
	pub fn is_empty(&self) -> bool {
		self.filled().next().is_none()
	}

	/// Whether one of them is complete in a token: its last byte is in the token's text, and its others are there or in the
	/// texts of the tokens of the answer before it, the nearest first, of which at most [`STOP_WINDOW`] - 1 count. No more
	/// of them are read than must be.
	pub fn complete<E, T: AsRef<[u8]>>(
		&self,
		last: &[u8],
		before: impl IntoIterator<Item = Result<T, E>>,
	) -> Result<bool, E> {
		// What can be read of the strings before this token.
		let wanted = self.filled().map(<[u8]>::len).max().unwrap_or(0).saturating_sub(1);
		let mut earlier: Vec<u8> = Vec::with_capacity(wanted);
		let mut before = before.into_iter().take(STOP_WINDOW.saturating_sub(1) as usize);
		while earlier.len() < wanted
			&& let Some(text) = before.next()
		{
			earlier.extend(text?.as_ref().iter().rev());
		}
		earlier.truncate(wanted);
		earlier.reverse();
		let boundary = earlier.len();
		let all = [&earlier, last].concat();
		Ok(self.filled().any(|stop| {
			all.windows(stop.len())
				.enumerate()
				.any(|(start, found)| start.saturating_add(stop.len()) > boundary && found == stop)
		}))
	}

	/// Whether one of them is complete in a token of an answer that begins at position `first`.
	pub(super) fn end_in<R: Records>(&self, records: &mut R, first: u32, number: u32) -> Result<bool, Missing> {
		let mut text = |number: u32| {
			let token = records.token(first.saturating_add(number))?;
			records.text(token)
		};
		let last = text(number)?;
		self.complete(&last, (0..number).rev().map(text))
	}
}
