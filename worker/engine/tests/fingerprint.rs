// SPDX-License-Identifier: Apache-2.0

//! Fingerprints above the double: made while serving, compared by a verifier, and read from bytes of strangers.

mod hostile;

use atelier_engine::{
	Error,
	backend::{Backend, Facts, Numbers, double::Double},
	fingerprint::{Broken, Choice, Fingerprint, Layout, MAX_POSITIONS, Prints, wire::HEAD},
	load::checkpoint::Float,
	serve::{Engine, Input, Limits, Request, Words, sampler},
	verify::{Claimed, Measure, Pieces, Report, verify},
};
use atelier_referee::{commit::Kind, ops::sampling::Sampler};
use proptest::prelude::*;

const POSITIONS: u32 = 256;
const LAYOUT: Layout = Layout {
	choice: Choice::Group,
	values: 2,
	bits: 8,
	fraction: 7,
};

fn engine(limits: Limits) -> Engine {
	let words = Words {
		text: Double::text(POSITIONS).unwrap(),
		chat: None,
		ends: Vec::new(),
		texts: None,
	};
	Engine::start(Box::new(Double::new(600, POSITIONS)), words, limits).unwrap()
}

/// Answers of a sampler with this seed, with their fingerprints.
fn served(limits: Limits, inputs: &[Vec<u32>], limit: u32, layout: Layout) -> Vec<(Vec<u32>, Fingerprint)> {
	let engine = engine(limits);
	let asked: Vec<_> = inputs
		.iter()
		.map(|input| {
			let prints = Prints::of(layout, &engine.facts()).unwrap();
			let request = Request {
				sampler: drawn(),
				watch: Some(prints.watch()),
				..Request::greedy(Input::Tokens(input.clone()), limit)
			};
			(engine.answer(request).unwrap(), prints, input.len())
		})
		.collect();
	asked
		.into_iter()
		.map(|(answering, prints, input)| {
			let answer = answering.wait().unwrap();
			let print = prints.fingerprint(input, answer.tokens.len()).unwrap();
			(answer.tokens, print)
		})
		.collect()
}

fn drawn() -> Sampler {
	sampler(1.0, 0, 1.0, 5).unwrap()
}

fn inputs() -> Vec<Vec<u32>> {
	(1..8_u32)
		.map(|number| (0..number * 13).map(|place| (place * number) % 200).collect())
		.collect()
}

fn report(input: &[u32], answer: &[u32], sampler: Sampler, fingerprint: &Fingerprint) -> Result<Report, Error> {
	let claimed = Claimed {
		input,
		answer,
		sampler,
		fingerprint,
	};
	let pieces = Pieces { input: 7, answer: 3 };
	verify(&mut Double::new(100, POSITIONS), &claimed, pieces)
}

mod serving {
	use super::*;

	#[test]
	fn gives_the_same_fingerprint_however_requests_come_together() {
		let usual = served(Limits::default(), &inputs(), 40, LAYOUT);
		let small = Limits {
			running: 2,
			step_tokens: 5,
			..Limits::default()
		};
		assert_eq!(served(small, &inputs(), 40, LAYOUT), usual);
		let roots: std::collections::BTreeSet<_> = usual
			.iter()
			.map(|(_, print)| print.commitment().unwrap().root)
			.collect();
		assert_eq!(roots.len(), usual.len());
		for (print, input) in usual.iter().map(|(_, print)| print).zip(inputs()) {
			let commitment = print.commitment().unwrap();
			let positions = input.len() as u64 + 39;
			assert_eq!(
				(commitment.kind, commitment.count),
				(Kind::State, positions.div_ceil(32))
			);
		}
	}

	#[test]
	fn an_answer_that_was_not_seen_whole_has_none() {
		let facts = Double::new(4, POSITIONS).facts();
		let row = Numbers::Float(vec![0.5; 4]);
		let prints = Prints::of(LAYOUT, &facts).unwrap();
		let mut watch = prints.watch();
		watch(0, &row);
		watch(2, &row);
		assert!(matches!(prints.fingerprint(2, 1), Err(Error::StatesMissing { .. })));
		let prints = Prints::of(LAYOUT, &facts).unwrap();
		assert!(matches!(prints.fingerprint(0, 1), Err(Error::StatesMissing { .. })));
		assert!(matches!(prints.fingerprint(5, 1), Err(Error::StatesMissing { .. })));
		prints.watch()(0, &Numbers::Exact(vec![1; 4]));
		assert!(matches!(prints.fingerprint(1, 1), Err(Error::StatesMissing { .. })));
		for width in [0, 1, 65_537] {
			let facts = Facts { width, ..facts };
			assert!(matches!(
				Prints::of(LAYOUT, &facts),
				Err(Error::NoFingerprint { width: found }) if found == width
			));
		}
	}
}

