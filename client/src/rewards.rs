// SPDX-License-Identifier: Apache-2.0

//! Pots, and what is owed to whom (docs/economics.md, "Who is paid").

use crate::{
	AccountId, Acting, At, Balance, Error,
	asking::ask,
	runtime::{rewards::events, transactions, view_functions},
};
use atelier_primitives::{
	pots::Pot,
	views::rewards::{ErasView, ExplanationView, Passed, PendingView, PotView},
};

/// Most entries of one of this registry's pages.
const PAGE: u32 = 64;
/// Most pages of one explanation.
const MAX_PAGES: usize = 100;

/// What the ledgers say in one block.
#[derive(Clone, Copy)]
pub struct Rewards<'a>(pub &'a At);

/// How a pot was divided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divided {
	pub divided: Balance,
	pub owner: AccountId,
	pub earned: Balance,
	pub passed: Vec<Passed<Balance>>,
}

impl Rewards<'_> {
	/// All about a pot. None: there is no such version or dataset.
	pub async fn pot(self, pot: Pot) -> Result<Option<PotView<AccountId, Balance>>, Error> {
		let asked = view_functions().rewards().pot(pot.into());
		Ok(ask(self.0, asked).await?.map(|found| found.0))
	}

	/// What dividing a pot now would give to whom. None: it would be refused.
	pub async fn pending(self, pot: Pot) -> Result<Option<PendingView<AccountId, Balance>>, Error> {
		let asked = view_functions().rewards().pending(pot.into());
		Ok(ask(self.0, asked).await?.map(|found| found.0))
	}

	/// What waits for an account.
	pub async fn claimable(self, who: AccountId) -> Result<Balance, Error> {
		ask(self.0, view_functions().rewards().claimable(who)).await
	}

	/// Which era runs, and which are explained.
	pub async fn eras(self) -> Result<ErasView<u32>, Error> {
		Ok(ask(self.0, view_functions().rewards().eras()).await?.0)
	}

	/// From which pots an account earned what in an era. None: the era has not begun, or is no longer kept. With a `next`
	/// there are more sources than were fetched.
	pub async fn explain(self, who: AccountId, era: u32) -> Result<Option<ExplanationView<Balance>>, Error> {
		let mut whole: Option<ExplanationView<Balance>> = None;
		for _ in 0..MAX_PAGES {
			let from = whole.as_ref().and_then(|so_far| so_far.next).map(Into::into);
			let asked = view_functions().rewards().explain(who, era, from, PAGE);
			let Some(page) = ask(self.0, asked).await? else {
				return Ok(None);
			};
			let page = page.0;
			let mut sources = whole.map(|so_far| so_far.sources).unwrap_or_default();
			sources.extend(page.sources);
			let last = page.next.is_none();
			whole = Some(ExplanationView { sources, ..page });
			if last {
				break;
			}
		}
		Ok(whole)
	}
}

impl Acting<'_> {
	/// Gives to a pot.
	pub async fn tip(&self, pot: Pot, amount: Balance) -> Result<(), Error> {
		self.call(&transactions().rewards().tip(pot.into(), amount))
			.await
			.map(drop)
	}

	/// Has a pot divided.
	pub async fn distribute(&self, pot: Pot) -> Result<Divided, Error> {
		let call = transactions().rewards().distribute(pot.into());
		let event: events::Distributed = self.call(&call).await?.event()?;
		Ok(Divided {
			divided: event.divided,
			owner: event.owner,
			earned: event.earned,
			passed: event.passed.0.into_iter().map(|passed| passed.0).collect(),
		})
	}

	/// Gets what could not be paid to this account before, or to another. How much it was.
	pub async fn claim(&self, to: Option<AccountId>) -> Result<Balance, Error> {
		let included = match to {
			None => self.call(&transactions().rewards().claim()).await?,
			Some(who) => self.call(&transactions().rewards().claim_for(who)).await?,
		};
		let paid: events::Paid = included.event()?;
		Ok(paid.amount)
	}
}
