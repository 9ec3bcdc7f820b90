// SPDX-License-Identifier: Apache-2.0

//! The rules against a plain model of them: whatever happens in whatever order, what is kept is what should be.

use crate::{
	Check, Checks, Error, Hash,
	store::{Admission, Entry, Keep, Pin, PinName, Reader, Room, Rules, cost},
};
use iroh::SecretKey;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn blob(number: u8) -> Hash {
	Hash::from_bytes([number; 32])
}

fn pin(number: u8) -> Pin {
	Pin::Named(PinName::new(format!("{number}")).unwrap())
}

fn rules(quota: u64) -> Rules {
	Rules::new(quota, 0, BTreeMap::new(), Checks::default())
}

fn without(quota: u64, check: Check) -> Rules {
	Rules::new(quota, 0, BTreeMap::new(), Checks::without(check))
}

/// Adds a blob as a store does, if there is room at once.
fn add(rules: &mut Rules, number: u8, bytes: u64, keep: Keep) -> Result<Room, Error> {
	let room = rules.reserve(cost(bytes))?;
	if room == Room::Here {
		rules.added(blob(number), bytes, keep)?;
		rules.release(cost(bytes));
	}
	Ok(room)
}

/// The same, once what it evicts is gone.
fn push(rules: &mut Rules, number: u8, bytes: u64, keep: Keep) -> Result<(), Error> {
	while add(rules, number, bytes, keep.clone())? == Room::Wait {
		sweep(rules);
	}
	Ok(())
}

fn sweep(rules: &mut Rules) {
	let leaving: Vec<Hash> = rules.leaving().copied().collect();
	leaving.iter().for_each(|hash| rules.left(hash));
}

fn held(rules: &Rules) -> Vec<u8> {
	rules.entries().map(|(hash, _)| hash.as_bytes()[0]).collect()
}

#[test]
fn the_oldest_goes_first() {
	let mut rules = rules(cost(1_000) * 3);
	for number in 1..=3 {
		push(&mut rules, number, 1_000, Keep::WhileRoom).unwrap();
	}
	push(&mut rules, 4, 1_000, Keep::WhileRoom).unwrap();
	assert_eq!(held(&rules), [2, 3, 4]);
	// What is asked for again is the youngest.
	push(&mut rules, 2, 1_000, Keep::WhileRoom).unwrap();
	push(&mut rules, 5, 1_000, Keep::WhileRoom).unwrap();
	assert_eq!(held(&rules), [2, 4, 5]);
}

#[test]
fn what_is_kept_stays_and_nothing_is_evicted_in_vain() {
	let mut rules = rules(cost(1_000) * 3);
	push(&mut rules, 1, 1_000, Keep::Pinned(pin(0))).unwrap();
	push(&mut rules, 2, 1_000, Keep::Until(9)).unwrap();
	push(&mut rules, 3, 1_000, Keep::WhileRoom).unwrap();
	let error = push(&mut rules, 4, 3_000, Keep::WhileRoom).unwrap_err();
	assert!(matches!(error, Error::NoRoom { free, .. } if free == cost(1_000)));
	assert_eq!(held(&rules), [1, 2, 3]);
	push(&mut rules, 4, 1_000, Keep::WhileRoom).unwrap();
	assert_eq!(held(&rules), [1, 2, 4]);
}

/// Controls: without pins or windows what they keep is evicted.
#[test]
fn without_their_defences_what_is_kept_goes() {
	for (check, keep) in [(Check::Pins, Keep::Pinned(pin(0))), (Check::Retention, Keep::Until(9))] {
		let mut rules = without(cost(1_000), check);
		push(&mut rules, 1, 1_000, keep).unwrap();
		push(&mut rules, 2, 1_000, Keep::WhileRoom).unwrap();
		assert_eq!(held(&rules), [2], "{check:?}");
	}
}

/// Control: without the quota everything is taken.
#[test]
fn without_its_defence_there_is_no_end_of_room() {
	let mut open = without(cost(1_000), Check::Quota);
	push(&mut open, 1, 1_000_000, Keep::Pinned(pin(0))).unwrap();
	assert!(open.occupied() > open.quota());
	assert!(push(&mut rules(cost(1_000)), 1, 1_000_000, Keep::WhileRoom).is_err());
}

#[test]
fn a_fetch_has_all_of_its_room_before_it_begins() {
	let mut rules = rules(cost(1_000) * 2);
	assert_eq!(rules.admit(blob(1), 1_000, Keep::WhileRoom).unwrap(), Admission::Fetch);
	assert_eq!(rules.occupied(), cost(1_000));
	assert!(matches!(
		rules.admit(blob(2), 40_000, Keep::WhileRoom),
		Err(Error::NoRoom { .. })
	));
	// It is being fetched, so nothing makes it go.
	assert!(matches!(rules.reserve(cost(1_000) * 2), Err(Error::NoRoom { .. })));
	rules.let_go(&blob(1));
	assert_eq!(rules.reserve(cost(1_000) * 2).unwrap(), Room::Wait);
	assert!(matches!(
		rules.admit(blob(3), u64::MAX, Keep::WhileRoom),
		Err(Error::NoRoom { .. })
	));
}

