// SPDX-License-Identifier: Apache-2.0

//! A whole training: texts, tokenizer, steps, checkpoints, curve, and the finished model's folder.

use super::{
	Error, Progress, chart,
	checkpoint::{self, State},
	curve::Curve,
	decoder::{self, Decoder},
	evaluate::{self, Surprise},
	files, lora,
	network::Network,
	order::Order,
	parameters::Parameters,
	settings::Settings,
	stream::{spread, stream},
	tensors, texts,
	trainer::{Step, Trainer},
};
use crate::{
	float::{Device, threads},
	load::{Folder, checkpoint::Float},
};
use serde::Serialize;
use std::{
	ops::ControlFlow,
	path::{Path, PathBuf},
	time::Instant,
};

/// How a training ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trained {
	/// The model's folder.
	pub model: PathBuf,
	/// The adapters' folder, if adapters were trained.
	pub adapter: Option<PathBuf>,
	pub parameters: u64,
	pub learning: u64,
	pub steps: u64,
	/// Of the text that was trained on, and of the one that was not.
	pub tokens: usize,
	pub validation_tokens: usize,
	/// How often the text was read.
	pub epochs: f64,
	/// Of the last point of the curve.
	pub loss: f64,
	/// Of the weights as they are stored.
	pub validation_loss: Option<f64>,
	pub validation_perplexity: Option<f64>,
	pub seconds: f64,
}

type Tell<'a> = &'a mut dyn FnMut(Progress) -> ControlFlow<()>;

/// A run between its steps.
struct Run<'a> {
	settings: &'a Settings,
	decoder: Decoder,
	tokens: Vec<u32>,
	validation: Vec<u32>,
	order: Order,
	trainer: Trainer,
	curve: Curve,
	state: State,
	/// When the seconds of the state were counted.
	counted: Instant,
}

/// Trains from the beginning, or from the latest checkpoint. What is told may answer that it is enough.
pub fn train(settings: &Settings, resume: bool, tell: Tell<'_>) -> Result<Trained, Error> {
	settings.check()?;
	if let Some(wanted) = settings.training.threads {
		threads(Some(wanted));
	}
	let mut run = Run::open(settings, resume, tell)?;
	while run.trainer.steps() < settings.training.steps {
		run.step(tell)?;
	}
	run.finish(tell)
}

impl<'a> Run<'a> {
	fn open(settings: &'a Settings, resume: bool, tell: Tell<'_>) -> Result<Self, Error> {
		let to = &settings.to;
		if !resume && to.exists() {
			return Err(Error::RunExists { path: to.clone() });
		}
		let checkpoint = match resume {
			true => Some(checkpoint::latest(&checkpoints(to))?),
			false => None,
		};
		let device = settings.training.cuda.map_or(Device::Cpu, Device::Cuda).torch()?;
		let (documents, held_out) = texts_of(settings)?;
		let base = settings.base.as_ref().map(Folder::new);
		if tell(Progress::Tokenising {
			done: 0,
			all: documents.len() as u64,
		})
		.is_break()
		{
			return Err(Error::Stopped { step: 0 });
		}
		let decoder = match (&base, &settings.model) {
			(Some(folder), _) => Decoder::read(folder)?,
			(None, Some(sizes)) => Decoder::new(sizes, &documents)?,
			(None, None) => return Err(Error::NeitherNewNorBase),
		};
		decoder::check(settings, &decoder.config)?;
		let tokens = stream(&decoder.text, decoder.end, &documents, tell)?;
		let validation = stream(&decoder.text, decoder.end, &held_out, tell)?;
		let order = Order::new(settings.training.seed, tokens.len(), settings.training.length)?;
		let needed = settings.training.length as usize + 1;
		if !held_out.is_empty() && validation.len() < needed {
			return Err(Error::TooFewTokens {
				what: "the validation text",
				tokens: validation.len(),
				needed,
			});
		}
		let mut parameters = match &base {
			Some(folder) => Parameters::read(folder.checkpoint()?, &decoder.config, device)?,
			None => Parameters::random(&decoder.config, settings.training.seed, device)?,
		};
		if let Some(lora) = &settings.lora {
			parameters.adapt(lora, settings.training.seed)?;
		}
		let network = Network::new(decoder.config.clone(), device)?;
		let mut trainer = Trainer::new(network, parameters, settings.training.clone())?;
		let mut state = State {
			step: 0,
			seconds: 0.0,
			settings: said(settings),
			tokens: digest(&tokens),
			learning: String::new(),
			moments: String::new(),
		};
		if let Some((saved, folder)) = checkpoint {
			same_run(&saved, &state)?;
			checkpoint::read(&folder, &saved, &mut trainer)?;
			state = saved;
		}
		files::make(&checkpoints(to))?;
		Ok(Self {
			curve: Curve::open(&to.join("loss.jsonl"), state.step)?,
			settings,
			decoder,
			tokens,
			validation,
			order,
			trainer,
			state,
			counted: Instant::now(),
		})
	}

