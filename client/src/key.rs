// SPDX-License-Identifier: Apache-2.0

//! Who signs.

use crate::Error;
use std::{fs, path::Path, str::FromStr};
use subxt_signer::{SecretUri, sr25519::Keypair};

pub use subxt::utils::{AccountId32 as AccountId, MultiSignature as Signature};

/// Bytes of a key file: the longest phrase with a path of derivation is far below it.
const MAX_KEY_FILE: u64 = 4_096;

/// Signs for one account.
#[derive(Clone)]
pub struct Key(pub(crate) Keypair);

impl std::fmt::Debug for Key {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "Key({})", self.account())
	}
}

impl Key {
	/// Reads a file with a secret phrase, or with 0x and the 64 digits of a seed; a path of derivation (`//a/b`) may follow.
	/// Nobody but its owner may be able to read it.
	pub fn read(path: &Path) -> Result<Self, Error> {
		let failed = |source| Error::KeyFile {
			path: path.into(),
			source,
		};
		let metadata = fs::metadata(path).map_err(failed)?;
		#[cfg(unix)]
		{
			use std::os::unix::fs::PermissionsExt;
			if metadata.permissions().mode() & 0o077 != 0 {
				return Err(Error::KeyExposed { path: path.into() });
			}
		}
		let unreadable = || Error::KeyUnreadable { path: path.into() };
		if metadata.len() > MAX_KEY_FILE {
			return Err(unreadable());
		}
		let secret = fs::read_to_string(path).map_err(failed)?;
		// Without a phrase of its own a path of derivation is that of a key which everybody knows.
		if secret.trim().is_empty() || secret.trim().starts_with('/') {
			return Err(unreadable());
		}
		// What went wrong is not passed on: it may quote the secret.
		let uri = SecretUri::from_str(secret.trim()).map_err(|_| unreadable())?;
		Keypair::from_uri(&uri).map(Self).map_err(|_| unreadable())
	}

	/// A key that everybody knows, for chains in development: `//Alice` and so on.
	pub fn development(name: &str) -> Result<Self, Error> {
		if !name.starts_with("//") {
			return Err(Error::NotDevelopmentKey);
		}
		let uri = SecretUri::from_str(name).map_err(|_| Error::NotDevelopmentKey)?;
		Keypair::from_uri(&uri).map(Self).map_err(|_| Error::NotDevelopmentKey)
	}

	pub fn account(&self) -> AccountId {
		self.0.public_key().to_account_id()
	}

	/// Signs what is no transaction.
	pub fn sign(&self, message: &[u8]) -> Signature {
		Signature::Sr25519(self.0.sign(message).0)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::os::unix::fs::PermissionsExt;

	const PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

	fn file(text: &str, mode: u32) -> (tempfile::TempDir, std::path::PathBuf) {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("key");
		fs::write(&path, text).unwrap();
		fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
		(folder, path)
	}

	#[test]
	fn a_phrase_and_its_derivation() {
		let (_folder, path) = file(&format!("{PHRASE}//Alice\n"), 0o600);
		let alice = Key::development("//Alice").unwrap();
		assert_eq!(Key::read(&path).unwrap().account(), alice.account());
		let known = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
		assert_eq!(alice.account().to_string(), known);
	}

	#[test]
	fn a_seed() {
		let (_folder, path) = file(&format!("0x{}", "07".repeat(32)), 0o400);
		Key::read(&path).unwrap();
	}

	#[test]
	fn files_that_others_read_are_refused() {
		for mode in [0o644, 0o640, 0o604, 0o660] {
			let (_folder, path) = file(PHRASE, mode);
			assert!(matches!(Key::read(&path), Err(Error::KeyExposed { .. })), "{mode:o}");
		}
	}

	#[test]
	fn what_is_no_secret_is_not_repeated() {
		for text in ["", "//Alice", "0x12", "legal winner thank year", &"word ".repeat(2_000)] {
			let (_folder, path) = file(text, 0o600);
			let error = Key::read(&path).unwrap_err();
			assert!(matches!(error, Error::KeyUnreadable { .. }), "{text}");
			assert!(text.is_empty() || !error.to_string().contains(text.trim()));
		}
	}

	#[test]
	fn only_names_are_development_keys() {
		assert!(matches!(Key::development(PHRASE), Err(Error::NotDevelopmentKey)));
	}

	#[test]
	fn a_key_is_not_printed() {
		let key = Key::development("//Alice").unwrap();
		assert_eq!(format!("{key:?}"), format!("Key({})", key.account()));
	}
}