#[test]
fn a_part_of_another_length_is_given_up() {
	let mut rules = rules(1 << 30);
	assert_eq!(rules.admit(blob(1), 1_000, Keep::WhileRoom).unwrap(), Admission::Fetch);
	assert!(matches!(
		rules.admit(blob(1), 2_000, Keep::WhileRoom),
		Err(Error::OtherLength { .. })
	));
	rules.let_go(&blob(1));
	assert_eq!(rules.admit(blob(1), 2_000, Keep::WhileRoom).unwrap(), Admission::Wait);
	sweep(&mut rules);
	assert_eq!(rules.admit(blob(1), 2_000, Keep::WhileRoom).unwrap(), Admission::Fetch);
	rules.completed(&blob(1)).unwrap();
	rules.let_go(&blob(1));
	assert_eq!(rules.admit(blob(1), 2_000, Keep::WhileRoom).unwrap(), Admission::Have);
	assert!(matches!(
		rules.admit(blob(1), 1_000, Keep::WhileRoom),
		Err(Error::OtherLength { .. })
	));
}

#[test]
fn a_window_is_only_made_longer_and_ends_after_its_last_block() {
	let mut rules = rules(1 << 30);
	push(&mut rules, 1, 10, Keep::Until(9)).unwrap();
	rules.keep(&blob(1), Keep::Until(5)).unwrap();
	push(&mut rules, 2, 10, Keep::Until(9)).unwrap();
	rules.keep(&blob(2), Keep::Pinned(pin(1))).unwrap();
	assert_eq!(rules.release_before(9), 0);
	assert_eq!(rules.release_before(10), 1);
	assert_eq!(held(&rules), [2]);
	// Only the pin keeps it now.
	assert!(rules.unpin(&blob(2), &pin(1)).unwrap());
	assert!(!rules.unpin(&blob(2), &pin(1)).unwrap());
	assert_eq!(rules.reserve(1 << 30).unwrap(), Room::Wait);
	assert_eq!(held(&rules), [0_u8; 0]);
}

#[test]
fn what_is_read_goes_when_it_was_read() {
	let mut rules = rules(1 << 30);
	push(&mut rules, 1, 10, Keep::Until(5)).unwrap();
	rules.hold(blob(1));
	assert_eq!(rules.release_before(8), 0);
	rules.let_go(&blob(1));
	assert_eq!(rules.release_before(9), 1);
}

#[test]
fn only_who_is_named_reads() {
	let (one, two) = (
		SecretKey::from_bytes(&[1; 32]).public(),
		SecretKey::from_bytes(&[2; 32]).public(),
	);
	let mut rules = rules(1 << 30);
	push(&mut rules, 1, 10, Keep::Until(100)).unwrap();
	assert!(!rules.may_read(&blob(1), &one));
	rules.allow(&blob(1), one.into(), 20).unwrap();
	assert!(rules.may_read(&blob(1), &one) && !rules.may_read(&blob(1), &two));
	// A key is whoever was introduced as its holder, for as long as both last.
	rules.allow(&blob(1), Reader::Key([7; 32]), 30).unwrap();
	rules.introduce(two, [7; 32], 25).unwrap();
	assert!(rules.may_read(&blob(1), &two));
	rules.release_before(21);
	assert!(!rules.may_read(&blob(1), &one) && rules.may_read(&blob(1), &two));
	rules.release_before(26);
	assert!(!rules.may_read(&blob(1), &two));
	rules.publish(&blob(1), true).unwrap();
	assert!(rules.may_read(&blob(1), &one));
	// What is not whole is nobody's.
	assert_eq!(rules.admit(blob(2), 10, Keep::WhileRoom).unwrap(), Admission::Fetch);
	rules.publish(&blob(2), true).unwrap();
	assert!(!rules.may_read(&blob(2), &one));
}

#[test]
fn all_lists_end() {
	let mut rules = rules(1 << 30);
	push(&mut rules, 1, 10, Keep::WhileRoom).unwrap();
	let pins = (0..=u8::MAX)
		.take_while(|number| rules.keep(&blob(1), Keep::Pinned(pin(*number))).is_ok())
		.count();
	assert_eq!(pins, crate::store::MAX_PINS);
	let readers = (0..1_000_u32).take_while(|number| {
		let mut key = [0; 32];
		key[..4].copy_from_slice(&number.to_le_bytes());
		rules.allow(&blob(1), Reader::Key(key), 9).is_ok()
	});
	assert_eq!(readers.count(), crate::store::MAX_READERS);
	assert!(PinName::new("x".repeat(65)).is_err());
}

