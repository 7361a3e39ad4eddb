//! The Node object exists, and is this instance's.

use crate::{
    chain::{Fault, Link, Look, Plane, Sign, Verdict, Way, no_host},
    facts::{
        Facts, NodeObject, NodeUser, Source,
        inputs::{KUBELET_LOG, NODE_CHECK, NODE_OBJECT},
    },
};

pub(super) static LINK: Link = Link {
    id: "registration",
    title: "Node object",
    means: "A Node object exists under this instance's name, and its providerID ends with this instance's id.",
    judged: "From the object and the instance identity document. Without either, or without a providerID, it stays unknown.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html",
        "awslabs/amazon-eks-ami nodeadm/internal/kubelet (providerID), 2026-07",
    ],
    faults: &[&NOT_REGISTERED, &ANOTHER_NAME, &ANOTHER_INSTANCE, &WEBHOOK, &NAME_TOO_LONG],
    signs: &[
        Sign::new(
            "Unable to register node<>failed calling webhook",
            r#"E0606 19:33:03.828406 3214 kubelet_node_status.go:96] "Unable to register node with API server" err="Internal error occurred: failed calling webhook \"validate.nodes.example.com\": failed to call webhook: Post \"https://policy.policies.svc:443/validate?timeout=10s\": no endpoints available for service \"policy\"" node="ip-10-0-1-10.ec2.internal""#,
            "kubernetes/kubernetes pkg/kubelet/kubelet_node_status.go, and apiserver's admission/plugin/webhook/errors, v1.34",
            &[Way(&LINK, &WEBHOOK)],
        ),
        Sign::new(
            "Failed to ensure lease exists, will retry<>failed calling webhook",
            r#"E0606 19:33:03.828481 3214 controller.go:145] "Failed to ensure lease exists, will retry" err="Internal error occurred: failed calling webhook \"validate.leases.example.com\": failed to call webhook: context deadline exceeded" interval="7s""#,
            "kubernetes/kubernetes staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go, and apiserver's admission/plugin/webhook/errors, v1.34",
            &[Way(&LINK, &WEBHOOK)],
        ),
        Sign::new(
            "Node \\\"<>\\\" is invalid: metadata.labels: Invalid value",
            r#"E0606 19:33:03.828406 3214 kubelet_node_status.go:96] "Unable to register node with API server" err="Node \"ip-10-0-1-10.a-domain-that-is-too-long.example.com\" is invalid: metadata.labels: Invalid value: \"ip-10-0-1-10.a-domain-that-is-too-long.example.com\": must be no more than 63 characters" node="ip-10-0-1-10.a-domain-that-is-too-long.example.com""#,
            "https://repost.aws/knowledge-center/eks-resolve-node-group-errors-in-cluster",
            &[Way(&LINK, &NAME_TOO_LONG)],
        ),
        Sign::new(
            "Node \"<>\" is invalid: metadata.labels: Invalid value",
            r#"Node "ip-10-0-1-10.a-domain-that-is-too-long.example.com" is invalid: metadata.labels: Invalid value: "ip-10-0-1-10.a-domain-that-is-too-long.example.com": must be no more than 63 characters"#,
            "https://repost.aws/knowledge-center/eks-resolve-node-group-errors-in-cluster",
            &[Way(&LINK, &NAME_TOO_LONG)],
        ),
    ],
    host: no_host,
    look,
};

pub(super) static NOT_REGISTERED: Fault = Fault {
    id: "not-registered",
    plane: Plane::Node,
    title: "no Node object exists under the name <node>",
    fix: "let the cluster accept this node's role, or correct the cluster that the node asks",
    change: "# the kubelet's own line says which of the two it is:\njournalctl -u kubelet --no-pager | grep -E 'Unable to register|Unauthorized|Successfully registered' | tail -n 5\n# Unauthorized: the role needs exactly one access entry of the type of this compute\naws eks describe-access-entry --cluster-name <cluster> --principal-arn arn:<partition>:iam::<account>:role/<node-role>",
    owner: "the administrator of the cluster",
    impact: "all nodes with this role; nothing restarts",
    verify: "kubectl get node <node>",
    expect: "<node>",
};
static ANOTHER_INSTANCE: Fault = Fault {
    id: "another-instance",
    plane: Plane::Node,
    title: "the Node object <node> belongs to another instance than <instance>",
    fix: "delete the stale Node object, so that this instance registers anew",
    change: "kubectl delete node <node>\nsystemctl restart kubelet    # on this instance",
    owner: "the administrator of the cluster",
    impact: "pods that are bound to the stale object are deleted with it",
    verify: "kubectl get node <node> -o jsonpath={.spec.providerID}",
    expect: "<instance>",
};

