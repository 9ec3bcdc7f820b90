// SPDX-License-Identifier: Apache-2.0

//! Kernels of our own on an NVIDIA GPU, by the driver's interface, which is found when the program runs.
//!
//! Unsafe, because a library that is opened by its name promises nothing to the compiler, and because a kernel reads and writes
//! through pointers. What makes it sound stands beside each use; it rests on this: functions have the types of CUDA's
//! documentation (`cuda.h`, unchanged since CUDA 4); contexts and modules are never released, so handles stay valid and may be
//! used by any thread that makes the context current; and [`super`] passes only tensors whose size, type and device it checked.
#![allow(unsafe_code)]

use libloading::os::unix::{Library, RTLD_NOW};
use std::{
	ffi::{CString, c_char, c_int, c_uint, c_void},
	ptr::null_mut,
};

type Handle = *mut c_void;
type Result<T> = std::result::Result<T, String>;

/// `CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES`
const SHARED: c_int = 8;
/// `CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR`; the next one is the minor.
const CAPABILITY: c_int = 75;

/// Threads of a warp, on every NVIDIA GPU.
const WARP: c_uint = 32;

struct Functions {
	init: unsafe extern "C" fn(c_uint) -> c_int,
	device: unsafe extern "C" fn(*mut c_int, c_int) -> c_int,
	attribute: unsafe extern "C" fn(*mut c_int, c_int, c_int) -> c_int,
	retain: unsafe extern "C" fn(*mut Handle, c_int) -> c_int,
	push: unsafe extern "C" fn(Handle) -> c_int,
	pop: unsafe extern "C" fn(*mut Handle) -> c_int,
	load: unsafe extern "C" fn(*mut Handle, *const c_void) -> c_int,
	function: unsafe extern "C" fn(*mut Handle, Handle, *const c_char) -> c_int,
	set: unsafe extern "C" fn(Handle, c_int, c_int) -> c_int,
	#[allow(clippy::type_complexity)]
	launch: unsafe extern "C" fn(
		Handle,
		c_uint,
		c_uint,
		c_uint,
		c_uint,
		c_uint,
		c_uint,
		c_uint,
		Handle,
		*mut *mut c_void,
		*mut *mut c_void,
	) -> c_int,
}

/// A GPU, by the context that libtorch has there, too.
pub struct Gpu {
	functions: Functions,
	context: Handle,
	/// 90 for a compute capability of 9.0.
	pub capability: u32,
}

/// A kernel on a GPU.
pub struct Kernel {
	function: Handle,
	warps: c_uint,
	shared: c_uint,
}

/// An argument of a kernel.
#[derive(Clone, Copy, Debug)]
pub enum Argument {
	/// The address of a tensor's first element, or 0.
	Pointer(usize),
	Number(i32),
	Long(i64),
}

// SAFETY: handles of the driver may be used by any thread; every use makes the context current for its own thread.
unsafe impl Send for Gpu {}
// SAFETY: the same.
unsafe impl Send for Kernel {}

impl Gpu {
	/// The GPU with this number. Its primary context, which CUDA's runtime and so libtorch use.
	pub fn open(number: u16) -> Result<Self> {
		// SAFETY: the initialisers of the driver's own library, which libtorch with CUDA has loaded before.
		let library = unsafe { Library::open(Some("libcuda.so.1"), RTLD_NOW) }.map_err(|error| error.to_string())?;
		let functions = Functions::of(&library)?;
		// Never unloaded: the functions stay valid.
		std::mem::forget(library);
		let (mut device, mut context, mut major, mut minor) = (0, null_mut(), 0, 0);
		// SAFETY: each is called with the types and numbers that the documentation asks for, and writes to the one place that it
		// is given.
		unsafe {
			done("cuInit", (functions.init)(0))?;
			done("cuDeviceGet", (functions.device)(&mut device, number.into()))?;
			let ask = |to: &mut c_int, number| (functions.attribute)(to, number, device);
			done("cuDeviceGetAttribute", ask(&mut major, CAPABILITY))?;
			done("cuDeviceGetAttribute", ask(&mut minor, CAPABILITY + 1))?;
			done("cuDevicePrimaryCtxRetain", (functions.retain)(&mut context, device))?;
		}
		Ok(Self {
			functions,
			context,
			capability: u32::try_from(major * 10 + minor).unwrap_or(0),
		})
	}

