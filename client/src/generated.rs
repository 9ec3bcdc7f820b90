// SPDX-License-Identifier: Apache-2.0

//! What is generated from the metadata, and which of our own types stand in it.

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
