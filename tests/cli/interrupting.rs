//! Ctrl-C: what was done is reported, and nothing is made up about the rest.

use std::io::{BufRead as _, BufReader};
use std::sync::mpsc;

use quick_junit::Report;
use storeproof::transport::Running;
use storeproof::wire::{Reply, ReplyKind};

use crate::support::{Folder, LONG, SHORT, honestly, reference, scenario, vendor};

/// A run that never comes so far has failed.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// A vendor that falls silent at its first status call, and says so here.
fn silent_at_status() -> (Running, mpsc::Receiver<()>) {
    let (asked, waiting) = mpsc::channel();
    let vendor = vendor(reference(&[]), move |vendor, request| {
        if request.target.starts_with("/status/") {
            let _ = asked.send(());
            return Reply::from(ReplyKind::Hang);
        }
        honestly(vendor, &request)
    });
    (vendor, waiting)
}

#[test]
fn an_interrupted_run_writes_the_reports_of_what_was_done() {
    let folder = Folder::new();
    let (vendor, asked) = silent_at_status();
    let words = format!(
        "run {SHORT} {LONG} kt-bizstore/registration/odd-keys --vendor {} --report json=report.json --report junit=junit.xml",
        vendor.base()
    );
    let started = folder.storeproof(words.split(' ')).start();
    asked.recv_timeout(PATIENCE).expect("the second case asks for the status");
    started.interrupt();
    let ran = started.ended().ends(130);
    let ran = ran.says(&format!("conforms    {SHORT}")).says("The run was interrupted");
    assert_eq!(ran.err, "");

    let report: serde_json::Value = serde_json::from_str(&folder.text("report.json")).expect("JSON");
    assert_eq!(report["interrupted"], true);
    let outcomes: Vec<_> =
        report["cases"].as_array().expect("a list").iter().map(|case| case["outcome"].clone()).collect();
    assert_eq!(outcomes, ["conforms", "not-judged", "not-judged"]);
    assert_eq!(report["cases"][1]["steps"].as_array().map(Vec::len), Some(1), "the step that had ended is told");
    assert_eq!(Report::deserialize_from_str(&folder.text("junit.xml")).expect("good JUnit").tests, 3);
}

/// What breaks the contract before the interruption is told; the code says that the run is not whole.
#[test]
fn a_breach_before_the_interruption_is_told() {
    let folder = Folder::new();
    let (asked, waiting) = mpsc::channel();
    let vendor = vendor(reference(&["apply-first-200"]), move |vendor, request| {
        if request.target.starts_with("/status/") {
            let _ = asked.send(());
            return Reply::from(ReplyKind::Hang);
        }
        honestly(vendor, &request)
    });
    let words = format!("run {SHORT} kt-bizstore/unknown-customer/every-call --vendor {}", vendor.base());
    let started = folder.storeproof(words.split(' ')).start();
    waiting.recv_timeout(PATIENCE).expect("the second case asks for the status");
    started.interrupt();
    started.ended().ends(130).says("must  KT-APPLY-CREATED").says("The run was interrupted");
}

#[test]
fn what_was_not_compared_is_not_called_superfluous() {
    let folder = Folder::new();
    folder.put("storeproof.toml", "");
    folder.put("snapshots/kt-bizstore/gone/step.snap", "---\nsource: \"kt-bizstore/gone\"\n---\nHTTP 200\n");
    let (vendor, asked) = silent_at_status();
    let words = format!("run {} kt-bizstore --vendor {}", scenario("snapshots.arazzo.yaml"), vendor.base());
    let started = folder.storeproof(words.split(' ')).start();
    asked.recv_timeout(PATIENCE).expect("the first case asks for the status");
    started.interrupt();
    assert_eq!(started.ended().ends(130).err, "");
}

#[test]
fn the_standing_vendor_says_where_it_is_and_ends_well() {
    let folder = Folder::new();
    let mut started = folder
        .storeproof("vendor kt-bizstore --listen 127.0.0.1:0 --setup-delay 10ms --fault apply-first-200".split(' '))
        .start();
    let mut out = BufReader::new(started.0.stdout.take().expect("a pipe"));
    let mut line = String::new();
    out.read_line(&mut line).expect("a line");
    let base = line.trim().strip_prefix("kt-bizstore  ").expect("where it is").to_owned();
    folder.run(&format!("run {SHORT} --vendor {base}")).ends(1).says("must  KT-APPLY-CREATED");
    started.interrupt();
    started.ended().ends(0);
}
