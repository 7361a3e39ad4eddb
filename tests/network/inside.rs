//! Within the VPC: to the private endpoint, by security groups, and names.

use super::*;

/// The nodes are in a group of their own.
fn own_group(admitted: &Value) -> Value {
    let mut account = healthy("account");
    for it in list(&mut account, "instances") {
        it["value"]["SecurityGroups"] = json!([{"GroupId": "sg-0nodes"}]);
    }
    let all = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    let inbound = json!([{"IpProtocol": "tcp", "FromPort": 10250, "ToPort": 10250,
        "UserIdGroupPairs": [{"GroupId": "sg-0cluster"}]}]);
    let nodes = json!({"GroupId": "sg-0nodes", "VpcId": "vpc-0prod", "IpPermissions": inbound,
        "IpPermissionsEgress": all});
    let source = json!({"place": "ec2", "text": "\"GroupId\": \"sg-0nodes\""});
    list(&mut account, "securityGroups").push(json!({"value": nodes, "source": source}));
    let rules = &mut resource(&mut account, "securityGroups", "sg-0cluster")["IpPermissions"];
    rules.as_array_mut().unwrap().push(admitted.clone());
    account
}

#[test]
fn security_groups_admit_by_group_and_by_addresses() {
    let rule = |ranges: &[&str], group: &str, port: i32| {
        let ranges: Vec<_> = ranges.iter().map(|it| json!({"CidrIp": it})).collect();
        json!({"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges,
            "UserIdGroupPairs": [{"GroupId": group}]})
    };
    for (admitted, expected) in [
        (rule(&[], "sg-0nodes", 443), State::Intact),
        (rule(&["10.0.0.0/16"], "sg-0other", 443), State::Intact),
        (rule(&["10.0.0.0/19", "10.0.32.0/19"], "sg-0other", 443), State::Intact),
        (rule(&["10.0.0.0/20", "10.0.32.0/19"], "sg-0other", 443), State::Unknown),
        (rule(&["10.0.0.0/19"], "sg-0other", 443), State::Broken),
        (rule(&[], "sg-0nodes", 8443), State::Broken),
    ] {
        let account = own_group(&admitted);
        assert_eq!(state(&account, "path-to-cluster"), expected, "{admitted}");
        assert_ne!(state(&account, "kubelet-port"), State::Broken, "{admitted}");
    }
}

#[test]
fn resolvers_of_one_s_own_are_unknown() {
    let mut account = healthy("account");
    let options = &mut account["account"]["group"]["dhcpOptions"]["seen"]["value"];
    options["DhcpConfigurations"][1]["Values"] = json!([{"Value": "10.0.5.53"}]);
    assert_eq!(state(&account, "vpc-dns"), State::Unknown);
    let options = &mut account["account"]["group"]["dhcpOptions"]["seen"]["value"];
    options["DhcpConfigurations"][1]["Values"] = json!([{"Value": "10.0.0.2"}]);
    assert_eq!(state(&account, "vpc-dns"), State::Intact);
}

#[test]
fn with_resolvers_of_one_s_own_names_may_lead_either_way() {
    let own = |account: &mut Value| {
        let options = &mut account["account"]["group"]["dhcpOptions"]["seen"]["value"];
        options["DhcpConfigurations"][1]["Values"] = json!([{"Value": "10.0.5.53"}]);
    };
    let mut account = healthy("account");
    own(&mut account);
    assert_eq!(state(&account, "path-to-cluster"), State::Intact, "both ways are open");
    let rules = &mut resource(&mut account, "securityGroups", "sg-0endpoints")["IpPermissions"];
    rules[0]["IpRanges"][0]["CidrIp"] = json!("10.9.0.0/16");
    assert_eq!(state(&account, "path-to-services"), State::Unknown, "NAT may be taken");
    no_default(&mut account);
    assert_eq!(decided(&account), ("path-to-services", "endpoint-group-closed"));
}
