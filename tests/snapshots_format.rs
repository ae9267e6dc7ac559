//! Snapshot files: modes, names, and what `review`, `accept` and `reject` do with them.

#![expect(clippy::disallowed_methods, reason = "tests read their fixtures and write into folders of their own")]

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::io;
use std::path::Path;

use console::Key;
use storeproof::check::snapshot::Comparison;
use storeproof::cli::review::{self, Counts, Keys, ReviewError};
use storeproof::run::snapshots::{Compared, Mode, Origin, Pending, SnapshotError, Store};

const REGISTER: &str = "snapshots/kt-bizstore/lifecycle/first-month/register.snap";

fn origin() -> Origin {
    Origin {
        source: "scenarios/kt-bizstore/lifecycle/first-month.arazzo.yaml".to_owned(),
        line: 21,
        expression: "applyCustomer".to_owned(),
        description: Some("The customer's application: \"first\".".to_owned()),
    }
}

fn compare(root: &Path, mode: Mode, step: &str, contents: &str) -> Result<Compared, SnapshotError> {
    let store = Store::new(root, mode);
    store.case(Some("kt-bizstore"), "kt-bizstore/lifecycle/first-month").compare(step, contents, &origin())
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn read(root: &Path, name: &str) -> Option<String> {
    fs::read_to_string(root.join(name)).ok()
}

/// Two answers that wait for review: one new, one changed.
fn waiting() -> tempfile::TempDir {
    let root = folder();
    compare(root.path(), Mode::Accept, "bill", "HTTP 200\n\n{\n  \"pay-amt\": 1\n}").expect("accepted");
    compare(root.path(), Mode::Review, "bill", "HTTP 200\n\n{\n  \"pay-amt\": 2\n}").expect("kept");
    compare(root.path(), Mode::Review, "register", "HTTP 201\nLocation: [vendor]/login").expect("kept");
    root
}

#[test]
fn a_new_answer_waits_and_an_accepted_one_holds() {
    let root = folder();
    let contents = "HTTP 201\nLocation: [vendor]/login";
    let first = compare(root.path(), Mode::Review, "register", contents).expect("kept");
    assert_eq!(first, Compared::Unreviewed { name: REGISTER.to_owned(), comparison: Comparison::New });
    let pending = read(root.path(), &format!("{REGISTER}.new")).expect("the pending file");
    insta::assert_snapshot!("pending_file", pending);

    let accepted = compare(root.path(), Mode::Accept, "register", contents).expect("accepted");
    assert_eq!(accepted, Compared::Accepted { name: REGISTER.to_owned() });
    assert_eq!(read(root.path(), &format!("{REGISTER}.new")), None);
    assert_eq!(read(root.path(), REGISTER), Some(pending.replace("assertion_line: 21\n", "")));
    assert_eq!(compare(root.path(), Mode::Check, "register", contents).expect("read"), Compared::Same);
}

#[test]
fn checking_writes_nothing_and_so_does_ci() {
    let root = folder();
    for mode in [Mode::Check, Mode::Review.in_ci(), Mode::Accept.in_ci()] {
        let compared = compare(root.path(), mode, "register", "HTTP 200").expect("nothing to read");
        assert!(matches!(compared, Compared::Unreviewed { comparison: Comparison::New, .. }));
    }
    assert_eq!(compare(root.path(), Mode::Off.in_ci(), "register", "HTTP 200").expect("off"), Compared::Off);
    assert_eq!(fs::read_dir(root.path()).expect("the folder").count(), 0);
}

#[test]
fn an_answer_that_matches_again_no_longer_waits() {
    let root = waiting();
    let name = "snapshots/kt-bizstore/lifecycle/first-month/bill.snap.new";
    assert!(read(root.path(), name).is_some());
    let same = compare(root.path(), Mode::Review, "bill", "HTTP 200\n\n{\n  \"pay-amt\": 1\n}").expect("read");
    assert_eq!((same, read(root.path(), name)), (Compared::Same, None));
}

#[test]
fn a_step_played_twice_has_two_snapshots_and_the_rest_is_unreferenced() {
    let root = folder();
    let store = Store::new(root.path(), Mode::Accept);
    let mut case = store.case(Some("kt-bizstore"), "kt-bizstore/a");
    for contents in ["HTTP 200", "HTTP 201"] {
        case.compare("status", contents, &Origin::default()).expect("accepted");
    }
    let names = ["snapshots/kt-bizstore/a/status-2.snap", "snapshots/kt-bizstore/a/status.snap"].map(str::to_owned);
    assert_eq!(*case.referenced(), BTreeSet::from(names.clone()));
    let unreferenced = |referenced: &BTreeSet<String>| -> Vec<String> {
        store.unreferenced(referenced).expect("listed").into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(unreferenced(case.referenced()), Vec::<String>::new());
    assert_eq!(unreferenced(&BTreeSet::new()), names);
}

#[test]
fn a_broken_file_is_an_error_with_its_line() {
    let root = waiting();
    let file = root.path().join("snapshots/kt-bizstore/lifecycle/first-month/bill.snap");
    fs::write(&file, "---\nsource: [\n---\nHTTP 200\n").expect("written");
    let error = compare(root.path(), Mode::Review, "bill", "HTTP 200").expect_err("the file is broken");
    assert!(error.to_string().contains("bill.snap:2: "), "{error}");
    fs::write(&file, b"---\nsource: a\n---\n\xff\n").expect("written");
    let error = Pending::all(root.path()).expect_err("the file is broken");
    assert!(error.to_string().ends_with("bill.snap:4: the file is not UTF-8 text"), "{error}");
}

#[test]
fn accept_and_reject_take_patterns_and_name_the_nearest() {
    let root = waiting();
    let mut out = Vec::new();
    let error = review::accept(root.path(), Some("registr"), &mut out).expect_err("a typing mistake");
    assert!(matches!(&error, ReviewError::NothingMatches { nearby: Some(name), .. } if name == REGISTER), "{error}");
    let counts = review::accept(root.path(), Some("register"), &mut out).expect("accepted");
    assert_eq!(counts, Counts { accepted: 1, rejected: 0, pending: 1 });
    assert!(
        read(root.path(), REGISTER).is_some_and(|text| text.ends_with("---\nHTTP 201\nLocation: [vendor]/login\n"))
    );
    let counts = review::reject(root.path(), None, &mut out).expect("rejected");
    assert_eq!(counts, Counts { accepted: 0, rejected: 1, pending: 0 });
    review::accept(root.path(), None, &mut out).expect("nothing to do");
    insta::assert_snapshot!("accept_and_reject", String::from_utf8_lossy(&out));
}

#[test]
fn the_plain_list_shows_differences_and_decides_nothing() {
    let root = waiting();
    let mut out = Vec::new();
    let counts = review::list(root.path(), false, &mut out).expect("listed");
    assert_eq!(counts, Counts { pending: 2, ..Counts::default() });
    insta::assert_snapshot!("review_list", String::from_utf8_lossy(&out));
    assert_eq!(Pending::all(root.path()).expect("still there").len(), 2);
}

struct Typed(VecDeque<Key>);

impl Keys for Typed {
    fn key(&mut self) -> io::Result<Key> {
        self.0.pop_front().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

#[test]
fn keys_decide_one_answer_after_the_other() {
    let root = waiting();
    let mut out = Vec::new();
    let mut keys = Typed("xda".chars().chain("s".chars()).map(Key::Char).collect());
    let counts = review::interactive(root.path(), false, &mut keys, &mut out).expect("reviewed");
    assert_eq!(counts, Counts { accepted: 1, rejected: 0, pending: 1 });
    insta::assert_snapshot!("review_interactive", String::from_utf8_lossy(&out));

    let mut keys = Typed([Key::Char('r')].into());
    let counts = review::interactive(root.path(), true, &mut keys, &mut out).expect("reviewed");
    assert_eq!(counts, Counts { accepted: 0, rejected: 1, pending: 0 });
    assert!(String::from_utf8_lossy(&out).contains("\u{1b}[32m"), "colour where it was asked for");
    assert_eq!(read(root.path(), &format!("{REGISTER}.new")), None);
}

#[test]
fn quitting_leaves_the_rest_as_it_is() {
    let root = waiting();
    let mut keys = Typed([Key::Char('q')].into());
    let counts = review::interactive(root.path(), false, &mut keys, &mut Vec::new()).expect("reviewed");
    assert_eq!(counts, Counts { pending: 2, ..Counts::default() });
    assert_eq!(Pending::all(root.path()).expect("still there").len(), 2);
}

#[test]
fn insta_itself_reads_what_we_write() {
    let root = waiting();
    let folder = root.path().join("snapshots/kt-bizstore/lifecycle/first-month");
    fs::copy(folder.join("register.snap.new"), folder.join("pending.snap")).expect("copied");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| {
        insta::assert_snapshot!("bill", "HTTP 200\n\n{\n  \"pay-amt\": 1\n}");
        insta::assert_snapshot!("pending", "HTTP 201\nLocation: [vendor]/login");
    });
}

/// Runs only where the program is installed: `cargo test --test snapshots_format -- --ignored`.
#[test]
#[ignore = "needs the program cargo-insta"]
fn cargo_insta_lists_and_accepts_pending_answers() {
    let root = waiting();
    // cargo-insta asks cargo for the workspace, so it works only in the folder of a package.
    fs::write(root.path().join("Cargo.toml"), "[package]\nname = \"v\"\n[lib]\npath = \"lib.rs\"\n").expect("written");
    fs::write(root.path().join("lib.rs"), "").expect("written");
    let run = |command: &str| {
        let arguments = ["insta", command, "--workspace-root", "."];
        let output = std::process::Command::new("cargo").args(arguments).current_dir(root.path()).output();
        let output = output.expect("cargo-insta runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    assert!(run("pending-snapshots").contains(REGISTER));
    run("accept");
    assert_eq!(Pending::all(root.path()).expect("listed").len(), 0);
    let register = compare(root.path(), Mode::Check, "register", "HTTP 201\nLocation: [vendor]/login");
    assert_eq!(register.expect("read"), Compared::Same);
}
