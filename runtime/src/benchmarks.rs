// SPDX-License-Identifier: Apache-2.0

//! What `make weights` measures, and the helpers that the benchmarks of SDK pallets ask a runtime for.

use crate::{
	configs::QuoteUnit, economics::ATL, AccountId, AllPalletsWithSystem, Balance, Balances, ContributorsCollective,
	Jobs, Provenance, Runtime, Signature, System, Workers,
};
use alloc::{boxed::Box, string::String, vec::Vec};
use atelier_primitives::{
	attestations::{Data, Statement, ORIGIN, RETRIEVAL},
	datasets::{Access, Description, Facts},
	ids::{AttestationId, DatasetId, SchemaId, SessionId, Subject, VersionId, WorkerId},
	licence::Licence,
	models::{Class, SPEC},
	pots::Pot,
	terms::{self, Purposes, Terms, Withdrawal},
	work::{
		audits::{Drawing, ONE_AUDIT},
		voucher::{Quote, Voucher},
		workers::{Endpoint, Keys, Offer},
		Work,
	},
};
use atelier_referee::{
	commit::{
		mountain::{Extension, Receipts, Root},
		Bounded,
	},
	hash::Digest,
	model::{Layout, Order, Shape, Use},
	ops::{linear::Format, norm::Norm},
	tables::Activation,
};
use frame_benchmarking::{baseline::Pallet as Baseline, BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::{
	traits::{fungible::Mutate, StorageInfo, StorageInfoTrait, WhitelistedStorageKeys},
	BoundedVec,
};
use frame_system::RawOrigin;
use frame_system_benchmarking::{extensions::Pallet as SystemExtensions, Pallet as SystemBench};
use sp_runtime::Permill;

frame_benchmarking::define_benchmarks!(
	[frame_benchmarking, Baseline::<Runtime>]
	[frame_system, SystemBench::<Runtime>]
	[frame_system_extensions, SystemExtensions::<Runtime>]
	[pallet_asset_rate, crate::AssetRate]
	[pallet_balances, crate::Balances]
	[pallet_conviction_voting, crate::ConvictionVoting]
	[pallet_core_fellowship, crate::ContributorsCore]
	[pallet_disputes, crate::Disputes]
	[pallet_jobs, crate::Jobs]
	[pallet_meta_tx, crate::MetaTx]
	[pallet_migrations, crate::MultiBlockMigrations]
	[pallet_mmr, crate::Mmr]
	[pallet_models, crate::Models]
	[pallet_multisig, crate::Multisig]
	[pallet_parameters, crate::Parameters]
	[pallet_preimage, crate::Preimage]
	[pallet_provenance, crate::Provenance]
	[pallet_proxy, crate::Proxy]
	[pallet_ranked_collective, crate::ContributorsCollective]
	[pallet_referenda, crate::Referenda]
	[pallet_rewards, crate::Rewards]
	[pallet_safe_mode, crate::SafeMode]
	[pallet_scheduler, crate::Scheduler]
	[pallet_timestamp, crate::Timestamp]
	[pallet_transaction_payment, crate::TransactionPayment]
	[pallet_treasury, crate::Treasury]
	[pallet_utility, crate::Utility]
	[pallet_validators, crate::Validators]
	[pallet_verify_signature, crate::VerifySignature]
	[pallet_whitelist, crate::Whitelist]
	[pallet_workers, crate::Workers]
);

/// The benchmarks there are, and the storage that they touch.
pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
	let mut list = Vec::<BenchmarkList>::new();
	list_benchmarks!(list, extra);
	(list, AllPalletsWithSystem::storage_info())
}

/// Runs one benchmark.
pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
	let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
	let mut batches = Vec::<BenchmarkBatch>::new();
	let params = (&config, &whitelist);
	add_benchmarks!(params, batches);
	Ok(batches)
}

impl frame_system_benchmarking::Config for Runtime {}
impl frame_benchmarking::baseline::Config for Runtime {}
impl pallet_transaction_payment::BenchmarkConfig for Runtime {}

/// A payment out of the treasury.
pub struct TreasuryArguments;

impl pallet_treasury::ArgumentsFactory<(), AccountId> for TreasuryArguments {
	fn create_asset_kind(_: u32) {}

