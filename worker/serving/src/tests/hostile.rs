// SPDX-License-Identifier: Apache-2.0

//! Strangers who say anything, nothing, too much or too slowly. Each is refused by name and counted, and nobody else notices.

use super::{money::Raw, world::*};
use crate::{
	Connection,
	asking::{Asker, Jotter},
	server::{Counted, Limits, Rate},
};
use atelier_primitives::ids::SessionId;
use atelier_referee::samples::Random;
use atelier_wire::{Hello, Kind, Question, Refusal, Reply, VERSION, write_question};
use std::{sync::Arc, time::Duration};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::{TcpListener, TcpStream},
	time::timeout,
};

const INPUT: [u32; 5] = [10, 20, 30, 40, 50];

fn hurried() -> Limits {
	Limits {
		idle: Duration::from_millis(200),
		message: Duration::from_millis(200),
		linger: Duration::from_millis(100),
		..Limits::default()
	}
}

/// Somebody honest is served as ever.
async fn others_are_served(world: &World) {
	let (asker, _wires) = world.asker(99).await;
	let notes = Arc::new(Jotter::default());
	let fresh = SessionId(1_000 + world.server.counts().of(Counted::Attached));
	crate::locked(&world.chain.sessions).insert(fresh, terms(fresh, EXACT));
	let session = asker
		.attach(terms(fresh, EXACT), Arc::new(voucher_key()), notes)
		.await
		.unwrap();
	let answer = session
		.ask(request(EXACT, &INPUT, 5, 77), INPUT.to_vec(), false)
		.await
		.unwrap();
	answer.all().await.unwrap();
}

fn hello() -> Question {
	Question::Hello(Hello {
		genesis: GENESIS,
		protocol: VERSION,
	})
}

async fn greeted(world: &World, endpoint: u8) -> Arc<Connection> {
	let connection = world.server.connect([endpoint; 32]).unwrap();
	let mut raw = Raw::new(Wires::new(connection.clone()).stream(1 << 16).unwrap());
	assert!(matches!(raw.ask(hello()).await, Reply::Welcome(_)));
	connection
}

#[tokio::test]
async fn random_bytes_end_streams_and_then_the_connection() {
	let world = World::new();
	let mut random = Random(9);
	for endpoint in 0..20 {
		let connection = greeted(&world, endpoint).await;
		let wires = Wires::new(connection.clone());
		for _ in 0..30 {
			let Ok(mut stream) = wires.stream(1 << 12) else { break };
			let bytes: Vec<_> = (0..random.between(1, 300)).map(|_| random.bits() as u8).collect();
			let _ = stream.write_all(&bytes).await;
			let _ = stream.shutdown().await;
			let mut said = Vec::new();
			let _ = timeout(Duration::from_secs(5), stream.read_to_end(&mut said))
				.await
				.expect("it ends");
		}
		timeout(Duration::from_secs(1), connection.ended())
			.await
			.expect("enough is enough");
	}
	assert!(world.refused(Refusal::Unreadable) >= 20 * 4);
	others_are_served(&world).await;
}

#[tokio::test]
async fn oversized_and_foreign_frames_are_refused_before_they_are_read() {
	let world = World::new();
	let cases = [
		(Kind::Hello as u8, 65, Refusal::TooLarge),
		(Kind::Tokenize as u8, u32::MAX, Refusal::TooLarge),
		(Kind::Done as u8, 10, Refusal::Unreadable),
		(0, 0, Refusal::Unreadable),
		// Not before a session is attached, so nothing of it is read.
		(Kind::Ask as u8, 500_000, Refusal::NotAttached),
		(Kind::Voucher as u8, 100, Refusal::NotAttached),
	];
	for (number, (kind, length, expected)) in cases.into_iter().enumerate() {
		let connection = greeted(&world, number as u8).await;
		let mut stream = Wires::new(connection).stream(64).unwrap();
		let mut frame = vec![kind];
		frame.extend(u32::to_le_bytes(length));
		stream.write_all(&frame).await.unwrap();
		let mut raw = Raw::new(stream);
		let Reply::Refused(refused) = raw.hear().await else {
			panic!()
		};
		assert_eq!(refused.refusal, expected, "{kind}");
		assert!(world.refused(expected) > 0);
	}
	others_are_served(&world).await;
}

