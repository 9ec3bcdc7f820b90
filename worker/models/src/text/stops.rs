// SPDX-License-Identifier: Apache-2.0

//! Strings that end an answer. The answer's text ends before the first of them, so nothing may be shown that could become
//! the beginning of one.

use crate::Error;
use atelier_referee::claim::{MAX_STOP, MAX_STOPS};

#[derive(Clone, Debug, Default)]
pub struct Stops {
	stops: Vec<String>,
	/// What is not shown yet.
	held: String,
}

/// What may be shown after a piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
	Some(String),
	/// The last of it: then comes a string that ends the answer.
	Last(String),
}

impl Stops {
	pub fn new(stops: &[String]) -> Result<Self, Error> {
		if stops.len() > MAX_STOPS {
			return Err(Error::TooManyStops {
				found: stops.len(),
				limit: MAX_STOPS,
			});
		}
		match stops.iter().find(|stop| !(1..=MAX_STOP).contains(&stop.len())) {
			Some(stop) => Err(Error::StopLength {
				bytes: stop.len(),
				limit: MAX_STOP,
			}),
			None => Ok(Self {
				stops: stops.to_vec(),
				held: String::new(),
			}),
		}
	}

	/// Takes the next piece of text.
	pub fn push(&mut self, piece: &str) -> Shown {
		if self.stops.is_empty() {
			return Shown::Some(piece.to_owned());
		}
		self.held.push_str(piece);
		let first = self.stops.iter().filter_map(|stop| self.held.find(stop.as_str())).min();
		if let Some(place) = first {
			let mut last = std::mem::take(&mut self.held);
			last.truncate(place);
			return Shown::Last(last);
		}
		Shown::Some(self.pass(""))
	}

	/// The strings.
	pub fn strings(&self) -> &[String] {
		&self.stops
	}

	/// Takes the next piece of an answer of which something else has said that it does not end here.
	pub fn pass(&mut self, piece: &str) -> String {
		self.held.push_str(piece);
		let keep = self.stops.iter().map(|stop| begun(&self.held, stop)).max().unwrap_or(0);
		let rest = self.held.split_off(self.held.len() - keep);
		std::mem::replace(&mut self.held, rest)
	}

	/// What was held back, when the answer ends for another reason.
	pub fn finish(&mut self) -> String {
		std::mem::take(&mut self.held)
	}
}

/// Bytes at the end of a text with which a string begins that is not all there.
fn begun(text: &str, stop: &str) -> usize {
	let lengths = (1..stop.len()).rev().filter(|length| stop.is_char_boundary(*length));
	lengths
		.into_iter()
		.find(|length| text.ends_with(&stop[..*length]))
		.unwrap_or(0)
}

#[cfg(test)]
mod tests {
	use super::{Shown, Stops};
	use proptest::prelude::*;

	fn stops(stops: &[&str]) -> Stops {
		Stops::new(&stops.iter().map(|stop| stop.to_string()).collect::<Vec<_>>()).unwrap()
	}

	#[test]
	fn what_may_become_a_stop_is_held_back_and_shown_when_it_does_not() {
		let mut some = stops(&["\n\nUser:"]);
		assert_eq!(some.push("yes.\n"), Shown::Some("yes.".into()));
		assert_eq!(some.push("\nUs"), Shown::Some("".into()));
		assert_eq!(some.push("e it"), Shown::Some("\n\nUse it".into()));
		assert_eq!(some.push("\n\nUser"), Shown::Some("".into()));
		assert_eq!(some.push(": hello"), Shown::Last("".into()));
	}

	#[test]
	fn the_earliest_in_the_text_ends_it() {
		assert_eq!(stops(&["b", "a"]).push("xxab"), Shown::Last("xx".into()));
		assert_eq!(stops(&["aab"]).push("aaab"), Shown::Last("a".into()));
	}

	#[test]
	fn a_character_of_several_bytes_is_never_cut() {
		let mut some = stops(&["é!"]);
		assert_eq!(some.push("caf\u{e9}"), Shown::Some("caf".into()));
		assert_eq!(some.finish(), "\u{e9}");
	}

	proptest! {
		#[test]
		fn however_the_text_is_cut_the_same_is_shown(
			pieces in proptest::collection::vec("[ab\u{e9}]{0,3}", 0..12),
			strings in proptest::collection::vec("[ab\u{e9}]{1,4}", 0..4),
		) {
			let whole = pieces.concat();
			let end = strings.iter().filter_map(|stop| whole.find(stop.as_str())).min();
			let mut stops = Stops::new(&strings).unwrap();
			let mut shown = String::new();
			let mut ended = false;
			for piece in &pieces {
				match stops.push(piece) {
					Shown::Some(text) => shown += &text,
					Shown::Last(text) => {
						shown += &text;
						ended = true;
						break;
					}
				}
			}
			if !ended {
				shown += &stops.finish();
			}
			prop_assert_eq!(ended, end.is_some());
			// With the first piece that has a whole one, the earliest so far is what ends it: an earlier and longer one may
			// only be complete later.
			prop_assert!(whole.starts_with(&shown));
			if !ended {
				prop_assert_eq!(shown, whole);
			}
		}
	}
}
