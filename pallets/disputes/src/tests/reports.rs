// SPDX-License-Identifier: Apache-2.0

//! What auditors say, and how those are found out who did not look.

use super::world::*;
use crate::{
	checks::{without, Check},
	mock::*,
	Call, Error, Exhibit, HostHash, Leaves, Place, Reports, Seeds, Shown,
};
use atelier_primitives::{
	ids::WorkerId,
	work::{
		draw::{self, Drawn, Lot},
		workers::Fault,
		Work,
	},
};
use atelier_referee::{
	claim::{state_leaves, STATES_OF_LEAF},
	commit::{Bounded, Ranges},
	hash::Digest,
	trace::step::final_numbers,
};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchResult;

const AUDITOR: WorkerId = WorkerId(2);
const SALT: Digest = [5; 32];
/// What an audit is paid.
const FEE: Balance = 20;

/// Work of one answer that is worth so much that each auditor draws from it several times.
struct Audit {
	served: Served,
	work: Work,
	shown: Shown,
	seed: Digest,
}

impl Audit {
	/// Of an answer, whose receipt is the only one of its settlement.
	fn of(served: Served) -> Self {
		use atelier_primitives::work::audits::Claims;
		use atelier_referee::{
			commit::mountain::{Receipt, Receipts},
			hash::Portable,
		};
		register(&served);
		let mut receipts = Receipts::new();
		for units in [7, 11, 2] {
			receipts.append::<Portable>(Receipt { claim: [9; 32], units }).unwrap();
		}
		let earlier = receipts.root::<Portable>().unwrap();
		let (claim, units) = (served.leaf(), served.units);
		receipts.append::<Portable>(Receipt { claim, units }).unwrap();
		let later = receipts.root::<Portable>().unwrap();
		let work = settlement(SESSION, 1);
		put(work, pending(Claims::Since { earlier, later }, 20_000));
		let shown = shown_in(&served, &receipts, INDEX);
		(1..=3).for_each(epoch);
		let seed = Seeds::<Test>::get(2).unwrap().value;
		fund(100_000);
		Self {
			served,
			work,
			shown,
			seed,
		}
	}

	fn honest() -> Self {
		Self::of(Served::honest(1, IN_SESSION))
	}

	fn lot(&self, auditor: WorkerId) -> Lot {
		lot_of(auditor, Drawn::Audit(self.work), &self.seed)
	}

	fn output(&self, auditor: WorkerId) -> Digest {
		output_of(auditor, Drawn::Audit(self.work), &self.seed)
	}

	fn count(&self, auditor: WorkerId) -> u32 {
		let drawing = Pending_::get()[&self.work].drawing;
		draw::count(&self.output(auditor), drawing.expected, 100, drawing.weight)
	}

	/// The position that one of its proofs is about.
	fn position(&self, auditor: WorkerId, number: u32) -> u32 {
		let positions = self.served.held.answer.graph.positions();
		draw::position::<HostHash>(&self.output(auditor), number, positions)
	}

	fn numbers(&self, position: u32) -> Vec<i32> {
		let mut answer = self.served.held.answer.clone();
		final_numbers(&answer.graph.clone(), &mut answer, position).unwrap()
	}

	/// The proofs of who has computed the answer.
	fn proofs(&self, auditor: WorkerId) -> Vec<Digest> {
		let output = self.output(auditor);
		(0..self.count(auditor))
			.map(|number| {
				let numbers = self.numbers(self.position(auditor, number));
				draw::proof::<HostHash>(auditor, &output, number, &numbers)
			})
			.collect()
	}

	fn commit(&self, auditor: WorkerId, proofs: &[Digest]) -> DispatchResult {
		let sealed = draw::sealed::<HostHash>(auditor, self.work, &SALT, proofs);
		let work = self.work;
		tried(Call::commit_audit { work, sealed }, account(auditor))
	}

