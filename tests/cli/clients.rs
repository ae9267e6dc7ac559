//! Vendors that are clients: their programs are started, fed, judged and ended.
//!
//! The list of versions needs no signature, so that a few lines of bash are a client of it.

use std::time::{Duration, Instant};

use rstest::rstest;

use crate::support::{Folder, Ran};

const VERSIONS: &str = "scp/versions/list";

/// Asks for a target and prints the answer.
const ASK: &str = r#"ask() {
  local authority=${STOREPROOF_ENDPOINT#http://}
  exec 3<>"/dev/tcp/${authority%:*}/${authority#*:}"
  printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$1" "$authority" >&3
  cat <&3
}
"#;

/// Runs a case with a program of bash.
fn run(folder: &Folder, case: &str, script: &str, more: &[&str]) -> Ran {
    folder.put("client.sh", format!("{ASK}{script}\n"));
    let mut words = vec!["run", case, "--vendor", "exec:bash client.sh 'two words'"];
    words.extend(more);
    folder.storeproof(words).env("PATH", "/usr/bin:/bin").env("SECRET_OF_THE_USER", "canary").ran()
}

#[test]
fn a_program_that_calls_as_it_should_conforms() {
    let folder = Folder::new();
    let ran = run(&folder, VERSIONS, "ask /", &["-v"]).ends(0);
    ran.says("played: list-versions (1 call; the program ended with exit code 0)");
}

#[test]
fn a_program_gets_its_task_and_nothing_else_of_the_users() {
    let folder = Folder::new();
    let script = r#"printf '%s\n' "$@" > words; env > environment; ask /v1/products/VPC"#;
    // The call is not signed.
    run(&folder, "scp/show/product", script, &[]).ends(1).says("must  SCP-SIGN-HEADERS");
    assert_eq!(folder.text("words"), "two words\nshow-product\nproduct_id=VPC\n");
    let environment = folder.text("environment");
    for expected in [
        "STOREPROOF_ENDPOINT=http://127.0.0.1:",
        "STOREPROOF_ACCESS_KEY=SCPDEMO\n",
        "STOREPROOF_SECRET_KEY=",
        "STOREPROOF_TASK=show-product\n",
        "STOREPROOF_PRODUCT_ID=VPC\n",
        "STOREPROOF_ARGUMENTS={\"product_id\":\"VPC\"}\n",
    ] {
        assert!(environment.contains(expected), "{expected} is not in {environment}");
    }
    assert!(!environment.contains("canary"), "{environment}");
}

#[test]
fn what_a_program_writes_is_quoted_without_keys_and_without_harm() {
    let folder = Folder::new();
    folder.put("storeproof.toml", "[scp]\nsecret-key = \"canary-secret-4711\"\n");
    let script = r#"ask / >/dev/null; echo "key $STOREPROOF_SECRET_KEY"; printf 'red \033[31m\n' >&2; exit 3"#;
    let ran = run(&folder, VERSIONS, script, &[]).ends(1).says("must  SCP-CLIENT-EXIT").says("the program wrote last:");
    assert!(!ran.out.contains("canary-secret") && !ran.out.contains('\u{1b}'), "{ran}");
    ran.says("key [redacted]").says("red ␛[31m");
}

#[rstest]
#[case("exit 7", "its program ended with exit code 7 and called nothing")]
#[case("echo no module named scp >&2; exit 1", "it wrote last: no module named scp")]
#[case("kill -SEGV $$", "its program was ended by signal 11 and called nothing")]
fn a_program_that_calls_nothing_and_says_that_it_failed_is_not_judged(#[case] script: &str, #[case] why: &str) {
    let ran = run(&Folder::new(), VERSIONS, script, &[]).ends(3);
    // Prose is wrapped.
    let told = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains(why), "{why:?} is not in {ran}");
}

#[test]
fn a_program_that_says_it_is_done_and_has_called_nothing_breaks_the_contract() {
    run(&Folder::new(), VERSIONS, "exit 0", &[]).ends(1).says("must  SCP-COURSE-CALLED");
}

/// A vendor that wants products alone has not failed at categories; one that does nothing has not passed.
#[test]
fn a_task_that_the_program_does_not_do_is_left_out() {
    let folder = Folder::new();
    let ran = run(&folder, VERSIONS, "exit 77", &[]).ends(3);
    ran.says("left out    scp/versions/list").says("does not do the task list-versions").says("1 left out");
    let script = "[ $2 = show-product ] && exit 77; ask /";
    run(&folder, VERSIONS, script, &["scp/show/product"]).ends(0).says("1 conforms, 1 left out");
}

#[test]
fn a_program_that_does_not_exist_is_not_judged() {
    let folder = Folder::new();
    let ran = folder.storeproof(["run", VERSIONS, "--vendor", "exec:./no-such-program"]).ran().ends(3);
    ran.says("could not be started: ./no-such-program: ");
}

