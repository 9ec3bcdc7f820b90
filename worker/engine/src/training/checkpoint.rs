// SPDX-License-Identifier: Apache-2.0

//! What a run continues from, as if it had not been stopped: what learns, the optimiser's moments, and how far it was.
//!
//! `checkpoints/step-000000000100/` has `learning.safetensors` (in f32; names as Hugging Face or PEFT has them),
//! `moments.safetensors` and `state.json`, which knows the BLAKE3 of both. It appears under its name when all of it is on
//! the disk.

use super::{Error, adamw::AdamW, files, parameters::Named, tensors, trainer::Trainer};
use crate::{
	float::{
		device::Doing,
		weights::{Source, Weights},
	},
	load::checkpoint::{Checkpoint, Float},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
	fs,
	path::{Path, PathBuf},
};

const LEARNING: &str = "learning.safetensors";
const MOMENTS: &str = "moments.safetensors";
const STATE: &str = "state.json";

/// What a run knows beside tensors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
	pub step: u64,
	/// Since the beginning, without pauses.
	pub seconds: f64,
	pub settings: Value,
	/// BLAKE3 of the tokens that are trained on.
	pub tokens: String,
	pub learning: String,
	pub moments: String,
}

fn name(step: u64) -> String {
	format!("step-{step:012}")
}

/// Writes a checkpoint and forgets the oldest beyond `kept`. Numbers that are not finite are not written.
pub fn write(folder: &Path, trainer: &Trainer, mut state: State, kept: u32) -> Result<(), Error> {
	let learning = trainer.parameters().learning();
	for (name, tensor) in &learning {
		if !tensors::finite(tensor)? {
			return Err(Error::WeightNotFinite {
				name: name.clone(),
				step: state.step,
			});
		}
	}
	files::folder(&folder.join(name(state.step)), |to| {
		tensors::write(&to.join(LEARNING), &learning, Float::F32)?;
		tensors::write(&to.join(MOMENTS), &trainer.optimiser().moments()?, Float::F32)?;
		state.learning = digest(&to.join(LEARNING))?;
		state.moments = digest(&to.join(MOMENTS))?;
		files::write(&to.join(STATE), format!("{:#}\n", serde_json::json!(state)).as_bytes())
	})?;
	let all = all(folder)?;
	for old in all.iter().rev().skip(kept as usize) {
		files::remove(old)?;
	}
	Ok(())
}

/// The state of the latest checkpoint, and where it is.
pub fn latest(folder: &Path) -> Result<(State, PathBuf), Error> {
	let latest = all(folder)?
		.pop()
		.ok_or_else(|| Error::NothingToResume { path: folder.into() })?;
	let state: State = atelier_models::files::read(&latest.join(STATE), |path, source| {
		atelier_models::Error::BrokenConfig { path, source }
	})
	.map_err(|error| match error {
		atelier_models::Error::BrokenConfig { path, source } => Error::BrokenState { path, source },
		other => Error::Model(other),
	})?;
	Ok((state, latest))
}

/// Gives a trainer what it had learnt. Its shapes must be those of the files.
pub fn read(folder: &Path, state: &State, trainer: &mut Trainer) -> Result<(), Error> {
	let learning = trainer.parameters().learning();
	let read = |file: &str, wanted: &str, kinds: &[&str]| -> Result<Vec<Named>, Error> {
		let path = folder.join(file);
		if digest(&path)? != wanted {
			return Err(Error::DamagedCheckpoint { path });
		}
		let device = learning.values().next().map_or(tch::Device::Cpu, tch::Tensor::device);
		let mut source = Weights::new(Checkpoint::of_file(&path)?, device, Float::F32);
		let mut all = Vec::new();
		for kind in kinds {
			let mut named = Named::new();
			for (name, tensor) in &learning {
				let shape: Vec<_> = tensor.size().iter().map(|&size| size as usize).collect();
				named.insert(name.clone(), source.tensor(&format!("{kind}{name}"), &shape)?);
			}
			all.push(named);
		}
		source.finish(|_| false)?;
		Ok(all)
	};
	let weights = read(LEARNING, &state.learning, &[""])?;
	let mut moments = read(MOMENTS, &state.moments, &["first.", "second."])?.into_iter();
	let _no_gradients = tch::no_grad_guard();
	for (name, value) in weights.iter().flatten() {
		if let Some(tensor) = learning.get(name) {
			tensor.shallow_clone().f_copy_(value).doing("reading a checkpoint")?;
		}
	}
	let (Some(first), Some(second)) = (moments.next(), moments.next()) else {
		return Err(Error::NothingToResume { path: folder.into() });
	};
	trainer.resume(state.step, AdamW::resumed(first, second, state.step));
	Ok(())
}

/// All that are whole, the oldest first.
fn all(folder: &Path) -> Result<Vec<PathBuf>, Error> {
	let unreadable = |source| Error::Unreadable {
		path: folder.into(),
		source,
	};
	let entries = match fs::read_dir(folder) {
		Ok(entries) => entries,
		Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
		Err(error) => return Err(unreadable(error)),
	};
	let mut all = Vec::new();
	for entry in entries {
		let path = entry.map_err(unreadable)?.path();
		let named = path.file_name().and_then(|name| name.to_str());
		if named.is_some_and(|name| name.starts_with("step-")) {
			all.push(path);
		}
	}
	all.sort();
	Ok(all)
}

fn digest(path: &Path) -> Result<String, Error> {
	let mut hasher = blake3::Hasher::new();
	let mut file = fs::File::open(path).map_err(|source| Error::Unreadable {
		path: path.into(),
		source,
	})?;
	std::io::copy(&mut file, &mut hasher).map_err(|source| Error::Unreadable {
		path: path.into(),
		source,
	})?;
	Ok(hasher.finalize().to_hex().to_string())
}
