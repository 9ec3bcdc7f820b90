// SPDX-License-Identifier: Apache-2.0

//! Evidence against holders who are honest: none convicts them.

use super::{
	any, below, byte, next,
	scene::{self, Blind, SCENES, Scene},
};
use atelier_referee::samples::judge;
use atelier_referee::{
	commit::{Bounded, Commitment, Range, Ranges},
	dispute::{Charge, Evidence, InParts, gather},
	hash::Portable,
	samples::Random,
	trace::step::Part,
};
use codec::Encode;

pub fn run(mut bytes: &[u8]) -> bool {
	let bytes = &mut bytes;
	scene::with(byte(bytes), |scene| {
		let how = byte(bytes);
		let charge = match how & 0x80 {
			0 => scene.charge(bytes),
			_ => next(bytes).unwrap_or(Charge::Token(0)),
		};
		let parts = charge
			.checked(&scene.case)
			.ok()
			.and_then(|charge| scene.holder.parts(charge));
		let chosen = parts.as_ref().map_or(0, |parts| below(bytes, parts.len() as u64 + 1));
		let in_parts = parts.as_ref().map(|parts| InParts {
			parts,
			chosen: chosen as u32,
		});
		match how % 4 {
			// Anything at all.
			0 => {
				let Some(evidence) = next::<Evidence>(bytes) else {
					return false;
				};
				convicts(scene, charge, in_parts, &evidence);
				let _ = judge::<Blind>(&scene.blind, charge, in_parts, &evidence);
				true
			}
			// What decides another charge, with some trees from what decides this one.
			1 => {
				let other = scene.charge(bytes);
				let own = shown(scene, charge, in_parts);
				let (Some(mut evidence), Some(other)) = (own, shown(scene, other, None)) else {
					return false;
				};
				let from = byte(bytes);
				let trees = [
					(&mut evidence.trace, other.trace),
					(&mut evidence.weights, other.weights),
					(&mut evidence.input, other.input),
					(&mut evidence.answer, other.answer),
					(&mut evidence.state, other.state),
					(&mut evidence.vocabulary, other.vocabulary),
				];
				for (bit, (own, other)) in trees.into_iter().enumerate() {
					if from >> bit & 1 == 1 {
						*own = other;
					}
				}
				convicts(scene, charge, in_parts, &evidence)
			}
			// Any leaves of the holder with right proofs.
			2 => {
				let case = scene.case;
				let mut opened = |commitment: Commitment| {
					let ranges = ranges(bytes, commitment.count)?;
					scene.open(commitment.kind, ranges)
				};
				let mut evidence = Evidence::default();
				for (tree, commitment) in [
					(&mut evidence.trace, Some(case.trace)),
					(&mut evidence.weights, Some(case.weights)),
					(&mut evidence.input, Some(case.input)),
					(&mut evidence.answer, Some(case.answer)),
					(&mut evidence.state, Some(case.state)),
					(&mut evidence.vocabulary, case.vocabulary),
				] {
					*tree = commitment.and_then(&mut opened);
				}
				convicts(scene, charge, in_parts, &evidence)
			}
			// What decides, with other bytes in its leaves: refused, and computed with where no hash refuses it.
			_ => {
				let Some(right) = shown(scene, charge, in_parts) else {
					return false;
				};
				let wrong = overwritten(&right, bytes);
				let refused = wrong != right;
				let verdict = judge::<Portable>(&scene.case, charge, in_parts, &wrong);
				assert!(
					if refused {
						verdict.is_err()
					} else {
						verdict == Ok(false)
					},
					"{charge:?}"
				);
				// And with parts that no honest holder names.
				let parts = parts.as_ref().map(|parts| any_parts(parts, bytes));
				let in_parts = parts.as_ref().map(|parts| InParts {
					parts,
					chosen: chosen as u32,
				});
				judge::<Blind>(&scene.blind, charge, in_parts, &wrong).is_ok()
			}
		}
	})
}

/// Judges evidence against an honest holder. Whether it decides at all.
fn convicts(scene: &Scene, charge: Charge, in_parts: Option<InParts<'_>>, evidence: &Evidence) -> bool {
	let verdict = judge::<Portable>(&scene.case, charge, in_parts, evidence);
	assert_ne!(verdict, Ok(true), "{charge:?} {in_parts:?} {evidence:?}");
	verdict.is_ok()
}

