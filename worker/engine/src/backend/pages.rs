// SPDX-License-Identifier: Apache-2.0

//! Who uses which page of a model's memory, and which pages hold the beginning of an input that may come again.
//!
//! Only numbers: the pages themselves are a backend's. A page holds the keys and values of so many tokens of one sequence;
//! several sequences may share it when it is full and everything before it is the same.
//!
//! 1. A sequence gets its pages when it is admitted, all of them; as far as possible in one run, which is faster to read.
//! 2. When its tokens have filled a page, that page is known by the page before it and its tokens.
//! 3. When it is released, known pages stay until somebody needs the room: the one unused for the longest goes first.

use super::{Admission, Admit, Memory, Part, Sequence};
use crate::Error;
use std::{
	collections::{BTreeMap, BTreeSet, HashMap},
	ops::Range,
};

pub struct Pages {
	page_tokens: u32,
	pages: Vec<Page>,
	/// Nobody uses them, and nobody knows what is in them.
	empty: BTreeSet<u32>,
	/// Nobody uses them, but they may be found: the time since when, and the number.
	idle: BTreeSet<(u64, u32)>,
	known: HashMap<Key, u32>,
	sequences: BTreeMap<Sequence, Held>,
	clock: u64,
	/// Of the next sequence, and of the next known page: never used twice.
	next: u64,
}

#[derive(Clone, Default)]
struct Page {
	users: u32,
	key: Option<Key>,
	/// What the page after this one is known by.
	name: u64,
	since: u64,
}

/// A part of a step, as attention sees it.
#[derive(Clone, Debug)]
pub struct Span {
	pub pages: Vec<u32>,
	/// Tokens before this step, and in it.
	pub past: u32,
	pub new: u32,
}

/// A part, its place in its batch, and where its tokens go.
pub type Placed<'a> = (usize, &'a Part<'a>, Span);

impl Span {
	/// Where the keys and values of some positions are, in pages of so many tokens.
	pub fn slots(&self, positions: Range<u32>, page_tokens: u32) -> impl Iterator<Item = i64> {
		positions.filter_map(move |position| {
			let page = self.pages.get((position / page_tokens) as usize)?;
			Some(i64::from(*page) * i64::from(page_tokens) + i64::from(position % page_tokens))
		})
	}

	/// The pages that hold what there is after this step.
	pub fn used(&self, page_tokens: u32) -> &[u32] {
		let used = (u64::from(self.past) + u64::from(self.new)).div_ceil(page_tokens.into());
		self.pages.get(..used as usize).unwrap_or(&self.pages)
	}

	/// The positions of the new tokens.
	pub fn positions(&self) -> Range<u32> {
		self.past..self.past.saturating_add(self.new)
	}
}

/// What is before a page, and what is in it. All of its tokens, so that there is nothing to collide.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
	before: Before,
	tokens: Box<[u32]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Before {
	Nothing { scope: u64 },
	Page { name: u64 },
}

struct Held {
	pages: Vec<u32>,
	/// Tokens that are computed.
	tokens: u32,
	capacity: u32,
	/// Those of the page that is not full.
	open: Vec<u32>,
	before: Option<Before>,
}

impl Pages {
	pub fn new(pages: u32, page_tokens: u32) -> Self {
		Self {
			page_tokens: page_tokens.max(1),
			pages: vec![Page::default(); pages as usize],
			empty: (0..pages).collect(),
			idle: BTreeSet::new(),
			known: HashMap::new(),
			sequences: BTreeMap::new(),
			clock: 0,
			next: 0,
		}
	}

	pub fn memory(&self, bytes: u64) -> Memory {
		Memory {
			page_tokens: self.page_tokens,
			pages: self.pages.len() as u32,
			free: (self.empty.len() + self.idle.len()) as u32,
			bytes,
		}
	}

