// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker bench`: what this machine serves, exactly and in floats, in the same run.

use anyhow::{Context, Result, ensure};
use atelier_engine::float::{self, Device};
use atelier_measure::{
	figures::Figures,
	machine,
	probe::Used,
	random::{self, Size},
	served::{Class, Model, Plan},
	speed::{Extent, Measured, json as speeds, measure, text},
};
use atelier_worker::output::Output;
use clap::Args;
use serde_json::json;
use std::{fmt::Write, path::PathBuf};

/// Requests at once, answers among them.
const RUNNING: usize = 40;
/// Tokens of an answer that classes are compared by.
const SAMPLE: u32 = 8;

#[derive(Args)]
pub struct Bench {
	/// Folder of a decoder as Hugging Face has it. Without one, random weights are measured.
	#[arg(long, conflicts_with_all = ["hidden", "layers"])]
	model: Option<PathBuf>,
	/// Width of a random model, a multiple of 64.
	#[arg(long, default_value_t = Size::default().hidden)]
	hidden: u32,
	/// Layers of a random model.
	#[arg(long, default_value_t = Size::default().layers)]
	layers: u32,
	/// Where it is computed: cpu, or cuda:0 and so on.
	#[arg(long, default_value = "cpu", value_parser = super::device)]
	device: Device,
	/// Threads of the CPU; by default one for each core.
	#[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
	threads: Option<u16>,
	/// What is compared: exact, f32, f16, bf16.
	#[arg(long, value_delimiter = ',', default_value = "f32,bf16,exact", value_parser = class)]
	classes: Vec<Class>,
	/// Requests at once.
	#[arg(long, value_delimiter = ',', default_value = "1,8,32", value_parser = clap::value_parser!(u32).range(1..=32))]
	batches: Vec<u32>,
	/// Turns, in each of which every class is measured.
	#[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1_000))]
	turns: u32,
	/// First tokens that are waited for in each turn; 0 leaves that and the plain loop out.
	#[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(0..=1_000))]
	firsts: u32,
	/// GiB of memory for each class.
	#[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1_024))]
	memory: u64,
	/// An estimate within seconds: one turn, exact and f32, one request and eight.
	#[arg(long, conflicts_with_all = ["classes", "batches", "turns", "firsts"])]
	quick: bool,
}

fn class(name: &str) -> Result<Class, String> {
	Class::named(name).ok_or_else(|| "one of exact, f32, f16, bf16".into())
}

impl Bench {
	pub fn run(mut self, output: &Output) -> Result<()> {
		if self.quick {
			self.classes.retain(|class| class.name() != "bf16");
			self.batches.retain(|requests| *requests <= 8);
			(self.turns, self.firsts) = (1, 0);
		}
		let load = machine::load();
		let mut model = match &self.model {
			Some(folder) => Model::read(folder).with_context(|| format!("the model in {}", folder.display()))?,
			None => Model::random(Size {
				hidden: self.hidden,
				layers: self.layers,
			})?,
		};
		let wanted = if self.firsts > 0 { random::POSITIONS } else { 256 };
		ensure!(
			model.sizes.positions >= wanted,
			"the model has {} positions, and {wanted} are needed; --firsts 0 needs 256",
			model.sizes.positions
		);
		let plan = Plan {
			device: self.device,
			threads: self
				.threads
				.unwrap_or_else(|| u16::try_from(machine::cores()).unwrap_or(u16::MAX)),
			memory: self.memory << 30,
			running: RUNNING,
		};
		let mut classes = Vec::new();
		for class in &self.classes {
			let engine = model.serve(*class, &plan).with_context(|| format!("serving {class}"))?;
			classes.push(Measured::new(*class, engine));
		}
		let extent = Extent {
			batches: self.batches.clone(),
			turns: self.turns,
			firsts: self.firsts,
		};
		let bar = output.bar();
		measure(&mut classes, &extent, &mut |done, all| bar.show("measuring", done, all))?;
		bar.finish();

		let used = used(&classes, &plan, &model)?;
		let mut samples = serde_json::Map::new();
		for measured in &classes {
			samples.insert(measured.class.name().into(), json!(measured.sample(SAMPLE)?));
		}
		let sizes = &model.sizes;
		let machine = machine::json(load);
		let value = json!({
			"machine": machine, "device": plan.device.to_string(), "threads": plan.threads,
			"model": {
				"folder": self.model.as_ref().map(|folder| folder.display().to_string()), "parameters": sizes.parameters,
				"hidden": sizes.hidden, "layers": sizes.layers, "vocabulary": sizes.vocabulary,
			},
			"speed": speeds(&classes, &extent), "used": used.iter().map(Used::json).collect::<Vec<_>>(), "answers": samples,
		});
		let mut lines = format!(
			"{}, {} cores; {} threads; device {}; exact by {}; libtorch {}; worker {}; load {:.1} before, {:.1} after\n",
			machine::processor(),
			machine::cores(),
			plan.threads,
			plan.device,
			machine::instructions(),
			float::version().as_deref().unwrap_or("of unknown version"),
			env!("CARGO_PKG_VERSION"),
			load.unwrap_or(f64::NAN),
			machine::load().unwrap_or(f64::NAN),
		);
		let weights = if self.model.is_some() { "of a folder" } else { "random" };
		writeln!(
			lines,
			"{:.1} million parameters, weights {weights}: width {}, {} layers, vocabulary {}\n",
			sizes.parameters as f64 / 1e6,
			sizes.hidden,
			sizes.layers,
			sizes.vocabulary
		)?;
		lines.push_str(&text(&classes, &extent));
		if !used.is_empty() {
			writeln!(
				lines,
				"\nWhat {} does at most (a copy; a product of square matrices), and what is used of it:\n",
				plan.device
			)?;
			writeln!(lines, "{}", Used::HEAD)?;
			for used in &used {
				writeln!(lines, "{}", used.row())?;
			}
		}
		output.report(&value, &lines);
		Ok(())
	}
}

/// How much of the device the float classes use.
fn used(classes: &[Measured], plan: &Plan, model: &Model) -> Result<Vec<Used>> {
	let mut all = Vec::new();
	for measured in classes {
		let Class::Float(float) = measured.class else { continue };
		let middle = |measured: Vec<f64>| Figures::of(measured).map(|figures| figures.median);
		let (Some(decode), Some(prefill)) = (middle(measured.single()), middle(measured.most())) else {
			continue;
		};
		all.push(Used::of(plan.device, float, &model.sizes, decode, prefill)?);
	}
	Ok(all)
}
