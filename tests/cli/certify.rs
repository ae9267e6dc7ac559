//! The rehearsal of a certification, from its programme to the word.

use rstest::rstest;
use serde_json::Value;

use super::support::{Folder, nobody};

/// The programme of a marketplace, as JSON.
fn programme(folder: &Folder, words: &str) -> Value {
    let ran = folder.run(&format!("certify {words} --plan --report json")).ends(0);
    assert_eq!(ran.err, "");
    serde_json::from_str(&ran.out).expect("JSON")
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap_or_else(|| panic!("{name} is a list"))
}

/// Statements of everything that a programme asks a person for.
fn statements(programme: &Value) -> String {
    let stated = list(programme, "requirements").iter().filter(|one| one["looked-at"]["by"] == "statement");
    let statements = stated.map(|one| {
        let requirement = one["requirement"].as_str().expect("a name");
        format!(
            "[[statement]]\nrequirement = \"{requirement}\"\nwho = \"Kim Mi-rae\"\nwhen = \"2026-01-31\"\nwhere = \"OPS-7\"\n"
        )
    });
    statements.collect()
}

#[rstest]
#[case::kt("kt-bizstore")]
#[case::koogallery("koogallery")]
#[case::of_version_1("koogallery --dialect saas-v1")]
#[case::scp("scp")]
fn a_faultless_vendor_is_ready_as_soon_as_everything_is_stated(#[case] words: &str) {
    let folder = Folder::new();
    let programme = programme(&folder, words);
    // Every rule that the store requires is looked at by some case, or wherever it shows.
    for one in list(&programme, "requirements") {
        let cases = one["looked-at"]["cases"].as_array();
        // The one rule that no case of its dialect shows, and why, stands in tests/fixtures/unshown.tsv; it is advice.
        let unshown = words.contains("saas-v1") && one["requirement"] == "KG-QUERY-USAGE-GROWS";
        assert_eq!(cases.is_some_and(|cases| cases.is_empty()), unshown, "{one}");
    }
    folder.put("storeproof.toml", statements(&programme));
    let ran = folder.run(&format!("certify {words} --vendor reference -j 4 --report json=report.json")).ends(0);
    ran.says("Ready: everything that the store requires was looked at and holds");
    let report: Value = serde_json::from_str(&folder.text("report.json")).expect("JSON");
    assert_eq!(report["assessment"]["readiness"], "ready");
    let stated = list(&report["assessment"], "requirements").iter().filter(|one| one["standing"] == "stated");
    assert!(stated.clone().count() > 0);
    assert!(stated.into_iter().all(|one| one["statement"]["who"] == "Kim Mi-rae"));
}

#[test]
fn what_nobody_has_stated_leaves_the_vendor_not_ready_and_is_named() {
    let ran = Folder::new().run("certify kt-bizstore --vendor reference").ends(3);
    ran.says("Not ready: nothing is broken, and something that the store requires is still open.")
        .says("8 not stated")
        .says("  requirement = \"KT-MANUAL-CERTIFICATE\"");
}

#[test]
fn what_the_store_would_refuse_is_told_with_its_rule() {
    let ran = Folder::new().run("certify kt-bizstore --vendor reference:apply-first-200").ends(1);
    ran.says("  refused     KT-APPLY-CREATED  The first application for a customer")
        .says("Not ready: the store would refuse this vendor as it stands.");
}

#[test]
fn a_part_of_the_programme_makes_nobody_ready() {
    let folder = Folder::new();
    let all = programme(&folder, "kt-bizstore");
    folder.put("storeproof.toml", statements(&all));
    folder
        .run("certify kt-bizstore --vendor reference --filter /billing/")
        .ends(3)
        .says("  untested    KT-APPLY-IDEMPOTENT, ")
        .says("no case that looks at it was played");
    folder.run("certify kt-bizstore --vendor reference --filter nothing-of-this-name").ends(4);
}

