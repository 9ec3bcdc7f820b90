// SPDX-License-Identifier: Apache-2.0

//! Nodes that are none, for tests: they know what a test tells them, and fail when it wants. There is one account.

use crate::{Chain, Error, Hash};
use codec::{Compact, Encode};
use serde_json::{Value, json, value::RawValue};
use std::sync::{Arc, Mutex, MutexGuard};
use subxt::rpcs::{Error as RpcError, RpcClient, RpcClientT, UserError};

const METADATA: &[u8] = include_bytes!("../metadata/runtime.scale");
/// The keys of `System::Account` (of all accounts) and of `System::Events`.
const ACCOUNT: &str = "0x26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9";
const EVENTS: &str = "0x26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7";

/// A block.
#[derive(Clone, Default)]
struct Made {
	transactions: Vec<Vec<u8>>,
	/// The account's next number after it.
	next: u32,
}

/// All final blocks of a chain.
pub struct World {
	/// Tells chains apart that begin alike.
	fork: u64,
	made: Mutex<Vec<Made>>,
}

impl World {
	/// A chain with a few blocks.
	pub fn new(fork: u64) -> Arc<Self> {
		Arc::new(Self {
			fork,
			made: Mutex::new(vec![Made::default(); 5]),
		})
	}

	fn made(&self) -> MutexGuard<'_, Vec<Made>> {
		self.made.lock().unwrap()
	}

	/// A block with these transactions.
	pub fn block(&self, transactions: Vec<Vec<u8>>) {
		let mut made = self.made();
		let next = made.last().unwrap().next + transactions.len() as u32;
		made.push(Made { transactions, next });
	}

	pub fn newest(&self) -> u64 {
		self.made().len() as u64 - 1
	}

	/// How many transactions there are in all blocks.
	pub fn carried_out(&self) -> u32 {
		self.made().last().unwrap().next
	}

	/// Chains are alike up to block 3.
	fn hash(&self, number: u64) -> Hash {
		let fork = if number > 3 { self.fork } else { 0 };
		Hash::from_low_u64_be(fork << 32 | (number + 1))
	}

	fn number(&self, hash: &str) -> Option<u64> {
		let hash: Hash = hash.parse().unwrap();
		(0..=self.newest()).find(|number| self.hash(*number) == hash)
	}
}

/// What a node does with a question.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Does {
	Answer,
	/// It dies, and lives no more.
	Die,
	/// It never answers this one.
	Hang,
}

/// What it does with a question, by its method and parameters.
type Doing = Box<dyn FnMut(&str, &Value) -> Does + Send>;

/// What a test tells a node.
pub struct Told {
	pub world: Arc<World>,
	pub down: bool,
	/// The first block of which it has the state.
	pub first: u64,
	/// Why it takes no transaction.
	pub refuses: Option<&'static str>,
	pub pool: Vec<Vec<u8>>,
	/// Milliseconds before each answer.
	pub latency: u64,
	pub does: Doing,
}

/// A node.
pub struct Fake(Mutex<Told>);

impl std::fmt::Debug for Fake {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str("Fake")
	}
}

impl Fake {
	pub fn of(world: &Arc<World>) -> Arc<Self> {
		Arc::new(Self(Mutex::new(Told {
			world: world.clone(),
			down: false,
			first: 0,
			refuses: None,
			pool: Vec::new(),
			latency: 0,
			does: Box::new(|_, _| Does::Answer),
		})))
	}

