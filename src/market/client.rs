//! The reference vendors that are clients, behind one face: they do a task and call the store.

use std::time::Duration;

use jiff::Timestamp;

use super::Task;
use crate::wire::{Loss, Request, Response};

/// What a reference client does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// It sends this to the store and waits so long for the answer, which goes to [`Client::received`].
    Call {
        /// The request; `Host` is already part of what was signed.
        request: Request,
        /// Its patience.
        patience: Duration,
    },
    /// It waits.
    Wait(Duration),
    /// It waits for ever, as a program does that lost its thread.
    Hang,
    /// It has ended.
    End {
        /// Its exit code.
        code: i32,
        /// What it wrote.
        output: String,
    },
}

/// A reference client at a task.
#[derive(Debug)]
pub enum Client {}

impl Client {
    /// What it does now.
    pub fn next(&mut self, _now: Timestamp) -> Act {
        match *self {}
    }

    /// Takes what became of its last call.
    pub fn received(&mut self, _answer: Result<Response, Loss>, _now: Timestamp) {
        match *self {}
    }
}

/// Makes reference clients, one for each task.
#[derive(Clone, Debug)]
pub enum Clients {}

impl Clients {
    /// One that does a task against the store at this base address.
    pub fn begin(&self, _task: &Task, _store: &str) -> Client {
        match *self {}
    }
}
