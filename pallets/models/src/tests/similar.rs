// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{
	checks::{without, Check},
	chunks::{drawn, Distance},
	Due, Dues, HostHash, Opened,
};
use atelier_primitives::{
	models::Publication,
	pots::{Pot, Splits},
	terms::Terms,
	views::models::SimilarityStage,
};
use atelier_referee::{
	hash::Digest,
	model::{Layout, Matrix, Shape, Tensor},
	ops::linear::Format,
};
use std::collections::BTreeSet;

const CLAIM: SimilarityId = SimilarityId(0);

/// An original by 1, and something else of its shape by 2; 3 claims that it is a copy.
struct Scene {
	original: Exact,
	other: Exact,
	older: VersionId,
	newer: VersionId,
}

impl Scene {
	fn new(other: impl FnOnce(&Exact) -> Exact) -> Self {
		let original = Exact::trained(1);
		let other = other(&original);
		let older = published(1, original.publication());
		let newer = published(2, other.publication());
		Self {
			original,
			other,
			older,
			newer,
		}
	}

	fn copied() -> Self {
		Self::new(|original| original.noisy(10, 2))
	}

	fn independent() -> Self {
		Self::new(|_| Exact::trained(5))
	}

	fn claim(self) -> Self {
		Models::claim_similar(signed(3), self.older, self.newer).unwrap();
		self
	}

	fn draw(self) -> Self {
		pass(1);
		Output::set((7, now()));
		Models::draw_similar(signed(9), CLAIM).unwrap();
		self
	}

	fn open(&self, who: AccountId) -> sp_runtime::DispatchResult {
		let original = Box::new(self.original.opened(CLAIM));
		let copy = Box::new(self.other.opened(CLAIM));
		Models::open_similar(signed(who), CLAIM, original, copy)
	}

	fn owes(&self) -> bool {
		!Dues::<Test>::get(self.newer).is_empty()
	}
}

fn stage() -> SimilarityStage {
	Models::similarity(CLAIM).unwrap().stage
}

mod claim_similar {
	use super::*;

	#[test]
	fn holds_a_bond_and_names_both() {
		execute(|| {
			let scene = Scene::copied().claim();
			assert_eq!(bonded(3), BOND);
			happened(Event::SimilarityClaimed {
				claim: CLAIM,
				original: scene.older,
				copy: scene.newer,
				claimant: 3,
			});
			assert_eq!(stage(), SimilarityStage::Waiting);
			assert_eq!(Models::similarities_of(scene.newer), [(scene.older, CLAIM)]);
			assert_eq!(Models::version(scene.older).unwrap().dependants, 1);
			assert_noop!(
				Models::claim_similar(signed(4), scene.older, scene.newer),
				Error::<Test>::AlreadyClaimed
			);
		});
	}

	#[test]
	fn fails_for_what_cannot_be_compared() {
		execute(|| {
			let scene = Scene::copied();
			let claim = |original, copy| Models::claim_similar(signed(3), original, copy);
			let (older, newer) = (scene.older, scene.newer);
			assert_noop!(claim(older, VersionId(9)), Error::<Test>::UnknownVersion);
			assert_noop!(claim(VersionId(9), newer), Error::<Test>::UnknownVersion);
			assert_noop!(claim(newer, older), Error::<Test>::NotOlder);
			assert_noop!(claim(older, older), Error::<Test>::NotOlder);
			let floats = published(4, float(1));
			assert_noop!(claim(older, floats), Error::<Test>::NotExact);
			let other = Exact {
				shape: Shape { epsilon: 2, ..SHAPE },
				..Exact::trained(6)
			};
			let other = published(4, other.publication());
			assert_noop!(claim(older, other), Error::<Test>::ShapesDiffer);
			let poor = Models::claim_similar(signed(11), older, newer).unwrap_err();
			assert_eq!(poor, sp_runtime::TokenError::FundsUnavailable.into());
		});
	}

	#[test]
	fn fails_where_the_newer_was_promised_first() {
		execute(|| {
			let (first, second) = (model(1), model(2));
			let (one, other) = (Exact::trained(1).publication(), Exact::trained(2).publication());
			assert_ok!(commit(2, &other));
			pass(1);
			assert_ok!(commit(1, &one));
			pass(DELAY);
			assert_ok!(reveal(1, first, one));
			assert_ok!(reveal(2, second, other));
			assert_noop!(
				Models::claim_similar(signed(3), VersionId(0), VersionId(1)),
				Error::<Test>::NotOlder
			);
		});
	}

