//! CoreDNS, or the node, gets an answer from the resolver upstream.

use super::{COREDNS_LOG, resolves};
use crate::chain::{Common, Fault, Link, Plane, Sign, Way, no_host};

pub(super) static LINK: Link = Link {
    id: "upstream-dns",
    title: "upstream resolver",
    means: "The resolver that CoreDNS forwards to, which is that of its node, answers for names outside the cluster: the VPC's .2 address, or what the VPC's DHCP options name.",
    judged: "Intact when an outside name resolved in the pod. CoreDNS's log names the upstream that was silent, and the queries that it answered with SERVFAIL.",
    sources: &[
        "https://coredns.io/plugins/errors/ and https://coredns.io/plugins/log/",
        "https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html",
    ],
    faults: &[&SILENT, &FAILS, &REFUSES],
    signs: &[
        Sign::new(
            "plugin/errors: <> <host> <>: dial tcp <address>: i/o timeout",
            "[ERROR] plugin/errors: 2 db.example.eu-west-3.rds.amazonaws.com. AAAA: dial tcp 10.28.0.2:53: i/o timeout",
            "https://github.com/coredns/coredns/issues/4662",
            &[Way(&LINK, &SILENT)],
        ),
        Sign::new(
            "plugin/errors: <> <host> <>: read udp <>-><address>: i/o timeout",
            "[ERROR] plugin/errors: 2 sts.amazonaws.com. A: read udp 10.0.2.5:40000->10.0.0.2:53: i/o timeout",
            "https://coredns.io/plugins/errors/",
            &[Way(&LINK, &SILENT)],
        ),
        Sign::new(
            "plugin/errors: <> <host> <>: read udp <>-><address>: read: connection refused",
            "[ERROR] plugin/errors: 2 sts.amazonaws.com. A: read udp 10.0.2.5:40000->10.0.0.2:53: read: connection refused",
            "https://coredns.io/plugins/errors/",
            &[Way(&LINK, &SILENT)],
        ),
        Sign::new(
            "plugin/errors: <> <host> <>: no upstream host",
            "[ERROR] plugin/errors: 2 sts.amazonaws.com. A: no upstream host",
            "coredns/coredns plugin/forward/forward.go",
            &[Way(&LINK, &SILENT)],
        ),
        Sign::new(
            " IN <host> <>\" SERVFAIL ",
            "[INFO] 10.42.192.21:51916 - 60408 \"A IN db.example.com. udp 32 false 512\" SERVFAIL qr,rd 32 0.001564637s",
            "https://coredns.io/plugins/log/",
            &[Way(&LINK, &FAILS)],
        ),
        Sign::new(
            " IN <host> <>\" REFUSED ",
            "[INFO] 10.42.192.21:51916 - 60408 \"A IN db.example.com. udp 32 false 512\" REFUSED qr,rd 32 0.001564637s",
            "https://coredns.io/plugins/log/",
            &[Way(&LINK, &REFUSES)],
        ),
    ],
    host: no_host,
    look: |facts| resolves(facts, &COREDNS_LOG),
};

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the owner of the VPC's DNS",
    impact: "nothing restarts; every name outside the cluster resolves this way",
    verify: "dig +time=2 +tries=1 <host>    # on the node of the CoreDNS pod, at its own nameserver",
    expect: "an address",
};

pub(super) static SILENT: Fault = OURS.fault(
    "silent",
    "the resolver upstream of CoreDNS does not answer: <address>",
    "let the node of CoreDNS reach its own nameserver, and spread the load on it",
    "# the exact pair: the node of the CoreDNS pod → <address>, UDP and TCP 53\n\
     kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide    # all on one node? spread them\n\
     ethtool -S eth0 | grep linklocal_allowance_exceeded    # on that node: over 1,024 queries a second; NodeLocal DNSCache helps\n\
     # a nameserver of one's own (DHCP options): its owner must answer the node's subnet",
);
static FAILS: Fault = OURS.fault(
    "servfail",
    "the resolver upstream of CoreDNS fails for <host> (SERVFAIL)",
    "mend the one upstream that fails for this name",
    "kubectl -n kube-system get configmap coredns -o yaml | grep -n forward\n\
     cat /etc/resolv.conf    # on the node of CoreDNS: 127.0.0.53 means that CoreDNS cannot use it; name the real one\n\
     dig <host>    # at that nameserver: does it fail there, too? its zone or its forwarding rule is broken",
);
static REFUSES: Fault = OURS.fault(
    "refused",
    "the resolver upstream of CoreDNS refuses to answer for <host> (REFUSED)",
    "let that resolver serve the node's subnet, or forward this zone elsewhere",
    "kubectl -n kube-system get configmap coredns -o yaml | grep -n forward\n\
     dig <host>    # on the node of CoreDNS, at that nameserver: its owner decides whom it serves",
);
