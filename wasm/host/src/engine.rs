//! The one configuration of the WebAssembly engine.
//!
//! Machine code is compiled on one machine and loaded on another, so both sides must agree
//! on every setting that shapes the code. Both call [`config`]; nothing else builds a
//! [`Config`].

use crate::Limits;
use crate::limits::{CORE_INSTANCES, Caps};
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

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

/// Address space set aside for a linear memory, in bytes: the most that a call may ever use.
///
/// The default of 4 GiB would fail where an administrator limits the address space of PHP
/// workers. It is reserved, not used: pages cost something when they are touched.
const RESERVED_BYTES: usize = Limits::MOST_MEMORY_BYTES;

/// Calls of one process that can be under way at once; more of them wait.
///
/// A PHP worker makes one call at a time. Two are for thread-safe builds and the socket host;
/// each costs [`RESERVED_BYTES`] of address space.
pub(crate) const SLOTS: u32 = 2;

/// [`CORE_INSTANCES`] of every slot.
const POOLED_INSTANCES: u32 = SLOTS * CORE_INSTANCES;

/// How much of a memory stays with the process between calls, in bytes.
///
/// This part is cleared by writing zeros, the rest is given back to the system and has to be
/// faulted in again, which made up a third of a call.
const KEPT_BYTES: usize = 2 * 1024 * 1024;

/// The settings, each with its reason.
///
/// - **Fuel** bounds the work of a call. It counts instructions, so the same document needs
///   the same fuel on every machine, which a clock cannot offer.
/// - **No signal handlers**: with signal-based traps wasmtime would install process-wide
///   handlers for SIGSEGV, SIGILL and SIGFPE in a process that belongs to PHP and its other
///   extensions. Explicit bounds checks instead were measured to cost 6 % of a document of five
///   lines and 17 % of one of 500. Guard pages are off because nothing would catch a fault.
/// - **A memory that never moves**: the pool sets aside all that it may ever need.
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
        .memory_reservation(u64::try_from(RESERVED_BYTES).unwrap_or(u64::MAX))
        .memory_may_move(false)
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
/// Memories come from a pool: a call finds the memory of an earlier one, cleared and with the
/// component's data in place, instead of asking the system for a new one.
///
/// # Errors
///
/// When wasmtime refuses the settings on this platform.
pub(crate) fn runtime() -> Result<Engine, wasmtime::Error> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(SLOTS)
        .total_core_instances(POOLED_INSTANCES)
        .total_tables(POOLED_INSTANCES)
        .table_elements(Caps::TABLE_ELEMENTS)
        .total_memories(SLOTS)
        .max_memory_size(RESERVED_BYTES)
        .max_unused_warm_slots(SLOTS)
        .linear_memory_keep_resident(KEPT_BYTES)
        .pagemap_scan(Enabled::Auto)
        .table_keep_resident(KEPT_BYTES);
    let mut config = config();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config)
}
