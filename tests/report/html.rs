//! The HTML report: read strictly, in every language, with and without a certification.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use rstest::rstest;
use storeproof::engine::{Event, Reduced, Totals, Trouble};
use storeproof::report::{Edition, Html};
use storeproof::verdict::assessment::{Assessed, Axis, Coverage, Proof, Readiness, Standing, Statement};
use storeproof::verdict::{
    Assessment, Breach, KnownFailure, KnownTrouble, Level, Outcome, Place, RequirementId, Translation, Translations,
};
use storeproof::wire::{Headers, is_treacherous};
use storeproof::words::Language;

use crate::{page, records};

fn edition(language: Language) -> Edition {
    let translation = Translation {
        rule: "청구 합계는 두 요금의 합이다.".to_owned(),
        why: "고객이 합산해 본다.".to_owned(),
        mend: "두 요금에서 합계를 계산한다.".to_owned(),
    };
    let translations = Translations::from([(RequirementId::known("KT-BILL-SUM"), translation)]);
    Edition { language, made: "2026-01-15T09:30:00Z".parse().expect("a time"), translations }
}

pub(crate) fn report(events: &[Event]) -> String {
    report_in(events, Language::English)
}

fn report_in(events: &[Event], language: Language) -> String {
    records::report_of(events, |out, background| Box::new(Html::new(out, background, edition(language))))
}

fn assessed(id: &str, level: Level, standing: Standing, cases: &[&str]) -> Assessed {
    let broken = matches!(standing, Standing::Broken);
    let proof = |case: &&str| Proof {
        case: (*case).into(),
        step: broken.then(|| "bill-day".to_owned()),
        exchange: broken.then_some(0),
    };
    Assessed { requirement: RequirementId::new(id), level, standing, evidence: cases.iter().map(proof).collect() }
}

/// Every standing once and more, over the rules of the sample and some that no catalogue knows.
fn assessment(readiness: Readiness) -> Assessment {
    let why = |text: &str| text.to_owned();
    let requirements = vec![
        assessed(
            "KT-BILL-SUM",
            Level::Must,
            Standing::Broken,
            &["kt-bizstore/billing/by-day", "kt-bizstore/billing/by-customer"],
        ),
        assessed("KT-CONTENT-TYPE", Level::Must, Standing::Broken, &["kt-bizstore/billing/by-day"]),
        assessed("KT-AUTH-SIGNATURE", Level::Must, Standing::Broken, &["kt-bizstore/authentication/status"]),
        assessed("KT-LOCATION-ABSOLUTE", Level::Should, Standing::Broken, &["kt-bizstore/lifecycle/single-sign-on"]),
        assessed("KT-ANSWER-WHOLE", Level::Must, Standing::Broken, &["kt-bizstore/lifecycle/resign"]),
        assessed("X-HOLDS", Level::Must, Standing::Holds, &["kt-bizstore/lifecycle/first-month", "not/played"]),
        assessed(
            "X-KNOWN",
            Level::Must,
            Standing::Known { owner: "Kim <kim>".to_owned(), until: "2026-12-31".to_owned() },
            &[],
        ),
        assessed(
            "X-STATED",
            Level::Manual,
            Standing::Stated(Statement {
                who: "Lee & Co".to_owned(),
                when: "2026-01-10".to_owned(),
                r#where: "ticket 12".to_owned(),
            }),
            &[],
        ),
        assessed("X-UNSTATED", Level::Manual, Standing::Unstated, &[]),
        assessed("X-UNTESTED", Level::Must, Standing::Untested { why: why("no case was judged") }, &[]),
        assessed("X-UNTESTED-TOO", Level::Must, Standing::Untested { why: why("no case was judged") }, &[]),
        assessed(
            "X-ELSEWHERE",
            Level::Must,
            Standing::Elsewhere { why: why("a vendor on this machine has no certificate") },
            &[],
        ),
        assessed("X-OTHER", Level::Must, Standing::NotApplicable { why: why("of saas-v1 only") }, &[]),
    ];
    let axis = |points: &[(&str, usize)]| Axis {
        points: points.iter().map(|(point, seen)| ((*point).to_owned(), *seen)).collect(),
    };
    Assessment {
        marketplace: "kt-bizstore".to_owned(),
        dialects: vec!["bizstore-2.1.2".to_owned()],
        traits: vec![("charging".to_owned(), "period".to_owned())],
        readiness,
        requirements,
        coverage: Coverage {
            operations: axis(&[("getStatus", 9), ("listBills", 0)]),
            statuses: axis(&[("getStatus 200", 3), ("getStatus 404", 0)]),
            codes: axis(&[]),
            transitions: axis(&[("active —resign→ gone", 1)]),
            requirements: axis(&[("KT-BILL-SUM", 2)]),
        },
    }
}

