// SPDX-License-Identifier: Apache-2.0

//! Each rule that guards money, and with its switch off the attack that it stops.

use super::world::*;
use crate::{
	Signer,
	asking::{Asker, Error, Jotter, Looked, Notes, NotesError, Session, Wrong},
	checks::{Check, without},
	ledger::{Answered, Ledger, Output},
};
use atelier_primitives::{
	ids::{SessionId, WorkerId},
	work::voucher::Voucher,
};
use atelier_referee::{commit::mountain::Root, hash::Portable};
use atelier_wire::{
	Ask, Attach, FrameReader, Hello, Question, Refusal, Reply, Signature, Tokens, VERSION, Vouch, proofs::Between,
	write_question,
};
use std::sync::Arc;
use tokio::io::{DuplexStream, ReadHalf, WriteHalf};

const INPUT: [u32; 5] = [10, 20, 30, 40, 50];

/// A stream on which anything can be said.
pub struct Raw {
	reader: FrameReader<ReadHalf<DuplexStream>>,
	writer: WriteHalf<DuplexStream>,
}

impl Raw {
	pub fn new(stream: DuplexStream) -> Self {
		let (read, writer) = tokio::io::split(stream);
		Self {
			reader: FrameReader::new(read),
			writer,
		}
	}

	pub async fn say(&mut self, question: Question) {
		write_question(&mut self.writer, &question).await.unwrap();
	}

	pub async fn hear(&mut self) -> Reply {
		self.reader.reply().await.unwrap().unwrap()
	}

	pub async fn ask(&mut self, question: Question) -> Reply {
		self.say(question).await;
		self.hear().await
	}

	pub async fn refused(&mut self, question: Question) -> Refusal {
		match self.ask(question).await {
			Reply::Refused(refused) => refused.refusal,
			other => panic!("{other:?}"),
		}
	}
}

/// A requester that keeps no rules.
struct Cheat {
	raw: Raw,
	between: Between,
	_wires: Arc<Wires>,
}

impl Cheat {
	async fn new(world: &World, endpoint: u8) -> Self {
		let wires = Wires::new(world.server.connect([endpoint; 32]).unwrap());
		let mut raw = Raw::new(wires.stream(64 << 10).unwrap());
		let hello = Hello {
			genesis: GENESIS,
			protocol: VERSION,
		};
		let Reply::Welcome(welcome) = raw.ask(Question::Hello(hello)).await else {
			panic!()
		};
		let between = Between {
			genesis: GENESIS,
			worker: WORKER,
			requester_endpoint: [endpoint; 32],
			worker_endpoint: [200; 32],
			nonce: welcome.nonce,
		};
		Self {
			raw,
			between,
			_wires: wires,
		}
	}

	fn proof(&self, session: SessionId) -> Attach {
		let signature = voucher_key().sign(&self.between.attach(session));
		Attach { session, signature }
	}

	/// Attaches a session of this version.
	async fn attached(world: &World, endpoint: u8, session: SessionId) -> Self {
		let mut cheat = Self::new(world, endpoint).await;
		let attach = Question::Attach(cheat.proof(session));
		assert!(matches!(cheat.raw.ask(attach).await, Reply::Attached(_)));
		cheat
	}

	fn question(session: SessionId, limit: u32, salt: u64) -> Question {
		Question::Ask(Box::new(Ask {
			session,
			request: request(PACED, &INPUT, limit, salt),
			input: Tokens::try_from(INPUT.to_vec()).unwrap(),
			from: 0,
			text: false,
		}))
	}

	/// A whole answer, unsigned.
	async fn answer(&mut self, limit: u32, salt: u64) -> Root {
		self.raw.say(Self::question(id_of(PACED), limit, salt)).await;
		loop {
			match self.raw.hear().await {
				Reply::Done(done) => return done.root,
				Reply::Begun(_) | Reply::Piece(_) => (),
				other => panic!("{other:?}"),
			}
		}
	}

