// SPDX-License-Identifier: Apache-2.0

//! The bytes that each token adds to an answer, as the tokenizer's decoder makes them one by one. Strings that end an answer are
//! looked for in these, on the chain too, so they must not depend on the tokens around.

use crate::Error;
use atelier_models::files::bytes;
use serde_json::Value;
use std::{collections::HashMap, path::Path};

const KNOWN: &str = "ByteLevel and the sentencepiece sequence of Replace, ByteFallback and Fuse";
/// What sentencepiece writes for a space.
const SPACE: char = '\u{2581}';

/// How a decoder makes bytes of a token's name.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Decoder {
	/// Each character stands for a byte.
	ByteLevel,
	/// UTF-8, but for spaces and single bytes.
	Sentencepiece,
}

/// The texts of all tokens of a vocabulary. Those of special tokens, and of tokens that the tokenizer does not know, are empty.
pub fn texts(tokenizer: &Path, vocabulary: u32) -> Result<Vec<Vec<u8>>, Error> {
	let file: Value = serde_json::from_slice(&bytes(tokenizer)?).map_err(|source| Error::BrokenTokenizer {
		path: tokenizer.into(),
		source,
	})?;
	let decoder = Decoder::of(file.get("decoder").unwrap_or(&Value::Null))?;
	let letters = letters();
	let mut texts = vec![Vec::new(); vocabulary as usize];
	let mut put = |token: u64, text: Vec<u8>| -> Result<(), Error> {
		let place = usize::try_from(token).ok().and_then(|token| texts.get_mut(token));
		*place.ok_or(Error::TokenOutside { token, vocabulary })? = text;
		Ok(())
	};
	let added: Vec<_> = file
		.get("added_tokens")
		.and_then(Value::as_array)
		.into_iter()
		.flatten()
		.filter_map(|token| Some((token.get("id")?.as_u64()?, token)))
		.collect();
	let numbers: HashMap<_, _> = added.iter().map(|(number, token)| (*number, *token)).collect();
	let names = file
		.pointer("/model/vocab")
		.and_then(Value::as_object)
		.into_iter()
		.flatten();
	for (name, number) in names {
		// Of added tokens the name is the text, below.
		if let Some(number) = number.as_u64().filter(|number| !numbers.contains_key(number)) {
			put(number, decoder.text(name, number, &letters)?)?;
		}
	}
	for (number, token) in added {
		let special = token.get("special").and_then(Value::as_bool).unwrap_or(false);
		let content = token.get("content").and_then(Value::as_str).unwrap_or_default();
		put(number, if special { Vec::new() } else { content.into() })?;
	}
	Ok(texts)
}

impl Decoder {
	fn of(decoder: &Value) -> Result<Self, Error> {
		let kind = |value: &Value| value.get("type").and_then(Value::as_str).unwrap_or("none").to_owned();
		let parts: Vec<_> = match decoder.get("decoders").and_then(Value::as_array) {
			Some(parts) => parts.iter().map(kind).collect(),
			None => vec![kind(decoder)],
		};
		let parts: Vec<_> = parts.iter().map(String::as_str).collect();
		match parts.as_slice() {
			["ByteLevel"] => Ok(Self::ByteLevel),
			// What is stripped is the space before the first token of a text, which an answer is not.
			["Replace", "ByteFallback", "Fuse"] | ["Replace", "ByteFallback", "Fuse", "Strip"] => {
				Ok(Self::Sentencepiece)
			}
			other => Err(Error::UnknownDecoder {
				found: other.join(", "),
				known: KNOWN,
			}),
		}
	}

	fn text(self, name: &str, token: u64, letters: &HashMap<char, u8>) -> Result<Vec<u8>, Error> {
		match self {
			Self::ByteLevel => name
				.chars()
				.map(|letter| letters.get(&letter).copied())
				.collect::<Option<_>>()
				.ok_or_else(|| Error::NoBytes {
					token,
					name: name.into(),
				}),
			Self::Sentencepiece => Ok(match byte_of(name) {
				Some(byte) => vec![byte],
				None => name.replace(SPACE, " ").into_bytes(),
			}),
		}
	}
}

/// The byte of a name such as `<0x0A>`.
fn byte_of(name: &str) -> Option<u8> {
	let digits = name.strip_prefix("<0x")?.strip_suffix('>')?;
	match digits.len() {
		2 => u8::from_str_radix(digits, 16).ok(),
		_ => None,
	}
}

/// The characters of byte-level vocabularies: printable bytes stand for themselves, the others follow from 256 on.
fn letters() -> HashMap<char, u8> {
	let printable = |byte: u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
	let mut next = 256;
	(0..=u8::MAX)
		.filter_map(|byte| {
			let letter = if printable(byte) {
				u32::from(byte)
			} else {
				next += 1;
				next - 1
			};
			Some((char::from_u32(letter)?, byte))
		})
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	fn of(file: Value, vocabulary: u32) -> Result<Vec<Vec<u8>>, Error> {
		let folder = tempfile::tempdir().expect("a folder");
		let path = folder.path().join("tokenizer.json");
		std::fs::write(&path, file.to_string()).expect("written");
		texts(&path, vocabulary)
	}

	#[test]
	fn every_byte_has_a_letter_of_its_own() {
		let letters = letters();
		assert_eq!(letters.len(), 256);
		assert_eq!(letters[&'Ġ'], b' ');
		assert_eq!(letters[&'Ċ'], b'\n');
	}

	#[test]
	fn byte_level_names_are_bytes() {
		let file = json!({
			"decoder": { "type": "ByteLevel" },
			"added_tokens": [
				{ "id": 2, "content": "<end>", "special": true },
				{ "id": 4, "content": "<tool> ", "special": false },
			],
			"model": { "vocab": { "Ġa": 0, "Ã": 1, "<end>": 2, "<tool> ": 4 } },
		});
		let texts = of(file, 6).expect("texts");
		let wanted: [&[u8]; 6] = [b" a", &[0xc3], b"", b"", b"<tool> ", b""];
		assert_eq!(texts, wanted);
	}

	#[test]
	fn sentencepiece_names_are_texts() {
		let decoders =
			json!([{ "type": "Replace" }, { "type": "ByteFallback" }, { "type": "Fuse" }, { "type": "Strip" }]);
		let file = json!({
			"decoder": { "type": "Sequence", "decoders": decoders },
			"model": { "vocab": { "▁a▁": 0, "<0xE2>": 1, "é": 2 } },
		});
		let texts = of(file, 3).expect("texts");
		let wanted: [&[u8]; 3] = [b" a ", &[0xe2], "é".as_bytes()];
		assert_eq!(texts, wanted);
	}

	#[test]
	fn what_is_not_known_is_refused() {
		let error = |file, vocabulary| of(file, vocabulary).expect_err("not known").to_string();
		let none = error(json!({ "model": { "vocab": {} } }), 1);
		assert!(none.contains("decoder is none"), "{none}");
		let outside = error(
			json!({ "decoder": { "type": "ByteLevel" }, "model": { "vocab": { "a": 1 } } }),
			1,
		);
		assert!(outside.contains("token 1"), "{outside}");
		let letter = error(
			json!({ "decoder": { "type": "ByteLevel" }, "model": { "vocab": { "字": 0 } } }),
			1,
		);
		assert!(letter.contains("字"), "{letter}");
	}
}
