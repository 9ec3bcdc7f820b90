// SPDX-License-Identifier: Apache-2.0

//! Models, data, and the pots that pay their makers; how each learns what it needs of the others.
//!
//! | asks | whom | what |
//! | --- | --- | --- |
//! | models | provenance | whether a dataset may be used, and what its owner has stopped |
//! | models | provenance and the contributors | who attests the origin of weights |
//! | models | the referee | whether every dispute about a shape fits on the chain |
//! | models, provenance | rewards | whether a pot is empty, before its version or dataset is removed |
//! | provenance | models | that it keeps what follows from withdrawals; which versions there are |
//! | rewards | both | how pots are divided |

mod court;
mod models;
mod provenance;
mod rewards;

pub use court::{Court, MAX_DISPUTE};
pub use models::{FreshRandomness, Origins, SIMILARITY_PERIOD_LEAST};
pub use provenance::Registered;
pub use rewards::Registries;
