//! The life of a snapshot: new, reviewed, held, changed, no longer needed.

use std::process::Command;

use rstest::rstest;

use crate::support::{FIXTURES, Folder, Ran};

const STATUS: &str = "snapshots/kt-bizstore/kept/status.snap";
const RESIGN: &str = "snapshots/kt-bizstore/kept/resign.snap";

/// A workspace with one scenario of the user's.
fn workspace() -> Folder {
    let folder = Folder::new();
    folder.put("storeproof.toml", "seed = 1\n");
    folder.put("kept.arazzo.yaml", scenario());
    folder
}

fn scenario() -> String {
    std::fs::read_to_string(format!("{FIXTURES}/scenarios/snapshots.arazzo.yaml")).expect("the fixture")
}

fn run(folder: &Folder, more: &str) -> Ran {
    folder.run(&format!("run kept.arazzo.yaml --vendor reference{more}"))
}

fn snapshots(folder: &Folder) -> Vec<String> {
    folder.files().into_iter().filter(|name| name.starts_with("snapshots/")).collect()
}

#[test]
fn a_snapshot_lives_from_its_review_to_the_next_change() {
    let folder = workspace();
    run(&folder, "").ends(5).says("unreviewed  The answer is not the one that was reviewed.");
    assert_eq!(snapshots(&folder), [format!("{RESIGN}.new"), format!("{STATUS}.new")]);
    run(&folder, "").ends(5);

    let review = folder.run("review").ends(5);
    insta::assert_snapshot!("review_of_new_answers", review.out);

    folder.run("accept status").ends(0).says(&format!("accepted  {STATUS}"));
    run(&folder, "").ends(5);
    folder.run("accept").ends(0).says(&format!("accepted  {RESIGN}"));
    assert_eq!(snapshots(&folder), [RESIGN, STATUS]);
    run(&folder, "").ends(0);
    assert_eq!(snapshots(&folder), [RESIGN, STATUS], "nothing waits any more");

    // Another customer is another answer, and no broken contract.
    let changed = run(&folder, " --seed 2").ends(5);
    assert!(changed.out.contains("      -  \"mem-sq\": \"M") && changed.out.contains("      +  \"mem-sq\": \"M"));
    assert_eq!(snapshots(&folder), [RESIGN.to_owned(), STATUS.to_owned(), format!("{STATUS}.new")]);
    let review = folder.run("review").ends(5).says("changed  ").says("1 answer waits for review");
    assert!(review.out.contains("\n  -  \"mem-sq\""), "{review}");
    folder.run("reject").ends(0).says(&format!("rejected  {STATUS}"));
    folder.run("review").ends(0).says("nothing waits for review");
    run(&folder, "").ends(0);
    run(&folder, " --seed 2 --snapshots accept").ends(0);
    run(&folder, " --seed 2").ends(0);
    run(&folder, "").ends(5);
}

#[rstest]
#[case("", 5)]
#[case(" --snapshots review", 5)]
#[case(" --snapshots accept", 5)]
#[case(" --snapshots off", 0)]
fn in_ci_nothing_is_written(#[case] mode: &str, #[case] code: i32) {
    let folder = workspace();
    let before = folder.files();
    let words = format!("run kept.arazzo.yaml --vendor reference{mode}");
    folder.storeproof(words.split(' ')).env("CI", "true").ran().ends(code);
    assert_eq!(folder.files(), before);
    // What says that this is no such run.
    folder.storeproof(words.split(' ')).env("CI", "false").ran();
    assert_eq!(folder.files() == before, mode.ends_with("off"));
}

#[test]
fn without_a_configuration_snapshots_are_off_unless_asked_for() {
    let folder = Folder::new();
    folder.put("kept.arazzo.yaml", scenario());
    run(&folder, "").ends(0);
    assert_eq!(snapshots(&folder).len(), 0);
    run(&folder, " --snapshots review").ends(5);
    assert_eq!(snapshots(&folder).len(), 2);
}

#[test]
fn a_value_of_another_form_is_never_hidden_by_its_placeholder() {
    let folder = workspace();
    run(&folder, ":status-date-dashed --snapshots accept").ends(1).says("must  SNAPSHOT");
}

#[rstest]
#[case(&b"HTTP 200\n"[..], "1: a snapshot begins with a line `---`")]
#[case(&b"---\nsource: [\n---\n"[..], "2: ")]
#[case(&b"---\nsource: a\n---\n\xff\n"[..], "4: the file is not UTF-8 text")]
fn a_broken_snapshot_is_told_before_anything_is_sent(#[case] bytes: &[u8], #[case] says: &str) {
    let folder = workspace();
    folder.put(RESIGN, bytes);
    let before = folder.files();
    for mode in ["", " --snapshots check", " --snapshots accept"] {
        let ran = run(&folder, mode).ends(2).talks_of(&format!("{RESIGN}:{says}"));
        assert_eq!((ran.out.as_str(), folder.files()), ("", before.clone()));
    }
    run(&folder, " --snapshots off").ends(0);
}

#[test]
fn a_snapshot_that_no_step_refers_to_is_reported() {
    let folder = workspace();
    run(&folder, " --snapshots accept").ends(0);
    let (kept, _) =
        scenario().split_once("      - stepId: resign").map(|(a, b)| (a.to_owned(), b.to_owned())).expect("it");
    folder.put("kept.arazzo.yaml", kept);
    run(&folder, "").ends(0).talks_of(&format!("{RESIGN} belongs to no step any more; remove it"));
    assert_eq!(snapshots(&folder), [RESIGN, STATUS], "only the user removes it");
}

/// The scenario file was not part of the run, so its snapshots are not superfluous.
#[test]
fn a_run_of_the_embedded_cases_does_not_ask_for_the_removal_of_other_snapshots() {
    let folder = workspace();
    run(&folder, " --snapshots accept").ends(0);
    // One that came from the binary and is no longer in it.
    folder.put("snapshots/kt-bizstore/gone/step.snap", "---\nsource: \"kt-bizstore/gone\"\n---\nHTTP 200\n");
    let ran = folder.run("run kt-bizstore --vendor reference -j 8").ends(0);
    assert_eq!(ran.err, "storeproof: snapshots/kt-bizstore/gone/step.snap belongs to no step any more; remove it\n");
}

/// `.ci/run` installs the program and runs this; elsewhere: `cargo test --test cli -- --ignored`.
#[test]
#[ignore = "needs the program cargo-insta"]
fn cargo_insta_reads_what_waits_for_review() {
    let folder = workspace();
    run(&folder, "").ends(5);
    let tools = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(tools.into()).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(paths).expect("a search path");
    // It asks cargo for the workspace, and so works only in the folder of a package.
    folder.put("Cargo.toml", "[package]\nname = \"v\"\n[lib]\npath = \"lib.rs\"\n");
    folder.put("lib.rs", "");
    let output = Command::new("cargo")
        .args(["insta", "pending-snapshots", "--workspace-root", "."])
        .current_dir(folder.path(""))
        .env("PATH", path)
        .output()
        .expect("cargo runs");
    let (told, problem) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(
        output.status.success(),
        "this test needs cargo-insta (`cargo install cargo-insta --root target/tools`, as .ci/run does): {problem}"
    );
    for name in [STATUS, RESIGN] {
        assert!(told.contains(name), "{name} is not in {told}{problem}");
    }
}
