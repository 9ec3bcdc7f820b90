// SPDX-License-Identifier: Apache-2.0

//! The files of exact models, from strangers: whatever the bytes are, there is a model or an error.

use atelier_models::exact::{Committed, ExactFolder, File, MANIFEST, Manifest, PACKAGE, read_texts, write_texts};
use atelier_referee::{
	model::{CHUNK, Layout, Use},
	samples::{self, Random},
};
use proptest::prelude::*;
use std::{collections::BTreeMap, fs};

/// A manifest of a random shape.
fn manifest(random: &mut Random) -> Manifest {
	let shape = samples::shape(random);
	let count = Layout::new(shape).chunks();
	let committed = |count| Committed { root: [7; 32], count };
	let package = File {
		bytes: count * CHUNK,
		blake3: [8; 32],
	};
	let vocabulary = (shape.answers == Use::Tokens).then(|| committed(shape.vocabulary.into()));
	let files = BTreeMap::from([(PACKAGE.to_owned(), package)]);
	Manifest::new(shape, committed(count), vocabulary, vec![0], files).unwrap()
}

#[test]
fn what_is_written_is_read() {
	let mut random = Random(3);
	for _ in 0..500 {
		let manifest = manifest(&mut random);
		assert_eq!(Manifest::read(&manifest.write()).unwrap(), manifest);
		assert_eq!(manifest.registered().shape, manifest.shape);
	}
}

#[test]
fn mutated_manifests_are_read_or_refused() {
	let mut random = Random(4);
	let mut read = 0;
	for _ in 0..20_000 {
		let mut bytes = manifest(&mut random).write();
		for _ in 0..random.between(1, 4) {
			let at = random.between(0, bytes.len() as i64 - 1) as usize;
			match random.between(0, 3) {
				0 => bytes[at] = random.bits() as u8,
				1 => bytes[at] = b"0129{}[]\",:-e."[random.between(0, 13) as usize],
				2 => bytes.truncate(at.max(1)),
				_ => bytes.insert(at, b'9'),
			}
		}
		if let Ok(manifest) = Manifest::read(&bytes) {
			// What is read is within all limits, so this cannot fail or take long.
			assert_eq!(manifest.weights.count, Layout::new(manifest.shape).chunks());
			read += 1;
		}
	}
	assert!(read > 100, "{read}");
}

#[test]
fn a_manifest_of_a_package_that_is_not_there_is_told() {
	let folder = tempfile::tempdir().unwrap();
	let error = |folder: &std::path::Path| ExactFolder::open(folder).err().unwrap().to_string();
	assert!(error(folder.path()).contains(MANIFEST));
	fs::write(folder.path().join(MANIFEST), manifest(&mut Random(5)).write()).unwrap();
	assert!(error(folder.path()).contains(PACKAGE));
	fs::write(folder.path().join(PACKAGE), [0; 10]).unwrap();
	assert!(error(folder.path()).contains("10 bytes"));
}

proptest! {
	#[test]
	fn texts_come_back(texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..60)) {
		prop_assert_eq!(read_texts(&write_texts(&texts).unwrap()).unwrap(), texts);
	}

	#[test]
	fn any_bytes_are_texts_or_none(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
		if let Ok(texts) = read_texts(&bytes) {
			prop_assert_eq!(write_texts(&texts).unwrap(), bytes);
		}
	}
}

#[test]
fn a_text_that_no_leaf_holds_is_refused() {
	let longest = vec![vec![b'a'; 1_024]];
	assert_eq!(read_texts(&write_texts(&longest).unwrap()).unwrap(), longest);
	assert!(write_texts(&[vec![b'a'; 1_025]]).is_err());
	let mut file = 1_025_u16.to_le_bytes().to_vec();
	file.extend([b'a'; 1_025]);
	assert!(read_texts(&file).is_err());
}
