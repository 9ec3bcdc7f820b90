// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker doctor` and `bench`, as a user runs them, also where things are broken.

use serde_json::Value;
use std::{
	fs,
	os::unix::fs::PermissionsExt,
	path::Path,
	process::{Command, Output},
};
use tempfile::TempDir;

const WORKER: &str = env!("CARGO_BIN_EXE_atelier-worker");
const ENGINE: &str = env!("CARGO_BIN_EXE_atelier-worker-engine");

fn text(bytes: &[u8]) -> &str {
	std::str::from_utf8(bytes).expect("text")
}

fn json(output: &Output) -> Value {
	serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

/// A check of a doctor's answer.
fn check<'a>(said: &'a Value, name: &str) -> &'a Value {
	let checks = said["checks"].as_array().expect("checks");
	checks
		.iter()
		.find(|check| check["name"] == name)
		.expect("it is checked")
}

fn doctor(worker: &Path, with: &[(&str, &str)]) -> Output {
	let mut command = Command::new(worker);
	command
		.args(["doctor", "--output", "json"])
		.env_remove("LD_LIBRARY_PATH");
	command.envs(with.iter().copied()).output().expect("it starts")
}

/// Both programs in a folder of their own; without the place where libtorch was when they were built.
fn moved(without_libtorch: bool) -> TempDir {
	let folder = tempfile::tempdir().expect("a folder");
	let place = env!("ATELIER_LIBTORCH_LIB").as_bytes();
	for from in [WORKER, ENGINE] {
		let mut bytes = fs::read(from).expect("read");
		if without_libtorch {
			let mut start = 0;
			while let Some(found) = bytes[start..].windows(place.len()).position(|some| some == place) {
				// Of the same length, so that nothing else moves.
				bytes[start + found..][..place.len()].fill(b'x');
				start += found + place.len();
			}
		}
		let to = folder.path().join(Path::new(from).file_name().expect("a name"));
		fs::write(&to, bytes).expect("written");
		fs::set_permissions(&to, fs::Permissions::from_mode(0o755)).expect("set");
	}
	folder
}

#[test]
fn this_machine_is_checked() {
	let output = doctor(Path::new(WORKER), &[]);
	let said = json(&output);
	for name in [
		"exact kernels",
		"libtorch",
		"gpu",
		"memory",
		"disk",
		"clock",
		"clock is set",
	] {
		let check = check(&said, name);
		assert!(
			["ok", "warn", "fail"].contains(&check["result"].as_str().expect("text")),
			"{check}"
		);
		assert!(!check["found"].as_str().expect("text").is_empty());
		assert_eq!(check["advice"].is_null(), check["result"] == "ok", "{check}");
	}
	assert_eq!(check(&said, "libtorch")["result"], "ok", "{said}");
	assert_eq!(check(&said, "clock")["result"], "ok", "{said}");
	// Not yet, so not in the list either.
	assert!(!said.to_string().contains("balance"));
	assert_eq!(output.status.code(), Some(i32::from(said["result"] == "fail")));

	let lines = Command::new(WORKER)
		.args(["--quiet", "doctor"])
		.output()
		.expect("it starts");
	assert!(text(&lines.stdout).contains("libtorch"), "{lines:?}");
	assert_eq!(
		Command::new(WORKER)
			.args(["doctor", "--nonsense"])
			.output()
			.expect("it starts")
			.status
			.code(),
		Some(2)
	);
}

#[test]
fn broken_kernels_are_named_with_what_is_used_instead() {
	let said = json(&doctor(Path::new(WORKER), &[("ATELIER_BROKEN_KERNELS", "1")]));
	let kernels = check(&said, "exact kernels");
	let found = kernels["found"].as_str().expect("text");
	assert!(found.contains("wrong about Products, not used"), "{found}");
	// A machine with plain code only has nothing else.
	assert!(
		found.contains("is used instead") || kernels["result"] == "fail",
		"{found}"
	);
	assert_ne!(kernels["result"], "ok");

	let output = doctor(Path::new(WORKER), &[("ATELIER_BROKEN_KERNELS", "100")]);
	assert_eq!(output.status.code(), Some(1));
	let said = json(&output);
	assert_eq!(check(&said, "exact kernels")["result"], "fail");
	assert!(text(&output.stderr).contains("1 of 7 checks failed"), "{output:?}");
}

