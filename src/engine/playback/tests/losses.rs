//! Answers that are lost, vendors that die, probes.

use super::super::super::testing::{action, plan, step, workflow};
use super::*;
use crate::scenario::plan::{ActionKind, Step};

fn one(steps: Vec<Step>) -> Plan {
    plan(vec![workflow("w", steps)])
}

fn tampered(id: &str) -> Step {
    let mut step = step(id);
    step.extension.deliver.tamper = Some("other-key".to_owned());
    step
}

#[test]
fn a_vendor_that_was_never_reached_is_not_judged() {
    let record = Stage::probing(one(vec![step("a"), step("b")])).play(|_| Err(Loss::Refused));
    let Outcome::NotJudged(Blocked::Unreachable(how)) = &record.outcome else { panic!("{:?}", record.outcome) };
    assert_eq!(how, "the connection was refused");
    assert!(record.steps[0].findings.is_empty());
    assert_eq!(record.steps[0].exchanges.len(), 1);
}

#[test]
fn a_vendor_that_goes_away_later_has_died() {
    let mut stage = Stage::probing(one(vec![step("a"), step("b"), step("c")]));
    let record = stage.play(|sent| if sent.request.target == "/a" { fine(sent) } else { Err(Loss::Refused) });
    assert_eq!(record.outcome, Outcome::Breaks);
    assert_eq!(stage.diary, ["GET /a", "GET /b"]);
    assert_eq!(
        findings(&record),
        ["b VENDOR-ALIVE: the vendor stopped answering after this call: the connection was refused"]
    );
    assert!(stage.playback.died());
}

#[test]
fn a_lost_answer_is_a_finding_once() {
    for (judges_losses, requirement) in [(false, "HTTP-ANSWER"), (true, "MUST-ANSWER")] {
        let script = Script { judges_losses, probes: true, ..Script::default() };
        let mut stage = Stage::try_new(one(vec![step("a"), step("b")]), script, options()).unwrap();
        let record = stage.play(|sent| match sent.purpose {
            Purpose::Call => Err(Loss::ClosedBeforeAnswer),
            Purpose::Probe => fine(sent),
        });
        assert_eq!(stage.diary, ["GET /a", "GET /probe"]);
        let expected = format!("a {requirement}: no whole answer: the connection was closed before an answer came");
        assert_eq!(findings(&record), [expected]);
        assert_eq!(record.steps[0].exchanges.len(), 2);
        assert!(!stage.playback.died());
    }
}

#[test]
fn a_lost_answer_applies_failure_actions() {
    let retry = ActionKind::Retry { after: Duration::ZERO, limit: 1, first: None };
    let retried = Step { on_failure: vec![action(retry, Vec::new())], ..step("a") };
    let mut stage = Stage::new(one(vec![retried]));
    let mut answers = vec![Err(Loss::TimeOut { limit: Duration::from_secs(3) }), Ok(response(200, "{}"))].into_iter();
    let record = stage.play(|_| answers.next().unwrap());
    assert_eq!(stage.diary, ["GET /a", "GET /a"]);
    assert_eq!(record.outcome, Outcome::Breaks, "the lost answer stands");
    assert!(!record.steps[0].superseded);
}

#[test]
fn negative_steps_are_followed_by_a_probe() {
    let mut method = step("m");
    method.extension.deliver.method = Some("PUT".to_owned());
    let mut stage = Stage::probing(one(vec![step("a"), tampered("t"), method, step("b")]));
    let record = stage.play(fine);
    assert_eq!(stage.diary, ["GET /a", "GET /t", "GET /probe", "PUT /m", "GET /probe", "GET /b"]);
    assert_eq!(record.outcome, Outcome::Conforms);
    assert_eq!(record.steps[1].exchanges[1].request.target, "/probe");
    assert_eq!(record.steps[1].tamper.as_deref(), Some("other-key"));
    assert_eq!(stage.script().signed[1].0.tamper.as_deref(), Some("other-key"));
}

#[test]
fn a_server_error_is_followed_by_a_probe() {
    let mut stage = Stage::probing(one(vec![step("a")]));
    stage.play(statuses(&[("/a", &[503])]));
    assert_eq!(stage.diary, ["GET /a", "GET /probe"]);
}

#[test]
fn without_a_probe_nothing_is_probed() {
    let mut stage = Stage::new(one(vec![tampered("t")]));
    stage.play(fine);
    assert_eq!(stage.diary, ["GET /t"]);
}

