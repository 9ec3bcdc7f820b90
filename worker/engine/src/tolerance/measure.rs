// SPDX-License-Identifier: Apache-2.0

//! Runs provers, honest ones and cheats, and a verifier over what they say.

use super::{
	Asked, Caught, Honest, Inputs, Job, Layout, Machine, ModelFiles, Profile, Proved, Setup, Side,
	cheats::{self, Cheat},
	profile::{Accused, FORMAT, Pooled},
	rule,
};
use crate::{
	Error,
	backend::Backend,
	fingerprint, float,
	load::Folder,
	verify::{Claimed, Limits, Measure, Pieces, Report, verify},
};
use atelier_referee::hash::{Blake2b256, Portable};
use std::{
	collections::BTreeMap,
	fs,
	path::{Path, PathBuf},
};

/// What is measured.
#[derive(Clone, Debug)]
pub struct Plan {
	pub folder: PathBuf,
	/// Where changed models are written, which may be as large as the model in f32.
	pub scratch: PathBuf,
	pub layout: fingerprint::Layout,
	/// The honest ways. The first one is that of cheats, too.
	pub provers: Vec<Setup>,
	pub verifier: Setup,
	pub cheats: Vec<Cheat>,
	pub asked: Vec<Asked>,
	pub memory: u64,
	pub machine: Machine,
}

/// Answers requests, here or in another process.
pub type Prover<'a> = dyn FnMut(&Job) -> Result<Vec<Proved>, Error> + 'a;

/// Measures. `show` is told what comes next.
pub fn measure(plan: &Plan, prover: &mut Prover<'_>, show: &mut dyn FnMut(&str)) -> Result<Profile, Error> {
	let measuring = Measuring::of(plan);
	let mut honest = Vec::new();
	for setup in &plan.provers {
		show(&format!("answering: {}", described(setup)));
		honest.push((setup, measuring.honest(setup, prover)?));
	}
	let first = honest
		.first()
		.map(|(_, proved)| proved.as_slice())
		.ok_or(Error::WrongUse)?;
	let mut cheated = Vec::new();
	for cheat in &plan.cheats {
		show(&format!("cheating: {}", cheat.name()));
		cheated.push((*cheat, measuring.cheat(*cheat, first, prover)?));
	}
	let mut backend = float::load(&Folder::new(&plan.folder), &plan.verifier.plan(plan.memory)?)?;
	let mut reports = Vec::new();
	for (setup, proved) in &honest {
		show(&format!("verifying: {}", described(setup)));
		reports.push((*setup, measuring.verify(&mut *backend, proved)?));
	}
	let calibrating = reports.iter().flat_map(|(_, reports)| reports.iter().step_by(2));
	let limits = rule::limits(calibrating);
	// Of each way of answering on its own: a worker answers in one way.
	let pools = |first: usize| -> Vec<Report> {
		let of_one = reports.iter().map(|(_, reports)| reports.iter().skip(first).step_by(2));
		of_one.flat_map(pooled).collect()
	};
	let several = rule::limits(pools(0).iter()).only(Measure::of_several);
	let held_out = || {
		reports
			.iter()
			.flat_map(|(_, reports)| reports.iter().skip(1).step_by(2))
	};
	let accused = held_out().filter(|report| !report.excesses(&limits).is_empty()).count();
	let mut caught = Vec::new();
	for (cheat, proved) in &cheated {
		show(&format!("verifying: {}", cheat.name()));
		let reports = measuring.verify(&mut *backend, proved)?;
		let pairs = proved.iter().zip(first);
		let same = pairs.filter(|(proved, honest)| proved.answer == honest.answer).count();
		caught.push(self::caught(*cheat, &reports, &limits, &several, same));
	}
	Ok(Profile {
		format: FORMAT.into(),
		model: files(&plan.folder)?,
		layout: plan.layout.into(),
		prover: side(plan.provers.first().unwrap_or(&plan.verifier)),
		verifier: side(&plan.verifier),
		machine: plan.machine.clone(),
		inputs: inputs(plan)?,
		rule: rule::TEXT.into(),
		limits: Measure::ALL
			.into_iter()
			.map(|measure| (measure.name().into(), limits.get(measure)))
			.collect(),
		honest: reports
			.iter()
			.map(|(setup, reports)| honest_of(setup, reports))
			.collect(),
		accused: Accused::of(accused, held_out().count()),
		pooled: Pooled {
			answers: rule::POOL,
			limits: Measure::ALL
				.into_iter()
				.filter(|measure| measure.of_several())
				.map(|measure| (measure.name().into(), several.get(measure)))
				.collect(),
			accused: Accused::of(
				pools(1)
					.iter()
					.filter(|pool| !pool.excesses(&several).is_empty())
					.count(),
				pools(1).len(),
			),
		},
		cheats: caught,
	})
}

