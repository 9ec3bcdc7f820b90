// SPDX-License-Identifier: Apache-2.0

//! Honest answers and cheats, held to the profiles that were measured on the tiny decoder (docs/float-class.md), with inputs
//! that the profiles have not seen. Each check has its control: with it switched off, the cheat that it is for passes.
#![cfg(feature = "libtorch")]

mod common;

use atelier_engine::{
	Error,
	fingerprint::Layout,
	float,
	load::checkpoint::Float,
	tolerance::{
		Asked, Machine, Measuring, Plan, Profile, Proved, Settings, Setup,
		cheats::{Cheat, Weights},
		measure, prove,
	},
	verify::{Limits, Measure, Report},
};
use common::{fixture, folder};

const REQUESTS: usize = 8;
const ANSWER: u32 = 48;

fn setup(dtype: &str, batch: usize, threads: u16) -> Setup {
	Setup {
		dtype: dtype.into(),
		gpu: None,
		threads,
		batch,
		instructions: None,
	}
}

/// From other places of the held-out text than those of the profiles, with other settings and seeds.
fn asked() -> Vec<Asked> {
	let slice = std::fs::read(folder("tiny-decoder").path().join("validation-slice.bin")).unwrap();
	let tokens: Vec<u32> = slice
		.as_chunks()
		.0
		.iter()
		.map(|token| u16::from_le_bytes(*token).into())
		.collect();
	let windows = tokens.chunks_exact(257).skip(1).step_by(7);
	let asked = windows.zip(0_u32..).map(|(window, number)| Asked {
		input: window[170..][..24 + number as usize * 9].to_vec(),
		limit: ANSWER,
		settings: Settings {
			temperature: [1.0, 0.9, 0.75][number as usize % 3],
			top: [0, 50, 0][number as usize % 3],
			mass: [1.0, 1.0, 0.95][number as usize % 3],
			seed: 1_000 + u64::from(number),
		},
	});
	asked.take(REQUESTS).collect()
}

fn profile(name: &str) -> Profile {
	Profile::read(&std::fs::read(fixture("tiny-decoder").join(format!("tolerance-{name}.json"))).unwrap()).unwrap()
}

struct Court {
	plan: Plan,
	limits: Limits,
	_scratch: tempfile::TempDir,
}

impl Court {
	fn of(name: &str) -> Self {
		let profile = profile(name);
		let scratch = tempfile::tempdir().unwrap();
		let plan = Plan {
			folder: folder("tiny-decoder").path().into(),
			scratch: scratch.path().into(),
			layout: Layout::try_from(&profile.layout).unwrap(),
			provers: vec![setup(&profile.prover.dtype, 8, 1)],
			verifier: setup(&profile.verifier.dtype, 32, 1),
			cheats: Vec::new(),
			asked: asked(),
			memory: 1 << 28,
			machine: Machine::default(),
		};
		Self {
			plan,
			limits: profile.limits().unwrap(),
			_scratch: scratch,
		}
	}

	fn honest(&self, setup: &Setup) -> Vec<Proved> {
		Measuring::of(&self.plan).honest(setup, &mut prove).unwrap()
	}

	fn verify(&self, proved: &[Proved]) -> Vec<Report> {
		float::threads(Some(self.plan.verifier.threads));
		let plan = float::Plan {
			device: self.plan.verifier.device(),
			float: self.plan.verifier.float().unwrap(),
			memory: self.plan.memory,
			limits: Default::default(),
		};
		let mut backend = float::load(&folder("tiny-decoder"), &plan).unwrap();
		Measuring::of(&self.plan).verify(&mut *backend, proved).unwrap()
	}

	fn cheat(&self, cheat: Cheat, honest: &[Proved]) -> Vec<Report> {
		self.verify(&Measuring::of(&self.plan).cheat(cheat, honest, &mut prove).unwrap())
	}

	fn of_fingerprint(&self) -> Limits {
		self.limits.only(Measure::of_fingerprint)
	}

	fn of_choices(&self) -> Limits {
		self.limits.only(|measure| !measure.of_fingerprint())
	}
}

fn accused(reports: &[Report], limits: &Limits) -> usize {
	reports
		.iter()
		.filter(|report| !report.excesses(limits).is_empty())
		.count()
}

mod honest {
	use super::*;

	fn pass(name: &str, setups: &[(usize, u16)]) {
		let court = Court::of(name);
		for (batch, threads) in setups {
			let setup = setup(&court.plan.provers[0].dtype, *batch, *threads);
			for (number, report) in court.verify(&court.honest(&setup)).iter().enumerate() {
				let excesses = report.excesses(&court.limits);
				assert!(
					excesses.is_empty(),
					"{name}, batch {batch}, {threads} threads, {number}: {excesses:?}"
				);
			}
		}
	}

	#[test]
	fn answers_in_f32_pass_in_any_batch_and_with_any_threads() {
		pass("f32", &[(1, 1), (3, 2), (8, 1)]);
	}

	#[test]
	fn answers_in_bf16_pass() {
		pass("bf16", &[(1, 2), (8, 1)]);
	}

	#[test]
	fn answers_in_f16_pass() {
		pass("f16", &[(1, 2), (8, 1)]);
	}

	#[test]
	fn answers_in_bf16_pass_before_a_verifier_in_f32() {
		pass("bf16-f32", &[(1, 2), (8, 1)]);
	}
}

mod cheats {
	use super::*;

