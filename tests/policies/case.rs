//! One case of the table: documents, a request and the answer that AWS documents.
//!
//! Where the answer is denied or open, `because` names a trap's id or the part of the statement.
//! `condition` stands for a policy that allows everything under that condition. In a context `null`
//! is a key that the request does not carry; a key not named is unknown.

use std::{collections::BTreeSet, fs, path::PathBuf};

use diagnosis::{
    facts::Claims,
    iam::{self, Answer, Caller, PodTags, Policy, Request},
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) doc: String,
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
    pub(super) request: Ask,
    /// Beside `condition`.
    pub(super) context: Option<Value>,
    expect: String,
    pub(super) because: Option<String>,
    pub(super) risks: Option<BTreeSet<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Ask {
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
    pub(super) fn request(&self, beside: Option<&Value>) -> Request {
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
    pub(super) fn documents(&self) -> (bool, Vec<String>, Option<String>) {
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

    pub(super) fn answer(&self) -> Answer {
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
    pub(super) fn judge(&self) -> Option<String> {
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

pub(super) fn cases() -> Vec<Case> {
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
