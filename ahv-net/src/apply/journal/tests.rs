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
fn what_was_not_put_away_is_not_written_over_by_what_is_begun_again() {
    let (_directory, journal) = journal();
    let (lock, mut first) = begun(&journal);
    first.phase = Phase::Applied;
    journal.record(&mut first, &lock).unwrap();
    drop(lock);
    let (lock, mut second) = begun(&journal);
    second.phase = Phase::Applied;
    // As a power cut may leave it.
    journal.write(&second).unwrap();
    drop(lock);
    let lock = journal.lock().unwrap();
    first.phase = Phase::Begun;
    journal.record(&mut first, &lock).unwrap();
    assert_eq!(journal.history().unwrap(), [second.clone()]);
    first.phase = Phase::Undone;
    journal.record(&mut first, &lock).unwrap();
    let history = journal.history().unwrap();
    assert_eq!(history.len(), 2);
    assert!(history.contains(&first) && history.contains(&second));
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
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    let text = format!("{words}{sum}\n{body}");
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

/// A host of which one source is connected, or both.
fn known_by(ovs: bool, libvirt: bool) -> HostIdentity {
    HostIdentity {
        ovs_uuid: ovs.then(|| Uuid::from_u128(7)),
        libvirt_hostname: libvirt.then(|| "h".to_owned()),
    }
}

fn journals(state: &Path) -> (Journal, Journal) {
    let open = |ovs, libvirt| Journal::open(Some(state), &known_by(ovs, libvirt)).unwrap();
    (open(true, true), open(false, true))
}

#[test]
fn by_whatever_name_a_host_has_one_journal() {
    let state = tempfile::tempdir().unwrap();
    let (both, _) = journals(state.path());
    let (lock, entry) = begun(&both);
    let (both, libvirt) = journals(state.path());
    assert_eq!(libvirt.unfinished().unwrap().as_ref(), Some(&entry));
    assert!(libvirt.lock().unwrap_err().is_busy());
    drop(lock);
    let lock = libvirt.lock().unwrap();
    assert!(both.lock().unwrap_err().is_busy());
    let ovsdb = Journal::open(Some(state.path()), &known_by(true, false)).unwrap();
    assert!(ovsdb.lock().unwrap_err().is_busy());
    drop(lock);
}

#[test]
fn what_libvirt_alone_began_is_seen_and_joined() {
    let state = tempfile::tempdir().unwrap();
    let libvirt = Journal::open(Some(state.path()), &known_by(false, true)).unwrap();
    let (lock, mut done) = begun(&libvirt);
    done.phase = Phase::Applied;
    libvirt.record(&mut done, &lock).unwrap();
    drop(lock);
    let (lock, mut entry) = begun(&libvirt);
    let (both, _) = journals(state.path());
    assert!(both.lock().unwrap_err().is_busy(), "one edit at a time");
    assert_eq!(both.unfinished().unwrap().as_ref(), Some(&entry));
    drop(lock);
    let lock = both.lock().unwrap();
    assert_eq!(both.current().unwrap().as_ref(), Some(&entry));
    assert_eq!(both.history().unwrap(), [done.clone()]);
    entry.phase = Phase::Undone;
    both.record(&mut entry, &lock).unwrap();
    drop(lock);
    let (both, libvirt) = journals(state.path());
    assert_eq!(libvirt.history().unwrap(), [entry.clone(), done.clone()]);
    assert_eq!(both.history().unwrap(), [entry, done]);
    both.lock().unwrap();
}

#[test]
fn where_both_are_unfinished_one_comes_after_the_other() {
    let state = tempfile::tempdir().unwrap();
    let libvirt = Journal::open(Some(state.path()), &known_by(false, true)).unwrap();
    let ovsdb = Journal::open(Some(state.path()), &known_by(true, false)).unwrap();
    let (_, by_libvirt) = begun(&libvirt);
    let (_, mut by_ovsdb) = begun(&ovsdb);
    let both = Journal::open(Some(state.path()), &known_by(true, true)).unwrap();
    let lock = both.lock().unwrap();
    assert!(libvirt.lock().unwrap_err().is_busy(), "both are held");
    assert_eq!(both.unfinished().unwrap().as_ref(), Some(&by_ovsdb));
    by_ovsdb.phase = Phase::Undone;
    both.record(&mut by_ovsdb, &lock).unwrap();
    assert_eq!(both.unfinished().unwrap().as_ref(), Some(&by_libvirt));
    drop(lock);
    let _lock = both.lock().unwrap();
    assert_eq!(both.current().unwrap(), Some(by_libvirt));
}

#[test]
fn a_lock_that_was_moved_away_is_not_the_right_one() {
    let state = tempfile::tempdir().unwrap();
    let libvirt = Journal::open(Some(state.path()), &known_by(false, true)).unwrap();
    drop(libvirt.lock().unwrap());
    let path = libvirt.directory.join("lock");
    let waits = File::open(&path).unwrap();
    let (both, libvirt) = journals(state.path());
    let held = both.lock().unwrap();
    waits.try_lock().unwrap();
    assert!(libvirt.lock().unwrap_err().is_busy());
    drop(held);
    libvirt.lock().unwrap();
}

#[test]
fn a_name_leads_to_the_database_that_the_host_has_now() {
    let state = tempfile::tempdir().unwrap();
    let (both, _) = journals(state.path());
    drop(both.lock().unwrap());
    let new = HostIdentity {
        ovs_uuid: Some(Uuid::from_u128(8)),
        ..known_by(true, true)
    };
    let new = Journal::open(Some(state.path()), &new).unwrap();
    let lock = new.lock().unwrap();
    let (_, libvirt) = journals(state.path());
    assert!(libvirt.lock().unwrap_err().is_busy());
    drop(lock);
    // What is not finished is not lost from sight.
    let (lock, entry) = begun(&new);
    drop(lock);
    drop(both.lock().unwrap());
    let (_, libvirt) = journals(state.path());
    assert_eq!(libvirt.unfinished().unwrap(), Some(entry));
}
