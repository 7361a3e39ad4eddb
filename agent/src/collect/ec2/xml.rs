//! The answers of EC2's query API, as far as they are facts.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html> and its
//! neighbours. Tags can hold anything: only those that the VPC CNI reads are kept.

use std::collections::BTreeMap;

use diagnosis::facts::{DescribedInstance, DescribedInterface, InstanceLimits, Source, Subnet};
use roxmltree::{Document, Node};

const OURS: &str = "node.k8s.amazonaws.com/";

/// A description is somebody's words; more of it tells nothing.
const WORDS: usize = 120;

/// What `DescribeNetworkInterfaces` says beyond the instance's own description.
pub(super) struct Marks {
    id: String,
    requester_managed: bool,
    tags: BTreeMap<String, String>,
}

pub(super) fn instance(document: &Document<'_>) -> Option<(DescribedInstance, String)> {
    let all = at(document.root_element(), &["reservationSet"])?;
    let it = items(all).find_map(|it| items(at(it, &["instancesSet"])?).next())?;
    let profile = |name| at(it, &["iamInstanceProfile", name]).map(text);
    let mut interfaces: Vec<_> =
        at(it, &["networkInterfaceSet"]).into_iter().flat_map(items).map(interface).collect();
    interfaces.sort_by_key(|it| (it.network_card, it.device_number));
    let described = DescribedInstance {
        vpc_id: value(it, "vpcId"),
        private_dns_name: value(it, "privateDnsName"),
        profile_arn: profile("arn"),
        profile_id: profile("id"),
        interfaces,
    };
    let text = shown(&described);
    Some((described, text))
}

pub(super) fn interfaces(document: &Document<'_>) -> Option<(Vec<Marks>, String)> {
    let all = items(at(document.root_element(), &["networkInterfaceSet"])?);
    let marks = all.map(|it| Marks {
        id: value(it, "networkInterfaceId"),
        requester_managed: value(it, "requesterManaged") == "true",
        tags: tags(it),
    });
    Some((marks.collect(), String::new()))
}

/// Both answers in one.
pub(super) fn marked(
    (mut described, source): (DescribedInstance, Source),
    marks: Option<&(Vec<Marks>, Source)>,
) -> (DescribedInstance, Source) {
    for it in &mut described.interfaces {
        if let Some(marks) = marks.and_then(|(all, _)| all.iter().find(|marks| marks.id == it.id)) {
            it.requester_managed = Some(marks.requester_managed);
            it.tags = Some(marks.tags.clone());
        }
    }
    let source = Source { text: shown(&described), ..source };
    (described, source)
}

pub(super) fn subnets(document: &Document<'_>) -> Option<(Vec<Subnet>, String)> {
    let all = items(at(document.root_element(), &["subnetSet"])?);
    let subnets: Vec<Subnet> = all
        .map(|it| Subnet {
            id: value(it, "subnetId"),
            cidr: value(it, "cidrBlock"),
            zone: value(it, "availabilityZone"),
            free: value(it, "availableIpAddressCount").parse().ok(),
            free_blocks: None,
        })
        .collect();
    let line = |it: &Subnet| {
        let free = it.free.map_or_else(String::new, |it| format!(", {it} addresses available"));
        format!("{} {} in {}{free}\n", it.id, it.cidr, it.zone)
    };
    let text = subnets.iter().map(line).collect();
    Some((subnets, text))
}

/// Of several network cards the default one counts.
pub(super) fn limits(document: &Document<'_>) -> Option<(Vec<InstanceLimits>, String)> {
    let it = items(at(document.root_element(), &["instanceTypeSet"])?).next()?;
    let network = at(it, &["networkInfo"])?;
    let number = |node, name: &str| value(node, name).parse::<u32>().ok();
    let default = number(network, "defaultNetworkCardIndex").unwrap_or(0);
    let cards = at(network, &["networkCards"]).into_iter().flat_map(items);
    let mut card = cards.filter(|it| number(*it, "networkCardIndex") == Some(default));
    let of_card = card.find_map(|it| number(it, "maximumNetworkInterfaces"));
    let hypervisor = value(it, "hypervisor");
    let limits = InstanceLimits {
        instance_type: value(it, "instanceType"),
        interfaces: of_card.or_else(|| number(network, "maximumNetworkInterfaces"))?,
        addresses: number(network, "ipv4AddressesPerInterface")?,
        nitro: (!hypervisor.is_empty()).then(|| hypervisor == "nitro"),
    };
    let InstanceLimits { instance_type, interfaces, addresses, .. } = &limits;
    let text = format!(
        "{instance_type}: {interfaces} interfaces of card {default}, {addresses} addresses each"
    );
    Some((vec![limits], text))
}

