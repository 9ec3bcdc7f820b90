// SPDX-License-Identifier: Apache-2.0

//! Costs of the calls and of what the hook does, with as much as there can be of everything.

use super::*;
use alloc::{boxed::Box, vec, vec::Vec};
use atelier_primitives::{
	ids::{JobId, SessionId, VersionId, WorkerId},
	terms::{Purpose, Use},
	work::{
		self,
		audits::Audits,
		voucher::{Quote, Voucher},
		workers::Workers,
	},
	BlockNumber,
};
use atelier_referee::{
	claim::{token_tree, Claim, Origin, StopReason},
	commit::{
		mountain::{Receipt, Receipts},
		Bounded, Commitment, Kind, Ranges, Tree,
	},
	hash::Digest,
};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{fungible::Inspect, Get},
	weights::WeightMeter,
	BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_runtime::traits::{Bounded as _, SaturatedConversion};

/// What benchmarks need of the pallets beside this one.
pub trait Helper<AccountId, Signature, Balance> {
	/// So many blocks went by in which everybody could speak to the court.
	fn count(blocks: BlockNumber);
	/// An account with enough for everything, whose signatures can be had.
	fn key(number: u32) -> AccountId;
	fn sign(who: &AccountId, message: &[u8]) -> Signature;
	/// An account that has nothing and is not known.
	fn poor() -> AccountId;
	/// An exact version that anybody may use.
	fn version() -> VersionId;
	/// A worker of this account, that is there, offers the version at this price, and whose bond covers everything.
	fn worker(account: &AccountId, version: VersionId, price: Balance) -> WorkerId;
}

const WANTED: Use = Use {
	purpose: Purpose::Personal,
	commercial: false,
};
const REQUEST: Digest = [8; 32];
const PAYER: u32 = 1;
const WORKER: u32 = 2;
const KEY: u32 = 3;

fn key<T: Config>(number: u32) -> T::AccountId {
	T::BenchmarkHelper::key(number)
}

fn signed<T: Config>(number: u32) -> RawOrigin<T::AccountId> {
	RawOrigin::Signed(key::<T>(number))
}

fn now<T: Config>() -> BlockNumber {
	frame_system::Pallet::<T>::block_number().saturated_into()
}

fn pass<T: Config>(blocks: BlockNumber) {
	T::BenchmarkHelper::count(blocks);
	frame_system::Pallet::<T>::set_block_number((now::<T>() + blocks).saturated_into::<BlockNumberFor<T>>());
}

/// What a unit costs, so that it is worth something to everybody.
fn price<T: Config>() -> BalanceOf<T> {
	T::Currency::minimum_balance().max(1_000_u32.into())
}

/// Enough for some thousand units.
fn deposit<T: Config>() -> BalanceOf<T> {
	price::<T>() * 10_000_u32.into()
}

fn worker<T: Config>(account: u32) -> WorkerId {
	let account = key::<T>(account);
	T::Workers::of(&account)
		.unwrap_or_else(|| T::BenchmarkHelper::worker(&account, T::BenchmarkHelper::version(), price::<T>()))
}

fn quote<T: Config>(worker: WorkerId, number: u64) -> QuoteOf<T> {
	Quote {
		worker,
		version: T::BenchmarkHelper::version(),
		payer: key::<T>(PAYER),
		price: price::<T>(),
		capacity: BalanceOf::<T>::max_value(),
		window: 1,
		reservation: price::<T>(),
		until: now::<T>(),
		number,
	}
}

fn opening<T: Config>(voucher_key: u32) -> OpeningOf<T> {
	Opening {
		deposit: deposit::<T>(),
		expiry: now::<T>() + T::MaxLife::get(),
		wanted: WANTED,
		voucher_key: key::<T>(voucher_key),
		sealed: false,
	}
}

fn signed_quote<T: Config>(account: u32, number: u64) -> (Box<QuoteOf<T>>, T::Signature) {
	let quote = quote::<T>(worker::<T>(account), number);
	let signature = T::BenchmarkHelper::sign(&key::<T>(account), &quote.message(&Pallet::<T>::genesis()));
	(Box::new(quote), signature)
}

/// A session with a worker of this account.
fn session<T: Config>(account: u32, number: u64) -> SessionId {
	let id = NextSession::<T>::get();
	let (quote, signature) = signed_quote::<T>(account, number);
	Pallet::<T>::do_open(key::<T>(PAYER), None, *quote, signature, opening::<T>(PAYER)).unwrap();
	id
}