/// As many together as the rule says; those that are left over are not looked at.
fn pooled<'a>(reports: impl IntoIterator<Item = &'a Report>) -> Vec<Report> {
	let reports: Vec<_> = reports.into_iter().collect();
	reports
		.chunks_exact(rule::POOL)
		.map(|pool| Report::pooled(pool.iter().copied()))
		.collect()
}

/// In a few words.
pub fn described(setup: &Setup) -> String {
	let device = setup.device();
	let instructions = setup.instructions.as_deref().unwrap_or("all");
	format!(
		"{} on {device}, {} threads, batch {}, instructions: {instructions}",
		setup.dtype, setup.threads, setup.batch
	)
}

/// The steps of a measurement.
pub struct Measuring<'a> {
	plan: &'a Plan,
}

impl<'a> Measuring<'a> {
	pub fn of(plan: &'a Plan) -> Self {
		Self { plan }
	}

	/// What an honest prover says of every request.
	pub fn honest(&self, setup: &Setup, prover: &mut Prover<'_>) -> Result<Vec<Proved>, Error> {
		prover(&self.job(setup, &self.plan.folder, &self.plan.asked))
	}

	fn job(&self, setup: &Setup, folder: &Path, asked: &[Asked]) -> Job {
		Job {
			folder: folder.into(),
			setup: setup.clone(),
			layout: Layout::from(self.plan.layout),
			memory: self.plan.memory,
			asked: asked.to_vec(),
		}
	}

	fn pieces(&self) -> Pieces {
		Pieces {
			answer: self.plan.verifier.batch.max(1),
			..Pieces::default()
		}
	}

	/// What a verifier finds.
	pub fn verify(&self, backend: &mut dyn Backend, proved: &[Proved]) -> Result<Vec<Report>, Error> {
		let pairs = self.plan.asked.iter().zip(proved);
		pairs
			.map(|(asked, proved)| {
				let claimed = Claimed {
					input: &asked.input,
					answer: &proved.answer,
					sampler: asked.settings.sampler()?,
					fingerprint: &proved.fingerprint()?,
				};
				verify(backend, &claimed, self.pieces())
			})
			.collect()
	}

	/// What a cheat says of every request.
	pub fn cheat(&self, cheat: Cheat, honest: &[Proved], prover: &mut Prover<'_>) -> Result<Vec<Proved>, Error> {
		let setup = self.plan.provers.first().ok_or(Error::WrongUse)?;
		let folder = Folder::new(&self.plan.folder);
		let changed = self.plan.scratch.join("changed");
		let asked = &self.plan.asked;
		let pairs = || asked.iter().zip(honest);
		Ok(match cheat {
			Cheat::Weights(weights) => {
				let folder = weights.folder(&folder, &changed)?;
				let proved = prover(&self.job(setup, &folder, asked))?;
				gone(&changed)?;
				proved
			}
			Cheat::Written(weights) => {
				let written = weights.folder(&folder, &changed)?;
				let written = prover(&self.job(setup, &written, asked))?;
				gone(&changed)?;
				let mut backend = self.reader(setup)?;
				let read = asked.iter().zip(written).map(|(asked, written)| {
					let print = cheats::read(
						&mut *backend,
						self.plan.layout,
						&asked.input,
						&written.answer,
						Pieces::default(),
					)?;
					Ok(cheats::proved(written.answer, &print))
				});
				read.collect::<Result<_, Error>>()?
			}
			Cheat::Precision(float) => {
				let setup = Setup {
					dtype: float.name().into(),
					..setup.clone()
				};
				prover(&self.job(&setup, &self.plan.folder, asked))?
			}
			Cheat::Prompt | Cheat::Seed | Cheat::Temperature | Cheat::Greedy => {
				let vocabulary = folder.config()?.vocabulary();
				let others: Vec<_> = asked.iter().map(|asked| cheat.asks(asked, vocabulary)).collect();
				prover(&self.job(setup, &self.plan.folder, &others))?
			}
			Cheat::Token | Cheat::TokenRead => {
				let mut backend = self.reader(setup)?;
				let replaced = pairs().map(|(asked, proved)| {
					let answer = cheats::replaced(&mut *backend, asked, &proved.answer)?;
					let print = match cheat {
						Cheat::Token => proved.fingerprint()?,
						_ => cheats::read(
							&mut *backend,
							self.plan.layout,
							&asked.input,
							&answer,
							Pieces::default(),
						)?,
					};
					Ok(cheats::proved(answer, &print))
				});
				replaced.collect::<Result<_, Error>>()?
			}
			Cheat::Copied => {
				let mut backend = self.reader(setup)?;
				let next = asked.iter().zip(honest).cycle().skip(1);
				let copied = pairs().zip(next).map(|((asked, proved), (other, others))| {
					// As many positions of another answer, so that only the numbers are wrong.
					let wanted = asked.input.len() + proved.answer.len();
					let tokens: Vec<_> = other
						.input
						.iter()
						.chain(&others.answer)
						.copied()
						.cycle()
						.take(wanted)
						.collect();
					let (input, answer) = tokens.split_at_checked(asked.input.len()).ok_or(Error::EmptyInput)?;
					let print = cheats::read(&mut *backend, self.plan.layout, input, answer, Pieces::default())?;
					Ok(cheats::proved(proved.answer.clone(), &print))
				});
				copied.collect::<Result<_, Error>>()?
			}
			Cheat::Guessed => {
				let guessed = honest.iter().map(|proved| {
					let print = cheats::guessed(&proved.fingerprint()?)?;
					Ok(cheats::proved(proved.answer.clone(), &print))
				});
				guessed.collect::<Result<_, Error>>()?
			}
		})
	}

