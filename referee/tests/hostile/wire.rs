// SPDX-License-Identifier: Apache-2.0

//! What decodes is encoded by the same bytes again, and by no more of them than its type may have.

use super::{any, next};
use atelier_referee::{
	claim::{Claim, Origin, Request, StopReason},
	commit::{
		Commitment, Kind, Node, Ranges, RangesProof, Revealed, decode_exact,
		mountain::{Extension, Inclusion, Interval, Peaks, Receipt, Root, Summed},
	},
	dispute::{Charge, Evidence, Game, Move, Opened, Parts, Party, Worst},
	model::Shape,
	ops::sampling::{Choice, Race, Sampler},
	samples::Random,
	trace::{
		At, Counts, Leaf, Place, Size,
		step::{Doubt, Part},
	},
};
use codec::{Decode, Encode, MaxEncodedLen};

/// A type that is decoded.
struct Type {
	decodes: fn(&[u8]) -> bool,
	any: fn(&mut Random) -> Vec<u8>,
}

const fn of<T: Encode + Decode + MaxEncodedLen>() -> Type {
	Type {
		decodes: |bytes| {
			let exact = begins_with::<T>(bytes, T::max_encoded_len()) == Some(bytes.len());
			assert_eq!(decode_exact::<T>(bytes).is_ok(), exact);
			exact
		},
		any: any::<T>,
	}
}

/// How many bytes of the beginning are a value.
fn begins_with<T: Encode + Decode>(bytes: &[u8], most: usize) -> Option<usize> {
	let mut rest = bytes;
	let value: T = next(&mut rest)?;
	let read = bytes.len() - rest.len();
	assert!(read <= most, "{read} bytes");
	assert_eq!(value.encode(), bytes[..read]);
	Some(read)
}

const TYPES: [Type; 32] = [
	of::<Claim>(),
	of::<Request>(),
	of::<Origin>(),
	of::<StopReason>(),
	of::<Shape>(),
	of::<Commitment>(),
	of::<Kind>(),
	of::<Evidence>(),
	of::<Opened>(),
	of::<Charge>(),
	of::<Game>(),
	of::<Party>(),
	of::<Parts>(),
	of::<Worst>(),
	of::<Revealed>(),
	of::<Ranges>(),
	of::<RangesProof>(),
	of::<Node>(),
	of::<Receipt>(),
	of::<Summed>(),
	of::<Root>(),
	of::<Interval>(),
	of::<Inclusion>(),
	of::<Extension>(),
	of::<Peaks>(),
	of::<Part>(),
	of::<Doubt>(),
	of::<At>(),
	of::<Counts>(),
	of::<Choice>(),
	of::<Sampler>(),
	// A move states no maximum. The largest opens evidence.
	Type {
		decodes: |bytes| begins_with::<Move>(bytes, 1 + Evidence::max_encoded_len()) == Some(bytes.len()),
		any: any::<Move>,
	},
];

pub fn run(bytes: &[u8]) -> bool {
	let decoded = TYPES.iter().filter(|of| (of.decodes)(bytes)).count();
	assert!(Race::decode(&mut &*bytes).is_ok() == (bytes.len() >= Race::max_encoded_len()));
	assert!(Place::decode(&mut &*bytes).is_err() || bytes.len() >= Place::max_encoded_len());
	leaves(bytes) || decoded > 0
}

/// Leaves of a vector whose kind and length are the first bytes.
fn leaves(mut bytes: &[u8]) -> bool {
	let (Some(kind), Some(count), Some(leaf)) = (next::<u8>(&mut bytes), next(&mut bytes), next(&mut bytes)) else {
		return false;
	};
	let size = match kind % 6 {
		0 => Size::Absent,
		1 => Size::Numbers(count),
		2 => Size::Activations(count),
		3 => Size::Statistics(count),
		4 => Size::Exponent,
		_ => Size::Choice,
	};
	assert!(u64::from(size.leaves()) * u64::from(size.values_of_leaf()) >= size.values().into());
	match Leaf::read(size, leaf, bytes) {
		Ok(read) => {
			assert_eq!(read.write(), bytes);
			assert!(leaf < size.leaves());
			true
		}
		Err(_) => false,
	}
}

pub fn seed(random: &mut Random) -> Vec<u8> {
	match random.between(0, TYPES.len() as i64 + 3) {
		number if number < TYPES.len() as i64 => (TYPES[number as usize].any)(random),
		0..=33 => super::evidence::honest(random).encode(),
		34 => super::moves::honest(random).encode(),
		_ => {
			let count = random.between(1, 600) as u32;
			let width = [4, 2, 13][random.between(0, 2) as usize];
			let kind = [1_u8, 2, 3][[4, 2, 13].iter().position(|other| *other == width).unwrap_or(0)];
			let held = if kind == 3 { 64 } else { 256 };
			let values = (0..count.min(held) * width).map(|_| random.bits() as u8);
			[&[kind][..], &(count, 0_u32).encode(), &values.collect::<Vec<_>>()].concat()
		}
	}
}

/// Panics: a flag that is any byte is decoded from more than one encoding.
pub fn run_with_two_encodings() {
	struct Flag(bool);
	impl Decode for Flag {
		fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
			input.read_byte().map(|byte| Self(byte != 0))
		}
	}
	impl Encode for Flag {
		fn encode(&self) -> Vec<u8> {
			self.0.encode()
		}
	}
	begins_with::<Flag>(&[2], 1);
}
