//! Bytes of a caller as text for the component.

use std::borrow::Cow;

/// A caller's bytes as text.
///
/// JSON must be UTF-8, so bytes that are not are a mistake in the document, and the core shall
/// say so. The text is cut at the first such byte and one stray character is put there: what
/// comes out can never be valid JSON, and the error names the place. Replacing the bytes one by
/// one instead would post a name that nobody wrote.
#[must_use]
pub fn as_text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) => {
            let (valid, _) = bytes.split_at(error.valid_up_to());
            let mut text = String::from_utf8_lossy(valid).into_owned();
            text.push(char::REPLACEMENT_CHARACTER);
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_passes_and_the_rest_is_cut_at_the_first_stray_byte() {
        assert_eq!(as_text("größe".as_bytes()), "größe");
        assert_eq!(as_text(b"{\"a\":\"\xffb\"}"), "{\"a\":\"\u{fffd}");
        assert_eq!(as_text(b"\xc3"), "\u{fffd}");
    }
}
