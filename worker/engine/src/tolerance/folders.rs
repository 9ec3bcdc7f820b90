// SPDX-License-Identifier: Apache-2.0

//! Copies of a model's folder with other weights.

use crate::{Error, load::Folder};
use half::{bf16, f16};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde_json::Value;
use std::{
	fs,
	path::{Path, PathBuf},
};

/// A tensor that may be changed.
pub struct Numbers {
	pub name: String,
	pub shape: Vec<usize>,
	pub values: Vec<f32>,
}

impl Numbers {
	/// Of a matrix of a layer: its rows; none of what is no matrix, or of no layer.
	pub fn rows(&mut self) -> Option<std::slice::ChunksExactMut<'_, f32>> {
		let [_, width] = self.shape.as_slice() else { return None };
		self.layer()?;
		Some(self.values.chunks_exact_mut((*width).max(1)))
	}

	pub fn layer(&self) -> Option<u32> {
		let rest = self.name.strip_prefix("model.layers.")?;
		rest.split('.').next()?.parse().ok()
	}
}

fn broken(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
	|source| Error::Unwritable {
		path: path.into(),
		source,
	}
}

/// A new folder in this one. What `change` refuses is left out; `layers` of the settings is what is left.
pub fn copy(
	from: &Folder,
	to: &Path,
	layers: Option<u32>,
	change: &mut dyn FnMut(&mut Numbers) -> bool,
) -> Result<PathBuf, Error> {
	fs::create_dir_all(to).map_err(broken(to))?;
	let mut gone = Vec::new();
	for entry in fs::read_dir(from.path()).map_err(broken(from.path()))? {
		let path = entry.map_err(broken(from.path()))?.path();
		let Some(name) = path.file_name().filter(|_| path.is_file()) else {
			continue;
		};
		let target = to.join(name);
		if path.extension().is_some_and(|extension| extension == "safetensors") {
			gone.extend(copy_tensors(&path, &target, change)?);
		} else {
			fs::copy(&path, &target).map_err(broken(&path))?;
		}
	}
	if let Some(layers) = layers {
		edit(&to.join("config.json"), |config| {
			config["num_hidden_layers"] = layers.into()
		})?;
	}
	let index = to.join("model.safetensors.index.json");
	if index.exists() && !gone.is_empty() {
		edit(&index, |index| {
			if let Some(map) = index["weight_map"].as_object_mut() {
				gone.iter().for_each(|name| drop(map.remove(name)));
			}
		})?;
	}
	Ok(to.into())
}

fn edit(path: &Path, change: impl FnOnce(&mut Value)) -> Result<(), Error> {
	let bytes = fs::read(path).map_err(broken(path))?;
	let mut value: Value = serde_json::from_slice(&bytes).map_err(|source| Error::Profile { source })?;
	change(&mut value);
	fs::write(path, value.to_string()).map_err(broken(path))
}

/// Gives the names of what was left out.
fn copy_tensors(from: &Path, to: &Path, change: &mut dyn FnMut(&mut Numbers) -> bool) -> Result<Vec<String>, Error> {
	let refused = |source| {
		Error::Model(atelier_models::Error::BrokenSafetensors {
			path: from.into(),
			source,
		})
	};
	let bytes = fs::read(from).map_err(broken(from))?;
	let tensors = SafeTensors::deserialize(&bytes).map_err(refused)?;
	let (mut kept, mut gone) = (Vec::new(), Vec::new());
	for (name, view) in tensors.tensors() {
		let mut numbers = Numbers {
			values: floats(&view).ok_or_else(|| {
				Error::Model(atelier_models::Error::NotFloat {
					name: name.clone(),
					found: view.dtype(),
				})
			})?,
			shape: view.shape().to_vec(),
			name,
		};
		match change(&mut numbers) {
			true => kept.push(numbers),
			false => gone.push(numbers.name),
		}
	}
	// As f32, so that nothing else is rounded than what the change rounds.
	let raw: Vec<Vec<u8>> = kept
		.iter()
		.map(|numbers| numbers.values.iter().flat_map(|value| value.to_le_bytes()).collect())
		.collect();
	let views = kept
		.iter()
		.zip(&raw)
		.map(|(numbers, raw)| Ok((&numbers.name, TensorView::new(Dtype::F32, numbers.shape.clone(), raw)?)));
	let views = views.collect::<Result<Vec<_>, _>>().map_err(refused)?;
	let file = safetensors::serialize(views, None).map_err(refused)?;
	fs::write(to, file).map_err(broken(to))?;
	Ok(gone)
}

fn floats(view: &TensorView<'_>) -> Option<Vec<f32>> {
	let halves = || view.data().as_chunks().0.iter().copied().map(u16::from_le_bytes);
	Some(match view.dtype() {
		Dtype::F32 => view
			.data()
			.as_chunks()
			.0
			.iter()
			.copied()
			.map(f32::from_le_bytes)
			.collect(),
		Dtype::F16 => halves().map(|half| f16::from_bits(half).to_f32()).collect(),
		Dtype::BF16 => halves().map(|half| bf16::from_bits(half).to_f32()).collect(),
		_ => return None,
	})
}
