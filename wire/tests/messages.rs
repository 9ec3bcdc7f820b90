// SPDX-License-Identifier: Apache-2.0

//! Messages are read as they were written, fit into their limits, and print nothing that people wrote.

mod hostile;

use atelier_referee::samples::Random;
use atelier_wire::*;
use codec::MaxEncodedLen;
use hostile::{mutated, question, reply, run, seed};
use proptest::prelude::*;
use std::collections::BTreeSet;

#[test]
fn every_message_is_read_as_it_was_written() {
	let mut random = Random(1);
	let mut seen = BTreeSet::new();
	for _ in 0..5_000 {
		let said = question(&mut random);
		assert_eq!(Question::read(said.kind(), &said.body()), Ok(said.clone()));
		let answered = reply(&mut random);
		assert_eq!(Reply::read(answered.kind(), &answered.body()), Ok(answered.clone()));
		// A body of another side, or with something after its end, is none.
		assert!(Reply::read(said.kind(), &said.body()).is_err());
		assert!(Question::read(answered.kind(), &answered.body()).is_err());
		let longer = [said.body(), vec![0]].concat();
		assert!(Question::read(said.kind(), &longer).is_err(), "{said:?}");
		seen.extend([said.kind(), answered.kind()]);
	}
	assert_eq!(seen.len(), KINDS.len(), "all of them were tried");
}

#[test]
fn hostile_bytes_are_refused_or_mean_one_thing() {
	let mut random = Random(2);
	let mut meant = 0;
	for _ in 0..50_000 {
		let bytes = seed(&mut random);
		meant += u32::from(run(&mutated(bytes, &mut random)));
	}
	assert!(meant > 10_000, "{meant}");
}

#[test]
fn the_largest_of_each_kind_fits() {
	let largest = [
		(Kind::Hello, Hello::max_encoded_len()),
		(Kind::Quote, QuoteWanted::max_encoded_len()),
		(Kind::Attach, Attach::max_encoded_len()),
		(Kind::Ask, Ask::max_encoded_len()),
		(Kind::Voucher, Vouch::max_encoded_len()),
		(Kind::Resume, Resume::max_encoded_len()),
		(Kind::Recall, Recall::max_encoded_len()),
		(Kind::Audit, Audit::max_encoded_len()),
		(Kind::Hand, Hand::max_encoded_len()),
		(Kind::Collect, Collect::max_encoded_len()),
		(Kind::Welcome, Welcome::max_encoded_len()),
		(Kind::Offers, Offers::max_encoded_len()),
		(Kind::Quoted, Quoted::max_encoded_len()),
		(Kind::Attached, Attached::max_encoded_len()),
		(Kind::Tokenized, Tokenized::max_encoded_len()),
		(Kind::Begun, Begun::max_encoded_len()),
		(Kind::Piece, Piece::max_encoded_len()),
		(Kind::Vector, Vector::max_encoded_len()),
		(Kind::Done, Done::max_encoded_len()),
		(Kind::Vouched, Vouched::max_encoded_len()),
		(Kind::Claims, Claims::max_encoded_len()),
		(Kind::Recalled, Recalled::max_encoded_len()),
		(Kind::Shown, Shown::max_encoded_len()),
		(Kind::Page, Page::max_encoded_len()),
		(Kind::Evidence, EvidencePage::max_encoded_len()),
		(Kind::JobAnswer, JobAnswer::max_encoded_len()),
		(Kind::Refused, Refused::max_encoded_len()),
		(Kind::Overloaded, Overloaded::max_encoded_len()),
	];
	for (kind, length) in largest {
		assert!(length <= kind.limit() as usize, "{}: {length}", kind.name());
		// And a limit is no more than a little above what is needed.
		assert!(kind.limit() as usize <= length * 2 + 64, "{}: {length}", kind.name());
	}
}

#[test]
fn nothing_that_people_wrote_is_printed() {
	let secret = "a secret of 4711";
	let tokens = vec![4_711, 4_711];
	let mut random = Random(3);
	let said = [
		Question::Tokenize(Tokenize {
			version: Default::default(),
			source: Source::Text(Text::try_from(secret.as_bytes().to_vec()).unwrap()),
		}),
		Question::Ask(Box::new(Ask {
			session: Default::default(),
			request: hostile::request(&mut random),
			input: Tokens::try_from(tokens.clone()).unwrap(),
			from: 0,
			text: true,
		})),
	];
	let answered = [
		Reply::Piece(Piece {
			first: 0,
			tokens: Tokens::try_from(tokens.clone()).unwrap(),
			text: Text::try_from(secret.as_bytes().to_vec()).unwrap(),
		}),
		Reply::Page(Page {
			of: Of::Input,
			first: 0,
			tokens: Tokens::try_from(tokens).unwrap(),
		}),
		Reply::Vector(Vector::Exact(Lump::try_from(vec![4_711; 3]).unwrap())),
	];
	let printed = format!("{said:?} {answered:?}");
	assert!(!printed.contains("4711") && !printed.contains("secret"), "{printed}");
	let bytes = format!("{:?}", secret.as_bytes());
	assert!(!printed.contains(bytes.trim_matches(['[', ']'])), "{printed}");
}

#[test]
fn facts_are_short_and_of_one_line() {
	let fact = Fact::new(&"ä".repeat(MAX_FACT));
	assert_eq!(fact.text().len(), MAX_FACT);
	assert_eq!(Fact::new("one\ntwo\u{1b}[31m").text(), "onetwo[31m");
}

proptest! {
	#[test]
	fn any_bytes(code: u8, body in proptest::collection::vec(any::<u8>(), 0..600)) {
		let mut bytes = vec![code, 0, 0, 0, 0];
		bytes.extend(body);
		run(&bytes);
	}

	#[test]
	fn any_kind(at in 0..KINDS.len(), body in proptest::collection::vec(any::<u8>(), 0..300)) {
		let mut bytes = vec![KINDS[at] as u8, 0, 0, 0, 0];
		bytes.extend(body);
		run(&bytes);
	}
}
