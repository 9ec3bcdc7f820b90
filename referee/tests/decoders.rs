// SPDX-License-Identifier: Apache-2.0

//! What strangers send is decoded without panic, from one encoding only, and never from more bytes than it may have.

#[path = "common/cases.rs"]
mod cases;

use atelier_referee::{
	claim::{Claim, MAX_END_TOKENS, MAX_STOP, MAX_STOPS, Origin, Request, StopReason},
	commit::{
		Bounded, Commitment, Error, Kind, MAX_OPENED, MAX_RANGES, MAX_SIBLINGS, Node, REVEALED, Range, Ranges,
		RangesProof, Revealed, decode_exact,
	},
	dispute::{Charge, Evidence, Game, MAX_PARTS, Move, Opened, Parts},
	model::{Layout, Shape, Use},
	ops::{
		attention::Head,
		linear::Row,
		norm::{Gain, Statistics},
		rotary::Angle,
		sampling::{Choice, Race, Sampler},
	},
	samples::{self, Random},
	trace::{
		At, Counts, Graph, Leaf, LeafError, Place, Size, Stage,
		step::{Doubt, Part},
	},
};
use cases::{cases, edges, edgy};
use codec::{Decode, Encode, MaxEncodedLen};
use std::fmt::Debug;

/// Tests that share the random cases.
const TESTS: u64 = 4;

/// With fewer cases a test does not see everything that it says it sees.
const ENOUGH: u64 = 100_000;

/// Bytes of a leaf, and leaves of one tree in evidence.
const LEAF: usize = 1_024;
const LEAVES: usize = 256;

/// A random value that may well be sent.
trait Sample {
	fn sample(random: &mut Random) -> Self;
}

fn small(random: &mut Random) -> u32 {
	edgy(random, 0, u32::MAX.into()) as u32
}

fn large(random: &mut Random) -> u64 {
	random.bits() >> random.between(0, 63)
}

fn digest(random: &mut Random) -> [u8; 32] {
	[(); 32].map(|()| random.bits() as u8)
}

fn list<T: Debug, const MAX: usize>(random: &mut Random, item: impl Fn(&mut Random) -> T) -> Bounded<T, MAX> {
	let most = if random.one_in(50) { 300 } else { 4 };
	let length = random.between(0, most.min(MAX as i64));
	let items: Vec<_> = (0..length).map(|_| item(random)).collect();
	items.try_into().expect("no more than the list may have")
}

fn byte(random: &mut Random) -> u8 {
	random.bits() as u8
}

fn kind(random: &mut Random) -> Kind {
	use Kind::*;
	random.pick([Weights, Input, Tokens, State, Trace, Output, Vocabulary])
}

fn part(random: &mut Random) -> Part {
	let [first, second] = [(); 2].map(|()| edgy(random, i64::MIN / 2, i64::MAX / 2));
	Part { first, second }
}

impl Sample for Sampler {
	fn sample(random: &mut Random) -> Self {
		samples::sampler(random)
	}
}

impl Sample for Commitment {
	fn sample(random: &mut Random) -> Self {
		Self {
			kind: kind(random),
			count: large(random),
			root: digest(random),
		}
	}
}

impl Sample for Request {
	fn sample(random: &mut Random) -> Self {
		Self {
			genesis: digest(random),
			version: digest(random),
			input: Sample::sample(random),
			input_count: small(random),
			sampler: Sample::sample(random),
			limit: small(random),
			ends: list(random, small),
			stops: list(random, |random| list(random, byte)),
			sealed: random.one_in(2).then(|| digest(random)),
			salt: digest(random),
		}
	}
}

impl Sample for Claim {
	fn sample(random: &mut Random) -> Self {
		let [session, index] = [(); 2].map(|()| large(random));
		Self {
			genesis: digest(random),
			origin: random.pick([Origin::Job(index), Origin::Session { session, index }]),
			worker: digest(random),
			version: digest(random),
			request: digest(random),
			answer: Sample::sample(random),
			state: Sample::sample(random),
			input_count: small(random),
			output_count: small(random),
			stop: random.pick([
				StopReason::Limit,
				StopReason::End,
				StopReason::Stop,
				StopReason::Embedded,
			]),
		}
	}
}

