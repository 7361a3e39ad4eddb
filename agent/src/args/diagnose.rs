//! The command line of `diagnose`.

use std::path::PathBuf;
use std::str::FromStr;

use super::Form;

/// What the options do not say.
pub(crate) const HELP: &str = "\
Give what there is, in any mix:
  eks-triage diagnose sa.yaml trust.json pod.log
  eks-triage diagnose ticket-4711/ --symptom 'AccessDenied: Not authorized to …'
  kubectl describe pod -n prod api-7d9f | eks-triage diagnose - --network subnets.json

What each input was taken for, and what is of no use, is told on stderr. A report that is undecided
names the commands whose output would decide it: give that along with the rest.

Of a cluster whose nodes do not join, give what the AWS CLI answered, in one folder:
  aws eks describe-nodegroup --cluster-name prod --nodegroup-name workers > given/nodegroup.json
  eks-triage diagnose given/
Each group of nodes is a report; which other commands would tell more, is told on stderr.

The YAML of --network, every key of which but a subnet's id may be left out:
  cniVersion: v1.19.2
  prefixDelegation: no
  customNetworking: no
  securityGroupsForPods: no
  networkPolicies: no
  subnets:
  - {id: subnet-0a, cidr: 10.0.1.0/24, zone: us-west-2a, freeAddresses: 0, freeBlocks: 0,
     reservations: [{cidr: 10.0.1.64/26, type: prefix}]}

Exit codes: 0 healthy, 2 an input that is not what was said of it, or none, 3 a fault was decided,
4 undecided.";

#[derive(Debug, clap::Args)]
pub(crate) struct Diagnose {
    /// Files and folders of anything that was seen: objects, policies, answers of the AWS CLI, logs,
    /// `kubectl describe` and events, recordings; `-` is stdin. What each is, its content tells
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// An error message, as it was seen
    #[arg(long, value_name = "TEXT")]
    pub(crate) symptom: Vec<String>,
    /// The ServiceAccount, as YAML, JSON or described
    #[arg(long, value_name = "FILE")]
    pub(crate) service_account: Option<PathBuf>,
    /// The role's trust policy, alone or as `aws iam get-role` answers it
    #[arg(long, value_name = "FILE")]
    pub(crate) trust_policy: Option<PathBuf>,
    /// A log of an application, the kubelet, ipamd, …; repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) logs: Vec<PathBuf>,
    /// What `kubectl describe` or `kubectl get events` printed; repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) describe: Vec<PathBuf>,
    /// What is known of the network: `aws ec2 describe-subnets`, `describe-network-interfaces` or
    /// `get-subnet-cidr-reservations`, NetworkPolicies, the DaemonSet aws-node, ipamd's /v1/enis, or
    /// the short YAML below; repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) network: Vec<PathBuf>,
    /// Whom the report is about, where more than one was given: pod/NAMESPACE/NAME, sa/NAMESPACE/NAME,
    /// nodegroup/NAME, autoscaling-group/NAME, nodepool/NAME or cluster/NAME
    #[arg(long, value_name = "KIND/[NAMESPACE/]NAME")]
    pub(crate) subject: Option<Named>,
    #[command(flatten)]
    pub(crate) form: Form,
}

/// `pod/prod/api-1`, `sa/prod/api` or `nodegroup/workers`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// `pod` or `serviceaccount`, or of a cluster's nodes `nodegroup`, `autoscaling-group`, `nodepool`
    /// or `cluster`
    pub(crate) kind: &'static str,
    /// Empty for what has none.
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((kind, name)) = text.split_once('/').filter(|(_, it)| !it.contains('/')) {
            let kind = group(kind).ok_or("is not KIND/NAMESPACE/NAME, such as pod/prod/api-1")?;
            if name.is_empty() {
                return Err("a name is needed, such as nodegroup/workers".to_owned());
            }
            return Ok(Self { kind, namespace: String::new(), name: name.to_owned() });
        }
        let parts: Vec<&str> = text.split('/').collect();
        let [kind, namespace, name] = parts[..] else {
            return Err("is not KIND/NAMESPACE/NAME, such as pod/prod/api-1".to_owned());
        };
        let kind = match kind {
            "pod" | "pods" | "po" => "pod",
            "sa" | "serviceaccount" | "serviceaccounts" => "serviceaccount",
            _ => return Err(format!("`{kind}` is not pod or sa")),
        };
        if namespace.is_empty() || name.is_empty() {
            return Err("namespace and name are both needed, such as pod/prod/api-1".to_owned());
        }
        let [namespace, name] = [namespace, name].map(str::to_owned);
        Ok(Self { kind, namespace, name })
    }
}

/// What has a name, and no namespace.
fn group(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "nodegroup" | "nodegroups" | "ng" => "nodegroup",
        "autoscaling-group" | "asg" => "autoscaling-group",
        "nodepool" | "nodepools" => "nodepool",
        "cluster" => "cluster",
        _ => return None,
    })
}

impl Named {
    /// Whether it is a group of a cluster's nodes.
    pub(crate) fn is_group(&self) -> bool {
        group(self.kind).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_named_whole() {
        let named: Named = "sa/prod/api".parse().unwrap();
        assert_eq!((named.kind, &*named.name), ("serviceaccount", "api"));
        let named: Named = "ng/workers".parse().unwrap();
        assert!(named.is_group() && named.kind == "nodegroup" && named.name == "workers");
        for bad in ["api", "pod/api", "pod//api", "node/a/b", "pod/a/b/c", "nodegroup/", ""] {
            assert!(bad.parse::<Named>().is_err(), "{bad}");
        }
    }
}
