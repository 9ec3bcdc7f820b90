// SPDX-License-Identifier: Apache-2.0

use super::samples::*;
use crate::*;
use atelier_primitives::{
	ids::DisputeId,
	work::{
		Work,
		draw::{Lot, MOST_DRAWS},
	},
};
use atelier_referee::{
	claim::Origin,
	commit::{Commitment, Kind},
	dispute::Party,
};

fn audit(salt: u8) -> Audit {
	Audit {
		work: Work::Settlement { session: S, number: 2 },
		lot: Lot {
			pre_output: [salt; 32],
			proof: [salt; 64],
		},
		output: [salt; 32],
		units: vec![7, 8],
		commit: 10,
		reveal: 20,
		report: None,
		stage: Stage::Drawn,
	}
}

fn report(proofs: usize) -> Report {
	Report {
		salt: [3; 32],
		proofs: vec![[4; 32]; proofs],
	}
}

#[test]
fn what_was_promised_can_be_revealed_after_a_crash() {
	let (disk, book) = worker();
	let work = audit(1).work;
	assert_eq!(book.seal(work, report(2)).wait(), Err(Error::UnknownAudit(work)));
	book.drawn(audit(1)).wait().unwrap();
	assert_eq!(
		book.reported(work, Stage::Committed).wait(),
		Err(Error::NothingSealed(work))
	);
	assert_eq!(
		book.seal(work, report(3)).wait(),
		Err(Error::WrongProofs { found: 3, wanted: 2 })
	);
	let sealed = book.seal(work, report(2)).wait().unwrap();
	let disk = disk.crashed(&mut super::disk::Random(1));
	drop(book);
	let book = opened(&disk).unwrap();
	assert_eq!(book.seal(work, report(2)).wait(), Ok(sealed));
	book.reported(work, Stage::Committed).wait().unwrap();
	let known = book.audit(work).unwrap();
	assert_eq!((known.report, known.stage), (Some(report(2)), Stage::Committed));
	assert_eq!(book.drawn(audit(2)).wait(), Err(Error::OtherLot(work)));
	// The chain went back, and drew again.
	book.reported(work, Stage::Drawn).wait().unwrap();
	book.drawn(audit(2)).wait().unwrap();
	assert_eq!(book.audit(work).unwrap(), audit(2));
	book.forget_audit(work).wait().unwrap();
	assert_eq!(book.audits(None, 9).unwrap(), []);
	let many = Audit {
		units: vec![1; MOST_DRAWS as usize + 1],
		..audit(1)
	};
	assert!(book.drawn(many).wait().is_err());
}

#[test]
fn votes_are_remembered() {
	let (disk, book) = worker();
	let sealed = book.vote(DisputeId(4), 1, true, [5; 32]).wait().unwrap();
	book.voted(DisputeId(4), 1, Stage::Committed).wait().unwrap();
	drop(book);
	let book = opened(&disk).unwrap();
	assert_eq!(book.vote(DisputeId(4), 1, true, [5; 32]).wait(), Ok(sealed));
	assert_eq!(book.ballots(9).unwrap()[0].stage, Stage::Committed);
	let other = book.vote(DisputeId(4), 1, false, [5; 32]).wait();
	let dispute = DisputeId(4);
	assert_eq!(other, Err(Error::OtherVote { dispute, round: 1 }));
	book.forget_ballot(dispute, 1).wait().unwrap();
	assert_eq!(book.ballots(9).unwrap(), []);
}

#[test]
fn disputes_are_remembered() {
	let (disk, book) = worker();
	let trace = |root| Commitment {
		kind: Kind::Trace,
		count: 9,
		root: [root; 32],
	};
	let dispute = |turn: Option<(Party, u32)>, trace| Dispute {
		dispute: DisputeId(4),
		work: Work::Settlement { session: S, number: 2 },
		claim: Origin::Session { session: S.0, index: 3 },
		side: Party::Holder,
		turn,
		trace,
		notes: vec![1, 2],
	};
	let mine = Some((Party::Holder, 90));
	book.dispute(dispute(mine, Some(trace(1)))).wait().unwrap();
	drop(book);
	let book = opened(&disk).unwrap();
	assert_eq!(book.disputes(None, 9).unwrap(), [dispute(mine, Some(trace(1)))]);
	book.dispute(dispute(None, None)).wait().unwrap();
	assert_eq!(
		book.disputes(None, 9).unwrap(),
		[dispute(None, Some(trace(1)))],
		"the trace stays"
	);
	let other = book.dispute(dispute(mine, Some(trace(2)))).wait();
	assert_eq!(other, Err(Error::OtherTrace(DisputeId(4))));
	let long = Dispute {
		notes: vec![0; MAX_NOTES + 1],
		..dispute(mine, None)
	};
	assert!(matches!(book.dispute(long).wait(), Err(Error::TooLong { .. })));
}
