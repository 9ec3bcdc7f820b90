// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! What runs beside every node: the pool follows the chain, and the node tells how it is (metrics, telemetry, log).

use super::{Block, Client, Hash, TransactionPool};
use crate::error::Error;
use sc_network::service::traits::NetworkService;
use sc_network_sync::SyncingService;
use sc_network_transactions::TransactionsHandlerController;
use sc_service::{Configuration, MetricsService, TaskManager, config::PrometheusConfig};
use sc_telemetry::{Telemetry, TelemetryHandle};
use std::sync::Arc;

/// What the tasks work with.
pub struct Needs<'a> {
	/// The command line, as the SDK reads it.
	pub config: &'a Configuration,
	/// The chain.
	pub client: &'a Arc<Client>,
	/// Transactions that wait.
	pub pool: &'a Arc<TransactionPool>,
	/// Peers.
	pub network: &'a Arc<dyn NetworkService>,
	/// Block sync.
	pub sync: &'a Arc<SyncingService<Block>>,
	/// Passes transactions on.
	pub transactions: TransactionsHandlerController<Hash>,
	/// Reports to telemetry servers.
	pub telemetry: Option<&'a mut Telemetry>,
	/// Runs what is started.
	pub tasks: &'a TaskManager,
}

/// Starts the tasks.
pub fn start(needs: Needs<'_>) -> Result<(), Error> {
	let Needs {
		config,
		client,
		pool,
		network,
		sync,
		transactions,
		telemetry,
		tasks,
	} = needs;
	let spawner = tasks.spawn_handle();

	let machine = sc_sysinfo::gather_sysinfo();
	sc_sysinfo::print_sysinfo(&machine);
	let telemetry = telemetry
		.map(|telemetry| announce(config, client, network, telemetry, machine))
		.transpose()?;

	let pool_name = Some("transaction-pool");
	let all_blocks = config.transaction_pool.use_all_block_notifications();
	let follow = sc_transaction_pool::notification_future(client.clone(), pool.clone(), all_blocks);
	spawner.spawn("txpool-notifications", pool_name, follow);
	let pass_on =
		sc_service::propagate_transaction_notifications::<Block, _>(pool.clone(), transactions, telemetry.clone());
	spawner.spawn("on-transaction-imported", pool_name, pass_on);

	let metrics = match &config.prometheus_config {
		None => MetricsService::new(telemetry),
		Some(PrometheusConfig {
			port: address,
			registry,
		}) => {
			let serve = prometheus_endpoint::init_prometheus(*address, registry.clone());
			spawner.spawn("prometheus-endpoint", None, async move {
				if let Err(reason) = serve.await {
					log::error!("metrics are not served: {reason}");
				}
			});
			MetricsService::with_prometheus(
				telemetry,
				registry,
				config.role,
				&config.network.node_name,
				&config.impl_version,
			)
			.map_err(sc_service::Error::from)?
		}
	};
	let measure = metrics.run(client.clone(), pool.clone(), network.clone(), sync.clone());
	spawner.spawn("telemetry-periodic-send", None, measure);

	let lines = sc_informant::build(client.clone(), network.clone(), sync.clone());
	spawner.spawn("informant", None, lines);
	Ok(())
}

fn announce(
	config: &Configuration,
	client: &Arc<Client>,
	network: &Arc<dyn NetworkService>,
	telemetry: &mut Telemetry,
	machine: sc_telemetry::SysInfo,
) -> Result<TelemetryHandle, Error> {
	let handle = sc_service::init_telemetry(
		config.network.node_name.clone(),
		config.impl_name.clone(),
		config.impl_version.clone(),
		config.chain_spec.name().to_string(),
		config.role.is_authority(),
		network.clone(),
		client.clone(),
		telemetry,
		Some(machine),
	)
	.map_err(sc_service::Error::from)?;
	Ok(handle)
}
