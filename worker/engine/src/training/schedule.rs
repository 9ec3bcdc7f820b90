// SPDX-License-Identifier: Apache-2.0

//! How fast a step learns: up in a line, down along half a cosine.

use super::settings::Training;

/// The learning rate of a step, the first of which is 1.
pub fn rate(settings: &Training, step: u64) -> f64 {
	if step < settings.warm_up {
		return settings.rate * step as f64 / settings.warm_up as f64;
	}
	let left = settings.steps.saturating_sub(settings.warm_up).max(1);
	let done = (step - settings.warm_up).min(left) as f64 / left as f64;
	let part = 0.5 * (1.0 + libm::cos(std::f64::consts::PI * done));
	settings.rate * (settings.last_rate + (1.0 - settings.last_rate) * part)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn goes_up_and_down() {
		let settings = Training {
			steps: 100,
			warm_up: 10,
			rate: 2.0,
			last_rate: 0.1,
			..Training::default()
		};
		for (step, wanted) in [(1, 0.2), (5, 1.0), (10, 2.0), (55, 1.1), (100, 0.2), (1_000, 0.2)] {
			assert!((rate(&settings, step) - wanted).abs() < 1e-12, "{step}");
		}
		let none = Training {
			warm_up: 0,
			steps: 1,
			..settings
		};
		assert!(rate(&none, 1).is_finite());
	}
}
