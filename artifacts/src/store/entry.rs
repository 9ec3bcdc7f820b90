// SPDX-License-Identifier: Apache-2.0

//! What is known of a blob: how long it is, who answers for it, who may read it.

use crate::Error;
use atelier_primitives::{BlockNumber, ids::VersionId, work::Work};
use codec::{Decode, Encode};
use iroh::EndpointId;
use std::collections::{BTreeMap, BTreeSet};

/// Longest name of a pin, in bytes.
pub const MAX_PIN_NAME: usize = 64;
/// Most pins of one blob, and most readers.
pub const MAX_PINS: usize = 64;
pub const MAX_READERS: usize = 256;

/// Why a blob stays, until whoever pinned it takes the pin away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Pin {
	/// A version of a model is offered with it.
	Model(VersionId),
	/// It is an input, an answer or a trace of a piece of work.
	Work(Work),
	/// The operator, or a program, has its own reason.
	Named(PinName),
}

/// A reason in words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct PinName(String);

impl PinName {
	pub fn new(name: impl Into<String>) -> Result<Self, Error> {
		let name = name.into();
		if name.len() > MAX_PIN_NAME {
			return Err(Error::PinTooLong { most: MAX_PIN_NAME });
		}
		Ok(Self(name))
	}

	pub fn as_str(&self) -> &str {
		&self.0
	}
}

/// Who may read what is private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
pub enum Reader {
	/// Whoever connects as this endpoint.
	Endpoint([u8; 32]),
	/// Whoever was introduced as the holder of this key: a voucher key, an auditor's account.
	Key([u8; 32]),
}

impl From<EndpointId> for Reader {
	fn from(id: EndpointId) -> Self {
		Self::Endpoint(*id.as_bytes())
	}
}

/// For how long a blob is kept from the moment that it is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
	/// As long as there is room.
	WhileRoom,
	/// Until the pin is taken away.
	Pinned(Pin),
	/// Up to and with this block, and then deleted.
	Until(BlockNumber),
}

/// A blob that is here, or is being fetched.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Entry {
	pub bytes: u64,
	/// All of it is here.
	pub complete: bool,
	/// The larger, the later it was asked for: what is evicted first has the smallest.
	pub age: u64,
	/// It is kept up to and with this block.
	pub keep_until: Option<BlockNumber>,
	pub pins: BTreeSet<Pin>,
	/// Anybody may read it.
	pub public: bool,
	/// Who may read it besides, each up to and with a block.
	pub readers: BTreeMap<Reader, BlockNumber>,
}

impl Entry {
	pub(crate) fn new(bytes: u64, complete: bool, age: u64) -> Self {
		Self {
			bytes,
			complete,
			age,
			keep_until: None,
			pins: BTreeSet::new(),
			public: false,
			readers: BTreeMap::new(),
		}
	}

	/// Adds what keeps it. A window is only ever made longer.
	pub(crate) fn keep(&mut self, keep: Keep) -> Result<(), Error> {
		match keep {
			Keep::WhileRoom => {}
			Keep::Pinned(pin) => {
				if self.pins.len() >= MAX_PINS && !self.pins.contains(&pin) {
					return Err(Error::TooMany {
						what: "pins",
						most: MAX_PINS,
					});
				}
				self.pins.insert(pin);
			}
			Keep::Until(block) => self.keep_until = self.keep_until.max(Some(block)),
		}
		Ok(())
	}
}
