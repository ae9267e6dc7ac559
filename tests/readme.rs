//! The README tells the truth: its examples are played, its other commands are understood, its files are there.

#![expect(clippy::disallowed_methods, reason = "the test reads the documents that it holds")]

use std::path::Path;

use clap::Parser as _;
use storeproof::cli::args::Arguments;
use storeproof::cli::config::Config;
use storeproof::spec::{Document, embedded, read_known_failures};

fn document(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("the document is there")
}

/// The blocks of a language, in their order.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let lines: Vec<&str> = text.lines().map(|line| line.strip_prefix("   ").unwrap_or(line)).collect();
    let text = lines.join("\n");
    text.split(&fence).skip(1).filter_map(|rest| Some(rest.split_once("\n```")?.0.to_owned())).collect()
}

#[test]
fn every_example_gives_what_it_shows() {
    // A seed of the environment would be another one than the examples name.
    trycmd::TestCases::new().case("README.md").env("NO_COLOR", "1");
}

/// Commands that need a vendor of the reader's, or write files, are parsed at least.
#[test]
fn every_other_command_is_understood() {
    let mut seen = 0;
    for block in blocks(&document("README.md"), "sh") {
        for line in block.lines() {
            let line = line.split(" > ").next().unwrap_or_default().replace("\"$VENDOR\"", "http://127.0.0.1:8080");
            let words = match line.strip_prefix("cargo run -- ") {
                Some(rest) => format!("storeproof {rest}"),
                None if line.starts_with("storeproof ") => line,
                None => continue,
            };
            let words = shlex::split(&words).expect("quotes are closed");
            Arguments::try_parse_from(&words).unwrap_or_else(|error| panic!("{words:?}: {error}"));
            seen += 1;
        }
    }
    assert!(seen >= 8, "{seen} commands");
}

#[test]
fn the_configuration_is_understood() {
    for block in blocks(&document("README.md"), "toml") {
        Config::parse(Path::new("storeproof.toml"), &block).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn the_list_of_known_failures_is_understood() {
    let readme = document("README.md");
    let (_, rest) = readme.split_once("```yaml\nknown-failures:").expect("an example");
    let list = rest.split_once("```").expect("it ends").0;
    let document = Document::parse(&format!("known-failures:{list}")).expect("parses");
    let read = read_known_failures(&document, embedded::catalogue("kt-bizstore"));
    assert_eq!(read.unwrap_or_else(|problems| panic!("{problems}")).len(), 1);
}

#[test]
fn every_link_leads_to_a_file() {
    for name in ["README.md", "CONTRIBUTING.md"] {
        for link in document(name).split("](").skip(1).filter_map(|rest| rest.split(')').next().map(str::to_owned)) {
            if !link.starts_with("https://") {
                assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(&link).exists(), "{name}: {link}");
            }
        }
    }
}
