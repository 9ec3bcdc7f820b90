// SPDX-License-Identifier: Apache-2.0

//! Commands about the chain, as a user runs them without one; with one: node/tests/registries.rs.

use std::{
	fs,
	path::Path,
	process::{Command, Output},
};
use tempfile::TempDir;

const WORKER: &str = env!("CARGO_BIN_EXE_atelier-worker");

fn run(worker: &Path, line: &str) -> Output {
	Command::new(worker)
		.args(line.split_whitespace())
		.output()
		.expect("it starts")
}

fn text(bytes: &[u8]) -> &str {
	std::str::from_utf8(bytes).expect("text")
}

/// Only the program that links no libtorch.
fn alone() -> TempDir {
	let folder = tempfile::tempdir().expect("a folder");
	fs::copy(WORKER, folder.path().join("atelier-worker")).expect("copied");
	folder
}

#[test]
fn the_help_shows_all_commands() {
	let help = |line: &str| {
		let output = run(Path::new(WORKER), line);
		assert!(output.status.success(), "{output:?}");
		text(&output.stdout).to_string()
	};
	let all = help("--help");
	for command in ["model", "dataset", "rewards", "bench", "doctor"] {
		assert!(all.contains(command), "{all}");
	}
	let model = help("model --help");
	for command in ["convert", "train", "publish", "show", "lineage", "attest"] {
		assert!(model.contains(command), "{model}");
	}
	assert!(help("dataset register --help").contains("--min-share"));
}

#[test]
fn whoever_has_no_libtorch_can_use_them() {
	let folder = alone();
	let worker = folder.path().join("atelier-worker");
	let output = run(&worker, "dataset show 0 --url ws://127.0.0.1:1");
	assert_eq!(output.status.code(), Some(1), "{output:?}");
	assert!(
		text(&output.stderr).contains("no node can be reached at ws://127.0.0.1:1"),
		"{output:?}"
	);
	let help = run(&worker, "--help");
	assert!(text(&help.stdout).contains("need libtorch"), "{help:?}");
	let model = run(&worker, "model --help");
	assert!(text(&model.stdout).contains("publish"), "{model:?}");
	// The control: the others do need it.
	let other = run(&worker, "model verify folder");
	assert!(
		text(&other.stderr).contains("atelier-worker-engine is missing"),
		"{other:?}"
	);
}

#[test]
fn wrong_use_is_told_apart_from_failure() {
	let key = "--development-key //Alice";
	let zeroes = "0".repeat(64);
	for line in [
		"dataset withdraw 0".into(),
		format!("dataset withdraw none {key}"),
		format!("dataset register {key} --root 12 --bytes 1 --licence MIT --licence-text a"),
		format!("dataset register {key} --root {zeroes} --bytes 0 --licence MIT --licence-text a"),
		format!("dataset register {key} --root {zeroes} --bytes 1 --licence M_T --licence-text a"),
		format!("dataset attest 0 {key} --schema nonsense"),
		format!("model publish folder {key} --slug a --licence MIT --licence-text a --dataset 0=101"),
		"rewards show pot:0".into(),
		format!("rewards tip version:0 1e3 {key}"),
		"rewards explain //Alice".into(),
	] {
		let output = run(Path::new(WORKER), &line);
		assert_eq!(output.status.code(), Some(2), "{line}: {output:?}");
	}
	let output = run(
		Path::new(WORKER),
		&format!("model publish /nowhere {key} --slug a --licence MIT --licence-text a"),
	);
	assert_eq!(output.status.code(), Some(1), "{output:?}");
	assert!(text(&output.stderr).contains("/nowhere"), "{output:?}");
}