	fn reveal(&self, auditor: WorkerId, proofs: &[Digest]) -> DispatchResult {
		let proofs = Bounded::try_from(proofs.to_vec()).unwrap();
		let (work, lot) = (self.work, self.lot(auditor));
		tried(
			Call::reveal_audit {
				work,
				lot,
				salt: SALT,
				proofs,
			},
			account(auditor),
		)
	}

	/// A whole report.
	fn report(&self, auditor: WorkerId, proofs: &[Digest]) {
		assert_ok!(self.commit(auditor, proofs));
		let commit = Seeds::<Test>::get(2).unwrap().commit;
		ticks(commit + 1);
		assert_ok!(self.reveal(auditor, proofs));
	}

	/// Shows the numbers of a proof.
	fn expose(&self, auditor: WorkerId, proofs: &[Digest], number: u32) -> DispatchResult {
		let position = self.position(auditor, number);
		self.expose_at(auditor, proofs, number, position, self.numbers(position))
	}

	fn expose_at(
		&self,
		auditor: WorkerId,
		proofs: &[Digest],
		number: u32,
		position: u32,
		numbers: Vec<i32>,
	) -> DispatchResult {
		let leaf = u64::from(position) / STATES_OF_LEAF as u64;
		let bytes = state_leaves(&self.served.held.states).nth(leaf as usize).unwrap();
		let ranges = Ranges::covering([leaf]).unwrap();
		let state = Leaves {
			leaves: Bounded::try_from(vec![Bounded::try_from(bytes).unwrap()]).unwrap(),
			proof: self.served.held.state.prove(&ranges).unwrap(),
		};
		tried(
			Call::expose {
				work: self.work,
				auditor,
				exhibit: Box::new(Exhibit {
					proofs: Bounded::try_from(proofs.to_vec()).unwrap(),
					number,
					shown: self.shown.clone(),
					numbers: Bounded::try_from(numbers).unwrap(),
					state,
				}),
			},
			OTHER,
		)
	}
}

fn lazy(auditor: WorkerId) -> bool {
	Workers::get(auditor).convictions == [(Fault::LazyAudit, Some(OTHER))]
}

#[test]
fn an_audit_is_committed_to_revealed_and_paid() {
	run(|| {
		let audit = Audit::honest();
		let count = audit.count(AUDITOR);
		assert!(count > 1);
		let before = free(account(AUDITOR));
		audit.report(AUDITOR, &audit.proofs(AUDITOR));
		let report = Reports::<Test>::get(audit.work, AUDITOR).unwrap();
		assert!(matches!(report.said, crate::Said::Revealed { .. }));
		// The deposit of its record is on hold meanwhile.
		assert_eq!(free(account(AUDITOR)), before + FEE * Balance::from(count) - 5);
		assert_eq!(Workers::get(AUDITOR).audits, count);
	});
}

#[test]
fn an_empty_fund_pays_what_it_has() {
	run(|| {
		let audit = Audit::honest();
		let all = crate::Pallet::<Test>::in_fund();
		crate::Pallet::<Test>::pay(&OTHER, all - 7);
		let before = free(account(AUDITOR));
		audit.report(AUDITOR, &audit.proofs(AUDITOR));
		assert_eq!(free(account(AUDITOR)), before + 7 - 5);
	});
}

