// SPDX-License-Identifier: Apache-2.0

//! A session, from the requester's end: several answers at once, receipts in the order of their places, and one hand that signs.

use super::{
	Answer, Asker, Error, Notes, NotesError, Wrong,
	answer::Received,
	line::Line,
	looking, missing,
	notes::{Asked, Looked, Ours},
};
use crate::{
	Signer, Terms,
	checks::{Check, on},
	ledger::Output,
	locked,
};
use atelier_primitives::work::price::units;
use atelier_referee::{
	claim::{Claim, Request, token_tree},
	commit::{Kind, mountain::Root},
	hash::Portable,
};
use atelier_wire::{Ask, Attached, Done, Question, Recall, Refusal, Reply, Resume, Tokens, Vouch};
use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex},
};
use tokio::{sync::watch, time::timeout};

/// Most pages of claims that are looked at after a cut: what is beyond was never within a window.
const MOST_PAGES: usize = 1_024;

/// A session that is attached.
pub struct Session {
	pub(super) asker: Arc<Asker>,
	pub(super) terms: Terms,
	signer: Arc<dyn Signer>,
	notes: Arc<dyn Notes>,
	/// Receipts are noted one after the other, and vouchers signed so.
	noting: tokio::sync::Mutex<()>,
	/// Receipts that were looked at and wait for those before them.
	early: Mutex<BTreeMap<u64, Looked>>,
	/// How many receipts are noted.
	noted: watch::Sender<u64>,
}

impl Session {
	pub(super) fn new(asker: Arc<Asker>, terms: Terms, signer: Arc<dyn Signer>, notes: Arc<dyn Notes>) -> Arc<Self> {
		Arc::new(Self {
			asker,
			terms,
			signer,
			notes,
			noting: tokio::sync::Mutex::new(()),
			early: Mutex::default(),
			noted: watch::Sender::new(0),
		})
	}

	pub fn terms(&self) -> &Terms {
		&self.terms
	}

	/// How far it is, as the notes say.
	pub async fn ours(&self) -> Result<Ours, Error> {
		Ok(self.notes.open(self.terms.session).await?)
	}

	/// Catches up with what the worker has, and pays for it.
	pub(super) async fn compare(&self, attached: &Attached) -> Result<(), Error> {
		let ours = self.ours().await?;
		self.noted.send_replace(ours.root.receipts);
		if missing(attached, &ours)? {
			self.catch_up().await?;
		}
		let ours = self.ours().await?;
		if ours.root.receipts > attached.signed.receipts {
			self.pay(&mut self.asker.line().await?).await?;
		}
		Ok(())
	}

	/// Asks for an answer.
	pub async fn ask(self: &Arc<Self>, request: Request, input: Vec<u32>, text: bool) -> Result<Answer, Error> {
		self.again(request, input, Vec::new(), text).await
	}

	/// Asks for an answer of which these tokens came already. If it has a receipt, it is recalled; the text is not.
	pub async fn again(
		self: &Arc<Self>,
		request: Request,
		input: Vec<u32>,
		have: Vec<u32>,
		text: bool,
	) -> Result<Answer, Error> {
		let tree = token_tree::<Portable>(Kind::Input, &input).map_err(Wrong::from)?;
		if tree.commitment() != request.input || request.input_count as usize != input.len() {
			return Err(Error::NotTheInput);
		}
		let session = self.terms.session;
		let root = request.root::<Portable>();
		let from = u32::try_from(have.len()).map_err(|_| Error::NotTheInput)?;
		let known = self.notes.asked(session, root).await?;
		if let Asked::Answered(index, claim) = known
			&& on(Check::Same)
		{
			let (found, _, output) = self.recall(index, from).await?;
			if found != claim {
				return Err(Wrong::AnotherRequest.into());
			}
			return Ok(Answer::recalled(self.clone(), request, have, claim, output));
		}
		self.notes.ask(session, &request, &input).await?;
		let mut line = self.asker.line().await?;
		let input = Tokens::try_from(input).map_err(|_| Error::NotTheInput)?;
		let ask = Ask {
			session,
			request: request.clone(),
			input,
			from,
			text,
		};
		match line.ask(&Question::Ask(Box::new(ask))).await {
			Ok(Reply::Begun(_)) => Ok(Answer::new(self.clone(), line, request, have)),
			Ok(_) => Err(Error::OutOfTurn),
			// What was asked before may be in the making all the same.
			Err(error @ (Error::Refused { .. } | Error::Overloaded { .. })) if known == Asked::Never => {
				self.notes.unask(session, root).await?;
				Err(error)
			}
			Err(error) => Err(error),
		}
	}

	/// An answer did not go on. Where it has failed there is no receipt; otherwise there may be one.
	pub(super) async fn failed(&self, request: &Request, error: Error) -> Error {
		if let Error::Refused { refusal, .. } = &error
			&& matches!(
				refusal,
				Refusal::EngineFailed | Refusal::LedgerFailed | Refusal::NotClaimable
			) && let Err(failed) = self.notes.unask(self.terms.session, request.root::<Portable>()).await
		{
			return failed.into();
		}
		error
	}

	/// The claim of a receipt with its answer, from a token on.
	async fn recall(&self, index: u64, from: u32) -> Result<(Claim, Option<Root>, Output), Error> {
		let mut line = self.asker.line().await?;
		let recall = Recall {
			session: self.terms.session,
			index,
			from,
		};
		let Reply::Recalled(recalled) = line.ask(&Question::Recall(recall)).await? else {
			return Err(Error::OutOfTurn);
		};
		let output = line.output(&recalled.claim, from).await?;
		Ok((recalled.claim, recalled.root, output))
	}