fn granted<T: Config>() {
	Pallet::<T>::do_grant(key::<T>(PAYER), key::<T>(KEY), BalanceOf::<T>::max_value(), u32::MAX).unwrap();
}

fn receipts(count: u64) -> Receipts {
	let mut receipts = Receipts::new();
	for _ in 0..count {
		let receipt = Receipt {
			claim: [1; 32],
			units: 1,
		};
		receipts.append::<HostHash>(receipt).unwrap();
	}
	receipts
}

/// A voucher for all of these receipts, extending the first so many.
fn voucher<T: Config>(session: SessionId, receipts: &Receipts, settled: u64) -> Signed<T::Signature> {
	let voucher = Voucher {
		session,
		sequence: receipts.count(),
		receipts: receipts.root::<HostHash>().unwrap(),
	};
	let worker = Sessions::<T>::get(session).unwrap().worker;
	let message = voucher.message(&Pallet::<T>::genesis(), worker);
	let signature = T::BenchmarkHelper::sign(&key::<T>(PAYER), &message);
	Signed {
		voucher,
		signature,
		extension: receipts.prove_extension::<HostHash>(settled, receipts.count()).unwrap(),
	}
}

/// A voucher of a session whose settled root is such that its extension has so many nodes.
fn extending<T: Config>(session: SessionId, nodes: u32) -> Signed<T::Signature> {
	// From 2^n - 1 receipts to one more there are n siblings and the subtree.
	let later = 1_u64 << (nodes - 1);
	let earlier = later - 1;
	let receipts = receipts(later);
	Sessions::<T>::mutate(session, |session| {
		let session = session.as_mut().unwrap();
		session.root = receipts.root_of_first::<HostHash>(earlier).unwrap();
		session.next = earlier as u32;
	});
	let signed = voucher::<T>(session, &receipts, earlier);
	assert_eq!(signed.extension.nodes.len() as u32, nodes);
	signed
}

/// How many tokens the answer of a job has.
const TOKENS: u32 = 64;
/// And of a long one, of which chunks are posted; so many chunks if it is encrypted.
const LONG: u32 = 16_384;
const LONG_CHUNKS: u64 = 256;

fn order<T: Config>(worker: Option<WorkerId>, output: u32, sealed: bool) -> OrderOf<T> {
	Order {
		version: T::BenchmarkHelper::version(),
		request: REQUEST,
		wanted: WANTED,
		sealed,
		input: 100,
		output,
		most: price::<T>(),
		worker,
		audits: MAX_AUDITS,
		time: Pallet::<T>::least_time(work::price::units(100, output)),
	}
}

/// A job for the worker, chosen or drawn.
fn submitted<T: Config>(drawn: bool) -> (JobId, WorkerId) {
	let worker = worker::<T>(WORKER);
	let id = NextJob::<T>::get();
	let order = order::<T>((!drawn).then_some(worker), TOKENS, false);
	Pallet::<T>::do_submit(key::<T>(PAYER), order).unwrap();
	(id, worker)
}

fn accepted<T: Config>() -> (JobId, WorkerId) {
	let (job, worker) = submitted::<T>(false);
	Pallet::<T>::do_accept(key::<T>(WORKER), job).unwrap();
	(job, worker)
}

fn started<T: Config>(output: u32, sealed: bool) -> (JobId, WorkerId) {
	let worker = worker::<T>(WORKER);
	let job = NextJob::<T>::get();
	Pallet::<T>::do_submit(key::<T>(PAYER), order::<T>(Some(worker), output, sealed)).unwrap();
	Pallet::<T>::do_accept(key::<T>(WORKER), job).unwrap();
	Pallet::<T>::do_start(key::<T>(WORKER), job).unwrap();
	(job, worker)
}

/// The bytes of an answer of so many tokens.
fn token_bytes(count: u32) -> Vec<u8> {
	(0..count).flat_map(u32::to_le_bytes).collect()
}

fn claim_of<T: Config>(job: JobId, worker: WorkerId, output: u32) -> Claim {
	let tokens: Vec<u32> = (0..output).collect();
	let commitment = token_tree::<HostHash>(Kind::Tokens, &tokens).unwrap().commitment();
	Claim {
		genesis: Pallet::<T>::genesis(),
		origin: Origin::Job(job.0),
		worker: work::named(worker),
		version: work::named_version(T::BenchmarkHelper::version()),
		request: REQUEST,
		answer: commitment,
		state: commitment,
		input_count: 100,
		output_count: output,
		stop: StopReason::End,
	}
}

