// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The worker's commands for models, data and pots against the real node, as docs/registries.md shows them.

mod common;

use atelier_client::deposits;
use common::{Node, file};
use serde_json::Value;
use std::{
	env,
	io::{Read, Write},
	net::{TcpListener, TcpStream},
	path::{Path, PathBuf},
	process::{Command, Output},
	thread,
};
use tempfile::TempDir;

const TOKEN: u128 = 1_000_000_000_000;
const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

/// Commands of the worker, which `cargo` builds into the folder of the node.
struct Worker {
	program: PathBuf,
	url: String,
	folder: TempDir,
}

impl Worker {
	fn of(url: String) -> Self {
		let beside = Path::new(env!("CARGO_BIN_EXE_atelier-node")).with_file_name("atelier-worker");
		let program = env::var_os("ATELIER_WORKER_BINARY").map_or(beside, PathBuf::from);
		assert!(
			program.exists(),
			"{} is missing: cargo build -p atelier-worker",
			program.display()
		);
		Self {
			program,
			url,
			folder: tempfile::tempdir().unwrap(),
		}
	}

	fn run(&self, line: &str) -> Output {
		let words = line.split_whitespace();
		Command::new(&self.program)
			.args(words)
			.args(["--url", &self.url, "--output", "json"])
			.current_dir(self.folder.path())
			.env("ATELIER_DATA", self.folder.path().join("data"))
			.output()
			.unwrap()
	}

	fn done(&self, line: &str) -> Value {
		let output = self.run(line);
		assert!(output.status.success(), "{line}: {output:?}");
		serde_json::from_slice(&output.stdout).unwrap()
	}

	fn refused(&self, line: &str) -> String {
		let output = self.run(line);
		assert_eq!(output.status.code(), Some(1), "{line}: {output:?}");
		let error: Value = serde_json::from_slice(&output.stderr).unwrap();
		error["error"].as_str().unwrap().into()
	}

	/// A model that `model convert` made.
	fn convert(&self) {
		let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../referee/quality/models/tiny-decoder");
		let output = Command::new(&self.program)
			.args(["model", "convert", "--quiet"])
			.arg(from)
			.arg(self.folder.path().join("exact"))
			.output()
			.unwrap();
		assert!(output.status.success(), "{output:?}");
	}
}

fn amount(text: &Value) -> u128 {
	let text = text.as_str().unwrap();
	let (whole, part) = text.split_once('.').unwrap_or((text, ""));
	whole.parse::<u128>().unwrap() * TOKEN + format!("{part:0<12}").parse::<u128>().unwrap()
}

/// What an account has in deposits.
fn held(node: &Node, name: &str) -> u128 {
	let runtime = tokio::runtime::Builder::new_multi_thread()
		.enable_all()
		.build()
		.unwrap();
	runtime.block_on(async {
		let chain = atelier_client::Chain::connect(&format!("ws://{}", node.rpc()))
			.await
			.unwrap();
		let who = atelier_client::Key::development(name).unwrap().account();
		chain.funds(&chain.finalised().await.unwrap(), &who).await.unwrap().held
	})
}

