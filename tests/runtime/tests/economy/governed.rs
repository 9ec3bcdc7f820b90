// SPDX-License-Identifier: Apache-2.0

//! The parameters that the strategies are tried with, and without.

use atelier_runtime::{
	Balance,
	parameters::{RuntimeParameters, disputes, jobs, workers},
};
use frame_support::traits::Get;
use pallet_workers::Deterrence;
use sp_runtime::Permill;

fn set(parameter: RuntimeParameters) {
	let root = frame_system::RawOrigin::Root.into();
	atelier_runtime::Parameters::set_parameter(root, parameter).expect("Root sets every parameter");
}

/// What auditors get of what is paid.
pub fn levy(part: Permill) {
	set(RuntimeParameters::Jobs(jobs::Parameters::Levy(jobs::Levy, Some(part))));
}

/// What the treasury gets of what is paid.
pub fn treasury_share(part: Permill) {
	set(RuntimeParameters::Jobs(jobs::Parameters::TreasuryShare(
		jobs::TreasuryShare,
		Some(part),
	)));
}

/// What an accusation is wagered on.
pub fn challenge_bond(amount: Balance) {
	set(RuntimeParameters::Disputes(disputes::Parameters::ChallengeBond(
		disputes::ChallengeBond,
		Some(amount),
	)));
	set(RuntimeParameters::Disputes(disputes::Parameters::BondPerMillionLeaves(
		disputes::BondPerMillionLeaves,
		Some(amount),
	)));
}

/// What a report costs that was made without looking.
pub fn lazy_audit_slash(part: Permill) {
	set(RuntimeParameters::Workers(workers::Parameters::LazyAuditSlash(
		workers::LazyAuditSlash,
		Some(part),
	)));
}

pub fn least_bond(amount: Balance) {
	set(RuntimeParameters::Workers(workers::Parameters::MinBond(
		workers::MinBond,
		Some(amount),
	)));
}

pub fn rules() -> Deterrence<Balance> {
	workers::DeterrenceRules::get()
}

pub fn set_rules(rules: Deterrence<Balance>) {
	set(RuntimeParameters::Workers(workers::Parameters::DeterrenceRules(
		workers::DeterrenceRules,
		Some(rules),
	)));
}

/// What the worth of lies is taken for when bonds are asked what they cover.
pub fn gain() -> f64 {
	rules().gain.to_float()
}
