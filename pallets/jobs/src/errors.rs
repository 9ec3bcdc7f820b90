// SPDX-License-Identifier: Apache-2.0

//! Why a call is refused.

use frame_support::pallet_macros::pallet_section;

/// A part of the pallet's declarations.
#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// There is no such session.
		UnknownSession,
		/// There is no such job.
		UnknownJob,
		/// There is no such worker.
		UnknownWorker,
		/// The worker does not offer the version.
		NoOffer,
		/// The worker has not said for too long that it is there.
		NotLive,
		/// The worker has begun to leave.
		Leaving,
		/// The worker's work was proved wrong.
		Convicted,
		/// The worker's bond covers no more.
		ExposureFull,
		/// Nobody independent has said of late that the weights can be had.
		WeightsUnattested,
		/// The whole of what the worker offers is taken.
		OfferExhausted,
		/// There is no such version.
		UnknownVersion,
		/// The version was withdrawn.
		VersionWithdrawn,
		/// The version's weights are another model's.
		VersionOverruled,
		/// Something that the version was made from was withdrawn.
		ConsentWithdrawn,
		/// The version's terms forbid such a use.
		TermsForbidIt,
		/// The quote is for another payer.
		NotForThisPayer,
		/// The quote has expired.
		QuoteExpired,
		/// The quote is good for longer than the challenge period.
		QuoteTooLong,
		/// The quote was used.
		QuoteUsed,
		/// The signature is not that of who should have signed, or of something else, or for another chain.
		BadSignature,
		/// More is deposited than the quote allows.
		AboveCapacity,
		/// More is deposited than the worker's bond can cover.
		AboveCover,
		/// More is at stake than may depend on what the chain cannot judge.
		AboveFloatCap,
		/// Too little is deposited.
		EscrowTooSmall,
		/// The expiry has passed.
		ExpiryPassed,
		/// A session would serve for too long.
		LifeTooLong,
		/// The session serves no longer.
		NotOpen,
		/// The session's last block has passed.
		SessionEnded,
		/// A voucher with this number, or a higher one, was settled.
		OldSequence,
		/// The voucher adds no units.
		NothingNew,
		/// The voucher's units cost more than was deposited.
		AboveDeposit,
		/// Too many settlements wait for their audits.
		TooManyPending,
		/// The root does not have the receipts of the one settled before.
		NotAnExtension,
		/// It takes the payer, its spending key or the worker.
		NotAParty,
		/// Nothing is due.
		NothingDue,
		/// There is no such grant.
		NotGranted,
		/// The grant has expired.
		GrantExpired,
		/// The grant's cap would be passed.
		CapPassed,
		/// An account needs no grant for its own money.
		OwnMoney,
		/// Nothing waits for the account.
		NothingToClaim,
		/// No tokens are asked for.
		EmptyOrder,
		/// More audits are ordered than may be.
		TooManyAudits,
		/// Audits were ordered of an answer in floats: only exact ones are audited.
		NothingToAudit,
		/// Too little time for so many tokens.
		TimeTooShort,
		/// More time than there may be.
		TimeTooLong,
		/// The worker asks for more.
		PriceTooHigh,
		/// Nobody can take the job now.
		NobodyFit,
		/// The job is at another stage.
		WrongStage,
		/// The stage's last block has passed.
		DeadlinePassed,
		/// The stage's last block has not passed, or the worker is accused.
		NotYet,
		/// The job or session is another worker's.
		NotTheWorker,
		/// The job is another payer's.
		NotThePayer,
		/// The claim is for another chain.
		ClaimOfOtherChain,
		/// The claim is for another job.
		ClaimOfOtherJob,
		/// The claim names another worker.
		ClaimOfOtherWorker,
		/// The claim names another version.
		ClaimOfOtherVersion,
		/// The claim is about another request.
		ClaimOfOtherRequest,
		/// The answer has more tokens than were asked for.
		AboveLimits,
		/// Tokens are asked of a version that answers with a vector.
		AnswersWithVector,
		/// Tokens were asked for, and the answer has none.
		EmptyAnswer,
		/// An encrypted answer is stated by what was sent; one in the clear by the claim alone.
		WrongAnswerKind,
		/// The answer's length does not fit how it is committed to, or what is claimed.
		WrongAnswerLength,
		/// The answer was demanded before.
		DemandedBefore,
		/// These are not the bytes of the answer.
		NotTheAnswer,
		/// Numbers or blocks have come to their end.
		NoMoreNumbers,
	}
}
