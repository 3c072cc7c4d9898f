//! Plain PHP classes with typed string properties.
//!
//! Properties of ext-php-rs are calls into Rust behind PHP's back: reflection, `var_dump` and
//! `clone` do not see them as they are. The two classes that only carry text are therefore
//! ordinary PHP classes, declared through three functions of the Zend API.

use ext_php_rs::error::Result;
use ext_php_rs::ffi::{zend_property_info, zend_type};
use ext_php_rs::types::{ZendObject, ZendStr, Zval};
use ext_php_rs::zend::ClassEntry;
use std::ffi::c_char;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A public property.
const PUBLIC: i32 = 1;
/// A property that can be written once, from inside the class. PHP 8.1 and later.
const READONLY: i32 = 1 << 7;
/// A type that allows strings and nothing else.
const STRING_ONLY: u32 = 1 << ext_php_rs::ffi::IS_STRING;

unsafe extern "C" {
    fn zend_declare_typed_property(
        class: *mut ClassEntry,
        name: *mut ZendStr,
        default: *mut Zval,
        access: i32,
        doc_comment: *mut ZendStr,
        property_type: zend_type,
    ) -> *mut zend_property_info;

    fn zend_update_property_stringl(
        scope: *mut ClassEntry,
        object: *mut ZendObject,
        name: *const c_char,
        name_length: usize,
        value: *const c_char,
        value_length: usize,
    );
}

/// Where the entry of a class is kept after its registration.
pub(crate) struct ClassSlot(AtomicPtr<ClassEntry>);

impl ClassSlot {
    pub(crate) const fn new() -> Self {
        Self(AtomicPtr::new(std::ptr::null_mut()))
    }

    pub(crate) fn set(&self, class: &'static mut ClassEntry) {
        self.0.store(class, Ordering::Release);
    }

    /// The class, or nothing before PHP's start-up.
    pub(crate) fn get(&self) -> Option<&'static ClassEntry> {
        // SAFETY: the pointer is null or came from a `&'static mut` in `set`; PHP keeps class
        // entries until the module shuts down, and nothing writes to them after start-up.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }
    }
}

/// Declares `public readonly string $name`, without a value.
pub(crate) fn declare_readonly(class: &mut ClassEntry, name: &str) {
    let mut nothing = Zval::new();
    nothing.u1.type_info = ext_php_rs::flags::ZvalTypeFlags::Undef.bits();
    declare(class, name, nothing, PUBLIC | READONLY);
}

/// Declares `public string $name = ''`.
pub(crate) fn declare_string(class: &mut ClassEntry, name: &str) -> Result<()> {
    let mut empty = Zval::new();
    empty.set_interned_string("", true)?;
    declare(class, name, empty, PUBLIC);
    Ok(())
}

fn declare(class: &mut ClassEntry, name: &str, mut default: Zval, access: i32) {
    let property_type = zend_type {
        ptr: std::ptr::null_mut(),
        type_mask: STRING_ONLY,
    };
    let name = ZendStr::new_interned(name, true).into_raw();
    // SAFETY: called during module start-up with the entry of a class that is being registered.
    // Name and default are persistent interned strings or undefined, as PHP requires of internal
    // classes; PHP copies the default and keeps the name. A doc comment may be null.
    unsafe {
        zend_declare_typed_property(
            class,
            name,
            &raw mut default,
            access,
            std::ptr::null_mut(),
            property_type,
        );
    }
}

/// Sets a string property as code inside `scope` would, so that readonly and protected
/// properties can be written.
pub(crate) fn set_string(
    scope: &'static ClassEntry,
    object: &mut ZendObject,
    name: &str,
    value: &str,
) {
    // SAFETY: `object` is alive for the call, and both texts are given with their lengths and
    // are copied by PHP. PHP takes the scope as mutable but only compares it.
    unsafe {
        zend_update_property_stringl(
            std::ptr::from_ref(scope).cast_mut(),
            object,
            name.as_ptr().cast(),
            name.len(),
            value.as_ptr().cast(),
            value.len(),
        );
    }
}