/// A scenario of the user's can name the program and the time that it has.
#[test]
fn a_program_that_does_not_end_is_ended_with_all_that_it_started() {
    let folder = Folder::new();
    let scenario = r"arazzo: 1.0.1
info: { title: Hangs, version: '1', description: A program that does not end., x-storeproof: { marketplace: scp } }
sourceDescriptions: [{ name: product, url: specs/scp/product-1.0.yaml, type: openapi }]
workflows:
  - workflowId: hangs
    steps:
      - stepId: list-versions
        operationId: ListVersions
        x-storeproof:
          exec: { task: hang, within: 1s, command: [bash, client.sh] }
";
    folder.put("hangs.arazzo.yaml", scenario);
    let lifeline = Lifeline::new();
    let script = format!("{}; ask / >/dev/null; sleep 600 & sleep 600", lifeline.held());
    let ran = run(&folder, "hangs.arazzo.yaml", &script, &[]);
    assert_eq!(ran.code, Some(0), "it is no duty to end: {ran}");
    let ran = ran.says("should  SCP-CLIENT-TIME").says("the vendor's program had not ended after 1s");
    assert!(lifeline.is_let_go(), "what it had started went on: {ran}");
}

#[test]
fn an_interrupted_run_ends_the_program() {
    let folder = Folder::new();
    let lifeline = Lifeline::new();
    let held = lifeline.held();
    folder.put("client.sh", format!("{ASK}{held}; ask / >/dev/null; touch called; sleep 600 & sleep 600"));
    let words = ["run", VERSIONS, "--vendor", "exec:bash client.sh"];
    let started = folder.storeproof(words).env("PATH", "/usr/bin:/bin").start();
    wait_for(|| folder.path("called").exists());
    started.interrupt();
    started.ended().ends(130);
    assert!(lifeline.is_let_go(), "what it had started went on");
}

/// Without a program somebody is told what to do, and silence after the last answer is the end.
#[test]
fn somebody_may_start_the_program() {
    let folder = Folder::new();
    folder.put("storeproof.toml", "[scp]\nlisten = \"127.0.0.1:0\"\n");
    let log = folder.path("log");
    let started = folder.storeproof(["run", VERSIONS]).stderr(std::fs::File::create(&log).expect("a file")).start();
    let asked = || std::fs::read_to_string(&log).unwrap_or_default();
    wait_for(|| {
        asked().contains("have your program do list-versions: it is to call ListVersions at http://127.0.0.1:")
    });
    let endpoint = asked().rsplit(" at ").next().expect("an address").trim().to_owned();
    let mut client = std::process::Command::new("bash");
    client.arg("-c").arg(format!("{ASK}ask /")).env("STOREPROOF_ENDPOINT", endpoint);
    assert!(client.output().expect("bash").stdout.ends_with(b"}"));
    let ran = started.ended().ends(0);
    // An exit code is nowhere to be seen.
    ran.says("Not judged here:").says("SCP-CLIENT-EXIT");
}

#[rstest]
#[case("http://127.0.0.1:8080", "vendors of scp are clients and have no address")]
#[case("exec:", "this is no command")]
#[case("exec:python3 'client.py", "this is no command")]
#[case("reference:page-zer", "did you mean page-zero?")]
fn what_cannot_be_a_client_is_refused(#[case] vendor: &str, #[case] why: &str) {
    Folder::new().storeproof(["run", "scp", "--vendor", vendor]).ran().ends(2).talks_of(why);
}

#[test]
fn the_reference_client_conforms_in_every_case_side_by_side_or_not() {
    let ran = Folder::new().run("run scp --vendor reference -j 8").ends(0);
    ran.says("The vendor conforms: nothing was found that the store would refuse.");
}

/// A connection that a program holds, and whatever it starts inherits: it ends when the last of them has.
struct Lifeline(std::net::TcpListener);

impl Lifeline {
    fn new() -> Self {
        Self(std::net::TcpListener::bind("127.0.0.1:0").expect("a free port"))
    }

    /// The words by which bash takes hold of it.
    fn held(&self) -> String {
        let port = self.0.local_addr().expect("an address").port();
        format!("exec 3<>/dev/tcp/127.0.0.1/{port}")
    }

    /// Whether nobody holds it any more; the programs would hold it far longer than is waited for.
    fn is_let_go(&self) -> bool {
        let (mut held, _) = self.0.accept().expect("the program has taken hold of it");
        held.set_read_timeout(Some(Duration::from_secs(60))).expect("a time limit");
        match std::io::Read::read(&mut held, &mut [0]) {
            Ok(count) => count == 0,
            Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}

fn wait_for(mut done: impl FnMut() -> bool) {
    let since = Instant::now();
    while !done() {
        assert!(since.elapsed() < Duration::from_secs(60), "it never came");
        std::thread::sleep(Duration::from_millis(10));
    }
}