	/// Gives a sequence its pages.
	pub fn admit(&mut self, admit: &Admit<'_>) -> Result<Admission, Error> {
		let capacity = (admit.input.len() as u64).saturating_add(admit.limit.into());
		let needed = capacity.div_ceil(self.page_tokens.into());
		let capacity = u32::try_from(capacity).unwrap_or(u32::MAX);
		if needed > self.pages.len() as u64 {
			return Err(Error::NeverFits {
				pages: needed,
				all: self.pages.len() as u64,
			});
		}
		let (mut pages, before) = self.find(admit);
		// What is found is used from now on, so that making room cannot take it.
		for &page in &pages {
			self.hold(page);
		}
		let known = pages.len() as u32 * self.page_tokens;
		match self.take(needed as usize - pages.len()) {
			Some(fresh) => pages.extend(fresh),
			None => {
				self.let_go(&pages);
				return Ok(Admission::Later);
			}
		}
		let sequence = Sequence(self.name());
		let held = Held {
			pages,
			tokens: known,
			capacity,
			open: Vec::new(),
			before,
		};
		self.sequences.insert(sequence, held);
		Ok(Admission::Now { sequence, known })
	}

	/// The pages that hold the beginning of an input, but never all of it: its last token must be computed.
	fn find(&self, admit: &Admit<'_>) -> (Vec<u32>, Option<Before>) {
		let Some(scope) = admit.scope else {
			return (Vec::new(), None);
		};
		let mut before = Before::Nothing { scope };
		let mut pages = Vec::new();
		let but_last = admit.input.len().saturating_sub(1);
		let input = admit.input.get(..but_last).unwrap_or_default();
		for tokens in input.chunks_exact(self.page_tokens as usize) {
			let key = Key {
				before,
				tokens: tokens.into(),
			};
			let Some(&page) = self.known.get(&key) else { break };
			let Some(found) = self.pages.get(page as usize) else {
				break;
			};
			before = Before::Page { name: found.name };
			pages.push(page);
		}
		(pages, Some(before))
	}

	/// The parts of a step in the order in which they are computed: answers first. Those that cannot be computed are out.
	pub fn in_order<'a>(&self, parts: &'a [Part<'a>], vocabulary: u32) -> (Vec<Placed<'a>>, Vec<(usize, Error)>) {
		let (mut order, mut wrong) = (Vec::new(), Vec::new());
		for (place, part) in parts.iter().enumerate() {
			match self.span(part, vocabulary) {
				Ok(span) => order.push((place, part, span)),
				Err(error) => wrong.push((place, error)),
			}
		}
		order.sort_by_key(|(_, part, _)| part.tokens.len() != 1);
		(order, wrong)
	}

	fn span(&self, part: &Part<'_>, vocabulary: u32) -> Result<Span, Error> {
		if part.tokens.is_empty() {
			return Err(Error::EmptyInput);
		}
		let (pages, past) = self.room(part.sequence, part.tokens.len())?;
		match part.tokens.iter().find(|token| **token >= vocabulary) {
			Some(&token) => Err(atelier_models::Error::UnknownToken { token, vocabulary }.into()),
			None => Ok(Span {
				pages: pages.to_vec(),
				past,
				new: part.tokens.len() as u32,
			}),
		}
	}

	/// Pages and number of computed tokens of a sequence, if it has room for so many more.
	pub fn room(&self, sequence: Sequence, more: usize) -> Result<(&[u32], u32), Error> {
		let held = self.sequences.get(&sequence).ok_or(Error::NoRoom)?;
		if u64::from(held.tokens) + more as u64 > held.capacity.into() {
			return Err(Error::NoRoom);
		}
		Ok((&held.pages, held.tokens))
	}

	/// These tokens of a sequence are computed now.
	pub fn computed(&mut self, sequence: Sequence, tokens: &[u32]) {
		let Some(mut held) = self.sequences.remove(&sequence) else {
			return;
		};
		for &token in tokens {
			held.tokens = held.tokens.saturating_add(1);
			held.open.push(token);
			if held.open.len() == self.page_tokens as usize {
				let full = std::mem::take(&mut held.open);
				let page = held.pages.get((held.tokens / self.page_tokens) as usize - 1).copied();
				if let (Some(before), Some(page)) = (held.before, page) {
					held.before = Some(self.know(before, full, page));
				}
			}
		}
		self.sequences.insert(sequence, held);
	}

