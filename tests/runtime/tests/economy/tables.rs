// SPDX-License-Identifier: Apache-2.0

//! The tables of docs/economics.md: what is measured against what is written there. `ATELIER_WRITE_TABLES=1` writes them anew.
//! `ATELIER_TRIALS` asks for more trials; then the tables are printed, and not compared.

use crate::{
	measure::{Mean, Row, trials},
	spending, strategies,
};
use std::{fmt::Write, fs, path::Path, thread};

fn measured() -> Vec<Row> {
	let running: Vec<_> = strategies::ALL.iter().map(thread::spawn).collect();
	running
		.into_iter()
		.flat_map(|rows| rows.join().expect("a strategy could not be tried"))
		.collect()
}

/// With as many digits as matter.
fn amount(mean: &Mean) -> String {
	let digits = |value: f64| match value.abs() {
		value if value < 10.0 => format!("{value:.2}"),
		value => format!("{value:.1}"),
	};
	let sign = if mean.mean < 0.0 { "−" } else { "+" };
	match (mean.mean.abs() < 0.01, mean.error < 0.05) {
		(true, _) => format!("{sign}, below 0.01"),
		(false, true) => format!("{sign}{}", digits(mean.mean)),
		(false, false) => format!("{sign}{} ± {}", digits(mean.mean), digits(mean.error)),
	}
}

fn strategies_table(rows: &[Row]) -> String {
	let mut table =
		String::from("| strategy | how | gain | if this were zero | gain |\n| --- | --- | --- | --- | --- |\n");
	for row in rows {
		let mut first = true;
		for (what, gain) in &row.without {
			let (strategy, setting, own) = match first {
				true => (row.strategy, row.setting.as_str(), amount(&row.gain)),
				false => ("", "", String::new()),
			};
			let _ = writeln!(table, "| {strategy} | {setting} | {own} | {what} | {} |", amount(gain));
			first = false;
		}
	}
	table
}

/// Whether two tables say the same. Amounts may differ by a twentieth of a token or a fiftieth: fees change whenever weights are
/// measured anew.
fn alike(one: &str, other: &str) -> bool {
	let number = |word: &str| word.trim_end_matches(['%', ',']).replace('−', "-").parse::<f64>().ok();
	let same = |(one, other): (&str, &str)| match (number(one), number(other)) {
		(Some(one), Some(other)) => (one - other).abs() <= (one.abs() / 50.0).max(0.05),
		_ => one == other,
	};
	let (ones, others): (Vec<_>, Vec<_>) = (one.split(' ').collect(), other.split(' ').collect());
	ones.len() == others.len() && ones.into_iter().zip(others).all(same)
}

/// Compares a table with what is written, or writes it.
fn check(name: &str, table: &str) {
	println!("{table}");
	let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/economics.md");
	let mut page = fs::read_to_string(&path).expect("docs/economics.md is there");
	let (begin, end) = (format!("<!-- {name} -->\n\n"), format!("\n<!-- end of {name} -->"));
	let from = page.find(&begin).map(|at| at + begin.len());
	let (Some(from), Some(to)) = (from, page.find(&end)) else {
		panic!("docs/economics.md has no place for {name}");
	};
	if std::env::var_os("ATELIER_WRITE_TABLES").is_some() {
		page.replace_range(from..to, table);
		fs::write(&path, &page).expect("docs/economics.md can be written");
	} else if std::env::var_os("ATELIER_TRIALS").is_none() {
		assert!(
			alike(&page[from..to], table),
			"docs/economics.md has other {name}: ATELIER_WRITE_TABLES=1 cargo nextest run --workspace --test economy"
		);
	}
}

#[test]
fn no_strategy_pays_and_each_would_without_what_stops_it() {
	let rows = measured();
	println!("{} trials of what is random", trials());
	let mut wrong = Vec::new();
	for row in &rows {
		if !row.gain.is_loss() {
			wrong.push(format!("pays: {row:?}"));
		}
		for (what, gain) in &row.without {
			if !gain.is_gain() {
				wrong.push(format!("does not pay without {what}: {row:?}"));
			}
		}
	}
	assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), strategies_table(&rows));
	check("strategies", &strategies_table(&rows));
}

#[test]
fn verification_costs_at_most_a_fiftieth() {
	let spent = spending::measured();
	for row in &spent {
		assert!(row.of_value() <= 0.02, "{row:?}");
	}
	check("spending", &spending::table(&spent));
}
