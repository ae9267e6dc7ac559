//! Where buttons are pressed, and what is said about it afterwards.
//!
//! A form is answered before the reader sees what came of it, so that is kept here for a while under a number, and shown
//! by the page to which the form leads. A ticket is good for one press: a second click on the same button, or a form that
//! is sent again after a look back, leads to what the first one came to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::response::{IntoResponse as _, Redirect, Response};

use super::act;
use crate::serve::click::{Click, PressError, Pressed};
use crate::serve::{Entry, Stand, Verdict};

/// How many answers are kept for the pages that show them.
const MOST: usize = 256;

/// What came of one press.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// The operation.
    pub(super) operation: String,
    /// What was exchanged, by its numbers in the log: it is as large as a vendor likes, and bounded there.
    pub(super) entries: Vec<u64>,
    /// How it came out.
    pub(super) verdict: Verdict,
    /// Why nothing was judged.
    pub(super) trouble: Option<PressError>,
}

impl Said {
    fn new(operation: String, pressed: Result<Pressed, PressError>) -> Self {
        match pressed {
            Ok(pressed) => Self::of(operation, &pressed.entries, None),
            Err(PressError::Unreachable { why, entries }) => {
                let trouble = PressError::Unreachable { why, entries: Vec::new() };
                Self::of(operation, &entries, Some(trouble))
            }
            Err(trouble) => Self::of(operation, &[], Some(trouble)),
        }
    }

    fn of(operation: String, entries: &[Arc<Entry>], trouble: Option<PressError>) -> Self {
        let verdict = act::worst(entries);
        Self { operation, entries: entries.iter().map(|entry| entry.id).collect(), verdict, trouble }
    }
}

/// What was said lately.
#[derive(Debug, Default)]
pub(in crate::serve) struct Counter {
    said: Mutex<(u64, VecDeque<(u64, Said)>)>,
    /// Tickets that were used, each with the number of what came of it. Whoever presses holds it.
    used: tokio::sync::Mutex<VecDeque<(u64, u64)>>,
}

impl Counter {
    /// What was said under a number.
    pub(super) fn said(&self, number: u64) -> Option<Said> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.1.iter().find(|(known, _)| *known == number).map(|(_, said)| said.clone())
    }

    /// Whether a ticket was not used yet; it is used now. For what is done without a press.
    pub(super) async fn take(&self, ticket: u64) -> bool {
        let mut used = self.used.lock().await;
        let fresh = !used.iter().any(|(known, _)| *known == ticket);
        if fresh {
            use_up(&mut used, ticket, 0);
        }
        fresh
    }

    fn say(&self, what: Said) -> u64 {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.0 += 1;
        let number = said.0;
        said.1.push_back((number, what));
        while said.1.len() > MOST {
            said.1.pop_front();
        }
        number
    }
}

/// Presses these buttons one after another and leads to a page that shows what came of the last. A ticket that was used
/// presses nothing.
pub(super) async fn press(stand: &Arc<Stand>, ticket: u64, clicks: Vec<Click>, back: &str) -> Response {
    let pressing = Arc::clone(stand);
    // A browser whose reader clicks twice drops the first request; the first press counts all the same.
    let pressed = tokio::spawn(async move {
        let counter = &pressing.storefront.counter;
        let mut used = counter.used.lock().await;
        if let Some((_, number)) = used.iter().find(|(known, _)| *known == ticket) {
            return *number;
        }
        let mut number = 0;
        for click in clicks {
            let operation = click.operation.clone();
            let pressed = pressing.press(click).await;
            number = counter.say(Said::new(operation, pressed));
        }
        use_up(&mut used, ticket, number);
        number
    });
    let number = pressed.await.unwrap_or_default();
    Redirect::to(&with_said(back, number)).into_response()
}

fn use_up(used: &mut VecDeque<(u64, u64)>, ticket: u64, number: u64) {
    used.push_back((ticket, number));
    while used.len() > MOST {
        used.pop_front();
    }
}

/// An address with the number of what was said, before its fragment.
fn with_said(back: &str, number: u64) -> String {
    let (page, fragment) = back.split_once('#').unwrap_or((back, "said"));
    let separator = if page.contains('?') { '&' } else { '?' };
    format!("{page}{separator}said={number}#{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_stands_in_the_query() {
        assert_eq!(with_said("/a", 3), "/a?said=3#said");
        assert_eq!(with_said("/a?b=c#d", 3), "/a?b=c&said=3#d");
    }

    #[test]
    fn what_was_said_is_forgotten_after_a_while() {
        let counter = Counter::default();
        let said = || Said::of("x".to_owned(), &[], None);
        let first = counter.say(said());
        assert!(counter.said(first).is_some());
        (0..MOST).for_each(|_| {
            counter.say(said());
        });
        assert!(counter.said(first).is_none());
    }
}
