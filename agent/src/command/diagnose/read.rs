//! The files, folders and stdin that were named, each by what its content says it is.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use diagnosis::document::log;
use diagnosis::document::paste::{self, Kind, documents, kind};

use super::Given;
use crate::args::Diagnose;

const STDIN: &str = "-";

/// Folders within folders; what is deeper was not pasted.
const DEPTH: usize = 4;

/// As a person would paste; a folder with more is another kind of folder.
const FILES: usize = 500;

/// Every mistake at once. What is merely of no use is told in the report.
pub(super) fn all(args: &Diagnose) -> Result<Given, Vec<String>> {
    let mut reader = Reader::default();
    for text in &args.symptom {
        let log = log::read("--symptom", &mut text.as_bytes());
        reader.given.log("--symptom", log.unwrap_or_default());
    }
    for path in &args.files {
        reader.path(path, As::Anything);
    }
    let accounts = args.service_account.iter().map(|it| (it, As::ServiceAccount));
    let trust = args.trust_policy.iter().map(|it| (it, As::TrustPolicy));
    let logs = args.logs.iter().map(|it| (it, As::Log));
    let described = args.describe.iter().map(|it| (it, As::Described));
    for (path, wanted) in accounts.chain(trust).chain(logs).chain(described) {
        reader.path(path, wanted);
    }
    let Reader { given, mut mistakes, partial } = reader;
    if mistakes.is_empty() && given.any {
        return Ok(given);
    }
    if mistakes.is_empty() && partial.is_empty() {
        let unused = given.inputs.iter().map(|it| format!("{}: {}", it.source, it.recognised_as));
        mistakes.extend(unused);
        mistakes.push(
            "there is nothing to diagnose; name files, a folder, `-` for stdin, or --symptom TEXT"
                .to_owned(),
        );
    }
    Err(partial.into_iter().chain(mistakes).collect())
}

/// What the command line says that a file is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum As {
    Anything,
    ServiceAccount,
    TrustPolicy,
    Log,
    Described,
}

#[derive(Default)]
struct Reader {
    given: Given,
    /// Of the command line: nothing is diagnosed.
    mistakes: Vec<String>,
    /// Of some content: the rest is diagnosed without it.
    partial: Vec<String>,
}

impl Reader {
    fn path(&mut self, path: &Path, wanted: As) {
        let place = path.display().to_string();
        if place == STDIN {
            // What cannot be read from stdin was not piped as it should.
            if let Err(error) = self.content(STDIN, &mut BufReader::new(io::stdin()), wanted) {
                self.mistakes.push(format!("stdin: {error}"));
            }
            return;
        }
        let told = |error: io::Error| format!("{place}: {}", words(&error));
        match fs::metadata(path) {
            Err(error) => self.mistakes.push(told(error)),
            Ok(it) if it.is_dir() && wanted == As::Anything => {
                let mut files = Vec::new();
                match walk(path, DEPTH, &mut files) {
                    Err(error) => self.mistakes.push(told(error)),
                    Ok(()) if files.is_empty() => self.given.told(&place, "empty folder"),
                    Ok(()) => files.iter().for_each(|it| self.found(it)),
                }
            }
            Ok(it) if it.is_dir() => {
                self.mistakes.push(format!("{place}: is a folder, not a file"));
            }
            Ok(it) if !it.is_file() && !is_pipe(&it) => {
                self.mistakes.push(format!("{place}: neither a file nor a folder"));
            }
            Ok(_) => {
                let read = File::open(path)
                    .and_then(|file| self.content(&place, &mut BufReader::new(file), wanted));
                if let Err(error) = read {
                    self.mistakes.push(told(error));
                }
            }
        }
    }

    /// Nobody named it, so that it keeps nothing else from being read.
    fn found(&mut self, path: &Path) {
        let place = path.display().to_string();
        let read = File::open(path)
            .and_then(|file| self.content(&place, &mut BufReader::new(file), As::Anything));
        if let Err(error) = read {
            self.given.told(&place, format!("not read: {}", words(&error)));
        }
    }

