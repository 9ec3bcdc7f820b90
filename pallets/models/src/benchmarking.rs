// SPDX-License-Identifier: Apache-2.0

//! Costs of the calls with as much as there can be of everything.

use super::*;
use alloc::{boxed::Box, format, vec, vec::Vec};
use atelier_primitives::{
	ids::{AttestationId, DatasetId, ModelId, SimilarityId, VersionId},
	lineage::Flag,
	models::{Class, Fee, Publication, Versions as _, MAX_ANCESTORS, MAX_DATASETS, MAX_LICENCE, MAX_PARENTS, SPEC},
	terms::{Purpose, Purposes, Terms, Use, Withdrawal},
};
use atelier_referee::{
	commit::{Bounded, Commitment, Kind, Ranges, Tree},
	hash::Digest,
	model::{Layout, Shape, CHUNK},
};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{EnsureOrigin, Get},
	weights::WeightMeter,
	BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_runtime::{traits::SaturatedConversion, Permill};

/// What benchmarks need of the pallets beside this one.
pub trait Helper<AccountId> {
	/// Enough for every deposit and bond.
	fn fund(who: &AccountId);
	/// A dataset with this number, from which everything may be made.
	fn dataset(number: u32) -> DatasetId;
	/// An attestation that the weights of this version are its maker's own.
	fn attestation(version: VersionId) -> AttestationId;
	/// From now on randomness is newer than anything.
	fn new_randomness();
	/// A shape that is judged, of some thousand chunks: each doubling more costs 128 hashes more.
	fn shape() -> Shape;
}

const SALT: Digest = [9; 32];

fn funded<T: Config>(number: u32) -> T::AccountId {
	let who: T::AccountId = account("maker", number, 0);
	T::BenchmarkHelper::fund(&who);
	who
}

fn model<T: Config>(owner: &T::AccountId) -> ModelId {
	let model = NextModel::<T>::get();
	Pallet::<T>::do_create_model(owner.clone(), format!("{:0>32}", model.0).into_bytes()).unwrap();
	model
}

/// As large as a version of this class can be without parents and datasets.
fn publication<T: Config>(root: u32) -> PublicationOf<T> {
	let mut digest = [0; 32];
	digest[..4].copy_from_slice(&root.to_le_bytes());
	Publication {
		weights: Commitment {
			kind: Kind::Weights,
			count: 1,
			root: digest,
		},
		bytes: 1,
		package: digest,
		manifest: [2; 32],
		class: Class::Float { profile: [3; 32] },
		parents: Bounded::new(),
		datasets: Bounded::new(),
		terms: Terms {
			derive: true,
			commercial: true,
			min_share: Permill::zero(),
			expiry: Some(u32::MAX),
			purposes: Purposes::ANY,
			withdrawal: Withdrawal::StopsDerivation,
		},
		licence: vec![b'A'; MAX_LICENCE].try_into().unwrap(),
		licence_text: [4; 32],
		fee: Fee::default(),
		safety: Some([5; 32]),
	}
}

fn promise<T: Config>(owner: &T::AccountId, publication: &PublicationOf<T>) {
	let promise = Pallet::<T>::promise(publication, owner, &SALT);
	Pallet::<T>::do_commit_version(owner.clone(), promise).unwrap();
	pass::<T>(T::RevealDelay::get());
}

fn pass<T: Config>(blocks: u32) {
	let now: u32 = frame_system::Pallet::<T>::block_number().saturated_into();
	frame_system::Pallet::<T>::set_block_number((now + blocks).saturated_into::<BlockNumberFor<T>>());
}

fn publish<T: Config>(owner: &T::AccountId, model: ModelId, publication: PublicationOf<T>) -> VersionId {
	let version = NextVersion::<T>::get();
	promise::<T>(owner, &publication);
	Pallet::<T>::do_reveal_version(owner.clone(), model, publication, SALT).unwrap();
	version
}

