// SPDX-License-Identifier: Apache-2.0

//! Shares as people write them: percent, with at most four decimals, since the chain counts millionths.

use sp_arithmetic::Permill;

/// A part of the whole.
pub fn percent(text: &str) -> Result<Permill, String> {
	let wrong = || "percent from 0 to 100 with at most four decimals, as in 12.5".to_string();
	let text = text.strip_suffix('%').unwrap_or(text);
	let (whole, part) = text.split_once('.').unwrap_or((text, ""));
	let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
	if !(1..=3).contains(&whole.len()) || part.len() > 4 || !digits(whole) || !digits(part) || text.ends_with('.') {
		return Err(wrong());
	}
	let parts: u32 = format!("{whole}{part:0<4}").parse().map_err(|_| wrong())?;
	match parts {
		0..=1_000_000 => Ok(Permill::from_parts(parts)),
		_ => Err(wrong()),
	}
}

/// Percent, for people and scripts.
pub fn text(part: Permill) -> String {
	let (whole, rest) = (part.deconstruct() / 10_000, part.deconstruct() % 10_000);
	match rest {
		0 => whole.to_string(),
		_ => format!("{whole}.{rest:04}").trim_end_matches('0').into(),
	}
}

/// What is owed to something: `ID=PERCENT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed<To> {
	pub to: To,
	pub part: Permill,
}

/// Reads what is owed to something that is read by `to`.
pub fn owed<To>(text: &str, to: impl Fn(&str) -> Result<To, String>) -> Result<Owed<To>, String> {
	let (name, part) = text
		.rsplit_once('=')
		.ok_or("what it was made from, =, and percent, as in 3=10")?;
	Ok(Owed {
		to: to(name)?,
		part: percent(part)?,
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_is_written_is_read_again() {
		for (written, parts) in [
			("0", 0),
			("10", 100_000),
			("12.5", 125_000),
			("0.0001", 1),
			("100", 1_000_000),
		] {
			assert_eq!(percent(written), Ok(Permill::from_parts(parts)));
			assert_eq!(text(Permill::from_parts(parts)), written);
		}
		assert_eq!(percent("50%"), percent("50"));
	}

	#[test]
	fn nothing_else_is_a_share() {
		for written in [
			"", "%", "-1", "100.0001", "101", "0.00001", "1.", ".5", "1e1", "a", "1 %",
		] {
			assert!(percent(written).is_err(), "{written:?}");
		}
	}

	#[test]
	fn what_is_owed_names_to_whom() {
		let number = |text: &str| text.parse::<u32>().map_err(|error| error.to_string());
		let read = owed("3=12.5", number).unwrap();
		assert_eq!((read.to, read.part), (3, Permill::from_parts(125_000)));
		for written in ["3", "=3", "x=3", "3=", "3=x", ""] {
			assert!(owed(written, number).is_err(), "{written:?}");
		}
	}
}