	fn step(&mut self, tell: Tell<'_>) -> Result<(), Error> {
		let training = &self.settings.training;
		let (batch, accumulate) = (u64::from(training.batch), u64::from(training.accumulate));
		let first = self.trainer.steps().saturating_mul(batch * accumulate);
		let batches = (0..accumulate).map(|number| {
			let samples = (0..batch).map(|row| self.order.sample(first + number * batch + row));
			let windows: Vec<_> = samples.filter_map(|range| self.tokens.get(range)).collect();
			self.trainer.network().windows(&windows)
		});
		let batches = batches.collect::<Result<Vec<_>, _>>()?;
		let step = self.trainer.step(&batches)?;
		self.curve.took(&step);
		let last = step.step == training.steps;
		let every = |steps: u64| step.step.is_multiple_of(steps) || last;
		let (ask, save) = (every(training.validate_every), every(training.checkpoint_every));
		let validation_loss = match ask && !self.validation.is_empty() {
			true => Some(self.surprise()?.loss()),
			false => None,
		};
		if every(training.curve_every) || ask || save {
			self.count();
			let samples = step.step * batch * accumulate;
			let tokens = samples.saturating_mul(training.length.into());
			self.curve.point(&step, tokens, self.state.seconds, validation_loss)?;
		}
		if save {
			self.save(&step)?;
		}
		let Step { step, loss, rate, .. } = step;
		let all = training.steps;
		match tell(Progress::Training {
			step,
			all,
			loss,
			rate,
			validation_loss,
		}) {
			ControlFlow::Continue(()) => Ok(()),
			ControlFlow::Break(()) => Err(Error::Stopped { step }),
		}
	}

	fn save(&mut self, step: &Step) -> Result<(), Error> {
		self.state.step = step.step;
		checkpoint::write(
			&checkpoints(&self.settings.to),
			&self.trainer,
			self.state.clone(),
			self.settings.training.checkpoints,
		)?;
		chart::write(&self.settings.to.join("loss.png"), self.curve.points())
	}

	fn count(&mut self) {
		self.state.seconds += self.counted.elapsed().as_secs_f64();
		self.counted = Instant::now();
	}

	fn surprise(&self) -> Result<Surprise, Error> {
		let training = &self.settings.training;
		let windows = spread(
			&self.validation,
			training.length as usize + 1,
			training.validation_windows as usize,
		);
		evaluate::windows(
			self.trainer.network(),
			self.trainer.parameters(),
			&windows,
			training.batch as usize,
		)
	}

