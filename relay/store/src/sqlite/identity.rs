//! Whether the file under our hands is still the one that its name stands for.
//!
//! A file can be moved away, removed or replaced while it is open. Whatever is written then goes
//! into a file that has no name any more, and is gone with the next start. A name can also be one
//! of several for the same file. So the lock that keeps a second relay away is on the file itself,
//! and nothing is acknowledged that was written into a file without its name.

use std::fs::{self, File, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::StoreError;

/// Device and inode.
type Inode = (u64, u64);

fn inode(metadata: &Metadata) -> Inode {
    (metadata.dev(), metadata.ino())
}

/// The database file, locked for one relay.
#[derive(Debug)]
pub(crate) struct FileIdentity {
    path: PathBuf,
    log: PathBuf,
    own: Inode,
    state: Mutex<State>,
    /// Open for as long as the database is: closing any descriptor of a file ends the locks that
    /// SQLite has on it.
    _locked: Option<File>,
}

#[derive(Debug, Default)]
struct State {
    /// The write-ahead log, once it was seen.
    log: Option<Inode>,
    /// Another file has the name: connections made since then may lead to it.
    is_replaced: bool,
    has_complained: bool,
}

impl FileIdentity {
    /// Opens or creates the file and locks it.
    pub(super) fn locked(path: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::LockFile {
            path: path.display().to_string(),
            source,
        };
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                return Err(StoreError::Locked(path.display().to_string()));
            }
            Err(fs::TryLockError::Error(source)) => return Err(failed(source)),
        }
        let own = inode(&file.metadata().map_err(failed)?);
        Ok(Self::of(path, own, Some(file)))
    }

    /// The file as it is, for who works beside a relay.
    pub(super) fn unlocked(path: &Path) -> Result<Self, StoreError> {
        let own = fs::metadata(path).map_err(|source| StoreError::LockFile {
            path: path.display().to_string(),
            source,
        })?;
        Ok(Self::of(path, inode(&own), None))
    }

    fn of(path: &Path, own: Inode, locked: Option<File>) -> Self {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Self {
            path: path.to_owned(),
            log: log.into(),
            own,
            state: Mutex::default(),
            _locked: locked,
        }
    }

    /// Whether what is written now will be there after a restart.
    pub(crate) fn intact(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(what) = self.wrong(&mut state) {
            if !std::mem::replace(&mut state.has_complained, true) {
                tracing::error!(path = %self.path.display(), what, "the database file is not where it was; nothing is accepted or sent");
            }
            return Err(StoreError::Replaced);
        }
        if std::mem::take(&mut state.has_complained) {
            tracing::warn!(path = %self.path.display(), "the database file is back");
        }
        Ok(())
    }

    fn wrong(&self, state: &mut State) -> Option<&'static str> {
        if state.is_replaced {
            return Some("replaced; restart the relay");
        }
        match fs::metadata(&self.path) {
            Ok(found) if inode(&found) == self.own => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Some("gone"),
            Ok(_) => {
                state.is_replaced = true;
                return Some("replaced; restart the relay");
            }
            Err(_) => return Some("not readable"),
        }
        let log = fs::metadata(&self.log).ok().map(|found| inode(&found));
        match (state.log, log) {
            (None, found) => state.log = found,
            (Some(known), Some(found)) if known == found => {}
            (Some(_), Some(_)) => {
                state.is_replaced = true;
                return Some("its write-ahead log was replaced; restart the relay");
            }
            (Some(_), None) => return Some("its write-ahead log is gone"),
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_moved_away_is_missed_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let (path, away) = (folder.path().join("a"), folder.path().join("b"));
        let identity = FileIdentity::locked(&path).unwrap();
        assert!(identity.intact().is_ok());
        fs::rename(&path, &away).unwrap();
        assert!(matches!(identity.intact(), Err(StoreError::Replaced)));
        fs::rename(&away, &path).unwrap();
        assert!(identity.intact().is_ok());
        fs::rename(&path, &away).unwrap();
        fs::write(&path, "another").unwrap();
        assert!(identity.intact().is_err());
        fs::rename(&away, &path).unwrap();
        assert!(identity.intact().is_err(), "connections may lead elsewhere");
    }

    #[test]
    fn a_log_that_is_removed_is_missed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, log) = (folder.path().join("a"), folder.path().join("a-wal"));
        let identity = FileIdentity::locked(&path).unwrap();
        assert!(identity.intact().is_ok());
        fs::write(&log, "").unwrap();
        assert!(identity.intact().is_ok());
        fs::remove_file(&log).unwrap();
        assert!(identity.intact().is_err());
    }

    #[test]
    fn one_file_has_one_relay_under_whatever_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let _identity = FileIdentity::locked(&path).unwrap();
        let (hard, soft) = (folder.path().join("hard"), folder.path().join("soft"));
        fs::hard_link(&path, &hard).unwrap();
        std::os::unix::fs::symlink(&path, &soft).unwrap();
        for name in [&path, &hard, &soft] {
            assert!(matches!(
                FileIdentity::locked(name),
                Err(StoreError::Locked(_))
            ));
            assert!(FileIdentity::unlocked(name).is_ok());
        }
    }
}
