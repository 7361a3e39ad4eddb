//! Out of the VPC: routes, network ACLs, and whom the endpoint admits.

use super::services::fully_private;
use super::*;

#[test]
fn over_the_internet_each_hop_is_named() {
    let mut account = healthy("account");
    access(&mut account, false, true);
    let report = told(&account);
    let detail = &view(&report, "path-to-cluster").detail;
    let hops = "subnet-0aa → rtb-0private 0.0.0.0/0 → nat-0a (subnet-0pub) → rtb-0public 0.0.0.0/0 → igw-0a";
    assert!(detail.starts_with(hops), "{detail}");
}

#[test]
fn what_lies_behind_another_network_is_unknown() {
    for (key, id) in [
        ("TransitGatewayId", "tgw-0a"),
        ("VpcPeeringConnectionId", "pcx-0a"),
        ("GatewayId", "vgw-0a"),
        ("NetworkInterfaceId", "eni-0firewall"),
        ("GatewayId", "vpce-0firewall"),
    ] {
        let mut account = healthy("account");
        access(&mut account, false, true);
        no_default(&mut account);
        let route = json!({"DestinationCidrBlock": "0.0.0.0/0", key: id, "State": "active"});
        routes(&mut account).push(route);
        assert_eq!(state(&account, "path-to-cluster"), State::Unknown, "{id}");
        let report = told(&account);
        assert_ne!(report.outcome, Outcome::Decided, "{id}: {}", report.title);
        let detail = &view(&report, "path-to-cluster").detail;
        assert!(detail.contains(id) && detail.contains('?'), "{detail}");
    }
    // Endpoints for this VPC may be in another one.
    let mut account = fully_private();
    list(&mut account, "vpcEndpoints").retain(|it| it["value"]["VpcEndpointType"] == "Gateway");
    let route = json!({"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": "tgw-0a"});
    routes(&mut account).push(route);
    assert_eq!(state(&account, "path-to-services"), State::Unknown);
}

#[test]
fn answers_go_to_ports_that_a_rule_has_to_let_in() {
    let entries = |ports: (u16, u16)| {
        json!([
            {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "Egress": true, "CidrBlock": "0.0.0.0/0"},
            {"RuleNumber": 100, "Protocol": "6", "RuleAction": "allow", "Egress": false,
             "CidrBlock": "0.0.0.0/0", "PortRange": {"From": ports.0, "To": ports.1}},
        ])
    };
    for (ports, expected) in [
        ((1024, 65535), State::Intact),
        // What Linux chooses from.
        ((32768, 61000), State::Intact),
        ((1024, 5000), State::Unknown),
        ((443, 443), State::Broken),
    ] {
        let mut account = healthy("account");
        access(&mut account, false, true);
        let acl = resource(&mut account, "networkAcls", "acl-0a");
        acl["Associations"] = json!([{"SubnetId": "subnet-0aa"}, {"SubnetId": "subnet-0bb"}]);
        let mut public = list(&mut account, "networkAcls")[0].clone();
        public["value"]["Associations"] = json!([{"SubnetId": "subnet-0pub"}]);
        list(&mut account, "networkAcls").push(public);
        resource(&mut account, "networkAcls", "acl-0a")["Entries"] = entries(ports);
        assert_eq!(state(&account, "path-to-cluster"), expected, "{ports:?}");
    }
}

#[test]
fn a_subnet_that_names_no_table_has_the_main_one() {
    let mut account = healthy("account");
    access(&mut account, false, true);
    let table = resource(&mut account, "routeTables", "rtb-0private");
    table["Associations"] = json!([{"Main": false, "SubnetId": "subnet-0aa"}]);
    // The main one leads to the internet gateway, and the node has no public address.
    assert_eq!(decided(&account), ("path-to-cluster", "no-public-address"));
    let report = told(&account);
    assert!(report.title.contains("subnet-0bb"), "{}", report.title);
}

#[test]
fn an_allow_list_needs_each_address_that_nodes_leave_by() {
    let list_of = |cidrs: &[&str]| {
        let mut account = healthy("account");
        access(&mut account, false, true);
        let cluster = &mut account["account"]["group"]["cluster"]["seen"]["value"]["present"];
        cluster["resourcesVpcConfig"]["publicAccessCidrs"] = json!(cidrs);
        state(&account, "endpoint-access")
    };
    assert_eq!(list_of(&["203.0.113.0/24"]), State::Intact);
    assert_eq!(list_of(&["198.51.100.0/24", "203.0.113.10/32"]), State::Intact);
    assert_eq!(list_of(&["203.0.113.11/32"]), State::Broken);
}
