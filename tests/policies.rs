//! The policy evaluator against a table of cases, each with the page of AWS that it comes from.
//!
//! A case names the answer, and where it is denied or open, `because` names a trap's id or the part
//! of the statement. `condition` stands for a policy that allows everything under that condition.
//! In a context `null` is a key that the request does not carry; a key not named is unknown.
//! `policies/agree` runs the same table through an independent simulator.

mod properties;

use std::{collections::BTreeSet, fs, path::PathBuf};

use diagnosis::{
    facts::Claims,
    iam::{self, Answer, Caller, PodTags, Policy, Request, Why},
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    doc: String,
    /// Of a resource: names principals.
    policy: Option<Value>,
    /// Of the caller.
    policies: Option<Vec<Value>>,
    condition: Option<Value>,
    /// A document that only its text can show, such as a key that stands twice.
    text: Option<String>,
    /// `text` is of a resource.
    #[serde(default)]
    trust: bool,
    boundary: Option<Value>,
    #[serde(default)]
    request: Ask,
    /// Beside `condition`.
    context: Option<Value>,
    expect: String,
    because: Option<String>,
    risks: Option<BTreeSet<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Ask {
    caller: Value,
    action: String,
    resource: Option<String>,
    context: Value,
    web: Option<Web>,
    pod: Option<Pod>,
    assume: Option<Assume>,
}

#[derive(Debug, Deserialize)]
struct Web {
    issuer: String,
    subject: String,
    audience: Vec<String>,
    role: String,
}

#[derive(Debug, Deserialize)]
struct Pod {
    action: String,
    role: String,
    tags: Option<Tags>,
}

#[derive(Debug, Deserialize)]
struct Tags {
    cluster_arn: Option<String>,
    cluster_name: Option<String>,
    namespace: Option<String>,
    service_account: Option<String>,
    pod_name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Assume {
    caller: String,
    external_id: Option<String>,
    action: String,
    role: String,
}

impl Ask {
    fn request(&self, beside: Option<&Value>) -> Request {
        let mut request = if let Some(web) = &self.web {
            let claims = Claims {
                issuer: web.issuer.clone(),
                subject: web.subject.clone(),
                audience: web.audience.clone(),
                ..Claims::default()
            };
            Request::web_identity(&claims, &web.role)
        } else if let Some(pod) = &self.pod {
            let tags = pod.tags.as_ref().map(|it| PodTags {
                cluster_arn: it.cluster_arn.clone(),
                cluster_name: it.cluster_name.clone(),
                namespace: it.namespace.clone(),
                service_account: it.service_account.clone(),
                pod_name: it.pod_name.clone(),
                pod_uid: None,
            });
            Request::pod_identity(&pod.action, &pod.role, tags.as_ref())
        } else if let Some(it) = &self.assume {
            Request::assume_role(&it.caller, it.external_id.as_deref(), &it.action).on(&it.role)
        } else {
            self.plain()
        };
        let contexts = [Some(&self.context), beside].into_iter().flatten();
        for (key, value) in contexts.filter_map(Value::as_object).flatten() {
            request = match value {
                Value::Null => request.without(key),
                Value::Array(them) => request.with(key, them.iter().filter_map(Value::as_str)),
                one => request.with(key, one.as_str()),
            };
        }
        request
    }

    fn plain(&self) -> Request {
        let Some((kind, name)) = self.caller.as_object().and_then(|it| it.iter().next()) else {
            let role = "arn:aws:iam::111122223333:role/app";
            return Request::call(role, "s3:GetObject", Some("arn:aws:s3:::bucket/key"));
        };
        let name = name.as_str().unwrap().to_owned();
        let mut request = Request::call(&name, &self.action, self.resource.as_deref());
        request.caller = match kind.as_str() {
            "service" => Caller::Service(name),
            "federated" => Caller::Federated(name),
            _ => Caller::Aws(name),
        };
        request
    }
}

impl Case {
    /// The texts that are evaluated: the trust policy, or those of the caller and its boundary.
    fn documents(&self) -> (bool, Vec<String>, Option<String>) {
        let boundary = self.boundary.as_ref().map(Value::to_string);
        if let Some(policy) = &self.policy {
            return (true, vec![policy.to_string()], boundary);
        }
        if let Some(text) = &self.text {
            return (self.trust, vec![text.clone()], boundary);
        }
        if let Some(condition) = &self.condition {
            let statement =
                json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
            let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
            return (false, vec![policy.to_string()], boundary);
        }
        let policies = self.policies.as_deref().unwrap();
        (false, policies.iter().map(Value::to_string).collect(), boundary)
    }

    fn answer(&self) -> Answer {
        let (trust, texts, boundary) = self.documents();
        let request = self.request.request(self.context.as_ref());
        let policies: Vec<Policy> = texts.iter().map(|it| Policy::parse(it).unwrap()).collect();
        if trust {
            return iam::trust(&policies[0], &request);
        }
        let boundary = boundary.map(|it| Policy::parse(&it).unwrap());
        iam::identity(&policies, boundary.as_ref(), &request)
    }

    /// What is wrong with the answer.
    fn judge(&self) -> Option<String> {
        let answer = self.answer();
        let said = match &answer {
            Answer::Allowed { .. } => "allowed",
            Answer::Denied { .. } => "denied",
            Answer::Unknown { .. } => "unknown",
        };
        let wrong = |why: &str| Some(format!("{}: {why}: {answer:#?}", self.id));
        if said != self.expect {
            return wrong(&format!("{said}, not {}", self.expect));
        }
        let reasons: Vec<String> = match &answer {
            Answer::Allowed { risks, .. } => {
                let found: BTreeSet<String> = risks.iter().map(|it| it.kind.id().into()).collect();
                let fits = self.risks.as_ref().is_none_or(|it| *it == found);
                return if fits { None } else { wrong("other risks") };
            }
            Answer::Denied { why, .. } => {
                let first = why.first().map(|it| it.statement);
                let why = why.iter().filter(|it| Some(it.statement) == first);
                why.flat_map(|it| [it.trap.map_or("", |it| it.id()).into(), it.element.name()])
                    .collect()
            }
            Answer::Unknown { why } => {
                let why = why.iter();
                why.flat_map(|it| [it.trap.map_or("", |it| it.id()).into(), it.element.name()])
                    .collect()
            }
        };
        let named = self.because.as_ref().is_none_or(|it| reasons.contains(it));
        if named { None } else { wrong(&format!("not because of {:?}", self.because)) }
    }
}

fn cases() -> Vec<Case> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("policies");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.retain(|it| it.extension().is_some_and(|it| it == "json"));
    files.retain(|it| !it.ends_with("disagreements.json"));
    files.sort();
    let read = |file: &PathBuf| -> Vec<Case> {
        serde_json::from_str(&fs::read_to_string(file).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    };
    files.iter().flat_map(read).collect()
}

#[test]
fn every_case_of_the_table_is_answered_as_aws_documents() {
    let cases = cases();
    let wrong: Vec<String> = cases.iter().filter_map(Case::judge).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(cases.len() >= 300, "{}", cases.len());
}

#[test]
fn every_case_has_its_own_name_and_a_page_of_aws() {
    let cases = cases();
    let names: BTreeSet<&str> = cases.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(names.len(), cases.len());
    assert!(cases.iter().all(|it| it.doc.starts_with("https://docs.aws.amazon.com/")));
}

#[test]
fn every_trap_is_the_reason_of_a_case() {
    let cases = cases();
    let reasons: BTreeSet<&str> = cases.iter().filter_map(|it| it.because.as_deref()).collect();
    let missing: Vec<_> = iam::Trap::ALL.iter().filter(|it| !reasons.contains(it.id())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_risk_is_named_by_a_case() {
    let cases = cases();
    let named: BTreeSet<&str> =
        cases.iter().filter_map(|it| it.risks.as_ref()).flatten().map(String::as_str).collect();
    for kind in iam::RiskKind::ALL {
        assert!(named.contains(kind.id()), "{}", kind.id());
    }
}

#[test]
fn a_denial_quotes_the_document_and_corrects_it_with_one_line_of_json() {
    for case in cases() {
        let (_, texts, boundary) = case.documents();
        let Answer::Denied { why, .. } = case.answer() else { continue };
        for why in why {
            let quoted = texts.iter().chain(&boundary).any(|it| it.contains(&why.quote));
            assert!(quoted && !why.quote.is_empty(), "{}: {why:?}", case.id);
            let Some(corrected) = &why.corrected else { continue };
            assert!(!corrected.contains('\n'), "{}: {corrected}", case.id);
            let member = serde_json::from_str::<Value>(&format!("{{{corrected}}}"));
            assert_eq!(member.unwrap().as_object().unwrap().len(), 1, "{}", case.id);
        }
    }
}

/// Where what failed and what would match are members of the same object, the one put in place of
/// the other leaves nothing to say about it.
#[test]
fn what_was_corrected_no_longer_fails() {
    let mut tried = 0;
    for case in cases() {
        let (true, texts, _) = case.documents() else { continue };
        let Answer::Denied { explicit: false, why } = case.answer() else { continue };
        for why in why {
            let Some(text) = mended(&texts[0], &why) else { continue };
            let request = case.request.request(case.context.as_ref());
            let answer = iam::trust(&Policy::parse(&text).unwrap(), &request);
            if let Answer::Denied { why: still, .. } = answer {
                let same = |it: &Why| it.statement == why.statement && it.quote == why.quote;
                assert!(!still.iter().any(same), "{}: {text} {still:?}", case.id);
                let solved = still.iter().all(|it| Some(&it.quote) != why.corrected.as_ref());
                assert!(solved, "{}: {text} {still:?}", case.id);
            }
            tried += 1;
        }
    }
    assert!(tried > 80, "{tried}");
}

fn mended(text: &str, why: &Why) -> Option<String> {
    let corrected = why.corrected.as_ref()?;
    let member = why.quote.starts_with('"') && why.quote.contains("\":");
    let moved = ["\"StringLike", "\"Version"].iter().any(|it| corrected.starts_with(it));
    let single = format!("\"Principal\":{{{}}}", why.quote);
    if why.element == iam::Element::Principal {
        return text.contains(&single).then(|| text.replacen(&single, corrected, 1));
    }
    (member && !moved).then(|| text.replacen(&why.quote, corrected, 1))
}
