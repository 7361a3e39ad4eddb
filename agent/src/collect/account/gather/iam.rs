//! What IAM answers of node roles, their policies and instance profiles, and of OIDC providers.

use diagnosis::facts::aws::iam::{InstanceProfile, ProfileRole};
use serde_json::{Value, json};

use super::document::{value, values};
use super::{Answered, Aws, pages};
use crate::collect::account::action::Action;
use crate::collect::account::session::Refused;
use crate::collect::account::text::{decoded, time, word};

/// AWS's own policies are the same for everybody, and known.
const OF_AWS: &str = ":iam::aws:policy/";

/// So many instance profiles are asked for by their names.
const BY_NAME: usize = 20;

/// The most that IAM gives in one page.
const PAGE: i32 = 1000;

impl Aws {
    /// Each by its name, or of many all that the account has, in pages; with the roles in them.
    pub(super) async fn instance_profiles(&self, names: &[&str]) -> (Vec<String>, Vec<Answered>) {
        if names.len() > BY_NAME {
            let found = pages::all(async |marker| {
                let request = self.session.iam.list_instance_profiles().max_items(PAGE);
                let request = request.set_marker(marker).send();
                let page = self.session.call(Action::ListInstanceProfiles, request).await?;
                let all = page.instance_profiles.into_iter().map(profile);
                let own = all.filter(|it| names.contains(&&*it.instance_profile_name));
                Ok((own.collect::<Vec<_>>(), page.marker.filter(|_| page.is_truncated)))
            })
            .await;
            let roles = found.iter().flatten().flat_map(|it| &it.roles).map(|it| it.arn.clone());
            let roles = roles.collect();
            let document = found.map(|it| json!({"InstanceProfiles": values(&it)}));
            let what = "list-instance-profiles";
            let command = format!("aws iam {what}");
            let all = Answered::of(what, Action::ListInstanceProfiles, command, document);
            return (roles, vec![all]);
        }
        let each = pages::together(names.iter().map(|it| self.instance_profile(it))).await;
        let (roles, answered): (Vec<_>, Vec<_>) = each.into_iter().unzip();
        (roles.concat(), answered)
    }

    async fn instance_profile(&self, name: &str) -> (Vec<String>, Answered) {
        let request = self.session.iam.get_instance_profile().instance_profile_name(name).send();
        let answer = self.session.call(Action::GetInstanceProfile, request).await;
        let found = answer.map(|it| it.instance_profile.map(profile).unwrap_or_default());
        let roles = found.as_ref().map(|it| it.roles.iter().map(|it| it.arn.clone()).collect());
        let roles = roles.unwrap_or_default();
        let command =
            format!("aws iam get-instance-profile --instance-profile-name {}", word(name));
        let document = found.map(|it| json!({"InstanceProfile": value(&it)}));
        let file = format!("get-instance-profile-{name}");
        (roles, Answered::of(&file, Action::GetInstanceProfile, command, document))
    }

    /// The role, the names of its policies, and the documents of those that are not AWS's own.
    pub(super) async fn role(&self, name: &str) -> Vec<Answered> {
        let (role, attached, inline) =
            tokio::join!(self.get_role(name), self.attached(name), self.inline(name));
        let ((boundary, role), (arns, attached), (names, inline)) = (role, attached, inline);
        let arns = arns.into_iter().chain(boundary).filter(|it| !it.contains(OF_AWS));
        let managed = arns.map(|arn| async move { self.policy(&arn).await });
        let own = names.into_iter().map(|it| async move { self.role_policy(name, &it).await });
        let (managed, own) = tokio::join!(pages::together(managed), pages::together(own));
        let documents = managed.into_iter().flatten().chain(own);
        [role, attached, inline].into_iter().chain(documents).collect()
    }