	/// A kernel of a module in PTX, which the driver compiles.
	pub fn kernel(&self, ptx: &str, name: &str, warps: u32, shared: u32) -> Result<Kernel> {
		let text = CString::new(ptx).map_err(|error| error.to_string())?;
		let name = CString::new(name).map_err(|error| error.to_string())?;
		let (mut module, mut function) = (null_mut(), null_mut());
		self.current(|| {
			// SAFETY: both texts end with a zero and outlive the calls; the handles are those that the calls before gave.
			unsafe {
				let load = (self.functions.load)(&mut module, text.as_ptr().cast());
				done("cuModuleLoadData", load)?;
				let found = (self.functions.function)(&mut function, module, name.as_ptr());
				done("cuModuleGetFunction", found)?;
				let bytes = c_int::try_from(shared).unwrap_or(c_int::MAX);
				done("cuFuncSetAttribute", (self.functions.set)(function, SHARED, bytes))
			}
		})?;
		Ok(Kernel {
			function,
			warps,
			shared,
		})
	}

	/// Starts a kernel after everything that libtorch has started.
	///
	/// # Safety
	/// The arguments are those of the kernel, and its pointers are of this GPU and stay valid for what it reads and writes until
	/// libtorch's next use of the memory, which is ordered after it: both use the default stream.
	pub unsafe fn launch(&self, kernel: &Kernel, blocks: [u32; 2], arguments: &[Argument]) -> Result<()> {
		// 64 bits for each; the driver reads as many as the parameter has, which is little-endian.
		let mut values: Vec<u64> = arguments
			.iter()
			.map(|argument| match argument {
				Argument::Pointer(address) => *address as u64,
				Argument::Number(number) => u64::from(number.cast_unsigned()),
				Argument::Long(number) => number.cast_unsigned(),
			})
			// What Triton's kernels have room for and these do not use: scratch of two kinds.
			.chain([0, 0])
			.collect();
		let mut places: Vec<*mut c_void> = values
			.iter_mut()
			.map(|value| std::ptr::from_mut(value).cast())
			.collect();
		let [x, y] = blocks;
		self.current(|| {
			// SAFETY: the function is one of this context; as many places as it has parameters, by the caller's promise.
			let launched = unsafe {
				(self.functions.launch)(
					kernel.function,
					x,
					y,
					1,
					kernel.warps * WARP,
					1,
					1,
					kernel.shared,
					null_mut(),
					places.as_mut_ptr(),
					null_mut(),
				)
			};
			done("cuLaunchKernel", launched)
		})
	}

	/// With the context for this thread, as long as it lasts.
	fn current(&self, work: impl FnOnce() -> Result<()>) -> Result<()> {
		let mut before = null_mut();
		// SAFETY: the context was retained and is never released.
		done("cuCtxPushCurrent", unsafe { (self.functions.push)(self.context) })?;
		let result = work();
		// SAFETY: what was pushed is popped.
		let popped = done("cuCtxPopCurrent", unsafe { (self.functions.pop)(&mut before) });
		result.and(popped)
	}
}

impl Functions {
	fn of(library: &Library) -> Result<Self> {
		/// A function by its name.
		///
		/// # Safety
		/// It has this type.
		unsafe fn named<T: Copy>(library: &Library, name: &str) -> Result<T> {
			// SAFETY: by the caller's promise.
			let symbol = unsafe { library.get::<T>(name.as_bytes()) };
			symbol.map(|symbol| *symbol).map_err(|error| error.to_string())
		}
		// SAFETY: the types are those of `cuda.h` for these names, in the versions that it maps them to.
		unsafe {
			Ok(Self {
				init: named(library, "cuInit")?,
				device: named(library, "cuDeviceGet")?,
				attribute: named(library, "cuDeviceGetAttribute")?,
				retain: named(library, "cuDevicePrimaryCtxRetain")?,
				push: named(library, "cuCtxPushCurrent_v2")?,
				pop: named(library, "cuCtxPopCurrent_v2")?,
				load: named(library, "cuModuleLoadData")?,
				function: named(library, "cuModuleGetFunction")?,
				set: named(library, "cuFuncSetAttribute")?,
				launch: named(library, "cuLaunchKernel")?,
			})
		}
	}
}

fn done(what: &str, code: c_int) -> Result<()> {
	match code {
		0 => Ok(()),
		// The words that libtorch has for it, so that it gets the same name.
		2 => Err(format!("CUDA out of memory in {what}")),
		code => Err(format!("CUDA error: {code} from {what}")),
	}
}
