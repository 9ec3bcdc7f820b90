// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Looks, before anything is opened, whether the node can have what it needs: space, its database, its ports.
//!
//! The SDK reports these late, with a word from somewhere inside, or not at all: the network layer leaves out an
//! address that it cannot bind, the metrics server only logs it, the RPC server moves to a random port.

use crate::error::Error;
use sc_client_db::DatabaseSource;
use sc_network::{Multiaddr, multiaddr::Protocol};
use sc_service::Configuration;
use sc_storage_monitor::{Error as StorageError, StorageMonitorParams, StorageMonitorService};
use sp_core::traits::{SpawnEssentialNamed, SpawnNamed};
use std::{
	fs::{File, TryLockError},
	io,
	net::{IpAddr, SocketAddr, TcpListener, UdpSocket},
	path::{Path, PathBuf},
};

/// Fails when less space is free than the storage monitor will ask for.
pub fn disk_has_space(storage: &StorageMonitorParams, database: &DatabaseSource) -> Result<(), Error> {
	let Some(path) = database.path() else {
		return Ok(());
	};
	// On the first start the database's own folder does not exist yet.
	let existing = path
		.ancestors()
		.find(|folder| folder.exists())
		.unwrap_or(Path::new("."));
	StorageMonitorService::try_spawn(storage.clone(), existing.to_path_buf(), &CheckOnce)
		.map_err(|error| storage_error(error, path.to_path_buf()))
}

/// Names what the storage monitor found.
pub fn storage_error(error: StorageError, path: PathBuf) -> Error {
	match error {
		StorageError::StorageOutOfSpace(available, required) => Error::DiskFull {
			path,
			available,
			required,
		},
		StorageError::IOError(reason) => Error::DiskUnreadable { path, reason },
	}
}

/// Lets the storage monitor check once: it checks before it hands over its task, which is dropped.
#[derive(Clone)]
struct CheckOnce;

type Task = futures::future::BoxFuture<'static, ()>;

impl SpawnNamed for CheckOnce {
	fn spawn_blocking(&self, _: &'static str, _: Option<&'static str>, _: Task) {}
	fn spawn(&self, _: &'static str, _: Option<&'static str>, _: Task) {}
}

impl SpawnEssentialNamed for CheckOnce {
	fn spawn_essential_blocking(&self, _: &'static str, _: Option<&'static str>, _: Task) {}
	fn spawn_essential(&self, _: &'static str, _: Option<&'static str>, _: Task) {}
}

/// Fails when another process has the database open.
pub fn database_is_free(database: &DatabaseSource) -> Result<(), Error> {
	let Some(path) = database.path() else {
		return Ok(());
	};
	// ParityDB holds a lock on this file while it is open. What else may be wrong with it, opening the database tells.
	let Ok(lock) = File::open(path.join("lock")) else {
		return Ok(());
	};
	match lock.try_lock() {
		Err(TryLockError::WouldBlock) => Err(Error::DatabaseLocked {
			path: path.to_path_buf(),
		}),
		_ => Ok(()),
	}
}

/// Fails when something else listens where the node is to listen.
pub fn ports_are_free(config: &Configuration) -> Result<(), Error> {
	for endpoint in config.rpc.addr.iter().flatten() {
		if endpoint.retry_random_port {
			continue;
		}
		Listener::new("JSON-RPC", "--rpc-port", endpoint.listen_addr)
			.maybe_absent(endpoint.is_optional)
			.check_tcp()?;
	}
	if let Some(prometheus) = &config.prometheus_config {
		Listener::new("Prometheus", "--prometheus-port", prometheus.port).check_tcp()?;
	}
	for address in &config.network.listen_addresses {
		let Some((transport, address)) = socket_address(address) else {
			continue;
		};
		// The default is both IPv4 and IPv6, and not every machine has both.
		let listener = Listener::new("peer-to-peer", "--port", address).maybe_absent(true);
		match transport {
			Transport::Tcp => listener.check_tcp()?,
			Transport::Udp => listener.check_udp()?,
		}
	}
	Ok(())
}

/// Something that is to listen.
struct Listener {
	service: &'static str,
	option: &'static str,
	address: SocketAddr,
	maybe_absent: bool,
}