	#[test]
	fn fails_for_relatives() {
		execute(|| {
			let base = published(1, float(1));
			let made = |seed, parent: VersionId| Publication {
				parents: vec![(parent, percent(0))].try_into().unwrap(),
				..Exact::trained(seed).publication()
			};
			let one = published(1, made(1, base));
			let sister = published(2, made(2, base));
			let child = published(2, made(3, one));
			for copy in [sister, child] {
				assert_noop!(Models::claim_similar(signed(3), one, copy), Error::<Test>::Related);
			}
		});
	}

	#[test]
	fn fails_for_originals_that_are_anothers_and_for_what_is_due() {
		execute(|| {
			let scene = Scene::copied().claim().draw();
			assert_ok!(scene.open(3));
			assert_noop!(
				Models::claim_similar(signed(3), scene.older, scene.newer),
				Error::<Test>::AlreadyDue
			);
			let stolen = published(4, scene.original.publication());
			let root = scene.original.publication().weights.root;
			assert_ok!(Models::decide_contest(RuntimeOrigin::root(), root, Some(ModelId(2))));
			let other = published(5, Exact::trained(8).publication());
			assert_noop!(
				Models::claim_similar(signed(3), scene.older, other),
				Error::<Test>::WeightsAreAnothers
			);
			assert_ok!(Models::claim_similar(signed(3), stolen, other));
		});
	}
}

mod draw_similar {
	use super::*;

	#[test]
	fn needs_randomness_newer_than_the_claim() {
		execute(|| {
			let _scene = Scene::copied().claim();
			for known in [0, now() - 1, now()] {
				Output::set((1, known));
				assert_noop!(Models::draw_similar(signed(9), CLAIM), Error::<Test>::RandomnessTooOld);
			}
			pass(1);
			Output::set((1, now()));
			assert_ok!(Models::draw_similar(signed(9), CLAIM));
			happened(Event::ChunksDrawn { claim: CLAIM });
			let view = Models::similarity(CLAIM).unwrap();
			assert_eq!((view.stage, view.until), (SimilarityStage::Drawn, now() + PERIOD));
			assert_eq!(view.positions.len(), 64);
			assert_noop!(Models::draw_similar(signed(9), CLAIM), Error::<Test>::WrongStage);
			assert_noop!(
				Models::draw_similar(signed(9), SimilarityId(9)),
				Error::<Test>::UnknownClaim
			);
		});
	}

	/// A claimant that knows the randomness makes versions of which just those chunks are alike.
	fn chosen_chunks_win() -> bool {
		let original = Exact::trained(1);
		let mut innocent = Exact::trained(5);
		Output::set((7, now()));
		// Where the known randomness would draw.
		let (seed, _) = <World as frame_support::traits::Randomness<_, _>>::random(&codec::Encode::encode(&(
			b"atelier/similar",
			CLAIM,
		)));
		let seed: sp_core::H256 = seed;
		let seed = <HostHash as atelier_referee::hash::Blake2b256>::hash(seed.as_ref());
		for (place, _) in drawn::<HostHash>(&seed, CLAIM, SHAPE) {
			innocent.chunks[place as usize] = original.chunks[place as usize].clone();
		}
		let scene = Scene::new(|_| innocent).claim();
		Models::draw_similar(signed(9), CLAIM).unwrap();
		scene.open(3).unwrap();
		scene.owes()
	}

	#[test]
	fn known_randomness_would_let_chunks_be_chosen() {
		execute(|| assert!(without(Check::NewRandomness, chosen_chunks_win)));
		// Newer randomness draws what nobody could prepare.
		execute(|| {
			let scene = Scene::independent().claim();
			Output::set((7, now()));
			assert!(Models::draw_similar(signed(9), CLAIM).is_err());
			let scene = scene.draw();
			assert_ok!(scene.open(3));
			assert!(!scene.owes());
		});
	}
}

mod open_similar {
	use super::*;

