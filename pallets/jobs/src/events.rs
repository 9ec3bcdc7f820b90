// SPDX-License-Identifier: Apache-2.0

//! What has happened.

use frame_support::pallet_macros::pallet_section;

/// A part of the pallet's declarations.
#[pallet_section]
mod events {
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		SessionOpened {
			session: SessionId,
			payer: T::AccountId,
			spender: Option<T::AccountId>,
			worker: WorkerId,
			version: VersionId,
			deposit: BalanceOf<T>,
			expiry: BlockNumber,
		},
		SessionToppedUp {
			session: SessionId,
			amount: BalanceOf<T>,
		},
		/// A voucher was settled; its price waits for audits. `index` is its place below the block's settled root.
		SessionSettled {
			session: SessionId,
			number: u32,
			root: mountain::Root,
			price: BalanceOf<T>,
			until: BlockNumber,
			index: u64,
		},
		/// One of a batch could not be settled.
		SettlementSkipped {
			session: SessionId,
			why: DispatchError,
		},
		/// What was signed can be settled up to that block.
		SessionClosed {
			session: SessionId,
			until: BlockNumber,
		},
		/// A settlement is final, and was paid.
		SettlementPaid {
			session: SessionId,
			number: u32,
			worker: WorkerId,
			paid: BalanceOf<T>,
		},
		/// A settlement came to nothing, since its worker's work was proved wrong.
		SettlementReturned {
			session: SessionId,
			number: u32,
			amount: BalanceOf<T>,
		},
		/// What nobody settled went back to the payer.
		SessionEnded {
			session: SessionId,
			returned: BalanceOf<T>,
		},
		/// Nothing of it is left.
		SessionRemoved {
			session: SessionId,
		},
		Granted {
			owner: T::AccountId,
			spender: T::AccountId,
			cap: BalanceOf<T>,
			until: BlockNumber,
		},
		Revoked {
			owner: T::AccountId,
			spender: T::AccountId,
		},
		/// Somebody cannot be paid; so much now waits for it.
		PaymentWaits {
			who: T::AccountId,
			amount: BalanceOf<T>,
		},
		/// Somebody got what waited for it.
		Claimed {
			who: T::AccountId,
			amount: BalanceOf<T>,
		},
		JobSubmitted {
			job: JobId,
			payer: T::AccountId,
			version: VersionId,
			escrow: BalanceOf<T>,
		},
		JobAssigned {
			job: JobId,
			worker: WorkerId,
			drawn: bool,
			until: BlockNumber,
		},
		JobAccepted {
			job: JobId,
			worker: WorkerId,
			until: BlockNumber,
		},
		JobStarted {
			job: JobId,
			worker: WorkerId,
			until: BlockNumber,
		},
		JobDelivered {
			job: JobId,
			worker: WorkerId,
			claim: Digest,
			units: u64,
			price: BalanceOf<T>,
			/// What the payer has paid the auditors for the audits that it ordered.
			audits: BalanceOf<T>,
			/// What went back to the payer, since the answer does not cost it.
			returned: BalanceOf<T>,
			until: BlockNumber,
			drawing: Drawing<BalanceOf<T>>,
		},
		/// The worker must post the answer, or these chunks of it.
		AnswerDemanded {
			job: JobId,
			worker: WorkerId,
			chunks: Vec<u64>,
			until: BlockNumber,
		},
		/// The answer is in the block, in the call that this came from. That paid the worker so much for posting it.
		AnswerPosted {
			job: JobId,
			cost: BalanceOf<T>,
		},
		/// The job is over. What it paid now, what went back to the payer, what the worker was fined.
		JobEnded {
			job: JobId,
			worker: Option<WorkerId>,
			how: Ending,
			paid: BalanceOf<T>,
			returned: BalanceOf<T>,
			fined: BalanceOf<T>,
		},
	}
}
