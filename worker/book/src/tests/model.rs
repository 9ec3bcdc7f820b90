// SPDX-License-Identifier: Apache-2.0

//! A worker's book as plainly as it can be said: everything in memory, nothing ever lost.

use super::samples::*;
use crate::*;
use atelier_primitives::{
	ids::{DisputeId, SessionId},
	work::{
		Work,
		draw::{self, Lot},
		voucher::Voucher,
	},
};
use atelier_referee::{
	claim::Origin,
	commit::{
		Commitment, Kind,
		mountain::{Receipts, Root},
	},
	dispute::Party,
	hash::Portable,
};
use std::collections::BTreeMap;

/// What can be said to a book.
#[derive(Clone, Debug)]
pub(super) enum Op {
	Begin { session: u64, deposit: Balance },
	Append { session: u64, salt: u64, late: u64 },
	Voucher { session: u64, back: u64, sequence: u64 },
	Settle { session: u64, until: u32 },
	SettledAgain { session: u64 },
	Conclude { session: u64 },
	Release { session: u64, most: u32 },
	End { session: u64 },
	Closing { session: u64, closing: bool },
	Deliver { job: u64, salt: u64 },
	ReleaseJob { job: u64 },
	Drawn { job: u64, salt: u8 },
	Seal { job: u64, salt: u8 },
	Reported { job: u64 },
	Dispute { dispute: u64, session: u64, trace: u8 },
	ForgetDispute { dispute: u64 },
	Vote { dispute: u64, wrong: bool },
	Quote { capacity: Balance, until: u32 },
	Used { number: u64 },
	Expire { now: u32 },
}

