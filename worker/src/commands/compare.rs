// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker model compare`: how many bits of what this machine computes differ from what is right.

use anyhow::{Context, Result, ensure};
use atelier_engine::{
	backend::Backend,
	exact::{
		Plan,
		compare::{Comparison, Counted, Known, Mode},
		device::{Right, Way},
		load_bytes,
	},
	float::{self, Device},
	serve::Limits,
};
use atelier_kernels::Kernels;
use atelier_models::exact::ExactFolder;
use atelier_referee::{
	model::{Package, Shape, Use},
	samples::{self, Random, Values},
};
use atelier_worker::output::Output;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::{borrow::Cow, collections::BTreeMap, path::PathBuf, time::Instant};

#[derive(Args)]
pub struct Compare {
	/// Folder of an exact model. Without one, random models of every kind are compared, half of them with numbers at their
	/// limits.
	folder: Option<PathBuf>,
	/// What is asked: cpu, or cuda:0 and so on.
	#[arg(long, default_value = "cpu", value_parser = super::device)]
	device: Device,
	/// How it computes. By default a CPU by its kernels, a GPU by the first way of multiplying that its self-test finds right.
	#[arg(long, value_enum)]
	by: Option<By>,
	/// What is right.
	#[arg(long, value_enum, default_value_t = Against::Referee)]
	against: Against,
	/// How many values are compared at least: 1000000, or 1e9.
	#[arg(long, default_value = "1e6", value_parser = count)]
	values: u64,
	/// Numbers of requests at once.
	#[arg(long, value_delimiter = ',', default_value = "1,2,3,8,17,32,64", value_parser = clap::value_parser!(u16).range(1..=1_024))]
	batches: Vec<u16>,
	/// Threads of the CPU; of several numbers one after the other.
	#[arg(long, value_delimiter = ',', default_value = "1,2", value_parser = clap::value_parser!(u16).range(1..))]
	threads: Vec<u16>,
	/// Inputs for each model, about which the reference is asked once.
	#[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=4_096))]
	inputs: u16,
	/// Most tokens of an input.
	#[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..))]
	longest: u32,
	/// GiB of memory for a model.
	#[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1_024))]
	memory: u64,
	/// Of the random models and inputs.
	#[arg(long, default_value_t = 1)]
	seed: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
	/// Kernels of the CPU.
	Kernels,
	/// Kernels for GPUs.
	Fused,
	/// Operators of libtorch, products of bytes.
	Bytes,
	/// Operators of libtorch, products of doubles.
	Doubles,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Against {
	/// The reference itself, which is slow.
	Referee,
	/// Kernels of the CPU, for models that are too large for the referee.
	Kernels,
}

/// Vocabularies of random models: the small ones have all kinds of sizes, with a large one there are many values for little
/// work of the reference.
const LARGE_VOCABULARY: i64 = 20_000;

/// What was compared so far.
#[derive(Default)]
struct Sum {
	models: u64,
	all: Counted,
	modes: BTreeMap<&'static str, Counted>,
	reference_values: u64,
	reference_seconds: f64,
	engine_seconds: f64,
	by: String,
}

fn count(text: &str) -> Result<u64, String> {
	match text.parse::<f64>() {
		Ok(number) if (1.0..1e15).contains(&number) => Ok(number as u64),
		_ => Err("a number from 1 to 1e15".into()),
	}
}

impl Compare {
	pub fn run(self, output: &Output) -> Result<()> {
		let mut random = Random(self.seed);
		let mut sum = Sum::default();
		let bar = output.bar();
		let mut progress = |values: u64| bar.show("comparing", values.min(self.values), self.values);
		match &self.folder {
			Some(folder) => {
				let folder = ExactFolder::open(folder)?;
				let model = (folder.manifest().shape, Cow::Borrowed(folder.bytes()));
				while sum.all.values < self.values {
					self.model(&model, &mut random, &mut sum, &mut progress)?;
				}
			}
			None => {
				while sum.all.values < self.values {
					let model = self.random_model(sum.models, &mut random);
					self.model(&model, &mut random, &mut sum, &mut progress)?;
				}
			}
		}
		bar.finish();
		self.show(&sum, output);
		ensure!(
			sum.all.different == 0,
			"{} of {} values differ, in {} bits",
			sum.all.different,
			sum.all.values,
			sum.all.bits
		);
		Ok(())
	}

	/// The model with this number: ordinary or extreme, any sample or one with many values, with tokens or a vector.
	fn random_model(&self, number: u64, random: &mut Random) -> (Shape, Cow<'static, [u8]>) {
		let values = if number.is_multiple_of(2) {
			Values::Ordinary
		} else {
			Values::Extreme
		};
		let embeds = number % 8 == 6 || number % 8 == 7;
		let wanted = if embeds { Use::Embedding } else { Use::Tokens };
		let mut shape = samples::shape(random);
		while shape.answers != wanted {
			shape = samples::shape(random);
		}
		if number % 8 >= 2 && !embeds {
			shape.vocabulary = random.between(LARGE_VOCABULARY / 2, LARGE_VOCABULARY) as u32;
		}
		let bytes = samples::package(shape, values, random);
		(shape, Cow::Owned(bytes))
	}

