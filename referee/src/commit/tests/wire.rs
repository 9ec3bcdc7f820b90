// SPDX-License-Identifier: Apache-2.0

use super::{mountain::archive, *};
use crate::commit::mountain::*;
use codec::{Compact, Decode, Encode, Input, MaxEncodedLen};
use proptest::prelude::*;
use std::fmt::Debug;

/// Input that counts what is allocated for it.
struct Watched<'a> {
	bytes: &'a [u8],
	allocated: usize,
}

impl Input for Watched<'_> {
	fn remaining_len(&mut self) -> Result<Option<usize>, codec::Error> {
		Ok(None)
	}

	fn read(&mut self, into: &mut [u8]) -> Result<(), codec::Error> {
		self.bytes.read(into)
	}

	fn on_before_alloc_mem(&mut self, size: usize) -> Result<(), codec::Error> {
		self.allocated += size;
		Ok(())
	}
}

#[test]
fn a_list_that_is_too_long_is_refused_before_anything_is_allocated() {
	for length in [33, 1_000, u32::MAX] {
		let bytes = Compact(length).encode();
		let mut input = Watched {
			bytes: &bytes,
			allocated: 0,
		};
		assert!(Revealed::decode(&mut input).is_err());
		assert_eq!(input.allocated, 0);
	}
	let full = Revealed::try_from(vec![[1; 32]; 32]).unwrap();
	let bytes = full.encode();
	let mut input = Watched {
		bytes: &bytes,
		allocated: 0,
	};
	assert_eq!(Revealed::decode(&mut input), Ok(full));
	assert_eq!(input.allocated, 1_024);
}

#[test]
fn a_list_takes_no_more_than_its_bound() {
	assert_eq!(Bounded::<u8, 2>::try_from(vec![1, 2, 3]), Err(Error::TooLong));
	let mut two = Bounded::<u8, 2>::try_from(vec![1]).unwrap();
	assert_eq!((two.push(2), two.push(3)), (Ok(()), Err(Error::TooLong)));
	assert_eq!(two.into_inner(), [1, 2]);
}

/// A value is decoded from its own encoding and from nothing that is longer or shorter.
fn assert_exact<T: Encode + Decode + MaxEncodedLen + Debug + PartialEq>(value: T) {
	let bytes = value.encode();
	assert!(bytes.len() <= T::max_encoded_len());
	assert_eq!(decode_exact::<T>(&bytes), Ok(value));
	for length in 0..bytes.len() {
		assert_eq!(decode_exact::<T>(&bytes[..length]), Err(Error::Malformed));
	}
	let longer = [&bytes[..], &[0]].concat();
	let error = if longer.len() > T::max_encoded_len() {
		Error::TooLong
	} else {
		Error::TrailingBytes
	};
	assert_eq!(decode_exact::<T>(&longer), Err(error));
}

#[test]
fn everything_is_decoded_exactly() {
	let leaves = leaves(100);
	let tree = tree(Kind::Trace, &leaves);
	let ranges = Ranges::covering([3, 4, 9, 77]).unwrap();
	assert_exact(tree.prove(&ranges).unwrap());
	assert_exact(ranges);
	assert_exact(tree.commitment());
	let top = tree.reveal_top().unwrap();
	assert_exact(tree.commitment().open::<Portable>(&top).unwrap()[3]);
	assert_exact(top);

	let all = receipts(21);
	let archive = archive(&all);
	let mut peaks = Peaks::new();
	all.iter()
		.for_each(|receipt| peaks.append::<Portable>(receipt).unwrap());
	assert_exact(peaks);
	assert_exact(all[3]);
	assert_exact(archive.root::<Portable>().unwrap());
	assert_exact(archive.covering(12).unwrap().1);
	assert_exact(archive.prove::<Portable>(20, 3).unwrap());
	assert_exact(archive.prove_extension::<Portable>(5, 21).unwrap());
	assert_exact(Error::Malformed);
}