	/// A full page may be found from now on, unless another with the same content can be.
	fn know(&mut self, before: Before, tokens: Vec<u32>, page: u32) -> Before {
		let key = Key {
			before,
			tokens: tokens.into(),
		};
		if let Some(same) = self.known.get(&key).and_then(|page| self.pages.get(*page as usize)) {
			return Before::Page { name: same.name };
		}
		let name = self.name();
		if let Some(page) = self.pages.get_mut(page as usize) {
			page.key = Some(key.clone());
			page.name = name;
		}
		self.known.insert(key, page);
		Before::Page { name }
	}

	/// The pages that only this sequence uses, which nobody finds any more.
	pub fn forget_own(&mut self, sequence: Sequence) -> Vec<u32> {
		let pages = self
			.sequences
			.get(&sequence)
			.map(|held| held.pages.as_slice())
			.unwrap_or_default();
		let mut own = Vec::new();
		for &number in pages {
			if let Some(page) = self.pages.get_mut(number as usize).filter(|page| page.users == 1) {
				if let Some(key) = page.key.take() {
					self.known.remove(&key);
				}
				own.push(number);
			}
		}
		own
	}

	pub fn release(&mut self, sequence: Sequence) {
		if let Some(held) = self.sequences.remove(&sequence) {
			self.let_go(&held.pages);
		}
	}

	fn name(&mut self) -> u64 {
		self.next += 1;
		self.next
	}

	fn hold(&mut self, number: u32) {
		if let Some(page) = self.pages.get_mut(number as usize) {
			self.idle.remove(&(page.since, number));
			page.users += 1;
		}
	}

	/// From the last to the first: a page is of no use without those before it, so they are the younger ones.
	fn let_go(&mut self, pages: &[u32]) {
		for &number in pages.iter().rev() {
			let Some(page) = self.pages.get_mut(number as usize) else {
				continue;
			};
			page.users = page.users.saturating_sub(1);
			if page.users > 0 {
				continue;
			}
			if page.key.is_some() {
				self.clock += 1;
				page.since = self.clock;
				self.idle.insert((page.since, number));
			} else {
				self.empty.insert(number);
			}
		}
	}

	/// Takes pages that nobody uses, in one run if there is one.
	fn take(&mut self, count: usize) -> Option<Vec<u32>> {
		if self.empty.len() + self.idle.len() < count {
			return None;
		}
		while self.empty.len() < count {
			let (_, number) = self.idle.pop_first()?;
			let page = self.pages.get_mut(number as usize)?;
			if let Some(key) = page.key.take() {
				self.known.remove(&key);
			}
			self.empty.insert(number);
		}
		let taken: Vec<u32> = match self.run(count) {
			Some(first) => (first..).take(count).collect(),
			None => self.empty.iter().copied().take(count).collect(),
		};
		for &number in &taken {
			self.empty.remove(&number);
			self.hold(number);
		}
		Some(taken)
	}

	/// The first page of a run of so many.
	fn run(&self, count: usize) -> Option<u32> {
		let (mut first, mut length) = (0, 0);
		for &number in &self.empty {
			if length > 0 && number == first + length {
				length += 1;
			} else {
				(first, length) = (number, 1);
			}
			if length as usize >= count {
				return Some(first);
			}
		}
		None
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn ask(input: &[u32], limit: u32) -> Admit<'_> {
		Admit {
			input,
			limit,
			scope: Some(0),
		}
	}

	fn admitted(pages: &mut Pages, admit: &Admit<'_>) -> (Sequence, u32) {
		match pages.admit(admit).unwrap() {
			Admission::Now { sequence, known } => (sequence, known),
			Admission::Later => panic!("no room"),
		}
	}

	/// Admits an input, computes it and releases it.
	fn through(pages: &mut Pages, admit: &Admit<'_>) -> u32 {
		let (sequence, known) = admitted(pages, admit);
		pages.computed(sequence, &admit.input[known as usize..]);
		pages.release(sequence);
		known
	}

