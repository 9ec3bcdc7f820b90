// SPDX-License-Identifier: Apache-2.0

//! Which of an account's transaction numbers are used, by what, and what a node lacks. No node is asked here.
//!
//! What must never happen is that one call is carried out twice. A call gets another number, or another signature, only when
//! the one that it has can no longer count: its number was used up by something else in a final block, or its time is over.

use crate::Hash;
use std::collections::BTreeMap;

/// A signed transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signed {
	pub bytes: Vec<u8>,
	pub hash: Hash,
	/// The last block that can take it.
	pub until: u64,
}

/// A call on its way.
#[derive(Debug)]
pub(super) struct Flight<Call> {
	pub call: Call,
	pub signed: Signed,
	/// A node may have it: whatever another says, a block may take it until its time is over.
	pub handed: bool,
}

/// What a node lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lacks {
	Nothing,
	/// Transactions from this number on.
	From(u64),
	/// Something with this number, without which those above do not move. There is no such call.
	Number(u64),
}

/// All that an account has sent and that is not final.
#[derive(Debug)]
pub(super) struct Flights<Call> {
	/// Those below are used up in final blocks.
	base: u64,
	/// Never used so far, nor any above.
	next: u64,
	all: BTreeMap<u64, Flight<Call>>,
}

impl<Call> Flights<Call> {
	/// Of an account whose next transaction at a node has this number. What is before it was sent by somebody else.
	pub fn begin(next: u64) -> Self {
		Self {
			base: 0,
			next,
			all: BTreeMap::new(),
		}
	}

	pub fn len(&self) -> usize {
		self.all.len()
	}

	/// The number for another call, where a node awaits this one next. What the node lacks and nobody has is filled first.
	pub fn number(&self, awaited: u64) -> u64 {
		// A node may be behind.
		let awaited = awaited.max(self.base);
		match awaited < self.next && !self.all.contains_key(&awaited) {
			true => awaited,
			false => self.next.max(awaited),
		}
	}

	pub fn put(&mut self, number: u64, flight: Flight<Call>) {
		self.next = self.next.max(number.saturating_add(1));
		self.all.insert(number, flight);
	}

	/// Takes a call off the list.
	pub fn take(&mut self, number: u64) -> Option<Flight<Call>> {
		self.all.remove(&number)
	}

	pub fn get_mut(&mut self, number: u64) -> Option<&mut Flight<Call>> {
		self.all.get_mut(&number)
	}

	/// The numbers of those from this one on.
	pub fn from(&self, number: u64) -> Vec<u64> {
		self.all.range(number..).map(|(number, _)| *number).collect()
	}

	/// Those whose numbers are below this one.
	pub fn below(&self, next: u64) -> impl Iterator<Item = &Flight<Call>> {
		self.all.range(..next).map(|(_, flight)| flight)
	}

	/// Takes off the list what has a number that is used up in final blocks: all below the account's next there.
	pub fn passed(&mut self, next: u64) -> Vec<Flight<Call>> {
		self.base = self.base.max(next);
		self.next = self.next.max(next);
		let later = self.all.split_off(&next);
		std::mem::replace(&mut self.all, later).into_values().collect()
	}

	/// The numbers of what no block after this final one can take.
	pub fn expired(&self, block: u64) -> Vec<u64> {
		let over = self.all.iter().filter(|(_, flight)| flight.signed.until <= block);
		over.map(|(number, _)| *number).collect()
	}

