//! Cases that break, made as small as they go, and played as the user plays them.

use rstest::rstest;
use serde_json::Value;

use super::support::{Folder, scenario};

/// The reduced scenarios of a run.
fn reduced(folder: &Folder, words: &str) -> Vec<Value> {
    let ran = folder.run(&format!("{words} --report json")).ends(1);
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    report["reduced"].as_array().cloned().unwrap_or_default()
}

#[rstest]
#[case::of_thirty_calls(
    "koogallery/authentication/new-instance",
    "accept-missing-timestamp",
    "KG-V2-AUTH-NO-TIMESTAMP",
    1
)]
#[case::with_its_set_up("koogallery/life-cycle/period", "freeze-refused", "KG-STATUS-FREEZE", 3)]
#[case::with_three_set_ups("koogallery/query/several", "query-not-split", "KG-QUERY-MANY", 7)]
#[case::repeated("koogallery/term/repeated-upgrade", "upgrade-twice-refused", "KG-UPGRADE-IDEMPOTENT", 4)]
#[case::of_forty_tokens("kt-bizstore/authentication/apply", "accept-other-key", "KT-AUTH-KEY", 1)]
#[case::in_the_middle("kt-bizstore/life-cycle/first-to-last", "status-code-null", "KT-STATUS-CODE", 2)]
fn what_is_left_breaks_the_same_rule_and_no_faultless_vendor(
    #[case] case: &str,
    #[case] fault: &str,
    #[case] requirement: &str,
    #[case] most: u64,
) {
    let folder = Folder::new();
    let reduced = reduced(&folder, &format!("run {case} --reduce --vendor reference:{fault}"));
    let of_rule = reduced.iter().find(|one| one["requirement"] == requirement);
    let of_rule = of_rule.unwrap_or_else(|| panic!("{requirement} is none of {reduced:?}"));
    assert_eq!(of_rule["case"], case);
    assert!(
        of_rule["after"].as_u64() <= Some(most) && of_rule["after"].as_u64() < of_rule["before"].as_u64(),
        "{of_rule}"
    );
    let text = of_rule["scenario"].as_str().expect("a text");
    let made = format!("Made from {case}: {} of its {} steps", of_rule["after"], of_rule["before"]);
    assert!(text.contains(&made), "{text}");
    folder.put("reduced.arazzo.yaml", text);
    folder.run("lint reduced.arazzo.yaml").ends(0);
    folder.run(&format!("run reduced.arazzo.yaml --vendor reference:{fault}")).ends(1).says(requirement);
    folder.run("run reduced.arazzo.yaml --vendor reference").ends(0);
}

#[test]
fn it_is_printed_with_what_to_do_with_it() {
    let folder = Folder::new();
    let words = "run kt-bizstore/authentication/apply --vendor reference:accept-other-key";
    let ran = folder.run(&format!("{words} --reduce --report human --report markdown=summary.md")).ends(1);
    let ran = ran
        .says("The smallest scenario that still breaks KT-AUTH-KEY: 1 of the 40 steps of")
        .says("save it as kt-auth-key.arazzo.yaml, and play it by storeproof run kt-auth-key.arazzo.yaml")
        .says("\n          deliver:\n            tamper: other-key\n");
    assert!(ran.out.ends_with("The contract is broken: the store would refuse this vendor as it stands.\n"), "{ran}");
    let summary = folder.text("summary.md");
    assert!(summary.contains("<details><summary>the scenario</summary>\n\n```yaml\narazzo: "), "{summary}");
    // Nobody is kept waiting unasked.
    assert!(!folder.run(words).ends(1).out.contains("The smallest scenario"));
}

/// Where nothing breaks, or nothing can go, nothing is said.
#[test]
fn what_is_as_small_as_it_goes_is_not_told_again() {
    let folder = Folder::new();
    let words = "run kt-bizstore/authentication/apply --vendor reference:accept-other-key";
    let first = reduced(&folder, &format!("{words} --reduce"));
    folder.put("reduced.arazzo.yaml", first[0]["scenario"].as_str().expect("a text"));
    let again = "run reduced.arazzo.yaml --reduce --vendor reference:accept-other-key";
    assert_eq!(reduced(&folder, again), Vec::<Value>::new());
    let well = folder.run("run kt-bizstore/registration --reduce --vendor reference --report json").ends(0);
    assert!(!well.out.contains("\"reduced\""), "{well}");
}

#[test]
fn a_scenario_of_the_users_is_reduced_beside_its_file() {
    let folder = Folder::new();
    let text = std::fs::read_to_string(scenario("canaries.arazzo.yaml")).expect("the fixture");
    folder.put("mine/all.arazzo.yaml", text);
    let ran = folder.run("run mine/all.arazzo.yaml --reduce --vendor reference:apply-first-200").ends(1);
    let file = ran.out.split("save it as ").nth(1).and_then(|rest| rest.split(',').next()).expect("is told").to_owned();
    assert_eq!(file, "mine/kt-apply-created.arazzo.yaml", "{ran}");
}

/// A certification does it unasked.
#[test]
fn a_certification_ends_with_scenarios_to_mend_by() {
    let folder = Folder::new();
    let words = "certify kt-bizstore --filter authentication/apply --vendor reference:accept-other-key";
    let reduced = reduced(&folder, words);
    assert_eq!((&reduced[0]["requirement"], &reduced[0]["after"]), (&"KT-AUTH-KEY".into(), &1.into()));
}

/// A list of charges shows customers of other cases too. What is left brings one of its own, so that it breaks the same
/// rule with a vendor that has just been started.
#[test]
fn what_is_left_does_not_live_on_what_other_cases_left_behind() {
    let folder = Folder::new();
    let reduced = reduced(&folder, "run kt-bizstore/billing --reduce --jobs 1 --vendor reference:bill-wrong-sum");
    let of_rule = reduced.iter().find(|one| one["requirement"] == "KT-BILL-SUM").expect("it is told");
    folder.put("reduced.arazzo.yaml", of_rule["scenario"].as_str().expect("a text"));
    let ran = folder.run("run reduced.arazzo.yaml --vendor reference:bill-wrong-sum").ends(1);
    ran.says("KT-BILL-SUM");
    folder.run("run reduced.arazzo.yaml --vendor reference").ends(0);
}
