//! `lab serve`: the stand-ins at addresses that somebody else chose, in a network namespace mostly.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::IpAddr;

use lab::{Config, Error, Places, Standin};

use crate::args::Serve;

pub(crate) fn run(serve: Serve) -> Result<(), Error> {
    let config = config(&serve)?;
    let Serve { imds, https, dns, pki, .. } = serve;
    Places { imds, https, dns, pki }.serve(config, |_, _| {
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
    for fault in &serve.fault {
        (crate::scenario(fault)?.arrange)(&mut config);
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use lab::world;

    use super::*;
    use crate::args::{Args, Command};

    fn records(more: &[&str]) -> BTreeMap<String, Vec<IpAddr>> {
        let places = ["--imds", "127.0.0.1:80", "--https", "10.0.1.3:443", "--dns", "10.0.0.2:53"];
        let all = ["lab", "serve", "--pki", "/pki"].into_iter().chain(places);
        let args = Args::try_parse_from(all.chain(more.iter().copied())).unwrap();
        let Some(Command::Serve(serve)) = args.command else { panic!("another command") };
        config(&serve).unwrap().names.records
    }

    #[test]
    fn aws_is_at_one_address_and_the_cluster_only_where_it_is_named() {
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
}
