//! `diff` on pictures that `show --json` printed.

use std::fs;

use serde_json::Value;
use test_support::Suite;

use crate::command::Example;
use crate::offline::reference_host;

pub(crate) fn cases(suite: &mut Suite) {
    suite.case_with(
        "diff: two directories of captures",
        Example::available("diff"),
        |diff| {
            let other = tempfile::tempdir()?;
            for entry in fs::read_dir(reference_host())? {
                let entry = entry?;
                let text = fs::read_to_string(entry.path())?;
                fs::write(
                    other.path().join(entry.file_name()),
                    text.replace("tag: 32", "tag: 33"),
                )?;
            }
            let other = other.path().display().to_string();
            let same = diff.run(&[&reference_host(), &reference_host()])?;
            assert_eq!((same.code, same.stdout.as_str()), (Some(0), ""), "{same:?}");
            let ran = diff.run(&[&reference_host(), &other])?;
            assert_eq!(ran.code, Some(1), "{ran:?}");
            assert_eq!(ran.stdout, "~ port br0/tap345 tag 32 → 33\n");
            Ok(())
        },
    );
    let both = Example::available("show").and_then(|show| Ok((show, Example::available("diff")?)));
    suite.case_with("diff: two pictures, one line a change", both, |(show, diff)| {
        let directory = tempfile::tempdir()?;
        let path = |name: &str| directory.path().join(name).display().to_string();
        let (before, after, newer) = (path("before.json"), path("after.json"), path("newer.json"));
        let text = show.run(&["--json"])?.stdout;
        fs::write(&before, &text)?;
        let same = diff.run(&[&before, &before])?;
        assert_eq!((same.code, same.stdout.as_str()), (Some(0), ""), "{same:?}");

        assert_eq!(text.matches("\"tag\": 32").count(), 1);
        fs::write(&after, text.replace("\"tag\": 32", "\"tag\": 33"))?;
        let other = diff.run(&[&before, &after])?;
        assert_eq!(other.code, Some(1), "{other:?}");
        assert_eq!(other.stdout, "~ port br0/tap345 tag 32 → 33\n");
        let json: Value = serde_json::from_str(&diff.run(&["--json", &before, &after])?.stdout)?;
        assert_eq!(json.pointer("/changes/0/members/0/after"), Some(&Value::from(33)));

        fs::write(&newer, text.replace("\"version\": 1", "\"version\": 2"))?;
        diff.run(&[&before, &newer])?.refused_with(&[
            "newer.json",
            "model version 2",
            "use the release that made it",
        ]);
        diff.run(&[&before, &path("absent.json")])?
            .refused_with(&["absent.json"]);
        Ok(())
    });
}