#[test]
fn each_step_has_its_time_and_its_order() {
	run(|| {
		let audit = Audit::honest();
		let proofs = audit.proofs(AUDITOR);
		let seed = Seeds::<Test>::get(2).unwrap();
		assert_noop!(audit.reveal(AUDITOR, &proofs), Error::<Test>::NotCommitted);
		assert_ok!(audit.commit(AUDITOR, &proofs));
		assert_noop!(audit.commit(AUDITOR, &proofs), Error::<Test>::AlreadyReported);
		assert_noop!(audit.reveal(AUDITOR, &proofs), Error::<Test>::TooEarlyToReveal);
		ticks(seed.commit + 1);
		let late = WorkerId(3);
		assert_noop!(audit.commit(late, &audit.proofs(late)), Error::<Test>::TooLateToCommit);
		assert_ok!(audit.reveal(AUDITOR, &proofs));
		assert_noop!(audit.reveal(AUDITOR, &proofs), Error::<Test>::AlreadyReported);
	});
	run(|| {
		let audit = Audit::honest();
		let proofs = audit.proofs(AUDITOR);
		assert_ok!(audit.commit(AUDITOR, &proofs));
		let seed = Seeds::<Test>::get(2).unwrap();
		ticks(seed.reveal + 1);
		assert_noop!(audit.reveal(AUDITOR, &proofs), Error::<Test>::TooLateToReveal);
	});
}

#[test]
fn only_auditors_report_and_never_on_their_own_work() {
	run(|| {
		let audit = Audit::honest();
		let commit = |who| {
			let work = audit.work;
			tried(Call::commit_audit { work, sealed: SALT }, who)
		};
		assert_noop!(commit(CHALLENGER), Error::<Test>::NotAuditor);
		assert_noop!(commit(account(WORKER)), Error::<Test>::OwnWork);
		let gone = Call::commit_audit {
			work: job(1),
			sealed: SALT,
		};
		assert_noop!(tried(gone, account(AUDITOR)), Error::<Test>::UnknownWork);
		Workers::mutate(AUDITOR, |known| known.standing = None);
		assert_noop!(commit(account(AUDITOR)), Error::<Test>::NotAuditor);
	});
}

#[test]
fn work_in_floats_is_not_audited() {
	run(|| {
		let audit = Audit::honest();
		let mut work = Pending_::get()[&audit.work].clone();
		work.tier = atelier_primitives::work::Tier::Float;
		put(audit.work, work);
		assert_noop!(audit.commit(AUDITOR, &audit.proofs(AUDITOR)), Error::<Test>::NotAudited);
	});
}

#[test]
fn who_looked_is_paid_though_the_worker_was_convicted_meanwhile() {
	run(|| {
		let audit = Audit::honest();
		let proofs = audit.proofs(AUDITOR);
		assert_ok!(audit.commit(AUDITOR, &proofs));
		Workers::mutate(WORKER, |known| known.convictions.push((Fault::Wrong, None)));
		ticks(Seeds::<Test>::get(2).unwrap().commit + 1);
		assert_ok!(audit.reveal(AUDITOR, &proofs));
	});
}

#[test]
fn a_copied_report_is_not_what_its_copyist_committed_to() {
	run(|| {
		let audit = Audit::honest();
		let copyist = WorkerId(3);
		let proofs = audit.proofs(AUDITOR);
		assert_ok!(audit.commit(AUDITOR, &proofs));
		// It commits to anything, and waits for what the other one reveals.
		assert_ok!(audit.commit(copyist, &[]));
		let seed = Seeds::<Test>::get(2).unwrap();
		ticks(seed.commit + 1);
		assert_ok!(audit.reveal(AUDITOR, &proofs));
		let mut copied = proofs.clone();
		copied.resize(audit.count(copyist) as usize, [0; 32]);
		assert_noop!(audit.reveal(copyist, &copied), Error::<Test>::NotTheSealed);
		assert_ok!(without(Check::Sealed, || audit.reveal(copyist, &copied)));
		// Even so: the proofs of one are none of the other's.
		assert_ok!(audit.expose(copyist, &copied, 0));
		assert!(lazy(copyist));
	});
}

