//! What IAM answers of a role and of the profile that holds it.

use serde_json::Value;

use super::fragment::Part;
use super::read::{list, listed, one, string};
use super::{Answers, names};
use crate::document::aws::{time, trust};
use crate::facts::aws::{Presence, iam};
use crate::facts::{
    Observed, OidcProvider, OidcProviders, PolicyDocument, Role, RoleObject, Source,
};

/// A role as IAM tells it, without its policies.
pub(super) struct RoleAnswer {
    pub(super) name: String,
    arn: String,
    created: Option<String>,
    trust: Source,
    boundary: Option<String>,
    /// Only as part of its instance profile.
    within: bool,
}

impl Answers {
    pub(super) fn of_iam(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        if value["Role"].get("Arn").is_some() {
            self.role_answer(text.value("Role")?, &value["Role"], false);
            let arn = string(&value["Role"], "Arn");
            return Some(format!("role {} with its trust policy", names::last(&arn)));
        }
        let name = |it: &iam::InstanceProfile| it.instance_profile_name.clone();
        if let Some(it) = value.get("InstanceProfile") {
            let part = text.value("InstanceProfile")?;
            self.roles_of(part, it);
            let name = one(&mut self.profiles, text, value, "InstanceProfile", name)?;
            return Some(format!("instance profile {name}"));
        }
        if let Some(all) = value.get("InstanceProfiles").and_then(Value::as_array) {
            for (it, part) in all.iter().zip(text.elements("InstanceProfiles")) {
                self.roles_of(part, it);
            }
            let count = list(&mut self.profiles, text, value, "InstanceProfiles", name)?;
            return Some(format!("{count} instance profiles"));
        }
        if let Some(all) = value.get("OpenIDConnectProviderList").and_then(Value::as_array) {
            let arns: Vec<Value> = all.iter().map(|it| it["Arn"].clone()).collect();
            let count = arns.len();
            let arns = serde_json::json!({ "OpenIDConnectProviderList": arns });
            listed(&mut self.providers, text, &arns, "OpenIDConnectProviderList")?;
            return Some(format!("list of {count} OIDC providers"));
        }
        if let (Some(ids), true) = (value.get("ClientIDList"), value.get("Url").is_some()) {
            let ids = ids.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned);
            let url = string(value, "Url");
            self.provider_details.push((url.clone(), ids.collect()));
            return Some(format!("OIDC provider {url}"));
        }
        self.of_policies(text, value)
    }

    fn roles_of(&mut self, profile: Part<'_>, value: &Value) {
        let all = value["Roles"].as_array().into_iter().flatten();
        for (it, part) in all.zip(profile.elements("Roles")) {
            if it.get("AssumeRolePolicyDocument").is_some() {
                self.role_answer(part, it, true);
            }
        }
    }

    fn role_answer(&mut self, text: Part<'_>, value: &Value, within: bool) {
        let (trust, line) = trust(text.text, &value["AssumeRolePolicyDocument"], text.line);
        let line = if text.line == 0 { 0 } else { line };
        let boundary = string(&value["PermissionsBoundary"], "PermissionsBoundaryArn");
        let name = names::last(value["Arn"].as_str().unwrap_or_default());
        let answer = RoleAnswer {
            name: name.to_owned(),
            arn: string(value, "Arn"),
            created: time(&value["CreateDate"]),
            trust: Source { text: trust, line, ..text.source() },
            boundary: Some(boundary).filter(|it| !it.is_empty()),
            within,
        };
        // IAM's answer of the role itself says more.
        match self.roles.iter_mut().find(|it| it.name == answer.name) {
            Some(known) if known.within && !within => *known = answer,
            Some(_) => {}
            None => self.roles.push(answer),
        }
    }

    /// By its ARN or its name.
    pub(super) fn role(&self, arn: &str) -> Observed<RoleObject> {
        let name = names::last(arn);
        if name.is_empty() {
            return Observed::Skipped;
        }
        if let Some(source) = self.absent("iam:GetRole", name) {
            return Observed::seen(RoleObject::Absent, source);
        }
        let Some(found) = self.roles.iter().find(|it| it.name == name) else {
            return self.failed("iam:GetRole", name).unwrap_or_default();
        };
        let (policies, mut unread) = self.policies_of(name);
        let boundary = found.boundary.as_ref().map(|arn| {
            let text = self.policies.document(arn).unwrap_or_default();
            if text.is_empty() {
                unread.push(format!("permissions boundary {arn}: its document was not given"));
            }
            PolicyDocument { name: arn.clone(), text }
        });
        if found.within {
            unread.push("whether it has a permissions boundary: aws iam get-role tells".to_owned());
        }
        let role = Role {
            arn: found.arn.clone(),
            created: found.created.clone(),
            trust: found.trust.text.clone(),
            boundary,
            policies,
            unread,
        };
        Observed::seen(RoleObject::Present(role), found.trust.clone())
    }

    /// Whether IAM was asked of the role itself.
    pub(super) fn is_told(&self, name: &str) -> bool {
        self.roles.iter().any(|it| it.name == name && !it.within)
    }

    /// By its ARN or its name.
    pub(super) fn profile(&self, name: &str) -> Observed<Presence<iam::InstanceProfile>> {
        let name = names::last(name);
        if name.is_empty() {
            return Observed::Skipped;
        }
        if let Some(it) = self.profiles.find(|it| it.instance_profile_name == name) {
            return Observed::seen(Presence::Present(it.value.clone()), it.source.clone());
        }
        if let Some(source) = self.absent("iam:GetInstanceProfile", name) {
            return Observed::seen(Presence::Absent, source);
        }
        self.failed("iam:GetInstanceProfile", name).unwrap_or_default()
    }

    /// The list is of the account that its ARNs name; an empty one of whoever asked.
    pub(super) fn oidc_providers(&self) -> Observed<OidcProviders> {
        let unread = || self.failed("iam:ListOpenIDConnectProviders", "").unwrap_or_default();
        if !self.providers.is_whole() || self.providers.answers.is_empty() {
            return unread();
        }
        let asked = self.caller.value().map(String::as_str);
        let Some(owner) = self.providers.names().next().or(asked) else { return unread() };
        let account = owner.split(':').nth(4).unwrap_or_default().to_owned();
        let details = |arn: &str| {
            let url = arn.split_once(":oidc-provider/").map_or("", |(_, it)| it);
            self.provider_details.iter().find(|(it, _)| it == url).map(|(_, ids)| ids.clone())
        };
        let provider = |arn: &str| OidcProvider { arn: arn.to_owned(), client_ids: details(arn) };
        let providers = self.providers.names().map(provider).collect();
        let source = self.providers.answers.first().cloned().unwrap_or_default();
        Observed::seen(OidcProviders { account, providers }, source)
    }
}