impl Sample for Shape {
	fn sample(random: &mut Random) -> Self {
		samples::shape(random)
	}
}

impl Sample for Ranges {
	fn sample(random: &mut Random) -> Self {
		let most = if random.one_in(20) { MAX_RANGES as i64 } else { 3 };
		let mut end = 0;
		let mut range = || {
			let start = end + large(random) % 1_000 + 1;
			end = start + large(random) % 50 + 1;
			Range { start, end }
		};
		let ranges = (0..most).map(|_| range()).collect();
		Self::new(ranges).expect("in order, apart, and few")
	}
}

impl Sample for RangesProof {
	fn sample(random: &mut Random) -> Self {
		Self {
			siblings: list(random, digest),
		}
	}
}

impl Sample for Opened {
	fn sample(random: &mut Random) -> Self {
		Self {
			ranges: Sample::sample(random),
			leaves: list(random, |random| list(random, byte)),
			proof: Sample::sample(random),
		}
	}
}

impl Sample for Evidence {
	fn sample(random: &mut Random) -> Self {
		let mut opened = || random.one_in(3).then(|| Opened::sample(random));
		Self {
			trace: opened(),
			weights: opened(),
			input: opened(),
			answer: opened(),
			state: opened(),
			vocabulary: opened(),
		}
	}
}

impl Sample for Doubt {
	fn sample(random: &mut Random) -> Self {
		use Stage::*;
		let stage = random.pick([
			Embedded,
			AttentionExponent,
			Query,
			Largest,
			Mixed,
			Logits,
			Choice,
			Pooled,
			Unit,
		]);
		let place = Place {
			position: small(random),
			layer: random.bits() as u16,
			stage,
		};
		Self {
			at: At {
				place,
				leaf: small(random),
			},
			value: small(random),
			rival: small(random),
		}
	}
}

impl Sample for Charge {
	fn sample(random: &mut Random) -> Self {
		let doubt = Sample::sample(random);
		let number = small(random);
		random.pick([
			Self::Value(doubt),
			Self::Token(number),
			Self::End(number),
			Self::Output(number),
			Self::State(number),
			Self::Stop(number),
		])
	}
}

impl Sample for Choice {
	fn sample(random: &mut Random) -> Self {
		let [largest, top, weight, least] = [(); 4].map(|()| large(random) as i64);
		Self {
			largest,
			top,
			weight,
			least,
			token: small(random),
		}
	}
}

impl Sample for Node {
	fn sample(random: &mut Random) -> Self {
		Self {
			level: small(random),
			index: large(random),
			digest: digest(random),
		}
	}
}

impl Sample for Move {
	fn sample(random: &mut Random) -> Self {
		match random.between(0, 6) {
			0 => Self::Reveal(list(random, digest)),
			1 => Self::Leaf(list(random, byte)),
			2 => Self::Descend(small(random)),
			3 => Self::Accuse(Sample::sample(random)),
			4 => Self::Parts(list(random, part)),
			5 => Self::Part(small(random)),
			_ => Self::Open(Box::new(Sample::sample(random))),
		}
	}
}

impl Sample for Game {
	fn sample(random: &mut Random) -> Self {
		match random.between(0, 8) {
			0 => Self::Top,
			1 => Self::Nodes(list(random, Sample::sample)),
			2 => Self::Below(Sample::sample(random)),
			3 => Self::Leaf(Sample::sample(random)),
			4 => Self::Seen,
			5 => Self::Parts(Sample::sample(random)),
			6 => Self::Part(Sample::sample(random), list(random, part)),
			7 => Self::Evidence(Sample::sample(random)),
			_ => Self::PartEvidence(Sample::sample(random), list(random, part), small(random)),
		}
	}
}

/// The most bytes of a type.
trait Most {
	fn most() -> usize;
}

impl<T: MaxEncodedLen> Most for T {
	fn most() -> usize {
		T::max_encoded_len()
	}
}

