// SPDX-License-Identifier: Apache-2.0

//! The prover's side: a model that serves, in one of the ways that are honest. It may run in a process of its own, since
//! libtorch looks at its instructions only once.

use crate::{
	Error,
	fingerprint::{self, Fingerprint, Prints},
	float::{self, Device},
	load::{Folder, checkpoint::Float},
	serve::{self, Input, Limits, Request},
};
use atelier_referee::ops::sampling::Sampler;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// How answers are computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
	/// `f32`, `f16` or `bf16`.
	pub dtype: String,
	/// None is the CPU, otherwise the number of an NVIDIA GPU.
	pub gpu: Option<u16>,
	pub threads: u16,
	/// Answers that grow together.
	pub batch: usize,
	/// The best instructions that libtorch may use: `avx2` or `default`, none for all that there are.
	pub instructions: Option<String>,
}

/// How tokens are chosen, as people say it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
	pub temperature: f64,
	pub top: u32,
	pub mass: f64,
	pub seed: u64,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
	pub input: Vec<u32>,
	pub limit: u32,
	pub settings: Settings,
}

/// What a prover is given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
	pub folder: PathBuf,
	pub setup: Setup,
	pub layout: super::Layout,
	/// Bytes for the model and what it remembers.
	pub memory: u64,
	pub asked: Vec<Asked>,
}

/// What it answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proved {
	pub answer: Vec<u32>,
	/// In hexadecimal digits.
	pub fingerprint: String,
}

impl Setup {
	pub fn float(&self) -> Result<Float, Error> {
		[Float::F32, Float::F16, Float::BF16]
			.into_iter()
			.find(|float| float.name() == self.dtype)
			.ok_or_else(|| Error::NoDevice {
				device: format!("a device for {}", self.dtype),
			})
	}

	pub fn device(&self) -> Device {
		self.gpu.map_or(Device::Cpu, Device::Cuda)
	}

	pub(super) fn plan(&self, memory: u64) -> Result<float::Plan, Error> {
		float::threads(Some(self.threads));
		Ok(float::Plan {
			device: self.device(),
			float: self.float()?,
			memory,
			limits: Limits {
				running: self.batch.max(1),
				..Limits::default()
			},
		})
	}
}

impl Settings {
	pub fn sampler(&self) -> Result<Sampler, Error> {
		serve::sampler(self.temperature, self.top, self.mass, self.seed)
	}
}

impl Proved {
	pub fn fingerprint(&self) -> Result<Fingerprint, Error> {
		let bytes = hex::decode(&self.fingerprint).unwrap_or_default();
		Ok(Fingerprint::decode(&bytes)?)
	}

	pub(super) fn new(answer: Vec<u32>, fingerprint: &Fingerprint) -> Self {
		Self {
			answer,
			fingerprint: hex::encode(fingerprint.encode()),
		}
	}
}

/// Answers all requests, as many at once as the setup says.
pub fn prove(job: &Job) -> Result<Vec<Proved>, Error> {
	let layout = fingerprint::Layout::try_from(&job.layout)?;
	let plan = job.setup.plan(job.memory)?;
	let engine = float::serve(&Folder::new(Path::new(&job.folder)), &plan)?;
	let mut all = Vec::with_capacity(job.asked.len());
	for asked in job.asked.chunks(job.setup.batch.max(1)) {
		let running = asked.iter().map(|asked| {
			let prints = Prints::of(layout, &engine.facts())?;
			let mut request = Request::greedy(Input::Tokens(asked.input.clone()), asked.limit);
			request.sampler = asked.settings.sampler()?;
			// All answers are as long as they may be: more to measure.
			request.ends = Some(Vec::new());
			request.watch = Some(prints.watch());
			Ok((engine.answer(request)?, prints))
		});
		for ((answering, prints), asked) in running.collect::<Result<Vec<_>, Error>>()?.into_iter().zip(asked) {
			let answer = answering.wait()?;
			let fingerprint = prints.fingerprint(asked.input.len(), answer.tokens.len())?;
			all.push(Proved::new(answer.tokens, &fingerprint));
		}
	}
	Ok(all)
}
