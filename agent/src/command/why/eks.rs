//! What is known of the EKS cluster before AWS is asked: from the kubeconfig, and from the cluster.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kube::Client;
use kube::config::Kubeconfig;
use tokio::time::{Instant, timeout_at};

use super::find::Found;
use crate::args::Why;
use crate::collect::account::{DeniedCall, Question};
use crate::collect::workload::{Denial, Workload};

const LIMIT: Duration = Duration::from_secs(5);

/// As the cluster itself has it. Who may not read it can still do without.
pub(super) async fn issuer(client: &Client, deadline: Instant) -> Option<String> {
    let deadline = deadline.min(Instant::now() + LIMIT);
    let request = http::Request::get("/.well-known/openid-configuration").body(Vec::new()).ok()?;
    let answer = timeout_at(deadline, client.request::<serde_json::Value>(request)).await.ok()?;
    Some(answer.ok()?["issuer"].as_str()?.to_owned())
}

pub(super) fn question(
    args: &Why,
    found: &Found,
    workload: &Workload,
    issuer: Option<String>,
) -> Question {
    let (cluster, region_told) = named(args);
    let account = workload.cluster.service_account.value().and_then(|it| it.present());
    let denial = workload.denial.as_ref();
    Question {
        cluster,
        region: region_told.or_else(|| region(issuer.as_deref()?)),
        namespace: args.namespace.clone(),
        service_account: found.service_account.clone().unwrap_or_default(),
        role_arn: account.and_then(|it| it.role_arn.clone()),
        issuer,
        denied: denial.and_then(denied),
        encoded: denial.and_then(|it| it.encoded.clone()),
    }
}

/// The cluster's name and region, as far as they are told.
pub(super) fn named(args: &Why) -> (Option<String>, Option<String>) {
    let told = kubeconfig(args.kubeconfig.as_deref());
    let given = |it: &Option<String>| it.clone().filter(|it| !it.is_empty());
    (given(&args.cluster).or(told.cluster), given(&args.region).or(told.region))
}

fn denied(it: &Denial) -> Option<DeniedCall> {
    let principal_arn = it.caller.clone();
    let (action, resource) = (it.action.clone(), it.resource.clone());
    let whole = ![&principal_arn, &action, &resource].iter().any(|it| it.is_empty());
    whole.then_some(DeniedCall { principal_arn, action, resource })
}

/// `https://oidc.eks.<region>.<domain>/id/…`
fn region(issuer: &str) -> Option<String> {
    let rest = issuer.strip_prefix("https://oidc.eks.")?;
    rest.split('.').next().map(str::to_owned)
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    cluster: Option<String>,
    region: Option<String>,
}

/// `aws eks update-kubeconfig` writes both into the arguments of its credential program.
fn kubeconfig(path: Option<&Path>) -> Told {
    let read = match path {
        Some(path) => Kubeconfig::read_from(path),
        None if env::var_os("KUBECONFIG").is_none() && home().is_none() => return Told::default(),
        None => Kubeconfig::read(),
    };
    read.as_ref().map(told).unwrap_or_default()
}

fn home() -> Option<PathBuf> {
    env::var_os("HOME").map(PathBuf::from)
}

fn told(config: &Kubeconfig) -> Told {
    let current = config.current_context.as_deref().unwrap_or_default();
    let context = config.contexts.iter().find(|it| it.name == current);
    let Some(context) = context.and_then(|it| it.context.as_ref()) else {
        return Told::default();
    };
    let user = context.user.as_deref().unwrap_or_default();
    let user = config.auth_infos.iter().find(|it| it.name == user);
    let exec = user.and_then(|it| it.auth_info.as_ref()?.exec.as_ref()?.args.clone());
    let exec = exec.unwrap_or_default();
    let option = |names: &[&str]| {
        let at = exec.iter().position(|it| names.contains(&it.as_str()))?;
        exec.get(at + 1).cloned()
    };
    // `arn:<partition>:eks:<region>:<account>:cluster/<name>`
    let arn: Vec<&str> = context.cluster.splitn(6, ':').collect();
    let (region, name) = match arn[..] {
        ["arn", _, "eks", region, _, name] => (Some(region), name.strip_prefix("cluster/")),
        _ => (None, None),
    };
    Told {
        cluster: option(&["--cluster-name", "--cluster-id", "-i"]).or(name.map(str::to_owned)),
        region: option(&["--region"]).or(region.map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(cluster: &str, args: &Value) -> Told {
        let config = json!({"current-context": "c",
            "contexts": [{"name": "c", "context": {"cluster": cluster, "user": "u"}}],
            "users": [{"name": "u", "user": {"exec": {"command": "aws", "args": args}}}]});
        told(&serde_json::from_value(config).unwrap())
    }

    #[test]
    fn cluster_and_region_are_those_of_the_current_context() {
        let expected = |cluster: &str, region: &str| Told {
            cluster: Some(cluster.to_owned()),
            region: Some(region.to_owned()),
        };
        let args = json!(["--region", "eu-west-1", "eks", "get-token", "--cluster-name", "prod"]);
        assert_eq!(of("x", &args), expected("prod", "eu-west-1"));
        let arn = "arn:aws-cn:eks:cn-north-1:111122223333:cluster/web";
        assert_eq!(of(arn, &json!([])), expected("web", "cn-north-1"));
        assert_eq!(of("kind-kind", &json!([])), Told::default());
        assert_eq!(told(&Kubeconfig::default()), Told::default());
    }

    #[test]
    fn an_issuer_of_eks_tells_its_region() {
        let issuer = "https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539";
        assert_eq!(region(issuer).as_deref(), Some("us-west-2"));
        assert_eq!(region("https://kubernetes.default.svc"), None);
    }
}
