//! Options of `serve`, their variables, and what is refused.

use rstest::rstest;

use crate::support::Folder;

#[rstest]
#[case("kt-bizstor", "did you mean kt-bizstore?")]
#[case("--listen scp9=127.0.0.1:0", "--listen scp9=127.0.0.1:0: scp9 is none of console, kt-bizstore, koogallery, scp")]
#[case("--listen 127.0.0.1:0", "--listen 127.0.0.1:0: write NAME=ADDRESS")]
#[case("--listen koogallery=here", "--listen koogallery=here: \"here\" is no address")]
#[case("kt-bizstore --listen koogallery=127.0.0.1:0", "koogallery is not served; name it behind `serve`")]
#[case("--listen console=127.0.0.1:0 --listen console=127.0.0.1:1", "an address for console was given before")]
#[case("--listen console=0.0.0.0:0", "--listen console=0.0.0.0:0: 0.0.0.0:0 is reachable from other machines")]
#[case(
    "--allow-remote --listen koogallery=127.0.0.1:0 --listen kt-bizstore=127.0.0.1:0 --listen console=0.0.0.0:0",
    "it stays on 127.0.0.1:0"
)]
#[case("koogallery --listen koogallery=0.0.0.0:0", "add --allow-remote if that is meant")]
#[case("kt-bizstore --vendor koogallery=reference", "koogallery is not served")]
#[case("--vendor nonsense", "--vendor nonsense")]
#[case(
    "scp --vendor scp=reference",
    "--vendor scp=reference: scp calls nobody; its vendors call it, at http://127.0.0.1:"
)]
#[case("kt-bizstore --vendor reference:nonsense", "--vendor reference:nonsense")]
#[case("--state .", "--state .: is no ordinary file")]
#[case("--state none/state.json", "--state none/state.json: No such file")]
#[case("--seed many", "--seed")]
#[case("--log-entries 0", "--log-entries")]
#[case("--specs specs", "--specs specs: serve knows the embedded specs only")]
#[case("--ca none.pem --vendor kt-bizstore=https://vendor.example", "none.pem")]
fn what_is_typed_wrongly_is_pointed_at(#[case] words: &str, #[case] told: &str) {
    let mut all = words.to_owned();
    for name in ["console", "koogallery", "kt-bizstore", "scp"] {
        // Where a test names no port of its own, none is taken that another test may want.
        let first = words.split_whitespace().next().unwrap_or_default();
        let served = first.starts_with('-') || first == name || name == "console";
        if served && !words.contains(&format!("{name}=")) {
            all.push_str(&format!(" --listen {name}=127.0.0.1:0"));
        }
    }
    let ran = Folder::new().refused(&all);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
    assert!(ran.err.contains(told), "{told:?} is not in {}", ran.err);
}

#[test]
fn the_configuration_is_pointed_at_where_it_said_so() {
    let folder = Folder::new();
    folder.put("storeproof.toml", "[koogallery]\nlisten = \"0.0.0.0:0\"\n");
    let ran = folder.refused("koogallery --listen console=127.0.0.1:0");
    assert!(ran.err.contains("storeproof.toml:2:10: 0.0.0.0:0 is reachable from other machines"), "{}", ran.err);
    folder.put("storeproof.toml", "seed = 9\n[koogallery]\nlisten = \"127.0.0.1:0\"\n");
    let served = folder.serve("koogallery");
    assert_eq!(served.get("/koogallery/disturbances")["seed"], 9);
}

#[test]
fn variables_stand_for_options() {
    let folder = Folder::new();
    let variables = [
        ("STOREPROOF_SERVE_LISTEN", "console=127.0.0.1:0,koogallery=127.0.0.1:0"),
        ("STOREPROOF_VENDOR", "koogallery=reference kt-bizstore=reference:apply-first-200,bill-negative"),
        ("STOREPROOF_STATE", "state.json"),
        ("STOREPROOF_SEED", "11"),
        ("STOREPROOF_HTTPS", "tls"),
        ("STOREPROOF_HTTPS_NAME", "one.test,two.test"),
        ("STOREPROOF_LOG_ENTRIES", "1"),
    ];
    let faults = storeproof::market::faults("kt-bizstore");
    let vendor = format!("koogallery=reference kt-bizstore=reference:{},{}", faults[0].0, faults[1].0);
    let variables =
        variables.map(|(name, value)| (name, if name == "STOREPROOF_VENDOR" { vendor.as_str() } else { value }));
    let served = folder.serve_with("", &variables);
    assert!(served.base("koogallery").starts_with("https://"));
    assert_eq!(served.get("/koogallery/disturbances")["seed"], 11);
    let listed = served.get("/marketplaces");
    for served in listed["marketplaces"].as_array().expect("a list") {
        // Nobody calls a client.
        assert_eq!(served["vendor"].is_string(), served["name"] != "scp", "{served:#}");
    }
    assert_eq!(served.stopped().code, Some(0));
    assert!(folder.path("state.json").exists() && folder.path("tls/ca.pem").exists());
    let ran = folder.refused_with("koogallery", &[("STOREPROOF_SERVE_LISTEN", "127.0.0.1:0")]);
    assert!(ran.err.contains("write NAME=ADDRESS"), "{}", ran.err);
    // The variable of the `vendor` command means another address.
    assert_eq!(folder.serve_with("koogallery", &[("STOREPROOF_LISTEN", "127.0.0.1:8080")]).stopped().code, Some(0));
}