	async fn vouch(&mut self, voucher: Voucher, signature: Signature) -> Result<u64, Refusal> {
		match self.raw.ask(Question::Voucher(Vouch { voucher, signature })).await {
			Reply::Vouched(vouched) => Ok(vouched.unsigned),
			Reply::Refused(refused) => Err(refused.refusal),
			other => panic!("{other:?}"),
		}
	}

	async fn sign(&mut self, sequence: u64, receipts: Root) -> Result<u64, Refusal> {
		let voucher = Voucher {
			session: id_of(PACED),
			sequence,
			receipts,
		};
		let signature = voucher_key().sign(&voucher.message(&GENESIS, WORKER));
		self.vouch(voucher, signature).await
	}
}

mod attach {
	use super::*;

	#[tokio::test]
	async fn only_the_voucher_key_attaches_a_session() {
		let world = World::new();
		let mut cheat = Cheat::new(&world, 1).await;
		let attach = Attach {
			session: SESSION,
			signature: pair(2).sign(&cheat.between.attach(SESSION)),
		};
		assert_eq!(cheat.raw.refused(Question::Attach(attach)).await, Refusal::BadProof);
		assert_eq!(world.refused(Refusal::BadProof), 1);
		let _off = without(&[Check::Proof]);
		assert!(matches!(
			cheat.raw.ask(Question::Attach(attach)).await,
			Reply::Attached(_)
		));
	}

	#[tokio::test]
	async fn what_was_signed_for_another_connection_is_worth_nothing() {
		let world = World::new();
		let seen = Cheat::new(&world, 1).await.proof(SESSION);
		// By the same endpoint, by another, of another worker, for another session.
		for endpoint in [1, 2] {
			let mut cheat = Cheat::new(&world, endpoint).await;
			assert_eq!(cheat.raw.refused(Question::Attach(seen)).await, Refusal::BadProof);
		}
		let mut cheat = Cheat::new(&world, 1).await;
		let other = Between {
			worker: WorkerId(5),
			..cheat.between
		};
		let attach = Attach {
			session: SESSION,
			signature: voucher_key().sign(&other.attach(SESSION)),
		};
		assert_eq!(cheat.raw.refused(Question::Attach(attach)).await, Refusal::BadProof);
		let attach = Attach {
			session: id_of(FLOAT),
			..cheat.proof(SESSION)
		};
		assert_eq!(cheat.raw.refused(Question::Attach(attach)).await, Refusal::BadProof);

		// Were nonces the same, who has the endpoint's connection once could replay it.
		let _off = without(&[Check::Nonce]);
		let seen = Cheat::new(&world, 3).await.proof(SESSION);
		let mut again = Cheat::new(&world, 3).await;
		assert!(matches!(
			again.raw.ask(Question::Attach(seen)).await,
			Reply::Attached(_)
		));
	}

	#[tokio::test]
	async fn sessions_of_others_and_unknown_ones_are_refused() {
		let world = World::new();
		world.change(SESSION, |terms| terms.worker = WorkerId(5));
		let mut cheat = Cheat::new(&world, 1).await;
		let attach = Question::Attach(cheat.proof(SESSION));
		assert_eq!(cheat.raw.refused(attach).await, Refusal::AnotherWorker);
		let attach = Question::Attach(cheat.proof(SessionId(99)));
		assert_eq!(cheat.raw.refused(attach).await, Refusal::UnknownSession);
		// And nothing of a session is said to who has not attached it.
		let mut cheat = Cheat::attached(&world, 2, id_of(FLOAT)).await;
		let ask = Cheat::question(id_of(PACED), 5, 1);
		assert_eq!(cheat.raw.refused(ask).await, Refusal::NotAttached);
		let recall = Question::Recall(atelier_wire::Recall {
			session: id_of(PACED),
			index: 0,
			from: 0,
		});
		assert_eq!(cheat.raw.refused(recall).await, Refusal::NotAttached);
	}
}

mod window {
	use super::*;

