// SPDX-License-Identifier: Apache-2.0

//! What both sides do when nobody cheats, and what becomes of answers that are cut, lost or asked for again.

use super::world::*;
use crate::{
	asking::{Asked, Asker, Jotter, Notes, Step},
	chain::Ordered,
	ledger::{Answered, Evidence, Ledger, Memory, Output},
	server::{Counted, Limits},
};
use atelier_engine::backend::double::Double;
use atelier_primitives::{
	ids::{JobId, SessionId},
	work::{named, price::units},
};
use atelier_referee::{
	claim::{Claim, Origin, State, StopReason, state_tree},
	hash::Portable,
};
use atelier_wire::{QuoteWanted, Refusal, Source, Text};
use std::{sync::Arc, time::Duration};

const INPUT: [u32; 5] = [10, 20, 30, 40, 50];

#[tokio::test]
async fn exact_answers_are_claimed_received_and_paid() {
	let world = World::new();
	let session = world.session(1, EXACT).await;
	let mut total = 0;
	for number in 0..4 {
		let request = request(EXACT, &INPUT, 9, number);
		let answer = session.ask(request.clone(), INPUT.to_vec(), true).await.unwrap();
		let (tokens, received) = answer.all().await.unwrap();
		assert_eq!(received.index, number);
		assert_eq!(received.units, units(5, tokens.len() as u32));
		total += received.units;
		// What the worker keeps for auditors is what it claims.
		let kept = world.ledger.answered(id_of(EXACT), number).await.unwrap();
		assert_eq!(kept.output, Output::Tokens(tokens.clone()));
		let Evidence::States(states) = &kept.evidence else {
			panic!()
		};
		assert_eq!(states.len(), 5 + tokens.len() - 1);
		assert_eq!(state_tree::<Portable>(states).unwrap().commitment(), kept.claim.state);
		let taken: Vec<_> = INPUT.iter().chain(&tokens).copied().collect();
		assert!(
			states
				.iter()
				.zip(taken)
				.all(|(state, token): (&State, u32)| state.token == token)
		);
	}
	let (voucher, _) = world.ledger.newest(id_of(EXACT)).unwrap();
	assert_eq!(
		(voucher.sequence, voucher.receipts.receipts, voucher.receipts.units),
		(4, 4, total)
	);
	assert_eq!(session.ours().await.unwrap().signed, voucher.receipts);
}

#[tokio::test]
async fn answers_in_floats_are_those_of_the_model_with_a_fingerprint() {
	let world = World::new();
	let session = world.session(1, FLOAT).await;
	let request = request(FLOAT, &INPUT, 20, 3);
	let answer = session.ask(request.clone(), INPUT.to_vec(), false).await.unwrap();
	let (tokens, _) = answer.all().await.unwrap();
	assert_eq!(tokens, Double::answer(&INPUT, request.sampler, 20));
	let kept = world.ledger.answered(id_of(FLOAT), 0).await.unwrap();
	assert!(matches!(kept.evidence, Evidence::Fingerprint(_)));
}

#[tokio::test]
async fn vectors_have_receipts_too() {
	let world = World::new();
	let session = world.session(1, EMBEDS).await;
	let answer = session
		.ask(request(EMBEDS, &INPUT, 0, 3), INPUT.to_vec(), false)
		.await
		.unwrap();
	let (tokens, received) = answer.all().await.unwrap();
	assert!(tokens.is_empty());
	assert_eq!((received.units, received.claim.stop), (5, StopReason::Embedded));
}

#[tokio::test]
async fn many_answers_and_sessions_share_a_connection() {
	let world = World::new();
	for session in [id_of(EXACT), id_of(FLOAT)] {
		world.change(session, |terms| terms.window = 100_000);
	}
	let (asker, _) = world.asker(1).await;
	let mut tasks = Vec::new();
	for version in [EXACT, FLOAT] {
		let notes = Arc::new(Jotter::default());
		let session = asker
			.attach(terms(id_of(version), version), Arc::new(voucher_key()), notes)
			.await
			.unwrap();
		for salt in 0..12 {
			let session = session.clone();
			tasks.push(tokio::spawn(async move {
				let request = request(version, &INPUT, 3 + salt as u32, salt);
				let answer = session.ask(request, INPUT.to_vec(), false).await.unwrap();
				answer.all().await.unwrap().1.units
			}));
		}
	}
	let mut all = 0;
	for task in tasks {
		all += task.await.unwrap();
	}
	let signed = |version| world.ledger.newest(id_of(version)).unwrap().0.receipts;
	assert_eq!((signed(EXACT).receipts, signed(FLOAT).receipts), (12, 12));
	assert_eq!(signed(EXACT).units + signed(FLOAT).units, all);
}

