// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::checks::{without, Check};
use atelier_primitives::{
	models::{Class, Publication, Status, MAX_LICENCE},
	pots::{Pot, Splits},
	terms::{Purposes, Terms},
};
use atelier_referee::{
	commit::{Commitment, Kind},
	model::Use,
};

/// The reason why this is not published, though it was promised.
fn refusal(publication: Pub) -> sp_runtime::DispatchError {
	let model = model(1);
	let promise = Models::promise(&publication, &1, &SALT);
	pass(1);
	if !crate::Promises::<Test>::contains_key(1, promise) {
		commit(1, &publication).unwrap();
		pass(DELAY);
	}
	let before = root();
	let refused = reveal(1, model, publication).unwrap_err();
	assert_eq!(root(), before, "a refused call changes nothing");
	Models::remove_model(signed(1), model).unwrap();
	refused
}

fn refused(publication: Pub, error: Error<Test>) {
	let error: sp_runtime::DispatchError = error.into();
	assert_eq!(refusal(publication), error);
}

#[test]
fn publishes_what_was_promised() {
	execute(|| {
		dataset(1, OPEN);
		let parent = published(2, float(1));
		let model = model(1);
		assert_ok!(commit(1, &float(2)));
		let committed = now();
		pass(DELAY);
		let publication = from(2, &[parent.0], &[1]);
		assert_ok!(reveal(1, model, publication.clone()));
		let version = VersionId(1);
		happened(Event::VersionPublished {
			version,
			model,
			number: 0,
			owner: 1,
		});
		let view = Models::version(version).unwrap();
		assert_eq!(view.publication, publication);
		assert_eq!((view.committed, view.published), (committed, now()));
		assert_eq!((view.status, view.number, view.model), (Status::Active, 0, model));
		assert_eq!(Models::versions_of(model, 0, 9), [view]);
		assert_eq!(Known::get()[&DatasetId(1)].2, 1, "the dataset counts it");
		let lineage = Models::lineage(version).unwrap();
		assert_eq!(lineage.ancestors[0].version, parent);
		assert_eq!(lineage.sources[0].0, DatasetId(1));
		assert!(Models::version_exists(version) && !Models::version_exists(VersionId(2)));
	});
}

#[test]
fn versions_of_a_model_are_numbered_and_paged() {
	execute(|| {
		let model = model(1);
		for root in 0..3 {
			publish(1, model, float(root));
		}
		let numbers = |from, limit| -> Vec<u32> {
			let page = Models::versions_of(model, from, limit);
			page.into_iter().map(|version| version.number).collect()
		};
		assert_eq!(numbers(0, 2), [0, 1]);
		assert_eq!(numbers(2, 2), [2]);
		assert!(numbers(u32::MAX, u32::MAX).is_empty());
		assert_eq!(numbers(0, u32::MAX), [0, 1, 2]);
	});
}

#[test]
fn a_promise_is_one_accounts_for_one_salt_and_roots() {
	execute(|| {
		let (mine, other) = (model(1), model(2));
		assert_ok!(commit(1, &float(1)));
		pass(DELAY);
		assert_eq!(reveal(1, ModelId(9), float(1)), Err(Error::<Test>::UnknownModel.into()));
		assert_eq!(reveal(1, other, float(1)), Err(Error::<Test>::NotOwner.into()));
		assert_eq!(reveal(2, other, float(1)), Err(Error::<Test>::NotPromised.into()));
		assert_eq!(reveal(1, mine, float(2)), Err(Error::<Test>::NotPromised.into()));
		assert_noop!(
			Models::reveal_version(signed(1), mine, Box::new(float(1)), [8; 32]),
			Error::<Test>::NotPromised
		);
		assert_ok!(reveal(1, mine, float(1)));
		assert_eq!(reveal(1, mine, float(1)), Err(Error::<Test>::NotPromised.into()));
	});
}

/// Somebody sees the reveal in the pool and pays more to come first.
fn copied_from_the_pool() -> bool {
	let (mine, copys) = (model(1), model(2));
	commit(1, &float(1)).unwrap();
	pass(DELAY);
	// The copy's author now knows everything but cannot have promised it before.
	let copied = reveal(2, copys, float(1)).is_ok();
	if !copied {
		commit(2, &float(1)).unwrap();
		assert_eq!(reveal(2, copys, float(1)), Err(Error::<Test>::TooEarly.into()));
	}
	reveal(1, mine, float(1)).unwrap();
	copied
}

