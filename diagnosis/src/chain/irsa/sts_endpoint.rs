//! The STS host that this pod is configured for answers it.

use super::{pod_identity_instead, workload};
use crate::{
    aws::{STS_GLOBAL, partition_of_region},
    chain::{Link, Look, Verdict, Way, ladder, pod_identity::egress},
    facts::{
        Ended, Facts, Observed, Phase, Reach, Source, TokenFile,
        inputs::{PROBE_REPORT, WORKLOAD_LOG},
    },
    pattern::Names,
};

mod asked;
mod faults;
mod signs;

pub(super) use faults::WRONG_PARTITION;
use faults::{
    GLOBAL_CHOSEN, GLOBAL_SILENT, PODS_CUT_OFF, REGION_DISABLED, REGIONAL_CHOSEN, SIGN_REGION,
    THROTTLED,
};

pub(super) static LINK: Link = Link {
    id: "sts-endpoint",
    title: "STS endpoint",
    means: "The pod resolves and reaches the STS host that it is configured for: the regional one, or sts.amazonaws.com where AWS_STS_REGIONAL_ENDPOINTS says legacy. That host is of the cluster's partition, and serves the account.",
    judged: "From the pod: DNS, TCP, TLS and any HTTP answer of both hosts, each with its own fault; beside it the same from the node, which tells a blocked pod from a closed network. Older SDKs take the global host unless told otherwise.",
    sources: &[
        "https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/configure-sts-endpoint.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html",
    ],
    faults: &[
        &ladder::NAME_NOT_FOUND,
        &ladder::NAME_UNANSWERED,
        &ladder::NAME_REFUSED,
        &ladder::CONNECT_TIMED_OUT,
        &ladder::ENDPOINT_CLOSED,
        &ladder::NO_WAY_OUT,
        &ladder::CONNECT_REFUSED,
        &ladder::UNREACHABLE,
        &ladder::TLS_TIMED_OUT,
        &ladder::TLS_UNTRUSTED,
        &ladder::TLS_INTERCEPTED,
        &ladder::TLS_WRONG_NAME,
        &ladder::TLS_EXPIRED,
        &ladder::TLS_FAILED,
        &ladder::HTTP_TIMED_OUT,
        &ladder::HTTP_FAILED,
        &PODS_CUT_OFF,
        &GLOBAL_CHOSEN,
        &GLOBAL_SILENT,
        &REGIONAL_CHOSEN,
        &WRONG_PARTITION,
        &REGION_DISABLED,
        &SIGN_REGION,
        &THROTTLED,
    ],
    signs: signs::SIGNS,
    host: |host| host.starts_with("sts."),
    look,
};

/// The global host has an interface endpoint in no region but its own: where it times out, the fix
/// is another host first.
pub(crate) fn asked(names: &Names, ways: &mut [Way]) {
    let global = names.get("host").is_some_and(|it| it == STS_GLOBAL);
    if let ([Way(link, fault)], true) = (ways, global)
        && std::ptr::eq(*link, &raw const LINK)
        && std::ptr::eq(*fault, &raw const ladder::CONNECT_TIMED_OUT)
    {
        *fault = &GLOBAL_SILENT;
    }
}

/// By code alone: the message is another in each service.
const THROTTLING: &[&str] =
    &["Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded"];

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = pod_identity_instead(facts) {
        return Ok(verdict);
    }
    let pod = &facts.pod;
    let told = workload::identity(facts).and_then(|it| it.sts_regional_endpoints.as_deref());
    let global = told.is_some_and(|it| it.eq_ignore_ascii_case("legacy"));
    let (asked, other) = if global {
        (&pod.sts_global, &pod.sts_regional)
    } else {
        (&pod.sts_regional, &pod.sts_global)
    };
    let (reach, source) = asked.need(&PROBE_REPORT)?;
    let aside = also(other);
    let proxy = workload::identity(facts).and_then(|it| egress::proxied_name(it, &reach.host));
    let Err(mut broken) = ladder::climb(facts, ladder::From::Pod, &[], asked, &PROBE_REPORT)?
    else {
        if let Some(broken) = asked::the_other(facts, reach, other) {
            return Ok(broken);
        }
        return Ok(answered(facts, reach, source, told.is_none().then_some(other)));
    };
    // What was measured is not the way that the SDK takes.
    if let Some(proxy) = proxy {
        let why = format!("the SDK asks the proxy {proxy}; measured without it: {}", reach.ended);
        return Err(WORKLOAD_LOG.doubt(why, source.quote(&reach.host)));
    }
    if let Some(cut) = cut_off(facts, reach, source) {
        return Ok(cut);
    }
    if answers(other) {
        let explicit = told.is_some_and(|it| it.eq_ignore_ascii_case("regional"));
        let fault =
            if global { Some(&GLOBAL_CHOSEN) } else { explicit.then_some(&REGIONAL_CHOSEN) };
        if let Some(fault) = fault {
            let broken = Verdict::broken(
                fault,
                format!("{}{aside}", reach.ended),
                source.quote(&reach.host),
            );
            return Ok(broken.with("host", &reach.host));
        }
    }
    broken.detail.push_str(&aside);
    Ok(broken)
}

