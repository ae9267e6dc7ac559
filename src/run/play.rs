//! One case: the engine says what to do, this does it.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use super::desk::{Call, Desk};
use super::fleet::Lane;
use super::noted::{Noted, note};
use super::performer::{self, Performing};
use crate::engine::{CaseRecord, Dispatch, Event, Next, Purpose, Returned};
use crate::evidence::Entry;
use crate::market::{Ended, Task};
use crate::transport::{Browser, Client, Mode};
use crate::verdict::Blocked;
use crate::wire::Exchange;
use crate::wire::disturbance::Disturbances;

/// Plays a case to its end, telling each step as it ends.
pub(super) async fn case(
    name: &Arc<str>,
    mut playing: Noted<'_>,
    lane: &Lane,
    seed: u64,
    interrupted: &mut watch::Receiver<bool>,
    tell: &mut (dyn FnMut(Event) + Send),
) -> Played {
    let Lane { client, browser, .. } = lane;
    let mut inbox = lane.desk.as_ref().map(Desk::inbox);
    let mut performing: Option<Performing> = None;
    loop {
        let next = playing.next(now());
        for step in playing.playback.take_events() {
            tell(Event::StepFinished { case: Arc::clone(name), step });
        }
        match next {
            Next::Send(dispatches) => {
                let secrets = dispatches.iter().flat_map(|dispatch| &dispatch.request.secrets).cloned().collect();
                tell(Event::Sending { secrets });
                tokio::select! {
                    biased;
                    returned = deliver(dispatches, client, Some(browser)) => {
                        // What the vendor asked before it answered belongs to this step.
                        while let Some(call) = inbox.as_mut().and_then(|inbox| inbox.try_recv().ok()) {
                            playing.called(&call);
                        }
                        playing.received(returned, now());
                    }
                    () = ended(interrupted) => return abandoned(playing),
                }
            }
            Next::Perform(task) => match begin(&task, lane, seed, &playing) {
                Begun::Performing(begun) => performing = Some(begun),
                Begun::Left(what) => {
                    tell(Event::TaskLeft { case: Arc::clone(name), what });
                    playing.unattended();
                }
                Begun::Not(why) => playing.performed(Ended::NotStarted { why }),
            },
            Next::SleepUntil(when) => {
                tokio::select! {
                    biased;
                    ended = performed(&mut performing) => {
                        performing = None;
                        // It calls no more, and what it called is here.
                        while let Some(call) = inbox.as_mut().and_then(|inbox| inbox.try_recv().ok()) {
                            playing.called(&call);
                        }
                        playing.performed(ended);
                    }
                    () = sleep_until(when) => {}
                    call = called(&mut inbox) => playing.called(&call),
                    () = ended(interrupted) => return abandoned(playing),
                }
            }
            Next::Finish(record) => {
                let died = playing.playback.died();
                return Played { record: *record, died };
            }
        }
    }
}

/// What became of a task that was to be begun.
enum Begun {
    /// It is under way.
    Performing(Performing),
    /// Somebody is to begin it, and is told this.
    Left(String),
    /// Nobody can do it, and why.
    Not(String),
}

/// Begins a task of the vendor's program, after the answers to it were arranged.
fn begin(task: &Task, lane: &Lane, seed: u64, playing: &Noted<'_>) -> Begun {
    let Some(desk) = &lane.desk else { return Begun::Not("the marketplace has no API that it could call".to_owned()) };
    let Some(performer) = &lane.performer else { return Begun::Not("no program is named".to_owned()) };
    let disturbances = Disturbances::new(task.answers.iter().cloned(), seed);
    note(playing.journal, || Entry::Disturbed { case: playing.case }, || desk.disturb(disturbances));
    match performer.begin(task, &lane.market, desk, &lane.inherited) {
        Some(performing) => Begun::Performing(performing),
        None => Begun::Left(performer::request(task, desk)),
    }
}

/// The end of the task in hand; never where there is none.
async fn performed(performing: &mut Option<Performing>) -> Ended {
    match performing {
        Some(performing) => performing.await,
        None => std::future::pending().await,
    }
}

/// The vendor's next call; never where it has nobody to call.
async fn called(inbox: &mut Option<mpsc::UnboundedReceiver<Call>>) -> Call {
    if let Some(inbox) = inbox
        && let Some(call) = inbox.recv().await
    {
        return call;
    }
    std::future::pending().await
}

/// Ends when the user interrupts; never when nobody can.
async fn ended(interrupted: &mut watch::Receiver<bool>) {
    if interrupted.wait_for(|interrupted| *interrupted).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What was done until the user interrupted.
fn abandoned(mut playing: Noted<'_>) -> Played {
    Played { record: *playing.abandon(Blocked::Ended, now()), died: false }
}

/// How a case was played.
pub(super) struct Played {
    pub(super) record: CaseRecord,
    /// Whether the vendor stopped answering in this case.
    pub(super) died: bool,
}

/// Sends everything that belongs to one instant; the results keep the order of the requests.
/// Where there is no browser, no page is opened.
pub async fn deliver(dispatches: Vec<Dispatch>, client: &Client, browser: Option<&Browser>) -> Vec<Returned> {
    let mut dispatches = dispatches;
    if dispatches.len() == 1
        && let Some(dispatch) = dispatches.pop()
    {
        return vec![one(dispatch, client, browser).await];
    }
    let sending: Vec<_> = dispatches.into_iter().map(|dispatch| one(dispatch, client, browser)).collect();
    futures(sending).await
}

/// All of these at one time, on this task.
async fn futures<F: Future<Output = Returned>>(sending: Vec<F>) -> Vec<Returned> {
    let mut sending: Vec<_> = sending.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut waiting = false;
        for (future, done) in &mut sending {
            if done.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(returned) => *done = Some(returned),
                    std::task::Poll::Pending => waiting = true,
                }
            }
        }
        if waiting { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    })
    .await;
    sending.into_iter().filter_map(|(_, done)| done).collect()
}

async fn one(dispatch: Dispatch, client: &Client, browser: Option<&Browser>) -> Returned {
    let mode = match (dispatch.lose_answer, dispatch.purpose) {
        (true, _) => Mode::HangUpAfterSending,
        // A vendor that lives accepts a new connection; one that is about to end may still answer on an old one.
        (false, Purpose::Probe) => Mode::FreshConnection,
        (false, Purpose::Call) => Mode::Whole,
    };
    let exchange = client.send(dispatch.request, mode).await;
    let visit = match browser.filter(|_| dispatch.follow) {
        Some(browser) => visit(&exchange, browser).await,
        None => None,
    };
    Returned { exchange, visit }
}

async fn visit(exchange: &Exchange, browser: &Browser) -> Option<crate::wire::Visit> {
    let response = exchange.response()?;
    let location = response.headers.text("location")?;
    let cookies: Vec<String> = response.headers.all("set-cookie").map(crate::wire::Header::text).collect();
    Some(browser.visit(&location, &exchange.request.target, cookies).await)
}

#[expect(clippy::disallowed_methods, reason = "this is where the engine is given its time")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

#[expect(clippy::disallowed_methods, reason = "this is where waiting is done")]
async fn sleep_until(when: Timestamp) {
    let wait = when.duration_since(now());
    if let Ok(wait) = std::time::Duration::try_from(wait) {
        tokio::time::sleep(wait).await;
    }
}
