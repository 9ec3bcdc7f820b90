// SPDX-License-Identifier: Apache-2.0

//! Amounts as people write them: tokens, with at most twelve decimals.

use atelier_client::Balance;

const DECIMALS: usize = 12;
const TOKEN: Balance = 10_u128.pow(DECIMALS as u32);

/// An amount of a command line.
pub fn parse(text: &str) -> Result<Balance, String> {
	let (whole, part) = text.split_once('.').unwrap_or((text, ""));
	let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
	if whole.is_empty() || !digits(whole) || !digits(part) || text.ends_with('.') {
		return Err("tokens, as in 12 or 0.5".into());
	}
	if part.len() > DECIMALS {
		return Err(format!("a token has {DECIMALS} decimals"));
	}
	let number = |text: &str| text.parse::<Balance>().map_err(|_| "no such amount exists".to_string());
	let part = number(&format!("{part:0<DECIMALS$}"))?;
	number(whole)?
		.checked_mul(TOKEN)
		.and_then(|units| units.checked_add(part))
		.ok_or_else(|| "no such amount exists".into())
}

/// An amount for people and scripts.
pub fn text(amount: Balance) -> String {
	let (whole, part) = (amount / TOKEN, amount % TOKEN);
	match part {
		0 => whole.to_string(),
		_ => format!("{whole}.{part:0DECIMALS$}").trim_end_matches('0').into(),
	}
}

/// The same with the token's name.
pub fn named(amount: Balance) -> String {
	format!("{} ATL", text(amount))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_is_written_is_read_again() {
		for (written, units) in [
			("0", 0),
			("1", TOKEN),
			("0.5", TOKEN / 2),
			("0.000000000001", 1),
			("12.000001", 12_000_001_000_000),
			("340282366920938463463374607.431768211455", u128::MAX),
		] {
			assert_eq!(parse(written), Ok(units));
			assert_eq!(text(units), written);
		}
		assert_eq!(parse("007.50"), Ok(7 * TOKEN + TOKEN / 2));
	}

	#[test]
	fn nothing_else_is_an_amount() {
		for written in [
			"",
			".",
			".5",
			"1.",
			"-1",
			"+1",
			"1e3",
			"1,5",
			"0x1",
			" 1",
			"1 ",
			"1.0000000000001",
			"ten",
		] {
			assert!(parse(written).is_err(), "{written:?}");
		}
		assert!(parse("340282366920938463463374607.431768211456").is_err());
		assert!(parse("340282366920938463463374608").is_err());
	}
}
