//! What the tests share: the program, a browser on its console, and what holds for every page.

mod browser;
mod driver;
mod page;
mod served;

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

pub(crate) use browser::Browser;
pub(crate) use served::Served;

use driver::Driver;

/// Far beyond any of these stories, on any machine.
const HANGS: Duration = Duration::from_secs(300);

/// How long a last picture and the end of a browser may take.
const PARTING: Duration = Duration::from_secs(20);

/// Starts `storeproof serve` with these arguments and a browser on its console, and plays a story with both.
///
/// Whatever becomes of the story, the browser is closed: it would outlive its driver. A story that fails leaves a picture
/// of the page on which it failed, where pictures are asked for.
pub(crate) fn play(arguments: &[&str], story: impl AsyncFnOnce(&Browser, &Served)) {
    let served = Served::start(arguments);
    let driver = Driver::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let browser = driver.open(served.base("console")).await;
        let mut told = pin!(async {
            let told = tokio::time::timeout(HANGS, story(&browser, &served)).await;
            assert!(told.is_ok(), "the story has not ended within {HANGS:?}");
        });
        let ended = poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| told.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(())) => Poll::Ready(Ok(())),
            Err(panic) => Poll::Ready(Err(panic)),
        })
        .await;
        // A browser that hangs is left to its driver's end.
        if ended.is_err() {
            let _ = tokio::time::timeout(PARTING, browser.picture("failed")).await;
        }
        let _ = tokio::time::timeout(PARTING, browser.close()).await;
        if let Err(panic) = ended {
            resume_unwind(panic);
        }
    });
}
