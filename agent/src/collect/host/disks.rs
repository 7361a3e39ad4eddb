//! How full the file systems of the root, the kubelet and containerd are.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use diagnosis::facts::{Disk, Observed};
use rustix::fs::{StatVfs, statvfs};
use tokio::time::Instant;

use super::files;
use crate::collect::ask::{Found, Missed, observed};

const PLACE: &str = "statvfs";
const PATHS: [&str; 3] = ["/", "/var/lib/kubelet", "/var/lib/containerd"];

/// Where the node's own image is not seen, neither are its disks.
const KUBELET: &str = "/var/lib/kubelet";

pub(super) async fn look(root: PathBuf, deadline: Instant) -> Observed<Vec<Disk>> {
    observed(files::aside(move || disks(&root), PLACE, deadline).await.unwrap_or_else(Err))
}

/// A file system that several of the paths are on is told once.
fn disks(root: &Path) -> Found<Vec<Disk>> {
    if files::exists(root, KUBELET) != Some(true) {
        return Err(Missed::new(PLACE, format!("{KUBELET} is not seen here")));
    }
    let mut seen: Vec<(u64, Disk)> = Vec::new();
    for path in PATHS {
        let below = files::below(root, path);
        let (Ok(of), Ok(stat)) = (fs::metadata(&below), statvfs(&below)) else { continue };
        if seen.iter().all(|(id, _)| *id != of.dev()) {
            seen.push((of.dev(), disk(path, &stat)));
        }
    }
    if seen.is_empty() {
        return Err(Missed::new(PLACE, "no file system can be asked"));
    }
    let disks: Vec<Disk> = seen.into_iter().map(|(_, disk)| disk).collect();
    let text: Vec<_> = disks.iter().map(line).collect();
    Ok((disks, files::source(PLACE, text.join("\n"))))
}

fn disk(path: &str, stat: &StatVfs) -> Disk {
    Disk {
        path: path.to_owned(),
        free: percent(stat.f_bavail, stat.f_blocks).unwrap_or(100),
        free_inodes: percent(stat.f_favail, stat.f_files),
    }
}

/// Less than one in a hundred is none; where there is no number, nothing is known.
fn percent(free: u64, all: u64) -> Option<u8> {
    let percent = u128::from(free) * 100 / u128::from((all > 0).then_some(all)?);
    Some(u8::try_from(percent.min(100)).unwrap_or(100))
}

fn line(disk: &Disk) -> String {
    let inodes = disk.free_inodes.map(|it| format!(", {it} % of its inodes")).unwrap_or_default();
    format!("{}: {} % free{inodes}", disk.path, disk.free)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_is_told_in_whole_percent() {
        assert_eq!(percent(1, 1000), Some(0));
        assert_eq!(percent(999, 1000), Some(99));
        assert_eq!(percent(u64::MAX, u64::MAX), Some(100));
        assert_eq!(percent(0, 0), None);
    }

    #[test]
    fn a_machine_without_a_kubelet_is_not_asked() {
        let root = tempfile::tempdir().unwrap();
        assert!(disks(root.path()).is_err());
        fs::create_dir_all(root.path().join("var/lib/kubelet")).unwrap();
        let (disks, source) = disks(root.path()).ok().unwrap();
        assert_eq!(disks.len(), 1, "one file system: {disks:?}");
        assert!(source.text.starts_with("/: "), "{}", source.text);
    }
}