#[test]
fn a_vendor_that_is_not_there_is_not_judged() {
    let ran = Folder::new().run(&format!("certify kt-bizstore --vendor {}", nobody())).ends(3);
    ran.says("the vendor could not be reached").says("Not ready: ");
}

#[test]
fn the_programme_is_told_before_anything_is_sent() {
    let ran = Folder::new().run("certify kt-bizstore --plan").ends(0);
    assert_eq!(ran.err, "");
    ran.says("Programme for kt-bizstore, bizstore-2.1.2")
        .says("Must: the store refuses a vendor that breaks it")
        .says("  KT-MANUAL-IP  by a statement");
}

#[test]
fn the_product_decides_what_is_played_and_asked() {
    let folder = Folder::new();
    let all = programme(&folder, "koogallery");
    folder.put("storeproof.toml", "[koogallery]\nproduct = { charging = \"one-time\", upgradable = false }\n");
    let once = programme(&folder, "koogallery");
    assert!(list(&once, "cases").len() < list(&all, "cases").len());
    let apart = list(&once, "requirements").iter().filter(|one| one["looked-at"]["by"] == "nothing");
    let told: Vec<String> = apart.map(|one| one["looked-at"]["why"].to_string()).collect();
    assert!(told.iter().any(|why| why.contains("does not apply to a product")), "{told:?}");
    let ran = folder.run("certify koogallery --plan").ends(0);
    ran.says("Product: charging one-time, upgradable false, site cn").says("Not about this product (");
}

#[rstest]
#[case::unknown(
    "KT-MANUAL-IPP",
    "Kim",
    "2026-01-31",
    "here",
    ":2:15: KT-MANUAL-IPP is no requirement; did you mean KT-MANUAL-IP?"
)]
#[case::judged("KT-BILL-SUM", "Kim", "2026-01-31", "here", ":2:15: KT-BILL-SUM is judged by cases")]
#[case::nobody("KT-MANUAL-IP", " ", "2026-01-31", "here", ":3:7: who is empty")]
#[case::nowhere("KT-MANUAL-IP", "Kim", "2026-01-31", "", ":5:9: where is empty")]
#[case::never("KT-MANUAL-IP", "Kim", "soon", "here", ":4:8: \"soon\" is no date yyyy-mm-dd")]
#[case::not_yet("KT-MANUAL-IP", "Kim", "2999-01-31", "here", ":4:8: 2999-01-31 is yet to come")]
fn a_statement_that_states_nothing_is_refused_with_its_place(
    #[case] requirement: &str,
    #[case] who: &str,
    #[case] when: &str,
    #[case] place: &str,
    #[case] talk: &str,
) {
    let folder = Folder::new();
    let statement = format!(
        "[[statement]]\nrequirement = \"{requirement}\"\nwho = \"{who}\"\nwhen = \"{when}\"\nwhere = \"{place}\"\n"
    );
    folder.put("storeproof.toml", statement);
    folder.run("certify kt-bizstore --plan").ends(2).talks_of(talk);
}

#[test]
fn two_statements_of_one_rule_are_refused() {
    let folder = Folder::new();
    let one = "[[statement]]\nrequirement = \"KT-MANUAL-IP\"\nwho = \"Kim\"\nwhen = \"2026-01-31\"\nwhere = \"here\"\n";
    folder.put("storeproof.toml", format!("{one}{one}"));
    folder.run("certify kt-bizstore --plan").ends(2).talks_of("KT-MANUAL-IP is stated twice");
}

#[rstest]
#[case("certify kt-bizstor", "kt-bizstor is no marketplace; did you mean kt-bizstore?")]
#[case("certify kt-bizstore --dialect saas-v3", "saas-v3 is no dialect")]
#[case("certify kt-bizstore --plan --report junit", "--plan is printed for a person, or with --report json as JSON")]
fn what_cannot_be_certified_is_refused(#[case] words: &str, #[case] talk: &str) {
    Folder::new().run(words).ends(2).talks_of(talk);
}
