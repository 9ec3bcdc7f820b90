// SPDX-License-Identifier: Apache-2.0

//! What is stored of datasets, schemas and attestations.

use crate::{Config, HoldReason};
use atelier_primitives::{
	attestations::{About, Data, Definition, Statement, MAX_DATA, MAX_DEFINITION},
	datasets::Facts,
	licence::MAX_EXPRESSION,
	lineage::Consent,
	BlockNumber,
};
use codec::{Decode, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
	traits::{
		fungible::{HoldConsideration, Inspect},
		ConstU32, Footprint, Get,
	},
	BoundedVec,
};
use scale_info::TypeInfo;

pub type BalanceOf<T> = <<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

pub type Expression = BoundedVec<u8, ConstU32<MAX_EXPRESSION>>;
pub type DefinitionText = BoundedVec<u8, ConstU32<MAX_DEFINITION>>;
pub type DataBytes = BoundedVec<u8, ConstU32<MAX_DATA>>;
pub type DataOf = Data<DataBytes>;
pub type DatasetFacts = Facts<Expression>;
pub type StatementOf = Statement<DataBytes>;

/// A deposit that is held for a record, for this reason.
pub type Ticket<T, Reason> = HoldConsideration<
	<T as frame_system::Config>::AccountId,
	<T as Config>::Currency,
	Reason,
	<T as Config>::StoragePrice,
	Footprint,
>;
pub type DatasetTicket<T> = Ticket<T, ForDataset<T>>;
pub type SchemaTicket<T> = Ticket<T, ForSchema<T>>;
pub type AttestationTicket<T> = Ticket<T, ForAttestation<T>>;

pub type DatasetOf<T> = Dataset<<T as frame_system::Config>::AccountId, DatasetTicket<T>>;
pub type SchemaOf<T> = Schema<<T as frame_system::Config>::AccountId, SchemaTicket<T>>;
pub type AttestationOf<T> = Attestation<<T as frame_system::Config>::AccountId, AttestationTicket<T>>;

macro_rules! reasons {
	($($name:ident: $reason:ident,)*) => {$(
		pub struct $name<T>(PhantomData<T>);

		impl<T: Config> Get<T::RuntimeHoldReason> for $name<T> {
			fn get() -> T::RuntimeHoldReason {
				HoldReason::$reason.into()
			}
		}
	)*};
}

reasons! {
	ForDataset: Dataset,
	ForSchema: Schema,
	ForAttestation: Attestation,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Dataset<AccountId, Ticket> {
	pub owner: AccountId,
	/// Who may take it over.
	pub offered: Option<AccountId>,
	pub facts: DatasetFacts,
	pub consent: Consent,
	pub registered: BlockNumber,
	/// How many versions state it as what they were made from.
	pub used: u32,
	pub ticket: Ticket,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Schema<AccountId, Ticket> {
	pub definition: Definition<DefinitionText>,
	/// Whether attestations of it may be taken back.
	pub revocable: bool,
	pub registered: BlockNumber,
	/// None: the chain began with it.
	pub registrant: Option<(AccountId, Ticket)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Attestation<AccountId, Ticket> {
	pub attester: AccountId,
	pub about: About<AccountId>,
	pub statement: StatementOf,
	pub made: BlockNumber,
	pub revoked: Option<BlockNumber>,
	/// How many others refer to it.
	pub references: u32,
	pub ticket: Ticket,
}
