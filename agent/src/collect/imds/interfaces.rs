//! The network interfaces that are attached to this instance.

use diagnosis::facts::{Interface, Source};

use super::session::{PLACE, Session};
use crate::collect::ask::{Found, Missed};

const MACS: &str = "meta-data/network/interfaces/macs/";

/// No instance type has more that carry IPv4 addresses for pods; each costs seven requests.
const LIMIT: usize = 20;

/// All or none: a list that lacks one would say that a slot is free.
pub(super) async fn interfaces(session: &Session<'_>) -> Found<Vec<Interface>> {
    let list = session.get(MACS).await?;
    let macs = list.text()?.unwrap_or_default();
    let macs: Vec<_> = macs.lines().map(|it| it.trim().trim_end_matches('/')).collect();
    if macs.len() > LIMIT {
        let why = format!("{} interfaces, of which at most {LIMIT} are read", macs.len());
        return Err(Missed::new(&list.place, why));
    }
    if macs.is_empty() || !macs.iter().all(|it| is_mac(it)) {
        return Err(Missed::new(
            &list.place,
            "the list of interfaces holds what is no MAC address",
        ));
    }
    let mut interfaces = Vec::new();
    for mac in macs {
        interfaces.push(interface(session, mac).await?);
    }
    let text: String = interfaces.iter().map(line).collect();
    let source = Source { text, ..list.source("") };
    Ok((interfaces, source))
}

async fn interface(session: &Session<'_>, mac: &str) -> Result<Interface, Missed> {
    let value = async |name| session.text(&format!("{MACS}{mac}/{name}")).await;
    let (id, device, card, subnet, cidr, addresses, prefixes) = tokio::join!(
        value("interface-id"),
        value("device-number"),
        value("network-card"),
        value("subnet-id"),
        value("subnet-ipv4-cidr-block"),
        value("local-ipv4s"),
        value("ipv4-prefix"),
    );
    Ok(Interface {
        id: id?.unwrap_or_default(),
        device_number: number("device-number", device?)?,
        // Only types with several cards have one.
        network_card: number("network-card", card?)?,
        subnet_id: subnet?.unwrap_or_default(),
        subnet_cidr: cidr?.unwrap_or_default(),
        // None on an interface that has IPv6 only.
        addresses: count(addresses?.as_deref()),
        prefixes: count(prefixes?.as_deref()),
        ..Interface::default()
    })
}

fn number(name: &str, text: Option<String>) -> Result<u32, Missed> {
    let Some(text) = text else { return Ok(0) };
    text.parse().map_err(|_| Missed::new(PLACE, format!("{name} is no number")))
}

fn count(lines: Option<&str>) -> u32 {
    let lines = lines.unwrap_or_default().lines().filter(|it| !it.trim().is_empty()).count();
    u32::try_from(lines).unwrap_or(u32::MAX)
}

/// It becomes part of a path.
fn is_mac(text: &str) -> bool {
    text.len() == 17
        && text.split(':').count() == 6
        && text.split(':').all(|it| it.len() == 2 && it.bytes().all(|it| it.is_ascii_hexdigit()))
}

fn line(it: &Interface) -> String {
    let Interface { id, device_number, network_card, subnet_id, addresses, prefixes, .. } = it;
    format!(
        "{id}: device {device_number} of card {network_card}, {subnet_id}, \
         {addresses} addresses, {prefixes} prefixes\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_address_cannot_leave_its_path() {
        assert!(is_mac("0e:49:61:0f:c3:11"));
        for bad in
            ["", "0e:49:61:0f:c3", "0e:49:61:0f:c3:1/", "0e:49:61:0f:c3:11:22", "../../../../../.."]
        {
            assert!(!is_mac(bad), "{bad}");
        }
    }

    #[test]
    fn lines_are_counted_and_nothing_is_none() {
        let counts =
            [None, Some(""), Some("10.0.1.5"), Some("10.0.1.5\r\n10.0.1.6\r\n")].map(count);
        assert_eq!(counts, [0, 0, 1, 2]);
    }

    #[test]
    fn a_number_that_is_absent_is_zero_and_one_that_is_none_is_missed() {
        assert!(matches!(number("device-number", None), Ok(0)));
        assert!(matches!(number("device-number", Some("1".to_owned())), Ok(1)));
        assert!(number("device-number", Some("one".to_owned())).is_err());
    }
}
