//! For whoever decides whether the vendor may sell: one file that opens anywhere, is complete in itself, and prints.
//!
//! A reviewer of the store reads from the top: the word, what the store would refuse and how it is mended, what is still
//! to be done, how each requirement stands and what shows it, how much was seen. An engineer goes from a broken rule to
//! the bytes that show it and to the lines that play it again. Both read it in English, Korean or Chinese ([`Edition`]).
//!
//! The file loads nothing and sends nothing; its policy forbids both to the browser as well, so that what a vendor has
//! sent can do no harm even if it were markup, which it never is: maud escapes whatever it is given. It reads and
//! prints without scripts; the one that it has opens and closes what is folded. Exchanges in which all is right are a line
//! each, and the bytes of the others are cut, so that its size grows with the cases and not with what a vendor sends.

mod assets;
mod cases;
mod coverage;
mod evidence;
mod findings;
mod frame;
mod kind;
mod marked;
mod problem;
mod remarks;
mod reporter;
mod requirements;
mod scene;
mod show;
mod statements;
mod todo;
mod verdict;
mod words;

pub use reporter::{Edition, Html};

use scene::Scene;
