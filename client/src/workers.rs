// SPDX-License-Identifier: Apache-2.0

//! Workers: who they are, what they offer, what their bonds cover (docs/workers.md).

use crate::{
	AccountId, Acting, At, Balance, Error,
	asking::{Plain, ask, page},
	listing::{Listing, whole},
	runtime::{
		runtime_types::bounded_collections::bounded_vec::BoundedVec, transactions, view_functions, workers::events,
	},
};
use atelier_primitives::{
	ids::{AttestationId, VersionId, WorkerId},
	views::{MAX_PAGE, workers as views},
	work::workers as words,
};

pub use atelier_primitives::{
	views::workers::{HostView, HostsView, ReputationView, UnbondingView},
	work::workers::{Endpoint, Fault, Standing},
};

pub type WorkerView = views::WorkerView<AccountId, Balance>;
pub type OfferView = views::OfferView<Balance>;
pub type SlashView = views::SlashView<AccountId>;
/// What a worker asks for.
pub type Offer = words::Offer<Balance>;
/// What a worker signs with, draws with and is reached by.
pub type Keys = words::Keys<AccountId>;

/// What the chain says of workers in one block.
#[derive(Clone, Copy)]
pub struct Workers<'a>(pub &'a At);

impl Workers<'_> {
	pub async fn worker(self, worker: WorkerId) -> Result<Option<WorkerView>, Error> {
		let asked = view_functions().workers().worker(worker.into());
		Ok(ask(self.0, asked).await?.plain())
	}

	/// The worker that an account speaks for.
	pub async fn of(self, account: AccountId) -> Result<Option<WorkerId>, Error> {
		Ok(ask(self.0, view_functions().workers().worker_of(account))
			.await?
			.plain())
	}

	/// All listed offers for a version, of those that serve and of those that do not.
	pub async fn offers(self, version: VersionId) -> Result<Listing<OfferView>, Error> {
		whole(async |from: Option<u32>| {
			let asked = view_functions().workers();
			let asked = asked.offers(version.into(), from.unwrap_or(0), MAX_PAGE);
			Ok(page(ask(self.0, asked).await?))
		})
		.await
	}

	/// All offers of a worker, listed or not.
	pub async fn offers_of(self, worker: WorkerId) -> Result<Vec<OfferView>, Error> {
		let asked = view_functions().workers().offers_of(worker.into());
		Ok(ask(self.0, asked).await?.plain())
	}

	/// Who says that the weights of a version can be had, and whether that is enough for exact work.
	pub async fn hosts(self, version: VersionId) -> Result<HostsView, Error> {
		Ok(ask(self.0, view_functions().workers().hosts(version.into())).await?.0)
	}

	/// The slashes of a worker that wait.
	pub async fn slashes(self, worker: WorkerId) -> Result<Vec<SlashView>, Error> {
		let asked = view_functions().workers().slashes(worker.into());
		Ok(ask(self.0, asked).await?.plain())
	}

	/// The value of work that a worker's bond covers before it is final.
	pub async fn cover_of(self, worker: WorkerId) -> Result<Balance, Error> {
		ask(self.0, view_functions().workers().cover_of(worker.into())).await
	}

	/// The same of any bond.
	pub async fn cover_by(self, bond: Balance) -> Result<Balance, Error> {
		ask(self.0, view_functions().workers().cover_by(bond)).await
	}

	/// The weight of all auditors.
	pub async fn auditing(self) -> Result<Balance, Error> {
		ask(self.0, view_functions().workers().auditing_now()).await
	}

	/// What a prover that could not be paid can claim.
	pub async fn claimable(self, who: AccountId) -> Result<Balance, Error> {
		ask(self.0, view_functions().workers().claimable(who)).await
	}
}