#[derive(Clone, Debug)]
struct Session {
	terms: Terms,
	receipts: Receipts,
	units: u64,
	answers: Vec<Answered>,
	newest: Option<(Voucher, Signature, u32)>,
	settled: Root,
	settlements: BTreeMap<u32, Settlement>,
	next: u32,
	released: u64,
	closing: bool,
	ended: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Model {
	sessions: BTreeMap<u64, Session>,
	jobs: BTreeMap<u64, Answered>,
	audits: BTreeMap<u64, Audit>,
	disputes: BTreeMap<u64, Dispute>,
	votes: BTreeMap<u64, Ballot>,
	quotes: BTreeMap<u64, Quote>,
	next_quote: u64,
	/// The block.
	now: u32,
}

/// Everything that a book says.
#[derive(Debug, PartialEq)]
pub(super) struct Seen {
	/// Without what is left, which follows from the rest.
	sessions: Vec<(SessionId, Standing)>,
	answers: Vec<Result<Answered, Error>>,
	settlements: Vec<Settlement>,
	signed: Vec<Option<(Voucher, Signature)>>,
	due: Vec<(SessionId, Balance)>,
	jobs: Vec<Result<Answered, Error>>,
	audits: Vec<Audit>,
	disputes: Vec<Dispute>,
	votes: Vec<Ballot>,
	quotes: Vec<Quote>,
	outstanding: Outstanding,
}

pub(super) fn seen(book: &Book) -> Seen {
	let all = book.sessions(None, 99).unwrap();
	let mut seen = Seen {
		sessions: vec![],
		answers: vec![],
		settlements: vec![],
		signed: vec![],
		due: book
			.due_by_value(99)
			.unwrap()
			.iter()
			.map(|due| (due.session, due.value))
			.collect(),
		jobs: (0..4).map(|job| book.delivered(of_job(job, 0).0)).collect(),
		audits: book.audits(None, 99).unwrap(),
		disputes: book.disputes(None, 99).unwrap(),
		votes: book.ballots(99).unwrap(),
		quotes: book.quotes(None, 9_999).unwrap(),
		outstanding: book.outstanding().unwrap(),
	};
	for session in all {
		let standing = book.session(session).unwrap();
		let receipts = standing.root.receipts;
		seen.answers
			.extend((0..receipts).map(|index| book.answer(session, index)));
		seen.settlements.extend(book.settlements(session, 99).unwrap());
		let signed = book.settlement(session).unwrap();
		if let Some(signed) = &signed {
			let later = signed.voucher.receipts;
			signed.extension.verify::<Portable>(&standing.settled, &later).unwrap();
		}
		seen.signed
			.push(signed.map(|signed| (signed.voucher, signed.signature)));
		seen.sessions.push((session, Standing { left: 0, ..standing }));
	}
	let mut ages: Vec<_> = book
		.due_by_age(99)
		.unwrap()
		.iter()
		.map(|due| (due.session, due.value))
		.collect();
	let mut values = seen.due.clone();
	ages.sort_unstable();
	values.sort_unstable();
	assert_eq!(ages, values, "both orders are of the same sessions");
	seen
}

fn commitment(byte: u8) -> Commitment {
	Commitment {
		kind: Kind::Trace,
		count: 1,
		root: [byte; 32],
	}
}

fn audit(job: u64, salt: u8) -> Audit {
	Audit {
		work: Work::Job(of_job(job, 0).0),
		lot: Lot {
			pre_output: [salt; 32],
			proof: [salt; 64],
		},
		output: [salt; 32],
		units: vec![1, 2],
		commit: 5,
		reveal: 6,
		report: None,
		stage: Stage::Drawn,
	}
}

fn report(salt: u8) -> Report {
	Report {
		salt: [salt; 32],
		proofs: vec![[1; 32], [2; 32]],
	}
}

fn dispute(dispute: u64, session: u64, trace: u8) -> Dispute {
	Dispute {
		dispute: DisputeId(dispute),
		work: Work::Settlement {
			session: SessionId(session),
			number: 0,
		},
		claim: Origin::Session { session, index: 0 },
		side: Party::Holder,
		turn: Some((Party::Holder, trace.into())),
		trace: (trace > 0).then(|| commitment(trace)),
		notes: vec![trace],
	}
}

impl Model {
	/// Says it to the book, and what the book must answer: whether it agrees.
	pub(super) fn tell(&self, book: &Book, op: &Op) -> Told {
		let id = |session: &u64| SessionId(*session);
		match op {
			Op::Begin { session, deposit } => {
				let deposit = *deposit;
				told(book.begin(id(session), Terms { deposit, ..terms() }))
			}
			Op::Append { session, salt, late } => {
				let index = self.sessions.get(session).map_or(0, |known| known.receipts.count());
				let index = index.saturating_sub(*late);
				told(book.append(id(session), in_session(id(session), index, *salt)))
			}
			Op::Voucher {
				session,
				back,
				sequence,
			} => {
				let voucher = self.voucher(*session, *back, *sequence);
				told(book.voucher(id(session), voucher, signed(&voucher), self.now, &verifies))
			}
			Op::Settle { session, until } => {
				let known = self.sessions.get(session);
				let root = known.and_then(|known| Some(known.newest.as_ref()?.0.receipts));
				let number = known.map_or(0, |known| known.next);
				let root = root.unwrap_or_else(Root::empty::<Portable>);
				told(book.settled(id(session), number, root, *until))
			}
			Op::SettledAgain { session } => {
				let known = self
					.sessions
					.get(session)
					.and_then(|known| known.settlements.values().last());
				let (number, root) = known.map_or((0, Root::empty::<Portable>()), |known| (known.number, known.later));
				told(book.settled(id(session), number, root, 77))
			}
			Op::Conclude { session } => told(book.concluded(id(session), self.first(*session))),
			Op::Release { session, most } => told(book.release(id(session), *most)),
			Op::End { session } => {
				let known = self.sessions.get(session);
				let settled = known.map_or(Root::empty::<Portable>(), |known| known.settled);
				told(book.ended(id(session), settled))
			}
			Op::Closing { session, closing } => told(book.closing(id(session), *closing)),
			Op::Deliver { job, salt } => {
				let (job, answer) = of_job(*job, *salt);
				told(book.deliver(job, answer))
			}
			Op::ReleaseJob { job } => told(book.release_job(of_job(*job, 0).0)),
			Op::Drawn { job, salt } => told(book.drawn(audit(*job, *salt))),
			Op::Seal { job, salt } => told(book.seal(audit(*job, 0).work, report(*salt))),
			Op::Reported { job } => told(book.reported(audit(*job, 0).work, Stage::Committed)),
			Op::Dispute {
				dispute: number,
				session,
				trace,
			} => told(book.dispute(dispute(*number, *session, *trace))),
			Op::ForgetDispute { dispute } => told(book.forget_dispute(DisputeId(*dispute))),
			Op::Vote { dispute, wrong } => told(book.vote(DisputeId(*dispute), 0, *wrong, [u8::from(*wrong); 32])),
			Op::Quote { capacity, until } => told(book.quote(self.quote(*capacity, *until))),
			Op::Used { number } => told(book.used(*number)),
			Op::Expire { now } => told(book.expire_quotes(*now, None, 99_999)),
		}
	}