#[test]
fn a_report_leaves_out_none_of_its_audits() {
	run(|| {
		let audit = Audit::honest();
		let proofs = &audit.proofs(AUDITOR)[1..];
		assert_ok!(audit.commit(AUDITOR, proofs));
		let seed = Seeds::<Test>::get(2).unwrap();
		ticks(seed.commit + 1);
		assert_noop!(audit.reveal(AUDITOR, proofs), Error::<Test>::NotAllDrawn);
		// Paid for what it kept silent about.
		let before = free(account(AUDITOR));
		assert_ok!(without(Check::AllDrawn, || audit.reveal(AUDITOR, proofs)));
		let paid = free(account(AUDITOR)) - before;
		assert_eq!(paid, FEE * Balance::from(audit.count(AUDITOR)));
	});
}

#[test]
fn who_did_not_compute_is_exposed_by_who_did() {
	run(|| {
		let audit = Audit::honest();
		let mut proofs = audit.proofs(AUDITOR);
		proofs[1] = [0; 32];
		audit.report(AUDITOR, &proofs);
		assert_noop!(audit.expose(AUDITOR, &proofs, 0), Error::<Test>::ProofIsRight);
		assert_ok!(audit.expose(AUDITOR, &proofs, 1));
		assert!(lazy(AUDITOR));
		assert_noop!(audit.expose(AUDITOR, &proofs, 1), Error::<Test>::NotCommitted);
	});
}

#[test]
fn who_computed_would_be_exposed_too_if_proofs_were_not_compared() {
	run(|| {
		let audit = Audit::honest();
		let proofs = audit.proofs(AUDITOR);
		audit.report(AUDITOR, &proofs);
		assert_ok!(without(Check::Proof, || audit.expose(AUDITOR, &proofs, 0)));
		assert!(lazy(AUDITOR), "the diligent");
	});
}

#[test]
fn nothing_false_is_shown_about_an_auditor() {
	run(|| {
		let audit = Audit::honest();
		let proofs = audit.proofs(AUDITOR);
		assert_noop!(audit.expose(AUDITOR, &proofs, 0), Error::<Test>::NotCommitted);
		assert_ok!(audit.commit(AUDITOR, &proofs));
		assert_noop!(audit.expose(AUDITOR, &proofs, 0), Error::<Test>::NotRevealed);
		let seed = Seeds::<Test>::get(2).unwrap();
		ticks(seed.commit + 1);
		assert_ok!(audit.reveal(AUDITOR, &proofs));
		let position = audit.position(AUDITOR, 0);
		let numbers = audit.numbers(position);
		let mut others = proofs.clone();
		others[0] = [0; 32];
		assert_noop!(audit.expose(AUDITOR, &others, 0), Error::<Test>::NotTheProofs);
		let count = proofs.len() as u32;
		assert_noop!(
			audit.expose_at(AUDITOR, &proofs, count, position, numbers.clone()),
			Error::<Test>::NoSuchProof
		);
		let mut wrong = numbers.clone();
		wrong[0] ^= 1;
		assert_noop!(
			audit.expose_at(AUDITOR, &proofs, 0, position, wrong),
			Error::<Test>::NotTheNumbers
		);
		// The numbers of another position.
		let other = (position + 1) % audit.served.held.answer.graph.positions();
		assert_noop!(
			audit.expose_at(AUDITOR, &proofs, 0, position, audit.numbers(other)),
			Error::<Test>::NotTheNumbers
		);
		// Another leaf than the one of the position.
		let positions = audit.served.held.answer.graph.positions();
		if positions as usize > STATES_OF_LEAF {
			let far = (position + STATES_OF_LEAF as u32) % positions;
			assert_noop!(
				audit.expose_at(AUDITOR, &proofs, 0, far, numbers),
				Error::<Test>::NotTheLeaves
			);
		}
	});
}

