// SPDX-License-Identifier: Apache-2.0

//! How many answers a second a book takes, how long one waits, and how many bytes it leaves.
//!
//! `cargo run --release -p atelier-book --example appends -- FOLDER [SECONDS]`: the folder is on the disk to be measured.

use atelier_book::{Account, Answered, Book, Contents, Options, Output, Role, Signature, States, Terms};
use atelier_primitives::{
	ids::{SessionId, VersionId, WorkerId},
	work::{Tier, named, named_version, price::Rates, voucher::Voucher},
};
use atelier_referee::{
	claim::{Claim, Origin, Request, State, StopReason, state_tree, token_tree},
	commit::Kind,
	hash::Portable,
	ops::sampling::Sampler,
};
use std::{
	env, fs,
	path::{Path, PathBuf},
	thread,
	time::{Duration, Instant},
};

const GENESIS: [u8; 32] = [7; 32];
const WORKER: WorkerId = WorkerId(3);
const VERSION: VersionId = VersionId(5);

fn main() {
	let mut arguments = env::args().skip(1);
	let folder: PathBuf = arguments.next().expect("a folder").into();
	let seconds = arguments.next().map_or(5, |seconds| seconds.parse().expect("seconds"));
	println!("| tokens in, out | at once | answers a second | with vouchers | append p50 | p99 | bytes of a receipt |");
	println!("| --- | --- | --- | --- | --- | --- | --- |");
	for (input, output) in [(100, 25), (500, 200)] {
		for together in [1, 16, 64] {
			measure(&folder, Duration::from_secs(seconds), input, output, together);
		}
	}
}

fn measure(folder: &Path, time: Duration, input: u32, output: u32, together: u64) {
	let folder = folder.join(format!("book-{input}-{output}-{together}"));
	let _ = fs::remove_dir_all(&folder);
	let book = Book::create(&folder, GENESIS, Role::Worker(WORKER), Options::default()).expect("a book");
	for session in 0..together {
		book.begin(SessionId(session), terms()).wait().expect("begins");
	}
	let template = answered(input, output);
	let alone = run(&book, &template, time, together, false);
	let signed = run(&book, &template, time, together, true);
	drop(book);
	let bytes = fs::metadata(folder.join("book.redb")).expect("a file").len();
	let count = alone.0.len() + signed.0.len();
	let mut waits = alone.0;
	waits.sort_unstable();
	let part = |part: usize| waits[(waits.len() * part / 100).min(waits.len() - 1)];
	println!(
		"| {input}, {output} | {together} | {:.0} | {:.0} | {:.2?} | {:.2?} | {} |",
		waits.len() as f64 / alone.1.as_secs_f64(),
		signed.0.len() as f64 / signed.1.as_secs_f64(),
		part(50),
		part(99),
		bytes / count as u64,
	);
	let start = Instant::now();
	let book = Book::open(&folder, GENESIS, Role::Worker(WORKER), Options::default()).expect("opens");
	let opened = start.elapsed();
	drop(book);
	println!("opened with {} MB, all of it looked at, in {opened:.2?}", bytes >> 20);
	fs::remove_dir_all(&folder).expect("goes");
}

/// How long each append waited, and how long all took.
fn run(book: &Book, template: &Answered, time: Duration, together: u64, sign: bool) -> (Vec<Duration>, Duration) {
	let start = Instant::now();
	let waits = thread::scope(|scope| {
		let serve = |number| move || serve(book, template, SessionId(number), start + time, sign);
		let threads: Vec<_> = (0..together).map(|number| scope.spawn(serve(number))).collect();
		let waits = threads.into_iter().flat_map(|thread| thread.join().expect("serves"));
		waits.collect::<Vec<_>>()
	});
	(waits, start.elapsed())
}

fn serve(book: &Book, template: &Answered, session: SessionId, end: Instant, sign: bool) -> Vec<Duration> {
	let standing = book.session(session).expect("is there");
	let (mut index, mut sequence) = (standing.root.receipts, standing.sequence);
	let mut waits = Vec::new();
	while Instant::now() < end {
		let mut answered = template.clone();
		answered.claim.origin = Origin::Session {
			session: session.0,
			index,
		};
		let start = Instant::now();
		let root = book.append(session, answered).wait().expect("is added").root;
		waits.push(start.elapsed());
		index += 1;
		if sign {
			sequence += 1;
			let voucher = Voucher {
				session,
				sequence,
				receipts: root,
			};
			// The signature itself is not measured.
			let verifier = |_: &Account, _: &[u8], _: &Signature| true;
			let signature = Signature::try_from(vec![1; 65]).expect("is short");
			book.voucher(session, voucher, signature, 1, &verifier)
				.wait()
				.expect("is taken");
		}
	}
	waits
}

fn terms() -> Terms {
	Terms {
		payer: [1; 32],
		worker: WORKER,
		version: VERSION,
		tier: Tier::Exact,
		voucher_key: [2; 32],
		rates: Rates {
			worker: 1,
			..Default::default()
		},
		sealed: false,
		window: u64::MAX,
		deposit: u128::MAX,
		opened: 1,
	}
}

fn answered(input: u32, output: u32) -> Answered {
	let input: Vec<u32> = (0..input).collect();
	let output: Vec<u32> = (0..output).collect();
	let request = Request {
		genesis: GENESIS,
		version: named_version(VERSION),
		input: token_tree::<Portable>(Kind::Input, &input).expect("few").commitment(),
		input_count: input.len() as u32,
		sampler: Sampler::Greedy,
		limit: 1_000,
		ends: Default::default(),
		stops: Default::default(),
		sealed: None,
		salt: [3; 32],
	};
	let tokens = input.iter().chain(&output).take(input.len() + output.len() - 1);
	let states: Vec<_> = tokens
		.map(|&token| State {
			token,
			numbers: blake3::hash(&token.to_le_bytes()).into(),
		})
		.collect();
	let claim = Claim {
		genesis: GENESIS,
		origin: Origin::Job(0),
		worker: named(WORKER),
		version: request.version,
		request: request.root::<Portable>(),
		answer: token_tree::<Portable>(Kind::Tokens, &output).expect("few").commitment(),
		state: state_tree::<Portable>(&states).expect("few").commitment(),
		input_count: input.len() as u32,
		output_count: output.len() as u32,
		stop: StopReason::Limit,
	};
	Answered {
		claim,
		request,
		contents: Contents {
			input,
			output: Output::Tokens(output),
			states: States::Numbers(states.iter().map(|state| state.numbers).collect()),
			sent: None,
		},
	}
}
