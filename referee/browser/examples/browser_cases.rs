// SPDX-License-Identifier: Apache-2.0

//! Writes receipts and frauds for `tests/verify.mjs`, as JSON with bytes in hexadecimal: `browser_cases FILE`.

#[path = "../tests/cases/mod.rs"]
mod cases;

use cases::Named;
use serde_json::{Value, json};

fn fields(fields: &[Named]) -> Value {
	let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
	fields.iter().map(|(name, bytes)| (*name, hex(bytes))).collect()
}

fn main() {
	let file = std::env::args().nth(1).expect("usage: browser_cases FILE");
	let receipts: Vec<_> = cases::receipts(7)
		.iter()
		.map(|case| {
			let interval = [case.units.from, case.units.to].map(|units| units.to_string());
			json!({ "fields": fields(&case.fields), "interval": interval })
		})
		.collect();
	let frauds: Vec<_> = cases::frauds(30)
		.iter()
		.map(|case| json!({ "fields": fields(&case.fields), "fraud": case.fraud }))
		.collect();
	let all = json!({ "receipts": receipts, "frauds": frauds });
	std::fs::write(&file, all.to_string()).unwrap_or_else(|error| panic!("{file}: {error}"));
}
