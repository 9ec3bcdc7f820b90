// SPDX-License-Identifier: Apache-2.0

//! What a description calls a licence, as SPDX calls it.

use super::words::shown;
use crate::Error;
use atelier_primitives::licence::{MAX_EXPRESSION, well_formed};
use spdx::{Expression, ParseMode, identifiers::LICENSES};

/// Names of the SPDX list that were given up are still what many files have.
const MODE: ParseMode = ParseMode {
	allow_deprecated: true,
	..ParseMode::STRICT
};

/// Places that have a page for each licence of the SPDX list, by its name.
const PLACES: [&str; 6] = [
	"spdx.org/licenses/",
	"choosealicense.com/licenses/",
	"opensource.org/license/",
	"opensource.org/licenses/",
	"www.opensource.org/licenses/",
	"www.spdx.org/licenses/",
];

/// The places of Creative Commons.
const COMMONS: [&str; 2] = ["creativecommons.org/", "www.creativecommons.org/"];

/// What holds if all of these do, each of which is said in several ways.
pub fn expression(licences: &[Vec<String>]) -> Result<String, Error> {
	let mut all: Vec<String> = Vec::new();
	for ways in licences {
		let one = ways
			.iter()
			.find_map(|way| known(way))
			.ok_or_else(|| Error::UnknownLicence {
				found: ways.first().map(|way| shown(way)).unwrap_or_default(),
			})?;
		if !all.contains(&one) {
			all.push(one);
		}
	}
	let several = all.len() > 1;
	let parts = all.into_iter().map(|one| match several && one.contains(' ') {
		true => format!("({one})"),
		false => one,
	});
	let all = parts.collect::<Vec<_>>().join(" AND ");
	if all.is_empty() {
		return Err(Error::NoLicence);
	}
	checked(all)
}

/// An expression that the chain takes.
pub fn checked(expression: String) -> Result<String, Error> {
	if u32::try_from(expression.len()).is_ok_and(|length| length <= MAX_EXPRESSION) {
		return match well_formed(expression.as_bytes()) {
			true => Ok(expression),
			false => Err(Error::NotAnExpression {
				found: shown(&expression),
			}),
		};
	}
	Err(Error::LicenceTooLong {
		bytes: expression.len(),
		limit: MAX_EXPRESSION,
	})
}

/// What the SPDX list calls it.
fn known(text: &str) -> Option<String> {
	let text = text.trim();
	let place = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
	if let Some(place) = place {
		return page(place).map(str::to_owned);
	}
	if let Some(name) = listed(text) {
		return Some(name.to_owned());
	}
	// What is longer the chain does not take, so it is not parsed.
	let short = u32::try_from(text.len()).is_ok_and(|length| length <= MAX_EXPRESSION);
	if !short || !well_formed(text.as_bytes()) {
		return None;
	}
	let parsed = Expression::parse_mode(text, MODE).ok()?;
	let all = parsed
		.requirements()
		.all(|part| part.req.license.id().is_none_or(|id| says(id.name)));
	all.then(|| text.to_owned())
}

/// Whether a name of the list says which licence it is.
fn says(name: &str) -> bool {
	!matches!(name, "NOASSERTION" | "NONE")
}

/// A name of the list, in letters of any size.
fn listed(name: &str) -> Option<&'static str> {
	let mut names = LICENSES.iter().map(|licence| licence.name);
	names.find(|known| known.eq_ignore_ascii_case(name) && says(known))
}

/// The licence of which this is the page.
fn page(place: &str) -> Option<&'static str> {
	let place = place.split(['?', '#']).next().unwrap_or(place);
	if let Some(path) = COMMONS.iter().find_map(|host| place.strip_prefix(host)) {
		return commons(path);
	}
	let name = PLACES
		.iter()
		.find_map(|host| place.strip_prefix(host))?
		.trim_end_matches('/');
	let endings = [".html", ".json", ".txt"];
	let bare = endings.iter().find_map(|ending| name.strip_suffix(ending));
	listed(bare.unwrap_or(name))
}

