//! Files and the environment, before anything is known of what they mean.

use std::path::Path;

use secrecy::SecretString;

use super::ConfigError;

/// A secret in a file of its own, without the line end.
pub(crate) fn secret_file(path: &Path) -> Result<SecretString, ConfigError> {
    let text = read_text(path)?;
    Ok(SecretString::from(text.trim().to_owned()))
}

pub(crate) fn read_text(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
        path: path.display().to_string(),
        source,
    })
}

pub(super) fn read_table(path: &Path) -> Result<toml::Table, ConfigError> {
    read_text(path)?
        .parse()
        .map_err(|error| ConfigError::Syntax {
            path: path.display().to_string(),
            source: Box::new(error),
        })
}

/// Makes a relative path of the file, or of the defaults, relative to the file.
pub(super) fn anchor(
    table: &mut toml::Table,
    (section, key, default): (&str, &str, &str),
    folder: &Path,
) {
    let section = table
        .entry(section)
        .or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let toml::Value::Table(section) = section
        && let toml::Value::String(path) = section
            .entry(key)
            .or_insert_with(|| toml::Value::String(default.to_owned()))
        && !path.is_empty()
    {
        *path = folder.join(&*path).display().to_string();
    }
}

/// Puts a value of the environment in its place: a number or boolean where it reads as one.
pub(super) fn set(table: &mut toml::Table, section: &str, key: &str, text: &str) {
    let number = text
        .parse()
        .map(toml::Value::Integer)
        .ok()
        .filter(|_| key != "server_key");
    let value = match text {
        "true" => toml::Value::Boolean(true),
        "false" => toml::Value::Boolean(false),
        _ => number.unwrap_or_else(|| toml::Value::String(text.to_owned())),
    };
    let section = table
        .entry(section)
        .or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let toml::Value::Table(section) = section {
        section.insert(key.to_owned(), value);
    }
}
