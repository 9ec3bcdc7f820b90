// SPDX-License-Identifier: Apache-2.0

//! Networks of real nodes on one machine, for claims that one node cannot prove: that the chain survives crashes, that
//! a newcomer finds its head, that finality stops rather than lies when too many validators are away, and that the
//! chain replaces its own runtime by the vote of its two chambers.
//!
//! | where | what |
//! | --- | --- |
//! | [`node`] | which binary is tested |
//! | [`chain_spec`] | the chain that the network starts from |
//! | [`network`] | start, kill, restart, add nodes (zombienet, native provider) |
//! | [`rpc`] | what one node says, block by block |
//! | [`finality`] | a ledger of all that any node called final |
//! | [`chain`] | transactions and storage, by the metadata the node serves |
//! | [`governance`] | a runtime upgrade from proposal to application |
//! | [`wait`] | waiting with a deadline that names what was waited for |
//!
//! Everything is addressed by name through the metadata at run time, so this crate compiles without the runtime and is
//! built once, not for every change of the chain.

pub mod chain;
pub mod chain_spec;
pub mod error;
pub mod finality;
pub mod governance;
pub mod network;
pub mod node;
pub mod rpc;
pub mod wait;

pub use error::Error;
