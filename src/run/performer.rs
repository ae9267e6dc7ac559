//! Who does the tasks of a scenario in which the vendor calls: the user's program, the reference client, or somebody at
//! a keyboard.

mod program;
mod reference;

use std::ffi::OsString;

use super::desk::Desk;
use crate::market::{Clients, Ended, Market, Task};
use crate::wire::Redactor;

pub use program::Program;

/// Who does the tasks.
#[derive(Clone, Debug)]
pub enum Performer {
    /// A program that is started for each task.
    Program(Vec<String>),
    /// The reference client.
    Reference(Clients),
    /// Somebody who is told what to do.
    Somebody,
}

/// A task in hand; dropping it ends the program.
pub(super) type Performing = std::pin::Pin<Box<dyn Future<Output = Ended> + Send>>;

impl Performer {
    /// Begins a task against the marketplace at `desk`; `None` where somebody else is to begin it.
    ///
    /// `inherited` are the variables of this process that a program gets.
    pub(super) fn begin(
        &self,
        task: &Task,
        market: &Market,
        desk: &Desk,
        inherited: &[(OsString, OsString)],
    ) -> Option<Performing> {
        let words = match self {
            Self::Reference(clients) => {
                let client = clients.begin(task, desk.base());
                return Some(Box::pin(reference::perform(client, desk.base().to_owned(), task.within)));
            }
            _ if !task.command.is_empty() => task.command.clone(),
            Self::Program(words) => words.clone(),
            Self::Somebody => return None,
        };
        let program = Program::new(words, task, market, desk.base(), inherited.to_vec());
        let redactor = Redactor::new(&market.secrets());
        let within = task.within;
        Some(Box::pin(async move { program.perform(within, &redactor).await }))
    }
}

/// What somebody at a keyboard is to do.
pub(super) fn request(task: &Task, desk: &Desk) -> String {
    let words = task.words();
    let with = if words.is_empty() { String::new() } else { format!(" with {}", words.join(" ")) };
    format!("have your program do {}{with}: it is to call {} at {}", task.name, task.operation.id, desk.base())
}