#[test]
fn a_claim_that_was_not_drawn_says_nothing_about_a_report() {
	run(|| {
		// Much else was settled with the answer: some draws are about that.
		let served = Served::honest(1, IN_SESSION);
		register(&served);
		let (work, shown) = settle(&served, 20_000);
		(1..=3).for_each(epoch);
		fund(100_000);
		let seed = Seeds::<Test>::get(2).unwrap().value;
		let audit = Audit {
			served,
			work,
			shown,
			seed,
		};
		let Place::Receipt { units, .. } = audit.shown.place else {
			unreachable!()
		};
		let (from, to) = Pending_::get()[&work].claims.units();
		let covered = (from + 2, from + 2 + units);
		let other = |auditor, number| {
			let unit = draw::unit::<HostHash>(&audit.output(auditor), number, from, to);
			!(covered.0 < unit && unit <= covered.1)
		};
		let (auditor, number) = AUDITORS
			.map(WorkerId)
			.flat_map(|auditor| (0..audit.count(auditor)).map(move |number| (auditor, number)))
			.find(|(auditor, number)| other(*auditor, *number))
			.expect("some draw is about something else");
		let proofs = vec![[0; 32]; audit.count(auditor) as usize];
		audit.report(auditor, &proofs);
		assert_noop!(audit.expose(auditor, &proofs, number), Error::<Test>::NotTheDrawnClaim);
	});
}

#[test]
fn a_report_is_forgotten_when_the_work_is_final_and_its_deposit_returns() {
	run(|| {
		let audit = Audit::honest();
		audit.report(AUDITOR, &audit.proofs(AUDITOR));
		let clear = |who| {
			let (work, auditor) = (audit.work, AUDITOR);
			tried(Call::clear_report { work, auditor }, who)
		};
		assert_noop!(clear(OTHER), Error::<Test>::WorkIsNotFinal);
		Pending_::set(&Default::default());
		let before = free(account(AUDITOR));
		assert_ok!(clear(OTHER));
		assert_eq!(free(account(AUDITOR)), before + 5);
		assert_eq!(Reports::<Test>::iter().count(), 0);
	});
}

mod canaries {
	use super::*;
	use crate::{canaries::secret, Canaries, Faults};
	use atelier_primitives::ids::DisputeId;

	const DISPUTE: DisputeId = DisputeId(0);

	fn arm(served: &Served, who: AccountId) -> DispatchResult {
		let secret = secret(&served.leaf(), &SALT);
		tried(Call::arm_canary { secret }, who)
	}

	fn spring(who: AccountId) -> DispatchResult {
		tried(
			Call::spring_canary {
				dispute: DISPUTE,
				salt: SALT,
			},
			who,
		)
	}

	fn challenge(audit: &Audit, who: AccountId) -> DispatchResult {
		let shown = Box::new(audit.shown.clone());
		let work = audit.work;
		tried(Call::challenge { work, shown, lot: None }, who)
	}

	/// A wrong answer that was announced, and is on the chain.
	fn announced() -> Audit {
		let served = cheats().remove(0).1;
		assert_ok!(arm(&served, OPERATOR));
		blocks(1);
		Audit::of(served)
	}

	fn blind(audit: &Audit, proofs: &[Digest], number: u32) -> DispatchResult {
		tried(
			Call::expose_blind {
				work: audit.work,
				auditor: AUDITOR,
				proofs: Bounded::try_from(proofs.to_vec()).unwrap(),
				number,
			},
			OTHER,
		)
	}

	/// The court finds the canary wrong.
	fn proved(audit: &mut Audit, challenger: AccountId) {
		assert_ok!(challenge(audit, challenger));
		assert_ok!(spring(OPERATOR));
		let trace = audit.served.held.trace.commitment();
		let dispute = DISPUTE;
		assert_ok!(tried(Call::post_trace { dispute, trace }, account(WORKER)));
		let (charge, evidence) = audit.served.proof().expect("it is proved");
		let evidence = Box::new(evidence);
		assert_ok!(tried(
			Call::prove {
				dispute,
				charge,
				evidence
			},
			challenger
		));
	}