/// Bytes that were computed by another program, written from docs/float-class.md alone: BLAKE2b-256 of each.
mod vectors {
	use super::*;
	use atelier_referee::hash::{Blake2b256, Portable};

	#[test]
	fn of_40_states_of_8_numbers() {
		let number = |i: i64| ((i * i * 31 + i * 7) % 1_009 - 504) as f32 / 64.0;
		let facts = Facts {
			width: 8,
			..Double::new(4, POSITIONS).facts()
		};
		for (choice, values, bits, fraction, wanted) in [
			(
				Choice::Group,
				4,
				16,
				7,
				"8883e1c14fd3893339f4652af0f77b18b0ead7cb4147cfd41fdd3d8935cedacd",
			),
			(
				Choice::Group,
				4,
				8,
				12,
				"883c8464f764562d3dd5ac7aab830300b48ed04142ff037800059ed41c27859e",
			),
			(
				Choice::Position,
				3,
				11,
				9,
				"c0bea2e67cd356ac72ef0b412e36f261bf58c2050288215d79b238f5b013a158",
			),
		] {
			let layout = Layout {
				choice,
				values,
				bits,
				fraction,
			};
			let prints = Prints::of(layout, &facts).unwrap();
			let states = Numbers::Float((0..40 * 8).map(number).collect());
			prints.watch()(0, &states);
			let bytes = prints.fingerprint(30, 11).unwrap().encode();
			let hash: String = Portable::hash(&bytes)
				.iter()
				.map(|byte| format!("{byte:02x}"))
				.collect();
			assert_eq!(hash, wanted, "{layout:?}: {:02x?}", &bytes[..16]);
		}
	}
}

mod sizes {
	use super::*;

	/// The numbers of docs/float-class.md.
	#[test]
	fn are_as_documented() {
		let published = |positions| Fingerprint::bytes_of(Layout::PUBLISHED, positions);
		assert_eq!(published(32), HEAD + 257);
		let ours = |positions| Fingerprint::bytes_of(Layout::of(Float::BF16), positions);
		assert_eq!((ours(32), ours(1_024)), (HEAD + 129, HEAD + 32 * 129));
		assert_eq!((ours(1), ours(33)), (HEAD + 5, HEAD + 129 + 5));
		assert_eq!(ours(MAX_POSITIONS), HEAD + 32_768 * 129);
		// Of a state alone it would be 32 * 4,096 * 2 bytes.
		assert!(ours(32) * 1_899 < 32 * 4_096 * 2);
	}

	#[test]
	fn are_what_is_written() {
		for layout in [
			LAYOUT,
			Layout { bits: 11, ..LAYOUT },
			Layout {
				values: 1,
				..Layout::PUBLISHED
			},
		] {
			for (_, print) in served(Limits::default(), &inputs(), 20, layout) {
				let bytes = print.encode();
				assert_eq!(bytes.len(), Fingerprint::bytes_of(layout, print.positions()));
				assert_eq!(Fingerprint::decode(&bytes).unwrap(), print);
			}
		}
	}
}

mod verifying {
	use super::*;

	#[test]
	fn finds_nothing_in_what_is_right() {
		for ((answer, print), input) in served(Limits::default(), &inputs(), 40, LAYOUT).iter().zip(inputs()) {
			let report = report(&input, answer, drawn(), print).unwrap();
			assert_eq!(report.choices.len(), 40);
			assert_eq!(report.groups.len(), print.groups().len());
			for measure in Measure::ALL {
				assert_eq!(report.measured(measure), 0.0, "{measure}");
			}
		}
	}

	#[test]
	fn says_where_another_token_was_chosen() {
		let input = inputs().remove(3);
		let (mut answer, print) = served(Limits::default(), std::slice::from_ref(&input), 20, LAYOUT).remove(0);
		answer[11] ^= 1;
		let report = report(&input, &answer, drawn(), &print).unwrap();
		assert_ne!(report.choices[11].own, answer[11]);
		assert_eq!(report.choices[11].claimed, answer[11]);
		assert!(report.choices[11].change > 0.0 && report.choices[..11].iter().all(|chosen| chosen.change == 0.0));
		// The double's states after it have nothing to do with the ones before.
		let groups: Vec<_> = report.groups.iter().map(|group| group.strays > 0).collect();
		assert_eq!(groups, [false, true, true]);
		// A code that is any code is near in half of the cases, since all numbers of the double are positive.
		let last = report.groups.last().unwrap();
		assert!(last.stray() > 0.2, "{last:?}");
	}

