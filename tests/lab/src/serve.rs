//! `lab serve`: the stand-ins at addresses that somebody else chose, in a network namespace mostly.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::net::IpAddr;

use lab::account::{Association, Role};
use lab::{Config, Error, Places, Standin, world};

use crate::args::{self, Serve};

pub(crate) fn run(serve: Serve) -> Result<(), Error> {
    let config = config(&serve)?;
    let Serve { imds, pod_identity, https, dns, pki, .. } = serve;
    Places { imds, pod_identity, https, dns, pki }.serve(config, |_, _| {
        // Who waits for the word may be gone; the stand-ins are of use without.
        let _ = writeln!(io::stdout(), "ready").and_then(|()| io::stdout().flush());
    })
}

/// There the cluster is a real one, so that its endpoint is named by `--name` or not at all.
fn config(serve: &Serve) -> Result<Config, Error> {
    let mut config = Config::default();
    let address = serve.answer_address.unwrap_or(serve.https.ip());
    let hosts = Standin::AWS_HOSTS.iter().filter_map(|it| it.host());
    config.names.records = hosts.map(|host| (host.to_lowercase(), vec![address])).collect();
    let mut named = BTreeMap::<_, Vec<IpAddr>>::new();
    for (host, address) in &serve.name {
        named.entry(host.clone()).or_default().push(*address);
    }
    config.names.records.extend(named);
    if serve.pod_identity.is_some() {
        config.doors.remove(&Standin::PodIdentity);
    }
    for fault in &serve.fault {
        (crate::scenario(fault)?.arrange)(&mut config);
    }
    fill_account(&mut config, serve)?;
    Ok(config)
}

fn fill_account(config: &mut Config, serve: &Serve) -> Result<(), Error> {
    if let Some(path) = &serve.trust {
        let failed = |error| format!("failed to read the trust policy {}: {error}", path.display());
        let trust = fs::read_to_string(path).map_err(failed)?;
        for role in config.account.roles.iter_mut().filter(|it| it.name == world::ROLE) {
            role.trust.clone_from(&trust);
        }
    }
    if let Some(path) = &serve.cluster_ca {
        let failed = |error| format!("failed to read the cluster's CA {}: {error}", path.display());
        config.described.ca = Some(kept(&fs::read_to_string(path).map_err(failed)?));
    }
    if !serve.client_id.is_empty() {
        config.sts.audiences = serve.client_id.iter().map(|it| kept(it)).collect();
    }
    for args::Association { namespace, service_account, role } in &serve.association {
        let role = Role::for_pods(kept(role));
        config.account.associations.push(Association {
            namespace: kept(namespace),
            service_account: kept(service_account),
            role_arn: kept(&format!("arn:aws:iam::{}:role/{}", world::ACCOUNT, role.name)),
            target_role_arn: None,
            external_id: None,
            disable_session_tags: false,
        });
        config.account.roles.push(role);
    }
    Ok(())
}

/// Scenarios are written down in the program, so that their texts are static. What the command line
/// says is as good as that: it is read once, and holds as long as the process.
fn kept(text: &str) -> &'static str {
    Box::leak(text.into())
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use lab::Door;

    use super::*;
    use crate::args::{Args, Command};

    fn config_of(more: &[&str]) -> Config {
        let places = ["--imds", "127.0.0.1:80", "--https", "10.0.1.3:443", "--dns", "10.0.0.2:53"];
        let all = ["lab", "serve", "--pki", "/pki"].into_iter().chain(places);
        let args = Args::try_parse_from(all.chain(more.iter().copied())).unwrap();
        let Some(Command::Serve(serve)) = args.command else { panic!("another command") };
        config(&serve).unwrap()
    }

    #[test]
    fn aws_is_at_one_address_and_the_cluster_only_where_it_is_named() {
        let records = |more: &[&str]| config_of(more).names.records;
        let plain = records(&[]);
        assert_eq!(plain["sts.us-west-2.amazonaws.com"], [IpAddr::from([10, 0, 1, 3])]);
        assert_eq!(plain.len(), Standin::AWS_HOSTS.len());
        let elsewhere = records(&["--answer-address", "10.0.1.4"]);
        assert_eq!(elsewhere["sts.amazonaws.com"], [IpAddr::from([10, 0, 1, 4])]);
        let cluster = format!("{}=10.0.0.10", world::CLUSTER_HOST);
        let named = records(&["--name", &cluster, "--name", "sts.amazonaws.com=10.0.1.5"]);
        assert_eq!(named[&world::CLUSTER_HOST.to_lowercase()], [IpAddr::from([10, 0, 0, 10])]);
        assert_eq!(named["sts.amazonaws.com"], [IpAddr::from([10, 0, 1, 5])]);
    }

    #[test]
    fn the_account_holds_what_the_command_line_says() {
        let folder = tempfile::tempdir().unwrap();
        let trust = folder.path().join("trust.json");
        fs::write(&trust, "{\"Statement\": []}").unwrap();
        let trust = trust.to_str().unwrap();
        let config = config_of(&["--trust", trust, "--client-id", "sts.amazonaws.com "]);
        assert_eq!(config.account.roles[0].trust, "{\"Statement\": []}");
        assert_eq!(config.sts.audiences, ["sts.amazonaws.com "]);
        let config = config_of(&["--association", "prod/api=api-pods"]);
        let association = &config.account.associations[0];
        assert_eq!(association.role_arn, "arn:aws:iam::111122223333:role/api-pods");
        assert!(config.account.roles.iter().any(|it| it.name == "api-pods"));
    }

    #[test]
    fn the_pod_identity_agent_is_there_where_it_has_an_address() {
        let door = |more: &[&str]| config_of(more).doors.get(&Standin::PodIdentity).copied();
        assert_eq!(door(&[]), Some(Door::Refused));
        assert_eq!(door(&["--pod-identity", "169.254.170.23:80"]), None);
    }
}
