// SPDX-License-Identifier: Apache-2.0

//! What strangers may send, by seeded bytes: encodings of real values that were changed, and bytes that are none. The same
//! functions are run by `make fuzz` with bytes that coverage has led to.
//!
//! `ATELIER_FUZZ_BYTES` are the bytes that each target gets; targets that compute for each of them get a part.

mod hostile;

use atelier_referee::samples::Random;
use hostile::{TARGETS, Target, mutated};
use std::{
	sync::atomic::{AtomicU64, Ordering},
	time::{Duration, Instant},
};

/// No input of a target may take longer, on a machine that is busy with other things.
const SLOWEST: Duration = Duration::from_secs(5);

/// Bytes of one piece of work.
const PIECE: u64 = 1 << 16;

#[derive(Default)]
struct Done {
	inputs: u64,
	bytes: u64,
	/// Inputs that were more than refused.
	taken: u64,
	slowest: Duration,
}

fn piece(target: &Target, number: u64) -> Done {
	let mut random = Random(number << 32);
	let mut done = Done::default();
	while done.bytes < PIECE {
		let seed = (target.seed)(&mut random);
		// Each seed is changed in a few ways.
		for turn in 0..4 {
			let bytes = match turn {
				0 => seed.clone(),
				3 if random.one_in(4) => (0..random.between(1, 300)).map(|_| random.bits() as u8).collect(),
				_ => {
					let other = (target.seed)(&mut random);
					mutated(seed.clone(), &other, &mut random)
				}
			};
			let started = Instant::now();
			done.taken += u64::from((target.run)(&bytes));
			done.slowest = done.slowest.max(started.elapsed());
			done.inputs += 1;
			done.bytes += bytes.len().max(1) as u64;
		}
	}
	done
}

fn fuzz(name: &str, part: u64) {
	let target = TARGETS.iter().find(|target| target.name == name).expect("there is one");
	let bytes: u64 = std::env::var("ATELIER_FUZZ_BYTES").map_or(10_000_000, |number| {
		number.parse().expect("ATELIER_FUZZ_BYTES is a number")
	});
	let pieces = (bytes / part).div_ceil(PIECE);
	let next = AtomicU64::new(0);
	let work = || {
		let mut all = Done::default();
		loop {
			let number = next.fetch_add(1, Ordering::Relaxed);
			if number >= pieces {
				return all;
			}
			let done = piece(target, number);
			all.inputs += done.inputs;
			all.bytes += done.bytes;
			all.taken += done.taken;
			all.slowest = all.slowest.max(done.slowest);
		}
	};
	let started = Instant::now();
	let threads = std::thread::available_parallelism().map_or(1, usize::from);
	let all = std::thread::scope(|scope| {
		let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
		let results = threads
			.into_iter()
			.map(|thread| thread.join().expect("an input failed"));
		results.reduce(|one, other| Done {
			inputs: one.inputs + other.inputs,
			bytes: one.bytes + other.bytes,
			taken: one.taken + other.taken,
			slowest: one.slowest.max(other.slowest),
		})
	});
	let Done {
		inputs,
		bytes: given,
		taken,
		slowest,
	} = all.expect("there is a thread");
	println!(
		"{name}: {inputs} inputs of {given} bytes, {taken} taken, the slowest in {slowest:?}; {:?}",
		started.elapsed()
	);
	assert!(given >= bytes / part && slowest < SLOWEST);
	// Both happen, or the target sees one side only.
	assert!(taken * 50 > inputs && taken < inputs, "{taken} of {inputs}");
}

#[test]
fn what_is_decoded_was_encoded_so() {
	fuzz("wire", 1);
}

#[test]
fn proofs_show_what_is_there_and_nothing_else() {
	fuzz("proofs", 1);
}

#[test]
fn no_evidence_convicts_an_honest_holder() {
	fuzz("evidence", 1);
}

#[test]
fn no_dispute_is_lost_by_an_honest_holder() {
	fuzz("moves", 1);
}

#[test]
fn nothing_about_a_shape_is_too_large_or_too_slow() {
	fuzz("shapes", 5);
}

#[test]
fn any_numbers_make_a_model_or_none() {
	fuzz("packages", 20);
}

#[test]
#[should_panic(expected = "left == right")]
fn a_type_with_two_encodings_is_found() {
	hostile::wire::run_with_two_encodings();
}

#[test]
fn holders_of_wrong_traces_are_convicted_by_the_same_bytes() {
	hostile::scene::spoil();
	for name in ["evidence", "moves"] {
		let target = TARGETS.iter().find(|target| target.name == name).expect("there is one");
		let mut random = Random(1);
		let convicted = (0..300).filter(|_| {
			let seed = (target.seed)(&mut random);
			std::panic::catch_unwind(|| (target.run)(&seed)).is_err()
		});
		let convicted = convicted.count();
		assert!(convicted > 20, "{name}: {convicted}");
	}
}