	#[test]
	fn a_copy_owes_the_least_share_of_what_it_copied() {
		for (least, part) in [(25, 25), (0, 10)] {
			execute(|| {
				let original = Exact::trained(1);
				let older = published(
					1,
					Publication {
						terms: Terms {
							min_share: percent(least),
							..OPEN
						},
						..original.publication()
					},
				);
				let other = original.noisy(10, 3);
				let newer = published(2, other.publication());
				let scene = Scene {
					original,
					other,
					older,
					newer,
				};
				let scene = scene.claim().draw();
				let before = Models::split(Pot::Version(newer)).unwrap();
				assert!(before.shares.is_empty());
				assert_ok!(scene.open(3));
				happened(Event::SimilarityHeld {
					claim: CLAIM,
					original: older,
					copy: newer,
					part: percent(part),
				});
				let split = Models::split(Pot::Version(newer)).unwrap();
				assert_eq!(
					(split.shares[0].pot, split.shares[0].part),
					(Pot::Version(older), percent(part))
				);
				assert_eq!(Models::version(newer).unwrap().dues, split.shares);
				assert_eq!((bonded(3), Balances::free_balance(3)), (0, ENDOWMENT));
				assert_eq!(Models::similarity(CLAIM), None);
				// The original's record stays while something is owed to it.
				assert_ok!(Models::withdraw_version(signed(1), older));
				assert_noop!(Models::remove_version(signed(1), older), Error::<Test>::StillReferredTo);
				assert_ok!(Models::withdraw_version(signed(2), newer));
				assert_ok!(Models::remove_version(signed(2), newer));
				assert_ok!(Models::remove_version(signed(1), older));
			});
		}
	}

	#[test]
	fn independent_weights_win_the_bond() {
		execute(|| {
			let scene = Scene::independent().claim().draw();
			let before = Balances::free_balance(2);
			assert_ok!(scene.open(3));
			happened(Event::SimilarityLost { claim: CLAIM, paid: 2 });
			assert_eq!(Balances::free_balance(2), before + BOND);
			assert_eq!((bonded(3), Balances::free_balance(3)), (0, ENDOWMENT - BOND));
			assert!(!scene.owes());
			// Nothing is left that would forbid another claim.
			assert_ok!(Models::claim_similar(signed(3), scene.older, scene.newer));
		});
	}

	#[test]
	fn keeps_the_threshold_of_its_claim() {
		execute(|| {
			let scene = Scene::copied().claim().draw();
			crate::mock::SimilarityThreshold::set(percent(1));
			assert_ok!(scene.open(3));
			assert!(scene.owes());
			crate::mock::SimilarityThreshold::set(percent(35));
		});
	}

	#[test]
	fn only_the_drawn_chunks_of_these_packages_count() {
		execute(|| {
			let scene = Scene::independent().claim().draw();
			let (original, copy) = (scene.original.opened(CLAIM), scene.other.opened(CLAIM));
			let refused = |original: &Opened, copy: &Opened| {
				assert_noop!(
					Models::open_similar(signed(3), CLAIM, Box::new(original.clone()), Box::new(copy.clone())),
					Error::<Test>::NotTheChunks
				);
			};
			// The original's chunks as if they were the copy's.
			refused(&original, &original);
			refused(&copy, &copy);
			// Others than those drawn.
			let chosen = scene.other.at((0..64).map(|place| place * 2).collect());
			refused(&original, &chosen);
			let mut changed = copy.clone();
			let mut chunks = changed.chunks.clone().into_inner();
			let mut first = chunks[0].clone().into_inner();
			first[0] ^= 1;
			chunks[0] = first.try_into().unwrap();
			changed.chunks = chunks.clone().try_into().unwrap();
			refused(&original, &changed);
			chunks.pop();
			changed.chunks = chunks.try_into().unwrap();
			refused(&original, &changed);
			changed.chunks = Default::default();
			refused(&original, &changed);
			let mut longer = copy.clone();
			longer.proof.siblings.push([0; 32]).unwrap();
			refused(&original, &longer);
			assert_eq!(scene.open(4), Err(Error::<Test>::NotClaimant.into()));
			assert_ok!(scene.open(3));
		});
	}

	#[test]
	fn waits_for_the_draw_and_ends_with_the_stage() {
		execute(|| {
			let scene = Scene::copied().claim();
			assert_eq!(scene.open(3), Err(Error::<Test>::WrongStage.into()));
			let scene = scene.draw();
			pass(PERIOD);
			let late = |scene: &Scene| scene.open(3);
			pass(1);
			assert_eq!(late(&scene), Err(Error::<Test>::DeadlinePassed.into()));
			assert_ok!(Models::end_similar(signed(9), CLAIM));
			assert_noop!(Models::end_similar(signed(9), CLAIM), Error::<Test>::UnknownClaim);
		});
	}
}

mod unserved {
	use super::*;