#[test]
fn a_model_is_published_attested_stopped_and_paid_for() {
	let node = Node::dev(&[]);
	let worker = Worker::of(format!("ws://{}", node.rpc()));
	let here = worker.folder.path();
	file(here, "licence", "Do with it what you like.");
	file(here, "report", "It is good.");
	worker.convert();

	// Two datasets of two owners; the withdrawal of the first stops serving.
	let register = |name: &str, byte: &str, more: &str| {
		worker.done(&format!(
			"dataset register --development-key {name} --root {} --bytes 1000 --licence CC-BY-4.0 \
			--licence-text licence {more}",
			byte.repeat(32)
		))
	};
	let terms = "--min-share 20 --withdrawal stops-serving --description report";
	let first = register("//Bob", "01", terms)["dataset"].clone();
	// Of the second a Croissant file says licence and length.
	file(
		here,
		"croissant.json",
		r#"{"@context": {"@vocab": "https://schema.org/"}, "@type": "Dataset", "name": "Two words",
			"conformsTo": "http://mlcommons.org/croissant/1.1", "license": "https://creativecommons.org/licenses/by/4.0/",
			"distribution": [{"@type": "cr:FileObject", "@id": "a", "name": "a", "contentUrl": "a", "contentSize": "1000 B"}]}"#,
	);
	let second = worker.done(&format!(
		"dataset register --development-key //Charlie --root {} --croissant croissant.json --licence-text licence",
		"02".repeat(32)
	))["dataset"]
		.clone();
	let shown = worker.done(&format!("dataset show {second}"));
	assert_eq!(shown["licence"], "CC-BY-4.0");
	let publish = |datasets: &str| {
		format!(
			"model publish exact --slug tiny --licence Apache-2.0 --licence-text licence --fee-input 0.001 \
			--fee-output 0.002 --development-key //Alice {datasets}"
		)
	};

	// The dataset's owner asks for 20 percent. The promise stays, and so does its salt.
	let before = held(&node, "//Alice");
	let less = worker.refused(&publish(&format!("--dataset {first}=10 --dataset {second}=10")));
	assert_eq!(less, "the chain refused Models::reveal_version: Models::DatasetForbids");
	assert_eq!(
		held(&node, "//Alice") - before,
		deposits::model() + deposits::promise(),
		"the estimate is what is held"
	);
	let promises = || std::fs::read_dir(here.join("data/promises")).unwrap().count();
	assert_eq!(promises(), 1);
	let published = worker.done(&publish(&format!("--dataset {second}=10 --dataset {first}=20")));
	let version = published["version"].as_u64().unwrap();
	assert_eq!((&published["number"], promises()), (&0.into(), 0));
	let model = worker.done("model list 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
	let bytes = u128::from(model["models"][0]["bytes"].as_u64().unwrap());
	assert_eq!(held(&node, "//Alice") - before, bytes * TOKEN / 1_000);

	// Said of it, and taken back.
	let attest = format!("model attest {version} --schema evaluation --data report --development-key //Charlie");
	let attestation = worker.done(&attest)["attestation"].clone();
	let shown = worker.done(&format!("model show {version}"));
	assert_eq!((&shown["status"], &shown["flag"]), (&"active".into(), &"clear".into()));
	assert_eq!(shown["fee"]["perOutput"], "0.002");
	let said = &shown["attested"]["attestations"][0];
	assert_eq!(
		(&said["schemaName"], &said["holds"]),
		(&"evaluation".into(), &true.into())
	);
	// All of it for others, by the state alone.
	let document = worker.done(&format!("model export {version}"));
	let graph = document["@graph"].as_array().unwrap();
	let trained = graph
		.iter()
		.find(|element| element["relationshipType"] == "trainedOn")
		.unwrap();
	assert_eq!(trained["to"].as_array().unwrap().len(), 2);
	assert!(graph.iter().any(|element| element["type"] == "Annotation"));
	let stranger = worker.refused(&format!("model revoke {attestation} --development-key //Bob"));
	assert_eq!(
		stranger,
		"the chain refused Provenance::revoke: Provenance::NotAttester"
	);
	worker.done(&format!("model revoke {attestation} --development-key //Charlie"));

	// Paid, and why.
	worker.done(&format!("rewards tip version:{version} 10 --development-key //Dave"));
	let division = worker.run(&format!(
		"rewards distribute version:{version} --development-key //Dave"
	));
	// The chain may have been first.
	assert!(
		division.status.success() || String::from_utf8_lossy(&division.stderr).contains("NothingToDistribute"),
		"{division:?}"
	);
	let pot = worker.done(&format!("rewards show version:{version}"));
	assert_eq!(amount(&pot["earned"]), 7 * TOKEN);
	let passed: Vec<_> = pot["shares"]
		.as_array()
		.unwrap()
		.iter()
		.map(|share| &share["passed"])
		.collect();
	assert_eq!(passed, ["2", "1"]);
	let division = worker.run(&format!("rewards distribute dataset:{first} --development-key //Dave"));
	assert!(
		division.status.success() || String::from_utf8_lossy(&division.stderr).contains("NothingToDistribute"),
		"{division:?}"
	);
	// The dev chain's eras are short: it may have been in the one before.
	let now = worker.done(&format!("rewards explain {BOB}"));
	let era = now["era"].as_u64().unwrap();
	let why = (era.saturating_sub(2)..=era).find_map(|era| {
		let said = worker.done(&format!("rewards explain {BOB} --era {era}"));
		(said["earned"] != "0").then_some(said)
	});
	let why = why.unwrap();
	let source = &why["sources"][0];
	assert_eq!(
		(&source["pot"], &source["earned"], &source["part"]),
		(&format!("dataset:{first}").into(), &"2".into(), &"100".into())
	);
	// All was paid at once, so nothing waits.
	let claim = worker.refused("rewards claim --development-key //Bob");
	assert_eq!(claim, "the chain refused Rewards::claim: Rewards::NothingToClaim");

	// It changes hands, and comes back.
	worker.done(&format!(
		"dataset offer {second} --to {BOB} --development-key //Charlie"
	));
	let stranger = worker.refused(&format!("dataset accept {second} --development-key //Dave"));
	assert_eq!(
		stranger,
		"the chain refused Provenance::accept_dataset: Provenance::NotOffered"
	);
	let taken = worker.done(&format!("dataset accept {second} --development-key //Bob"));
	assert_eq!(taken["owner"], BOB);
	let uncontested = worker.refused(&format!(
		"model settle {version} --attestation 0 --development-key //Dave"
	));
	assert_eq!(
		uncontested,
		"the chain refused Models::settle_contest: Models::NotContested"
	);

	// A withdrawal is seen at once.
	let other = worker.refused(&format!("dataset withdraw {first} --development-key //Charlie"));
	assert_eq!(
		other,
		"the chain refused Provenance::withdraw_consent: Provenance::NotOwner"
	);
	let withdrawn = worker.done(&format!("dataset withdraw {first} --development-key //Bob"));
	assert_eq!(withdrawn["used"], 1);
	let shown = worker.done(&format!("model show {version}"));
	assert_eq!(shown["flag"], "noServing");
	let lineage = worker.done(&format!("model lineage {version}"));
	assert_eq!(lineage["sources"][0]["flag"], "noServing");
}

