// SPDX-License-Identifier: Apache-2.0

//! Training: gradients and steps are PyTorch's (scripts/record-float-fixtures), runs can be stopped and resumed, and what
//! goes wrong has a name.
#![cfg(feature = "libtorch")]

mod common;

use atelier_engine::{
	float,
	load::{Folder, config::Config},
	training::{
		Error, Progress, Settings,
		adamw::AdamW,
		network::{Batch, Network},
		parameters::{Named, Parameters},
		settings::{Lora, Sizes, Store, Text, Training},
		train,
		trainer::Trainer,
	},
};
use common::folder;
use serde::Deserialize;
use std::{collections::BTreeMap, fs, ops::ControlFlow, path::Path};
use tch::{Device, Tensor};

const FAMILIES: [&str; 5] = ["llama", "llama-scaled", "mistral", "qwen2", "qwen3"];

fn loaded(folder: &Folder) -> (Network, Parameters) {
	float::threads(Some(1));
	let Config::Decoder(config) = folder.config().unwrap() else {
		panic!()
	};
	let parameters = Parameters::read(folder.checkpoint().unwrap(), &config, Device::Cpu).unwrap();
	(Network::new(config, Device::Cpu).unwrap(), parameters)
}

fn trainer(name: &str, settings: Training) -> Trainer {
	let (network, parameters) = loaded(&folder(name));
	Trainer::new(network, parameters, settings).unwrap()
}

fn values(tensor: &Tensor) -> Vec<f32> {
	Vec::try_from(tensor.detach().flatten(0, -1)).unwrap()
}

fn copies(tensors: &Named) -> BTreeMap<String, Vec<f32>> {
	tensors
		.iter()
		.map(|(name, tensor)| (name.clone(), values(tensor)))
		.collect()
}

/// The largest difference, by the length of the first.
fn distance(one: &Named, other: &Named) -> f64 {
	assert!(one.keys().eq(other.keys()));
	let distances = one.iter().zip(other.values()).map(|((_, one), other)| {
		let (one, other) = (values(one), values(other));
		let length = one.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
		let apart = one
			.iter()
			.zip(&other)
			.map(|(a, b)| f64::from(a - b).powi(2))
			.sum::<f64>()
			.sqrt();
		apart / length.max(1e-9)
	});
	distances.fold(0.0, f64::max)
}

mod reference {
	use super::*;

	#[derive(Deserialize)]
	struct Recorded {
		tokens: Vec<Vec<u32>>,
		loss: f64,
		gradients: BTreeMap<String, Seen>,
		clip: f64,
		decay: f64,
		steps: Vec<RecordedStep>,
		weights: BTreeMap<String, Seen>,
	}

	#[derive(Deserialize)]
	struct RecordedStep {
		tokens: Vec<Vec<u32>>,
		rate: f64,
		loss: f64,
		norm: f64,
	}

	#[derive(Deserialize)]
	struct Seen {
		length: f64,
		along: f64,
	}

	fn recorded(name: &str) -> Recorded {
		let text = fs::read(common::fixture(name).join("training.json")).unwrap();
		serde_json::from_slice(&text).unwrap()
	}

	/// How far a tensor is from what was recorded, by its length.
	fn off(tensor: &Tensor, recorded: &Seen) -> f64 {
		let values = values(tensor);
		let length = values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
		let along = values
			.iter()
			.enumerate()
			.map(|(i, v)| (0.7 * i as f64).cos() * f64::from(*v))
			.sum::<f64>();
		(length - recorded.length).abs().max((along - recorded.along).abs()) / recorded.length
	}

	fn windows(trainer: &Trainer, tokens: &[Vec<u32>]) -> Batch {
		let windows: Vec<_> = tokens.iter().map(Vec::as_slice).collect();
		trainer.network().windows(&windows).unwrap()
	}

	/// Of which step s learns with `0.002 · s`.
	fn settings(recorded: &Recorded) -> Training {
		Training {
			steps: 1_000,
			warm_up: 100,
			rate: 0.2,
			weight_decay: recorded.decay,
			clip: recorded.clip,
			..Training::default()
		}
	}

