// SPDX-License-Identifier: Apache-2.0

//! A fingerprint as bytes: a head of nine, then each group's table. A fingerprint has one encoding only.

use super::{Choice, Fingerprint, Layout, MAX_POSITIONS, sizes, table::Table};

/// The first byte.
pub const VERSION: u8 = 1;

/// Bytes before the tables: version, choice, values, bits, fraction, and four of positions, the lowest first.
pub const HEAD: usize = 9;

/// Why bytes are no fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
	#[error("of a fingerprint's {HEAD} first bytes {found} are there")]
	HeadCut { found: usize },
	#[error("version {found} of fingerprints is not known, {VERSION} is")]
	Version { found: u8 },
	#[error("{found} is no choice of numbers: 0 is of a group, 1 of a position")]
	Choice { found: u8 },
	#[error("{field} of a fingerprint are {least} to {most}, and not {found}")]
	Layout {
		field: &'static str,
		found: u8,
		least: u8,
		most: u8,
	},
	#[error("a fingerprint is of 1 to {MAX_POSITIONS} positions, and not of {found}")]
	Positions { found: u32 },
	#[error("a fingerprint of these positions has {wanted} bytes, and not {found}")]
	Length { found: usize, wanted: usize },
	#[error("the bits after the last entry of group {group} are not 0")]
	Padding { group: usize },
}

impl Fingerprint {
	/// Bytes of one of so many positions.
	pub fn bytes_of(layout: Layout, positions: u32) -> usize {
		sizes(positions).fold(HEAD, |sum, size| sum + table_bytes(layout, size))
	}

	pub(super) fn head(&self) -> [u8; HEAD] {
		let Layout {
			choice,
			values,
			bits,
			fraction,
		} = self.layout;
		let [a, b, c, d] = self.positions.to_le_bytes();
		[VERSION, choice as u8, values, bits, fraction, a, b, c, d]
	}

	pub fn encode(&self) -> Vec<u8> {
		let mut bytes = self.head().to_vec();
		for group in &self.groups {
			group.write(self.layout, &mut bytes);
		}
		bytes
	}

	/// Of any bytes. Nothing is set aside before their length is known to be right.
	pub fn decode(bytes: &[u8]) -> Result<Self, Broken> {
		let Some((&[version, choice, values, bits, fraction, a, b, c, d], mut rest)) = bytes.split_first_chunk() else {
			return Err(Broken::HeadCut { found: bytes.len() });
		};
		if version != VERSION {
			return Err(Broken::Version { found: version });
		}
		let layout = Layout {
			choice: match choice {
				0 => Choice::Group,
				1 => Choice::Position,
				found => return Err(Broken::Choice { found }),
			},
			values,
			bits,
			fraction,
		}
		.checked()?;
		let positions = u32::from_le_bytes([a, b, c, d]);
		if !(1..=MAX_POSITIONS).contains(&positions) {
			return Err(Broken::Positions { found: positions });
		}
		let length = || Broken::Length {
			found: bytes.len(),
			wanted: Self::bytes_of(layout, positions),
		};
		if bytes.len() != Self::bytes_of(layout, positions) {
			return Err(length());
		}
		let mut groups = Vec::new();
		for (group, size) in sizes(positions).enumerate() {
			let (own, after) = rest.split_at_checked(table_bytes(layout, size)).ok_or_else(length)?;
			rest = after;
			groups.push(read(layout, size, own).ok_or(Broken::Padding { group })?);
		}
		Ok(Self {
			layout,
			positions,
			groups,
		})
	}
}

/// The seed and the entries.
fn table_bytes(layout: Layout, positions: u32) -> usize {
	1 + (layout.count(positions) * usize::from(layout.bits)).div_ceil(8)
}

/// None if what is left over is not 0.
fn read(layout: Layout, positions: u32, bytes: &[u8]) -> Option<Table> {
	let (&seed, mut bytes) = bytes.split_first()?;
	let (mut held, mut count) = (0_u32, 0);
	let mut entries = Vec::with_capacity(layout.count(positions));
	while entries.len() < layout.count(positions) {
		while count < u32::from(layout.bits) {
			let (&byte, rest) = bytes.split_first()?;
			bytes = rest;
			held |= u32::from(byte) << count;
			count += 8;
		}
		entries.push((held & ((1 << layout.bits) - 1)) as u16);
		held >>= layout.bits;
		count -= u32::from(layout.bits);
	}
	(held == 0 && bytes.is_empty()).then_some(Table { seed, entries })
}