#[test]
fn errors_name_the_fact() {
	let node = Node::dev(&[]);
	let worker = Worker::of(format!("ws://{}", node.rpc()));
	let here = worker.folder.path();
	file(here, "licence", "Do with it what you like.");
	worker.convert();

	assert_eq!(worker.refused("model show 7"), "there is no version 7");
	assert_eq!(worker.refused("model show me/tiny@3"), "nothing is called me/tiny@3");
	assert_eq!(worker.refused("dataset show 7"), "there is no dataset 7");
	assert_eq!(worker.refused("rewards show version:7"), "there is no version:7");
	let era = worker.refused(&format!("rewards explain {BOB} --era 9"));
	assert!(era.contains("era 9 is not explained"), "{era}");
	let unknown = worker.refused("model withdraw 7 --development-key //Alice");
	assert_eq!(
		unknown,
		"the chain refused Models::withdraw_version: Models::UnknownVersion"
	);

	// Without the deposit nothing is spent.
	let publish = "model publish exact --slug tiny --licence MIT --licence-text licence --development-key //Nobody";
	let poor = worker.refused(publish);
	assert!(
		poor.starts_with("the deposit is ") && poor.ends_with(" has 0 ATL"),
		"{poor}"
	);
	let wrong = worker.refused("rewards claim --key /nowhere");
	assert!(wrong.contains("/nowhere"), "{wrong}");

	// A chain whose registry of models is another.
	let other = Worker::of(format!("ws://{}", renamed(node.rpc())));
	let runtime = other.refused("model show 0");
	assert!(runtime.contains("another version of the chain"), "{runtime}");
	// The control: what was not renamed is answered.
	assert_eq!(other.refused("dataset show 7"), "there is no dataset 7");
}

/// Stands between a worker and a node, and changes the name of the pallet `Models` in the metadata that the node gives.
fn renamed(node: std::net::SocketAddr) -> std::net::SocketAddr {
	// As it is in an answer: digits of its length and its letters.
	const NAME: &[u8] = b"184d6f64656c73";
	const OTHER: &[u8] = b"184d6f64656c7a";
	let listener = TcpListener::bind("127.0.0.1:0").unwrap();
	let address = listener.local_addr().unwrap();
	thread::spawn(move || {
		for from in listener.incoming().flatten() {
			let to = TcpStream::connect(node).unwrap();
			let (mut asked, mut asks) = (from.try_clone().unwrap(), to.try_clone().unwrap());
			thread::spawn(move || std::io::copy(&mut asked, &mut asks));
			thread::spawn(move || pass(to, from, NAME, OTHER));
		}
	});
	address
}

/// Passes bytes on, one name replaced by another of the same length.
fn pass(mut from: TcpStream, mut to: TcpStream, name: &[u8], other: &[u8]) {
	let (mut kept, mut read) = (Vec::new(), [0; 65_536]);
	while let Ok(count @ 1..) = from.read(&mut read) {
		kept.extend(&read[..count]);
		while let Some(at) = kept.windows(name.len()).position(|some| some == name) {
			kept[at..at + name.len()].copy_from_slice(other);
		}
		// What may be the beginning of the name waits for the rest.
		let waits = (1..name.len()).rev().find(|length| kept.ends_with(&name[..*length]));
		let ready = kept.len() - waits.unwrap_or(0);
		if to.write_all(&kept[..ready]).is_err() {
			return;
		}
		kept.drain(..ready);
	}
}
