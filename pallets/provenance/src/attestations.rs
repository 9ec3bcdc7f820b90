// SPDX-License-Identifier: Apache-2.0

//! Who said what of what, whether it holds, and what follows from it.

use crate::{
	deposits,
	indices::Ordered,
	types::{AttestationTicket, StatementOf},
	Attestation, Attestations, AttestationsByAttester, AttestationsBySchema, AttestationsBySubject, Config, Error,
	Event, NextAttestation, Pallet, Schemas,
};
use atelier_primitives::{
	attestations::{About, Origins, ORIGIN},
	ids::{AttestationId, Subject, Subjects, VersionId},
	views::provenance::holds,
	BlockNumber,
};
use atelier_referee::commit::MAX_LEAVES;
use frame_support::{
	dispatch::DispatchResult,
	ensure,
	traits::{Consideration, Contains, Defensive},
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_attest(
		attester: T::AccountId,
		about: About<T::AccountId>,
		statement: StatementOf,
	) -> DispatchResult {
		match &about {
			About::One(subject) => ensure!(T::Subjects::exists(subject), Error::<T>::UnknownSubject),
			About::Many { count, .. } => {
				ensure!(*count > 0, Error::<T>::NoSubjects);
				ensure!(*count <= MAX_LEAVES, Error::<T>::TooManySubjects);
			}
		}
		let now = Self::now();
		let schema = Schemas::<T>::get(statement.schema).ok_or(Error::<T>::UnknownSchema)?;
		ensure!(schema.revocable || !statement.revocable, Error::<T>::Irrevocable);
		ensure!(statement.expiry.is_none_or(|last| last > now), Error::<T>::ExpiryPassed);
		let referred = match statement.reference {
			Some(reference) => Some((reference, Self::referred_to(reference, now)?)),
			None => None,
		};
		let id = NextAttestation::<T>::get();
		let next = id.next().ok_or(Error::<T>::NoIdsLeft)?;

		let ticket = AttestationTicket::<T>::new(&attester, deposits::attestation::<T>(&about, &statement.data))?;
		NextAttestation::<T>::put(next);
		if let Some((reference, other)) = referred {
			Attestations::<T>::insert(reference, other);
		}
		if let About::One(subject) = &about {
			AttestationsBySubject::<T>::insert(subject, id.key(), ());
		}
		AttestationsByAttester::<T>::insert(&attester, id.key(), ());
		AttestationsBySchema::<T>::insert(statement.schema, id.key(), ());
		Self::deposit_event(Event::Attested {
			attestation: id,
			schema: statement.schema,
			attester: attester.clone(),
			about: about.clone(),
		});
		let attestation = Attestation {
			attester,
			about,
			statement,
			made: now,
			revoked: None,
			references: 0,
			ticket,
		};
		Attestations::<T>::insert(id, attestation);
		Ok(())
	}

	/// The attestation with one more that refers to it.
	///
	/// What no longer holds cannot be referred to: its attester could else be kept from removing it for ever.
	fn referred_to(id: AttestationId, now: BlockNumber) -> Result<crate::AttestationOf<T>, Error<T>> {
		let mut other = Attestations::<T>::get(id).ok_or(Error::<T>::UnknownReference)?;
		ensure!(other.revoked.is_none(), Error::<T>::ReferenceRevoked);
		ensure!(other.holds(now), Error::<T>::ReferenceExpired);
		other.references = other.references.checked_add(1).ok_or(Error::<T>::TooManyReferences)?;
		Ok(other)
	}

	pub(crate) fn do_revoke(who: T::AccountId, id: AttestationId) -> DispatchResult {
		let mut attestation = Self::attested(&who, id)?;
		ensure!(attestation.statement.revocable, Error::<T>::Irrevocable);
		ensure!(attestation.revoked.is_none(), Error::<T>::AlreadyRevoked);

		attestation.revoked = Some(Self::now());
		Attestations::<T>::insert(id, attestation);
		Self::deposit_event(Event::Revoked { attestation: id });
		Ok(())
	}

	pub(crate) fn do_remove_attestation(who: T::AccountId, id: AttestationId) -> DispatchResult {
		let attestation = Self::attested(&who, id)?;
		ensure!(!attestation.holds(Self::now()), Error::<T>::StillHolds);
		ensure!(attestation.references == 0, Error::<T>::ReferredTo);

		if let Some(reference) = attestation.statement.reference {
			Attestations::<T>::mutate(reference, |other| {
				if let Some(other) = other.as_mut().defensive() {
					other.references = other.references.checked_sub(1).defensive_unwrap_or_default();
				}
			});
		}
		if let About::One(subject) = &attestation.about {
			AttestationsBySubject::<T>::remove(subject, id.key());
		}
		AttestationsByAttester::<T>::remove(&who, id.key());
		AttestationsBySchema::<T>::remove(attestation.statement.schema, id.key());
		Attestations::<T>::remove(id);
		attestation.ticket.drop(&who)?;
		Self::deposit_event(Event::AttestationRemoved { attestation: id });
		Ok(())
	}

	fn attested(who: &T::AccountId, id: AttestationId) -> Result<crate::AttestationOf<T>, Error<T>> {
		let attestation = Attestations::<T>::get(id).ok_or(Error::<T>::UnknownAttestation)?;
		ensure!(attestation.attester == *who, Error::<T>::NotAttester);
		Ok(attestation)
	}

	/// Whether this attestation says, in this block, that the version is its owner's own, and comes from somebody who is
	/// trusted with it.
	///
	/// It must name that version itself. One of many does not do: nobody brings a proof here.
	pub fn confirms_origin<Trusted: Contains<T::AccountId>>(id: AttestationId, version: VersionId) -> bool {
		<Self as Origins<T::AccountId>>::confirms_origin(id, version, Trusted::contains)
	}
}

impl<T: Config> Origins<T::AccountId> for Pallet<T> {
	fn confirms_origin(id: AttestationId, version: VersionId, trusted: impl Fn(&T::AccountId) -> bool) -> bool {
		Attestations::<T>::get(id).is_some_and(|attestation| {
			attestation.statement.schema == ORIGIN
				&& attestation.about == About::One(Subject::Version(version))
				&& attestation.holds(Self::now())
				&& trusted(&attestation.attester)
		})
	}
}

impl<AccountId, Ticket> Attestation<AccountId, Ticket> {
	/// Whether it holds in that block.
	pub fn holds(&self, now: BlockNumber) -> bool {
		holds(self.made, self.statement.expiry, self.revoked, now)
	}
}
