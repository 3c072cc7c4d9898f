//! The commands of the quick start, as the page has them.

use crate::paths;
use crate::process::Outcome;
use std::fs;

const PAGE: &str = "docs/developer/quick-start.md";

/// What the page writes for the release and PHP that it shows.
const PHP: &str = "php8.2";

/// The commands of the blocks with this word behind `sh`, for a version of PHP, one by one.
pub(super) fn commands(word: &str, php: &str) -> Outcome<Vec<String>> {
    let file = paths::root().join(PAGE);
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let found = of_blocks(&text, word);
    if found.is_empty() {
        return Err(format!("{PAGE} has no block \"sh {word}\""));
    }
    let for_php = |command: &String| command.replace(PHP, &format!("php{php}"));
    Ok(found.iter().map(for_php).collect())
}

fn of_blocks(text: &str, word: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut is_inside = false;
    for line in text.lines().map(str::trim) {
        if line == format!("```sh {word}") {
            is_inside = true;
        } else if line == "```" {
            is_inside = false;
        } else if is_inside && !line.is_empty() {
            commands.push(line.to_owned());
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::of_blocks;

    #[test]
    fn commands_are_those_of_the_named_blocks() {
        let page = "1. One\n\n   ```sh shop\n   a b\n\n   c\n   ```\n```sh other\nd\n```\n```sh shop\ne\n```\nf\n";
        assert_eq!(of_blocks(page, "shop"), ["a b", "c", "e"]);
        assert_eq!(of_blocks(page, "none"), [""; 0]);
    }
}