	fn voucher(&self, session: u64, back: u64, sequence: u64) -> Voucher {
		let id = SessionId(session);
		let Some(known) = self.sessions.get(&session) else {
			return voucher(id, sequence, Root::empty::<Portable>());
		};
		let count = known.receipts.count().saturating_sub(back);
		let root = known.receipts.root_of_first::<Portable>(count).unwrap();
		let newest = known.newest.as_ref().map_or(0, |(newest, ..)| newest.sequence);
		voucher(id, newest + sequence, root)
	}

	fn first(&self, session: u64) -> u32 {
		let waits = self.sessions.get(&session).and_then(|known| {
			let waits = |settlement: &&Settlement| !settlement.concluded;
			known.settlements.values().find(waits)
		});
		waits.map_or(0, |settlement| settlement.number)
	}

	fn quote(&self, capacity: Balance, until: u32) -> Quote {
		Quote {
			worker: WORKER,
			version: VERSION,
			payer: [1; 32],
			price: 1,
			capacity,
			window: 40,
			reservation: 0,
			until,
			number: 0,
		}
	}

	/// What it comes to. None: it is refused.
	pub(super) fn next(&self, op: &Op) -> Option<Self> {
		let mut next = self.clone();
		next.now += 1;
		next.act(op).map(|()| next)
	}