static ANOTHER_NAME: Fault = Fault {
    id: "another-name",
    plane: Plane::Node,
    title: "the kubelet registers under <other>, which is no name of this instance",
    fix: "let the kubelet keep the name that EC2 gave the instance",
    change: "# the name's override comes from the kubelet's flags or the user data; nodeadm sets it by itself\ngrep -r hostname-override /etc/systemd/system/kubelet.service.d /etc/eks/kubelet/environment\naws ec2 describe-instances --instance-ids <instance> --query 'Reservations[].Instances[].PrivateDnsName'",
    owner: "the owner of the node group's user data",
    impact: "new nodes of the group; this one is replaced",
    verify: "kubectl get node <node>",
    expect: "<node>",
};
static WEBHOOK: Fault = Fault {
    id: "webhook-blocks",
    plane: Plane::Node,
    title: "an admission webhook that does not answer keeps the node from registering",
    fix: "take Nodes and Leases out of the webhook's rules, so that nodes can come that serve it",
    change: "# the evidence names the webhook; which configuration it is:\nkubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o json | grep -B 40 failurePolicy\n# of its rules, drop nodes, leases and `*`; its own namespace is excluded by its namespaceSelector",
    owner: "the owner of the webhook",
    impact: "every node that joins; what runs goes on",
    verify: "kubectl get node <node>",
    expect: "<node>",
};
static NAME_TOO_LONG: Fault = Fault {
    id: "name-too-long",
    plane: Plane::Node,
    title: "the node's name is longer than a label may be, which is 63 characters",
    fix: "give the VPC's DHCP options a shorter domain name",
    change: "aws ec2 describe-vpcs --query 'Vpcs[].[VpcId,DhcpOptionsId]'\naws ec2 describe-dhcp-options\n# a new set with a shorter domain-name, associated with the VPC; then new instances",
    owner: "the owner of the VPC",
    impact: "new instances in the VPC take the shorter name",
    verify: "kubectl get nodes",
    expect: "the node, Ready",
};

fn look(facts: &Facts) -> Look {
    let (object, source) = facts.cluster.node.need(&NODE_OBJECT)?;
    let NodeObject::Registered(node) = object else {
        return absent(facts, source);
    };
    if node.provider_id.is_empty() {
        return Err(
            NODE_OBJECT.missing(format!("{} is registered, without a providerID", node.name))
        );
    }
    let (instance, _) = facts.node.instance.need(&NODE_CHECK)?;
    let (_, id) = node.provider_id.rsplit_once('/').unwrap_or(("", &node.provider_id));
    Ok(if id == instance.instance_id {
        Verdict::intact(&node.name, source)
    } else {
        Verdict::broken(&ANOTHER_INSTANCE, &node.provider_id, source.quote(&node.provider_id))
    })
}

/// A cluster that refuses the node has nothing registered, which is no fault of its own.
fn absent(facts: &Facts, source: &Source) -> Look {
    if let Some(NodeUser::Refused | NodeUser::Forbidden) = facts.node.user.value() {
        return Err(KUBELET_LOG.missing("no Node object, as the cluster refuses the node"));
    }
    let told = facts.node.host.kubelet_config.value().and_then(|it| it.hostname_override.as_ref());
    let instance = facts.node.instance.value();
    let described = facts.node.described.value().map(|it| it.private_dns_name.as_str());
    let name = |it: &str| it.split('.').next().unwrap_or_default().to_owned();
    let own = |told: &str| {
        let of_imds = |it: &str| name(it) == name(told);
        instance.is_none_or(|it| it.instance_id == told || of_imds(&it.local_hostname))
            || described == Some(told)
    };
    if let Some(told) = told.filter(|it| !own(it)) {
        let (_, source) = facts.node.host.kubelet_config.need(&NODE_CHECK)?;
        let broken = Verdict::broken(&ANOTHER_NAME, told, source.quote(told));
        return Ok(broken.with("other", told));
    }
    Ok(Verdict::broken(&NOT_REGISTERED, "404", source.quote("404")))
}