#[test]
fn a_copy_from_the_pool_comes_too_late() {
	execute(|| {
		assert!(!copied_from_the_pool());
		let original = Models::version(VersionId(0)).unwrap();
		assert_eq!((original.model, original.status), (ModelId(0), Status::Active));
		// Published later, it is contested, and the record says which promise was older.
		pass(DELAY);
		assert_ok!(reveal(2, ModelId(1), float(1)));
		let contest = Models::contest([1; 32]).unwrap();
		let committed = |model| {
			contest
				.claims
				.iter()
				.find(|claim| claim.model == model)
				.unwrap()
				.committed
		};
		assert!(committed(ModelId(0)) < committed(ModelId(1)));
	});
}

#[test]
fn without_promises_the_copy_wins() {
	execute(|| {
		without(Check::Promise, || assert!(copied_from_the_pool()));
		let first = Models::version(VersionId(0)).unwrap();
		assert_eq!(
			first.model,
			ModelId(1),
			"the copy is the first version with these weights"
		);
	});
}

#[test]
fn licences_are_written_as_spdx_writes_expressions() {
	execute(|| {
		let licensed = |text: &str| Publication {
			licence: names(text).try_into().unwrap(),
			..float(1)
		};
		for wrong in ["", " ", "MIT X", "(MIT", "MIT)", ")MIT(", "MIT;X", "MIT\n", "M\u{ef}T"] {
			refused(licensed(wrong), Error::NotALicence);
		}
		for right in [
			"MIT",
			"(MIT OR Apache-2.0+) AND LicenseRef-x.y",
			"DocumentRef-a:LicenseRef-b",
		] {
			published(2, licensed(right));
		}
		published(3, licensed(&"A".repeat(MAX_LICENCE)));
	});
}

mod class {
	use super::*;

	fn with(class: Class) -> Pub {
		Publication {
			class,
			..Exact::trained(1).publication()
		}
	}

	#[test]
	fn exact_weights_are_those_of_the_shape() {
		execute(|| {
			let right = Exact::trained(1).publication();
			let Class::Exact { vocabulary, .. } = right.class else {
				unreachable!()
			};
			let weights = |change: fn(&mut Commitment)| {
				let mut publication = right.clone();
				change(&mut publication.weights);
				publication
			};
			refused(weights(|weights| weights.count += 1), Error::WrongWeights);
			refused(weights(|weights| weights.kind = Kind::Trace), Error::WrongWeights);
			for bytes in [right.bytes - 1, right.bytes + 1, 0, u64::MAX] {
				refused(Publication { bytes, ..right.clone() }, Error::WrongLength);
			}
			let shape = SHAPE;
			let thin = atelier_referee::model::Shape { width: 0, ..shape };
			let exact = |spec, shape| Class::Exact {
				spec,
				shape,
				vocabulary,
			};
			refused(with(exact(1, thin)), Error::NotAShape);
			let deep = atelier_referee::model::Shape { layers: 33, ..shape };
			refused(with(exact(1, deep)), Error::NotJudgeable);
			refused(with(exact(2, shape)), Error::NotJudgeable);
			published(2, right);
		});
	}

	#[test]
	fn texts_are_those_of_the_tokens() {
		execute(|| {
			let shape = crate::mock::SHAPE;
			let texts = |kind, count| {
				Some(Commitment {
					kind,
					count,
					root: [0; 32],
				})
			};
			let exact = |shape, vocabulary| {
				with(Class::Exact {
					spec: 1,
					shape,
					vocabulary,
				})
			};
			for wrong in [None, texts(Kind::Vocabulary, 299), texts(Kind::Tokens, 300)] {
				refused(exact(shape, wrong), Error::WrongVocabulary);
			}
			let encoder = atelier_referee::model::Shape {
				answers: Use::Embedding,
				..shape
			};
			let chunks = atelier_referee::model::Layout::new(encoder).chunks();
			let fitting = |vocabulary| {
				let mut publication = exact(encoder, vocabulary);
				publication.weights.count = chunks;
				publication.bytes = chunks * 1_024;
				publication
			};
			refused(fitting(texts(Kind::Vocabulary, 300)), Error::WrongVocabulary);
			published(2, fitting(None));
		});
	}

	#[test]
	fn float_weights_have_as_many_chunks_as_bytes_need() {
		execute(|| {
			let sized = |count, bytes| {
				let mut publication = float(1);
				publication.weights.count = count;
				publication.bytes = bytes;
				publication
			};
			refused(sized(0, 0), Error::WrongWeights);
			refused(sized((1 << 40) + 1, ((1 << 40) + 1) * 1_024), Error::WrongWeights);
			refused(sized(1, 1_025), Error::WrongLength);
			refused(sized(2, 1_024), Error::WrongLength);
			published(2, sized(1, 1_024));
			published(3, sized(1 << 40, 1 << 50));
		});
	}
}