/// The sample run as a certification.
fn certified(readiness: Readiness) -> Vec<Event> {
    let mut events = records::events();
    let end = events.pop().expect("the end of the run");
    events.push(Event::Reduced(Arc::new(Reduced {
        case: "kt-bizstore/billing/by-day".into(),
        requirement: RequirementId::known("KT-BILL-SUM"),
        before: 9,
        after: 1,
        scenario: "arazzo: 1.0.1\nsteps: # <one>\n".to_owned(),
    })));
    events.push(Event::Assessed(Arc::new(assessment(readiness))));
    events.push(end);
    events
}

fn heading(html: &str) -> &str {
    html.split_once("<h1>").and_then(|(_, rest)| rest.split_once("</h1>")).map_or("", |(heading, _)| heading)
}

#[rstest]
fn every_report_is_whole_and_stands_for_itself(
    #[values(Language::English, Language::Korean, Language::Chinese)] language: Language,
    #[values(false, true)] certification: bool,
) {
    let events = if certification { certified(Readiness::Refused) } else { records::events() };
    let html = report_in(&events, language);
    assert_eq!(page::troubles(&html), Vec::<String>::new());
    assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())));
    assert!(html.contains("lang=\"en\""), "English sentences are marked, or the report is English");
    assert_eq!(html.matches("lang=\"en\"").count() == 1, language == Language::English);
}

#[test]
fn everything_that_was_found_is_told() {
    let html = report(&certified(Readiness::Refused));
    for case in records::events() {
        let Event::CaseFinished(case) = case else { continue };
        assert!(html.contains(&format!(">{}<", case.name)), "{}", case.name);
        for weighed in case.steps.iter().filter(|step| !step.superseded).flat_map(|step| &step.findings) {
            let id = weighed.finding.requirement.as_str();
            if id != "SNAPSHOT" {
                let cards = ["must", "should", "advice"].map(|weight| format!("id=\"{weight}-{id}\""));
                assert_eq!(cards.iter().filter(|card| html.contains(*card)).count(), 1, "{id}");
            }
        }
    }
    let catalogue = records::catalogue();
    for requirement in catalogue.iter() {
        for text in [&requirement.rule, &requirement.mend, &requirement.why, &requirement.source] {
            assert!(html.contains(text.as_str()), "{text}");
        }
    }
    for one in assessment(Readiness::Refused).requirements {
        assert!(html.contains(&format!(">{}</code>", one.requirement)), "{}", one.requirement);
    }
    for text in [
        "<mark data-rule=\"KT-BILL-SUM\">14000</mark>",
        "<mark data-rule=\"KT-CONTENT-TYPE\">text/html</mark>",
        "pay-amt is 14000, but usage-pay-amt 10000 and onetime-pay-amt 5000 make 15000",
        "the total is the usage fee with tax, without the one-time fee",
        "one step of 9 is left",
        "steps: # &lt;one&gt;</code>",
        "storeproof run kt-bizstore/billing/by-day --vendor http://127.0.0.1:8080/api --seed 7",
        "$(storeproof keys kt-bizstore --token --tamper other-key)",
        "with a mistake on purpose: other-key",
        "4 requirements that the store insists on are broken. 3 more are still open.",
        "Kim &lt;kim&gt;, until 2026-12-31",
        "<td>Lee &amp; Co</td><td class=\"nowrap\">2026-01-10</td><td>ticket 12</td>",
        "of saas-v1 only",
        "a vendor on this machine has no certificate",
        "no case was judged",
        "<code translate=\"no\">charging = period</code>",
        "2026-01-15 09:30 UTC",
        "1 of 2",
        "active —resign→ gone",
        "The store has none.",
        "<ins>+content-TYPE: application/json</ins>",
        "a deleted customer&#39;s status is answered with 401",
    ] {
        let text = text.replace("&#39;", "'");
        assert!(html.contains(&text), "{text}\n{html}");
    }
}

#[test]
fn a_run_of_cases_is_no_certification() {
    let html = report(&records::events());
    assert_eq!(heading(&html), "The contract is broken");
    for id in ["requirements", "statements", "coverage", "to-do", "sign-off"] {
        assert!(!html.contains(&format!("id=\"{id}\"")), "{id}");
    }
    assert!(html.contains("id=\"refused\"") && html.contains("id=\"cases\""));
}

