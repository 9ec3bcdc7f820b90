// SPDX-License-Identifier: Apache-2.0

//! The text of an answer while its tokens come, in whole characters.
//!
//! A character of up to four bytes may be spread over as many tokens, and what a token reads like depends on those before
//! it. So each piece is the difference between what the last few tokens read like with the new one and without it. An
//! unfinished character reads as replacement characters at the end, which are held back until they cannot change any more.

use super::Text;
use crate::Error;

/// What stands for bytes that are no character.
const BROKEN: char = char::REPLACEMENT_CHARACTER;
/// A character of four bytes lacks at most three when a token ends in it.
const UNFINISHED: usize = 3;
/// Tokens that are decoded again with each new one, at most.
const WINDOW: usize = 32;
/// Tokens that remain of a window, for what depends on neighbours: a space that belongs between two words.
const CONTEXT: usize = 8;

pub struct TextStream {
	text: Text,
	window: Vec<u32>,
	/// Bytes of the window's text that were given out or are behind it.
	given: usize,
}

impl TextStream {
	pub(super) fn new(text: Text) -> Self {
		Self {
			text,
			window: Vec::new(),
			given: 0,
		}
	}

	/// Takes a token; gives what can be read now and could not before. Often nothing.
	pub fn push(&mut self, token: u32) -> Result<String, Error> {
		self.window.push(token);
		let text = self.text.decode(&self.window)?;
		let settled = settled(&text);
		let piece = self.since_given(settled);
		let whole = settled.len() == text.len();
		if self.window.len() >= WINDOW && (whole || self.window.len() >= 2 * WINDOW) {
			self.window.drain(..self.window.len() - CONTEXT);
			self.given = settled_length(&self.text.decode(&self.window)?, whole);
		}
		Ok(piece)
	}

	/// What was held back.
	pub fn finish(mut self) -> Result<String, Error> {
		let text = self.text.decode(&self.window)?;
		Ok(self.since_given(&text))
	}

	fn since_given(&mut self, text: &str) -> String {
		// Some decoders tidy up behind themselves: then there may be less than before, and nothing new.
		let piece = text.get(self.given..).unwrap_or_default().to_owned();
		self.given = self.given.max(text.len());
		piece
	}
}

fn settled_length(text: &str, whole: bool) -> usize {
	if whole { text.len() } else { settled(text).len() }
}

/// The text without an end that may yet become a character.
fn settled(text: &str) -> &str {
	let broken = text.chars().rev().take_while(|character| *character == BROKEN).count();
	let held = broken.min(UNFINISHED) * BROKEN.len_utf8();
	&text[..text.len() - held]
}

#[cfg(test)]
mod tests {
	use super::settled;

	#[test]
	fn only_an_end_that_may_change_is_held_back() {
		assert_eq!(settled("whole"), "whole");
		assert_eq!(settled("\u{fffd}inside"), "\u{fffd}inside");
		assert_eq!(settled("a\u{fffd}"), "a");
		assert_eq!(
			settled("a\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
			"a\u{fffd}\u{fffd}"
		);
		assert_eq!(settled(""), "");
	}
}
