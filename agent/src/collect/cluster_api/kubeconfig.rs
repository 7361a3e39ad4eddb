//! What a kubeconfig says of its cluster: where it is, whom to trust for it, and under which name
//! tokens are made for it.

use diagnosis::document::kubelet;
use diagnosis::facts::{Kubeconfig, Observed, Source};
use kube::Config;
use kube::config::ExecConfig;

use crate::collect::digest;

pub(super) fn read(config: &Config) -> Kubeconfig {
    let exec = config.auth_info.exec.as_ref();
    let authority = config.root_cert.as_ref().and_then(|them| them.first());
    Kubeconfig {
        server: config.cluster_url.to_string().trim_end_matches('/').to_owned(),
        ca_sha256: authority.map(|it| digest(it)),
        cluster: exec.and_then(cluster),
        region: exec.and_then(region),
        command: exec.and_then(|it| it.command.clone()),
        command_found: None,
    }
}

/// Beside the path that it was read from.
pub(super) fn observed(it: &Kubeconfig, place: &str) -> Observed<Kubeconfig> {
    let fields = [
        ("server", Some(&it.server)),
        ("certificate-authority sha256", it.ca_sha256.as_ref()),
        ("command", it.command.as_ref()),
        ("cluster name", it.cluster.as_ref()),
        ("region", it.region.as_ref()),
    ];
    let said = fields.iter().filter_map(|(name, value)| Some(format!("{name}: {}", (*value)?)));
    Observed::seen(
        it.clone(),
        Source::new(place, reach::now(), said.collect::<Vec<_>>().join("\n")),
    )
}

fn cluster(exec: &ExecConfig) -> Option<String> {
    kubelet::cluster(exec.command.as_deref(), exec.args.as_deref().unwrap_or_default())
}

fn region(exec: &ExecConfig) -> Option<String> {
    let set = |it: &std::collections::HashMap<String, String>| {
        let name = it.get("name").map(String::as_str);
        matches!(name, Some("AWS_REGION" | "AWS_DEFAULT_REGION")).then(|| it.get("value").cloned())
    };
    let env = || exec.env.iter().flatten().find_map(set).flatten();
    kubelet::region(exec.args.as_deref().unwrap_or_default()).or_else(env)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exec(command: &str, args: &[&str]) -> ExecConfig {
        let args: Vec<_> = args.iter().map(|it| (*it).to_owned()).collect();
        serde_json::from_value(serde_json::json!({"command": command, "args": args})).unwrap()
    }

    #[test]
    fn the_name_is_found_in_each_program_s_own_words() {
        let aws = ["eks", "get-token", "--cluster-name", "prod", "--region", "eu-west-1"];
        let aws = exec("/usr/bin/aws", &aws);
        let (name, place) = (cluster(&aws), region(&aws));
        assert_eq!((name.as_deref(), place.as_deref()), (Some("prod"), Some("eu-west-1")));
        let joined = exec("aws", &["eks", "get-token", "--cluster-name=prod"]);
        assert_eq!(cluster(&joined).as_deref(), Some("prod"));
        let bottlerocket = exec("/usr/bin/aws-iam-authenticator", &["token", "-i", "prod"]);
        assert_eq!(cluster(&bottlerocket).as_deref(), Some("prod"));
        // On an Outpost that is no name, so that nothing may be asked for it.
        assert_eq!(cluster(&exec("aws", &["eks", "get-token", "--cluster-id", "0-1"])), None);
        assert_eq!(cluster(&exec("aws", &["eks", "get-token", "--cluster-name"])), None);
    }
}
