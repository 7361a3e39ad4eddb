//! IAM: what an account's roles, policies and OIDC providers are, for whoever signs with the desk's
//! key.
//!
//! Answers and refusals are shaped as in the API reference,
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html> and its neighbours.

use super::sts::{escape, form};
use crate::config::account::{Account, Policy, Role, Unwilling};
use crate::reply::{Reply, Then};
use crate::server::Asked;
use crate::sigv4::encode;
use crate::{canary, world};

const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";
const REQUEST_ID: &str = "7a62c49f-347e-4fc4-9331-6e8eexample01";
const CREATED: &str = "2026-01-10T08:00:00Z";

type Refused = (u16, &'static str, String);

pub(super) fn answer(asked: &Asked<'_>) -> Reply {
    let form = form(asked.body);
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let action = field("Action");
    let signed = asked.header("authorization").unwrap_or_default();
    let account = &asked.config.account;
    let unwilling = account.unwilling(&format!("iam:{action}"));
    let answered = match unwilling {
        _ if !signed.contains(canary::DESK_KEY_ID) => {
            let message = "The security token included in the request is invalid.";
            Err((403, "InvalidClientTokenId", message.to_owned()))
        }
        Some(Unwilling::Silent) => return Reply::xml(200, " ").then(Then::Hang),
        Some(it) => Err(it.refusal(&format!("iam:{action}"))),
        None => result(account, asked, action, &field),
    };
    let (status, body) = match answered {
        Ok(result) => (
            200,
            format!(
                "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{result}</{action}Result>\
                 <ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata>\
                 </{action}Response>"
            ),
        ),
        Err((status, code, message)) => (
            status,
            format!(
                "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>Sender</Type><Code>{code}</Code>\
                 <Message>{}</Message></Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>",
                escape(&message)
            ),
        ),
    };
    Reply::xml(status, body).with("x-amzn-requestid", REQUEST_ID)
}

fn result<'a>(
    account: &Account,
    asked: &Asked<'_>,
    action: &str,
    field: &impl Fn(&str) -> &'a str,
) -> Result<String, Refused> {
    let role = || {
        let name = field("RoleName");
        let found = account.roles.iter().find(|it| it.name == name);
        found.ok_or_else(|| no_such(format!("The role with name {name} cannot be found.")))
    };
    let page = |entries: Vec<String>| page(&entries, field("Marker"), account.page);
    Ok(match action {
        "GetRole" => about(role()?),
        "ListAttachedRolePolicies" => {
            let (entries, more) = page(role()?.attached.iter().map(attached).collect());
            format!("<AttachedPolicies>{entries}</AttachedPolicies>{more}")
        }
        "ListRolePolicies" => {
            let names = role()?.inline.iter().map(|it| member(&escape(it.name)));
            let (entries, more) = page(names.collect());
            format!("<PolicyNames>{entries}</PolicyNames>{more}")
        }
        "GetRolePolicy" => {
            let (role, name) = (role()?, field("PolicyName"));
            let policy = role.inline.iter().find(|it| it.name == name).ok_or_else(|| {
                no_such(format!("The role policy with name {name} cannot be found."))
            })?;
            format!(
                "<RoleName>{}</RoleName><PolicyName>{name}</PolicyName>\
                 <PolicyDocument>{}</PolicyDocument>",
                role.name,
                encode(&policy.text)
            )
        }
        "GetPolicy" => {
            let arn = managed(account, field("PolicyArn"))?.name;
            format!("<Policy><Arn>{arn}</Arn><DefaultVersionId>v1</DefaultVersionId></Policy>")
        }
        "GetPolicyVersion" => format!(
            "<PolicyVersion><Document>{}</Document><VersionId>v1</VersionId>\
             <IsDefaultVersion>true</IsDefaultVersion></PolicyVersion>",
            encode(&managed(account, field("PolicyArn"))?.text)
        ),
        "ListOpenIDConnectProviders" => {
            let entry = |(arn, _)| member(&format!("<Arn>{arn}</Arn>"));
            let all: String = providers(asked).into_iter().map(entry).collect();
            format!("<OpenIDConnectProviderList>{all}</OpenIDConnectProviderList>")
        }
        "GetOpenIDConnectProvider" => {
            let arn = field("OpenIDConnectProviderArn");
            let found = providers(asked).into_iter().find(|(it, _)| it == arn);
            let (_, ids) = found.ok_or_else(|| {
                no_such(format!("OpenIDConnect Provider not found for arn {arn}"))
            })?;
            let ids: String = ids.iter().map(|it| member(&escape(it))).collect();
            format!("<ClientIDList>{ids}</ClientIDList><CreateDate>{CREATED}</CreateDate>")
        }
        "SimulatePrincipalPolicy" => {
            let source = field("PolicySourceArn");
            if !account.roles.iter().any(|it| it.arn() == source) {
                return Err(no_such(format!("The entity {source} cannot be found.")));
            }
            let (call, resource) = ("ActionNames.member.1", "ResourceArns.member.1");
            simulated(account, &escape(field(call)), &escape(field(resource)))
        }
        other => {
            let message = format!("Could not find operation {other} for version 2010-05-08");
            return Err((400, "InvalidAction", message));
        }
    })
}