	fn create_beneficiary(seed: [u8; 32]) -> AccountId {
		AccountId::new(seed)
	}
}

/// The one unit that there is.
pub struct QuoteUnits;

impl pallet_asset_rate::AssetKindFactory<QuoteUnit> for QuoteUnits {
	fn create_asset_kind(_: u32) -> QuoteUnit {
		QuoteUnit::MicroUsd
	}
}

/// Data, attestations and shapes for the benchmarks of models, and pots for those of rewards.
pub struct RegistryHelper;

impl RegistryHelper {
	/// Allows everything, so that what is made from it may allow everything.
	const TERMS: Terms = Terms {
		derive: true,
		commercial: true,
		min_share: Permill::zero(),
		expiry: Some(u32::MAX),
		purposes: Purposes::ANY,
		withdrawal: Withdrawal::StopsDerivation,
	};

	fn somebody() -> AccountId {
		let who = AccountId::new([77; 32]);
		<Self as pallet_models::benchmarking::Helper<AccountId>>::fund(&who);
		who
	}

	/// Somebody says something of a version, until it takes that back.
	fn attest(by: &AccountId, schema: SchemaId, version: VersionId) -> AttestationId {
		let attestation = pallet_provenance::NextAttestation::<Runtime>::get();
		let attested = Provenance::attest(
			RawOrigin::Signed(by.clone()).into(),
			Subject::Version(version),
			Statement {
				schema,
				revocable: true,
				expiry: None,
				reference: None,
				data: Data::Hash([3; 32]),
			},
		);
		debug_assert_eq!(attested, Ok(()));
		attestation
	}

	fn register() {
		let registered = Provenance::register_dataset(
			RawOrigin::Signed(Self::somebody()).into(),
			Facts {
				root: [1; 32],
				bytes: 1,
				terms: Self::TERMS,
				access: Access::Public,
				licence: Licence {
					expression: BoundedVec::truncate_from(b"MIT".to_vec()),
					text: [2; 32],
				},
				description: Description::None,
			},
		);
		debug_assert_eq!(registered, Ok(()));
	}
}

impl pallet_models::benchmarking::Helper<AccountId> for RegistryHelper {
	fn fund(who: &AccountId) {
		Balances::set_balance(who, 1_000_000 * ATL);
	}

	fn dataset(number: u32) -> DatasetId {
		while pallet_provenance::NextDataset::<Runtime>::get().0 <= number {
			Self::register();
		}
		DatasetId(number)
	}

	fn attestation(version: VersionId) -> AttestationId {
		let contributor = Self::somebody();
		let _ = ContributorsCollective::do_add_member_to_rank(contributor.clone(), u16::MAX, false);
		Self::attest(&contributor, ORIGIN, version)
	}

	fn new_randomness() {
		pallet_babe::EpochStart::<Runtime>::put((u32::MAX, u32::MAX));
	}

	fn shape() -> Shape {
		Shape {
			answers: Use::Tokens,
			layers: 2,
			width: 256,
			heads: 4,
			key_heads: 4,
			head_width: 64,
			rotary_width: 64,
			hidden: 512,
			vocabulary: 1_024,
			positions: 1_024,
			window: 0,
			norm: Norm::Rms,
			order: Order::Before,
			gains: false,
			head_norm: false,
			activation: Activation::Silu,
			gated: true,
			tied: false,
			matrices: Format::Word,
			embeddings: Format::Word,
			residual_fraction: 12,
			hidden_fraction: 12,
			epsilon: 1,
		}
	}
}

impl pallet_rewards::benchmarking::MakePot<AccountId> for RegistryHelper {
	fn make(owner: &AccountId, shares: u32) -> Pot {
		Pot::Version(pallet_models::benchmarking::shared::<Runtime>(owner, shares))
	}
}

/// Versions, workers and keys for the benchmarks of work.
pub struct WorkHelper;

impl WorkHelper {
	/// Registers somebody as a worker, and says that it is there.
	fn register(account: &AccountId, vrf: Digest, auditing: bool) {
		let origin = || RawOrigin::Signed(account.clone());
		let keys = Keys {
			signer: account.clone(),
			vrf,
			endpoint: Endpoint {
				id: [1; 32],
				addresses: Bounded::new(),
			},
		};
		let registered = Workers::register(
			origin().into(),
			alloc::boxed::Box::new(keys),
			Default::default(),
			500_000 * ATL,
			auditing,
		);
		debug_assert_eq!(registered, Ok(()));
		let there = Workers::heartbeat(origin().into());
		debug_assert_eq!(there, Ok(()));
	}

