//! The pod reaches the Pod Identity agent on its node.

use super::{VERIFY, WORKLOAD, accepted, answer, egress, eks_auth, environment, not_in_use};
use crate::{
    chain::{Common, Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{
        Ended, Facts, Reach, Source,
        inputs::{NETWORK_POLICIES, POD_IDENTITY_AGENT_LOG, PROBE_REPORT},
    },
};

pub(super) static LINK: Link = Link {
    id: "pod-identity-agent",
    title: "Pod Identity agent",
    means: "The pod reaches the agent at 169.254.170.23, or [fd00:ec2::23], port 80. It runs on every node, in the node's own network, so that only what stands between a pod and its node can be in the way.",
    judged: "From one request in the pod, past any proxy, against the NetworkPolicies that select the pod and the proxy of the environment. What an SDK does is known from the workload's log alone.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html",
        "aws/eks-pod-identity-agent internal/validation/request.go, 0.1.37",
    ],
    faults: &[
        &BLOCKED,
        &NOT_RUNNING,
        &UNREACHABLE,
        &PROXIED,
        &THROTTLED,
        &SDK_REFUSES,
        &CLIENT_TIMEOUT,
        &NO_IPV6,
        &CUT_OFF,
    ],
    signs: &[
        Sign::new(
            "169.254.170.23:80 (host) policy-verdict:none EGRESS DENIED",
            "my-test-pod:38762 (ID:97997) <> 169.254.170.23:80 (host) policy-verdict:none EGRESS DENIED (TCP Flags: SYN)",
            "https://github.com/cilium/cilium/issues/34387",
            &[Way(&LINK, &BLOCKED)],
        ),
        Sign::new(
            "169.254.170.23:80 (host) Policy denied DROPPED",
            "prod/api-7d9f:51234 <> 169.254.170.23:80 (host) Policy denied DROPPED",
            "https://github.com/Smana/runlore/pull/57",
            &[Way(&LINK, &BLOCKED)],
        ),
        Sign::new(
            "Called agent through invalid address, please use either",
            "Access Denied. Called agent through invalid address, please use either [169.254.170.23 fd00:ec2::23] address not proxy.internal",
            "aws/eks-pod-identity-agent internal/validation/request.go, 0.1.37",
            &[Way(&LINK, &PROXIED)],
        )
        .by_client(),
        Sign::new(
            "Received non 200 response 429 from container metadata: Too Many Requests",
            "Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 response 429 from container metadata: Too Many Requests",
            "aws/eks-pod-identity-agent internal/middleware/rate_limiter/rate_limiter.go, 0.1.37",
            &[Way(&LINK, &THROTTLED)],
        ),
        Sign::new(
            "invalid endpoint host, \"169.254.170.23\", only loopback hosts are allowed",
            "\tCredentialsEndpointError: invalid endpoint host, \"169.254.170.23\", only loopback hosts are allowed.",
            "https://github.com/kubernetes-sigs/aws-ebs-csi-driver/issues/1870",
            &[Way(&LINK, &SDK_REFUSES)],
        )
        .by_client(),
        Sign::new(
            "169.254.170.23 is not a valid container metadata service hostname",
            "Error: Credentials could not be loaded, please check your action inputs: 169.254.170.23 is not a valid container metadata service hostname",
            "https://github.com/aws-actions/configure-aws-credentials/issues/942",
            &[Way(&LINK, &SDK_REFUSES)],
        )
        .by_client(),
        Sign::new(
            "AssumeRoleForPodIdentity, https response error StatusCode: 0, RequestID: , canceled, context canceled",
            r#"{"client-addr":"192.168.146.19:36642","level":"error","msg":"Error fetching credentials: error getting credentials to cache: unable to fetch credentials from EKS Auth: operation error EKS Auth: AssumeRoleForPodIdentity, https response error StatusCode: 0, RequestID: , canceled, context canceled"}"#,
            "https://github.com/aws/secrets-store-csi-driver-provider-aws/issues/465",
            &[Way(&LINK, &CLIENT_TIMEOUT)],
        )
        .by_client(),
        Sign::new(
            "\"http://169.254.170.23/v1/credentials\": context deadline exceeded",
            "IPv4 endpoint attempt failed: HTTP request to pod identity agent failed: Get \"http://169.254.170.23/v1/credentials\": context deadline exceeded (Client.Timeout exceeded while awaiting headers",
            "https://github.com/aws/secrets-store-csi-driver-provider-aws/issues/465",
            NO_ANSWER,
        ),
        Sign::new(
            "imeout on endpoint URL: \"http://169.254.170.23/v1/credentials\"",
            "Error when retrieving credentials from container-role: Error retrieving metadata: Received error when attempting to retrieve container metadata: Connect timeout on endpoint URL: \"http://169.254.170.23/v1/credentials\"",
            "boto/botocore botocore/utils.py, ContainerMetadataFetcher",
            NO_ANSWER,
        ),
        Sign::new(
            "listen tcp [fd00:ec2::23]:80: bind: cannot assign requested address",
            r#"{"bind-addr":"[fd00:ec2::23]:80","level":"fatal","msg":"Unable to start server: listen tcp [fd00:ec2::23]:80: bind: cannot assign requested address","time":"2024-08-15T19:35:24Z"}"#,
            "https://github.com/aws/eks-pod-identity-agent/issues/16",
            &[Way(&LINK, &NO_IPV6)],
        ),
        Sign::new(
            "Failed probe: Get <>http://169.254.170.23:80<>: context deadline exceeded",
            r#"{"client-addr":"127.0.0.1:43708","level":"warning","msg":"Failed probe: Get \"http://169.254.170.23:80\": context deadline exceeded","time":"2024-10-15T12:03:10Z"}"#,
            "https://github.com/aws/eks-pod-identity-agent/issues/26",
            &[Way(&LINK, &CUT_OFF)],
        ),
    ],
    host: no_host,
    look,
};