	/// An answer of ten tokens.
	const COST: u64 = 5 + 4 * 10;

	#[tokio::test]
	async fn nobody_is_served_more_than_the_window_unsigned() {
		for off in [false, true] {
			let world = World::new();
			world.allow(u32::MAX);
			world.change(id_of(PACED), |terms| terms.window = 2 * COST);
			let mut cheat = Cheat::attached(&world, 1, id_of(PACED)).await;
			cheat.answer(10, 1).await;
			let root = cheat.answer(10, 2).await;
			let _off = off.then(|| without(&[Check::Window]));
			if off {
				cheat.answer(10, 3).await;
				let unsigned = world.ledger.open(&terms(id_of(PACED), PACED)).await.unwrap().root.units;
				assert!(unsigned > 2 * COST, "that was for nothing");
				continue;
			}
			let more = Cheat::question(id_of(PACED), 1, 3);
			assert_eq!(cheat.raw.refused(more).await, Refusal::WindowTaken);
			let more = Cheat::question(id_of(PACED), 22, 3);
			assert_eq!(cheat.raw.refused(more).await, Refusal::WindowTooSmall);
			assert_eq!(cheat.sign(1, root).await, Ok(0));
			cheat.answer(10, 3).await;
		}
	}

	#[tokio::test]
	async fn not_by_many_answers_at_once_either() {
		for off in [false, true] {
			let world = World::new();
			world.change(id_of(PACED), |terms| terms.window = 2 * COST);
			let _off = off.then(|| without(&[Check::Window]));
			let mut begun = Vec::new();
			let mut refused = 0;
			for salt in 0..5 {
				let mut cheat = Cheat::attached(&world, 1, id_of(PACED)).await;
				match cheat.raw.ask(Cheat::question(id_of(PACED), 10, salt)).await {
					Reply::Begun(_) => begun.push(cheat),
					Reply::Refused(no) => {
						assert_eq!(no.refusal, Refusal::WindowTaken);
						refused += 1;
					}
					other => panic!("{other:?}"),
				}
			}
			let most = if off { 5 } else { 2 };
			assert_eq!((begun.len(), refused), (most, 5 - most));
		}
	}

	#[tokio::test]
	async fn what_is_cut_counts_so_nobody_cuts_every_answer_before_its_end() {
		for off in [false, true] {
			let world = World::new();
			world.change(id_of(PACED), |terms| terms.window = 2 * COST);
			let _off = off.then(|| without(&[Check::CutIsPaid]));
			let mut free = 0;
			for salt in 0..6 {
				world.allow(0);
				let mut cheat = Cheat::attached(&world, 1, id_of(PACED)).await;
				match cheat.raw.ask(Cheat::question(id_of(PACED), 10, salt)).await {
					Reply::Begun(_) => (),
					Reply::Refused(no) => {
						assert_eq!(no.refusal, Refusal::WindowTaken);
						break;
					}
					other => panic!("{other:?}"),
				}
				world.allow(9);
				let mut got = 0;
				while got < 9 {
					let Reply::Piece(piece) = cheat.raw.hear().await else {
						panic!()
					};
					got += piece.tokens.len();
				}
				free += got;
				cheat.raw.say(Question::Cancel).await;
				// Whatever it ends with.
				cheat.raw.hear().await;
			}
			match off {
				true => assert_eq!(free, 54, "all of it for nothing"),
				false => assert_eq!(free, 18),
			}
		}
	}

	#[tokio::test]
	async fn the_same_request_again_is_not_made_again() {
		for off in [false, true] {
			let world = World::new();
			world.allow(u32::MAX);
			let _off = off.then(|| without(&[Check::Same]));
			let mut cheat = Cheat::attached(&world, 1, id_of(PACED)).await;
			let first = cheat.answer(10, 1).await;
			let second = cheat.answer(10, 1).await;
			assert_eq!(first == second, !off);
			assert_eq!(*world.house.begun.borrow(), if off { 2 } else { 1 });
		}
	}
}

