// SPDX-License-Identifier: Apache-2.0

//! Where a sentence ends, and whether it is one that a person would write.

/// Words that no other language has together, and that a line of symbols lacks.
const FUNCTION_WORDS: [&str; 30] = [
	"a", "an", "and", "are", "as", "at", "be", "by", "can", "for", "from", "has", "if", "in", "is", "it", "not", "of",
	"on", "or", "that", "the", "then", "this", "to", "when", "which", "will", "with", "you",
];
/// A dot after one of these does not end a sentence.
const ABBREVIATIONS: [&str; 8] = ["e.g.", "i.e.", "etc.", "vs.", "cf.", "approx.", "resp.", "no."];
/// Sentences about licences are nobody's own.
const BOILERPLATE: [&str; 5] = ["licen", "copyright", "warrant", "apache", "all rights"];

/// The sentences of a paragraph that pass every filter.
pub fn sentences(paragraph: &str) -> Vec<String> {
	let paragraph = plain_quotes(paragraph);
	let mut found = Vec::new();
	let mut words = Vec::new();
	let mut all = paragraph.split(' ').filter(|word| !word.is_empty()).peekable();
	while let Some(word) = all.next() {
		words.push(word);
		let next_begins = all
			.peek()
			.is_none_or(|next| next.starts_with(|c: char| c.is_ascii_uppercase()));
		if next_begins && word.ends_with(['.', '!', '?']) && !ABBREVIATIONS.contains(&word.to_lowercase().as_str()) {
			if is_english_sentence(&words) {
				found.push(words.join(" "));
			}
			words.clear();
		}
	}
	found
}

fn plain_quotes(text: &str) -> String {
	text.chars()
		.map(|c| match c {
			'\u{2018}' | '\u{2019}' => '\'',
			'\u{201c}' | '\u{201d}' => '"',
			'\u{2013}' | '\u{2014}' => '-',
			'\u{a0}' => ' ',
			other => other,
		})
		.collect()
}

fn is_english_sentence(words: &[&str]) -> bool {
	let text = words.join(" ");
	let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
	let visible = text.bytes().filter(|&c| c != b' ').count();
	let lower = text.to_lowercase();
	(6..=60).contains(&words.len())
		&& text.starts_with(|c: char| c.is_ascii_uppercase())
		&& text.ends_with(['.', '!', '?'])
		// Otherwise the number of the list's next item.
		&& words.last().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_alphabetic() || "('\"".contains(c)))
		&& text.bytes().all(|c| c.is_ascii_alphanumeric() || b" .,;:'\"!?()-%/".contains(&c))
		&& letters * 100 >= visible * 88
		&& words.iter().all(|word| is_word(word))
		&& text.matches('"').count().is_multiple_of(2)
		&& text.matches('(').count() == text.matches(')').count()
		&& words.iter().filter(|word| FUNCTION_WORDS.contains(&word.to_lowercase().as_str())).count() >= 2
		&& !BOILERPLATE.iter().any(|word| lower.contains(word))
}

/// Not a name of code, a path, an address or a word that was cut.
fn is_word(word: &str) -> bool {
	let camel_case = word
		.as_bytes()
		.windows(2)
		.any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
	// `and/or` is a word, a path is not; `f()` and `std::io` are code.
	let code = ["//", "()", "::", "--", "..."].iter().any(|mark| word.contains(mark)) || word.matches('/').count() > 1;
	let address = word.contains("http") || word.contains("www.");
	let cut = word != "-" && word.starts_with(|c: char| ".,;:?!)%/-".contains(c));
	!camel_case && !code && !address && !cut && word.len() <= 24
}

#[cfg(test)]
mod tests {
	use super::{super::markdown::NOT_TEXT, sentences};

	#[test]
	fn a_paragraph_is_cut_at_sentence_ends_only() {
		let paragraph = "This is the first, e.g. It has an abbreviation. Is this the second one of them? Yes.";
		assert_eq!(
			sentences(paragraph),
			[
				"This is the first, e.g. It has an abbreviation.",
				"Is this the second one of them?"
			]
		);
	}

	#[test]
	fn what_is_not_prose_is_dropped() {
		for text in [
			"Too short to be a sentence."
				.strip_suffix(" be a sentence.")
				.unwrap_or_default(),
			"this one begins in lower case and is left out.",
			"This one has no end and is left out",
			"This calls std::mem::take on the value of a field.",
			"This HashMap of a field is not a plain word.",
			"See the page at https://example.org for all of it.",
			"Licensed under either of the terms, and that is it.",
			"Ceci est une phrase qui parle une autre langue ici.",
			"1 2 3 4 5 the sum of 6 7 8 9 10 is 55.",
			&format!("Call {NOT_TEXT} and then do that with the rest."),
		] {
			assert!(sentences(text).is_empty(), "{text}");
		}
	}
}