/// The client waited, and does not say for what.
static NO_ANSWER: &[Way] = &[
    Way(&LINK, &BLOCKED),
    Way(&LINK, &UNREACHABLE),
    Way(&LINK, &CLIENT_TIMEOUT),
    Way(&eks_auth::LINK, &eks_auth::UNREACHABLE),
];

const PATH: Common = Common {
    plane: Plane::Network,
    owner: "the owner of the NetworkPolicy",
    impact: "the pods that the policy selects; nothing restarts",
    verify: VERIFY,
    expect: "Pod Identity agent intact",
};

/// The agent is an add-on: its owner is the cluster's.
const ADDON: Common = Common {
    owner: "the owner of the cluster's add-ons",
    impact: "the agent is rolled out anew; workloads keep the credentials that they have",
    ..PATH
};

pub(super) static BLOCKED: Fault = PATH.fault(
    "blocked-by-policy",
    "a network policy keeps this pod from the Pod Identity agent on its own node",
    "allow egress to 169.254.170.23, TCP port 80, and to nothing else",
    "# one more egress rule in a NetworkPolicy that selects this pod:\n\
     - to:\n\
     \x20 - ipBlock:\n\
     \x20     cidr: 169.254.170.23/32    # on IPv6 nodes fd00:ec2::23/128\n\
     \x20 ports:\n\
     \x20 - protocol: TCP\n\
     \x20   port: 80\n\
     # Cilium takes the agent for the host, which no ipBlock matches: in a CiliumNetworkPolicy\n\
     # toEntities: [host], toPorts: 80/TCP",
);
static NOT_RUNNING: Fault = ADDON.fault(
    "not-running",
    "nothing listens at the Pod Identity agent's address on this pod's node",
    "bring the agent up on that node",
    "kubectl -n kube-system get pods -l app.kubernetes.io/name=eks-pod-identity-agent -o wide    # one on this pod's node?\n\
     kubectl -n kube-system describe daemonset eks-pod-identity-agent | tail -n 20\n\
     # no such DaemonSet: install the add-on (Auto Mode has the agent built in)\n\
     aws eks create-addon --cluster-name <cluster> --addon-name eks-pod-identity-agent",
);
pub(super) static UNREACHABLE: Fault = Fault {
    owner: "the owner of the cluster's network",
    impact: "the pods that the same rule selects; nothing restarts",
    ..ADDON.fault(
        "unreachable",
        "the Pod Identity agent's address does not answer this pod, and no NetworkPolicy says why",
        "find what drops packets between this pod and its own node",
        "kubectl -n kube-system get pods -l app.kubernetes.io/name=eks-pod-identity-agent -o wide    # none on this node? then nobody has the address\n\
         kubectl get ciliumnetworkpolicies,ciliumclusterwidenetworkpolicies -A    # these are not NetworkPolicies\n\
         # security groups for pods in strict mode: traffic to the own node is filtered, too\n\
         ip -br addr show pod-id-link0    # on the node: the agent's link, with 169.254.170.23",
    )
};
static PROXIED: Fault = Fault {
    plane: Plane::Network,
    ..WORKLOAD.fault(
        "proxied",
        "HTTP_PROXY sends requests for credentials to a proxy, which does not reach the Pod Identity agent",
        "take the agent's addresses out of the proxy's way",
        "# in the pod template, or where HTTP_PROXY is set for all pods:\n\
         NO_PROXY=169.254.170.23,[fd00:ec2::23],…    # and the list that is there",
    )
};
static THROTTLED: Fault = Fault {
    impact: "nothing restarts until that workload is changed",
    ..WORKLOAD.fault(
        "throttled",
        "the Pod Identity agent of this node throttles: more than 1,000 requests a second",
        "let the pod that asks it so often keep its credentials until they expire",
        "kubectl -n kube-system logs -l app.kubernetes.io/name=eks-pod-identity-agent --since=1m | grep -o 'request from [0-9.]*' | sort | uniq -c | sort -n | tail\n\
         # one address leads the list: that pod builds a client, or a credential provider, for each request",
    )
};
static SDK_REFUSES: Fault = WORKLOAD.fault(
    "sdk-refuses-address",
    "the workload's SDK is older than Pod Identity: it refuses the agent's address",
    "raise the SDK to a version that knows Pod Identity, or use web identity until then",
    "# the lowest versions stand in the EKS user guide, under \"Pod Identity minimum SDK\"\n\
     # Java 2.21.30, Go v2 2023-11-14, Python boto3 1.34.41, CLI 2.15.0, JavaScript v3.458.0: raise, build, roll out",
);
static CLIENT_TIMEOUT: Fault = WORKLOAD.fault(
    "client-timeout",
    "the workload hangs up before the Pod Identity agent has its credentials",
    "give the client at least two seconds for the first answer",
    "# the agent itself asks EKS Auth on a cold cache, for up to a second a try\n\
     AWS_METADATA_SERVICE_TIMEOUT=5 AWS_METADATA_SERVICE_NUM_ATTEMPTS=3    # Python and CLI, in the pod template\n\
     # a program with a timeout of its own (the Secrets Store CSI provider before its fix): upgrade it",
);
static NO_IPV6: Fault = ADDON.fault(
    "no-ipv6-on-node",
    "the Pod Identity agent stops at its start: this node has no IPv6",
    "let the agent listen on its IPv4 address alone",
    "aws eks update-addon --cluster-name <cluster> --addon-name eks-pod-identity-agent \\\n\
     \x20 --configuration-values '{\"agent\":{\"additionalArgs\":{\"-b\":\"169.254.170.23\"}}}'",
);
static CUT_OFF: Fault = Fault {
    owner: "the owner of the node's image",
    impact: "this node alone",
    ..ADDON.fault(
        "cut-off-from-itself",
        "the Pod Identity agent does not reach its own address on its node",
        "remove what drops traffic to 169.254.170.23 on that node",
        "# on the node: local firewall rules and security software that filter link-local addresses\n\
         ip -br addr show pod-id-link0; ip route get 169.254.170.23\n\
         nft list ruleset | grep -B3 169.254; iptables -S | grep 169.254",
    )
};