mod deposit {
	use super::*;

	#[tokio::test]
	async fn nobody_is_served_what_the_deposit_does_not_pay() {
		for off in [false, true] {
			let world = World::new();
			world.allow(u32::MAX);
			let price = RATES.price(5 + 40).unwrap();
			world.change(id_of(PACED), |terms| terms.deposit = price);
			let mut cheat = Cheat::attached(&world, 1, id_of(PACED)).await;
			let root = cheat.answer(10, 1).await;
			assert_eq!(cheat.sign(1, root).await, Ok(0));
			let _off = off.then(|| without(&[Check::Deposit]));
			if off {
				let root = cheat.answer(10, 2).await;
				assert!(RATES.price(root.units).unwrap() > price, "nobody can settle that");
				continue;
			}
			let more = Cheat::question(id_of(PACED), 1, 2);
			assert_eq!(cheat.raw.refused(more).await, Refusal::DepositExhausted);
			world.change(id_of(PACED), |terms| terms.deposit = RATES.price(2 * 45).unwrap());
			cheat.answer(10, 2).await;
		}
	}
}

mod version {
	use super::*;

	#[tokio::test]
	async fn a_session_serves_its_own_version() {
		let world = World::new();
		world.allow(u32::MAX);
		let mut cheat = Cheat::attached(&world, 1, id_of(FLOAT)).await;
		let dearer = || Cheat::question(id_of(FLOAT), 5, 1);
		assert_eq!(cheat.raw.refused(dearer()).await, Refusal::AnotherVersion);
		let _off = without(&[Check::Version]);
		assert!(matches!(cheat.raw.ask(dearer()).await, Reply::Begun(_)));
	}
}

mod vouchers {
	use super::*;

	async fn served(world: &World) -> (Cheat, Root, Root) {
		world.allow(u32::MAX);
		let mut cheat = Cheat::attached(world, 1, id_of(PACED)).await;
		let first = cheat.answer(10, 1).await;
		let second = cheat.answer(10, 2).await;
		(cheat, first, second)
	}

	#[tokio::test]
	async fn by_another_key_or_for_another_worker_chain_or_session_are_refused() {
		let world = World::new();
		let (mut cheat, first, _) = served(&world).await;
		let voucher = Voucher {
			session: id_of(PACED),
			sequence: 1,
			receipts: first,
		};
		let other = Voucher {
			session: id_of(FLOAT),
			..voucher
		};
		let forged = [
			pair(2).sign(&voucher.message(&GENESIS, WORKER)),
			voucher_key().sign(&voucher.message(&GENESIS, WorkerId(5))),
			voucher_key().sign(&voucher.message(&[2; 32], WORKER)),
			voucher_key().sign(&other.message(&GENESIS, WORKER)),
		];
		for signature in forged {
			assert_eq!(cheat.vouch(voucher, signature).await, Err(Refusal::BadSignature));
		}
		assert_eq!(world.refused(Refusal::BadSignature), 4);
		assert_eq!(world.ledger.newest(id_of(PACED)), None);
		// The control: the worker would go on serving for a voucher that nobody can settle.
		let _off = without(&[Check::Signature]);
		assert_eq!(cheat.vouch(voucher, forged[0]).await, Ok(45));
	}

	#[tokio::test]
	async fn of_a_session_that_is_not_attached_are_refused() {
		let world = World::new();
		let (mut cheat, first, _) = served(&world).await;
		let voucher = Voucher {
			session: id_of(FLOAT),
			sequence: 1,
			receipts: first,
		};
		let signature = voucher_key().sign(&voucher.message(&GENESIS, WORKER));
		assert_eq!(cheat.vouch(voucher, signature).await, Err(Refusal::NotAttached));
	}

