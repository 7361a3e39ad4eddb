//! Pods get an answer from CoreDNS.

use super::{COREDNS_LOG, resolves, upstream_dns};
use crate::chain::{Common, Fault, Link, Plane, Sign, Way, no_host};

pub(super) static LINK: Link = Link {
    id: "cluster-dns",
    title: "pod to CoreDNS",
    means: "The pod's queries reach CoreDNS at the cluster's DNS address, UDP and TCP 53, and CoreDNS serves: it runs, and knows the API server.",
    judged: "Intact when an outside name resolved in the pod. A client's failed lookup is told by the link of the host that it asked for; CoreDNS's own log tells the rest.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html",
        "https://coredns.io/plugins/kubernetes/",
    ],
    faults: &[&SILENT, &LOOP, &NO_API, &NOT_CONFIGURED],
    signs: &[
        Sign::new(
            "no servers could be reached",
            ";; connection timed out; no servers could be reached",
            "isc-projects/bind9 bin/dig",
            RESOLVER,
        ),
        // The addresses that EKS gives the cluster's DNS by itself.
        Sign::new(
            ";; communications error to 172.20.0.10#53: timed out",
            ";; communications error to 172.20.0.10#53: timed out",
            "isc-projects/bind9 bin/dig",
            &[Way(&LINK, &SILENT)],
        ),
        Sign::new(
            ";; communications error to 10.100.0.10#53: timed out",
            ";; communications error to 10.100.0.10#53: timed out",
            "isc-projects/bind9 bin/dig",
            &[Way(&LINK, &SILENT)],
        ),
        Sign::new(
            ";; communications error to <address>#53: timed out",
            ";; communications error to 10.0.0.2#53: timed out",
            "isc-projects/bind9 bin/dig",
            RESOLVER,
        ),
        Sign::new(
            "plugin/loop: Loop (<>) detected for zone",
            "[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :53) detected for zone \".\", see https://coredns.io/plugins/loop#troubleshooting.",
            "https://coredns.io/plugins/loop/",
            &[Way(&LINK, &LOOP)],
        ),
        Sign::new(
            "plugin/ready: Still waiting on: \"kubernetes\"",
            "[INFO] plugin/ready: Still waiting on: \"kubernetes\"",
            "https://coredns.io/plugins/ready/",
            &[Way(&LINK, &NO_API)],
        ),
        Sign::new(
            "plugin/ready: Plugins not ready: \"kubernetes\"",
            "[INFO] plugin/ready: Plugins not ready: \"kubernetes\"",
            "https://coredns.io/plugins/ready/",
            &[Way(&LINK, &NO_API)],
        ),
        Sign::new(
            "->127.0.0.1:53: read: connection refused",
            "dial tcp: lookup db.internal on 127.0.0.1:53: read udp 127.0.0.1:40000->127.0.0.1:53: read: connection refused",
            "Go's net package",
            &[Way(&LINK, &NOT_CONFIGURED)],
        ),
        Sign::new(
            "->[::1]:53: read: connection refused",
            "dial tcp: lookup db.internal on [::1]:53: read udp [::1]:40000->[::1]:53: read: connection refused",
            "Go's net package",
            &[Way(&LINK, &NOT_CONFIGURED)],
        ),
    ],
    host: no_host,
    look: |facts| resolves(facts, &COREDNS_LOG),
};

/// Whose resolver it is depends on where the tool ran: both are the network's.
static RESOLVER: &[Way] = &[Way(&LINK, &SILENT), Way(&upstream_dns::LINK, &upstream_dns::SILENT)];

const OURS: Common = Common {
    plane: Plane::Network,
    owner: "the administrator of the cluster",
    impact: "every pod of the cluster resolves names this way; none restarts",
    verify: "kubectl exec -n <namespace> <pod> -- nslookup kubernetes.default",
    expect: "an address",
};

static SILENT: Fault = Fault {
    owner: "the owner of the NetworkPolicy or of the pod's security groups, else the administrator of the cluster",
    ..OURS.fault(
        "silent",
        "CoreDNS does not answer this pod",
        "mend the one hop that is silent: pod to the DNS address, that to CoreDNS",
        "# the exact pair: <source> → the first nameserver of its /etc/resolv.conf, UDP and TCP 53. Look, in this order, at\n\
         kubectl -n kube-system get endpointslices -l k8s-app=kube-dns    # none ready: CoreDNS itself\n\
         kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide    # ask each by its own address: dig @ADDRESS kubernetes.default.svc.cluster.local\n\
         kubectl -n <namespace> get networkpolicies    # egress to kube-system, port 53\n\
         # security groups for pods, or Fargate: CoreDNS's group must admit the pod's on 53; tell its owner the pair",
    )
};
static LOOP: Fault = OURS.fault(
    "loop",
    "CoreDNS forwards to itself: the resolv.conf that it was given names a local resolver",
    "let CoreDNS forward to a resolver that is not on the loopback address",
    "kubectl -n kube-system get configmap coredns -o yaml | grep -n forward\n\
     # the kubelet hands the node's resolv.conf on: with systemd-resolved name the real one, in the KubeletConfiguration\n\
     #   resolvConf: /run/systemd/resolve/resolv.conf",
);
static NO_API: Fault = OURS.fault(
    "no-api-server",
    "CoreDNS waits for the API server, and answers nothing for the cluster's names",
    "mend CoreDNS's way to the kubernetes Service, or its permissions; its own next lines say which",
    "kubectl -n kube-system logs -l k8s-app=kube-dns --tail=50 | grep -iE 'reflector|forbidden|timeout'\n\
     # i/o timeout to the Service's address: kube-proxy or a firewall on that node\n\
     # forbidden: the ClusterRole system:coredns",
);
static NOT_CONFIGURED: Fault = OURS.fault(
    "no-nameserver",
    "the process has no nameserver configured, and asks its own loopback address",
    "give the pod, or the node, a resolv.conf with a nameserver",
    "kubectl exec -n <namespace> <pod> -- cat /etc/resolv.conf\n\
     kubectl get pod -n <namespace> <pod> -o yaml | grep -A8 -E 'dnsPolicy|dnsConfig'\n\
     # dnsPolicy: None needs dnsConfig.nameservers; ClusterFirst needs the kubelet's clusterDNS",
);
