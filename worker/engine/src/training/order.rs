// SPDX-License-Identifier: Apache-2.0

//! Which part of the text is read when: a pure function of seed, epoch and index, so that anybody can say what a step was
//! computed from, and a resumed run needs to know nothing but its step.
//!
//! The tokens are one stream of T. A window has L tokens and the one after them. In epoch e all windows begin s tokens
//! later, where s is the first word of the block (purpose Shift, part 0, place e), modulo L. So N = ⌊T / L⌋ − 1 windows fit
//! whatever the shift, and window i begins at s + i·L.
//!
//! The window that comes at index n of an epoch is a permutation of 0..N: a Feistel network of eight rounds over 2h bits,
//! the least even number of bits that hold N − 1 (at least 2). A round makes (right, left xor f) of (left, right), where f is the lowest h bits
//! of the first word of the block (purpose Order, part = the round, place = e · 2³² + right). A result of N or more is put
//! through the network again until it is less than N.

use super::{
	Error,
	random::{Purpose, block},
};
use std::ops::Range;

const ROUNDS: u32 = 8;

/// The windows of a stream, and the order in which they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
	seed: u64,
	length: u64,
	windows: u64,
}

impl Order {
	pub fn new(seed: u64, tokens: usize, length: u32) -> Result<Self, Error> {
		let windows = (tokens as u64 / u64::from(length.max(1))).saturating_sub(1);
		if windows == 0 {
			return Err(Error::TooFewTokens {
				what: "the text to train on",
				tokens,
				needed: 2 * length as usize,
			});
		}
		Ok(Self {
			seed,
			length: length.max(1).into(),
			windows,
		})
	}

	/// Windows of an epoch.
	pub fn windows(&self) -> u64 {
		self.windows
	}

	/// The tokens of the window that is read as number `sample` since the beginning.
	pub fn sample(&self, sample: u64) -> Range<usize> {
		let epoch = (sample / self.windows) as u32;
		let window = permuted(self.seed, epoch, sample % self.windows, self.windows);
		let [shift, ..] = block(self.seed, Purpose::Shift, 0, epoch.into());
		let start = (u64::from(shift) % self.length + window * self.length) as usize;
		start..start + self.length as usize + 1
	}
}

/// Where `index` of `0..count` goes.
pub fn permuted(seed: u64, epoch: u32, index: u64, count: u64) -> u64 {
	let half = (64 - count.saturating_sub(1).leading_zeros()).div_ceil(2).max(1);
	let mask = (1_u64 << half) - 1;
	let mut value = index;
	loop {
		let (mut left, mut right) = (value >> half, value & mask);
		for round in 0..ROUNDS {
			let [word, ..] = block(seed, Purpose::Order, round, u64::from(epoch) << 32 | right);
			(left, right) = (right, left ^ (u64::from(word) & mask));
		}
		value = left << half | right;
		if value < count {
			return value;
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_window_is_read_once_an_epoch_and_in_another_order_each_time() {
		for count in [1, 2, 3, 4, 5, 17, 1_000] {
			let of = |epoch| {
				(0..count)
					.map(|index| permuted(9, epoch, index, count))
					.collect::<Vec<_>>()
			};
			let mut sorted = of(0);
			sorted.sort_unstable();
			assert_eq!(sorted, (0..count).collect::<Vec<_>>(), "{count}");
			assert!(count < 17 || of(0) != of(1));
		}
	}

	#[test]
	fn windows_stay_inside_the_text() {
		for tokens in [20, 29, 30, 1_003] {
			let order = Order::new(1, tokens, 10).unwrap();
			assert_eq!(order.windows(), tokens as u64 / 10 - 1);
			for sample in 0..order.windows() * 5 {
				let window = order.sample(sample);
				assert!(window.len() == 11 && window.end <= tokens, "{window:?} of {tokens}");
			}
		}
		assert!(matches!(
			Order::new(1, 19, 10),
			Err(Error::TooFewTokens { needed: 20, .. })
		));
	}

	/// What others must compute, too: these were computed in Python from the words above.
	#[test]
	fn the_order_is_a_fact() {
		let order = Order::new(1, 10_000, 16).unwrap();
		let starts: Vec<_> = (0..4)
			.chain(624..626)
			.map(|sample| order.sample(sample).start)
			.collect();
		assert_eq!(starts, [8_676, 9_252, 6_852, 8_196, 133, 3_621]);
	}
}
