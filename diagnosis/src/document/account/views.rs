//! What nodes saw themselves, beside what the account says of their group.

use super::{Answers, GroupId};
use crate::facts::{Facts, NodeObject, Observed, RegisteredNode};
use crate::judge;

impl Answers {
    /// The instance that looked, and its group; `None` for one that no answer names.
    pub fn group_of(&self, view: &Facts) -> Option<(String, GroupId)> {
        let (id, names) = (instance(view), names(view));
        // A name comes back with its address: it tells of an instance only where no id does.
        let it = self.instances.find(|it| match id {
            "" => names.iter().any(|name| *name == it.private_dns_name),
            id => it.instance_id == id,
        })?;
        let group = self.groups().into_iter().find(|group| self.own(group).instance(it));
        // Without a tag that says so, it is of the only group there is.
        let only = || Some(self.groups()).filter(|it| it.len() == 1)?.pop();
        Some((it.instance_id.clone(), group.or_else(only)?))
    }

    /// A node that is in no group of EC2 instances, such as a hybrid one: the cluster alone knows it.
    pub fn elsewhere(&self, view: &Facts) -> Option<GroupId> {
        let hybrid = object(view).is_some_and(|it| it.provider_id.starts_with("eks-hybrid://"));
        let named = |it: &&str| it.starts_with("mi-") || it.starts_with("hyperpod-i-");
        let is = hybrid || names(view).iter().any(named);
        (is && !self.cluster_name().is_empty())
            .then(|| GroupId::new("cluster", self.cluster_name()))
    }

    /// The group's facts with the view of that one of its nodes that has most to tell. Both about one
    /// moment, the measurement on the node stands where they meet.
    #[must_use]
    pub fn joined(&self, group: &GroupId, facts: Facts, views: &[Facts]) -> Facts {
        let of = views.iter().filter_map(|view| {
            let (instance, of) = self.group_of(view)?;
            (of == *group).then(|| Facts { seen_on: instance, ..view.clone() })
        });
        let of: Vec<Facts> = of.collect();
        let Some(worst) = judge::worst(&of) else { return facts };
        let nodes = registered(&of);
        let mut facts = facts.merge(worst.clone());
        if facts.cluster.nodes.value().is_none() {
            facts.cluster.nodes = nodes;
        }
        facts
    }
}

/// The Node objects that the nodes saw of themselves.
fn registered(views: &[Facts]) -> Observed<Vec<RegisteredNode>> {
    let source = views.iter().find_map(|it| match &it.cluster.node {
        Observed::Seen { source, .. } => Some(source.clone()),
        _ => None,
    });
    let all = views.iter().filter_map(object).cloned().collect();
    source.map(|it| Observed::seen(all, it)).unwrap_or_default()
}

/// By its identity document, else by the Node object.
fn instance(view: &Facts) -> &str {
    let own = view.node.instance.value().map(|it| &*it.instance_id);
    let registered = || object(view)?.provider_id.rsplit('/').next();
    let named = || Some(&*view.subject.name).filter(|it| it.starts_with("i-"));
    own.or_else(registered).or_else(named).unwrap_or_default()
}

/// By which EC2 may know it, too.
fn names(view: &Facts) -> Vec<&str> {
    let subject = (view.subject.kind == "node").then_some(&*view.subject.name);
    let all = [view.node.name.value().map(|it| &**it), object(view).map(|it| &*it.name), subject];
    all.into_iter().flatten().filter(|it| !it.is_empty()).collect()
}

fn object(view: &Facts) -> Option<&RegisteredNode> {
    match view.cluster.node.value()? {
        NodeObject::Registered(it) => Some(it),
        NodeObject::Absent => None,
    }
}
