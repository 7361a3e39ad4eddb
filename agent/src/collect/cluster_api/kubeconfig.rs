//! What a kubeconfig says of its cluster: where it is, whom to trust for it, and under which name
//! tokens are made for it.

use std::fmt::Write as _;

use base64::{Engine, engine::general_purpose::STANDARD};
use diagnosis::facts::{Kubeconfig, Observed, Source};
use kube::Config;
use kube::config::ExecConfig;
use ring::digest::{SHA256, digest};

pub(super) fn read(config: &Config) -> Kubeconfig {
    let exec = config.auth_info.exec.as_ref();
    let authority = config.root_cert.as_ref().and_then(|them| them.first());
    Kubeconfig {
        server: config.cluster_url.to_string().trim_end_matches('/').to_owned(),
        ca_sha256: authority.map(|it| hex(it)),
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

/// `aws` calls the id of a local cluster on an Outpost `--cluster-id`, and aws-iam-authenticator
/// every name.
fn cluster(exec: &ExecConfig) -> Option<String> {
    let aws = exec.command.as_deref().is_some_and(|it| it == "aws" || it.ends_with("/aws"));
    let names: &[&str] = if aws { &["--cluster-name"] } else { &["--cluster-id", "-i"] };
    argument(exec, names)
}

fn region(exec: &ExecConfig) -> Option<String> {
    let set = |it: &std::collections::HashMap<String, String>| {
        let name = it.get("name").map(String::as_str);
        matches!(name, Some("AWS_REGION" | "AWS_DEFAULT_REGION")).then(|| it.get("value").cloned())
    };
    let env = || exec.env.iter().flatten().find_map(set).flatten();
    argument(exec, &["--region"]).or_else(env)
}

fn argument(exec: &ExecConfig, names: &[&str]) -> Option<String> {
    let args = exec.args.as_deref().unwrap_or_default();
    let mut at = args.iter().enumerate();
    at.find_map(|(index, it)| match it.split_once('=') {
        Some((name, value)) if names.contains(&name) => Some(value.to_owned()),
        None if names.contains(&it.as_str()) => args.get(index + 1).cloned(),
        _ => None,
    })
}

/// Of the first certificate; `None` where there is none.
pub(in crate::collect) fn sha256_of_pem(pem: &[u8]) -> Option<String> {
    let text = str::from_utf8(pem).ok()?;
    let (_, rest) = text.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
    let body: String = body.split_whitespace().collect();
    STANDARD.decode(body).ok().map(|it| hex(&it))
}

fn hex(der: &[u8]) -> String {
    digest(&SHA256, der).as_ref().iter().fold(String::new(), |mut text, it| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{it:02x}");
        text
    })
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

    #[test]
    fn a_certificate_is_told_by_its_der() {
        let pem = "x\n-----BEGIN CERTIFICATE-----\nYW\nJj\n-----END CERTIFICATE-----\n";
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_of_pem(pem.as_bytes()).as_deref(), Some(abc));
        assert_eq!(sha256_of_pem(b"nothing"), None);
    }
}
