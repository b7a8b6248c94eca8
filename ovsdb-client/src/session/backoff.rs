//! How long to wait before the next attempt.

use std::time::Duration;

/// Doubles from the least to the greatest wait; each is shortened at random by up to a half, so that the clients of a
/// server that restarts do not come back all at once.
#[derive(Debug)]
pub(super) struct Backoff {
    min: Duration,
    max: Duration,
    attempt: u32,
    random: u64,
}

impl Backoff {
    pub(super) fn new(min: Duration, max: Duration, seed: u64) -> Self {
        // Zero is the one state that a xorshift never leaves.
        Self {
            min,
            max,
            attempt: 0,
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
        }
    }

    /// Begins anew, after a session that lasted or was of use.
    pub(super) fn reset(&mut self) {
        self.attempt = 0;
    }

    /// The next wait.
    pub(super) fn next(&mut self) -> Duration {
        let doubled = self.min.saturating_mul(1 << self.attempt.min(16));
        self.attempt = self.attempt.saturating_add(1);
        let whole = doubled.min(self.max);
        whole - whole.mul_f64(self.fraction() / 2.0)
    }

    /// A number from 0 to 1: xorshift64.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double")]
    fn fraction(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_with_jitter_up_to_the_greatest() {
        let (min, max) = (Duration::from_millis(100), Duration::from_secs(8));
        let mut backoff = Backoff::new(min, max, 42);
        let mut expected = min;
        for _ in 0..20 {
            let wait = backoff.next();
            assert!(
                wait <= expected && wait >= expected / 2,
                "{wait:?} of {expected:?}"
            );
            expected = (expected * 2).min(max);
        }
        backoff.reset();
        assert!(backoff.next() <= min);
        let other = Backoff::new(min, max, 43).next();
        assert_ne!(other, Backoff::new(min, max, 99).next());
    }
}
