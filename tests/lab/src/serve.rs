//! `lab serve`: the stand-ins at addresses that somebody else chose, in a network namespace mostly.

use std::io::{self, Write};

use lab::{Config, Error, Places, Standin};

use crate::args::Serve;

pub(crate) fn run(serve: Serve) -> Result<(), Error> {
    let Serve { imds, https, dns, answer_address, name, pki, fault } = serve;
    let mut config = Config::default();
    let address = answer_address.unwrap_or(https.ip());
    for host in Standin::AWS_HOSTS.iter().filter_map(|it| it.host()) {
        config.names.records.insert(host.to_lowercase(), vec![address]);
    }
    for (host, address) in name {
        config.names.records.entry(host).or_default().push(address);
    }
    // There the cluster is a real one, whose endpoint is named by --name or not at all.
    let cluster = Standin::Cluster.host().unwrap_or_default().to_lowercase();
    let fictional = [Standin::Cluster.address().ip()];
    config.names.records.retain(|host, known| *host != cluster || known[..] != fictional);
    for fault in fault {
        (crate::scenario(&fault)?.arrange)(&mut config);
    }
    Places { imds, https, dns, pki }.serve(config, |_, _| {
        // Who waits for the word may be gone; the stand-ins are of use without.
        let _ = writeln!(io::stdout(), "ready").and_then(|()| io::stdout().flush());
    })
}
