//! The command line as it was typed; `config` resolves what it means.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::market::setting::parse_duration;
use crate::words::Language;

/// Cloud marketplaces on your own machine: proves that a SaaS vendor is ready for a store before the store finds out.
#[derive(Clone, Debug, Parser)]
#[command(name = "storeproof", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 conforms, 1 the contract is broken, 2 usage or configuration, 3 not judged, \
4 nothing selected, 5 unreviewed snapshots, 6 a known failure passed, expired or names no case, 70 our own bug, 130 interrupted.")]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Replay scenarios against a vendor and judge every answer.
    #[command(after_help = "Whatever is not given here comes from storeproof.toml, which is looked for from here \
upwards; `storeproof init` writes a first one. Every option has a variable too: STOREPROOF_VENDOR for --vendor, and so on.")]
    Run(Box<Run>),
    /// Rehearse the certification: everything that the store would check and everything that goes wrong in practice, and
    /// the word whether the vendor is ready.
    #[command(
        after_help = "Ready is said only where every requirement of the store that applies was looked at and holds, \
and somebody has stated each of those that no program can judge ([[statement]] in storeproof.toml). Exit codes: 0 ready, \
1 the store would refuse the vendor, 3 nothing is broken and something is left open; the others as for run."
    )]
    Certify(Box<Certify>),
    /// Keep marketplaces standing, with a console in the browser and a control API, until Ctrl-C.
    #[command(
        after_help = "Without --listen the console is at 127.0.0.1:7700 and the marketplaces at the ports that follow. \
One line each on standard output says where. The control API stands below /api of the console's address and describes \
itself at /api/openapi.json. Ctrl-C and SIGTERM end it well: answers under way are finished and the state is written; a \
second one ends it at once."
    )]
    Serve(Box<Serve>),
    /// Start the reference vendor of a marketplace: faultless, or with faults on request.
    Vendor(Vendor),
    /// Go through new and changed snapshots one by one.
    Review(Snapshots),
    /// Accept new and changed snapshots.
    Accept(Snapshots),
    /// Throw new and changed snapshots away.
    Reject(Snapshots),
    /// List what there is: scenarios, operations, requirements, faults, dialects, mistakes.
    List(List),
    /// Say why a signature is refused: of a captured request or answer, or of every one in an archive.
    #[command(
        after_help = "What is read: a request as it stands on the wire, a curl command, or an address with header \
fields; an answer (HTTP/1.1 200 …), alone or behind its request; an HTTP archive (HAR), as browsers and proxies save it. \
Keys come from storeproof.toml; none is printed, and a right signature that was not received only by its beginning.\n\n\
Exit codes: 0 every signature and encrypted value is right, 1 one is not, 2 it cannot be read, 4 nothing in it is signed."
    )]
    Doctor(Doctor),
    /// Judge again what `--evidence` wrote, without the vendor, and say whether that comes to the same.
    #[command(
        after_help = "Keys that the run was made with come from storeproof.toml, as they did for the run; none is in \
the archive.\n\nExit codes: 0 it agrees, whatever the verdict was; 1 it was changed, or judging it gives another result; \
2 it cannot be read; 3 it cannot be judged again here."
    )]
    Verify(Verify),
    /// Explain a requirement or a rule (what it says, why the store cares, what to change), or a scenario.
    Explain(Explain),
    /// Show the keys in use: public halves, and shared secrets by name.
    Keys(Keys),
    /// Check scenarios and specs without running them.
    Lint(Lint),
    /// Write a first storeproof.toml, with every setting and its default.
    Init(Init),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// Where settings come from and how talk looks; on every command.
