//! One thing that is wrong, and the verdict that it must lead to.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::config::Config;
use crate::program::{Run, run};
use crate::rig::Lab;
use crate::{Error, world};

mod beside;
mod endpoints;
mod image_pull;
mod irsa;
mod node_access;
mod node_host;
mod node_join;
mod pod_identity;
mod pod_network;
mod sts;
mod sts_endpoint;
mod time;

/// The default deadline of both programs, twice; beyond it they do not end by themselves.
const LIMIT: Duration = Duration::from_secs(15);

pub struct Scenario {
    /// Also a name for `lab serve --fault`, which takes over what the stand-ins do.
    pub id: &'static str,
    pub title: &'static str,
    pub program: Program,
    /// Breaks one thing of a healthy world.
    pub arrange: fn(&mut Config),
    pub expect: Expect,
}

/// Whose verdict is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// `eks-triage check`
    Check,
    /// `eks-triage check --image` with the lab's image under this tag, or this repository and tag.
    CheckImage(&'static str),
    /// `eks-triage-probe`
    Probe,
    /// `eks-triage-probe`, whose report `eks-triage serve` judges together with what it saw of the
    /// node before anything was broken: what is arranged is so for the pod only.
    Beside,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    Healthy,
    /// The plane, and `chain/link/fault`.
    Decided(&'static str, &'static str),
    /// The plane and the link, as far as they are known, and an input that is asked for.
    Undecided {
        plane: Option<&'static str>,
        link: Option<&'static str>,
        needs: &'static str,
    },
}

/// What a program said, in both of its forms.
pub struct Outcome {
    pub text: Run,
    pub json: Run,
    secrets: Vec<String>,
}

impl Scenario {
    /// In the order of the chains.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        let rooms = [
            node_join::ALL,
            time::ALL,
            endpoints::ALL,
            node_access::ALL,
            node_host::ALL,
            pod_network::ALL,
            image_pull::ALL,
            pod_identity::ALL,
            irsa::ALL,
            sts_endpoint::ALL,
            sts::ALL,
        ];
        rooms.into_iter().flatten()
    }

    pub fn named(id: &str) -> Option<&'static Self> {
        Self::all().find(|it| it.id == id)
    }

    pub fn lab(&self) -> Result<Lab, Error> {
        let mut config = Config::default();
        if self.program != Program::Beside {
            (self.arrange)(&mut config);
        }
        Lab::start(config)
    }

    pub fn command(&self, lab: &Lab) -> Result<Command, Error> {
        self.program.command(lab)
    }

    /// Both forms at once, against the same stand-ins.
    pub fn run(&self) -> Result<Outcome, Error> {
        if self.program == Program::Beside {
            return beside::judged(self);
        }
        let lab = self.lab()?;
        let (mut text, mut json) = (self.command(&lab)?, self.command(&lab)?);
        json.args(["--output", "json"]);
        let (text, json) = std::thread::scope(|scope| {
            let text = scope.spawn(|| run(&mut text, LIMIT));
            let json = run(&mut json, LIMIT);
            (text.join(), json)
        });
        let text = text.map_err(|_| "the program could not be watched")??;
        self.outcome(&lab, text, json?)
    }

    fn outcome(&self, lab: &Lab, text: Run, json: Run) -> Result<Outcome, Error> {
        let strays = lab.strays();
        if strays > 0 {
            return Err(
                format!("{strays} connections of {} to what no stand-in plays", self.id).into()
            );
        }
        Ok(Outcome { text, json, secrets: lab.secrets() })
    }
}

impl Program {
    pub fn command(self, lab: &Lab) -> Result<Command, Error> {
        match self {
            Self::Check => lab.agent("check"),
            Self::CheckImage(image) => {
                let mut command = lab.agent("check")?;
                command.args(["--image", &image_name(image)]);
                Ok(command)
            }
            Self::Probe | Self::Beside => lab.probe(),
        }
    }

    /// As somebody would type it.
    pub fn typed(self) -> String {
        match self {
            Self::Check => "eks-triage check".to_owned(),
            Self::CheckImage(image) => format!("eks-triage check --image {}", image_name(image)),
            Self::Probe => "eks-triage-probe".to_owned(),
            Self::Beside => "eks-triage-probe; eks-triage summary".to_owned(),
        }
    }
}

/// `tag`, or `repository:tag`.
fn image_name(image: &str) -> String {
    let (repository, _) = world::IMAGE.rsplit_once(':').unwrap_or((world::IMAGE, ""));
    match image.split_once(':') {
        Some(_) => repository.replace("/app", &format!("/{image}")),
        None => format!("{repository}:{image}"),
    }
}

impl Expect {
    /// As `lab --list` shows it.
    pub fn words(self) -> String {
        match self {
            Self::Healthy => "healthy".to_owned(),
            Self::Decided(plane, key) => format!("{plane} {key}"),
            Self::Undecided { plane, link, .. } => {
                let known = [plane, link].into_iter().flatten();
                std::iter::once("undecided").chain(known).collect::<Vec<_>>().join(" ")
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_all_chains_are_played() {
        let mut seen = BTreeSet::new();
        let mut chains = BTreeSet::new();
        for scenario in Scenario::all() {
            assert!(seen.insert(scenario.id), "{}", scenario.id);
            if let Expect::Decided(_, key) = scenario.expect {
                chains.insert(key.split('/').next().unwrap());
            }
        }
        assert!(seen.len() >= 20, "{}", seen.len());
        assert_eq!(
            chains.into_iter().collect::<Vec<_>>(),
            ["image-pull", "irsa", "node-join", "pod-identity", "pod-network"]
        );
    }

    #[test]
    fn every_expected_fault_exists() {
        for scenario in Scenario::all() {
            let Expect::Decided(plane, key) = scenario.expect else { continue };
            let parts: Vec<_> = key.split('/').collect();
            let known = diagnosis::chain::links()
                .filter(|(chain, link)| (chain.id, link.id) == (parts[0], parts[1]))
                .flat_map(|(_, link)| link.faults)
                .any(|it| it.id == parts[2] && it.plane.word() == plane);
            assert!(known, "{}: {plane} {key}", scenario.id);
        }
    }

    #[test]
    fn an_image_is_named_by_its_tag_or_with_its_repository() {
        let host = "111122223333.dkr.ecr.us-west-2.amazonaws.com";
        assert_eq!(image_name("1.0"), format!("{host}/app:1.0"));
        assert_eq!(image_name("other:1"), format!("{host}/other:1"));
    }
}
