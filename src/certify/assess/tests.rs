//! How requirements stand after cases that came out in every way.

use std::sync::Arc;
use std::time::Duration;

use rstest::rstest;

use super::*;
use crate::certify::Case;
use crate::engine::StepRecord;
use crate::scenario::plan::Spot;
use crate::verdict::{Breach, Finding, KnownFailure, Place, Reading, Skipped};
use crate::wire::{Exchange, Request, Response};

const RULE: RequirementId = RequirementId::known("SHOP-RULE");

fn step(findings: Vec<Weighed>, readings: Vec<Reading>, skipped: Vec<Skipped>) -> Arc<StepRecord> {
    Arc::new(StepRecord {
        workflow: "order".to_owned(),
        id: "ask".to_owned(),
        description: None,
        spot: Spot::default(),
        operation: None,
        derived: None,
        later: Vec::new(),
        task: None,
        tamper: None,
        attempt: 1,
        superseded: false,
        exchanges: Vec::new(),
        visits: Vec::new(),
        findings,
        readings,
        skipped,
        moves: Vec::new(),
        snapshot: None,
    })
}

fn case(name: &str, outcome: Outcome, steps: Vec<Arc<StepRecord>>) -> Arc<CaseRecord> {
    Arc::new(CaseRecord {
        name: name.into(),
        title: String::new(),
        marketplace: None,
        dialect: None,
        outcome,
        steps,
        elapsed: Duration::ZERO,
    })
}

fn well(name: &str) -> Arc<CaseRecord> {
    case(name, Outcome::Conforms, vec![step(Vec::new(), Vec::new(), Vec::new())])
}

fn broken(name: &str, rule: RequirementId, level: Level) -> Arc<CaseRecord> {
    let breach = Breach::Missing { what: "the total".to_owned(), because: "it is billed".to_owned() };
    let finding = Finding::new(rule, Place::Status, breach);
    let outcome = if level == Level::Must { Outcome::Breaks } else { Outcome::Conforms };
    case(name, outcome, vec![step(vec![Weighed { finding, level, exchange: Some(0) }], Vec::new(), Vec::new())])
}

fn skipping(name: &str, local: bool) -> Arc<CaseRecord> {
    let skipped = Skipped { requirement: RULE, why: "no name".to_owned(), local };
    case(name, Outcome::Conforms, vec![step(Vec::new(), Vec::new(), vec![skipped])])
}

fn programme(level: Level, looked_at: LookedAt) -> Programme {
    let names = ["shop/a", "shop/b"].map(str::to_owned);
    Programme {
        marketplace: "shop".to_owned(),
        dialects: vec!["shop-1".to_owned()],
        traits: Vec::new(),
        cases: names.map(|name| Case { name, title: String::new(), computed: false }).into(),
        left_out: Default::default(),
        requirements: vec![Scheduled { requirement: RULE, level, looked_at }],
    }
}

fn by(cases: &[&str]) -> LookedAt {
    LookedAt::Cases { cases: cases.iter().map(|&case| case.to_owned()).collect() }
}

fn assessed_with(programme: &Programme, cases: &[Arc<CaseRecord>], statements: &Statements) -> Assessment {
    assessed_by(&Catalogue::default(), programme, cases, statements)
}

/// Requests of the vendor's name what they call by their method.
fn assessed_by(
    catalogue: &Catalogue,
    programme: &Programme,
    cases: &[Arc<CaseRecord>],
    statements: &Statements,
) -> Assessment {
    let called = |request: &Request| (request.method == "PUSH").then_some("push");
    let grounds = Grounds { interfaces: &[], called: &called, transitions: &[], code: None };
    assess(programme, catalogue, cases, statements, &grounds)
}

fn assessed(looked_at: LookedAt, cases: &[Arc<CaseRecord>]) -> (Standing, Readiness) {
    let assessment = assessed_with(&programme(Level::Must, looked_at), cases, &Statements::new());
    (assessment.requirements[0].standing.clone(), assessment.readiness)
}