#[test]
fn without_libtorch_that_is_what_is_said() {
	let folder = moved(true);
	let worker = folder.path().join("atelier-worker");
	let output = doctor(&worker, &[]);
	assert_eq!(output.status.code(), Some(1));
	let said = json(&output);
	let libtorch = check(&said, "libtorch");
	assert_eq!(libtorch["result"], "fail");
	let found = libtorch["found"].as_str().expect("text");
	assert!(
		found.contains(".so") && found.contains("cannot open shared object file"),
		"{found}"
	);
	assert!(
		libtorch["advice"]
			.as_str()
			.expect("text")
			.contains("scripts/setup libtorch")
	);
	// What does not need it is checked all the same.
	assert_ne!(check(&said, "exact kernels")["result"], "fail");

	// Every other command names it, too.
	let output = Command::new(&worker)
		.args(["bench", "--quick"])
		.env_remove("LD_LIBRARY_PATH")
		.output()
		.expect("it starts");
	assert_eq!(output.status.code(), Some(1));
	assert!(text(&output.stderr).contains("libtorch is missing"), "{output:?}");

	// The control: the same copies work where LD_LIBRARY_PATH names it.
	let output = doctor(&worker, &[("LD_LIBRARY_PATH", env!("ATELIER_LIBTORCH_LIB"))]);
	assert_eq!(check(&json(&output), "libtorch")["result"], "ok");
}

#[test]
fn a_broken_libtorch_is_said_to_be_broken() {
	let folder = tempfile::tempdir().expect("a folder");
	fs::write(folder.path().join("libtorch_cpu.so"), "no library").expect("written");
	let output = doctor(
		Path::new(WORKER),
		&[("LD_LIBRARY_PATH", folder.path().to_str().expect("text"))],
	);
	assert_eq!(output.status.code(), Some(1));
	let said = json(&output);
	let found = check(&said, "libtorch")["found"].as_str().expect("text");
	assert!(found.contains("libtorch_cpu.so"), "{found}");
}

#[test]
fn half_an_installation_is_told() {
	let folder = moved(false);
	fs::remove_file(folder.path().join("atelier-worker-engine")).expect("removed");
	let worker = folder.path().join("atelier-worker");
	let output = Command::new(&worker).arg("bench").output().expect("it starts");
	assert_eq!(output.status.code(), Some(1));
	assert!(
		text(&output.stderr).contains("atelier-worker-engine is missing"),
		"{output:?}"
	);
	assert_eq!(check(&json(&doctor(&worker, &[])), "libtorch")["result"], "fail");
}

#[test]
fn a_small_model_is_measured() {
	let arguments = [
		"bench",
		"--hidden",
		"192",
		"--layers",
		"2",
		"--turns",
		"2",
		"--firsts",
		"1",
		"--batches",
		"1,4",
		"--threads",
		"1",
	];
	let output = Command::new(WORKER)
		.args(arguments)
		.args(["--output", "json"])
		.output()
		.expect("it starts");
	assert!(output.status.success(), "{output:?}");
	let said = json(&output);
	let classes = said["speed"]["classes"].as_array().expect("classes");
	let names: Vec<_> = classes
		.iter()
		.map(|class| class["class"].as_str().expect("text"))
		.collect();
	assert_eq!(names, ["f32", "bf16", "exact"]);
	for class in classes {
		for batch in class["batches"].as_array().expect("batches") {
			for what in ["prefill", "decode", "prefillToF32", "decodeToF32"] {
				for time in ["wall", "cpu"] {
					let figures = &batch[what][time];
					let number = |field: &str| figures[field].as_f64().expect("a number");
					assert!(
						number("least") <= number("median") && number("median") <= number("most"),
						"{class}"
					);
				}
			}
		}
		for first in class["firstToken"].as_array().expect("waits") {
			assert_eq!(first["count"], 2, "{class}");
			assert!(first["p50"].as_f64().expect("seconds") > 0.0);
		}
	}
	// The first class is compared with itself.
	assert_eq!(classes[0]["batches"][0]["decodeToF32"]["wall"]["median"], 1.0);
	assert_eq!(said["used"].as_array().expect("floats").len(), 2);
	assert_eq!(said["answers"]["f32"].as_array().expect("tokens").len(), 8);

	assert_eq!(
		Command::new(WORKER)
			.args(["bench", "--classes", "int4"])
			.output()
			.expect("it starts")
			.status
			.code(),
		Some(2)
	);
	let output = Command::new(WORKER)
		.args(["bench", "--hidden", "100"])
		.output()
		.expect("it starts");
	assert_eq!(output.status.code(), Some(1));
	assert!(text(&output.stderr).contains("no multiple of 64"), "{output:?}");
}
