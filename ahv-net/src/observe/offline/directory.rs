use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::gather::Gathered;
use super::ovsdb_log;
use crate::observe::Observed;
use crate::topology::{Reading, SourceReport};

/// The most bytes of a database file.
const DATABASE_BYTES: u64 = 64 << 20;
/// The most bytes of any other file.
const TEXT_BYTES: u64 = 4 << 20;
/// The most bytes of all files together.
const ALL_BYTES: u64 = 256 << 20;
/// The most files.
const FILES: usize = 1000;

/// A directory of captures, as somebody sent them: any files, under any names.
///
/// Files of the directory and of those directly below it are looked at. What each is, is told from what
/// stands in it; see the [module](super) for the kinds. A symbolic link is followed only to a file below
/// the directory. What is too large, too many, unreadable or of no known kind is said in
/// [`Observed::files`] and does not keep the rest from being read.
#[derive(Debug, Clone)]
pub struct Directory {
    path: PathBuf,
}

/// Why there is no picture in a directory of captures.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OfflineError {
    /// It cannot be opened.
    #[error("cannot read the captures in {path}: {source}; {advice}", path = path.display())]
    Unreadable {
        /// The directory that was named.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// What to do about it.
        advice: &'static str,
    },
    /// It was to be watched.
    #[error(
        "the captures in {path} do not change, so there is nothing to watch: show --offline shows them, and diff compares them with others",
        path = path.display()
    )]
    Still {
        /// The directory that was named.
        path: PathBuf,
    },
    /// There is no file in it.
    #[error("there is no file in {path}: {WHAT_TO_PUT_THERE}", path = path.display())]
    Empty {
        /// The directory that was named.
        path: PathBuf,
    },
    /// None of its files is a capture that is read.
    #[error("no file in {path} is read as a capture ({why}): {WHAT_TO_PUT_THERE}", path = path.display())]
    NoCapture {
        /// The directory that was named.
        path: PathBuf,
        /// The first files and why each is not read.
        why: String,
    },
}

const WHAT_TO_PUT_THERE: &str = "put what the host's commands print there, a file each, such as ovs-vsctl show, virsh dumpxml and ip -d address";

impl Directory {
    /// Names a directory, which must be there and readable.
    ///
    /// # Errors
    /// When it is not there, is no directory, or may not be read.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, OfflineError> {
        let path = path.into();
        match fs::read_dir(&path) {
            Ok(_) => Ok(Self { path }),
            Err(source) => Err(unreadable(path, source)),
        }
    }

    /// The directory that was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads every file. Blocks while it does.
    ///
    /// # Errors
    /// When the directory is no longer there or readable, or no file in it is a capture. What is wrong with a single file
    /// is in [`Observed::files`] and [`Observed::damage`].
    pub fn read(&self) -> Result<Observed, OfflineError> {
        let failed = |source: io::Error| unreadable(self.path.clone(), source);
        let root = fs::canonicalize(&self.path).map_err(failed)?;
        let mut walk = Walk {
            root,
            left: ALL_BYTES,
            files: 0,
            gathered: Gathered::default(),
        };
        walk.directory(&self.path, "").map_err(failed)?;
        let observed = walk.gathered.finish();
        // A picture of nothing would look like a host without anything.
        let path = || self.path.clone();
        match why_nothing(&observed.files) {
            None => Ok(observed),
            Some(why) if why.is_empty() => Err(OfflineError::Empty { path: path() }),
            Some(why) => Err(OfflineError::NoCapture { path: path(), why }),
        }
    }
}

/// The first files with their reasons, where none was read.
fn why_nothing(files: &[SourceReport]) -> Option<String> {
    if files.iter().any(|file| file.reading != Reading::NotRead) {
        return None;
    }
    let said: Vec<String> = files
        .iter()
        .take(3)
        .map(|file| format!("{}: {}", file.name, file.from.as_deref().unwrap_or("not read")))
        .collect();
    let more = match files.len() - said.len() {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    Some(said.join("; ") + &more)
}

fn unreadable(path: PathBuf, source: io::Error) -> OfflineError {
    OfflineError::Unreadable {
        advice: advice(&source),
        path,
        source,
    }
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "name the directory that holds the captures",
        io::ErrorKind::NotADirectory => "name the directory that the file is in",
        io::ErrorKind::PermissionDenied => "make it readable for this user",
        _ => "see that it is a directory that can be read",
    }
}