	fn act(&mut self, op: &Op) -> Option<()> {
		match op {
			Op::Begin { session, deposit } => {
				let terms = Terms {
					deposit: *deposit,
					..terms()
				};
				self.sessions
					.entry(*session)
					.and_modify(|known| known.terms = terms.clone())
					.or_insert_with(|| Session {
						terms,
						receipts: Receipts::new(),
						units: 0,
						answers: vec![],
						newest: None,
						settled: Root::empty::<Portable>(),
						settlements: BTreeMap::new(),
						next: 0,
						released: 0,
						closing: false,
						ended: false,
					});
			}
			Op::Append { session, salt, late } => {
				let known = self.sessions.get_mut(session)?;
				let count = known.receipts.count();
				let index = count.saturating_sub(*late);
				let answer = in_session(SessionId(*session), index, *salt);
				if index < count {
					return (index >= known.released && known.answers[index as usize] == answer).then_some(());
				}
				let signed = known.newest.as_ref().map_or(0, |(newest, ..)| newest.receipts.units);
				let fits = known.units + UNITS - signed <= known.terms.window;
				let paid = known.terms.rates.price(known.units + UNITS)? <= known.terms.deposit;
				if !fits || !paid || known.closing || known.ended {
					return None;
				}
				known.receipts.append::<Portable>(answer.receipt()).unwrap();
				known.units += UNITS;
				known.answers.push(answer);
			}
			Op::Voucher {
				session,
				back,
				sequence,
			} => {
				let now = self.now - 1;
				let voucher = self.voucher(*session, *back, *sequence);
				let known = self.sessions.get_mut(session)?;
				if known.newest.as_ref().is_some_and(|(newest, ..)| *newest == voucher) {
					return Some(());
				}
				let newest = known.newest.as_ref();
				let (last, receipts) =
					newest.map_or((0, 0), |(newest, ..)| (newest.sequence, newest.receipts.receipts));
				let paid = known.terms.rates.price(voucher.receipts.units)? <= known.terms.deposit;
				if voucher.sequence <= last || voucher.receipts.receipts <= receipts || !paid || known.ended {
					return None;
				}
				known.newest = Some((voucher, signed(&voucher), now));
			}
			Op::Settle { session, until } => {
				let known = self.sessions.get_mut(session)?;
				let root = known.newest.as_ref()?.0.receipts;
				if root.receipts <= known.settled.receipts || known.ended {
					return None;
				}
				let settlement = Settlement {
					number: known.next,
					earlier: known.settled,
					later: root,
					until: *until,
					concluded: false,
				};
				known.settlements.insert(known.next, settlement);
				known.settled = root;
				known.next += 1;
			}
			Op::SettledAgain { session } => {
				let known = self.sessions.get_mut(session)?;
				match known.settlements.values_mut().last() {
					Some(settlement) => settlement.until = 77,
					None if known.next > 0 => {}
					None => return None,
				}
			}
			Op::Conclude { session } => {
				let first = self.first(*session);
				let known = self.sessions.get_mut(session)?;
				match known.settlements.get_mut(&first) {
					Some(settlement) => settlement.concluded = true,
					None if first < known.next => {}
					None => return None,
				}
			}
			Op::Release { session, most } => {
				let known = self.sessions.get_mut(session)?;
				let first = known.settlements.values().next().copied();
				let end = match first {
					Some(first) if first.concluded => first.later.receipts,
					None if known.ended => known.receipts.count(),
					_ => return Some(()),
				};
				let about = |dispute: &Dispute| {
					first.is_some_and(|first| {
						dispute.work
							== Work::Settlement {
								session: SessionId(*session),
								number: first.number,
							}
					})
				};
				if self.disputes.values().any(about) {
					return None;
				}
				let before = known.released;
				let mut gone = 0;
				while known.released < end && gone < *most {
					// A head, a part, and two digests.
					gone += 4;
					known.released += 1;
				}
				if known.released >= end {
					if let Some(first) = first {
						known.settlements.remove(&first.number);
					} else if known.released == before {
						self.sessions.remove(session);
					}
				}
			}
			Op::End { session } => self.sessions.get_mut(session)?.ended = true,
			Op::Closing { session, closing } => self.sessions.get_mut(session)?.closing = *closing,
			Op::Deliver { job, salt } => {
				let (_, answer) = of_job(*job, *salt);
				let known = self.jobs.entry(*job).or_insert_with(|| answer.clone());
				return (*known == answer).then_some(());
			}
			Op::ReleaseJob { job } => {
				self.jobs.remove(job);
			}
			Op::Drawn { job, salt } => {
				let drawn = audit(*job, *salt);
				match self.audits.get_mut(job) {
					Some(known) if known.output == drawn.output => {}
					Some(known) if known.stage != Stage::Drawn => return None,
					_ => {
						self.audits.insert(*job, drawn);
					}
				}
			}
			Op::Seal { job, salt } => {
				let known = self.audits.get_mut(job)?;
				let report = report(*salt);
				return (*known.report.get_or_insert_with(|| report.clone()) == report).then_some(());
			}
			Op::Reported { job } => {
				let known = self.audits.get_mut(job)?;
				known.report.as_ref()?;
				known.stage = Stage::Committed;
			}
			Op::Dispute {
				dispute: number,
				session,
				trace,
			} => {
				let new = dispute(*number, *session, *trace);
				let known = self.disputes.get(number);
				let trace = match known {
					Some(known) if known.work != new.work => return None,
					Some(known) if known.trace.is_some() && new.trace.is_some() && known.trace != new.trace => {
						return None;
					}
					Some(known) => new.trace.or(known.trace),
					None => new.trace,
				};
				self.disputes.insert(*number, Dispute { trace, ..new });
			}
			Op::ForgetDispute { dispute } => {
				self.disputes.remove(dispute);
			}
			Op::Vote { dispute, wrong } => {
				let ballot = Ballot {
					dispute: DisputeId(*dispute),
					round: 0,
					wrong: *wrong,
					salt: [u8::from(*wrong); 32],
					stage: Stage::Drawn,
				};
				return (*self.votes.entry(*dispute).or_insert(ballot) == ballot).then_some(());
			}
			Op::Quote { capacity, until } => {
				let quote = Quote {
					number: self.next_quote,
					..self.quote(*capacity, *until)
				};
				self.quotes.insert(self.next_quote, quote);
				self.next_quote += 1;
			}
			Op::Used { number } => {
				self.quotes.remove(number)?;
			}
			Op::Expire { now } => self.quotes.retain(|_, quote| quote.until >= *now),
		}
		Some(())
	}