	#[tokio::test]
	async fn replayed_or_with_a_lower_sequence_are_refused() {
		for off in [false, true] {
			let world = World::new();
			let (mut cheat, first, second) = served(&world).await;
			assert_eq!(cheat.sign(5, second).await, Ok(0));
			let _off = off.then(|| without(&[Check::Sequence]));
			if off {
				// What the worker would settle is less than what was signed.
				assert_eq!(cheat.sign(4, first).await, Ok(45));
				continue;
			}
			assert_eq!(cheat.sign(5, second).await, Err(Refusal::OldSequence));
			assert_eq!(cheat.sign(4, first).await, Err(Refusal::OldSequence));
			assert_eq!(cheat.sign(6, first).await, Err(Refusal::NothingNew));
			assert_eq!(world.ledger.newest(id_of(PACED)).unwrap().0.sequence, 5);
		}
	}

	#[tokio::test]
	async fn over_other_receipts_are_refused() {
		for off in [false, true] {
			let world = World::new();
			let (mut cheat, first, second) = served(&world).await;
			let wrong = Root {
				units: second.units,
				..first
			};
			let _off = off.then(|| without(&[Check::Root]));
			if off {
				// The window is free again, and no extension leads to that root: nothing can be settled.
				assert_eq!(cheat.sign(1, wrong).await, Ok(0));
				continue;
			}
			assert_eq!(cheat.sign(1, wrong).await, Err(Refusal::UnknownRoot));
			let beyond = Root { receipts: 9, ..second };
			assert_eq!(cheat.sign(1, beyond).await, Err(Refusal::UnknownRoot));
			assert_eq!(cheat.sign(1, second).await, Ok(0));
		}
	}
}

/// What a worker does that forges receipts, and a requester that looks at them.
mod receipts {
	use super::*;

	/// Puts something into the worker's book that nobody asked for.
	async fn forge(world: &World, change: impl FnOnce(&mut Answered)) {
		let id = id_of(PACED);
		let last = world.ledger.answered(id, 0).await.unwrap();
		let mut answered = (*last).clone();
		let kept = world.ledger.open(&terms(id, PACED)).await.unwrap();
		answered.claim.origin = atelier_referee::claim::Origin::Session {
			session: id.0,
			index: kept.root.receipts,
		};
		change(&mut answered);
		world.ledger.append(id, answered).await.unwrap();
	}

	async fn attach(world: &World, notes: &Arc<Jotter>) -> Result<Arc<Session>, Error> {
		let (asker, _) = world.asker(1).await;
		asker
			.attach(terms(id_of(PACED), PACED), Arc::new(voucher_key()), notes.clone())
			.await
	}

	/// A session with one honest receipt.
	async fn honest() -> (World, Arc<Jotter>) {
		let world = World::new();
		world.allow(u32::MAX);
		let notes = Arc::new(Jotter::default());
		let session = attach(&world, &notes).await.unwrap();
		let answer = session
			.ask(request(PACED, &INPUT, 3, 1), INPUT.to_vec(), false)
			.await
			.unwrap();
		answer.all().await.unwrap();
		(world, notes)
	}

	fn signed(world: &World) -> u64 {
		world.ledger.newest(id_of(PACED)).unwrap().0.receipts.receipts
	}

	#[tokio::test]
	async fn for_what_was_not_asked_or_twice_are_not_signed() {
		for off in [false, true] {
			let (world, notes) = honest().await;
			// Something is waiting, but not this.
			let other = request(PACED, &INPUT, 3, 9);
			notes.ask(id_of(PACED), &other, &INPUT).await.unwrap();
			forge(&world, |_| ()).await;
			let _off = off.then(|| without(&[Check::Once]));
			let attached = attach(&world, &notes).await;
			match off {
				false => {
					assert!(matches!(attached, Err(Error::Wrong(Wrong::AnotherRequest))));
					assert_eq!(signed(&world), 1);
				}
				true => {
					attached.unwrap();
					assert_eq!(signed(&world), 2, "it paid twice");
				}
			}
		}
	}

