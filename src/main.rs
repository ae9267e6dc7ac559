//! The `storeproof` command: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser as _;
use storeproof::cli::args::Arguments;
use storeproof::cli::exit;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(bug));
    match Arguments::try_parse() {
        Ok(arguments) => storeproof::cli::main(&arguments).into(),
        Err(error) => {
            // Help and version are no errors; a terminal that cannot be written to changes nothing.
            match error.to_string().strip_prefix("error: ") {
                Some(problem) => refuse(problem),
                None => drop(error.print()),
            }
            ExitCode::from(if error.use_stderr() { exit::USAGE } else { exit::CONFORMS })
        }
    }
}

/// What is typed wrong is told as everything else on standard error.
fn refuse(problem: &str) {
    use std::io::Write as _;
    let _ = write!(std::io::stderr(), "storeproof: {problem}");
}

/// A panic is our own bug: it is told as one, with a code of its own, in whichever thread it happens.
#[expect(clippy::print_stderr, clippy::disallowed_methods, reason = "there is nothing left to unwind to")]
fn bug(info: &std::panic::PanicHookInfo<'_>) {
    eprintln!("storeproof: this is a bug of ours, not of your vendor: {info}");
    eprintln!("storeproof: please report it with the command line and, if you can, the scenario");
    std::process::exit(i32::from(exit::BUG));
}
