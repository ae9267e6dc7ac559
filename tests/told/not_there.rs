//! A vendor that is not there, or not at this address, is told once.

use storeproof::transport::spawn_in_thread;
use storeproof::wire::Response;

use crate::support::storeproof;

/// An address at which nobody listens: a port that was free a moment ago.
#[expect(clippy::disallowed_types, reason = "the listener only finds a free port")]
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

#[test]
fn nobody_there_is_one_line_and_ends_the_run() {
    let ran = storeproof(&format!("run kt-bizstore --vendor {}", nobody()));
    assert_eq!(ran.code, Some(3), "{ran}");
    let told = ran.out.matches("because the vendor could not be reached: the connection was refused").count();
    assert_eq!(told, 1, "{ran}");
    assert_eq!(ran.out.matches("not judged  kt-bizstore/").count(), 1, "{ran}");
    assert!(ran.out.contains("cases were not played: the vendor could not be reached: the connection"), "{ran}");
    assert!(ran.out.lines().count() < 12, "{ran}");
}

#[test]
fn cases_behind_the_first_failure_are_counted() {
    let ran = storeproof("run kt-bizstore/registration --vendor reference:apply-500 --fail-fast");
    assert_eq!(ran.code, Some(1), "{ran}");
    assert_eq!(ran.out.matches("breaks      kt-bizstore/").count(), 1, "{ran}");
    assert!(ran.out.contains("6 cases were not played: the run was ended\n"), "{ran}");
    assert!(!ran.out.contains("not judged  kt-bizstore/"), "{ran}");
}

#[test]
fn a_vendor_that_dies_of_a_call_is_one_story() {
    let ran = storeproof("run kt-bizstore/billing/bad-dates --vendor reference:day-bad-date-dies");
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(ran.out.contains("  must  HTTP-ANSWER") && ran.out.contains("  must  VENDOR-ALIVE"), "{ran}");
    assert_eq!(ran.out.matches("\n    request").count(), 1, "{ran}");
    assert_eq!(ran.out.matches("      curl ").count(), 1, "{ran}");
}

#[test]
fn nothing_but_404_asks_for_the_address() {
    let vendor = spawn_in_thread(|_, _| Response::new(404).into()).expect("a vendor");
    let ran = storeproof(&format!("run kt-bizstore --vendor {}/wrong", vendor.base()));
    assert_eq!(ran.code, Some(1), "{ran}");
    let words: String = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let asked = format!(
        "Is {}/wrong the right base address? Paths are appended to it; the first call asked for /wrong/",
        vendor.base()
    );
    assert!(words.contains(&asked), "{ran}");
    let ran = storeproof("run kt-bizstore/registration/repeated --vendor reference");
    assert!(!ran.out.contains("the right base address"), "{ran}");
}
