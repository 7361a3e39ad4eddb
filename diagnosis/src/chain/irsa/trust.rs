//! The role's trust policy, asked by the token that this ServiceAccount gets.

use super::{pod_identity_instead, wanted};
use crate::{
    aws::STS_AUDIENCE,
    chain::{Look, Verdict},
    facts::{
        Answer as StsAnswer, Claims, Facts, Missing, Observed, Role, RoleObject, Source, TokenFile,
        inputs::{CLUSTER_IDENTITY, PROBE_REPORT, TRUST_POLICY},
    },
    iam::{self, Answer, Element, Policy, Request, Risk, RiskKind, Why},
    report::Evidence,
};

pub(super) struct Trust<'a> {
    pub(super) answer: Answer,
    pub(super) role: &'a Role,
    pub(super) policy: &'a Source,
    pub(super) claims: Claims,
    /// What the claims were read from.
    pub(super) token: &'a Source,
}

/// STS gave credentials for the pod's own token.
pub(super) fn accepted(facts: &Facts) -> Option<(&StsAnswer, &Source)> {
    match &facts.pod.web_identity {
        Observed::Seen { value, source } if value.accepted() => Some((value, source)),
        _ => None,
    }
}

/// STS answered the pod's own token with this message.
pub(super) fn refused<'a>(facts: &'a Facts, message: &str) -> Option<&'a Source> {
    match &facts.pod.web_identity {
        Observed::Seen { value, source } if value.message.contains(message) => Some(source),
        _ => None,
    }
}

/// The policy is judged only where STS gave no credentials; what is too wide shows in either case.
pub(super) fn look(
    facts: &Facts,
    with_risks: fn(Verdict, &Trust) -> Verdict,
    judged: fn(&Facts, &Trust) -> Look,
) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    let asked = evaluate(facts);
    if let Some((answer, source)) = accepted(facts) {
        let intact = Verdict::intact(format!("STS gave {}", answer.detail), source);
        return Ok(match &asked {
            Ok(asked) => with_risks(intact, asked),
            Err(_) => intact,
        });
    }
    judged(facts, &asked?)
}

/// Those of one link, in the words of a risk.
pub(super) fn with_risks(verdict: Verdict, asked: &Trust, own: fn(RiskKind) -> bool) -> Verdict {
    let Answer::Allowed { risks, .. } = &asked.answer else { return verdict };
    risks.iter().filter(|it| own(it.kind)).fold(verdict, |verdict, risk| {
        let title = too_wide(risk, role_name(asked.role));
        verdict.and_risk(title, policy_quote(asked.policy, &risk.quote))
    })
}

pub(super) fn evaluate(facts: &Facts) -> Result<Trust<'_>, Missing> {
    let (role, policy) = facts.account.role.need(&TRUST_POLICY)?;
    let RoleObject::Present(role) = role else {
        return Err(TRUST_POLICY.missing("the role does not exist"));
    };
    wanted::is(facts, &role.arn)?;
    let (claims, token) = claims(facts)?;
    let parsed = Policy::parse(&role.trust)
        .map_err(|error| TRUST_POLICY.missing(format!("not read: {error}")))?;
    let answer = iam::trust(&parsed, &Request::web_identity(&claims, &role.arn));
    Ok(Trust { answer, role, policy, claims, token })
}

/// Of the token; without one, what the kubelet would write into it.
pub(super) fn claims(facts: &Facts) -> Result<(Claims, &Source), Missing> {
    if let Observed::Seen { value: TokenFile::Claims(claims), source } = &facts.pod.token {
        return Ok((claims.clone(), source));
    }
    let (account, source) = facts.cluster.service_account.need(&PROBE_REPORT)?;
    let account = account.present().ok_or_else(|| PROBE_REPORT.missing("no ServiceAccount"))?;
    let (cluster, _) = facts.account.cluster.need(&CLUSTER_IDENTITY)?;
    let claims = Claims {
        issuer: cluster.issuer.clone(),
        subject: format!("system:serviceaccount:{}:{}", account.namespace, account.name),
        audience: vec![account.audience.clone().unwrap_or_else(|| STS_AUDIENCE.to_owned())],
        ..Claims::default()
    };
    Ok((claims, source))
}

/// What failed in the statement that comes nearest.
pub(super) fn nearest(why: &[Why]) -> impl Iterator<Item = &Why> {
    let first = why.first().map(|it| (it.document, it.statement));
    why.iter().take_while(move |it| Some((it.document, it.statement)) == first)
}

/// Who may ask, and for what; the rest of a statement are its conditions.
pub(super) fn of_the_caller(element: &Element) -> bool {
    use Element::{Action, NotAction, NotPrincipal, Principal};
    matches!(element, Principal | NotPrincipal | Action | NotAction)
}

/// The policy's own text, with the line where it begins.
pub(super) fn policy_quote(policy: &Source, quote: &str) -> Evidence {
    let before = policy.text.find(quote).map(|at| policy.text[..at].matches('\n').count());
    let line = before.filter(|_| policy.line > 0).and_then(|it| u32::try_from(it).ok());
    Evidence {
        quote: quote.to_owned(),
        source: policy.place.clone(),
        line: line.map(|it| it + policy.line),
    }
}

/// A member of the policy as one line of a diff, with what nobody sees written as JSON escapes.
pub(super) fn one_line(member: &str) -> String {
    let line: Vec<&str> = member.lines().map(str::trim).collect();
    let mut text = String::new();
    for char in line.join(" ").chars() {
        if char.is_ascii_graphic() || char == ' ' || char.is_alphanumeric() {
            text.push(char);
        } else {
            let units = char.encode_utf16(&mut [0; 2]).to_vec();
            text.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}

/// What works but lets in more, in one sentence.
fn too_wide(risk: &Risk, role: &str) -> String {
    let narrower = risk.corrected.as_deref().map(one_line);
    let narrower = narrower.map(|it| format!("; narrower: {it}")).unwrap_or_default();
    format!("trust policy of role {role}: {}{narrower}", risk.words)
}

pub(super) fn role_name(role: &Role) -> &str {
    role.arn.rsplit('/').next().unwrap_or(&role.arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_one_line_and_shows_what_nobody_sees() {
        let member = "\"k:aud\": [\n  \"sts.amazonaws.com\u{200b}\"\n]";
        assert_eq!(one_line(member), r#""k:aud": [ "sts.amazonaws.com\u200b" ]"#);
    }

    #[test]
    fn a_quote_knows_its_line_in_a_file() {
        let policy = Source { line: 3, text: "{\n\"a\": 1\n}".into(), ..Source::default() };
        assert_eq!(policy_quote(&policy, "\"a\": 1").line, Some(4));
        assert_eq!(policy_quote(&policy, "\"b\"").line, None);
    }
}