#[tokio::test]
async fn text_comes_with_the_tokens_for_who_wants_it() {
	for wanted in [true, false] {
		let world = World::new();
		world.allow(u32::MAX);
		let session = world.session(1, PACED).await;
		let mut answer = session
			.ask(request(PACED, &INPUT, 3, 1), INPUT.to_vec(), wanted)
			.await
			.unwrap();
		let mut text = Vec::new();
		while let Some(step) = answer.next().await.unwrap() {
			if let Step::Tokens { text: more, .. } = step {
				text.extend(more);
			}
		}
		assert_eq!(String::from_utf8(text).unwrap(), if wanted { " 1 2 3" } else { "" });
	}
}

#[tokio::test]
async fn texts_are_tokenized_and_quotes_are_signed_with_new_numbers() {
	let world = World::new();
	let (asker, _) = world.asker(1).await;
	let text = Source::Text(Text::try_from(b"abc".to_vec()).unwrap());
	let tokens = asker.tokenize(FLOAT, text).await.unwrap();
	assert_eq!(tokens, Double::text(POSITIONS).unwrap().encode("abc").unwrap());
	let bytes = Source::Text(Text::try_from(vec![255]).unwrap());
	assert_eq!(refusal(asker.tokenize(FLOAT, bytes).await), Refusal::NotTokenizable);
	let chat = Source::Chat(Default::default());
	assert_eq!(refusal(asker.tokenize(FLOAT, chat).await), Refusal::NotTokenizable);
	assert_eq!(asker.offers().await.unwrap().len(), 4);
	let wanted = QuoteWanted {
		version: FLOAT,
		payer: [9; 32],
		capacity: 5_000,
	};
	let mut numbers = Vec::new();
	for _ in 0..2 {
		let quoted = asker.quote(wanted, &crate::Signer::key(&pair(8))).await.unwrap();
		assert_eq!((quoted.quote.capacity, quoted.quote.until), (1_000, 150));
		numbers.push(quoted.quote.number);
	}
	assert_eq!(numbers, [1, 2]);
	asker.quote(wanted, &[5; 32]).await.unwrap_err();
}

#[tokio::test]
async fn a_cancelled_answer_is_paid_as_far_as_it_came() {
	let world = World::new();
	let session = world.session(1, PACED).await;
	let mut answer = session
		.ask(request(PACED, &INPUT, 50, 1), INPUT.to_vec(), false)
		.await
		.unwrap();
	world.allow(3);
	while answer.tokens().len() < 3 {
		answer.next().await.unwrap();
	}
	answer.cancel().await.unwrap();
	let (tokens, received) = answer.all().await.unwrap();
	assert_eq!(tokens, [1_001, 1_002, 1_003]);
	assert_eq!((received.units, received.claim.output_count), (5 + 4 * 3, 3));
	assert_eq!(world.server.counts().of(Counted::Cut), 1);
	// What it is about is the same request with another limit, and everybody agrees about that.
	let kept = world.ledger.answered(id_of(PACED), 0).await.unwrap();
	assert_eq!(kept.request.limit, 3);
	assert!(kept.claim.is_about::<Portable>(&kept.request));
	assert_eq!(world.ledger.newest(id_of(PACED)).unwrap().0.receipts.units, 17);
}

#[tokio::test]
async fn real_engines_are_cut_with_all_that_a_claim_needs() {
	let world = World::new();
	for version in [EXACT, FLOAT] {
		world.change(id_of(version), |terms| terms.window = 100_000);
		let session = world.session(1, version).await;
		for salt in 0..10 {
			let request = request(version, &INPUT, 50, salt);
			let mut answer = session.ask(request, INPUT.to_vec(), false).await.unwrap();
			answer.cancel().await.unwrap();
			let (tokens, received) = answer.all().await.unwrap();
			assert!(!tokens.is_empty());
			assert_eq!(received.units, units(5, tokens.len() as u32));
		}
	}
	assert!(world.server.counts().of(Counted::Cut) > 0);
}

