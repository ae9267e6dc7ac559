//! Failures that are known and accepted for a time.

use rstest::rstest;
use serde_json::Value;

use super::support::{Folder, SHORT, nobody};

/// An entry of the list.
fn entry(case: &str, expires: &str) -> String {
    format!("  - {{case: {case}, rule: KT-APPLY-CREATED, reason: in work, owner: Kim Mi-rae, expires: {expires}}}\n")
}

fn listing(entries: &[String]) -> Folder {
    let folder = Folder::new();
    folder.put("known-failures.yaml", format!("known-failures:\n{}", entries.concat()));
    folder
}

const LATER: &str = "2999-12-31";

#[rstest]
#[case::accepted("apply-first-200", SHORT, LATER, 0, "")]
#[case::passed(
    "",
    SHORT,
    LATER,
    6,
    "the known failure KT-APPLY-CREATED in kt-bizstore/registration/repeated no longer fails: take it off the list (line 2)"
)]
#[case::nowhere("", "kt-bizstore/no/such", LATER, 6, "and no case has that name (line 2 of the list)")]
#[case::another_marketplaces("", "koogallery/creation/repeated", LATER, 0, "")]
#[case::computed("", "kt-bizstore/derived/apply/*", LATER, 0, "")]
#[case::of_a_folder_of_which_others_are_not_played("", "kt-bizstore/registration/*", LATER, 0, "")]
#[case::expired(
    "apply-first-200",
    SHORT,
    "2020-01-01",
    1,
    "was accepted until 2020-01-01: mend it, or have Kim Mi-rae"
)]
fn known_failures_are_accepted_for_a_time(
    #[case] fault: &str,
    #[case] case: &str,
    #[case] expires: &str,
    #[case] code: i32,
    #[case] talk: &str,
) {
    let folder = listing(&[entry(case, expires)]);
    let vendor = if fault.is_empty() { "reference".to_owned() } else { format!("reference:{fault}") };
    let ran = folder.run(&format!("run {SHORT} --vendor {vendor}")).ends(code).talks_of(talk);
    assert_eq!(talk.is_empty(), ran.err.is_empty(), "{ran}");
    if talk.is_empty() && !fault.is_empty() {
        ran.says("a known failure, accepted: in work, until 2999-12-31 (Kim Mi-rae answers for it)");
    }
}

#[test]
fn nothing_has_passed_that_was_filtered_out_or_not_judged() {
    let folder = listing(&[entry("kt-bizstore/registration/repeated", LATER)]);
    let filtered = "run kt-bizstore/registration --filter trial --vendor reference";
    assert_eq!(folder.run(filtered).ends(0).err, "");
    let unreachable = folder.run(&format!("run {SHORT} --vendor {}", nobody())).ends(3);
    assert!(!unreachable.err.contains("known failure"), "{unreachable}");
    folder.run("run kt-bizstore/registration --vendor reference").ends(6).talks_of("no longer fails");
}

#[test]
fn the_list_is_found_beside_the_configuration_or_where_it_is_named() {
    let folder = Folder::new();
    let list = format!("known-failures:\n{}", entry(SHORT, LATER));
    folder.put("deep/er/x", "");
    folder.put("storeproof.toml", "");
    folder.put("known-failures.yaml", &list);
    let words = format!("run {SHORT} --vendor reference:apply-first-200 --snapshots off");
    folder.storeproof(words.split(' ')).within(&folder.path("deep/er")).ran().ends(0);
    folder.put("other.yaml", "known-failures: []\n");
    folder.run(&format!("{words} --known-failures other.yaml")).ends(1);
    folder.run(&format!("{words} --known-failures none.yaml")).ends(2).talks_of("none.yaml");
    // Where there is no configuration, it is the one in the working directory.
    folder.put("alone/known-failures.yaml", &list);
    let without = words.replace(" --snapshots off", "");
    let bare = Folder::new();
    bare.put("known-failures.yaml", &list);
    bare.run(&without).ends(0);
}

#[test]
fn what_is_wrong_with_a_list_is_told_where_it_stands() {
    let folder = listing(&[entry(SHORT, "soon").replace("KT-APPLY-CREATED", "KT-APPLY-CREATD")]);
    let expected = "known-failures.yaml:2:53: KT-APPLY-CREATD is no requirement; did you mean KT-APPLY-CREATED or";
    folder.run(&format!("run {SHORT} --vendor reference")).ends(2).talks_of(expected).talks_of("expires is soon");
    folder.run("certify kt-bizstore --vendor reference").ends(2).talks_of(expected);
    folder.run("lint known-failures.yaml").ends(2).says(expected);
    folder.put("known-failures.yaml", format!("known-failures:\n{}", entry(SHORT, LATER)));
    folder.run("lint known-failures.yaml").ends(0).says("known-failures.yaml: sound");
}

/// Whoever begins late lists everything once; from then on only what is new counts.
#[test]
fn a_baseline_accepts_what_is_broken_and_nothing_else() {
    let folder = Folder::new();
    let certify = "certify kt-bizstore --filter kt-bizstore/registration/ --vendor reference";
    let ran = folder.run(&format!("{certify}:apply-first-200 --baseline")).ends(1);
    ran.talks_of("to known-failures.yaml: give each an owner, and mend it before its last day");
    let list = folder.text("known-failures.yaml");
    assert!(list.contains("rule: KT-APPLY-CREATED\n") && list.contains("owner: nobody yet\n"), "{list}");
    let ran = folder.run(&format!("{certify}:apply-first-200 --report json")).ends(3);
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(report["totals"]["breaks"], 0, "{list}");
    let known = report["assessment"]["requirements"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["requirement"] == "KT-APPLY-CREATED");
    assert_eq!(known.expect("is listed")["standing"], "known");
    // What is listed is not listed twice, and stays as it is written.
    let noted = format!("# A note of ours.\n{list}");
    folder.put("known-failures.yaml", &noted);
    let again = folder.run(&format!("{certify}:apply-first-200 --baseline")).ends(3);
    again.talks_of("nothing broke that is not in known-failures.yaml already");
    assert_eq!(folder.text("known-failures.yaml"), noted);
    folder.run(&format!("{certify}:apply-first-200,status-garbage,trial-accepted --baseline")).ends(1);
    let more = folder.text("known-failures.yaml");
    assert!(more.starts_with(&noted) && more.len() > noted.len(), "{more}");
    // Another file takes the place of the list.
    folder.run(&format!("{certify}:apply-first-200 --baseline=new.yaml")).ends(1).talks_of("to new.yaml: ");
    folder.run("lint new.yaml known-failures.yaml").ends(0);
}
