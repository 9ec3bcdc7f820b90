// SPDX-License-Identifier: Apache-2.0

//! The chain's one hash by the host's function.

use atelier_referee::hash::{Blake2b256, Digest};
use sp_runtime::traits::{BlakeTwo256, Hash};

pub struct Host;

impl Blake2b256 for Host {
	fn hash(message: &[u8]) -> Digest {
		<BlakeTwo256 as Hash>::hash(message).0
	}
}
