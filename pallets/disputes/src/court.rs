// SPDX-License-Identifier: Apache-2.0

//! How a dispute goes on, and ends.
//!
//! | stage | goes on by | else, after its last tick |
//! | --- | --- | --- |
//! | queued | one of the two before it ends | it waits; its time has not begun |
//! | trace | the worker commits to its trace | the worker loses |
//! | proving | the challenger proves a fraud, and wins; or asks for the game | the challenger loses |
//! | playing | whose turn it is moves; what is opened at the end decides | who did not move loses |
//!
//! Either party may give up at any time. What decides is the referee's computation.

use crate::{
	admission::side,
	checks::{on, Check},
	types::{Dispute, HostHash, Position, Stage},
	Clock, Config, DisputeOf, Disputes, Due, Error, Event, Faults, GameParts, Games, Lines, Pallet,
};
use atelier_primitives::{
	ids::{DisputeId, WorkerId},
	work::{
		audits::Works,
		workers::{Accused, Fault},
	},
};
use atelier_referee::{
	commit::{Commitment, Kind},
	dispute::{is_fraud, Charge, Evidence, Game, Move, MoveError, Next, Parts, Party},
};
use frame_support::ensure;
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// A dispute whose time to move is not over.
	fn running(id: DisputeId) -> Result<DisputeOf<T>, Error<T>> {
		let dispute = Disputes::<T>::get(id).ok_or(Error::<T>::UnknownDispute)?;
		if let Some(until) = dispute.stage.until() {
			ensure!(Clock::<T>::get() <= until || !on(Check::Clock), Error::<T>::TimeIsOver);
		}
		Ok(dispute)
	}

	/// Whether somebody speaks for the accused.
	fn is_accused(who: &T::AccountId, dispute: &DisputeOf<T>) -> bool {
		T::Workers::account(dispute.worker).as_ref() == Some(who)
	}

	pub(crate) fn do_post_trace(who: T::AccountId, id: DisputeId, trace: Commitment) -> DispatchResult {
		let dispute = Self::running(id)?;
		ensure!(Self::is_accused(&who, &dispute), Error::<T>::NotParty);
		ensure!(matches!(dispute.stage, Stage::Trace { .. }), Error::<T>::WrongStage);
		let leaves = dispute.graph().map(|graph| graph.leaves());
		ensure!(
			trace.kind == Kind::Trace && Some(trace.count) == leaves,
			Error::<T>::WrongTrace
		);
		Self::made(side(id, Party::Holder));
		let until = Clock::<T>::get().saturating_add(dispute.rules.prove);
		let stage = Stage::Proving { trace, until };
		Self::put(id, Dispute { stage, ..dispute });
		Self::deposit_event(Event::TracePosted {
			dispute: id,
			trace,
			until,
		});
		Ok(())
	}

	pub(crate) fn do_prove(who: T::AccountId, id: DisputeId, charge: Charge, evidence: Evidence) -> DispatchResult {
		let dispute = Self::running(id)?;
		let challenger = dispute.challenger == who || !on(Check::Challenger);
		ensure!(challenger, Error::<T>::NotParty);
		let Stage::Proving { trace, .. } = dispute.stage else {
			return Err(Error::<T>::WrongStage.into());
		};
		let case = dispute.case(trace).map_err(|_| Error::<T>::WrongTrace)?;
		let judged = is_fraud::<HostHash>(&case, charge, &evidence).map_err(|_| Error::<T>::DecidesNothing)?;
		let fraud = judged && on(Check::Referee) || !on(Check::Proved);
		ensure!(fraud, Error::<T>::NoFraud);
		let earner = Dispute {
			challenger: who,
			..dispute.clone()
		};
		// Its bond is whose it was.
		Self::release(&dispute.challenger, dispute.bond);
		Self::close(id, &dispute);
		Self::uphold(id, earner, true);
		Ok(())
	}

	pub(crate) fn do_descend(who: T::AccountId, id: DisputeId) -> DispatchResult {
		let dispute = Self::running(id)?;
		ensure!(dispute.challenger == who, Error::<T>::NotParty);
		let Stage::Proving { trace, .. } = dispute.stage else {
			return Err(Error::<T>::WrongStage.into());
		};
		Self::made(side(id, Party::Challenger));
		let time = dispute.rules.game;
		Self::turn(id, dispute, trace, Game::Top, time, time);
		Ok(())
	}

	/// The game goes on. Whose turn it is has `time` for all moves that it still has to make, the other one `others`.
	fn turn(id: DisputeId, dispute: DisputeOf<T>, trace: Commitment, game: Game, time: u32, others: u32) {
		let until = Clock::<T>::get().saturating_add(time);
		let by = game.turn();
		let (position, parts) = Position::of(game);
		// They are named once, and stay until the game is over.
		if !parts.is_empty() {
			GameParts::<T>::insert(id, parts);
		}
		Games::<T>::insert(id, position);
		let stage = Stage::Playing { trace, until, others };
		Self::put(id, Dispute { stage, ..dispute });
		Self::deposit_event(Event::Turn { dispute: id, by, until });
	}

	pub(crate) fn do_play(who: T::AccountId, id: DisputeId, played: Move) -> DispatchResult {
		let dispute = Self::running(id)?;
		let Stage::Playing { trace, until, others } = dispute.stage else {
			return Err(Error::<T>::WrongStage.into());
		};
		let position = Games::<T>::get(id).ok_or(Error::<T>::WrongStage)?;
		let mover = position.turn();
		let party = match mover {
			Party::Holder => Self::is_accused(&who, &dispute),
			Party::Challenger => dispute.challenger == who,
		};
		ensure!(party, Error::<T>::NotParty);
		let case = dispute.case(trace).map_err(|_| Error::<T>::WrongTrace)?;
		let parts = match position.needs_parts() {
			true => GameParts::<T>::get(id).unwrap_or_default(),
			false => Parts::new(),
		};
		let game = position.with(parts);
		match game.play::<HostHash>(&case, played).map_err(Error::<T>::from)? {
			Next::Go(game) => {
				Self::made(side(id, mover));
				let left = until.saturating_sub(Clock::<T>::get());
				let (time, others) = if game.turn() == mover {
					(left, others)
				} else {
					(others, left)
				};
				Self::turn(id, dispute, trace, game, time, others);
			}
			Next::Over { winner } => Self::decide(id, dispute, winner, true),
		}
		Ok(())
	}

	pub(crate) fn do_concede(who: T::AccountId, id: DisputeId) -> DispatchResult {
		let dispute = Disputes::<T>::get(id).ok_or(Error::<T>::UnknownDispute)?;
		let winner = if dispute.challenger == who {
			Party::Holder
		} else if Self::is_accused(&who, &dispute) {
			// Who is not asked yet need not answer for it.
			ensure!(dispute.stage != Stage::Queued, Error::<T>::WrongStage);
			Party::Challenger
		} else {
			return Err(Error::<T>::NotParty.into());
		};
		Self::decide(id, dispute, winner, false);
		Ok(())
	}

	/// Ends a dispute in which somebody did not move in time, or that has nothing left to decide.
	pub(crate) fn do_expire(id: DisputeId) -> DispatchResult {
		let dispute = Disputes::<T>::get(id).ok_or(Error::<T>::UnknownDispute)?;
		let found = Faults::<T>::get(dispute.work).is_some_and(|fault| fault.proved);
		if found || T::Workers::convicted(dispute.worker) {
			Self::release(&dispute.challenger, dispute.bond);
			Self::close(id, &dispute);
			Self::deposit_event(Event::Moot { dispute: id });
			return Ok(());
		}
		let over = dispute.stage.until().is_some_and(|until| Clock::<T>::get() > until);
		ensure!(over, Error::<T>::TimeIsNotOver);
		let silent = match dispute.stage {
			Stage::Queued => return Err(Error::<T>::TimeIsNotOver.into()),
			Stage::Trace { .. } => Party::Holder,
			Stage::Proving { .. } => Party::Challenger,
			Stage::Playing { .. } => Games::<T>::get(id).map_or(Party::Challenger, |position| position.turn()),
		};
		Self::decide(id, dispute, silent.other(), false);
		Ok(())
	}

	/// Somebody has won; `judged` by the referee, or since the other one was silent or gave up.
	fn decide(id: DisputeId, dispute: DisputeOf<T>, winner: Party, judged: bool) {
		Self::close(id, &dispute);
		match winner {
			Party::Challenger => {
				Self::release(&dispute.challenger, dispute.bond);
				Self::uphold(id, dispute, judged);
			}
			Party::Holder if on(Check::LostBond) => {
				let to = T::Workers::account(dispute.worker);
				Self::forfeit(&dispute.challenger, dispute.bond, dispute.rules.accused, to);
				Self::rejected(id, &dispute);
			}
			Party::Holder => {
				Self::release(&dispute.challenger, dispute.bond);
				Self::rejected(id, &dispute);
			}
		}
	}

	/// The accused was not shown to be wrong.
	fn rejected(id: DisputeId, dispute: &DisputeOf<T>) {
		// What was announced stays so: the next may accuse the same claim.
		Self::deposit_event(Event::Rejected {
			dispute: id,
			worker: dispute.worker,
		});
	}

	/// The accused was wrong.
	fn uphold(id: DisputeId, dispute: DisputeOf<T>, judged: bool) {
		let (worker, challenger) = (dispute.worker, dispute.challenger.clone());
		// Others may have accused the same claim.
		let announced = Faults::<T>::get(dispute.work).is_some_and(|fault| fault.wrong == dispute.interval);
		let canary = dispute.canary || announced;
		if judged {
			Self::found(&dispute, canary);
		}
		if !canary {
			T::Workers::convict(worker, Fault::Wrong, Some(challenger.clone()));
		}
		T::Works::overturn(dispute.work);
		Self::dismiss_others(worker);
		Self::deposit_event(Event::Upheld {
			dispute: id,
			worker,
			challenger,
			canary,
		});
	}

	/// Forgets a dispute; the next one of the same worker begins.
	fn close(id: DisputeId, dispute: &DisputeOf<T>) {
		Disputes::<T>::remove(id);
		Games::<T>::remove(id);
		GameParts::<T>::remove(id);
		Self::fall_silent(id);
		T::Workers::acquit(dispute.worker);
		let mut line = Lines::<T>::get(dispute.worker);
		line.queued.retain(|queued| *queued != id);
		let was_active = line.active.contains(&id);
		line.active.retain(|active| *active != id);
		let next = (was_active && !line.queued.is_empty()).then(|| line.queued.remove(0));
		if let Some(next) = next {
			let _ = line.active.try_push(next);
		}
		if line.active.is_empty() && line.queued.is_empty() {
			Lines::<T>::remove(dispute.worker);
		} else {
			Lines::<T>::insert(dispute.worker, line);
		}
		if let Some((next, waiting)) = next.and_then(|next| Some((next, Disputes::<T>::get(next)?))) {
			Self::start(next, waiting);
		}
	}

	/// Nothing is left to decide about a convicted worker: none of its work is paid. The agenda ends the others one by one, so
	/// that a conviction costs the same however many there are.
	pub(crate) fn dismiss_others(worker: WorkerId) {
		if Lines::<T>::contains_key(worker) {
			let from = DisputeId(0);
			let _ = Self::note(Clock::<T>::get(), Due::Others { worker, from });
		}
	}

	/// Ends the next of the others, if it has nothing left to decide.
	pub(crate) fn dismiss(worker: WorkerId, from: DisputeId) {
		let line = Lines::<T>::get(worker);
		let all = line.active.into_iter().chain(line.queued);
		let Some(next) = all.filter(|dispute| *dispute >= from).min() else {
			return;
		};
		if let Some(from) = next.next() {
			let _ = Self::note(Clock::<T>::get(), Due::Others { worker, from });
		}
		let _ = Self::do_expire(next);
	}

	/// Keeps a dispute. The agenda holds one note about it, however often its time grows: when it comes too early the agenda
	/// looks again later.
	pub(crate) fn put(id: DisputeId, mut dispute: DisputeOf<T>) {
		if let Some(until) = dispute.stage.until() {
			let ahead = Clock::<T>::get() < dispute.noted && dispute.noted <= until.saturating_add(1);
			if !ahead {
				dispute.noted = Self::note(until, Due::Dispute(id)).unwrap_or(0);
			}
		}
		Disputes::<T>::insert(id, dispute);
	}

	/// The agenda looks at a dispute: its time is over, or it has grown since.
	pub(crate) fn look(id: DisputeId) {
		let Some(dispute) = Disputes::<T>::get(id) else { return };
		// Its time has shrunk meanwhile: another note came before, and is kept up instead of this one.
		if dispute.noted > Clock::<T>::get() {
			return;
		}
		if Self::do_expire(id).is_err() {
			Self::put(id, dispute);
		}
	}
}

impl<T: Config> From<MoveError> for Error<T> {
	fn from(error: MoveError) -> Self {
		match error {
			MoveError::NotNow => Self::NotThisMove,
			MoveError::NoNode => Self::NoSuchNode,
			MoveError::Commitment(_) => Self::NotTheCommitted,
			MoveError::Charge(_) => Self::NoSuchCharge,
			MoveError::WrongParts => Self::WrongParts,
			MoveError::Verdict(_) => Self::DecidesNothing,
		}
	}
}
