// SPDX-License-Identifier: Apache-2.0

//! What strangers may send on a stream. `tests/messages.rs` calls this with seeded bytes, `fuzz/` with bytes that coverage has
//! led to.
#![allow(dead_code, reason = "fuzzing changes bytes by itself")]

use atelier_primitives::{
	ids::{JobId, SessionId, VersionId, WorkerId},
	work::{Tier, Work, draw::Lot, voucher::Voucher},
};
use atelier_referee::{
	claim::{Claim, Origin, Request, StopReason},
	commit::{
		Bounded, Commitment, Kind as Tree,
		mountain::{Inclusion, Root, Summed},
	},
	hash::Digest,
	ops::sampling::{Race, Sampler},
	samples::Random,
};
use atelier_wire::*;

/// A frame with a message in it.
pub fn seed(random: &mut Random) -> Vec<u8> {
	let (kind, body) = match random.one_in(2) {
		true => {
			let question = question(random);
			(question.kind(), question.body())
		}
		false => {
			let reply = reply(random);
			(reply.kind(), reply.body())
		}
	};
	let mut bytes = vec![kind as u8];
	bytes.extend((body.len() as u32).to_le_bytes());
	bytes.extend(body);
	bytes
}

pub fn mutated(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
	for _ in 0..random.pick([0, 0, 1, 2, 8]) {
		let at = random.between(0, bytes.len() as i64) as usize;
		match random.between(0, 4) {
			0 | 1 => {
				if let Some(byte) = bytes.get_mut(at) {
					*byte ^= 1 << random.between(0, 7);
				}
			}
			2 => bytes.truncate(at),
			3 => bytes.extend_from_within(at..),
			_ => {
				if let Some(byte) = bytes.get_mut(at) {
					*byte = random.pick([0, 1, 255, 127]);
				}
			}
		}
	}
	bytes
}

/// Panics where something is wrong. Whether the bytes were more than refused.
pub fn run(bytes: &[u8]) -> bool {
	let Some((code, rest)) = bytes.split_first() else {
		return false;
	};
	let Some(kind) = Kind::of(*code) else { return false };
	let Some((_, body)) = rest.split_at_checked(4) else {
		return false;
	};
	let question = Question::read(kind, body);
	let reply = Reply::read(kind, body);
	assert!(question.is_err() || reply.is_err(), "it is of one side");
	if let Ok(question) = &question {
		assert_eq!(
			(question.kind(), &question.body()[..]),
			(kind, body),
			"it has one encoding"
		);
	}
	if let Ok(reply) = &reply {
		assert_eq!((reply.kind(), &reply.body()[..]), (kind, body), "it has one encoding");
		if let Reply::Refused(refused) = reply {
			assert!(refused.fact.text().chars().all(|c| !c.is_control()));
		}
	}
	question.is_ok() || reply.is_ok()
}

fn digest(random: &mut Random) -> Digest {
	let mut digest = [0; 32];
	digest.fill_with(|| random.bits() as u8);
	digest
}

fn few<T, const MAX: usize>(random: &mut Random, most: i64, one: impl Fn(&mut Random) -> T) -> Bounded<T, MAX> {
	let count = random.between(0, most.min(MAX as i64));
	let items: Vec<_> = (0..count).map(|_| one(random)).collect();
	Bounded::try_from(items).expect("few")
}

fn tokens<const MAX: usize>(random: &mut Random) -> Tokens<MAX> {
	let count = random.between(0, 200.min(MAX as i64));
	let items: Vec<_> = (0..count).map(|_| random.bits() as u32).collect();
	Tokens::try_from(items).expect("few")
}

fn text<const MAX: usize>(random: &mut Random) -> Text<MAX> {
	let count = random.between(0, 60.min(MAX as i64));
	let items: Vec<_> = (0..count).map(|_| random.between(32, 126) as u8).collect();
	Text::try_from(items).expect("short")
}

