//! The OIDC provider lists the token's audience among its client IDs.

use super::{oidc_provider, pod_identity_instead, sts_endpoint, token_claims, trust, wanted};
use crate::{
    aws::STS_AUDIENCE,
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{Facts, inputs::OIDC_PROVIDER},
};

pub(super) static LINK: Link = Link {
    id: "provider-audience",
    title: "provider audience",
    means: "The client IDs of the IAM OIDC provider hold the token's audience, byte for byte: sts.amazonaws.com in every partition. It is another list than the trust policy's :aud condition, and STS has another message for each.",
    judged: "From STS's answer, and from the provider's client IDs against the token's audience. A character that nobody sees, such as a space at the end, is told apart from an audience that is not there.",
    sources: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html",
        "https://repost.aws/knowledge-center/eks-error-invalid-identity-token",
    ],
    faults: &[&NOT_LISTED, &INVISIBLE],
    signs: &[
        Sign::new(
            token_claims::INCORRECT_AUDIENCE,
            "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: Incorrect token audience",
            "https://repost.aws/knowledge-center/eks-error-invalid-identity-token",
            &[
                Way(&token_claims::LINK, &token_claims::AUDIENCE),
                Way(&LINK, &NOT_LISTED),
                Way(&LINK, &INVISIBLE),
            ],
        )
        .exhaustive()
        .showing(&[&sts_endpoint::LINK, &oidc_provider::LINK]),
    ],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the administrator of the role's account",
    impact: "nothing restarts; it holds for every role that trusts this cluster",
    verify: "eks-triage probe -n <namespace> --serviceaccount <service-account>",
    expect: "provider audience intact",
};

static NOT_LISTED: Fault = OURS.fault(
    "not-listed",
    "the OIDC provider does not list the token's audience, sts.amazonaws.com",
    "add the audience to the provider, byte for byte",
    "aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn <oidc-provider> --client-id sts.amazonaws.com\n# then the list must hold exactly that, without a space or another character around it:\naws iam get-open-id-connect-provider --open-id-connect-provider-arn <oidc-provider> --query ClientIDList",
);
static INVISIBLE: Fault = OURS.fault(
    "invisible-character",
    "a client ID of the OIDC provider looks like <audience>, but holds a character that nobody sees: <why>",
    "add the audience without that character, then remove the one with it",
    "aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn <oidc-provider> --client-id <audience>\naws iam remove-client-id-from-open-id-connect-provider --open-id-connect-provider-arn <oidc-provider> --client-id $'<client-id>'    # bash reads the escape",
);

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    if let Some((_, source)) = trust::accepted(facts) {
        return Ok(Verdict::intact("STS accepted the token", source));
    }
    let refused = trust::refused(facts, token_claims::INCORRECT_AUDIENCE);
    let (claims, token) = trust::claims(facts)?;
    let Some(audience) = claims.audience.iter().find(|it| *it == STS_AUDIENCE) else {
        // Of a token for another audience its own link speaks.
        let made_for = claims.audience.join(", ");
        return Err(OIDC_PROVIDER.missing(format!("the token is made for {made_for}")));
    };
    let own = wanted::account(facts);
    let list = facts.account.oidc_providers.need(&OIDC_PROVIDER);
    let listed = list.and_then(|(list, source)| {
        let account = own == Some(list.account.as_str());
        let provider = oidc_provider::of(list, &claims.issuer).filter(|_| account);
        let none = || OIDC_PROVIDER.missing("the provider of the role's account was not seen");
        let provider = provider.ok_or_else(none)?;
        let none = || OIDC_PROVIDER.missing("its client IDs were not read");
        Ok((provider, provider.client_ids.as_ref().ok_or_else(none)?, source))
    });
    let (provider, ids, source) = match (listed, refused) {
        (Ok(it), _) => it,
        (Err(_), Some(refused)) => {
            let quote = refused.quote(token_claims::INCORRECT_AUDIENCE);
            let broken = Verdict::broken(&NOT_LISTED, "STS refuses a token for it", quote);
            return Ok(broken.and_evidence(token.quote(audience)));
        }
        (Err(missing), None) => return Err(missing),
    };
    if ids.contains(audience) {
        return Ok(Verdict::intact(format!("lists {audience}"), source));
    }
    let first = ids.first().map_or("", String::as_str);
    let quote = source.quote_any(&["client IDs", first]);
    let broken = match ids.iter().find(|it| visible(it) == *audience) {
        Some(it) => {
            let lengths = format!("{} bytes, where {} are right", it.len(), audience.len());
            Verdict::broken(&INVISIBLE, format!("{}, {lengths}", escaped(it)), quote)
                .with("client-id", escaped(it))
                .with("why", format!("{} ({lengths})", escaped(it)))
        }
        None => Verdict::broken(&NOT_LISTED, format!("lists {}", ids.join(", ")), quote),
    };
    let broken = broken.and_evidence(token.quote(audience));
    Ok(broken.with("audience", audience).with("oidc-provider", &provider.arn))
}

fn seen(char: char) -> bool {
    char.is_ascii_graphic()
}

/// An audience of AWS is plain ASCII: whatever else stands there is not seen, or is not meant.
fn visible(text: &str) -> String {
    text.chars().filter(|it| seen(*it)).collect()
}

/// As bash reads it between `$'` and `'`.
fn escaped(text: &str) -> String {
    text.chars()
        .map(|it| match u32::from(it) {
            _ if seen(it) => it.to_string(),
            code @ 0..=0x7f => format!("\\x{code:02x}"),
            code @ 0x80..=0xffff => format!("\\u{code:04x}"),
            code => format!("\\U{code:08x}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_written_out_and_left_out() {
        for (text, shown) in [
            ("sts.amazonaws.com\u{200b}", "sts.amazonaws.com\\u200b"),
            ("sts.amazonaws.com ", "sts.amazonaws.com\\x20"),
            ("\u{feff}sts.amazonaws.com\n", "\\ufeffsts.amazonaws.com\\x0a"),
        ] {
            assert_eq!(escaped(text), shown);
            assert_eq!(visible(text), STS_AUDIENCE);
        }
    }
}
