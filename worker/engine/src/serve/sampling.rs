// SPDX-License-Identifier: Apache-2.0

//! From the numbers that people give to the integers that a choice is made by.

use crate::Error;
use atelier_referee::ops::sampling::{Race, Sampler};

/// Bits of fraction of an inverse temperature, and of a part of all weight.
const INVERSE_FRACTION: f64 = 1_048_576.0;
const MASS_FRACTION: f64 = 65_536.0;

/// A sampler by temperature (0: the likeliest token), number of likeliest tokens (0: all), part of their weight (1: all)
/// and seed.
pub fn sampler(temperature: f64, top: u32, mass: f64, seed: u64) -> Result<Sampler, Error> {
	if !(0.0..=1.0).contains(&mass) {
		return Err(Error::BadSampling {
			field: "part of the weight",
			found: mass,
			wanted: "from 0 to 1",
		});
	}
	if temperature == 0.0 {
		return Ok(Sampler::Greedy);
	}
	// Below 0.001 the integer would overflow, above 1,000 it has few bits left.
	if !(0.001..=1_000.0).contains(&temperature) {
		return Err(Error::BadSampling {
			field: "temperature",
			found: temperature,
			wanted: "0, or from 0.001 to 1000",
		});
	}
	let inverse = std::f64::consts::LOG2_E / temperature * INVERSE_FRACTION;
	Ok(Sampler::Race(Race {
		inverse: inverse.round() as u32,
		top,
		mass: (mass * MASS_FRACTION).round() as u32,
		seed,
	}))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_become_integers() {
		let Ok(Sampler::Race(race)) = sampler(1.0, 40, 0.5, 7) else {
			panic!()
		};
		// log2(e) * 2^20 = 1,512,775.4.
		assert_eq!(
			(race.inverse, race.top, race.mass, race.seed),
			(1_512_775, 40, 32_768, 7)
		);
		assert_eq!(sampler(0.0, 40, 0.5, 7).unwrap(), Sampler::Greedy);
		let Ok(Sampler::Race(coldest)) = sampler(0.001, 0, 1.0, 0) else {
			panic!()
		};
		assert!(coldest.inverse < 1 << 31);
	}

	#[test]
	fn what_is_no_temperature_is_refused() {
		for temperature in [-1.0, 1e-9, 1e9, f64::NAN, f64::INFINITY] {
			assert!(matches!(
				sampler(temperature, 0, 1.0, 0),
				Err(Error::BadSampling { .. })
			));
		}
		for mass in [-0.1, 1.1, f64::NAN] {
			assert!(matches!(sampler(1.0, 0, mass, 0), Err(Error::BadSampling { .. })));
		}
	}
}