	#[test]
	fn who_finds_one_gets_a_bounty_and_its_worker_is_not_convicted() {
		run(|| {
			let mut audit = announced();
			let before = free(CHALLENGER);
			proved(&mut audit, CHALLENGER);
			assert_eq!(free(CHALLENGER), before + 500);
			assert!(Workers::get(WORKER).convictions.is_empty());
			assert_eq!(Overturned::get(), [audit.work], "and nobody pays for it");
			assert_eq!(Canaries::<Test>::iter().count(), 0);
		});
	}

	#[test]
	fn who_reported_on_one_is_slashed() {
		run(|| {
			let mut audit = announced();
			// The worker gave it the numbers that it claims, so that its proofs fit.
			let proofs = audit.proofs(AUDITOR);
			audit.report(AUDITOR, &proofs);
			assert_noop!(blind(&audit, &proofs, 0), Error::<Test>::NoCanary);
			assert_noop!(audit.expose(AUDITOR, &proofs, 0), Error::<Test>::ProofIsRight);
			proved(&mut audit, CHALLENGER);
			let none = without(Check::Canaries, || blind(&audit, &proofs, 0));
			assert_noop!(none, Error::<Test>::NotTheDrawnClaim);
			assert_ok!(blind(&audit, &proofs, 0));
			assert!(lazy(AUDITOR));
			assert_noop!(blind(&audit, &proofs, 0), Error::<Test>::NotCommitted);
		});
	}

	#[test]
	fn nobody_is_slashed_for_one_before_it_is_proved() {
		run(|| {
			let audit = announced();
			let proofs = audit.proofs(AUDITOR);
			audit.report(AUDITOR, &proofs);
			assert_ok!(challenge(&audit, CHALLENGER));
			assert_ok!(spring(OPERATOR));
			assert_noop!(blind(&audit, &proofs, 0), Error::<Test>::NotProvedYet);
			// The challenger gives up: nothing was shown to be wrong.
			assert_ok!(tried(Call::concede { dispute: DISPUTE }, CHALLENGER));
			assert_noop!(blind(&audit, &proofs, 0), Error::<Test>::NotProvedYet);
		});
	}

	/// Whoever accuses and gives up would otherwise have the announced answer's worker convicted by the next accusation.
	#[test]
	fn one_stays_announced_whoever_gives_up_accusing_it() {
		run(|| {
			let audit = announced();
			assert_ok!(challenge(&audit, CHALLENGER));
			assert_ok!(spring(OPERATOR));
			assert_ok!(tried(Call::concede { dispute: DISPUTE }, CHALLENGER));
			assert_ok!(challenge(&audit, CHALLENGER));
			let dispute = DisputeId(DISPUTE.0 + 1);
			assert_ok!(tried(Call::concede { dispute }, account(WORKER)));
			assert!(Workers::get(WORKER).convictions.is_empty());
		});
	}

	/// An operator announces what is right, and keeps silent: silence convicts, but shows nothing about those who looked.
	#[test]
	fn nobody_is_slashed_for_one_that_only_silence_proved() {
		run(|| {
			let served = Served::honest(11, IN_SESSION);
			assert_ok!(arm(&served, OPERATOR));
			blocks(1);
			let audit = Audit::of(served);
			let proofs = audit.proofs(AUDITOR);
			audit.report(AUDITOR, &proofs);
			let before = free(CHALLENGER);
			assert_ok!(challenge(&audit, CHALLENGER));
			assert_ok!(spring(OPERATOR));
			assert_ok!(tried(Call::concede { dispute: DISPUTE }, account(WORKER)));
			assert_noop!(blind(&audit, &proofs, 0), Error::<Test>::NotProvedYet);
			assert_eq!(free(CHALLENGER), before, "and no bounty is paid");
		});
	}