/// Of exact weights with this shape.
fn exact<T: Config>(shape: Shape, weights: Commitment) -> PublicationOf<T> {
	let texts = Commitment {
		kind: Kind::Vocabulary,
		count: shape.vocabulary.into(),
		root: [0; 32],
	};
	Publication {
		weights,
		bytes: weights.count * CHUNK,
		class: Class::Exact {
			spec: SPEC,
			shape,
			vocabulary: Some(texts),
		},
		..publication::<T>(0)
	}
}

/// A version of somebody who needs no account, with so many shares of one percent: datasets, then parents, then dues.
pub fn shared<T: Config>(owner: &T::AccountId, shares: u32) -> VersionId {
	let one = Permill::from_percent(1);
	let maker = funded::<T>(50);
	let model = model::<T>(&maker);
	let datasets: Vec<_> = (0..shares.min(MAX_DATASETS as u32))
		.map(|number| (T::BenchmarkHelper::dataset(number), one))
		.collect();
	let mut versions = Vec::new();
	for number in datasets.len() as u32..shares {
		versions.push(publish::<T>(&maker, model, publication::<T>(5_000 + number)));
	}
	let dues = versions.split_off(versions.len().min(MAX_PARENTS));
	let parents: Vec<_> = versions.into_iter().map(|version| (version, one)).collect();
	let version = publish::<T>(
		&maker,
		model,
		Publication {
			parents: parents.try_into().unwrap(),
			datasets: datasets.try_into().unwrap(),
			..publication::<T>(4_999)
		},
	);
	let dues = dues.into_iter().map(|to| Due { to, part: one }).collect();
	Dues::<T>::insert(version, BoundedVec::truncate_from(dues));
	Models::<T>::mutate(model, |model| model.as_mut().unwrap().owner = owner.clone());
	version
}

/// So many versions above another, numbered from the end of what can be published here.
fn ancestors<T: Config>(count: u32) -> Vec<VersionId> {
	let ids: Vec<_> = (0..count).map(|id| VersionId(id + 1_000_000)).collect();
	for id in &ids {
		States::<T>::insert(
			id,
			State {
				standing: Standing::Active,
				withdrawal: Withdrawal::StopsDerivation,
				dependants: 1,
				bytes: 0,
			},
		);
	}
	ids
}

fn sources<T: Config>(count: u32) -> Vec<DatasetId> {
	(0..count).map(T::BenchmarkHelper::dataset).collect()
}

fn above<T: Config>(ancestors_: u32, sources_: u32) -> Lineage {
	Lineage {
		ancestors: BoundedVec::truncate_from(ancestors::<T>(ancestors_)),
		sources: BoundedVec::truncate_from(sources::<T>(sources_)),
	}
}

/// Two models with the same weights.
fn contested<T: Config>() -> (Digest, VersionId, ModelId) {
	let [one, other] = [1, 2].map(funded::<T>);
	let rightful = model::<T>(&one);
	let version = publish::<T>(&one, rightful, publication::<T>(1));
	let copy = model::<T>(&other);
	publish::<T>(&other, copy, publication::<T>(1));
	(publication::<T>(1).weights.root, version, rightful)
}

/// Exact weights of which all chunks are alike.
struct Package {
	chunk: Vec<u8>,
	tree: Tree,
	shape: Shape,
}

impl Package {
	fn new<T: Config>(byte: u8) -> Self {
		let shape = T::BenchmarkHelper::shape();
		let chunk = vec![byte; CHUNK as usize];
		let count = Layout::new(shape).chunks();
		let tree = Tree::from_leaves::<HostHash>(Kind::Weights, (0..count).map(|_| &chunk)).unwrap();
		Self { chunk, tree, shape }
	}

	fn publication<T: Config>(&self) -> PublicationOf<T> {
		exact::<T>(self.shape, self.tree.commitment())
	}

	fn opened<T: Config>(&self, claim: SimilarityId) -> Box<Opened> {
		let record = Similarities::<T>::get(claim).unwrap();
		let places: Vec<_> = Pallet::<T>::places(claim, &record)
			.into_iter()
			.map(|(place, _)| place)
			.collect();
		let chunks: Vec<_> = places
			.iter()
			.map(|_| Bounded::<u8, { CHUNK as usize }>::try_from(self.chunk.clone()).unwrap())
			.collect();
		Box::new(Opened {
			chunks: chunks.try_into().unwrap(),
			proof: self.tree.prove(&Ranges::covering(places).unwrap()).unwrap(),
		})
	}
}

