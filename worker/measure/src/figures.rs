// SPDX-License-Identifier: Apache-2.0

//! What many measurements of the same thing say together.

use serde_json::{Value, json};

/// The middle of some measurements, and the least and the most of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
	pub median: f64,
	pub least: f64,
	pub most: f64,
}

impl Figures {
	/// Of at least one.
	pub fn of(measured: impl IntoIterator<Item = f64>) -> Option<Self> {
		let mut sorted: Vec<f64> = measured.into_iter().collect();
		sorted.sort_by(f64::total_cmp);
		let middle = sorted.len() / 2;
		let upper = *sorted.get(middle)?;
		let lower = match sorted.len() % 2 {
			0 => *sorted.get(middle.checked_sub(1)?)?,
			_ => upper,
		};
		Some(Self {
			median: (lower + upper) / 2.0,
			least: *sorted.first()?,
			most: *sorted.last()?,
		})
	}

	/// How far apart they are, in parts of the middle.
	pub fn spread(&self) -> f64 {
		(self.most - self.least) / self.median
	}

	pub fn json(&self) -> Value {
		json!({ "median": self.median, "least": self.least, "most": self.most })
	}
}

/// The measurement below which so many of a hundred are, or its neighbour above.
pub fn percentile(measured: &[f64], hundredths: usize) -> Option<f64> {
	let mut sorted = measured.to_vec();
	sorted.sort_by(f64::total_cmp);
	let place = (sorted.len() * hundredths).div_ceil(100).saturating_sub(1);
	sorted.get(place).copied()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_middle_is_in_the_middle() {
		let of = |measured: &[f64]| Figures::of(measured.iter().copied());
		assert_eq!(of(&[]), None);
		let odd = of(&[3.0, 1.0, 9.0]).expect("some");
		assert_eq!((odd.median, odd.least, odd.most), (3.0, 1.0, 9.0));
		assert_eq!(of(&[4.0, 1.0, 2.0, 8.0]).expect("some").median, 3.0);
		assert!((odd.spread() - 8.0 / 3.0).abs() < 1e-12);
	}

	#[test]
	fn percentiles_are_measurements() {
		let measured: Vec<f64> = (1..=20).rev().map(f64::from).collect();
		assert_eq!(percentile(&measured, 50), Some(10.0));
		assert_eq!(percentile(&measured, 95), Some(19.0));
		assert_eq!(percentile(&measured, 100), Some(20.0));
		assert_eq!(percentile(&[], 50), None);
	}
}
