//! No NetworkPolicy drops what the pod sends or is sent.

use crate::{
    chain::{
        Fault, Link, Look, Plane, Sign, Verdict, Way,
        ladder::{self, Wire},
        no_host,
    },
    facts::{Facts, inputs::NETWORK_POLICIES},
    report::Evidence,
};

pub(super) static LINK: Link = Link {
    id: "network-policy",
    title: "NetworkPolicy",
    means: "Where policies select a pod, only what one of them allows gets through; the rest is dropped without a word to the client, which sees a timeout.",
    judged: "Intact when no policy restricts the pod's egress. Policies that allow no port 53 at all keep the pod from every resolver: broken where its client got no answer from one. Else the drops in the flow log of the VPC CNI's agent or of Cilium tell.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html",
        "https://docs.cilium.io/en/stable/observability/hubble/",
    ],
    faults: &[&DROPPED, &NO_DNS],
    // A leading gap begins with its line: a sign that names whose address it is speaks first.
    signs: &[
        Sign::new(
            "<>Policy denied DROPPED",
            "Mar  1 10:00:00.000: prod/api-7d9f:51234 (ID:97997) <> 10.0.9.4:5432 (world) Policy denied DROPPED (TCP Flags: SYN)",
            "https://docs.cilium.io/en/stable/observability/hubble/",
            &[Way(&LINK, &DROPPED)],
        ),
        Sign::new(
            "<>policy-verdict:none EGRESS DENIED",
            "prod/api-7d9f:51234 (ID:97997) <> 10.0.9.4:5432 (world) policy-verdict:none EGRESS DENIED (TCP Flags: SYN)",
            "https://docs.cilium.io/en/stable/observability/hubble/",
            &[Way(&LINK, &DROPPED)],
        ),
        Sign::new(
            "<>policy-verdict:none INGRESS DENIED",
            "prod/web-1:51234 (ID:97997) <> prod/api-7d9f:8080 (ID:97998) policy-verdict:none INGRESS DENIED (TCP Flags: SYN)",
            "https://docs.cilium.io/en/stable/observability/hubble/",
            &[Way(&LINK, &DROPPED)],
        ),
        Sign::new(
            "<>xx drop (Policy denied) ",
            "xx drop (Policy denied) flow 0x6fdbe9a1 to endpoint 0, ifindex 4, file bpf_lxc.c:1304, , identity 97997->world: 10.0.2.5:51234 -> 10.0.9.4:5432 tcp SYN",
            "https://docs.cilium.io/en/stable/operations/troubleshooting/",
            &[Way(&LINK, &DROPPED)],
        ),
        Sign::new(
            "\"Src IP\":\"<source>\",<>\"Dest IP\":\"<host>\",\"Dest Port\":<port>,<>\"Verdict\":\"DENY\"",
            r#"{"level":"info","logger":"ebpf-client","msg":"Flow Info: ","Src IP":"10.0.141.167","Src Port":39197,"Dest IP":"172.20.0.10","Dest Port":53,"Proto":"TCP","Verdict":"DENY"}"#,
            "aws/aws-network-policy-agent pkg/ebpf/events/events.go, v1.2",
            &[Way(&LINK, &DROPPED)],
        ),
        Sign::new(
            "SIP: <source>;<>DIP: <host>;<>DPORT: <port>;<>PolicyVerdict: DENY",
            "Node: ip-10-0-1-10.ec2.internal;SIP: 10.0.1.28;SPORT: 55484;DIP: 10.0.1.132;DPORT: 8080;PROTOCOL: TCP;PolicyVerdict: DENY",
            "https://github.com/aws/aws-network-policy-agent/issues/163",
            &[Way(&LINK, &DROPPED)],
        ),
        Sign::new(
            "Flow Info: Src IP: <source> Src Port: <> Dest IP: <host> Dest Port: <port> <>Verdict: DENY",
            "Flow Info: Src IP: 10.0.1.28 Src Port: 55484 Dest IP: 10.0.1.132 Dest Port: 8080 Proto: TCP Verdict: DENY Direction: egress",
            "aws/aws-network-policy-agent pkg/ebpf/events/events.go, v1.2.2",
            &[Way(&LINK, &DROPPED)],
        ),
    ],
    host: no_host,
    look,
};

