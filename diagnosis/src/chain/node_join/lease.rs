//! The kubelet renews its Lease, by which the cluster knows that it lives.

use super::joined;
use crate::{
    chain::{Fault, Link, Look, Plane, Verdict, no_host},
    facts::{
        Facts,
        inputs::{LEASE, NODE_OBJECT},
        seconds,
    },
};

pub(super) static LINK: Link = Link {
    id: "lease",
    title: "node's Lease",
    means: "The kubelet renews the Lease of its name in kube-node-lease every ten seconds. After forty seconds without it the node is called Unknown, and after five minutes its pods are evicted.",
    judged: "From renewTime against the time of the look: the kubelet writes it by the same clock. Whoever may not read the Lease goes by the Ready condition.",
    sources: &[
        "https://kubernetes.io/docs/concepts/architecture/leases/",
        "https://kubernetes.io/docs/reference/node/node-status/",
    ],
    faults: &[&NOT_RENEWED],
    signs: &[],
    host: no_host,
    look,
};

/// The duration of a kubelet's Lease, in seconds.
const LASTS: i64 = 40;

static NOT_RENEWED: Fault = Fault {
    id: "not-renewed",
    plane: Plane::Node,
    title: "the kubelet of <node> has not renewed its Lease since <since>",
    fix: "bring the kubelet, or its path to the cluster endpoint, back before the node is called Unknown",
    change: "journalctl -u kubelet -n 50 --no-pager | grep -iE 'lease|unauthorized|timeout'    # on the node\nsystemctl restart kubelet    # where it hangs",
    owner: "the owner of the node",
    impact: "this node; its pods are evicted once it is Unknown for five minutes",
    verify: "kubectl -n kube-node-lease get lease <node> -o jsonpath={.spec.renewTime}",
    expect: "a time of the last ten seconds",
};

fn look(facts: &Facts) -> Look {
    facts.cluster.node.need(&NODE_OBJECT)?;
    let Some((node, source)) = joined::registered(facts) else {
        return Err(NODE_OBJECT.missing("no Node object"));
    };
    let ready = joined::ready(facts).is_some();
    let Some(renewed) = &node.lease_renewed else {
        return if ready {
            Ok(Verdict::intact("the node is Ready", source))
        } else {
            Err(LEASE.missing("the Lease was not read"))
        };
    };
    match seconds(renewed, &facts.taken_at) {
        Some(age) if age > LASTS => {
            let broken = Verdict::broken(&NOT_RENEWED, renewed, source.quote(renewed));
            Ok(broken.with("since", renewed).with("node", &node.name))
        }
        Some(age) => Ok(Verdict::intact(format!("renewed {} s ago", age.max(0)), source)),
        None => Err(LEASE.missing("the Lease names no time")),
    }
}