fn interface(it: Node<'_, '_>) -> DescribedInterface {
    let number = |path: &[&str]| at(it, path).and_then(|it| text(it).parse().ok()).unwrap_or(0);
    let set = |name: &str, field: &str| -> Vec<String> {
        let all = at(it, &[name]).into_iter().flat_map(items);
        all.map(|it| value(it, field)).filter(|it| !it.is_empty()).collect()
    };
    let mut addresses = set("privateIpAddressesSet", "privateIpAddress");
    let primary = value(it, "privateIpAddress");
    // EC2 lists the primary one first, but does not promise it.
    addresses.sort_by_key(|it| *it != primary);
    DescribedInterface {
        id: value(it, "networkInterfaceId"),
        description: value(it, "description").chars().take(WORDS).collect(),
        kind: value(it, "interfaceType"),
        attached: at(it, &["attachment", "attachTime"]).map(text),
        requester_managed: None,
        device_number: number(&["attachment", "deviceIndex"]),
        network_card: number(&["attachment", "networkCardIndex"]),
        subnet_id: value(it, "subnetId"),
        security_groups: set("groupSet", "groupId"),
        addresses,
        prefixes: set("ipv4PrefixSet", "ipv4Prefix"),
        tags: None,
    }
}

fn tags(it: Node<'_, '_>) -> BTreeMap<String, String> {
    let all = at(it, &["tagSet"]).into_iter().flat_map(items);
    let all = all.map(|it| (value(it, "key"), value(it, "value")));
    all.filter(|(key, _)| key.starts_with(OURS)).collect()
}

/// A line for the profile, for each interface, and for each address, so that a single one can be
/// quoted.
fn shown(it: &DescribedInstance) -> String {
    let mut lines = Vec::new();
    if let (Some(arn), Some(id)) = (&it.profile_arn, &it.profile_id) {
        lines.push(format!("instance profile {arn}, id {id}"));
    }
    for it in &it.interfaces {
        let DescribedInterface { id, device_number, network_card, kind, description, .. } = it;
        let managed = match it.requester_managed {
            Some(true) => ", requester-managed",
            Some(false) => ", not requester-managed",
            None => "",
        };
        let tags: Vec<_> =
            it.tags.iter().flatten().map(|(key, value)| format!(", {key}={value}")).collect();
        let tags = tags.concat();
        let description: String = description.chars().filter(|it| !it.is_control()).collect();
        lines.push(format!(
            "{id}: device {device_number} of card {network_card}, {kind}, description `{description}`{managed}{tags}"
        ));
        lines.extend(it.addresses.iter().chain(&it.prefixes).map(|it| format!("{id} {it}")));
    }
    lines.join("\n")
}

fn at<'a, 'input>(node: Node<'a, 'input>, path: &[&str]) -> Option<Node<'a, 'input>> {
    path.iter()
        .try_fold(node, |node, name| node.children().find(|it| it.tag_name().name() == *name))
}

fn items<'a, 'input>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(|it| it.is_element() && it.tag_name().name() == "item")
}

fn value(node: Node<'_, '_>, name: &str) -> String {
    at(node, &[name]).map(text).unwrap_or_default()
}

fn text(node: Node<'_, '_>) -> String {
    node.text().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_the_default_card() {
        let text = "<DescribeInstanceTypesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
            <instanceTypeSet><item><instanceType>p9.big</instanceType><hypervisor>nitro</hypervisor>\
            <networkInfo><defaultNetworkCardIndex>0</defaultNetworkCardIndex>\
            <maximumNetworkInterfaces>60</maximumNetworkInterfaces>\
            <ipv4AddressesPerInterface>50</ipv4AddressesPerInterface><networkCards>\
            <item><networkCardIndex>1</networkCardIndex><maximumNetworkInterfaces>1</maximumNetworkInterfaces></item>\
            <item><networkCardIndex>0</networkCardIndex><maximumNetworkInterfaces>2</maximumNetworkInterfaces></item>\
            </networkCards></networkInfo></item></instanceTypeSet></DescribeInstanceTypesResponse>";
        let (limits, text) = limits(&Document::parse(text).unwrap()).unwrap();
        assert_eq!(
            (limits[0].interfaces, limits[0].addresses, limits[0].nitro),
            (2, 50, Some(true))
        );
        assert_eq!(text, "p9.big: 2 interfaces of card 0, 50 addresses each");
    }

    #[test]
    fn what_is_no_answer_of_ec2_is_none() {
        for text in [
            "<html/>",
            "<a><reservationSet/></a>",
            "<a><reservationSet><item/></reservationSet></a>",
        ] {
            let document = Document::parse(text).unwrap();
            assert!(instance(&document).is_none() && limits(&document).is_none(), "{text}");
        }
    }
}
