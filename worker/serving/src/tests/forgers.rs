// SPDX-License-Identifier: Apache-2.0

//! Workers that say what is not so, and a requester that signs none of it.

use super::world::*;
use crate::{
	Desk,
	asking::{Asker, Error, Jotter, Notes, NotesError, Opener, Read, Write, Wrong},
	desk::{Nothing, Order},
};
use atelier_primitives::work::{named, price::units};
use atelier_referee::{
	claim::{Claim, Origin, Request, StopReason},
	commit::mountain::{Peaks, Receipt, Root},
	hash::Portable,
};
use atelier_wire::{
	Attached, Begun, Done, FrameReader, Piece, Question, Reply, Text, Tokens, Vouched, Welcome, write_reply,
};
use futures::{FutureExt, future::BoxFuture};
use std::{
	future::ready,
	io,
	sync::{
		Arc,
		atomic::{AtomicU64, Ordering},
	},
};
use tokio::io::{duplex, split};

const INPUT: [u32; 5] = [10, 20, 30, 40, 50];

/// What a worker says of an answer of four tokens, before it is changed.
#[derive(Clone)]
struct Answer {
	first: u32,
	tokens: Vec<u32>,
	done: Done,
}

/// A worker that says what it likes.
struct Forger {
	change: fn(&mut Answer),
	vouchers: Arc<AtomicU64>,
}

fn honest(request: &Request) -> Answer {
	let tokens = vec![1, 2, 3, 4];
	let order = Order {
		version: PACED,
		request: request.clone(),
		input: INPUT.to_vec(),
	};
	let committed = Nothing(PACED).answer(&order).unwrap().finish(&INPUT, &tokens).unwrap();
	let claim = Claim {
		genesis: GENESIS,
		origin: Origin::Session {
			session: id_of(PACED).0,
			index: 0,
		},
		worker: named(WORKER),
		version: request.version,
		request: request.root::<Portable>(),
		answer: committed.answer,
		state: committed.state,
		input_count: 5,
		output_count: 4,
		stop: StopReason::Limit,
	};
	let mut answer = Answer {
		first: 0,
		tokens,
		done: Done {
			claim,
			units: units(5, 4),
			root: Root::empty::<Portable>(),
		},
	};
	rooted(&mut answer);
	answer
}

/// With the root of this claim's receipt.
fn rooted(answer: &mut Answer) {
	let claim = &answer.done.claim;
	let mut peaks = Peaks::new();
	let receipt = Receipt {
		claim: claim.leaf::<Portable>(),
		units: units(claim.input_count, claim.output_count),
	};
	peaks.append::<Portable>(&receipt).unwrap();
	answer.done.root = peaks.root::<Portable>().unwrap();
}

impl Forger {
	fn replies(&self, question: Question) -> Vec<Reply> {
		let empty = Root::empty::<Portable>();
		match question {
			Question::Hello(_) => vec![Reply::Welcome(Welcome {
				worker: WORKER,
				nonce: [5; 32],
				streams: 8,
				answers: 8,
			})],
			Question::Attach(attach) => vec![Reply::Attached(Attached {
				session: attach.session,
				root: empty,
				signed: empty,
				sequence: 0,
				window: WINDOW,
			})],
			Question::Ask(ask) => {
				let mut answer = honest(&ask.request);
				(self.change)(&mut answer);
				vec![
					Reply::Begun(Begun { made: 0, kept: 21 }),
					Reply::Piece(Piece {
						first: answer.first,
						tokens: Tokens::try_from(answer.tokens).unwrap(),
						text: Text::default(),
					}),
					Reply::Done(Box::new(answer.done)),
				]
			}
			Question::Voucher(vouch) => {
				self.vouchers.fetch_add(1, Ordering::Relaxed);
				vec![Reply::Vouched(Vouched {
					session: vouch.voucher.session,
					sequence: vouch.voucher.sequence,
					unsigned: 0,
				})]
			}
			_ => Vec::new(),
		}
	}
}

