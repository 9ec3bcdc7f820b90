// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! A transaction that is wrong in any way is refused with an error, is never in the pool, and moves nothing.

mod common;

use atelier_runtime::{AccountId, Hash, Runtime, RuntimeCall, TxExtension, UncheckedExtrinsic, VERSION};
use codec::{Decode, Encode};
use common::{Node, random::Random};
use frame_system::AccountInfo;
use pallet_balances::AccountData;
use serde_json::{Value, json};
use sp_core::{Pair as _, sr25519::Pair};
use sp_keyring::Sr25519Keyring as Key;
use sp_runtime::{
	MultiAddress, MultiSignature,
	generic::{Era, Preamble},
	traits::{BlakeTwo256, Hash as _, TransactionExtension},
};

/// What a signer states about the chain beside the call.
#[derive(Clone)]
struct Claims {
	genesis: Hash,
	/// Hash of the block that the era starts with.
	birth: Hash,
	era: Era,
	nonce: u32,
	spec_version: u32,
	transaction_version: u32,
	tip: u128,
}

impl Claims {
	fn true_ones(node: &Node, nonce: u32) -> Self {
		let genesis = hash(&node.call("chain_getBlockHash", json!([0])));
		Self {
			genesis,
			birth: genesis,
			era: Era::Immortal,
			nonce,
			spec_version: VERSION.spec_version,
			transaction_version: VERSION.transaction_version,
			tip: 0,
		}
	}

	fn sign(&self, signer: Pair, call: RuntimeCall) -> UncheckedExtrinsic {
		let extension: TxExtension = (
			frame_system::AuthorizeCall::new(),
			frame_system::CheckNonZeroSender::new(),
			frame_system::CheckSpecVersion::new(),
			frame_system::CheckTxVersion::new(),
			frame_system::CheckGenesis::new(),
			frame_system::CheckMortality::from(self.era),
			frame_system::CheckNonce::from(self.nonce),
			atelier_runtime::extensions::CourtOrder,
			frame_system::CheckWeight::new(),
			pallet_transaction_payment::ChargeTransactionPayment::from(self.tip),
			frame_metadata_hash_extension::CheckMetadataHash::new(false),
			frame_system::WeightReclaim::new(),
		);
		let implicit: <TxExtension as TransactionExtension<RuntimeCall>>::Implicit = (
			(),
			(),
			self.spec_version,
			self.transaction_version,
			self.genesis,
			self.birth,
			(),
			(),
			(),
			(),
			None,
			(),
		);
		let signature = (&call, &extension, &implicit).using_encoded(|payload| {
			if payload.len() > 256 {
				signer.sign(BlakeTwo256::hash(payload).as_bytes())
			} else {
				signer.sign(payload)
			}
		});
		UncheckedExtrinsic::new_signed(
			call,
			MultiAddress::Id(AccountId::from(signer.public())),
			MultiSignature::Sr25519(signature),
			extension,
		)
	}
}

fn transfer(amount: u128) -> RuntimeCall {
	RuntimeCall::Balances(pallet_balances::Call::transfer_allow_death {
		dest: MultiAddress::Id(Key::Charlie.to_account_id()),
		value: amount,
	})
}

fn remark(length: usize) -> RuntimeCall {
	RuntimeCall::System(frame_system::Call::remark {
		remark: vec![0; length],
	})
}

const UNIT: u128 = 1_000_000_000_000;

#[test]
fn malformed_ones_are_refused_and_move_nothing() {
	let mut node = Node::dev(&[]);
	node.wait_until("there are blocks", |node| node.best() >= 2);

	// Bob and Charlie author no blocks, so nothing but transactions moves their balances.
	let accounts = [Key::Bob, Key::Charlie].map(|key| key.to_account_id());
	let before = accounts.each_ref().map(|account| balance(&node, account));
	assert!(before[0] > 10 * UNIT, "Bob has too little: {}", before[0]);

	let claims = Claims::true_ones(&node, 0);
	let good = claims.sign(bob(), transfer(UNIT)).encode();

	refuse_noise(&node, &good);
	refuse_other_signers(&node, &claims);
	refuse_false_claims(&node, &claims);
	refuse_wrong_shapes(&node, &claims);

	assert_eq!(node.call("author_pendingExtrinsics", json!([])), json!([]));
	node.assert_makes_blocks();
	node.wait_until("the first era is over", |node| node.best() >= 5);
	let era = Claims {
		era: Era::mortal(4, 0),
		..claims
	};
	refuse(&node, "an era that is over", &era.sign(bob(), transfer(UNIT)));
	assert_eq!(accounts.each_ref().map(|account| balance(&node, account)), before);

	// The unharmed one passes, once.
	let answer = submit(&node, &good);
	assert!(answer["result"].is_string(), "{answer}");
	let charlie = accounts[1].clone();
	node.wait_until("Charlie is paid", |node| balance(node, &charlie) == before[1] + UNIT);
	refuse_bytes(&node, "the same one again", &good);
	node.assert_no_panic();
}

