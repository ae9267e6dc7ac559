//! Files that are wrong in every way a file can be, for every kind of file that is read: exit code 2, the place where
//! there is one, and nothing written.
//!
//! What cannot be typed into a fixture (a folder, 17 MB, bytes that are no text) is made here; the rest stands in
//! `tests/fixtures/cli/bad/<kind>/`, each with the place that must be named in its first line.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use rstest::rstest;

use crate::support::{Folder, SHORT, scenario};

/// A kind of file, and the command that reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Scenario,
    Interface,
    Requirements,
    Configuration,
    SigningKey,
    PublicKey,
    Certificates,
    Snapshot,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Scenario => "bad.arazzo.yaml",
            Self::Interface => "specs/kt-bizstore/bizstore-2.1.2.yaml",
            Self::Requirements => "requirements.yaml",
            Self::Configuration => "storeproof.toml",
            Self::SigningKey | Self::PublicKey => "key.pem",
            Self::Certificates => "ca.pem",
            Self::Snapshot => "snapshots/kt-bizstore/kept/status.snap",
        }
    }

    /// The folder with the file in it, and the words that read it.
    fn set(self, contents: Contents) -> (Folder, String) {
        let folder = Folder::new();
        let run = format!("run {SHORT} --vendor reference --report json=report.json");
        match contents {
            Contents::Bytes(bytes) => drop(folder.put(self.name(), bytes)),
            Contents::Folder => drop(folder.put(&format!("{}/inside", self.name()), "")),
            Contents::Missing => {}
        }
        let words = match self {
            Self::Scenario => format!("run {} --vendor reference --report json=report.json", self.name()),
            Self::Interface => format!("{run} --specs specs"),
            Self::Requirements => format!("lint {}", self.name()),
            Self::Configuration => format!("{run} --config {}", self.name()),
            Self::SigningKey => {
                folder.put("storeproof.toml", "[kt-bizstore]\nsigning-key = \"key.pem\"\n");
                run
            }
            Self::PublicKey => format!("vendor kt-bizstore --listen 127.0.0.1:0 --public-key {}", self.name()),
            Self::Certificates => format!("run {SHORT} --vendor https://localhost:1 --ca {}", self.name()),
            Self::Snapshot => {
                folder.put("storeproof.toml", "");
                let kept = std::fs::read(scenario("snapshots.arazzo.yaml")).expect("the fixture");
                folder.put("kept.arazzo.yaml", kept);
                "accept".to_owned()
            }
        };
        if self == Self::Snapshot {
            // What waits for review beside it is what has it read.
            folder.put(
                "snapshots/kt-bizstore/kept/status.snap.new",
                "---\nsource: \"kept.arazzo.yaml\"\n---\nHTTP 200\n",
            );
        }
        (folder, words)
    }
}

enum Contents {
    Bytes(Vec<u8>),
    Folder,
    Missing,
}

#[track_caller]
fn refused(kind: Kind, contents: Contents, says: &str) {
    let (folder, words) = kind.set(contents);
    let before = folder.files();
    let ran = folder.run(&words).ends(2);
    // `lint` is asked for what is wrong, so that is its data; all others only talk of it.
    let told = if words.starts_with("lint") { &ran.out } else { &ran.err };
    assert!(told.contains(says), "{says:?} is not in {ran}");
    assert!(words.starts_with("lint") || ran.out.is_empty(), "{ran}");
    assert!(!ran.err.contains("bug"), "{ran}");
    assert_eq!(folder.files(), before, "nothing is written");
}

fn path_of(kind: Kind, place: &str) -> String {
    let name = kind.name();
    if place.is_empty() { format!("{name}: ") } else { format!("{name}:{place}: ") }
}

#[rstest]
fn a_file_that_is_missing_is_named(
    #[values(
        Kind::Scenario,
        Kind::Interface,
        Kind::Requirements,
        Kind::Configuration,
        Kind::SigningKey,
        Kind::PublicKey,
        Kind::Certificates
    )]
    kind: Kind,
) {
    refused(kind, Contents::Missing, &format!("{}No such file", path_of(kind, "")));
}

