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
pub use error::{Error, Refusal};
pub use following::{Block, Final, Finals, Following, Position};
pub use disputes::Court;
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

/// Calls, views, events and constants of the chain.
#[allow(missing_docs, clippy::all, rust_2018_idioms)]
#[subxt::subxt(
	runtime_metadata_path = "metadata/runtime.scale",
	substitute_type(
		path = "atelier_primitives::attestations::About",
		with = "::subxt::utils::Static<::atelier_primitives::attestations::About<::subxt::utils::AccountId32>>"
	),
	substitute_type(
		path = "atelier_primitives::attestations::Statement",
		with = "::subxt::utils::Static<::atelier_primitives::attestations::Statement<::std::vec::Vec<u8>>>"
	),
	substitute_type(
		path = "atelier_primitives::datasets::Facts",
		with = "::subxt::utils::Static<::atelier_primitives::datasets::Facts<::std::vec::Vec<u8>>>"
	),
	substitute_type(
		path = "atelier_primitives::ids::AttestationId",
		with = "::subxt::utils::Static<::atelier_primitives::ids::AttestationId>"
	),
	substitute_type(
		path = "atelier_primitives::ids::DatasetId",
		with = "::subxt::utils::Static<::atelier_primitives::ids::DatasetId>"
	),
	substitute_type(
		path = "atelier_primitives::ids::DisputeId",
		with = "::subxt::utils::Static<::atelier_primitives::ids::DisputeId>"
	),
	substitute_type(
		path = "atelier_primitives::ids::JobId",
		with = "::subxt::utils::Static<::atelier_primitives::ids::JobId>"
	),
	substitute_type(
		path = "atelier_primitives::ids::ModelId",
		with = "::subxt::utils::Static<::atelier_primitives::ids::ModelId>"
	),
	substitute_type(
		path = "atelier_primitives::ids::SchemaId",
		with = "::subxt::utils::Static<::atelier_primitives::ids::SchemaId>"
	),
	substitute_type(
		path = "atelier_primitives::ids::SessionId",
		with = "::subxt::utils::Static<::atelier_primitives::ids::SessionId>"
	),
	substitute_type(
		path = "atelier_primitives::ids::Subject",
		with = "::subxt::utils::Static<::atelier_primitives::ids::Subject<::subxt::utils::AccountId32>>"
	),
	substitute_type(
		path = "atelier_primitives::ids::VersionId",
		with = "::subxt::utils::Static<::atelier_primitives::ids::VersionId>"
	),
	substitute_type(
		path = "atelier_primitives::ids::WorkerId",
		with = "::subxt::utils::Static<::atelier_primitives::ids::WorkerId>"
	),
	substitute_type(
		path = "atelier_primitives::lineage::Consent",
		with = "::subxt::utils::Static<::atelier_primitives::lineage::Consent>"
	),
	substitute_type(
		path = "atelier_primitives::lineage::Flag",
		with = "::subxt::utils::Static<::atelier_primitives::lineage::Flag>"
	),
	substitute_type(
		path = "atelier_primitives::models::Allowed",
		with = "::subxt::utils::Static<::atelier_primitives::models::Allowed<::subxt::utils::AccountId32, u128>>"
	),
	substitute_type(
		path = "atelier_primitives::models::Publication",
		with = "::subxt::utils::Static<::atelier_primitives::models::Publication<u128>>"
	),
	substitute_type(
		path = "atelier_primitives::models::Refused",
		with = "::subxt::utils::Static<::atelier_primitives::models::Refused>"
	),
	substitute_type(
		path = "atelier_primitives::pots::Pot",
		with = "::subxt::utils::Static<::atelier_primitives::pots::Pot>"
	),
	substitute_type(
		path = "atelier_primitives::terms::Use",
		with = "::subxt::utils::Static<::atelier_primitives::terms::Use>"
	),
	substitute_type(
		path = "atelier_primitives::views::disputes::AuditView",
		with = "::subxt::utils::Static<::atelier_primitives::views::disputes::AuditView<::subxt::utils::AccountId32, u128>>"
	),
	substitute_type(
		path = "atelier_primitives::views::disputes::CourtView",
		with = "::subxt::utils::Static<::atelier_primitives::views::disputes::CourtView<u128>>"
	),
	substitute_type(
		path = "atelier_primitives::views::disputes::DisputeView",
		with = "::subxt::utils::Static<::atelier_primitives::views::disputes::DisputeView<::subxt::utils::AccountId32, u128>>"
	),
	substitute_type(
		path = "atelier_primitives::views::disputes::DutyView",
		with = "::subxt::utils::Static<::atelier_primitives::views::disputes::DutyView<::subxt::utils::AccountId32, u128>>"
	),
	substitute_type(
		path = "atelier_primitives::views::disputes::InquiryView",
		with = "::subxt::utils::Static<::atelier_primitives::views::disputes::InquiryView<::subxt::utils::AccountId32, u128>>"
	),
	substitute_type(
		path = "atelier_primitives::views::disputes::ReportView",
		with = "::subxt::utils::Static<::atelier_primitives::views::disputes::ReportView>"
	),
	substitute_type(
		path = "atelier_primitives::views::jobs::GrantView",
		with = "::subxt::utils::Static<::atelier_primitives::views::jobs::GrantView<u128>>"
	),
	substitute_type(
		path = "atelier_primitives::views::jobs::JobView",
		with = "::subxt::utils::Static<::atelier_primitives::views::jobs::JobView<::subxt::utils::AccountId32, u128>>"
	),
	substitute_type(
		path = "atelier_primitives::views::jobs::SessionView",
		with = "::subxt::utils::Static<::atelier_primitives::views::jobs::SessionView<::subxt::utils::AccountId32, u128>>"
	),
	substitute_type(
		path = "atelier_primitives::views::models::ContestView",
		with = "::subxt::utils::Static<::atelier_primitives::views::models::ContestView>"
	),
	substitute_type(
		path = "atelier_primitives::views::models::LineageView",
		with = "::subxt::utils::Static<::atelier_primitives::views::models::LineageView>"
	),
	substitute_type(
		path = "atelier_primitives::views::models::ModelView",
		with = "::subxt::utils::Static<::atelier_primitives::views::models::ModelView<::subxt::utils::AccountId32>>"
	),
	substitute_type(
		path = "atelier_primitives::views::models::VersionView",
		with = "::subxt::utils::Static<::atelier_primitives::views::models::VersionView<u128>>"
	),
	substitute_type(
		path = "atelier_primitives::views::provenance::AttestationView",
		with = "::subxt::utils::Static<::atelier_primitives::views::provenance::AttestationView<::subxt::utils::AccountId32>>"
	),
	substitute_type(
		path = "atelier_primitives::views::provenance::DatasetView",
		with = "::subxt::utils::Static<::atelier_primitives::views::provenance::DatasetView<::subxt::utils::AccountId32>>"
	),
	substitute_type(
		path = "atelier_primitives::views::provenance::SchemaView",
		with = "::subxt::utils::Static<::atelier_primitives::views::provenance::SchemaView<::subxt::utils::AccountId32>>"
	),
	substitute_type(
		path = "atelier_primitives::views::rewards::ErasView",
		with = "::subxt::utils::Static<::atelier_primitives::views::rewards::ErasView<u32>>"
	),
	substitute_type(
		path = "atelier_primitives::views::rewards::ExplanationView",
		with = "::subxt::utils::Static<::atelier_primitives::views::rewards::ExplanationView<u128>>"
	),
	substitute_type(
		path = "atelier_primitives::views::rewards::Passed",
		with = "::subxt::utils::Static<::atelier_primitives::views::rewards::Passed<u128>>"
	),
	substitute_type(
		path = "atelier_primitives::views::rewards::PendingView",
		with = "::subxt::utils::Static<::atelier_primitives::views::rewards::PendingView<::subxt::utils::AccountId32, u128>>"
	),
	substitute_type(
		path = "atelier_primitives::views::rewards::PotView",
		with = "::subxt::utils::Static<::atelier_primitives::views::rewards::PotView<::subxt::utils::AccountId32, u128>>"
	),
	substitute_type(
		path = "atelier_primitives::views::workers::HostsView",
		with = "::subxt::utils::Static<::atelier_primitives::views::workers::HostsView>"
	),
	substitute_type(
		path = "atelier_primitives::views::workers::OfferView",
		with = "::subxt::utils::Static<::atelier_primitives::views::workers::OfferView<u128>>"
	),
	substitute_type(
		path = "atelier_primitives::views::workers::SlashView",
		with = "::subxt::utils::Static<::atelier_primitives::views::workers::SlashView<::subxt::utils::AccountId32>>"
	),
	substitute_type(
		path = "atelier_primitives::views::workers::WorkerView",
		with = "::subxt::utils::Static<::atelier_primitives::views::workers::WorkerView<::subxt::utils::AccountId32, u128>>"
	),
	substitute_type(
		path = "atelier_primitives::work::Work",
		with = "::subxt::utils::Static<::atelier_primitives::work::Work>"
	),
	substitute_type(
		path = "atelier_primitives::work::audits::Drawing",
		with = "::subxt::utils::Static<::atelier_primitives::work::audits::Drawing<u128>>"
	),
	substitute_type(
		path = "atelier_primitives::work::draw::Lot",
		with = "::subxt::utils::Static<::atelier_primitives::work::draw::Lot>"
	),
	substitute_type(
		path = "atelier_primitives::work::voucher::Quote",
		with = "::subxt::utils::Static<::atelier_primitives::work::voucher::Quote<::subxt::utils::AccountId32, u128>>"
	),
	substitute_type(
		path = "atelier_primitives::work::workers::Fault",
		with = "::subxt::utils::Static<::atelier_primitives::work::workers::Fault>"
	),
	substitute_type(
		path = "atelier_primitives::work::workers::Keys",
		with = "::subxt::utils::Static<::atelier_primitives::work::workers::Keys<::subxt::utils::AccountId32>>"
	),
	substitute_type(
		path = "atelier_primitives::work::workers::Offer",
		with = "::subxt::utils::Static<::atelier_primitives::work::workers::Offer<u128>>"
	),
	substitute_type(
		path = "atelier_referee::claim::Claim",
		with = "::subxt::utils::Static<::atelier_referee::claim::Claim>"
	),
	substitute_type(
		path = "atelier_referee::commit::mountain::Root",
		with = "::subxt::utils::Static<::atelier_referee::commit::mountain::Root>"
	),
	substitute_type(
		path = "atelier_referee::commit::proof::RangesProof",
		with = "::subxt::utils::Static<::atelier_referee::commit::RangesProof>"
	),
	substitute_type(
		path = "atelier_referee::commit::tree::Commitment",
		with = "::subxt::utils::Static<::atelier_referee::commit::Commitment>"
	),
	substitute_type(
		path = "atelier_referee::dispute::charge::Charge",
		with = "::subxt::utils::Static<::atelier_referee::dispute::Charge>"
	),
	substitute_type(
		path = "atelier_referee::dispute::evidence::Evidence",
		with = "::subxt::utils::Static<::atelier_referee::dispute::Evidence>"
	),
	substitute_type(
		path = "atelier_referee::dispute::game::Game",
		with = "::subxt::utils::Static<::atelier_referee::dispute::Game>"
	),
	substitute_type(
		path = "atelier_referee::dispute::game::Move",
		with = "::subxt::utils::Static<::atelier_referee::dispute::Move>"
	),
	substitute_type(
		path = "atelier_referee::dispute::game::Party",
		with = "::subxt::utils::Static<::atelier_referee::dispute::Party>"
	),
	substitute_type(
		path = "pallet_disputes::types::Exhibit",
		with = "::subxt::utils::Static<crate::disputes::Exhibit>"
	),
	substitute_type(
		path = "pallet_disputes::types::Opinion",
		with = "::subxt::utils::Static<crate::disputes::Opinion>"
	),
	substitute_type(
		path = "pallet_disputes::types::Owed",
		with = "::subxt::utils::Static<crate::disputes::Owed>"
	),
	substitute_type(
		path = "pallet_disputes::types::Served",
		with = "::subxt::utils::Static<crate::disputes::Served>"
	),
	substitute_type(
		path = "pallet_disputes::types::Shown",
		with = "::subxt::utils::Static<crate::disputes::Shown>"
	),
	substitute_type(
		path = "pallet_disputes::types::Unserved",
		with = "::subxt::utils::Static<crate::disputes::Unserved>"
	),
	substitute_type(
		path = "pallet_jobs::types::Ending",
		with = "::subxt::utils::Static<crate::jobs::Ending>"
	),
	substitute_type(
		path = "pallet_jobs::types::Opening",
		with = "::subxt::utils::Static<crate::jobs::Opening>"
	),
	substitute_type(
		path = "pallet_jobs::types::Order",
		with = "::subxt::utils::Static<crate::jobs::Order>"
	),
	substitute_type(
		path = "pallet_jobs::types::Sealed",
		with = "::subxt::utils::Static<crate::jobs::Sealed>"
	),
	substitute_type(
		path = "pallet_jobs::types::Signed",
		with = "::subxt::utils::Static<crate::jobs::SignedVoucher>"
	),
	substitute_type(path = "sp_runtime::MultiSignature", with = "::subxt::utils::MultiSignature")
)]
pub mod runtime {}
