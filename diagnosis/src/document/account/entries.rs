//! What EKS answers: cluster, node groups, access entries, add-ons, insights.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Answers;
use super::fragment::Part;
use super::read::{list, listed, one, string};
use crate::document::certificate;
use crate::facts::aws::{Resource, eks};

impl Answers {
    pub(super) fn of_eks(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        if value["cluster"].get("arn").is_some() || value["cluster"].get("status").is_some() {
            return self.cluster(text, value);
        }
        if let Some(count) = listed(&mut self.cluster_names, text, value, "clusters") {
            return Some(format!("list of {count} clusters"));
        }
        if let Some(count) = listed(&mut self.nodegroup_names, text, value, "nodegroups") {
            return Some(format!("list of {count} node groups"));
        }
        if value["nodegroup"].get("nodegroupName").is_some() {
            let groups = &mut self.nodegroups;
            let name = one(groups, text, value, "nodegroup", |it: &eks::Nodegroup| {
                it.nodegroup_name.clone()
            })?;
            return Some(format!("node group {name}"));
        }
        if let Some(count) = listed(&mut self.principals, text, value, "accessEntries") {
            return Some(format!("list of {count} access entries"));
        }
        if value["accessEntry"].get("principalArn").is_some() {
            let entries = &mut self.access_entries;
            let name = one(entries, text, value, "accessEntry", |it: &eks::AccessEntry| {
                it.principal_arn.clone()
            })?;
            return Some(format!("access entry of {name}"));
        }
        if let Some(count) = listed(&mut self.addon_names, text, value, "addons") {
            return Some(format!("list of {count} add-ons"));
        }
        if value["addon"].get("addonName").is_some() {
            let addons = &mut self.addons;
            let name = one(addons, text, value, "addon", |it: &eks::Addon| it.addon_name.clone())?;
            return Some(format!("add-on {name}"));
        }
        let insights = &mut self.insights;
        if let Some(count) =
            list(insights, text, value, "insights", |it: &eks::Insight| it.id.clone())
        {
            return Some(format!("{count} insights"));
        }
        let name = one(insights, text, value, "insight", |it: &eks::Insight| it.id.clone())?;
        Some(format!("insight {name}"))
    }

    fn cluster(&mut self, text: Part<'_>, value: &Value) -> Option<String> {
        let clusters = &mut self.clusters;
        let name = one(clusters, text, value, "cluster", |it: &eks::Cluster| it.name.clone())?;
        let pem = STANDARD.decode(string(&value["cluster"]["certificateAuthority"], "data")).ok();
        let pem = pem.and_then(|it| String::from_utf8(it).ok());
        if let Some(der) = pem.as_deref().and_then(certificate::first) {
            self.authorities.push((name.clone(), (self.digest.0)(&der)));
        }
        Some(format!("cluster {name}"))
    }

    /// The one that the report is about: the only one, or the one that the node groups are of.
    pub(super) fn cluster_answer(&self) -> Option<&Resource<eks::Cluster>> {
        let named = self.nodegroups.all.first().map(|it| &it.cluster_name);
        let of = |name: &String| self.clusters.find(|it| it.name == *name);
        named.and_then(of).or(self.clusters.all.first())
    }
}