fn untested(why: &str) -> Standing {
    Standing::Untested { why: why.to_owned() }
}

#[test]
fn a_rule_holds_where_a_case_that_looks_at_it_was_played() {
    let cases = [well("shop/a"), well("shop/b")];
    assert_eq!(assessed(by(&["shop/b"]), &cases), (Standing::Holds, Readiness::Ready));
}

#[test]
fn a_rule_that_no_played_case_looks_at_is_untested_and_the_vendor_not_ready() {
    let cases = [well("shop/a"), well("shop/b")];
    let expected = (untested("no case that looks at it was played"), Readiness::Open);
    assert_eq!(assessed(by(&["shop/c"]), &cases), expected);
}

#[test]
fn a_broken_must_refuses_whatever_held_elsewhere() {
    let cases = [broken("shop/a", RULE, Level::Must), well("shop/b")];
    let assessment = assessed_with(&programme(Level::Must, by(&["shop/b"])), &cases, &Statements::new());
    assert_eq!(assessment.readiness, Readiness::Refused);
    let told = &assessment.requirements[0];
    assert_eq!(told.standing, Standing::Broken);
    assert_eq!((&*told.evidence[0].case, told.evidence[0].step.as_deref()), ("shop/a", Some("ask")));
}

#[rstest]
#[case(Level::Should)]
#[case(Level::Advice)]
fn a_broken_rule_below_must_is_told_and_stands_in_nobodys_way(#[case] level: Level) {
    let cases = [broken("shop/a", RULE, level), well("shop/b")];
    let assessment = assessed_with(&programme(level, by(&["shop/a"])), &cases, &Statements::new());
    assert_eq!((assessment.readiness, &assessment.requirements[0].standing), (Readiness::Ready, &Standing::Broken));
}

#[test]
fn a_case_that_broke_another_rule_proves_nothing() {
    let cases = [broken("shop/a", RequirementId::known("OTHER"), Level::Must), well("shop/b")];
    let expected = (untested("shop/a broke another rule on the way"), Readiness::Refused);
    assert_eq!(assessed(by(&["shop/a"]), &cases), expected);
}

#[test]
fn a_case_that_broke_another_rule_is_not_the_reason_where_the_rule_cannot_be_judged_here() {
    let other = Weighed {
        finding: Finding::new(
            RequirementId::known("OTHER"),
            Place::Status,
            Breach::Missing { what: "the total".to_owned(), because: "it is billed".to_owned() },
        ),
        level: Level::Must,
        exchange: Some(0),
    };
    let skipped = Skipped { requirement: RULE, why: "no name".to_owned(), local: true };
    let cases = [case("shop/a", Outcome::Breaks, vec![step(vec![other], Vec::new(), vec![skipped])]), well("shop/b")];
    let expected = (Standing::Elsewhere { why: "no name".to_owned() }, Readiness::Refused);
    assert_eq!(assessed(by(&["shop/a"]), &cases), expected);
}

#[test]
fn rules_of_no_catalogue_are_told_where_they_are_broken() {
    let cases = [broken("shop/a", RequirementId::known("OTHER"), Level::Must), well("shop/b")];
    let assessment = assessed_with(&programme(Level::Must, by(&["shop/b"])), &cases, &Statements::new());
    let told: Vec<&str> = assessment.requirements.iter().map(|one| one.requirement.as_str()).collect();
    assert_eq!(told, ["SHOP-RULE", "OTHER"]);
}

#[rstest]
#[case(false, untested("no name"), Readiness::Open)]
#[case(true, Standing::Elsewhere { why: "no name".to_owned() }, Readiness::Ready)]
fn a_case_that_could_not_judge_the_rule_proves_nothing(
    #[case] local: bool,
    #[case] standing: Standing,
    #[case] readiness: Readiness,
) {
    let cases = [skipping("shop/a", local), well("shop/b")];
    assert_eq!(assessed(by(&["shop/a"]), &cases), (standing, readiness));
    // Another one that could is enough.
    assert_eq!(assessed(by(&["shop/a", "shop/b"]), &cases), (Standing::Holds, Readiness::Ready));
}

