// SPDX-License-Identifier: Apache-2.0

//! Who may use the part of blocks that is kept for operational transactions.
//!
//! A move of a dispute is operational, so that a full chain keeps nobody from answering. Anybody can sign one, and the court's
//! clock stands still while there is no room for another: whoever filled the kept part with moves that fail would stop it.
//! So an operational transaction is admitted only if its signer may make that move now; about each matter once in a block, and
//! after one that failed not for a while (`pallet_disputes::Pallet::hear`).
//!
//! | transaction | admitted |
//! | --- | --- |
//! | a move of the court | from who may make it now (`pallet_disputes::Pallet::matter`) |
//! | the same through a proxy | if the signer is that proxy |
//! | the code of an upgrade that was authorized | from anybody |
//! | a batch, a multisig of one, or anything else that is operational since what is in it is | no |
//! | what only governance may do | no: governance dispatches it itself |
//!
//! What is refused here can be wrapped together with an ordinary call: then it is an ordinary transaction.

use super::refusals::{NOT_ENTITLED, TOO_SOON};
use crate::{AccountId, Disputes, Proxy, Runtime, RuntimeCall, RuntimeOrigin, System};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::{
	dispatch::{DispatchClass, DispatchInfo, GetDispatchInfo},
	traits::{Get, InstanceFilter, OriginTrait},
	weights::Weight,
};
use pallet_disputes::{Matter, WeightInfo};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{Implication, TransactionExtension, ValidateResult},
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction},
};

/// See the module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct CourtOrder;

/// What an operational transaction of this account is about, if it is admitted: a matter of the court, or an upgrade.
fn admitted(who: &AccountId, call: &RuntimeCall) -> Option<Option<Matter>> {
	match call {
		RuntimeCall::Disputes(call) => Disputes::matter(who, call).map(Some),
		RuntimeCall::Proxy(pallet_proxy::Call::proxy {
			real,
			force_proxy_type,
			call: inner,
		}) => {
			let RuntimeCall::Disputes(played) = &**inner else {
				return None;
			};
			let real = lookup(real)?;
			let proxy = Proxy::find_proxy(&real, who, *force_proxy_type).ok()?;
			let may = proxy.delay == 0 && proxy.proxy_type.filter(inner);
			may.then(|| Disputes::matter(&real, played).map(Some))?
		}
		RuntimeCall::System(frame_system::Call::apply_authorized_upgrade { code }) => {
			// Its first field; there is no other way to it.
			let authorized = System::authorized_upgrade()?.encode();
			let hash = sp_io::hashing::blake2_256(code);
			authorized.starts_with(&hash).then_some(None)
		}
		_ => None,
	}
}

/// What reading and searching as many proxies as an account can have weighs.
fn through_proxy() -> Weight {
	use pallet_proxy::WeightInfo;
	type Proxies = <Runtime as pallet_proxy::Config>::MaxProxies;
	<Runtime as pallet_proxy::Config>::WeightInfo::proxy(Proxies::get())
}

fn lookup(address: &crate::Address) -> Option<AccountId> {
	use sp_runtime::traits::StaticLookup;
	<Runtime as frame_system::Config>::Lookup::lookup(address.clone()).ok()
}

impl TransactionExtension<RuntimeCall> for CourtOrder {
	const IDENTIFIER: &'static str = "CourtOrder";
	type Implicit = ();
	/// The matter of the court that it is about, if any.
	type Val = Option<Matter>;
	type Pre = ();

	fn weight(&self, call: &RuntimeCall) -> Weight {
		let admit = <Runtime as pallet_disputes::Config>::WeightInfo::admit();
		match (call.get_dispatch_info().class, call) {
			// The proxies of an account are read and searched here as when it is dispatched.
			(DispatchClass::Operational, RuntimeCall::Proxy(_)) => admit.saturating_add(through_proxy()),
			(DispatchClass::Operational, _) => admit,
			(DispatchClass::Normal | DispatchClass::Mandatory, _) => Weight::zero(),
		}
	}

	fn validate(
		&self,
		origin: RuntimeOrigin,
		call: &RuntimeCall,
		info: &DispatchInfo,
		_length: usize,
		(): (),
		_inherited: &impl Implication,
		_source: TransactionSource,
	) -> ValidateResult<Option<Matter>, RuntimeCall> {
		let matter = match origin.as_signer() {
			Some(who) if info.class == DispatchClass::Operational => {
				admitted(who, call).ok_or(InvalidTransaction::Custom(NOT_ENTITLED))?
			}
			_ => None,
		};
		// Not only when a block is made: pools would keep it and try it in each.
		if matter.is_some_and(Disputes::is_quiet) {
			return Err(InvalidTransaction::Custom(TOO_SOON).into());
		}
		Ok((ValidTransaction::default(), matter, origin))
	}

	fn prepare(
		self,
		matter: Option<Matter>,
		_origin: &RuntimeOrigin,
		_call: &RuntimeCall,
		_info: &DispatchInfo,
		_length: usize,
	) -> Result<(), TransactionValidityError> {
		// There is room for it in a later block.
		match matter.is_none_or(Disputes::hear) {
			true => Ok(()),
			false => Err(InvalidTransaction::ExhaustsResources.into()),
		}
	}
}
