// SPDX-License-Identifier: Apache-2.0

//! Validators as processes on this machine, started by zombienet, killed and restarted by the tests.
//!
//! Zombienet's own `restart` kills (SIGKILL) and starts in one step, and its `pause` stops a process without ending it.
//! A crash with a pause before the restart is therefore made of two steps: a signal to the process id that zombienet
//! reports, and `restart` later, which finds the process dead, collects it and starts it anew in the same folder.

use crate::{
	Error,
	chain_spec::{self, CHAIN, Changes},
	node,
	rpc::Rpc,
	wait::{self, Seen},
};
use nix::{
	sys::signal::{Signal, kill},
	unistd::Pid,
};
use std::{path::PathBuf, time::Duration};
use zombienet_sdk::{
	AddNodeOptions, Arg, LocalFileSystem, Network, NetworkConfig, NetworkConfigBuilder, NetworkConfigExt, NetworkNode,
};

/// The validators of the `local` chain, in the order of its genesis. Zombienet derives each one's keys from its name.
pub const VALIDATORS: [&str; 4] = ["alice", "bob", "charlie", "dave"];

/// The session keys of the chain, as keystores name them: GRANDPA, BABE, authority discovery.
const SESSION_KEYS: [&str; 3] = ["gran", "babe", "audi"];

/// All nodes must be up in this time. A dev-profile node compiles the runtime first, five seconds on an idle machine.
const START_SECONDS: u32 = 180;
/// The same for one node that is started again.
const RESTART_LIMIT: Duration = Duration::from_secs(120);

/// A running network. Its processes end when it is dropped; its folder, with the logs, stays unless it is stopped.
pub struct LocalNetwork {
	network: Network<LocalFileSystem>,
	folder: PathBuf,
}

impl LocalNetwork {
	/// Starts the first `changes.validators` validators of the `local` chain in `folder`, which is emptied before.
	pub async fn start(folder: PathBuf, changes: Changes) -> Result<Self, Error> {
		let binary = node::binary()?;
		empty(&folder).await?;
		let spec = chain_spec::write(&binary, &folder, changes).await?;
		let names = VALIDATORS
			.get(..changes.validators)
			.ok_or(Error::SpecLacks("so many validators"))?;
		let config = config(&binary.to_string_lossy(), spec, folder.clone(), names)?;
		let network = config
			.spawn_native()
			.await
			.map_err(|error| Error::Zombienet(format!("{error}; the logs are in {}", folder.display())))?;
		tracing::info!("{} validators up, logs in {}", names.len(), folder.display());
		Ok(Self { network, folder })
	}

	/// JSON-RPC of a node.
	pub fn rpc(&self, name: &str) -> Result<Rpc, Error> {
		Ok(Rpc::new(name, self.node(name)?.ws_uri()))
	}

	/// Ends a node the hard way: SIGKILL, no chance to flush anything.
	pub fn kill(&self, name: &str) -> Result<(), Error> {
		let node = name.to_owned();
		// The native provider serialises its process handle as the process id, and offers it nowhere else.
		let pid = serde_json::to_value(self.node(name)?)?
			.pointer("/inner/process_handle")
			.and_then(serde_json::Value::as_i64)
			.and_then(|pid| i32::try_from(pid).ok())
			.filter(|pid| *pid > 1)
			.ok_or_else(|| Error::NoProcess { node: node.clone() })?;
		tracing::info!("killing {name} (process {pid})");
		kill(Pid::from_raw(pid), Signal::SIGKILL).map_err(|reason| Error::Kill { node, pid, reason })
	}

	/// Starts a killed node again, with its old database, and waits until it answers.
	pub async fn restart(&self, name: &str) -> Result<(), Error> {
		let node = self.node(name)?;
		node.restart(None)
			.await
			.map_err(|error| Error::Zombienet(error.to_string()))?;
		let rpc = self.rpc(name)?;
		wait::until(format!("{name} is back"), RESTART_LIMIT, async || {
			Ok(Seen::Yes(rpc.best().await?))
		})
		.await?;
		Ok(())
	}

	/// Adds a full node with an empty database that joins by warp sync, and waits until it runs.
	pub async fn join_by_warp_sync(&mut self, name: &str) -> Result<(), Error> {
		let mut args = arguments();
		args.push(("--sync", "warp").into());
		let options = AddNodeOptions {
			args,
			..Default::default()
		};
		self.network
			.add_node(name, options)
			.await
			.map_err(|error| Error::Zombienet(error.to_string()))
	}

	/// What a node has written to its log.
	pub async fn log(&self, name: &str) -> Result<String, Error> {
		self.node(name)?
			.logs()
			.await
			.map_err(|error| Error::Zombienet(error.to_string()))
	}

	/// Ends all nodes and removes their folder.
	pub async fn stop(self) -> Result<(), Error> {
		self.network
			.destroy()
			.await
			.map_err(|error| Error::Zombienet(error.to_string()))?;
		tokio::fs::remove_dir_all(&self.folder)
			.await
			.map_err(|source| Error::File {
				doing: "remove",
				path: self.folder,
				source,
			})
	}

	fn node(&self, name: &str) -> Result<&NetworkNode, Error> {
		self.network
			.get_node(name)
			.map_err(|error| Error::Zombienet(error.to_string()))
	}
}

/// What every node gets beside zombienet's own arguments.
fn arguments() -> Vec<Arg> {
	// Nodes meet through the bootnode of their own network, not through others that run on this machine.
	vec!["--no-mdns".into()]
}

fn config(binary: &str, spec: PathBuf, folder: PathBuf, names: &[&str]) -> Result<NetworkConfig, Error> {
	let (first, others) = names.split_first().ok_or(Error::SpecLacks("a validator"))?;
	NetworkConfigBuilder::new()
		.with_relaychain(|chain| {
			let chain = chain
				.with_chain(CHAIN)
				.with_default_command(binary)
				.with_default_args(arguments())
				.with_chain_spec_path(spec)
				.with_validator(|node| node.with_name(*first).with_keystore_key_types(SESSION_KEYS.to_vec()));
			others.iter().fold(chain, |chain, name| {
				chain.with_validator(|node| node.with_name(*name).with_keystore_key_types(SESSION_KEYS.to_vec()))
			})
		})
		.with_global_settings(|settings| {
			settings
				.with_base_dir(folder)
				.with_network_spawn_timeout(START_SECONDS)
				.with_node_spawn_timeout(START_SECONDS)
				// These tests take nodes down on purpose.
				.with_tear_down_on_failure(false)
		})
		.build()
		.map_err(|errors| {
			let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
			Error::Zombienet(errors.join("; "))
		})
}

async fn empty(folder: &PathBuf) -> Result<(), Error> {
	let failed = |doing| {
		move |source| Error::File {
			doing,
			path: folder.clone(),
			source,
		}
	};
	if folder.exists() {
		tokio::fs::remove_dir_all(folder).await.map_err(failed("empty"))?;
	}
	tokio::fs::create_dir_all(folder).await.map_err(failed("create"))
}