/// A type that is decoded.
struct Type {
	name: &'static str,
	sample: fn(&mut Random) -> Vec<u8>,
	/// Whether all of these bytes are one value; fails where they are but not canonically.
	accepts: fn(&[u8]) -> bool,
}

fn encoded<T: Sample + Encode>(random: &mut Random) -> Vec<u8> {
	T::sample(random).encode()
}

/// What begins with a value begins with that value's encoding, which is no longer than it may be. Whether nothing follows.
fn is_canonical<T: Encode + Decode>(bytes: &[u8], most: usize) -> bool {
	let mut rest = bytes;
	let Ok(value) = T::decode(&mut rest) else {
		return false;
	};
	let read = bytes.len() - rest.len();
	assert_eq!(value.encode(), bytes[..read]);
	assert!(read <= most, "{read} bytes are more than {most}");
	rest.is_empty()
}

fn accepts<T: Encode + Decode + MaxEncodedLen>(bytes: &[u8]) -> bool {
	let canonical = is_canonical::<T>(bytes, T::max_encoded_len());
	assert_eq!(decode_exact::<T>(bytes).is_ok(), canonical, "{bytes:?}");
	canonical
}

/// A move states no maximum; this is the one of what it can hold.
fn longest_move() -> usize {
	let all = [
		Revealed::most(),
		Bounded::<u8, LEAF>::most(),
		Charge::most(),
		Parts::most(),
		Evidence::most(),
	];
	1 + all.into_iter().max().expect("there are some")
}

const fn type_of<T: Sample + Encode + Decode + MaxEncodedLen>(name: &'static str) -> Type {
	Type {
		name,
		sample: encoded::<T>,
		accepts: accepts::<T>,
	}
}

const TYPES: [Type; 15] = [
	type_of::<Request>("Request"),
	type_of::<Claim>("Claim"),
	type_of::<Shape>("Shape"),
	type_of::<Evidence>("Evidence"),
	type_of::<Opened>("Opened"),
	Type {
		name: "Move",
		sample: encoded::<Move>,
		accepts: |bytes| is_canonical::<Move>(bytes, longest_move()),
	},
	type_of::<Game>("Game"),
	type_of::<Doubt>("Doubt"),
	type_of::<Charge>("Charge"),
	type_of::<Ranges>("Ranges"),
	type_of::<RangesProof>("RangesProof"),
	type_of::<Choice>("Choice"),
	type_of::<Sampler>("Sampler"),
	type_of::<Commitment>("Commitment"),
	type_of::<Node>("Node"),
];

fn any_bytes(random: &mut Random) -> Vec<u8> {
	let length = random.between(0, 400);
	// Any bytes rarely begin with the length of a short list or hold small numbers; these do.
	let zeros = random.between(0, 9);
	let any = |random: &mut Random| {
		if random.between(1, 10) <= zeros {
			0
		} else {
			byte(random)
		}
	};
	let mut bytes: Vec<_> = (0..length).map(|_| any(random)).collect();
	if let Some(first) = bytes.first_mut()
		&& random.one_in(2)
	{
		*first = (random.between(0, 19) as u8) << 2;
	}
	bytes
}

#[test]
fn any_bytes_are_decoded_canonically_or_not_at_all() {
	let mut random = Random(51);
	for turn in 0..cases(TESTS) {
		let bytes = any_bytes(&mut random);
		(TYPES[turn as usize % TYPES.len()].accepts)(&bytes);
	}
}

/// Something else than an encoding, made of one.
fn mutated(bytes: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
	let mut result = bytes.to_vec();
	let at = |length: usize, random: &mut Random| random.between(0, length as i64) as usize;
	match random.between(0, 7) {
		0 | 1 => {
			for _ in 0..random.between(1, 3) {
				let bit = at(result.len() * 8 - 1, random);
				result[bit / 8] ^= 1 << (bit % 8);
			}
		}
		2 => {
			let byte = at(result.len() - 1, random);
			// Tags, flags, and lengths in each of their forms.
			result[byte] = random.pick([0, 1, 2, 3, 4, 5, 7, 9, 64, 127, 128, 253, 254, 255]);
		}
		3 => result.truncate(at(bytes.len() - 1, random)),
		4 => {
			let more = random.between(1, 40);
			result.extend((0..more).map(|_| byte(random)));
		}
		5 => {
			let (end, start) = (at(bytes.len(), random), at(other.len(), random));
			result.truncate(end);
			result.extend(&other[start..]);
		}
		6 => result.insert(at(bytes.len(), random), random.pick([0, 1, 4, 255])),
		_ => drop(result.remove(at(bytes.len() - 1, random))),
	}
	result
}