	/// An answer has ended with a receipt: looks at it, notes it and pays for it.
	pub(super) async fn received(
		&self,
		line: &mut Line,
		request: &Request,
		done: &Done,
		output: &Output,
	) -> Result<Received, Error> {
		let claim = done.claim;
		let index = looking::place(&claim, &self.terms, &self.asker.between.genesis)?;
		let about = looking::check(&claim, request, output, self.terms.tier)?;
		let cost = units(claim.input_count, claim.output_count);
		if done.units != cost || done.root.receipts != index.saturating_add(1) {
			return Err(Wrong::Units.into());
		}
		let root = request.root::<Portable>();
		let known = self.notes.asked(self.terms.session, root).await?;
		if known != Asked::Answered(index, claim) {
			let looked = Looked {
				asked: root,
				request: about,
				index,
				claim,
				output: output.clone(),
				root: done.root,
			};
			locked(&self.early).insert(index, looked);
			self.note_early().await?;
			self.wait_for(index).await?;
		}
		self.pay(line).await?;
		Ok(Received {
			index,
			units: cost,
			claim,
		})
	}

	/// Notes what was waiting for those before it.
	async fn note_early(&self) -> Result<(), Error> {
		let _one = self.noting.lock().await;
		let mut next = self.ours().await?.root.receipts;
		loop {
			let early = {
				let mut early = locked(&self.early);
				// What was caught up with meanwhile.
				early.retain(|index, _| *index >= next);
				early.remove(&next)
			};
			let Some(early) = early else {
				self.noted.send_replace(next);
				return Ok(());
			};
			self.notes.receive(self.terms.session, early).await?;
			next = next.saturating_add(1);
		}
	}

	/// Until the receipt of this place is noted. Those before it may be of answers that were lost.
	async fn wait_for(&self, index: u64) -> Result<(), Error> {
		let mut noted = self.noted.subscribe();
		let short = self.asker.patience / 8;
		if timeout(short, noted.wait_for(|noted| *noted > index)).await.is_err() {
			self.catch_up().await?;
			self.note_early().await?;
		}
		match *noted.borrow() > index {
			true => Ok(()),
			false => Err(Wrong::AnotherRoot.into()),
		}
	}

	/// Looks at the receipts that the worker has and the notes lack, and notes them if all of them were asked for.
	pub async fn catch_up(&self) -> Result<(), Error> {
		let _one = self.noting.lock().await;
		let session = self.terms.session;
		for _ in 0..MOST_PAGES {
			let ours = self.ours().await?;
			let after = ours.root.receipts;
			let resume = Question::Resume(Resume { session, after });
			let Reply::Claims(claims) = self.asker.ask(&resume).await? else {
				return Err(Error::OutOfTurn);
			};
			if claims.first != after || claims.root.receipts < after {
				return Err(Wrong::Forgot.into());
			}
			if claims.root.receipts == after {
				return match claims.root == ours.root {
					true => Ok(()),
					false => Err(Wrong::AnotherRoot.into()),
				};
			}
			if claims.claims.is_empty() {
				return Err(Wrong::Forgot.into());
			}
			for (index, claim) in (after..).zip(&claims.claims) {
				self.catch(index, claim).await?;
			}
		}
		Ok(())
	}

	async fn catch(&self, index: u64, claim: &Claim) -> Result<(), Error> {
		let session = self.terms.session;
		if looking::place(claim, &self.terms, &self.asker.between.genesis)? != index {
			return Err(Wrong::AnotherOrigin.into());
		}
		let waiting = self.notes.waiting(session).await?;
		let request = waiting.iter().find(|request| looking::about(claim, request).is_some());
		if request.is_none() && on(Check::Once) {
			return Err(Wrong::AnotherRequest.into());
		}
		let (found, root, output) = self.recall(index, 0).await?;
		let root = root.ok_or(Wrong::Forgot)?;
		if found != *claim {
			return Err(Wrong::AnotherRequest.into());
		}
		let (asked, about) = match request {
			Some(request) => {
				let about = looking::check(claim, request, &output, self.terms.tier)?;
				(request.root::<Portable>(), about)
			}
			// Whatever it is about.
			None => match waiting.into_iter().next() {
				Some(request) => (claim.request, request),
				None => return Err(Wrong::AnotherRequest.into()),
			},
		};
		let looked = Looked {
			asked,
			request: about,
			index,
			claim: *claim,
			output,
			root,
		};
		self.notes.receive(session, looked).await?;
		self.noted.send_replace(index.saturating_add(1));
		Ok(())
	}

	/// Signs for all receipts in the notes, and sends it.
	pub(super) async fn pay(&self, line: &mut Line) -> Result<(), Error> {
		let voucher = {
			let _one = self.noting.lock().await;
			match self.notes.sign(self.terms.session).await {
				Ok(voucher) => voucher,
				Err(NotesError::NothingReceived) => return Ok(()),
				Err(error) => return Err(error.into()),
			}
		};
		let message = voucher.message(&self.asker.between.genesis, self.terms.worker);
		let signature = self.signer.sign(&message);
		match line.ask(&Question::Voucher(Vouch { voucher, signature })).await {
			Ok(Reply::Vouched(_)) => Ok(()),
			// A later one was quicker.
			Err(Error::Refused {
				refusal: Refusal::OldSequence | Refusal::NothingNew,
				..
			}) => Ok(()),
			Ok(_) => Err(Error::OutOfTurn),
			Err(error) => Err(error),
		}
	}
}
