//! One thing that is wrong, and the verdict that it must lead to.

use std::process::Command;
use std::time::Duration;

pub use self::outcome::Outcome;
use crate::config::Config;
use crate::program::{Run, run};
use crate::rig::Lab;
use crate::{Error, world};

mod beside;
mod decided;
mod endpoints;
mod image_pull;
mod irsa;
mod node_access;
mod node_host;
mod node_join;
mod outcome;
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