	#[test]
	fn gradients_are_those_of_pytorch() {
		for name in FAMILIES {
			let recorded = recorded(name);
			let trainer = trainer(name, settings(&recorded));
			let gradient = trainer.gradient(&[windows(&trainer, &recorded.tokens)]).unwrap();
			assert!(
				(gradient.loss / recorded.loss - 1.0).abs() < 1e-6,
				"{name}: {}",
				gradient.loss
			);
			assert!(gradient.tensors.keys().eq(recorded.gradients.keys()), "{name}");
			for (tensor, wanted) in &recorded.gradients {
				let off = off(&gradient.tensors[tensor], wanted);
				assert!(off < 1e-5, "{name}, {tensor}: {off}");
			}
		}
	}

	#[test]
	fn steps_are_those_of_pytorch() {
		for name in FAMILIES {
			let recorded = recorded(name);
			let mut trainer = trainer(name, settings(&recorded));
			for wanted in &recorded.steps {
				let batch = windows(&trainer, &wanted.tokens);
				let step = trainer.step(&[batch]).unwrap();
				assert!((step.rate / wanted.rate - 1.0).abs() < 1e-12);
				assert!(
					(step.loss / wanted.loss - 1.0).abs() < 1e-4,
					"{name}: {step:?}, {}",
					wanted.loss
				);
				assert!(
					(step.norm / wanted.norm - 1.0).abs() < 1e-3,
					"{name}: {step:?}, {}",
					wanted.norm
				);
			}
			let learnt = trainer.parameters().learning();
			for (tensor, wanted) in &recorded.weights {
				let off = off(&learnt[tensor], wanted);
				// The gradient of this bias is next to nothing, and AdamW makes as much of it as of any other.
				let tolerance = if tensor.ends_with("k_proj.bias") { 1e-3 } else { 1e-4 };
				assert!(off < tolerance, "{name}, {tensor}: {off}");
			}
		}
	}

	/// A control: what is compared would notice another rule.
	#[test]
	fn another_rule_would_be_noticed() {
		let recorded = recorded("llama");
		let right = settings(&recorded);
		for settings in [
			Training {
				weight_decay: 0.0,
				..right.clone()
			},
			Training {
				clip: 5.0,
				..right.clone()
			},
			Training { beta2: 0.999, ..right },
		] {
			let mut trainer = trainer("llama", settings);
			for step in &recorded.steps {
				let batch = windows(&trainer, &step.tokens);
				trainer.step(&[batch]).unwrap();
			}
			let learnt = trainer.parameters().learning();
			let off = recorded
				.weights
				.iter()
				.map(|(name, wanted)| off(&learnt[name], wanted))
				.fold(0.0, f64::max);
			assert!(off > 3e-4, "{off}");
		}
	}
}

mod gradients {
	use super::*;

	fn rows() -> Vec<Vec<u32>> {
		(0..4)
			.map(|row| {
				(0..13)
					.map(|place| (row * 31 + place * place * 7 + place) % 300)
					.collect()
			})
			.collect()
	}

	/// Of row r only the first targets are asked for, fewer in each row.
	fn batch(trainer: &Trainer, rows: &[(usize, Vec<u32>)]) -> Batch {
		let texts: Vec<_> = rows
			.iter()
			.map(|(number, row)| {
				let targets = row[1..].iter().enumerate();
				let targets = targets.map(|(place, token)| (place < 12 - 3 * number).then_some(*token));
				(&row[..12], targets.collect())
			})
			.collect();
		trainer.network().batch(&texts).unwrap()
	}

	#[test]
	fn of_small_batches_together_are_that_of_one() {
		let trainer = trainer("llama", Training::default());
		let rows: Vec<_> = rows().into_iter().enumerate().collect();
		let whole = trainer.gradient(&[batch(&trainer, &rows)]).unwrap();
		let small: Vec<_> = rows.chunks(1).map(|row| batch(&trainer, row)).collect();
		let summed = trainer.gradient(&small).unwrap();
		assert_eq!((whole.asked, summed.asked), (12 + 9 + 6 + 3, 30));
		assert!((whole.loss / summed.loss - 1.0).abs() < 1e-6);
		assert!(distance(&whole.tensors, &summed.tensors) < 1e-5);
		// A control: each batch counts.
		let fewer = trainer.gradient(&small[1..]).unwrap();
		assert!(distance(&whole.tensors, &fewer.tensors) > 0.1);
	}

