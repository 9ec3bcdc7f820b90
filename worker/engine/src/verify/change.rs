// SPDX-License-Identifier: Apache-2.0

//! How much the logits would have to be others for a token to be chosen.
//!
//! Two machines that compute the same model have logits that differ by little, and the noise of a race is the same for both,
//! since it comes from the seed. So a choice that is honest is the verifier's own, or would be if no logit moved by more than
//! a little. With every logit free to move by a change c up or down, a token t can be chosen exactly if
//!
//! - it may run: fewer than `top` tokens are hotter than t in any case, and the part of the weight that those have in any
//!   case is less than `mass`;
//! - and nobody beats it: each token that runs in any case has a lead that is at most 2c above that of t.
//!
//! Both get easier as c grows, so the least one is found by halving. It is given in logits, whatever the temperature is.

use atelier_referee::ops::sampling::{Race, Sampler, heat, lead, random};

/// The largest change that is looked for, in logits: more than any two logits of a model are apart.
pub const MOST: f64 = 256.0;

/// Halvings of it: to 2^-16, a logit's last bit.
const HALVINGS: u32 = 24;

/// Bits of fraction of an inverse temperature.
const INVERSE_FRACTION: i32 = 20;

/// In units of 2^-16, as logits are.
const ONE: f64 = 65_536.0;

/// In logits. [`MOST`] where none is enough.
pub fn least(sampler: Sampler, logits: &[i32], position: u32, token: u32) -> f64 {
	let scene = match sampler {
		Sampler::Greedy => Scene::greedy(logits),
		Sampler::Race(race) => Scene::race(race, logits, position),
	};
	let Some(place) = scene.runners.iter().position(|runner| runner.token == token) else {
		return MOST;
	};
	let (mut low, mut high) = (0.0, MOST);
	if !scene.possible(place, high) {
		return MOST;
	}
	for _ in 0..HALVINGS {
		let middle = f64::midpoint(low, high);
		match scene.possible(place, middle) {
			true => high = middle,
			false => low = middle,
		}
	}
	high
}

struct Runner {
	token: u32,
	heat: f64,
	lead: f64,
}

struct Scene {
	/// The hottest first.
	runners: Vec<Runner>,
	/// The sum of the weights of each with all hotter ones; the hottest weighs 1.
	sums: Vec<f64>,
	top: usize,
	/// Of 1.
	mass: f64,
	/// Heat for each unit of a logit.
	scale: f64,
}

impl Scene {
	/// A race without noise that the hottest wins.
	fn greedy(logits: &[i32]) -> Self {
		let runners = (0..).zip(logits).map(|(token, logit)| Runner {
			token,
			heat: f64::from(*logit),
			lead: f64::from(*logit),
		});
		Self::of(runners.collect(), 0, 1.0, 1.0)
	}

	fn race(race: Race, logits: &[i32], position: u32) -> Self {
		let runners = (0..).zip(logits).map(|(token, logit)| {
			let heat = heat(*logit, race.inverse);
			Runner {
				token,
				heat: heat as f64,
				lead: lead(heat, random(race.seed, position, token)) as f64,
			}
		});
		let mass = f64::from(race.mass.min(1 << 16)) / ONE;
		let scale = f64::from(race.inverse & (u32::MAX >> 1)) * 2_f64.powi(-INVERSE_FRACTION);
		Self::of(runners.collect(), race.top as usize, mass, scale)
	}

	fn of(mut runners: Vec<Runner>, top: usize, mass: f64, scale: f64) -> Self {
		runners.sort_by(|one, other| other.heat.total_cmp(&one.heat));
		let hottest = runners.first().map_or(0.0, |runner| runner.heat);
		let mut sum = 0.0;
		let sums = runners.iter().map(|runner| {
			sum += ((runner.heat - hottest) / ONE).exp2();
			sum
		});
		Self {
			sums: sums.collect(),
			top: match top {
				0 => usize::MAX,
				top => top,
			},
			mass,
			scale,
			runners,
		}
	}

	/// How many are hotter than this.
	fn hotter(&self, heat: f64) -> usize {
		self.runners.partition_point(|runner| runner.heat > heat)
	}

	/// The part of the weight that so many of the hottest have when they are hotter by this and the others colder.
	fn part(&self, count: usize, by: f64) -> f64 {
		let sum = |count: usize| count.checked_sub(1).and_then(|last| self.sums.get(last)).copied();
		let all = sum(self.runners.len().min(self.top)).unwrap_or(0.0);
		let own = sum(count).unwrap_or(0.0).min(all);
		let up = (2.0 * by / ONE).exp2();
		own * up / (own * up + (all - own)).max(f64::MIN_POSITIVE)
	}