	pub(super) fn seen(&self) -> Seen {
		let mut seen = Seen {
			sessions: vec![],
			answers: vec![],
			settlements: vec![],
			signed: vec![],
			due: vec![],
			jobs: (0..4)
				.map(|job| {
					let known = self.jobs.get(&job).cloned();
					known.ok_or(Error::UnknownJob(of_job(job, 0).0))
				})
				.collect(),
			audits: self.audits.values().cloned().collect(),
			disputes: self.disputes.values().cloned().collect(),
			votes: self.votes.values().copied().collect(),
			quotes: self.quotes.values().cloned().collect(),
			outstanding: Outstanding {
				next: self.next_quote,
				quotes: self.quotes.len() as u64,
				capacity: self.quotes.values().map(|quote| quote.capacity).sum(),
			},
		};
		for (session, known) in &self.sessions {
			let id = SessionId(*session);
			let answers = known.answers.iter().zip(0..).map(|(answer, index)| {
				if index < known.released {
					Err(Error::Released(index))
				} else {
					Ok(answer.clone())
				}
			});
			seen.answers.extend(answers);
			seen.settlements.extend(known.settlements.values().copied());
			let newest = known.newest.as_ref();
			let (receipts, units, sequence) = newest.map_or((0, 0, 0), |(newest, ..)| {
				(newest.receipts.receipts, newest.receipts.units, newest.sequence)
			});
			let due = !known.ended && units > known.settled.units;
			if due {
				let price = |units| known.terms.rates.price(units).unwrap();
				seen.due.push((id, price(units) - price(known.settled.units)));
			}
			seen.signed.push(
				newest
					.filter(|_| due)
					.map(|(newest, signature, _)| (*newest, signature.clone())),
			);
			let standing = Standing {
				terms: known.terms.clone(),
				phase: match (known.ended, known.closing) {
					(true, _) => Phase::Ended,
					(_, true) => Phase::Closing,
					_ => Phase::Open,
				},
				root: known.receipts.root::<Portable>().unwrap(),
				sequence,
				signed: (receipts, units),
				settled: known.settled,
				unsigned: known.units - units,
				left: 0,
				released: known.released,
			};
			seen.sessions.push((id, standing));
		}
		seen.due
			.sort_by_key(|(session, value)| std::cmp::Reverse((*value, *session)));
		seen
	}
}

/// What a book would say of a report and a vote is what the chain is told.
#[test]
fn seals_are_those_of_the_chain() {
	let (_, book) = worker();
	let audit = audit(1, 1);
	book.drawn(audit.clone()).wait().unwrap();
	let report = report(3);
	let sealed = book.seal(audit.work, report.clone()).wait();
	let right = draw::sealed::<Portable>(WORKER, audit.work, &report.salt, &report.proofs);
	assert_eq!(sealed, Ok(right));
	let vote = book.vote(DisputeId(1), 2, true, [4; 32]).wait();
	assert_eq!(
		vote,
		Ok(draw::ballot::<Portable>(WORKER, DisputeId(1), 2, true, &[4; 32]))
	);
}

/// Whether the book agreed, when that is known.
pub(super) type Told = Box<dyn FnOnce() -> Result<(), Error>>;

fn told<T: Unpin + 'static>(pending: Pending<T>) -> Told {
	Box::new(move || pending.wait().map(|_| ()))
}
