// SPDX-License-Identifier: Apache-2.0

use super::*;
use atelier_primitives::views::rewards::*;
use sp_runtime::Permill;

#[test]
fn a_pot() {
	run(|| {
		assert_eq!(Rewards::pot(v(7)), None);
		assert_eq!(credit(v(0), 10 * M + 1), Ok(()));
		assert!(Rewards::pot(v(0)).unwrap().queued);
		next_block();
		freeze(v(0), true);
		assert_eq!(
			Rewards::pot(v(0)),
			Some(PotView {
				owner: 1,
				frozen: true,
				held: 1,
				received: 10 * M + 1,
				earned: 7 * M,
				passed: 3 * M,
				queued: false,
				shares: vec![
					ShareView {
						pot: d(0),
						part: Permill::from_percent(20),
						passed: 2 * M
					},
					ShareView {
						pot: d(1),
						part: Permill::from_percent(10),
						passed: M
					}
				],
			})
		);
	});
}

#[test]
fn pending_is_what_dividing_gives() {
	run(|| {
		assert_eq!(Rewards::pending(v(7)), None);
		assert_eq!(credit(v(1), 10 * M + 1), Ok(()));
		assert_eq!(credit(d(0), 4 * M), Ok(()));
		let pending = Rewards::pending(v(1)).unwrap();
		assert_eq!((pending.owner, pending.earned, pending.stays), (4, 7 * M, 1));
		assert_eq!(
			pending.passed,
			vec![Passed {
				pot: v(0),
				amount: 3 * M
			}]
		);
		assert_eq!(Rewards::pending_for(4, vec![v(1), v(1), d(0), v(7)]), 7 * M);
		assert_eq!(Rewards::pending_for(2, vec![v(1), d(0)]), 4 * M);
		freeze(v(1), true);
		assert_eq!(Rewards::pending(v(1)), None);
		freeze(v(1), false);
		assert_ok!(distribute(v(1)));
		assert_eq!((balance(4), held(v(0))), (RICH + 7 * M, 3 * M));
		assert!(Rewards::pending(v(1)).unwrap().passed.is_empty());
	});
}

#[test]
fn pending_of_more_pots_than_a_page_is_of_the_first() {
	run(|| {
		for number in 10..10 + MAX_PAGE + 1 {
			tell(d(number), 5, &[]);
			assert_eq!(credit(d(number), M), Ok(()));
		}
		let pots = (10..10 + MAX_PAGE + 1).map(d).collect();
		assert_eq!(Rewards::pending_for(5, pots), Balance::from(MAX_PAGE) * M);
	});
}

#[test]
fn an_explanation_in_pages() {
	run(|| {
		for number in 10..20 {
			tell(v(number), 5, &[(d(0), number * 10_000)]);
			assert_eq!(credit(v(number), M * Balance::from(number)), Ok(()));
			assert_ok!(distribute(v(number)));
		}
		let whole = Rewards::explain(5, 0, None, 64).unwrap();
		assert_eq!((whole.sources.len(), whole.next), (10, None));
		assert_eq!(
			whole.earned,
			whole.sources.iter().map(|source| source.earned).sum::<Balance>()
		);
		for source in &whole.sources {
			assert_eq!(source.part.mul_floor(source.divided), source.earned);
			let atelier_primitives::pots::Pot::Version(number) = source.pot else {
				panic!("{source:?}");
			};
			assert_eq!(source.part, Permill::from_percent(100 - number.0));
		}
		let mut paged = Vec::new();
		let mut next = None;
		loop {
			let page = Rewards::explain(5, 0, next, 3).unwrap();
			assert!(page.sources.len() <= 3 && page.earned == whole.earned);
			paged.extend(page.sources);
			next = page.next;
			if next.is_none() {
				break;
			}
		}
		assert_eq!(paged, whole.sources);
		assert_eq!(Rewards::explain(5, 1, None, 3), None, "it has not begun");
		assert_eq!(Rewards::explain(6, 0, None, 3).unwrap().earned, 0);
	});
}

#[test]
fn a_page_has_at_least_one_entry_and_at_most_100() {
	run(|| {
		for number in 10..136 {
			tell(d(number), 5, &[]);
			tell(v(number), 5, &[(d(number), 500_000)]);
			assert_eq!(credit(v(number), M), Ok(()));
			assert_ok!(distribute(v(number)));
			// A pot whose shares change.
			tell(v(500), 5, &[(d(number), 500_000)]);
			assert_eq!(credit(v(500), M), Ok(()));
			assert_ok!(distribute(v(500)));
		}
		for (limit, entries) in [(0, 1), (1, 1), (100, 100), (101, 100), (u32::MAX, 100)] {
			assert_eq!(Rewards::explain(5, 0, None, limit).unwrap().sources.len(), entries);
			assert_eq!(Rewards::receivers(v(500), None, limit).receivers.len(), entries);
		}
		let first = Rewards::receivers(v(500), None, MAX_PAGE);
		let second = Rewards::receivers(v(500), first.next, MAX_PAGE);
		assert_eq!((second.receivers.len(), second.next), (26, None));
	});
}

#[test]
fn the_queue_and_eras() {
	run(|| {
		assert_eq!(Rewards::queue(), QueueView { length: 0, next: None });
		assert_eq!(credit(v(1), 2 * M), Ok(()));
		assert_eq!(
			Rewards::queue(),
			QueueView {
				length: 1,
				next: Some(v(1))
			}
		);
		while System::block_number() < 55 {
			next_block();
		}
		assert_eq!(
			Rewards::eras(),
			ErasView {
				current: 5,
				began: 50,
				length: 10,
				oldest: 2
			}
		);
	});
}
