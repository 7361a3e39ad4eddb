//! One document of the look, in the file that the AWS CLI's command would name.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document;
use crate::collect::account::action::Action;
use crate::collect::account::session::Refused;

/// One call of a command, and what it printed.
pub(crate) struct Answered {
    /// Such as `describe-cluster.json`.
    pub(crate) file: String,
    /// As policies spell it.
    pub(crate) action: &'static str,
    pub(crate) command: String,
    /// Or why there is none.
    pub(crate) text: Result<String, String>,
}

impl Answered {
    pub(super) fn of(
        file: &str,
        action: Action,
        command: String,
        found: Result<Value, Refused>,
    ) -> Self {
        match found {
            Ok(document) => Self::seen(file, action, command, &document),
            Err(why) => Self { file: name(file), ..Self::missed(action, command, why) },
        }
    }

    pub(super) fn seen(file: &str, action: Action, command: String, document: &Value) -> Self {
        Self::said(file, action, command, document::text(document))
    }

    pub(super) fn said(file: &str, action: Action, command: String, text: String) -> Self {
        Self { file: name(file), action: action.name(), command, text: Ok(text) }
    }

    /// The error's own words come first.
    pub(super) fn missed(action: Action, command: String, Refused { why, .. }: Refused) -> Self {
        let own = format!("{}: ", action.name());
        let why = why.strip_prefix(&own).unwrap_or(&why).to_owned();
        Self { file: String::new(), action: action.name(), command, text: Err(why) }
    }
}

/// Of a file, whatever the resource is called.
fn name(text: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_.@+=,".contains(it);
    let name: String = text.chars().map(|it| if plain(it) { it } else { '-' }).collect();
    name + ".json"
}

/// Two roles of one name differ by their paths, of which the file's name has nothing.
pub(super) fn distinct(all: &mut [Answered]) {
    let mut known = BTreeSet::new();
    for it in all.iter_mut().filter(|it| it.text.is_ok()) {
        let stem = it.file.trim_end_matches(".json").to_owned();
        for count in 2.. {
            if known.insert(it.file.clone()) {
                break;
            }
            it.file = format!("{stem}-{count}.json");
        }
    }
}