#[derive(Args, Clone, Debug, Default)]
pub struct Common {
    /// Configuration file; without it, `storeproof.toml` is looked for from here upwards.
    #[arg(long, value_name = "FILE", env = "STOREPROOF_CONFIG", global = true)]
    pub config: Option<PathBuf>,
    /// Specs that replace the embedded ones: a folder laid out as `specs/`.
    #[arg(long, value_name = "DIR", env = "STOREPROOF_SPECS")]
    pub specs: Option<PathBuf>,
    /// Colour: only on a terminal (and never with NO_COLOR), always, or never.
    #[arg(long, value_enum, default_value_t = Colour::Auto, env = "STOREPROOF_COLOR", global = true)]
    pub color: Colour,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// `storeproof run`.
#[derive(Args, Clone, Debug)]
pub struct Run {
    /// Marketplaces (`kt-bizstore`), embedded scenarios or folders of them (`kt-bizstore/authentication`), or files.
    #[arg(value_name = "SCENARIO")]
    pub scenarios: Vec<String>,
    /// Only scenarios of this marketplace.
    #[arg(long, value_name = "NAME", env = "STOREPROOF_MARKETPLACE")]
    pub marketplace: Option<String>,
    /// What to do with snapshots: check, review, accept or off.
    #[arg(long, value_enum, value_name = "MODE", env = "STOREPROOF_SNAPSHOTS")]
    pub snapshots: Option<SnapshotMode>,
    /// Make the first case that breaks each rule as small as it goes, by playing it again with less of it, and print
    /// what is left as a scenario.
    #[arg(long, env = "STOREPROOF_REDUCE")]
    pub reduce: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would print them as help")]
    pub playing: Playing,
}

/// `storeproof certify`.
#[derive(Args, Clone, Debug)]
pub struct Certify {
    /// The marketplace to which the vendor wants to submit.
    #[arg(value_name = "MARKETPLACE")]
    pub marketplace: String,
    /// Print what would be played and which requirements apply, and play nothing.
    #[arg(long)]
    pub plan: bool,
    /// Write every computed case as a scenario file below this folder, and play nothing.
    #[arg(long, value_name = "DIR", conflicts_with = "plan")]
    pub export: Option<PathBuf>,
    /// How many random walks over the documented life of what is sold; --seed decides where they go.
    #[arg(long, value_name = "N", default_value_t = 8, env = "STOREPROOF_WALKS")]
    pub walks: usize,
    /// Add everything that breaks to the list of known failures, for a month and without an owner. FILE takes the place
    /// of the list that would be read.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, conflicts_with_all = ["plan", "export", "known_failures"])]
    pub baseline: Option<Option<PathBuf>>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would print them as help")]
    pub playing: Playing,
}

/// How cases are played, and what is told of it; of every command that plays some.
#[derive(Args, Clone, Debug)]
pub struct Playing {
    /// The vendor: its base address, `reference`, or `reference:FAULT`; of a marketplace whose vendors are clients the
    /// program that calls, `exec:PROGRAM ARGUMENTS`, or nothing to start it by hand.
    #[arg(long, value_name = "URL", env = "STOREPROOF_VENDOR")]
    pub vendor: Option<String>,
    /// The edition of the interface that the vendor speaks.
    #[arg(long, value_name = "NAME", env = "STOREPROOF_DIALECT")]
    pub dialect: Option<String>,
    /// A report: human, html (one file for the store's reviewers, see --lang), json, junit, markdown, sarif, or github (annotations in the log of GitHub Actions, behind the
    /// report for a person); `FORMAT=PATH` writes a file. Repeatable.
    #[arg(long, value_name = "FORMAT[=PATH]", env = "STOREPROOF_REPORT", value_delimiter = ',')]
    pub report: Vec<String>,
    /// The language of the HTML report: en, ko or zh.
    #[arg(long, value_name = "LANGUAGE", value_parser = language, default_value = "en", env = "STOREPROOF_LANG")]
    pub lang: Language,
    /// How many cases run at one time.
    #[arg(long, short = 'j', value_name = "N", env = "STOREPROOF_JOBS")]
    pub jobs: Option<usize>,
    /// Seed of all generated values: the same seed sends the same customers. Without it each run takes a fresh one
    /// (1 where snapshots are taken, which hold such values).
    #[arg(long, value_name = "N", env = "STOREPROOF_SEED")]
    pub seed: Option<u64>,
    /// Only cases whose name contains this text; `*` stands for any text.
    #[arg(long, value_name = "PATTERN", env = "STOREPROOF_FILTER")]
    pub filter: Option<String>,
    /// End after the first case that breaks the contract.
    #[arg(long, env = "STOREPROOF_FAIL_FAST")]
    pub fail_fast: bool,
    /// Failures that are accepted for a time; without it, `known-failures.yaml` beside storeproof.toml, or here where there
    /// is none.
    #[arg(long, value_name = "FILE", env = "STOREPROOF_KNOWN_FAILURES")]
    pub known_failures: Option<PathBuf>,
    /// How long an answer may take, such as `10s` or `500ms`.
    #[arg(long, value_name = "TIME", value_parser = parse_duration, env = "STOREPROOF_TIMEOUT")]
    pub timeout: Option<Duration>,
    /// An input of the scenarios: `NAME=VALUE`. Repeatable.
    #[arg(long, value_name = "NAME=VALUE")]
    pub input: Vec<String>,
    /// Multiplies how often a step may be retried, for a vendor whose set-up takes its time, and how long the program of
    /// a vendor that is a client may take.
    #[arg(long, value_name = "N", env = "STOREPROOF_PATIENCE", value_parser = clap::value_parser!(u32).range(1..))]
    pub patience: Option<u32>,
    /// Certificates in PEM that are trusted besides the system's.
    #[arg(long, value_name = "FILE", env = "STOREPROOF_CA")]
    pub ca: Option<PathBuf>,
    /// Writes all that was sent and answered, without secrets, with the plan and the report into one archive that
    /// `storeproof verify` judges again: FILE.tar.gz.
    #[arg(long, value_name = "FILE", env = "STOREPROOF_EVIDENCE")]
    pub evidence: Option<PathBuf>,
    /// Tell more: every case's steps, accepted readings, rules that could not be judged.
    #[arg(long, short, env = "STOREPROOF_VERBOSE")]
    pub verbose: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would print them as help")]
    pub common: Common,
}

/// A language by its tag.
fn language(tag: &str) -> Result<Language, String> {
    let known = Language::ALL.map(|language| format!("{} ({})", language.code(), language.name()));
    Language::of(tag).ok_or_else(|| format!("there are {}", known.join(", ")))
}

/// Snapshot modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SnapshotMode {
    /// Compare; write nothing.
    Check,
    /// Compare; keep new and changed answers as `.snap.new` for `storeproof review`.
    Review,
    /// Take every answer as the reviewed one.
    Accept,
    /// No snapshots.
    Off,
}

