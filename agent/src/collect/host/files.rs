//! Files of the host, below its root, read up to a limit.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use diagnosis::facts::Source;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use crate::collect::ask::{self, Missed};

/// Local files; a mount that hangs is left.
const LIMIT: Duration = Duration::from_secs(5);

/// More than any configuration has.
const MOST: u64 = 1 << 20;

/// As many as the kernel follows.
const LINKS: usize = 40;

/// On a thread that can be left behind.
pub(super) async fn aside<T: Send + 'static>(
    look: impl FnOnce() -> T + Send + 'static,
    place: &str,
    deadline: Instant,
) -> Result<T, Missed> {
    let done = timeout_at(ask::within(LIMIT, deadline), spawn_blocking(look)).await;
    done.ok().and_then(Result::ok).ok_or_else(|| Missed::new(place, "it could not be read in time"))
}

/// Told by the path that the node itself knows.
pub(super) fn source(place: &str, text: impl Into<String>) -> Source {
    Source::new(place, reach::now(), text)
}

/// May hold a secret, so that it leaves memory when it is dropped.
pub(super) fn read(root: &Path, path: &str) -> Result<Zeroizing<String>, Missed> {
    let missed = |error: std::io::Error| Missed::new(path, error.to_string());
    let below = below(root, path);
    if !fs::metadata(&below).map_err(missed)?.is_file() {
        return Err(Missed::new(path, "it is no file"));
    }
    let mut text = Zeroizing::new(String::new());
    File::open(&below).map_err(missed)?.take(MOST).read_to_string(&mut text).map_err(missed)?;
    Ok(text)
}

/// The first of these that is there; otherwise why none of them is.
pub(super) fn first(
    root: &Path,
    paths: &[&'static str],
) -> Result<(&'static str, Zeroizing<String>), Missed> {
    let mut refusals = Vec::new();
    for path in paths {
        match read(root, path) {
            Ok(text) => return Ok((path, text)),
            Err(missed) => refusals.push(format!("`{path}`: {}", missed.why)),
        }
    }
    Err(Missed::new(paths.first().unwrap_or(&""), refusals.join(", ")))
}

/// The files of a folder in the order of their names; none where there is no such folder.
pub(super) fn folder(root: &Path, path: &str, ending: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(below(root, path)) else { return Vec::new() };
    let names = entries.flatten().filter_map(|it| it.file_name().into_string().ok());
    let mut names: Vec<_> = names.filter(|it| it.ends_with(ending)).take(100).collect();
    names.sort();
    names.iter().map(|name| format!("{path}/{name}")).collect()
}

/// Whether something has this path; `None` where that cannot be seen.
pub(super) fn exists(root: &Path, path: &str) -> Option<bool> {
    match fs::symlink_metadata(below(root, path)) {
        Ok(_) => Some(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(false),
        Err(_) => None,
    }
}

/// The host's links are followed below its root, not below this process' own.
pub(super) fn below(root: &Path, path: &str) -> PathBuf {
    let mut left: Vec<_> = parts(Path::new(path)).into_iter().rev().collect();
    let (mut at, mut links) = (root.to_owned(), 0);
    while let Some(part) = left.pop() {
        if part == ".." {
            if at != root {
                at.pop();
            }
            continue;
        }
        at.push(&part);
        if links < LINKS
            && let Ok(target) = fs::read_link(&at)
        {
            links += 1;
            if target.is_absolute() {
                root.clone_into(&mut at);
            } else {
                at.pop();
            }
            left.extend(parts(&target).into_iter().rev());
        }
    }
    at
}

fn parts(path: &Path) -> Vec<std::ffi::OsString> {
    let part = |it: Component<'_>| match it {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    };
    path.components().filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_of_the_host_stay_below_its_root() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        fs::create_dir_all(at("var/lib/kubelet/pki")).unwrap();
        fs::write(at("var/lib/kubelet/pki/a.pem"), "a").unwrap();
        symlink("/var/lib/kubelet/pki/a.pem", at("var/lib/kubelet/pki/current.pem")).unwrap();
        symlink("../../../../../etc/passwd", at("var/out")).unwrap();
        symlink("loop", at("var/loop")).unwrap();
        assert_eq!(&**read(root.path(), "/var/lib/kubelet/pki/current.pem").ok().unwrap(), "a");
        assert_eq!(below(root.path(), "/var/out"), at("etc/passwd"));
        assert!(read(root.path(), "/var/loop").is_err());
        assert!(read(root.path(), "/var/lib").is_err());
        assert_eq!(exists(root.path(), "/var/lib"), Some(true));
        assert_eq!(exists(root.path(), "/nowhere/x"), Some(false));
        assert_eq!(folder(root.path(), "/var/lib/kubelet/pki", ".pem").len(), 2);
    }

    #[tokio::test]
    async fn a_look_that_hangs_is_left_behind() {
        let (_sender, never) = std::sync::mpsc::channel::<()>();
        let soon = Instant::now() + Duration::from_millis(20);
        let look = move || never.recv_timeout(Duration::from_secs(5)).is_ok();
        assert!(aside(look, "x", soon).await.is_err());
    }
}