struct Walk {
    root: PathBuf,
    left: u64,
    files: usize,
    gathered: Gathered,
}

impl Walk {
    /// Looks at the files of a directory in the order of their names, and at those of the directories in it
    /// where `below` is empty, which is how the first one is told from those.
    fn directory(&mut self, path: &Path, below: &str) -> io::Result<()> {
        let mut names: Vec<_> = Vec::new();
        for entry in fs::read_dir(path)? {
            if names.len() > FILES {
                break;
            }
            names.push(entry?.file_name());
        }
        names.sort();
        for file_name in names {
            let name = format!("{below}{}", file_name.to_string_lossy());
            if self.files == FILES {
                let why =
                    format!("there are more than {FILES} files, so this one and those after it are left out");
                self.gathered.not_read(&name, &why);
                self.files += 1;
            }
            if self.files > FILES {
                return Ok(());
            }
            self.files += 1;
            self.entry(&path.join(&file_name), &name, below.is_empty());
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, name: &str, first: bool) {
        let target = match fs::canonicalize(path) {
            Ok(target) => target,
            Err(error) => return self.gathered.not_read(name, &error.to_string()),
        };
        if !target.starts_with(&self.root) {
            return self
                .gathered
                .not_read(name, "it links to a place outside the directory");
        }
        match fs::metadata(&target) {
            Ok(metadata) if metadata.is_file() => self.file(&target, name),
            Ok(metadata) if metadata.is_dir() && first && !path.is_symlink() => {
                if let Err(error) = self.directory(path, &format!("{name}/")) {
                    self.gathered.not_read(name, &error.to_string());
                }
            }
            Ok(metadata) if metadata.is_dir() => {
                self.gathered
                    .not_read(name, "only one level of directories is looked at");
            }
            // Opening a pipe would wait for its writer.
            Ok(_) => self.gathered.not_read(name, "it is no regular file"),
            Err(error) => self.gathered.not_read(name, &error.to_string()),
        }
    }

    fn file(&mut self, path: &Path, name: &str) {
        match read(path, self.left) {
            Ok(Contents::Whole(bytes)) => {
                self.left = self
                    .left
                    .saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                self.gathered.file(name, &bytes);
            }
            Ok(Contents::Over(limit)) => {
                let why = format!("it has more than {limit} bytes");
                self.gathered.not_read(name, &why);
            }
            Ok(Contents::TooMuch) => {
                let why = format!("the files before it have {ALL_BYTES} bytes already");
                self.gathered.not_read(name, &why);
            }
            Err(error) => self.gathered.not_read(name, &error.to_string()),
        }
    }
}

enum Contents {
    Whole(Vec<u8>),
    Over(u64),
    TooMuch,
}

/// Reads a file up to the limit of what it is, which its first bytes tell.
fn read(path: &Path, left: u64) -> io::Result<Contents> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    file.by_ref().take(TEXT_BYTES + 1).read_to_end(&mut bytes)?;
    let mut limit = TEXT_BYTES;
    if is_database(&bytes) {
        limit = DATABASE_BYTES;
        let more = (limit + 1).saturating_sub(length(&bytes));
        file.take(more).read_to_end(&mut bytes)?;
    }
    Ok(if length(&bytes) > limit {
        Contents::Over(limit)
    } else if length(&bytes) > left {
        Contents::TooMuch
    } else {
        Contents::Whole(bytes)
    })
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// Whether a line near the beginning is the head of a database's record; a collector's remarks may stand
/// before it.
fn is_database(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    head.split(|byte| *byte == b'\n')
        .any(|line| line.starts_with(ovsdb_log::MAGIC.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn report<'o>(observed: &'o Observed, name: &str) -> (&'o Reading, &'o str) {
        let report = observed.files.iter().find(|file| file.name == name);
        let report = report.unwrap_or_else(|| panic!("{name} is not reported: {:?}", observed.files));
        (&report.reading, report.from.as_deref().unwrap_or_default())
    }

    #[test]
    fn what_cannot_be_read_is_said_and_the_rest_is_read() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "Bridge br9\n").unwrap();
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir_all(at("sub/deeper")).unwrap();
        fs::write(at("sub/show"), "    Bridge br0\n").unwrap();
        fs::write(at("notes"), "nothing of the kind\n").unwrap();
        fs::write(at("empty"), "").unwrap();
        fs::write(at("large"), vec![b'x'; usize::try_from(TEXT_BYTES).unwrap() + 1]).unwrap();
        symlink(outside.path().join("secret"), at("link-out")).unwrap();
        symlink(at("sub/show"), at("link-in")).unwrap();
        symlink(at("nowhere"), at("link-dead")).unwrap();
        symlink("/dev/zero", at("zero")).unwrap();
        let observed = Directory::open(dir.path()).unwrap().read().unwrap();
        assert_eq!(observed.ovsdb.as_ref().unwrap().said.bridges[0].name, "br0");
        assert_eq!(report(&observed, "link-in").0, &Reading::Read);
        assert_eq!(report(&observed, "sub/show").0, &Reading::Read);
        assert_eq!(
            report(&observed, "notes"),
            (&Reading::NotRead, "of no known kind")
        );
        assert_eq!(report(&observed, "empty"), (&Reading::NotRead, "empty"));
        assert!(report(&observed, "large").1.contains("more than 4194304 bytes"));
        assert!(report(&observed, "sub/deeper").1.contains("one level"));
        for out in ["link-out", "zero"] {
            assert!(report(&observed, out).1.contains("outside"), "{out}");
        }
        assert_eq!(report(&observed, "link-dead").0, &Reading::NotRead);
    }