    fn content(&mut self, place: &str, input: &mut impl BufRead, wanted: As) -> io::Result<()> {
        let mut head = Vec::new();
        input.by_ref().take(paste::HEAD as u64).read_to_end(&mut head)?;
        if let Some(text) = utf16(&head) {
            let mut rest = Vec::new();
            input.by_ref().take(paste::LIMIT as u64).read_to_end(&mut rest)?;
            head.extend(rest);
            let text = utf16(&head).unwrap_or(text);
            return self.content(place, &mut Cursor::new(text.into_bytes()), wanted);
        }
        let recognised = match kind(&head) {
            Kind::Empty => {
                self.given.told(place, "empty, not used");
                return Ok(());
            }
            Kind::Binary => {
                self.given.told(place, "binary, not used: paste it as text");
                return Ok(());
            }
            _ if wanted == As::Log => Kind::Log,
            recognised => recognised,
        };
        if recognised == Kind::Log {
            return self.log(place, &head, input, wanted);
        }
        input.by_ref().take((paste::LIMIT - head.len()) as u64).read_to_end(&mut head)?;
        let text = String::from_utf8_lossy(&head);
        match documents(recognised, place, &text) {
            Ok(Some(all)) => {
                let before = Counts::of(&self.given);
                for it in all {
                    self.given.document(place, it);
                }
                if let Some(missing) = before.missing(&self.given, wanted) {
                    self.mistakes.push(format!("{place}: {missing}"));
                }
            }
            Ok(None) => return self.log(place, text.as_bytes(), input, wanted),
            Err(broken) => {
                let line = broken.line.map(|it| format!(":{it}")).unwrap_or_default();
                crate::output::talk(&format!("{place}{line}: {}", broken.why));
                let line = broken.line.map(|it| format!("line {it} ")).unwrap_or_default();
                self.given.told(place, format!("not read: {line}{}", broken.why));
                self.partial.push(format!("{place}: of no use as it is"));
            }
        }
        Ok(())
    }

    fn log(
        &mut self,
        place: &str,
        head: &[u8],
        rest: &mut impl BufRead,
        wanted: As,
    ) -> io::Result<()> {
        if !matches!(wanted, As::Anything | As::Log) {
            let what = wanted.word();
            self.mistakes.push(format!("{place}: is no {what}; a log goes with --logs"));
            return Ok(());
        }
        let log = log::read(place, &mut head.chain(rest))?;
        self.given.log(place, log);
        Ok(())
    }
}

impl As {
    const fn word(self) -> &'static str {
        match self {
            Self::Anything => "document",
            Self::ServiceAccount => "ServiceAccount",
            Self::TrustPolicy => "trust policy",
            Self::Log => "log",
            Self::Described => "output of kubectl describe",
        }
    }
}

/// So that a file holds what its option says.
struct Counts {
    service_accounts: usize,
    trust: usize,
    objects: usize,
}

impl Counts {
    fn of(given: &Given) -> Self {
        let service_accounts = given.service_accounts.len();
        Self {
            service_accounts,
            trust: given.trust.len() + given.roles.len(),
            objects: service_accounts + given.pods.len() + given.events.len(),
        }
    }

    fn missing(&self, given: &Given, wanted: As) -> Option<String> {
        let now = Self::of(given);
        let has = match wanted {
            As::Anything | As::Log => true,
            As::ServiceAccount => now.service_accounts > self.service_accounts,
            As::TrustPolicy => now.trust > self.trust,
            As::Described => now.objects > self.objects,
        };
        (!has).then(|| format!("holds no {}", wanted.word()))
    }
}

/// In the order of their names. Hidden files were not pasted.
fn walk(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        // Of the entry itself, so that no link leads out or round in a circle.
        let kind = entry.file_type()?;
        if hidden || files.len() >= FILES {
            continue;
        }
        if kind.is_file() {
            files.push(entry.path());
        } else if kind.is_dir() && depth > 1 && walk(&entry.path(), depth - 1, files).is_err() {
            // Told when it is opened as a file.
            files.push(entry.path());
        }
    }
    Ok(())
}

/// `diagnose <(kubectl …)` gives a pipe.
fn is_pipe(it: &fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    it.file_type().is_fifo()
}

/// What PowerShell makes of `>`.
fn utf16(bytes: &[u8]) -> Option<String> {
    let (little, rest) = match bytes {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] => (false, rest),
        _ => return None,
    };
    let unit =
        |it: &[u8; 2]| if little { u16::from_le_bytes(*it) } else { u16::from_be_bytes(*it) };
    let units: Vec<u16> = rest.as_chunks::<2>().0.iter().map(unit).collect();
    Some(String::from_utf16_lossy(&units))
}

fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied; run as who may read it".to_owned(),
        _ => error.to_string(),
    }
}
