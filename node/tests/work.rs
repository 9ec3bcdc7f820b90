// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Work through our own client on the real node: a worker bonds and offers, a payer opens a session by its quote, vouchers are
//! settled, and the money is where the documents say.

mod common;

use atelier_client::{
	AccountId, Acting, Chain, Court, Error, Final, Finals, Funds, Jobs, Key, Nodes, Outbox, Publication, Refusal, Wait,
	Workers,
	events::{self, Event},
	jobs::{Opening, Quote, SessionPhase, SignedVoucher, Voucher},
	primitives::{
		ids::{SessionId, VersionId, WorkerId},
		models::{Class, Fee},
		terms::{Purpose, Purposes, Terms, Use, Withdrawal},
		work::Work,
	},
	referee::{
		commit::{
			Bounded, Commitment, Kind,
			mountain::{Receipt, Receipts},
		},
		hash::Portable,
	},
	workers::{Endpoint, Keys, Offer},
};
use common::Node;
use std::{sync::Arc, time::Duration};

const UNIT: u128 = 1_000_000_000_000;
const BOND: u128 = 200 * UNIT;
const DEPOSIT: u128 = 10 * UNIT;
const RESERVATION: u128 = UNIT / 50;
const PRICE: u128 = 1_000_000_000;
const WANTED: Use = Use {
	purpose: Purpose::Personal,
	commercial: false,
};

fn key(name: &str) -> Key {
	Key::development(name).unwrap()
}

fn publication() -> Publication {
	Publication {
		weights: Commitment {
			kind: Kind::Weights,
			count: 10,
			root: [1; 32],
		},
		bytes: 10_000,
		package: [1; 32],
		manifest: [2; 32],
		class: Class::Float { profile: [3; 32] },
		parents: Bounded::new(),
		datasets: Bounded::new(),
		terms: Terms {
			derive: true,
			commercial: true,
			min_share: Default::default(),
			expiry: None,
			purposes: Purposes::ANY,
			withdrawal: Withdrawal::StopsServing,
		},
		licence: b"Apache-2.0".to_vec().try_into().unwrap(),
		licence_text: [4; 32],
		fee: Fee {
			per_input: 100_000_000,
			per_output: 0,
		},
		safety: None,
	}
}

/// Publishes a version that anybody may serve.
async fn publish(maker: Acting<'_>) -> VersionId {
	let model = maker.create_model("tiny").await.unwrap();
	let published = maker.publish(model, &publication(), [5; 32], |_| {}).await;
	published.unwrap().version
}

/// Registers a worker through an outbox, in which several calls can be on their way at once.
async fn register(outbox: &Outbox, signer: &Key) -> WorkerId {
	let keys = Keys {
		signer: signer.account(),
		vrf: signer.account().0,
		endpoint: Endpoint {
			id: [1; 32],
			addresses: Bounded::new(),
		},
	};
	let acting = outbox.acting();
	let worker = acting.register_worker(keys, "a test", BOND, false).await.unwrap();
	let (alive, better) = tokio::join!(acting.heartbeat(), acting.set_hardware("a better test"));
	alive.and(better).unwrap();
	worker
}

async fn funds(chain: &Chain, who: &AccountId) -> Funds {
	chain.funds(&chain.best().await.unwrap(), who).await.unwrap()
}

/// The next voucher over all receipts so far, of which some were settled.
fn voucher(
	chain: &Chain,
	payer: &Key,
	worker: WorkerId,
	session: SessionId,
	receipts: &Receipts,
	settled: u64,
) -> SignedVoucher {
	let voucher = Voucher {
		session,
		sequence: receipts.count(),
		receipts: receipts.root::<Portable>().unwrap(),
	};
	SignedVoucher {
		voucher,
		signature: payer.sign_voucher(&chain.genesis(), worker, &voucher),
		extension: receipts.prove_extension::<Portable>(settled, receipts.count()).unwrap(),
	}
}

