//! Bars of the last thirty days, drawn on the server.

use std::fmt::Write as _;

use ledger_store::history::DayCount;

use super::times::day;

const DAYS: i64 = 30;
const WIDTH: i64 = 600;
const HEIGHT: i64 = 96;
const STEP: i64 = WIDTH / DAYS;

/// What is stacked, from the bottom: class of the style sheet, word, states.
const LAYERS: [(&str, &str, &[&str]); 4] = [
    ("good", "in Sage", &["succeeded"]),
    ("quiet", "replaced", &["superseded"]),
    (
        "open",
        "on the way",
        &["queued", "running", "waiting", "parked"],
    ),
    ("bad", "need attention", &["rejected", "ambiguous"]),
];

/// The bars as SVG, with a title for each day; nothing when no document came.
pub(super) fn bars(counts: &[DayCount], today: i64) -> Option<String> {
    let first = today - DAYS + 1;
    let of = |day: i64, states: &[&str]| -> i64 {
        let of_day = counts.iter().filter(|count| count.day == day);
        let wanted = of_day.filter(|count| states.contains(&count.state.as_str()));
        wanted.map(|count| count.documents).sum()
    };
    let total = |day: i64| -> i64 { LAYERS.iter().map(|(_, _, states)| of(day, states)).sum() };
    let most = (first..=today).map(total).max().unwrap_or_default();
    if most == 0 {
        return None;
    }
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Documents of each of the last {DAYS} days; at most {most} on one day\" preserveAspectRatio=\"none\">"
    );
    for (place, date) in (0..).zip(first..=today) {
        let mut words = Vec::new();
        let mut bars = String::new();
        let mut below = 0;
        for (class, word, states) in LAYERS {
            let documents = of(date, states);
            if documents == 0 {
                continue;
            }
            words.push(format!("{documents} {word}"));
            let height = (documents * HEIGHT / most).max(2);
            let (x, y) = (place * STEP + 2, HEIGHT - below - height);
            below += height;
            let width = STEP - 4;
            // Writing into a string does not fail.
            let _ = write!(
                bars,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
            );
        }
        if words.is_empty() {
            words.push("nothing".to_owned());
            let (x, y) = (place * STEP + 2, HEIGHT - 1);
            let width = STEP - 4;
            let _ = write!(
                bars,
                "<rect class=\"none\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"1\"/>"
            );
        }
        let _ = write!(
            svg,
            "<g><title>{}: {}</title>{bars}</g>",
            day(date),
            words.join(", ")
        );
    }
    svg.push_str("</svg>");
    Some(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(day: i64, state: &str, documents: i64) -> DayCount {
        DayCount {
            day,
            state: state.to_owned(),
            documents,
        }
    }

    #[test]
    fn a_day_is_a_bar_with_its_words() {
        let counts = [
            count(100, "succeeded", 8),
            count(100, "rejected", 2),
            count(60, "succeeded", 99),
        ];
        let svg = bars(&counts, 100).unwrap();
        assert_eq!(svg.matches("<g>").count(), 30);
        assert!(svg.contains("11 Apr: 8 in Sage, 2 need attention"), "{svg}");
        assert!(svg.contains("at most 10 on one day"));
        assert_eq!(bars(&counts, 200), None);
    }
}
