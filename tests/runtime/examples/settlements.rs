// SPDX-License-Identifier: Apache-2.0

//! Writes the transactions by which `scripts/bench settlements` fills blocks of a development chain: a worker, a version, and
//! one session after another; then vouchers for all of them, twice, in batches. The numbers that the chain gives to its first
//! version, worker and sessions are known before, so all can be signed at once.
//!
//! usage: settlements GENESIS [SESSIONS]. Prints phases: a line `PHASE name blocks-to-wait-before`, then one transaction in
//! hexadecimal digits a line.

#[path = "../tests/registries/world.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod registries;

use atelier_primitives::{
	ids::{ModelId, SessionId, VersionId, WorkerId},
	terms::{Purpose, Use},
	work::{
		voucher::{Quote, Voucher},
		workers::{Endpoint, Keys},
	},
};
use atelier_referee::{
	commit::{
		Bounded,
		mountain::{Receipt, Receipts},
	},
	hash::Portable,
};
use atelier_runtime::{Balance, RuntimeCall, Signature, UncheckedExtrinsic, economics::ATL};
use atelier_runtime_tests::{
	Account, account,
	transactions::{extension, implicit},
};
use codec::Encode;
use registries::{OPEN, exact};
use sp_core::{H256, Pair};
use std::{env, error::Error};

const PAYER: Account = Account::Alice;
const SERVES: Account = Account::Bob;
const MAKER: Account = Account::Dave;

const SESSIONS: u64 = 3_000;
/// Vouchers in a batch. Of batches as large as may be three fit into a block; of these four, which are more sessions.
const BATCH: usize = 230;
/// Answers that one voucher settles.
const ANSWERS: u64 = 1_000;
const UNITS: u64 = 2;
const PRICE: Balance = ATL / 1_000_000;
const DEPOSIT: Balance = ATL;
const BOND: Balance = 100_000 * ATL;
const SALT: [u8; 32] = [7; 32];

/// An account that signs one transaction after another.
struct Signer {
	account: Account,
	nonce: u32,
	genesis: H256,
}

impl Signer {
	fn new(account: Account, genesis: H256) -> Self {
		Self {
			account,
			nonce: 0,
			genesis,
		}
	}

	/// Prints a signed transaction. It does not expire: signing takes a while.
	fn send(&mut self, call: impl Into<RuntimeCall>) {
		let call = call.into();
		let (extension, implicit) = (extension(self.nonce), implicit(self.genesis));
		let signature = (&call, &extension, &implicit).using_encoded(|payload| {
			// Long payloads are hashed before they are signed.
			match payload.len() > 256 {
				true => self.account.pair().sign(&sp_io::hashing::blake2_256(payload)),
				false => self.account.pair().sign(payload),
			}
		});
		let address = account(self.account).into();
		let signed = UncheckedExtrinsic::new_signed(call, address, Signature::Sr25519(signature), extension);
		self.nonce += 1;
		println!("{}", sp_core::bytes::to_hex(&signed.encode(), false));
	}
}

/// A session and all that was answered in it.
struct Talk {
	session: SessionId,
	receipts: Receipts,
	settled: u64,
}

impl Talk {
	fn new(number: u64) -> Self {
		Self {
			session: SessionId(number),
			receipts: Receipts::new(),
			settled: 0,
		}
	}

	/// Many more answers, and the voucher for all.
	fn answer(&mut self, genesis: H256) -> Result<pallet_jobs::Signed<Signature>, Box<dyn Error>> {
		for _ in 0..ANSWERS {
			let claim = sp_io::hashing::blake2_256(&(self.session.0, self.receipts.count()).encode());
			let receipt = Receipt { claim, units: UNITS };
			self.receipts
				.append::<Portable>(receipt)
				.map_err(|_| "a session is full")?;
		}
		let count = self.receipts.count();
		let receipts = self.receipts.root::<Portable>().map_err(|_| "there are no receipts")?;
		let voucher = Voucher {
			session: self.session,
			sequence: count,
			receipts,
		};
		let signature = PAYER.pair().sign(&voucher.message(&genesis.0, WorkerId(0)));
		let extension = self.receipts.prove_extension::<Portable>(self.settled, count);
		self.settled = count;
		Ok(pallet_jobs::Signed {
			voucher,
			signature: Signature::Sr25519(signature),
			extension: extension.map_err(|_| "it does not extend what was settled")?,
		})
	}
}

fn phase(name: &str, wait: u32) {
	println!("PHASE {name} {wait}");
}

fn main() -> Result<(), Box<dyn Error>> {
	let mut arguments = env::args().skip(1);
	let genesis: H256 = arguments
		.next()
		.ok_or("usage: settlements GENESIS [SESSIONS]")?
		.parse()?;
	let sessions = arguments.next().map_or(Ok(SESSIONS), |count| count.parse())?;
	let (mut payer, mut worker, mut maker) = (
		Signer::new(PAYER, genesis),
		Signer::new(SERVES, genesis),
		Signer::new(MAKER, genesis),
	);

	phase("prepare", 0);
	let keys = Keys {
		signer: account(SERVES),
		vrf: SERVES.pair().public().0,
		endpoint: Endpoint {
			id: [1; 32],
			addresses: Bounded::new(),
		},
	};
	worker.send(pallet_workers::Call::register {
		keys: Box::new(keys),
		hardware: Default::default(),
		bond: BOND,
		auditing: true,
	});
	worker.send(pallet_workers::Call::heartbeat {});
	maker.send(pallet_models::Call::create_model {
		slug: b"benchmark".to_vec(),
	});
	let publication = exact(1, OPEN);
	let promise = publication.promise::<Portable>(&genesis.0, &account(MAKER), &SALT);
	maker.send(pallet_models::Call::commit_version { promise });
	phase("publish", 4);
	maker.send(pallet_models::Call::reveal_version {
		model: ModelId(0),
		publication: Box::new(publication),
		salt: SALT,
	});

	phase("open", 1);
	for number in 0..sessions {
		let quote = Quote {
			worker: WorkerId(0),
			version: VersionId(0),
			payer: account(PAYER),
			price: PRICE,
			capacity: DEPOSIT,
			window: 1_000,
			reservation: 0,
			until: 200,
			number,
		};
		let signature = Signature::Sr25519(SERVES.pair().sign(&quote.message(&genesis.0)));
		payer.send(pallet_jobs::Call::open {
			quote: Box::new(quote),
			signature,
			opening: Box::new(pallet_jobs::Opening {
				deposit: DEPOSIT,
				expiry: 1_000,
				wanted: Use {
					purpose: Purpose::Personal,
					commercial: false,
				},
				voucher_key: account(PAYER),
				sealed: false,
			}),
		});
	}
	let mut talks: Vec<Talk> = (0..sessions).map(Talk::new).collect();
	for name in ["settle", "settle-again"] {
		phase(name, 1);
		for some in talks.chunks_mut(BATCH) {
			let signed = some.iter_mut().map(|talk| talk.answer(genesis));
			let signed: Vec<_> = signed.collect::<Result<_, _>>()?;
			worker.send(pallet_jobs::Call::settle_batch {
				batch: signed.try_into().map_err(|_| "the batch is too large")?,
			});
		}
	}
	Ok(())
}
