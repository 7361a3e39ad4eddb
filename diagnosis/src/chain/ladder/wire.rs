//! How the clients of all languages word a rung; which link it breaks is decided by the host.

use std::{iter, slice};

use crate::{
    chain::{Fault, Link, Way},
    pattern::{self, Names},
};

mod go;
mod jvm;
mod python;
mod runtimes;
mod tools;

/// All words, by language; of two that begin at one place the first one speaks.
pub static WIRE: Words = Words(&[go::WIRE, python::WIRE, jvm::WIRE, runtimes::WIRE, tools::WIRE]);

pub struct Words(&'static [&'static [Wire]]);

impl Words {
    pub fn iter(&self) -> iter::Flatten<iter::Copied<slice::Iter<'static, &'static [Wire]>>> {
        self.0.iter().copied().flatten()
    }
}

impl IntoIterator for &Words {
    type Item = &'static Wire;
    type IntoIter = iter::Flatten<iter::Copied<slice::Iter<'static, &'static [Wire]>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

pub struct Wire {
    pub text: &'static str,
    pub sample: &'static str,
    pub source: &'static str,
    /// Several where the client does not tell them apart.
    pub faults: &'static [&'static Fault],
    /// Without the host that was asked for: it speaks only where no other wording does.
    pub bare: bool,
    /// Of the host, where the wording stands for hosts of one domain alone.
    ending: &'static str,
}

/// Who quotes a failed connection without being the client that the report is about: the kubelet's
/// own probes, the API server's webhooks, CoreDNS, the CNI plugin. Each has signs of its own.
const OTHERS: &[&str] = &[
    "probe failed:",
    "probe errored",
    "failed calling webhook",
    "plugin/errors: ",
    "AddNetwork gRPC call",
];

impl Wire {
    const fn new(
        text: &'static str,
        sample: &'static str,
        source: &'static str,
        faults: &'static [&'static Fault],
    ) -> Self {
        Self { text, sample, source, faults, bare: false, ending: "" }
    }

    const fn bare(
        text: &'static str,
        sample: &'static str,
        source: &'static str,
        faults: &'static [&'static Fault],
    ) -> Self {
        Self { bare: true, ..Self::new(text, sample, source, faults) }
    }

    const fn ending(self, ending: &'static str) -> Self {
        Self { ending, ..self }
    }

    /// Where the innermost one begins, with its host and port.
    pub fn read(&self, text: &str) -> Option<(usize, Names)> {
        if OTHERS.iter().any(|it| text.contains(it)) {
            return None;
        }
        let (mut at, mut names) = pattern::read(self.text, text)?;
        while let Some((next, later)) =
            text.get(at + 1..).and_then(|rest| pattern::read(self.text, rest))
        {
            (at, names) = (at + 1 + next, later);
        }
        let default = if text[..at].ends_with("http") { "80" } else { "443" };
        aim(&mut names, default)?;
        if let Some(host) = names.get_mut("host") {
            host.push_str(self.ending);
        }
        Some((at, names))
    }

    /// The ways of this link; one that lacks the fault does not count it as its own.
    pub fn ways(&self, link: &'static Link) -> impl Iterator<Item = Way> {
        // A link may say it in its own words: the same id, mended when the same thing is seen.
        let own = |fault: &&'static Fault| {
            link.faults.iter().find(|it| it.id == fault.id && it.expect == fault.expect)
        };
        self.faults.iter().filter_map(own).map(move |fault| Way(link, fault))
    }
}

/// `user@name.:8443` as a host and a port.
fn aim(names: &mut Names, default: &str) -> Option<()> {
    let given = names.get("host")?;
    let given = given.rsplit('@').next().unwrap_or(given).trim_end_matches(':');
    let split = given.rsplit_once(':').filter(|(host, port)| {
        !port.is_empty() && port.bytes().all(|it| it.is_ascii_digit()) && !host.ends_with(':')
    });
    let (host, port) = match split {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
        _ => (given, None),
    };
    let host = host.trim_end_matches('.').trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = port.unwrap_or(default).to_owned();
    names.entry("port").or_insert(port);
    (!host.is_empty()).then(|| names.insert("host", host));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aimed(text: &str) -> Option<(String, String)> {
        let said = WIRE.iter().find_map(|wire| wire.read(text))?;
        Some((said.1["host"].clone(), said.1["port"].clone()))
    }

    #[test]
    fn a_destination_is_a_host_and_a_port() {
        for (url, host, port) in [
            ("https://sts.amazonaws.com/", "sts.amazonaws.com", "443"),
            ("http://api.prod.svc/", "api.prod.svc", "80"),
            ("https://a.b.:8443/x", "a.b", "8443"),
            ("https://[fd00::1]:8443/x", "fd00::1", "8443"),
            ("https://[fd00::1]/x", "fd00::1", "443"),
        ] {
            let text = format!("Get \"{url}\": dial tcp 10.0.0.1:1: i/o timeout");
            assert_eq!(aimed(&text), Some((host.to_owned(), port.to_owned())), "{url}");
        }
    }

    #[test]
    fn of_two_urls_the_inner_one_failed() {
        let text = "Get \"https://a.example/\": Post \"https://b.example/\": dial tcp 10.0.0.1:443: i/o timeout";
        assert_eq!(aimed(text).unwrap().0, "b.example");
    }

    #[test]
    fn the_kubelets_probe_is_no_client() {
        let text = "Readiness probe failed: Get \"http://10.0.0.1:80/\": dial tcp 10.0.0.1:80: connect: connection refused";
        assert_eq!(aimed(text), None);
    }
}