	/// Two hosts of a version's weights, shown once.
	fn show(version: VersionId) {
		use pallet_workers::benchmarking::Helper;
		if Workers::hosts(version).attested {
			return;
		}
		let hosts = [64, 65].map(|number| {
			let who = AccountId::new([number; 32]);
			<RegistryHelper as pallet_models::benchmarking::Helper<AccountId>>::fund(&who);
			if Workers::worker_of(who.clone()).is_none() {
				Self::register(&who, [1; 32], false);
			}
			Self::retrieval(version, &who)
		});
		let shown = Workers::show_weights(RawOrigin::Signed(AccountId::new([64; 32])).into(), version, hosts);
		debug_assert_eq!(shown, Ok(()));
	}

	/// An exact version of this number, with everything allowed.
	fn numbered(number: u32) -> VersionId {
		use pallet_models::benchmarking::shared;
		let maker = AccountId::new([66; 32]);
		<RegistryHelper as pallet_models::benchmarking::Helper<AccountId>>::fund(&maker);
		while pallet_models::NextVersion::<Runtime>::get().0 <= number {
			let version = shared::<Runtime>(&maker, 0);
			let shape = <RegistryHelper as pallet_models::benchmarking::Helper<AccountId>>::shape();
			pallet_models::Versions::<Runtime>::mutate(version, |version| {
				let publication = version.iter_mut().map(|version| &mut version.publication);
				publication.for_each(|publication| {
					publication.weights.count = Layout::new(shape).chunks();
					publication.class = Class::Exact {
						spec: SPEC,
						shape,
						vocabulary: None,
					};
				});
			});
		}
		VersionId(number)
	}
}

impl pallet_workers::benchmarking::Helper<AccountId> for WorkHelper {
	fn count(blocks: crate::BlockNumber) {
		<Self as pallet_jobs::benchmarking::Helper<AccountId, Signature, Balance>>::count(blocks);
	}

	fn version(number: u32) -> VersionId {
		Self::numbered(number)
	}

	fn retrieval(version: VersionId, by: &AccountId) -> AttestationId {
		<RegistryHelper as pallet_models::benchmarking::Helper<AccountId>>::fund(by);
		RegistryHelper::attest(by, RETRIEVAL, version)
	}
}

impl pallet_jobs::benchmarking::Helper<AccountId, Signature, Balance> for WorkHelper {
	fn count(blocks: crate::BlockNumber) {
		// Blocks that nobody counted are blocks in which nobody could speak to the court: clocks of work stand still in them.
		pallet_disputes::Clock::<Runtime>::mutate(|clock| *clock = clock.saturating_add(blocks));
	}

	fn key(number: u32) -> AccountId {
		use sp_runtime::traits::IdentifyAccount;
		let seed = alloc::format!("//{number}").into_bytes();
		let public = sp_io::crypto::sr25519_generate(0.into(), Some(seed));
		let who = sp_runtime::MultiSigner::Sr25519(public).into_account();
		<RegistryHelper as pallet_models::benchmarking::Helper<AccountId>>::fund(&who);
		who
	}

	fn sign(who: &AccountId, message: &[u8]) -> Signature {
		let public = sp_core::sr25519::Public::from_raw(*AsRef::<[u8; 32]>::as_ref(who));
		Signature::Sr25519(sp_io::crypto::sr25519_sign(0.into(), &public, message).unwrap_or_default())
	}

	fn poor() -> AccountId {
		AccountId::new([88; 32])
	}

	fn version() -> VersionId {
		Self::numbered(0)
	}

	fn worker(account: &AccountId, version: VersionId, price: Balance) -> WorkerId {
		Self::hired(account, [1; 32], version, price)
	}
}

impl WorkHelper {
	/// What the benchmarks of disputes pay for a unit.
	const PRICE: Balance = ATL / 1_000;

