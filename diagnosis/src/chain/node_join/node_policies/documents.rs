//! The documents of the node role, and what they allow together.

use super::{
    Needed, data,
    faults::{BOUNDARY, DENIED},
};
use crate::{
    aws::RoleArn,
    chain::{Fault, Verdict, node_join::of_account},
    facts::{
        Facts, Missing, Role,
        inputs::{INLINE_POLICIES, NODE_POLICY, NODE_ROLE_POLICIES},
    },
    iam::{self, Answer, Document, Element, Policy, Request},
    report::Evidence,
};

/// The role's policies as far as they are known.
pub(super) struct Documents {
    policies: Vec<Policy>,
    /// To which of the role's policies each belongs.
    of: Vec<usize>,
    /// Policies that could give something, as nobody read them.
    unread: Vec<String>,
    /// And those that could take something away.
    doubtful: Vec<String>,
    boundary: Option<Policy>,
}

impl Documents {
    pub(super) fn of(role: &Role) -> Self {
        let (mut policies, mut of) = (Vec::new(), Vec::new());
        let (mut unread, mut doubtful) = (role.unread.clone(), role.unread.clone());
        for (at, it) in role.policies.iter().enumerate() {
            if let Some(policy) = document(&it.name, &it.text) {
                policies.push(policy);
                of.push(at);
            } else {
                unread.push(it.name.clone());
                doubtful.extend(Some(it.name.clone()).filter(|it| data::may_deny(it)));
            }
        }
        let boundary = role.boundary.as_ref();
        let read = boundary.and_then(|it| document(&it.name, &it.text));
        if let Some(it) = boundary.filter(|_| read.is_none()) {
            doubtful.push(it.name.clone());
        }
        Self { policies, of, unread, doubtful, boundary: read }
    }

    /// `None` where all is allowed.
    pub(super) fn allow(
        &self,
        facts: &Facts,
        role: &Role,
        needed: &'static Needed,
    ) -> Result<Option<Verdict>, Missing> {
        let mut open = None;
        for action in needed.actions {
            match self.ask(facts, role, action) {
                Answer::Allowed { .. } if self.doubtful.is_empty() => {}
                Answer::Allowed { .. } => open = open.or_else(|| self.unread_first(action)),
                Answer::Denied { explicit: true, why } => {
                    let first = why.first();
                    let (name, quote) = self.quoted(role, first);
                    let broken = Verdict::broken(&DENIED, format!("{action}: {name}"), quote);
                    let broken = broken.and_evidence(attached(role, &name));
                    return Ok(Some(named(broken, action, &name)));
                }
                Answer::Denied { why, .. } => {
                    let first = why.first();
                    let limited = |it: &iam::Why| it.document == Document::Boundary;
                    if first.is_some_and(limited) && !why.iter().any(|it| !limited(it)) {
                        let (name, quote) = self.quoted(role, first);
                        let broken = Verdict::broken(&BOUNDARY, format!("{action}: {name}"), quote);
                        return Ok(Some(named(broken, action, &name)));
                    }
                    // On other resources it may: whose they are is not known here.
                    if elsewhere(&why) {
                        let why = format!("{action} is allowed on some resources only");
                        open = open.or(Some(NODE_ROLE_POLICIES.missing(why)));
                    } else if self.unread.is_empty() {
                        return Ok(Some(lacking(role, needed.fault, action)));
                    } else {
                        open = open.or_else(|| self.unread_first(action));
                    }
                }
                Answer::Unknown { why } => {
                    let words = why.first().map_or("not evaluated", |it| &it.words);
                    open = open.or(Some(NODE_ROLE_POLICIES.missing(format!("{action}: {words}"))));
                }
            }
        }
        open.map_or(Ok(None), Err)
    }

    fn unread_first(&self, action: &str) -> Option<Missing> {
        let name = self.unread.first().or(self.doubtful.first())?;
        // A list of them that was refused says why.
        let lists =
            [("attached policies", &NODE_ROLE_POLICIES), ("inline policies", &INLINE_POLICIES)];
        let list = lists.iter().find(|(it, _)| name.starts_with(it)).map(|(_, input)| *input);
        Some(list.unwrap_or(&NODE_POLICY).missing(format!("{action}: {name} was not read")))
    }