#[tokio::test]
async fn nothing_is_said_to_who_has_not_said_which_chain() {
	let world = World::new();
	let wires = Wires::new(world.server.connect([1; 32]).unwrap());
	let mut raw = Raw::new(wires.stream(1 << 12).unwrap());
	assert_eq!(raw.refused(Question::Models).await, Refusal::NotGreeted);
	let mut raw = Raw::new(wires.stream(1 << 12).unwrap());
	let other = Hello {
		genesis: [2; 32],
		protocol: VERSION,
	};
	assert_eq!(raw.refused(Question::Hello(other)).await, Refusal::AnotherChain);
	let other = Hello {
		genesis: GENESIS,
		protocol: 2,
	};
	assert_eq!(raw.refused(Question::Hello(other)).await, Refusal::AnotherProtocol);
}

#[tokio::test]
async fn who_writes_too_slowly_is_cut() {
	let world = World::with(hurried());
	let connection = greeted(&world, 1).await;
	let mut stream = Wires::new(connection).stream(1 << 12).unwrap();
	// A header, and then a byte now and then.
	stream.write_all(&[Kind::Tokenize as u8, 0, 1, 0, 0]).await.unwrap();
	for _ in 0..100 {
		if stream.write_all(&[0]).await.is_err() {
			break;
		}
		tokio::time::sleep(Duration::from_millis(20)).await;
	}
	let mut said = Vec::new();
	let _ = timeout(Duration::from_secs(2), stream.read_to_end(&mut said))
		.await
		.unwrap();
	assert_eq!(said.first(), Some(&(Kind::Refused as u8)));
	assert_eq!(world.refused(Refusal::TooSlow), 1);
	others_are_served(&world).await;
}

