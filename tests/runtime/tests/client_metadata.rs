// SPDX-License-Identifier: Apache-2.0

//! What the client was generated from is what this runtime offers.

use atelier_runtime::Runtime;
use codec::{Decode, Encode};
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed, v16::RuntimeMetadataV16};
use std::{env, fs, path::Path};
use subxt_utils_stripmetadata::StripMetadata;

/// What the client speaks of. More makes it slower to build.
const PALLETS: &[&str] = &[
	"System",
	"Balances",
	"Timestamp",
	"Models",
	"Provenance",
	"Rewards",
	"Workers",
	"Jobs",
	"Disputes",
];
const APIS: &[&str] = &["AccountNonceApi", "Core", "RuntimeViewFunction"];

#[test]
fn the_client_speaks_of_this_runtime() {
	let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../client/metadata/runtime.scale");
	let offered = RuntimeMetadataPrefixed::from(part(metadata())).encode();
	if env::var_os("ATELIER_WRITE_METADATA").is_some() {
		fs::write(&file, &offered).unwrap();
	}
	let known = fs::read(&file).unwrap_or_default();
	assert!(
		known == offered,
		"client/metadata/runtime.scale is of another runtime: run scripts/client-metadata and commit it"
	);
}

fn metadata() -> RuntimeMetadataV16 {
	// Some constants are governed, and read from the chain: here their defaults.
	let mut chain = sp_io::TestExternalities::default();
	let opaque = chain.execute_with(|| Runtime::metadata_at_version(16));
	let opaque = opaque.expect("the runtime knows version 16");
	let prefixed = RuntimeMetadataPrefixed::decode(&mut &opaque[..]).expect("it is metadata");
	let RuntimeMetadata::V16(metadata) = prefixed.1 else {
		panic!("asked for version 16")
	};
	metadata
}

fn part(mut metadata: RuntimeMetadataV16) -> RuntimeMetadataV16 {
	metadata.strip_metadata(|pallet| PALLETS.contains(&pallet), |api| APIS.contains(&api));
	metadata
}
