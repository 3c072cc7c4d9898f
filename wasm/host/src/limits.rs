//! What one call may use.

use wasmtime::ResourceLimiter;

/// Caps of one call. The defaults suit a document of many thousand lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Units of fuel: roughly the number of WebAssembly instructions.
    pub fuel: u64,
    /// Bytes of linear memory; more than [`Limits::MOST_MEMORY_BYTES`] count as that.
    pub memory_bytes: usize,
    /// Bytes of each of the two documents.
    pub input_bytes: usize,
}

impl Limits {
    /// A document of 9,000 lines (4 MB) was measured to need a tenth of this, in 0.1 s.
    pub const DEFAULT_FUEL: u64 = 10_000_000_000;
    /// What the engine sets aside: sixteen times the largest document.
    pub const MOST_MEMORY_BYTES: usize = 256 * 1024 * 1024;
    /// All of it.
    pub const DEFAULT_MEMORY_BYTES: usize = Self::MOST_MEMORY_BYTES;
    /// 16 MiB.
    pub const DEFAULT_INPUT_BYTES: usize = 16 * 1024 * 1024;

    /// The linear memory a call can really have.
    pub(crate) fn memory(&self) -> usize {
        self.memory_bytes.min(Self::MOST_MEMORY_BYTES)
    }
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

/// Instances and tables of one component: wit-component makes one module and two small helpers.
pub(crate) const CORE_INSTANCES: u32 = 4;

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
    pub(crate) const TABLE_ELEMENTS: usize = 10_000;

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

    fn instances(&self) -> usize {
        usize::try_from(CORE_INSTANCES).unwrap_or(usize::MAX)
    }

    fn tables(&self) -> usize {
        self.instances()
    }

    /// More than one memory would multiply the cap.
    fn memories(&self) -> usize {
        1
    }
}
