//! A ServiceAccount by what the EKS webhook reads of it.

use diagnosis::facts::ServiceAccount;
use k8s_openapi::api::core::v1::ServiceAccount as Object;

use super::records::one_line;
use crate::kubernetes::time;

const PREFIX: &str = "eks.amazonaws.com/";
const ROLE: &str = "role-arn";

pub(super) fn account(object: &Object) -> ServiceAccount {
    let metadata = &object.metadata;
    let annotation = |name: &str| {
        let all = metadata.annotations.as_ref()?;
        all.get(&format!("{PREFIX}{name}")).cloned()
    };
    ServiceAccount {
        namespace: metadata.namespace.clone().unwrap_or_default(),
        name: metadata.name.clone().unwrap_or_default(),
        created: metadata.creation_timestamp.as_ref().map(time),
        role_arn: annotation(ROLE),
        annotated: annotated(object),
        audience: annotation("audience"),
        sts_regional_endpoints: annotation("sts-regional-endpoints"),
        token_expiration: annotation("token-expiration"),
    }
}

/// When a manager of the role annotation last wrote something: the annotation is not newer.
fn annotated(object: &Object) -> Option<String> {
    let owns = |fields: &serde_json::Value| {
        let annotations = &fields["f:metadata"]["f:annotations"];
        annotations.get(format!("f:{PREFIX}{ROLE}")).is_some()
    };
    let managers = object.metadata.managed_fields.iter().flatten();
    let owners = managers.filter(|it| it.fields_v1.as_ref().is_some_and(|it| owns(&it.0)));
    owners.filter_map(|it| it.time.as_ref().map(time)).max()
}

pub(super) fn text(account: &ServiceAccount) -> String {
    let ServiceAccount { namespace, name, .. } = account;
    let mut lines = vec![format!("serviceaccount {namespace}/{name}")];
    lines.extend(account.created.as_ref().map(|it| format!("created {it}")));
    let written = account.annotated.as_ref().map(|it| format!(" (written {it})"));
    let all = [
        (ROLE, &account.role_arn, written.as_deref().unwrap_or_default()),
        ("audience", &account.audience, ""),
        ("sts-regional-endpoints", &account.sts_regional_endpoints, ""),
        ("token-expiration", &account.token_expiration, ""),
    ];
    let set = all.into_iter().filter_map(|(name, value, remark)| {
        let value = one_line(value.as_deref()?);
        Some(format!("{PREFIX}{name}: {value}{remark}"))
    });
    lines.extend(set);
    if account.role_arn.is_none() {
        lines.push(format!("{PREFIX}{ROLE} is not set"));
    }
    lines.join("\n")
}