	#[test]
	fn the_beginning_of_an_input_is_found_again_but_never_all_of_it() {
		let mut pages = Pages::new(16, 4);
		let input: Vec<u32> = (0..12).collect();
		assert_eq!(through(&mut pages, &ask(&input, 4)), 0);
		assert_eq!(through(&mut pages, &ask(&input, 4)), 8);
		assert_eq!(through(&mut pages, &ask(&input[..9], 4)), 8);
		assert_eq!(through(&mut pages, &ask(&[9, 1, 2, 3, 4, 5, 6, 7, 8], 4)), 0);
	}

	#[test]
	fn scopes_do_not_share_and_who_wants_states_gets_nothing() {
		let mut pages = Pages::new(16, 4);
		let input: Vec<u32> = (0..12).collect();
		through(&mut pages, &ask(&input, 4));
		for scope in [Some(1), None] {
			let other = Admit {
				scope,
				..ask(&input, 4)
			};
			assert_eq!(through(&mut pages, &other), 0);
		}
	}

	#[test]
	fn same_tokens_after_other_ones_are_another_page() {
		let mut pages = Pages::new(16, 2);
		through(&mut pages, &ask(&[1, 2, 7, 7, 0], 0));
		assert_eq!(through(&mut pages, &ask(&[3, 4, 7, 7, 0], 0)), 0);
		assert_eq!(through(&mut pages, &ask(&[3, 4, 7, 7, 0], 0)), 4);
	}

	#[test]
	fn what_never_fits_is_refused_and_what_does_not_fit_now_waits() {
		let mut pages = Pages::new(4, 4);
		assert!(matches!(
			pages.admit(&ask(&[1; 10], 7)),
			Err(Error::NeverFits { pages: 5, all: 4 })
		));
		let (first, _) = admitted(&mut pages, &ask(&[1; 4], 8));
		assert_eq!(pages.admit(&ask(&[2; 4], 4)).unwrap(), Admission::Later);
		pages.release(first);
		assert_eq!(pages.memory(0).free, 4);
		admitted(&mut pages, &ask(&[2; 4], 4));
	}

	#[test]
	fn nobody_gets_more_room_than_asked_for() {
		let mut pages = Pages::new(4, 4);
		let (sequence, _) = admitted(&mut pages, &ask(&[1; 3], 2));
		assert!(pages.room(sequence, 5).is_ok());
		assert!(matches!(pages.room(sequence, 6), Err(Error::NoRoom)));
		pages.computed(sequence, &[1; 3]);
		assert!(matches!(pages.room(sequence, 3), Err(Error::NoRoom)));
		assert!(matches!(pages.room(Sequence(99), 1), Err(Error::NoRoom)));
	}

	proptest! {
		/// Whatever comes: no page has two users unless both have the same tokens up to its end, and none is lost.
		#[test]
		fn pages_are_shared_only_by_equal_beginnings(
			operations in proptest::collection::vec((0u32..2, 1usize..14, 0u32..5, any::<bool>()), 1..60)
		) {
			let mut pages = Pages::new(10, 3);
			let mut live: Vec<(Sequence, Vec<u32>)> = Vec::new();
			for (token, length, limit, release) in operations {
				if release && !live.is_empty() {
					let (sequence, _) = live.remove(length % live.len());
					pages.release(sequence);
				} else {
					let mut input = vec![token; length];
					input[length / 2] = limit;
					if let Ok(Admission::Now { sequence, known }) = pages.admit(&ask(&input, limit)) {
						prop_assert!((known as usize) < input.len());
						pages.computed(sequence, &input[known as usize..]);
						live.push((sequence, input));
					}
				}
				let mut users: BTreeMap<u32, Vec<&[u32]>> = BTreeMap::new();
				for (sequence, input) in &live {
					for (place, page) in (0..).zip(pages.room(*sequence, 0).unwrap().0) {
						let end = ((place + 1) * 3).min(input.len());
						users.entry(*page).or_default().push(&input[..end]);
					}
				}
				for beginnings in users.values() {
					prop_assert!(beginnings.iter().all(|beginning| *beginning == beginnings[0]));
				}
				prop_assert_eq!(pages.memory(0).free as usize + users.len(), 10);
				prop_assert!(pages.known.len() <= 10);
			}
			for (sequence, _) in live {
				pages.release(sequence);
			}
			prop_assert_eq!(pages.memory(0).free, 10);
		}
	}
}
