// SPDX-License-Identifier: Apache-2.0

//! Answers of tokens that mean nothing, at once: to measure what serving itself takes.

use super::{Committed, Desk, DeskError, Embedded, Event, Making, Order};
use crate::ledger::Evidence;
use atelier_primitives::{ids::VersionId, work::Tier};
use atelier_referee::{
	claim::{State, StopReason, state_tree, token_tree},
	commit::{Bounded, Kind},
	hash::Portable,
};
use atelier_wire::{Offered, Refusal, Source};
use futures::{FutureExt, future::BoxFuture};
use std::{
	future::ready,
	task::{Context, Poll},
};

/// Offers one version.
pub struct Nothing(pub VersionId);

struct Counting {
	next: u32,
	limit: u32,
	cancelled: bool,
}

impl Desk for Nothing {
	fn offers(&self) -> Vec<Offered> {
		vec![Offered {
			version: self.0,
			tier: Tier::Exact,
			price: 1,
			embeds: false,
			vocabulary: 1 << 20,
			positions: 131_072,
			chat: false,
			stops: false,
			ends: Bounded::new(),
		}]
	}

	fn offer(&self, version: VersionId) -> Option<Offered> {
		self.offers().into_iter().find(|offer| offer.version == version)
	}

	fn tokenize(&self, _: VersionId, _: Source) -> BoxFuture<'_, Result<Vec<u32>, DeskError>> {
		ready(Err(DeskError::Refused {
			refusal: Refusal::NotTokenizable,
			fact: String::new(),
		}))
		.boxed()
	}

	fn answer(&self, order: &Order) -> Result<Box<dyn Making>, DeskError> {
		Ok(Box::new(Counting {
			next: 0,
			limit: order.request.limit,
			cancelled: false,
		}))
	}

	fn embed(&self, _: &Order) -> BoxFuture<'_, Result<Embedded, DeskError>> {
		ready(Err(DeskError::Failed)).boxed()
	}
}

impl Making for Counting {
	fn poll_event(&mut self, _: &mut Context<'_>) -> Poll<Result<Event, DeskError>> {
		Poll::Ready(match self.next {
			next if next == self.limit => Ok(Event::Done(StopReason::Limit)),
			_ if self.cancelled => Err(DeskError::Cancelled),
			token => {
				self.next = token.saturating_add(1);
				let text = " and".to_owned();
				Ok(Event::Token { token, text })
			}
		})
	}

	fn cancel(&mut self) {
		self.cancelled = true;
	}

	fn finish(self: Box<Self>, input: &[u32], tokens: &[u32]) -> Result<Committed, DeskError> {
		let positions = input
			.iter()
			.chain(tokens)
			.take((input.len() + tokens.len()).saturating_sub(1));
		let states: Vec<_> = positions
			.map(|token| State {
				token: *token,
				numbers: [7; 32],
			})
			.collect();
		let failed = |_| DeskError::Failed;
		Ok(Committed {
			answer: token_tree::<Portable>(Kind::Tokens, tokens)
				.map_err(failed)?
				.commitment(),
			state: state_tree::<Portable>(&states).map_err(failed)?.commitment(),
			evidence: Evidence::States(states),
		})
	}
}
