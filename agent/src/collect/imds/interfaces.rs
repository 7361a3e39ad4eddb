//! The network interfaces that are attached to this instance, with their addresses.
//!
//! It takes one request for the list, one for the CIDRs of the VPC, and eight for each interface.

use diagnosis::facts::{Interface, Source};

use super::session::{PLACE, Session};
use crate::collect::ask::{Found, Missed};

const MACS: &str = "meta-data/network/interfaces/macs/";

/// No instance type has more that carry IPv4 addresses for pods; each costs eight requests.
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
    // An instance is in one VPC; whoever attaches an interface of another is not asked about.
    let vpc = session.text(&format!("{MACS}{}/vpc-ipv4-cidr-blocks", macs[0])).await?;
    let vpc = lines(vpc.as_deref());
    let mut interfaces = Vec::new();
    for mac in macs {
        let it = interface(session, mac).await?;
        interfaces.push(Interface { vpc_cidrs: vpc.clone(), ..it });
    }
    let text: String = interfaces.iter().map(line).collect();
    let source = Source { text, ..list.source("") };
    Ok((interfaces, source))
}

async fn interface(session: &Session<'_>, mac: &str) -> Result<Interface, Missed> {
    let value = async |name| session.text(&format!("{MACS}{mac}/{name}")).await;
    let (id, device, card, subnet, cidr, groups, addresses, prefixes) = tokio::join!(
        value("interface-id"),
        value("device-number"),
        value("network-card"),
        value("subnet-id"),
        value("subnet-ipv4-cidr-block"),
        value("security-group-ids"),
        value("local-ipv4s"),
        value("ipv4-prefix"),
    );
    let ipv4s = lines(addresses?.as_deref());
    let ipv4_prefixes = lines(prefixes?.as_deref());
    Ok(Interface {
        id: id?.unwrap_or_default(),
        device_number: number("device-number", device?)?,
        // Only types with several cards have one.
        network_card: number("network-card", card?)?,
        subnet_id: subnet?.unwrap_or_default(),
        subnet_cidr: cidr?.unwrap_or_default(),
        mac: mac.to_lowercase(),
        vpc_cidrs: Vec::new(),
        security_groups: lines(groups?.as_deref()),
        // None on an interface that has IPv6 only.
        addresses: count(&ipv4s),
        prefixes: count(&ipv4_prefixes),
        ipv4s,
        ipv4_prefixes,
    })
}

fn number(name: &str, text: Option<String>) -> Result<u32, Missed> {
    let Some(text) = text else { return Ok(0) };
    text.parse().map_err(|_| Missed::new(PLACE, format!("{name} is no number")))
}

fn lines(text: Option<&str>) -> Vec<String> {
    let lines = text.unwrap_or_default().lines().map(str::trim);
    lines.filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

fn count(lines: &[String]) -> u32 {
    u32::try_from(lines.len()).unwrap_or(u32::MAX)
}

/// It becomes part of a path.
fn is_mac(text: &str) -> bool {
    text.len() == 17
        && text.split(':').count() == 6
        && text.split(':').all(|it| it.len() == 2 && it.bytes().all(|it| it.is_ascii_hexdigit()))
}

/// And a line for each address, so that a single one can be quoted.
fn line(it: &Interface) -> String {
    let Interface { id, device_number, network_card, subnet_id, addresses, prefixes, .. } = it;
    let groups = it.security_groups.join(" ");
    let each = it.ipv4s.iter().chain(&it.ipv4_prefixes).map(|it| format!("{id} {it}\n"));
    format!(
        "{id}: device {device_number} of card {network_card}, {subnet_id}, \
         {addresses} addresses, {prefixes} prefixes, {groups}\n{}",
        each.collect::<String>()
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
        let counts = [None, Some(""), Some("10.0.1.5"), Some("10.0.1.5\r\n10.0.1.6\r\n")];
        assert_eq!(counts.map(|it| count(&lines(it))), [0, 0, 1, 2]);
    }

    #[test]
    fn a_number_that_is_absent_is_zero_and_one_that_is_none_is_missed() {
        assert!(matches!(number("device-number", None), Ok(0)));
        assert!(matches!(number("device-number", Some("1".to_owned())), Ok(1)));
        assert!(number("device-number", Some("one".to_owned())).is_err());
    }
}
