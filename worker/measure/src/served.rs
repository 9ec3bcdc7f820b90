// SPDX-License-Identifier: Apache-2.0

//! One model, served in every class that is compared: the same serving core, limits and threads.

use crate::{
	Error,
	random::{self, Size},
};
use atelier_engine::{
	exact::{self, By},
	float::{self, Device},
	load::{Folder, checkpoint::Float, config::Config},
	serve::{Engine, Limits},
};
use atelier_models::exact::ExactFolder;
use std::{
	fmt,
	path::{Path, PathBuf},
};
use tempfile::TempDir;

/// How a model is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
	Exact,
	Float(Float),
}

impl Class {
	pub const ALL: [Self; 4] = [
		Self::Float(Float::F32),
		Self::Float(Float::F16),
		Self::Float(Float::BF16),
		Self::Exact,
	];

	/// The class of this name.
	pub fn named(name: &str) -> Option<Self> {
		Self::ALL.into_iter().find(|class| class.name() == name)
	}

	pub fn name(self) -> &'static str {
		match self {
			Self::Exact => "exact",
			Self::Float(float) => float.name(),
		}
	}
}

impl fmt::Display for Class {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(self.name())
	}
}

/// A model to measure with, as floats and, where it is wanted, made exact.
pub struct Model {
	folder: PathBuf,
	exact: Option<ExactFolder>,
	pub sizes: Sizes,
	/// What was written for it goes with it.
	_own: TempDir,
}

/// What of a model decides how long it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
	pub parameters: u64,
	pub hidden: u32,
	pub layers: u32,
	pub vocabulary: u32,
	pub positions: u32,
	/// Weights that each token is multiplied with: all but an embedding that is only looked up.
	pub multiplied: u64,
}

/// Where it is computed, and with how much.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
	pub device: Device,
	pub threads: u16,
	/// Bytes for each class.
	pub memory: u64,
	/// Answers that grow at the same time.
	pub running: usize,
}

impl Plan {
	fn limits(&self) -> Limits {
		Limits {
			running: self.running,
			..Limits::default()
		}
	}
}

impl Model {
	/// With random weights.
	pub fn random(size: Size) -> Result<Self, Error> {
		let own = TempDir::new()?;
		let parameters = random::write(own.path(), size)?;
		Self::of(own.path().into(), own, Some(parameters))
	}

	/// Of a folder as Hugging Face has it.
	pub fn read(folder: &Path) -> Result<Self, Error> {
		Self::of(folder.into(), TempDir::new()?, None)
	}

	fn of(folder: PathBuf, own: TempDir, parameters: Option<u64>) -> Result<Self, Error> {
		let Config::Decoder(config) = Folder::new(&folder).config()? else {
			return Err(Error::NoTokens);
		};
		let heads = u64::from(config.heads) + u64::from(config.key_heads);
		let layer = u64::from(config.hidden) * (2 * heads * u64::from(config.head_size) + 3 * u64::from(config.inner));
		let table = u64::from(config.vocabulary) * u64::from(config.hidden);
		let multiplied = u64::from(config.layers) * layer + table;
		Ok(Self {
			sizes: Sizes {
				parameters: parameters.unwrap_or(multiplied + if config.tied { 0 } else { table }),
				hidden: config.hidden,
				layers: config.layers,
				vocabulary: config.vocabulary,
				positions: config.positions,
				multiplied,
			},
			exact: None,
			folder,
			_own: own,
		})
	}

	/// Its folder.
	pub fn folder(&self) -> &Path {
		&self.folder
	}

	/// The same model, made exact once.
	pub fn exact(&mut self) -> Result<&ExactFolder, Error> {
		let made = match self.exact.take() {
			Some(made) => made,
			None => {
				let to = self._own.path().join("exact");
				atelier_convert::folder::convert(&self.folder, &to, None, &mut |_| ())?
			}
		};
		Ok(self.exact.insert(made))
	}

	/// An engine that computes it in this class.
	pub fn serve(&mut self, class: Class, plan: &Plan) -> Result<Engine, Error> {
		float::threads(Some(plan.threads));
		match class {
			Class::Float(float) => {
				let plan = float::Plan {
					device: plan.device,
					float,
					memory: plan.memory,
					limits: plan.limits(),
				};
				Ok(float::serve(&Folder::new(&self.folder), &plan)?)
			}
			Class::Exact => {
				let device = plan.device;
				let plan = exact::Plan {
					threads: plan.threads.into(),
					memory: plan.memory,
					limits: plan.limits(),
				};
				let (engine, by) = exact::serve_on(self.exact()?, &plan, device)?;
				match by {
					// Nothing else is measured instead of what was asked for.
					By::Kernels {
						because: Some(reason), ..
					} => Err(atelier_engine::Error::WrongDevice {
						device: device.to_string(),
						reason,
					}
					.into()),
					_ => Ok(engine),
				}
			}
		}
	}
}