/// The same parts but for some that are anything.
fn any_parts(parts: &[Part], bytes: &mut &[u8]) -> Vec<Part> {
	let mut parts = parts.to_vec();
	for _ in 0..byte(bytes) % 4 {
		let at = below(bytes, parts.len() as u64) as usize;
		if let (Some(part), Some(any)) = (parts.get_mut(at), next(bytes)) {
			*part = any;
		}
	}
	parts
}

/// What decides a charge.
fn shown(scene: &mut Scene, charge: Charge, in_parts: Option<InParts<'_>>) -> Option<Evidence> {
	gather(&scene.case, &mut scene.holder, charge, in_parts).ok().flatten()
}

/// Up to two ranges of so many leaves.
fn ranges(bytes: &mut &[u8], count: u64) -> Option<Ranges> {
	let many = byte(bytes) % 3;
	let mut end = 0;
	let ranges = (0..many).map(|_| {
		let start = end + u64::from(end > 0) + below(bytes, count);
		end = start + 1 + below(bytes, 9);
		Range { start, end }
	});
	Ranges::new(ranges.collect()).ok()
}

/// The same with other bytes in the leaves of some trees, and maybe another length of one.
fn overwritten(right: &Evidence, bytes: &mut &[u8]) -> Evidence {
	let mut wrong = right.clone();
	for opened in [
		&mut wrong.trace,
		&mut wrong.weights,
		&mut wrong.input,
		&mut wrong.answer,
		&mut wrong.state,
		&mut wrong.vocabulary,
	]
	.into_iter()
	.flatten()
	{
		let mut leaves = opened.leaves.clone().into_inner();
		for _ in 0..byte(bytes) % 8 {
			let Some(leaf) = leaves
				.len()
				.checked_sub(1)
				.map(|_| below(bytes, leaves.len() as u64) as usize)
			else {
				continue;
			};
			let mut content = leaves[leaf].clone().into_inner();
			let at = below(bytes, content.len() as u64) as usize;
			match byte(bytes) % 8 {
				0 => content.truncate(at),
				1 => content.resize(content.len() + 1, byte(bytes)),
				many => {
					let new = (0..many * 8).map(|_| byte(bytes));
					let places = content.iter_mut().skip(at);
					places.zip(new).for_each(|(place, byte)| *place = byte);
				}
			}
			if let Ok(content) = Bounded::try_from(content) {
				leaves[leaf] = content;
			}
		}
		opened.leaves = Bounded::try_from(leaves).expect("as many");
	}
	wrong
}

/// Evidence of an honest holder.
pub fn honest(random: &mut Random) -> Evidence {
	let noise: Vec<_> = (0..32).map(|_| random.bits() as u8).collect();
	scene::with(random.bits() as u8, |scene| {
		let charge = scene.charge(&mut &noise[..]);
		let parts = scene.holder.parts(charge);
		let in_parts = parts.as_ref().map(|parts| InParts { parts, chosen: 0 });
		shown(scene, charge, in_parts).unwrap_or_default()
	})
}

pub fn seed(random: &mut Random) -> Vec<u8> {
	let number = random.between(0, SCENES as i64 - 1) as u8;
	let noise = |random: &mut Random, length: i64| -> Vec<u8> {
		(0..random.between(0, length)).map(|_| random.bits() as u8).collect()
	};
	match random.between(0, 4) {
		0 => [vec![number, 0x80], any::<Charge>(random), any::<Evidence>(random)].concat(),
		1 => {
			let noise: Vec<_> = (0..32).map(|_| random.bits() as u8).collect();
			let (charge, evidence) = scene::with(number, |scene| {
				let charge = scene.charge(&mut &noise[..]);
				let parts = scene.holder.parts(charge);
				let in_parts = parts.as_ref().map(|parts| InParts { parts, chosen: 0 });
				(charge, shown(scene, charge, in_parts).unwrap_or_default())
			});
			let chosen = if matches!(charge, Charge::Value(_)) {
				vec![0; 4]
			} else {
				Vec::new()
			};
			let in_parts = scene::with(number, |scene| scene.holder.parts(charge).is_some());
			let chosen = if in_parts { chosen } else { Vec::new() };
			[vec![number, 0x80], charge.encode(), chosen, evidence.encode()].concat()
		}
		how => [vec![number, how as u8 - 1], noise(random, 400)].concat(),
	}
}