	pub fn told(&self) -> MutexGuard<'_, Told> {
		self.0.lock().unwrap()
	}

	/// A block with all that the node has in its pool.
	pub fn block(&self) {
		let mut told = self.told();
		let pool = std::mem::take(&mut told.pool);
		told.world.block(pool);
	}

	pub async fn connect(self: &Arc<Self>, url: &str) -> Result<Chain, Error> {
		let chain = Chain::over(RpcClient::new(self.clone()), url).await;
		chain.map_err(|told| Error::Unreachable { url: url.into(), told })
	}

	fn answer(&self, method: &str, asked: &Value) -> Result<Value, RpcError> {
		let mut told = self.told();
		let world = told.world.clone();
		let text = |number: usize| asked[number].as_str().unwrap_or_default();
		let header = |number: u64| {
			json!({
				"parentHash": if number == 0 { Hash::zero() } else { world.hash(number - 1) },
				"number": format!("{number:#x}"),
				"stateRoot": Hash::zero(),
				"extrinsicsRoot": Hash::zero(),
				"digest": { "logs": [] },
			})
		};
		let of = |hash: &str| match world.number(hash) {
			Some(number) if number >= told.first => Ok(number),
			Some(_) => Err(user(4003, "State already discarded for this block", None)),
			None => Err(user(4003, "UnknownBlock: Header was not found", None)),
		};
		Ok(match method {
			"rpc_methods" => json!({ "methods": [] }),
			"system_version" => json!("1"),
			"chain_getBlockHash" => match asked[0].as_u64() {
				Some(number) if number <= world.newest() => json!(world.hash(number)),
				_ => Value::Null,
			},
			"chain_getFinalizedHead" => json!(world.hash(world.newest())),
			"chain_getHeader" => world.number(text(0)).map_or(Value::Null, header),
			"chain_getBlock" => {
				let number = of(text(0))?;
				let made = world.made()[number as usize].clone();
				let transactions: Vec<_> = made.transactions.iter().map(written).collect();
				json!({ "block": { "header": header(number), "extrinsics": transactions }, "justifications": null })
			}
			"state_getStorageHash" => of(text(1)).map(|_| json!(Hash::zero()))?,
			"state_getStorage" => {
				let number = of(text(1))?;
				let made = world.made()[number as usize].clone();
				match text(0) {
					key if key.starts_with(ACCOUNT) => json!(written(account(made.next))),
					EVENTS => json!(written(events(made.transactions.len()))),
					_ => Value::Null,
				}
			}
			"state_call" => {
				let number = of(text(2))?;
				json!(written(&match text(0) {
					"Core_version" => version(),
					"Metadata_metadata_versions" => vec![16_u32].encode(),
					"Metadata_metadata_at_version" => Some(METADATA.to_vec()).encode(),
					"AccountNonceApi_account_nonce" => world.made()[number as usize].next.encode(),
					call => panic!("nobody asks for {call}"),
				}))
			}
			"system_accountNextIndex" => json!(world.carried_out() as usize + told.pool.len()),
			"author_submitExtrinsic" => {
				if let Some(why) = told.refuses {
					return Err(user(1010, "Invalid Transaction", Some(why)));
				}
				let transaction = hex::decode(text(0).trim_start_matches("0x")).unwrap();
				if told.pool.contains(&transaction) {
					return Err(user(1013, "Transaction is already imported", None));
				}
				told.pool.push(transaction);
				json!(Hash::zero())
			}
			method => panic!("nobody asks for {method}"),
		})
	}
}

impl RpcClientT for Fake {
	fn request_raw<'a>(
		&'a self,
		method: &'a str,
		params: Option<Box<RawValue>>,
	) -> subxt::rpcs::client::RawRpcFuture<'a, Box<RawValue>> {
		Box::pin(async move {
			let asked = params.map_or(Value::Null, |params| serde_json::from_str(params.get()).unwrap());
			let latency = self.told().latency;
			tokio::time::sleep(std::time::Duration::from_millis(latency)).await;
			let does = {
				let mut told = self.told();
				let does = match told.down {
					true => Does::Die,
					false => (told.does)(method, &asked),
				};
				told.down = does == Does::Die;
				does
			};
			match does {
				Does::Answer => {
					let answer = self.answer(method, &asked)?;
					Ok(serde_json::value::to_raw_value(&answer).unwrap())
				}
				Does::Die => Err(RpcError::Client("the connection is closed".into())),
				Does::Hang => std::future::pending().await,
			}
		})
	}

	fn subscribe_raw<'a>(
		&'a self,
		_: &'a str,
		_: Option<Box<RawValue>>,
		_: &'a str,
	) -> subxt::rpcs::client::RawRpcFuture<'a, subxt::rpcs::client::RawRpcSubscription> {
		panic!("nobody subscribes")
	}
}

fn user(code: i32, message: &str, why: Option<&str>) -> RpcError {
	RpcError::User(UserError {
		code,
		message: message.into(),
		data: why.map(|why| serde_json::value::to_raw_value(why).unwrap()),
	})
}

fn written(bytes: impl AsRef<[u8]>) -> String {
	format!("0x{}", hex::encode(bytes))
}

fn account(next: u32) -> Vec<u8> {
	(next, 0_u32, 1_u32, 0_u32, (1_u128, 0_u128, 0_u128, 0_u128)).encode()
}

fn version() -> Vec<u8> {
	let apis: Vec<([u8; 8], u32)> = Vec::new();
	("fake", "fake", 1_u32, 100_u32, 1_u32, apis, 1_u32, 1_u8).encode()
}

/// Each transaction did nothing, well.
fn events(transactions: usize) -> Vec<u8> {
	let mut encoded = Compact(transactions as u32).encode();
	for number in 0..transactions as u32 {
		let weight = (Compact(1_u64), Compact(1_u64));
		let (apply, system, success) = (0_u8, 0_u8, 0_u8);
		let (class, pays) = (0_u8, 0_u8);
		let topics: Vec<Hash> = Vec::new();
		(apply, number, (system, success), weight, (class, pays), topics).encode_to(&mut encoded);
	}
	encoded
}
