//! The options of `run`, and the environment variables that stand for them.

use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::Value;
use storeproof::wire::{Reply, ReplyKind};

use crate::support::{Folder, LONG, SHORT, honestly, nobody, reference, scenario, vendor};

fn names(report: &Value) -> Vec<&str> {
    report["cases"].as_array().expect("a list").iter().filter_map(|case| case["name"].as_str()).collect()
}

#[rstest]
#[case("--filter repeated", &["kt-bizstore/registration/repeated", "kt-bizstore/resignation/repeated"])]
#[case("--filter registration/re", &["kt-bizstore/registration/repeated"])]
#[case("--filter *repeated", &["kt-bizstore/registration/repeated", "kt-bizstore/resignation/repeated"])]
#[case("--filter *registration/r*", &["kt-bizstore/registration/repeated"])]
fn a_filter_selects_by_part_or_pattern(#[case] filter: &str, #[case] expected: &[&str]) {
    let ran = Folder::new().run(&format!("run kt-bizstore --vendor reference {filter} --report json"));
    assert_eq!(names(&ran.ends(0).json()), expected);
}

#[test]
fn a_case_that_is_named_twice_is_played_once() {
    let words = format!("run {SHORT} kt-bizstore/registration {SHORT} --vendor reference --report json --filter re");
    let report = Folder::new().run(&words).ends(0).json();
    assert_eq!(names(&report).iter().filter(|name| **name == SHORT).count(), 1);
}

#[test]
fn fail_fast_ends_after_the_first_case_that_breaks() {
    let words = "run kt-bizstore/registration --vendor reference:apply-first-200 --report json";
    let all = Folder::new().run(words).ends(1).json();
    assert!(all["totals"]["breaks"].as_u64() > Some(1));
    let first = Folder::new().run(&format!("{words} --fail-fast")).ends(1).json();
    assert_eq!(first["totals"]["breaks"], 1);
    assert_eq!(first["cases"].as_array().map(Vec::len), all["cases"].as_array().map(Vec::len), "none is kept silent");
    assert!(first["totals"]["not_judged"].as_u64() > Some(0));
}

/// A report without what the clock, the port and the speed of the machine change.
fn timeless(value: &Value, base: &str) -> Value {
    match value {
        Value::Object(members) => {
            let changing = |name: &str| matches!(name, "started" | "timing" | "elapsed_ms");
            let kept = members.iter().filter(|(name, _)| !changing(name));
            kept.map(|(name, value)| (name.clone(), timeless(value, base))).collect()
        }
        Value::Array(items) => items.iter().map(|item| timeless(item, base)).collect(),
        // The answer's own date, and its address.
        Value::String(text) if text.ends_with(" GMT") => "a date".into(),
        Value::String(text) => text.replace(base, "[vendor]").into(),
        other => other.clone(),
    }
}

fn played(words: &str) -> Value {
    let report = Folder::new().run(&format!("{words} --report json")).ends(0).json();
    let base = report["cases"][0]["steps"][0]["exchanges"][0]["base"].as_str().expect("an address");
    let base = base.trim_start_matches("http://").to_owned();
    timeless(&report, &base)
}

#[test]
fn the_same_seed_gives_the_same_report_apart_from_times() {
    let words = "run kt-bizstore/registration/repeated kt-bizstore/registration/odd-keys --vendor reference";
    let one = played(&format!("{words} --seed 7"));
    assert_eq!(one, played(&format!("{words} --seed 7")));
    let keys = |report: &Value| report["cases"][0]["steps"][0]["exchanges"][0]["request"]["target"].clone();
    assert_ne!(keys(&one), keys(&played(&format!("{words} --seed 8"))), "another seed sends other keys");
    // A case's values do not depend on what is played beside it.
    let alone = played("run kt-bizstore/registration/odd-keys --vendor reference --seed 7");
    assert_eq!(
        alone["cases"][0]["steps"][0]["exchanges"][0]["request"]["target"],
        one["cases"][1]["steps"][0]["exchanges"][0]["request"]["target"]
    );
}

#[test]
fn jobs_change_nothing_but_the_order() {
    let words = "run kt-bizstore/registration kt-bizstore/unknown-customer --vendor reference --report json";
    let one = Folder::new().run(words).ends(0);
    let eight = Folder::new().run(&format!("{words} -j 8")).ends(0);
    let (one, eight) = (one.json(), eight.json());
    let mut eight = names(&eight);
    eight.sort_by_key(|name| names(&one).iter().position(|known| known == name));
    assert_eq!(names(&one), eight);
}

