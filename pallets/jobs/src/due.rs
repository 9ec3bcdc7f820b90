// SPDX-License-Identifier: Apache-2.0

//! What happens by itself: the agenda of sessions and jobs.
//!
//! A session or a job says in its record when the agenda looks at it next (`due`). It is noted anew only when it needs an
//! earlier look, or was looked at and is not over; so a settlement of a session that is noted writes no bucket. A session
//! remembers a later note too (`later`): that of its end, which is made when it is opened, serves whatever is settled
//! meanwhile.
//!
//! What is final waits a little longer ([`Config::Patience`]), if more of the same session becomes final meanwhile: paying
//! several settlements of a session costs what paying one does.

use crate::{
	conclude::Done, tally::Tally, Buckets, Config, Item, Jobs, NextDue, Pallet, SessionOf, Sessions, WeightInfo,
};
use atelier_agenda::Agenda;
use atelier_primitives::{ids::SessionId, models::Versions, BlockNumber};
use frame_support::{
	traits::Get,
	weights::{Weight, WeightMeter},
};

/// In how many buckets after the wanted one room is looked for.
pub(crate) const SPILL: u32 = 8;

type Due<T> = Agenda<Buckets<T>, NextDue<T>, Item, <T as Config>::BucketSize>;

impl<T: Config> Pallet<T> {
	/// Has the agenda look at something by `wanted`, if it was to do so at `due`; zero stands for never. Returns when it
	/// does.
	pub(crate) fn remind(item: Item, due: BlockNumber, wanted: BlockNumber) -> BlockNumber {
		// What is behind is still noted, and comes first.
		if due != 0 && due <= wanted {
			return due;
		}
		let now = Self::now();
		// Where there is no room at all, it takes a call; the next change tries again.
		Due::<T>::note_within(now, wanted, SPILL, item).unwrap_or_default()
	}

	/// The same for a session, which may be noted for later already.
	pub(crate) fn remind_session(id: SessionId, session: &mut SessionOf<T>, wanted: BlockNumber) {
		if session.due == 0 && session.later != 0 && session.later <= wanted {
			session.due = core::mem::take(&mut session.later);
			return;
		}
		let due = Self::remind(Item::Session(id), session.due, wanted);
		if due == session.due {
			return;
		}
		let noted = core::mem::replace(&mut session.due, due);
		if noted != 0 {
			session.later = noted;
		}
		// Where what is wanted finds room only after what is noted.
		if session.later != 0 && session.later < session.due {
			core::mem::swap(&mut session.due, &mut session.later);
		}
	}

	/// The agenda has come to one of its notes.
	fn noted_no_more(session: &mut SessionOf<T>) {
		match session.due {
			0 => session.later = 0,
			_ => session.due = 0,
		}
	}

	pub(crate) fn behind() -> u32 {
		Due::<T>::behind(Self::now())
	}

	/// What the agenda gets of a block.
	pub(crate) fn serve_due(meter: &mut WeightMeter) {
		let share = T::AgendaShare::get();
		if share.is_zero() || meter.try_consume(T::WeightInfo::on_poll()).is_err() {
			return;
		}
		let bucket = T::WeightInfo::bucket();
		let look = T::WeightInfo::look();
		let session = look.max(Tally::<T>::most()).max(T::WeightInfo::conclude_session());
		let job = look.max(T::WeightInfo::conclude_job().saturating_add(T::Versions::most()));
		let most = |item: &Item| match item {
			Item::Session(_) => session,
			Item::Job(_) => job,
		};
		let block = T::BlockWeights::get().max_block;
		let part = Weight::from_parts(share.mul_floor(block.ref_time()), share.mul_floor(block.proof_size()));
		let least = bucket.saturating_add(session.max(job));
		let mut own = WeightMeter::with_limit(part.max(least).min(meter.remaining()));
		let mut paid = Tally::new();
		Due::<T>::serve_weighed(Self::now(), &mut own, bucket, most, |item| {
			Self::look_at(item, &mut paid)
		});
		meter.consume(own.consumed());
	}

	/// Does what is due in a session or a job. One that has been noted twice is looked at once. Returns what it did weigh.
	pub(crate) fn look_at(item: Item, paid: &mut Tally<T>) -> Weight {
		let now = Self::now();
		let look = T::WeightInfo::look();
		match item {
			Item::Session(id) => {
				let Some(mut session) = Sessions::<T>::get(id).filter(|session| session.due <= now) else {
					return look;
				};
				Self::noted_no_more(&mut session);
				let (worker, version) = (session.worker, session.version);
				let done = Self::advance(id, &mut session);
				Self::store_session(id, session);
				match done {
					Done::Nothing => look,
					Done::Paid => {
						let before = paid.weight();
						paid.count(worker, version);
						paid.weight().saturating_sub(before)
					}
					Done::Ended => T::WeightInfo::conclude_session(),
				}
			}
			Item::Job(id) => {
				let Some(mut job) = Jobs::<T>::get(id).filter(|job| job.due <= now) else {
					return look;
				};
				match Self::over(&job) {
					Some((ending, walked)) => {
						Self::end_job(id, job, ending);
						T::WeightInfo::conclude_job().saturating_add(walked)
					}
					None => {
						job.due = 0;
						Self::store_job(id, job);
						look
					}
				}
			}
		}
	}
}
