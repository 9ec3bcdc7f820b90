// SPDX-License-Identifier: Apache-2.0

//! Very many random models: no leaf of an honest trace is wrong, and every wrong leaf is proved to be one.
//!
//! The rule, for each model:
//! - each leaf of the honest trace holds by one of its values, a choice by all of its fields;
//! - a few leaves are made wrong, one at a time, and each is found;
//! - against one of them, while it is right and when it is wrong, evidence is given to the judge.
//!
//! Of one model in [`ALL_LEAVES`] every value is checked and every leaf is made wrong; of one in [`ALL_EVIDENCE`] evidence is
//! given against every leaf. `ATELIER_MODELS` are the models of a run, from number `ATELIER_FIRST_MODEL` on.

use atelier_referee::samples::{Answer, Committed, Sample, spoil};
use atelier_referee::{
	commit::{Kind, Tree, leaf_digest},
	dispute::Charge,
	hash::Portable,
	model::Use,
	ops::sampling::Choice,
	samples::{Random, Values},
	trace::{At, Leaf, Size, Stage, step::Doubt},
};
use std::{
	sync::atomic::{AtomicU64, Ordering},
	time::Instant,
};

/// One model in so many.
const ALL_LEAVES: u64 = 7;
const ALL_EVIDENCE: u64 = 100;

/// Leaves of the others that are made wrong.
const WRONG: usize = 4;

/// With fewer models a run does not see everything that it says it sees.
const ENOUGH: u64 = 1_000;

/// What was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Checked {
	models: u64,
	/// Leaves of honest traces, and values of them.
	leaves: u64,
	values: u64,
	/// Leaves that were made wrong and found.
	found: u64,
	/// Wrong leaves that evidence proved, and honest ones about which it proved nothing.
	proved: u64,
	refused: u64,
}

impl Checked {
	fn add(&mut self, other: Self) {
		self.models += other.models;
		self.leaves += other.leaves;
		self.values += other.values;
		self.found += other.found;
		self.proved += other.proved;
		self.refused += other.refused;
	}
}

/// A number that whoever runs the test may set.
fn setting(name: &str, usual: u64) -> u64 {
	let number = |number: String| number.parse().unwrap_or_else(|_| panic!("{name} is a number"));
	std::env::var(name).map_or(usual, number)
}

#[test]
fn every_wrong_leaf_is_found_and_no_honest_one() {
	let (first, count) = (setting("ATELIER_FIRST_MODEL", 0), setting("ATELIER_MODELS", 10_000));
	let started = Instant::now();
	let next = AtomicU64::new(0);
	let work = || {
		let mut checked = Checked::default();
		loop {
			match next.fetch_add(1, Ordering::Relaxed) {
				number if number < count => checked.add(check(first + number)),
				_ => return checked,
			}
		}
	};
	let mut all = Checked::default();
	std::thread::scope(|scope| {
		let threads = std::thread::available_parallelism().map_or(1, usize::from);
		let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
		for thread in threads {
			all.add(thread.join().expect("a model failed"));
		}
	});
	let seconds = started.elapsed().as_secs_f64();
	println!(
		"{all:?} in {seconds:.0} s, {:.0} models a second",
		count as f64 / seconds
	);
	assert_eq!(all.models, count);
	assert!(count < ENOUGH || all.found > 40 * count && all.proved > 3 * count && all.refused > 3 * count);
}

/// Ordinary values, extreme ones, or any bytes.
fn sample(number: u64) -> Sample {
	let values = [Values::Ordinary, Values::Extreme, Values::Bytes];
	Sample::new(number, values[(number % 3) as usize])
}

fn check(number: u64) -> Checked {
	// Other numbers than those of which the model is made.
	let mut random = Random(!number);
	let mut answer = Answer::of(&sample(number));
	let leaves = answer.leaves.len();
	assert_eq!(leaves as u64, answer.graph.leaves(), "model {number}");
	let mut checked = Checked {
		models: 1,
		leaves: leaves as u64,
		..Checked::default()
	};

	let all = number.is_multiple_of(ALL_LEAVES);
	for (at, _) in &answer.leaves {
		for doubt in doubts(&answer, *at, all, &mut random) {
			assert!(answer.survives(doubt), "model {number}: {doubt:?}");
			checked.values += 1;
		}
	}

	for leaf in some(leaves, all, WRONG, &mut random) {
		let (right, doubts) = make_wrong(&mut answer, leaf, &mut random);
		let found = doubts.iter().any(|doubt| !answer.survives(*doubt));
		assert!(found, "model {number}: {doubts:?}");
		answer.leaves[leaf].1 = right;
		checked.found += 1;
	}

	let mut holder = Holder::new(answer);
	let all = number.is_multiple_of(ALL_EVIDENCE);
	for leaf in some(leaves, all, 1, &mut random) {
		let answer = &holder.committed.answer;
		for doubt in doubts(answer, answer.leaves[leaf].0, false, &mut random) {
			let convicted = holder.committed.judge(Charge::Value(doubt));
			assert!(!convicted, "model {number}: {doubt:?}");
			checked.refused += 1;
		}
		let proved = holder.is_convicted_with_a_wrong(leaf, &mut random);
		assert!(proved, "model {number}: leaf {leaf}");
		checked.proved += 1;
	}
	for charge in charges_of_what_was_given(&holder.committed.answer) {
		assert!(!holder.committed.judge(charge), "model {number}: {charge:?}");
		checked.refused += 1;
	}
	checked
}