fn signature(random: &mut Random) -> Signature {
	match random.between(0, 2) {
		0 => Signature::Ed25519(bytes64(random)),
		1 => Signature::Sr25519(bytes64(random)),
		_ => Signature::Ecdsa([random.bits() as u8; 65]),
	}
}

fn bytes64(random: &mut Random) -> [u8; 64] {
	[random.bits() as u8; 64]
}

fn commitment(random: &mut Random) -> Commitment {
	Commitment {
		kind: random.pick([Tree::Input, Tree::Tokens, Tree::State, Tree::Output]),
		count: random.bits(),
		root: digest(random),
	}
}

pub fn request(random: &mut Random) -> Request {
	Request {
		genesis: digest(random),
		version: digest(random),
		input: commitment(random),
		input_count: random.bits() as u32,
		sampler: match random.one_in(2) {
			true => Sampler::Greedy,
			false => Sampler::Race(Race {
				inverse: random.bits() as u32,
				top: random.bits() as u32,
				mass: random.bits() as u32,
				seed: random.bits(),
			}),
		},
		limit: random.bits() as u32,
		ends: few(random, 8, |random| random.bits() as u32),
		stops: few(random, 4, |random| few(random, 64, |random| random.bits() as u8)),
		sealed: random.one_in(2).then(|| digest(random)),
		salt: digest(random),
	}
}

fn claim(random: &mut Random) -> Claim {
	Claim {
		genesis: digest(random),
		origin: match random.one_in(2) {
			true => Origin::Job(random.bits()),
			false => Origin::Session {
				session: random.bits(),
				index: random.bits(),
			},
		},
		worker: digest(random),
		version: digest(random),
		request: digest(random),
		answer: commitment(random),
		state: commitment(random),
		input_count: random.bits() as u32,
		output_count: random.bits() as u32,
		stop: random.pick([
			StopReason::Limit,
			StopReason::End,
			StopReason::Stop,
			StopReason::Embedded,
		]),
	}
}

fn root(random: &mut Random) -> Root {
	Root {
		receipts: random.bits(),
		units: random.bits(),
		digest: digest(random),
	}
}

pub fn question(random: &mut Random) -> Question {
	let session = SessionId(random.bits());
	match random.between(0, 13) {
		0 => Question::Hello(Hello {
			genesis: digest(random),
			protocol: random.bits() as u16,
		}),
		1 => Question::Models,
		2 => Question::Quote(QuoteWanted {
			version: VersionId(random.bits() as u32),
			payer: digest(random),
			capacity: random.bits().into(),
		}),
		3 => Question::Attach(Attach {
			session,
			signature: signature(random),
		}),
		4 => Question::Tokenize(Tokenize {
			version: VersionId(random.bits() as u32),
			source: Source::Text(text(random)),
		}),
		5 => Question::Tokenize(Tokenize {
			version: VersionId(random.bits() as u32),
			source: Source::Chat(few(random, 5, |random| Said {
				role: text(random),
				content: text(random),
			})),
		}),
		6 => Question::Ask(Box::new(Ask {
			session,
			request: request(random),
			input: tokens(random),
			from: random.bits() as u32,
			text: random.one_in(2),
		})),
		7 => Question::Cancel,
		8 => Question::Voucher(Vouch {
			voucher: Voucher {
				session,
				sequence: random.bits(),
				receipts: root(random),
			},
			signature: signature(random),
		}),
		9 => Question::Resume(Resume {
			session,
			after: random.bits(),
		}),
		10 => Question::Recall(Recall {
			session,
			index: random.bits(),
			from: random.bits() as u32,
		}),
		11 => Question::Audit(Audit {
			auditor: WorkerId(random.bits() as u32),
			work: match random.one_in(2) {
				true => Work::Job(JobId(random.bits())),
				false => Work::Settlement {
					session,
					number: random.bits() as u32,
				},
			},
			lot: Lot {
				pre_output: digest(random),
				proof: bytes64(random),
			},
			number: random.bits() as u32,
			evidence: random.one_in(2),
			signature: bytes64(random),
		}),
		12 => Question::Hand(Box::new(Hand {
			job: JobId(random.bits()),
			request: request(random),
			input: tokens(random),
		})),
		_ => Question::Collect(Collect {
			job: JobId(random.bits()),
			salt: digest(random),
		}),
	}
}

