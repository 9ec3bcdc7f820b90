// SPDX-License-Identifier: Apache-2.0

//! Both sides, in one process and on one thread, with everything between them but the transport.

mod audits;
mod forgers;
mod hostile;
mod money;
mod whole;
mod world;
