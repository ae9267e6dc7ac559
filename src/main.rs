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
            let _ = error.print();
            ExitCode::from(if error.use_stderr() { exit::USAGE } else { exit::CONFORMS })
        }
    }
}

/// A panic is our own bug: it is told as one, with a code of its own, in whichever thread it happens.
#[expect(clippy::print_stderr, clippy::disallowed_methods, reason = "there is nothing left to unwind to")]
fn bug(info: &std::panic::PanicHookInfo<'_>) {
    eprintln!("storeproof: this is a bug of ours, not of your vendor: {info}");
    eprintln!("storeproof: please report it with the command line and, if you can, the scenario");
    std::process::exit(i32::from(exit::BUG));
}
