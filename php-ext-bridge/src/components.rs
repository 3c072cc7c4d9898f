//! The components that this process has loaded.

use ledger_wasm_host::{Error, Translator};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// By path. A failure is not kept: the next attempt reads the file again.
static LOADED: Mutex<BTreeMap<String, Arc<Translator>>> = Mutex::new(BTreeMap::new());

/// The component at `path`, loaded at first use and kept until the process ends.
///
/// It is loaded lazily and not at module start, so that worker processes are forked first and
/// PHP starts even where the file is damaged. A file that is replaced later is not noticed:
/// PHP has to be restarted, as after any change of an extension.
pub(crate) fn at(path: &str) -> Result<Arc<Translator>, Error> {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(translator) = loaded.get(path) {
        return Ok(Arc::clone(translator));
    }
    let translator = Arc::new(Translator::load(path)?);
    loaded.insert(path.to_owned(), Arc::clone(&translator));
    Ok(translator)
}
