// SPDX-License-Identifier: Apache-2.0

//! Why a worker does not do what it is asked for. Codes are stable: programs may go by them.

use codec::{Decode, Encode, Error, Input, MaxEncodedLen, Output};

macro_rules! refusals {
	($($code:literal $refusal:ident $when:literal;)*) => {
		#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
		#[repr(u16)]
		pub enum Refusal {
			$(#[doc = $when] $refusal = $code,)*
		}

		/// All of them.
		pub const REFUSALS: &[Refusal] = &[$(Refusal::$refusal),*];

		impl Refusal {
			pub const fn of(code: u16) -> Option<Self> {
				match code {
					$($code => Some(Self::$refusal),)*
					_ => None,
				}
			}

			pub const fn name(self) -> &'static str {
				match self {
					$(Self::$refusal => stringify!($refusal),)*
				}
			}

			/// When it is said, as the documentation says it.
			pub const fn when(self) -> &'static str {
				match self {
					$(Self::$refusal => $when,)*
				}
			}

			pub const fn code(self) -> u16 {
				self as u16
			}
		}
	};
}

refusals! {
	1 Unreadable "what came is no message; the stream ends";
	2 TooLarge "a message is longer than its kind may be, or than this requester may send; the stream ends";
	3 TooSlow "a message did not come, or was not taken, in time; the stream ends";
	4 OutOfTurn "the message is not one that can be said now";
	5 NotGreeted "nothing was said on this connection before it";
	6 AnotherChain "the requester speaks of another chain";
	7 AnotherProtocol "the version of the protocol is not spoken";
	8 TooManyConnections "the worker, or this endpoint with it, has as many connections as may be";
	9 TooManyStreams "the connection has as many streams as may be";
	10 ShuttingDown "the worker begins nothing any more";

	20 UnknownSession "the chain knows no such session";
	21 AnotherWorker "the session is with another worker";
	22 SessionClosed "the session serves no more";
	23 BadProof "the session's voucher key did not sign for this connection";
	24 NotAttached "the session is not attached to this connection";
	25 TooManySessions "as many sessions are attached as may be";

	30 UnknownVersion "the version is not offered here";
	31 AnotherVersion "the session is for another version";
	32 AnotherRequest "the request is of another chain, or its input is not this one";
	33 NothingWanted "an answer of no tokens is asked for";
	34 TooLong "input and answer are longer than the model takes";
	35 UnknownToken "the input has a token that the vocabulary lacks";
	36 BadStops "a string that ends the answer is not text, or the model takes none";
	37 SealMismatch "a sealed request in a session in the clear";
	38 WrongUse "the model answers with something else";
	39 NotTokenizable "the text cannot be read by the model's tokenizer or template";
	40 NotClaimable "the worker cannot claim answers of this sort yet";

	50 WindowTooSmall "the answer could cost more units than the worker ever serves unsigned";
	51 WindowTaken "the answer could cost more units than are left to be served unsigned";
	52 DepositExhausted "the answer could cost more than is left of the deposit";
	53 TooManyAnswers "as many answers of the session are being made as may be";

	60 BadSignature "the session's voucher key did not sign the voucher";
	61 OldSequence "the voucher's sequence is not higher than the last one's";
	62 NothingNew "the voucher has no more receipts than the last one";
	63 UnknownRoot "the voucher's root is none of this session's receipts";

	70 NoSuchReceipt "the session has no such receipt";
	71 Gone "it was deleted, after its time";
	72 NoSuchWork "the chain knows no such work, or it is final, or its seed is not there yet";
	73 NotDrawn "the lot draws no such audit";
	74 NotTheAuditor "the auditor's key did not sign for this connection";
	75 NoSuchJob "no job of this worker waits for this, or has this answer";
	76 AnotherJobRequest "the job is about another request";
	77 NotYet "the answer of the job is not there yet";
	78 NoQuote "the worker gives no quote for this";

	90 EngineFailed "the model failed at this answer; nothing of it is claimed";
	91 LedgerFailed "the worker could not write down what it would have to remember";
	92 ChainUnknown "the worker does not know what the chain says now";
}

impl Encode for Refusal {
	fn encode_to<O: Output + ?Sized>(&self, output: &mut O) {
		self.code().encode_to(output);
	}
}

impl Decode for Refusal {
	fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
		Self::of(u16::decode(input)?).ok_or_else(|| "a code of nothing".into())
	}
}

impl MaxEncodedLen for Refusal {
	fn max_encoded_len() -> usize {
		u16::max_encoded_len()
	}
}

impl std::fmt::Display for Refusal {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str(self.when())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn codes_are_their_own() {
		for refusal in REFUSALS {
			assert_eq!(Refusal::of(refusal.code()), Some(*refusal));
		}
		assert_eq!((0..=u16::MAX).filter_map(Refusal::of).count(), REFUSALS.len());
	}
}
