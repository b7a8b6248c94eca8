use std::cmp::Ordering;

/// Compares names so that runs of digits count as numbers: `tap2` comes before `tap10`.
///
/// Names that differ only in leading zeros are told apart by their bytes, so that the order is total.
pub(crate) fn by_name(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    while let (Some(x), Some(y)) = (left.chars().next(), right.chars().next()) {
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (number, rest) = digits(left);
            let (other, other_rest) = digits(right);
            // Without their leading zeros, the longer run of digits is the larger number.
            let unequal = number.len().cmp(&other.len()).then_with(|| number.cmp(other));
            if unequal != Ordering::Equal {
                return unequal;
            }
            (left, right) = (rest, other_rest);
        } else if x == y {
            (left, right) = (skip(left), skip(right));
        } else {
            return x.cmp(&y);
        }
    }
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

/// The items in the order of their names.
pub(super) fn sorted<T>(items: &[T], name: impl Fn(&T) -> &str) -> Vec<&T> {
    let mut sorted: Vec<&T> = items.iter().collect();
    sorted.sort_by(|a, b| by_name(name(a), name(b)));
    sorted
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (run, rest) = text.split_at(end);
    (run.trim_start_matches('0'), rest)
}

fn skip(text: &str) -> &str {
    let mut chars = text.chars();
    chars.next();
    chars.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_inside_names_count_as_numbers() {
        let mut names = [
            "tap10", "tap2", "br0-dhcp", "br0", "br10", "br2", "eth2.32", "eth2", "vnet007", "vnet7",
        ];
        names.sort_by(|a, b| by_name(a, b));
        assert_eq!(
            names,
            [
                "br0", "br0-dhcp", "br2", "br10", "eth2", "eth2.32", "tap2", "tap10", "vnet007", "vnet7"
            ]
        );
    }

    #[test]
    fn the_order_is_total() {
        assert_eq!(by_name("a01", "a1"), by_name("a1", "a01").reverse());
        assert_ne!(by_name("a01", "a1"), Ordering::Equal);
        assert_eq!(by_name("", ""), Ordering::Equal);
        assert_eq!(by_name("名前2", "名前10"), Ordering::Less);
    }
}