/// A claim that was made: claimant, owner of the copy, both packages.
struct Scene<T: Config> {
	claimant: T::AccountId,
	owner: T::AccountId,
	packages: [Package; 2],
	claim: SimilarityId,
	copy: VersionId,
}

fn originals<T: Config>() -> (Scene<T>, VersionId) {
	let [claimant, maker, owner] = [1, 2, 3].map(funded::<T>);
	let packages = [10, 11].map(Package::new::<T>);
	let original = publish::<T>(&maker, model::<T>(&maker), packages[0].publication::<T>());
	// All places for dues are taken: the youngest goes.
	let dues: Vec<_> = (0..MAX_DUES)
		.map(|root| {
			let to = publish::<T>(&maker, ModelId(0), publication::<T>(100 + root));
			Pallet::<T>::depend(to);
			Due {
				to,
				part: Permill::from_percent(1),
			}
		})
		.collect();
	let copy = publish::<T>(&owner, model::<T>(&owner), packages[1].publication::<T>());
	Dues::<T>::insert(copy, BoundedVec::truncate_from(dues));
	let scene = Scene {
		claimant,
		owner,
		packages,
		claim: NextSimilarity::<T>::get(),
		copy,
	};
	(scene, original)
}

fn claimed<T: Config>() -> Scene<T> {
	let (scene, original) = originals::<T>();
	Pallet::<T>::do_claim_similar(scene.claimant.clone(), original, scene.copy).unwrap();
	scene
}

fn drawn<T: Config>() -> Scene<T> {
	let scene = claimed::<T>();
	T::BenchmarkHelper::new_randomness();
	Pallet::<T>::do_draw(scene.claim).unwrap();
	scene
}

