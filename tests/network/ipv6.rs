//! Subnets and clusters of IPv6: what such a way is good for, and what it cannot stand for.

use integration::patch;

use super::*;

const SUBNETS: [(&str, &str); 3] = [
    ("subnet-0aa", "2600:1f14:a:b00::/64"),
    ("subnet-0bb", "2600:1f14:a:b01::/64"),
    ("subnet-0pub", "2600:1f14:a:b02::/64"),
];

/// Both families in each subnet; out by NAT for IPv4, and by an egress-only gateway for IPv6.
fn dual() -> Value {
    let mut account = healthy("account");
    for (id, cidr) in SUBNETS {
        let subnet = resource(&mut account, "subnets", id);
        subnet["Ipv6CidrBlockAssociationSet"] =
            json!([{"Ipv6CidrBlock": cidr, "Ipv6CidrBlockState": {"State": "associated"}}]);
        subnet["AssignIpv6AddressOnCreation"] = json!(true);
        subnet["Ipv6Native"] = json!(false);
        subnet["EnableDns64"] = json!(false);
    }
    for (at, it) in list(&mut account, "instances").iter_mut().enumerate() {
        it["value"]["Ipv6Address"] = json!(format!("2600:1f14:a:b0{at}::10"));
    }
    for (at, it) in list(&mut account, "controlPlaneInterfaces").iter_mut().enumerate() {
        let address = format!("2600:1f14:a:b0{at}::20");
        it["value"]["Ipv6Addresses"] = json!([{"Ipv6Address": address}]);
    }
    let local = json!({"DestinationIpv6CidrBlock": "2600:1f14:a:b00::/56", "GatewayId": "local",
        "State": "active"});
    routes(&mut account).extend([local, out("active")]);
    for egress in [false, true] {
        let rule = json!({"RuleNumber": 101, "Protocol": "-1", "RuleAction": "allow",
            "Egress": egress, "Ipv6CidrBlock": "::/0"});
        resource(&mut account, "networkAcls", "acl-0a")["Entries"]
            .as_array_mut()
            .unwrap()
            .push(rule);
    }
    let rules = &mut resource(&mut account, "securityGroups", "sg-0cluster")["IpPermissionsEgress"];
    rules[0]["Ipv6Ranges"] = json!([{"CidrIpv6": "::/0"}]);
    // Which policy of IPv6 somebody made for it is another link's.
    account["account"]["group"]["role"] = json!("skipped");
    cluster(&mut account)["kubernetesNetworkConfig"] = json!({"ipFamily": "ipv6"});
    cluster(&mut account)["endpoint"] = json!("https://eks-cluster.us-west-2.api.aws");
    account
}

fn out(state: &str) -> Value {
    json!({"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-0a", "State": state})
}

fn cluster(account: &mut Value) -> &mut Value {
    &mut account["account"]["group"]["cluster"]["seen"]["value"]["present"]
}

/// The route for IPv6 leads to what is gone.
fn gone(account: &mut Value) {
    routes(account).retain(|it| it["DestinationIpv6CidrBlock"] != "::/0");
    routes(account).push(out("blackhole"));
}

fn no_endpoints(account: &mut Value) {
    list(account, "vpcEndpoints").clear();
    routes(account).retain(|it| it["DestinationPrefixListId"].is_null());
}

fn admitted(account: &mut Value, cidrs: &[&str]) {
    cluster(account)["resourcesVpcConfig"]["publicAccessCidrs"] = json!(cidrs);
}

#[test]
fn a_cluster_of_ipv6_is_intact_and_its_nodes_go_by_ipv4_where_they_can() {
    for (private, public) in [(true, true), (false, true)] {
        let mut account = dual();
        access(&mut account, private, public);
        for link in OWN {
            assert_eq!(state(&account, link), State::Intact, "{link}, private {private}");
        }
    }
}