	#[test]
	fn who_does_not_serve_is_found_similar() {
		execute(|| {
			let scene = Scene::independent().claim().draw();
			assert_noop!(Models::say_unserved(signed(4), CLAIM), Error::<Test>::NotClaimant);
			assert_ok!(Models::say_unserved(signed(3), CLAIM));
			happened(Event::ChunksDemanded { claim: CLAIM });
			assert_eq!(stage(), SimilarityStage::Unserved);
			assert_eq!(scene.open(3), Err(Error::<Test>::WrongStage.into()));
			pass(PERIOD);
			assert_noop!(Models::end_similar(signed(9), CLAIM), Error::<Test>::DeadlineNotPassed);
			pass(1);
			assert_ok!(Models::end_similar(signed(9), CLAIM));
			assert!(scene.owes());
			assert_eq!(bonded(3), 0);
		});
	}

	#[test]
	fn who_serves_is_compared() {
		execute(|| {
			let scene = Scene::independent().claim().draw();
			let copy = || Box::new(scene.other.opened(CLAIM));
			assert_noop!(
				Models::serve_similar(signed(2), CLAIM, copy()),
				Error::<Test>::WrongStage
			);
			assert_ok!(Models::say_unserved(signed(3), CLAIM));
			assert_noop!(Models::serve_similar(signed(1), CLAIM, copy()), Error::<Test>::NotOwner);
			assert_noop!(
				Models::serve_similar(signed(2), CLAIM, Box::new(scene.original.opened(CLAIM))),
				Error::<Test>::NotTheChunks
			);
			assert_ok!(Models::serve_similar(signed(2), CLAIM, copy()));
			happened(Event::ChunksServed { claim: CLAIM });
			assert_eq!(stage(), SimilarityStage::Served);
			// It was served; saying so again gains no time.
			assert_noop!(Models::say_unserved(signed(3), CLAIM), Error::<Test>::WrongStage);
			assert_ok!(scene.open(3));
			assert!(!scene.owes());
		});
	}

	#[test]
	fn a_claimant_that_goes_silent_loses() {
		for served in [false, true] {
			execute(|| {
				let scene = Scene::copied().claim().draw();
				if served {
					assert_ok!(Models::say_unserved(signed(3), CLAIM));
					let copy = Box::new(scene.other.opened(CLAIM));
					assert_ok!(Models::serve_similar(signed(2), CLAIM, copy));
				}
				pass(PERIOD + 1);
				assert_ok!(Models::end_similar(signed(9), CLAIM));
				happened(Event::SimilarityLost { claim: CLAIM, paid: 2 });
				assert!(!scene.owes());
			});
		}
	}

	#[test]
	fn without_randomness_the_bond_returns() {
		execute(|| {
			let scene = Scene::copied().claim();
			pass(PERIOD + 1);
			Output::set((1, now()));
			assert_noop!(Models::draw_similar(signed(9), CLAIM), Error::<Test>::DeadlinePassed);
			assert_ok!(Models::end_similar(signed(9), CLAIM));
			happened(Event::SimilarityVoid { claim: CLAIM });
			assert_eq!((bonded(3), Balances::free_balance(3)), (0, ENDOWMENT));
			assert!(!scene.owes());
		});
	}
}

mod places_for_dues {
	use super::*;

	/// Whether the original is paid though the copier has filled all places with versions of its own.
	fn paid() -> bool {
		let original = published(1, Exact::trained(1).publication());
		let puppets: Vec<_> = (0..8)
			.map(|seed| published(2, Exact::trained(50 + seed).publication()))
			.collect();
		let copy = published(2, Exact::trained(1).noisy(5, 4).publication());
		let unserved = |original: VersionId| {
			let claim = crate::NextSimilarity::<Test>::get();
			Models::claim_similar(signed(3), original, copy).unwrap();
			pass(1);
			Output::set((1, now()));
			Models::draw_similar(signed(3), claim).unwrap();
			Models::say_unserved(signed(3), claim).unwrap();
			pass(PERIOD + 1);
			Models::end_similar(signed(3), claim).unwrap();
		};
		puppets.into_iter().for_each(unserved);
		unserved(original);
		let dues = Dues::<Test>::get(copy);
		assert_eq!(dues.len(), 8);
		dues.contains(&Due {
			to: original,
			part: percent(10),
		})
	}

	#[test]
	fn are_given_to_older_originals_first() {
		execute(|| assert!(paid()));
		chain().execute_with(|| assert!(!without(Check::OldestFirst, paid)));
	}
}

