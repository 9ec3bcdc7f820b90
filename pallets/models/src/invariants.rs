// SPDX-License-Identifier: Apache-2.0

//! What holds after every block.
//!
//! 1. Every model has its slug with its owner, and every slug is a model's.
//! 2. Aliases and their owners name each other.
//! 3. A model's bytes are its own and those of its versions, and it counts these.
//! 4. Every version has a state, a lineage, a number and a claim to its weights, and nothing else has.
//! 5. Everything above a version has a smaller number and a record.
//! 6. What is above a version are its parents, its datasets, and what is above its parents.
//! 7. What a version gives away is at most the whole, in at most as many shares as a pot may have.
//! 8. The dependants of a version are the versions made from it, that which follows it, dues towards it and claims.
//! 9. Weights have as many models as claims, and whoever they were found to belong to is one of these.
//! 10. Promises stand in the queue, each at its place, and their owners' counts are right.
//! 11. What is known of consent is no newer than the counter, and right if it is as new.
//! 12. Claims of similarity and pairs name each other, originals are older, and bonds are held.
//! 13. All numbers were given.
//! 14. Dues are few, in order, towards what is older, and of versions that there are.

#[cfg(any(test, feature = "try-runtime"))]
mod checks {
	use crate::{ownership::model_bytes, *};
	use alloc::{
		collections::{BTreeMap, BTreeSet},
		vec::Vec,
	};
	use atelier_primitives::{
		ids::{ModelId, VersionId},
		pots::{Pot, Splits, MAX_SHARES},
	};
	use frame_support::{ensure, traits::fungible::InspectHold};
	use sp_runtime::{
		traits::{Saturating, Zero},
		TryRuntimeError,
	};

	type Checked = Result<(), TryRuntimeError>;

	impl<T: Config> Pallet<T> {
		pub fn do_try_state() -> Checked {
			Self::names_agree()?;
			Self::records_agree()?;
			Self::lineages_agree()?;
			Self::dependants_agree()?;
			Self::roots_agree()?;
			Self::promises_agree()?;
			Self::consent_agrees()?;
			Self::similarities_agree()?;
			Self::numbers_were_given()
		}

		fn names_agree() -> Checked {
			for (id, model) in Models::<T>::iter() {
				ensure!(
					Slugs::<T>::get(&model.owner, &model.slug) == Some(id),
					"invariant 1: a model is not found by its slug"
				);
			}
			ensure!(
				Slugs::<T>::iter().count() == Models::<T>::iter().count(),
				"invariant 1: a slug is no model's"
			);
			for (owner, (alias, _)) in AliasOf::<T>::iter() {
				ensure!(
					Aliases::<T>::get(alias) == Some(owner),
					"invariant 2: an alias is another's"
				);
			}
			ensure!(
				AliasOf::<T>::iter().count() == Aliases::<T>::iter().count(),
				"invariant 2: an alias is nobody's"
			);
			Ok(())
		}

		fn records_agree() -> Checked {
			let mut bytes = BTreeMap::<ModelId, (u64, u32)>::new();
			for (id, version) in Versions::<T>::iter() {
				let state = States::<T>::get(id).ok_or("invariant 4: a version has no state")?;
				let (sum, count) = bytes.entry(version.model).or_default();
				*sum = sum.saturating_add(state.bytes);
				*count = count.saturating_add(1);
				ensure!(
					Numbers::<T>::get(version.model, version.number) == Some(id),
					"invariant 4: a version is not found by its number"
				);
				ensure!(Lineages::<T>::contains_key(id), "invariant 4: a version has no lineage");
				ensure!(
					Claims::<T>::contains_key(version.publication.weights.root, version.model),
					"invariant 4: a version does not claim its weights"
				);
				ensure!(
					state.withdrawal == version.publication.terms.withdrawal,
					"invariant 4: a state has other terms"
				);
			}
			let versions = Versions::<T>::iter().count();
			let counts = [
				States::<T>::iter().count(),
				Lineages::<T>::iter().count(),
				Numbers::<T>::iter().count(),
			];
			ensure!(
				counts.into_iter().all(|count| count == versions),
				"invariant 4: a record belongs to no version"
			);
			for (id, model) in Models::<T>::iter() {
				let (sum, count) = bytes.remove(&id).unwrap_or_default();
				ensure!(
					model.bytes == sum.saturating_add(model_bytes::<T>()),
					"invariant 3: a model has other bytes"
				);
				ensure!(model.versions == count, "invariant 3: a model counts other versions");
			}
			ensure!(bytes.is_empty(), "invariant 3: a version has no model");
			Ok(())
		}

