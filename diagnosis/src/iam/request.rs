//! What is asked: who, which action, on what, and with which context keys.

use std::collections::BTreeMap;

use crate::facts::Claims;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The ARN of the IAM OIDC provider.
    Federated(String),
    /// Such as `pods.eks.amazonaws.com`.
    Service(String),
    /// The ARN of a role, a role session or a user.
    Aws(String),
}

impl Caller {
    pub fn name(&self) -> &str {
        match self {
            Self::Federated(name) | Self::Service(name) | Self::Aws(name) => name,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub caller: Caller,
    pub action: String,
    pub resource: Option<String>,
    pub context: Context,
    /// What the request is for, which the words and the corrections depend on.
    pub(super) purpose: Purpose,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    WebIdentity(WebIdentity),
    PodIdentity,
    AssumeRole,
    Call,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WebIdentity {
    /// Without `https://`.
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) audience: Vec<String>,
}

impl WebIdentity {
    pub(super) fn key(&self, claim: &str) -> String {
        format!("{}:{claim}", self.issuer)
    }
}

/// The value of one context key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    Known(Vec<String>),
    /// The request does not carry the key.
    Absent,
    Unknown,
}

/// Context keys, which have no case. One that nobody spoke of is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    keys: BTreeMap<String, Values>,
    /// Keys of OIDC providers are known to be absent, but for those that are set.
    closed_to_providers: bool,
}

impl Context {
    pub fn set<T: Into<String>>(&mut self, key: &str, values: impl IntoIterator<Item = T>) {
        let values = values.into_iter().map(Into::into).collect();
        self.keys.insert(key.to_lowercase(), Values::Known(values));
    }

    pub fn set_absent(&mut self, key: &str) {
        self.keys.insert(key.to_lowercase(), Values::Absent);
    }

    pub fn get(&self, key: &str) -> &Values {
        if let Some(values) = self.keys.get(&key.to_lowercase()) {
            return values;
        }
        if self.closed_to_providers && of_a_provider(key) {
            &Values::Absent
        } else {
            &Values::Unknown
        }
    }
}

/// `oidc.eks.…/id/…:sub`, `https://…`, `arn:…`; keys of AWS begin with a word and a colon.
pub(super) fn of_a_provider(key: &str) -> bool {
    let (prefix, _) = key.split_once(':').unwrap_or((key, ""));
    prefix.contains('.') || ["arn", "https", "http"].contains(&prefix.to_lowercase().as_str())
}

/// What Pod Identity knows of a pod; each becomes a session tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodTags {
    pub cluster_arn: Option<String>,
    pub cluster_name: Option<String>,
    pub namespace: Option<String>,
    pub service_account: Option<String>,
    pub pod_name: Option<String>,
    pub pod_uid: Option<String>,
}

/// The service principal of EKS Pod Identity, the same in every partition.
pub const POD_IDENTITY: &str = "pods.eks.amazonaws.com";

impl Request {
    /// `AssumeRoleWithWebIdentity` on the role, with the token's claims. STS takes from the token
    /// what `:sub` and `:aud` hold, so that no other key of a provider can be in this request.
    pub fn web_identity(claims: &Claims, role_arn: &str) -> Self {
        let issuer = claims.issuer.strip_prefix("https://").unwrap_or(&claims.issuer).to_owned();
        let mut parts = role_arn.split(':').skip(1);
        let partition = parts.next().unwrap_or_default();
        let account = parts.nth(2).unwrap_or_default();
        let provider = format!("arn:{partition}:iam::{account}:oidc-provider/{issuer}");
        let web = WebIdentity {
            issuer,
            subject: claims.subject.clone(),
            audience: claims.audience.clone(),
        };
        let mut context = Context { closed_to_providers: true, ..Context::default() };
        context.set(&web.key("sub"), [web.subject.clone()]);
        context.set(&web.key("aud"), web.audience.clone());
        context.set("aws:FederatedProvider", [provider.clone()]);
        // No parameter of AssumeRoleWithWebIdentity carries it.
        context.set_absent("sts:ExternalId");
        Self {
            caller: Caller::Federated(provider),
            action: "sts:AssumeRoleWithWebIdentity".to_owned(),
            resource: Some(role_arn.to_owned()),
            context,
            purpose: Purpose::WebIdentity(web),
        }
    }