/// `storeproof serve`.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// The marketplaces; without any, all.
    #[arg(value_name = "MARKETPLACE")]
    pub marketplaces: Vec<String>,
    /// Where something listens: `console=127.0.0.1:7700`, `koogallery=127.0.0.1:0`; port 0 picks a free one.
    /// Repeatable; in the variable, separated by commas.
    #[arg(long, value_name = "NAME=ADDRESS", env = "STOREPROOF_SERVE_LISTEN", value_delimiter = ',')]
    pub listen: Vec<String>,
    /// The vendor that a marketplace calls: `kt-bizstore=http://127.0.0.1:8080`, `koogallery=reference` for the built-in
    /// one, or without a name for every marketplace that is served. Repeatable; in the variable, separated by blanks.
    #[arg(long, value_name = "[NAME=]URL", env = "STOREPROOF_VENDOR", value_delimiter = ' ')]
    pub vendor: Vec<String>,
    /// Keeps what the marketplaces remember in this file, over restarts; it is made where there is none. One server at a
    /// time may use it, which a lock beside it (FILE.lock) sees to.
    #[arg(long, value_name = "FILE", env = "STOREPROOF_STATE")]
    pub state: Option<PathBuf>,
    /// Seed of what happens by chance, such as disturbances with a probability: the same seed, the same chance. Without
    /// it, 1.
    #[arg(long, value_name = "N", env = "STOREPROOF_SEED")]
    pub seed: Option<u64>,
    /// Lets the marketplaces speak HTTPS, with certificates of an authority in this folder; it is made where there is
    /// none, and clients must trust its `ca.pem`. The console stays on HTTP.
    #[arg(long, value_name = "DIR", env = "STOREPROOF_HTTPS")]
    pub https: Option<PathBuf>,
    /// A name or address that the certificates are for, besides localhost, 127.0.0.1, ::1 and the addresses of
    /// `--listen`. Repeatable; in the variable, separated by commas.
    #[arg(long, value_name = "NAME", env = "STOREPROOF_HTTPS_NAME", value_delimiter = ',', requires = "https")]
    pub https_name: Vec<String>,
    /// Allows addresses of marketplaces that other machines can reach. The console stays on this machine.
    #[arg(long)]
    pub allow_remote: bool,
    /// Certificates in PEM that are trusted besides the system's when a vendor is called.
    #[arg(long, value_name = "FILE", env = "STOREPROOF_CA")]
    pub ca: Option<PathBuf>,
    /// How many exchanges the log holds at most; the oldest make room. All of them together take 64 MiB at most.
    #[arg(long, value_name = "N", env = "STOREPROOF_LOG_ENTRIES", default_value_t = 1000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub log_entries: u32,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would print them as help")]
    pub common: Common,
}

