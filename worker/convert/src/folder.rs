// SPDX-License-Identifier: Apache-2.0

//! From a float model's folder to an exact one's.

use crate::{
	Error, Settings,
	decoder::Decoder,
	encoder::Encoder,
	package::{self, Parts, Written},
	texts::texts,
};
use atelier_models::{
	exact::{ExactFolder, File, MANIFEST, Manifest, PACKAGE, VOCABULARY, write_texts},
	files::bytes,
	load::{Folder, config::Config, pooling::Pooling},
};
use atelier_referee::{claim::vocabulary_tree, hash::Portable};
use std::{
	collections::BTreeMap,
	fs,
	io::{BufWriter, Write},
	path::{Path, PathBuf},
};

/// What an engine reads beside the numbers, where it is there.
const COPIED: [&str; 5] = [
	"tokenizer.json",
	"tokenizer_config.json",
	"chat_template.jinja",
	"chat_template.json",
	"generation_config.json",
];

/// Tensors that some checkpoints have and no exact model needs: they follow from the config, or are for training.
fn useless(name: &str) -> bool {
	let names = ["rotary_emb.inv_freq", "embeddings.position_ids"];
	names.iter().any(|end| name.ends_with(end)) || name.starts_with("pooler.")
}

/// What is done at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
	/// Chunks of the package that are written, of all.
	Writing { chunks: u64, all: u64 },
	/// Chunks that are read back and checked, of all.
	Checking { chunks: u64, all: u64 },
}

/// Makes the exact model of the folder `from` in the new folder `to`, and checks it. Nothing is left of it if it fails.
pub fn convert(
	from: &Path,
	to: &Path,
	settings: Option<Settings>,
	progress: &mut dyn FnMut(Progress),
) -> Result<ExactFolder, Error> {
	if to.exists() {
		return Err(Error::Exists { path: to.into() });
	}
	let unfinished = Unfinished::new(to)?;
	write(from, &unfinished.path, settings, progress)?;
	unfinished.finish(to)?;
	Ok(ExactFolder::open(to)?)
}

fn write(from: &Path, to: &Path, settings: Option<Settings>, progress: &mut dyn FnMut(Progress)) -> Result<(), Error> {
	let folder = Folder::new(from);
	let config = folder.config()?;
	let mut checkpoint = folder.checkpoint()?;
	let mut files = BTreeMap::new();
	let mut ends = Vec::new();
	let mut vocabulary = None;
	let (shape, written) = match &config {
		Config::Decoder(config) => {
			let known = texts(&from.join("tokenizer.json"), config.vocabulary)?;
			let tree = vocabulary_tree::<Portable>(known.iter().cloned());
			vocabulary = Some(tree.map_err(|source| Error::Commitment { source })?.commitment());
			put(to, VOCABULARY, &write_texts(&known)?, &mut files)?;
			ends = folder.end_tokens()?;
			let mut parts = Decoder::new(config, &mut checkpoint, settings.unwrap_or(Settings::TOKENS))?;
			(parts.shape(), package(&mut parts, to, progress)?)
		}
		Config::Encoder(config) => {
			if folder.pooling()? != Pooling::Mean {
				return Err(Error::Pooling);
			}
			let mut parts = Encoder::new(config, &mut checkpoint, settings.unwrap_or(Settings::EMBEDDING))?;
			(parts.shape(), package(&mut parts, to, progress)?)
		}
	};
	// Whatever the model also computes would be missing.
	checkpoint.finish(useless)?;
	let package = File {
		bytes: written.bytes,
		blake3: written.blake3,
	};
	files.insert(PACKAGE.into(), package);
	for name in COPIED {
		if from.join(name).exists() {
			put(to, name, &bytes(&from.join(name))?, &mut files)?;
		}
	}
	let weights = written.commitment.into();
	let manifest = Manifest::new(shape, weights, vocabulary.map(Into::into), ends, files)?;
	store(&to.join(MANIFEST), &manifest.write())?;
	let all = written.commitment.count;
	ExactFolder::open(to)?.verify(|chunks| progress(Progress::Checking { chunks, all }))?;
	Ok(())
}

fn package(parts: &mut impl Parts, to: &Path, progress: &mut dyn FnMut(Progress)) -> Result<Written, Error> {
	let path = to.join(PACKAGE);
	let unwritable = |source| Error::Unwritable {
		path: path.clone(),
		source,
	};
	let mut file = BufWriter::new(fs::File::create(&path).map_err(unwritable)?);
	let written = package::write(parts, &mut file, &mut |chunks, all| {
		progress(Progress::Writing { chunks, all });
	})?;
	file.flush().map_err(unwritable)?;
	Ok(written)
}

/// Writes a file and notes its hash.
fn put(to: &Path, name: &str, content: &[u8], files: &mut BTreeMap<String, File>) -> Result<(), Error> {
	store(&to.join(name), content)?;
	let file = File {
		bytes: content.len() as u64,
		blake3: *blake3::hash(content).as_bytes(),
	};
	files.insert(name.into(), file);
	Ok(())
}

fn store(path: &Path, content: &[u8]) -> Result<(), Error> {
	fs::write(path, content).map_err(|source| Error::Unwritable {
		path: path.into(),
		source,
	})
}

/// A folder beside the one that is wanted, which disappears unless it is finished.
struct Unfinished {
	path: PathBuf,
	kept: bool,
}

impl Unfinished {
	fn new(to: &Path) -> Result<Self, Error> {
		let mut name = to.as_os_str().to_owned();
		name.push(".unfinished");
		let path = PathBuf::from(name);
		let unwritable = |source| Error::Unwritable {
			path: path.clone(),
			source,
		};
		// Of an earlier attempt that was cut.
		if path.exists() {
			fs::remove_dir_all(&path).map_err(unwritable)?;
		}
		fs::create_dir_all(&path).map_err(unwritable)?;
		Ok(Self { path, kept: false })
	}

	fn finish(mut self, to: &Path) -> Result<(), Error> {
		fs::rename(&self.path, to).map_err(|source| Error::Unwritable {
			path: to.into(),
			source,
		})?;
		self.kept = true;
		Ok(())
	}
}

impl Drop for Unfinished {
	fn drop(&mut self) {
		if !self.kept {
			// Nothing can be done about what stays.
			let _ = fs::remove_dir_all(&self.path);
		}
	}
}