fn look(facts: &Facts) -> Look {
    if let Some(verdict) = not_in_use(facts) {
        return Ok(verdict);
    }
    let agent = facts.pod.pod_identity_agent.need(&PROBE_REPORT);
    if let (Ok((reach, _)), Ok((env, source))) = (&agent, environment(facts))
        && let Some(proxy) = egress::proxied(env, &reach.host)
    {
        let quote = source.quote(proxy);
        return Ok(match (facts.pod.caller.value(), accepted(facts)) {
            // Whoever has credentials takes another way than the proxy.
            (Some(caller), Some(given)) if !caller.contains("/i-") => {
                let risk = "HTTP_PROXY without the agent's address in NO_PROXY: this SDK does not mind, others do";
                Verdict::intact(reach.brief(), given).and_risk(risk, quote)
            }
            _ => Verdict::broken(&PROXIED, format!("HTTP_PROXY {proxy}"), quote),
        });
    }
    if let Some(source) = accepted(facts) {
        let brief = agent.map_or_else(|_| "gives credentials".to_owned(), |(it, _)| it.brief());
        return Ok(Verdict::intact(brief, source));
    }
    let (reach, source) = agent?;
    let said = answer(facts);
    match reach.ended {
        Ended::Answered(429) if said.is_none_or(|(it, _)| it.code.is_empty()) => {
            Ok(Verdict::broken(&THROTTLED, reach.brief(), source.quote("429")))
        }
        Ended::Answered(_) => Ok(match said.filter(|(it, _)| it.message.contains(INVALID)) {
            Some((_, said)) => Verdict::broken(&PROXIED, reach.brief(), said.quote(INVALID)),
            None => Verdict::intact(reach.brief(), source),
        }),
        Ended::ConnectTimedOut | Ended::ConnectRefused | Ended::Unreachable => {
            cut_off(facts, reach, source)
        }
        // Connected: the agent is there, and waits for EKS Auth, or nobody asked it.
        _ => Err(POD_IDENTITY_AGENT_LOG.doubt(reach.brief(), source.quote(&reach.host))),
    }
}

const INVALID: &str = "Called agent through invalid address";

fn cut_off(facts: &Facts, reach: &Reach, source: &Source) -> Look {
    let (ended, quote) = (reach.ended.to_string(), source.quote(&reach.host));
    let policies = facts.cluster.egress_policies.need(&NETWORK_POLICIES);
    if let Ok((policies, listed)) = &policies
        && egress::blocked(policies, &reach.host, reach.port)
        && let Some(first) = policies.first()
    {
        let broken = Verdict::broken(&BLOCKED, format!("{ended}; {}", first.name), quote);
        return Ok(broken.and_evidence(listed.quote(&first.name)));
    }
    match (reach.ended, policies) {
        (Ended::ConnectRefused, _) => Ok(Verdict::broken(&NOT_RUNNING, ended, quote)),
        (_, Ok(_)) => Ok(Verdict::broken(&UNREACHABLE, ended, quote)),
        (_, Err(_)) => Err(NETWORK_POLICIES.doubt(ended, quote)),
    }
}
