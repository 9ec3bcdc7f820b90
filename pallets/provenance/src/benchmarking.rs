// SPDX-License-Identifier: Apache-2.0

//! Costs of the calls: records and data of the largest size, each attestation with a reference.

use super::*;
use atelier_primitives::{
	attestations::{Statement, MAX_DATA, MAX_DEFINITION, QUALITY},
	datasets::{Access, Description},
	ids::{DatasetId, Subject},
	licence::{Licence, MAX_EXPRESSION},
	lineage::{Consent, Datasets as _},
	terms::{Purposes, Terms, Withdrawal},
};
use atelier_referee::commit::MAX_LEAVES;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{fungible::Mutate, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use sp_runtime::{traits::Bounded, Permill};

fn rich<T: Config>(name: &'static str) -> T::AccountId {
	let who: T::AccountId = account(name, 0, 0);
	let half = BalanceOf::<T>::max_value() / 4_u32.into();
	T::Currency::set_balance(&who, half);
	who
}

fn text<Bound: Get<u32>>(length: u32) -> BoundedVec<u8, Bound> {
	BoundedVec::truncate_from(alloc::vec![b'x'; length as usize])
}

fn facts(length: u32) -> DatasetFacts {
	DatasetFacts {
		root: [5; 32],
		bytes: u64::MAX,
		terms: Terms {
			derive: true,
			commercial: true,
			min_share: Permill::one(),
			expiry: Some(u32::MAX),
			purposes: Purposes::ANY,
			withdrawal: Withdrawal::StopsServing,
		},
		access: Access::ComputeToData,
		licence: Licence {
			expression: text(length),
			text: [6; 32],
		},
		description: Description::Croissant([7; 32]),
	}
}

fn registered<T: Config>(owner: &T::AccountId) -> Result<DatasetId, BenchmarkError> {
	let id = NextDataset::<T>::get();
	Pallet::<T>::register_dataset(RawOrigin::Signed(owner.clone()).into(), facts(MAX_EXPRESSION))?;
	Ok(id)
}

fn saying(length: u32, reference: Option<AttestationId>) -> StatementOf {
	Statement {
		schema: QUALITY,
		revocable: true,
		expiry: Some(u32::MAX),
		reference,
		data: Data::Bytes(text(length)),
	}
}

fn attested<T: Config>(
	attester: &T::AccountId,
	reference: Option<AttestationId>,
) -> Result<AttestationId, BenchmarkError> {
	let dataset = registered::<T>(attester)?;
	let id = NextAttestation::<T>::get();
	let origin = RawOrigin::Signed(attester.clone()).into();
	Pallet::<T>::attest(origin, Subject::Dataset(dataset), saying(MAX_DATA, reference))?;
	Ok(id)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register_dataset(e: Linear<1, MAX_EXPRESSION>) {
		let owner = rich::<T>("owner");
		let dataset = NextDataset::<T>::get();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), facts(e));

		assert!(Datasets::<T>::contains_key(dataset));
	}

	#[benchmark]
	fn offer_dataset() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let dataset = registered::<T>(&owner)?;
		let heir = rich::<T>("heir");

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), dataset, Some(heir.clone()));

		assert_eq!(Datasets::<T>::get(dataset).and_then(|known| known.offered), Some(heir));
		Ok(())
	}

	#[benchmark]
	fn accept_dataset() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let dataset = registered::<T>(&owner)?;
		let heir = rich::<T>("heir");
		Pallet::<T>::offer_dataset(RawOrigin::Signed(owner).into(), dataset, Some(heir.clone()))?;

		#[extrinsic_call]
		_(RawOrigin::Signed(heir.clone()), dataset);

		assert_eq!(Datasets::<T>::get(dataset).map(|known| known.owner), Some(heir));
		Ok(())
	}

	#[benchmark]
	fn withdraw_consent() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let dataset = registered::<T>(&owner)?;
		Pallet::<T>::used(dataset).map_err(|_| "a dataset with consent can be used")?;

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), dataset);

		assert!(matches!(Pallet::<T>::consent(dataset), Some(Consent::Withdrawn { .. })));
		Ok(())
	}

	#[benchmark]
	fn remove_dataset() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let dataset = registered::<T>(&owner)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), dataset);

		assert!(!Datasets::<T>::contains_key(dataset));
		Ok(())
	}

	#[benchmark]
	fn register_schema(d: Linear<1, MAX_DEFINITION>) {
		let who = rich::<T>("registrant");
		let schema = NextSchema::<T>::get();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), Definition::Text(text(d)), true);

		assert!(Schemas::<T>::contains_key(schema));
	}

	#[benchmark]
	fn remove_schema() -> Result<(), BenchmarkError> {
		let who = rich::<T>("registrant");
		let schema = NextSchema::<T>::get();
		let definition = Definition::Text(text(MAX_DEFINITION));
		Pallet::<T>::register_schema(RawOrigin::Signed(who.clone()).into(), definition, true)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(who), schema);

		assert!(!Schemas::<T>::contains_key(schema));
		Ok(())
	}

	#[benchmark]
	fn attest(d: Linear<0, MAX_DATA>) -> Result<(), BenchmarkError> {
		let who = rich::<T>("attester");
		let reference = attested::<T>(&who, None)?;
		let dataset = registered::<T>(&who)?;
		let id = NextAttestation::<T>::get();

		#[extrinsic_call]
		_(
			RawOrigin::Signed(who),
			Subject::Dataset(dataset),
			saying(d, Some(reference)),
		);

		assert!(Attestations::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn attest_many(d: Linear<0, MAX_DATA>) -> Result<(), BenchmarkError> {
		let who = rich::<T>("attester");
		let reference = attested::<T>(&who, None)?;
		let id = NextAttestation::<T>::get();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), [1; 32], MAX_LEAVES, saying(d, Some(reference)));

		assert!(Attestations::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn revoke() -> Result<(), BenchmarkError> {
		let who = rich::<T>("attester");
		let attestation = attested::<T>(&who, None)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(who), attestation);

		let record = Attestations::<T>::get(attestation);
		assert!(record.is_some_and(|record| record.revoked.is_some()));
		Ok(())
	}

	#[benchmark]
	fn remove_attestation() -> Result<(), BenchmarkError> {
		let who = rich::<T>("attester");
		let reference = attested::<T>(&who, None)?;
		let attestation = attested::<T>(&who, Some(reference))?;
		Pallet::<T>::revoke(RawOrigin::Signed(who.clone()).into(), attestation)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(who), attestation);

		assert!(!Attestations::<T>::contains_key(attestation));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
