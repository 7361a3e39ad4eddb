//! Karpenter launches by itself: its NodePool must be ready for it, and the node class too.

use super::{
    CLASS_NOT_READY, CLASS_WITHOUT_GROUPS, CLASS_WITHOUT_IMAGE, CLASS_WITHOUT_SUBNETS, POOL_LIMIT,
    demand,
};
use crate::{
    chain::{Fault, Look, Verdict, node_join::of_account},
    facts::{
        Condition, Facts, Missing, NodePool, Source,
        inputs::{NODE_CLASSES, NODE_POOLS},
    },
};

/// What Karpenter says before the name of the NodePool.
const LIMITS: &str = "exceed limits for nodepool";

pub(super) fn look(facts: &Facts) -> Look {
    if let Some(broken) = broken(facts)? {
        return Ok(broken);
    }
    let (pools, source) = facts.cluster.node_pools.need(&NODE_POOLS)?;
    let pool = of_account::pool(facts)
        .ok_or_else(|| NODE_POOLS.missing(format!("which of {} NodePools it is", pools.len())))?;
    let Some((_, launched, source)) = of_account::not_launched(facts) else {
        facts.cluster.node_claims.need(&NODE_POOLS)?;
        return Ok(Verdict::intact(format!("NodePool {} is ready", pool.name), source));
    };
    let why = format!("its newest NodeClaim says {}: {}", launched.reason, launched.message);
    Err(NODE_POOLS.doubt(why, source.quote(&launched.reason)))
}

/// By the NodePool, by its node class, or by a pod that it has no room for. Err: what is wrong with
/// the node class, another link tells.
pub(super) fn broken(facts: &Facts) -> Result<Option<Verdict>, Missing> {
    let Some(pool) = of_account::pool(facts) else { return Ok(None) };
    if let Some((class, it)) = of_account::class_fails(facts) {
        let quote = quote(it, &class.source);
        let Some(fault) = fault(it) else {
            return Err(NODE_CLASSES.doubt(format!("{}: {}", it.kind, it.reason), quote));
        };
        let broken = Verdict::broken(fault, format!("{}: {}", it.kind, said(it)), quote);
        return Ok(Some(named(broken, pool)));
    }
    let ready = ["NodeClassReady", "Ready"].iter().filter_map(|it| {
        of_account::condition(&pool.conditions, it).filter(|it| it.status == "False")
    });
    if let (Some(it), Some((_, source))) =
        (ready.into_iter().next(), facts.cluster.node_pools.need(&NODE_POOLS).ok())
    {
        let broken = Verdict::broken(&CLASS_NOT_READY, said(it), quote(it, source));
        return Ok(Some(named(broken, pool)));
    }
    let of_pool = |message: &str| {
        message.split_once(LIMITS).is_some_and(|(_, rest)| {
            rest.split([' ', '(', ')', '=', ':', ',', '"', '\\']).any(|it| it == pool.name)
        })
    };
    let Some(it) = demand::said(facts, |it| of_pool(&it.message)) else { return Ok(None) };
    let detail = format!("{} waits, and its limits are reached", it.pod);
    let quote = it.source.quote(of_account::plain(&it.message));
    Ok(Some(named(Verdict::broken(&POOL_LIMIT, detail, quote), pool)))
}

/// `None` where it is another link's.
fn fault(it: &Condition) -> Option<&'static Fault> {
    if of_account::class_refused(it) {
        return None;
    }
    Some(match it.kind.as_str() {
        "SubnetsReady" => &CLASS_WITHOUT_SUBNETS,
        "SecurityGroupsReady" => &CLASS_WITHOUT_GROUPS,
        "AMIsReady" => &CLASS_WITHOUT_IMAGE,
        _ => &CLASS_NOT_READY,
    })
}

fn said(it: &Condition) -> &str {
    if it.message.is_empty() { &it.reason } else { &it.message }
}

fn quote(it: &Condition, source: &Source) -> crate::report::Evidence {
    source.quote(of_account::plain(said(it)))
}

fn named(verdict: Verdict, pool: &NodePool) -> Verdict {
    let (kind, class) = pool.node_class.split_once('/').unwrap_or(("", &pool.node_class));
    let kind = if kind.is_empty() { "ec2nodeclass".to_owned() } else { kind.to_lowercase() };
    verdict.with("node-pool", &pool.name).with("resource", class).with("resource-kind", kind)
}
