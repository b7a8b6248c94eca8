use std::fs::{self, File, Metadata};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use subtle::{Choice, ConstantTimeEq};

use super::error::StartError;
use super::scope::Scope;
use super::when;
use crate::apply::journal::UnixTime;

/// How long a token has to be: fewer letters could be guessed.
const SHORTEST: usize = 32;
/// How large the file may be.
const LARGEST: u64 = 1 << 20;

/// The tokens of a file, read again whenever it changes.
///
/// A line is `NAME SCOPE TOKEN`, with `until 2026-12-31T00:00:00Z` after it where the token expires; `#` begins a comment.
/// Where the file cannot be read any more, or others may read it, no token is valid: a mistake shuts the
/// door.
#[derive(Debug)]
pub(super) struct Tokens {
    file: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    stamp: Option<Stamp>,
    tokens: Vec<Token>,
}

/// By what a file that was changed is told from one that was not.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    mode: u32,
    modified: (i64, i64),
    changed: (i64, i64),
}

struct Token {
    name: String,
    scope: Scope,
    secret: String,
    until: Option<UnixTime>,
}

/// The secret is never printed.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Token({} {})", self.name, self.scope)
    }
}

impl Tokens {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read, others may read or write it, or a line of it makes no sense.
    pub(super) fn open(file: &Path) -> Result<Self, StartError> {
        let (stamp, tokens) = read(file)?;
        if tokens.is_empty() {
            tracing::warn!(file = %file.display(), "there is no token in the file, so nobody can call the agent: write NAME read|edit TOKEN");
        }
        Ok(Self {
            file: file.to_owned(),
            known: Mutex::new(Known {
                stamp: Some(stamp),
                tokens,
            }),
        })
    }

    /// Whose token this is, if it is one that is valid now.
    ///
    /// Every token is compared, each in a time that depends on its length alone.
    pub(super) fn owner(&self, secret: &str) -> Option<(String, Scope)> {
        let now = UnixTime::now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        self.refresh(&mut known);
        let mut found = None;
        for token in &known.tokens {
            let same: Choice = token.secret.as_bytes().ct_eq(secret.as_bytes());
            let in_time = token.until.is_none_or(|until| now < until);
            if bool::from(same) && in_time {
                found = Some((token.name.clone(), token.scope));
            }
        }
        found
    }

    fn refresh(&self, known: &mut Known) {
        let stamp = fs::metadata(&self.file).ok().as_ref().map(Stamp::of);
        if stamp.is_some() && stamp == known.stamp {
            return;
        }
        match read(&self.file) {
            Ok((stamp, tokens)) => {
                tracing::info!(file = %self.file.display(), tokens = tokens.len(), "the tokens were read again");
                *known = Known {
                    stamp: Some(stamp),
                    tokens,
                };
            }
            Err(error) => {
                if !known.tokens.is_empty() {
                    tracing::error!(%error, "no token is valid until the token file can be read again");
                }
                known.tokens.clear();
                known.stamp = None;
            }
        }
    }
}

impl Stamp {
    fn of(found: &Metadata) -> Self {
        Self {
            device: found.dev(),
            inode: found.ino(),
            size: found.size(),
            mode: found.mode(),
            modified: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        }
    }
}

fn read(path: &Path) -> Result<(Stamp, Vec<Token>), StartError> {
    let (mut file, found) = open_private(path)?;
    let mut text = String::new();
    file.by_ref()
        .take(LARGEST + 1)
        .read_to_string(&mut text)
        .map_err(|error| StartError::token_file(path, format!("cannot be read: {error}")))?;
    if text.len() as u64 > LARGEST {
        return Err(StartError::token_file(
            path,
            "is larger than 1 MiB: take out what is no token",
        ));
    }
    let tokens = parse(&text).map_err(|why| StartError::token_file(path, why))?;
    Ok((Stamp::of(&found), tokens))
}

/// Opens a file with a secret in it, which is refused where others may read or write it.
pub(super) fn open_private(path: &Path) -> Result<(File, Metadata), StartError> {
    open_closed_to(path, 0o077)
}

/// As [`open_private`], refused where any of these bits of the mode is set.
pub(super) fn open_closed_to(path: &Path, others: u32) -> Result<(File, Metadata), StartError> {
    let refuse = |why: String| Err(StartError::token_file(path, why));
    // Not blocked by a FIFO that nobody writes to.
    let opened = fs::OpenOptions::new()
        .read(true)
        .custom_flags(nix::fcntl::OFlag::O_NONBLOCK.bits())
        .open(path);
    let opened = opened.and_then(|file| file.metadata().map(|found| (file, found)));
    let (file, found) = match opened {
        Ok(opened) => opened,
        Err(error) => return refuse(format!("cannot be read: {error}")),
    };
    if !found.is_file() {
        return refuse("is no file".to_owned());
    }
    let us = nix::unistd::Uid::effective().as_raw();
    if found.uid() != us && found.uid() != 0 {
        return refuse(format!("belongs to user {}: chown it", found.uid()));
    }
    if found.mode() & others != 0 {
        return refuse("can be read or written by others: chmod 0600 it".to_owned());
    }
    Ok((file, found))
}

