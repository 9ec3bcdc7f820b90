// SPDX-License-Identifier: Apache-2.0

//! The typed client of the chain, for the worker, the gateway and tests: connects, asks, signs and submits.
//!
//! # Where to begin
//!
//! 1. [`Chain`] is a connection to one node. What is asked of it is asked of one block ([`At`]), so that several answers agree:
//!    who decides something takes [`Chain::finalised`] once, and asks everything there.
//! 2. What is said in such a block: [`Workers`], [`Jobs`] and [`Court`] of work; [`Models`] and [`Provenance`] of what is worked
//!    with; [`Rewards`] of what is owed to whom. Lists come whole, up to a bound ([`listing`]).
//! 3. [`Key`] signs. It comes from a file, never from a command line. It signs quotes and vouchers, too, which are no
//!    transactions ([`Key::sign_quote`], [`Key::sign_voucher`]).
//! 4. [`Acting`] is an account that makes calls: a method for each, beside what can be asked of the same registry. It answers with
//!    what the call did. A refusal names pallet and error ([`Error::Refused`]).
//! 5. [`events`] are what happened to workers, sessions, jobs and disputes in a block, or by a call.
//!
//! # For programs that run for long
//!
//! - [`Nodes`] are several nodes of one chain; one is used at a time, and the next if it fails.
//! - [`Finals`] give every final block once, in its order, whichever node lives. Who keeps the [`Position`] of the last that it
//!   dealt with, at the same moment as what it made of it, goes on there after a restart. [`Following`] is the same for who does
//!   nothing else meanwhile.
//! - [`Outbox`] has many calls of one account on their way at once, each carried out at most once ([`Outbox::acting`]). Four
//!   errors say how sure it is: [`Error::NotIncluded`], no block has it nor ever will; [`Error::Refused`], a final block has it,
//!   and it did nothing; [`Error::Unseen`] and [`Error::Uncertain`], it may have been carried out: look before doing it again.
//!   An account belongs to one outbox: two programs do not share a key.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use atelier_client::{Final, Finals, Jobs, Key, Nodes, Outbox, Workers, events::Event};
//! use std::{path::Path, sync::Arc};
//!
//! let nodes = Arc::new(Nodes::new(["wss://one.example".into(), "wss://two.example".into()], None)?);
//! let (outbox, _task) = Outbox::open(nodes.clone(), Key::read(Path::new("worker.key"))?);
//! outbox.acting().heartbeat().await?;
//! let at = nodes.chain().await?.finalised().await?;
//! let me = Workers(&at).of(outbox.account()).await?.ok_or("no worker")?;
//! let mut finals = Finals::after(nodes, None);
//! while let Some(next) = finals.next().await {
//!     let Final::Block(block) = next? else { continue };
//!     for event in block.work()? {
//!         match event {
//!             Event::JobAssigned { job, worker, .. } if worker == me => {
//!                 let job = Jobs(&block.at).job(job).await?;
//!                 println!("{job:?}");
//!             }
//!             _ => {}
//!         }
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What it is made from
//!
//! Nobody else decodes what the chain says. Calls and views are generated ([`runtime`]) from the part of the runtime's metadata in
//! `metadata/runtime.scale`; a test of the runtime tells when it is out of date (`scripts/client-metadata` writes it). What both
//! sides speak of is `atelier-primitives` ([`primitives`]) and `atelier-referee` ([`referee`]): their types stand in for the
//! generated ones, whose encoding is the same. What only pallets have is written here again, and a test compares it with the
//! metadata. Each question and each call carries a hash of its types, which a chain that has others does not match
//! ([`Error::OtherRuntime`]).

mod acting;
mod asking;
mod chain;
pub mod deposits;
pub mod disputes;
#[cfg(test)]
mod encodings;
mod error;
pub mod events;
#[cfg(test)]
mod fakes;
mod following;
mod generated;
pub mod jobs;
mod key;
pub mod listing;
mod models;
mod nodes;
mod outbox;
mod provenance;
mod publishing;
mod rewards;
mod submit;
pub mod workers;

pub use atelier_primitives as primitives;
pub use atelier_referee as referee;

pub use acting::Acting;
pub use chain::{At, Chain, Config, Funds, Hash};
pub use disputes::Court;
pub use error::{Error, Refusal};
pub use following::{Block, Final, Finals, Following, Position};
pub use generated::runtime;
pub use jobs::Jobs;
pub use key::{AccountId, Key, Signature};
pub use models::Models;
pub use nodes::{MAX_NODES, Nodes};
pub use outbox::Outbox;
pub use provenance::Provenance;
pub use publishing::{Promised, Published, Step};
pub use rewards::Rewards;
pub use submit::{Included, Wait};
pub use workers::Workers;

/// Money as the chain counts it: 10^12 units are one token.
pub type Balance = u128;

/// What its maker states of a version.
pub type Publication = atelier_primitives::models::Publication<Balance>;
