// SPDX-License-Identifier: Apache-2.0

//! How long the content is, from what a description says of its files.

use super::{fields::Object, words::term};

/// The length of all files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
	/// In bytes.
	Exact(u64),
	/// A file's length is stated in larger units, that is, not to the byte.
	Rounded,
	/// Not every file has one.
	Unknown,
}

impl Size {
	fn plus(self, other: Self) -> Self {
		match (self, other) {
			(Self::Exact(one), Self::Exact(two)) => one.checked_add(two).map_or(Self::Unknown, Self::Exact),
			(Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
			(Self::Rounded, _) | (_, Self::Rounded) => Self::Rounded,
		}
	}
}

/// The length of a dataset. What is contained in another file counts with that file. It is not known if the description
/// has sets of files that are in no file, or the same content in several forms.
pub fn of_all(resources: &[Object]) -> Size {
	let own: Vec<&Object> = resources
		.iter()
		.filter(|resource| !resource.has("containedIn"))
		.collect();
	if own.is_empty() {
		return Size::Unknown;
	}
	own.into_iter().map(of_one).fold(Size::Exact(0), Size::plus)
}

fn of_one(resource: &Object) -> Size {
	let file = resource.get("@type").texts().any(|kind| term(kind) == "FileObject");
	if !file || resource.has("sameAs") {
		return Size::Unknown;
	}
	resource.get("contentSize").texts().next().map_or(Size::Unknown, stated)
}

/// `117743 B`, `117743`, `36.809 KB`.
fn stated(text: &str) -> Size {
	let text = text.trim();
	let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
	let (digits, unit) = text.split_at_checked(end).unwrap_or((text, ""));
	match (digits.parse(), unit.trim()) {
		(Ok(bytes), "" | "B" | "byte" | "bytes") => Size::Exact(bytes),
		(Ok(_), _) => Size::Rounded,
		(Err(_), _) => Size::Unknown,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn only_bytes_are_exact() {
		for (text, size) in [
			("117743 B", Size::Exact(117_743)),
			("117743", Size::Exact(117_743)),
			(" 5bytes ", Size::Exact(5)),
			("0", Size::Exact(0)),
			("18446744073709551615", Size::Exact(u64::MAX)),
			("18446744073709551616", Size::Unknown),
			("36.809 KB", Size::Rounded),
			("5 KiB", Size::Rounded),
			("97.73 TiB", Size::Rounded),
			("1e3", Size::Rounded),
			(" B", Size::Unknown),
			("", Size::Unknown),
			("-5", Size::Unknown),
			("five", Size::Unknown),
			("٣", Size::Unknown),
		] {
			assert_eq!(stated(text), size, "{text:?}");
		}
	}

	#[test]
	fn a_sum_is_as_good_as_its_worst_part() {
		use Size::{Exact, Rounded, Unknown};
		assert_eq!(Exact(2).plus(Exact(3)), Exact(5));
		assert_eq!(Exact(u64::MAX).plus(Exact(1)), Unknown);
		for other in [Exact(1), Rounded] {
			assert_eq!(Rounded.plus(other), Rounded);
			assert_eq!(other.plus(Rounded), Rounded);
			assert_eq!(Unknown.plus(other), Unknown);
			assert_eq!(other.plus(Unknown), Unknown);
		}
	}
}