/// `licenses/by-sa/4.0/`, `licenses/by/3.0/de/`, `publicdomain/zero/1.0/`.
fn commons(path: &str) -> Option<&'static str> {
	let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).take(6).collect();
	let parts = match parts.as_slice() {
		[parts @ .., "deed.en" | "legalcode" | "deed" | "legalcode.en"] => parts,
		parts => parts,
	};
	match parts {
		["publicdomain", "zero", version] => listed(&format!("CC0-{version}")),
		["publicdomain", "mark", version] => listed(&format!("CC-PDM-{version}")),
		["licenses", kind, version] => listed(&format!("CC-{kind}-{version}")),
		["licenses", kind, version, country] => listed(&format!("CC-{kind}-{version}-{country}")),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn of(texts: &[&str]) -> Result<String, Error> {
		let ways: Vec<Vec<String>> = texts.iter().map(|text| vec![(*text).to_owned()]).collect();
		expression(&ways)
	}

	#[test]
	fn what_people_write_is_what_spdx_calls_it() {
		for (written, name) in [
			("MIT", "MIT"),
			("mit", "MIT"),
			(" cc-by-sa-4.0 ", "CC-BY-SA-4.0"),
			("GPL-2.0", "GPL-2.0"),
			("https://spdx.org/licenses/Apache-2.0.html", "Apache-2.0"),
			("http://spdx.org/licenses/odc-by-1.0", "ODC-By-1.0"),
			("https://choosealicense.com/licenses/apache-2.0/", "Apache-2.0"),
			("https://opensource.org/license/mit/", "MIT"),
			("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
			(
				"https://creativecommons.org/licenses/by-nc-sa/4.0/legalcode",
				"CC-BY-NC-SA-4.0",
			),
			(
				"https://creativecommons.org/licenses/by/3.0/de/deed.en?x#y",
				"CC-BY-3.0-DE",
			),
			("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
			("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
			(
				"GPL-2.0-only WITH Classpath-exception-2.0",
				"GPL-2.0-only WITH Classpath-exception-2.0",
			),
			("LicenseRef-ours", "LicenseRef-ours"),
		] {
			assert_eq!(of(&[written]).unwrap(), name, "{written}");
		}
	}

	#[test]
	fn what_is_on_no_list_is_asked_for() {
		for unknown in [
			"other",
			"unknown",
			"Public",
			"NOASSERTION",
			"none",
			"MIT OR nothing",
			"MIT OR NOASSERTION",
			"https://spdx.org/licenses/",
			"https://spdx.org/licenses/other.html",
			"https://spdx.org.example/licenses/MIT",
			"https://example.org/spdx.org/licenses/MIT",
			"https://choosealicense.com/licenses/undefined/",
			"https://creativecommons.org/licenses/by/9.0/",
			"https://creativecommons.org/",
			"MIT\nOR ISC",
		] {
			let refused = of(&[unknown]);
			assert!(
				matches!(refused, Err(Error::UnknownLicence { .. })),
				"{unknown}: {refused:?}"
			);
		}
		assert!(of(&["other"]).unwrap_err().to_string().contains("--licence"));
		assert!(matches!(of(&[]), Err(Error::NoLicence)));
	}

	#[test]
	fn several_hold_together() {
		assert_eq!(of(&["mit", "cc-by-4.0"]).unwrap(), "MIT AND CC-BY-4.0");
		assert_eq!(of(&["MIT", "https://spdx.org/licenses/MIT"]).unwrap(), "MIT");
		assert_eq!(of(&["MIT OR ISC", "0BSD"]).unwrap(), "(MIT OR ISC) AND 0BSD");
		assert!(matches!(of(&["MIT", "other"]), Err(Error::UnknownLicence { .. })));
	}

	#[test]
	fn of_several_ways_any_will_do() {
		let ways = vec![vec![
			"CC BY 4.0".to_owned(),
			"https://spdx.org/licenses/CC-BY-4.0".to_owned(),
		]];
		assert_eq!(expression(&ways).unwrap(), "CC-BY-4.0");
	}

	#[test]
	fn never_longer_than_the_chain_takes() {
		let many: Vec<Vec<String>> = LICENSES
			.iter()
			.take(60)
			.map(|licence| vec![licence.name.to_owned()])
			.collect();
		assert!(matches!(
			expression(&many),
			Err(Error::LicenceTooLong { limit: 256, .. })
		));
	}
}