		fn lineages_agree() -> Checked {
			for (id, version) in Versions::<T>::iter() {
				let lineage = Lineages::<T>::get(id).unwrap_or_default();
				ensure!(
					lineage
						.ancestors
						.iter()
						.all(|above| *above < id && Versions::<T>::contains_key(above)),
					"invariant 5: an ancestor is newer, or gone"
				);
				let mut above = crate::lineage::Above::default();
				for (parent, _) in &version.publication.parents {
					above.parent(*parent, &Lineages::<T>::get(parent).unwrap_or_default());
				}
				for (dataset, _) in &version.publication.datasets {
					above.source(*dataset);
				}
				ensure!(
					above.lineage() == Some(lineage),
					"invariant 6: what is above a version is not what is above its parents"
				);
				let split = Self::split(Pot::Version(id)).ok_or("invariant 7: a version has no pot")?;
				let given = split
					.shares
					.iter()
					.fold(0_u64, |sum, share| sum.saturating_add(share.part.deconstruct().into()));
				ensure!(
					given <= 1_000_000 && split.shares.len() <= MAX_SHARES as usize,
					"invariant 7: more than the whole is given away"
				);
				let dues = Dues::<T>::get(id);
				ensure!(
					dues.is_sorted_by(|one, next| one.to < next.to)
						&& dues
							.iter()
							.all(|due| due.to < id && Versions::<T>::contains_key(due.to)),
					"invariant 14: dues are not in order, or not towards what is older"
				);
			}
			ensure!(
				Dues::<T>::iter_keys().all(Versions::<T>::contains_key),
				"invariant 14: what does not exist owes something"
			);
			Ok(())
		}

		fn dependants_agree() -> Checked {
			let mut dependants = BTreeMap::<VersionId, u32>::new();
			let mut depend = |version: VersionId| {
				let count = dependants.entry(version).or_default();
				*count = count.saturating_add(1);
			};
			for (_, version) in Versions::<T>::iter() {
				let parents = version.publication.parents.iter().map(|(parent, _)| *parent);
				parents.chain(version.follows).for_each(&mut depend);
			}
			for (_, dues) in Dues::<T>::iter() {
				dues.iter().for_each(|due| depend(due.to));
			}
			for (_, claim) in Similarities::<T>::iter() {
				depend(claim.original);
				depend(claim.copy);
			}
			for (id, state) in States::<T>::iter() {
				ensure!(
					dependants.remove(&id).unwrap_or(0) == state.dependants,
					"invariant 8: a version counts other dependants"
				);
			}
			ensure!(
				dependants.is_empty(),
				"invariant 8: something depends on what does not exist"
			);
			Ok(())
		}

		fn roots_agree() -> Checked {
			let mut models = BTreeMap::new();
			for (root, model, claim) in Claims::<T>::iter() {
				let count = models.entry(root).or_insert(0_u32);
				*count = count.saturating_add(1);
				let of_claim = |id| {
					Versions::<T>::get(id)
						.is_some_and(|version| version.model == model && version.publication.weights.root == root)
				};
				ensure!(
					of_claim(claim.first) && of_claim(claim.latest),
					"invariant 9: a claim names versions with other weights"
				);
				let before = Versions::<T>::get(claim.first);
				ensure!(
					before.is_some_and(|first| first.follows.is_none() && first.committed == claim.committed),
					"invariant 9: a claim's first version is not its first"
				);
			}
			for (root, record) in Roots::<T>::iter() {
				ensure!(
					models.remove(&root) == Some(record.models),
					"invariant 9: weights have other claims"
				);
				let decided = record
					.decided
					.is_none_or(|model| Claims::<T>::contains_key(root, model));
				ensure!(decided, "invariant 9: weights belong to who does not claim them");
			}
			ensure!(models.is_empty(), "invariant 9: a claim is to no weights");
			Ok(())
		}

