//! What one call may use.

use wasmtime::ResourceLimiter;

/// Caps of one call. The defaults suit a document of many thousand lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Units of fuel: roughly the number of WebAssembly instructions.
    pub fuel: u64,
    /// Bytes of linear memory.
    pub memory_bytes: usize,
    /// Bytes of each of the two documents.
    pub input_bytes: usize,
}

impl Limits {
    /// A document of 9,000 lines (4 MB) was measured to need a tenth of this, in 0.1 s.
    pub const DEFAULT_FUEL: u64 = 10_000_000_000;
    /// Sixteen times the largest document.
    pub const DEFAULT_MEMORY_BYTES: usize = 256 * 1024 * 1024;
    /// 16 MiB.
    pub const DEFAULT_INPUT_BYTES: usize = 16 * 1024 * 1024;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: Self::DEFAULT_FUEL,
            memory_bytes: Self::DEFAULT_MEMORY_BYTES,
            input_bytes: Self::DEFAULT_INPUT_BYTES,
        }
    }
}

/// The state of one store: it says no when memory runs out.
///
/// It answers with an error and not with `false`: then the growth traps at once, and the cause
/// is known. A component that only sees a failed growth would abort with no reason given.
#[derive(Debug)]
pub(crate) struct Caps {
    memory_bytes: usize,
    /// What was asked for when it was refused.
    pub(crate) refused_bytes: Option<usize>,
}

impl Caps {
    /// Elements of all tables together: far more than a component of our size has functions.
    const TABLE_ELEMENTS: usize = 100_000;

    pub(crate) fn new(memory_bytes: usize) -> Self {
        Self {
            memory_bytes,
            refused_bytes: None,
        }
    }
}

impl ResourceLimiter for Caps {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if desired <= self.memory_bytes {
            return Ok(true);
        }
        self.refused_bytes = Some(desired);
        Err(wasmtime::Error::msg("the memory limit is reached"))
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= Self::TABLE_ELEMENTS)
    }

    /// A component made by wit-component holds one module and two small helpers.
    fn instances(&self) -> usize {
        16
    }

    fn tables(&self) -> usize {
        16
    }

    /// More than one memory would multiply the cap.
    fn memories(&self) -> usize {
        1
    }
}