#[test]
fn changed_encodings_are_decoded_canonically_or_not_at_all() {
	let mut random = Random(52);
	let (mut accepted, mut refused) = ([0; TYPES.len()], [0; TYPES.len()]);
	for turn in 0..cases(TESTS) as usize {
		let of = turn % TYPES.len();
		let bytes = (TYPES[of].sample)(&mut random);
		assert!((TYPES[of].accepts)(&bytes), "{} {bytes:?}", TYPES[of].name);
		let other = if random.one_in(2) {
			of
		} else {
			random.between(0, TYPES.len() as i64 - 1) as usize
		};
		let other = (TYPES[other].sample)(&mut random);
		match (TYPES[of].accepts)(&mutated(&bytes, &other, &mut random)) {
			true => accepted[of] += 1,
			false => refused[of] += 1,
		}
	}
	for (of, both) in TYPES.iter().zip(accepted.into_iter().zip(refused)) {
		assert!(cases(1) < ENOUGH || both.0 > 10 && both.1 > 10, "{}: {both:?}", of.name);
	}
}

#[test]
fn every_byte_of_a_short_encoding_has_one_meaning() {
	let mut random = Random(53);
	for of in &TYPES {
		for _ in 0..5 {
			let mut bytes = (of.sample)(&mut random);
			bytes.truncate(600);
			for at in 0..bytes.len() {
				let right = bytes[at];
				for wrong in 0..=255 {
					bytes[at] = wrong;
					(of.accepts)(&bytes);
				}
				bytes[at] = right;
			}
		}
	}
}

/// The length of a list in the four forms of a compact number; only the shortest is one.
fn forms(length: u32) -> [Vec<u8>; 4] {
	let small = length << 2;
	[
		vec![small as u8],
		(small as u16 | 1).to_le_bytes().to_vec(),
		(small | 2).to_le_bytes().to_vec(),
		[&[3], &length.to_le_bytes()[..]].concat(),
	]
}

#[test]
fn lengths_have_one_form() {
	fn check<T: Decode + MaxEncodedLen>(items: &[Vec<u8>], before: &[u8]) {
		let [right, wrong @ ..] = forms(items.len() as u32);
		let decode = |form: &[u8]| decode_exact::<T>(&[before, form, &items.concat()].concat()).is_ok();
		assert!(decode(&right));
		for wrong in wrong {
			assert!(!decode(&wrong), "{wrong:?}");
		}
	}
	for length in [1, 2, 16] {
		check::<Revealed>(&vec![vec![7; 32]; length], &[]);
		check::<RangesProof>(&vec![vec![7; 32]; length], &[]);
		check::<Bounded<u8, MAX_STOP>>(&vec![vec![7]; length], &[]);
		check::<Parts>(&vec![vec![7; 16]; length], &[]);
		// A game's nodes, behind its tag.
		check::<Game>(&vec![vec![7; 44]; length], &[1]);
		let range = |number: usize| (number as u64 * 2, number as u64 * 2 + 1).encode();
		check::<Ranges>(&(0..length).map(range).collect::<Vec<_>>(), &[]);
	}
	check::<Revealed>(&[], &[]);
	check::<RangesProof>(&[], &[]);
}

