//! Texts as shops have them, and worse.

/// One of the texts.
pub(super) fn text(choice: u8) -> &'static str {
    TEXTS
        .get(usize::from(choice) % TEXTS.len())
        .copied()
        .unwrap_or("Text")
}

const TEXTS: [&str; 12] = [
    "Plain mug",
    "Quest Lumaflex&trade; Band",
    "Tea &amp;amp; Co &lt;b&gt;",
    "Größe 42 – naïve café",
    "كوب شاي للصباح الباكر",
    "Family 👨‍👩‍👧‍👦 mug 🎉",
    "tab\tand\nline\u{7}feed",
    "Rock&reggae R&D &notanentity; &#0; &#x110000;",
    "",
    "   ",
    "A name of more than a hundred characters, which no field of a contact can hold, so that it has \
     to be cut somewhere, and better not in the middle of a letter: ÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜ\
     ÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜÄÖÜ",
    "\u{202e}right to left\u{202c} \u{0}null",
];