	#[test]
	fn a_fingerprint_of_other_positions_is_refused() {
		let input = inputs().remove(0);
		let (answer, print) = served(Limits::default(), std::slice::from_ref(&input), 20, LAYOUT).remove(0);
		for (input, answer) in [
			(&input[1..], &answer[..]),
			(&input[..], &answer[1..]),
			(&input[..], &answer[..0]),
		] {
			assert!(matches!(
				report(input, answer, drawn(), &print),
				Err(Error::OtherPositions { .. })
			));
		}
	}
}

mod bytes {
	use super::*;

	fn some() -> Vec<u8> {
		served(Limits::default(), &inputs()[..1], 30, Layout { bits: 7, ..LAYOUT })
			.remove(0)
			.1
			.encode()
	}

	#[test]
	fn that_are_no_fingerprint_are_refused_by_name() {
		let good = some();
		let with = |place: usize, byte: u8| {
			let mut bytes = good.clone();
			bytes[place] = byte;
			Fingerprint::decode(&bytes)
		};
		assert_eq!(Fingerprint::decode(&good[..8]), Err(Broken::HeadCut { found: 8 }));
		assert_eq!(with(0, 2), Err(Broken::Version { found: 2 }));
		assert_eq!(with(1, 2), Err(Broken::Choice { found: 2 }));
		assert!(matches!(with(2, 5), Err(Broken::Layout { field: "values", .. })));
		assert!(matches!(with(3, 4), Err(Broken::Layout { field: "bits", .. })));
		assert!(matches!(with(4, 0), Err(Broken::Layout { field: "fraction", .. })));
		assert!(matches!(with(8, 255), Err(Broken::Positions { .. })));
		assert!(matches!(with(5, 200), Err(Broken::Length { .. })));
		assert!(matches!(
			Fingerprint::decode(&good[..good.len() - 1]),
			Err(Broken::Length { .. })
		));
		// 42 positions: the last group has 20 codes of 7 bits, and 4 bits that are nobody's.
		assert_eq!(with(good.len() - 1, 0x80), Err(Broken::Padding { group: 1 }));
		assert_eq!(Fingerprint::decode(&[0; 9]), Err(Broken::Version { found: 0 }));
	}

	proptest! {
		#[test]
		fn have_one_meaning_or_none(mut bytes in proptest::collection::vec(any::<u8>(), 0..400), head: bool) {
			if head && bytes.len() > 9 {
				let positions = 1 + bytes[9] % 100;
				bytes[..9].copy_from_slice(&[1, 0, 1, 8, 7, positions, 0, 0, 0]);
				let length = Fingerprint::bytes_of(Layout { values: 1, ..LAYOUT }, bytes[5].into());
				bytes.resize(length, 7);
			}
			match Fingerprint::decode(&bytes) {
				Ok(print) => prop_assert_eq!(print.encode(), bytes),
				Err(_) => prop_assert!(!head || bytes.len() <= 9),
			}
		}
	}
}

/// A part of `ATELIER_FUZZ_BYTES` is tried, since an answer is computed for each input; the same function is run by `make fuzz`
/// with bytes that coverage has led to.
#[test]
fn bytes_of_strangers_harm_nobody() {
	let bytes: u64 = std::env::var("ATELIER_FUZZ_BYTES").map_or(10_000_000, |number| number.parse().unwrap());
	let mut random = atelier_referee::samples::Random(1);
	let (mut given, mut inputs, mut taken) = (0, 0_u64, 0_u64);
	while given < bytes / 40 {
		let seed = hostile::seed(&mut random);
		for _ in 0..4 {
			let bytes = hostile::mutated(seed.clone(), &mut random);
			given += bytes.len() as u64 + 1;
			inputs += 1;
			taken += u64::from(hostile::run(&bytes));
		}
	}
	println!("{inputs} inputs of {given} bytes, {taken} taken");
	assert!(taken * 50 > inputs && taken < inputs, "{taken} of {inputs}");
}
