// SPDX-License-Identifier: Apache-2.0

//! The tensors of a checkpoint, in one file or several, each checked before anybody computes with it.

use crate::{Error, files, mapped::Mapped};
use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;
use std::{
	collections::{BTreeMap, BTreeSet},
	path::Path,
};

const WHOLE: &str = "model.safetensors";
const INDEX: &str = "model.safetensors.index.json";
/// The largest public checkpoints have under 300.
const MAX_SHARDS: usize = 2_048;
/// Bytes before the header: its length.
const LENGTH: usize = 8;

/// How floats are stored, and computed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Float {
	F32,
	F16,
	BF16,
}

/// A tensor's bytes in row-major order. All of its values are finite.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a> {
	pub float: Float,
	pub bytes: &'a [u8],
}

/// Tensors that nobody has taken yet.
pub struct Checkpoint {
	shards: Vec<Mapped>,
	tensors: BTreeMap<String, Stored>,
}

struct Stored {
	shard: usize,
	dtype: Dtype,
	shape: Vec<usize>,
	/// From the beginning of the file.
	start: usize,
	end: usize,
}

#[derive(Deserialize)]
struct Index {
	weight_map: BTreeMap<String, String>,
}

impl Float {
	pub fn bytes(self) -> usize {
		match self {
			Self::F32 => 4,
			Self::F16 | Self::BF16 => 2,
		}
	}

	pub fn name(self) -> &'static str {
		match self {
			Self::F32 => "f32",
			Self::F16 => "f16",
			Self::BF16 => "bf16",
		}
	}

	fn of(dtype: Dtype) -> Option<Self> {
		match dtype {
			Dtype::F32 => Some(Self::F32),
			Dtype::F16 => Some(Self::F16),
			Dtype::BF16 => Some(Self::BF16),
			_ => None,
		}
	}

	/// Neither infinite nor not a number: the exponent is not all ones.
	fn all_finite(self, bytes: &[u8]) -> bool {
		let halves = |exponent: u16| {
			let pairs = bytes.as_chunks().0;
			pairs.iter().all(|&v| u16::from_le_bytes(v) & exponent != exponent)
		};
		match self {
			Self::F32 => {
				let words = bytes.as_chunks().0;
				words
					.iter()
					.all(|&v| u32::from_le_bytes(v) & 0x7f80_0000 != 0x7f80_0000)
			}
			Self::F16 => halves(0x7c00),
			Self::BF16 => halves(0x7f80),
		}
	}
}

impl Checkpoint {
	/// The checkpoint of a folder: one file, or those that an index names.
	pub fn open(folder: &Path) -> Result<Self, Error> {
		let (whole, index) = (folder.join(WHOLE), folder.join(INDEX));
		if whole.exists() {
			return Self::of_file(&whole);
		}
		if !index.exists() {
			return Err(Error::NoWeights { path: folder.into() });
		}
		let mut checkpoint = Self::empty();
		checkpoint.read_all(folder, &index)?;
		Ok(checkpoint)
	}

	/// The tensors of one file, whatever its name.
	pub fn of_file(path: &Path) -> Result<Self, Error> {
		let mut checkpoint = Self::empty();
		checkpoint.tensors = checkpoint.read(path)?.into_iter().collect();
		Ok(checkpoint)
	}

	fn empty() -> Self {
		Self {
			shards: Vec::new(),
			tensors: BTreeMap::new(),
		}
	}

	fn read_all(&mut self, folder: &Path, index: &Path) -> Result<(), Error> {
		let Index { mut weight_map } = files::read(index, |path, source| Error::BrokenIndex { path, source })?;
		let shards: BTreeSet<_> = weight_map.values().cloned().collect();
		if shards.len() > MAX_SHARDS {
			return Err(Error::TooManyShards {
				found: shards.len(),
				limit: MAX_SHARDS,
			});
		}
		for shard in shards {
			// Only a plain name: an index could otherwise have any file of the machine read.
			if Path::new(&shard).file_name() != Some(shard.as_ref()) {
				return Err(Error::ForeignShard { found: shard });
			}
			for (name, tensor) in self.read(&folder.join(&shard))? {
				if weight_map.get(&name) != Some(&shard) {
					return Err(Error::NotInIndex { name, shard });
				}
				weight_map.remove(&name);
				self.tensors.insert(name, tensor);
			}
		}
		match weight_map.pop_first() {
			Some((name, shard)) => Err(Error::NotInShard { name, shard }),
			None => Ok(()),
		}
	}

	/// The header is checked by the library: its length, that offsets follow each other and end with the file, and that
	/// each range is as long as its shape and type say.
	fn read(&mut self, path: &Path) -> Result<Vec<(String, Stored)>, Error> {
		let mapped = Mapped::open(path)?;
		let (header, metadata) = SafeTensors::read_metadata(&mapped).map_err(|source| Error::BrokenSafetensors {
			path: path.into(),
			source,
		})?;
		let base = header + LENGTH;
		let shard = self.shards.len();
		let stored = metadata.tensors().into_iter().map(|(name, tensor)| {
			let (start, end) = tensor.data_offsets;
			let stored = Stored {
				shard,
				dtype: tensor.dtype,
				shape: tensor.shape.clone(),
				start: base + start,
				end: base + end,
			};
			(name, stored)
		});
		let stored = stored.collect();
		self.shards.push(mapped);
		Ok(stored)
	}

	pub fn contains(&self, name: &str) -> bool {
		self.tensors.contains_key(name)
	}

	/// Bytes that the floats of the checkpoint take when each is stored like this.
	pub fn bytes_as(&self, float: Float) -> u64 {
		let floats = self.tensors.values().filter(|tensor| Float::of(tensor.dtype).is_some());
		floats
			.map(|tensor| tensor.shape.iter().map(|&size| size as u64).product::<u64>())
			.sum::<u64>()
			.saturating_mul(float.bytes() as u64)
	}

	/// A tensor that must be there and have this shape. Nobody can take it twice.
	pub fn take(&mut self, name: &str, shape: &[usize]) -> Result<Raw<'_>, Error> {
		let tensor = self
			.tensors
			.remove(name)
			.ok_or_else(|| Error::MissingTensor { name: name.into() })?;
		if tensor.shape != shape {
			return Err(Error::WrongShape {
				name: name.into(),
				found: tensor.shape,
				wanted: shape.into(),
			});
		}
		let float = Float::of(tensor.dtype).ok_or_else(|| Error::NotFloat {
			name: name.into(),
			found: tensor.dtype,
		})?;
		let bytes = self
			.shards
			.get(tensor.shard)
			.and_then(|shard| shard.get(tensor.start..tensor.end))
			.ok_or_else(|| Error::MissingTensor { name: name.into() })?;
		if !float.all_finite(bytes) {
			return Err(Error::NotFinite { name: name.into() });
		}
		Ok(Raw { float, bytes })
	}

	/// What is left must be known to be of no use: otherwise the model computes something else than what is done here.
	pub fn finish(self, useless: impl Fn(&str) -> bool) -> Result<(), Error> {
		match self.tensors.into_keys().find(|name| !useless(name)) {
			Some(name) => Err(Error::UnusedTensor { name }),
			None => Ok(()),
		}
	}
}
