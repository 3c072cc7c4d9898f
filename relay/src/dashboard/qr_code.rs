//! A text as a QR code: the path of an SVG, a square for each dark module.

use std::fmt::Write as _;

use qrcode::{Color, QrCode};

/// Modules without anything around the code, as its standard asks.
const QUIET: usize = 4;

/// A code to be drawn.
pub(super) struct Drawing {
    /// Modules on each side, with the quiet zone.
    pub(super) side: usize,
    /// The `d` of a path.
    pub(super) path: String,
}

/// Draws a text; nothing when it is too long for any code.
pub(super) fn drawn(text: &str) -> Option<Drawing> {
    let code = QrCode::new(text).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (index, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (index % width + QUIET, index / width + QUIET);
            // Writing into a text does not fail.
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    Some(Drawing {
        side: width + 2 * QUIET,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corners_say_that_it_is_one() {
        let drawing = drawn("otpauth://totp/x?secret=ABC").unwrap();
        // The three finder patterns: dark at their outer corners, and the fourth corner is not one.
        let far = drawing.side - QUIET - 1;
        for (x, y) in [(QUIET, QUIET), (far, QUIET), (QUIET, far)] {
            assert!(drawing.path.contains(&format!("M{x} {y}h1")), "{x} {y}");
        }
        assert_eq!(drawing.side, 29 + 2 * QUIET);
        assert!(drawn(&"a".repeat(5_000)).is_none());
    }
}