	fn finish(mut self, tell: Tell<'_>) -> Result<Trained, Error> {
		let to = self.settings.to.clone();
		let training = &self.settings.training;
		let (model, parameters) = (to.join("model"), self.trainer.parameters());
		self.decoder.write(&model, parameters, training.store)?;
		let adapter = match &self.settings.lora {
			Some(lora) => {
				let folder = to.join("adapter");
				let base = self
					.settings
					.base
					.as_deref()
					.unwrap_or(Path::new(""))
					.display()
					.to_string();
				files::folder(&folder, |to| {
					tensors::write(
						&to.join("adapter_model.safetensors"),
						&parameters.learning(),
						Float::F32,
					)?;
					let config = format!("{:#}\n", lora::config(lora, &base));
					files::write(&to.join("adapter_config.json"), config.as_bytes())
				})?;
				Some(folder)
			}
			None => None,
		};
		let (count, learning) = parameters.count();
		// The weights as they are stored, which may be fewer bits than were trained.
		let validation = match self.validation.is_empty() {
			true => None,
			false => {
				let stored =
					evaluate::Model::read(&Folder::new(&model), training.cuda.map_or(Device::Cpu, Device::Cuda))?;
				let window = training.length as usize + 1;
				let windows = spread(&self.validation, window, self.validation.len() / window);
				Some(stored.surprise(&windows, &mut |done, all| {
					let _ = tell(Progress::Evaluating { done, all });
				})?)
			}
		};
		self.count();
		let training = &self.settings.training;
		let samples = training.steps * u64::from(training.batch) * u64::from(training.accumulate);
		Ok(Trained {
			model,
			adapter,
			parameters: count,
			learning,
			steps: training.steps,
			tokens: self.tokens.len(),
			validation_tokens: self.validation.len(),
			epochs: samples as f64 / self.order.windows() as f64,
			loss: self.curve.points().last().map_or(0.0, |point| point.loss),
			validation_loss: validation.map(|surprise| surprise.loss()),
			validation_perplexity: validation.map(|surprise| surprise.perplexity()),
			seconds: self.state.seconds,
		})
	}
}

fn checkpoints(to: &Path) -> PathBuf {
	to.join("checkpoints")
}

/// What is trained on, and what is held out: the validation text, or every so-manieth document.
fn texts_of(settings: &Settings) -> Result<(Vec<String>, Vec<String>), Error> {
	let documents = texts::read(&settings.text.train)?;
	if let Some(validation) = &settings.text.validation {
		return Ok((documents, texts::read(validation)?));
	}
	let part = settings.text.held_out as usize;
	let numbered = documents.into_iter().enumerate();
	let (held_out, documents): (Vec<_>, Vec<_>) =
		numbered.partition(|(number, _)| part > 0 && number % part == part - 1);
	let texts = |numbered: Vec<(usize, String)>| numbered.into_iter().map(|(_, text)| text).collect();
	Ok((texts(documents), texts(held_out)))
}

/// Settings as a checkpoint keeps them. Where a run lies changes nothing.
fn said(settings: &Settings) -> serde_json::Value {
	let mut said = serde_json::json!(settings);
	for path in ["/to", "/base", "/text/train", "/text/validation"] {
		if let Some(place) = said.pointer_mut(path) {
			*place = serde_json::Value::Null;
		}
	}
	said
}

fn digest(tokens: &[u32]) -> String {
	let mut hasher = blake3::Hasher::new();
	for token in tokens {
		hasher.update(&token.to_le_bytes());
	}
	hasher.finalize().to_hex().to_string()
}

fn same_run(saved: &State, now: &State) -> Result<(), Error> {
	let differs = |what: String| Err(Error::AnotherRun { what });
	if let Some(what) = difference(&saved.settings, &now.settings, "") {
		return differs(what);
	}
	match saved.tokens == now.tokens {
		true => Ok(()),
		false => differs("the text".into()),
	}
}

/// The first setting that is another.
fn difference(one: &serde_json::Value, other: &serde_json::Value, path: &str) -> Option<String> {
	match (one.as_object(), other.as_object()) {
		(Some(one), Some(other)) if one.keys().eq(other.keys()) => one.iter().find_map(|(key, value)| {
			let path = match path {
				"" => key.clone(),
				path => format!("{path}.{key}"),
			};
			difference(value, other.get(key)?, &path)
		}),
		_ if one == other => None,
		_ => Some(if path.is_empty() {
			"a setting".into()
		} else {
			path.into()
		}),
	}
}
