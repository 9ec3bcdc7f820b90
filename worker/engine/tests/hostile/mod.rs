// SPDX-License-Identifier: Apache-2.0

//! What strangers may send as a fingerprint. `tests/fingerprint.rs` calls this with seeded bytes, `fuzz/` with bytes that
//! coverage has led to.
#![allow(dead_code, reason = "fuzzing changes bytes by itself")]

use atelier_engine::{
	backend::double::Double,
	fingerprint::{Choice, Fingerprint, Layout, wire::HEAD},
	serve::sampler,
	verify::{Claimed, Pieces, verify},
};
use atelier_referee::samples::Random;

/// Positions of the answers that are held to the bytes.
const INPUT: [u32; 5] = [1, 2, 3, 4, 5];
const ANSWER: usize = 40;

/// Bytes of a fingerprint, of which all but the first mean something.
pub fn seed(random: &mut Random) -> Vec<u8> {
	let layout = Layout {
		choice: random.pick([Choice::Group, Choice::Position]),
		values: random.between(1, 4) as u8,
		bits: random.between(5, 16) as u8,
		fraction: random.between(3, 15) as u8,
	};
	let positions = match random.one_in(2) {
		true => (INPUT.len() + ANSWER - 1) as u32,
		false => random.between(1, 100) as u32,
	};
	let [a, b, c, d] = positions.to_le_bytes();
	let mut bytes = vec![
		1,
		layout.choice as u8,
		layout.values,
		layout.bits,
		layout.fraction,
		a,
		b,
		c,
		d,
	];
	assert_eq!(bytes.len(), HEAD);
	// Of a last byte nobody knows whether bits are left over: most often they are zero.
	bytes.resize_with(Fingerprint::bytes_of(layout, positions), || random.bits() as u8);
	if let Some(last) = bytes.last_mut().filter(|_| !random.one_in(4)) {
		*last = 0;
	}
	bytes
}

pub fn mutated(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
	for _ in 0..random.pick([0, 0, 1, 2, 8]) {
		let at = random.between(0, bytes.len() as i64) as usize;
		match random.between(0, 4) {
			0 | 1 => {
				if let Some(byte) = bytes.get_mut(at) {
					*byte ^= 1 << random.between(0, 7);
				}
			}
			2 => bytes.truncate(at),
			3 => bytes.extend_from_within(at..),
			_ => {
				if let Some(byte) = bytes.get_mut(at) {
					*byte = random.pick([0, 1, 255, 127]);
				}
			}
		}
	}
	bytes
}

/// Panics where something is wrong. Whether the bytes were more than refused.
pub fn run(bytes: &[u8]) -> bool {
	let Ok(fingerprint) = Fingerprint::decode(bytes) else {
		return false;
	};
	assert_eq!(fingerprint.encode(), bytes, "it has one encoding");
	assert!(fingerprint.commitment().is_ok());
	for group in fingerprint.groups() {
		let _ = (group.code(0), group.code(u32::MAX));
	}
	let sampler = sampler(1.0, 0, 1.0, 1).expect("a temperature");
	let claimed = Claimed {
		input: &INPUT,
		answer: &[7; ANSWER],
		sampler,
		fingerprint: &fingerprint,
	};
	if let Ok(report) = verify(&mut Double::new(16, 64), &claimed, Pieces::default()) {
		assert_eq!(report.groups.len(), fingerprint.groups().len());
		// Only who has the states can be near them.
		let whole = report.whole();
		let near = whole.asked.saturating_sub(whole.strays);
		assert!(
			fingerprint.layout().values < 3 || near * 10 < whole.asked * 8,
			"{whole:?}"
		);
	}
	true
}