	/// What a node lacks that awaits this number next.
	pub fn lacks(&self, awaited: u64) -> Lacks {
		match self.all.range(awaited..).next() {
			None => Lacks::Nothing,
			Some((number, _)) if *number == awaited => Lacks::From(awaited),
			Some(_) => Lacks::Number(awaited),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::BTreeSet;

	fn flight(call: u32, number: u64, until: u64) -> Flight<u32> {
		let signed = Signed {
			bytes: Vec::new(),
			hash: Hash::from_low_u64_be(u64::from(call) << 32 | number << 16 | until),
			until,
		};
		Flight {
			call,
			signed,
			handed: false,
		}
	}

	#[test]
	fn calls_are_numbered_one_after_another() {
		let mut flights = Flights::begin(5);
		for call in 0..3 {
			let number = flights.number(5);
			assert_eq!(number, 5 + u64::from(call));
			flights.put(number, flight(call, number, 100));
		}
		assert_eq!(flights.lacks(8), Lacks::Nothing);
		assert_eq!(flights.lacks(6), Lacks::From(6));
	}

	#[test]
	fn what_is_given_up_leaves_a_hole_that_the_next_call_fills() {
		let mut flights = Flights::begin(0);
		for number in 0..3 {
			flights.put(number, flight(number as u32, number, 100));
		}
		flights.take(1);
		assert_eq!(flights.lacks(1), Lacks::Number(1));
		assert_eq!(flights.number(1), 1);
		flights.put(1, flight(9, 1, 100));
		assert_eq!(flights.number(3), 3);
	}

	#[test]
	fn others_that_sign_for_the_account_are_noticed() {
		let mut flights: Flights<u32> = Flights::begin(0);
		assert_eq!(flights.number(4), 4, "somebody else has sent four");
		flights.put(4, flight(0, 4, 100));
		let passed = flights.passed(9);
		assert_eq!(passed.len(), 1);
		assert_eq!(flights.number(0), 9, "what is used up is never used again");
	}

	/// Random nodes that forget, random expiry, somebody else who signs: no call is in two final blocks.
	#[test]
	fn no_call_is_carried_out_twice() {
		let mut seed = 1_u64;
		let mut random = move |below: u64| {
			seed = seed
				.wrapping_mul(6_364_136_223_846_793_005)
				.wrapping_add(1_442_695_040_888_963_407);
			(seed >> 33) % below
		};
		for _ in 0..500 {
			let mut flights: Flights<u32> = Flights::begin(0);
			// All that was ever signed, as whoever saw it may keep it: number, last block, call.
			let mut seen: Vec<(u64, u64, u32)> = Vec::new();
			let (mut block, mut next, mut calls) = (0_u64, 0_u64, 0_u32);
			let mut done = BTreeSet::new();
			let mut waiting: Vec<u32> = Vec::new();
			for _ in 0..200 {
				let mut send = |flights: &mut Flights<u32>, call: u32, number: u64, block: u64, life: u64| {
					let until = block + 1 + life;
					flights.put(number, flight(call, number, until));
					seen.push((number, until, call));
				};
				match random(6) {
					0 | 1 => {
						let call = waiting.pop().unwrap_or_else(|| {
							calls += 1;
							calls
						});
						// A node that may know less than there is.
						let awaited = next + random(3);
						let number = flights.number(awaited.min(flights.next));
						if flights.get_mut(number).is_none() {
							send(&mut flights, call, number, block, random(6));
						} else {
							waiting.push(call);
						}
					}
					2 => {
						// A node says that a call cannot be; it may come all the same.
						let number = next + random(4);
						flights.take(number);
					}
					3 => {
						for number in flights.expired(block) {
							let call = flights.take(number).unwrap().call;
							send(&mut flights, call, number, block, 4);
						}
					}
					_ => {
						// A block takes any of what can follow, or what somebody else has signed.
						block += 1;
						let can: Vec<_> = seen
							.iter()
							.filter(|(number, until, _)| *number == next && *until >= block)
							.collect();
						let taken = match can.len() as u64 {
							0 if random(4) > 0 => continue,
							0 => None,
							count => Some(can[random(count) as usize].2),
						};
						next += 1;
						if let Some(call) = taken {
							assert!(done.insert(call), "call {call} twice");
						}
						for passed in flights.passed(next) {
							if Some(passed.call) != taken {
								waiting.push(passed.call);
							}
						}
					}
				}
			}
			assert!(done.len() > 5, "something was carried out");
		}
	}
}