fn refuse_noise(node: &Node, good: &[u8]) {
	let mut random = Random::new(7);
	for _ in 0..500 {
		let length = random.below(400);
		let bytes = random.bytes(length);
		refuse_bytes(node, "random bytes", &bytes);
		// With a length in front, as an extrinsic has.
		refuse_bytes(node, "random bytes with their length", &bytes.encode());
	}
	for end in 0..good.len() {
		refuse_bytes(node, "a truncated transaction", &good[..end]);
	}
	for _ in 0..500 {
		let mut flipped = good.to_vec();
		let at = random.below(flipped.len());
		flipped[at] ^= 1 << random.below(8);
		refuse_bytes(node, "a transaction with a flipped bit", &flipped);
	}
}

fn refuse_other_signers(node: &Node, claims: &Claims) {
	let mut stolen = claims.sign(bob(), transfer(UNIT));
	if let Preamble::Signed(address, ..) = &mut stolen.preamble {
		*address = MultiAddress::Id(Key::Alice.to_account_id());
	}
	let reason = refuse(node, "Bob's signature for Alice", &stolen);
	assert!(reason.contains("bad signature"), "{reason}");

	let poor = Pair::from_seed(&[1; 32]);
	let reason = refuse(node, "a sender without money", &claims.sign(poor, remark(0)));
	assert!(reason.contains("Inability to pay some fees"), "{reason}");
}

fn refuse_false_claims(node: &Node, claims: &Claims) {
	let elsewhere = Hash::repeat_byte(7);
	let best = node.best();
	let claims = || claims.clone();
	for (what, claims) in [
		(
			"another chain's genesis",
			Claims {
				genesis: elsewhere,
				birth: elsewhere,
				..claims()
			},
		),
		(
			"another runtime",
			Claims {
				spec_version: VERSION.spec_version + 1,
				..claims()
			},
		),
		(
			"another transaction format",
			Claims {
				transaction_version: VERSION.transaction_version + 1,
				..claims()
			},
		),
		(
			"an era of another fork",
			Claims {
				era: Era::mortal(64, best),
				birth: elsewhere,
				..claims()
			},
		),
		(
			"a tip that Bob cannot pay",
			Claims {
				tip: u128::MAX / 2,
				..claims()
			},
		),
	] {
		refuse(node, what, &claims.sign(bob(), transfer(UNIT)));
	}
}

fn refuse_wrong_shapes(node: &Node, claims: &Claims) {
	refuse(
		node,
		"a transfer without a signature",
		&UncheckedExtrinsic::new_bare(transfer(UNIT)),
	);
	let set_time = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now: 0 });
	refuse(
		node,
		"an inherent from outside",
		&UncheckedExtrinsic::new_bare(set_time),
	);

	// 3.75 MiB are a block's share for such transactions; the request stays below its own limit.
	let long = claims.sign(bob(), remark(3_950_000));
	let reason = refuse(node, "an oversized transaction", &long);
	assert!(reason.contains("exhaust"), "{reason}");
}

/// Fails if the node takes the transaction; the reason that it gave.
fn refuse(node: &Node, what: &str, transaction: &UncheckedExtrinsic) -> String {
	refuse_bytes(node, what, &transaction.encode())
}

fn refuse_bytes(node: &Node, what: &str, bytes: &[u8]) -> String {
	let answer = submit(node, bytes);
	assert!(answer["error"]["code"].is_i64(), "{what} was taken: {answer}");
	answer["error"].to_string()
}

fn bob() -> Pair {
	Key::Bob.pair()
}

fn submit(node: &Node, bytes: &[u8]) -> Value {
	let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
	node.ask("author_submitExtrinsic", json!([format!("0x{hex}")]))
}

fn balance(node: &Node, account: &AccountId) -> u128 {
	let key = frame_system::Account::<Runtime>::hashed_key_for(account);
	let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
	match node.call("state_getStorage", json!([format!("0x{hex}")])) {
		Value::Null => 0,
		found => {
			let bytes = unhex(found.as_str().expect("hex"));
			AccountInfo::<u32, AccountData<u128>>::decode(&mut &bytes[..])
				.expect("an account")
				.data
				.free
		}
	}
}

fn hash(found: &Value) -> Hash {
	Hash::from_slice(&unhex(found.as_str().expect("hex")))
}

fn unhex(text: &str) -> Vec<u8> {
	let digits = text.trim_start_matches("0x").as_bytes();
	digits
		.chunks(2)
		.map(|pair| {
			let pair = std::str::from_utf8(pair).expect("ASCII");
			u8::from_str_radix(pair, 16).expect("hex")
		})
		.collect()
}