	/// A worker of this account that audits, is there and offers the version.
	fn hired(account: &AccountId, vrf: Digest, version: VersionId, price: Balance) -> WorkerId {
		let origin = || RawOrigin::Signed(account.clone());
		Self::register(account, vrf, true);
		Self::show(version);
		let offer = Offer { price, capacity: 1_000 };
		let offered = Workers::set_offer(origin().into(), version, offer);
		debug_assert_eq!(offered, Ok(()));
		Workers::worker_of(account.clone()).unwrap_or_default()
	}
}

impl pallet_disputes::benchmarking::Helper<AccountId> for WorkHelper {
	fn account(number: u32) -> AccountId {
		<Self as pallet_jobs::benchmarking::Helper<AccountId, Signature, Balance>>::key(number)
	}

	fn worker(account: &AccountId, vrf: Digest) -> WorkerId {
		Workers::worker_of(account.clone()).unwrap_or_else(|| Self::hired(account, vrf, Self::numbered(0), Self::PRICE))
	}

	fn version() -> VersionId {
		Self::numbered(0)
	}

	fn settled(worker: &AccountId, payer: &AccountId, version: VersionId, receipts: &Receipts, audits: u32) -> Work {
		use pallet_jobs::benchmarking::Helper;
		let now = System::block_number();
		let mut genesis = Digest::default();
		genesis.copy_from_slice(System::block_hash(0).as_ref());
		let number = Workers::worker_of(worker.clone()).unwrap_or_default();
		let quote = Quote {
			worker: number,
			version,
			payer: payer.clone(),
			price: Self::PRICE,
			capacity: Balance::MAX,
			window: 1,
			reservation: Self::PRICE,
			until: now,
			number: 1,
		};
		let signature = Self::sign(worker, &quote.message(&genesis));
		let opening = pallet_jobs::Opening {
			deposit: 1_000 * ATL,
			expiry: now.saturating_add(1_000),
			wanted: terms::Use {
				purpose: terms::Purpose::Personal,
				commercial: false,
			},
			voucher_key: payer.clone(),
			sealed: true,
		};
		let origin = |who: &AccountId| RawOrigin::Signed(who.clone()).into();
		let opened = Jobs::open(origin(payer), Box::new(quote), signature, Box::new(opening));
		assert_eq!(opened.map(|_| ()).map_err(|failed| failed.error), Ok(()));
		let session = SessionId(0);
		let voucher = Voucher {
			session,
			sequence: receipts.count(),
			receipts: receipts
				.root::<pallet_jobs::HostHash>()
				.unwrap_or_else(|_| Root::empty::<pallet_jobs::HostHash>()),
		};
		let signature = Self::sign(payer, &voucher.message(&genesis, number));
		let extension = receipts.prove_extension::<pallet_jobs::HostHash>(0, receipts.count());
		let signed = pallet_jobs::Signed {
			voucher,
			signature,
			extension: extension.unwrap_or_else(|_| Extension { nodes: Bounded::new() }),
		};
		let settled = Jobs::settle(origin(worker), Box::new(signed));
		assert_eq!(settled.map(|_| ()).map_err(|failed| failed.error), Ok(()));
		pallet_jobs::Sessions::<Runtime>::mutate(session, |session| {
			for settlement in session.iter_mut().flat_map(|session| session.pending.iter_mut()) {
				settlement.drawing = Drawing {
					seed: 2,
					weight: 1,
					expected: u64::from(audits).saturating_mul(ONE_AUDIT),
				};
			}
		});
		Work::Settlement { session, number: 0 }
	}

	fn new_randomness() {
		<RegistryHelper as pallet_models::benchmarking::Helper<AccountId>>::new_randomness();
	}
}

/// A signature of the kind that costs most to check.
pub struct SignatureHelper;

impl pallet_verify_signature::BenchmarkHelper<Signature, AccountId> for SignatureHelper {
	fn create_signature(_entropy: &[u8], message: &[u8]) -> (Signature, AccountId) {
		use sp_io::crypto::{sr25519_generate, sr25519_sign};
		use sp_runtime::traits::IdentifyAccount;
		let public = sr25519_generate(0.into(), None);
		let account = sp_runtime::MultiSigner::Sr25519(public).into_account();
		// Without a signature the default one fails the benchmark's own check.
		let signature = Signature::Sr25519(sr25519_sign(0.into(), &public, message).unwrap_or_default());
		(signature, account)
	}
}
