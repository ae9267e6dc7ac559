//! Who judges what is exchanged with a standing marketplace.
//!
//! A stand has one [`Session`] for as long as it stands: it remembers which customers and orders there are, and judges
//! every answer and every call of the vendor's by that. While a button is pressed, the session plays that case. A vendor
//! may call the marketplace before it answers (KooGallery's order query during a creation); such a call is answered at
//! once, by the marketplace that needs no session, and handed to the case that is being played, which judges it. Nobody
//! waits for anybody, so that nothing can stand still.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::market::{Market, Misfit, Session};
use crate::verdict::Judgement;
use crate::wire::Exchange;

/// A call of the vendor's with the operation that it called and what was found.
pub(super) type Judged = (Exchange, Option<String>, Judgement);

/// The judge of a stand.
#[derive(Debug)]
pub(super) struct Judge {
    market: Market,
    state: Mutex<State>,
    /// What the session remembered when it was lent last: what there is to keep while a case has it.
    lent: Mutex<Value>,
}

#[derive(Debug)]
enum State {
    /// Nothing is played: calls are judged as they come.
    Free(Box<Session>),
    /// A case is played with the session: calls are handed to it.
    Playing(UnboundedSender<Exchange>),
}

impl Judge {
    /// One that has seen nothing yet.
    pub(super) fn new(market: Market) -> Self {
        let state = Mutex::new(State::Free(Box::new(market.session())));
        Self { market, state, lent: Mutex::default() }
    }

    /// Judges a call of the vendor's; `None` where a case is being played, which has it now.
    pub(super) fn judge(&self, exchange: Exchange) -> Option<Judged> {
        let mut state = self.state();
        let exchange = match &*state {
            State::Free(_) => exchange,
            State::Playing(case) => match case.send(exchange) {
                Ok(()) => return None,
                // The case ended without giving its session back.
                Err(returned) => {
                    *state = State::Free(Box::new(self.market.session()));
                    returned.0
                }
            },
        };
        match &mut *state {
            State::Free(session) => Some(judged(session, exchange)),
            State::Playing(_) => None,
        }
    }

    /// Gives the session to a case, and the calls that come from now on. A session that is lent already is not waited
    /// for: whoever asks twice gets a new one, so that presses must take turns.
    pub(super) fn lend(&self) -> Lent<'_> {
        let (sender, calls) = unbounded_channel();
        let session = match std::mem::replace(&mut *self.state(), State::Playing(sender)) {
            State::Free(session) => *session,
            State::Playing(_) => self.market.session(),
        };
        *self.lent.lock().unwrap_or_else(PoisonError::into_inner) = session.remembered();
        Lent { judge: self, session: Some(session), calls }
    }

    /// What it remembers, to be kept over a restart.
    pub(super) fn remembered(&self) -> Value {
        match &*self.state() {
            State::Free(session) => session.remembered(),
            State::Playing(_) => self.lent.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// Goes on from what was kept.
    ///
    /// # Errors
    ///
    /// When it is not of this marketplace; nothing is then changed.
    pub(super) fn remember(&self, remembered: &Value) -> Result<(), Misfit> {
        let mut session = self.market.session();
        session.remember(remembered)?;
        *self.state() = State::Free(Box::new(session));
        Ok(())
    }

    /// Forgets everything that was exchanged.
    pub(super) fn forget(&self) {
        let mut state = self.state();
        if let State::Free(session) = &mut *state {
            **session = self.market.session();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session that a case plays with. Where it is dropped without being given back, the stand goes on with a new one.
#[derive(Debug)]
pub(super) struct Lent<'a> {
    judge: &'a Judge,
    /// None while a playback has it.
    pub(super) session: Option<Session>,
    /// The vendor's calls since it was lent.
    pub(super) calls: UnboundedReceiver<Exchange>,
}

impl Lent<'_> {
    /// Gives the session back. Calls that came too late for the case are judged now.
    pub(super) fn give_back(mut self) -> Vec<Judged> {
        let mut state = self.judge.state();
        let mut session = Box::new(self.session.take().unwrap_or_else(|| self.judge.market.session()));
        let mut late = Vec::new();
        while let Ok(exchange) = self.calls.try_recv() {
            late.push(judged(&mut session, exchange));
        }
        *state = State::Free(session);
        late
    }
}

fn judged(session: &mut Session, exchange: Exchange) -> Judged {
    let (operation, judgement) = session.judge_callback(&exchange);
    (exchange, operation, judgement)
}
