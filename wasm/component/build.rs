//! The module's own stack, which the linker would make 1 MiB large.

/// Bytes of the stack inside the linear memory.
///
/// The memory is put back to its first state before every call, stack included, so its size
/// costs time on each of them. The deepest JSON that the core reads needs a small part of this;
/// whoever needs more traps cleanly, because the stack lies below everything else.
const STACK_BYTES: u32 = 256 * 1024;

fn main() {
    println!("cargo::rustc-link-arg-cdylib=-zstack-size={STACK_BYTES}");
    println!("cargo::rerun-if-changed=build.rs");
}
