//! Clocks, medians, and what the machine is.

use std::hint::black_box;
use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};

use crate::Failure;

/// CPU time of this thread so far, which a busy neighbour does not lengthen as it does the time on the wall.
pub(crate) fn thread_cpu() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

/// CPU time of `work` in this thread, and what it made, which is dropped after the clock has stopped.
pub(crate) fn cpu_of<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = thread_cpu();
    let made = black_box(work());
    (thread_cpu().saturating_sub(start), made)
}

/// Mean CPU time of one of `count` calls.
pub(crate) fn cpu_each<T>(count: usize, mut work: impl FnMut() -> T) -> Duration {
    let (total, ()) = cpu_of(|| {
        for _ in 0..count {
            black_box(work());
        }
    });
    total.div_f64(count_as_f64(count))
}

/// Time on the wall of `work`.
pub(crate) fn wall_of<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<(Duration, T), Failure> {
    let start = Instant::now();
    let made = work()?;
    Ok((start.elapsed(), made))
}

pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.get(middle), values.len() % 2) {
        (Some(upper), 0) => values
            .get(middle.wrapping_sub(1))
            .map_or(*upper, |lower| f64::midpoint(*lower, *upper)),
        (Some(middle), _) => *middle,
        (None, _) => f64::NAN,
    }
}

/// Median in seconds.
pub(crate) fn median_time(values: impl IntoIterator<Item = Duration>) -> f64 {
    median(values.into_iter().map(|value| value.as_secs_f64()))
}

/// Pairs of measurements; each is judged by the median of the ratios within pairs.
#[derive(Debug, Default)]
pub(crate) struct Pairs(pub(crate) Vec<(f64, f64)>);

impl Pairs {
    pub(crate) fn push(&mut self, ours: Duration, theirs: Duration) {
        self.0.push((ours.as_secs_f64(), theirs.as_secs_f64()));
    }

    /// Ours through theirs.
    pub(crate) fn ratio(&self) -> f64 {
        median(self.0.iter().map(|(ours, theirs)| ours / theirs))
    }

    /// The least and the greatest ratio.
    pub(crate) fn range(&self) -> (f64, f64) {
        let ratios = self.0.iter().map(|(ours, theirs)| ours / theirs);
        ratios.fold((f64::INFINITY, 0.0), |(least, most), ratio| {
            (f64::min(least, ratio), f64::max(most, ratio))
        })
    }

    pub(crate) fn ours(&self) -> f64 {
        median(self.0.iter().map(|pair| pair.0))
    }

    pub(crate) fn theirs(&self) -> f64 {
        median(self.0.iter().map(|pair| pair.1))
    }

    /// The ratio with both medians and the spread, for people.
    pub(crate) fn show(&self) -> String {
        let (least, most) = self.range();
        format!(
            "{:.2} × ({} against {}; {least:.2} to {most:.2})",
            self.ratio(),
            time(self.ours()),
            time(self.theirs())
        )
    }
}

/// A time for people.
pub(crate) fn time(seconds: f64) -> String {
    if seconds >= 1.0 {
        format!("{seconds:.2} s")
    } else if seconds >= 1e-3 {
        format!("{:.2} ms", seconds * 1e3)
    } else if seconds >= 1e-6 {
        format!("{:.2} µs", seconds * 1e6)
    } else {
        format!("{:.1} ns", seconds * 1e9)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(crate) fn count_as_f64(count: usize) -> f64 {
    count as f64
}

/// The load of the last minute.
pub(crate) fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}

/// What this runs on, in general terms.
pub(crate) fn machine() -> String {
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes: u64 = memory
        .split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .unwrap_or_default();
    format!(
        "{} cores ({}), {} GB, Linux, load {}.",
        processors,
        std::env::consts::ARCH,
        kilobytes >> 20,
        load()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_the_mean_of_both() {
        assert!((median([3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median([4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!(median([]).is_nan());
    }

    #[test]
    fn the_ratio_is_of_pairs_not_of_medians() {
        let pairs = Pairs(vec![(1.0, 2.0), (10.0, 10.0), (4.0, 2.0)]);
        assert!((pairs.ratio() - 1.0).abs() < 1e-9);
        assert_eq!(pairs.range(), (0.5, 2.0));
    }
}