		fn promises_agree() -> Checked {
			let (first, end) = QueueEnds::<T>::get();
			let mut open = BTreeMap::<Vec<u8>, u32>::new();
			for (owner, promise, record) in Promises::<T>::iter() {
				let count = open.entry(codec::Encode::encode(&owner)).or_default();
				*count = count.saturating_add(1);
				ensure!(
					(first..end).contains(&record.place)
						&& Queue::<T>::get(record.place) == Some((owner, promise, record.until)),
					"invariant 10: a promise is not at its place"
				);
			}
			ensure!(
				Queue::<T>::iter().count() == Promises::<T>::iter().count(),
				"invariant 10: a place has no promise"
			);
			for (owner, count) in Open::<T>::iter() {
				ensure!(
					open.remove(&codec::Encode::encode(&owner)) == Some(count),
					"invariant 10: an account counts other promises"
				);
			}
			ensure!(open.is_empty(), "invariant 10: an account does not count its promises");
			Ok(())
		}

		fn consent_agrees() -> Checked {
			let now = Withdrawals::<T>::get();
			for (id, (counter, flag)) in crate::Checked::<T>::iter() {
				ensure!(counter <= now, "invariant 11: something is known of the future");
				ensure!(
					counter < now || flag == Self::fresh_flag(id),
					"invariant 11: what is known of consent is wrong"
				);
				ensure!(
					Versions::<T>::contains_key(id),
					"invariant 11: something is known of what does not exist"
				);
			}
			Ok(())
		}

		fn similarities_agree() -> Checked {
			let mut bonds = Vec::<(T::AccountId, BalanceOf<T>)>::new();
			for (id, claim) in Similarities::<T>::iter() {
				ensure!(
					Pairs::<T>::get(claim.copy, claim.original) == Some(id),
					"invariant 12: a claim is not found by its versions"
				);
				ensure!(claim.original < claim.copy, "invariant 12: an original is newer");
				match bonds.iter_mut().find(|(who, _)| *who == claim.claimant) {
					Some((_, bond)) => *bond = bond.saturating_add(claim.bond),
					None => bonds.push((claim.claimant, claim.bond)),
				}
			}
			ensure!(
				Pairs::<T>::iter().count() == Similarities::<T>::iter().count(),
				"invariant 12: a pair has no claim"
			);
			let reason = HoldReason::SimilarityBond.into();
			for (who, bond) in bonds {
				ensure!(
					bond.is_zero() || T::Currency::balance_on_hold(&reason, &who) == bond,
					"invariant 12: a bond is not held"
				);
			}
			Ok(())
		}

		fn numbers_were_given() -> Checked {
			let models: BTreeSet<_> = Models::<T>::iter_keys().collect();
			ensure!(
				models.iter().all(|id| *id < NextModel::<T>::get()),
				"invariant 13: a model has a number that was not given"
			);
			ensure!(
				Versions::<T>::iter_keys().all(|id| id < NextVersion::<T>::get()),
				"invariant 13: a version has a number that was not given"
			);
			ensure!(
				Versions::<T>::iter_values()
					.all(|version| Models::<T>::get(version.model).is_some_and(|model| version.number < model.next)),
				"invariant 13: a version has a number of its model that was not given"
			);
			ensure!(
				Similarities::<T>::iter_keys().all(|id| id < NextSimilarity::<T>::get()),
				"invariant 13: a claim has a number that was not given"
			);
			Ok(())
		}
	}
}