mod chunks {
	use super::*;

	fn seed(byte: u8) -> Digest {
		[byte; 32]
	}

	#[test]
	fn are_numbers_of_matrices_each_once_and_everywhere() {
		let layout = Layout::new(SHAPE);
		let mut numbers = BTreeSet::new();
		for tensor in layout.tensors() {
			if let Tensor::Numbers(_) = tensor {
				let bytes = layout.bytes(tensor);
				numbers.extend(bytes.start / 1_024..bytes.end.div_ceil(1_024));
			}
		}
		let mut all = BTreeSet::new();
		for byte in 0..50 {
			let drawn = drawn::<HostHash>(&seed(byte), CLAIM, SHAPE);
			assert_eq!(drawn.len(), 64);
			assert!(drawn.is_sorted_by(|one, next| one.0 < next.0));
			all.extend(drawn.into_iter().map(|(place, _)| place));
		}
		assert_eq!(all, numbers);
	}

	#[test]
	fn of_a_small_model_are_all() {
		let small = Shape {
			layers: 1,
			width: 4,
			heads: 1,
			key_heads: 1,
			head_width: 2,
			rotary_width: 2,
			hidden: 2,
			vocabulary: 5,
			..SHAPE
		};
		// Embedding, query, key, value, output, gate, up, down, vocabulary.
		assert_eq!(drawn::<HostHash>(&seed(1), CLAIM, small).len(), 9);
		let tied = Shape { tied: true, ..small };
		assert_eq!(drawn::<HostHash>(&seed(1), CLAIM, tied).len(), 8);
	}

	#[test]
	fn are_read_as_their_matrix_is_stored() {
		let words = Shape {
			embeddings: Format::Word,
			vocabulary: 60_000,
			..SHAPE
		};
		let layout = Layout::new(words);
		let embedding = layout.bytes(Tensor::Numbers(Matrix::Embedding)).end / 1_024;
		for (place, format) in drawn::<HostHash>(&seed(1), CLAIM, words) {
			if place < embedding {
				assert_eq!(format, Format::Word);
			}
		}
		assert_eq!(
			Distance::default().with(Format::Byte, &[1, 255], &[3, 1]),
			Distance { apart: 4, size: 6 }
		);
		assert_eq!(
			Distance::default().with(Format::Word, &[0, 1], &[0, 255]),
			Distance { apart: 512, size: 512 }
		);
		// What one of them lacks is zero.
		assert_eq!(
			Distance::default().with(Format::Byte, &[5, 5], &[5]),
			Distance { apart: 5, size: 15 }
		);
	}

	/// The ratio in millionths.
	fn ratio(one: &Exact, other: &Exact) -> u64 {
		let places = drawn::<HostHash>(&seed(3), CLAIM, SHAPE);
		let distance = places.iter().fold(Distance::default(), |sum, (place, format)| {
			sum.with(*format, &one.chunks[*place as usize], &other.chunks[*place as usize])
		});
		distance.apart * 1_000_000 / distance.size
	}

	#[test]
	fn of_independent_models_are_seven_tenths_apart_and_of_copies_hardly() {
		let original = Exact::trained(1);
		let independent = ratio(&original, &Exact::trained(2));
		assert!((690_000..730_000).contains(&independent), "{independent}");
		let copy = ratio(&original, &original.noisy(10, 3));
		assert!((30_000..60_000).contains(&copy), "{copy}");
		// Noise as large as half of the weights is still found.
		let rough = ratio(&original, &original.noisy(50, 3));
		assert!(rough < 350_000, "{rough}");
		assert_eq!(ratio(&original, &original), 0);
	}

	#[test]
	fn the_threshold_is_a_bound_and_zeros_show_nothing() {
		let distance = Distance { apart: 35, size: 100 };
		assert!(!distance.within(percent(35)));
		assert!(distance.within(percent(36)));
		assert!(!Distance::default().within(percent(100)));
		let huge = Distance {
			apart: u64::MAX,
			size: u64::MAX,
		};
		assert!(!huge.within(percent(99)));
	}
}

#[test]
fn a_stage_lasts_to_its_last_block() {
	execute(|| {
		Scene::copied().claim();
		for _ in 0..=PERIOD {
			assert_noop!(Models::end_similar(signed(9), CLAIM), Error::<Test>::DeadlineNotPassed);
			pass(1);
		}
		assert_ok!(Models::end_similar(signed(9), CLAIM));
	});
}
