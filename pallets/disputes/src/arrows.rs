// SPDX-License-Identifier: Apache-2.0

//! Every state of reports, duties, disputes, inquiries and canaries, and every way from one to another. The tables of
//! docs/disputes.md are these; a test compares them.

/// What goes from one state to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
	Report,
	Duty,
	Dispute,
	Inquiry,
	Canary,
}

/// A way from one state to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrow {
	pub thing: Thing,
	pub from: &'static str,
	/// The call, or what has passed.
	pub by: &'static str,
	pub who: &'static str,
	/// The next state, or the outcome.
	pub to: &'static str,
	/// What becomes of the money.
	pub money: &'static str,
}

/// What stands for "there is none yet", or "there is none any more".
pub const NOTHING: &str = "—";

macro_rules! arrows {
	($($thing:ident: $from:expr, $by:expr, $who:expr, $to:expr, $money:expr;)*) => {
		/// All of them.
		pub const ARROWS: &[Arrow] = &[$(Arrow {
			thing: Thing::$thing,
			from: $from,
			by: $by,
			who: $who,
			to: $to,
			money: $money,
		}),*];
	};
}

arrows! {
	Report: NOTHING, "`commit_audit`", "an auditor of exact work, until the time to commit is over", "sealed", "the record's deposit is held";
	Report: "sealed", "`reveal_audit`", "the auditor with its lot, between the times to commit and to reveal", "revealed", "the fund pays each audit";
	Report: "revealed", "`expose`", "anybody who has the numbers, while the work is not final", "lazy", "the auditor is slashed, who exposed it gets a part; the deposit returns";
	Report: "revealed", "`expose_blind`", "anybody, once the court has found the claim wrong", "lazy", "the auditor is slashed, who exposed it gets a part; the deposit returns";
	Report: "sealed, revealed", "`clear_report`", "anybody, once the work is final", NOTHING, "the deposit returns";
	Duty: NOTHING, "`not_served`", "an auditor with its lot", "owed", "the auditor's bond is held";
	Duty: "owed", "`serve`", "the worker, in time", "served", "the bond is the worker's";
	Duty: "owed", "its last tick; `expire_duty`", "the chain, or anybody", "withheld", "the bond returns; the work is not paid, the worker is slashed, once for one silence";
	Duty: "owed", "`expire_duty`", "anybody, if the work is not paid anyway", NOTHING, "the bond returns";
	Dispute: NOTHING, "`challenge`", "anybody; of sealed work its payer and drawn auditors", "queued, trace", "the challenger's bond is held";
	Dispute: NOTHING, "`challenge`", "the same, of a claim that is wrong by itself", "upheld", "the worker is slashed, the work is not paid";
	Dispute: "queued", "the end of another", "the chain", "trace", "nothing moves";
	Dispute: "trace", "`post_trace`", "the worker", "proving", "nothing moves";
	Dispute: "trace", "its last tick; `expire`", "the chain, or anybody", "upheld", "the bond returns; the worker is slashed, the work is not paid";
	Dispute: "proving", "`prove`", "the challenger, with a fraud", "upheld", "the bond returns; the worker is slashed, the work is not paid";
	Dispute: "proving", "`descend`", "the challenger", "playing", "nothing moves";
	Dispute: "proving", "its last tick; `expire`", "the chain, or anybody", "rejected", "a part of the bond is the worker's, the rest the treasury's";
	Dispute: "playing", "`play`", "whose turn it is", "playing, upheld, rejected", "as the winner's";
	Dispute: "playing", "its last tick; `expire`", "the chain, or anybody", "upheld, rejected", "who did not move has lost";
	Dispute: "queued, trace, proving, playing", "`concede`", "the challenger", "rejected", "a part of the bond is the worker's, the rest the treasury's";
	Dispute: "trace, proving, playing", "`concede`", "the worker", "upheld", "the bond returns; the worker is slashed, the work is not paid";
	Dispute: "queued, trace, proving, playing", "a conviction in another, or the same canary found; `expire`", "the chain, or anybody", "moot", "the bond returns";
	Inquiry: NOTHING, "`challenge`", "anybody, of work in floats", "voting", "the accuser's bond is held";
	Inquiry: "voting", "`commit_vote`", "a drawn auditor", "voting", "nothing moves";
	Inquiry: "voting", "`reveal_vote`", "the auditor", "voting", "each seat is paid from the bond of who asked";
	Inquiry: "voting", "`conclude_inquiry`", "anybody, after the time to reveal", "decided, ended", "the first time nothing moves; after an appeal as when it has ended";
	Inquiry: "decided", "`appeal`", "anybody, in time", "voting", "a bond six times as large is held";
	Inquiry: "decided", "`conclude_inquiry`", "anybody, after that", "ended", "wrong: the work is not paid; right: the accuser's bond is lost; neither: nothing moves. A lost appeal costs its bond";
	Canary: NOTHING, "`arm_canary`", "an operator", "armed", "nothing moves";
	Canary: "armed", "`spring_canary`", "the operator, before its trace is due", "sprung", "nothing moves";
	Canary: "sprung", "the dispute upheld", "the court", "found", "the work is not paid; if the referee found it wrong, the challenger gets a bounty from the fund";
	Canary: "sprung", "the dispute rejected", "the court", "sprung", "as of any dispute";
}
