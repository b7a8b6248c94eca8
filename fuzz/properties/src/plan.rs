//! What is written down of an edit: a plan, an intent, a desired state, a journal's entry.
//!
//! What reads prints so that it reads the same; what undoes what undoes a plan is the plan; and a journal's file of which any
//! byte is another is refused.

use std::fmt::Debug;

use ahv_net::apply::journal::{Entry, open_entry, seal_entry};
use ahv_net::edit::{Desired, Intent, Plan};
use serde_json::Value;

pub(crate) fn plan(input: &[u8]) {
    if let Some(plan) = reads_as_printed::<Plan>(input) {
        assert!(plan.to_string().starts_with("plan: "));
        for step in &plan.steps {
            assert_eq!(step.change.inverse().inverse(), step.change);
        }
        assert_eq!(plan.inverse().len(), plan.steps.len());
    }
    reads_as_printed::<Intent>(input);
    reads_as_printed::<Desired>(input);
    if let Some(entry) = reads_as_printed::<Entry>(input) {
        let _ = entry.to_string();
        let sealed = seal_entry(&entry).expect("an entry prints");
        assert_eq!(open_entry(&sealed).expect("what was sealed opens"), entry);
        let at = input.len() % sealed.len();
        let mut altered = sealed.clone();
        altered[at] ^= 1 << (input.len() % 8);
        assert!(open_entry(&altered).is_err(), "byte {at} is another");
        assert!(open_entry(&sealed[..at]).is_err(), "cut at {at}");
    }
    if let Ok(entry) = open_entry(input) {
        assert!(seal_entry(&entry).is_ok());
    }
}

fn reads_as_printed<T>(input: &[u8]) -> Option<T>
where
    T: serde::de::DeserializeOwned + serde::Serialize + PartialEq + Debug,
{
    let value: T = serde_json::from_slice(input).ok()?;
    let printed: Value = serde_json::to_value(&value).expect("what was read prints");
    let again: T =
        serde_json::from_value(printed.clone()).unwrap_or_else(|error| panic!("{error}: {printed}"));
    assert_eq!(again, value, "{printed}");
    Some(value)
}