#[test]
fn leaves_are_opened_by_one_list_of_ranges() {
	let mut ways = std::collections::BTreeMap::new();
	let pairs = (0..6_u64).flat_map(|start| (0..6_u64).map(move |end| (start, end)));
	let pairs: Vec<_> = pairs.collect();
	let one = pairs.iter().map(|pair| vec![*pair]);
	let two = pairs.iter().flat_map(|one| pairs.iter().map(|two| vec![*one, *two]));
	for list in one.chain(two).chain([vec![]]) {
		let Ok(ranges) = decode_exact::<Ranges>(&list.encode()) else {
			continue;
		};
		let leaves: Vec<_> = ranges.iter().flat_map(|range| range.start..range.end).collect();
		assert_eq!(Ranges::covering(leaves.clone()), Ok(ranges));
		assert_eq!(ways.insert(leaves, list), None);
	}
	// The sets of some of five leaves that are one or two runs: 15 and 15.
	assert_eq!(ways.len(), 30);
}

#[test]
fn flags_and_tags_have_no_other_values() {
	fn refused<T: Encode + Decode + MaxEncodedLen>(value: &T, at: usize, from: u8) {
		let mut bytes = value.encode();
		for wrong in from..=255 {
			bytes[at] = wrong;
			assert_eq!(
				decode_exact::<T>(&bytes).err(),
				Some(Error::Malformed),
				"{wrong} at {at}"
			);
		}
	}
	let mut random = Random(54);
	let shape = Shape::sample(&mut random);
	// The tag of the use, and behind the 30 bytes of sizes: norm, order, two flags, activation, two flags, two formats.
	refused(&shape, 0, 2);
	for (at, values) in (31..).zip([2, 2, 2, 2, 3, 2, 2, 2, 2]) {
		refused(&shape, at, values);
	}
	refused(&Sampler::Greedy, 0, 2);
	refused(&Charge::Token(1), 0, 6);
	refused(&Game::Top, 0, 9);
	refused(&Evidence::default(), 0, 2);
	refused(&Evidence::default(), 5, 2);
	refused(&Commitment::sample(&mut random), 0, 8);
	let mut tag = Move::Descend(1).encode();
	for wrong in 7..=255 {
		tag[0] = wrong;
		assert!(Move::decode(&mut &tag[..]).is_err());
	}
}

/// A full list is taken and takes no more than the maximum; one item more is refused.
fn assert_bounded<T: Encode + Clone, const MAX: usize>(item: &T)
where
	Bounded<T, MAX>: Decode + Encode + MaxEncodedLen,
{
	let full = vec![item.clone(); MAX].encode();
	assert!(full.len() <= Bounded::<T, MAX>::max_encoded_len());
	assert!(decode_exact::<Bounded<T, MAX>>(&full).is_ok());
	let more = vec![item.clone(); MAX + 1].encode();
	assert!(Bounded::<T, MAX>::decode(&mut &more[..]).is_err());
}

fn full<T: Clone + Debug, const MAX: usize>(item: T) -> Bounded<T, MAX> {
	vec![item; MAX].try_into().expect("as many as the list may have")
}

#[test]
fn lists_have_no_more_than_they_may() {
	let digest = [9; 32];
	let node = Node {
		level: 1,
		index: 2,
		digest,
	};
	assert_bounded::<_, REVEALED>(&digest);
	assert_bounded::<_, REVEALED>(&node);
	assert_bounded::<_, MAX_SIBLINGS>(&digest);
	assert_bounded::<_, MAX_PARTS>(&Part { first: 1, second: 2 });
	assert_bounded::<_, MAX_END_TOKENS>(&7_u32);
	assert_bounded::<_, MAX_STOP>(&7_u8);
	assert_bounded::<_, MAX_STOPS>(&full::<_, MAX_STOP>(7_u8));
	assert_bounded::<_, LEAF>(&7_u8);
	assert_bounded::<_, LEAVES>(&full::<_, LEAF>(7_u8));

	let ranges = |count: u64| {
		(0..count)
			.map(|number| (3 * number, 3 * number + 1))
			.collect::<Vec<_>>()
	};
	assert!(decode_exact::<Ranges>(&ranges(MAX_RANGES as u64).encode()).is_ok());
	assert!(decode_exact::<Ranges>(&ranges(MAX_RANGES as u64 + 1).encode()).is_err());
	assert!(decode_exact::<Ranges>(&vec![(0_u64, MAX_OPENED)].encode()).is_ok());
	assert!(decode_exact::<Ranges>(&vec![(0_u64, MAX_OPENED + 1)].encode()).is_err());
}