	#[test]
	fn that_are_not_finite_stop_before_anything_changes() {
		let mut trainer = trainer("llama", Training::default());
		let batches = [batch(&trainer, &[(0, rows().remove(0))])];
		let mut gradient = trainer.gradient(&batches).unwrap();
		gradient.norm = f64::NAN;
		let before = copies(&trainer.parameters().learning());
		assert!(matches!(
			trainer.apply(&gradient),
			Err(Error::GradientNotFinite { step: 1 })
		));
		assert_eq!(
			(copies(&trainer.parameters().learning()), trainer.steps()),
			(before.clone(), 0)
		);
		// A control: it would have changed them.
		let learning = trainer.parameters().learning();
		let nothing: Named = gradient
			.tensors
			.iter()
			.map(|(name, t)| (name.clone(), t * f64::NAN))
			.collect();
		AdamW::new(&learning)
			.unwrap()
			.apply(&learning, &nothing, &Training::default(), 0.1, 1.0)
			.unwrap();
		assert!(copies(&learning).values().flatten().any(|value| value.is_nan()));
		assert!(matches!(
			trainer.gradient(&batches),
			Err(Error::LossNotFinite { step: 1 })
		));
	}

	#[test]
	fn need_batches_of_known_tokens_and_one_length() {
		let trainer = trainer("llama", Training::default());
		let network = trainer.network();
		assert!(matches!(
			network.windows(&[&[1, 2, 400]]),
			Err(Error::UnknownToken { token: 400, .. })
		));
		assert!(matches!(
			network.windows(&[&[1, 2], &[1, 2, 3]]),
			Err(Error::BrokenBatch { rows: 2, .. })
		));
		assert!(matches!(network.windows(&[]), Err(Error::BrokenBatch { rows: 0, .. })));
		assert!(matches!(
			network.windows(&[&[1; 162]]),
			Err(Error::BrokenBatch { length: 161, .. })
		));
		assert!(matches!(trainer.gradient(&[]), Err(Error::NothingToLearn)));
		let unasked = network.batch(&[(&[1, 2], vec![None, None])]).unwrap();
		assert!(matches!(trainer.gradient(&[unasked]), Err(Error::NothingToLearn)));
	}
}

/// Text that is as long as wanted and can be learnt.
fn write_texts(to: &Path) {
	fs::create_dir_all(to).unwrap();
	let animals = ["fox", "dog", "cat", "bird", "horse"];
	let verbs = ["sees", "hears", "likes", "follows"];
	let sentence = |n: usize| {
		format!(
			"The {} {} the {}. ",
			animals[n % 5],
			verbs[n * 7 % 4],
			animals[n * 3 % 5]
		)
	};
	let document = |n: usize| (0..40).map(|i| sentence(n * 11 + i * i)).collect::<String>();
	let lines = (0..20).map(|n| serde_json::json!({ "text": document(n), "origin": n }).to_string() + "\n");
	fs::write(to.join("b.jsonl"), lines.collect::<String>()).unwrap();
	fs::write(to.join("a.txt"), document(99)).unwrap();
	fs::write(to.join("left-out.html"), [0xff]).unwrap();
}

/// A run of a few steps in a folder, with texts beside it.
fn settings(root: &Path) -> Settings {
	if !root.join("texts").exists() {
		write_texts(&root.join("texts"));
	}
	Settings {
		to: root.join("run"),
		base: None,
		model: Some(Sizes {
			vocabulary: 290,
			hidden: 32,
			inner: 48,
			layers: 2,
			heads: 2,
			key_heads: 1,
			head_size: 16,
			positions: 32,
			tied: false,
		}),
		text: Text {
			train: root.join("texts"),
			validation: None,
			held_out: 10,
		},
		lora: None,
		training: Training {
			steps: 12,
			warm_up: 2,
			batch: 2,
			accumulate: 2,
			length: 16,
			rate: 0.01,
			threads: Some(1),
			checkpoint_every: 4,
			validate_every: 5,
			validation_windows: 3,
			curve_every: 3,
			..Training::default()
		},
	}
}