impl Opener for Forger {
	fn open(&self) -> BoxFuture<'_, io::Result<(Read, Write)>> {
		let (here, there) = duplex(1 << 16);
		let worker = Self {
			change: self.change,
			vouchers: self.vouchers.clone(),
		};
		tokio::spawn(async move {
			let (read, mut write) = split(there);
			let mut reader = FrameReader::new(read);
			while let Ok(Some(question)) = reader.question().await {
				for reply in worker.replies(question) {
					if write_reply(&mut write, &reply).await.is_err() {
						return;
					}
				}
			}
		});
		let (read, write) = split(here);
		ready(Ok((Box::new(read) as Read, Box::new(write) as Write))).boxed()
	}
}

/// What a requester makes of it, and how many vouchers it signed.
async fn told(change: fn(&mut Answer)) -> (Result<Vec<u32>, Error>, u64) {
	let vouchers = Arc::new(AtomicU64::new(0));
	let forger = Forger {
		change,
		vouchers: vouchers.clone(),
	};
	let asker = Asker::connect(Arc::new(forger), ends(1), PATIENCE).await.unwrap();
	let notes: Arc<dyn Notes> = Arc::new(Jotter::default());
	let terms = terms(id_of(PACED), PACED);
	let session = asker.attach(terms, Arc::new(voucher_key()), notes).await.unwrap();
	let answer = session
		.ask(request(PACED, &INPUT, 4, 1), INPUT.to_vec(), false)
		.await
		.unwrap();
	let told = answer.all().await.map(|(tokens, _)| tokens);
	(told, vouchers.load(Ordering::Relaxed))
}

#[tokio::test]
async fn only_what_is_so_is_signed() {
	let (tokens, vouchers) = told(|_| ()).await;
	assert_eq!((tokens.unwrap(), vouchers), (vec![1, 2, 3, 4], 1));

	type Case = (fn(&mut Answer), Wrong);
	let cases: [Case; 11] = [
		(|answer| answer.first = 1, Wrong::OutOfOrder),
		(|answer| answer.tokens.push(5), Wrong::OutOfOrder),
		(|answer| answer.tokens.truncate(3), Wrong::OtherTokens),
		(|answer| answer.tokens[3] = 9, Wrong::OtherTokens),
		(|answer| answer.done.claim.worker = [0; 32], Wrong::AnotherOrigin),
		(|answer| answer.done.claim.genesis = [0; 32], Wrong::AnotherOrigin),
		(
			|answer| answer.done.claim.origin = Origin::Session { session: 1, index: 0 },
			Wrong::AnotherOrigin,
		),
		(|answer| answer.done.claim.request = [0; 32], Wrong::AnotherRequest),
		(|answer| answer.done.claim.input_count = 6, Wrong::InputCount),
		(|answer| answer.done.claim.stop = StopReason::End, Wrong::WrongEnd),
		(|answer| answer.done.units = 22, Wrong::Units),
	];
	for (number, (change, expected)) in cases.into_iter().enumerate() {
		let (result, vouchers) = told(change).await;
		let wrong = matches!(&result, Err(Error::Wrong(wrong)) if *wrong == expected);
		assert!(wrong, "case {number}: {result:?}");
		assert_eq!(vouchers, 0, "case {number}");
	}
	let (result, vouchers) = told(|answer| answer.done.root.units += 1_000).await;
	assert!(matches!(result, Err(Error::Notes(NotesError::AnotherRoot))));
	assert_eq!(vouchers, 0);
	// States that are not as many as there are positions: the claim is wrong by itself, but it is not the requester who loses.
	let (result, _) = told(|answer| {
		answer.done.claim.state.count = 9;
		rooted(answer);
	})
	.await;
	assert!(matches!(result, Err(Error::Wrong(Wrong::States))));
}