#[tokio::test]
async fn an_answer_that_is_cancelled_before_it_begins_has_its_first_token() {
	let world = World::new();
	let session = world.session(1, PACED).await;
	let mut answer = session
		.ask(request(PACED, &INPUT, 50, 1), INPUT.to_vec(), false)
		.await
		.unwrap();
	answer.cancel().await.unwrap();
	tokio::time::sleep(Duration::from_millis(50)).await;
	assert_eq!(world.server.running(), 1);
	world.allow(50);
	let (tokens, _) = answer.all().await.unwrap();
	assert!(!tokens.is_empty() && tokens.len() < 50, "{}", tokens.len());
}

#[tokio::test]
async fn after_a_cut_the_same_request_goes_on_and_is_paid_once() {
	let world = World::new();
	let notes: Arc<dyn Notes> = Arc::new(Jotter::default());
	let (asker, wires) = world.asker(1).await;
	let attach = |asker: Arc<Asker>| {
		let notes = notes.clone();
		async move {
			asker
				.attach(terms(id_of(PACED), PACED), Arc::new(voucher_key()), notes)
				.await
				.unwrap()
		}
	};
	let session = attach(asker).await;
	let request = request(PACED, &INPUT, 10, 1);
	let mut answer = session.ask(request.clone(), INPUT.to_vec(), false).await.unwrap();
	world.allow(4);
	while answer.tokens().len() < 4 {
		answer.next().await.unwrap();
	}
	let have = answer.tokens().to_vec();
	wires.cut();
	answer.next().await.unwrap_err();

	let (asker, _) = world.asker(1).await;
	let session = attach(asker).await;
	let answer = session
		.again(request.clone(), INPUT.to_vec(), have, false)
		.await
		.unwrap();
	world.allow(10);
	let (tokens, received) = answer.all().await.unwrap();
	assert_eq!(tokens, (1_001..=1_010).collect::<Vec<_>>());
	assert_eq!((received.index, received.units), (0, 5 + 40));
	assert_eq!(*world.house.begun.borrow(), 1, "it was made once");
	assert_eq!(world.server.counts().of(Counted::Rejoined), 1);

	// And once more, when it is long paid: it is recalled.
	let answer = session
		.again(request, INPUT.to_vec(), tokens[..7].to_vec(), false)
		.await
		.unwrap();
	let (again, received) = answer.all().await.unwrap();
	assert_eq!((again, received.index), (tokens, 0));
	assert_eq!(*world.house.begun.borrow(), 1);
	assert_eq!(session.ours().await.unwrap().root.receipts, 1);
}

#[tokio::test]
async fn what_nobody_reads_is_cut_and_its_receipt_is_looked_at_later() {
	let world = World::new();
	let notes: Arc<dyn Notes> = Arc::new(Jotter::default());
	let (asker, wires) = world.asker(1).await;
	let signer = Arc::new(voucher_key());
	let session = asker
		.attach(terms(id_of(PACED), PACED), signer.clone(), notes.clone())
		.await
		.unwrap();
	let request = request(PACED, &INPUT, 10, 1);
	let answer = session.ask(request.clone(), INPUT.to_vec(), false).await.unwrap();
	world.allow(4);
	wires.cut();
	drop(answer);
	world.until(|world| world.server.running() == 0).await;
	assert_eq!(world.ledger.newest(id_of(PACED)), None);

	let (asker, _) = world.asker(2).await;
	let session = asker
		.attach(terms(id_of(PACED), PACED), signer, notes.clone())
		.await
		.unwrap();
	// Attaching paid for it, after it was looked at.
	assert_eq!(world.ledger.newest(id_of(PACED)).unwrap().0.receipts.units, 5 + 16);
	let answer = session
		.again(request, INPUT.to_vec(), vec![1_001], false)
		.await
		.unwrap();
	let (tokens, received) = answer.all().await.unwrap();
	assert_eq!((tokens.len(), received.units), (4, 21));
}

