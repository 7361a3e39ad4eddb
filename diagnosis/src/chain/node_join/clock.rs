//! This machine's clock is right enough for signatures, tokens and certificates.

use crate::{
    chain::{Common, Fault, Link, Look, Plane, Verdict, ladder::span, no_host},
    facts::{Clock, Ended, Facts, Observed, Source, TimeSource, inputs::NODE_CHECK},
};

pub(super) static LINK: Link = Link {
    id: "clock",
    title: "clock",
    means: "This machine's clock is within five minutes of AWS's. Each signature carries the time, and so does the token that the kubelet shows to the cluster, which is refused a quarter of an hour later.",
    judged: "From the Date of what AWS answered against this clock, in whole seconds: the median of all answers. Beside it what chrony says of itself. Where the two disagree, AWS's clock decides: it is the one that judges signatures.",
    sources: &[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-ec2-ntp.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html",
        "kubernetes-sigs/aws-iam-authenticator pkg/token/token.go, 2026-07",
    ],
    faults: &[&WRONG_SOURCE, &BREAKS_CERTIFICATES, &BREAKS_TOKENS, &BREAKS_SIGNATURES],
    signs: &[],
    host: no_host,
    look,
};

const OURS: Common = Common {
    plane: Plane::Node,
    owner: "the owner of the node's image",
    impact: "this node alone: its clock is set; the kubelet tries again by itself",
    verify: "eks-triage check, on the node",
    expect: "clock intact",
};

/// As EC2 documents it for its own time service, whichever image.
static WRONG_SOURCE: Fault = OURS.fault(
    "wrong-source",
    "this clock is <offset> AWS's, and the time source that it follows calls it right",
    "let chrony follow the Amazon Time Sync Service, 169.254.169.123, in the place of <other>",
    "chronyc -n sources    # what it follows; 169.254.169.123 should be there, and chosen (^*)\n\
     # in /etc/chrony.conf, or a file below /etc/chrony.d: server 169.254.169.123 prefer iburst minpoll 4 maxpoll 4\n\
     systemctl restart chronyd && chronyc makestep",
);
static BREAKS_CERTIFICATES: Fault = OURS.fault(
    "breaks-certificates",
    "this clock is <offset> AWS's: good certificates seem expired, or not yet valid",
    "set this clock by the Amazon Time Sync Service, 169.254.169.123",
    SET,
);
static BREAKS_TOKENS: Fault = OURS.fault(
    "breaks-tokens",
    "this clock is <offset> AWS's: the cluster refuses the kubelet's token as expired",
    "set this clock by the Amazon Time Sync Service, 169.254.169.123",
    SET,
);
static BREAKS_SIGNATURES: Fault = OURS.fault(
    "breaks-signatures",
    "this clock is <offset> AWS's: AWS refuses requests that are signed by it",
    "set this clock by the Amazon Time Sync Service, 169.254.169.123",
    SET,
);

const SET: &str = "systemctl status chronyd; chronyc -n sources -v    # is it running, and does 169.254.169.123 answer?\n\
     # in /etc/chrony.conf, or a file below /etc/chrony.d: server 169.254.169.123 prefer iburst minpoll 4 maxpoll 4\n\
     systemctl restart chronyd && chronyc makestep\n\
     # it drifts away again, or chrony is right and the hypervisor is not? stop and start the instance: another host";

/// SigV4 allows five minutes.
const SIGNATURES: u64 = 300;
/// The authenticator allows a token's age.
const TOKENS: u64 = 900;
/// A difference that no drift explains, and that certificates are seen to feel.
const CERTIFICATES: u64 = 24 * 3600;

fn look(facts: &Facts) -> Look {
    let (clock, source) = facts.node.clock.need(&NODE_CHECK)?;
    let off = clock.offset_seconds.unsigned_abs();
    let offset = words(clock);
    if off < SIGNATURES {
        let intact = Verdict::intact(format!("{offset} {}", clock.against), source);
        return Ok(remarks(facts, off, source, intact));
    }
    let followed = misled(&facts.node.host.time_source);
    let fault = match (followed, off) {
        (Some(_), _) => &WRONG_SOURCE,
        (_, CERTIFICATES..) if certificate_refused(facts) => &BREAKS_CERTIFICATES,
        (_, TOKENS..) => &BREAKS_TOKENS,
        _ => &BREAKS_SIGNATURES,
    };
    let broken = Verdict::broken(fault, format!("{offset} {}", clock.against), source.quote("off"));
    let broken = broken.with("offset", offset);
    Ok(match followed {
        Some((it, source)) => {
            let other = it.reference.as_deref().unwrap_or("what it follows now");
            broken.and_evidence(source.quote("")).with("other", other)
        }
        None => broken,
    })
}