    #[test]
    fn a_directory_that_is_not_there_is_one_sentence() {
        let error = Directory::open("/nonexistent/captures").unwrap_err().to_string();
        assert!(
            error.contains("/nonexistent/captures") && error.contains("name the directory"),
            "{error}"
        );
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = Directory::open(file.path()).unwrap_err().to_string();
        assert!(error.contains("the directory that the file is in"), "{error}");
    }

    #[test]
    fn a_picture_of_nothing_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let said = |dir: &Path| Directory::open(dir).unwrap().read().unwrap_err().to_string();
        assert!(
            said(dir.path()).contains("there is no file in"),
            "{}",
            said(dir.path())
        );
        let page = "# The host\n\n```\n    Bridge br0\n```\n";
        fs::write(dir.path().join("README.md"), page).unwrap();
        for number in 0..3 {
            fs::write(
                dir.path().join(format!("notes-{number}")),
                "nothing of the kind\n",
            )
            .unwrap();
        }
        let error = said(dir.path());
        for word in [
            "README.md: a page of Markdown",
            "notes-1: of no known kind",
            "and 1 more",
            "ovs-vsctl show",
        ] {
            assert!(error.contains(word), "{word:?} is not in {error:?}");
        }
        fs::write(dir.path().join("show"), "    Bridge br0\n").unwrap();
        assert!(Directory::open(dir.path()).unwrap().read().is_ok());
    }

    #[test]
    fn more_files_than_the_limit_are_said_once() {
        let dir = tempfile::tempdir().unwrap();
        for number in 0..FILES + 5 {
            fs::write(dir.path().join(format!("{number:05}")), "x").unwrap();
        }
        fs::write(dir.path().join("00000"), "    Bridge br0\n").unwrap();
        let observed = Directory::open(dir.path()).unwrap().read().unwrap();
        assert_eq!(observed.files.len(), FILES + 1);
        assert_eq!(observed.damage.len(), 1);
    }
}
