//! Texts on their way to Sage: decoded, cleaned, cut on a character boundary.

use std::borrow::Cow;

/// Longest entity name that HTML knows, with the ampersand and the semicolon.
const LONGEST_ENTITY: usize = 33;

/// Product data can be encoded twice (`&amp;trade;`); deeper than this is not decoded.
const MAX_ENCODING_DEPTH: usize = 4;

/// Decodes HTML entities, also those encoded more than once.
///
/// Only entities closed with a semicolon are decoded: `R&D`, `Rock&reggae` and a
/// half-typed `&amp` are text that somebody wrote, and HTML's rule for legacy names
/// without a semicolon would turn the second into `Rock®gae`.
pub(crate) fn decode_entities(text: &str) -> Cow<'_, str> {
    let mut decoded = Cow::Borrowed(text);
    for _ in 0..MAX_ENCODING_DEPTH {
        match decode_once(&decoded) {
            Some(next) => decoded = Cow::Owned(next),
            None => break,
        }
    }
    decoded
}

fn decode_once(text: &str) -> Option<String> {
    if !text.bytes().any(|byte| byte == b'&') {
        return None;
    }
    let mut output = String::new();
    let mut rest = text;
    let mut changed = false;
    while let Some(start) = rest.find('&') {
        let (before, candidate) = rest.split_at(start);
        output.push_str(before);
        let entity = entity_at_start(candidate);
        let decoded = entity.map(htmlize::unescape);
        match (entity, decoded) {
            (Some(entity), Some(decoded)) if decoded != entity && !decoded.contains(';') => {
                output.push_str(&decoded);
                rest = candidate.get(entity.len()..).unwrap_or_default();
                changed = true;
            }
            _ => {
                output.push('&');
                rest = candidate.get(1..).unwrap_or_default();
            }
        }
    }
    output.push_str(rest);
    changed.then_some(output)
}

/// `&name;` or `&#123;` at the start of `text`, when one stands there.
fn entity_at_start(text: &str) -> Option<&str> {
    let end = text
        .char_indices()
        .take(LONGEST_ENTITY)
        .find_map(|(index, character)| (character == ';').then_some(index))?;
    let entity = text.get(..=end)?;
    let name = entity.get(1..end)?;
    let plausible = !name.is_empty()
        && name
            .chars()
            .enumerate()
            .all(|(index, c)| c.is_ascii_alphanumeric() || (index == 0 && c == '#'));
    plausible.then_some(entity)
}

/// Replaces control characters and runs of white space by one space, and trims.
///
/// Line feeds in a street or a product name have no meaning in Sage's one-line fields.
pub(crate) fn single_line(text: &str) -> Cow<'_, str> {
    if is_single_line(text) {
        return Cow::Borrowed(text);
    }
    let mut output = String::with_capacity(text.len());
    for word in text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
    {
        if !output.is_empty() {
            output.push(' ');
        }
        output.push_str(word);
    }
    Cow::Owned(output)
}

/// Whether a text is as [`single_line`] leaves it: most are, and need no copy.
///
/// Only ASCII is looked at; a text with anything else takes the long way.
fn is_single_line(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
        && !bytes.starts_with(b" ")
        && !bytes.ends_with(b" ")
        && !bytes.windows(2).any(|pair| pair == b"  ")
}

/// The first `limit` characters of `text`, and whether anything was lost.
pub(crate) fn cut(text: &str, limit: usize) -> (&str, bool) {
    // No character is shorter than a byte.
    if text.len() <= limit {
        return (text, false);
    }
    match text.char_indices().nth(limit) {
        Some((end, _)) => (text.get(..end).unwrap_or(text), true),
        None => (text, false),
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_decode() {
        for (encoded, decoded) in [
            ("Quest Lumaflex&trade; Band", "Quest Lumaflex™ Band"),
            ("&lt;b&gt; &amp; &#8482; &#x2122;", "<b> & ™ ™"),
            ("Tea &amp;amp; Co", "Tea & Co"),
            ("&amp;trade;", "™"),
            ("R&D", "R&D"),
            ("Rock&reggae; no", "Rock&reggae; no"),
            ("AT&amp", "AT&amp"),
            ("a & b; c", "a & b; c"),
            ("&;&#;&#x;", "&;&#;&#x;"),
            ("&amp;&amp;", "&&"),
        ] {
            assert_eq!(decode_entities(encoded), decoded, "{encoded}");
        }
    }

    #[test]
    fn decoding_is_idempotent() {
        for text in ["&amp;amp;amp;lt;", "x &notanentity; y", "™ & ©"] {
            let once = decode_entities(text).into_owned();
            assert_eq!(decode_entities(&once), once);
        }
    }

    #[test]
    fn cuts_on_character_boundaries() {
        assert_eq!(cut("naïve", 3), ("naï", true));
        assert_eq!(cut("naïve", 5), ("naïve", false));
        assert_eq!(cut("", 0), ("", false));
    }

    #[test]
    fn one_line() {
        assert_eq!(single_line(" a\n\tb\u{0007}c  d "), "a b c d");
    }
}