    /// What EKS asks for an association's role: `sts:AssumeRole`, and `sts:TagSession` too while
    /// its session tags are on. `None`: the association disables them. A tag that is `None` inside
    /// is unknown.
    pub fn pod_identity(action: &str, role_arn: &str, tags: Option<&PodTags>) -> Self {
        let mut context = Context { closed_to_providers: true, ..Context::default() };
        let none = PodTags::default();
        let known = tags.unwrap_or(&none);
        for (tag, value) in [
            ("eks-cluster-arn", &known.cluster_arn),
            ("eks-cluster-name", &known.cluster_name),
            ("kubernetes-namespace", &known.namespace),
            ("kubernetes-service-account", &known.service_account),
            ("kubernetes-pod-name", &known.pod_name),
            ("kubernetes-pod-uid", &known.pod_uid),
        ] {
            let key = format!("aws:RequestTag/{tag}");
            match value {
                Some(value) => context.set(&key, [value.as_str()]),
                None if tags.is_none() => context.set_absent(&key),
                None => {}
            }
        }
        // With a target role the external id goes to that one, never to the association's.
        context.set_absent("sts:ExternalId");
        Self {
            caller: Caller::Service(POD_IDENTITY.to_owned()),
            action: action.to_owned(),
            resource: Some(role_arn.to_owned()),
            context,
            purpose: Purpose::PodIdentity,
        }
    }

    /// Role chaining: a role, or its session, asks for another role. The same request serves the
    /// target's trust policy and, with [`Request::on`], the caller's own policies.
    pub fn assume_role(caller_arn: &str, external_id: Option<&str>, action: &str) -> Self {
        let mut request = Self::call(caller_arn, action, None);
        request.purpose = Purpose::AssumeRole;
        request.context.closed_to_providers = true;
        match external_id {
            Some(id) => request.context.set("sts:ExternalId", [id]),
            None => request.context.set_absent("sts:ExternalId"),
        }
        request
    }

    /// A call to an AWS API, for the policies of the principal that makes it.
    pub fn call(principal_arn: &str, action: &str, resource: Option<&str>) -> Self {
        let mut context = Context::default();
        let mut parts = principal_arn.splitn(6, ':').skip(4);
        if let (Some(account), Some(name)) = (parts.next(), parts.next()) {
            context.set("aws:PrincipalAccount", [account]);
            let kind = name.split('/').next().unwrap_or("");
            // For a session the key holds its role's ARN, whose path the session does not tell.
            if kind == "role" || kind == "user" {
                context.set("aws:PrincipalArn", [principal_arn]);
            }
            match (kind, name.rsplit('/').next()) {
                ("user", Some(user)) => context.set("aws:username", [user]),
                ("role" | "assumed-role", _) => context.set_absent("aws:username"),
                _ => {}
            }
        }
        Self {
            caller: Caller::Aws(principal_arn.to_owned()),
            action: action.to_owned(),
            resource: resource.map(str::to_owned),
            context,
            purpose: Purpose::Call,
        }
    }

    /// The same request with this context key known.
    pub fn with<T: Into<String>>(mut self, key: &str, values: impl IntoIterator<Item = T>) -> Self {
        self.context.set(key, values);
        self
    }

    /// The same request, of which nobody told whether it carries this context key.
    pub fn untold(mut self, key: &str) -> Self {
        self.context.keys.insert(key.to_lowercase(), Values::Unknown);
        self
    }

    /// The same request, which is known not to carry this context key.
    pub fn without(mut self, key: &str) -> Self {
        self.context.set_absent(key);
        self
    }

    /// The same request on this resource.
    pub fn on(mut self, resource: &str) -> Self {
        self.resource = Some(resource.to_owned());
        self
    }
}