#[test]
fn an_endpoint_of_both_families_is_reached_by_either() {
    let mut account = dual();
    access(&mut account, false, true);
    no_default(&mut account);
    assert_eq!(state(&account, "path-to-cluster"), State::Intact);
    let report = told(&account);
    let detail = &view(&report, "path-to-cluster").detail;
    assert!(detail.starts_with("subnet-0aa by IPv6 → rtb-0private ::/0 → eigw-0a"), "{detail}");
    let four = "https://EXAMPLED539D4633E53DE1B71EXAMPLE.gr7.us-west-2.eks.amazonaws.com";
    cluster(&mut account)["endpoint"] = json!(four);
    assert_eq!(decided(&account), ("path-to-cluster", "no-route"), "it has IPv4 addresses alone");
}

#[test]
fn a_private_endpoint_is_reached_by_ipv6_where_groups_close_ipv4() {
    let mut account = dual();
    let rules = resource(&mut account, "securityGroups", "sg-0cluster");
    rules["IpPermissionsEgress"] =
        json!([{"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]);
    assert_eq!(state(&account, "path-to-cluster"), State::Intact);
    // Which addresses its interfaces have was not read.
    for it in list(&mut account, "controlPlaneInterfaces") {
        it["value"]["Ipv6Addresses"] = json!([]);
    }
    assert_eq!(state(&account, "path-to-cluster"), State::Unknown);
    let acl = resource(&mut account, "networkAcls", "acl-0a");
    acl["Entries"].as_array_mut().unwrap().retain(|it| it["Ipv6CidrBlock"].is_null());
    assert_ne!(state(&account, "path-to-cluster"), State::Intact);
}

#[test]
fn a_gateway_of_ipv6_that_is_gone_stops_what_has_no_other_way() {
    let mut account = dual();
    access(&mut account, false, true);
    gone(&mut account);
    assert_eq!(state(&account, "path-to-cluster"), State::Intact, "IPv4 leads out");
    let risks = told(&account).risks;
    assert!(risks.iter().any(|it| it.title.contains("eigw-0a")), "{risks:?}");
    no_default(&mut account);
    assert_eq!(decided(&account), ("path-to-cluster", "egress-only-gateway-gone"));
    let fix = told(&account).fix.unwrap().change;
    assert!(fix.contains("--route-table-id rtb-0private --destination-ipv6-cidr-block"), "{fix}");
    // One by which IPv4 alone could leave is not one of IPv6.
    routes(&mut account).retain(|it| it["DestinationIpv6CidrBlock"] != "::/0");
    assert_eq!(decided(&account), ("path-to-cluster", "no-route"));
}

#[test]
fn nodes_without_an_ipv6_address_do_not_leave_by_it() {
    let mut account = dual();
    access(&mut account, false, true);
    no_default(&mut account);
    for it in list(&mut account, "instances") {
        it["value"].as_object_mut().unwrap().remove("Ipv6Address");
    }
    assert_eq!(decided(&account), ("path-to-cluster", "no-route"));
    let detail = view(&told(&account), "path-to-cluster").detail.clone();
    assert!(detail.contains("have no IPv6 address"), "{detail}");
}

#[test]
fn services_are_asked_by_ipv4() {
    let mut account = dual();
    no_default(&mut account);
    assert_eq!(state(&account, "path-to-services"), State::Intact, "by endpoints");
    no_endpoints(&mut account);
    assert_eq!(decided(&account), ("path-to-services", "ipv6-only"));
    routes(&mut account).retain(|it| it["DestinationIpv6CidrBlock"] != "::/0");
    assert_eq!(decided(&account), ("path-to-services", "no-route"));
}

#[test]
fn names_of_dns64_lead_to_a_nat_gateway_that_translates() {
    let translating = |dns64: &Value| {
        let mut account = dual();
        no_default(&mut account);
        no_endpoints(&mut account);
        let route = json!({"DestinationIpv6CidrBlock": "64:ff9b::/96", "NatGatewayId": "nat-0a",
            "State": "active"});
        routes(&mut account).push(route);
        for (id, _) in SUBNETS {
            resource(&mut account, "subnets", id)["EnableDns64"] = dns64.clone();
        }
        account
    };
    let account = translating(&json!(true));
    assert_eq!(state(&account, "path-to-services"), State::Intact);
    assert_eq!(decided(&translating(&json!(false))), ("path-to-services", "ipv6-only"));
    assert_eq!(state(&translating(&Value::Null), "path-to-services"), State::Unknown);
    let mut account = translating(&json!(true));
    resource(&mut account, "natGateways", "nat-0a")["State"] = json!("failed");
    assert_eq!(decided(&account), ("path-to-services", "nat-gateway-failed"));
}

#[test]
fn a_subnet_of_ipv6_alone_needs_translation_or_is_unknown() {
    let mut account = dual();
    for (id, _) in SUBNETS {
        let subnet = resource(&mut account, "subnets", id);
        subnet["Ipv6Native"] = json!(true);
        subnet.as_object_mut().unwrap().remove("CidrBlock");
    }
    assert_eq!(state(&account, "path-to-cluster"), State::Intact);
    assert_eq!(state(&account, "path-to-services"), State::Unknown, "endpoints may have both");
    no_endpoints(&mut account);
    assert_eq!(decided(&account), ("path-to-services", "ipv6-only"));
}

#[test]
fn an_allow_list_may_have_the_subnets_of_ipv6() {
    let of = |cidrs: &[&str]| {
        let mut account = dual();
        access(&mut account, false, true);
        admitted(&mut account, cidrs);
        state(&account, "endpoint-access")
    };
    assert_eq!(of(&["203.0.113.10/32"]), State::Intact);
    assert_eq!(of(&["198.51.100.0/24", "2600:1f14:a:b00::/56"]), State::Intact);
    assert_eq!(of(&["198.51.100.0/24", "2600:1f14:a:c00::/56"]), State::Broken);
    assert_eq!(
        of(&["198.51.100.0/24", "2600:1f14:a:b00::/64"]),
        State::Broken,
        "not the other subnet"
    );
    let halves = ["2600:1f14:a:b00:8000::/65", "2600:1f14:a:b01:8000::/65"];
    assert_eq!(of(&["198.51.100.0/24", halves[0], halves[1]]), State::Unknown);
}

#[test]
fn the_control_plane_reaches_kubelets_of_an_ipv6_cluster_by_ipv6() {
    let of = |ranges: Value| {
        let mut account = dual();
        for it in list(&mut account, "instances") {
            it["value"]["SecurityGroups"] = json!([{"GroupId": "sg-0nodes"}]);
        }
        let mut inbound = json!([{"IpProtocol": "tcp", "FromPort": 10250, "ToPort": 10250}]);
        patch(&mut inbound[0], &ranges);
        let nodes = json!({"GroupId": "sg-0nodes", "VpcId": "vpc-0prod", "IpPermissions": inbound,
            "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]});
        let source = json!({"place": "ec2", "text": "\"GroupId\": \"sg-0nodes\""});
        list(&mut account, "securityGroups").push(json!({"value": nodes, "source": source}));
        let rules = &mut resource(&mut account, "securityGroups", "sg-0cluster")["IpPermissions"];
        let admitted = json!({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
            "UserIdGroupPairs": [{"GroupId": "sg-0nodes"}]});
        rules.as_array_mut().unwrap().push(admitted);
        state(&account, "kubelet-port")
    };
    assert_eq!(of(json!({"Ipv6Ranges": [{"CidrIpv6": "2600:1f14:a:b00::/56"}]})), State::Intact);
    assert_eq!(of(json!({"UserIdGroupPairs": [{"GroupId": "sg-0cluster"}]})), State::Intact);
    assert_eq!(of(json!({"IpRanges": [{"CidrIp": "10.0.0.0/16"}]})), State::Unknown);
    assert_eq!(of(json!({"IpRanges": [{"CidrIp": "10.9.0.0/16"}]})), State::Broken);
}
