// SPDX-License-Identifier: Apache-2.0

//! A runtime upgrade by the vote of both chambers, in the steps that people take on a production chain:
//!
//! 1. Somebody publishes the preimage of `system.authorize_upgrade(hash of the new code)`.
//! 2. A contributor proposes to whitelist that call; the contributors vote; it is enacted.
//! 3. A token holder proposes to dispatch the whitelisted call as Root, on the upgrade track; the holders vote with
//!    conviction; it is enacted, and the chain waits for code with that hash.
//! 4. Anybody hands in the code, unsigned and free of charge.

use crate::{
	Error,
	chain::{BytesCall, Chain, call, has_event},
	wait::{self, Seen},
};
use futures::future::try_join_all;
use sp_maybe_compressed_blob::{CODE_BLOB_BOMB_LIMIT, compress_weakly};
use std::time::Duration;
use zombienet_sdk::{
	subxt::{dynamic::Value, ext::scale_value::ValueDef, tx::DynamicPayload},
	subxt_signer::sr25519::{Keypair, dev},
};

/// Prepare 1, confirm 2 and enactment 1 block, some for the votes, and finality two blocks later: seven blocks of
/// three seconds. Five times that, for a busy machine.
const REFERENDUM_LIMIT: Duration = Duration::from_secs(120);
/// What each of the four voters puts behind its vote: 24% of the supply together, of which the track demands 20% at
/// the start of the decision.
const VOTE: u128 = 60_000_000 * ATL;
const ATL: u128 = 1_000_000_000_000;
/// A standard vote is one byte: the highest bit says aye, the others the conviction; one lock period here.
const AYE_LOCKED_ONCE: u128 = 0x81;

/// The chambers, by the pallet of their referenda.
const CONTRIBUTORS: &str = "ContributorsReferenda";
const TOKEN_HOLDERS: &str = "Referenda";

/// Compresses a runtime as release builds do: it must fit into a transaction, and a dev-profile wasm is several megabytes.
pub fn compress(wasm: &[u8]) -> Result<Vec<u8>, Error> {
	compress_weakly(wasm, CODE_BLOB_BOMB_LIMIT).ok_or(Error::CodeTooLarge)
}

/// Takes an upgrade to `code` through both chambers, up to the authorisation by the chain.
pub async fn authorise_upgrade(chain: &Chain, code: &[u8]) -> Result<(), Error> {
	let authorise = call(
		"System",
		"authorize_upgrade",
		vec![("code_hash", bytes(chain.hash(code)))],
	);
	whitelist(chain, &authorise).await?;
	dispatch_whitelisted(chain, authorise).await
}

/// Hands in authorised code. The chain runs it from the next block on.
pub async fn apply_upgrade(chain: &Chain, code: &[u8]) -> Result<(), Error> {
	let apply = BytesCall {
		pallet: "System",
		name: "apply_authorized_upgrade",
		bytes: code,
	};
	let events = chain.submit_unsigned(&apply).await?;
	has_event(&events, "System", "CodeUpdated")
}

/// Steps 1 and 2.
async fn whitelist(chain: &Chain, protected: &DynamicPayload) -> Result<(), Error> {
	let encoded = chain.encode(protected)?;
	let hash = chain.hash(&encoded);
	let whitelist = call("Whitelist", "whitelist_call", vec![("call_hash", bytes(hash))]);
	let inline = Value::unnamed_variant("Inline", [bytes(chain.encode(&whitelist)?)]);
	let index = propose(
		chain,
		CONTRIBUTORS,
		&dev::alice(),
		"ContributorsVoice",
		note_preimage(encoded),
		inline,
	)
	.await?;

	let aye = call(
		"ContributorsCollective",
		"vote",
		vec![("poll", Value::u128(index.into())), ("aye", Value::bool(true))],
	);
	vote(chain, &aye).await?;
	approved(chain, CONTRIBUTORS, index).await?;
	enacted(
		chain,
		"the call is whitelisted",
		"Whitelist",
		"WhitelistedCall",
		vec![bytes(hash)],
	)
	.await
}