#[tokio::test]
async fn a_worker_that_was_restarted_knows_what_it_served() {
	let ledger = Arc::new(Memory::default());
	let notes: Arc<dyn Notes> = Arc::new(Jotter::default());
	for round in 0..3 {
		let world = World::over(Limits::default(), ledger.clone());
		let session = world.session_with(1, EXACT, notes.clone()).await;
		assert_eq!(session.ours().await.unwrap().root.receipts, round);
		let request = request(EXACT, &INPUT, 4, round);
		session
			.ask(request, INPUT.to_vec(), false)
			.await
			.unwrap()
			.all()
			.await
			.unwrap();
	}
	assert_eq!(ledger.newest(id_of(EXACT)).unwrap().0.receipts.receipts, 3);
}

#[tokio::test]
async fn a_book_that_lost_settled_receipts_is_not_served_from() {
	let world = World::new();
	world.change(id_of(EXACT), |terms| terms.settled.receipts = 1);
	let (asker, _) = world.asker(1).await;
	let attached = asker
		.attach(
			terms(id_of(EXACT), EXACT),
			Arc::new(voucher_key()),
			Arc::new(Jotter::default()),
		)
		.await;
	assert_eq!(refusal(attached), Refusal::LedgerFailed);
}

#[tokio::test]
async fn a_book_that_cannot_be_written_ends_answers_and_keeps_their_window() {
	let world = World::new();
	world.change(id_of(PACED), |terms| terms.window = 60);
	let session = world.session(1, PACED).await;
	let answer = session
		.ask(request(PACED, &INPUT, 10, 1), INPUT.to_vec(), false)
		.await
		.unwrap();
	world.ledger.fail(true);
	world.allow(10);
	assert_eq!(refusal(answer.all().await), Refusal::LedgerFailed);
	world.ledger.fail(false);
	// What was given away without a receipt is not given away again.
	let again = session.ask(request(PACED, &INPUT, 10, 2), INPUT.to_vec(), false).await;
	assert_eq!(refusal(again), Refusal::WindowTaken);
}

#[tokio::test]
async fn shutting_down_begins_nothing_and_writes_every_receipt() {
	let world = World::new();
	let session = world.session(1, PACED).await;
	let mut answer = session
		.ask(request(PACED, &INPUT, 50, 1), INPUT.to_vec(), false)
		.await
		.unwrap();
	world.allow(2);
	answer.next().await.unwrap();
	let server = world.server.clone();
	let down = tokio::spawn(async move { server.shutdown(Duration::from_millis(200)).await });
	world.until(|world| world.server.connect([3; 32]).is_err()).await;
	let more = session.ask(request(PACED, &INPUT, 5, 2), INPUT.to_vec(), false).await;
	assert_eq!(refusal(more), Refusal::ShuttingDown);
	let (tokens, _) = answer.all().await.unwrap();
	assert_eq!(tokens.len(), 2);
	assert!(down.await.unwrap(), "all receipts are written");
	assert_eq!(world.ledger.newest(id_of(PACED)).unwrap().0.receipts.receipts, 1);
}

#[tokio::test]
async fn requests_that_cannot_be_answered_are_refused_by_name() {
	let world = World::new();
	let notes: Arc<dyn Notes> = Arc::new(Jotter::default());
	let session = world.session_with(1, EXACT, notes.clone()).await;
	let ask = |request, input: &[u32]| {
		let (session, input) = (session.clone(), input.to_vec());
		async move { refusal(session.ask(request, input, false).await) }
	};
	let good = request(EXACT, &INPUT, 5, 1);
	let other = |change: fn(&mut atelier_referee::claim::Request)| {
		let mut request = good.clone();
		change(&mut request);
		request
	};
	use Refusal::*;
	assert_eq!(
		ask(other(|request| request.genesis = [2; 32]), &INPUT).await,
		AnotherRequest
	);
	assert_eq!(
		ask(other(|request| request.version = [2; 32]), &INPUT).await,
		AnotherVersion
	);
	assert_eq!(ask(other(|request| request.limit = 0), &INPUT).await, NothingWanted);
	assert_eq!(ask(other(|request| request.limit = 60), &INPUT).await, TooLong);
	assert_eq!(ask(other(|request| request.limit = u32::MAX), &INPUT).await, TooLong);
	assert_eq!(
		ask(other(|request| request.sealed = Some([0; 32])), &INPUT).await,
		SealMismatch
	);
	let stops = other(|request| request.stops = vec![vec![b'a'].try_into().unwrap()].try_into().unwrap());
	assert_eq!(ask(stops, &INPUT).await, BadStops);
	assert_eq!(ask(request(EXACT, &[], 5, 1), &[]).await, NothingWanted);
	assert_eq!(ask(request(EXACT, &[257], 5, 1), &[257]).await, UnknownToken);
	world.change(id_of(EXACT), |terms| terms.serves = false);
	assert_eq!(ask(good, &INPUT).await, SessionClosed);
	// None of them waits for an answer: a receipt for one would be a forgery.
	assert!(notes.waiting(id_of(EXACT)).await.unwrap().is_empty());
	assert_eq!(session.ours().await.unwrap().root.receipts, 0);
}