/// What a worker's account does.
impl Acting<'_> {
	/// Becomes a worker. What is said of the hardware is for people.
	pub async fn register_worker(
		&self,
		keys: Keys,
		hardware: &str,
		bond: Balance,
		auditing: bool,
	) -> Result<WorkerId, Error> {
		let hardware = BoundedVec(hardware.as_bytes().to_vec());
		let call = transactions().workers().register(keys.into(), hardware, bond, auditing);
		let registered: events::Registered = self.call(&call).await?.event()?;
		Ok(registered.worker.0)
	}

	/// Says that the worker is there.
	pub async fn heartbeat(&self) -> Result<(), Error> {
		self.done(&transactions().workers().heartbeat()).await
	}

	/// Changes the worker's keys: of quotes, of draws, of its endpoint.
	pub async fn set_keys(&self, keys: Keys) -> Result<(), Error> {
		self.done(&transactions().workers().set_keys(keys.into())).await
	}

	pub async fn set_hardware(&self, hardware: &str) -> Result<(), Error> {
		let hardware = BoundedVec(hardware.as_bytes().to_vec());
		self.done(&transactions().workers().set_hardware(hardware)).await
	}

	/// Audits from the next block on, or no more.
	pub async fn set_auditing(&self, auditing: bool) -> Result<(), Error> {
		self.done(&transactions().workers().set_auditing(auditing)).await
	}

	pub async fn bond_more(&self, amount: Balance) -> Result<(), Error> {
		self.done(&transactions().workers().bond_more(amount)).await
	}

	/// Begins to take a part of the bond out. The first block in which it can be withdrawn, if nobody accuses until then.
	pub async fn unbond(&self, amount: Balance) -> Result<u32, Error> {
		let began: events::UnbondingBegan = self.call(&transactions().workers().unbond(amount)).await?.event()?;
		Ok(began.until)
	}

	/// Gets back what has waited long enough. How much it was.
	pub async fn withdraw_unbonded(&self) -> Result<Balance, Error> {
		let call = transactions().workers().withdraw_unbonded();
		let withdrawn: events::Withdrawn = self.call(&call).await?.event()?;
		Ok(withdrawn.amount)
	}

	/// Ends the worker, of which nothing may be left to decide.
	pub async fn leave(&self) -> Result<(), Error> {
		self.done(&transactions().workers().leave()).await
	}

	/// Offers work on a version. A capacity of zero is for sessions alone.
	pub async fn set_offer(&self, version: VersionId, offer: Offer) -> Result<(), Error> {
		let call = transactions().workers().set_offer(version.into(), offer.into());
		self.done(&call).await
	}

	pub async fn remove_offer(&self, version: VersionId) -> Result<(), Error> {
		self.done(&transactions().workers().remove_offer(version.into())).await
	}

	/// Lets another account take the worker over, or nobody any more.
	pub async fn offer_rotation(&self, to: Option<AccountId>) -> Result<(), Error> {
		self.done(&transactions().workers().offer_rotation(to)).await
	}

	/// Takes over a worker that was offered to this account, with keys of its own.
	pub async fn accept_rotation(&self, worker: WorkerId, keys: Keys) -> Result<(), Error> {
		let call = transactions().workers().accept_rotation(worker.into(), keys.into());
		self.done(&call).await
	}
}

/// What anybody does.
impl Acting<'_> {
	/// Clears away an offer whose worker is not there, or whose bond is not enough for it.
	pub async fn drop_offer(&self, worker: WorkerId, version: VersionId) -> Result<(), Error> {
		let call = transactions().workers().drop_offer(worker.into(), version.into());
		self.done(&call).await
	}

	/// Shows two attestations that the weights of a version were fetched. The last block in which they count.
	pub async fn show_weights(&self, version: VersionId, hosts: [AttestationId; 2]) -> Result<u32, Error> {
		let call = transactions()
			.workers()
			.show_weights(version.into(), hosts.map(Into::into));
		let shown: events::WeightsShown = self.call(&call).await?.event()?;
		Ok(shown.until)
	}

	/// Applies a slash that has waited long enough. What was taken.
	pub async fn apply_slash(&self, worker: WorkerId, number: u64) -> Result<Balance, Error> {
		let call = transactions().workers().apply_slash(worker.into(), number);
		let slashed: events::Slashed = self.call(&call).await?.event()?;
		Ok(slashed.taken)
	}

	/// Gets a prover's reward that could not be paid before, to this account or to another. How much it was.
	pub async fn claim_reward(&self, to: Option<AccountId>) -> Result<Balance, Error> {
		let included = match to {
			None => self.call(&transactions().workers().claim()).await?,
			Some(who) => self.call(&transactions().workers().claim_for(who)).await?,
		};
		let paid: events::Paid = included.event()?;
		Ok(paid.amount)
	}
}
