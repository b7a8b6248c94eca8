//! The pictures of the embedded host.

use test_support::Suite;

use crate::command::Example;

pub(crate) fn cases(suite: &mut Suite) {
    for (format, golden) in [
        ("dot", include_str!("../golden/show-embedded.dot")),
        ("mermaid", include_str!("../golden/show-embedded.mmd")),
        ("svg", include_str!("../golden/show-embedded.svg")),
    ] {
        suite.case_with(
            format!("show: the {format} of the embedded host, on stdout and in a file"),
            Example::available("show"),
            move |show| {
                let ran = show.run(&["--format", format])?;
                assert_eq!(ran.code, Some(0), "{}", ran.stderr);
                pretty_assertions::assert_str_eq!(stable(&ran.stdout), golden);

                let directory = tempfile::tempdir()?;
                let file = directory.path().join("host");
                let ran = show.run(&["--format", format, "-o", file.to_str().ok_or("not UTF-8")?])?;
                assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{}", ran.stderr);
                pretty_assertions::assert_str_eq!(stable(&std::fs::read_to_string(&file)?), golden);
                Ok(())
            },
        );
    }
    suite.case_with(
        "show: a file that cannot be written is one sentence",
        Example::available("show"),
        |show| {
            let ran = show.run(&["--format", "svg", "-o", "/nonexistent/host.svg"])?;
            assert_eq!(ran.code, Some(1));
            let last = ran.stderr.lines().last().unwrap_or_default();
            assert!(
                last.starts_with("/nonexistent/host.svg could not be written: "),
                "{}",
                ran.stderr
            );
            Ok(())
        },
    );
}

/// The picture without the server's port on loopback, which is a new one at each run.
fn stable(picture: &str) -> String {
    let mut parts = picture.split("tcp:127.0.0.1:");
    let mut stable = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        stable.push_str("tcp:127.0.0.1:PORT");
        stable.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    stable
}
