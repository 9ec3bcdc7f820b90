// SPDX-License-Identifier: Apache-2.0

//! `atelier-worker rewards`: what pots hold, and who was paid what from which of them.

use super::{amount, node, share, wait};
use crate::output::Output;
use anyhow::{Result, bail};
use atelier_client::{AccountId, Balance, Rewards, Wait};
use atelier_primitives::{
	ids::{DatasetId, VersionId},
	pots::Pot,
	views::rewards::{Passed, PendingView, PotView},
};
use clap::Subcommand;
use serde_json::{Value, json};

#[derive(Subcommand)]
pub enum Command {
	/// Shows a pot, how it is divided, and what a division would give to whom now.
	Show {
		/// version:ID or dataset:ID.
		#[arg(value_parser = pot)]
		pot: Pot,
		#[command(flatten)]
		node: node::Node,
	},
	/// Says why an account was paid: from which pots, which part of what.
	Explain {
		#[arg(value_parser = node::account)]
		account: AccountId,
		/// By default the one that runs.
		#[arg(long)]
		era: Option<u32>,
		#[command(flatten)]
		node: node::Node,
	},
	/// Gives to a pot. Nothing of it comes back.
	Tip {
		/// version:ID or dataset:ID.
		#[arg(value_parser = pot)]
		pot: Pot,
		/// In ATL.
		#[arg(value_parser = amount::parse)]
		amount: Balance,
		#[command(flatten)]
		node: node::Node,
		#[command(flatten)]
		signer: node::Signer,
	},
	/// Has a pot divided now. Anybody may.
	Distribute {
		/// version:ID or dataset:ID.
		#[arg(value_parser = pot)]
		pot: Pot,
		#[command(flatten)]
		node: node::Node,
		#[command(flatten)]
		signer: node::Signer,
	},
	/// Gets what could not be paid before.
	Claim {
		/// For another account than the signer's.
		#[arg(long = "for", value_name = "ACCOUNT", value_parser = node::account)]
		who: Option<AccountId>,
		#[command(flatten)]
		node: node::Node,
		#[command(flatten)]
		signer: node::Signer,
	},
}

/// A pot of a command line.
fn pot(text: &str) -> Result<Pot, String> {
	let wrong = || "version:ID or dataset:ID".to_string();
	let (kind, number) = text.split_once(':').ok_or_else(wrong)?;
	let number = number.parse().map_err(|_| wrong())?;
	match kind {
		"version" => Ok(Pot::Version(VersionId(number))),
		"dataset" => Ok(Pot::Dataset(DatasetId(number))),
		_ => Err(wrong()),
	}
}

/// A pot as it is written in command lines.
pub fn pot_text(pot: Pot) -> String {
	match pot {
		Pot::Version(version) => format!("version:{version}"),
		Pot::Dataset(dataset) => format!("dataset:{dataset}"),
	}
}

impl Command {
	pub fn run(self, output: &Output) -> Result<()> {
		match self {
			Self::Show { pot, node } => wait(show(pot, node, output)),
			Self::Explain { account, era, node } => wait(explain(account, era, node, output)),
			Self::Tip {
				pot,
				amount,
				node,
				signer,
			} => wait(tip(pot, amount, node, signer, output)),
			Self::Distribute { pot, node, signer } => wait(distribute(pot, node, signer, output)),
			Self::Claim { who, node, signer } => wait(claim(who, node, signer, output)),
		}
	}
}

async fn show(wanted: Pot, node: node::Node, output: &Output) -> Result<()> {
	let chain = node.connect().await?;
	let at = chain.finalised().await?;
	let rewards = Rewards(&at);
	let Some(view) = rewards.pot(wanted).await? else {
		bail!("there is no {}", pot_text(wanted));
	};
	let pending = rewards.pending(wanted).await?;
	let waits = rewards.claimable(view.owner).await?;
	output.report(
		&pot_json(wanted, &view, pending.as_ref(), waits),
		&lines(wanted, &view, pending.as_ref(), waits),
	);
	Ok(())
}

fn pot_json(
	pot: Pot,
	view: &PotView<AccountId, Balance>,
	pending: Option<&PendingView<AccountId, Balance>>,
	waits: Balance,
) -> Value {
	let shares = view.shares.iter().map(|share| {
		json!({
			"pot": pot_text(share.pot), "share": share::text(share.part), "passed": amount::text(share.passed),
		})
	});
	json!({
		"pot": pot_text(pot), "owner": view.owner, "frozen": view.frozen, "queued": view.queued,
		"held": amount::text(view.held), "received": amount::text(view.received),
		"earned": amount::text(view.earned), "passed": amount::text(view.passed), "ownerClaimable": amount::text(waits),
		"shares": shares.collect::<Vec<_>>(),
		"pending": pending.map(|pending| json!({
			"earned": amount::text(pending.earned), "passed": passed_json(&pending.passed),
			"stays": amount::text(pending.stays),
		})),
	})
}

fn passed_json(passed: &[Passed<Balance>]) -> Vec<Value> {
	passed
		.iter()
		.map(|passed| json!({ "pot": pot_text(passed.pot), "amount": amount::text(passed.amount) }))
		.collect()
}

