//! Reads one token file, whatever it turns out to be, without hanging and without keeping more
//! than its claims outside of a [`Secret`].

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use diagnosis::document::token::{self, LIMIT};
use diagnosis::facts::TokenFile;

use crate::secret::Secret;

/// Who writes a file in place is done with it by then; the kubelet swaps a link, which takes none.
const AGAIN: Duration = Duration::from_millis(20);

/// What came of it, and the content when that is a token. An error says why it could not be read,
/// though it is there.
pub(crate) async fn read(path: &Path) -> io::Result<(TokenFile, Option<Secret>)> {
    let first = read_once(path)?;
    if !matches!(first.0, TokenFile::Malformed { .. } | TokenFile::Missing) {
        return Ok(first);
    }
    tokio::time::sleep(AGAIN).await;
    read_once(path)
}

/// Reads through one open file, which stays whole while the kubelet swaps the link to it.
fn read_once(path: &Path) -> io::Result<(TokenFile, Option<Secret>)> {
    let malformed = |why: &str| Ok((TokenFile::Malformed { why: why.to_owned() }, None));
    // Without the flag a FIFO blocks until somebody writes.
    let file = match OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path) {
        Ok(file) => file,
        Err(error) => return unopened(error).map(|it| (it, None)),
    };
    let kind = file.metadata()?.file_type();
    if kind.is_dir() {
        return malformed("a directory, not a file");
    }
    if !kind.is_file() {
        return malformed("not a regular file");
    }
    // With room for all of it, the buffer is never moved and leaves no copy behind.
    let mut content = Vec::with_capacity(LIMIT + 1);
    let read = file.take(LIMIT as u64 + 1).read_to_end(&mut content);
    let secret = Secret::new(content);
    read?;
    let claims = token::claims(secret.expose());
    let is_token = matches!(claims, TokenFile::Claims(_));
    Ok((claims, is_token.then_some(secret)))
}

/// Why the file gives no token; empty where it does.
pub(crate) fn why_not(file: &TokenFile) -> &str {
    match file {
        TokenFile::Claims(_) => "",
        TokenFile::Missing => "no such file",
        TokenFile::Denied => "permission denied",
        TokenFile::Malformed { why } => why,
    }
}

fn unopened(error: io::Error) -> io::Result<TokenFile> {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Ok(TokenFile::Missing),
        ErrorKind::PermissionDenied => Ok(TokenFile::Denied),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;
    use crate::testing::token;

    async fn why(path: &Path) -> String {
        match read(path).await.unwrap() {
            (TokenFile::Malformed { why }, None) => why,
            (other, _) => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_token_gives_its_claims_and_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, token("api", "sts.amazonaws.com")).unwrap();
        let (TokenFile::Claims(claims), Some(secret)) = read(&path).await.unwrap() else {
            panic!("not read");
        };
        assert_eq!(claims.subject, "system:serviceaccount:prod:api");
        assert_eq!(secret.expose(), token("api", "sts.amazonaws.com").as_bytes());
    }

    #[tokio::test]
    async fn what_is_no_token_is_told_apart_and_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let unsigned = crate::testing::encode(r#"{"alg":"none"}"#, r#"{"iss":"i","sub":"s"}"#);
        let cases: [(Vec<u8>, &str); 5] = [
            (Vec::new(), "empty"),
            (vec![b'a'; 1 << 20], "longer than"),
            (b"!!.!!.!!".to_vec(), "not base64url"),
            (unsigned.into_bytes(), "unsigned"),
            (format!("{}\n", token("api", "a")).into_bytes(), "white space"),
        ];
        for (content, reason) in cases {
            fs::write(&path, content).unwrap();
            let why = why(&path).await;
            assert!(why.contains(reason), "`{why}` does not say `{reason}`");
        }
    }

    #[tokio::test]
    async fn a_directory_a_fifo_and_a_device_are_no_files() {
        let folder = tempfile::tempdir().unwrap();
        assert!(why(folder.path()).await.contains("directory"));
        let fifo = folder.path().join("fifo");
        assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        assert!(why(&fifo).await.contains("not a regular file"));
        assert!(why(Path::new("/dev/zero")).await.contains("not a regular file"));
    }

    #[tokio::test]
    async fn a_path_that_leads_nowhere_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        symlink("gone", folder.path().join("dangling")).unwrap();
        for path in [folder.path().join("none"), folder.path().join("dangling"), file.join("token")]
        {
            assert_eq!(read(&path).await.unwrap().0, TokenFile::Missing, "{}", path.display());
        }
    }

    #[test]
    fn no_permission_is_denied_and_the_rest_could_not_be_looked_at() {
        assert_eq!(unopened(ErrorKind::PermissionDenied.into()).unwrap(), TokenFile::Denied);
        assert!(unopened(io::Error::from_raw_os_error(libc::ELOOP)).is_err());
    }

    #[tokio::test]
    async fn a_file_that_is_being_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "").unwrap();
        // Runs while the reader sleeps, since both share one thread.
        let writer = async { fs::write(&path, token("api", "a")).unwrap() };
        let (read, ()) = tokio::join!(read(&path), writer);
        assert!(matches!(read.unwrap().0, TokenFile::Claims(_)));
    }

    /// As the kubelet does: `token` → `..data/token`, `..data` → the current generation.
    #[test]
    fn a_swap_during_the_read_gives_the_old_token_or_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for (generation, account) in [("..1", "old"), ("..2", "new")] {
            fs::create_dir(at(generation)).unwrap();
            fs::write(at(generation).join("token"), token(account, "a")).unwrap();
        }
        symlink("..1", at("..data")).unwrap();
        symlink("..data/token", at("token")).unwrap();
        let path = at("token");
        let reader = std::thread::spawn(move || {
            for _ in 0..2_000 {
                let (claims, secret) = read_once(&path).unwrap();
                let TokenFile::Claims(claims) = claims else { panic!("{claims:?}") };
                let account = claims.subject.rsplit(':').next().unwrap();
                assert_eq!(secret.unwrap().expose(), token(account, "a").as_bytes());
            }
        });
        for generation in ["..2", "..1"].iter().cycle() {
            symlink(generation, at("..swap")).unwrap();
            fs::rename(at("..swap"), at("..data")).unwrap();
            if reader.is_finished() {
                break;
            }
        }
        reader.join().unwrap();
    }
}