fn run(settings: &Settings, resume: bool) -> Result<atelier_engine::training::Trained, Error> {
	train(settings, resume, &mut |_| ControlFlow::Continue(()))
}

/// As if somebody had stopped it.
fn run_until(settings: &Settings, resume: bool, last: u64) {
	let stopped = train(settings, resume, &mut |progress| match progress {
		Progress::Training { step, .. } if step == last => ControlFlow::Break(()),
		_ => ControlFlow::Continue(()),
	});
	assert!(matches!(stopped, Err(Error::Stopped { step }) if step == last));
}

fn files(root: &Path, name: &str) -> Vec<Vec<u8>> {
	let of = |file: &str| fs::read(root.join("run").join(name).join(file)).unwrap();
	vec![of("learning.safetensors"), of("moments.safetensors")]
}

const LAST: &str = "checkpoints/step-000000000012";

mod runs {
	use super::*;

	#[test]
	fn learn() {
		let root = tempfile::tempdir().unwrap();
		let settings = Settings {
			training: Training {
				steps: 60,
				..settings(root.path()).training
			},
			..settings(root.path())
		};
		let trained = run(&settings, false).unwrap();
		// From a guess among all.
		assert!(trained.loss < 0.5 * 290_f64.ln(), "{trained:?}");
		let perplexity = trained.validation_perplexity.unwrap();
		assert!(perplexity < 30.0 && (trained.validation_loss.unwrap().exp() / perplexity - 1.0).abs() < 1e-9);

		// The result is a model that serves.
		let backend = float::load(
			&Folder::new(&trained.model),
			&float::Plan {
				device: float::Device::Cpu,
				float: atelier_engine::load::checkpoint::Float::F32,
				memory: 64 << 20,
				limits: atelier_engine::serve::Limits::default(),
			},
		);
		assert_eq!(backend.unwrap().facts().vocabulary, 290);

		let curve = fs::read_to_string(settings.to.join("loss.jsonl")).unwrap();
		let points: Vec<serde_json::Value> = curve.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
		assert_eq!(points.last().unwrap()["step"], 60);
		assert!(points.last().unwrap()["validation_loss"].is_number());
		assert_eq!(points.last().unwrap()["tokens"], 60 * 4 * 16);
		let picture = fs::read(settings.to.join("loss.png")).unwrap();
		let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
		let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
		reader.next_frame(&mut pixels).unwrap();
		// Lines and dots of both colours.
		for colour in [[120, 150, 200], [200, 60, 30]] {
			assert!(pixels.chunks(3).filter(|pixel| **pixel == colour).count() > 30);
		}
	}

	#[test]
	fn that_were_stopped_and_resumed_compute_the_same_bits() {
		let (whole, parts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
		let uninterrupted = run(&settings(whole.path()), false).unwrap();
		let settings = settings(parts.path());
		run_until(&settings, false, 6);
		// Steps 5 and 6 are lost with whoever computed them.
		run_until(&settings, true, 9);
		let resumed = run(&settings, true).unwrap();
		assert_eq!(files(whole.path(), LAST), files(parts.path(), LAST));
		let model = |root: &Path| fs::read(root.join("run/model/model.safetensors")).unwrap();
		assert_eq!(model(whole.path()), model(parts.path()));
		assert_eq!(uninterrupted.validation_loss, resumed.validation_loss);
		// The curve has each point once.
		let steps = |root: &Path| -> Vec<u64> {
			let curve = fs::read_to_string(root.join("run/loss.jsonl")).unwrap();
			let lines = curve
				.lines()
				.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
			lines.map(|line| line["step"].as_u64().unwrap()).collect()
		};
		assert_eq!(steps(whole.path()), [3, 4, 5, 6, 8, 9, 10, 12]);
		assert_eq!(steps(whole.path()), steps(parts.path()));
		// Two are kept.
		assert_eq!(fs::read_dir(parts.path().join("run/checkpoints")).unwrap().count(), 2);
	}

	/// A control of the comparison above.
	#[test]
	fn another_seed_computes_other_bits() {
		let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
		run(&settings(one.path()), false).unwrap();
		let mut settings = settings(other.path());
		settings.training.seed = 2;
		run(&settings, false).unwrap();
		assert_ne!(files(one.path(), LAST), files(other.path(), LAST));
	}

	#[test]
	fn that_overflow_stop_with_a_name_and_leave_the_last_good_checkpoint() {
		let root = tempfile::tempdir().unwrap();
		let mut settings = settings(root.path());
		// Each step makes weights 99 times as large.
		settings.training = Training {
			rate: 100.0,
			warm_up: 0,
			weight_decay: 1.0,
			steps: 60,
			last_rate: 1.0,
			..settings.training
		};
		let error = run(&settings, false).unwrap_err();
		assert!(
			matches!(
				error,
				Error::LossNotFinite { .. } | Error::GradientNotFinite { .. } | Error::WeightNotFinite { .. }
			),
			"{error}"
		);
		// It is whole: resuming gets to the same trouble.
		assert_eq!(run(&settings, true).unwrap_err().to_string(), error.to_string());
		assert!(fs::read_dir(root.path().join("run/checkpoints")).unwrap().count() > 0);
	}

	#[test]
	fn that_are_there_are_not_begun_again() {
		let root = tempfile::tempdir().unwrap();
		let settings = settings(root.path());
		assert!(matches!(run(&settings, true), Err(Error::NothingToResume { .. })));
		run_until(&settings, false, 4);
		assert!(matches!(run(&settings, false), Err(Error::RunExists { .. })));
	}
}

mod checkpoints {
	use super::*;