/// All that final blocks say up to a block with this, and what an account has paid in fees.
async fn final_blocks(finals: &mut Finals, last: impl Fn(&Event) -> bool, who: &AccountId) -> (Vec<Event>, u128) {
	let (mut seen, mut fees) = (Vec::new(), 0);
	while !seen.iter().any(&last) {
		let next = tokio::time::timeout(Duration::from_secs(120), finals.next()).await;
		let Final::Block(block) = next.expect("it goes on").unwrap().unwrap() else {
			panic!("nothing was missed")
		};
		seen.extend(block.work().unwrap());
		for event in block.events.iter() {
			let event = event.unwrap();
			let fields = event.field_bytes();
			if event.event_name() == "TransactionFeePaid" && fields.starts_with(&who.0) {
				fees += u128::from_le_bytes(fields[32..48].try_into().unwrap());
			}
		}
	}
	(seen, fees)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_opened_served_and_settled() {
	let node = Node::dev(&[]);
	let nodes = Arc::new(Nodes::new([format!("ws://{}", node.rpc())], None).unwrap());
	let chain = nodes.chain().await.unwrap();
	let (maker, serves, payer) = (key("//Alice"), key("//Bob"), key("//Charlie"));
	let (signer, vouchers) = (key("//Bob//signer"), key("//Charlie//vouchers"));
	let mut finals = Finals::after(nodes.clone(), None);
	let before = (
		funds(&chain, &serves.account()).await,
		funds(&chain, &payer.account()).await,
	);

	let (outbox, _task) = Outbox::open(nodes.clone(), serves.clone());
	let (version, worker) = tokio::join!(publish(chain.acting(&maker, Wait::InBlock)), register(&outbox, &signer));
	let (serving, paying) = (
		chain.acting(&serves, Wait::InBlock),
		chain.acting(&payer, Wait::InBlock),
	);
	let number = chain.best().await.unwrap().block_number() as u32;
	let quote = Quote {
		worker,
		version,
		payer: payer.account(),
		price: PRICE,
		capacity: 2 * DEPOSIT,
		window: 1_000,
		reservation: RESERVATION,
		until: number + 50,
		number: 1,
	};
	let opening = Opening {
		deposit: DEPOSIT,
		expiry: number + 500,
		wanted: WANTED,
		voucher_key: vouchers.account(),
		sealed: false,
	};
	let offer = Offer {
		price: PRICE,
		capacity: 0,
	};
	// Only the key that the worker names signs its quotes.
	let forged = payer.sign_quote(&chain.genesis(), &quote);
	let (offered, refused) = tokio::join!(
		serving.set_offer(version, offer),
		paying.open_session(quote.clone(), forged, opening.clone())
	);
	offered.unwrap();
	assert!(
		matches!(
			refused.unwrap_err(),
			Error::Refused { reason: Refusal::Pallet { pallet, error }, .. } if pallet == "Jobs" && error == "BadSignature"
		),
		"a quote is signed"
	);

	// Everything that the quote depends on is asked at one block.
	let at = chain.best().await.unwrap();
	let workers = Workers(&at);
	assert_eq!(workers.of(serves.account()).await.unwrap(), Some(worker));
	let me = workers.worker(worker).await.unwrap().unwrap();
	assert_eq!((me.bond, me.exposure, me.account), (BOND, 0, serves.account()));
	assert_eq!(workers.cover_by(BOND).await.unwrap(), me.cover);
	let offers = workers.offers_of(worker).await.unwrap();
	assert!(offers[0].serves && !offers[0].listed && offers[0].offer == offer);
	assert!(
		workers.offers(version).await.unwrap().items.is_empty(),
		"it is for sessions alone"
	);
	assert_eq!(workers.worker(WorkerId(worker.0 + 1)).await.unwrap(), None);

	let signature = signer.sign_quote(&chain.genesis(), &quote);
	let session = paying.open_session(quote, signature, opening).await.unwrap();

	let mut receipts = Receipts::new();
	for units in [300, 41] {
		let claim = [units as u8; 32];
		receipts.append::<Portable>(Receipt { claim, units }).unwrap();
	}
	let first = voucher(&chain, &vouchers, worker, session, &receipts, 0);
	let settled = serving.settle(first.clone()).await.unwrap();
	let at = chain.best().await.unwrap();
	let seen = Jobs(&at).session(session).await.unwrap().unwrap();
	assert_eq!(seen.phase, SessionPhase::Open);
	assert_eq!(
		(seen.rates.worker, seen.rates.version),
		(PRICE, 100_000_000),
		"what was quoted, and what the version asks"
	);
	let price = seen.rates.price(341).unwrap();
	assert_eq!((settled.session, settled.number, settled.price), (session, 0, price));
	assert_eq!(seen.pending[0].price, price);
	assert_eq!(
		Workers(&at).worker(worker).await.unwrap().unwrap().exposure,
		price,
		"it is not final"
	);
	let work = Work::Settlement { session, number: 0 };
	let audit = Court(&at).audit(work).await.unwrap().unwrap();
	assert_eq!((audit.work.value, audit.work.worker), (price, worker));
	assert!(Court(&at).disputes_of(worker).await.unwrap().is_empty());
	assert_eq!(Jobs(&at).sessions_of(payer.account()).await.unwrap().items, [seen]);

	// In a batch, what cannot be settled is left out by name.
	receipts
		.append::<Portable>(Receipt {
			claim: [9; 32],
			units: 59,
		})
		.unwrap();
	let second = voucher(&chain, &vouchers, worker, session, &receipts, 2);
	// What was signed can be settled when the session is closed, too.
	let (batch, closed) = tokio::join!(serving.settle_batch(vec![first, second]), paying.close_session(session));
	let (batch, until) = (batch.unwrap(), closed.unwrap());
	assert_eq!(batch.settled[0].number, 1);
	assert!(
		matches!(
			&batch.skipped[..],
			[(skipped, Refusal::Pallet { pallet, error })]
				if *skipped == session && pallet == "Jobs" && error == "OldSequence"
		),
		"{batch:?}"
	);

	let at = chain.best().await.unwrap();
	let jobs = Jobs(&at);
	let seen = jobs.session(session).await.unwrap().unwrap();
	assert_eq!((seen.phase, seen.ends), (SessionPhase::Closing, until));
	assert_eq!((seen.deposit, seen.escrow), (DEPOSIT, DEPOSIT), "nothing is paid yet");
	let all = seen.rates.price(400).unwrap();
	assert_eq!(price + batch.settled[0].price, all, "as if it had been settled once");
	assert!(events::at(&at).await.is_ok());

	let closed = |event: &Event| matches!(event, Event::SessionClosed { .. });
	let (seen, fees) = final_blocks(&mut finals, closed, &payer.account()).await;
	assert!(seen.contains(&Event::Registered {
		worker,
		account: serves.account(),
		bond: BOND
	}));
	let of_session = seen.iter().filter(|event| event.session() == Some(session)).count();
	assert_eq!(of_session, 5, "opened, settled twice, left out once, closed: {seen:?}");

	// The payer paid the reservation and its fees, to the unit; the deposit, the bond and what the records cost are on hold.
	let after = (
		funds(&chain, &serves.account()).await,
		funds(&chain, &payer.account()).await,
	);
	let all = |funds: Funds| funds.free + funds.held;
	assert_eq!(all(before.1) - all(after.1), RESERVATION + fees);
	assert!(after.1.held > before.1.held + DEPOSIT && after.0.held > before.0.held + BOND);
}
