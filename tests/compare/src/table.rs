use std::fmt;

/// What was measured, against what was to be reached.
#[derive(Debug, Default)]
pub(crate) struct Table {
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    what: String,
    target: String,
    measured: String,
    verdict: &'static str,
}

/// What a ratio is to reach.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// At most so much.
    AtMost(f64),
    /// At least so much.
    AtLeast(f64),
    /// Nothing: it is told, not judged.
    Reported,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a line: `value` is what is judged, `measured` is what is printed.
    pub(crate) fn add(
        &mut self,
        what: impl Into<String>,
        unit: &str,
        target: Target,
        value: f64,
        measured: impl Into<String>,
    ) {
        let (target, verdict) = match target {
            Target::AtMost(limit) => (format!("≤ {} {unit}", short(limit)), verdict(value <= limit)),
            Target::AtLeast(limit) => (format!("≥ {} {unit}", short(limit)), verdict(value >= limit)),
            Target::Reported => ("reported".to_owned(), ""),
        };
        let what = what.into();
        let measured = measured.into();
        eprintln!("  {what}: {measured} ({target}) {verdict}");
        self.lines.push(Line {
            what,
            target: target.trim_end().to_owned(),
            measured,
            verdict,
        });
    }

    /// Says of a part that it could not be measured, and why.
    pub(crate) fn not_run(&mut self, part: &str, why: &str) {
        eprintln!("  {part}: not run: {why}");
        self.lines.push(Line {
            what: part.to_owned(),
            target: String::new(),
            measured: why.to_owned(),
            verdict: "not run",
        });
    }

    /// The lines that have a target, or could not be measured.
    pub(crate) fn judged(&self) -> Self {
        let judged = self.lines.iter().filter(|line| !line.verdict.is_empty());
        Self {
            lines: judged.cloned().collect(),
        }
    }
}

/// A number without digits that say nothing.
fn short(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "missed" }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| What | Target | Measured | |")?;
        writeln!(f, "|---|---|---|---|")?;
        for line in &self.lines {
            let Line {
                what,
                target,
                measured,
                verdict,
            } = line;
            writeln!(f, "| {what} | {target} | {measured} | {verdict} |")?;
        }
        Ok(())
    }
}