	fn stopped() -> (tempfile::TempDir, Settings) {
		let root = tempfile::tempdir().unwrap();
		let settings = settings(root.path());
		run_until(&settings, false, 4);
		(root, settings)
	}

	fn error(settings: &Settings) -> Error {
		run(settings, true).unwrap_err()
	}

	#[test]
	fn that_were_never_finished_are_nobodys() {
		let (root, settings) = stopped();
		let checkpoints = root.path().join("run/checkpoints");
		let unfinished = checkpoints.join(".step-000000000008.unfinished");
		fs::create_dir(&unfinished).unwrap();
		fs::write(unfinished.join("learning.safetensors"), "half").unwrap();
		assert_eq!(run(&settings, true).unwrap().steps, 12);
		assert!(!unfinished.exists());
		// A control: under a checkpoint's name it would be taken for one.
		fs::create_dir(checkpoints.join("step-000000000016")).unwrap();
		assert!(matches!(error(&settings), Error::Model(_)));
	}

	#[test]
	fn that_are_damaged_are_refused() {
		let (root, settings) = stopped();
		let folder = root.path().join("run/checkpoints/step-000000000004");
		for file in ["learning.safetensors", "moments.safetensors"] {
			let path = folder.join(file);
			let whole = fs::read(&path).unwrap();
			fs::write(&path, &whole[..whole.len() - 1]).unwrap();
			assert!(matches!(error(&settings), Error::DamagedCheckpoint { path: named } if named == path));
			let mut changed = whole.clone();
			*changed.last_mut().unwrap() ^= 1;
			fs::write(&path, changed).unwrap();
			assert!(matches!(error(&settings), Error::DamagedCheckpoint { .. }));
			fs::write(&path, whole).unwrap();
		}
		let state = folder.join("state.json");
		let whole = fs::read_to_string(&state).unwrap();
		fs::write(&state, &whole[..whole.len() / 2]).unwrap();
		assert!(matches!(error(&settings), Error::BrokenState { .. }));
		fs::write(&state, whole).unwrap();
		assert!(run(&settings, true).is_ok());
	}

