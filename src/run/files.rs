//! Files: read with an error that names them, written whole or not at all.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Longest file that is read: scenarios, specs, keys and configuration are small.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system refused.
    #[error("{}: {error}", path.display())]
    System {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// It is longer than anything we read.
    #[error("{}: the file is longer than the {most} bytes that are read", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How many bytes are read.
        most: u64,
    },
    /// It is no text.
    #[error("{}:{line}:{column}: the text is not UTF-8 from here on; save the file as UTF-8", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// The line of the first bad byte, counted from 1.
        line: usize,
        /// The column of it in characters, counted from 1.
        column: usize,
    },
}

/// The bytes of a file.
pub fn bytes(path: &Path) -> Result<Vec<u8>, FileError> {
    bytes_up_to(path, MOST_BYTES)
}

/// The bytes of a file that may be so long.
#[expect(clippy::disallowed_types, reason = "this is where files are read, and no further than they may be long")]
pub fn bytes_up_to(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    let system = |error| FileError::System { path: path.to_owned(), error };
    // Devices and pipes have no length that could be asked for first.
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)).map_err(system)?;
    if bytes.len() as u64 > most {
        return Err(FileError::TooLarge { path: path.to_owned(), most });
    }
    Ok(bytes)
}

/// The text of a file.
pub fn text(path: &Path) -> Result<String, FileError> {
    String::from_utf8(bytes(path)?).map_err(|error| {
        let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        let line = good.matches('\n').count() + 1;
        let column = good.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        FileError::NotText { path: path.to_owned(), line, column }
    })
}

/// Writes a file beside its place and moves it there, so that no reader ever sees half of it.
///
/// What is no ordinary file (`/dev/stdout`, a pipe) is written to as it is, and a link keeps leading where it leads.
#[expect(clippy::disallowed_types, reason = "this is where files are written")]
pub fn write(path: &Path, contents: &[u8]) -> Result<(), FileError> {
    let system = |error| FileError::System { path: path.to_owned(), error };
    if std::fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        let mut device = std::fs::File::options().write(true).open(path).map_err(system)?;
        return device.write_all(contents).map_err(system);
    }
    let place = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match place.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    // Temporary files are private by default; others are to read these, with whatever the user's mask leaves.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).map_err(system)?;
    file.write_all(contents).map_err(system)?;
    file.persist(&place).map_err(|error| system(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "the test counts what is left in the folder")]
    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("report.json");
        write(&path, b"one").expect("is written");
        write(&path, b"two").expect("is replaced");
        assert_eq!(text(&path).expect("is read"), "two");
        assert_eq!(std::fs::read_dir(folder.path()).expect("is listed").count(), 1);
    }

    /// A CI server that collects reports is often another user.
    #[cfg(unix)]
    #[expect(clippy::disallowed_types, reason = "the test makes a file as anybody would")]
    #[test]
    fn a_file_has_the_permissions_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let (ours, theirs) = (folder.path().join("report.json"), folder.path().join("other"));
        write(&ours, b"one").expect("is written");
        std::fs::File::create(&theirs).expect("is made");
        let mode = |path: &Path| std::fs::metadata(path).expect("is there").permissions().mode();
        assert_eq!(mode(&ours), mode(&theirs));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_devices_stay_what_they_are() {
        let folder = tempfile::tempdir().expect("a folder");
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        write(&real, b"old").expect("is written");
        std::os::unix::fs::symlink("real", &link).expect("is made");
        write(&link, b"new").expect("is written");
        assert!(link.is_symlink() && text(&real).is_ok_and(|text| text == "new"));
        let device = folder.path().join("null");
        std::os::unix::fs::symlink("/dev/null", &device).expect("is made");
        write(&device, b"nothing").expect("is taken");
        assert!(device.is_symlink() && !Path::new("/dev/null").is_file());
    }

    #[test]
    fn errors_name_the_file() {
        let missing = text(Path::new("no/such/file")).expect_err("is missing").to_string();
        assert!(missing.starts_with("no/such/file: "), "{missing}");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key.pem");
        write(&path, b"a\nb\xff").expect("is written");
        let problem = text(&path).expect_err("is no text").to_string();
        assert!(problem.contains("key.pem:2:2: the text is not UTF-8"), "{problem}");
    }
}
