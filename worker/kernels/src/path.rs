// SPDX-License-Identifier: Apache-2.0

//! Which instructions a kernel is made of. A [`Path`] is the proof that this CPU has them: there is no other way to come by
//! one than to ask which are available.

/// Instructions that kernels are made of.
#[allow(dead_code, reason = "an architecture has its own only")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
	/// What every CPU of the architecture has.
	Plain,
	/// 256 bits, 16 products of words an instruction.
	Avx2,
	/// The same with sums of four products of bytes.
	AvxVnni,
	/// 512 bits, 32 products of words an instruction.
	Avx512,
	/// The same with sums of four products of bytes.
	Avx512Vnni,
	/// 128 bits, 4 products of words an instruction.
	Neon,
	/// The same with sums of four products of bytes.
	NeonDot,
	/// The same with products of two by eight and eight by two bytes.
	NeonI8mm,
}

/// How the plain loops around the products are compiled.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
	Plain,
	Avx2,
	Avx512,
}

/// Instructions that this CPU has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
	kind: Kind,
	#[cfg(feature = "controls")]
	broken: bool,
}

impl Path {
	/// Plain code without chosen instructions.
	pub const PLAIN: Self = Self::new(Kind::Plain);

	const fn new(kind: Kind) -> Self {
		Self {
			kind,
			#[cfg(feature = "controls")]
			broken: false,
		}
	}

	/// All that this CPU has, the fastest first. Plain code is the last.
	pub fn available() -> Vec<Self> {
		let mut kinds = Vec::new();
		#[cfg(target_arch = "x86_64")]
		{
			let avx2 = is_x86_feature_detected!("avx2")
				&& is_x86_feature_detected!("fma")
				&& is_x86_feature_detected!("bmi1")
				&& is_x86_feature_detected!("bmi2")
				&& is_x86_feature_detected!("lzcnt")
				&& is_x86_feature_detected!("popcnt");
			let avx512 = avx2
				&& is_x86_feature_detected!("avx512f")
				&& is_x86_feature_detected!("avx512bw")
				&& is_x86_feature_detected!("avx512dq")
				&& is_x86_feature_detected!("avx512vl");
			let found = [
				(Kind::Avx512Vnni, avx512 && is_x86_feature_detected!("avx512vnni")),
				(Kind::Avx512, avx512),
				(Kind::AvxVnni, avx2 && is_x86_feature_detected!("avxvnni")),
				(Kind::Avx2, avx2),
			];
			kinds.extend(found.into_iter().filter_map(|(kind, found)| found.then_some(kind)));
		}
		#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
		{
			let neon = std::arch::is_aarch64_feature_detected!("neon");
			let dot = neon && std::arch::is_aarch64_feature_detected!("dotprod");
			let i8mm = neon && std::arch::is_aarch64_feature_detected!("i8mm");
			let found = [(Kind::NeonI8mm, i8mm), (Kind::NeonDot, dot), (Kind::Neon, neon)];
			kinds.extend(found.into_iter().filter_map(|(kind, found)| found.then_some(kind)));
		}
		kinds.push(Kind::Plain);
		kinds.into_iter().map(Self::new).collect()
	}

	/// What people call it.
	pub fn name(self) -> &'static str {
		match self.kind {
			Kind::Plain => "plain",
			Kind::Avx2 => "AVX2",
			Kind::AvxVnni => "AVX-VNNI",
			Kind::Avx512 => "AVX-512",
			Kind::Avx512Vnni => "AVX-512 VNNI",
			Kind::Neon => "NEON",
			Kind::NeonDot => "NEON dotprod",
			Kind::NeonI8mm => "NEON i8mm",
		}
	}

	pub(crate) fn kind(self) -> Kind {
		self.kind
	}

	#[cfg(target_arch = "x86_64")]
	pub(crate) fn family(self) -> Family {
		match self.kind {
			Kind::Avx2 | Kind::AvxVnni => Family::Avx2,
			Kind::Avx512 | Kind::Avx512Vnni => Family::Avx512,
			Kind::Plain | Kind::Neon | Kind::NeonDot | Kind::NeonI8mm => Family::Plain,
		}
	}

	/// The same path with a mistake in its products.
	#[cfg(feature = "controls")]
	pub fn broken(self) -> Self {
		Self { broken: true, ..self }
	}

	/// Whether its products have a mistake.
	pub(crate) fn is_broken(self) -> bool {
		#[cfg(feature = "controls")]
		return self.broken;
		#[cfg(not(feature = "controls"))]
		false
	}
}

impl core::fmt::Display for Path {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(self.name())
	}
}

/// Defines functions whose plain body is compiled once for each family of instructions; the first argument says which runs.
///
/// The body must be made of what the compiler inlines: what it calls is compiled for every CPU.
macro_rules! versions {
	($($(#[$doc:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $out:ty)? $body:block)*) => {$(
		$(#[$doc])*
		#[allow(clippy::too_many_arguments, reason = "a path is one more")]
		$vis fn $name(path: $crate::path::Path, $($arg: $ty),*) $(-> $out)? {
			#[inline(always)]
			fn plain($($arg: $ty),*) $(-> $out)? $body
			#[cfg(target_arch = "x86_64")]
			{
				#[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
				fn avx2($($arg: $ty),*) $(-> $out)? {
					plain($($arg),*)
				}
				#[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
				fn avx512($($arg: $ty),*) $(-> $out)? {
					plain($($arg),*)
				}
				#[allow(unsafe_code, reason = "functions with chosen instructions are called")]
				match path.family() {
					// SAFETY: a path of this family exists only where the CPU was found to have these instructions.
					$crate::path::Family::Avx512 => return unsafe { avx512($($arg),*) },
					// SAFETY: the same.
					$crate::path::Family::Avx2 => return unsafe { avx2($($arg),*) },
					$crate::path::Family::Plain => {}
				}
			}
			#[cfg(not(target_arch = "x86_64"))]
			let _ = path;
			plain($($arg),*)
		}
	)*};
}
pub(crate) use versions;