    fn ask(&self, facts: &Facts, role: &Role, action: &str) -> Answer {
        let region = of_account::there(&facts.account.group.cluster)
            .and_then(|(it, _)| it.arn.split(':').nth(3))
            .unwrap_or_default();
        let partition = RoleArn::parse(&role.arn).map_or("aws", |it| it.partition);
        // Of one of EKS's own images; other actions are asked of whatever there may be.
        let resource = match action {
            "ecr:BatchGetImage" | "ecr:GetDownloadUrlForLayer" => {
                format!("arn:{partition}:ecr:{region}:602401143452:repository/eks/pause")
            }
            _ => "*".to_owned(),
        };
        let request = Request::call(&role.arn, action, Some(&resource));
        let request = match region {
            "" => request,
            region => request.with("aws:RequestedRegion", [region]),
        };
        iam::identity(&self.policies, self.boundary.as_ref(), &request)
    }

    /// The policy by its name, and what in it decides.
    fn quoted(&self, role: &Role, why: Option<&iam::Why>) -> (String, Evidence) {
        let document = why.map(|it| match it.document {
            Document::Policy(at) => self.of.get(at).and_then(|at| role.policies.get(*at)),
            Document::Boundary => role.boundary.as_ref(),
        });
        let name = document.flatten().map_or(role.arn.clone(), |it| it.name.clone());
        let said = document.flatten().is_some_and(|it| !it.text.is_empty());
        let quote = why.map_or("", |it| it.quote.lines().next().unwrap_or_default().trim());
        let quote = if said && !quote.is_empty() { quote.to_owned() } else { name.clone() };
        let evidence = Evidence { quote, source: short(&name).to_owned(), line: None };
        (name, evidence)
    }

    /// What works, and is more than a node needs.
    pub(super) fn risks(&self, facts: &Facts, role: &Role, verdict: Verdict) -> Verdict {
        const BEYOND: [&str; 4] =
            ["iam:CreateRole", "s3:GetObject", "secretsmanager:GetSecretValue", "ec2:RunInstances"];
        let tells = |what: &str| {
            format!("the node role {what}, and so may every pod that reaches its metadata service")
        };
        let wide = role.policies.iter().filter(|it| data::is_wide(&it.name));
        let mut verdict = wide.fold(verdict, |verdict, it| {
            let title = tells(&format!("has {}, far more than a node needs", short(&it.name)));
            verdict.and_risk(title, attached(role, &it.name))
        });
        if verdict.risks.is_empty() {
            for action in BEYOND {
                if let Answer::Allowed { by, .. } = self.ask(facts, role, action)
                    && let Document::Policy(at) = by.document
                    && let Some(it) = self.of.get(at).and_then(|at| role.policies.get(*at))
                {
                    let title = tells(&format!("may {action} everywhere, by {}", short(&it.name)));
                    verdict = verdict.and_risk(title, attached(role, &it.name));
                }
            }
        }
        verdict
    }
}

fn document(name: &str, text: &str) -> Option<Policy> {
    let text = if text.is_empty() { data::known(name)? } else { text };
    Policy::parse(text).ok()
}

pub(super) fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn named(verdict: Verdict, action: &str, policy: &str) -> Verdict {
    verdict.with("action", action).with("policy", policy)
}

/// Whether a statement allows the action itself, on other resources.
fn elsewhere(why: &[iam::Why]) -> bool {
    let of_action = |it: &iam::Why| matches!(it.element, Element::Action | Element::NotAction);
    why.iter().filter(|it| it.element == Element::Resource).any(|it| {
        let same =
            |other: &&iam::Why| (other.document, other.statement) == (it.document, it.statement);
        !why.iter().filter(same).any(of_action)
    })
}

/// A policy by its name, as the role has it.
fn attached(role: &Role, name: &str) -> Evidence {
    let source = format!("policies of role {}", short(&role.arn));
    Evidence { quote: name.to_owned(), source, line: None }
}

/// What the role has instead.
fn lacking(role: &Role, fault: &'static Fault, action: &str) -> Verdict {
    let source = format!("policies of role {}", short(&role.arn));
    let quote =
        |quote: &str| Evidence { quote: quote.to_owned(), source: source.clone(), line: None };
    let mut names = role.policies.iter().map(|it| quote(&it.name));
    let first = names.next().unwrap_or_else(|| quote(&role.arn));
    let broken = Verdict::broken(fault, format!("{action} is allowed by none of them"), first);
    names.take(4).fold(broken, Verdict::and_evidence).with("action", action)
}