/// Step 3.
async fn dispatch_whitelisted(chain: &Chain, protected: DynamicPayload) -> Result<(), Error> {
	let dispatch = call(
		"Whitelist",
		"dispatch_whitelisted_call_with_preimage",
		vec![("call", protected.into_value())],
	);
	let encoded = chain.encode(&dispatch)?;
	let lookup = Value::named_variant(
		"Lookup",
		[
			("hash", bytes(chain.hash(&encoded))),
			("len", Value::u128(encoded.len() as u128)),
		],
	);
	let index = propose(
		chain,
		TOKEN_HOLDERS,
		&dev::bob(),
		"WhitelistedCaller",
		note_preimage(encoded),
		lookup,
	)
	.await?;

	let aye = call(
		"ConvictionVoting",
		"vote",
		vec![
			("poll_index", Value::u128(index.into())),
			(
				"vote",
				Value::named_variant(
					"Standard",
					[
						("vote", Value::unnamed_composite([Value::u128(AYE_LOCKED_ONCE)])),
						("balance", Value::u128(VOTE)),
					],
				),
			),
		],
	);
	vote(chain, &aye).await?;
	approved(chain, TOKEN_HOLDERS, index).await?;
	enacted(
		chain,
		"the upgrade is authorised",
		"System",
		"AuthorizedUpgrade",
		vec![],
	)
	.await
}

/// Publishes the preimage, submits the proposal and places the decision deposit, in one transaction. Returns its index.
async fn propose(
	chain: &Chain,
	chamber: &'static str,
	by: &Keypair,
	origin: &str,
	preimage: DynamicPayload,
	proposal: Value,
) -> Result<u32, Error> {
	let index = chain
		.finalised_item(chamber, "ReferendumCount", vec![])
		.await?
		.and_then(|count| count.as_u128())
		.and_then(|count| u32::try_from(count).ok())
		.unwrap_or_default();
	let origin = Value::unnamed_variant("Origins", [Value::unnamed_variant(origin, [])]);
	let submit = call(
		chamber,
		"submit",
		vec![
			("proposal_origin", origin),
			("proposal", proposal),
			("enactment_moment", Value::unnamed_variant("After", [Value::u128(1)])),
		],
	);
	let deposit = call(
		chamber,
		"place_decision_deposit",
		vec![("index", Value::u128(index.into()))],
	);
	let calls = [preimage, submit, deposit].map(DynamicPayload::into_value);
	let all = call("Utility", "batch_all", vec![("calls", Value::unnamed_composite(calls))]);
	let events = chain.submit(&all, by).await?;
	has_event(&events, chamber, "DecisionDepositPlaced")?;
	tracing::info!("{chamber} {index} proposed");
	Ok(index)
}

/// The same vote by the four who are both contributors and large token holders in the preset.
async fn vote(chain: &Chain, aye: &DynamicPayload) -> Result<(), Error> {
	let voters = [dev::alice(), dev::bob(), dev::charlie(), dev::dave()];
	try_join_all(voters.iter().map(|voter| chain.submit(aye, voter))).await?;
	Ok(())
}

/// Waits until the referendum is approved.
async fn approved(chain: &Chain, chamber: &'static str, index: u32) -> Result<(), Error> {
	let outcome = wait::until(format!("{chamber} {index} is decided"), REFERENDUM_LIMIT, async || {
		let info = chain
			.finalised_item(chamber, "ReferendumInfoFor", vec![Value::u128(index.into())])
			.await?;
		Ok(match info.map(|info| info.value) {
			Some(ValueDef::Variant(state)) if state.name != "Ongoing" => Seen::Yes(state.name),
			Some(state) => Seen::NotYet(state.to_string()),
			None => Seen::NotYet("no such referendum".into()),
		})
	})
	.await?;
	if outcome == "Approved" {
		Ok(())
	} else {
		Err(Error::ReferendumFailed {
			chamber,
			index,
			outcome,
		})
	}
}

/// Waits until a storage item exists at a finalised block.
async fn enacted(chain: &Chain, what: &str, pallet: &str, item: &str, keys: Vec<Value>) -> Result<(), Error> {
	wait::until(what, REFERENDUM_LIMIT, async || {
		let found = chain.finalised_item(pallet, item, keys.clone()).await?;
		Ok(match found {
			Some(_) => Seen::Yes(()),
			None => Seen::NotYet("nothing".into()),
		})
	})
	.await
}

fn note_preimage(encoded: Vec<u8>) -> DynamicPayload {
	call("Preimage", "note_preimage", vec![("bytes", bytes(encoded))])
}

fn bytes(data: impl AsRef<[u8]>) -> Value {
	Value::from_bytes(data)
}
