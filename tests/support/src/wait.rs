use std::thread;
use std::time::{Duration, Instant};

use crate::Failure;

/// How often a condition without an event of its own is looked at.
const POLL: Duration = Duration::from_millis(10);

/// Waits until `ready` gives a value, for at most `limit`.
///
/// For states of other processes that announce no event, such as a socket that starts to accept.
///
/// # Errors
/// When `limit` passes: the sentence says what was waited for, and for how long.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where tests wait for another process"
)]
pub fn wait_until<T>(
    what: &str,
    limit: Duration,
    mut ready: impl FnMut() -> Result<Option<T>, Failure>,
) -> Result<T, Failure> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(value) = ready()? {
            return Ok(value);
        }
        if Instant::now() >= deadline {
            return Err(Failure::new(format!(
                "waited {} s in vain until {what}",
                limit.as_secs_f32()
            )));
        }
        thread::sleep(POLL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_up_in_time_and_says_on_what() {
        let failure = wait_until("pigs fly", Duration::from_millis(30), || Ok(None::<()>)).unwrap_err();
        assert!(failure.to_string().contains("pigs fly"));
    }

    #[test]
    fn returns_the_first_value() {
        let mut calls = 0;
        let value = wait_until("it counts to three", Duration::from_secs(5), || {
            calls += 1;
            Ok((calls == 3).then_some(calls))
        });
        assert_eq!(value.unwrap(), 3);
    }
}