#[derive(Clone, Debug)]
enum Op {
	Add(u8, u64, KeepOp),
	Fetch(u8, u64, KeepOp),
	Finish(u8),
	Cancel(u8),
	Pin(u8, u8),
	Unpin(u8, u8),
	Until(u8, u32),
	Block(u32),
	Sweep,
	Restart,
}

#[derive(Clone, Copy, Debug)]
enum KeepOp {
	No,
	Pin(u8),
	Until(u32),
}

impl From<KeepOp> for Keep {
	fn from(op: KeepOp) -> Self {
		match op {
			KeepOp::No => Self::WhileRoom,
			KeepOp::Pin(number) => Self::Pinned(pin(number)),
			KeepOp::Until(block) => Self::Until(block),
		}
	}
}

fn op() -> impl Strategy<Value = Op> {
	let keep = || prop_oneof![3 => Just(KeepOp::No), 1 => (0..3_u8).prop_map(KeepOp::Pin), 1 => (0..40_u32).prop_map(KeepOp::Until)];
	// A blob's hash leaves it one length; a stated length can be wrong.
	let length = |number: u8| u64::from(number) * 10_000;
	prop_oneof![
		4 => (0..8_u8, keep()).prop_map(move |(number, keep)| Op::Add(number, length(number), keep)),
		4 => (0..8_u8, 0..9_u64, keep()).prop_map(move |(number, wrong, keep)| Op::Fetch(number, length(number) + wrong / 8, keep)),
		3 => (0..8_u8).prop_map(Op::Finish),
		1 => (0..8_u8).prop_map(Op::Cancel),
		1 => (0..8_u8, 0..3_u8).prop_map(|(blob, pin)| Op::Pin(blob, pin)),
		2 => (0..8_u8, 0..3_u8).prop_map(|(blob, pin)| Op::Unpin(blob, pin)),
		1 => (0..8_u8, 0..40_u32).prop_map(|(blob, block)| Op::Until(blob, block)),
		1 => (0..40_u32).prop_map(Op::Block),
		4 => Just(Op::Sweep),
		1 => Just(Op::Restart),
	]
}

/// Number, bytes, whole, pins, window.
type Held = (u8, u64, bool, BTreeSet<u8>, Option<u32>);

/// What is held, in the order in which it was asked for, as one would keep it on paper.
#[derive(Default)]
struct Model {
	held: Vec<Held>,
	fetching: BTreeSet<u8>,
	leaving: BTreeMap<u8, u64>,
	block: u32,
}

impl Model {
	fn occupied(&self) -> u64 {
		self.held.iter().map(|held| cost(held.1)).sum::<u64>() + self.leaving.values().sum::<u64>()
	}

	fn find(&mut self, number: u8) -> Option<&mut Held> {
		self.held.iter_mut().find(|held| held.0 == number)
	}

	fn go(&mut self, number: u8) {
		if let Some(place) = self.held.iter().position(|held| held.0 == number) {
			let held = self.held.remove(place);
			self.leaving.insert(number, cost(held.1));
		}
	}

	/// `Some(true)`: there is room. `Some(false)`: there will be. `None`: there cannot be.
	fn room(&mut self, quota: u64, needed: u64) -> Option<bool> {
		if self.occupied() + needed <= quota {
			return Some(true);
		}
		let mut staying: u64 = self.held.iter().map(|held| cost(held.1)).sum();
		let mut go = Vec::new();
		for (number, bytes, _, pins, until) in &self.held {
			if staying + needed > quota && pins.is_empty() && until.is_none() && !self.fetching.contains(number) {
				staying -= cost(*bytes);
				go.push(*number);
			}
		}
		(staying + needed <= quota).then(|| {
			go.into_iter().for_each(|number| self.go(number));
			false
		})
	}

	fn young(&mut self, number: u8) {
		if let Some(place) = self.held.iter().position(|held| held.0 == number) {
			let held = self.held.remove(place);
			self.held.push(held);
		}
	}

	fn keep(&mut self, number: u8, keep: KeepOp) {
		if let Some(held) = self.find(number) {
			match keep {
				KeepOp::No => {}
				KeepOp::Pin(pin) => {
					held.3.insert(pin);
				}
				KeepOp::Until(block) => held.4 = held.4.max(Some(block)),
			}
		}
	}
}

const QUOTA: u64 = 250_000;

