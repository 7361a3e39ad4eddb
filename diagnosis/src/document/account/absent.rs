//! What was asked for in vain: it does not exist, or may not be read.

use serde_json::Value;

use super::Answers;
use super::names::{self, Known};
use crate::document::redact::Clean;
use crate::document::stamp;
use crate::facts::{Observed, Refused, Source};

/// A command that gave no answer.
pub(super) struct Missed {
    /// Such as `eks:ListAccessEntries`.
    pub(super) action: String,
    /// The command, where it is known.
    pub(super) command: String,
    pub(super) why: String,
    pub(super) source: Source,
}

/// Where an error's own words begin, as the CLI writes them.
const ERROR: &str = "An error occurred (";

/// Codes with which AWS says that there is nothing of this name.
const NOT_FOUND: [&str; 9] = [
    "ResourceNotFoundException",
    "NoSuchEntity",
    "InvalidLaunchTemplateId.NotFound",
    "InvalidLaunchTemplateId.VersionNotFound",
    "InvalidLaunchTemplateName.NotFoundException",
    "InvalidAMIID.NotFound",
    "InvalidAMIID.Unavailable",
    "InvalidVpcID.NotFound",
    "InvalidDhcpOptionID.NotFound",
];

/// Whether it is nothing but an error.
pub(super) fn is_error(text: &str) -> bool {
    let mut lines = text.lines().filter(|it| !it.trim().is_empty());
    lines.next().and_then(|it| it.find(ERROR)).is_some_and(|at| at <= BEFORE) && lines.count() < 4
}

/// What newer versions of the CLI write before it.
const BEFORE: usize = 40;

/// Codes with which AWS refuses who may not.
const REFUSED: [&str; 2] = ["AccessDenied", "UnauthorizedOperation"];

impl Missed {
    /// Whether a statement that allows it would help: it lifts no explicit deny.
    pub(super) fn lacks_right(&self) -> bool {
        REFUSED.iter().any(|it| self.why.contains(it)) && !self.why.contains("explicit deny")
    }

    pub(super) fn says_absent(&self) -> bool {
        let code = self.why.split([':', ' ', '(', ')']).find(|it| !it.is_empty());
        code.is_some_and(|code| {
            NOT_FOUND.iter().any(|it| *it == code.trim_end_matches("Exception") || *it == code)
        })
    }

    /// Whether it is about this name, by the command, by AWS's own words or by where they stand; a
    /// refusal that names nothing is about all.
    fn is_about(&self, name: &str) -> bool {
        let said = [&self.command, &self.why].into_iter().any(|it| names::has(it, name));
        said || names::named_after(&self.source.place, name)
    }
}

impl Answers {
    /// What could not be asked, or was refused: the facts of that command are failed looks.
    pub fn missed(&mut self, action: &str, command: &str, why: &str) {
        let why = Clean::new(why).into_text();
        let source = Source {
            place: if command.is_empty() { action.to_owned() } else { command.to_owned() },
            text: why.clone(),
            ..Source::default()
        };
        self.add_missed(action, command, why, source);
    }

    fn add_missed(&mut self, action: &str, command: &str, why: String, source: Source) {
        let (action, command) = (action.to_owned(), command.to_owned());
        self.missed.push(Missed { action, command, why, source });
    }

    /// `not-read.json`
    pub(super) fn not_read(&mut self, place: &str, value: &Value) -> Option<String> {
        let all = value.get("notRead")?.as_array()?;
        let text = |it: &Value, key: &str| it[key].as_str().unwrap_or_default().to_owned();
        for it in all {
            let why = Clean::new(&text(it, "why")).into_text();
            let command = text(it, "command");
            let place = if command.is_empty() { place.to_owned() } else { command.clone() };
            let source = Source { place, text: why.clone(), ..Source::default() };
            self.add_missed(&text(it, "action"), &command, why, source);
        }
        self.taken_at = value["takenAt"].as_str().and_then(stamp::of).or(self.taken_at.take());
        Some(format!("{} calls that could not be made", all.len()))
    }

    /// An error in the place of a document.
    pub(super) fn error(&mut self, place: &str, text: &str) -> Option<String> {
        let (line, said) = (1..).zip(text.lines()).find(|(_, it)| it.contains(ERROR))?;
        let (before, rest) = said.split_once(ERROR)?;
        if before.len() > BEFORE {
            return None;
        }
        let (code, rest) = rest.split_once(')')?;
        let operation = rest.split_once("when calling the ")?.1.split_once(" operation")?.0;
        let Known { action, .. } = names::of_operation(operation)?;
        let message = rest.split_once(": ").map_or("", |(_, it)| it);
        let why = Clean::new(&format!("{code}: {}", message.trim())).into_text();
        let text = Clean::new(said.trim_end()).into_text();
        let source = Source { place: place.to_owned(), line, at: None, text };
        let what = format!("refusal of {action}, {code}");
        self.add_missed(action, "", why, source);
        Some(what)
    }

    /// That there is none of this name, in AWS's own words.
    pub(super) fn absent(&self, action: &str, name: &str) -> Option<Source> {
        let of = |it: &&Missed| it.action == action && it.says_absent() && it.is_about(name);
        let found = self.missed.iter().find(of)?;
        let text = if found.source.text.is_empty() { &found.why } else { &found.source.text };
        Some(Source { text: text.clone(), ..found.source.clone() })
    }

    /// One of each action.
    pub(super) fn refused(&self) -> Vec<Refused> {
        let mut all: Vec<Refused> = Vec::new();
        for it in self.missed.iter().filter(|it| !it.says_absent()) {
            if all.iter().all(|known| known.action != it.action) {
                all.push(Refused { action: it.action.clone(), why: it.why.clone() });
            }
        }
        all
    }

    /// Why a list about this name could not be read.
    pub(super) fn why_not(&self, action: &str, name: &str) -> Option<String> {
        match self.failed::<()>(action, name)? {
            Observed::Failed { why, .. } => Some(why),
            _ => None,
        }
    }

    /// Why nothing could be read of this name; an empty one: of the list.
    pub(super) fn failed<T>(&self, action: &str, name: &str) -> Option<Observed<T>> {
        let of = |it: &&Missed| it.action == action && !it.says_absent();
        let about = |it: &&Missed| name.is_empty() || it.is_about(name);
        let all = || self.missed.iter().filter(of);
        // One that was refused without a name may have been this one.
        let found = all().find(about).or_else(|| all().find(|it| it.command.is_empty()))?;
        Some(Observed::failed(&found.why, found.source.clone()))
    }
}
