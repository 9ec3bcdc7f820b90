// SPDX-License-Identifier: Apache-2.0

//! Terms of a command line. What is not said is allowed.

use super::share;
use atelier_primitives::terms::{Purpose, Purposes, Terms, Withdrawal};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use sp_arithmetic::Permill;

#[derive(Args)]
pub struct TermsArgs {
	/// Nothing may be made from it.
	#[arg(long, help_heading = "Terms")]
	no_derive: bool,
	/// Not for profit.
	#[arg(long, help_heading = "Terms")]
	no_commercial: bool,
	/// The least share of its fee that a derivative owes, in percent.
	#[arg(long, value_name = "PERCENT", default_value = "0", value_parser = share::percent, help_heading = "Terms")]
	min_share: Permill,
	/// The last block in which it may be used.
	#[arg(long, value_name = "BLOCK", help_heading = "Terms")]
	expiry: Option<u32>,
	/// For what it may be used, by default for anything: personal, education, research, evaluation, business, government,
	/// health, finance, distillation.
	#[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = purpose, help_heading = "Terms")]
	purposes: Vec<Purpose>,
	/// What its withdrawal stops, in all that was made from it.
	#[arg(long, value_enum, default_value_t = Stops::StopsDerivation, help_heading = "Terms")]
	withdrawal: Stops,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Stops {
	/// Nothing new is made or trained from it.
	StopsDerivation,
	/// Nor does anything that was made from it answer.
	StopsServing,
}

fn name(purpose: Purpose) -> String {
	format!("{purpose:?}").to_lowercase()
}

fn purpose(text: &str) -> Result<Purpose, String> {
	Purpose::ALL
		.into_iter()
		.find(|purpose| name(*purpose) == text)
		.ok_or_else(|| format!("one of {}", Purpose::ALL.map(name).join(", ")))
}

impl TermsArgs {
	pub fn terms(&self) -> Terms {
		let named = self
			.purposes
			.iter()
			.fold(Purposes::NONE, |set, purpose| set.with(*purpose));
		Terms {
			derive: !self.no_derive,
			commercial: !self.no_commercial,
			min_share: self.min_share,
			expiry: self.expiry,
			purposes: if self.purposes.is_empty() { Purposes::ANY } else { named },
			withdrawal: match self.withdrawal {
				Stops::StopsDerivation => Withdrawal::StopsDerivation,
				Stops::StopsServing => Withdrawal::StopsServing,
			},
		}
	}
}

fn purposes(purposes: Purposes) -> Option<Vec<String>> {
	(purposes != Purposes::ANY).then(|| {
		let named = Purpose::ALL.into_iter().filter(|purpose| purposes.has(*purpose));
		named.map(name).collect()
	})
}

/// For scripts. No list of purposes: any.
pub fn json(terms: &Terms) -> Value {
	json!({
		"derive": terms.derive, "commercial": terms.commercial, "minShare": share::text(terms.min_share),
		"expiry": terms.expiry, "purposes": purposes(terms.purposes), "withdrawal": terms.withdrawal,
	})
}

/// For people.
pub fn text(terms: &Terms) -> String {
	let mut said = vec![
		if terms.derive {
			"may be built on"
		} else {
			"may not be built on"
		}
		.to_string(),
		if terms.commercial {
			"for profit too"
		} else {
			"not for profit"
		}
		.into(),
	];
	if !terms.min_share.is_zero() {
		said.push(format!("derivatives owe at least {}%", share::text(terms.min_share)));
	}
	if let Some(last) = terms.expiry {
		said.push(format!("until block {last}"));
	}
	if let Some(named) = purposes(terms.purposes) {
		said.push(format!("only for {}", named.join(", ")));
	}
	said.push(
		match terms.withdrawal {
			Withdrawal::StopsDerivation => "a withdrawal stops derivation",
			Withdrawal::StopsServing => "a withdrawal stops derivation and serving",
		}
		.into(),
	);
	said.join("; ")
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;

	#[derive(Parser)]
	struct Line {
		#[command(flatten)]
		terms: TermsArgs,
	}

	fn read(line: &str) -> Option<Terms> {
		let line = Line::try_parse_from(["worker"].into_iter().chain(line.split_whitespace()));
		line.ok().map(|line| line.terms.terms())
	}

	const OPEN: Terms = Terms {
		derive: true,
		commercial: true,
		min_share: Permill::zero(),
		expiry: None,
		purposes: Purposes::ANY,
		withdrawal: Withdrawal::StopsDerivation,
	};

	#[test]
	fn what_is_not_said_is_allowed() {
		assert_eq!(read(""), Some(OPEN));
		assert_eq!(
			text(&OPEN),
			"may be built on; for profit too; a withdrawal stops derivation"
		);
		assert!(json(&OPEN)["purposes"].is_null());
	}

	#[test]
	fn each_term_is_read() {
		let strict = Terms {
			derive: false,
			commercial: false,
			min_share: Permill::from_percent(10),
			expiry: Some(9),
			purposes: Purposes::NONE.with(Purpose::Research).with(Purpose::Education),
			withdrawal: Withdrawal::StopsServing,
		};
		let line = "--no-derive --no-commercial --min-share 10 --expiry 9 --purposes research,education \
			--withdrawal stops-serving";
		assert_eq!(read(line), Some(strict));
		assert_eq!(
			text(&strict),
			"may not be built on; not for profit; derivatives owe at least 10%; until block 9; \
			only for education, research; a withdrawal stops derivation and serving"
		);
		assert_eq!(json(&strict)["purposes"], json!(["education", "research"]));
		assert_eq!(json(&strict)["minShare"], "10");
	}

	#[test]
	fn nothing_else_is_a_term() {
		for line in [
			"--purposes war",
			"--withdrawal nothing",
			"--min-share 101",
			"--expiry -1",
			"--purposes ,",
		] {
			assert_eq!(read(line), None, "{line}");
		}
	}
}
