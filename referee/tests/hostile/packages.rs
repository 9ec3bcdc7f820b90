// SPDX-License-Identifier: Apache-2.0

//! Models of any numbers: they are refused or taken without panic, and what they answer holds value by value.

use super::{below, byte};
use atelier_referee::samples::{Answer, Sample};
use atelier_referee::{
	model::{Package, PackageError},
	samples::{Random, Values},
};
use std::cell::RefCell;

/// How many models there are to change.
const MODELS: u64 = 24;

std::thread_local! {
	static ALL: RefCell<Vec<Sample>> = RefCell::new((0..MODELS).map(model).collect());
}

fn model(number: u64) -> Sample {
	let values = [Values::Ordinary, Values::Extreme, Values::Bytes][(number % 3) as usize];
	(1_000 * number..)
		.map(|seed| Sample::new(seed, values))
		.find(|sample| sample.bytes.len() < 60_000 && sample.shape.vocabulary < 100)
		.expect("there is one")
}

pub fn run(mut bytes: &[u8]) -> bool {
	let bytes = &mut bytes;
	let number = usize::from(byte(bytes)) % MODELS as usize;
	let random = Random(below(bytes, 1 << 16));
	ALL.with_borrow(|all| {
		let sample = &all[number];
		let mut package = sample.bytes.clone();
		while !bytes.is_empty() {
			let at = below(bytes, package.len() as u64) as usize;
			let new = (0..byte(bytes) % 16).map(|_| byte(bytes));
			package
				.iter_mut()
				.skip(at)
				.zip(new)
				.for_each(|(place, byte)| *place = byte);
		}
		let taken = match Package::checked(sample.shape, &package) {
			Ok(_) => true,
			Err(PackageError::NotCanonical { at }) => {
				assert!(at < package.len() as u64);
				false
			}
			Err(PackageError::NumberOutside { .. }) => false,
			Err(PackageError::WrongLength { .. }) => panic!("it is as long as it was"),
		};
		for wrong in [0, package.len() / 2, package.len() - 1] {
			let short = Package::checked(sample.shape, &package[..wrong]);
			assert!(matches!(short, Err(PackageError::WrongLength { .. })));
		}
		// What is not canonical is judged as it is stored.
		let answer = Answer::of(&Sample {
			shape: sample.shape,
			bytes: package,
			tokens: sample.tokens.clone(),
			random: random.clone(),
		});
		assert_eq!(answer.leaves.len() as u64, answer.graph.leaves());
		let mut random = random;
		let doubts = answer.doubts(&mut random);
		for doubt in doubts.iter().skip(number % 7).step_by(7) {
			assert!(answer.survives(*doubt), "{doubt:?}");
		}
		taken
	})
}

pub fn seed(random: &mut Random) -> Vec<u8> {
	let patches = random.between(0, 6);
	let mut bytes = vec![random.bits() as u8, 0, 0, 0, 0];
	for _ in 0..patches {
		bytes.extend((random.bits() as u32).to_le_bytes());
		let length = random.between(0, 15) as u8;
		bytes.push(length);
		let extreme = random.pick([0x00, 0x7f, 0x80, 0xff]);
		bytes.extend((0..length).map(|_| if random.one_in(2) { extreme } else { random.bits() as u8 }));
	}
	bytes
}
