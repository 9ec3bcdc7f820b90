// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker model train` and `model evaluate`, as a user runs them.

use serde_json::Value;
use std::{
	fs,
	path::Path,
	process::{Command, Stdio},
	time::{Duration, Instant},
};

const SETTINGS: &str = r#"
to = "run"

[text]
train = "texts"
held_out = 4

[model]
vocabulary = 280
hidden = 32
inner = 48
layers = 1
heads = 2
key_heads = 1
head_size = 16
positions = 32

[training]
steps = 200
warm_up = 10
batch = 2
length = 16
rate = 0.01
threads = 1
checkpoint_every = 10
validate_every = 100
validation_windows = 4
"#;

fn prepared() -> tempfile::TempDir {
	let root = tempfile::tempdir().expect("a folder");
	let texts = root.path().join("texts");
	fs::create_dir(&texts).expect("made");
	for number in 0..8 {
		let text = format!("Text {number} counts: one, two, three, four, and begins again. ").repeat(20);
		fs::write(texts.join(format!("{number}.txt")), text).expect("written");
	}
	fs::write(root.path().join("run.toml"), SETTINGS).expect("written");
	root
}

fn command(root: &Path, arguments: &[&str]) -> Command {
	let mut command = Command::new(env!("CARGO_BIN_EXE_atelier-worker"));
	command.current_dir(root).args(arguments);
	command
}

/// Exit code, standard output, standard error.
fn run(root: &Path, arguments: &[&str]) -> (i32, String, String) {
	let output = command(root, arguments).output().expect("it starts");
	let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
	(
		output.status.code().expect("it ended by itself"),
		text(output.stdout),
		text(output.stderr),
	)
}

const TRAIN: [&str; 6] = ["model", "train", "--config", "run.toml", "--output", "json"];

#[test]
fn a_model_is_made_although_somebody_kills_its_making() {
	let root = prepared();
	let mut first = command(root.path(), &TRAIN)
		.stdout(Stdio::null())
		.stderr(Stdio::null())
		.spawn()
		.expect("it starts");
	let checkpoints = root.path().join("run/checkpoints");
	let saved =
		|| fs::read_dir(&checkpoints).is_ok_and(|entries| entries.flatten().any(|entry| is_checkpoint(&entry.path())));
	let started = Instant::now();
	while !saved() {
		assert!(started.elapsed() < Duration::from_secs(120), "no checkpoint");
		std::thread::sleep(Duration::from_millis(2));
	}
	first.kill().expect("killed");
	first.wait().expect("gone");
	assert!(
		!root.path().join("run/model").exists(),
		"it was finished before it was killed"
	);

	let (code, _, error) = run(root.path(), &TRAIN);
	assert_eq!(code, 1);
	assert!(error.contains("is there already: resume it"), "{error}");
	let (code, trained, error) = run(root.path(), &[&TRAIN[..], &["--resume"]].concat());
	assert_eq!((code, error.as_str()), (0, ""));
	let trained: Value = serde_json::from_str(&trained).expect("a line of JSON");
	assert_eq!(trained["steps"], 200);
	let perplexity = trained["validationPerplexity"].as_f64().expect("a number");
	assert!(perplexity < 5.0, "{trained}");

	// The held-out texts are the fourth and the last.
	let held_out = root.path().join("held-out");
	fs::create_dir(&held_out).expect("made");
	for name in ["3.txt", "7.txt"] {
		fs::copy(root.path().join("texts").join(name), held_out.join(name)).expect("copied");
	}
	let evaluate = [
		"model",
		"evaluate",
		"run/model",
		"held-out",
		"--length",
		"16",
		"--keep",
		"kept.bin",
		"--output",
		"json",
	];
	let (code, evaluated, error) = run(root.path(), &evaluate);
	assert_eq!((code, error.as_str()), (0, ""));
	let evaluated: Value = serde_json::from_str(&evaluated).expect("a line of JSON");
	assert_eq!(evaluated["perplexity"], trained["validationPerplexity"]);
	let windows = evaluated["windows"].as_u64().expect("a number");
	assert_eq!(
		fs::read(root.path().join("kept.bin")).expect("kept").len() as u64,
		windows * 17 * 2
	);

	// What was made can be made exact.
	let (code, _, error) = run(root.path(), &["model", "convert", "run/model", "exact"]);
	assert_eq!((code, error.as_str()), (0, ""));
}

fn is_checkpoint(path: &Path) -> bool {
	path.file_name()
		.is_some_and(|name| name.to_string_lossy().starts_with("step-"))
}

#[test]
fn wrong_settings_are_told_apart_from_wrong_use() {
	let root = prepared();
	assert_eq!(run(root.path(), &["model", "train"]).0, 2);
	let (code, _, error) = run(root.path(), &["model", "train", "--config", "nowhere.toml"]);
	assert_eq!(code, 1);
	assert!(error.contains("nowhere.toml cannot be read"), "{error}");
	for (line, named) in [
		("rate = 0.01", "rate = 1e9"),
		("steps = 200", "steps = -1"),
		("batch = 2", "bach = 2"),
	] {
		fs::write(root.path().join("wrong.toml"), SETTINGS.replace(line, named)).expect("written");
		let (code, out, error) = run(root.path(), &["model", "train", "--config", "wrong.toml"]);
		assert_eq!((code, out.as_str()), (1, ""));
		let name = named.split(' ').next().expect("a name");
		assert!(error.contains(name), "{error}");
	}
	let (code, _, error) = run(root.path(), &["model", "evaluate", "nowhere", "texts"]);
	assert_eq!(code, 1);
	assert!(error.contains("nowhere"), "{error}");
}
