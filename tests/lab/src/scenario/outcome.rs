//! What a scenario led to, beside what it must lead to.

use serde_json::Value;

use super::Expect;
use crate::Error;
use crate::program::Run;

/// What a program said, in both of its forms.
pub struct Outcome {
    pub text: Run,
    pub json: Run,
    pub(super) secrets: Vec<String>,
}

impl Outcome {
    pub fn report(&self) -> Result<Value, Error> {
        let said = || format!("{:?}: {}{}", self.json.code, self.json.stdout, self.json.stderr);
        serde_json::from_str(&self.json.stdout)
            .map_err(|error| format!("{error} in {}", said()).into())
    }

    /// The first secret that was printed somewhere.
    pub fn leaked(&self) -> Option<&str> {
        let printed = [&self.text.stdout, &self.text.stderr, &self.json.stdout, &self.json.stderr];
        let leaked = |it: &&String| printed.iter().any(|text| text.contains(it.as_str()));
        self.secrets.iter().find(leaked).map(String::as_str)
    }

    /// Everything in which it is not what was expected.
    pub fn against(&self, expect: Expect) -> Result<(), Error> {
        let report = self.report()?;
        let mut wrong = Vec::new();
        let mut same = |what: &str, is: &str, should: &str| {
            if is != should {
                wrong.push(format!("{what} is `{is}`, should be `{should}`"));
            }
        };
        let text = |name: &str| report[name].as_str().unwrap_or("none").to_owned();
        let (outcome, code) = match expect {
            Expect::Healthy => ("healthy", 0),
            Expect::Decided(plane, key) => {
                let found = format!("{}/{}/{}", text("chain"), text("link"), text("fault"));
                same("the fault", &found, key);
                same("the plane", &text("plane"), plane);
                ("decided", 3)
            }
            Expect::Undecided { plane, link, needs } => {
                same("the plane", &text("plane"), plane.unwrap_or("none"));
                let found = match report["link"].as_str() {
                    Some(link) => format!("{}/{link}", text("chain")),
                    None => "none".to_owned(),
                };
                same("the link", &found, link.unwrap_or("none"));
                let asked: Vec<_> = report["needs"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|it| &it["input"])
                    .collect();
                let named = asked.iter().any(|it| *it == needs);
                same(
                    &format!("asking for {needs} (asked for {asked:?})"),
                    &named.to_string(),
                    "true",
                );
                ("undecided", 4)
            }
        };
        same("the outcome", &text("outcome"), outcome);
        for (form, run) in [("text", &self.text), ("JSON", &self.json)] {
            same(
                &format!("the exit code with {form}"),
                &format!("{:?}", run.code),
                &format!("{:?}", Some(code)),
            );
        }
        // The title may fill more than one line, and name a time: the forms are of two runs.
        let timeless = |text: &str| text.replace(|it: char| it.is_ascii_digit(), "#");
        let said: Vec<_> = self.text.stdout.split_whitespace().collect();
        let title = text("title");
        let first = timeless(&said.join(" ")).contains(&timeless(&title));
        same(&format!("that the text says `{title}`"), &first.to_string(), "true");
        if outcome == "decided" && report["evidence"].as_array().is_none_or(Vec::is_empty) {
            wrong.push("a decided report quotes nothing".to_owned());
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n  ").into()) }
    }
}