proptest! {
	#![proptest_config(ProptestConfig::with_cases(512))]

	#[test]
	fn rules_are_what_the_model_says(ops in proptest::collection::vec(op(), 1..120)) {
		let mut rules = rules(QUOTA);
		let mut model = Model::default();
		// What the ledger has.
		let mut written: BTreeMap<Hash, Entry> = BTreeMap::new();
		for op in ops {
			match op.clone() {
				Op::Add(number, bytes, keep) => {
					let expected = model.room(QUOTA, cost(bytes));
					let done = add(&mut rules, number, bytes, keep.into());
					prop_assert_eq!(done.as_ref().ok().map(|room| *room == Room::Here), expected, "{:?}", op);
					if expected == Some(true) {
						model.leaving.remove(&number);
						let same = model.find(number).is_some_and(|held| held.1 == bytes);
						if same {
							model.young(number);
						} else {
							model.held.retain(|held| held.0 != number);
							model.held.push((number, bytes, true, BTreeSet::new(), None));
						}
						model.find(number).unwrap().2 = true;
						model.keep(number, keep);
					}
				}
				Op::Fetch(number, bytes, keep) => {
					let outcome = rules.admit(blob(number), bytes, keep.into());
					let held = model.find(number).map(|held| (held.1, held.2));
					let expected = if model.leaving.contains_key(&number) {
						Some(Admission::Wait)
					} else if let Some((length, whole)) = held {
						if length == bytes {
							model.young(number);
							model.keep(number, keep);
							Some(if whole { Admission::Have } else { Admission::Fetch })
						} else if whole || model.fetching.contains(&number) {
							None
						} else {
							model.go(number);
							Some(Admission::Wait)
						}
					} else {
						match model.room(QUOTA, cost(bytes)) {
							Some(true) => {
								model.held.push((number, bytes, false, BTreeSet::new(), None));
								model.keep(number, keep);
								Some(Admission::Fetch)
							}
							Some(false) => Some(Admission::Wait),
							None => None,
						}
					};
					if outcome.as_ref().is_ok_and(|admission| *admission == Admission::Fetch) && !model.fetching.insert(number) {
						rules.let_go(&blob(number));
					}
					prop_assert_eq!(outcome.ok(), expected, "{:?}", op);
				}
				Op::Finish(number) => {
					if model.fetching.remove(&number) {
						// An added file may have shown that the length was wrong meanwhile.
						rules.completed(&blob(number)).unwrap();
						rules.let_go(&blob(number));
						model.find(number).unwrap().2 = true;
					}
				}
				Op::Cancel(number) => {
					if model.fetching.remove(&number) {
						rules.let_go(&blob(number));
					}
				}
				Op::Pin(number, name) => {
					let done = rules.keep(&blob(number), Keep::Pinned(pin(name))).is_ok();
					prop_assert_eq!(done, model.find(number).is_some());
					model.keep(number, KeepOp::Pin(name));
				}
				Op::Unpin(number, name) => {
					let was = rules.unpin(&blob(number), &pin(name)).unwrap_or_default();
					prop_assert_eq!(was, model.find(number).is_some_and(|held| held.3.remove(&name)));
				}
				Op::Until(number, block) => {
					let _ = rules.keep(&blob(number), Keep::Until(block));
					model.keep(number, KeepOp::Until(block));
				}
				Op::Block(block) => {
					let gone = rules.release_before(block);
					let mut over = Vec::new();
					if block > model.block {
						model.block = block;
						for held in &mut model.held {
							if held.4.is_some_and(|until| until < block) && !model.fetching.contains(&held.0) {
								held.4 = None;
								if held.3.is_empty() {
									over.push(held.0);
								}
							}
						}
					}
					prop_assert_eq!(gone, over.len());
					over.into_iter().for_each(|number| model.go(number));
				}
				Op::Sweep => {
					sweep(&mut rules);
					model.leaving.clear();
				}
				Op::Restart => {
					rules = Rules::new(QUOTA, model.block, written.clone(), Checks::default());
					model.leaving.clear();
					model.fetching.clear();
				}
			}
			for (hash, entry) in rules.take_changes().0 {
				match entry {
					Some(entry) => written.insert(hash, entry),
					None => written.remove(&hash),
				};
			}
			let mut held: Vec<_> = rules.entries().map(|(hash, entry)| (entry.age, hash.as_bytes()[0], entry.clone())).collect();
			held.sort_by_key(|(age, ..)| *age);
			let held: Vec<_> = held
				.into_iter()
				.map(|(_, number, entry)| {
					let pins = (0..3).filter(|name| entry.pins.contains(&pin(*name))).collect();
					(number, entry.bytes, entry.complete, pins, entry.keep_until)
				})
				.collect();
			prop_assert_eq!(&held, &model.held, "{:?}", op);
			prop_assert_eq!(rules.occupied(), model.occupied());
			prop_assert!(rules.occupied() <= QUOTA);
		}
	}
}
