//! Roles, policies and providers to their places: whose each is, the ServiceAccount and the
//! association tell, else that there is only one.

use diagnosis::facts::{
    Account, Association, Facts, Observed, OidcProvider, OidcProviders, Role, RoleObject, Source,
};

use super::Given;

/// Whom a role of Pod Identity trusts.
const POD_IDENTITY: &str = "pods.eks.amazonaws.com";

pub(super) fn fill(facts: &mut Facts, given: &mut Given) {
    let wanted = wanted(facts);
    let association = facts.account.association.value().and_then(|it| it.present()).cloned();
    let mut roles = std::mem::take(&mut given.roles);
    roles.extend(alone(given, wanted.as_deref(), association.as_ref()));
    let mut permissions = std::mem::take(&mut given.permissions);
    if let ([(role, _)], false) = (&mut roles[..], permissions.is_empty()) {
        role.policies.append(&mut permissions);
        // Whether these are all of them, nobody said.
        role.unread = vec!["whether the role has other policies is not known".to_owned()];
    } else if !permissions.is_empty() {
        let what = "permission policy, not used: whose it is cannot be told without one role";
        let places: Vec<String> = permissions.into_iter().map(|it| it.name).collect();
        for place in places {
            given.told(&place, what);
        }
    }
    for (role, source) in roles {
        place(&mut facts.account, association.as_ref(), role, source);
    }
    providers(facts, given, wanted.as_deref());
}

fn place(account: &mut Account, association: Option<&Association>, role: Role, source: Source) {
    let of = |arn: Option<&str>| arn.is_some_and(|it| it == role.arn);
    let slot = if of(association.map(|it| &*it.role_arn)) {
        &mut account.association_role
    } else if of(association.and_then(|it| it.target_role_arn.as_deref())) {
        &mut account.target_role
    } else {
        &mut account.role
    };
    if matches!(slot, Observed::Skipped) {
        *slot = Observed::seen(RoleObject::Present(role), source);
    }
}

/// A trust policy alone does not say whose it is.
fn alone(
    given: &mut Given,
    wanted: Option<&str>,
    association: Option<&Association>,
) -> Vec<(Role, Source)> {
    let mut roles = Vec::new();
    for source in std::mem::take(&mut given.trust) {
        let associated = association.filter(|_| source.text.contains(POD_IDENTITY));
        let arn = associated.map(|it| &*it.role_arn).or(wanted).unwrap_or_default();
        if !arn.is_empty() {
            given.told(&source.place, format!("taken as the trust policy of {arn}"));
        }
        let role = Role {
            arn: arn.to_owned(),
            trust: source.text.clone(),
            unread: vec!["the role's policies were not given".to_owned()],
            ..Role::default()
        };
        roles.push((role, source));
    }
    roles
}

/// The role that web identity asks for.
fn wanted(facts: &Facts) -> Option<String> {
    let account = facts.cluster.service_account.value().and_then(|it| it.present());
    let annotated = account.and_then(|it| it.role_arn.clone());
    let pod = facts.cluster.pod.value().and_then(|it| it.present());
    annotated.or_else(|| pod.and_then(|it| it.own()?.identity.role_arn.clone()))
}

/// The list is of the account that its ARNs name; an empty one is of nobody.
fn providers(facts: &mut Facts, given: &mut Given, wanted: Option<&str>) {
    let details = std::mem::take(&mut given.providers);
    let ids = |arn: &str| {
        let url = arn.split_once(":oidc-provider/").map_or("", |(_, it)| it);
        details.iter().find(|(it, ..)| it == url).map(|(_, ids, _)| ids.clone())
    };
    let of = |arn: &str| arn.split(':').nth(4).unwrap_or_default().to_owned();
    let list = given.provider_lists.pop();
    match list {
        Some((arns, source)) if arns.is_empty() => {
            given
                .told(&source.place, "an empty list does not say of which account it is; not used");
        }
        Some((arns, source)) => {
            let account = of(&arns[0]);
            let provider = |arn: String| OidcProvider { client_ids: ids(&arn), arn };
            let providers = arns.into_iter().map(provider).collect();
            let value = OidcProviders { account, providers };
            facts.account.oidc_providers = Observed::seen(value, source);
        }
        // One provider is no list, but it shows that the one that is meant exists.
        None => {
            let issuer = facts.account.cluster.value().map(|it| it.issuer.clone());
            let bare = issuer.as_deref().map(|it| it.strip_prefix("https://").unwrap_or(it));
            let meant = details.iter().find(|(url, ..)| Some(url.as_str()) == bare);
            if let (Some((url, ids, source)), Some(role)) = (meant, wanted) {
                let account = of(role);
                let partition = role.split(':').nth(1).unwrap_or("aws");
                let arn = format!("arn:{partition}:iam::{account}:oidc-provider/{url}");
                let providers = vec![OidcProvider { arn, client_ids: Some(ids.clone()) }];
                let value = OidcProviders { account, providers };
                facts.account.oidc_providers = Observed::seen(value, source.clone());
            }
        }
    }
}