/// What breaks things is told in whole minutes: each look differs by a second.
fn words(clock: &Clock) -> String {
    let off = clock.offset_seconds.unsigned_abs();
    let told = span(if off < SIGNATURES { off } else { off.saturating_add(30) / 60 * 60 });
    match clock.offset_seconds {
        0 => "in step with".to_owned(),
        it if it > 0 => format!("{told} ahead of"),
        _ => format!("{told} behind"),
    }
}

/// A source that says it is right while AWS says it is not.
fn misled(observed: &Observed<TimeSource>) -> Option<(&TimeSource, &Source)> {
    const SMALL: i64 = 60_000;
    let Observed::Seen { value, source } = observed else { return None };
    let right = value.synchronized == Some(true)
        && value.offset_millis.is_some_and(|it| it.abs() < SMALL)
        && value.reference.as_deref() != Some("169.254.169.123");
    right.then_some((value, source))
}

fn certificate_refused(facts: &Facts) -> bool {
    let node = &facts.node;
    [
        &node.cluster_endpoint,
        &node.sts,
        &node.ec2,
        &node.eks,
        &node.eks_auth,
        &node.ecr_api,
        &node.registry,
        &node.layer_host,
    ]
    .into_iter()
    .filter_map(Observed::value)
    .any(|it| it.ended == Ended::TlsExpired)
}

fn remarks(facts: &Facts, off: u64, source: &Source, intact: Verdict) -> Verdict {
    const NOTICEABLE: u64 = 30;
    let intact = match off {
        NOTICEABLE.. => {
            let title = format!("this clock is {} off; from five minutes on it breaks", span(off));
            intact.and_risk(title, source.quote("off"))
        }
        _ => intact,
    };
    match &facts.node.host.time_source {
        Observed::Seen { value, source } if value.synchronized == Some(false) => {
            intact.and_risk("no time source keeps this clock right", source.quote(""))
        }
        _ => intact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::State;

    fn judged(offset_seconds: i64, time: Option<TimeSource>) -> Verdict {
        let mut facts = Facts::default();
        let clock = Clock { offset_seconds, against: "169.254.169.254".to_owned() };
        facts.node.clock = Observed::seen(clock, Source::new("Date", "", "off by that much"));
        if let Some(time) = time {
            facts.node.host.time_source =
                Observed::seen(time, Source::new("chrony", "", "tracking"));
        }
        look(&facts).ok().unwrap()
    }

    fn fault(offset_seconds: i64, time: Option<TimeSource>) -> Option<&'static str> {
        judged(offset_seconds, time).fault.map(|it| it.id)
    }

    fn source(synchronized: bool, reference: &str) -> TimeSource {
        let reference = Some(reference.to_owned());
        TimeSource { synchronized: Some(synchronized), reference, offset_millis: Some(1) }
    }

    #[test]
    fn the_limits_of_signatures_and_tokens_count_in_both_directions() {
        for (offset, expected) in [
            (0, None),
            (299, None),
            (-299, None),
            (300, Some("breaks-signatures")),
            (-899, Some("breaks-signatures")),
            (900, Some("breaks-tokens")),
            (-1200, Some("breaks-tokens")),
            (i64::MIN, Some("breaks-tokens")),
        ] {
            assert_eq!(fault(offset, None), expected, "{offset}");
        }
    }

    #[test]
    fn a_source_that_is_wrong_is_named_and_the_one_of_ec2_is_not_suspected() {
        assert_eq!(fault(1200, Some(source(true, "192.0.2.1"))), Some("wrong-source"));
        assert_eq!(judged(1200, Some(source(true, "192.0.2.1"))).names["other"], "192.0.2.1");
        assert_eq!(fault(1200, Some(source(true, "169.254.169.123"))), Some("breaks-tokens"));
        assert_eq!(fault(1200, Some(source(false, "192.0.2.1"))), Some("breaks-tokens"));
    }

    #[test]
    fn without_a_source_a_clock_that_is_right_is_remarked_alone() {
        let right = judged(2, Some(source(false, "")));
        assert_eq!((right.state, right.risks.len()), (State::Intact, 1));
        let drifting = judged(-45, None);
        assert_eq!((drifting.state, drifting.risks.len()), (State::Intact, 1));
        assert!(judged(2, None).risks.is_empty());
    }
}
