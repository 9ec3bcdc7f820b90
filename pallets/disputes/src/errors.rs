// SPDX-License-Identifier: Apache-2.0

//! Why a call is refused.

use frame_support::pallet_macros::pallet_section;

/// A part of the pallet's declarations.
#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// There is no such work, or it is final.
		UnknownWork,
		/// The time to say something about the work is over.
		WorkIsFinal,
		/// The work is not final.
		WorkIsNotFinal,
		/// The version is not one that the chain can judge.
		UnknownVersion,
		/// The worker was convicted already; none of its work is paid.
		AlreadyConvicted,
		/// The claim is not part of the work.
		NotInWork,
		/// The request is not the one that the claim answers.
		NotTheRequest,
		/// Only the payer and drawn auditors may speak about sealed work.
		Sealed,
		/// The account does not audit, or did not when the work was put on the chain.
		NotAuditor,
		/// Nobody audits its own work, or votes about it.
		OwnWork,
		/// The randomness that draws is not there yet.
		SeedUnknown,
		/// The lot is another's, or about something else.
		NotTheLot,
		/// The lot draws nothing.
		NotDrawn,
		/// It was reported already.
		AlreadyReported,
		/// The time to commit is over.
		TooLateToCommit,
		/// Others can still commit.
		TooEarlyToReveal,
		/// The time to reveal is over.
		TooLateToReveal,
		/// Nothing was committed to.
		NotCommitted,
		/// Not what was committed to.
		NotTheSealed,
		/// An auditor reports on each of its audits, or on none.
		NotAllDrawn,
		/// The report was not revealed.
		NotRevealed,
		/// Not the proofs that were revealed.
		NotTheProofs,
		/// The report has no such proof.
		NoSuchProof,
		/// The claim is not the one that was drawn.
		NotTheDrawnClaim,
		/// Not the numbers of the claim.
		NotTheNumbers,
		/// The proof is what it should be.
		ProofIsRight,
		/// Not the leaves that were asked for.
		NotTheLeaves,
		/// No such work was announced in time.
		NoCanary,
		/// It was announced already.
		AlreadyArmed,
		/// The court has not found it wrong yet.
		NotProvedYet,
		/// That was asked for already.
		AlreadyAsked,
		/// Work in floats is not audited: it is asked about.
		NotAudited,
		/// The claim is wrong by itself: it can be accused, and not be served.
		ClaimIsWrongByItself,
		/// The tree has no such leaf.
		NoSuchLeaf,
		/// As many have voted as can.
		CommitteeFull,
		/// There is no such duty.
		UnknownDuty,
		/// Something else is owed.
		NotWhatIsOwed,
		/// There is no such dispute.
		UnknownDispute,
		/// As many disputes about the worker wait as can.
		QueueFull,
		/// Somebody else must do it.
		NotParty,
		/// The dispute is not that far, or further.
		WrongStage,
		/// The time for it is over.
		TimeIsOver,
		/// The time for it is not over.
		TimeIsNotOver,
		/// A trace of this claim has another number of leaves.
		WrongTrace,
		/// The evidence proves that the value is right.
		NoFraud,
		/// The evidence decides nothing.
		DecidesNothing,
		/// Another move is asked for.
		NotThisMove,
		/// There is no such node or part.
		NoSuchNode,
		/// Not what was committed to, or not all that was asked for.
		NotTheCommitted,
		/// There is nothing like that to be wrong.
		NoSuchCharge,
		/// Not as many parts as the value has.
		WrongParts,
		/// The auditor has voted.
		AlreadyVoted,
		/// The court is paused already.
		Paused,
		/// The court is not paused.
		NotPaused,
		/// A sum or number has no room in its type.
		Overflow,
	}
}
