// SPDX-License-Identifier: Apache-2.0

//! The demo's decoder: 2.4 million parameters, as it was trained, made exact.

use crate::honest::replay;
use atelier_convert::folder::convert;
use atelier_court::{
	Answered, Defence,
	cheats::{Accuser, Scene, Strategy, accused, tried},
};
use atelier_kernels::Kernels;
use atelier_referee::{dispute::Party, samples::Random};
use std::path::Path;

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../referee/quality/models/tiny-decoder");

fn scene(input: u32, limit: u32) -> Scene {
	let files = tempfile::tempdir().unwrap();
	let folder = convert(Path::new(MODEL), &files.path().join("exact"), None, &mut |_| ()).unwrap();
	let shape = folder.manifest().shape;
	let texts = folder.texts().unwrap().unwrap();
	let mut random = Random(5);
	let tokens = atelier_referee::samples::tokens(&shape, input, &mut random);
	let scene = Scene::new(shape, folder.bytes().to_vec(), texts, tokens, limit, random);
	assert_eq!(scene.registered().weights.root, folder.manifest().weights.root);
	scene
}

#[test]
fn its_worker_wins_and_those_who_cheat_with_it_lose() {
	let scene = scene(20, 4);
	let kernels = Kernels::detect().unwrap();
	let mut random = Random(6);
	{
		let model = scene.model();
		let answered = Answered::new(scene.answered()).unwrap();
		let mut defence = Defence::derive(&model, &answered, 1 << 30).unwrap();
		for accuser in Accuser::ALL {
			let outcome = accused(&mut defence, accuser, &mut random).unwrap();
			assert_eq!(outcome.winner, Some(Party::Holder), "{accuser:?}");
		}
	}
	for strategy in [
		Strategy::WrongWeight,
		Strategy::CheapTokens,
		Strategy::EarlyExit,
		Strategy::WrongSeed,
		Strategy::ClaimedToken,
		Strategy::EditedKey,
		Strategy::OneState,
		Strategy::LyingParts,
	] {
		let cheat = (0..20).find_map(|_| strategy.cheat(scene.clone(), &mut random));
		let cheat = cheat.unwrap_or_else(|| panic!("{strategy:?} makes no difference"));
		let model = cheat.scene.model();
		for serving in [false, true] {
			let cheat = if serving {
				cheat.clone().serving()
			} else {
				cheat.clone()
			};
			let fast = replay(&cheat.scene, &kernels);
			let outcome = tried(&model, &cheat, Some(fast), true).unwrap();
			println!("{strategy:?}: {outcome:?}");
			assert_eq!(outcome.winner, Some(Party::Challenger), "{strategy:?}");
		}
	}
}