impl Listener {
	fn new(service: &'static str, option: &'static str, address: SocketAddr) -> Self {
		Self {
			service,
			option,
			address,
			maybe_absent: false,
		}
	}

	/// Whether this machine may lack the address.
	fn maybe_absent(self, maybe_absent: bool) -> Self {
		Self { maybe_absent, ..self }
	}

	fn check_tcp(self) -> Result<(), Error> {
		let bound = TcpListener::bind(self.address).map(drop);
		self.judge(bound)
	}

	fn check_udp(self) -> Result<(), Error> {
		let bound = UdpSocket::bind(self.address).map(drop);
		self.judge(bound)
	}

	fn judge(self, bound: io::Result<()>) -> Result<(), Error> {
		let Self {
			service,
			option,
			address,
			maybe_absent,
		} = self;
		match bound {
			Ok(()) => Ok(()),
			Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(Error::PortInUse {
				service,
				address,
				option,
			}),
			Err(error) if maybe_absent && error.kind() != io::ErrorKind::PermissionDenied => Ok(()),
			Err(reason) => Err(Error::CannotListen {
				service,
				address,
				option,
				reason,
			}),
		}
	}
}

#[derive(Debug, PartialEq)]
enum Transport {
	Tcp,
	Udp,
}

/// The socket that a listen address stands for; `None` for those that are not of this machine, such as names.
fn socket_address(address: &Multiaddr) -> Option<(Transport, SocketAddr)> {
	let mut parts = address.iter();
	let ip = match parts.next()? {
		Protocol::Ip4(ip) => IpAddr::V4(ip),
		Protocol::Ip6(ip) => IpAddr::V6(ip),
		_ => return None,
	};
	match parts.next()? {
		Protocol::Tcp(port) => Some((Transport::Tcp, SocketAddr::new(ip, port))),
		Protocol::Udp(port) => Some((Transport::Udp, SocketAddr::new(ip, port))),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn parsed(address: &str) -> Option<(Transport, SocketAddr)> {
		socket_address(&address.parse().expect("a valid address; qed"))
	}

	#[test]
	fn reads_the_sockets_of_listen_addresses() {
		let any = |port| SocketAddr::from(([0, 0, 0, 0], port));
		assert_eq!(parsed("/ip4/0.0.0.0/tcp/30333"), Some((Transport::Tcp, any(30333))));
		assert_eq!(parsed("/ip4/0.0.0.0/tcp/1/ws"), Some((Transport::Tcp, any(1))));
		assert_eq!(
			parsed("/ip4/0.0.0.0/udp/2/webrtc-direct"),
			Some((Transport::Udp, any(2)))
		);
		assert_eq!(parsed("/dns4/example.org/tcp/30333"), None);
	}

	#[test]
	fn tells_a_taken_port_from_a_free_one() {
		let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free; qed");
		let address = taken.local_addr().expect("it is bound; qed");
		let check = || Listener::new("test", "--test", address).check_tcp();
		assert!(matches!(check(), Err(Error::PortInUse { .. })));
		drop(taken);
		assert!(check().is_ok());
	}

	#[test]
	fn tells_a_locked_database_from_a_free_one() {
		let folder = tempfile::tempdir().expect("a temporary folder; qed");
		let database = DatabaseSource::ParityDb {
			path: folder.path().to_path_buf(),
		};
		assert!(database_is_free(&database).is_ok());
		let lock = File::create(folder.path().join("lock")).expect("the folder is ours; qed");
		assert!(database_is_free(&database).is_ok());
		lock.try_lock().expect("nobody else has it; qed");
		assert!(matches!(database_is_free(&database), Err(Error::DatabaseLocked { .. })));
	}

	#[test]
	fn reports_too_little_space() {
		let database = DatabaseSource::ParityDb {
			path: "/not/yet/there".into(),
		};
		let params = |threshold| StorageMonitorParams {
			threshold,
			polling_period: 5,
		};
		assert!(matches!(
			disk_has_space(&params(u64::MAX), &database),
			Err(Error::DiskFull { .. })
		));
		assert!(disk_has_space(&params(0), &database).is_ok());
	}
}