fn finished(totals: Totals, interrupted: bool) -> Event {
    Event::RunFinished { totals, interrupted, elapsed: Duration::from_millis(20) }
}

/// What stands at the top, for every way in which a run may end.
#[rstest]
#[case::ready(Some(Readiness::Ready), Totals { conform: 1, ..Totals::default() }, false, false, "Ready to submit")]
#[case::refused(Some(Readiness::Refused), Totals { break_: 1, ..Totals::default() }, false, false, "The store would refuse this vendor")]
#[case::open(Some(Readiness::Open), Totals { conform: 1, ..Totals::default() }, false, false, "Not ready yet: not everything was looked at")]
#[case::broken_and_ready(Some(Readiness::Ready), Totals { break_: 1, ..Totals::default() }, false, false, "The store would refuse this vendor")]
#[case::not_judged_and_ready(Some(Readiness::Ready), Totals { not_judged: 1, ..Totals::default() }, false, false, "Not ready yet: not everything was looked at")]
#[case::interrupted(Some(Readiness::Ready), Totals { conform: 1, ..Totals::default() }, true, false, "No verdict: the run was interrupted")]
#[case::outdated(Some(Readiness::Ready), Totals { conform: 1, ..Totals::default() }, false, true, "The list of known failures is out of date")]
#[case::conforms(None, Totals { conform: 1, ..Totals::default() }, false, false, "The vendor conforms")]
#[case::unreviewed(None, Totals { unreviewed: 1, ..Totals::default() }, false, false, "The contract holds; answers are to be reviewed")]
#[case::not_judged(None, Totals { not_judged: 1, ..Totals::default() }, false, false, "No verdict")]
#[case::nothing(None, Totals::default(), false, false, "No verdict")]
fn the_word_is_that_of_the_run(
    #[case] readiness: Option<Readiness>,
    #[case] totals: Totals,
    #[case] interrupted: bool,
    #[case] outdated: bool,
    #[case] expected: &str,
) {
    let mut events: Vec<Event> =
        readiness.map(|readiness| Event::Assessed(Arc::new(assessment(readiness)))).into_iter().collect();
    if outdated {
        let requirement = RequirementId::known("KT-BILL-SUM");
        events.push(Event::Troubled(Trouble::Known(KnownTrouble::NoSuchCase {
            line: 2,
            case: "shop/a".to_owned(),
            requirement,
        })));
    }
    events.push(finished(totals, interrupted));
    let html = report(&events);
    assert_eq!(heading(&html), expected);
    assert_eq!(page::troubles(&html), Vec::<String>::new());
    assert_eq!(html.contains("shop/a"), outdated);
}

#[test]
fn what_nobody_has_stated_can_be_pasted() {
    let html = report(&certified(Readiness::Open));
    let block = html.split("<code>[[statement]]").nth(1).expect("the block").split("</code>").next();
    let block = format!("[[statement]]{}", block.expect("its end").replace("&quot;", "\""));
    let table: toml::Table = block.parse().expect("TOML");
    let statements = table["statement"].as_array().expect("a list");
    assert_eq!(statements.len(), 1);
    assert_eq!(statements[0]["requirement"].as_str(), Some("X-UNSTATED"));
    let keys: Vec<&str> = statements[0].as_table().expect("a table").keys().map(String::as_str).collect();
    assert_eq!(keys, ["requirement", "when", "where", "who"]);
}

#[test]
fn requirements_are_told_in_the_readers_language_where_they_can_be() {
    let korean = report_in(&certified(Readiness::Refused), Language::Korean);
    assert!(korean.contains("<h3>청구 합계는 두 요금의 합이다.</h3>"), "{korean}");
    assert!(korean.contains("<p>두 요금에서 합계를 계산한다.</p>") && korean.contains("고객이 합산해 본다."));
    assert!(!korean.contains("The total of a bill (pay-amt)"));
    assert!(korean.contains("<h3><span lang=\"en\">Answers with JSON say so in Content-Type.</span></h3>"));
    // What a problem is, where, and both sides can be read without English.
    for text in
        ["<p class=\"says\">합계가 맞지 않음</p>", "<code class=\"place\">본문 /1/pay-amt</code>", ">15000</code>"]
    {
        assert!(korean.contains(text), "{text}: {korean}");
    }
    assert_eq!(heading(&korean), "스토어가 이 공급사를 거부하게 됩니다");
    let english = report(&certified(Readiness::Refused));
    assert!(english.contains("The total of a bill (pay-amt)") && !english.contains("청구 합계"));
}