#[test]
fn ranges_that_are_not_canonical_are_not_decoded() {
	let decode = |pairs: Vec<(u64, u64)>| decode_exact::<Ranges>(&pairs.encode()).err();
	assert_eq!(decode(vec![(0, 1), (2, 3)]), None);
	for wrong in [
		vec![],
		vec![(1, 1)],
		vec![(2, 1)],
		vec![(2, 3), (0, 1)],
		vec![(0, 2), (1, 3)],
		vec![(0, 1), (1, 2)],
	] {
		assert_eq!(decode(wrong), Some(Error::Malformed));
	}
	assert_eq!(decode(vec![(0, MAX_OPENED + 1)]), Some(Error::Malformed));
}

#[test]
fn peaks_that_no_receipts_have_are_not_decoded() {
	let peak = |units: u64| ([1_u8; 32], units);
	let decode = |receipts: u64, peaks: Vec<_>| decode_exact::<Peaks>(&(receipts, peaks).encode()).map(drop);
	assert_eq!(decode(3, vec![peak(1), peak(u64::MAX - 1)]), Ok(()));
	assert_eq!(decode(3, vec![peak(1), peak(u64::MAX)]), Err(Error::Malformed));
	assert_eq!(decode(3, vec![peak(1)]), Err(Error::Malformed));
	assert_eq!(decode(4, vec![peak(1), peak(1)]), Err(Error::Malformed));
	assert_eq!(decode(MAX_LEAVES, vec![peak(1)]), Ok(()));
	assert_eq!(decode(2 * MAX_LEAVES, vec![peak(1)]), Err(Error::Malformed));
}

/// What is decoded at all is encoded by the same bytes again.
fn decodes_canonically<T: Encode + Decode + MaxEncodedLen>(bytes: &[u8]) {
	let mut rest = bytes;
	if let Ok(value) = T::decode(&mut rest) {
		let read = &bytes[..bytes.len() - rest.len()];
		assert_eq!(value.encode(), read);
		assert!(decode_exact::<T>(read).is_ok());
	}
	if let Ok(value) = decode_exact::<T>(bytes) {
		assert_eq!(value.encode(), bytes);
	}
}

fn all_decode_canonically(bytes: &[u8]) {
	decodes_canonically::<Kind>(bytes);
	decodes_canonically::<Commitment>(bytes);
	decodes_canonically::<Ranges>(bytes);
	decodes_canonically::<RangesProof>(bytes);
	decodes_canonically::<Node>(bytes);
	decodes_canonically::<Revealed>(bytes);
	decodes_canonically::<Receipt>(bytes);
	decodes_canonically::<Summed>(bytes);
	decodes_canonically::<Root>(bytes);
	decodes_canonically::<Interval>(bytes);
	decodes_canonically::<Inclusion>(bytes);
	decodes_canonically::<Extension>(bytes);
	decodes_canonically::<Peaks>(bytes);
	decodes_canonically::<Error>(bytes);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(1024))]

	#[test]
	fn any_bytes_are_decoded_canonically_or_not_at_all(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
		all_decode_canonically(&bytes);
	}

	// Random bytes rarely begin with a short list's length or hold small numbers; these do.
	#[test]
	fn any_small_bytes_are_decoded_canonically_or_not_at_all(
		length in 0..20_u8,
		bytes in prop::collection::vec(prop_oneof![9 => Just(0_u8), 1 => any::<u8>()], 0..400),
	) {
		all_decode_canonically(&[&[length << 2], &bytes[..]].concat());
	}

	#[test]
	fn ranges_are_decoded_exactly_when_they_may_be_made(
		pairs in prop::collection::vec((0..30_u64, 0..30_u64), 0..4),
	) {
		let made = Ranges::new(pairs.iter().map(|(start, end)| Range { start: *start, end: *end }).collect());
		prop_assert_eq!(decode_exact::<Ranges>(&pairs.encode()).ok(), made.ok());
	}
}
