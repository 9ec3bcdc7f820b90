// SPDX-License-Identifier: Apache-2.0

//! Every state of sessions and jobs, and every way from one to another. The tables of docs/jobs.md are these; a test
//! compares them.

/// What goes from one state to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
	Session,
	Settlement,
	Grant,
	Job,
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

const fn arrow(
	thing: Thing,
	from: &'static str,
	by: &'static str,
	who: &'static str,
	to: &'static str,
	money: &'static str,
) -> Arrow {
	Arrow {
		thing,
		from,
		by,
		who,
		to,
		money,
	}
}

use Thing::{Grant, Job, Session, Settlement};

/// What stands for "there is none yet", or "there is none any more".
pub const NOTHING: &str = "—";

/// All of them.
pub const ARROWS: &[Arrow] = &[
	arrow(
		Session,
		NOTHING,
		"`open`",
		"the payer, with the worker's quote",
		"open",
		"deposit held on the payer's account; reservation paid",
	),
	arrow(
		Session,
		NOTHING,
		"`open_for`",
		"a spending key, with the worker's quote",
		"open",
		"deposit held on the owner's account; reservation paid; both count against the cap",
	),
	arrow(
		Session,
		"open",
		"`top_up`",
		"the payer, or the key that opened it",
		"open",
		"more is held",
	),
	arrow(
		Session,
		"open",
		"`settle`, `settle_batch`",
		"the worker, with a voucher",
		"open",
		"the price waits as a settlement",
	),
	arrow(
		Session,
		"open",
		"`close`",
		"the payer, the key that opened it, or the worker",
		"closing",
		"nothing moves",
	),
	arrow(Session, "open", "its expiry", "the chain", "closing", "nothing moves"),
	arrow(
		Session,
		"closing",
		"`settle`, `settle_batch`",
		"the worker, with a voucher",
		"closing",
		"the price waits as a settlement",
	),
	arrow(
		Session,
		"closing",
		"the challenge period; `conclude_session`",
		"the chain, or anyone",
		"ended",
		"what nobody settled returns to the payer",
	),
	arrow(
		Session,
		"ended",
		"its last settlement's end",
		"the chain, or anyone",
		NOTHING,
		"what the record cost returns to whoever opened it",
	),
	arrow(
		Settlement,
		NOTHING,
		"`settle`, `settle_batch`",
		"the worker, with a voucher",
		"pending",
		"stays held",
	),
	arrow(
		Settlement,
		"pending",
		"the audit window; `conclude_session`, or the next `settle`",
		"the chain, or anyone, unless the worker is accused",
		"paid",
		"to worker, version, auditors, treasury",
	),
	arrow(
		Settlement,
		"pending",
		"the audit window, with the worker condemned; `conclude_session`, or the next `settle`",
		"the chain, or anyone",
		"returned",
		"all of it returns to the payer",
	),
	arrow(
		Settlement,
		"pending",
		"a verdict",
		"the court",
		"returned",
		"all of it returns to the payer",
	),
	arrow(
		Grant,
		NOTHING,
		"`grant`",
		"the owner",
		"granted",
		"the owner pays for the record",
	),
	arrow(
		Grant,
		"granted",
		"`grant`",
		"the owner",
		"granted",
		"another cap and term; what is spent stays spent",
	),
	arrow(
		Grant,
		"granted",
		"`revoke`",
		"the owner",
		NOTHING,
		"sessions go on; what the record cost returns",
	),
	arrow(
		Job,
		NOTHING,
		"`submit`, with nobody to draw",
		"the payer",
		"submitted",
		"the most it can cost is held",
	),
	arrow(
		Job,
		NOTHING,
		"`submit`, with a worker chosen or drawn",
		"the payer",
		"assigned",
		"the most it can cost is held",
	),
	arrow(Job, "submitted", "`assign`", "anyone", "assigned", "nothing moves"),
	arrow(
		Job,
		"submitted",
		"`cancel`",
		"the payer",
		"cancelled",
		"all of it returns",
	),
	arrow(
		Job,
		"submitted",
		"the accept period; `conclude_job`",
		"the chain, or anyone",
		"unassigned",
		"all of it returns",
	),
	arrow(Job, "assigned", "`accept`", "the worker", "accepted", "nothing moves"),
	arrow(
		Job,
		"assigned",
		"`accept`, where the version may not be used any more",
		"the worker",
		"forbidden",
		"all of it returns",
	),
	arrow(
		Job,
		"assigned, by choice",
		"`cancel`",
		"the payer",
		"cancelled",
		"all of it returns",
	),
	arrow(
		Job,
		"assigned, by draw",
		"`cancel`",
		"the payer",
		"cancelled",
		"all of it returns but the treasury's share of the most it can cost",
	),
	arrow(
		Job,
		"assigned, by choice",
		"`decline`, or the accept period; `conclude_job`",
		"the worker; the chain, or anyone",
		"unaccepted",
		"all of it returns",
	),
	arrow(
		Job,
		"assigned, by draw",
		"`decline`, or the accept period; `conclude_job`",
		"the worker; the chain, or anyone",
		"refused",
		"all of it returns; the worker is fined for refusal",
	),
	arrow(
		Job,
		"assigned, by draw",
		"the same, where the version may not be used any more or the worker is convicted",
		"the worker; the chain, or anyone",
		"forbidden",
		"all of it returns",
	),
	arrow(Job, "accepted", "`start`", "the worker", "started", "nothing moves"),
	arrow(
		Job,
		"accepted",
		"`input_missing`",
		"the worker",
		"void",
		"all of it returns but the treasury's share of the most it can cost",
	),
	arrow(
		Job,
		"accepted",
		"the start period; `conclude_job`",
		"the chain, or anyone",
		"refused",
		"all of it returns; the worker is fined for refusal",
	),
	arrow(Job, "started", "`deliver`", "the worker", "delivered", "nothing moves"),
	arrow(
		Job,
		"started",
		"the ordered time; `conclude_job`",
		"the chain, or anyone",
		"failed",
		"all of it returns; the worker is fined for failure",
	),
	arrow(
		Job,
		"delivered",
		"`demand`",
		"the payer, once",
		"demanded",
		"the payer's bond is held",
	),
	arrow(
		Job,
		"delivered",
		"the audit window; `conclude_job`",
		"the chain, or anyone, unless the worker is accused",
		"paid",
		"the units used to worker, version, auditors, treasury; ordered audits to the auditors; the rest returns",
	),
	arrow(
		Job,
		"delivered",
		"the audit window, with the worker condemned; `conclude_job`",
		"the chain, or anyone",
		"overturned",
		"all of it returns",
	),
	arrow(
		Job,
		"delivered",
		"a verdict",
		"the court",
		"overturned",
		"all of it returns",
	),
	arrow(
		Job,
		"demanded",
		"`post_answer`, `post_chunks`",
		"the worker",
		"delivered",
		"the worker gets of the bond what posting costs; the rest returns",
	),
	arrow(
		Job,
		"demanded",
		"the demand period; `conclude_job`",
		"the chain, or anyone, unless the worker is accused",
		"failed",
		"all of it returns, with the bond; the worker is fined for failure, the levy and the ordered audits",
	),
	arrow(
		Job,
		"demanded",
		"a verdict",
		"the court",
		"overturned",
		"all of it returns, with the bond",
	),
];
