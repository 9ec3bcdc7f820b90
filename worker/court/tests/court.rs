// SPDX-License-Identifier: Apache-2.0

//! Both sides of disputes: about tiny random models of every kind, and about the demo's decoder.

#[path = "court/cheats.rs"]
mod cheats;
#[path = "court/demo.rs"]
mod demo;
#[path = "court/honest.rs"]
mod honest;
#[path = "court/properties.rs"]
mod properties;
#[path = "court/serving.rs"]
mod serving;
#[path = "court/trace.rs"]
mod trace;