#[rstest]
fn a_folder_in_the_place_of_a_file_is_named(
    #[values(
        Kind::Interface,
        Kind::Requirements,
        Kind::Configuration,
        Kind::SigningKey,
        Kind::PublicKey,
        Kind::Certificates,
        Kind::Snapshot
    )]
    kind: Kind,
) {
    refused(kind, Contents::Folder, &format!("{}Is a directory", path_of(kind, "")));
}

/// Folders may be named where scenarios are; this one holds none.
#[test]
fn a_folder_without_scenarios_is_named() {
    refused(Kind::Scenario, Contents::Folder, "bad.arazzo.yaml holds no file that ends in .arazzo.yaml");
}

/// Columns count characters: the Korean one before the bad byte is three bytes and one column.
#[rstest]
#[case(Kind::Scenario, "2:5")]
#[case(Kind::Interface, "2:5")]
#[case(Kind::Requirements, "2:5")]
#[case(Kind::Configuration, "2:5")]
#[case(Kind::SigningKey, "2:5")]
#[case(Kind::PublicKey, "2:5")]
#[case(Kind::Snapshot, "2")]
fn bytes_that_are_no_utf_8_are_located(#[case] kind: Kind, #[case] place: &str) {
    let text = match kind {
        Kind::Snapshot => b"---\n# \xea\xb0\x80 \xff\n---\n".to_vec(),
        _ => b"# one\n# \xea\xb0\x80 \xff\n".to_vec(),
    };

    refused(kind, Contents::Bytes(text), &path_of(kind, place));
}

#[rstest]
fn a_file_of_17_megabytes_is_not_read(
    #[values(
        Kind::Scenario,
        Kind::Interface,
        Kind::Requirements,
        Kind::Configuration,
        Kind::SigningKey,
        Kind::PublicKey,
        Kind::Certificates,
        Kind::Snapshot
    )]
    kind: Kind,
) {
    let says = match kind {
        Kind::Snapshot => format!("{}the file is larger than 8388608 bytes", path_of(kind, "1")),
        _ => format!("{}the file is longer than the 16777216 bytes that are read", path_of(kind, "")),
    };
    refused(kind, Contents::Bytes(vec![b'#'; 17 * 1024 * 1024]), &says);
}

/// A device has no length that could be looked at first.
#[test]
fn a_device_without_an_end_is_not_read_to_it() {
    if !Path::new("/dev/zero").exists() {
        return;
    }
    for words in
        ["lint /dev/zero", "run /dev/zero --vendor reference", "run kt-bizstore --vendor reference --config /dev/zero"]
    {
        let ran = Folder::new().storeproof(words.split(' ')).at_most(1024 * 1024).ran();
        assert_eq!(ran.code, Some(2), "{ran}");
    }
}

#[rstest]
#[case(Kind::Scenario, "", "1:1: the file is empty")]
#[case(Kind::Interface, "", "1:1: the file is empty")]
#[case(Kind::Requirements, "", "1:1: the file is empty")]
#[case(Kind::SigningKey, "", "")]
#[case(Kind::SigningKey, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "")]
#[case(Kind::SigningKey, "-----BEGIN PRIVATE KEY-----\nAAAA\n", "")]
#[case(Kind::PublicKey, "", "")]
#[case(Kind::PublicKey, "-----BEGIN PUBLIC KEY-----\n????\n-----END PUBLIC KEY-----\n", "")]
#[case(Kind::Snapshot, "", "1: a snapshot begins with a line `---`")]
#[case(Kind::Snapshot, "---\nsource: [\n---\n", "2: ")]
#[case(Kind::Snapshot, "---\n- a\n---\n", "2: the front matter is a list")]
#[case(Kind::Snapshot, "---\nsource: &a [*a]\n---\n", "")]
#[case(Kind::Snapshot, "---\nsource: a\n", "2: the front matter does not end")]
fn what_is_no_such_file_is_refused(#[case] kind: Kind, #[case] text: &str, #[case] says: &str) {
    if kind == Kind::Snapshot && says.is_empty() {
        // Only insta's own keys are looked at; what stands under others is insta's affair, and must do no harm.
        let (folder, words) = kind.set(Contents::Bytes(text.into()));
        folder.run(&words).ends(0);
        return;
    }
    let separator = if says.is_empty() { ": " } else { ":" };
    refused(kind, Contents::Bytes(text.into()), &format!("{}{separator}{says}", kind.name()));
}