#[test]
fn a_known_failure_is_told_with_its_reason_and_is_no_refusal() {
    let mut case = records::failing_again();
    let step = Arc::get_mut(&mut case.steps[0]).expect("nobody else has it");
    step.findings[0].level = Level::Advice;
    step.findings[0].finding.known = Some(Box::new(KnownFailure {
        case: "kt-bizstore/*".to_owned(),
        requirement: RequirementId::known("KT-BILL-SUM"),
        reason: "mended in <March>".to_owned(),
        owner: "Kim".to_owned(),
        expires: jiff::civil::date(2026, 3, 31),
        line: 3,
    }));
    let html =
        report(&[Event::CaseFinished(Arc::new(case)), finished(Totals { conform: 1, ..Totals::default() }, false)]);
    assert!(
        html.contains("id=\"known-KT-BILL-SUM\"")
            && html.contains("mended in &lt;March&gt;, until 2026-03-31, Owner: Kim"),
        "{html}"
    );
    assert!(!html.contains("id=\"refused\""));
}

/// Markup, control characters, text that runs backwards, and bytes that are no text.
const NASTY: &[u8] =
    b"</pre></code></style></script><script>alert('x')</script><img src=x>\"' onmouseover=x \xe2\x80\xae\x1b[2J\x00\xff\xf0\x9f\xe2\x81\xa6 ]]>-->";