#[test]
fn inputs_reach_the_calls() {
    let folder = Folder::new();
    let ran = folder.run(&format!("run {SHORT} --vendor reference --report json --input mem-sq=M4711")).ends(0);
    assert_eq!(ran.json()["cases"][0]["steps"][0]["exchanges"][0]["request"]["target"], "/customers/M4711");
    folder.put("storeproof.toml", "[kt-bizstore]\ninputs = { mem-sq = \"M4712\" }\n");
    let ran = folder.run(&format!("run {SHORT} --vendor reference --report json --snapshots off")).ends(0);
    assert_eq!(ran.json()["cases"][0]["steps"][0]["exchanges"][0]["request"]["target"], "/customers/M4712");
}

#[test]
fn an_answer_after_the_time_limit_is_too_late() {
    let silent = vendor(reference(&[]), |_, _| Reply::from(ReplyKind::Hang));
    let begin = Instant::now();
    let ran = Folder::new().run(&format!("run {SHORT} --vendor {} --timeout 300ms", silent.base())).ends(1);
    ran.says("no complete answer within 300ms");
    assert!(begin.elapsed() < Duration::from_secs(8), "no step waits for the default of 10 s");
}

/// A set-up that takes longer than the scenario's own patience.
#[test]
fn patience_lets_a_slow_set_up_end() {
    let slow = || {
        let mut asked = 0;
        vendor(reference(&["status-never-installs"]), move |vendor, request| {
            let mut reply = honestly(vendor, &request);
            if request.target.starts_with("/status/")
                && let ReplyKind::Response(response) = &mut reply.kind
            {
                asked += 1;
                if asked > 3 {
                    let text = String::from_utf8_lossy(&response.body);
                    let installed = text.replace("99999999", &day()).replace(r#""status":"0""#, r#""status":"1""#);
                    response.body = installed.into_bytes();
                }
            }
            reply
        })
    };
    let run = |folder: &Folder, more: &str| {
        let slow = slow();
        folder.run(&format!("run {} --vendor {}{more}", scenario("impatient.arazzo.yaml"), slow.base()))
    };
    let folder = Folder::new();
    run(&folder, "").ends(1).says("must  KT-STATUS-INSTALLED");
    run(&folder, " --patience 3").ends(0);
    folder.put("storeproof.toml", "patience = 3\n");
    run(&folder, "").ends(0);
}

/// Today in Korea.
fn day() -> String {
    let korea = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
    jiff::Timestamp::now().to_zoned(korea).strftime("%Y%m%d").to_string()
}

#[test]
fn verbose_tells_the_steps() {
    let words = format!("run {SHORT} --vendor reference");
    let quiet = Folder::new().run(&words).ends(0);
    let verbose = Folder::new().run(&format!("{words} -v")).ends(0);
    assert!(!quiet.out.contains("apply-again") && verbose.out.contains("apply-again"), "{verbose}");
}

/// Each variable does what its flag does, and the flag wins.
#[test]
fn variables_stand_for_flags() {
    let folder = Folder::new();
    folder.put("other.toml", "seed = 5\n");
    let run = |variable: (&str, &str), words: &str| {
        folder.storeproof(words.split_whitespace()).without("STOREPROOF_SEED").env(variable.0, variable.1).ran()
    };
    let short = format!("run {SHORT}");
    run(("STOREPROOF_VENDOR", "reference"), &short).ends(0);
    run(("STOREPROOF_VENDOR", &nobody()), &format!("{short} --vendor reference")).ends(0);
    let with = format!("{short} --vendor reference --report json");
    assert_eq!(run(("STOREPROOF_SEED", "9"), &with).ends(0).json()["seed"], 9);
    assert_eq!(run(("STOREPROOF_SEED", "9"), &format!("{with} --seed 3")).ends(0).json()["seed"], 3);
    assert_eq!(run(("STOREPROOF_CONFIG", "other.toml"), &format!("{with} --snapshots off")).ends(0).json()["seed"], 5);
    run(("STOREPROOF_MARKETPLACE", "kt-bizstore"), "run --filter registration/repeated --vendor reference").ends(0);
    run(("STOREPROOF_DIALECT", "bizstore-9"), &with).ends(2).talks_of("bizstore-9 is no dialect");
    run(("STOREPROOF_FILTER", "nothing"), &with).ends(4);
    run(("STOREPROOF_JOBS", "0"), &with).ends(2).talks_of("at least one job");
    run(("STOREPROOF_TIMEOUT", "1"), &with).ends(2).talks_of("has no unit");
    run(("STOREPROOF_PATIENCE", "many"), &with).ends(2).talks_of("--patience");
    run(("STOREPROOF_CA", "missing.pem"), &with).ends(2).talks_of("missing.pem: ");
    run(("STOREPROOF_SPECS", "missing"), &with).ends(2).talks_of("missing/kt-bizstore/bizstore-2.1.2.yaml: ");
    run(("STOREPROOF_COLOR", "always"), &format!("{short} --vendor reference")).says("\u{1b}[");
    run(("STOREPROOF_REPORT", "human,json=a.json,junit=b.xml"), &format!("{short} --vendor reference")).ends(0);
    assert!(folder.files().contains("a.json") && folder.files().contains("b.xml"));
    let kept = format!("run {} --vendor reference", scenario("snapshots.arazzo.yaml"));
    run(("STOREPROOF_SNAPSHOTS", "check"), &kept).ends(5);
    let broken = "run kt-bizstore/registration --vendor reference:apply-first-200 --report json";
    assert_eq!(run(("STOREPROOF_FAIL_FAST", "true"), broken).ends(1).json()["totals"]["breaks"], 1);
    run(("STOREPROOF_VERBOSE", "true"), &format!("{short} --vendor reference")).ends(0).says("apply-again");
}

#[test]
fn what_reproduces_a_failure_does() {
    let folder = Folder::new();
    let ran =
        folder.run(&format!("run {LONG} --vendor reference:status-without-mem-sq --seed 77 --timeout 5s")).ends(1);
    let line = ran.out.lines().find(|line| line.trim_start().starts_with("storeproof run ")).expect("the line");
    let again = folder.run(line.trim_start().trim_start_matches("storeproof ")).ends(1);
    let target = |out: &str| out.lines().find(|line| line.contains("GET /status/")).map(str::to_owned);
    assert!(target(&ran.out).is_some() && target(&ran.out) == target(&again.out));
}

#[rstest]
#[case("run koogallery", "", "koogallery/v1/", false)]
#[case("run koogallery", "", "koogallery/notification/", true)]
#[case("run koogallery --dialect saas-v2", "", "koogallery/notification/", false)]
#[case("run koogallery --dialect saas-v1", "", "koogallery/v1/", true)]
#[case("run koogallery", "interface = \"saas-v1\"", "koogallery/v1/", true)]
#[case("run koogallery/v1/release", "", "koogallery/v1/", true)]
#[case("run koogallery", "product = { charging = \"one-time\" }", "koogallery/life-cycle/period", false)]
#[case("run koogallery", "product = { charging = \"one-time\" }", "koogallery/life-cycle/one-time", true)]
#[case("run koogallery", "product = { upgradable = false }", "koogallery/term/repeated-upgrade", false)]
fn dialect_and_product_decide_which_cases_are_played(
    #[case] words: &str,
    #[case] settings: &str,
    #[case] case: &str,
    #[case] played: bool,
) {
    let folder = Folder::new();
    folder.put("storeproof.toml", format!("[koogallery]\n{settings}\n"));
    let ran = folder.run(&format!("{words} --vendor {} --snapshots off --report json", nobody())).ends(3);
    let report = ran.json();
    assert_eq!(names(&report).iter().any(|name| name.starts_with(case)), played);
}

#[test]
fn cases_that_do_not_apply_are_told_once() {
    let folder = Folder::new();
    folder.put("storeproof.toml", "[koogallery]\nproduct = { charging = \"period\" }\n");
    let words = format!("run koogallery/life-cycle/one-time koogallery/creation/two-lines --vendor {}", nobody());
    let ran = folder.run(&words).ends(4);
    let told = "storeproof: 2 cases do not apply to a product charged by period: koogallery/life-cycle/one-time, \
                koogallery/creation/two-lines\n";
    assert_eq!(ran.err.matches(told).count(), 1, "{ran}");
}

#[test]
fn what_vendors_call_is_no_dialect() {
    let folder = Folder::new();
    let ran = folder.run("run koogallery --dialect open-api --vendor reference").ends(2);
    assert!(ran.err.contains("open-api is no dialect"), "{ran}");
    assert!(!folder.run("list dialects").ends(0).out.contains("open-api"));
}
