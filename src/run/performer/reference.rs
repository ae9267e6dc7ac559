//! The reference client over a real socket.

use std::time::Duration;

use super::super::play::now;
use crate::market::{Act, Client, Ended};
use crate::transport::{self, Endpoint, Limits, Mode, Trust};
use crate::wire::{Loss, Request, Response};

/// Lets a client do its task against the store at `base`, at most so long.
pub(super) async fn perform(client: Client, base: String, within: Duration) -> Ended {
    let over = Ended::TimedOut { limit: within, output: String::new() };
    let work = async {
        let trouble = |error: &dyn std::fmt::Display| Ended::NotStarted { why: error.to_string() };
        let endpoint = match Endpoint::parse(&base) {
            Ok(endpoint) => endpoint,
            Err(error) => return trouble(&error),
        };
        // Its own patience is shorter.
        let limits = Limits { total: within, ..Limits::default() };
        match transport::Client::new(endpoint, limits, Trust::System) {
            Ok(transport) => act(client, transport).await,
            Err(error) => trouble(&error),
        }
    };
    timeout(within, work).await.unwrap_or(over)
}

async fn act(mut client: Client, transport: transport::Client) -> Ended {
    loop {
        match client.next(now()) {
            Act::Call { request, patience } => client.received(call(&transport, request, patience).await),
            Act::Wait(time) => wait(time).await,
            Act::Hang => std::future::pending::<()>().await,
            Act::End { code: Some(code), output } => return Ended::Exited { code, output },
            Act::End { code: None, output } => return Ended::Killed { by: "signal 11".to_owned(), output },
        }
    }
}

async fn call(transport: &transport::Client, request: Request, patience: Duration) -> Result<Response, Loss> {
    match timeout(patience, transport.send(request, Mode::FreshConnection)).await {
        Some(exchange) => exchange.answer,
        None => Err(Loss::TimeOut { limit: patience }),
    }
}

async fn timeout<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        done = future => Some(done),
        () = wait(limit) => None,
    }
}

#[expect(clippy::disallowed_methods, reason = "the reference client waits here")]
async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}
