// SPDX-License-Identifier: Apache-2.0

//! Codes that are found by their places, while no place is stored: each place has a random row of bits, and its code is the
//! sum, bit by bit modulo 2, of the table's entries at those bits. With as many entries as codes that is a system of linear
//! equations. Where it has no solution, another seed gives other rows: 29 of 100 are solvable.
//!
//! A place that was not put in gets a code that has nothing to do with it.

use super::{Layout, pick::Pick};
use atelier_referee::ops::sampling::philox;

/// Most codes of a table: bits of a row.
pub const MOST: usize = 128;

/// Key of the rows: the first bytes of `atelier fingerprint`.
const KEY: [u32; 2] = [0x6c65_7461, 0x2072_6569];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
	pub(super) seed: u8,
	pub(super) entries: Vec<u16>,
}

impl Table {
	/// None if there is no seed for it (for random rows, one case of 10^37), or two have the same place.
	pub fn of(picks: &[Pick]) -> Option<Self> {
		(0..=u8::MAX).find_map(|seed| Self::with(seed, picks))
	}

	fn with(seed: u8, picks: &[Pick]) -> Option<Self> {
		if picks.is_empty() || picks.len() > MOST {
			return None;
		}
		// By their lowest bit; 0 where there is none yet.
		let (mut rows, mut codes) = ([0_u128; MOST], [0_u16; MOST]);
		for pick in picks {
			let (mut row, mut code) = (row(seed, pick.place, picks.len()), pick.code);
			loop {
				// No bits are left: the row is a sum of others.
				let place = row.trailing_zeros() as usize;
				let (other, its) = (rows.get_mut(place)?, codes.get_mut(place)?);
				if *other == 0 {
					(*other, *its) = (row, code);
					break;
				}
				row ^= *other;
				code ^= *its;
			}
		}
		let mut entries = vec![0; picks.len()];
		for (place, (row, code)) in rows.iter().zip(codes).enumerate().take(picks.len()).rev() {
			// Its own bit is the lowest; the entries above are known, its own is still 0.
			let entry = code ^ sum(&entries, *row);
			*entries.get_mut(place)? = entry;
		}
		Some(Self { seed, entries })
	}

	/// How many it holds.
	pub fn codes(&self) -> usize {
		self.entries.len()
	}

	/// The code of a place.
	pub fn code(&self, place: u32) -> u16 {
		sum(&self.entries, row(self.seed, place, self.entries.len()))
	}

	pub(super) fn write(&self, layout: Layout, bytes: &mut Vec<u8>) {
		bytes.push(self.seed);
		let (mut held, mut count) = (0_u32, 0);
		for entry in &self.entries {
			held |= u32::from(*entry) << count;
			count += u32::from(layout.bits);
			while count >= 8 {
				bytes.push(held as u8);
				held >>= 8;
				count -= 8;
			}
		}
		if count > 0 {
			bytes.push(held as u8);
		}
	}
}

/// The bits of a place.
fn row(seed: u8, place: u32, count: usize) -> u128 {
	let [a, b, c, d] = philox([place, seed.into(), 0, 0], KEY).map(u128::from);
	let row = a | b << 32 | c << 64 | d << 96;
	let dropped = 128_u32.saturating_sub(count as u32);
	row.checked_shr(dropped).unwrap_or(0)
}

fn sum(entries: &[u16], mut row: u128) -> u16 {
	let mut sum = 0;
	while row != 0 {
		sum ^= entries.get(row.trailing_zeros() as usize).copied().unwrap_or(0);
		row &= row - 1;
	}
	sum
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use std::collections::BTreeMap;

	proptest! {
		#[test]
		fn what_is_put_in_is_found(codes in proptest::collection::btree_map(0..1_u32 << 21, any::<u16>(), 1..=MOST)) {
			let picks: Vec<_> = codes.iter().map(|(&place, &code)| Pick { place, code }).collect();
			let table = Table::of(&picks).expect("there is a seed");
			prop_assert_eq!(table.entries.len(), picks.len());
			for pick in picks {
				prop_assert_eq!(table.code(pick.place), pick.code);
			}
		}
	}

	fn full(seed: u32) -> BTreeMap<u32, u16> {
		let random = |number| philox([number, seed, 1, 1], [0, 0]);
		(0..MOST as u32)
			.map(random)
			.map(|[place, code, ..]| (place >> 11, code as u16))
			.collect()
	}

	#[test]
	fn what_is_not_in_is_any_code() {
		let codes = full(1);
		let picks: Vec<_> = codes.iter().map(|(&place, &code)| Pick { place, code }).collect();
		let table = Table::of(&picks).expect("there is a seed");
		let mut seen = [0_u32; 16];
		for place in (0..16_000).filter(|place| !codes.contains_key(place)) {
			seen[usize::from(table.code(place) >> 12)] += 1;
		}
		// 1,000 of each are expected, with a deviation of 31.
		assert!(seen.iter().all(|seen| (850..1_150).contains(seen)), "{seen:?}");
	}

	#[test]
	fn a_few_seeds_are_enough() {
		let tried: u32 = (0..200)
			.map(|number| {
				let picks: Vec<_> = full(number)
					.into_iter()
					.map(|(place, code)| Pick { place, code })
					.collect();
				u32::from(Table::of(&picks).expect("there is a seed").seed) + 1
			})
			.sum();
		// 3.46 for each on average.
		assert!((500..900).contains(&tried), "{tried}");
	}

	#[test]
	fn a_place_with_two_codes_has_no_table() {
		let pick = |code| Pick { place: 7, code };
		assert_eq!(Table::of(&[pick(1), pick(2)]), None);
		assert_eq!(Table::of(&[]), None);
	}
}