pub fn reply(random: &mut Random) -> Reply {
	let session = SessionId(random.bits());
	match random.between(0, 18) {
		0 => Reply::Welcome(Welcome {
			worker: WorkerId(random.bits() as u32),
			nonce: digest(random),
			streams: random.bits() as u32,
			answers: random.bits() as u32,
		}),
		1 => Reply::Offers(Offers(few(random, 6, |random| Offered {
			version: VersionId(random.bits() as u32),
			tier: random.pick([Tier::Exact, Tier::Float]),
			price: random.bits().into(),
			embeds: random.one_in(2),
			vocabulary: random.bits() as u32,
			positions: random.bits() as u32,
			chat: random.one_in(2),
			stops: random.one_in(2),
			ends: few(random, 8, |random| random.bits() as u32),
		}))),
		2 => Reply::Quoted(Quoted {
			quote: Quote {
				worker: WorkerId(random.bits() as u32),
				version: VersionId(random.bits() as u32),
				payer: digest(random),
				price: random.bits().into(),
				capacity: random.bits().into(),
				window: random.bits(),
				reservation: random.bits().into(),
				until: random.bits() as u32,
				number: random.bits(),
			},
			signature: signature(random),
		}),
		3 => Reply::Attached(Attached {
			session,
			root: root(random),
			signed: root(random),
			sequence: random.bits(),
			window: random.bits(),
		}),
		4 => Reply::Tokenized(Tokenized { tokens: tokens(random) }),
		5 => Reply::Begun(Begun {
			made: random.bits() as u32,
			kept: random.bits(),
		}),
		6 => Reply::Piece(Piece {
			first: random.bits() as u32,
			tokens: tokens(random),
			text: text(random),
		}),
		7 => Reply::Vector(match random.one_in(2) {
			true => Vector::Exact(Lump::try_from(vec![random.bits() as u16; 9]).expect("few")),
			false => Vector::Float(tokens(random)),
		}),
		8 => Reply::Done(Box::new(Done {
			claim: claim(random),
			units: random.bits(),
			root: root(random),
		})),
		9 => Reply::Vouched(Vouched {
			session,
			sequence: random.bits(),
			unsigned: random.bits(),
		}),
		10 => Reply::Claims(Claims {
			first: random.bits(),
			claims: few(random, 5, claim),
			root: root(random),
		}),
		11 => Reply::Recalled(Box::new(Recalled {
			claim: claim(random),
			root: random.one_in(2).then(|| root(random)),
		})),
		12 => Reply::Shown(Box::new(Shown {
			claim: claim(random),
			request: request(random),
			place: match random.one_in(2) {
				true => Place::Job,
				false => Place::Receipt {
					index: random.bits(),
					units: random.bits(),
					inclusion: Inclusion {
						siblings: few(random, 40, |random| Summed {
							digest: digest(random),
							units: random.bits(),
						}),
					},
				},
			},
			unit: random.bits(),
			evidence: random.pick([EvidenceKind::Nothing, EvidenceKind::States, EvidenceKind::Fingerprint]),
			bytes: random.bits() as u32,
		})),
		13 => Reply::Page(Page {
			of: random.pick([Of::Input, Of::Answer]),
			first: random.bits() as u32,
			tokens: tokens(random),
		}),
		14 => Reply::Evidence(EvidencePage {
			first: random.bits() as u32,
			bytes: text(random),
		}),
		15 => Reply::Handed,
		16 => Reply::JobAnswer(Box::new(JobAnswer { claim: claim(random) })),
		17 => Reply::refused(
			REFUSALS[random.between(0, REFUSALS.len() as i64 - 1) as usize],
			"a fact of 12 units",
		),
		_ => Reply::Overloaded(Overloaded {
			after: random.bits() as u32,
		}),
	}
}
