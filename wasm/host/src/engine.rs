//! The one configuration of the WebAssembly engine.
//!
//! Machine code is compiled on one machine and loaded on another, so both sides must agree
//! on every setting that shapes the code. Both call [`config`]; nothing else builds a
//! [`Config`].

use wasmtime::{Config, Engine};

/// The version of wasmtime this crate is built with, all three numbers.
///
/// wasmtime itself compares the major number only. We compare all of it, because a patch
/// release may change the layout of the data that compiled code refers to.
/// A test compares this constant with `Cargo.lock`.
pub const WASMTIME_VERSION: &str = "48.0.8";

/// The stack that WebAssembly code may use, in bytes.
///
/// It is taken from the calling thread's own stack. PHP's main thread has 8 MiB, but threads
/// of a thread-safe build may have as little as 2 MiB, and JSON of the greatest depth that the
/// core reads needs a small part of this.
const WASM_STACK_BYTES: usize = 512 * 1024;

/// Address space set aside for a linear memory, in bytes.
///
/// The default of 4 GiB would fail where an administrator limits the address space of PHP
/// workers. It is reserved, not used: pages cost something when they are touched.
const RESERVED_BYTES: u64 = 64 * 1024 * 1024;

/// The settings, each with its reason.
///
/// - **Fuel** bounds the work of a call. It counts instructions, so the same document needs
///   the same fuel on every machine, which a clock cannot offer.
/// - **No signal handlers**: with signal-based traps wasmtime would install process-wide
///   handlers for SIGSEGV, SIGILL and SIGFPE in a process that belongs to PHP and its other
///   extensions. Explicit bounds checks make the code somewhat slower instead. Guard pages
///   are off because nothing would catch a fault in them.
/// - **No threads, no async**: their features are not even compiled in. Loading code must be
///   safe after `fork`, and compiling was seen to hang there.
/// - **Few WebAssembly proposals**: what the core's code does not use is refused.
/// - **No backtraces** of WebAssembly: the module is stripped, so they would hold bare numbers,
///   and the map of addresses would make up half of the artefact.
/// - **No unwind tables**: no host function is called from WebAssembly, so nothing unwinds
///   through it, and nothing has to be registered with the process.
pub fn config() -> Config {
    let mut config = Config::new();
    config
        .consume_fuel(true)
        .signals_based_traps(false)
        .memory_guard_size(0)
        .guard_before_linear_memory(false)
        .memory_reservation(RESERVED_BYTES)
        .memory_reservation_for_growth(RESERVED_BYTES)
        .memory_may_move(true)
        .max_wasm_stack(WASM_STACK_BYTES)
        .native_unwind_info(false)
        .generate_address_map(false)
        .wasm_backtrace_max_frames(None)
        .wasm_relaxed_simd(false)
        .wasm_simd(false)
        .wasm_memory64(false)
        .wasm_multi_memory(false)
        .wasm_tail_call(false)
        .wasm_component_model(true);
    config
}

/// An engine for running, without a compiler unless the feature `compile` is on.
///
/// # Errors
///
/// When wasmtime refuses the settings on this platform.
pub(crate) fn runtime() -> Result<Engine, wasmtime::Error> {
    Engine::new(&config())
}