#[test]
fn the_largest_values_take_no_more_than_the_stated_maximum() {
	let digest = [9; 32];
	let mut random = Random(55);
	let request = Request {
		sampler: Sampler::Race(Race {
			inverse: 1,
			top: 2,
			mass: 3,
			seed: 4,
		}),
		ends: full(1),
		stops: full(full(1)),
		sealed: Some(digest),
		..Request::sample(&mut random)
	};
	assert_eq!(request.encode().len(), Request::max_encoded_len());
	assert_eq!(decode_exact::<Request>(&request.encode()), Ok(request));

	let ranges = (0..MAX_RANGES as u64).map(|number| Range {
		start: 3 * number,
		end: 3 * number + 1,
	});
	let opened = Opened {
		ranges: Ranges::new(ranges.collect()).expect("as many as there may be"),
		leaves: full(full(5)),
		proof: RangesProof { siblings: full(digest) },
	};
	let evidence = Evidence {
		trace: Some(opened.clone()),
		weights: Some(opened.clone()),
		input: Some(opened.clone()),
		answer: Some(opened.clone()),
		state: Some(opened.clone()),
		vocabulary: Some(opened),
	};
	assert_eq!(evidence.encode().len(), Evidence::max_encoded_len());
	assert_eq!(decode_exact::<Evidence>(&evidence.encode()), Ok(evidence.clone()));
	let opening = Move::Open(Box::new(evidence)).encode();
	assert_eq!(opening.len(), longest_move());
	assert!(is_canonical::<Move>(&opening, longest_move()));

	let charge = Charge::Value(Sample::sample(&mut random));
	let game = Game::PartEvidence(charge, full(part(&mut random)), 1);
	assert_eq!(game.encode().len(), Game::max_encoded_len());
	assert_eq!(decode_exact::<Game>(&game.encode()), Ok(game));
}

#[test]
fn shapes_and_doubts_of_strangers_are_checked_without_panic() {
	let mut random = Random(56);
	let mut within = 0;
	for _ in 0..cases(TESTS) / 4 {
		let bytes = mutated(
			&Shape::sample(&mut random).encode(),
			&Shape::sample(&mut random).encode(),
			&mut random,
		);
		let Ok(shape) = decode_exact::<Shape>(&bytes) else {
			continue;
		};
		let chunks = Layout::new(shape).chunks();
		// Of a length that the model may have, or of any.
		let most = if random.one_in(4) {
			u32::MAX
		} else {
			shape.positions.clamp(1, 1 << 30)
		};
		let tokens = shape.answers == Use::Tokens;
		let counts = Counts {
			input: edgy(&mut random, 1, (most / 2).max(1).into()) as u32,
			output: if tokens || random.one_in(8) {
				edgy(&mut random, 1, (most / 2).max(1).into()) as u32
			} else {
				0
			},
		};
		let Ok(graph) = Graph::new(shape, counts) else {
			continue;
		};
		let leaves = graph.leaves();
		let numbers = edges(0, i64::MAX).into_iter().map(|number| number as u64);
		for number in numbers.chain([leaves.wrapping_sub(1), leaves, u64::MAX]).take(8) {
			graph.at(number);
		}
		for _ in 0..4 {
			let mut doubt = Doubt::sample(&mut random);
			let leaf = random.bits().checked_rem(leaves).and_then(|number| graph.at(number));
			doubt.at = leaf.filter(|_| random.one_in(2)).unwrap_or(doubt.at);
			let checked = doubt.checked(&graph);
			if checked.is_ok() {
				assert!(graph.number(doubt.at).is_some_and(|number| number < leaves));
			}
		}
		if shape.checked().is_ok() {
			within += 1;
			// 2^50: far from where counts of chunks and leaves would saturate.
			assert!(chunks > 0 && chunks < 1 << 50, "{shape:?}");
			assert!(leaves > 0 && leaves < 1 << 50, "{shape:?} {counts:?}");
		}
	}
	assert!(cases(1) < ENOUGH || within > 100, "{within} within the limits");
}

