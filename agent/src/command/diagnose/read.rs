//! The files, folders and stdin that were named, each by what its content says it is.

use std::fs;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use diagnosis::document::account::{Answers, may_begin};
use diagnosis::document::console::{self, Blanked};
use diagnosis::document::log;
use diagnosis::document::paste::{self, Broken, Kind, documents, kind};

use super::Given;
use crate::args::Diagnose;
use crate::collect::digest;

mod files;
mod named;
mod utf16;

use files::{may_be_read, open, walk, words};
use named::As;

const STDIN: &str = "-";

/// Every mistake at once. What is merely of no use is told in the report.
pub(super) fn all(args: &Diagnose) -> Result<Given, Vec<String>> {
    let mut reader = Reader::default();
    reader.given.answers = Answers::new(digest);
    for text in &args.symptom {
        let log = log::read("--symptom", &mut text.as_bytes());
        reader.given.log("--symptom", "log", log.unwrap_or_default());
    }
    for path in &args.files {
        reader.path(path, As::Anything);
    }
    let accounts = args.service_account.iter().map(|it| (it, As::ServiceAccount));
    let trust = args.trust_policy.iter().map(|it| (it, As::TrustPolicy));
    let logs = args.logs.iter().map(|it| (it, As::Log));
    let described = args.describe.iter().map(|it| (it, As::Described));
    let network = args.network.iter().map(|it| (it, As::Network));
    for (path, wanted) in accounts.chain(trust).chain(logs).chain(described).chain(network) {
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
            Ok(it) if it.is_dir() && wanted == As::Anything => match walk(path) {
                Err(error) => self.mistakes.push(told(error)),
                Ok(found) => {
                    if found.files.is_empty() && found.left.is_empty() {
                        self.given.told(&place, "empty folder");
                    }
                    found.files.iter().for_each(|it| self.found(it));
                    for (path, why) in found.left {
                        self.given.told(&path.display().to_string(), format!("not read: {why}"));
                    }
                }
            },
            Ok(it) if it.is_dir() => {
                self.mistakes.push(format!("{place}: is a folder, not a file; {}", wanted.takes()));
            }
            Ok(it) if !may_be_read(&it) => {
                self.mistakes.push(format!("{place}: neither a file nor a folder"));
            }
            Ok(it) => {
                let read = open(path, &it)
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
        let read = fs::File::open(path)
            .and_then(|file| self.content(&place, &mut BufReader::new(file), As::Anything));
        if let Err(error) = read {
            self.given.told(&place, format!("not read: {}", words(&error)));
            self.given.unread.push(format!("{place}, {}", words(&error)));
        }
    }

    fn content(&mut self, place: &str, input: &mut impl BufRead, wanted: As) -> io::Result<()> {
        let mut head = Vec::new();
        input.by_ref().take(paste::HEAD as u64).read_to_end(&mut head)?;
        if let Some(text) = utf16::decoded(&head) {
            let mut rest = Vec::new();
            input.by_ref().take(paste::LIMIT as u64).read_to_end(&mut rest)?;
            head.extend(rest);
            if !input.fill_buf()?.is_empty() {
                self.given.told(place, "UTF-16, of which only the first 16 MB were read");
            }
            let text = utf16::decoded(&head).unwrap_or(text);
            return self.content(place, &mut Cursor::new(text.into_bytes()), wanted);
        }
        if console::may_be_encoded(&head) {
            input.by_ref().take(console::LIMIT as u64).read_to_end(&mut head)?;
            if let Some(text) = console::encoded(&head) {
                return self.content(place, &mut Cursor::new(text.into_bytes()), wanted);
            }
        }
        let recognised = kind(&head);
        match recognised {
            Kind::Empty => self.useless(place, "empty", "", wanted),
            Kind::Binary => self.useless(place, "binary", ": paste it as text", wanted),
            Kind::Log => {
                if may_begin(&head) && matches!(wanted, As::Anything) {
                    let limit = paste::LIMIT.saturating_sub(head.len()) as u64;
                    input.by_ref().take(limit).read_to_end(&mut head)?;
                    self.given.answer(place, &String::from_utf8_lossy(&head));
                }
                return self.log(place, &head, input, wanted);
            }
            _ => {
                let limit = paste::LIMIT.saturating_sub(head.len()) as u64;
                input.by_ref().take(limit).read_to_end(&mut head)?;
                let more = !input.fill_buf()?.is_empty();
                let text = String::from_utf8_lossy(&head);
                if matches!(wanted, As::Anything | As::Network | As::TrustPolicy) {
                    self.given.answer(place, &text);
                }
                match documents(recognised, place, &text) {
                    Ok(Some(all)) => self.documents(place, recognised, all, wanted),
                    // A log may begin like a document.
                    Err(_) if wanted == As::Log => return self.log(place, &head, input, wanted),
                    Err(broken) if more => {
                        let why = "is longer than 16 MB; give the part that matters".to_owned();
                        self.broken(place, &Broken { why, ..broken }, wanted);
                    }
                    Err(broken) => self.broken(place, &broken, wanted),
                    Ok(None) => return self.log(place, &head, input, wanted),
                }
            }
        }
        Ok(())
    }

    fn documents(&mut self, place: &str, kind: Kind, all: Vec<paste::Document>, wanted: As) {
        let fits = all.iter().any(|it| wanted.fits(kind, it));
        let before = self.given.inputs.len();
        for it in all {
            match it {
                paste::Document::Broken(why) => self.broken(place, &why, wanted),
                it => self.given.document(place, it),
            }
        }
        if !fits {
            let told = &self.given.inputs[before..];
            let is: Vec<&str> = told.iter().map(|it| &*it.recognised_as).collect();
            let is = if is.is_empty() { "of nothing known".to_owned() } else { is.join(" and ") };
            self.mistakes.push(format!("{place}: is {is}; {}", wanted.takes()));
        }
    }

    fn useless(&mut self, place: &str, what: &str, hint: &str, wanted: As) {
        if matches!(wanted, As::Anything | As::Log) {
            self.given.told(place, format!("{what}, not used{hint}"));
        } else {
            self.mistakes.push(format!("{place}: is {what}; {}", wanted.takes()));
        }
    }

    fn broken(&mut self, place: &str, broken: &Broken, wanted: As) {
        let Broken { line, why } = broken;
        let at = line.map(|it| format!(":{it}")).unwrap_or_default();
        if wanted != As::Anything {
            self.mistakes.push(format!("{place}{at}: {why}"));
            return;
        }
        crate::output::talk(&format!("{place}{at}: {why}"));
        let at = line.map(|it| format!("line {it} ")).unwrap_or_default();
        self.given.told(place, format!("not read: {at}{why}"));
        self.given.unread.push(format!("{place}, {at}{why}"));
        self.partial.push(format!("{place}: of no use as it is"));
    }

    fn log(
        &mut self,
        place: &str,
        head: &[u8],
        rest: &mut impl BufRead,
        wanted: As,
    ) -> io::Result<()> {
        let name = log::name(head);
        if !matches!(wanted, As::Anything | As::Log) {
            let mistake = format!("{place}: is {name}; {}; a log goes with --logs", wanted.takes());
            self.mistakes.push(mistake);
            return Ok(());
        }
        let mut rest = Blanked::new(head.chain(rest));
        let log = log::read(place, &mut rest)?;
        self.given.log(place, name, log);
        match rest.finish() {
            Some(Ok(found)) => self.given.document(place, paste::Document::Console(found)),
            Some(Err(why)) => self.broken(place, &why, wanted),
            None => {}
        }
        Ok(())
    }
}
