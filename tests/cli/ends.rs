//! How the command ends: every exit code, and that a code says what happened.
//!
//! Code 70, our own bug, has no test: nothing that a user can type is known to reach it.

use std::fs::File;
use std::path::Path;

use rstest::rstest;

use crate::support::{Folder, LONG, SHORT, nobody, scenario};

#[test]
fn the_main_job_conforms_in_every_case() {
    let folder = Folder::new();
    let ran = folder.run("run kt-bizstore --vendor reference -j 8").ends(0);
    let ran = ran.says("The vendor conforms: nothing was found that the store would refuse.");
    let scenarios = folder.run("list scenarios --marketplace kt-bizstore").ends(0);
    let conforming = ran.out.lines().filter(|line| line.starts_with("conforms ")).count();
    assert_eq!(conforming, scenarios.out.lines().count(), "{ran}");
    assert_eq!(ran.err, "", "there is nothing to talk of");
    assert!(folder.files().is_empty(), "a first look leaves no files");
}

#[rstest]
#[case("apply-first-200", SHORT, "KT-APPLY-CREATED")]
#[case("status-without-mem-sq", LONG, "KT-STATUS-SHAPE")]
#[case("status-without-mem-sq,apply-first-200", LONG, "KT-APPLY-CREATED")]
fn a_fault_breaks_the_contract(#[case] faults: &str, #[case] case: &str, #[case] requirement: &str) {
    let ran = Folder::new().run(&format!("run {case} --vendor reference:{faults}")).ends(1);
    let ran = ran.says(&format!("breaks      {case}")).says(&format!("must  {requirement}"));
    // What plays it again.
    let vendor = shlex::try_quote(&format!("reference:{faults}")).expect("no NUL").into_owned();
    ran.says("      curl -i ").says(&format!("storeproof run {case} --vendor {vendor} --seed 1"));
}

/// What was typed is wrong: nothing is sent, nothing written, and the text says what would be right.
#[rstest]
#[case("run", "name what to run")]
#[case("run kt-bizstore", "name the vendor: --vendor URL")]
#[case("run kt-bizstor --vendor reference", "did you mean kt-bizstore?")]
#[case("run kt-bizstore/registration/repeatd --vendor reference", "did you mean kt-bizstore/registration/repeated?")]
#[case("run kt-bizstore --vendor reference:aply-first-200", "apply-first-200")]
#[case("run kt-bizstore --vendor ftp://vendor.example", "--vendor ftp://vendor.example: ")]
#[case("run kt-bizstore --vendor vendor.example", "--vendor vendor.example: ")]
#[case("run kt-bizstore --vendor reference --marketplace kt-bizshop", "did you mean kt-bizstore?")]
#[case("run kt-bizstore --vendor reference --dialect bizstore-9", "bizstore-9 is no dialect; there is ")]
#[case(
    "run kt-bizstore --vendor reference --report xml",
    "there are human, html, json, junit, markdown, sarif and github"
)]
#[case("run kt-bizstore --vendor reference --report json=", "the path is empty")]
#[case("run kt-bizstore --vendor reference --report json=no/folder.json", "no is no folder")]
#[case("run kt-bizstore --vendor reference --report json --report junit", "only one report can go to standard output")]
#[case(
    "run kt-bizstore --vendor reference --report sarif --report markdown",
    "only one report can go to standard output"
)]
#[case("run kt-bizstore --vendor reference --report json --report github", "beside the report for a person only")]
#[case("run kt-bizstore --vendor reference -j 0", "at least one job must run")]
#[case("run kt-bizstore --vendor reference --jobs many", "--jobs <N>")]
#[case("run kt-bizstore --vendor reference --seed=-1", "--seed")]
#[case("run kt-bizstore --vendor reference --timeout 10", "has no unit; write 10s or 10ms")]
#[case("run kt-bizstore --vendor reference --timeout 0s", "no vendor answers within less than 1ms")]
#[case("run kt-bizstore --vendor reference --input mem-sq", "write NAME=VALUE")]
#[case(
    "run kt-bizstore --vendor reference --input mem-qs=M1",
    "--input mem-qs: no case of this run has an input of that name; did you mean mem-sq?"
)]
#[case("run kt-bizstore --vendor reference --snapshots maybe", "possible values")]
#[case("run kt-bizstore --vendor reference --color red", "possible values")]
#[case("run kt-bizstore --vendor reference --ca missing.pem", "missing.pem: ")]
#[case("run kt-bizstore --vendor reference --config missing.toml", "missing.toml: ")]
#[case("run kt-bizstore --vendor reference --what", "--what")]
#[case("vendor kt-bizshop", "did you mean kt-bizstore?")]
#[case("vendor kt-bizstore --fault status-garbag", "status-garbage")]
#[case("vendor kt-bizstore --listen 0.0.0.0:0", "--allow-remote")]
#[case("vendor kt-bizstore --public-key missing.pem", "missing.pem: ")]
#[case("keys kt-bizshop", "did you mean kt-bizstore?")]
#[case("keys kt-bizstore --token --tamper alg-non", "alg-non")]
#[case("keys kt-bizstore --tamper alg-none", "--token")]
#[case("explain KT-BILL-SUN", "did you mean KT-BILL-SUM?")]
#[case("explain sums", "did you mean sum?")]
#[case("list everything", "possible values")]
#[case("list faults --marketplace kt-bizshop", "did you mean kt-bizstore?")]
#[case("run kt-bizstore --vendor reference --patience 0", "--patience <N>")]
#[case("accept register", "no pending snapshot matches \"register\"")]
#[case("completions tcsh", "possible values")]
#[case("certifi", "certifi")]
fn what_is_typed_wrong_is_told(#[case] words: &str, #[case] problem: &str) {
    let folder = Folder::new();
    let ran = folder.run(words).ends(2).talks_of(problem);
    assert_eq!(ran.out, "", "standard output carries reports and data only");
    assert!(ran.err.starts_with("storeproof: "), "{ran}");
    assert!(folder.files().is_empty());
}

