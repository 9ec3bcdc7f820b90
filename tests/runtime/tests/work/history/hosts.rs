// SPDX-License-Identifier: Apache-2.0

//! Two hosts who say that they have the weights, and take that back: meanwhile no exact work begins.

use crate::{
	registries::attest,
	world::{HOSTS, call, show},
};
use atelier_primitives::{
	attestations::RETRIEVAL,
	ids::{AttestationId, Subject, VersionId},
};
use atelier_referee::samples::Random;
use atelier_runtime::Workers;

pub struct Hosts {
	version: VersionId,
	said: [Option<AttestationId>; 2],
}

impl Hosts {
	/// Both have said so for the first time.
	pub fn new(version: VersionId) -> Self {
		let next = pallet_provenance::NextAttestation::<atelier_runtime::Runtime>::get().0;
		let said = [next - 2, next - 1].map(|number| Some(AttestationId(number)));
		Self { version, said }
	}

	/// One of them takes back what it said; or all who did say it again. Whether the weights cannot be had now.
	pub fn change(&mut self, random: &mut Random) -> bool {
		if self.said.iter().all(Option::is_some) {
			let which = usize::from(random.one_in(2));
			if let Some(attestation) = self.said[which] {
				let revoked = call(HOSTS[which], pallet_provenance::Call::revoke { attestation });
				self.said[which] = revoked.is_err().then_some(attestation);
			}
		} else {
			self.return_all();
		}
		!Workers::hosts(self.version).attested
	}

	/// Both say it, and anybody shows that.
	pub fn return_all(&mut self) {
		for (which, said) in self.said.iter_mut().enumerate() {
			// Not in safe mode.
			*said = said.or_else(|| attest(HOSTS[which], RETRIEVAL, Subject::Version(self.version)));
		}
		if let [Some(one), Some(other)] = self.said {
			// Somebody may have shown it already.
			let _ = show(self.version, [one, other]);
		}
	}
}