/// Reached; what it said may still be the endpoint's to explain.
fn answered(
    facts: &Facts,
    reach: &Reach,
    source: &Source,
    older: Option<&Observed<Reach>>,
) -> Verdict {
    if let Some(broken) = wrong_partition(facts, reach, source) {
        return broken;
    }
    if let Observed::Seen { value, source } = &facts.pod.web_identity
        && THROTTLING.contains(&value.code.as_str())
    {
        return Verdict::broken(&THROTTLED, &value.code, source.quote(&value.code));
    }
    let intact = Verdict::intact(reach.brief(), source);
    match older {
        Some(Observed::Seen { value, source }) if value.status().is_none() => {
            let title = format!("an older SDK asks {}, which does not answer here", value.host);
            intact.and_risk(title, source.quote(&value.host))
        }
        _ => intact,
    }
}

/// The token's issuer says where the cluster is.
fn wrong_partition(facts: &Facts, reach: &Reach, source: &Source) -> Option<Verdict> {
    let Observed::Seen { value: TokenFile::Claims(claims), source: token } = &facts.pod.token
    else {
        return None;
    };
    let (region, _) = claims.issuer.strip_prefix("https://oidc.eks.")?.split_once('.')?;
    let asked = reach.host.strip_prefix("sts.")?;
    let asked = asked.split('.').next().filter(|_| reach.host != STS_GLOBAL).unwrap_or("us-east-1");
    let (wanted, found) = (partition_of_region(region), partition_of_region(asked));
    (wanted != found).then(|| {
        let detail = format!("{} of {}, for a token of {}", reach.host, found.id, wanted.id);
        let broken = Verdict::broken(&WRONG_PARTITION, detail, source.quote(&reach.host));
        broken.and_evidence(token.quote("iss")).with("host", &reach.host).with("region", region)
    })
}

/// From the node the same host answers; what is between is the pods' own.
fn cut_off(facts: &Facts, reach: &Reach, source: &Source) -> Option<Verdict> {
    let Observed::Seen { value: node, source: measured } = &facts.node.sts else { return None };
    let blocked = matches!(
        reach.ended,
        Ended::ConnectTimedOut
            | Ended::ConnectRefused
            | Ended::Unreachable
            | Ended::NameNotFound
            | Ended::NameUnanswered
            | Ended::NameRefused
    );
    if !blocked || node.host != reach.host || node.status().is_none() {
        return None;
    }
    let broken = Verdict::broken(&PODS_CUT_OFF, reach.ended.to_string(), source.quote(&reach.host));
    let mut broken = broken
        .and_evidence(measured.quote(&node.host))
        .with("host", &reach.host)
        .with("port", reach.port.to_string());
    let Observed::Seen { value: policies, source: listed } = &facts.cluster.egress_policies else {
        return Some(broken);
    };
    if reach.phases.last().is_some_and(|it| it.phase == Phase::Dns) {
        return Some(broken);
    }
    let names: Vec<_> = policies.iter().map(|it| it.name.as_str()).collect();
    let address = reach.addresses.first().map_or("", String::as_str);
    if egress::blocked(policies, address, reach.port) {
        let names = names.join(", ");
        broken.detail = format!("NetworkPolicy {names} allows no {address}:{}", reach.port);
    }
    for name in names {
        broken = broken.and_evidence(listed.quote(name));
    }
    Some(broken)
}

fn answers(observed: &Observed<Reach>) -> bool {
    observed.value().is_some_and(|it| it.status().is_some())
}

/// The other host, because the workload's SDK may be an older one that asks it.
fn also(other: &Observed<Reach>) -> String {
    other.value().map(|it| format!("; {}: {}", it.host, it.ended)).unwrap_or_default()
}