mod shares {
	use super::*;

	fn giving(parents: &[(u32, u32)], datasets: &[(u32, u32)]) -> Pub {
		let parts = |of: &[(u32, u32)]| -> Vec<(u32, Permill)> {
			of.iter().map(|(id, part)| (*id, Permill::from_parts(*part))).collect()
		};
		let parents: Vec<_> = parts(parents)
			.into_iter()
			.map(|(id, part)| (VersionId(id), part))
			.collect();
		let datasets: Vec<_> = parts(datasets)
			.into_iter()
			.map(|(id, part)| (DatasetId(id), part))
			.collect();
		Publication {
			parents: parents.try_into().unwrap(),
			datasets: datasets.try_into().unwrap(),
			..float(9)
		}
	}

	#[test]
	fn are_together_at_most_half() {
		execute(|| {
			published(1, float(1));
			dataset(1, OPEN);
			refused(giving(&[(0, 300_000)], &[(1, 200_001)]), Error::SharesTooLarge);
			refused(giving(&[(0, 500_001)], &[]), Error::SharesTooLarge);
			// The limit is governed.
			crate::mock::MaxShared::set(percent(49));
			refused(giving(&[(0, 300_000)], &[(1, 200_000)]), Error::SharesTooLarge);
			crate::mock::MaxShared::set(percent(50));
			let version = published(2, giving(&[(0, 300_000)], &[(1, 200_000)]));
			assert_eq!(Models::split(Pot::Version(version)).unwrap().shares.len(), 2);
		});
	}

	#[test]
	fn name_each_thing_once_and_in_order() {
		execute(|| {
			published(1, float(1));
			published(1, float(2));
			dataset(1, OPEN);
			dataset(2, OPEN);
			refused(giving(&[(1, 0), (0, 0)], &[]), Error::NotInOrder);
			refused(giving(&[(1, 0), (1, 0)], &[]), Error::NotInOrder);
			refused(giving(&[], &[(2, 0), (1, 0)]), Error::NotInOrder);
			refused(giving(&[], &[(2, 0), (2, 0)]), Error::NotInOrder);
			published(2, giving(&[(0, 0), (1, 0)], &[(1, 0), (2, 0)]));
		});
	}

	#[test]
	fn more_than_sixteen_parents_or_thirty_two_datasets_cannot_be_written() {
		use atelier_referee::commit::Bounded;
		assert!(Bounded::<u8, { atelier_primitives::models::MAX_PARENTS }>::try_from(vec![0; 17]).is_err());
		execute(|| {
			let parents: Vec<u32> = (0..16).map(|root| published(1, float(root)).0).collect();
			for id in 0..32 {
				dataset(id, OPEN);
			}
			let datasets: Vec<u32> = (0..32).collect();
			published(2, from(99, &parents, &datasets));
		});
		let seventeen: Vec<(VersionId, Permill)> = (0..17).map(|id| (VersionId(id), percent(0))).collect();
		let encoded = codec::Encode::encode(&seventeen);
		let decoded = <Bounded<(VersionId, Permill), 16> as codec::Decode>::decode(&mut &encoded[..]);
		assert!(decoded.is_err());
	}
}

mod parents {
	use super::*;

	#[test]
	fn must_exist_before() {
		execute(|| {
			refused(from(1, &[0], &[]), Error::UnknownParent);
			// Itself would have this number.
			let next = crate::NextVersion::<Test>::get();
			refused(from(1, &[next.0], &[]), Error::UnknownParent);
			refused(from(1, &[u32::MAX], &[]), Error::UnknownParent);
		});
	}

	#[test]
	fn must_not_be_withdrawn_but_may_be_deprecated() {
		execute(|| {
			let parent = published(1, float(1));
			assert_ok!(Models::deprecate_version(signed(1), parent));
			published(2, from(2, &[parent.0], &[]));
			assert_ok!(Models::withdraw_version(signed(1), parent));
			refused(from(3, &[parent.0], &[]), Error::ParentWithdrawn);
		});
	}

	#[test]
	fn must_not_be_contested() {
		execute(|| {
			let parent = published(1, float(1));
			let other = published(2, float(1));
			refused(from(3, &[parent.0], &[]), Error::ParentContested);
			assert_ok!(Models::decide_contest(RuntimeOrigin::root(), [1; 32], Some(ModelId(0))));
			refused(from(3, &[other.0], &[]), Error::ParentContested);
			published(3, from(3, &[parent.0], &[]));
		});
	}

