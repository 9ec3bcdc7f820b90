// SPDX-License-Identifier: Apache-2.0

//! What transactions are checked for, as wallets state it: for whoever signs transactions without a wallet, or wants one
//! checked.

use atelier_runtime::{Hash, RuntimeCall, TxExtension, VERSION, extensions::CourtOrder};
use sp_runtime::{generic::Era, traits::TransactionExtension};

/// What is signed beside the call, and not sent with it.
pub type Implicit = <TxExtension as TransactionExtension<RuntimeCall>>::Implicit;

/// A transaction of this number that does not expire and pays no tip.
pub fn extension(nonce: u32) -> TxExtension {
	(
		frame_system::AuthorizeCall::new(),
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckMortality::from(Era::Immortal),
		frame_system::CheckNonce::from(nonce),
		CourtOrder,
		frame_system::CheckWeight::new(),
		pallet_transaction_payment::ChargeTransactionPayment::from(0),
		frame_metadata_hash_extension::CheckMetadataHash::new(false),
		frame_system::WeightReclaim::new(),
	)
}

/// The same of the chain with this genesis, where none runs that could be asked.
pub fn implicit(genesis: Hash) -> Implicit {
	let (spec, transaction) = (VERSION.spec_version, VERSION.transaction_version);
	((), (), spec, transaction, genesis, genesis, (), (), (), (), None, ())
}