fn parse(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens: Vec<Token> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words: Vec<&str> = line
            .split_whitespace()
            .take_while(|word| !word.starts_with('#'))
            .collect();
        // The line itself is not repeated in an error: it holds a secret.
        let at = |why: &str| format!("line {}: {why}", index + 1);
        let (name, scope, secret, until) = match words.as_slice() {
            [] => continue,
            [name, scope, secret] => (*name, scope, *secret, None),
            [name, scope, secret, "until", until] => {
                let until = when::parse(until).ok_or_else(|| {
                    at("write the end as 2026-12-31 or 2026-12-31T18:00:00Z, which are times of UTC")
                })?;
                (*name, scope, *secret, Some(until))
            }
            _ => return Err(at("write NAME SCOPE TOKEN, or NAME SCOPE TOKEN until TIME")),
        };
        let scope = scope
            .parse()
            .map_err(|_| at("the scope, which is the second word, is read or edit"))?;
        if secret.len() < SHORTEST || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(at("a token has 32 or more letters and digits"));
        }
        if !is_plain(name) {
            return Err(at("a name has up to 64 letters, digits, dots, dashes and @"));
        }
        if tokens
            .iter()
            .any(|token| token.name == name || token.secret == secret)
        {
            return Err(at("this name or token stands in the file already"));
        }
        tokens.push(Token {
            name: name.to_owned(),
            scope,
            secret: secret.to_owned(),
            until,
        });
    }
    Ok(tokens)
}

/// Names go into logs.
fn is_plain(name: &str) -> bool {
    name.len() <= 64
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte))
}

/// A new token of 244 random bits, which come from the kernel.
pub fn new_token() -> String {
    let half = || uuid::Uuid::new_v4().simple().to_string();
    half() + &half()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const ONE: &str = "0123456789abcdef0123456789abcdef";
    const TWO: &str = "fedcba9876543210fedcba9876543210";

    fn write(path: &Path, text: &str, mode: u32) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_token_is_revoked_by_editing_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tokens");
        write(
            &path,
            &format!("anna edit {ONE}\nben read {TWO} # on call\n"),
            0o600,
        );
        let tokens = Tokens::open(&path).unwrap();
        let caller = |secret| tokens.owner(secret);
        assert_eq!(caller(ONE), Some(("anna".to_owned(), Scope::Edit)));
        assert_eq!(caller(TWO), Some(("ben".to_owned(), Scope::Read)));
        assert_eq!(caller(&ONE[1..]), None);
        assert_eq!(caller(""), None);

        write(&path, &format!("ben read {TWO}"), 0o600);
        assert_eq!(caller(ONE), None);
        assert!(caller(TWO).is_some());

        // A mistake shuts the door, and mending it opens it again.
        write(&path, &format!("ben read {TWO}"), 0o644);
        assert_eq!(caller(TWO), None);
        write(&path, "ben", 0o600);
        assert_eq!(caller(TWO), None);
        fs::remove_file(&path).unwrap();
        assert_eq!(caller(TWO), None);
        write(&path, &format!("ben read {TWO}"), 0o600);
        assert!(caller(TWO).is_some());
    }

    #[test]
    fn a_token_expires() {
        let tokens = parse(&format!(
            "a read {ONE} until 2000-01-01\nb read {TWO} until 2999-01-01"
        ))
        .map(|tokens| Tokens {
            file: PathBuf::new(),
            known: Mutex::new(Known { stamp: None, tokens }),
        })
        .unwrap();
        let known = tokens.known.lock().unwrap();
        let ended: Vec<bool> = known
            .tokens
            .iter()
            .map(|token| token.until.unwrap() < UnixTime::now())
            .collect();
        assert_eq!(ended, [true, false]);
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said_without_the_token() {
        for (text, says) in [
            (format!("a write {ONE}"), "read or edit"),
            ("a read short".to_owned(), "32 or more"),
            (format!("a read {ONE} until tomorrow"), "2026-12-31"),
            (format!("a/b read {ONE}"), "letters"),
            (format!("a read {ONE}\nb edit {ONE}"), "already"),
            (format!("a read {ONE} soon"), "NAME SCOPE TOKEN"),
        ] {
            let why = parse(&text).unwrap_err();
            assert!(why.contains(says), "{why}");
            assert!(!why.contains(ONE), "{why}");
        }
        let token = &parse(&format!("a read {ONE}")).unwrap()[0];
        assert!(!format!("{token:?}").contains(ONE));
    }

    #[test]
    fn only_a_private_file_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tokens");
        write(&path, "", 0o640);
        let why = Tokens::open(&path).unwrap_err().to_string();
        assert!(why.contains("chmod 0600"), "{why}");
        assert!(Tokens::open(dir.path()).is_err());
        write(&path, &format!("a read {ONE}\n{}", "#\n".repeat(1 << 19)), 0o600);
        let why = Tokens::open(&path).unwrap_err().to_string();
        assert!(why.contains("1 MiB"), "{why}");
        assert!(Tokens::open(&dir.path().join("none")).is_err());
        assert_eq!(new_token().len(), 64);
        assert_ne!(new_token(), new_token());
    }
}