	#[tokio::test]
	async fn below_a_root_with_more_than_was_received_are_not_signed() {
		for off in [false, true] {
			let (world, notes) = honest().await;
			let asked = request(PACED, &INPUT, 3, 2);
			notes.ask(id_of(PACED), &asked, &INPUT).await.unwrap();
			let mut claim = world.ledger.answered(id_of(PACED), 0).await.unwrap().claim;
			claim.request = asked.root::<Portable>();
			// A thousand units more than the receipts come to.
			let ours = notes.open(id_of(PACED)).await.unwrap();
			let root = Root {
				receipts: 2,
				units: ours.root.units + 1_000,
				digest: [3; 32],
			};
			let _off = off.then(|| without(&[Check::Extends]));
			let receipt = Looked {
				asked: claim.request,
				request: asked,
				index: 1,
				claim,
				output: Output::Tokens(Vec::new()),
				root,
			};
			let received = notes.receive(id_of(PACED), receipt).await;
			match off {
				false => assert_eq!(received, Err(NotesError::AnotherRoot)),
				true => {
					received.unwrap();
					let voucher = notes.sign(id_of(PACED)).await.unwrap();
					assert_eq!(voucher.receipts, root, "it signs whatever it is told");
				}
			}
		}
	}

	#[tokio::test]
	async fn with_other_tokens_than_were_sent_are_not_signed() {
		for off in [false, true] {
			let (world, notes) = honest().await;
			let asked = request(PACED, &INPUT, 3, 2);
			notes.ask(id_of(PACED), &asked, &INPUT).await.unwrap();
			forge(&world, |answered| {
				answered.claim.request = asked.root::<Portable>();
				// It says something else than it claims.
				answered.output = Output::Tokens(vec![5, 6, 7]);
			})
			.await;
			let _off = off.then(|| without(&[Check::Tokens]));
			let attached = attach(&world, &notes).await;
			match off {
				false => assert!(matches!(attached, Err(Error::Wrong(Wrong::OtherTokens)))),
				true => drop(attached.unwrap()),
			}
			assert_eq!(signed(&world), if off { 2 } else { 1 });
		}
	}

	#[tokio::test]
	async fn about_another_request_are_not_signed() {
		let (world, notes) = honest().await;
		let asked = request(PACED, &INPUT, 3, 2);
		let answered = world.ledger.answered(id_of(PACED), 0).await.unwrap();
		let look = || crate::asking::look(&answered.claim, &asked, &answered.output);
		assert_eq!(look(), Err(Wrong::AnotherRequest));
		let _off = without(&[Check::About]);
		assert_eq!(look(), Ok(()));
		drop(notes);
	}

	#[tokio::test]
	async fn that_the_worker_forgot_end_the_session() {
		let (world, notes) = honest().await;
		let fresh = World::new();
		assert!(matches!(attach(&fresh, &notes).await, Err(Error::Wrong(Wrong::Forgot))));
		drop(world);
	}

	#[tokio::test]
	async fn a_sequence_goes_only_up_and_a_root_is_signed_once() {
		let (world, notes) = honest().await;
		let first = notes.sign(id_of(PACED)).await.unwrap();
		assert_eq!(notes.sign(id_of(PACED)).await.unwrap(), first, "again as it was");
		let session = attach(&world, &notes).await.unwrap();
		let answer = session
			.ask(request(PACED, &INPUT, 3, 2), INPUT.to_vec(), false)
			.await
			.unwrap();
		answer.all().await.unwrap();
		let second = notes.sign(id_of(PACED)).await.unwrap();
		assert_eq!((first.sequence, second.sequence), (1, 2));
	}

	#[tokio::test]
	async fn a_worker_with_another_number_is_not_talked_to() {
		let world = World::new();
		let wires = Wires::new(world.server.connect([1; 32]).unwrap());
		let ends = crate::asking::Ends {
			worker: WorkerId(5),
			..ends(1)
		};
		let connected = Asker::connect(wires, ends, PATIENCE).await;
		assert!(matches!(connected, Err(Error::Wrong(Wrong::AnotherOrigin))));
	}
}
