// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Carries out what the command line asks for.

use crate::{
	cli::{Cli, Command},
	error::Error,
	preflight,
	rpc::limits,
	service::{self, Block, BlockNumber},
};
use futures::TryFutureExt;
use sc_cli::{CliConfiguration, SubstrateCli};
use sc_client_db::DatabaseSource;
use sc_service::{Configuration, PartialComponents, TaskManager};
use std::{future::Future, sync::Arc};

/// Reads the command line and carries it out.
pub fn run() -> Result<(), Error> {
	let cli = Cli::from_process();
	match &cli.command {
		None => run_node(&cli),
		Some(Command::Key(command)) => Ok(command.run(&cli)?),
		Some(Command::ExportChainSpec(command)) => {
			Ok(command.run(cli.load_spec(&command.chain).map_err(sc_cli::Error::Input)?)?)
		}
		Some(Command::CheckBlock(command)) => {
			importing(&cli, command, |client, import_queue| command.run(client, import_queue))
		}
		Some(Command::ImportBlocks(command)) => {
			importing(&cli, command, |client, import_queue| command.run(client, import_queue))
		}
		Some(Command::ExportBlocks(command)) => {
			on_stored(&cli, command, |client, _, database| command.run(client, database))
		}
		Some(Command::Revert(command)) => on_stored(&cli, command, |client, backend, _| {
			command.run(client, backend, Some(Box::new(revert_consensus)))
		}),
		Some(Command::PurgeChain(command)) => cli.create_runner(command)?.sync_run(|config| {
			preflight::database_is_free(&config.database)?;
			Ok(command.run(config.database)?)
		}),
		Some(Command::ChainInfo(command)) => cli.create_runner(command)?.sync_run(|config| {
			preflight::database_is_free(&config.database)?;
			Ok(command.run::<Block>(&config)?)
		}),
	}
}

fn run_node(cli: &Cli) -> Result<(), Error> {
	let mut runner = cli.create_runner(&cli.run.node)?;
	let own_endpoints = !cli.run.node.rpc_params.experimental_rpc_endpoint.is_empty();
	limits::enforce(&mut runner.config_mut().rpc, own_endpoints);

	let storage = cli.run.storage.clone();
	let database = runner.config().database.clone();
	preflight::disk_has_space(&storage, &database)?;
	preflight::database_is_free(&database)?;
	preflight::ports_are_free(runner.config())?;

	runner
		.run_node_until_exit(|config| service::start(config, storage.clone()))
		.map_err(|error| match error {
			Error::Service(reason) if is_essential_task(&reason) => {
				// The storage monitor is such a task: it ends when space runs out.
				match preflight::disk_has_space(&storage, &database) {
					Err(full) => full,
					Ok(()) => Error::EssentialTask,
				}
			}
			error => error,
		})
}

fn is_essential_task(error: &sc_service::Error) -> bool {
	matches!(error, sc_service::Error::Other(text) if text == "Essential task failed.")
}

/// The stored chain, opened for a command.
struct Stored {
	client: Arc<service::Client>,
	backend: Arc<service::Backend>,
	database: DatabaseSource,
	import_queue: service::ImportQueue,
	tasks: TaskManager,
}

fn open(config: Configuration) -> Result<Stored, Error> {
	preflight::database_is_free(&config.database)?;
	let PartialComponents {
		client,
		backend,
		mut task_manager,
		import_queue,
		transaction_pool,
		other: consensus,
		..
	} = service::partial(&config)?;
	// Without these, tasks that the command does not use would end, and report that as a failure.
	task_manager.keep_alive((consensus, transaction_pool));
	Ok(Stored {
		client,
		backend,
		database: config.database,
		import_queue,
		tasks: task_manager,
	})
}

/// Runs a command that imports blocks.
fn importing<F: Future<Output = sc_cli::Result<()>>>(
	cli: &Cli,
	command: &impl CliConfiguration,
	run: impl FnOnce(Arc<service::Client>, service::ImportQueue) -> F,
) -> Result<(), Error> {
	cli.create_runner(command)?.async_run(|config| {
		let stored = open(config)?;
		let work = run(stored.client, stored.import_queue).map_err(Error::from);
		Ok((work, stored.tasks))
	})
}

/// Runs a command that only reads or takes back what is stored.
fn on_stored<F: Future<Output = sc_cli::Result<()>>>(
	cli: &Cli,
	command: &impl CliConfiguration,
	run: impl FnOnce(Arc<service::Client>, Arc<service::Backend>, DatabaseSource) -> F,
) -> Result<(), Error> {
	cli.create_runner(command)?.async_run(|config| {
		let mut stored = open(config)?;
		stored.tasks.keep_alive(stored.import_queue);
		let work = run(stored.client, stored.backend, stored.database).map_err(Error::from);
		Ok((work, stored.tasks))
	})
}

fn revert_consensus(
	client: Arc<service::Client>,
	backend: Arc<service::Backend>,
	blocks: BlockNumber,
) -> sc_cli::Result<()> {
	// BABE's data refers to blocks that GRANDPA's revert no longer finds.
	sc_consensus_babe::revert(client.clone(), backend, blocks)?;
	sc_consensus_grandpa::revert(client, blocks)?;
	Ok(())
}
