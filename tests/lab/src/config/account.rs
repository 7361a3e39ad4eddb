//! What an account holds: roles, OIDC providers and Pod Identity associations; and which calls are
//! not answered as they should be.

use crate::world;

#[derive(Clone, Debug)]
pub struct Account {
    pub roles: Vec<Role>,
    /// Besides the one of the cluster's issuer, which is what [`Sts`](super::identity::Sts) says.
    pub providers: Vec<Provider>,
    pub associations: Vec<Association>,
    /// What a simulation of any call ends with.
    pub simulation: Simulation,
    /// What every encoded message decodes to; without one, no message is valid.
    pub decoded: Option<&'static str>,
    /// By the action's name, such as `iam:GetRole`.
    pub unwilling: Vec<(&'static str, Unwilling)>,
    /// How many entries a page of a list has.
    pub page: usize,
}

#[derive(Clone, Debug)]
pub struct Role {
    pub name: &'static str,
    /// Begins and ends with a slash.
    pub path: &'static str,
    pub trust: String,
    pub boundary: Option<Policy>,
    pub attached: Vec<Policy>,
    pub inline: Vec<Policy>,
}

/// A managed one by its ARN, an inline one by its name.
#[derive(Clone, Debug)]
pub struct Policy {
    pub name: &'static str,
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct Provider {
    /// Without `https://`.
    pub issuer: &'static str,
    pub client_ids: Vec<&'static str>,
}

#[derive(Clone, Debug)]
pub struct Association {
    pub namespace: &'static str,
    pub service_account: &'static str,
    pub role_arn: &'static str,
    pub target_role_arn: Option<&'static str>,
    pub external_id: Option<&'static str>,
    pub disable_session_tags: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Simulation {
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub decision: &'static str,
    /// The policy of the matched statement.
    pub matched: Option<&'static str>,
    pub missing_context: Option<&'static str>,
}

/// How one call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwilling {
    /// These credentials may not.
    Denied,
    /// They are over.
    Expired,
    Throttled,
    /// An answer that begins and does not end.
    Silent,
}

impl Default for Account {
    fn default() -> Self {
        let simulation = Simulation { decision: "allowed", matched: None, missing_context: None };
        Self {
            roles: vec![Role::api_reader()],
            providers: Vec::new(),
            associations: Vec::new(),
            simulation,
            decoded: None,
            unwilling: Vec::new(),
            page: 100,
        }
    }
}

impl Account {
    pub(crate) fn unwilling(&self, action: &str) -> Option<Unwilling> {
        self.unwilling.iter().find(|(it, _)| *it == action).map(|(_, it)| *it)
    }
}

impl Unwilling {
    /// Status, code and message, in the words of IAM.
    pub(crate) fn refusal(self, action: &str) -> (u16, &'static str, String) {
        let account = world::ACCOUNT;
        match self {
            Self::Denied => {
                let message = format!(
                    "User: arn:aws:sts::{account}:assumed-role/operator/desk is not authorized to \
                     perform: {action} because no identity-based policy allows the {action} action"
                );
                (403, "AccessDenied", message)
            }
            Self::Expired => {
                let message = "The security token included in the request is expired";
                (403, "ExpiredToken", message.to_owned())
            }
            Self::Throttled | Self::Silent => (400, "Throttling", "Rate exceeded".to_owned()),
        }
    }
}

impl Role {
    /// The one of the workload, which may read a bucket.
    pub fn api_reader() -> Self {
        let issuer = world::ISSUER.trim_start_matches("https://");
        let (account, namespace, name) = (world::ACCOUNT, world::NAMESPACE, world::SERVICE_ACCOUNT);
        let trust = format!(
            r#"{{
  "Version": "2012-10-17",
  "Statement": [
    {{
      "Effect": "Allow",
      "Principal": {{
        "Federated": "arn:aws:iam::{account}:oidc-provider/{issuer}"
      }},
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": {{
        "StringEquals": {{
          "{issuer}:aud": "sts.amazonaws.com",
          "{issuer}:sub": "system:serviceaccount:{namespace}:{name}"
        }}
      }}
    }}
  ]
}}"#
        );
        Self { trust, ..Self::for_pods(world::ROLE) }
    }

    /// As a Pod Identity association wants it.
    pub fn for_pods(name: &'static str) -> Self {
        let trust = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {
        "Service": "pods.eks.amazonaws.com"
      },
      "Action": [
        "sts:AssumeRole",
        "sts:TagSession"
      ]
    }
  ]
}"#;
        let text = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::data/*"
    }
  ]
}"#;
        Self {
            name,
            path: "/",
            trust: trust.to_owned(),
            boundary: None,
            attached: Vec::new(),
            inline: vec![Policy { name: "read-data", text: text.to_owned() }],
        }
    }

    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:iam::{}:role{}{}", world::ACCOUNT, self.path, self.name)
    }
}
