//! `storeproof.toml`: where it is found, what it sets, and where it is wrong.

use rstest::rstest;
use storeproof::sign::key::SigningKey;

use crate::support::{Folder, SHORT, honestly, reference, reference_that_trusts, vendor};

#[test]
fn the_nearest_file_upwards_is_read() {
    let folder = Folder::new();
    folder.put("storeproof.toml", "seed = 11\n");
    folder.put("one/storeproof.toml", "seed = 12\n");
    folder.put("one/two/three/file", "");
    let words = format!("run {SHORT} --vendor reference --snapshots off --report json");
    let seed = |below: &str| {
        let within = folder.path(below);
        folder.storeproof(words.split(' ')).without("STOREPROOF_SEED").within(&within).ran().ends(0).json()["seed"]
            .clone()
    };
    assert_eq!((seed(""), seed("one"), seed("one/two/three")), (11.into(), 12.into(), 12.into()));
    let named = folder.path("storeproof.toml");
    let within = folder.path("one");
    let words = format!("{words} --config {}", named.display());
    assert_eq!(
        folder.storeproof(words.split(' ')).without("STOREPROOF_SEED").within(&within).ran().ends(0).json()["seed"],
        11
    );
}

#[test]
fn a_file_alone_says_what_to_run_against_whom() {
    let folder = Folder::new();
    let standing = vendor(reference(&[]), |vendor, request| honestly(vendor, &request));
    let text = "seed = 1\njobs = 8\ntimeout = \"5s\"\n[kt-bizstore]\nvendor = \"http://${HOST}:${PORT}\"\n";
    folder.put("storeproof.toml", text);
    let port = standing.address().port().to_string();
    let run = folder.storeproof(["run", "--filter", "registration"]).env("HOST", "127.0.0.1").env("PORT", port);
    run.ran().ends(0).says("The vendor conforms");
    // The file is found again by whoever plays a failure again, so it is not repeated.
    let broken = vendor(reference(&["apply-first-200"]), |vendor, request| honestly(vendor, &request));
    let port = broken.address().port().to_string();
    let run = folder.storeproof(["run", SHORT]).env("HOST", "127.0.0.1").env("PORT", port);
    run.ran().ends(1).says(&format!("storeproof run {SHORT} --seed 1"));
}

#[rstest]
#[case::unknown_key("seed = 1\nvendr = \"x\"\n", "storeproof.toml:2:1: unknown field `vendr`")]
#[case::unknown_member("[kt-bizstore]\nurl = \"x\"\n", "storeproof.toml:2:1: unknown field `url`")]
#[case::unknown_table("[kt-bizshop]\n", "storeproof.toml:1:2: unknown field `kt-bizshop`")]
#[case::wrong_type("seed = \"one\"\n", "storeproof.toml:1:8: invalid type")]
#[case::negative("seed = -1\n", "storeproof.toml:1:8: ")]
#[case::no_toml("seed: 1\n", "storeproof.toml:1:7: ")]
#[case::twice("seed = 1\nseed = 2\n", "storeproof.toml:2:1: ")]
#[case::unset(
    "[kt-bizstore]\nvendor = \"http://${KT_HOST}\"\n",
    "storeproof.toml:2:10: the environment variable KT_HOST is not set"
)]
#[case::open("[kt-bizstore]\nvendor = \"http://${KT_HOST\"\n", "storeproof.toml:2:10: `${` has no `}`")]
#[case::no_jobs("jobs = 0\n", "storeproof.toml:1:8: at least one job must run")]
#[case::no_unit("timeout = \"10\"\n", "storeproof.toml:1:11: \"10\" has no unit; write 10s or 10ms")]
#[case::no_such_dialect("[kt-bizstore]\ndialect = \"bizstore-9\"\n", "bizstore-9 is no dialect; there is ")]
#[case::no_key_file("[kt-bizstore]\nsigning-key = \"no.pem\"\n", "storeproof.toml:2:15: ")]
#[case::no_window("[kt-bizstore]\ntoken-window = \"long\"\n", "storeproof.toml:2:16: ")]
#[case::no_back_date("[kt-bizstore]\niat-back-date = \"1\"\n", "storeproof.toml:2:17: ")]
#[case::moved(
    "[[known-failure]]\ncase = \"a\"\n",
    "storeproof.toml:1:3: unknown field `known-failure`: known failures stand in"
)]
fn what_is_wrong_is_told_where_it_stands(#[case] text: &str, #[case] problem: &str) {
    let folder = Folder::new();
    folder.put("storeproof.toml", text);
    let before = folder.files();
    let vendor = if text.contains("vendor =") { "" } else { " --vendor reference" };
    let ran = folder.run(&format!("run {SHORT}{vendor} --report json=report.json")).ends(2).talks_of(problem);
    assert_eq!(ran.out, "");
    assert_eq!(folder.files(), before, "nothing is written");
}

