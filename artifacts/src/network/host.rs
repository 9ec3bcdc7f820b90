// SPDX-License-Identifier: Apache-2.0

//! Where others are, as the chain's records of endpoints say.

use crate::{Check, Checks, Error};
use atelier_primitives::work::workers::{Endpoint, MAX_ADDRESS, MAX_ADDRESSES};
use atelier_referee::commit::Bounded;
use iroh::{EndpointAddr, EndpointId, RelayUrl, TransportAddr};
use std::{
	net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
	time::Duration,
};

/// Longest time until a name is resolved, and most addresses that it is taken to stand for.
const RESOLVING: Duration = Duration::from_secs(5);
const MAX_RESOLVED: usize = 2;

/// Somebody who may have a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
	pub id: EndpointId,
	/// As `host:port`.
	pub addresses: Vec<String>,
}

impl TryFrom<&Endpoint> for Host {
	type Error = Error;

	fn try_from(record: &Endpoint) -> Result<Self, Error> {
		let id = EndpointId::from_bytes(&record.id).map_err(|_| Error::BadEndpoint {
			told: "its name is no key",
		})?;
		let addresses = record.addresses.iter().map(|address| {
			String::from_utf8(address.to_vec()).map_err(|_| Error::BadEndpoint {
				told: "an address is no text",
			})
		});
		Ok(Self {
			id,
			addresses: addresses.collect::<Result<_, _>>()?,
		})
	}
}

impl TryFrom<&Host> for Endpoint {
	type Error = Error;

	/// What a worker registers on the chain.
	fn try_from(host: &Host) -> Result<Self, Error> {
		let mut addresses = Bounded::<Bounded<u8, MAX_ADDRESS>, MAX_ADDRESSES>::new();
		for address in &host.addresses {
			let address = Bounded::try_from(address.clone().into_bytes()).map_err(|_| Error::BadEndpoint {
				told: "an address is too long",
			})?;
			addresses.push(address).map_err(|_| Error::BadEndpoint {
				told: "it has too many addresses",
			})?;
		}
		Ok(Self {
			id: *host.id.as_bytes(),
			addresses,
		})
	}
}

/// Whom this machine speaks to.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
	/// Machines of private networks too: on chains for development, and where all workers are in one house.
	pub private: bool,
	pub relays: Vec<RelayUrl>,
	pub checks: Checks,
}

impl Reach {
	/// Everywhere that a host may be. Names are resolved by the system.
	pub async fn find(&self, host: &Host) -> EndpointAddr {
		let mut found = Vec::new();
		for address in host.addresses.iter().take(MAX_ADDRESSES) {
			let resolved = tokio::time::timeout(RESOLVING, tokio::net::lookup_host(address.as_str())).await;
			let Ok(Ok(resolved)) = resolved else { continue };
			let may = resolved.filter(|address| self.may(address)).take(MAX_RESOLVED);
			found.extend(may.map(TransportAddr::Ip));
		}
		found.extend(self.relays.iter().cloned().map(TransportAddr::Relay));
		EndpointAddr::from_parts(host.id, found)
	}

	/// Anybody can write anything into its record. Without this, everybody who fetches could be made to knock at the doors of its
	/// own network.
	fn may(&self, address: &SocketAddr) -> bool {
		address.port() != 0 && (self.private || !self.checks.on(Check::PublicAddresses) || is_public(address.ip()))
	}
}

/// Whether an address belongs to a machine of the public network.
pub(crate) fn is_public(address: IpAddr) -> bool {
	match address {
		IpAddr::V4(address) => is_public_v4(address),
		IpAddr::V6(address) => match address.to_ipv4_mapped() {
			Some(inner) => is_public_v4(inner),
			None => is_public_v6(address),
		},
	}
}

fn is_public_v4(address: Ipv4Addr) -> bool {
	let [first, second, third, _] = address.octets();
	let shared = first == 100 && (64..128).contains(&second);
	let benchmarks = first == 198 && (second == 18 || second == 19);
	let protocols = (first, second, third) == (192, 0, 0);
	let special = shared || benchmarks || protocols || first == 0 || first >= 224;
	!(special || address.is_private() || address.is_loopback() || address.is_link_local() || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
	let [first, second, ..] = address.segments();
	// Of all of it, only 2000::/3 is given to machines; in it are documentation, Teredo and 6to4, whose insides are IPv4.
	let given = first & 0xe000 == 0x2000;
	let inside = first == 0x2002 || (first == 0x2001 && (second == 0 || second == 0x0db8)) || first == 0x3fff;
	given && !inside
}