	fn possible(&self, place: usize, change: f64) -> bool {
		let Some(claimed) = self.runners.get(place) else {
			return false;
		};
		let by = change * ONE * self.scale;
		let surely_hotter = self.hotter(claimed.heat + 2.0 * by);
		let runs = surely_hotter < self.top && (surely_hotter == 0 || self.part(surely_hotter, -by) < self.mass);
		runs && self.runners.iter().all(|other| {
			if other.lead <= claimed.lead + 2.0 * by || other.token == claimed.token {
				return true;
			}
			// Itself is among those that are no colder than it is.
			let perhaps_hotter = self.hotter(other.heat - 2.0 * by - 0.5).saturating_sub(1);
			let surely_runs =
				perhaps_hotter < self.top && (perhaps_hotter == 0 || self.part(perhaps_hotter, by) < self.mass);
			!surely_runs
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use atelier_referee::samples::Random;

	fn sampler(temperature: f64, top: u32, mass: f64) -> Sampler {
		crate::serve::sampler(temperature, top, mass, 7).unwrap()
	}

	fn logits(random: &mut Random) -> Vec<i32> {
		(0..200).map(|_| random.between(-400_000, 400_000) as i32).collect()
	}

	const SAMPLERS: [(f64, u32, f64); 6] = [
		(0.0, 0, 1.0),
		(1.0, 0, 1.0),
		(0.7, 10, 1.0),
		(1.3, 0, 0.8),
		(0.9, 20, 0.9),
		(0.02, 0, 0.95),
	];

	/// Whoever's logits differ by so much at most has chosen what is possible with such a change.
	#[test]
	fn what_other_logits_choose_needs_no_larger_change() {
		let mut random = Random(1);
		let mut others = 0;
		for round in 0..4_000 {
			let (temperature, top, mass) = SAMPLERS[round % SAMPLERS.len()];
			let sampler = sampler(temperature, top, mass);
			let own = logits(&mut random);
			let most = 1 << random.between(8, 17);
			let theirs: Vec<_> = own
				.iter()
				.map(|logit| logit + random.between(-most, most) as i32)
				.collect();
			let chosen = sampler.choose(&theirs, 3).token;
			if chosen == sampler.choose(&own, 3).token {
				continue;
			}
			others += 1;
			let change = least(sampler, &own, 3, chosen);
			// A few units for what is rounded in integers: heats, weights and the part.
			let allowed = (most as f64 + 4.0) / ONE + 0.002;
			assert!(change <= allowed, "{change} of {allowed}: {temperature} {top} {mass}");
		}
		assert!(others > 300, "{others}");
	}

	/// And less is never enough: with logits moved by it to the token's favour, the token is chosen, or nearly.
	#[test]
	fn a_change_is_no_larger_than_what_brings_the_token() {
		let mut random = Random(2);
		for _ in 0..200 {
			let own = logits(&mut random);
			let token = random.between(0, 199) as u32;
			let best = own.iter().max().unwrap();
			let change = least(Sampler::Greedy, &own, 0, token);
			let wanted = f64::from(best - own[token as usize]) / 2.0 / ONE;
			assert!((change - wanted).abs() < 1e-4, "{change} and {wanted}");
		}
	}

	#[test]
	fn a_token_that_cannot_run_needs_much() {
		let mut own = vec![0; 100];
		own[5] = 20 << 16;
		own[6] = 19 << 16;
		let change = least(sampler(1.0, 2, 1.0), &own, 0, 50);
		assert!((9.0..10.5).contains(&change), "{change}");
		assert_eq!(least(Sampler::Greedy, &own, 0, 100), MOST);
		assert_eq!(least(Sampler::Greedy, &[], 0, 0), MOST);
	}

	#[test]
	fn at_the_edge_of_the_mass_a_little_is_enough() {
		// The first has 0.9 of the weight: with a mass of 0.9 or a little more the second may run or not.
		let own = [(9_f64.ln() * ONE) as i32, 0];
		let clear = least(sampler(1.0, 0, 0.5), &own, 0, 1);
		let edge = least(sampler(1.0, 0, 0.899), &own, 0, 1);
		assert!(edge < clear, "{edge} {clear}");
	}

	#[test]
	fn another_seed_is_another_race() {
		let mut random = Random(3);
		let mut worst = 0_f64;
		for place in 0..20 {
			let own = logits(&mut random);
			let theirs = crate::serve::sampler(1.0, 0, 1.0, 8).unwrap().choose(&own, place).token;
			worst = worst.max(least(sampler(1.0, 0, 1.0), &own, place, theirs));
		}
		assert!(worst > 0.5, "{worst}");
	}
}