#[test]
fn a_case_that_was_not_judged_leaves_everything_open() {
    let unreachable = Outcome::NotJudged(Blocked::Unreachable("refused".to_owned()));
    let cases = [well("shop/a"), case("shop/b", unreachable, Vec::new())];
    assert_eq!(assessed(by(&["shop/a"]), &cases), (Standing::Holds, Readiness::Open));
    let why = "shop/b: the vendor could not be reached: refused";
    assert_eq!(assessed(by(&["shop/b"]), &cases), (untested(why), Readiness::Open));
}

#[test]
fn a_case_that_was_never_played_leaves_everything_open() {
    assert_eq!(assessed(by(&["shop/a"]), &[well("shop/a")]), (Standing::Holds, Readiness::Open));
    assert_eq!(assessed(by(&["shop/a"]), &[]).1, Readiness::Open);
}

#[test]
fn what_the_vendors_program_does_not_do_is_not_asked_of_it() {
    let declined = || Outcome::NotJudged(Blocked::Declined { task: "list".to_owned() });
    let cases = [well("shop/a"), case("shop/b", declined(), Vec::new())];
    let (standing, readiness) = assessed(by(&["shop/b"]), &cases);
    assert!(matches!(standing, Standing::NotApplicable { .. }), "{standing:?}");
    assert_eq!(readiness, Readiness::Ready);
    // One that does nothing at all was not looked at.
    let cases = ["shop/a", "shop/b"].map(|name| case(name, declined(), Vec::new()));
    assert_eq!(assessed(by(&["shop/b"]), &cases).1, Readiness::Open);
}

