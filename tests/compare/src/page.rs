//! The pages that show the table: between two comments each, which this rewrites.

use std::fs;
use std::path::Path;

use crate::Failure;

const BEGIN: &str = "<!-- tests/compare/run --write: begin -->\n";
const END: &str = "<!-- end -->\n";

/// Puts the text between the comments of the page, which is named from the root of the workspace.
pub(crate) fn write(page: &str, text: &str) -> Result<(), Failure> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page);
    let before = fs::read_to_string(&path).map_err(|error| format!("{page}: {error}"))?;
    let after = replaced(&before, text).ok_or_else(|| format!("{page} has no lines {BEGIN}{END}"))?;
    fs::write(&path, after).map_err(|error| format!("{page}: {error}"))?;
    Ok(())
}

fn replaced(page: &str, text: &str) -> Option<String> {
    let (head, rest) = page.split_once(BEGIN)?;
    let (_, tail) = rest.split_once(END)?;
    Some(format!("{head}{BEGIN}{text}{END}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between_the_comments_is_replaced_and_nothing_else() {
        let page = format!("a\n{BEGIN}old\n{END}b\n");
        assert_eq!(replaced(&page, "new\n"), Some(format!("a\n{BEGIN}new\n{END}b\n")));
        assert_eq!(replaced("a\nb\n", "new\n"), None);
    }
}
