// SPDX-License-Identifier: Apache-2.0

//! What templates expect of the Python that they were written for.

use minijinja::{Error, ErrorKind, Value, value::Kwargs};
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use std::io;

/// Spaces after commas and colons, and nothing escaped that JSON does not ask for.
struct Spaced;

impl Formatter for Spaced {
	fn begin_array_value<W: ?Sized + io::Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
		if first { Ok(()) } else { to.write_all(b", ") }
	}

	fn begin_object_key<W: ?Sized + io::Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
		if first { Ok(()) } else { to.write_all(b", ") }
	}

	fn begin_object_value<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
		to.write_all(b": ")
	}
}

/// Most columns of an indentation.
const MAX_INDENT: usize = 16;

/// A value as JSON, with `indent` if that is wanted.
pub fn to_json(value: &Value, options: Kwargs) -> Result<Value, Error> {
	let indent: Option<usize> = options.get("indent")?;
	// Others only say what is done anyway, such as `ensure_ascii=false`.
	let mut json = Vec::new();
	let written = match indent {
		Some(indent) => {
			let spaces = vec![b' '; indent.min(MAX_INDENT)];
			let pretty = PrettyFormatter::with_indent(&spaces);
			value.serialize(&mut Serializer::with_formatter(&mut json, pretty))
		}
		None => value.serialize(&mut Serializer::with_formatter(&mut json, Spaced)),
	};
	let failed = |text: String| Error::new(ErrorKind::BadSerialization, text);
	written.map_err(|error| failed(error.to_string()))?;
	String::from_utf8(json)
		.map(Value::from)
		.map_err(|error| failed(error.to_string()))
}

/// `generation` blocks only mark what a model said itself, which is for those who train it.
pub fn without_generation(template: &str) -> String {
	let mut plain = String::with_capacity(template.len());
	let mut rest = template;
	while let Some((before, after)) = rest.split_once("{%") {
		let Some((tag, behind)) = after.split_once("%}") else {
			break;
		};
		let name = tag.trim_matches(['-', '+']).trim();
		let name = match name {
			"generation" => Some("if true"),
			"endgeneration" => Some("endif"),
			_ => None,
		};
		plain.push_str(before);
		plain.push_str("{%");
		match name {
			Some(name) => {
				let mark = |mark: Option<char>| {
					mark.filter(|mark| matches!(mark, '-' | '+'))
						.map(String::from)
						.unwrap_or_default()
				};
				plain.push_str(&mark(tag.chars().next()));
				plain.push(' ');
				plain.push_str(name);
				plain.push(' ');
				plain.push_str(&mark(tag.chars().next_back()));
			}
			None => plain.push_str(tag),
		}
		plain.push_str("%}");
		rest = behind;
	}
	plain.push_str(rest);
	plain
}
