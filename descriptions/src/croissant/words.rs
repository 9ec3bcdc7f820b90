// SPDX-License-Identifier: Apache-2.0

//! Words of strangers: what they mean, and how they are shown.

/// Longest text for people, in characters.
pub const MAX_SHOWN: usize = 2_000;

/// How a property or a class is called by itself, whatever its prefix: `Dataset` of `sc:Dataset` and of
/// `https://schema.org/Dataset`.
pub fn term(name: &str) -> &str {
	name.rsplit(['/', '#', ':']).next().unwrap_or(name)
}

/// A text that can be shown in a terminal: no control characters, and none that turn the direction of what follows.
pub fn shown(text: &str) -> String {
	let mut shown: String = text.trim().chars().take(MAX_SHOWN).map(plain).collect();
	if text.trim().chars().nth(MAX_SHOWN).is_some() {
		shown.push('\u{2026}');
	}
	shown
}

fn plain(letter: char) -> char {
	match letter {
		'\n' | '\r' | '\t' => ' ',
		'\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
		letter if letter.is_control() => '\u{fffd}',
		letter => letter,
	}
}

/// What was found, for an error.
pub fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
	shown(&texts.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_term_has_no_prefix() {
		for name in [
			"Dataset",
			"sc:Dataset",
			"schema:Dataset",
			"https://schema.org/Dataset",
			"x#Dataset",
		] {
			assert_eq!(term(name), "Dataset");
		}
	}

	#[test]
	fn what_is_shown_cannot_write_to_a_terminal() {
		assert_eq!(shown(" a\u{1b}[31mb\r\nc\u{202e}d "), "a\u{fffd}[31mb  c\u{fffd}d");
		assert_eq!(shown(&"x".repeat(MAX_SHOWN)).len(), MAX_SHOWN);
		assert_eq!(shown(&"x".repeat(3_000)).chars().count(), MAX_SHOWN + 1);
	}
}