	/// What would be read if the digest were not asked for: the file itself is still checked.
	#[test]
	fn of_other_shapes_are_refused_tensor_by_tensor() {
		let (root, settings) = stopped();
		let folder = root.path().join("run/checkpoints/step-000000000004");
		let write = |file: &str, bytes: &[u8]| {
			fs::write(folder.join(format!("{file}.safetensors")), bytes).unwrap();
			let state = folder.join("state.json");
			let mut said: serde_json::Value = serde_json::from_slice(&fs::read(&state).unwrap()).unwrap();
			said[file] = blake3::hash(bytes).to_hex().to_string().into();
			fs::write(state, said.to_string()).unwrap();
		};
		let whole = fs::read(folder.join("learning.safetensors")).unwrap();
		write("learning", &whole[..whole.len() - 4]);
		assert!(matches!(
			error(&settings),
			Error::Model(atelier_models::Error::BrokenSafetensors { .. })
		));
		let moments = fs::read(folder.join("moments.safetensors")).unwrap();
		write("learning", &moments);
		assert!(matches!(
			error(&settings),
			Error::Engine(atelier_engine::Error::Model(
				atelier_models::Error::MissingTensor { .. }
			))
		));
		let other = fs::read(common::fixture("llama").join("model.safetensors")).unwrap();
		write("learning", &other);
		assert!(matches!(
			error(&settings),
			Error::Engine(atelier_engine::Error::Model(atelier_models::Error::WrongShape { .. }))
		));
		write("learning", &whole);
		assert!(run(&settings, true).is_ok());
	}

	#[test]
	fn of_another_run_are_named_by_what_differs() {
		let (root, settings) = stopped();
		let other = |change: fn(&mut Settings)| {
			let mut other = settings.clone();
			change(&mut other);
			match error(&other) {
				Error::AnotherRun { what } => what,
				error => panic!("{error}"),
			}
		};
		assert_eq!(other(|s| s.model.as_mut().unwrap().hidden = 48), "model.hidden");
		assert_eq!(other(|s| s.training.rate = 0.02), "training.rate");
		assert_eq!(other(|s| s.text.held_out = 3), "text.held_out");
		fs::write(root.path().join("texts/more.txt"), "One more text.").unwrap();
		assert!(matches!(error(&settings), Error::AnotherRun { what } if what == "the text"));
	}
}

mod adapters {
	use super::*;

	fn settings(root: &Path) -> Settings {
		let mut settings = super::settings(root);
		let whole = Settings {
			to: root.join("base"),
			..settings.clone()
		};
		if !whole.to.exists() {
			run(&whole, false).unwrap();
		}
		settings.base = Some(root.join("base/model"));
		settings.model = None;
		settings.lora = Some(Lora {
			rank: 4,
			alpha: 8.0,
			matrices: ["q_proj", "v_proj", "down_proj"].map(String::from).to_vec(),
		});
		settings
	}

	#[test]
	fn are_all_that_changes() {
		let root = tempfile::tempdir().unwrap();
		let settings = settings(root.path());
		let (network, mut parameters) = loaded(&Folder::new(settings.base.clone().unwrap()));
		let before = copies(&parameters.merged().unwrap());
		let training = settings.training.clone();
		parameters.adapt(settings.lora.as_ref().unwrap(), 1).unwrap();
		// At first they change nothing.
		assert_eq!(copies(&parameters.merged().unwrap()), before);
		let mut trainer = Trainer::new(network, parameters, training).unwrap();
		let window: Vec<u32> = (0..17).map(|n| n * 5 % 290).collect();
		for _ in 0..3 {
			let batch = trainer.network().windows(&[&window]).unwrap();
			trainer.step(&[batch]).unwrap();
		}
		let after = copies(&trainer.parameters().merged().unwrap());
		for (name, values) in &before {
			let adapted = ["q_proj", "v_proj", "down_proj"]
				.iter()
				.any(|matrix| name.contains(matrix));
			assert_eq!(*values != after[name], adapted, "{name}");
		}
	}

	#[test]
	fn have_the_names_and_settings_of_peft() {
		let root = tempfile::tempdir().unwrap();
		let trained = run(&settings(root.path()), false).unwrap();
		let folder = trained.adapter.unwrap();
		let bytes = fs::read(folder.join("adapter_model.safetensors")).unwrap();
		let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
		assert_eq!(tensors.len(), 2 * 3 * 2);
		let shape = |name: &str| {
			tensors
				.tensor(&format!("base_model.model.model.layers.1.{name}.weight"))
				.unwrap()
				.shape()
				.to_vec()
		};
		assert_eq!(shape("self_attn.v_proj.lora_A"), [4, 32]);
		assert_eq!(shape("self_attn.v_proj.lora_B"), [16, 4]);
		assert_eq!(shape("mlp.down_proj.lora_A"), [4, 48]);
		let config: serde_json::Value =
			serde_json::from_slice(&fs::read(folder.join("adapter_config.json")).unwrap()).unwrap();
		assert_eq!(
			(&config["peft_type"], &config["r"], &config["lora_alpha"]),
			(&"LORA".into(), &4.into(), &8.0.into())
		);
		assert!(trained.learning < trained.parameters / 4, "{}", trained.learning);
	}