#[tokio::test]
async fn jobs_are_handed_over_and_collected_by_who_knows_their_salt() {
	let world = World::new();
	let (asker, _) = world.asker(1).await;
	let job = JobId(3);
	let request = request(PACED, &INPUT, 2, 5);
	let hand = |request| asker.hand(job, request, INPUT.to_vec());
	assert_eq!(refusal(hand(request.clone()).await), Refusal::NoSuchJob);
	let ordered = Ordered {
		request: request.root::<Portable>(),
		input: 5,
		waits: true,
	};
	crate::locked(&world.chain.jobs).insert(job, ordered);
	let other = super::world::request(PACED, &INPUT, 2, 6);
	assert_eq!(refusal(hand(other.clone()).await), Refusal::AnotherJobRequest);
	let input = asker.hand(job, request.clone(), vec![1; 5]).await;
	assert_eq!(refusal(input), Refusal::AnotherRequest);
	hand(request.clone()).await.unwrap();
	assert_eq!(world.ledger.handed(job).unwrap().1, INPUT);

	let terms = crate::asking::JobTerms {
		version: PACED,
		tier: atelier_primitives::work::Tier::Exact,
	};
	let early = asker.collect(job, &request, &terms).await;
	assert_eq!(refusal(early), Refusal::NotYet);
	let nothing = crate::desk::Nothing(PACED);
	let order = crate::desk::Order {
		version: PACED,
		request: request.clone(),
		input: INPUT.to_vec(),
	};
	let committed = crate::Desk::answer(&nothing, &order)
		.unwrap()
		.finish(&INPUT, &[8, 9])
		.unwrap();
	let claim = Claim {
		genesis: GENESIS,
		origin: Origin::Job(job.0),
		worker: named(WORKER),
		version: request.version,
		request: request.root::<Portable>(),
		answer: committed.answer,
		state: committed.state,
		input_count: 5,
		output_count: 2,
		stop: StopReason::Limit,
	};
	world.ledger.answer_job(
		job,
		Answered {
			claim,
			request: request.clone(),
			input: INPUT.to_vec(),
			output: Output::Tokens(vec![8, 9]),
			evidence: committed.evidence,
		},
	);
	let (_, output) = asker.collect(job, &request, &terms).await.unwrap();
	assert_eq!(output, Output::Tokens(vec![8, 9]));
	assert_eq!(refusal(asker.collect(job, &other, &terms).await), Refusal::NoSuchJob);
}

#[tokio::test]
async fn notes_know_what_was_asked() {
	let world = World::new();
	let notes: Arc<dyn Notes> = Arc::new(Jotter::default());
	let session = world.session_with(1, EXACT, notes.clone()).await;
	let request = request(EXACT, &INPUT, 4, 1);
	let root = request.root::<Portable>();
	let asked = |id: SessionId| notes.asked(id, root);
	assert_eq!(asked(id_of(EXACT)).await.unwrap(), Asked::Never);
	let answer = session.ask(request, INPUT.to_vec(), false).await.unwrap();
	assert_eq!(asked(id_of(EXACT)).await.unwrap(), Asked::Waiting);
	answer.all().await.unwrap();
	assert!(matches!(asked(id_of(EXACT)).await.unwrap(), Asked::Answered(0, _)));
	assert_eq!(asked(id_of(FLOAT)).await.unwrap(), Asked::Never);
}
