//! The PHP class `Byte8\Sage\Decision`: readonly text, made by the translator alone.

use crate::class::{ClassSlot, declare_readonly, set_string};
use ext_php_rs::builders::ClassBuilder;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::{Error, Result};
use ext_php_rs::flags::{ClassFlags, DataType};
use ext_php_rs::types::{ZendObject, Zval};
use ledger_wasm_host::{Decision, Outcome};

const NAME: &str = "Byte8\\Sage\\Decision";
const PROPERTIES: [&str; 6] = [
    "outcome",
    "code",
    "pointer",
    "message",
    "suggestion",
    "json",
];

static CLASS: ClassSlot = ClassSlot::new();

/// A decision on its way to PHP.
pub struct PhpDecision(pub(crate) Decision);

/// Declares the class.
pub(crate) fn register() -> Result<()> {
    ClassBuilder::new(NAME)
        .flags(ClassFlags::Final | ClassFlags::NoDynamicProperties)
        .registration(|class, _arguments| {
            for name in PROPERTIES {
                declare_readonly(class, name);
            }
            CLASS.set(class);
        })
        .register()
}

impl IntoZval for PhpDecision {
    const TYPE: DataType = DataType::object(NAME);
    const NULLABLE: bool = false;

    fn set_zval(self, zval: &mut Zval, persistent: bool) -> Result<()> {
        let class = CLASS.get().ok_or(Error::InvalidPointer)?;
        let Decision { outcome, document } = self.0;
        let (outcome, [code, pointer, message, suggestion]) = match outcome {
            Outcome::Post => ("post", [const { String::new() }; 4]),
            Outcome::Skip { reason, message } => {
                ("skip", [reason, String::new(), message, String::new()])
            }
            Outcome::Reject {
                code,
                pointer,
                message,
                suggestion,
            } => ("reject", [code, pointer, message, suggestion]),
        };
        let values = [outcome, &code, &pointer, &message, &suggestion, &document];
        let mut object = ZendObject::new(class);
        for (name, value) in PROPERTIES.iter().zip(values) {
            set_string(class, &mut object, name, value);
        }
        object.set_zval(zval, persistent)
    }
}
