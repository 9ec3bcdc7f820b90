// SPDX-License-Identifier: Apache-2.0

//! Every cheat is found by an honest auditor and convicted, whether it gives its trace away or not; and is paid if nobody looks.

use atelier_court::cheats::{Ended, Scene, Strategy, tried};
use atelier_referee::{dispute::Party, model::Use, samples::Random};

/// Scenes of a use in which a cheat makes a difference.
const EACH: usize = 6;

/// How cheats end that are never tried before the referee.
fn at_once(strategy: Strategy) -> Option<Ended> {
	match strategy {
		Strategy::InflatedInput | Strategy::AnotherVersion | Strategy::AnotherRequest => Some(Ended::ByItself),
		Strategy::WithheldStates | Strategy::WithheldInput => Some(Ended::NotServed),
		Strategy::NoTrace | Strategy::NoMoves => Some(Ended::Silence),
		_ => None,
	}
}

#[test]
fn every_cheat_is_convicted() {
	for (number, strategy) in (0_u64..).zip(Strategy::ALL) {
		let mut random = Random(number);
		let (mut tokens, mut vectors, mut played, mut proved) = (0, 0, 0, 0);
		for seed in 0..200_u64 {
			let answers = if seed % 2 == 0 { Use::Tokens } else { Use::Embedding };
			let enough = match answers {
				Use::Tokens => tokens,
				Use::Embedding => vectors,
			};
			if enough == EACH {
				continue;
			}
			// Long enough for attention in parts.
			let input = 12 + (seed % 9) as u32;
			let scene = Scene::random(seed.wrapping_mul(977), answers, input, 6);
			let Some(cheat) = strategy.cheat(scene, &mut random) else {
				continue;
			};
			match answers {
				Use::Tokens => tokens += 1,
				Use::Embedding => vectors += 1,
			}
			let model = cheat.scene.model();
			let unseen = tried(&model, &cheat, None, false).unwrap();
			assert_eq!((unseen.ended, unseen.winner), (Ended::Unseen, None), "{strategy:?}");
			for serving in [false, true] {
				let cheat = if serving {
					cheat.clone().serving()
				} else {
					cheat.clone()
				};
				let outcome = tried(&model, &cheat, None, true).unwrap();
				assert_eq!(
					outcome.winner,
					Some(Party::Challenger),
					"{strategy:?} {seed} {serving}: {outcome:?}"
				);
				assert!(outcome.moves <= outcome.most, "{strategy:?} {outcome:?}");
				if let Some(ended) = at_once(strategy)
					&& !serving
				{
					// Whoever does not play may still be proved wrong without it.
					assert!(
						outcome.ended == ended || outcome.ended == Ended::Proved,
						"{strategy:?} {outcome:?}"
					);
				}
				played += u32::from(outcome.ended == Ended::Played);
				proved += u32::from(outcome.ended == Ended::Proved);
			}
		}
		println!("{strategy:?}: {tokens} with tokens, {vectors} with vectors, {played} played, {proved} proved");
		assert!(tokens + vectors >= EACH, "{strategy:?}");
	}
}

#[test]
fn what_is_proved_at_once_needs_nothing_of_the_worker() {
	for strategy in [
		Strategy::Padded,
		Strategy::Truncated,
		Strategy::FalseStop,
		Strategy::IgnoredStop,
	] {
		let mut random = Random(1);
		let mut cheats = (0..50)
			.filter_map(|seed| strategy.cheat(Scene::random(seed, Use::Tokens, 5, 6), &mut random))
			.take(4)
			.peekable();
		assert!(cheats.peek().is_some());
		for cheat in cheats {
			let model = cheat.scene.model();
			let outcome = tried(&model, &cheat, None, true).unwrap();
			assert_eq!(outcome.ended, Ended::Proved, "{strategy:?}");
		}
	}
}
