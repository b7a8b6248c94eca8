use crate::apply::journal::UnixTime;

/// Reads a time of UTC: `2026-12-31`, which is the beginning of that day, or `2026-12-31T18:00:00Z`.
pub(super) fn parse(text: &str) -> Option<UnixTime> {
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, time.strip_suffix('Z')?),
        None => (text, "00:00:00"),
    };
    let [year, month, day] = numbers(day, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [
        31,
        28 + u64::from(is_leap),
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let before = usize::try_from(month).ok()?.checked_sub(1)?;
    let length = *lengths.get(before)?;
    if year < 1970 || !(1..=length).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Leap days since 1970, of which 1972 was the first.
    let past = year - 1;
    let leap_days = (past / 4 - past / 100 + past / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400);
    let days_of_months: u64 = lengths.iter().take(before).sum();
    let days = (year - 1970) * 365 + leap_days + days_of_months + day - 1;
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    Some(UnixTime::from_millis(seconds * 1000))
}

/// Three numbers of so many digits each.
fn numbers(text: &str, separator: char, digits: [usize; 3]) -> Option<[u64; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != digits || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_it_is_printed() {
        for (text, printed) in [
            ("1970-01-01", "1970-01-01 00:00:00 UTC"),
            ("2000-02-29", "2000-02-29 00:00:00 UTC"),
            ("2026-11-23T02:10:34Z", "2026-11-23 02:10:34 UTC"),
            ("2100-03-01T23:59:59Z", "2100-03-01 23:59:59 UTC"),
        ] {
            assert_eq!(parse(text).map(|time| time.to_string()).as_deref(), Some(printed));
        }
        for wrong in [
            "",
            "2026",
            "2026-13-01",
            "2026-00-01",
            "2026-02-29",
            "2026-1-1",
            "2026-01-01T25:00:00Z",
            "2026-01-01T00:00:00",
            "1969-12-31",
            "2026-01-01-01",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
