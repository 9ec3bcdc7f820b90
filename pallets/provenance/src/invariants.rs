// SPDX-License-Identifier: Apache-2.0

//! What holds after every block.
//!
//! 1. For each reason an account's holds are the sum of the tickets of its records.
//! 2. Each dataset is in the index of its owner and of its content, and the indices hold nothing else.
//! 3. Each attestation is in the index of its subject (if it is of one), its attester and its schema, and the indices
//!    hold nothing else.
//! 4. Each schema is found by its hash, and nothing else is.
//! 5. The next id of each sort is above all that were given.
//! 6. What an attestation refers to is there and older, and counts those that refer to it.
//! 7. The schema of each attestation is there, and so is each dataset of which something is attested.
//! 8. The schemas with which every chain begins are in place, and nobody's.
//! 9. Nothing was registered, withdrawn, made or revoked in the future, or revoked before it was made, or expired before.
//! 10. What cannot be revoked was not, and no attestation allows more than its schema.
//! 11. Facts of datasets and numbers of subjects are such as are accepted.

#![cfg(any(test, feature = "try-runtime"))]

use crate::*;
use alloc::collections::BTreeMap;
use atelier_primitives::{attestations::GENESIS, licence};
use codec::{Decode, Encode};
use frame_support::{ensure, traits::fungible::InspectHold};
use indices::Ordered;
use sp_runtime::{traits::Zero, Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let records = Records::<T>::read();
		records.tickets_are_holds()?;
		records.datasets_are_indexed()?;
		records.attestations_are_indexed()?;
		records.schemas_are_found()?;
		records.ids_are_given_in_order()?;
		records.references_are_counted()?;
		records.attestations_have_schemas_and_datasets()?;
		records.genesis_schemas_are_in_place()?;
		records.times_are_past()?;
		records.the_irrevocable_stands()?;
		records.facts_are_acceptable()
	}
}

/// All that is stored, read once.
struct Records<T: Config> {
	datasets: BTreeMap<DatasetId, DatasetOf<T>>,
	schemas: BTreeMap<SchemaId, SchemaOf<T>>,
	attestations: BTreeMap<AttestationId, AttestationOf<T>>,
}

impl<T: Config> Records<T> {
	fn read() -> Self {
		Self {
			datasets: Datasets::<T>::iter().collect(),
			schemas: Schemas::<T>::iter().collect(),
			attestations: Attestations::<T>::iter().collect(),
		}
	}

	fn tickets_are_holds(&self) -> Result<(), TryRuntimeError> {
		let mut datasets = BTreeMap::new();
		for dataset in self.datasets.values() {
			add::<T>(&mut datasets, &dataset.owner, &dataset.ticket)?;
		}
		let mut schemas = BTreeMap::new();
		for (registrant, ticket) in self.schemas.values().filter_map(|schema| schema.registrant.as_ref()) {
			add::<T>(&mut schemas, registrant, ticket)?;
		}
		let mut attestations = BTreeMap::new();
		for attestation in self.attestations.values() {
			add::<T>(&mut attestations, &attestation.attester, &attestation.ticket)?;
		}
		for who in datasets.keys().chain(schemas.keys()).chain(attestations.keys()) {
			for (reason, tickets) in [
				(HoldReason::Dataset, &datasets),
				(HoldReason::Schema, &schemas),
				(HoldReason::Attestation, &attestations),
			] {
				let held = T::Currency::balance_on_hold(&reason.into(), who);
				let sum = tickets.get(who).copied().unwrap_or_else(Zero::zero);
				ensure!(held == sum, "invariant 1: holds are not the sum of tickets");
			}
		}
		Ok(())
	}

	fn datasets_are_indexed(&self) -> Result<(), TryRuntimeError> {
		for (id, dataset) in &self.datasets {
			let by_owner = DatasetsByOwner::<T>::contains_key(&dataset.owner, id.key());
			let by_root = DatasetsByRoot::<T>::contains_key(dataset.facts.root, id.key());
			ensure!(by_owner && by_root, "invariant 2: a dataset is not in an index");
		}
		ensure!(
			DatasetsByOwner::<T>::iter_keys().count() == self.datasets.len()
				&& DatasetsByRoot::<T>::iter_keys().count() == self.datasets.len(),
			"invariant 2: an index leads to no dataset"
		);
		Ok(())
	}

	fn attestations_are_indexed(&self) -> Result<(), TryRuntimeError> {
		let mut of_one = 0_usize;
		for (id, attestation) in &self.attestations {
			let by_subject = match &attestation.about {
				About::One(subject) => {
					of_one.saturating_inc();
					AttestationsBySubject::<T>::contains_key(subject, id.key())
				}
				About::Many { .. } => true,
			};
			let by_attester = AttestationsByAttester::<T>::contains_key(&attestation.attester, id.key());
			let by_schema = AttestationsBySchema::<T>::contains_key(attestation.statement.schema, id.key());
			ensure!(
				by_subject && by_attester && by_schema,
				"invariant 3: an attestation is not in an index"
			);
		}
		ensure!(
			AttestationsBySubject::<T>::iter_keys().count() == of_one
				&& AttestationsByAttester::<T>::iter_keys().count() == self.attestations.len()
				&& AttestationsBySchema::<T>::iter_keys().count() == self.attestations.len(),
			"invariant 3: an index leads to no attestation"
		);
		Ok(())
	}

