// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker model`, as a user runs it.

use serde_json::Value;
use std::{path::Path, process::Command};

/// Exit code, standard output, standard error.
fn run(arguments: &[&str]) -> (i32, String, String) {
	let output = Command::new(env!("CARGO_BIN_EXE_atelier-worker"))
		.args(arguments)
		.output()
		.expect("it starts");
	let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
	(
		output.status.code().expect("it ended by itself"),
		text(output.stdout),
		text(output.stderr),
	)
}

#[test]
fn a_model_is_made_exact_and_checked() {
	let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../referee/quality/models/tiny-decoder");
	let from = from.to_str().expect("text");
	let folder = tempfile::tempdir().expect("a folder");
	let to = folder.path().join("exact");
	let exact = to.to_str().expect("text");

	let (code, made, errors) = run(&["model", "convert", from, exact, "--output", "json"]);
	assert_eq!((code, errors.as_str()), (0, ""));
	let made: Value = serde_json::from_str(&made).expect("a line of JSON");
	assert_eq!(made["weightsRoot"].as_str().map(str::len), Some(64));

	let (code, verified, _) = run(&["model", "verify", exact, "--output", "json"]);
	assert_eq!(code, 0);
	assert_eq!(serde_json::from_str::<Value>(&verified).expect("JSON"), made);
	let (_, text, _) = run(&["model", "verify", exact]);
	assert!(text.contains(made["manifestRoot"].as_str().expect("a root")), "{text}");

	// Again: it is there already.
	let (code, out, error) = run(&["model", "convert", from, exact]);
	assert_eq!((code, out.as_str()), (1, ""));
	assert!(error.contains("is there already"), "{error}");

	let package = to.join("package.bin");
	let mut bytes = std::fs::read(&package).expect("read");
	bytes[1_000_000] ^= 1;
	std::fs::write(&package, bytes).expect("written");
	let (code, _, error) = run(&["model", "verify", exact, "--output", "json"]);
	assert_eq!(code, 1);
	let error: Value = serde_json::from_str(&error).expect("a line of JSON");
	assert!(
		error["error"].as_str().expect("text").contains("package.bin"),
		"{error}"
	);
}

/// Provers are processes of their own, with other instructions among them.
#[test]
fn a_profile_is_measured_and_written() {
	let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("engine/tests/fixtures/llama");
	let model = model.to_str().expect("text");
	let folder = tempfile::tempdir().expect("a folder");
	let (inputs, out) = (folder.path().join("inputs"), folder.path().join("profile.json"));
	std::fs::write(&inputs, "[1, 2, 3]\nsome text\n\n[4, 5, 6, 7, 8, 9]\n").expect("written");
	let (inputs, out) = (inputs.to_str().expect("text"), out.to_str().expect("text"));
	let small = [
		"--requests",
		"8",
		"--answer",
		"8",
		"--memory",
		"1",
		"--output",
		"json",
		"--quiet",
	];
	let measure = |more: &[&str]| {
		let all = ["model", "tolerance", model, "--inputs", inputs, "--out", out];
		run(&[&all[..], &small[..], more].concat())
	};

	let (code, shown, errors) = measure(&["--honest-only"]);
	assert_eq!((code, errors.as_str()), (0, ""));
	let shown: Value = serde_json::from_str(&shown).expect("a line of JSON");
	let file: Value = serde_json::from_slice(&std::fs::read(out).expect("read")).expect("JSON");
	assert_eq!(shown["profile"], file);
	assert_eq!(shown["hash"].as_str().map(str::len), Some(64));
	let instructions: Vec<_> = file["honest"].as_array().expect("some").iter().collect();
	assert_eq!(instructions.len(), 5);
	assert_eq!(instructions[4]["setup"]["instructions"], "default");
	assert_eq!(
		(&file["accused"]["answers"], &file["accused"]["accused"]),
		(&20.into(), &0.into())
	);

	let (code, _, error) = measure(&["--honest-only", "--prover-device", "cuda:7"]);
	assert_eq!(code, 1);
	assert!(error.contains("cuda:7"), "{error}");
	assert_eq!(measure(&["--bits", "17"]).0, 2);
	assert_eq!(measure(&["--prover-device", "tpu"]).0, 2);
}

#[test]
fn wrong_use_is_told_apart_from_failure() {
	assert_eq!(run(&["model", "convert"]).0, 2);
	assert_eq!(run(&["model", "convert", "a", "b", "--matrix-bits", "17"]).0, 2);
	let (code, _, error) = run(&["model", "verify", "/nowhere"]);
	assert_eq!(code, 1);
	assert!(error.contains("/nowhere"), "{error}");
}

#[test]
fn bits_that_differ_are_counted() {
	for by in ["kernels", "doubles", "bytes"] {
		let (code, out, errors) = run(&[
			"model",
			"compare",
			"--by",
			by,
			"--values",
			"2e4",
			"--inputs",
			"2",
			"--longest",
			"4",
			"--batches",
			"1,3",
			"--output",
			"json",
			"--quiet",
		]);
		assert_eq!((code, errors.as_str()), (0, ""), "{by}");
		let counted: Value = serde_json::from_str(&out).expect("a line of JSON");
		assert_eq!(counted["differingBits"], 0);
		assert!(counted["values"].as_u64() >= Some(20_000), "{counted}");
	}
	// What is not there is not replaced by something else.
	let (code, _, error) = run(&["model", "compare", "--device", "cuda:999"]);
	assert_eq!(code, 1);
	assert!(error.contains("cuda:999 is not there"), "{error}");
	assert_eq!(run(&["model", "compare", "--values", "many"]).0, 2);
}
