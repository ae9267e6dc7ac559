//! One request from code that cannot wait: the reference vendor asking the store while it answers.

use crate::wire::{Request, Response};

use super::{Client, Endpoint, Limits, Mode, Trust};

/// Sends one request and waits for the answer, in a thread of its own; `None` where there is no whole one.
///
/// It may be called inside a runtime, whose thread it holds up. The reference vendor answers one request at a time, so
/// that nothing else waits for it.
pub fn ask(base: &str, request: Request) -> Option<Response> {
    let endpoint = Endpoint::parse(base).ok()?;
    let asking = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        // A store on this machine has a certificate of its own authority, which nobody here judges.
        let trust = if endpoint.https() && endpoint.loopback() { Trust::Anyone } else { Trust::System };
        let client = Client::new(endpoint, Limits::default(), trust).ok()?;
        runtime.block_on(client.send(request, Mode::FreshConnection)).answer.ok()
    };
    std::thread::Builder::new().name("asking".to_owned()).spawn(asking).ok()?.join().ok()?
}
