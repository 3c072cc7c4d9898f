//! The PHP class `Byte8\Sage\TranslatorException` and the way from an error to it.

use crate::class::{ClassSlot, declare_string, set_string};
use ext_php_rs::builders::ClassBuilder;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::{Error as PhpError, Result};
use ext_php_rs::exception::PhpException;
use ext_php_rs::types::ZendObject;
use ext_php_rs::zend::{ClassEntry, ce};
use ledger_wasm_host::Error;

const NAME: &str = "Byte8\\Sage\\TranslatorException";
const PROPERTIES: [&str; 3] = ["errorCode", "pointer", "suggestion"];

static CLASS: ClassSlot = ClassSlot::new();

/// What goes wrong in a call from PHP.
#[derive(Debug)]
pub enum Failure {
    /// The host said why.
    Host(Error),
    /// PHP itself refused something, such as memory for an array.
    Php(PhpError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Host(error)
    }
}

impl From<PhpError> for Failure {
    fn from(error: PhpError) -> Self {
        Self::Php(error)
    }
}

impl From<Failure> for PhpException {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Host(error) => exception(&error),
            Failure::Php(error) => Self::from(error),
        }
    }
}

/// Declares the class.
pub(crate) fn register() -> Result<()> {
    ClassBuilder::new(NAME)
        .extends((runtime_exception, "\\RuntimeException"))
        .registration(|class, _arguments| {
            for name in PROPERTIES {
                // An interned empty string cannot be refused; without it the property would
                // have no default, which reflection would show.
                if declare_string(class, name).is_err() {
                    return;
                }
            }
            CLASS.set(class);
        })
        .register()
}

/// The exception for an error, with its properties set.
fn exception(error: &Error) -> PhpException {
    let message = error.full_message();
    let Some(class) = CLASS.get() else {
        return PhpException::from(message);
    };
    let mut object = ZendObject::new(class);
    set_string(ce::exception(), &mut object, "message", &message);
    let values = [error.code(), error.pointer(), error.suggestion()];
    for (name, value) in PROPERTIES.iter().zip(values) {
        set_string(class, &mut object, name, value);
    }
    match object.into_zval(false) {
        Ok(zval) => PhpException::new(message, 0, class).with_object(zval),
        Err(_) => PhpException::new(message, 0, class),
    }
}

unsafe extern "C" {
    static spl_ce_RuntimeException: *mut ClassEntry;
}

/// PHP's own `RuntimeException`. It cannot be found by name: the table that is searched by name
/// exists during requests only.
fn runtime_exception() -> &'static ClassEntry {
    // SAFETY: PHP exports this pointer; its extension SPL is always built in and sets it at
    // start-up, before extensions that are loaded from files. PHP keeps class entries.
    unsafe { spl_ce_RuntimeException.as_ref() }.unwrap_or_else(ce::exception)
}
