//! What the commands tell that only tell something: `list`, `explain`, `lint`, `keys`, `completions`.

use std::collections::BTreeSet;
use std::path::Path;

use rstest::rstest;
use storeproof::market;
use storeproof::sign::key::{SigningKey, VerifyingKey};
use storeproof::sign::kt_jwt::{Window, verify};

use crate::support::{FIXTURES, Folder};

fn out(words: &str) -> String {
    let ran = Folder::new().run(words).ends(0);
    assert_eq!(ran.err, "");
    ran.out
}

#[rstest]
#[case("list operations")]
#[case("list dialects")]
#[case("list mistakes --marketplace kt-bizstore")]
#[case("list dialects --json")]
#[case("explain KT-BILL-SUM")]
#[case("explain kt-auth-missing-bill")]
#[case("explain sum")]
#[case("keys kt-bizstore")]
fn told(#[case] words: &str) {
    insta::assert_snapshot!(words.replace([' ', '-'], "_"), out(words));
}

/// What grows with every addition is compared with where it comes from.
#[test]
fn every_scenario_requirement_and_fault_is_listed() {
    let names = |words: &str| -> BTreeSet<String> {
        out(words).lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
    };
    let mut scenarios = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")];
    let root = folders[0].clone();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).expect("below").to_str().expect("text").to_owned();
                scenarios.insert(name.trim_end_matches(".arazzo.yaml").to_owned());
            }
        }
    }
    assert_eq!(names("list scenarios"), scenarios);
    for marketplace in market::MARKETPLACES {
        let own = scenarios.iter().filter(|name| name.starts_with(&format!("{marketplace}/"))).cloned().collect();
        assert_eq!(names(&format!("list scenarios --marketplace {marketplace}")), own);
        let faults = market::faults(marketplace).into_iter().map(|(name, _)| name.to_owned()).collect();
        assert_eq!(names(&format!("list faults --marketplace {marketplace}")), faults);
    }
    // A few of them: each is a process of its own.
    for requirement in names("list requirements").into_iter().step_by(8) {
        assert!(out(&format!("explain {requirement}")).contains("  mend      "), "{requirement}");
    }
}

#[rstest]
fn as_json_each_thing_has_its_name(
    #[values("scenarios", "operations", "requirements", "faults", "dialects", "mistakes")] what: &str,
) {
    let text = out(&format!("list {what}"));
    let rows: Vec<serde_json::Value> = serde_json::from_str(&out(&format!("list {what} --json"))).expect("JSON");
    assert_eq!(rows.len(), text.lines().count());
    for (row, line) in rows.iter().zip(text.lines()) {
        let name = row["name"].as_str().expect("a name");
        let marketplace = row["marketplace"].as_str().expect("a marketplace");
        assert!(line.starts_with(name) && market::MARKETPLACES.contains(&marketplace), "{row} {line}");
    }
}

#[test]
fn a_token_fits_the_key_that_is_shown() {
    let key = VerifyingKey::from_pem(&out("keys kt-bizstore")).expect("a key in PEM");
    assert_eq!(key.to_pem(), SigningKey::test().public_pem());
    let token = out("keys kt-bizstore --token");
    let now = jiff::Timestamp::now();
    verify(Some(token.trim_end()), &key, now, &Window::default()).expect("it is good");
    let forged = out("keys kt-bizstore --token --tamper alg-none");
    verify(Some(forged.trim_end()), &key, now, &Window::default()).expect_err("it is forged");
    assert_eq!(out("keys kt-bizstore --token --tamper missing-token"), "", "there is nothing to send");
}

#[rstest]
fn completions_name_every_command(#[values("bash", "zsh", "fish", "elvish", "powershell")] shell: &str) {
    let script = out(&format!("completions {shell}"));
    for command in ["run", "vendor", "review", "accept", "reject", "list", "explain", "keys", "lint"] {
        assert!(script.contains(command), "{command}");
    }
}

#[test]
fn lint_finds_its_own_documents_sound() {
    let root = env!("CARGO_MANIFEST_DIR");
    let folder = Folder::new();
    folder.put("storeproof.toml", "seed = 1\n");
    let scenario = format!("{FIXTURES}/scenarios/snapshots.arazzo.yaml");
    let specs = ["bizstore-2.1.2.yaml", "requirements.yaml"].map(|name| format!("{root}/specs/kt-bizstore/{name}"));
    let ran = folder.storeproof(["lint", "storeproof.toml", &scenario, &specs[0], &specs[1]]).ran().ends(0);
    assert_eq!(ran.out.lines().filter(|line| line.ends_with(": sound")).count(), 4, "{ran}");
}

/// Everything that is wrong with a file is told at once, also with those behind it.
#[test]
fn lint_tells_everything_that_is_wrong() {
    let folder = Folder::new();
    for name in ["typing.arazzo.yaml", "requirements.yaml", "neither.yaml"] {
        folder.put(name, std::fs::read(format!("{FIXTURES}/lint/{name}")).expect("the fixture"));
    }
    let ran = folder.run("lint typing.arazzo.yaml requirements.yaml neither.yaml missing.yaml").ends(2);
    insta::assert_snapshot!("lint", ran.out);
    assert_eq!(ran.err, "");
}
