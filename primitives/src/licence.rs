// SPDX-License-Identifier: Apache-2.0

//! Licences by their SPDX names, for people and their tools. What the chain itself evaluates are [`terms`](crate::terms).

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The longest expression in bytes.
pub const MAX_EXPRESSION: u32 = 256;

/// Under which licence something is given.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct Licence<Bytes> {
	/// An SPDX licence expression: [`well_formed`], at most [`MAX_EXPRESSION`] bytes.
	pub expression: Bytes,
	/// BLAKE2b-256 of the text that people agree to.
	pub text: [u8; 32],
}

/// What may come next.
#[derive(Clone, Copy)]
enum Next {
	Licence,
	Exception,
	Operator { with: bool },
}

/// Whether this is written as SPDX writes licence expressions (`Apache-2.0 OR (GPL-2.0-only WITH Classpath-exception-2.0)`).
/// It need not name a licence of the SPDX list, which grows with every release.
pub fn well_formed(expression: &[u8]) -> bool {
	let mut next = Next::Licence;
	let mut open = 0_u32;
	let mut rest = past_spaces(expression);
	while let Some((word, after)) = word(rest) {
		next = match (next, word) {
			(Next::Licence, b"(") => {
				open = open.saturating_add(1);
				Next::Licence
			}
			(Next::Licence, licence) if is_licence(licence) => Next::Operator { with: true },
			(Next::Exception, exception) if is_name(exception) => Next::Operator { with: false },
			(Next::Operator { .. }, b")") => match open.checked_sub(1) {
				Some(fewer) => {
					open = fewer;
					Next::Operator { with: false }
				}
				None => return false,
			},
			(Next::Operator { with: true }, b"WITH" | b"with") => Next::Exception,
			(Next::Operator { .. }, b"AND" | b"and" | b"OR" | b"or") => Next::Licence,
			_ => return false,
		};
		rest = past_spaces(after);
	}
	open == 0 && matches!(next, Next::Operator { .. })
}

fn past_spaces(mut text: &[u8]) -> &[u8] {
	while let [b' ', after @ ..] = text {
		text = after;
	}
	text
}

/// The first word, or parenthesis, and what follows.
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
	let end = match text {
		[] => return None,
		[b'(' | b')', ..] => 1,
		_ => text
			.iter()
			.position(|byte| matches!(byte, b' ' | b'(' | b')'))
			.unwrap_or(text.len()),
	};
	text.split_at_checked(end)
}

/// `MIT`, `GPL-2.0+`, `LicenseRef-own`, `DocumentRef-there:LicenseRef-own`.
fn is_licence(word: &[u8]) -> bool {
	let word = word.strip_suffix(b"+").unwrap_or(word);
	let mut parts = word.split(|byte| *byte == b':');
	match (parts.next(), parts.next(), parts.next()) {
		(Some(name), None, None) => is_name(name),
		(Some(document), Some(name), None) => is_name(document) && is_name(name),
		_ => false,
	}
}

fn is_name(word: &[u8]) -> bool {
	let operator = matches!(word, b"AND" | b"and" | b"OR" | b"or" | b"WITH" | b"with");
	!word.is_empty()
		&& !operator
		&& word
			.iter()
			.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_spdx_writes_is_accepted() {
		for expression in [
			"MIT",
			"  MIT ",
			"GPL-2.0+",
			"LicenseRef-Own.1",
			"DocumentRef-there:LicenseRef-own",
			"Apache-2.0 OR MIT",
			"Apache-2.0 AND (MIT OR GPL-2.0-only WITH Classpath-exception-2.0)",
			"((MIT))",
			"(MIT)AND(ISC)",
			"MIT and ISC or GPL-2.0-only with Classpath-exception-2.0",
			"NOASSERTION",
		] {
			assert!(well_formed(expression.as_bytes()), "{expression}");
		}
	}

	#[test]
	fn anything_else_is_not() {
		for expression in [
			"",
			" ",
			"AND",
			"MIT AND",
			"OR MIT",
			"MIT MIT",
			"MIT And ISC",
			"(MIT",
			"MIT)",
			")MIT(",
			"()",
			"MIT WITH",
			"MIT WITH WITH",
			"MIT WITH x WITH y",
			"(MIT) WITH x",
			"MIT WITH x+",
			"+",
			"a:b:c",
			":a",
			"MIT\tOR ISC",
			"MIT\n",
			"MIT \tOR ISC",
			"M_T",
			"lic\u{e9}nce",
			"MIT\0",
		] {
			assert!(!well_formed(expression.as_bytes()), "{expression:?}");
		}
	}
}
