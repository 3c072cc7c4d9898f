//! Eircodes, the postcodes of Ireland.

use std::borrow::Cow;

/// An Eircode as the post writes it: `a65f4e2` becomes `A65 F4E2`.
///
/// A routing key of a letter and two digits (or D6W) and four letters or digits behind it. What
/// has another form, such as the older `Dublin 4`, stays as the customer wrote it.
pub(super) fn normal_form(postcode: &str) -> Cow<'_, str> {
    let letters: String = postcode
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    match letters.split_at_checked(3) {
        Some((routing_key, identifier))
            if is_routing_key(routing_key)
                && identifier.len() == 4
                && identifier.chars().all(|c| c.is_ascii_alphanumeric()) =>
        {
            Cow::Owned(format!("{routing_key} {identifier}"))
        }
        Some(_) | None => Cow::Borrowed(postcode),
    }
}

fn is_routing_key(text: &str) -> bool {
    let mut letters = text.chars();
    let ordinary = letters.next().is_some_and(|c| c.is_ascii_uppercase())
        && letters.all(|c| c.is_ascii_digit());
    ordinary || text == "D6W"
}

#[cfg(test)]
mod tests {
    use super::normal_form;

    #[test]
    fn eircodes_are_written_as_the_post_does() {
        for (written, expected) in [
            ("A65 F4E2", "A65 F4E2"),
            ("a65f4e2", "A65 F4E2"),
            (" d01-f5p2 ", "D01 F5P2"),
            ("d6wxk28", "D6W XK28"),
        ] {
            assert_eq!(normal_form(written), expected);
        }
    }

    #[test]
    fn anything_else_stays_as_written() {
        for written in [
            "",
            "Dublin 4",
            "D4",
            "A65 F4E",
            "A6B F4E2",
            "A65 F4E22",
            "é65 F4E2",
            "BT1 5GS",
        ] {
            assert_eq!(normal_form(written), written);
        }
    }
}