/// `storeproof vendor`.
#[derive(Args, Clone, Debug)]
pub struct Vendor {
    /// The marketplace whose vendor is played.
    pub marketplace: String,
    /// A named fault (`storeproof list faults`). Repeatable.
    #[arg(long, value_name = "NAME")]
    pub fault: Vec<String>,
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", env = "STOREPROOF_LISTEN")]
    pub listen: std::net::SocketAddr,
    /// Allows an address that other machines can reach.
    #[arg(long)]
    pub allow_remote: bool,
    /// Public key of the store in PEM; without it, the built-in test key is trusted.
    #[arg(long, value_name = "FILE")]
    pub public_key: Option<PathBuf>,
    /// How long the set-up of a customer takes.
    #[arg(long, value_name = "TIME", value_parser = parse_duration, default_value = "300ms")]
    pub setup_delay: Duration,
    /// Base address of the store's API, where the vendor calls one.
    #[arg(long, value_name = "URL")]
    pub store: Option<String>,
    /// How long a deletion takes.
    #[arg(long, value_name = "TIME", value_parser = parse_duration, default_value = "300ms")]
    pub deletion_delay: Duration,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would print them as help")]
    pub common: Common,
}

/// `storeproof review`, `accept`, `reject`.
#[derive(Args, Clone, Debug)]
pub struct Snapshots {
    /// Only snapshots whose path contains this text.
    pub pattern: Option<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would print them as help")]
    pub common: Common,
}

/// `storeproof list`.
#[derive(Args, Clone, Debug)]
pub struct List {
    /// What to list.
    #[arg(value_enum)]
    pub what: Listed,
    /// Only of this marketplace.
    #[arg(long, value_name = "NAME", env = "STOREPROOF_MARKETPLACE")]
    pub marketplace: Option<String>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    /// Tell more: the inputs of scenarios, for `--input`.
    #[arg(long, short, env = "STOREPROOF_VERBOSE")]
    pub verbose: bool,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    /// Embedded scenarios.
    Scenarios,
    /// Operations of the interfaces.
    Operations,
    /// Rules of the stores.
    Requirements,
    /// Faults of the reference vendors.
    Faults,
    /// Editions of the interfaces.
    Dialects,
    /// Known mistakes of the signature recipes; those of the stores' own calls are usable as `tamper`.
    Mistakes,
    /// Settings of the marketplaces' sections in storeproof.toml.
    Settings,
}

/// `storeproof doctor`.
#[derive(Args, Clone, Debug)]
pub struct Doctor {
    /// The file; `-`, or none when something is piped, reads standard input.
    pub file: Option<PathBuf>,
    /// The marketplace by whose recipes it is signed; without it, the fields of the message show it.
    #[arg(long, value_name = "NAME", env = "STOREPROOF_MARKETPLACE")]
    pub marketplace: Option<String>,
    /// The moment at which it is judged: a time such as 2026-03-04T05:06:07Z, or `now`. Without it, the moment at which
    /// it was sent, where the archive says so, or at which it says that it was signed: an old capture is no mistake.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// How it was sent, where the address does not say so and the recipe signs it; without it, whichever fits.
    #[arg(long, value_name = "SCHEME", value_parser = ["http", "https"])]
    pub scheme: Option<String>,
    /// Public key of the store in PEM, for tokens that the real store has signed; without it, that of the key which
    /// storeproof signs with.
    #[arg(long, value_name = "FILE")]
    pub public_key: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would print them as help")]
    pub common: Common,
}

/// `storeproof verify`.
#[derive(Args, Clone, Debug)]
pub struct Verify {
    /// The archive.
    pub file: PathBuf,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would print them as help")]
    pub common: Common,
}

/// `storeproof explain`.
#[derive(Args, Clone, Debug)]
pub struct Explain {
    /// A requirement (`KT-BILL-SUM`), a rule as reports name it (`sum`), or a scenario (`storeproof list scenarios`).
    pub id: String,
}

/// `storeproof keys`.
#[derive(Args, Clone, Debug)]
pub struct Keys {
    /// The marketplace.
    pub marketplace: String,
    /// Print a fresh token instead, for use in `curl`.
    #[arg(long)]
    pub token: bool,
    /// Show shared secrets that are set in storeproof.toml.
    #[arg(long)]
    pub reveal: bool,
    /// Make the token with one of the recipe's known mistakes (`storeproof list mistakes`).
    #[arg(long, value_name = "NAME", requires = "token")]
    pub tamper: Option<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would print them as help")]
    pub common: Common,
}

/// `storeproof lint`.
#[derive(Args, Clone, Debug)]
pub struct Lint {
    /// Scenario files, OpenAPI documents, requirement files, lists of known failures, configuration files; without any,
    /// the embedded ones.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would print them as help")]
    pub common: Common,
}

/// `storeproof init`.
#[derive(Args, Clone, Debug)]
pub struct Init {
    /// The marketplaces; all where none is named.
    pub marketplaces: Vec<String>,
    /// The base address of your endpoint.
    #[arg(long, value_name = "URL", env = "STOREPROOF_VENDOR")]
    pub vendor: Option<String>,
    /// Write the file anew where there is one.
    #[arg(long)]
    pub force: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }
}