	#[test]
	fn must_allow_it_by_their_terms() {
		execute(|| {
			let strict = Terms {
				min_share: percent(10),
				commercial: false,
				expiry: Some(1_000),
				purposes: Purposes::NONE,
				..OPEN
			};
			let parent = published(
				1,
				Publication {
					terms: strict,
					..float(1)
				},
			);
			let child = |terms, part| Publication {
				terms,
				parents: vec![(parent, percent(part))].try_into().unwrap(),
				..float(2)
			};
			for (terms, part) in [
				(strict, 9),
				(
					Terms {
						commercial: true,
						..strict
					},
					10,
				),
				(Terms { expiry: None, ..strict }, 10),
				(
					Terms {
						purposes: Purposes::ANY,
						..strict
					},
					10,
				),
			] {
				refused(child(terms, part), Error::ParentForbids);
			}
			published(2, child(strict, 10));
			System::set_block_number(1_000);
			// The licence has expired.
			refused(child(strict, 10), Error::ParentForbids);
			let closed = published(
				1,
				Publication {
					terms: Terms { derive: false, ..OPEN },
					..float(3)
				},
			);
			refused(from(4, &[closed.0], &[]), Error::ParentForbids);
		});
	}
}

mod datasets {
	use super::*;

	#[test]
	fn must_exist_allow_it_and_be_countable() {
		execute(|| {
			refused(from(1, &[], &[7]), Error::UnknownDataset);
			dataset(
				7,
				Terms {
					min_share: percent(1),
					..OPEN
				},
			);
			refused(from(1, &[], &[7]), Error::DatasetForbids);
			dataset(7, OPEN);
			crate::mock::MostUses::set(0);
			refused(from(1, &[], &[7]), Error::DatasetOverused);
			crate::mock::MostUses::set(u32::MAX);
			withdraw_dataset(7);
			refused(from(1, &[], &[7]), Error::DatasetWithdrawn);
		});
	}
}

mod ancestry {
	use super::*;

	#[test]
	fn of_256_versions_is_published_and_of_257_is_not() {
		execute(|| {
			let model = model(1);
			// 16 groups of 16, each version from nothing, joined by those after them.
			let mut groups = Vec::new();
			let mut number = 0_u8;
			for _ in 0..15 {
				let leaves: Vec<u32> = (0..16)
					.map(|_| {
						number = number.wrapping_add(1);
						publish(1, model, float(number)).0
					})
					.collect();
				let mut joined = from(number, &leaves, &[]);
				joined.weights.root = [number; 32];
				joined.weights.root[0] = 255;
				joined.package = joined.weights.root;
				groups.push(publish(1, model, joined).0);
			}
			// 15 * 17 = 255 versions above.
			let mut top = from(254, &groups, &[]);
			top.weights.root[1] = 1;
			let top = publish(1, model, top);
			assert_eq!(Models::lineage(top).unwrap().ancestors.len(), 255);
			let mut next = from(253, &[top.0], &[]);
			next.weights.root[1] = 2;
			let next = publish(1, model, next);
			assert_eq!(Models::lineage(next).unwrap().ancestors.len(), 256);
			refused(from(252, &[next.0], &[]), Error::AncestryTooLarge);
		});
	}

	#[test]
	fn of_256_datasets_is_published_and_of_257_is_not() {
		execute(|| {
			for id in 0..257 {
				dataset(id, OPEN);
			}
			let parents: Vec<u32> = (0..8)
				.map(|group: u32| {
					let datasets: Vec<u32> = (group * 32..group * 32 + 32).collect();
					published(1, from(group as u8, &[], &datasets)).0
				})
				.collect();
			let full = published(1, from(100, &parents, &[0]));
			assert_eq!(Models::lineage(full).unwrap().sources.len(), 256);
			refused(from(101, &[full.0], &[256]), Error::AncestryTooLarge);
		});
	}

	#[test]
	fn must_not_be_withdrawn_anywhere() {
		execute(|| {
			let top = published(
				1,
				Publication {
					terms: SERVES_ON,
					..float(1)
				},
			);
			let middle = published(2, from(2, &[top.0], &[]));
			assert_ok!(Models::withdraw_version(signed(1), top));
			refused(from(3, &[middle.0], &[]), Error::AncestorWithdrawn);
		});
	}
}

#[test]
fn a_version_whose_deposit_cannot_be_paid_is_not_published() {
	execute(|| {
		let model = model(1);
		assert_ok!(commit(1, &float(1)));
		pass(DELAY);
		assert_ok!(Balances::transfer_allow_death(signed(1), 2, 999_900 - held(1)));
		let before = root();
		assert!(reveal(1, model, float(1)).is_err());
		assert_eq!(root(), before);
	});
}