const PERSONAL: Use = Use {
	purpose: Purpose::Personal,
	commercial: false,
};

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn create_model() {
		let owner = funded::<T>(1);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), vec![b'a'; MAX_NAME as usize]);
		assert_eq!(NextModel::<T>::get(), ModelId(1));
	}

	#[benchmark]
	fn offer_model() {
		let owner = funded::<T>(1);
		let model = model::<T>(&owner);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), model, Some(account("to", 0, 0)));
		assert!(Models::<T>::get(model).unwrap().offered.is_some());
	}

	#[benchmark]
	fn accept_model() {
		let [owner, to] = [1, 2].map(funded::<T>);
		let model = model::<T>(&owner);
		Pallet::<T>::do_offer_model(owner, model, Some(to.clone())).unwrap();
		#[extrinsic_call]
		_(RawOrigin::Signed(to.clone()), model);
		assert_eq!(Models::<T>::get(model).unwrap().owner, to);
	}

	#[benchmark]
	fn remove_model() {
		let owner = funded::<T>(1);
		let model = model::<T>(&owner);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), model);
		assert!(!Models::<T>::contains_key(model));
	}

	#[benchmark]
	fn claim_alias() {
		let owner = funded::<T>(1);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), vec![b'a'; MAX_NAME as usize]);
		assert!(AliasOf::<T>::contains_key(owner));
	}

	#[benchmark]
	fn release_alias() {
		let owner = funded::<T>(1);
		Pallet::<T>::do_claim_alias(owner.clone(), vec![b'a'; MAX_NAME as usize]).unwrap();
		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()));
		assert!(!AliasOf::<T>::contains_key(owner));
	}

	#[benchmark]
	fn commit_version() {
		let owner = funded::<T>(1);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), SALT);
		assert_eq!(Open::<T>::get(owner), 1);
	}

	/// `a` versions lie above the parents besides these, `s` datasets besides the version's own.
	#[benchmark]
	fn reveal_version(p: Linear<1, 16>, d: Linear<0, 32>, a: Linear<0, 240>, s: Linear<0, 224>) {
		let owner = funded::<T>(1);
		let model = model::<T>(&owner);
		let mut parents = Vec::new();
		for root in 0..p {
			let parent = publish::<T>(&owner, model, publication::<T>(root));
			parents.push((parent, Permill::from_percent(1)));
		}
		Lineages::<T>::insert(parents[0].0, above::<T>(a, s));
		let datasets: Vec<_> = (0..d)
			.map(|number| (T::BenchmarkHelper::dataset(s + number), Permill::from_percent(1)))
			.collect();
		let shape = T::BenchmarkHelper::shape();
		let weights = Commitment {
			kind: Kind::Weights,
			count: Layout::new(shape).chunks(),
			root: [7; 32],
		};
		let version = Publication {
			parents: parents.try_into().unwrap(),
			datasets: datasets.try_into().unwrap(),
			..exact::<T>(shape, weights)
		};
		promise::<T>(&owner, &version);
		let id = NextVersion::<T>::get();
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), model, Box::new(version), SALT);
		assert!(Versions::<T>::contains_key(id));
	}

	#[benchmark]
	fn deprecate_version() {
		let owner = funded::<T>(1);
		let version = publish::<T>(&owner, model::<T>(&owner), publication::<T>(1));
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), version);
		assert_eq!(States::<T>::get(version).unwrap().standing, Standing::Deprecated);
	}

	#[benchmark]
	fn reinstate_version() {
		let owner = funded::<T>(1);
		let version = publish::<T>(&owner, model::<T>(&owner), publication::<T>(1));
		Pallet::<T>::do_deprecate(owner.clone(), version, true).unwrap();
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), version);
		assert_eq!(States::<T>::get(version).unwrap().standing, Standing::Active);
	}

	#[benchmark]
	fn withdraw_version() {
		let owner = funded::<T>(1);
		let version = publish::<T>(&owner, model::<T>(&owner), publication::<T>(1));
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), version);
		assert_eq!(Withdrawals::<T>::get(), 1);
	}

	#[benchmark]
	fn remove_version() {
		let owner = funded::<T>(1);
		let model = model::<T>(&owner);
		let mut release = Vec::new();
		for root in 0..MAX_PARENTS as u32 + MAX_DUES {
			release.push(publish::<T>(&owner, model, publication::<T>(root)));
		}
		let (parents, dues) = release.split_at(MAX_PARENTS);
		let parents: Vec<_> = parents.iter().map(|parent| (*parent, Permill::zero())).collect();
		let version = Publication {
			parents: parents.try_into().unwrap(),
			..publication::<T>(1_000)
		};
		publish::<T>(&owner, model, version.clone());
		let version = publish::<T>(&owner, model, version);
		for due in dues {
			Pallet::<T>::depend(*due);
		}
		let dues: Vec<_> = dues
			.iter()
			.map(|to| Due {
				to: *to,
				part: Permill::zero(),
			})
			.collect();
		Dues::<T>::insert(version, BoundedVec::truncate_from(dues));
		Pallet::<T>::do_withdraw(owner.clone(), version).unwrap();
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), version);
		assert!(!Versions::<T>::contains_key(version));
	}

	#[benchmark]
	fn settle_contest() {
		let (root, version, model) = contested::<T>();
		let attestation = T::BenchmarkHelper::attestation(version);
		#[extrinsic_call]
		_(RawOrigin::Signed(funded::<T>(9)), root, version, attestation);
		assert_eq!(Roots::<T>::get(root).unwrap().decided, Some(model));
	}

	#[benchmark]
	fn decide_contest() -> Result<(), BenchmarkError> {
		let (root, _, model) = contested::<T>();
		let origin = T::ModerationOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, root, Some(model));
		assert_eq!(Roots::<T>::get(root).unwrap().decided, Some(model));
		Ok(())
	}

	#[benchmark]
	fn claim_similar() {
		let (scene, original) = originals::<T>();
		// The copy's ancestry is searched for each of the original's.
		let ids: Vec<_> = (0..MAX_ANCESTORS).map(|id| VersionId(id + 1_000_000)).collect();
		let others: Vec<_> = (0..MAX_ANCESTORS).map(|id| VersionId(id + 2_000_000)).collect();
		for (version, ids) in [(original, ids), (scene.copy, others)] {
			let lineage = Lineage {
				ancestors: BoundedVec::truncate_from(ids),
				..Default::default()
			};
			Lineages::<T>::insert(version, lineage);
		}
		#[extrinsic_call]
		_(RawOrigin::Signed(scene.claimant), original, scene.copy);
		assert!(Similarities::<T>::contains_key(scene.claim));
	}

	#[benchmark]
	fn draw_similar() {
		let scene = claimed::<T>();
		T::BenchmarkHelper::new_randomness();
		#[extrinsic_call]
		_(RawOrigin::Signed(scene.owner), scene.claim);
		let record = Similarities::<T>::get(scene.claim).unwrap();
		assert!(matches!(record.stage, Stage::Drawn { .. }));
	}

	#[benchmark]
	fn open_similar() {
		let scene = drawn::<T>();
		let [original, copy] = [0, 1].map(|index| scene.packages[index].opened::<T>(scene.claim));
		#[extrinsic_call]
		_(RawOrigin::Signed(scene.claimant), scene.claim, original, copy);
		// A twentieth apart: 10 and 11.
		assert_eq!(Dues::<T>::get(scene.copy).len() as u32, MAX_DUES);
	}

	#[benchmark]
	fn say_unserved() {
		let scene = drawn::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(scene.claimant), scene.claim);
		let record = Similarities::<T>::get(scene.claim).unwrap();
		assert!(matches!(record.stage, Stage::Unserved { .. }));
	}

	#[benchmark]
	fn serve_similar() {
		let scene = drawn::<T>();
		Pallet::<T>::do_say_unserved(scene.claimant.clone(), scene.claim).unwrap();
		let copy = scene.packages[1].opened::<T>(scene.claim);
		#[extrinsic_call]
		_(RawOrigin::Signed(scene.owner), scene.claim, copy);
		let record = Similarities::<T>::get(scene.claim).unwrap();
		assert!(matches!(record.stage, Stage::Served { .. }));
	}

	#[benchmark]
	fn end_similar() {
		let scene = drawn::<T>();
		Pallet::<T>::do_say_unserved(scene.claimant.clone(), scene.claim).unwrap();
		pass::<T>(T::SimilarityPeriod::get() + 1);
		#[extrinsic_call]
		_(RawOrigin::Signed(scene.owner), scene.claim);
		assert!(!Similarities::<T>::contains_key(scene.claim));
	}

	#[benchmark]
	fn expire() {
		let owner = funded::<T>(1);
		Pallet::<T>::do_commit_version(owner.clone(), SALT).unwrap();
		pass::<T>(T::RevealWindow::get() + 1);
		#[block]
		{
			Pallet::<T>::expire(&mut WeightMeter::new(), 1);
		}
		assert_eq!(Open::<T>::get(owner), 0);
	}

	#[benchmark]
	fn allow_known() {
		let owner = funded::<T>(1);
		let version = publish::<T>(&owner, model::<T>(&owner), publication::<T>(1));
		#[block]
		{
			let (allowed, _) = Pallet::<T>::allow(version, PERSONAL, 1);
			allowed.unwrap();
		}
	}

	#[benchmark]
	fn allow_walk(a: Linear<0, 256>, s: Linear<0, 256>) {
		let owner = funded::<T>(1);
		let version = publish::<T>(&owner, model::<T>(&owner), publication::<T>(1));
		Lineages::<T>::insert(version, above::<T>(a, s));
		Pallet::<T>::count_withdrawal();
		#[block]
		{
			let (allowed, _) = Pallet::<T>::allow(version, PERSONAL, 1);
			allowed.unwrap();
		}
		assert_eq!(Checked::<T>::get(version), Some((1, Flag::Clear)));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::chain(), crate::mock::Test);
}
