//! A small file system that can be filled and freed, in memory; only root can mount one.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// A mounted file system that goes with its owner.
#[derive(Debug)]
pub(super) struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts one for this user; nothing where that is not allowed.
    pub(super) fn mount(folder: &Path, mebibytes: u32, user: u32) -> Option<Self> {
        let options = format!("size={mebibytes}M,mode=700,uid={user},gid={user}");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder)
            .output();
        mounted
            .is_ok_and(|done| done.status.success())
            .then(|| Self {
                folder: folder.to_owned(),
            })
    }

    fn balloon(&self) -> PathBuf {
        self.folder.join("balloon")
    }

    /// Takes every byte there is.
    pub(super) fn fill(&self) -> Result<()> {
        let mut size = 1 << 20;
        let mut balloon = fs::File::options()
            .create(true)
            .append(true)
            .open(self.balloon())?;
        while size >= 512 {
            // A part may still have fitted; the next smaller piece fills what is left.
            if balloon.write_all(&vec![0; size]).is_err() {
                size /= 2;
            }
        }
        Ok(())
    }

    pub(super) fn free(&self) -> Result<()> {
        fs::remove_file(self.balloon()).context("the balloon")
    }

    /// `ro` or `rw`.
    pub(super) fn remount(&self, how: &str) -> Result<()> {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,{how}")])
            .arg(&self.folder)
            .output()?;
        let told = String::from_utf8_lossy(&done.stderr).into_owned();
        ensure!(done.status.success(), "remount {how}: {told}");
        Ok(())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // What still has a file open there lets go of it with its end.
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}