	/// Few of these are seen in the choices: without the fingerprint's limits at least half of them pass. Of the fine-tune,
	/// which moves the most logits, at least one does: of the profile's 64 answers the choices show 17.
	#[test]
	fn in_the_model_are_caught_by_the_fingerprint_where_the_choices_do_not_show_them() {
		let court = Court::of("f32");
		let honest = court.honest(&court.plan.provers[0]);
		for cheat in [
			Cheat::Weights(Weights::Moved(0.01)),
			Cheat::Weights(Weights::Rounded { levels: 127.0 }),
			Cheat::Weights(Weights::Tuned(0.02)),
			Cheat::Precision(Float::F16),
			Cheat::Precision(Float::BF16),
			Cheat::Copied,
			Cheat::Guessed,
		] {
			let reports = court.cheat(cheat, &honest);
			assert_eq!(accused(&reports, &court.limits), REQUESTS, "{}", cheat.name());
			assert_eq!(accused(&reports, &court.of_fingerprint()), REQUESTS, "{}", cheat.name());
			let control = accused(&reports, &court.of_choices());
			let tuned = matches!(cheat, Cheat::Weights(Weights::Tuned(_)));
			assert!(
				control <= if tuned { REQUESTS - 1 } else { REQUESTS / 2 },
				"{}: {control} without the fingerprint",
				cheat.name()
			);
		}
	}

	/// And these by both; with neither they pass.
	#[test]
	fn that_write_something_else_are_caught() {
		let court = Court::of("f32");
		let honest = court.honest(&court.plan.provers[0]);
		for cheat in [
			Cheat::Weights(Weights::Moved(0.05)),
			Cheat::Weights(Weights::Grouped { levels: 7.0 }),
			Cheat::Weights(Weights::Tuned(0.1)),
			Cheat::Weights(Weights::Fewer),
			Cheat::Prompt,
			Cheat::Token,
		] {
			let reports = court.cheat(cheat, &honest);
			assert_eq!(accused(&reports, &court.limits), REQUESTS, "{}", cheat.name());
			assert_eq!(accused(&reports, &Limits::default()), 0, "{}", cheat.name());
		}
	}

	/// The fingerprint is right in all of these: without the limits of choices they pass. Where a cheat came to the tokens of
	/// the honest answer, there is nothing to catch.
	#[test]
	fn in_the_choices_are_caught_by_the_replay_and_by_nothing_else() {
		let court = Court::of("f32");
		let honest = court.honest(&court.plan.provers[0]);
		for cheat in [
			Cheat::Seed,
			Cheat::Temperature,
			Cheat::Greedy,
			Cheat::TokenRead,
			Cheat::Written(Weights::Fewer),
		] {
			let proved = Measuring::of(&court.plan).cheat(cheat, &honest, &mut prove).unwrap();
			let pairs = proved.iter().zip(&honest);
			let others = pairs.filter(|(proved, honest)| proved.answer != honest.answer).count();
			assert!(others + 2 >= REQUESTS, "{}: {others}", cheat.name());
			let reports = court.verify(&proved);
			assert_eq!(accused(&reports, &court.limits), others, "{}", cheat.name());
			assert_eq!(accused(&reports, &court.of_fingerprint()), 0, "{}", cheat.name());
		}
	}

	/// In few bits honest answers are farther apart: what is below that stays unseen, as the profile says.
	#[test]
	fn in_bf16_are_caught_as_far_as_the_profile_says() {
		let court = Court::of("bf16");
		let honest = court.honest(&court.plan.provers[0]);
		let profile = profile("bf16");
		for cheat in [
			Cheat::Weights(Weights::Grouped { levels: 7.0 }),
			Cheat::Weights(Weights::Fewer),
			Cheat::Copied,
			Cheat::Guessed,
			Cheat::Seed,
			Cheat::TokenRead,
		] {
			let said = profile
				.cheats
				.iter()
				.find(|caught| caught.cheat == cheat.name())
				.unwrap();
			let reports = court.cheat(cheat, &honest);
			let caught = accused(&reports, &court.limits);
			assert!(
				caught * said.answers + said.answers >= said.caught * REQUESTS,
				"{}: {caught} of {REQUESTS}, the profile says {} of {}",
				cheat.name(),
				said.caught,
				said.answers
			);
		}
	}
}

mod profiles {
	use super::*;

	#[test]
	fn are_of_the_model_that_is_here() {
		for name in ["f32", "f16", "bf16", "bf16-f32"] {
			let profile = profile(name);
			let court = Court::of(name);
			let mut plan = court.plan.clone();
			plan.asked.truncate(2);
			plan.asked.iter_mut().for_each(|asked| asked.limit = 4);
			let here = measure(&plan, &mut prove, &mut |_| ()).unwrap();
			assert_eq!(here.model, profile.model, "{name}");
			assert_eq!(here.rule, profile.rule);
			assert_eq!(profile.accused.accused, 0);
		}
	}

	#[test]
	fn that_are_none_are_refused() {
		let file = profile("f32").write().unwrap();
		assert_eq!(Profile::read(file.as_bytes()).unwrap(), profile("f32"));
		let with = |from: &str, to: &str| {
			assert!(file.contains(from));
			Profile::read(file.replacen(from, to, 1).as_bytes()).unwrap_err()
		};
		assert!(matches!(
			with("atelier tolerance 1", "atelier tolerance 9"),
			Error::OtherFormat { .. }
		));
		assert!(matches!(
			with("\"group_mean\"", "\"other\""),
			Error::NoLimit { measure: "group_mean" }
		));
		assert!(matches!(with("\"bits\": 8", "\"bits\": 80"), Error::Fingerprint(_)));
		assert!(matches!(
			Profile::read(&file.as_bytes()[..file.len() / 2]),
			Err(Error::Profile { .. })
		));
	}
}