static DROPPED: Fault = Fault {
    id: "dropped",
    plane: Plane::Network,
    title: "a NetworkPolicy drops the connection that the evidence names",
    fix: "allow exactly the pair in the evidence, in the policy that selects the pod",
    change: "kubectl get networkpolicies -n <namespace> -o yaml    # which of them selects this pod?\n\
     # add to the one that lacks it, for this pair and no other:\n\
     #   egress of the source:       to: [the peer of the evidence], ports: [its port and protocol]\n\
     #   ingress of the destination: from: [the source of the evidence], ports: [the same]\n\
     # a peer on the node's own network has no pod labels: an ipBlock of its address, or Cilium's entity host",
    owner: "the owner of that NetworkPolicy",
    impact: "nothing restarts; the pods that the policy selects gain this one path",
    verify: "kubectl logs -n <namespace> <pod> --since=5m    # its next attempt; the flow log has the same pair",
    expect: "ACCEPT or FORWARDED in the flow log, and no timeout",
};

static NO_DNS: Fault = Fault {
    id: "dns-not-allowed",
    plane: Plane::Network,
    title: "NetworkPolicy <policy> lets the pod ask no resolver: it allows nothing on port 53",
    fix: "allow the pod to ask CoreDNS, on port 53 and nothing more",
    change: "# one more rule below spec.egress of NetworkPolicy <policy> in <namespace>:\n  \
        - to:\n    \
          - namespaceSelector:\n        \
              matchLabels:\n          \
                kubernetes.io/metadata.name: kube-system\n      \
            podSelector:\n        \
              matchLabels:\n          \
                k8s-app: kube-dns\n    \
          ports:\n    \
          - {protocol: UDP, port: 53}\n    \
          - {protocol: TCP, port: 53}",
    owner: "the owner of that NetworkPolicy",
    impact: "nothing restarts; the pods that the policy selects can resolve names",
    verify: "kubectl exec -n <namespace> <pod> -- nslookup kubernetes.default",
    expect: "an address",
};

/// A lookup that nobody answered, in the words of the pod's own client.
fn unanswered(facts: &Facts) -> Option<Evidence> {
    facts.lines.iter().find_map(|line| {
        let name = |wire: &&Wire| {
            wire.faults.iter().any(|it| std::ptr::eq(*it, &raw const ladder::NAME_UNANSWERED))
        };
        let (at, _) = ladder::WIRE.iter().filter(name).find_map(|it| it.read(&line.text))?;
        let start = line.text[..at].rfind('\n').map_or(0, |it| it + 1);
        let before = u32::try_from(line.text[..start].matches('\n').count()).unwrap_or(0);
        let quote = line.text[start..].lines().next().unwrap_or_default().trim().to_owned();
        let number = (line.line > 0).then_some(line.line + before);
        Some(Evidence { quote, source: line.place.clone(), line: number })
    })
}

fn look(facts: &Facts) -> Look {
    let (policies, source) = facts.cluster.egress_policies.need(&NETWORK_POLICIES)?;
    if policies.is_empty() {
        return Ok(Verdict::intact("none restricts the pod's egress", source));
    }
    let names: Vec<_> = policies.iter().map(|it| it.name.as_str()).collect();
    let mut rules = policies.iter().flat_map(|it| &it.allows);
    let dns = rules.any(|it| it.ports.is_empty() || it.ports.contains(&53));
    if let Some(said) = unanswered(facts).filter(|_| !dns) {
        let detail = format!("{} allows nothing on port 53", names.join(", "));
        let broken = Verdict::broken(&NO_DNS, detail, said);
        let policy = source.quote(names[0]);
        return Ok(broken.and_evidence(policy).with("policy", names.join(", ")));
    }
    Err(NETWORK_POLICIES
        .missing(format!("{} select the pod; its flow log tells", names.join(", "))))
}