#[tokio::test]
async fn who_says_nothing_is_hung_up_on() {
	let world = World::with(hurried());
	let connection = greeted(&world, 1).await;
	let mut silent = Wires::new(connection).stream(64).unwrap();
	let mut said = Vec::new();
	let ended = timeout(Duration::from_secs(5), silent.read_to_end(&mut said)).await;
	assert_eq!(ended.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn who_reads_too_slowly_holds_up_its_own_answer_only() {
	let world = World::with(hurried());
	world.allow(200);
	world.change(id_of(PACED), |terms| terms.window = 10_000);
	let (asker, wires) = world.asker(1).await;
	let notes = Arc::new(Jotter::default());
	asker
		.attach(terms(id_of(PACED), PACED), Arc::new(voucher_key()), notes)
		.await
		.unwrap();
	// Room for hardly anything, and nobody reads.
	let mut stuck = wires.stream(16).unwrap();
	let ask = Question::Ask(Box::new(atelier_wire::Ask {
		session: id_of(PACED),
		request: request(PACED, &INPUT, 1_000, 1),
		input: atelier_wire::Tokens::try_from(INPUT.to_vec()).unwrap(),
		from: 0,
		text: true,
	}));
	write_question(&mut stuck, &ask).await.unwrap();
	others_are_served(&world).await;
	world.until(|world| world.refused(Refusal::TooSlow) == 1).await;
	world.until(|world| world.server.running() == 0).await;
	// What was made is claimed, and was never more than the window.
	assert_eq!(world.server.counts().of(Counted::Cut), 1);
	drop(stuck);
}

#[tokio::test]
async fn who_asks_too_often_is_put_off() {
	let world = World::with(Limits {
		peer: Rate {
			a_second: 10,
			at_once: 20,
		},
		..Limits::default()
	});
	let connection = greeted(&world, 1).await;
	let mut raw = Raw::new(Wires::new(connection).stream(1 << 16).unwrap());
	let mut later = 0;
	for _ in 0..40 {
		if let Reply::Overloaded(overloaded) = raw.ask(Question::Models).await {
			assert!((1..=200).contains(&overloaded.after), "{overloaded:?}");
			later += 1;
		}
	}
	assert!((18..=22).contains(&later), "{later}");
	assert_eq!(world.server.counts().of(Counted::Overloaded), later);
}

#[tokio::test]
async fn connections_and_streams_are_counted_and_come_back() {
	let world = World::with(Limits {
		connections: 10,
		connections_of_peer: 3,
		streams: 4,
		..Limits::default()
	});
	let mut held = Vec::new();
	for _ in 0..3 {
		held.push(world.server.connect([1; 32]).unwrap());
	}
	assert_eq!(world.server.connect([1; 32]).err(), Some(Refusal::TooManyConnections));
	for endpoint in 2..9 {
		held.push(world.server.connect([endpoint; 32]).unwrap());
	}
	assert_eq!(world.server.connect([50; 32]).err(), Some(Refusal::TooManyConnections));
	assert_eq!(world.refused(Refusal::TooManyConnections), 2);
	held.clear();

	let wires = Wires::new(greeted(&world, 1).await);
	let streams: Vec<_> = (0..4).map(|_| wires.stream(64).unwrap()).collect();
	tokio::task::yield_now().await;
	let mut raw = Raw::new(wires.stream(1 << 12).unwrap());
	let Reply::Refused(refused) = raw.hear().await else {
		panic!()
	};
	assert_eq!(refused.refusal, Refusal::TooManyStreams);
	drop(streams);
	tokio::time::sleep(Duration::from_millis(50)).await;
	let mut raw = Raw::new(wires.stream(1 << 12).unwrap());
	assert!(matches!(raw.ask(Question::Models).await, Reply::Offers(_)));
}

#[tokio::test]
async fn a_thousand_connections_that_do_nothing_cost_others_nothing() {
	let world = World::new();
	let mut idle = Vec::new();
	for number in 0..1_000_u32 {
		let mut peer = [77; 32];
		peer[..4].copy_from_slice(&number.to_le_bytes());
		let wires = Wires::new(world.server.connect(peer).unwrap());
		let mut stream = wires.stream(1 << 10).unwrap();
		if number % 2 == 0 {
			// Half of a header.
			stream.write_all(&[Kind::Hello as u8, 1]).await.unwrap();
		}
		idle.push((wires, stream));
	}
	assert_eq!(world.server.counts().of(Counted::Connections), 1_000);
	timeout(Duration::from_secs(20), others_are_served(&world))
		.await
		.expect("in time");
	assert!(world.server.counts().of(Counted::Streams) >= 1_000);
	drop(idle);
}

#[tokio::test]
async fn it_works_over_sockets() {
	let world = World::new();
	let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
	let address = listener.local_addr().unwrap();
	let connection = world.server.connect([1; 32]).unwrap();
	tokio::spawn(async move {
		while let Ok((stream, _)) = listener.accept().await {
			let connection = connection.clone();
			tokio::spawn(async move {
				let (read, write) = stream.into_split();
				connection.serve(read, write).await;
			});
		}
	});
	struct Sockets(std::net::SocketAddr);
	impl crate::asking::Opener for Sockets {
		fn open(&self) -> futures::future::BoxFuture<'_, std::io::Result<(crate::asking::Read, crate::asking::Write)>> {
			Box::pin(async move {
				let (read, write) = TcpStream::connect(self.0).await?.into_split();
				Ok((
					Box::new(read) as crate::asking::Read,
					Box::new(write) as crate::asking::Write,
				))
			})
		}
	}
	let asker = Asker::connect(Arc::new(Sockets(address)), ends(1), PATIENCE)
		.await
		.unwrap();
	let session = asker
		.attach(
			terms(id_of(EXACT), EXACT),
			Arc::new(voucher_key()),
			Arc::new(Jotter::default()),
		)
		.await
		.unwrap();
	let answer = session
		.ask(request(EXACT, &INPUT, 9, 1), INPUT.to_vec(), false)
		.await
		.unwrap();
	assert_eq!(answer.all().await.unwrap().1.index, 0);
}

#[tokio::test]
async fn only_a_cancellation_is_heard_in_an_answer() {
	let world = World::new();
	let (asker, wires) = world.asker(1).await;
	let notes = Arc::new(Jotter::default());
	asker
		.attach(terms(id_of(PACED), PACED), Arc::new(voucher_key()), notes)
		.await
		.unwrap();
	let mut raw = Raw::new(wires.stream(1 << 16).unwrap());
	let ask = Question::Ask(Box::new(atelier_wire::Ask {
		session: id_of(PACED),
		request: request(PACED, &INPUT, 10, 1),
		input: atelier_wire::Tokens::try_from(INPUT.to_vec()).unwrap(),
		from: 0,
		text: false,
	}));
	assert!(matches!(raw.ask(ask).await, Reply::Begun(_)));
	assert_eq!(raw.refused(Question::Models).await, Refusal::OutOfTurn);
}
