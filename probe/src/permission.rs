//! Why a file may not be read: as whom this process runs, and whose the file is.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The kernel's own word on this process; a container without `/proc` says nothing.
const SELF: &str = "/proc/self/status";

/// More groups than anyone reads.
const GROUPS: usize = 16;

/// One line for whoever mends it: the group is what `fsGroup` would add.
pub(crate) fn denied(path: &Path) -> String {
    let mut text = "permission denied".to_owned();
    if let Some(own) = fs::read_to_string(SELF).ok().and_then(|it| own(&it)) {
        // Writing to a String cannot fail.
        let _ = write!(text, "; this process is {own}");
    }
    // Follows the links that the kubelet makes; a closed folder on the way hides it.
    if let Ok(it) = fs::metadata(path) {
        let mode = it.mode() & 0o7777;
        let _ = write!(text, "; the file is mode {mode:04o}, uid {}, gid {}", it.uid(), it.gid());
    }
    text
}

/// From the lines `Uid:`, `Gid:` (real, effective, saved, file system) and `Groups:`.
fn own(status: &str) -> Option<String> {
    let field = |name: &str| status.lines().find_map(|it| it.strip_prefix(name));
    let effective = |name: &str| field(name)?.split_whitespace().nth(1);
    let (uid, gid) = (effective("Uid:")?, effective("Gid:")?);
    let groups: Vec<_> = field("Groups:")?.split_whitespace().take(GROUPS).collect();
    if groups.is_empty() {
        return Some(format!("uid {uid}, gid {gid}, without further groups"));
    }
    Some(format!("uid {uid}, gid {gid}, groups {}", groups.join(" ")))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_process_and_the_file_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let text = denied(&path);
        assert!(text.starts_with("permission denied; this process is uid "), "{text}");
        assert!(text.contains("; the file is mode 0600, uid "), "{text}");
        assert!(!denied(Path::new("/nonexistent/t")).contains("the file is"));
    }

    #[test]
    fn the_effective_ids_are_read_and_groups_where_there_are_any() {
        let status = "Name:\tx\nUid:\t1\t65534\t1\t1\nGid:\t2\t65533\t2\t2\nGroups:\t \n";
        assert_eq!(own(status).unwrap(), "uid 65534, gid 65533, without further groups");
        let status = status.replace("\t \n", "\t1000 2000 \n");
        assert_eq!(own(&status).unwrap(), "uid 65534, gid 65533, groups 1000 2000");
        assert_eq!(own("Uid:\t1\n"), None);
    }
}
