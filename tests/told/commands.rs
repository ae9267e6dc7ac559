//! What the command says of itself.

use crate::support::storeproof;

#[test]
fn a_scenario_is_explained_with_its_inputs() {
    let ran = storeproof("explain kt-bizstore/life-cycle/first-to-last");
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.out.contains("  inputs (--input NAME=VALUE)\n    mem-sq  made from the seed: mem-sq\n"), "{ran}");
    assert!(ran.out.contains("    apply, calls applyCustomer: The customer buys the product"), "{ran}");
    let listed = storeproof("list scenarios -v");
    assert!(listed.out.contains("    --input mem-sq=…  made from the seed: mem-sq\n"), "{listed}");
    assert!(!storeproof("list scenarios").out.contains("--input"));
}

#[test]
fn lint_without_a_file_checks_what_the_binary_brings_along() {
    let ran = storeproof("lint");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran}");
    assert!(ran.out.contains(" scenarios and ") && ran.out.ends_with(" interfaces of this binary: sound\n"), "{ran}");
}

#[test]
fn snapshots_are_explained_where_they_are_missed() {
    let run = "run kt-bizstore/registration/repeated --vendor reference --snapshots";
    let note =
        "storeproof: none of these cases takes a snapshot; a step that has `x-storeproof: { snapshot: {} }` does";
    let ran = storeproof(&format!("{run} review"));
    assert!(ran.code == Some(0) && ran.err.contains(note), "{ran}");
    assert!(!storeproof(&format!("{run} off")).err.contains(note));
    for command in ["review", "accept", "reject"] {
        let ran = storeproof(command);
        assert!(ran.code == Some(0) && ran.out.contains("`storeproof explain snapshot`"), "{ran}");
    }
    let ran = storeproof("explain snapshot");
    let words = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("`x-storeproof: { snapshot: {} }`") && words.contains("`storeproof accept`"), "{ran}");
}

#[test]
fn talk_has_one_prefix_and_the_help_of_run_names_the_configuration() {
    for words in
        ["run nowhere", "run --what", "list everything", "run kt-bizstore --patience 0", "explain nothing-like"]
    {
        let ran = storeproof(words);
        assert!(ran.code == Some(2) && ran.err.starts_with("storeproof: "), "{ran}");
        assert!(!ran.err.contains("error:"), "{ran}");
    }
    let help = storeproof("run --help").out;
    assert!(help.contains("storeproof.toml") && help.contains("storeproof init"), "{help}");
}