#[rstest]
fn hostile_content_is_shown_and_does_nothing(
    #[values(Language::English, Language::Korean, Language::Chinese)] language: Language,
) {
    let nasty = String::from_utf8_lossy(NASTY).into_owned();
    let mut answer = records::json(200, [b"[\"", NASTY, b"\"]"].concat());
    answer.reason.clone_from(&nasty);
    answer.headers = Headers::from_iter([(nasty.clone(), NASTY.to_vec()), ("Content-Type".to_owned(), NASTY.to_vec())]);
    let mut exchange = records::exchange("GET", "/", answer);
    exchange.raw = Default::default();
    exchange.request.target = format!("/{nasty}?{nasty}={nasty}");
    exchange.request.method.clone_from(&nasty);
    exchange.request.headers.push(nasty.as_str(), NASTY);
    exchange.request.body = NASTY.to_vec();
    let mut step = records::step(&nasty, &nasty, 7, vec![exchange]);
    step.description = Some(nasty.clone());
    step.tamper = Some(nasty.clone());
    let places = [
        Place::Header(nasty.clone()),
        Place::Body(format!("/{nasty}")),
        Place::Query(nasty.clone()),
        Place::Body("/0".to_owned()),
    ];
    step.findings = places
        .into_iter()
        .map(|place| {
            let breach = Breach::Code { expected: vec![nasty.clone()], actual: nasty.clone() };
            let mut weighed = records::finding(&nasty, Level::Must, place, breach);
            weighed.finding =
                weighed.finding.because(nasty.clone()).with(format!("{nasty}\n{nasty}")).so_that(nasty.clone());
            weighed.finding.entry = Some(nasty.clone());
            weighed
        })
        .collect();
    let diff = format!(" {nasty}\n-{nasty}\n+{nasty}");
    step.findings.push(records::finding(
        "S",
        Level::Advice,
        Place::Course,
        Breach::Snapshot { name: nasty.clone(), diff },
    ));
    let mut case = records::case(&nasty, Outcome::Breaks, vec![step]);
    case.title.clone_from(&nasty);
    case.marketplace = Some(nasty.clone());
    let mut told = assessment(Readiness::Refused);
    told.marketplace.clone_from(&nasty);
    told.dialects = vec![nasty.clone()];
    told.traits = vec![(nasty.clone(), nasty.clone())];
    for one in &mut told.requirements {
        one.requirement = RequirementId::new(format!("{}{nasty}", one.requirement));
        one.evidence = vec![Proof { case: nasty.as_str().into(), step: Some(nasty.clone()), exchange: Some(1) }];
        one.standing = match &one.standing {
            Standing::Untested { .. } => Standing::Untested { why: nasty.clone() },
            Standing::Elsewhere { .. } => Standing::Elsewhere { why: nasty.clone() },
            Standing::NotApplicable { .. } => Standing::NotApplicable { why: nasty.clone() },
            Standing::Known { .. } => Standing::Known { owner: nasty.clone(), until: nasty.clone() },
            Standing::Stated(_) => {
                Standing::Stated(Statement { who: nasty.clone(), when: nasty.clone(), r#where: nasty.clone() })
            }
            other => other.clone(),
        };
    }
    told.coverage.operations.points = vec![(nasty.clone(), 0), (nasty.clone(), 2)];
    let events = [
        Event::RunStarted { seed: 7, cases: vec![nasty.as_str().into()], vendor: nasty.clone() },
        Event::CaseFinished(Arc::new(case)),
        Event::Reduced(Arc::new(Reduced {
            case: nasty.as_str().into(),
            requirement: RequirementId::new(nasty.clone()),
            before: 2,
            after: 1,
            scenario: nasty.clone(),
        })),
        Event::Troubled(Trouble::Snapshot(nasty.clone())),
        Event::Assessed(Arc::new(told)),
        finished(Totals { break_: 1, ..Totals::default() }, false),
    ];
    let html = report_in(&events, language);
    let foul = html.chars().find(|character| *character != '\n' && is_treacherous(*character));
    assert_eq!(foul, None);
    // One script and one style: ours.
    assert_eq!(
        (html.matches("<script").count(), html.matches("<style").count(), html.matches("<img").count()),
        (1, 1, 0)
    );
    let troubles: Vec<String> =
        page::troubles(&html).into_iter().filter(|trouble| !trouble.contains("leads nowhere")).collect();
    assert_eq!(troubles, Vec::<String>::new());
    assert!(html.contains("&lt;script&gt;alert('x')&lt;/script&gt;"), "it is shown");
}

#[test]
fn the_policy_allows_our_style_and_our_script_alone() {
    let html = report(&records::events());
    let tags = page::tags(&html).expect("HTML");
    let policy = tags.iter().find_map(|tag| tag.attribute("content").filter(|_| tag.attribute("http-equiv").is_some()));
    let policy = policy.expect("a policy").replace("&#39;", "'");
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
    for name in ["style", "script"] {
        let tag = tags.iter().find(|tag| tag.name == name && !tag.ends).expect("one");
        let digest = ring::digest::digest(&ring::digest::SHA256, tag.text.as_bytes());
        let named = base64::engine::general_purpose::STANDARD.encode(digest);
        assert!(policy.contains(&format!("{name}-src 'sha256-{named}'")), "{policy}");
    }
}

/// A case of which the vendor's answer is wrong in a place of its own, and very large.
fn large(index: usize, body: usize) -> Event {
    let body = format!("{{\"a\":\"{}\",\"late\":12}}", "x".repeat(body));
    let mut answer = records::json(200, body.clone());
    (0..35).for_each(|field| answer.headers.push(format!("X-Field-{field}"), "y".repeat(80)));
    let exchanges = (0..20).map(|_| records::exchange("GET", "/status/M1", answer.clone())).collect();
    let mut step = records::step("status", "getStatus", 7, exchanges);
    let breach = Breach::Code { expected: vec!["13".to_owned()], actual: body };
    step.findings = vec![records::finding(&format!("R-{index}"), Level::Must, Place::Body("/late".to_owned()), breach)];
    Event::CaseFinished(Arc::new(records::case(&format!("shop/case-{index:04}"), Outcome::Breaks, vec![step])))
}

#[test]
fn the_size_grows_with_the_cases_and_not_with_what_a_vendor_sends() {
    let of = |cases: usize, body: usize| {
        let mut events: Vec<Event> = (0..cases).map(|index| large(index, body)).collect();
        events.push(finished(Totals { break_: cases, ..Totals::default() }, false));
        report(&events)
    };
    let (small, big) = (of(20, 1_000), of(20, 200_000));
    assert!(big.len() < small.len() + small.len() / 4, "{} and {}", small.len(), big.len());
    assert_eq!(big.matches("<mark data-rule=\"R-").count(), 20);
    let thousand = of(1_000, 1_000);
    assert!(thousand.len() < 9_000_000, "{} bytes", thousand.len());
    assert!(thousand.len() < of(500, 1_000).len() * 21 / 10);
    // Where there is no room for the bytes, the words stay.
    assert_eq!(thousand.matches("<article class=\"finding must\"").count(), 1_000);
    assert!(thousand.contains("The bytes are left out here"));
}

#[test]
fn a_thousand_cases_that_conform_take_little() {
    let mut events: Vec<Event> = (0..1_000)
        .map(|index| {
            let mut case = records::conforming();
            case.name = format!("shop/case-{index:04}").into();
            Event::CaseFinished(Arc::new(case))
        })
        .collect();
    events.push(finished(Totals { conform: 1_000, ..Totals::default() }, false));
    let html = report(&events);
    assert!(html.len() < 2_500_000, "{} bytes", html.len());
}
