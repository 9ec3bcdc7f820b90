// SPDX-License-Identifier: Apache-2.0

//! Every operator, and the whole forward pass, against what docs/exact-spec.md says they are: a second implementation on
//! unbounded integers, which shares no arithmetic with the first.

#[path = "common/cases.rs"]
mod cases;

#[path = "oracle/definitions.rs"]
mod definitions;
#[path = "oracle/exact.rs"]
mod exact;
#[path = "oracle/race.rs"]
mod race;
#[path = "oracle/whole.rs"]
mod whole;

#[path = "oracle/attention.rs"]
mod attention;
#[path = "oracle/forward.rs"]
mod forward;
#[path = "oracle/functions.rs"]
mod functions;
#[path = "oracle/linear.rs"]
mod linear;
#[path = "oracle/norm.rs"]
mod norm;
#[path = "oracle/sampling.rs"]
mod sampling;

/// The published tables; nothing else of the code is read here.
#[path = "../src/tables/values.rs"]
mod values;