#[test]
fn a_statement_is_needed_where_no_program_can_judge() {
    let cases = [well("shop/a"), well("shop/b")];
    let programme = programme(Level::Manual, LookedAt::Statement);
    let unstated = assessed_with(&programme, &cases, &Statements::new());
    assert_eq!((&unstated.requirements[0].standing, unstated.readiness), (&Standing::Unstated, Readiness::Open));
    let [who, when, r#where] = ["Kim", "2026-11-01", "OPS-1"].map(str::to_owned);
    let statement = Statement { who, when, r#where };
    let stated = assessed_with(&programme, &cases, &Statements::from([(RULE, statement.clone())]));
    assert_eq!(stated.requirements[0].standing, Standing::Stated(statement));
    assert_eq!(stated.readiness, Readiness::Ready);
}

/// A vendor that bills no days to come hides how its charges grow, and may.
#[test]
fn what_a_vendor_may_rightly_hide_can_be_stated_where_no_case_saw_it() {
    let [who, when, r#where] = ["Kim", "2026-11-01", "OPS-1"].map(str::to_owned);
    let statement = Statement { who, when, r#where };
    let stated = Statements::from([(RULE, statement.clone())]);
    let hidden = [skipping("shop/a", false), well("shop/b")];
    let programme = programme(Level::Must, by(&["shop/a"]));
    let standing = |may_be_stated: bool, cases: &[Arc<CaseRecord>], statements: &Statements| {
        let known =
            Requirement { may_be_stated, level: Level::Must, ..about_a_call(false).get(&RULE).cloned().unwrap() };
        let known = Requirement { calls: Vec::new(), if_called: None, ..known };
        let assessment = assessed_by(&Catalogue::new([known]).unwrap(), &programme, cases, statements);
        (assessment.requirements[0].standing.clone(), assessment.readiness)
    };
    let why = "no name; look at it yourselves, and state it in storeproof.toml";
    assert_eq!(standing(true, &hidden, &Statements::new()), (untested(why), Readiness::Open));
    assert_eq!(standing(true, &hidden, &stated), (Standing::Stated(statement), Readiness::Ready));
    // It stands neither for a rule that every vendor shows, nor against what a case saw.
    assert_eq!(standing(false, &hidden, &stated), (untested("no name"), Readiness::Open));
    let seen = [broken("shop/a", RULE, Level::Must), well("shop/b")];
    assert_eq!(standing(true, &seen, &stated), (Standing::Broken, Readiness::Refused));
}

#[test]
fn a_known_failure_is_no_breach_for_its_time() {
    let mut known = broken("shop/a", RULE, Level::Advice);
    let entry = KnownFailure {
        case: "shop/*".to_owned(),
        requirement: RULE,
        reason: "being mended".to_owned(),
        owner: "Kim Mi-rae".to_owned(),
        expires: jiff::civil::date(2027, 1, 31),
        line: 2,
    };
    let told = Arc::make_mut(&mut known);
    Arc::make_mut(&mut told.steps[0]).findings[0].finding.known = Some(Box::new(entry));
    let (standing, readiness) = assessed(by(&["shop/a"]), &[known, well("shop/b")]);
    assert!(matches!(standing, Standing::Known { .. }), "{standing:?}");
    assert_eq!(readiness, Readiness::Ready);
}

#[test]
fn what_the_judge_alone_looks_at_is_told_from_what_it_said() {
    let both = |first| [first, well("shop/b")];
    let reading = Reading { requirement: RULE, place: Place::Status, met: "404".to_owned() };
    let read = case("shop/a", Outcome::Conforms, vec![step(Vec::new(), vec![reading], Vec::new())]);
    assert_eq!(assessed(LookedAt::Judge, &both(read)).0, Standing::Holds);
    assert_eq!(assessed(LookedAt::Judge, &both(skipping("shop/a", false))).0, untested("no name"));
    let (standing, readiness) = assessed(LookedAt::Judge, &both(well("shop/a")));
    assert!(matches!(standing, Standing::NotApplicable { .. }), "{standing:?}");
    assert_eq!(readiness, Readiness::Ready);
}

/// A catalogue in which the rule is about the vendor's call `push`.
fn about_a_call(has_to: bool) -> Catalogue {
    let [calls, if_called] = [has_to, !has_to].map(|so| so.then(|| "push".to_owned()));
    let requirement = Requirement {
        id: RULE,
        level: Level::Must,
        rule: String::new(),
        why: String::new(),
        source: String::new(),
        provenance: crate::verdict::Provenance::Documented,
        dialects: Vec::new(),
        applies: Default::default(),
        calls: calls.into_iter().collect(),
        if_called,
        may_be_stated: false,
        code: None,
        mend: String::new(),
    };
    Catalogue::new([requirement]).unwrap()
}

#[rstest]
#[case(true, untested("the vendor called push in no case that looks at it"), Readiness::Open)]
#[case(false, Standing::NotApplicable { why: "the vendor never called push".to_owned() }, Readiness::Ready)]
fn a_rule_about_a_call_is_shown_by_whoever_makes_it(
    #[case] has_to: bool,
    #[case] silent: Standing,
    #[case] readiness: Readiness,
) {
    let catalogue = about_a_call(has_to);
    let programme = programme(Level::Must, by(&["shop/a"]));
    let assessed = |cases: &[Arc<CaseRecord>]| assessed_by(&catalogue, &programme, cases, &Statements::new());
    let told = assessed(&[well("shop/a"), well("shop/b")]);
    assert_eq!((&told.requirements[0].standing, told.readiness), (&silent, readiness));
    let mut calling = well("shop/a");
    let step = &mut Arc::make_mut(&mut calling).steps[0];
    Arc::make_mut(step).exchanges.push(Exchange {
        request: Request::new("PUSH", "/usage"),
        answer: Ok(Response::new(200)),
        raw: Default::default(),
        started: Default::default(),
        timing: Default::default(),
        peer: Default::default(),
        caller: Caller::Vendor,
    });
    let told = assessed(&[calling, well("shop/b")]);
    assert_eq!((&told.requirements[0].standing, told.readiness), (&Standing::Holds, Readiness::Ready));
}
