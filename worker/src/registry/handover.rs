// SPDX-License-Identifier: Apache-2.0

//! A model or a dataset gets another owner, in two steps: the old one offers it, the new one accepts with a deposit of its
//! own.

use super::node;
use crate::output::Output;
use anyhow::Result;
use atelier_client::{AccountId, Wait};
use atelier_primitives::ids::{DatasetId, ModelId};
use clap::Args;
use serde_json::json;

/// What changes hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
	Model,
	Dataset,
}

impl Thing {
	fn name(self) -> &'static str {
		match self {
			Self::Model => "model",
			Self::Dataset => "dataset",
		}
	}
}

#[derive(Args)]
pub struct Offer {
	/// Its number.
	number: u32,
	/// Who may take it over. Without this nobody may any more.
	#[arg(long, value_name = "ACCOUNT", value_parser = node::account)]
	to: Option<AccountId>,
	#[command(flatten)]
	node: node::Node,
	#[command(flatten)]
	signer: node::Signer,
}

#[derive(Args)]
pub struct Accept {
	/// Its number.
	number: u32,
	#[command(flatten)]
	node: node::Node,
	#[command(flatten)]
	signer: node::Signer,
}

impl Offer {
	pub async fn run(self, thing: Thing, output: &Output) -> Result<()> {
		let key = self.signer.read()?;
		let chain = self.node.connect().await?;
		let acting = chain.acting(&key, Wait::Final);
		match thing {
			Thing::Model => acting.offer_model(ModelId(self.number), self.to).await?,
			Thing::Dataset => acting.offer_dataset(DatasetId(self.number), self.to).await?,
		}
		let to = self.to.map_or("nobody".into(), |to| to.to_string());
		output.result(
			&json!({ thing.name(): self.number, "offered": self.to }),
			&[(thing.name(), self.number.to_string()), ("offered", format!("to {to}"))],
		);
		Ok(())
	}
}

impl Accept {
	pub async fn run(self, thing: Thing, output: &Output) -> Result<()> {
		let key = self.signer.read()?;
		let chain = self.node.connect().await?;
		let acting = chain.acting(&key, Wait::Final);
		match thing {
			Thing::Model => acting.accept_model(ModelId(self.number)).await?,
			Thing::Dataset => acting.accept_dataset(DatasetId(self.number)).await?,
		}
		output.result(
			&json!({ thing.name(): self.number, "owner": key.account() }),
			&[
				(thing.name(), self.number.to_string()),
				("owner", key.account().to_string()),
			],
		);
		Ok(())
	}
}