fn lines(
	pot: Pot,
	view: &PotView<AccountId, Balance>,
	pending: Option<&PendingView<AccountId, Balance>>,
	waits: Balance,
) -> String {
	let mut lines = vec![
		format!("pot       {}", pot_text(pot)),
		format!("owner     {}", view.owner),
		format!(
			"holds     {}{}{}",
			amount::named(view.held),
			if view.frozen {
				", frozen: it is disputed whose it is"
			} else {
				""
			},
			if view.queued { ", waits for its division" } else { "" }
		),
		format!(
			"received  {}, of which {} went to its owners and {} to other pots",
			amount::named(view.received),
			amount::named(view.earned),
			amount::named(view.passed)
		),
	];
	for share in &view.shares {
		lines.push(format!(
			"share     {}% to {}, {} so far",
			share::text(share.part),
			pot_text(share.pot),
			amount::named(share.passed)
		));
	}
	if let Some(pending) = pending.filter(|pending| pending.earned > 0 || !pending.passed.is_empty()) {
		lines.push(format!("now       {} to its owner", amount::named(pending.earned)));
		for passed in &pending.passed {
			lines.push(format!(
				"          {} to {}",
				amount::named(passed.amount),
				pot_text(passed.pot)
			));
		}
	}
	if waits > 0 {
		lines.push(format!(
			"waits     {} for its owner: rewards claim",
			amount::named(waits)
		));
	}
	lines.join("\n")
}

async fn explain(account: AccountId, era: Option<u32>, node: node::Node, output: &Output) -> Result<()> {
	let chain = node.connect().await?;
	let at = chain.finalised().await?;
	let rewards = Rewards(&at);
	let eras = rewards.eras().await?;
	let era = era.unwrap_or(eras.current);
	let Some(said) = rewards.explain(account, era).await? else {
		bail!(
			"era {era} is not explained: those from {} to {} are",
			eras.oldest,
			eras.current
		);
	};
	let waits = rewards.claimable(account).await?;
	let sources = said.sources.iter().map(|source| {
		json!({
			"pot": pot_text(source.pot), "divided": amount::text(source.divided),
			"earned": amount::text(source.earned), "part": share::text(source.part),
		})
	});
	let value = json!({
		"account": account, "era": era, "earned": amount::text(said.earned), "claimable": amount::text(waits),
		"sources": sources.collect::<Vec<_>>(), "more": said.next.is_some(),
		"eras": { "oldest": eras.oldest, "current": eras.current, "began": eras.began, "length": eras.length },
	});
	let mut lines = vec![format!("era {era}: {} earned", amount::named(said.earned))];
	for source in &said.sources {
		lines.push(format!(
			"  {} from {}: {}% of the {} that were divided",
			amount::named(source.earned),
			pot_text(source.pot),
			share::text(source.part),
			amount::named(source.divided)
		));
	}
	if said.next.is_some() {
		lines.push("  and more".into());
	}
	if waits > 0 {
		lines.push(format!("{} wait: rewards claim", amount::named(waits)));
	}
	output.report(&value, &lines.join("\n"));
	Ok(())
}

async fn tip(to: Pot, given: Balance, node: node::Node, signer: node::Signer, output: &Output) -> Result<()> {
	let key = signer.read()?;
	let chain = node.connect().await?;
	chain.acting(&key, Wait::Final).tip(to, given).await?;
	output.result(
		&json!({ "pot": pot_text(to), "given": amount::text(given) }),
		&[("pot", pot_text(to)), ("given", amount::named(given))],
	);
	Ok(())
}

async fn distribute(wanted: Pot, node: node::Node, signer: node::Signer, output: &Output) -> Result<()> {
	let key = signer.read()?;
	let chain = node.connect().await?;
	let divided = chain.acting(&key, Wait::Final).distribute(wanted).await?;
	let mut lines = vec![
		("pot", pot_text(wanted)),
		("divided", amount::named(divided.divided)),
		(
			"owner",
			format!("{} to {}", amount::named(divided.earned), divided.owner),
		),
	];
	for passed in &divided.passed {
		lines.push((
			"passed",
			format!("{} to {}", amount::named(passed.amount), pot_text(passed.pot)),
		));
	}
	output.result(
		&json!({
			"pot": pot_text(wanted), "divided": amount::text(divided.divided), "owner": divided.owner,
			"earned": amount::text(divided.earned), "passed": passed_json(&divided.passed),
		}),
		&lines,
	);
	Ok(())
}

async fn claim(who: Option<AccountId>, node: node::Node, signer: node::Signer, output: &Output) -> Result<()> {
	let key = signer.read()?;
	let chain = node.connect().await?;
	let paid = chain.acting(&key, Wait::Final).claim(who).await?;
	let who = who.unwrap_or(key.account());
	output.result(
		&json!({ "account": who, "paid": amount::text(paid) }),
		&[("paid", format!("{} to {who}", amount::named(paid)))],
	);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn pots_are_versions_or_datasets() {
		for read in [Pot::Version(VersionId(3)), Pot::Dataset(DatasetId(0))] {
			assert_eq!(pot(&pot_text(read)), Ok(read));
		}
		for text in [
			"",
			"3",
			"version",
			"version:",
			"version:x",
			"model:3",
			"dataset:-1",
			"Version:3",
		] {
			assert!(pot(text).is_err(), "{text}");
		}
	}
}
