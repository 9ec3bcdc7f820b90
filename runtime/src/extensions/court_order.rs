// SPDX-License-Identifier: Apache-2.0

//! Who may use the part of blocks that is kept for operational transactions.
//!
//! A move of a dispute is operational, so that a full chain keeps nobody from answering. Anybody can sign one, and the court's
//! clock stands still while there is no room for another: whoever filled the kept part with moves that fail would stop it.
//! So an operational transaction is admitted only if its signer may make that move now; about each matter once in a block, and
//! after one that failed not for a while.
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
	dispatch::{DispatchClass, DispatchInfo, GetDispatchInfo, PostDispatchInfo},
	traits::{InstanceFilter, OriginTrait},
	weights::Weight,
};
use pallet_disputes::{Matter, WeightInfo};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{Implication, TransactionExtension, ValidateResult},
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction},
	DispatchResult,
};

/// See the module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct CourtOrder;

/// What an operational transaction was admitted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
	/// It is not operational, not signed, or an upgrade.
	Always,
	/// The signer's own move.
	Own(Matter),
	/// Another's, whose proxy it is. Whether it succeeded is not told.
	Proxied(Matter),
}

impl Admitted {
	fn matter(self) -> Option<Matter> {
		match self {
			Self::Always => None,
			Self::Own(matter) | Self::Proxied(matter) => Some(matter),
		}
	}
}

/// For what an operational transaction of this account is admitted. None: it is not.
fn admitted(who: &AccountId, call: &RuntimeCall) -> Option<Admitted> {
	match call {
		RuntimeCall::Disputes(call) => Disputes::matter(who, call).map(Admitted::Own),
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
			may.then(|| Disputes::matter(&real, played).map(Admitted::Proxied))?
		}
		RuntimeCall::System(frame_system::Call::apply_authorized_upgrade { code }) => {
			// Its first field; there is no other way to it.
			let authorized = System::authorized_upgrade()?.encode();
			let hash = sp_io::hashing::blake2_256(code);
			authorized.starts_with(&hash).then_some(Admitted::Always)
		}
		_ => None,
	}
}

fn lookup(address: &crate::Address) -> Option<AccountId> {
	use sp_runtime::traits::StaticLookup;
	<Runtime as frame_system::Config>::Lookup::lookup(address.clone()).ok()
}

impl TransactionExtension<RuntimeCall> for CourtOrder {
	const IDENTIFIER: &'static str = "CourtOrder";
	type Implicit = ();
	type Val = Admitted;
	type Pre = Admitted;

	fn weight(&self, call: &RuntimeCall) -> Weight {
		match call.get_dispatch_info().class {
			DispatchClass::Operational => <Runtime as pallet_disputes::Config>::WeightInfo::admit(),
			DispatchClass::Normal | DispatchClass::Mandatory => Weight::zero(),
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
	) -> ValidateResult<Admitted, RuntimeCall> {
		let admitted = match origin.as_signer() {
			Some(who) if info.class == DispatchClass::Operational => {
				admitted(who, call).ok_or(InvalidTransaction::Custom(NOT_ENTITLED))?
			}
			_ => Admitted::Always,
		};
		// Not only when a block is made: pools would keep it and try it in each.
		if admitted.matter().is_some_and(Disputes::is_quiet) {
			return Err(InvalidTransaction::Custom(TOO_SOON).into());
		}
		Ok((ValidTransaction::default(), admitted, origin))
	}

	fn prepare(
		self,
		admitted: Admitted,
		_origin: &RuntimeOrigin,
		_call: &RuntimeCall,
		_info: &DispatchInfo,
		_length: usize,
	) -> Result<Admitted, TransactionValidityError> {
		let heard = admitted.matter().is_none_or(Disputes::hear);
		// There is room for it in a later block.
		heard
			.then_some(admitted)
			.ok_or(InvalidTransaction::ExhaustsResources.into())
	}

	fn post_dispatch_details(
		admitted: Admitted,
		_info: &DispatchInfo,
		_done: &PostDispatchInfo,
		_length: usize,
		result: &DispatchResult,
	) -> Result<Weight, TransactionValidityError> {
		match admitted {
			Admitted::Own(matter) if result.is_err() => Disputes::failed(matter),
			Admitted::Proxied(matter) => Disputes::failed(matter),
			Admitted::Own(_) | Admitted::Always => {}
		}
		Ok(Weight::zero())
	}
}