	/// All batches and modes of one model, by each number of threads.
	fn model(
		&self,
		(shape, bytes): &(Shape, Cow<'_, [u8]>),
		random: &mut Random,
		sum: &mut Sum,
		progress: &mut dyn FnMut(u64),
	) -> Result<()> {
		let started = Instant::now();
		let mut reference = match self.against {
			Against::Referee => None,
			Against::Kernels => Some(self.kernels(*shape, bytes, 0)?),
		};
		let mut pool = Vec::new();
		for _ in 0..self.inputs {
			let most = i64::from(self.longest.min(shape.positions));
			let tokens = samples::tokens(shape, random.between(1, most) as u32, random);
			let known = match &mut reference {
				None => Known::by_referee(Package::new(*shape, bytes)?, &tokens)?,
				Some(engine) => Known::by_engine(&mut **engine, &tokens)?,
			};
			let values = known
				.states
				.iter()
				.chain(&known.logits)
				.map(|numbers| numbers.len() as u64);
			sum.reference_values += values.sum::<u64>();
			pool.push(known);
		}
		drop(reference);
		sum.reference_seconds += started.elapsed().as_secs_f64();
		sum.models += 1;
		for number in 0..self.threads.len() {
			let (mut engine, by) = self.engine(*shape, bytes, number)?;
			sum.by = by;
			let started = Instant::now();
			for size in &self.batches {
				for mode in Mode::ALL {
					if (mode == Mode::Embed) != (shape.answers == Use::Embedding) {
						continue;
					}
					let mut comparison = Comparison {
						engine: &mut *engine,
						pool: &pool,
						step_tokens: Limits::default().step_tokens,
						random: &mut |count| random.between(0, count as i64 - 1).max(0) as usize,
					};
					let counted = comparison
						.batch((*size).into(), mode)
						.with_context(|| format!("a batch of {size}, {}", name(mode)))?;
					sum.all.add(counted);
					sum.modes.entry(name(mode)).or_default().add(counted);
					progress(sum.all.values);
				}
			}
			sum.engine_seconds += started.elapsed().as_secs_f64();
		}
		Ok(())
	}

	fn plan(&self, threads: usize) -> Plan {
		Plan {
			threads: self.threads.get(threads).copied().unwrap_or(1).into(),
			memory: self.memory << 30,
			limits: Limits {
				running: self.batches.iter().copied().max().unwrap_or(1).into(),
				..Limits::default()
			},
		}
	}

	fn kernels(&self, shape: Shape, bytes: &[u8], threads: usize) -> Result<Box<dyn Backend>> {
		Ok(load_bytes(shape, bytes, Kernels::detect()?, &self.plan(threads))?)
	}

	/// What is asked, and its name. A device that its self-test finds wrong is an error: nothing else is compared instead.
	fn engine(&self, shape: Shape, bytes: &[u8], threads: usize) -> Result<(Box<dyn Backend>, String)> {
		let path = Kernels::detect()?.path();
		float::threads(self.threads.get(threads).copied());
		let right = match (self.device, self.by) {
			(Device::Cpu, None | Some(By::Kernels)) => {
				return Ok((self.kernels(shape, bytes, threads)?, format!("kernels, {path}")));
			}
			(device, None) => Right::select(device)?,
			(device, Some(By::Fused)) => Right::of(device, &[Way::Fused])?,
			(device, Some(By::Bytes)) => Right::of(device, &[Way::Bytes])?,
			(device, Some(By::Doubles)) => Right::of(device, &[Way::Doubles])?,
			(device, Some(By::Kernels)) => anyhow::bail!("{device} has no kernels of the CPU"),
		};
		let by = right.way().to_string();
		let package = Package::checked(shape, bytes)?;
		Ok((right.load(&package, &self.plan(threads), path)?, by))
	}

	fn show(&self, sum: &Sum, output: &Output) {
		let counted = |counted: &Counted| json!({ "values": counted.values, "different": counted.different, "differingBits": counted.bits });
		let modes: BTreeMap<&str, Value> = sum.modes.iter().map(|(mode, of)| (*mode, counted(of))).collect();
		let against = match self.against {
			Against::Referee => "referee",
			Against::Kernels => "kernels",
		};
		let device = self.device.to_string();
		output.result(
			&json!({
				"device": device, "by": sum.by, "against": against, "models": sum.models, "batches": self.batches,
				"threads": self.threads, "seed": self.seed, "values": sum.all.values, "different": sum.all.different,
				"differingBits": sum.all.bits, "modes": modes, "engineSeconds": sum.engine_seconds,
				"referenceValues": sum.reference_values, "referenceSeconds": sum.reference_seconds,
			}),
			&[
				("compared", format!("{device}, {}, against the {against}", sum.by)),
				("models", sum.models.to_string()),
				("values", sum.all.values.to_string()),
				(
					"differing",
					format!("{} values, {} bits", sum.all.different, sum.all.bits),
				),
				(
					"seconds",
					format!(
						"{:.0}, and {:.0} of the reference",
						sum.engine_seconds, sum.reference_seconds
					),
				),
			],
		);
	}
}

fn name(mode: Mode) -> &'static str {
	match mode {
		Mode::Prefill => "prefill",
		Mode::Pieces => "pieces",
		Mode::Decode => "decode",
		Mode::Resumed => "resumed",
		Mode::Embed => "embed",
	}
}
