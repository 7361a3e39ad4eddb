//! What a role may do: attached and inline policies and the boundary, verbatim.

use std::sync::Arc;

use diagnosis::facts::PolicyDocument;
use tokio::task::JoinSet;

use super::action::Action;
use super::session::{Refused, Session};
use super::text::decoded;

/// More pages than a role's quota of policies can fill.
const PAGES: usize = 10;

#[derive(Default)]
pub(super) struct Policies {
    pub(super) boundary: Option<PolicyDocument>,
    pub(super) documents: Vec<PolicyDocument>,
    pub(super) unread: Vec<String>,
}

/// One that cannot be read keeps no other from being read.
pub(super) async fn read(session: &Arc<Session>, role: &str, boundary: Option<String>) -> Policies {
    let mut read = Policies::default();
    let (attached, inline, limit) =
        tokio::join!(attached(session, role), inline(session, role), async {
            match boundary {
                Some(arn) => Some(managed(session, arn).await),
                None => None,
            }
        });
    let mut looks = JoinSet::new();
    let mut at = 0..;
    for arn in read.known("attached policies", attached) {
        let (session, at) = (Arc::clone(session), at.next());
        looks.spawn(async move { (at, managed(&session, arn).await) });
    }
    for name in read.known("inline policies", inline) {
        let (session, role, at) = (Arc::clone(session), role.to_owned(), at.next());
        looks.spawn(async move { (at, own(&session, &role, name).await) });
    }
    let mut found = looks.join_all().await;
    // In the order in which IAM lists them, whichever came first.
    found.sort_by_key(|(at, _): &(Option<usize>, _)| *at);
    for (_, document) in found {
        match document {
            Ok(document) => read.documents.push(document),
            Err(why) => read.unread.push(why),
        }
    }
    match limit {
        Some(Ok(document)) => read.boundary = Some(document),
        Some(Err(why)) => read.unread.push(format!("permissions boundary {why}")),
        None => {}
    }
    read
}

impl Policies {
    fn known(&mut self, what: &str, (names, error): Listed) -> Vec<String> {
        self.unread.extend(error.map(|error| format!("{what}: {}", error.why)));
        names
    }
}

/// What was listed, and why there may be more.
type Listed = (Vec<String>, Option<Refused>);

async fn attached(session: &Session, role: &str) -> Listed {
    let (mut arns, mut marker) = (Vec::new(), None);
    for _ in 0..PAGES {
        let request = session.iam.list_attached_role_policies().role_name(role);
        let request = request.set_marker(marker).send();
        match session.call(Action::ListAttachedRolePolicies, request).await {
            Ok(page) => {
                let listed = page.attached_policies.unwrap_or_default();
                arns.extend(listed.into_iter().filter_map(|it| it.policy_arn));
                marker = page.marker.filter(|_| page.is_truncated);
            }
            Err(error) => return (arns, Some(error)),
        }
        if marker.is_none() {
            return (arns, None);
        }
    }
    (arns, Some(Refused::because(format!("more than {PAGES} pages of them"))))
}

async fn inline(session: &Session, role: &str) -> Listed {
    let (mut names, mut marker) = (Vec::new(), None);
    for _ in 0..PAGES {
        let request = session.iam.list_role_policies().role_name(role);
        let request = request.set_marker(marker).send();
        match session.call(Action::ListRolePolicies, request).await {
            Ok(page) => {
                names.extend(page.policy_names);
                marker = page.marker.filter(|_| page.is_truncated);
            }
            Err(error) => return (names, Some(error)),
        }
        if marker.is_none() {
            return (names, None);
        }
    }
    (names, Some(Refused::because(format!("more than {PAGES} pages of them"))))
}

/// In the version that counts.
async fn managed(session: &Session, arn: String) -> Result<PolicyDocument, String> {
    let failed = |error: Refused| format!("{arn}: {}", error.why);
    let request = session.iam.get_policy().policy_arn(&arn).send();
    let policy = session.call(Action::GetPolicy, request).await.map_err(failed)?.policy;
    let version = policy.and_then(|it| it.default_version_id).unwrap_or_default();
    let request = session.iam.get_policy_version().policy_arn(&arn).version_id(version).send();
    let answer = session.call(Action::GetPolicyVersion, request).await.map_err(failed)?;
    match answer.policy_version.and_then(|it| it.document) {
        Some(text) => Ok(PolicyDocument { text: decoded(&text), name: arn }),
        None => Err(failed(Refused::because("iam:GetPolicyVersion: an answer without a document"))),
    }
}

async fn own(session: &Session, role: &str, name: String) -> Result<PolicyDocument, String> {
    let request = session.iam.get_role_policy().role_name(role).policy_name(&name).send();
    match session.call(Action::GetRolePolicy, request).await {
        Ok(answer) => Ok(PolicyDocument { text: decoded(&answer.policy_document), name }),
        Err(error) => Err(format!("{name}: {}", error.why)),
    }
}