#[test]
fn a_report_that_cannot_be_written_is_refused_before_the_run() {
    let folder = Folder::new();
    let words = format!("run {SHORT} --vendor {} --report json=.", nobody());
    let ran = folder.run(&words).ends(2).talks_of("--report json=.: . is a folder; name a file");
    assert_eq!(ran.out, "");
}

#[test]
fn a_vendor_that_is_not_there_is_not_judged() {
    let ran = Folder::new().run(&format!("run {SHORT} --vendor {}", nobody())).ends(3);
    ran.says(&format!("not judged  {SHORT}"))
        .says("because the vendor could not be reached: the connection was refused")
        .says("No verdict: what could not be judged is neither right nor wrong.");
}

#[test]
fn a_vendor_without_an_address_is_not_judged() {
    // A label has at most 63 bytes (RFC 1035, 2.3.4), so that no resolver asks the network for this one.
    let host = format!("{}.example", "vendor".repeat(11));
    let ran = Folder::new().run(&format!("run {SHORT} --vendor https://{host}")).ends(3);
    ran.says("because the vendor could not be reached: the name").says("cannot be resolved");
}

#[test]
fn a_vendor_that_dies_is_told_once_with_the_case_that_killed_it() {
    let words = "run kt-bizstore/billing/bad-dates kt-bizstore/registration --vendor reference:day-bad-date-dies";
    let ran = Folder::new().run(words).ends(1);
    let cases = Folder::new().run("list scenarios").out.matches("kt-bizstore/registration/").count();
    let why = "were not played: the vendor stopped answering in case kt-bizstore/billing/bad-dates";
    assert!(ran.out.contains(&format!("{cases} cases {why}\n")), "{ran}");
    assert_eq!(ran.out.matches("breaks      ").count(), 1, "{ran}");
}

#[rstest]
#[case("run kt-bizstore --vendor reference --filter nothing-of-the-kind", "no scenario fits --filter")]
#[case("run kt-bizstore --vendor reference --filter *nothing*", "no scenario fits --filter")]
fn selecting_nothing_is_no_success(#[case] words: &str, #[case] talk: &str) {
    let ran = Folder::new().run(words).ends(4).talks_of(talk);
    assert_eq!(ran.out, "");
}

#[test]
fn an_unreviewed_snapshot_alone_stands_in_the_way() {
    let folder = Folder::new();
    let case = scenario("snapshots.arazzo.yaml");
    folder.run(&format!("run {case} --vendor reference --snapshots check")).ends(5).says("unreviewed  ");
    assert!(folder.files().is_empty(), "checking writes nothing");
    // A broken contract weighs more, and so does a vendor that is not there.
    folder.run(&format!("run {case} --vendor reference:apply-first-200 --snapshots check")).ends(1);
    folder.run(&format!("run {case} {SHORT} --vendor {} --snapshots check", nobody())).ends(3);
}

#[test]
fn no_arguments_show_the_help() {
    let ran = Folder::new().run("").ends(2).talks_of("Usage: storeproof").talks_of("Exit codes: 0 conforms");
    assert_eq!(ran.out, "");
    let ran = Folder::new().run("--help").ends(0).says("Usage: storeproof");
    assert_eq!(ran.err, "");
    Folder::new().run("--version").ends(0).says(concat!("storeproof ", env!("CARGO_PKG_VERSION")));
}

/// A device that takes nothing, as a full disk does.
fn full() -> Option<File> {
    let device = Path::new("/dev/full");
    device.exists().then(|| File::options().write(true).open(device).expect("it opens"))
}

#[rstest]
#[case("completions bash")]
#[case("list faults")]
#[case("explain KT-BILL-SUM")]
#[case("keys kt-bizstore")]
#[case("run kt-bizstore/registration/repeated --vendor reference")]
fn a_full_disk_is_told_and_is_no_bug_of_ours(#[case] words: &str) {
    let Some(full) = full() else { return };
    let folder = Folder::new();
    folder.storeproof(words.split(' ')).stdout(full).ran().ends(2).talks_of("storeproof: No space left");
}

#[test]
fn talk_that_cannot_be_written_does_not_change_the_end() {
    let Some(full) = full() else { return };
    Folder::new().storeproof(["explain", "nothing"]).stderr(full).ran().ends(2);
}

/// Whoever closes the pipe has seen enough.
#[rstest]
#[case("completions bash", 0)]
#[case("list faults", 0)]
#[case("explain KT-BILL-SUM", 0)]
#[case("run kt-bizstore/registration/repeated --vendor reference:apply-first-200", 1)]
fn a_closed_pipe_changes_nothing(#[case] words: &str, #[case] code: i32) {
    let folder = Folder::new();
    let mut started = folder.storeproof(words.split(' ')).start();
    drop(started.0.stdout.take());
    let ran = started.ended().ends(code);
    assert_eq!(ran.err, "");
}
