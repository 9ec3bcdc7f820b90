// SPDX-License-Identifier: Apache-2.0

mod asking;
mod audits;
mod controls;
mod damage;
mod disk;
mod folders;
mod full;
mod histories;
mod kill;
mod model;
mod quotes;
mod samples;
mod sessions;