fn any_size(random: &mut Random) -> Size {
	let count = if random.one_in(2) {
		small(random)
	} else {
		random.between(0, 1_030) as u32
	};
	random.pick([
		Size::Absent,
		Size::Numbers(count),
		Size::Activations(count),
		Size::Statistics(count),
		Size::Exponent,
		Size::Choice,
	])
}

#[test]
fn leaves_are_read_from_as_many_bytes_as_their_values_take_and_written_as_they_were() {
	let mut random = Random(57);
	let mut read = 0;
	for _ in 0..cases(TESTS) / 2 {
		let size = any_size(&mut random);
		let full = match size {
			Size::Statistics(_) => 64,
			_ => 256,
		};
		let last = i64::from(size.leaves()).min(1 << 24);
		let leaf = match random.one_in(8) {
			true => small(&mut random),
			false => random.between(0, last) as u32,
		};
		// So many values stand in this leaf.
		let values = i64::from(size.values()) - i64::from(leaf) * full;
		let values = values.clamp(0, full) as usize;
		let width = match size {
			Size::Absent => 0,
			Size::Exponent => 1,
			Size::Activations(_) => 2,
			Size::Numbers(_) => 4,
			Size::Statistics(_) => 13,
			Size::Choice => 36,
		};
		let off = if random.one_in(4) {
			random.pick([-4, -1, 1, 2, 13, 36])
		} else {
			0
		};
		let length = (values * width).saturating_add_signed(off);
		let bytes: Vec<_> = (0..length).map(|_| byte(&mut random)).collect();
		let result = Leaf::read(size, leaf, &bytes);
		if values > 0 && length == values * width {
			assert_eq!(result.expect("so many values").write(), bytes, "{size:?} {leaf}");
			assert!(length <= LEAF);
			read += 1;
		} else {
			assert_eq!(result, Err(LeafError::WrongLength), "{size:?} {leaf} {length}");
		}
	}
	assert!(cases(1) < ENOUGH || read > 1_000, "{read}");
}

/// What is written of a record that was read is the record but for these bits, and each other bit means something.
fn check_record<const N: usize, T: PartialEq + Debug>(
	bytes: [u8; N],
	ignored: [u8; N],
	read: fn([u8; N]) -> T,
	write: fn(T) -> [u8; N],
) {
	let mut kept = bytes;
	kept.iter_mut()
		.zip(ignored)
		.for_each(|(byte, ignored)| *byte &= !ignored);
	assert_eq!(write(read(bytes)), kept);
	for bit in 0..N * 8 {
		let (at, mask) = (bit / 8, 1 << (bit % 8));
		let mut other = bytes;
		other[at] ^= mask;
		assert_eq!(read(other) == read(bytes), ignored[at] & mask != 0, "bit {bit}");
	}
}

// The records lie inside of packages, which are committed to byte by byte: that two of them can mean the same row or head
// gives two packages, not two readings of one.
#[test]
fn records_have_no_other_unused_bits_than_the_spec_names() {
	fn bytes<const N: usize>(random: &mut Random) -> [u8; N] {
		let any = random.pick([0, 255, 1]);
		[(); N].map(|()| if any == 1 { byte(random) } else { any })
	}
	let mut random = Random(58);
	for _ in 0..cases(TESTS) / 100 {
		let row = [0, 0x80, 0, 0xff, 0, 0, 0, 0];
		check_record(bytes(&mut random), row, Row::read, Row::write);
		let head = [0, 0, 0, 0, 0, 0x80, 0xff, 0xff];
		check_record(bytes(&mut random), head, Head::read, Head::write);
		check_record(bytes(&mut random), [0; 8], Gain::read, Gain::write);
		check_record(bytes(&mut random), [0; 4], Angle::read, Angle::write);
		check_record(bytes(&mut random), [0; 13], Statistics::read, Statistics::write);
	}
}