	/// What is stored without adapters answers as what was trained with them.
	#[test]
	fn merged_are_the_same_model() {
		let root = tempfile::tempdir().unwrap();
		let mut settings = settings(root.path());
		settings.training.rate = 0.1;
		let trained = run(&settings, false).unwrap();
		let curve = fs::read_to_string(settings.to.join("loss.jsonl")).unwrap();
		let last: serde_json::Value = serde_json::from_str(curve.lines().last().unwrap()).unwrap();
		let (network, merged) = loaded(&Folder::new(&trained.model));
		let (_, base) = loaded(&Folder::new(settings.base.unwrap()));
		let window: Vec<u32> = (0..17).map(|n| n * 5 % 290).collect();
		let loss = |parameters: &Parameters| {
			let batch = network.windows(&[&window]).unwrap();
			network.loss(parameters, &batch).unwrap().double_value(&[])
		};
		let mut adapted = loaded(&Folder::new(root.path().join("base/model"))).1;
		adapted.adapt(settings.lora.as_ref().unwrap(), 1).unwrap();
		let bytes = fs::read(trained.adapter.unwrap().join("adapter_model.safetensors")).unwrap();
		let stored = safetensors::SafeTensors::deserialize(&bytes).unwrap();
		let _no_gradients = tch::no_grad_guard();
		for (name, mut tensor) in adapted.learning() {
			let view = stored.tensor(&name).unwrap();
			let value = Tensor::from_data_size(view.data(), &tensor.size(), tch::Kind::Float);
			tensor.copy_(&value);
		}
		assert!((loss(&adapted) / loss(&merged) - 1.0).abs() < 1e-6);
		// A control: the base answers otherwise.
		assert!((loss(&base) / loss(&merged) - 1.0).abs() > 1e-3);
		assert!(last["validation_loss"].is_number());
	}

	#[test]
	fn of_unknown_matrices_are_refused() {
		let root = tempfile::tempdir().unwrap();
		let mut settings = settings(root.path());
		settings.lora.as_mut().unwrap().matrices = vec!["embed_tokens".into()];
		assert!(matches!(run(&settings, false), Err(Error::NotAdaptable { found, .. }) if found == "embed_tokens"));
	}
}

mod settings_that {
	use super::*;

	#[test]
	fn are_out_of_bounds_are_named() {
		let root = tempfile::tempdir().unwrap();
		let right = settings(root.path());
		let named = |change: &dyn Fn(&mut Settings)| {
			let mut wrong = right.clone();
			change(&mut wrong);
			match run(&wrong, false) {
				Err(Error::Setting { setting, .. }) => setting,
				other => panic!("{other:?}"),
			}
		};
		assert_eq!(named(&|s| s.training.steps = 0), "training.steps");
		assert_eq!(named(&|s| s.training.batch = 0), "training.batch");
		assert_eq!(named(&|s| s.training.batch = u32::MAX), "training.batch");
		assert_eq!(named(&|s| s.training.accumulate = 0), "training.accumulate");
		assert_eq!(named(&|s| s.training.length = 0), "training.length");
		assert_eq!(named(&|s| s.training.length = 33), "training.length");
		assert_eq!(named(&|s| s.training.rate = f64::NAN), "training.rate");
		assert_eq!(named(&|s| s.training.rate = -1.0), "training.rate");
		assert_eq!(named(&|s| s.training.beta2 = 1.0), "training.beta2");
		assert_eq!(named(&|s| s.training.epsilon = 0.0), "training.epsilon");
		assert_eq!(named(&|s| s.training.clip = 0.0), "training.clip");
		assert_eq!(named(&|s| s.training.warm_up = 13), "training.warm_up");
		assert_eq!(named(&|s| s.training.checkpoint_every = 0), "training.checkpoint_every");
		assert_eq!(named(&|s| s.training.checkpoints = 0), "training.checkpoints");
		assert_eq!(
			named(&|s| s.model.as_mut().unwrap().vocabulary = 257),
			"model.vocabulary"
		);
		assert_eq!(named(&|s| s.model.as_mut().unwrap().hidden = u32::MAX), "model.hidden");
		assert_eq!(named(&|s| s.model.as_mut().unwrap().layers = 0), "model.layers");
		assert_eq!(named(&|s| s.model.as_mut().unwrap().key_heads = 3), "model.key_heads");
		assert_eq!(
			named(&|s| s.lora = Some(Lora {
				rank: 0,
				alpha: 1.0,
				matrices: vec![]
			})),
			"lora.rank"
		);
	}

