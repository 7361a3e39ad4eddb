//! The kubelet's files: its kubeconfig, without credentials, and its configuration.
//!
//! Source: <https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/> and
//! <https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/>. Drop-ins are laid over
//! the configuration in the order of their names; flags over both.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::facts::{Kubeconfig, KubeletConfig};

/// Where the cluster's CA is.
#[derive(Debug, PartialEq, Eq)]
pub enum Ca {
    Pem(String),
    File(String),
}

/// Without its CA's fingerprint, and whether its program is there: these take a look at the node.
pub fn kubeconfig(text: &str) -> Result<(Kubeconfig, Option<Ca>), String> {
    let value = yaml(text)?;
    let context = named(&value, "contexts", &value["current-context"]);
    let given = &named(&value, "clusters", &context["context"]["cluster"])["cluster"];
    let user = &named(&value, "users", &context["context"]["user"])["user"];
    let server = string(&given["server"]).ok_or("it names no server")?;
    let exec = &user["exec"];
    let arguments: Vec<String> =
        exec["args"].as_array().into_iter().flatten().filter_map(string).collect();
    let pem = string(&given["certificate-authority-data"]).and_then(|it| {
        let packed: String = it.split_whitespace().collect();
        String::from_utf8(STANDARD.decode(packed).ok()?).ok()
    });
    let file = || string(&given["certificate-authority"]).map(Ca::File);
    let command = string(&exec["command"]);
    let kubeconfig = Kubeconfig {
        server,
        ca_sha256: None,
        cluster: cluster(command.as_deref(), &arguments),
        region: region(&arguments),
        command,
        command_found: None,
    };
    Ok((kubeconfig, pem.map(Ca::Pem).or_else(file)))
}

/// The cluster's name, as the program that makes tokens is given it: `aws` calls the id of a local
/// cluster on an Outpost `--cluster-id`, and aws-iam-authenticator every name.
pub fn cluster(command: Option<&str>, arguments: &[String]) -> Option<String> {
    let aws = command.is_some_and(|it| it == "aws" || it.ends_with("/aws"));
    let names: &[&str] = if aws { &["--cluster-name"] } else { &["--cluster-id", "-i"] };
    after(arguments, names)
}

pub fn region(arguments: &[String]) -> Option<String> {
    after(arguments, &["--region"])
}

/// The configuration, what is laid over it, and what the flags say; without the release.
pub fn config(files: &[String], flags: &[String]) -> Result<KubeletConfig, String> {
    let mut config = KubeletConfig::default();
    for file in files {
        let it = yaml(file)?;
        let strings =
            |it: &Value| it.as_array().map(|all| all.iter().filter_map(string).collect::<Vec<_>>());
        let taints = it["registerWithTaints"].as_array();
        config = KubeletConfig {
            max_pods: number(&it["maxPods"]).or(config.max_pods),
            cluster_dns: strings(&it["clusterDNS"]).unwrap_or(config.cluster_dns),
            provider_id: string(&it["providerID"]).or(config.provider_id),
            register_with_taints: taints
                .map_or(config.register_with_taints, |all| all.iter().map(taint).collect()),
            fail_swap_on: it["failSwapOn"].as_bool().or(config.fail_swap_on),
            ..config
        };
    }
    let flag = |name: &str| after(flags, &[name]);
    let list = |it: String| it.split(',').map(str::to_owned).collect();
    Ok(KubeletConfig {
        max_pods: flag("--max-pods").and_then(|it| it.parse().ok()).or(config.max_pods),
        cluster_dns: flag("--cluster-dns").map_or(config.cluster_dns, list),
        provider_id: flag("--provider-id").or(config.provider_id),
        hostname_override: flag("--hostname-override"),
        register_with_taints: flag("--register-with-taints")
            .map_or(config.register_with_taints, list),
        fail_swap_on: flag("--fail-swap-on").and_then(|it| it.parse().ok()).or(config.fail_swap_on),
        version: None,
    })
}

fn yaml(text: &str) -> Result<Value, String> {
    const REPEATED: usize = 10_000;
    let options = serde_saphyr::options! {
        strict_booleans: true,
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: REPEATED },
    };
    // The error's own words could repeat a token.
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        format!("it is no YAML at line {}", error.location().map_or(1, |it| it.line()))
    })
}