/// Each fixture says in its first line what must be told: `# expect: 5:3: what is wrong`.
#[rstest]
fn what_is_wrong_in_a_document_is_told_where_it_stands(#[files("tests/fixtures/cli/bad/*/*.yaml")] path: PathBuf) {
    let kind = match path.parent().and_then(Path::file_name).and_then(OsStr::to_str) {
        Some("scenario") => Kind::Scenario,
        Some("interface") => Kind::Interface,
        Some("requirements") => Kind::Requirements,
        other => panic!("{other:?} is no kind of document"),
    };
    let text = std::fs::read_to_string(&path).expect("text");
    let first = text.lines().next().and_then(|line| line.strip_prefix("# expect: "));
    let expected = first.unwrap_or_else(|| panic!("{} says what is expected", path.display()));
    refused(kind, Contents::Bytes(text.clone().into_bytes()), &format!("{}:{expected}", kind.name()));
}

/// A ring of documents, however its addresses are written.
#[rstest]
#[case("self.arazzo.yaml")]
#[case("./self.arazzo.yaml")]
#[case("below/../self.arazzo.yaml")]
#[case("below/link/self.arazzo.yaml")]
#[case("other.arazzo.yaml")]
fn a_document_that_leads_back_to_itself_is_told(#[case] url: &str) {
    let document = |url: &str| {
        let head = "arazzo: 1.0.1\ninfo: { title: Ring, version: 1.0.0 }\nsourceDescriptions:\n";
        let steps =
            "workflows:\n  - workflowId: a\n    steps: [{ stepId: b, workflowId: $sourceDescriptions.ring.a }]\n";
        format!("{head}  - {{ name: ring, url: {url}, type: arazzo }}\n{steps}")
    };
    let folder = Folder::new();
    folder.put("below/file", "");
    std::os::unix::fs::symlink("..", folder.path("below/link")).expect("is made");
    folder.put("self.arazzo.yaml", document(url));
    folder.put("other.arazzo.yaml", document("below/../self.arazzo.yaml"));
    for words in ["run self.arazzo.yaml --vendor http://127.0.0.1:1", "lint self.arazzo.yaml"] {
        let ran = folder.run(words).ends(2);
        let told = ran.out.clone() + &ran.err;
        assert!(told.contains("leads back to a document that names it") && told.len() < 2_000, "{ran}");
        assert!(told.contains("self.arazzo.yaml:4:24: "), "{ran}");
    }
}

/// Text that nests, or refers, further than any honest file.
#[rstest]
#[case::lists("[".repeat(100_000))]
#[case::closed_lists(format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)))]
#[case::mappings((0..3_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect())]
#[case::braces("{a: ".repeat(100_000))]
#[case::sequences("- ".repeat(100_000))]
#[case::questions("? ".repeat(100_000))]
#[case::anchors("&a ".repeat(100_000))]
#[case::quotes(format!("a: \"{}", "\\x".repeat(100_000)))]
fn depth_without_bounds_ends_in_an_error(#[case] text: String) {
    for kind in [Kind::Scenario, Kind::Interface, Kind::Requirements, Kind::Configuration] {
        let (folder, words) = kind.set(Contents::Bytes(text.clone().into_bytes()));
        let ran = folder.run(&words).ends(2);
        let told = ran.out.clone() + &ran.err;
        assert!(told.contains(&format!("{}:", kind.name())) && !told.contains("bug"), "{kind:?}: {told:.500}");
    }
}