fn delivered<T: Config>(output: u32, answer: Option<Sealed>) -> JobId {
	let (job, worker) = started::<T>(output, answer.is_some());
	let claim = claim_of::<T>(job, worker, output);
	Pallet::<T>::do_deliver(key::<T>(WORKER), job, &claim, answer).unwrap();
	job
}

fn over<T: Config>() {
	pass::<T>(T::Audits::window() + 1);
}

/// Settles as many vouchers as may wait.
fn settle_all<T: Config>(id: SessionId, account: u32) {
	let receipts = receipts(MAX_PENDING.into());
	for count in 1..=u64::from(MAX_PENDING) {
		let mut first = Receipts::new();
		for index in 0..count {
			first.append::<HostHash>(*receipts.get(index).unwrap()).unwrap();
		}
		Pallet::<T>::do_settle(key::<T>(account), &voucher::<T>(id, &first, count - 1)).unwrap();
	}
}

/// A session of this worker and payer with as many settlements as may wait.
fn full<T: Config>(account: u32, payer: u32, number: u64) -> SessionId {
	let id = NextSession::<T>::get();
	let quote = Quote {
		payer: key::<T>(payer),
		..quote::<T>(worker::<T>(account), number)
	};
	let signature = T::BenchmarkHelper::sign(&key::<T>(account), &quote.message(&Pallet::<T>::genesis()));
	Pallet::<T>::do_open(key::<T>(payer), None, quote, signature, opening::<T>(PAYER)).unwrap();
	settle_all::<T>(id, account);
	id
}