/// Numbers, words in their place, and files of a section, told where they stand.
#[rstest]
#[case::number("default-limit = 5\nmax-limit = 0x20", "")]
#[case::word("max-limit = \"none\"\ntimestamp-window = \"off\"", "")]
#[case::from_a_variable("default-limit = \"${LIMIT}\"", "")]
#[case::no_number("default-limit = \"few\"", "storeproof.toml:2:17: \"few\" is no whole number from 0 on")]
#[case::no_word("max-limit = \"all\"", "storeproof.toml:2:13: \"all\" is no whole number from 0 on, nor \"none\"")]
#[case::no_kind(
    "max-limit = true",
    "storeproof.toml:2:13: invalid type: max-limit is a boolean, expected a whole number, or \"none\""
)]
#[case::fraction(
    "default-limit = 1.5",
    "storeproof.toml:2:17: invalid type: default-limit is a number, expected a whole number"
)]
#[case::no_unit(
    "timestamp-window = 5",
    "storeproof.toml:2:20: invalid type: timestamp-window is a whole number, expected a time with its unit"
)]
#[case::below_one("default-limit = -1", "storeproof.toml:2:17: \"-1\" is no whole number from 0 on")]
#[case::catalogue("catalogue = \"good.yaml\"", "")]
#[case::bad_catalogue(
    "catalogue = \"bad.yaml\"",
    "storeproof.toml:2:13: bad.yaml: line 2, column 26: /products/0/product_id: "
)]
#[case::no_catalogue("catalogue = \"none.yaml\"", "storeproof.toml:2:13: ")]
fn settings_of_a_client_marketplace_are_read_and_told_where_they_are_wrong(#[case] text: &str, #[case] problem: &str) {
    let folder = Folder::new();
    let product = "created_at: 2024-01-01T00:00:00, created_by: a, modified_at: 2024-01-01T00:00:00, modified_by: a";
    let catalogue = |id: &str| format!("product_categories: []\nproducts: [{{ product_id: {id}, {product} }}]\n");
    folder.put("good.yaml", catalogue("MINE"));
    folder.put("bad.yaml", catalogue("7"));
    folder.put("storeproof.toml", format!("[scp]\n{text}\n"));
    let ran = folder.storeproof(["keys", "scp"]).env("LIMIT", "5").ran();
    match problem {
        "" => ran.ends(0).says("access-key  SCPDEMO"),
        problem => ran.ends(2).talks_of(problem),
    };
}

#[test]
fn the_secret_key_of_a_client_marketplace_is_shown_only_where_it_is_asked_for() {
    let folder = Folder::new();
    folder.put("storeproof.toml", "[scp]\naccess-key = \"MINE\"\nsecret-key = \"canary-scp-secret\"\n");
    let hidden = folder.run("keys scp").ends(0).says("[set; --reveal shows it]");
    assert!(!hidden.out.contains("canary"), "{hidden}");
    folder.run("keys scp --reveal").ends(0).says("canary-scp-secret");
    folder.run("keys scp --token").ends(2).talks_of("the calls of Samsung Cloud Platform are signed one by one");
    folder.run("vendor scp").ends(2).talks_of("vendors of Samsung Cloud Platform are clients");
}

/// Keys of the user's that cannot sign, and what each is refused for.
#[rstest]
#[case("test-public.pem")]
#[case("certificate.pem")]
#[case("ec-pkcs8.pem")]
#[case("ed25519.pem")]
#[case("encrypted-pkcs8.pem")]
#[case("encrypted-pkcs1.pem")]
#[case("openssh.pem")]
#[case("small.pem")]
fn keys_that_cannot_sign_are_refused_where_they_are_named(#[case] name: &str) {
    let folder = Folder::new();
    let pem = std::fs::read(format!("{}/tests/fixtures/keys/{name}", env!("CARGO_MANIFEST_DIR"))).expect("the fixture");
    folder.put("key.pem", pem);
    folder.put("storeproof.toml", "[kt-bizstore]\nsigning-key = \"key.pem\"\n");
    let ran = folder.run(&format!("run {SHORT} --vendor reference")).ends(2);
    let ran = ran.talks_of("storeproof.toml:2:15: ").talks_of("key.pem: ");
    folder.run("keys kt-bizstore").ends(2).talks_of("storeproof.toml:2:15: ");
    assert!(!ran.err.contains("-----"), "no part of a key is told: {ran}");
}

#[test]
fn a_key_of_the_users_signs_and_its_public_half_is_shown() {
    let folder = Folder::new();
    let pem = include_str!("../fixtures/keys/test-pkcs1.pem");
    let key = SigningKey::from_pem(pem).expect("a good key");
    folder.put("key.pem", pem);
    folder.put("storeproof.toml", "[kt-bizstore]\nsigning-key = \"key.pem\"\nbearer-also = true\n");
    let shown = folder.run("keys kt-bizstore").ends(0);
    assert_eq!(shown.out, key.public_pem());
    let vendor = vendor(reference_that_trusts(Some(shown.out), &[]), |vendor, request| honestly(vendor, &request));
    let ran = folder.run(&format!("run {SHORT} --vendor {} --snapshots off", vendor.base())).ends(0);
    assert_eq!(ran.err, "");
    folder.run(&format!("run {SHORT} --vendor reference --snapshots off")).ends(0);
}
