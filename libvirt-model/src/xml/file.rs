//! Documents in files.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::Bounds;

/// Reads a file as far as a document may be long, and one byte more, so that parsing it refuses what is longer.
///
/// # Errors
/// When it is no regular file (a FIFO would never end), or cannot be read.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is no regular file",
        ));
    }
    let most = u64::try_from(Bounds::default().bytes).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    File::open(path)?
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_or_too_long_is_not_read_to_its_end() {
        assert_eq!(
            read_file(Path::new("/dev/zero")).unwrap_err().kind(),
            io::ErrorKind::InvalidInput
        );
        assert!(read_file(Path::new("/nonexistent/x.xml")).is_err());
        let directory = std::env::temp_dir();
        let long = directory.join(format!("libvirt-model-{}.xml", std::process::id()));
        File::create(&long).unwrap().set_len(1 << 30).unwrap();
        let read = read_file(&long);
        fs::remove_file(&long).unwrap();
        assert_eq!(read.unwrap().len(), Bounds::default().bytes + 1);
    }
}
