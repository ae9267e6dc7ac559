//! The reference vendors that are clients, behind one face: they do a task and call the store.

use std::time::Duration;

use jiff::Timestamp;

use super::reference::VendorError;
use super::scp::vendor as scp;
use super::{Task, scp::Settings};
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
        /// Its exit code; `None` where it crashed.
        code: Option<i32>,
        /// What it wrote.
        output: String,
    },
}

/// A reference client at a task.
#[derive(Debug)]
pub enum Client {
    /// Of Samsung Cloud Platform.
    Scp(Box<scp::Client>),
}

impl Client {
    /// What it does now. The same answers at the same times always have it do the same.
    pub fn next(&mut self, now: Timestamp) -> Act {
        match self {
            Self::Scp(client) => client.next(now),
        }
    }

    /// Takes what became of its last call.
    pub fn received(&mut self, answer: Result<Response, Loss>) {
        match self {
            Self::Scp(client) => client.received(answer),
        }
    }
}

/// Makes reference clients, one for each task.
#[derive(Clone, Debug)]
pub enum Clients {
    /// Of Samsung Cloud Platform.
    Scp(scp::Options),
}

impl Clients {
    pub(super) fn scp(settings: &Settings, faults: &[String]) -> Result<Self, VendorError> {
        let faults: Result<Vec<scp::Faulty>, _> = faults.iter().map(|name| name.parse()).collect();
        Ok(Self::Scp(scp::Options {
            access_key: settings.access_key.clone(),
            secret_key: settings.secret_key.clone(),
            faults: faults?,
        }))
    }

    /// One that does a task against the store at this base address.
    pub fn begin(&self, task: &Task, store: &str) -> Client {
        match self {
            Self::Scp(options) => Client::Scp(Box::new(scp::Client::new(options, task, store))),
        }
    }
}