	#[test]
	fn others_who_accused_the_same_one_get_their_bonds_back_and_nobody_is_convicted() {
		run(|| {
			let mut audit = announced();
			assert_ok!(challenge(&audit, CHALLENGER));
			let before = free(OTHER);
			assert_ok!(challenge(&audit, OTHER));
			assert_ok!(spring(OPERATOR));
			let trace = audit.served.held.trace.commitment();
			let (charge, evidence) = audit.served.proof().expect("it is proved");
			for dispute in [DISPUTE, DisputeId(1)] {
				assert_ok!(tried(Call::post_trace { dispute, trace }, account(WORKER)));
			}
			// The one that was not named proves first.
			let evidence = Box::new(evidence);
			let dispute = DisputeId(1);
			assert_ok!(tried(
				Call::prove {
					dispute,
					charge,
					evidence
				},
				OTHER
			));
			assert_eq!(free(OTHER), before + 500, "the bounty is the first one's");
			blocks(2);
			assert!(Workers::get(WORKER).convictions.is_empty());
			assert_eq!(crate::Disputes::<Test>::iter().count(), 0);
			assert_eq!(bonded(CHALLENGER), 0);
		});
	}

	#[test]
	fn who_reported_on_a_real_cheat_is_slashed_too() {
		run(|| {
			let mut audit = Audit::of(cheats().remove(0).1);
			let proofs = audit.proofs(AUDITOR);
			audit.report(AUDITOR, &proofs);
			assert_ok!(challenge(&audit, CHALLENGER));
			let trace = audit.served.held.trace.commitment();
			let dispute = DISPUTE;
			assert_ok!(tried(Call::post_trace { dispute, trace }, account(WORKER)));
			let (charge, evidence) = audit.served.proof().expect("it is proved");
			let evidence = Box::new(evidence);
			assert_ok!(tried(
				Call::prove {
					dispute,
					charge,
					evidence
				},
				CHALLENGER
			));
			assert_eq!(Workers::get(WORKER).convictions, [(Fault::Wrong, Some(CHALLENGER))]);
			assert_ok!(blind(&audit, &proofs, 0));
			assert!(lazy(AUDITOR));
		});
	}

	#[test]
	fn only_operators_announce_and_only_before_the_work() {
		run(|| {
			let served = cheats().remove(0).1;
			for who in [PAYER, CHALLENGER, account(WORKER)] {
				assert!(arm(&served, who).is_err());
			}
			let audit = Audit::of(served);
			// A cheat that was found calls it a canary.
			assert_ok!(arm(&audit.served, OPERATOR));
			assert_noop!(arm(&audit.served, OPERATOR), Error::<Test>::AlreadyArmed);
			assert_ok!(challenge(&audit, CHALLENGER));
			assert_noop!(spring(OPERATOR), Error::<Test>::NoCanary);
			assert!(spring(CHALLENGER).is_err());
		});
	}

	#[test]
	fn one_is_named_before_the_trace_or_never() {
		run(|| {
			let audit = announced();
			assert_noop!(spring(OPERATOR), Error::<Test>::UnknownDispute);
			assert_ok!(challenge(&audit, CHALLENGER));
			let trace = audit.served.held.trace.commitment();
			let dispute = DISPUTE;
			assert_ok!(tried(Call::post_trace { dispute, trace }, account(WORKER)));
			assert_noop!(spring(OPERATOR), Error::<Test>::WrongStage);
		});
	}

	#[test]
	fn reports_on_one_are_kept_while_they_can_be_shown_to_be_blind() {
		run(|| {
			let mut audit = announced();
			let proofs = audit.proofs(AUDITOR);
			audit.report(AUDITOR, &proofs);
			proved(&mut audit, CHALLENGER);
			let (work, auditor) = (audit.work, AUDITOR);
			let clear = || tried(Call::clear_report { work, auditor }, OTHER);
			assert_noop!(clear(), Error::<Test>::WorkIsNotFinal);
			let until = Faults::<Test>::get(work).unwrap().until;
			ticks(until + 1);
			assert_ok!(clear());
			assert_eq!(Faults::<Test>::iter().count(), 0);
		});
	}
}