	fn schemas_are_found(&self) -> Result<(), TryRuntimeError> {
		for (id, schema) in &self.schemas {
			let found = SchemaByHash::<T>::get(schemas::hash(&schema.definition, schema.revocable));
			ensure!(found == Some(*id), "invariant 4: a schema is not found by its hash");
		}
		ensure!(
			SchemaByHash::<T>::iter_keys().count() == self.schemas.len(),
			"invariant 4: a hash leads to no schema"
		);
		Ok(())
	}

	fn ids_are_given_in_order(&self) -> Result<(), TryRuntimeError> {
		let (dataset, schema) = (NextDataset::<T>::get(), NextSchema::<T>::get());
		let attestation = NextAttestation::<T>::get();
		ensure!(
			self.datasets.keys().all(|id| *id < dataset)
				&& self.schemas.keys().all(|id| *id < schema)
				&& self.attestations.keys().all(|id| *id < attestation),
			"invariant 5: an id that was not given yet"
		);
		Ok(())
	}

	fn references_are_counted(&self) -> Result<(), TryRuntimeError> {
		let mut counted = BTreeMap::<AttestationId, u32>::new();
		let mut references = BTreeMap::<AttestationId, u32>::new();
		for (id, attestation) in &self.attestations {
			if attestation.references > 0 {
				counted.insert(*id, attestation.references);
			}
			if let Some(reference) = attestation.statement.reference {
				ensure!(reference < *id, "invariant 6: a reference to what came later");
				references.entry(reference).or_default().saturating_inc();
			}
		}
		ensure!(references == counted, "invariant 6: references are miscounted");
		Ok(())
	}

	fn attestations_have_schemas_and_datasets(&self) -> Result<(), TryRuntimeError> {
		for attestation in self.attestations.values() {
			ensure!(
				self.schemas.contains_key(&attestation.statement.schema),
				"invariant 7: an attestation without its schema"
			);
			if let About::One(Subject::Dataset(id)) = attestation.about {
				ensure!(
					self.datasets.contains_key(&id),
					"invariant 7: an attestation of a dataset that is gone"
				);
			}
		}
		Ok(())
	}

	fn genesis_schemas_are_in_place(&self) -> Result<(), TryRuntimeError> {
		for known in GENESIS {
			let schema = self
				.schemas
				.get(&known.id)
				.ok_or("invariant 8: a first schema is missing")?;
			let words =
				matches!(&schema.definition, Definition::Text(text) if text[..] == *known.definition.as_bytes());
			ensure!(
				words && schema.revocable && schema.registrant.is_none(),
				"invariant 8: a first schema was changed"
			);
		}
		let nobodys = self.schemas.values().filter(|schema| schema.registrant.is_none());
		ensure!(
			nobodys.count() == GENESIS.len(),
			"invariant 8: a schema that nobody registered"
		);
		Ok(())
	}

	fn times_are_past(&self) -> Result<(), TryRuntimeError> {
		let now = Pallet::<T>::now();
		let datasets = self.datasets.values().all(|dataset| {
			let withdrawn = match dataset.consent {
				Consent::Given => dataset.registered,
				Consent::Withdrawn { at } => at,
			};
			dataset.registered <= withdrawn && withdrawn <= now
		});
		let schemas = self.schemas.values().all(|schema| schema.registered <= now);
		let attestations = self.attestations.values().all(|attestation| {
			let last = attestation.revoked.unwrap_or(attestation.made);
			let expiry = attestation.statement.expiry;
			attestation.made <= last && last <= now && expiry.is_none_or(|expiry| attestation.made < expiry)
		});
		ensure!(
			datasets && schemas && attestations,
			"invariant 9: times that are out of order"
		);
		Ok(())
	}

	fn the_irrevocable_stands(&self) -> Result<(), TryRuntimeError> {
		for attestation in self.attestations.values() {
			let statement = &attestation.statement;
			let allowed = self
				.schemas
				.get(&statement.schema)
				.is_some_and(|schema| schema.revocable);
			ensure!(
				allowed || !statement.revocable,
				"invariant 10: an attestation allows more than its schema"
			);
			ensure!(
				statement.revocable || attestation.revoked.is_none(),
				"invariant 10: the irrevocable was revoked"
			);
		}
		Ok(())
	}

	fn facts_are_acceptable(&self) -> Result<(), TryRuntimeError> {
		let datasets = self.datasets.values().all(|dataset| {
			dataset.facts.bytes > 0
				&& licence::well_formed(&dataset.facts.licence.expression)
				&& dataset.offered.as_ref() != Some(&dataset.owner)
		});
		let most = atelier_referee::commit::MAX_LEAVES;
		let attestations = self.attestations.values().all(|attestation| match attestation.about {
			About::One(_) => true,
			About::Many { count, .. } => (1..=most).contains(&count),
		});
		ensure!(datasets && attestations, "invariant 11: facts that are not accepted");
		Ok(())
	}
}

/// A ticket is encoded as the amount that it holds.
fn add<T: Config>(
	sums: &mut BTreeMap<T::AccountId, BalanceOf<T>>,
	who: &T::AccountId,
	ticket: &impl Encode,
) -> Result<(), TryRuntimeError> {
	let amount = BalanceOf::<T>::decode(&mut ticket.encode().as_slice())
		.map_err(|_| "invariant 1: a ticket that is no amount")?;
	sums.entry(who.clone())
		.or_insert_with(Zero::zero)
		.saturating_accrue(amount);
	Ok(())
}
