//! The call that AWS refused: who called what on what, as a log, a decoded message or a simulation
//! names it.

use crate::{
    facts::{
        Facts, Line, Missing, Observed, Source, inputs::DECODED_DENIAL, inputs::ROLE_POLICIES,
    },
    iam::{self, Answer, Document, Policy, Request, Why},
    report::Evidence,
};

use super::wanted;

/// In every wording of a refusal that follows the caller's authentication.
const REFUSED: &str = "authorized to perform: ";
const ENCODED: &str = "Encoded authorization failure message:";

pub(super) struct Call<'a> {
    /// Empty where it was not told, or made unreadable.
    pub(super) user: &'a str,
    pub(super) action: &'a str,
    pub(super) resource: Option<&'a str>,
    /// Of the line or answer that names it.
    pub(super) evidence: Evidence,
    pub(super) at: Option<String>,
}

/// The last one that is named.
pub(super) fn call(facts: &Facts) -> Option<Call<'_>> {
    facts
        .lines
        .iter()
        .rev()
        .find_map(in_line)
        .or_else(|| decoded(facts))
        .or_else(|| simulated(facts))
}

/// Why there is nothing to judge; `None` where nothing was refused and the identity is at work.
pub(super) fn unnamed(facts: &Facts) -> Option<Missing> {
    if facts.lines.iter().any(|it| it.text.contains(ENCODED)) {
        return Some(DECODED_DENIAL.missing("a refusal is encoded"));
    }
    let answers = [&facts.pod.web_identity, &facts.pod.pod_identity];
    let works = answers.iter().any(|it| it.value().is_some_and(crate::facts::Answer::accepted))
        || facts.pod.caller.value().is_some();
    let refused = facts.lines.iter().any(|it| it.text.contains("not authorized to perform"));
    match (works, refused) {
        (true, false) => None,
        (_, true) => Some(ROLE_POLICIES.missing("a refusal names no action")),
        (false, false) => Some(ROLE_POLICIES.missing(crate::facts::NOT_SEEN)),
    }
}

fn in_line(line: &Line) -> Option<Call<'_>> {
    let at = line.text.find(REFUSED)?;
    let action = word(&line.text[at + REFUSED.len()..]);
    let before = &line.text[..at];
    let user = before.rfind("User: ").map_or("", |it| word(before[it + 6..].trim_start()));
    let after = &line.text[at + REFUSED.len() + action.len()..];
    let resource = after.strip_prefix(" on resource: ").map(word).filter(|it| it.contains(':'));
    let start = before.rfind('\n').map_or(0, |it| it + 1);
    let offset = u32::try_from(before.matches('\n').count()).unwrap_or(0);
    let evidence = Evidence {
        quote: line.text[start..].lines().next().unwrap_or("").trim().to_owned(),
        source: line.place.clone(),
        line: (line.line > 0).then_some(line.line + offset),
    };
    let call = Call { user, action, resource, evidence, at: line.at.clone() };
    // Only the bootstrap asks this as its node; it is no workload's call.
    let own = action.eq_ignore_ascii_case("eks:DescribeCluster") && call.of_a_node();
    (action.contains(':') && !own).then_some(call)
}

fn word(text: &str) -> &str {
    let end = text.find([' ', '"', '\'', ',', ';', '\\', '\t', '\n']).unwrap_or(text.len());
    text[..end].trim_end_matches('.')
}

fn decoded(facts: &Facts) -> Option<Call<'_>> {
    let Observed::Seen { value, source } = &facts.account.decoded_denial else { return None };
    Some(Call {
        user: &value.principal,
        action: &value.action,
        resource: Some(&value.resource).filter(|it| it.contains(':')).map(String::as_str),
        evidence: source.quote(&value.action),
        at: source.at.clone(),
    })
}

fn simulated(facts: &Facts) -> Option<Call<'_>> {
    let Observed::Seen { value, source } = &facts.account.simulation else { return None };
    Some(Call {
        user: "",
        action: &value.action,
        resource: Some(&value.resource).filter(|it| it.contains(':')).map(String::as_str),
        evidence: source.quote(&value.action),
        at: source.at.clone(),
    })
}

/// As whom the workload calls: the caller of the last refusal, else what `get-caller-identity` told.
pub(super) fn caller(facts: &Facts) -> Option<(&str, Source)> {
    let refused = call(facts).filter(|it| it.role().is_some()).map(|it| {
        let Evidence { quote, source, line } = it.evidence;
        (it.user, Source { place: source, line: line.unwrap_or(0), at: it.at, text: quote })
    });
    refused.or_else(|| facts.lines.iter().rev().find_map(told))
}

fn told(line: &Line) -> Option<(&str, Source)> {
    let at = line.text.find("\"Arn\": \"arn:")? + "\"Arn\": \"".len();
    let arn = word(&line.text[at..]);
    let Line { place, line: number, at, text, .. } = line.clone();
    arn.contains(":assumed-role/").then_some((arn, Source { place, line: number, at, text }))
}