/// A session with as many settlements as may wait, all of them final, past its end; opened with a key.
fn ended<T: Config>() -> SessionId {
	granted::<T>();
	let id = NextSession::<T>::get();
	let (quote, signature) = signed_quote::<T>(WORKER, 1);
	let key = key::<T>(KEY);
	Pallet::<T>::do_open(self::key::<T>(PAYER), Some(key), *quote, signature, opening::<T>(PAYER)).unwrap();
	settle_all::<T>(id, WORKER);
	let ends = Sessions::<T>::get(id).unwrap().ends;
	pass::<T>(ends.max(now::<T>() + T::Audits::window()) - now::<T>() + 1);
	id
}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark]
	fn open() {
		let (quote, signature) = signed_quote::<T>(WORKER, 1);
		let origin = signed::<T>(PAYER);
		#[extrinsic_call]
		_(origin, quote, signature, Box::new(opening::<T>(PAYER)));
		assert!(Sessions::<T>::contains_key(SessionId(0)));
	}

	#[benchmark]
	fn open_for() {
		granted::<T>();
		let (quote, signature) = signed_quote::<T>(WORKER, 1);
		let origin = signed::<T>(KEY);
		#[extrinsic_call]
		_(origin, key::<T>(PAYER), quote, signature, Box::new(opening::<T>(KEY)));
		assert!(Sessions::<T>::contains_key(SessionId(0)));
	}

	#[benchmark]
	fn top_up() {
		granted::<T>();
		let (quote, signature) = signed_quote::<T>(WORKER, 1);
		let opening = opening::<T>(KEY);
		Pallet::<T>::do_open(key::<T>(PAYER), Some(key::<T>(KEY)), *quote, signature, opening).unwrap();
		let origin = signed::<T>(KEY);
		#[extrinsic_call]
		_(origin, SessionId(0), price::<T>());
		assert!(Sessions::<T>::get(SessionId(0)).unwrap().deposit > deposit::<T>());
	}

	// Deeper ones cost the same for each node; trees of 2^12 receipts are as large as a benchmark should make.
	#[benchmark]
	fn settle(n: Linear<1, 13>) {
		let id = session::<T>(WORKER, 1);
		let voucher = extending::<T>(id, n);
		let origin = signed::<T>(WORKER);
		#[extrinsic_call]
		_(origin, Box::new(voucher));
		assert_eq!(Sessions::<T>::get(id).unwrap().pending.len(), 1);
	}

	#[benchmark]
	fn settle_batch(v: Linear<1, 256>) {
		// Sessions of one worker; their nodes are weighed as those of one voucher.
		let all = (0..v).map(|number| {
			let id = session::<T>(WORKER, number.into());
			extending::<T>(id, 1)
		});
		let batch = BoundedVec::try_from(all.collect::<Vec<_>>()).unwrap();
		let origin = signed::<T>(WORKER);
		#[extrinsic_call]
		_(origin, batch);
		assert!(Sessions::<T>::iter_values().all(|session| session.pending.len() == 1));
	}

	#[benchmark]
	fn close() {
		let id = session::<T>(WORKER, 1);
		let origin = signed::<T>(WORKER);
		#[extrinsic_call]
		_(origin, id);
		assert_eq!(Sessions::<T>::get(id).unwrap().phase, Phase::Closing);
	}

	#[benchmark]
	fn conclude_session() {
		let id = ended::<T>();
		let origin = signed::<T>(KEY);
		#[extrinsic_call]
		_(origin, id);
		assert!(!Sessions::<T>::contains_key(id));
	}

	#[benchmark]
	fn grant() {
		let origin = signed::<T>(PAYER);
		#[extrinsic_call]
		_(origin, key::<T>(KEY), price::<T>(), 100);
		assert!(Grants::<T>::contains_key(key::<T>(PAYER), key::<T>(KEY)));
	}

	#[benchmark]
	fn revoke() {
		granted::<T>();
		let origin = signed::<T>(PAYER);
		#[extrinsic_call]
		_(origin, key::<T>(KEY));
		assert!(!Grants::<T>::contains_key(key::<T>(PAYER), key::<T>(KEY)));
	}

	#[benchmark]
	fn claim() {
		let poor = T::BenchmarkHelper::poor();
		let amount = T::Currency::minimum_balance();
		Pallet::<T>::hold(HoldReason::Escrow, &key::<T>(PAYER), amount).unwrap();
		let money = Pallet::<T>::take(HoldReason::Escrow, &key::<T>(PAYER), amount);
		Pallet::<T>::keep(poor.clone(), money);
		let origin = signed::<T>(KEY);
		#[extrinsic_call]
		_(origin, poor.clone());
		assert!(!Claimable::<T>::contains_key(poor));
	}

	#[benchmark]
	fn submit() {
		worker::<T>(WORKER);
		let origin = signed::<T>(PAYER);
		#[extrinsic_call]
		_(origin, Box::new(order::<T>(None, TOKENS, false)));
		assert!(Jobs::<T>::get(JobId(0)).unwrap().worker().is_some());
	}

	#[benchmark]
	fn assign() {
		let (job, worker) = submitted::<T>(true);
		Jobs::<T>::mutate(job, |job| {
			let job = job.as_mut().unwrap();
			let (worker, value, _) = job.engaged().unwrap();
			T::Workers::discharge(worker, value);
			T::Workers::vacate(worker, job.order.version);
			job.stage = Stage::Submitted { until: u32::MAX };
		});
		JobsBy::<T>::remove(worker, job);
		let origin = signed::<T>(KEY);
		#[extrinsic_call]
		_(origin, job);
		assert!(Jobs::<T>::get(job).unwrap().worker().is_some());
	}

	#[benchmark]
	fn accept() {
		let (job, _) = submitted::<T>(false);
		let origin = signed::<T>(WORKER);
		#[extrinsic_call]
		_(origin, job);
		assert!(matches!(Jobs::<T>::get(job).unwrap().stage, Stage::Accepted { .. }));
	}

	#[benchmark]
	fn decline() {
		let (job, _) = submitted::<T>(true);
		let origin = signed::<T>(WORKER);
		#[extrinsic_call]
		_(origin, job);
		assert!(!Jobs::<T>::contains_key(job));
	}

	#[benchmark]
	fn start() {
		let (job, _) = accepted::<T>();
		let origin = signed::<T>(WORKER);
		#[extrinsic_call]
		_(origin, job);
		assert!(matches!(Jobs::<T>::get(job).unwrap().stage, Stage::Started { .. }));
	}

	#[benchmark]
	fn input_missing() {
		let (job, _) = accepted::<T>();
		let origin = signed::<T>(WORKER);
		#[extrinsic_call]
		_(origin, job);
		assert!(!Jobs::<T>::contains_key(job));
	}

	#[benchmark]
	fn deliver() {
		let (job, worker) = started::<T>(TOKENS, false);
		// Less than was ordered: the rest goes back.
		let answered = Box::new(claim_of::<T>(job, worker, TOKENS / 2));
		let origin = signed::<T>(WORKER);
		#[extrinsic_call]
		_(origin, job, answered, None);
		assert!(Jobs::<T>::get(job).unwrap().delivery().is_some());
	}

	#[benchmark]
	fn demand() {
		let chunks = Commitment {
			kind: Kind::Output,
			count: LONG_CHUNKS,
			root: [4; 32],
		};
		let answer = Sealed::Chunks {
			bytes: LONG_CHUNKS * CHUNK_BYTES as u64,
			chunks,
		};
		let job = delivered::<T>(LONG, Some(answer));
		let origin = signed::<T>(PAYER);
		#[extrinsic_call]
		_(origin, job);
		assert!(matches!(Jobs::<T>::get(job).unwrap().stage, Stage::Demanded { .. }));
	}

	#[benchmark]
	fn post_answer(b: Linear<0, MAX_POSTED>) {
		// In the clear, where a tree is made of them.
		let tokens = (b / 4).max(1);
		let bytes = token_bytes(tokens);
		let job = delivered::<T>(tokens, None);
		Pallet::<T>::do_demand(key::<T>(PAYER), job).unwrap();
		let bytes = BoundedVec::try_from(bytes).unwrap();
		let origin = signed::<T>(WORKER);
		#[extrinsic_call]
		_(origin, job, bytes);
		assert!(Jobs::<T>::get(job).unwrap().delivery().unwrap().posted);
	}

	#[benchmark]
	fn post_chunks() {
		// A deeper tree costs four hashes more for each doubling.
		let chunk = vec![7; CHUNK_BYTES];
		let tree = Tree::from_leaves::<HostHash>(Kind::Output, (0..LONG_CHUNKS).map(|_| &chunk)).unwrap();
		let answer = Sealed::Chunks {
			bytes: LONG_CHUNKS * CHUNK_BYTES as u64,
			chunks: tree.commitment(),
		};
		let job = delivered::<T>(LONG, Some(answer));
		Pallet::<T>::do_demand(key::<T>(PAYER), job).unwrap();
		let places = Pallet::<T>::view_job(job).unwrap().demanded;
		let posted: Vec<_> = places
			.iter()
			.map(|_| Bounded::try_from(chunk.clone()).unwrap())
			.collect();
		let posted = Bounded::try_from(posted).unwrap();
		let proof = Box::new(tree.prove(&Ranges::covering(places).unwrap()).unwrap());
		let origin = signed::<T>(WORKER);
		#[extrinsic_call]
		_(origin, job, posted, proof);
		assert!(Jobs::<T>::get(job).unwrap().delivery().unwrap().posted);
	}

	#[benchmark]
	fn cancel() {
		let (job, _) = submitted::<T>(true);
		let origin = signed::<T>(PAYER);
		#[extrinsic_call]
		_(origin, job);
		assert!(!Jobs::<T>::contains_key(job));
	}

	#[benchmark]
	fn conclude_job() {
		let job = delivered::<T>(TOKENS, None);
		over::<T>();
		let origin = signed::<T>(KEY);
		#[extrinsic_call]
		_(origin, job);
		assert!(!Jobs::<T>::contains_key(job));
	}

	#[benchmark]
	fn on_poll() {
		pass::<T>(1);
		let behind = Pallet::<T>::behind();
		#[block]
		{
			// Too little for anything but to look.
			Pallet::<T>::serve_due(&mut WeightMeter::with_limit(T::WeightInfo::on_poll()));
		}
		assert_eq!(Pallet::<T>::behind(), behind);
	}

	#[benchmark]
	fn bucket() {
		let full = (0..T::BucketSize::get()).map(|number| Item::Session(SessionId(number.into())));
		Buckets::<T>::insert(7, BoundedVec::try_from(full.collect::<Vec<_>>()).unwrap());
		#[block]
		{
			let taken = Buckets::<T>::take(7);
			Buckets::<T>::insert(7, taken);
		}
		assert!(Buckets::<T>::contains_key(7));
	}

	#[benchmark]
	fn pay_sessions(s: Linear<1, 32>) {
		let ids: Vec<_> = (0..s)
			.map(|number| full::<T>(WORKER, 60 + number, number.into()))
			.collect();
		over::<T>();
		// Where buckets are small they are noted for later.
		for id in &ids {
			Sessions::<T>::mutate(id, |session| session.as_mut().unwrap().due = 0);
		}
		#[block]
		{
			let mut paid = tally::Tally::new();
			for id in &ids {
				Pallet::<T>::look_at(Item::Session(*id), &mut paid);
			}
		}
		assert!(Sessions::<T>::iter_values().all(|session| session.pending.is_empty()));
	}

	#[benchmark]
	fn look() {
		let id = session::<T>(WORKER, 1);
		Sessions::<T>::mutate(id, |session| session.as_mut().unwrap().due = 0);
		#[block]
		{
			Pallet::<T>::look_at(Item::Session(id), &mut tally::Tally::new());
		}
		assert!(Sessions::<T>::get(id).unwrap().due > now::<T>());
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::chain(), crate::mock::Test);
}