    async fn get_role(&self, name: &str) -> (Option<String>, Answered) {
        let request = self.session.iam.get_role().role_name(name).send();
        let answer = self.session.call(Action::GetRole, request).await;
        let mut boundary = None;
        let found = answer.and_then(|it| {
            let it = it.role.ok_or_else(|| Refused::because("an answer without a role"))?;
            boundary = it.permissions_boundary.and_then(|it| it.permissions_boundary_arn);
            let mut role = json!({
                "Path": it.path, "RoleName": it.role_name, "RoleId": it.role_id, "Arn": it.arn,
                "CreateDate": time(&it.create_date),
                "AssumeRolePolicyDocument":
                    policy(it.assume_role_policy_document.as_deref().unwrap_or_default()),
            });
            if let Some(arn) = &boundary {
                role["PermissionsBoundary"] =
                    json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn});
            }
            Ok(json!({"Role": role}))
        });
        let command = format!("aws iam get-role --role-name {}", word(name));
        (boundary, Answered::of(&format!("get-role-{name}"), Action::GetRole, command, found))
    }

    async fn attached(&self, role: &str) -> (Vec<String>, Answered) {
        let found = pages::all(async |marker| {
            let request = self.session.iam.list_attached_role_policies().role_name(role);
            let request = request.set_marker(marker).send();
            let page = self.session.call(Action::ListAttachedRolePolicies, request).await?;
            let all = page.attached_policies.unwrap_or_default().into_iter();
            let all = all
                .map(|it| (it.policy_name.unwrap_or_default(), it.policy_arn.unwrap_or_default()));
            Ok((all.collect::<Vec<_>>(), page.marker.filter(|_| page.is_truncated)))
        })
        .await;
        let arns = found.iter().flatten().map(|(_, arn)| arn.clone()).collect();
        let document = found.map(|all| {
            let one = |(name, arn)| json!({"PolicyName": name, "PolicyArn": arn});
            json!({"AttachedPolicies": all.into_iter().map(one).collect::<Vec<_>>()})
        });
        let command = format!("aws iam list-attached-role-policies --role-name {}", word(role));
        let file = format!("list-attached-role-policies-{role}");
        (arns, Answered::of(&file, Action::ListAttachedRolePolicies, command, document))
    }

    async fn inline(&self, role: &str) -> (Vec<String>, Answered) {
        let found = pages::all(async |marker| {
            let request = self.session.iam.list_role_policies().role_name(role);
            let request = request.set_marker(marker).send();
            let page = self.session.call(Action::ListRolePolicies, request).await?;
            Ok((page.policy_names, page.marker.filter(|_| page.is_truncated)))
        })
        .await;
        let names = found.clone().unwrap_or_default();
        let document = found.map(|it| json!({"PolicyNames": it}));
        let command = format!("aws iam list-role-policies --role-name {}", word(role));
        let file = format!("list-role-policies-{role}");
        (names, Answered::of(&file, Action::ListRolePolicies, command, document))
    }

    async fn role_policy(&self, role: &str, name: &str) -> Answered {
        let request = self.session.iam.get_role_policy().role_name(role).policy_name(name).send();
        let answer = self.session.call(Action::GetRolePolicy, request).await;
        let document = answer.map(|it| {
            json!({"RoleName": role, "PolicyName": name, "PolicyDocument": policy(&it.policy_document)})
        });
        let (role, word) = (word(role), word(name));
        let command = format!("aws iam get-role-policy --role-name {role} --policy-name {word}");
        let file = format!("get-role-policy-{role}-{name}");
        Answered::of(&file, Action::GetRolePolicy, command, document)
    }

    /// Which version counts, and what it says. Two policies of one name differ by their path.
    async fn policy(&self, arn: &str) -> Vec<Answered> {
        let name = arn.split_once(":policy/").map_or(arn, |(_, it)| it).replace('/', "-");
        let request = self.session.iam.get_policy().policy_arn(arn).send();
        let answer = self.session.call(Action::GetPolicy, request).await;
        let mut version = None;
        let document = answer.map(|it| {
            version = it.policy.and_then(|it| it.default_version_id);
            json!({"Policy": {"Arn": arn, "DefaultVersionId": version}})
        });
        let command = format!("aws iam get-policy --policy-arn {}", word(arn));
        let file = format!("get-policy-{name}");
        let mut all = vec![Answered::of(&file, Action::GetPolicy, command, document)];
        let Some(version) = version else { return all };
        let request = self.session.iam.get_policy_version().policy_arn(arn);
        let request = request.version_id(&version).send();
        let answer = self.session.call(Action::GetPolicyVersion, request).await;
        let document = answer.map(|it| {
            let text = it.policy_version.and_then(|it| it.document).unwrap_or_default();
            json!({"PolicyVersion":
                {"Document": policy(&text), "VersionId": version, "IsDefaultVersion": true}})
        });
        let command = format!(
            "aws iam get-policy-version --policy-arn {} --version-id {}",
            word(arn),
            word(&version)
        );
        let file = format!("get-policy-version-{name}");
        all.push(Answered::of(&file, Action::GetPolicyVersion, command, document));
        all
    }

    /// The account's, and the audiences of the cluster's own.
    pub(super) async fn providers(&self, issuer: &str) -> Vec<Answered> {
        let request = self.session.iam.list_open_id_connect_providers().send();
        let answer = self.session.call(Action::ListOpenIdConnectProviders, request).await;
        let arns = answer.map(|it| {
            let all = it.open_id_connect_provider_list.unwrap_or_default().into_iter();
            all.filter_map(|it| it.arn).collect::<Vec<_>>()
        });
        let bare = issuer.strip_prefix("https://").unwrap_or(issuer);
        let own =
            |it: &&String| !bare.is_empty() && it.ends_with(&format!(":oidc-provider/{bare}"));
        let own = arns.as_ref().ok().and_then(|it| it.iter().find(own)).cloned();
        let document = arns.map(|all| {
            let all = all.iter().map(|it| json!({"Arn": it})).collect::<Vec<_>>();
            json!({"OpenIDConnectProviderList": all})
        });
        let what = "list-open-id-connect-providers";
        let action = Action::ListOpenIdConnectProviders;
        let mut all = vec![Answered::of(what, action, format!("aws iam {what}"), document)];
        if let Some(arn) = own {
            let request = self.session.iam.get_open_id_connect_provider();
            let request = request.open_id_connect_provider_arn(&arn).send();
            let answer = self.session.call(Action::GetOpenIdConnectProvider, request).await;
            let document = answer.map(
                |it| json!({"Url": it.url, "ClientIDList": it.client_id_list.unwrap_or_default()}),
            );
            let what = "get-open-id-connect-provider";
            let command = format!("aws iam {what} --open-id-connect-provider-arn {}", word(&arn));
            all.push(Answered::of(what, Action::GetOpenIdConnectProvider, command, document));
        }
        all
    }
}

/// As the CLI prints it: decoded, and as JSON where it is.
fn policy(encoded: &str) -> Value {
    let text = decoded(encoded);
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

fn profile(it: aws_sdk_iam::types::InstanceProfile) -> InstanceProfile {
    let roles = it.roles.into_iter();
    InstanceProfile {
        instance_profile_name: it.instance_profile_name,
        instance_profile_id: it.instance_profile_id,
        arn: it.arn,
        create_date: time(&it.create_date),
        roles: roles.map(|it| ProfileRole { role_name: it.role_name, arn: it.arn }).collect(),
    }
}