impl Call<'_> {
    /// `arn:<partition>:sts::<account>:assumed-role/<role>/<session>`
    fn session(&self) -> Option<(&str, &str)> {
        self.user.split_once(":assumed-role/")?.1.split_once('/')
    }

    pub(super) fn session_name(&self) -> Option<&str> {
        self.session().map(|(_, session)| session)
    }

    /// EC2 names a node's session after its instance.
    pub(super) fn of_a_node(&self) -> bool {
        self.session_name().is_some_and(|it| it.starts_with("i-"))
    }

    pub(super) fn role(&self) -> Option<&str> {
        self.session().map(|(role, _)| role)
    }

    /// AWS's own words name one of these kinds of policy, or none at all.
    pub(super) fn may_be_of(&self, kinds: &[&str]) -> bool {
        let quote = &self.evidence.quote;
        let kind = ["with an explicit deny in ", "because no "].iter().find_map(|before| {
            let (_, rest) = quote.split_once(before)?;
            Some(rest.trim_start_matches("an ").trim_start_matches("a "))
        });
        kind.is_none_or(|it| kinds.iter().any(|kind| it.starts_with(kind)))
    }

    pub(super) fn account(&self) -> Option<&str> {
        self.user.split(':').nth(4)
    }
}

/// By the policies that were read of the caller's role.
pub(super) struct Policies<'a> {
    pub(super) answer: Answer,
    role: &'a crate::facts::Role,
    pub(super) source: &'a Source,
}

pub(super) fn by_policies<'a>(facts: &'a Facts, call: &Call) -> Result<Policies<'a>, Missing> {
    let wanted = || wanted::role(facts).and_then(|it| it.rsplit('/').next());
    let name = call.role().or_else(wanted);
    let read = name.and_then(|name| wanted::read(facts, name));
    let (role, source) = read.ok_or_else(|| ROLE_POLICIES.missing("its role was not read"))?;
    if let Some(unread) = role.unread.first() {
        return Err(ROLE_POLICIES.missing(format!("not read: {unread}")));
    }
    let parse = |it: &crate::facts::PolicyDocument| {
        let unread =
            |error| ROLE_POLICIES.missing(format!("{} was not understood: {error}", it.name));
        Policy::parse(&it.text).map_err(unread)
    };
    let policies = role.policies.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let boundary = role.boundary.as_ref().map(parse).transpose()?;
    let request = Request::call(&role.arn, call.action, call.resource);
    let answer = iam::identity(&policies, boundary.as_ref(), &request);
    Ok(Policies { answer, role, source })
}

impl Policies<'_> {
    pub(super) fn name(&self, document: Document) -> &str {
        let boundary = self.role.boundary.as_ref();
        match document {
            Document::Policy(at) => self.role.policies.get(at),
            Document::Boundary => boundary,
        }
        .map_or("", |it| &it.name)
    }

    pub(super) fn quote(&self, why: &Why) -> Evidence {
        let source = format!("policy {}", self.name(why.document));
        Evidence { quote: why.quote.clone(), source, line: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Line { place: "app.log".into(), line: 7, text: text.into(), ..Line::default() }
    }

    #[test]
    fn a_refusal_is_taken_apart() {
        let line = line(
            "x\n\"AccessDenied: User: arn:aws:sts::111122223333:assumed-role/api/1712 is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::data/key because no\"",
        );
        let call = in_line(&line).unwrap();
        assert_eq!((call.action, call.resource), ("s3:GetObject", Some("arn:aws:s3:::data/key")));
        assert_eq!((call.role(), call.session_name()), (Some("api"), Some("1712")));
        assert_eq!((call.account(), call.evidence.line), (Some("111122223333"), Some(8)));
        assert!(!call.of_a_node());
    }

    #[test]
    fn the_caller_is_told_by_a_log_of_its_identity() {
        let arn = "arn:aws:sts::111122223333:assumed-role/api/botocore-session-1";
        let lines = vec![line(&format!("{{\"UserId\": \"A:b\", \"Arn\": \"{arn}\"}}"))];
        let facts = Facts { lines, ..Facts::default() };
        assert_eq!(caller(&facts).map(|it| it.0), Some(arn));
        let lines = vec![line("created arn:aws:sts::111122223333:assumed-role/other/s")];
        assert!(caller(&Facts { lines, ..Facts::default() }).is_none());
    }

    #[test]
    fn what_was_made_unreadable_leaves_a_gap_and_no_guess() {
        let line =
            line("User: <me> is not authorized to perform: iam:GetRole on resource: role X\\n");
        let call = in_line(&line).unwrap();
        assert_eq!((call.user, call.action, call.resource), ("<me>", "iam:GetRole", None));
        assert_eq!((call.role(), call.account()), (None, None));
        let other =
            Line { text: "Not authorized to perform sts:AssumeRole".into(), ..line.clone() };
        assert!(in_line(&other).is_none());
    }
}
