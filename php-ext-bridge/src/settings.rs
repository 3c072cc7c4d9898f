//! The ini settings.
//!
//! Only the administrator may change them (php.ini or `php -d`): a component is machine code,
//! so a script must not be able to point everyone else's default at another file.

use ext_php_rs::flags::IniEntryPermission;
use ext_php_rs::zend::{ExecutorGlobals, IniEntryDef, IniEntryDefs};
use ledger_wasm_host::{Error, Limits};
use std::collections::HashMap;

const COMPONENT: &str = "byte8_sage.component";
const FUEL: &str = "byte8_sage.fuel";
const MEMORY_LIMIT: &str = "byte8_sage.memory_limit";
const PANIC_DRILL: &str = "byte8_sage.panic_drill";

/// An empty number means the default of [`Limits`], so that it is written down once.
static ENTRIES: IniEntryDefs<5> = IniEntryDefs::new([
    IniEntryDef::new(c"byte8_sage.component", c"", IniEntryPermission::System),
    IniEntryDef::new(c"byte8_sage.fuel", c"", IniEntryPermission::System),
    IniEntryDef::new(c"byte8_sage.memory_limit", c"", IniEntryPermission::System),
    IniEntryDef::new(c"byte8_sage.panic_drill", c"0", IniEntryPermission::System),
    IniEntryDef::end(),
]);

/// The settings as they are now.
pub(crate) struct Settings {
    /// Path of the component, where one is configured.
    pub(crate) component: Option<String>,
    /// Caps of one call.
    pub(crate) limits: Limits,
    /// Panic on purpose in every call, so that an administrator, or a test of the very file
    /// that is shipped, can see that a panic of ours becomes an exception.
    pub(crate) panic_drill: bool,
}

/// Makes the settings known to PHP.
pub(crate) fn register(module_number: i32) {
    IniEntryDef::register(ENTRIES.as_slice(), module_number);
}

/// Reads the settings.
pub(crate) fn read() -> Result<Settings, Error> {
    let values = ExecutorGlobals::get().ini_values();
    let mut limits = Limits::default();
    if let Some(fuel) = number(&values, FUEL)? {
        limits.fuel = fuel;
    }
    if let Some(bytes) = number(&values, MEMORY_LIMIT)? {
        limits.memory_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    }
    Ok(Settings {
        component: text(&values, COMPONENT).map(str::to_owned),
        limits,
        panic_drill: matches!(text(&values, PANIC_DRILL), Some("1" | "On" | "on")),
    })
}

fn text<'a>(values: &'a HashMap<String, Option<String>>, name: &str) -> Option<&'a str> {
    let value = values.get(name)?.as_deref()?.trim();
    (!value.is_empty()).then_some(value)
}

/// A whole number, with PHP's suffixes K, M and G.
fn number(
    values: &HashMap<String, Option<String>>,
    name: &'static str,
) -> Result<Option<u64>, Error> {
    let Some(value) = text(values, name) else {
        return Ok(None);
    };
    let (digits, factor) = match value.as_bytes().last() {
        Some(b'k' | b'K') => (value.get(..value.len().saturating_sub(1)), 1 << 10),
        Some(b'm' | b'M') => (value.get(..value.len().saturating_sub(1)), 1 << 20),
        Some(b'g' | b'G') => (value.get(..value.len().saturating_sub(1)), 1 << 30),
        Some(_) | None => (Some(value), 1),
    };
    digits
        .and_then(|digits| digits.parse::<u64>().ok())
        .and_then(|count| count.checked_mul(factor))
        .map(Some)
        .ok_or_else(|| Error::SettingInvalid {
            name,
            value: value.to_owned(),
        })
}