	#[test]
	fn contradict_each_other_are_refused() {
		let root = tempfile::tempdir().unwrap();
		let right = settings(root.path());
		let both = Settings {
			base: Some(root.path().into()),
			..right.clone()
		};
		let neither = Settings {
			model: None,
			..right.clone()
		};
		for wrong in [both, neither] {
			assert!(matches!(run(&wrong, false), Err(Error::NeitherNewNorBase)));
		}
		let mut odd = right.clone();
		odd.model.as_mut().unwrap().head_size = 15;
		assert!(matches!(run(&odd, false), Err(Error::Model(_))));
		let mut absent = right;
		absent.training.cuda = Some(63);
		assert!(matches!(
			run(&absent, false),
			Err(Error::Engine(atelier_engine::Error::NoDevice { .. }))
		));
	}

	#[test]
	fn are_stored_are_read_again() {
		let root = tempfile::tempdir().unwrap();
		let mut settings = settings(root.path());
		settings.training.store = Store::Bf16;
		let text = serde_json::to_string(&settings).unwrap();
		assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), settings);
		assert!(serde_json::from_str::<Settings>(&text.replace("\"steps\"", "\"stepps\"")).is_err());
	}
}

mod texts_that {
	use super::*;

	fn error(name: &str, content: &[u8]) -> Error {
		let root = tempfile::tempdir().unwrap();
		let mut settings = settings(root.path());
		fs::remove_dir_all(root.path().join("texts")).unwrap();
		fs::create_dir(root.path().join("texts")).unwrap();
		fs::write(root.path().join("texts").join(name), content).unwrap();
		settings.text.held_out = 0;
		let error = run(&settings, false).unwrap_err();
		assert!(!settings.to.exists(), "nothing was begun");
		error
	}

	#[test]
	fn cannot_be_learnt_are_named() {
		assert!(matches!(error("a.txt", b"abc\xffdef"), Error::NotUtf8 { valid: 3, .. }));
		assert!(matches!(
			error("a.jsonl", b"{\"text\":\"a\"}\n\n{\"tex\":1}\n"),
			Error::BrokenLine { line: 3, .. }
		));
		assert!(matches!(
			error("a.jsonl", b"{\"text\":\"a\"}\n{\"text\":"),
			Error::BrokenLine { line: 2, .. }
		));
		assert!(matches!(error("a.txt", b" \n"), Error::NoText { .. }));
		assert!(matches!(error("a.html", b"text"), Error::NoText { .. }));
		assert!(matches!(
			error("a.txt", b"too little for so many tokens"),
			Error::SmallTokenizer { vocabulary: 290, .. }
		));
	}

	#[test]
	fn are_not_there_or_too_short_are_named() {
		let root = tempfile::tempdir().unwrap();
		let right = settings(root.path());
		let mut wrong = right.clone();
		wrong.text.train = root.path().join("nowhere");
		assert!(matches!(run(&wrong, false), Err(Error::NotText { .. })));
		wrong.text.train = root.path().join("nowhere.txt");
		assert!(matches!(run(&wrong, false), Err(Error::Unreadable { .. })));
		let mut short = right.clone();
		let path = root.path().join("short.txt");
		fs::write(&path, "Short.").unwrap();
		short.text.validation = Some(path);
		assert!(matches!(
			run(&short, false),
			Err(Error::TooFewTokens {
				what: "the validation text",
				..
			})
		));
	}
}
