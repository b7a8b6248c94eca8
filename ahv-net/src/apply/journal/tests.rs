use std::fs;
use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;
use uuid::Uuid;

use super::*;

fn host() -> HostIdentity {
    HostIdentity {
        ovs_uuid: Some(Uuid::from_u128(7)),
        libvirt_hostname: Some("../h".to_owned()),
    }
}

fn plan(intent: &str) -> Plan {
    serde_json::from_value(serde_json::json!({
        "intent": intent,
        "host": {"ovs_uuid": Uuid::from_u128(7), "libvirt_hostname": "h"},
        "steps": [{
            "object": "port tap345",
            "what": "set tag",
            "effect": null,
            "differences": [{"what": "tag", "before": "32", "after": "40"}],
            "commands": [],
            "change": {"rows": [{
                "row": {"table": "Port", "uuid": Uuid::from_u128(9), "name": "tap345"},
                "edit": {"update": {"tag": {"replace": {"before": 32, "after": 40}}}},
            }]},
        }],
        "objections": [],
        "notes": [],
    }))
    .expect("a plan as JSON")
}

fn journal() -> (TempDir, Journal) {
    let directory = tempfile::tempdir().unwrap();
    let journal = Journal::open(Some(directory.path()), &host()).unwrap();
    (directory, journal)
}

fn begun(journal: &Journal) -> (HostLock, Entry) {
    let lock = journal.lock().unwrap();
    let entry = journal
        .begin(&plan("set_vlan"), Reach::default(), None, &lock)
        .unwrap();
    (lock, entry)
}

#[test]
fn what_is_begun_is_unfinished_until_it_is_recorded() {
    let (_directory, journal) = journal();
    let (lock, mut entry) = begun(&journal);
    assert_eq!(journal.unfinished().unwrap().as_ref(), Some(&entry));
    assert_eq!(journal.history().unwrap(), []);
    entry.phase = Phase::Applied;
    journal.record(&mut entry, &lock).unwrap();
    assert_eq!(journal.unfinished().unwrap(), None);
    assert_eq!(journal.history().unwrap(), [entry.clone()]);
    assert_eq!(journal.find(&entry.id).unwrap(), Some(entry));
}

#[test]
fn what_ended_before_it_was_put_away_is_finished_all_the_same() {
    let (_directory, journal) = journal();
    let (_lock, mut entry) = begun(&journal);
    entry.phase = Phase::Confirmed;
    journal.write(&entry).unwrap();
    assert_eq!(journal.unfinished().unwrap(), None);
    assert_eq!(journal.history().unwrap(), [entry.clone()]);
    drop(_lock);
    let (_lock, next) = begun(&journal);
    assert_eq!(journal.unfinished().unwrap(), Some(next));
    assert_eq!(journal.history().unwrap(), [entry]);
}

#[test]
fn what_is_begun_again_is_not_in_the_history_meanwhile() {
    let (_directory, journal) = journal();
    let (lock, mut entry) = begun(&journal);
    entry.phase = Phase::Applied;
    journal.record(&mut entry, &lock).unwrap();
    entry.phase = Phase::Begun;
    journal.record(&mut entry, &lock).unwrap();
    assert_eq!(journal.history().unwrap(), []);
    entry.phase = Phase::Undone;
    journal.record(&mut entry, &lock).unwrap();
    assert_eq!(journal.history().unwrap(), [entry]);
    assert_eq!(journal.files().unwrap().len(), 1);
}

#[test]
fn the_oldest_of_the_history_go() {
    let (_directory, journal) = journal();
    let lock = journal.lock().unwrap();
    for number in 0..KEPT + 3 {
        let plan = plan(&number.to_string());
        let mut entry = journal.begin(&plan, Reach::default(), None, &lock).unwrap();
        entry.begun = UnixTime::from_millis(number as u64);
        entry.phase = Phase::Applied;
        journal.record(&mut entry, &lock).unwrap();
    }
    let history = journal.history().unwrap();
    assert_eq!(history.len(), KEPT);
    assert_eq!(history.first().unwrap().plan.intent, (KEPT + 2).to_string());
    assert_eq!(history.last().unwrap().plan.intent, "3");
}

#[test]
fn a_second_edit_learns_who_is_at_it() {
    let (_directory, journal) = journal();
    let lock = journal.lock().unwrap();
    assert!(!journal.is_free());
    match journal.lock().unwrap_err() {
        JournalError::Busy { by } => assert_eq!(by.pid, std::process::id()),
        other => panic!("{other}"),
    }
    drop(lock);
    assert!(journal.is_free());
    journal.lock().unwrap();
}

#[test]
fn a_journal_cut_off_anywhere_is_refused() {
    let (_directory, journal) = journal();
    let (_lock, _) = begun(&journal);
    let file = journal.directory.join("current");
    let whole = fs::read(&file).unwrap();
    for length in 0..whole.len() {
        fs::write(&file, whole.get(..length).unwrap()).unwrap();
        expect_damaged(&journal, &file, &format!("{length} of {} bytes", whole.len()));
    }
    fs::write(&file, [whole.as_slice(), b" "].concat()).unwrap();
    expect_damaged(&journal, &file, "a byte more");
}

#[test]
fn a_journal_with_any_bit_flipped_is_refused() {
    let (_directory, journal) = journal();
    let (_lock, _) = begun(&journal);
    let file = journal.directory.join("current");
    let whole = fs::read(&file).unwrap();
    for index in 0..whole.len() {
        for bit in 0..8 {
            let mut flipped = whole.clone();
            *flipped.get_mut(index).unwrap() ^= 1 << bit;
            let found = seal::opened(&file, &flipped);
            assert!(
                matches!(found, Err(JournalError::Damaged { .. })),
                "bit {bit} of byte {index}: {found:?}"
            );
        }
    }
}

fn expect_damaged(journal: &Journal, file: &Path, what: &str) {
    let error = journal.unfinished().unwrap_err();
    assert!(matches!(error, JournalError::Damaged { .. }), "{what}: {error}");
    let text = error.to_string();
    assert!(text.contains(&file.display().to_string()), "{what}: {text}");
    assert!(text.contains("remove the file"), "{what}: {text}");
}

#[test]
fn a_journal_of_a_newer_release_is_left_to_it() {
    use sha1::{Digest, Sha1};

    let (_directory, journal) = journal();
    let body = "whatever it holds then";
    let words = format!("ahv-net-journal 2 {} ", body.len());
    let sum = Sha1::digest(format!("{words}{body}").as_bytes());
    let text = format!("{words}{sum:x}\n{body}");
    fs::write(journal.directory.join("current"), text).unwrap();
    let error = journal.unfinished().unwrap_err();
    assert!(matches!(error, JournalError::Newer { .. }), "{error}");
}

#[test]
fn a_directory_that_others_may_write_to_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let error = Journal::open(Some(directory.path()), &host()).unwrap_err();
    assert!(matches!(error, JournalError::Unsafe { .. }), "{error}");
}

#[test]
fn nothing_leads_out_of_the_directory() {
    let named = HostIdentity {
        ovs_uuid: None,
        libvirt_hostname: Some("../../etc".to_owned()),
    };
    assert_eq!(place::of_host(&named).unwrap(), "libvirt-______etc");
    assert!(place::of_host(&HostIdentity::default()).is_err());
}

#[test]
fn nobody_else_reads_what_was_planned() {
    let (directory, journal) = journal();
    let (_lock, _) = begun(&journal);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&journal.directory), 0o700);
    assert_eq!(mode(&journal.directory.join("current")), 0o600);
    assert_eq!(mode(&journal.directory.join("lock")), 0o600);
    drop(directory);
}