fn about(role: &Role) -> String {
    let boundary = role.boundary.as_ref().map(|it| {
        format!(
            "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>\
             <PermissionsBoundaryArn>{}</PermissionsBoundaryArn></PermissionsBoundary>",
            it.name
        )
    });
    format!(
        "<Role><Path>{}</Path><RoleName>{}</RoleName><RoleId>AROAEXAMPLEROLE000001</RoleId>\
         <Arn>{}</Arn><CreateDate>{CREATED}</CreateDate>\
         <AssumeRolePolicyDocument>{}</AssumeRolePolicyDocument>\
         <MaxSessionDuration>3600</MaxSessionDuration>{}</Role>",
        role.path,
        role.name,
        role.arn(),
        encode(&role.trust),
        boundary.unwrap_or_default()
    )
}

fn attached(policy: &Policy) -> String {
    let (_, name) = policy.name.rsplit_once('/').unwrap_or(("", policy.name));
    member(&format!("<PolicyName>{name}</PolicyName><PolicyArn>{}</PolicyArn>", policy.name))
}

fn managed<'a>(account: &'a Account, arn: &str) -> Result<&'a Policy, Refused> {
    let mut all = account.roles.iter().flat_map(|it| it.attached.iter().chain(&it.boundary));
    let found = all.find(|it| it.name == arn);
    found.ok_or_else(|| no_such(format!("Policy {arn} does not exist or is not attachable.")))
}

/// That of the cluster's issuer is the one that STS knows.
fn providers(asked: &Asked<'_>) -> Vec<(String, Vec<&'static str>)> {
    let arn = |it: &str| format!("arn:aws:iam::{}:oidc-provider/{it}", world::ACCOUNT);
    let config = asked.config;
    let own = arn(world::ISSUER.trim_start_matches("https://"));
    let others = config.account.providers.iter();
    let others = others.map(|it| (arn(it.issuer), it.client_ids.clone()));
    config
        .sts
        .provider
        .then(|| (own, config.sts.audiences.clone()))
        .into_iter()
        .chain(others)
        .collect()
}

fn simulated(account: &Account, call: &str, resource: &str) -> String {
    let it = account.simulation;
    let policy = it.matched.map(|it| member(&format!("<SourcePolicyId>{it}</SourcePolicyId>")));
    let key = it.missing_context.map(member);
    let result = format!(
        "<EvalActionName>{call}</EvalActionName><EvalResourceName>{resource}</EvalResourceName>\
         <EvalDecision>{}</EvalDecision><MatchedStatements>{}</MatchedStatements>\
         <MissingContextValues>{}</MissingContextValues>",
        it.decision,
        policy.unwrap_or_default(),
        key.unwrap_or_default()
    );
    let results = member(&result);
    format!("<IsTruncated>false</IsTruncated><EvaluationResults>{results}</EvaluationResults>")
}

fn no_such(message: String) -> Refused {
    (404, "NoSuchEntity", message)
}

fn member(text: &str) -> String {
    format!("<member>{text}</member>")
}

/// The entries from the marker on, and whether and where there are more.
fn page(entries: &[String], marker: &str, size: usize) -> (String, String) {
    let from = marker.parse().unwrap_or(0).min(entries.len());
    let to = entries.len().min(from + size.max(1));
    let more = if to < entries.len() {
        format!("<IsTruncated>true</IsTruncated><Marker>{to}</Marker>")
    } else {
        "<IsTruncated>false</IsTruncated>".to_owned()
    };
    (entries[from..to].concat(), more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_with_its_last_page() {
        let entries = ["a", "b", "c"].map(str::to_owned);
        let (first, more) = page(&entries, "", 2);
        assert_eq!((&*first, more.contains("<Marker>2<")), ("ab", true));
        let (second, more) = page(&entries, "2", 2);
        assert_eq!((&*second, more.contains("Marker")), ("c", false));
        assert_eq!(page(&entries, "9", 2).0, "");
    }

    #[test]
    fn a_policy_is_sent_encoded() {
        assert_eq!(encode("{\"a\": \"€\"}"), "%7B%22a%22%3A%20%22%E2%82%AC%22%7D");
    }
}
