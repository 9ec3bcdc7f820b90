// SPDX-License-Identifier: Apache-2.0

//! What each way to cheat, to trouble others, or to look for less than one is paid for, brings to those who do it: over the
//! real pallets, with the parameters that a production chain begins with, to the unit. And what it brings where the
//! parameter that stops it is zero. The tables in docs/economics.md are written by this: `ATELIER_WRITE_TABLES=1`.

mod audits;
mod governed;
mod market;
mod measure;
mod people;
#[path = "../registries/world.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod registries;
mod spending;
mod strategies;
mod tables;
#[path = "../work/world.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod world;

use atelier_runtime_tests::time;
