// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! JSON-RPC: what clients may ask (`methods`), how much of it (`limits`), and the server that answers them (`server`).

pub mod limits;
pub mod methods;
pub mod server;