/// The entry of this name.
fn named<'a>(value: &'a Value, list: &str, name: &Value) -> &'a Value {
    let mut all = value[list].as_array().into_iter().flatten();
    all.find(|it| it["name"] == *name && !name.is_null()).unwrap_or(&Value::Null)
}

fn string(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn number(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|it| it.try_into().ok())
}

fn taint(value: &Value) -> String {
    let part = |name: &str| string(&value[name]).unwrap_or_default();
    format!("{}={}:{}", part("key"), part("value"), part("effect"))
}

/// What follows one of these options: the last one counts, as `--name value` or `--name=value`.
fn after(arguments: &[String], names: &[&str]) -> Option<String> {
    let mut found = None;
    for (at, argument) in arguments.iter().enumerate() {
        for name in names {
            match argument.strip_prefix(name) {
                Some("") => found = arguments.get(at + 1).cloned().or(found),
                Some(rest) => found = rest.strip_prefix('=').map(str::to_owned).or(found),
                None => {}
            }
        }
    }
    found.filter(|it| !it.is_empty() && !it.starts_with('$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn a_kubeconfig_is_read_without_its_credentials() {
        let text = "apiVersion: v1\nkind: Config\nclusters:\n- name: kubernetes\n  cluster:\n    certificate-authority: /etc/kubernetes/pki/ca.crt\n    server: https://x.eks.amazonaws.com\ncurrent-context: kubelet\ncontexts:\n- name: kubelet\n  context: {cluster: kubernetes, user: kubelet}\nusers:\n- name: kubelet\n  user:\n    token: planted\n    exec:\n      apiVersion: client.authentication.k8s.io/v1beta1\n      command: aws\n      args: [--region, us-west-2, eks, get-token, --cluster-name, prod]\n";
        let (it, ca) = kubeconfig(text).unwrap();
        assert_eq!(it.server, "https://x.eks.amazonaws.com");
        assert_eq!(
            (it.cluster.as_deref(), it.region.as_deref()),
            (Some("prod"), Some("us-west-2"))
        );
        assert_eq!(it.command.as_deref(), Some("aws"));
        assert_eq!(ca, Some(Ca::File("/etc/kubernetes/pki/ca.crt".to_owned())));
        assert!(!format!("{it:?}").contains("planted"));
        let al2 = text.replace(
            "[--region, us-west-2, eks, get-token, --cluster-name, prod]",
            "[token, -i, other]",
        );
        let al2 = al2.replace("command: aws", "command: /usr/bin/aws-iam-authenticator");
        assert_eq!(kubeconfig(&al2).unwrap().0.cluster.as_deref(), Some("other"));
        let why = kubeconfig("users: [{user: {token: planted\n").unwrap_err();
        assert!(why.contains("line") && !why.contains("planted"), "{why}");
        assert!(kubeconfig("current-context: nowhere").is_err());
    }

    #[test]
    fn drop_ins_stand_over_the_configuration_and_flags_over_both() {
        let files = owned(&[
            r#"{"kind": "KubeletConfiguration", "clusterDNS": ["10.100.0.10"], "maxPods": 29, "failSwapOn": false}"#,
            "clusterDNS: [172.20.0.10]\nproviderID: aws:///us-west-2a/i-0abc\nregisterWithTaints:\n- {key: a, value: b, effect: NoSchedule}\n",
        ]);
        let flags =
            owned(&["--max-pods=17", "--hostname-override", "ip-10-0-1-10", "--node-ip", "$IP"]);
        let it = config(&files, &flags).unwrap();
        assert_eq!((it.max_pods, it.fail_swap_on), (Some(17), Some(false)));
        assert_eq!(it.cluster_dns, ["172.20.0.10"]);
        assert_eq!(it.provider_id.as_deref(), Some("aws:///us-west-2a/i-0abc"));
        assert_eq!(it.hostname_override.as_deref(), Some("ip-10-0-1-10"));
        assert_eq!(it.register_with_taints, ["a=b:NoSchedule"]);
        assert!(config(&owned(&["maxPods: ["]), &[]).is_err());
    }
}
