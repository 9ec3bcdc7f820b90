// SPDX-License-Identifier: Apache-2.0

//! Publishing a version: its maker promises first, and shows some blocks later what it promised, so that nobody who copies it
//! from the pool can have been first.

use crate::{
	AccountId, Acting, At, Chain, Error, Models, Publication,
	asking::number,
	runtime::{models::events, storage, transactions},
};
use atelier_primitives::ids::{ModelId, VersionId};
use atelier_referee::hash::{Digest, Portable};
use std::time::{Duration, Instant};

/// How often the chain is asked for its newest final block.
const GLANCE: Duration = Duration::from_millis(500);
/// How long no new block may become final before that is an error.
const STALLED: Duration = Duration::from_secs(120);

/// A promise that is on the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promised {
	/// The first and the last block in which it can be kept.
	pub from: u32,
	pub until: u32,
}

/// A version that was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
	pub version: VersionId,
	/// Among those of its model.
	pub number: u32,
}

/// How far a publication is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
	Promising,
	/// For the first block in which the promise can be kept.
	Waiting(Promised),
	Revealing,
}

impl Chain {
	/// The hash by which this account promises this version.
	pub fn promise(&self, publication: &Publication, owner: &AccountId, salt: &Digest) -> Digest {
		publication.promise::<Portable>(self.genesis().as_bytes(), owner, salt)
	}

	/// A promise of an account, while it was neither kept nor expired.
	async fn promised(&self, at: &At, owner: AccountId, promise: Digest) -> Result<Option<Promised>, Error> {
		let found = at
			.storage()
			.try_fetch(storage().models().promises(), (owner, promise))
			.await?;
		let Some(found) = found else { return Ok(None) };
		let found = found.decode()?;
		Ok(Some(Promised {
			from: found.from,
			until: found.until,
		}))
	}

	/// Waits until this block is final.
	async fn reaches(&self, block: u32) -> Result<(), Error> {
		let (mut newest, mut moved) = (0, Instant::now());
		loop {
			let now = number(&self.finalised().await?);
			if now >= block {
				return Ok(());
			}
			if now > newest {
				(newest, moved) = (now, Instant::now());
			}
			if moved.elapsed() > STALLED {
				return Err(Error::Stalled {
					block: now,
					seconds: STALLED.as_secs(),
				});
			}
			tokio::time::sleep(GLANCE).await;
		}
	}
}

impl Acting<'_> {
	/// Publishes a version: promises it, waits, and shows it. A promise that is on the chain already is kept, so that whoever
	/// was interrupted goes on with the same salt. `hears` is told of each step.
	pub async fn publish(
		&self,
		model: ModelId,
		publication: &Publication,
		salt: Digest,
		mut hears: impl FnMut(Step),
	) -> Result<Published, Error> {
		let owner = self.account();
		let chain = self.chain().await?;
		let promise = chain.promise(publication, &owner, &salt);
		let at = chain.finalised().await?;
		let promised = match chain.promised(&at, owner, promise).await? {
			Some(promised) if number(&at) < promised.until => promised,
			Some(promised) => {
				return Err(Error::PromiseExpired { until: promised.until });
			}
			None => {
				hears(Step::Promising);
				self.call_finally(&transactions().models().commit_version(promise))
					.await?;
				let at = chain.finalised().await?;
				let promised = chain.promised(&at, owner, promise).await?;
				promised.ok_or(Error::PromiseGone)?
			}
		};
		hears(Step::Waiting(promised));
		// The next block is the first that can take it.
		chain.reaches(promised.from.saturating_sub(1)).await?;
		hears(Step::Revealing);
		let call = transactions()
			.models()
			.reveal_version(model.into(), publication.clone().into(), salt);
		let published: events::VersionPublished = self.call(&call).await?.event()?;
		Ok(Published {
			version: published.version.0,
			number: published.number,
		})
	}

	/// The version of a model that is exactly this publication, if there is one.
	pub async fn published(
		&self,
		at: &At,
		model: ModelId,
		publication: &Publication,
	) -> Result<Option<Published>, Error> {
		let models = Models(at);
		let Some(model) = models.model(model).await? else {
			return Ok(None);
		};
		let versions = models.versions_of(&model).await?;
		let same = versions
			.items
			.into_iter()
			.rev()
			.find(|version| version.publication == *publication);
		Ok(same.map(|version| Published {
			version: version.version,
			number: version.number,
		}))
	}
}
