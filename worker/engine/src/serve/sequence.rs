// SPDX-License-Identifier: Apache-2.0

//! One answer that grows: what was read of its input, what it says so far, and whether that is the end.

use super::{
	Answer, Event,
	answering::{Asked, Line},
};
use crate::{
	Error,
	backend::{Outcome, Part, Sequence, Wanted},
	text::{Shown, Text, TextStream},
};
use atelier_referee::{claim::StopReason, commit::Bounded, dispute::Stops};
use std::{convert::Infallible, sync::Arc};

/// The texts of all tokens, by which the chain looks for strings that end an answer.
pub(super) type Texts = Arc<Vec<Vec<u8>>>;

pub(super) struct Growing {
	asked: Asked,
	sequence: Sequence,
	/// Tokens of the input that were known from before, and those that were read by now.
	known: u32,
	read: usize,
	/// Tokens of the input in the step that is being computed.
	reading: usize,
	answer: Vec<u32>,
	stream: Option<TextStream>,
	shown: String,
	/// How the chain looks for strings that end the answer, if it does.
	rule: Option<(Stops, Texts)>,
}

impl Growing {
	pub fn new(asked: Asked, sequence: Sequence, known: u32, text: &Text, texts: Option<&Texts>) -> Self {
		let strings: Vec<_> = asked
			.stops
			.strings()
			.iter()
			.filter_map(|string| Bounded::try_from(string.as_bytes().to_vec()).ok())
			.collect();
		let stops = Stops::of(&strings);
		Self {
			rule: texts.filter(|_| !stops.is_empty()).map(|texts| (stops, texts.clone())),
			asked,
			sequence,
			known,
			read: known as usize,
			reading: 0,
			answer: Vec::new(),
			stream: Some(text.stream()),
			shown: String::new(),
		}
	}

	pub fn sequence(&self) -> Sequence {
		self.sequence
	}

	pub fn line(&self) -> &Line {
		&self.asked.line
	}

	/// Whether its input has been read.
	pub fn answers(&self) -> bool {
		!self.answer.is_empty()
	}

	/// Plans how much of the input the next step reads, out of so many tokens that there is room for.
	pub fn plan(&mut self, room: usize) -> usize {
		self.reading = match self.answers() {
			true => 0,
			false => room.min(self.asked.input.len().saturating_sub(self.read)),
		};
		self.reading
	}

	/// What the next step computes, if it does anything.
	pub fn part(&self) -> Option<Part<'_>> {
		let (tokens, last) = match self.answer.len().checked_sub(1) {
			Some(last) => (self.answer.get(last..)?, true),
			None => {
				let end = self.read + self.reading;
				(self.asked.input.get(self.read..end)?, end == self.asked.input.len())
			}
		};
		(!tokens.is_empty()).then_some(Part {
			sequence: self.sequence,
			tokens,
			wanted: match last {
				true => Wanted::Token(self.asked.sampler),
				false => Wanted::Nothing,
			},
			states: self.asked.watch.is_some(),
		})
	}

	/// Takes what came out of its part. True when that was the end.
	pub fn take(&mut self, outcome: Outcome) -> Result<bool, Error> {
		let first = match self.answers() {
			true => self.asked.input.len() + self.answer.len() - 1,
			false => self.read,
		};
		self.read += self.reading;
		self.reading = 0;
		if let (Some(watch), Some(states)) = (&mut self.asked.watch, &outcome.states) {
			watch(first as u32, states);
		}
		match outcome.token {
			Some(token) => self.grow(token),
			None => Ok(false),
		}
	}

	fn grow(&mut self, token: u32) -> Result<bool, Error> {
		self.answer.push(token);
		let (text, stop) = self.read_out(token)?;
		self.shown.push_str(&text);
		self.asked.line.send(Ok(Event::Token { token, text }));
		let Some(stop) = stop else { return Ok(false) };
		self.asked.line.send(Ok(Event::Done(Answer {
			tokens: std::mem::take(&mut self.answer),
			text: std::mem::take(&mut self.shown),
			stop,
			input_count: self.asked.input.len() as u32,
			known: self.known,
		})));
		Ok(true)
	}

	/// Whether the chain finds a string that ends the answer in its last token; none if the chain is not asked.
	fn ruled(&self) -> Option<bool> {
		let (stops, texts) = self.rule.as_ref()?;
		let text = |token: &u32| texts.get(*token as usize).map(Vec::as_slice).unwrap_or_default();
		let (last, before) = self.answer.split_last()?;
		let before = before.iter().rev().map(|token| Ok::<_, Infallible>(text(token)));
		let Ok(complete) = stops.complete(text(last), before);
		Some(complete)
	}

	/// What can be read with a new token, and whether it is the last.
	fn read_out(&mut self, token: u32) -> Result<(String, Option<StopReason>), Error> {
		let ended = self.asked.ends.contains(&token);
		let mut text = String::new();
		let mut stopped = false;
		if !ended {
			let piece = self
				.stream
				.as_mut()
				.map_or(Ok(String::new()), |stream| stream.push(token))?;
			match self.ruled() {
				Some(false) => text = self.asked.stops.pass(&piece),
				ruled => match self.asked.stops.push(&piece) {
					Shown::Some(some) => (text, stopped) = (some, ruled == Some(true)),
					Shown::Last(last) => return Ok((last, Some(StopReason::Stop))),
				},
			}
		}
		let stop = match ended {
			true => StopReason::End,
			// In bytes that are no characters yet, or are not shown.
			false if stopped => StopReason::Stop,
			false if self.answer.len() >= self.asked.limit as usize => StopReason::Limit,
			false => return Ok((text, None)),
		};
		let rest = self.stream.take().map_or(Ok(String::new()), TextStream::finish)?;
		match self.asked.stops.push(&rest) {
			Shown::Some(some) => {
				text.push_str(&some);
				text.push_str(&self.asked.stops.finish());
			}
			Shown::Last(last) => text.push_str(&last),
		}
		Ok((text, Some(stop)))
	}
}
