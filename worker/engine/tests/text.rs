// SPDX-License-Identifier: Apache-2.0

//! The text of an answer while its tokens come.

mod common;

use atelier_engine::backend::double::{Double, VOCABULARY};
use common::{DECODERS, cases, folder};
use proptest::prelude::*;

/// Texts in several scripts, with characters of one to four bytes, and what they are made of.
const TEXTS: [&str; 4] = [
	"plain text, and   spaces  ",
	"Größe — naïve café\n\n",
	"漢字かな交じり文 🙂👩‍🚀 العربية",
	"\u{fffd} is a character, too",
];

#[test]
fn pieces_add_up_to_the_whole() {
	for name in DECODERS {
		let text = folder(name).text().unwrap();
		let answers = cases(name).into_iter().map(|case| case.answer);
		for tokens in TEXTS.iter().map(|words| text.encode(words).unwrap()).chain(answers) {
			let mut stream = text.stream();
			let mut pieces: Vec<_> = tokens.iter().map(|token| stream.push(*token).unwrap()).collect();
			pieces.push(stream.finish().unwrap());
			assert_eq!(pieces.concat(), text.decode(&tokens).unwrap(), "{name}");
		}
	}
}

/// Whole characters as soon as their last byte is there, and never a part of one.
#[test]
fn characters_come_whole() {
	let text = Double::text(256).unwrap();
	let tokens = text.encode("a漢🙂b").unwrap();
	let mut stream = text.stream();
	let pieces: Vec<_> = tokens.iter().map(|token| stream.push(*token).unwrap()).collect();
	assert_eq!(pieces, ["a", "", "", "漢", "", "", "", "🙂", "b"]);
}

proptest! {
	/// Bytes that are mostly no text: what is given out is never taken back, and all of it is given out.
	#[test]
	fn any_bytes_add_up(tokens in proptest::collection::vec(0..VOCABULARY, 0..300)) {
		let text = Double::text(256).unwrap();
		let mut stream = text.stream();
		let mut whole = String::new();
		for token in &tokens {
			whole += &stream.push(*token).unwrap();
		}
		whole += &stream.finish().unwrap();
		prop_assert_eq!(whole, text.decode(&tokens).unwrap());
	}
}