/// All of so many leaves, or so few of them.
fn some(leaves: usize, all: bool, few: usize, random: &mut Random) -> Vec<usize> {
	match all {
		true => (0..leaves).collect(),
		false => (0..few)
			.map(|_| random.between(0, leaves as i64 - 1) as usize)
			.collect(),
	}
}

/// Doubts about all values of a leaf, or about one; of a choice about each field, with all rivals or one.
fn doubts(answer: &Answer, at: At, all: bool, random: &mut Random) -> Vec<Doubt> {
	let doubt = |value, rival| Doubt { at, value, rival };
	let size = answer.graph.size(at.place.stage);
	let of = if size == Size::Choice {
		answer.graph.shape().vocabulary
	} else {
		size.values_in(at.leaf)
	};
	let numbers = some(of as usize, all, 1, random)
		.into_iter()
		.map(|number| number as u32);
	match size {
		Size::Choice => (0..Choice::TOKEN)
			.map(|field| doubt(field, 0))
			.chain(numbers.map(|rival| doubt(Choice::TOKEN, rival)))
			.collect(),
		_ => numbers.map(|value| doubt(value, 0)).collect(),
	}
}

/// Makes one value of a leaf wrong. The leaf as it was, and the doubts of which one must find it.
fn make_wrong(answer: &mut Answer, number: usize, random: &mut Random) -> (Leaf, Vec<Doubt>) {
	let (at, right) = answer.leaves[number].clone();
	let mut wrong = right.clone();
	let doubt = match random.one_in(2) {
		// The neighbour of the right value: only with a vocabulary of one token there is none.
		true => spoil(at, &mut wrong, answer, random).expect("a value can be wrong"),
		false => garble(answer, at, &mut wrong, random),
	};
	let mut doubts = vec![doubt];
	if let Leaf::Choice(choice) = &wrong
		&& doubt.value == Choice::TOKEN
		&& choice.token < answer.graph.shape().vocabulary
	{
		// A token that does not even run loses to itself.
		doubts.push(Doubt {
			rival: choice.token,
			..doubt
		});
	}
	answer.leaves[number].1 = wrong;
	(right, doubts)
}

/// Makes a value any other one.
fn garble(answer: &Answer, at: At, leaf: &mut Leaf, random: &mut Random) -> Doubt {
	let size = answer.graph.size(at.place.stage);
	let (value, bytes, rival) = match leaf {
		Leaf::Choice(right) => {
			let field = random.between(0, 4) as usize;
			let rival = if field == 4 { right.token } else { 0 };
			(field, field * 8..(field * 8 + 8).min(size.width()), rival)
		}
		_ => {
			let value = random.between(0, i64::from(size.values_in(at.leaf)) - 1) as usize;
			(value, value * size.width()..(value + 1) * size.width(), 0)
		}
	};
	let mut written = leaf.write();
	let right = written[bytes.clone()].to_vec();
	while written[bytes.clone()] == right {
		for byte in &mut written[bytes.clone()] {
			let any = random.bits() as u8;
			*byte = random.pick([*byte, 0, 0x7f, 0x80, 0xff, any]);
		}
	}
	*leaf = Leaf::read(size, at.leaf, &written).expect("it is as long");
	Doubt {
		at,
		value: value as u32,
		rival,
	}
}

/// That the answer is what the trace ends with is right of every part of it.
fn charges_of_what_was_given(answer: &Answer) -> Vec<Charge> {
	match answer.graph.shape().answers {
		Use::Tokens => (0..answer.graph.counts().output)
			.flat_map(|number| [Charge::Token(number), Charge::End(number)])
			.collect(),
		Use::Embedding => (0..answer.graph.size(Stage::Unit).leaves())
			.map(Charge::Output)
			.collect(),
	}
}

/// Who commits to one wrong trace after another.
struct Holder {
	committed: Committed,
	digests: Vec<[u8; 32]>,
}

impl Holder {
	fn new(answer: Answer) -> Self {
		let digests = (0..)
			.zip(&answer.leaves)
			.map(|(number, (_, leaf))| digest(number, leaf));
		Self {
			digests: digests.collect(),
			committed: Committed::new(answer),
		}
	}

	fn is_convicted_with_a_wrong(&mut self, leaf: usize, random: &mut Random) -> bool {
		let honest = self.committed.trace.clone();
		let (right, doubts) = make_wrong(&mut self.committed.answer, leaf, random);
		let mut digests = self.digests.clone();
		digests[leaf] = digest(leaf as u64, &self.committed.answer.leaves[leaf].1);
		self.committed.trace = Tree::from_digests::<Portable>(Kind::Trace, digests).expect("few leaves");
		let convicted = doubts.iter().any(|doubt| self.committed.judge(Charge::Value(*doubt)));
		self.committed.trace = honest;
		self.committed.answer.leaves[leaf].1 = right;
		convicted
	}
}

fn digest(number: u64, leaf: &Leaf) -> [u8; 32] {
	leaf_digest::<Portable>(Kind::Trace, number, &leaf.write())
}