	/// The prover's model, to read with.
	fn reader(&self, setup: &Setup) -> Result<Box<dyn Backend>, Error> {
		float::load(&Folder::new(&self.plan.folder), &setup.plan(self.plan.memory)?)
	}
}

impl Accused {
	fn of(accused: usize, answers: usize) -> Self {
		Self {
			answers,
			accused,
			rate_at_most: rule::up(rule::rate_at_most(accused, answers)),
		}
	}
}

fn gone(folder: &Path) -> Result<(), Error> {
	fs::remove_dir_all(folder).map_err(|source| Error::Unwritable {
		path: folder.into(),
		source,
	})
}

fn side(setup: &Setup) -> Side {
	Side {
		dtype: setup.dtype.clone(),
		device: setup.device().to_string(),
	}
}

fn numbers(reports: &[Report], of: impl Fn(Vec<f64>) -> f64) -> BTreeMap<String, f64> {
	let one = |measure: Measure| {
		let mut all: Vec<_> = reports.iter().map(|report| report.measured(measure)).collect();
		all.sort_by(f64::total_cmp);
		(measure.name().to_owned(), rule::up(of(all)))
	};
	Measure::ALL.into_iter().map(one).collect()
}

fn honest_of(setup: &Setup, reports: &[Report]) -> Honest {
	Honest {
		setup: setup.clone(),
		answers: reports.len(),
		groups: reports.iter().map(|report| report.groups.len()).sum(),
		others: reports.iter().map(Report::others).sum(),
		largest: numbers(reports, |all| all.last().copied().unwrap_or(0.0)),
	}
}

fn caught(cheat: Cheat, reports: &[Report], limits: &Limits, several: &Limits, same: usize) -> Caught {
	let count = |limits: Limits| {
		reports
			.iter()
			.filter(|report| !report.excesses(&limits).is_empty())
			.count()
	};
	let pools = pooled(reports);
	Caught {
		cheat: cheat.name(),
		answers: reports.len(),
		same_answer: same,
		caught: count(*limits),
		by_fingerprint: count(limits.only(Measure::of_fingerprint)),
		by_choices: count(limits.only(|measure| !measure.of_fingerprint())),
		pools: pools.len(),
		pools_caught: pools.iter().filter(|pool| !pool.excesses(several).is_empty()).count(),
		middle: numbers(reports, |all| all.get(all.len() / 2).copied().unwrap_or(0.0)),
	}
}

fn inputs(plan: &Plan) -> Result<Inputs, Error> {
	let text = serde_json::to_vec(&plan.asked).map_err(|source| Error::Profile { source })?;
	Ok(Inputs {
		count: plan.asked.len(),
		tokens: plan
			.asked
			.iter()
			.map(|asked| asked.input.len() + asked.limit as usize)
			.sum(),
		hash: hex::encode(Portable::hash(&text)),
	})
}

/// What decides what the model computes.
fn files(folder: &Path) -> Result<ModelFiles, Error> {
	let unreadable = |source| Error::Unwritable {
		path: folder.into(),
		source,
	};
	let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
	let mut files = BTreeMap::new();
	for entry in fs::read_dir(folder).map_err(unreadable)? {
		let path = entry.map_err(unreadable)?.path();
		let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
		let Some(name) = name.filter(|name| name == "config.json" || name.ends_with(".safetensors")) else {
			continue;
		};
		let bytes = fs::read(&path).map_err(unreadable)?;
		files.insert(name, hex::encode(Portable::hash(&bytes)));
	}
	Ok(ModelFiles {
		name: name.unwrap_or_default(),
		files,
	})
}
