// SPDX-License-Identifier: Apache-2.0

//! Who audits what: what follows from the output of an auditor's verifiable random function.
//!
//! The function is sr25519's, over a transcript with the label [`LABEL`] and two messages: [`SUBJECT`], the encoded
//! [`Drawn`], and [`SEED`], the randomness of an epoch that nobody could know when the subject was put on the chain. Its
//! output is 32 bytes made with [`CONTEXT`].

use super::{Work, audits::ONE_AUDIT};
use crate::ids::{DisputeId, WorkerId};
use alloc::vec::Vec;
use atelier_referee::hash::{Blake2b256, Digest};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

pub const LABEL: &[u8] = b"atelier/draw";
pub const SUBJECT: &[u8] = b"subject";
pub const SEED: &[u8] = b"seed";
pub const CONTEXT: &[u8] = b"atelier/draw/output";

/// Most audits of one piece of work that one auditor makes.
pub const MOST_DRAWS: u32 = 64;

/// How many leaves are drawn of what an auditor was not served: whoever has lost a quarter of a tree is found out with a
/// probability of nine in ten.
pub const DRAWN_LEAVES: u64 = 8;

/// What auditors are drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Drawn {
	/// To audit a piece of work.
	Audit(Work),
	/// To vote about a dispute that the chain cannot decide.
	Committee { dispute: DisputeId, round: u8 },
}

/// What an auditor shows so that it is believed to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Lot {
	pub pre_output: Digest,
	pub proof: [u8; 64],
}

/// How many audits, or seats, an auditor got: as many as are to be expected by its part of the weight, rounded up or down
/// by the output.
pub fn count(output: &Digest, expected: u64, weight: u128, total: u128) -> u32 {
	// A part of one, in the same fractions; an auditor is never more than all.
	let weight = weight.min(total);
	// So large that their products would have no room: then the lowest bits do not matter.
	let shift = 32_u32.saturating_sub(total.leading_zeros());
	let (weight, total) = (weight >> shift, total >> shift);
	let part = weight.saturating_mul(ONE_AUDIT.into()).checked_div(total).unwrap_or(0);
	let mean = part.saturating_mul(expected.into()) >> 32;
	let whole = (mean >> 32).min(MOST_DRAWS.into()) as u32;
	let rest = mean as u32;
	let [a, b, c, d, ..] = *output;
	let up = u32::from_le_bytes([a, b, c, d]) < rest;
	whole.saturating_add(up.into()).min(MOST_DRAWS)
}

fn word<H: Blake2b256>(output: &Digest, number: u32, what: &[u8]) -> u64 {
	let [a, b, c, d, e, f, g, h, ..] = H::hash(&(output, number, what).encode());
	u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// A number below `end`, each as likely as the next but for a part of 2^-64.
fn below(word: u64, end: u64) -> u64 {
	(u128::from(word).saturating_mul(end.into()) >> 64) as u64
}

/// The unit that one of an auditor's audits is about: after `from`, up to and including `to`.
pub fn unit<H: Blake2b256>(output: &Digest, number: u32, from: u64, to: u64) -> u64 {
	let span = to.saturating_sub(from);
	let offset = below(word::<H>(output, number, b"unit"), span);
	from.saturating_add(1).saturating_add(offset)
}

/// The position whose final numbers prove that the audit was made.
pub fn position<H: Blake2b256>(output: &Digest, number: u32, positions: u32) -> u32 {
	below(word::<H>(output, number, b"position"), positions.into()) as u32
}

/// What proves that an audit was made: only who has the numbers can make it, and nobody else's is the same.
pub fn proof<H: Blake2b256>(auditor: WorkerId, output: &Digest, number: u32, numbers: &[i32]) -> Digest {
	H::hash(&(b"atelier/audit", auditor, output, number, numbers).encode())
}

/// What an auditor commits to before others can see its proofs.
pub fn sealed<H: Blake2b256>(auditor: WorkerId, work: Work, salt: &Digest, proofs: &[Digest]) -> Digest {
	H::hash(&(b"atelier/report", auditor, work, salt, proofs).encode())
}

/// What a voter commits to.
pub fn ballot<H: Blake2b256>(voter: WorkerId, dispute: DisputeId, round: u8, wrong: bool, salt: &Digest) -> Digest {
	H::hash(&(b"atelier/ballot", voter, dispute, round, wrong, salt).encode())
}

/// Which leaves of a tree must be shown: [`DRAWN_LEAVES`] numbers, perhaps the same twice.
pub fn leaves<H: Blake2b256>(seed: &Digest, count: u64) -> Vec<u64> {
	(0..DRAWN_LEAVES as u32)
		.map(|number| below(word::<H>(seed, number, b"leaf"), count))
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use atelier_referee::hash::Portable;

	fn outputs() -> impl Iterator<Item = Digest> {
		(0..20_000_u32).map(|number| Portable::hash(&number.encode()))
	}

	#[test]
	fn auditors_get_their_part_of_the_audits() {
		for (expected, weight, total) in [
			(0.5, 1, 4),
			(0.5, 1_u128 << 100, 1 << 102),
			(10.0, 30, 100),
			(1.0, 5, 5),
			(3.0, u128::MAX / 3, u128::MAX),
			(2.0, 1 << 64, 1 << 66),
		] {
			let wanted = (expected * ONE_AUDIT as f64) as u64;
			let sum: u64 = outputs()
				.map(|output| u64::from(count(&output, wanted, weight, total)))
				.sum();
			let mean = sum as f64 / 20_000.0;
			let right = expected * weight as f64 / total as f64;
			assert!((mean - right).abs() < 0.02, "{mean} instead of {right}");
		}
	}

	#[test]
	fn nobody_and_nothing_draw_nothing() {
		for output in outputs().take(100) {
			assert_eq!(count(&output, ONE_AUDIT, 1, 0), 0);
			assert_eq!(count(&output, ONE_AUDIT, 0, 1), 0);
			assert_eq!(count(&output, 0, 1, 1), 0);
			assert_eq!(count(&output, u64::MAX, 1, 1), MOST_DRAWS);
			assert_eq!(count(&output, ONE_AUDIT, 9, 1), 1, "nobody is more than all");
		}
	}

	#[test]
	fn every_unit_is_drawn_about_as_often() {
		let mut seen = [0_u32; 7];
		for output in outputs() {
			let unit = unit::<Portable>(&output, 3, 100, 107);
			seen[(unit - 101) as usize] += 1;
		}
		assert!(seen.iter().all(|count| (2_600..3_120).contains(count)), "{seen:?}");
		assert_eq!(unit::<Portable>(&[7; 32], 0, 41, 42), 42);
	}

	#[test]
	fn positions_and_leaves_exist() {
		for output in outputs().take(1_000) {
			assert!(position::<Portable>(&output, 0, 5) < 5);
			assert!(leaves::<Portable>(&output, 3).iter().all(|leaf| *leaf < 3));
		}
	}
}
