//! What is wrong with a condition key that the request of a web identity does not carry.

use super::{
    element::Condition,
    explain::json,
    glob::matches,
    operator::{Operator, Test},
    request::{WebIdentity, of_a_provider},
    trap::Trap,
    value::{SUBJECT, visible},
};

pub(super) fn diagnose(
    it: &Condition,
    operator: Operator,
    web: &WebIdentity,
) -> (Option<Trap>, Option<String>) {
    let bare = visible(&it.key);
    let own = [web.key("sub"), web.key("aud")];
    let trap = if bare != it.key && own.iter().any(|own| bare.eq_ignore_ascii_case(own)) {
        Trap::InvisibleCharacter
    } else if of_a_provider(&it.key) {
        provider(&it.key, web)
    } else {
        return (None, None);
    };
    let claim = match it.key.rsplit(':').next().map(visible).as_deref() {
        Some("sub") => "sub",
        Some("aud") => "aud",
        _ if it.values.iter().any(|it| it.text.contains(SUBJECT)) => "sub",
        _ => "aud",
    };
    let wanted = if claim == "sub" { Some(&web.subject) } else { web.audience.first() };
    let corrected = wanted.map(|wanted| {
        // A pattern that would match is what the writer wants to keep.
        let kept =
            it.values.iter().find(|it| operator.test == Test::Like && matches(&it.text, wanted));
        let value = kept.map_or(wanted, |it| &it.text);
        format!("{}: {}", json(&web.key(claim)), json(value))
    });
    (Some(trap), corrected)
}

fn provider(key: &str, web: &WebIdentity) -> Trap {
    let key = key.to_lowercase();
    let own = web.issuer.to_lowercase();
    if key.starts_with("arn:") {
        return Trap::KeyArnPrefix;
    }
    if key.starts_with("https:") || key.starts_with("http:") {
        return Trap::KeyHttpsPrefix;
    }
    let (issuer, _) = key.rsplit_once(':').unwrap_or((&key, ""));
    if issuer.trim_end_matches('/') == own {
        return if issuer == own { Trap::KeyNoSuchClaim } else { Trap::KeyTrailingSlash };
    }
    if issuer.starts_with(&own) {
        return Trap::KeyNoSuchClaim;
    }
    let without_suffix = |it: &str| it.replacen("amazonaws.com.cn/", "amazonaws.com/", 1);
    if without_suffix(issuer) == without_suffix(&own) {
        return Trap::KeyOtherPartition;
    }
    let eks = |it: &str| it.starts_with("oidc.eks") && it.contains(".amazonaws.com");
    if eks(issuer) && eks(&own) { Trap::KeyOtherCluster } else { Trap::KeyOtherIssuer }
}
