//! Names of cases and steps as names of folders and files.
//!
//! Nothing here comes from an answer: cases and steps are named in scenarios. Still a name may hold anything, so each
//! becomes one plain segment that means the same on every system.

use std::path::{Component, Path, PathBuf};

/// Longest segment in bytes, without the mark that tells shortened names apart.
const LONGEST: usize = 80;

/// The folder of a case below `snapshots`.
///
/// The name of a case begins with its marketplace, which is then not said twice. The case of a plain document is its
/// file as the user typed it.
pub(super) fn case_folder(marketplace: Option<&str>, case: &str) -> PathBuf {
    let mut folder = PathBuf::from(segment(marketplace.unwrap_or("plain")));
    let case = marketplace.and_then(|marketplace| case.strip_prefix(marketplace)?.strip_prefix('/')).unwrap_or(case);
    let case = [".yaml", ".yml", ".json"].iter().find_map(|ending| case.strip_suffix(ending)).unwrap_or(case);
    let case = case.strip_suffix(".arazzo").unwrap_or(case);
    let components = Path::new(case).components();
    // A path that leaves its folder is told apart from the one inside that it would otherwise look like.
    let outside = components.clone().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir));
    let before = folder.clone();
    for part in components {
        if let Component::Normal(part) = part {
            folder.push(segment(&part.to_string_lossy()));
        }
    }
    if outside || folder == before {
        folder.push(segment(&format!("at {case}")));
    }
    folder
}

/// A name as one segment of a path: letters, digits, `-`, `_` and `.` are kept, everything else becomes `-`. A name
/// that is changed by this ends with a mark made from the original, so that two names never become one.
pub(super) fn segment(name: &str) -> String {
    let mut plain: String =
        name.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    if plain.len() > LONGEST {
        plain.truncate(plain.floor_char_boundary(LONGEST));
    }
    // Hidden files, `.` and `..`, and what would read as another kind of file.
    if plain.is_empty() || plain.starts_with('.') || plain.ends_with('.') || reserved(&plain) {
        plain = format!("_{}", plain.trim_matches('.'));
    }
    if plain == name { plain } else { format!("{plain}-{:08x}", mark(name)) }
}

/// Names that Windows keeps for devices, with any ending.
fn reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
        || (stem.len() == 4
            && (stem.starts_with("com") || stem.starts_with("lpt"))
            && stem.ends_with(|last: char| last.is_ascii_digit()))
}

/// FNV-1a over the bytes: short, and the same on every platform and in every version.
fn mark(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        let folder = case_folder(Some("kt-bizstore"), "kt-bizstore/lifecycle/first-month");
        assert_eq!(folder, Path::new("kt-bizstore/lifecycle/first-month"));
        assert_eq!(case_folder(None, "flows/pets.arazzo.yaml"), Path::new("plain/flows/pets"));
        assert_eq!(segment("bill-day_2.a"), "bill-day_2.a");
        assert_eq!(segment("가입"), "가입");
    }

    #[test]
    fn names_that_would_leave_the_folder_stay_inside_and_apart() {
        let inside = case_folder(None, "etc/x.yaml");
        for outside in ["../etc/x.yaml", "/etc/x.yaml", "etc/../etc/x.yaml"] {
            let folder = case_folder(None, outside);
            assert_ne!(folder, inside);
            assert!(folder.components().all(|part| matches!(part, Component::Normal(_))), "{folder:?}");
        }
        assert!(segment("..").starts_with("_-"));
        assert!(segment("nul.snap").starts_with("_nul"));
        assert_ne!(segment("a b"), segment("a/b"));
    }

    proptest! {
        #[test]
        fn any_name_is_one_ordinary_segment(name: String) {
            let segment = segment(&name);
            let mut components = Path::new(&segment).components();
            prop_assert!(matches!(components.next(), Some(Component::Normal(_))));
            prop_assert!(components.next().is_none());
            prop_assert!(segment.len() <= 100 && !segment.starts_with('.'));
        }
    }
}