#[test]
fn a_probe_that_answers_nothing_is_told_and_the_case_goes_on() {
    for loss in [Loss::TimeOut { limit: Duration::from_secs(3) }, Loss::ClosedBeforeAnswer] {
        let mut stage = Stage::probing(one(vec![tampered("t"), step("b")]));
        let record = stage.play(|sent| match sent.purpose {
            Purpose::Call => fine(sent),
            Purpose::Probe => Err(loss.clone()),
        });
        assert_eq!(stage.diary, ["GET /t", "GET /probe", "GET /b"]);
        assert_eq!(record.outcome, Outcome::Breaks);
        assert_eq!(record.steps[0].findings[0].finding.breach, Breach::Lost { loss });
        assert!(!stage.playback.died());
    }
}

#[test]
fn a_probe_that_reaches_nobody_means_death() {
    for loss in [Loss::Refused, Loss::ConnectTimeOut { limit: Duration::from_secs(3) }] {
        let mut stage = Stage::probing(one(vec![tampered("t"), step("b")]));
        let record = stage.play(|sent| match sent.purpose {
            Purpose::Call => fine(sent),
            Purpose::Probe => Err(loss.clone()),
        });
        assert_eq!(stage.diary, ["GET /t", "GET /probe"]);
        assert_eq!(record.outcome, Outcome::Breaks);
        let step = &record.steps[0];
        assert_eq!(step.findings.len(), 1);
        assert_eq!(step.findings[0].finding.breach, Breach::Died { loss });
        assert_eq!(step.findings[0].exchange, Some(1));
        assert!(stage.playback.died());
    }
}

#[test]
fn a_dead_vendor_never_conforms() {
    let mut stage = Stage::probing(one(vec![tampered("t")]));
    stage.playback.catalogue = catalogue_with("VENDOR-ALIVE", Level::Advice);
    let record = stage.play(|sent| if sent.purpose == Purpose::Probe { Err(Loss::Refused) } else { fine(sent) });
    assert_eq!(record.outcome, Outcome::NotJudged(Blocked::DiedIn { case: "topic/case".to_owned() }));
}

#[test]
fn a_call_that_cannot_be_signed_is_our_own_trouble() {
    let mut step = step("a");
    step.extension.deliver.tamper = Some("unheard-of".to_owned());
    let record = Stage::new(one(vec![step])).play(fine);
    assert!(harness(&record).contains("no such mistake"));
}

#[test]
fn a_dropped_answer_is_delivered_again() {
    let mut lossy = step("a");
    lossy.extension.deliver.lose_answer = true;
    lossy.extension.deliver.follow = true;
    let mut stage = Stage::probing(one(vec![lossy]));
    let Next::Send(sent) = stage.playback.next(stage.now) else { panic!() };
    assert!(sent[0].lose_answer && !sent[0].follow);
    let hung = Returned { exchange: exchange(sent[0].request.clone(), Err(Loss::HungUp)), visit: None };
    stage.playback.received(vec![hung], stage.now);
    let Next::Send(sent) = stage.playback.next(stage.now) else { panic!() };
    assert!(!sent[0].lose_answer && sent[0].follow);
    let back = Returned { exchange: exchange(sent[0].request.clone(), Ok(response(200, "{}"))), visit: None };
    stage.playback.received(vec![back], stage.now);
    let record = stage.play(fine);
    assert_eq!(record.outcome, Outcome::Conforms, "{:?}", findings(&record));
    assert_eq!(record.steps[0].exchanges.len(), 2);
    assert_eq!(stage.script().judged, 2);
}

#[test]
fn one_refused_call_among_several_is_no_death() {
    let mut together = step("a");
    together.extension.deliver.copies = 3;
    together.extension.deliver.together = true;
    let mut stage = Stage::probing(one(vec![together]));
    let record = stage.play(|sent| match sent.request.headers.text("x-copy").as_deref() {
        Some("1") => Err(Loss::Refused),
        _ => fine(sent),
    });
    assert_eq!(stage.diary, ["GET /a + GET /a + GET /a", "GET /probe"]);
    assert_eq!(findings(&record), ["a HTTP-ANSWER: no whole answer: the connection was refused"]);
    assert!(!stage.playback.died());
}

/// Each call that hangs takes the whole time limit; a case of a hundred would take many minutes to say the same.
#[test]
fn a_vendor_that_hangs_on_and_on_is_not_asked_on() {
    let retry = ActionKind::Retry { after: Duration::ZERO, limit: 100, first: None };
    let retried = Step { on_failure: vec![action(retry, Vec::new())], ..step("a") };
    let mut stage = Stage::new(one(vec![retried]));
    stage.playback.options.most_time_outs = 2;
    let record = stage.play(|_| Err(Loss::TimeOut { limit: Duration::from_secs(3) }));
    assert_eq!(stage.diary, ["GET /a", "GET /a"]);
    assert_eq!(record.outcome, Outcome::Breaks, "what was found stands");
}
