// SPDX-License-Identifier: Apache-2.0

//! Which messages there are.

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
	Requester,
	Worker,
}

macro_rules! kinds {
	($($code:literal $kind:ident $side:ident $name:literal $limit:expr, $purpose:literal;)*) => {
		/// What a frame holds. A code that was used is never given to another message.
		#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
		#[repr(u8)]
		pub enum Kind {
			$(#[doc = $purpose] $kind = $code,)*
		}

		/// All of them.
		pub const KINDS: &[Kind] = &[$(Kind::$kind),*];

		impl Kind {
			/// Of a frame's first byte.
			pub const fn of(code: u8) -> Option<Self> {
				match code {
					$($code => Some(Self::$kind),)*
					_ => None,
				}
			}

			pub const fn name(self) -> &'static str {
				match self {
					$(Self::$kind => $name,)*
				}
			}

			pub const fn side(self) -> Side {
				match self {
					$(Self::$kind => Side::$side,)*
				}
			}

			/// Most bytes of its body.
			pub const fn limit(self) -> u32 {
				match self {
					$(Self::$kind => $limit,)*
				}
			}

			/// What it is for, as the documentation says it.
			pub const fn purpose(self) -> &'static str {
				match self {
					$(Self::$kind => $purpose,)*
				}
			}
		}
	};
}

kinds! {
	1 Hello Requester "hello" 64, "says which chain and which version of the protocol; first on a connection";
	2 Models Requester "models" 0, "asks what is offered";
	3 Quote Requester "quote" 64, "asks for a signed quote, with which a session is opened";
	4 Attach Requester "attach" 128, "shows that it holds a session's voucher key";
	5 Tokenize Requester "tokenize" 262_656, "asks for the tokens of a text or a chat";
	6 Ask Requester "ask" 525_312, "asks for an answer: the request and its input";
	7 Cancel Requester "cancel" 0, "ends the answer of this stream with the tokens that there are";
	8 Voucher Requester "voucher" 160, "pays for all answers so far";
	9 Resume Requester "resume" 32, "asks which receipts a session has after the first so many";
	10 Recall Requester "recall" 32, "asks for the claim and the answer of a receipt again";
	11 Audit Requester "audit" 320, "an auditor shows its lot, and asks for what it has to look at";
	12 Hand Requester "hand" 525_312, "hands over request and input of a one-shot job";
	13 Collect Requester "collect" 64, "asks for the answer of a one-shot job";

	129 Welcome Worker "welcome" 96, "the worker, the connection's nonce, and limits";
	130 Offers Worker "offers" 16_384, "what is offered: versions, prices, limits";
	131 Quoted Worker "quoted" 256, "the signed quote";
	132 Attached Worker "attached" 192, "what the worker has of the session: root, what is signed, window";
	133 Tokenized Worker "tokenized" 524_416, "the tokens";
	134 Begun Worker "begun" 32, "the answer is being made; how many units are kept for it";
	135 Piece Worker "piece" 16_384, "tokens of the answer, and their text for who wants it";
	136 Vector Worker "vector" 262_272, "the answer of a model that embeds";
	137 Done Worker "done" 512, "the answer has ended: its claim, its receipt's place, the new root";
	138 Vouched Worker "vouched" 64, "the voucher is kept; how many units are unsigned";
	139 Claims Worker "claims" 16_384, "claims of receipts, and the root of all";
	140 Recalled Worker "recalled" 512, "the claim of a receipt; the answer follows";
	141 Shown Worker "shown" 4_096, "claim, request and inclusion for an auditor; input, answer and evidence follow";
	142 Page Worker "page" 65_600, "tokens of an input or an answer";
	143 Evidence Worker "evidence" 65_600, "bytes of the states or the fingerprint of an answer";
	144 Handed Worker "handed" 0, "request and input of the job are kept";
	145 JobAnswer Worker "job answer" 512, "the claim of the job; the answer follows";
	146 Refused Worker "refused" 256, "no: a code, and the fact";
	147 Overloaded Worker "overloaded" 8, "not now; after how many milliseconds it may be tried again";
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn codes_are_their_own_and_say_the_side() {
		for kind in KINDS {
			assert_eq!(Kind::of(*kind as u8), Some(*kind));
			assert_eq!(kind.side() == Side::Worker, *kind as u8 > 128);
		}
		assert_eq!((0..=255).filter_map(Kind::of).count(), KINDS.len());
	}
}
