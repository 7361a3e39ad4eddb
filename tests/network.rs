//! The paths from a group's subnets: what is one change away from a healthy account, and what nobody
//! may conclude from it.

use std::{fs, path::Path};

use diagnosis::report::{LinkView, Outcome, Report, State};
use diagnosis::{checklist, judge};
use integration::{facts, healthy};
use serde_json::{Value, json};

const OWN: [&str; 6] = [
    "endpoint-access",
    "control-plane-network",
    "vpc-dns",
    "path-to-cluster",
    "path-to-services",
    "kubelet-port",
];

/// One list of the healthy account, as it was read.
fn list<'a>(account: &'a mut Value, kind: &str) -> &'a mut Vec<Value> {
    account["account"]["group"][kind]["seen"]["value"].as_array_mut().unwrap()
}

/// The resource of this list that has this id, whichever key holds it.
fn resource<'a>(account: &'a mut Value, kind: &str, id: &str) -> &'a mut Value {
    let has = |it: &Value| {
        let members = it["value"].as_object().unwrap();
        members.iter().any(|(key, it)| key.ends_with("Id") && it == id)
    };
    let found = list(account, kind).iter_mut().find(|it| has(it));
    &mut found.unwrap()["value"]
}

fn without(account: &mut Value, kind: &str, key: &str, value: &str) {
    list(account, kind).retain(|it| it["value"][key] != value);
}

fn access(account: &mut Value, private: bool, public: bool) {
    let cluster = &mut account["account"]["group"]["cluster"]["seen"]["value"]["present"];
    let config = &mut cluster["resourcesVpcConfig"];
    config["endpointPrivateAccess"] = json!(private);
    config["endpointPublicAccess"] = json!(public);
}

/// Routes of the private subnets.
fn routes(account: &mut Value) -> &mut Vec<Value> {
    resource(account, "routeTables", "rtb-0private")["Routes"].as_array_mut().unwrap()
}

fn no_default(account: &mut Value) {
    routes(account).retain(|it| it["DestinationCidrBlock"] != "0.0.0.0/0");
}

/// No way out at all: endpoints for everything.
fn fully_private() -> Value {
    let mut account = healthy("account");
    access(&mut account, true, false);
    no_default(&mut account);
    list(&mut account, "natGateways").clear();
    list(&mut account, "internetGateways").clear();
    account
}

fn told(account: &Value) -> Report {
    judge(&facts(account).unwrap())
}

fn state(account: &Value, link: &str) -> State {
    let all = checklist(&facts(account).unwrap());
    all.into_iter().find(|(_, id, _)| *id == link).unwrap().2
}

fn view<'a>(report: &'a Report, link: &str) -> &'a LinkView {
    report.chains.iter().flat_map(|it| &it.links).find(|it| it.id == link).unwrap()
}

/// The link and the fault that were decided.
fn decided(account: &Value) -> (&'static str, &'static str) {
    let report = told(account);
    assert_eq!(report.outcome, Outcome::Decided, "{}", report.title);
    (report.link.unwrap(), report.fault.unwrap())
}

#[test]
fn a_healthy_account_has_its_network_intact_and_says_hop_by_hop() {
    let account = healthy("account");
    for link in OWN.into_iter().chain(["subnet-addresses"]) {
        assert_eq!(state(&account, link), State::Intact, "{link}");
    }
    let report = told(&account);
    let detail = &view(&report, "path-to-cluster").detail;
    assert!(
        detail.starts_with("subnet-0aa → rtb-0private 10.0.0.0/16 local → eni-0cpa (subnet-0aa)"),
        "{detail}"
    );
    let detail = &view(&report, "path-to-services").detail;
    assert!(detail.contains("EC2 by vpce-0ec2") && detail.contains("by vpce-0s3"), "{detail}");
}

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
fn a_fully_private_network_needs_each_of_its_endpoints_but_that_of_sts() {
    let account = fully_private();
    for link in OWN {
        assert_eq!(state(&account, link), State::Intact, "{link}");
    }
    assert!(told(&account).risks.is_empty());
    for (service, fault, name) in [
        ("ec2", "endpoint-missing", "EC2"),
        ("ecr.api", "endpoint-missing", "ECR API"),
        ("ecr.dkr", "endpoint-missing", "ECR registry"),
        ("s3", "s3-gateway-missing", "S3"),
    ] {
        let mut account = fully_private();
        let service = format!("com.amazonaws.us-west-2.{service}");
        without(&mut account, "vpcEndpoints", "ServiceName", &service);
        if name == "S3" {
            routes(&mut account).retain(|it| it["GatewayId"] == "local");
        }
        assert_eq!(decided(&account), ("path-to-services", fault), "{service}");
        let report = told(&account);
        assert!(report.title.contains(name), "{}", report.title);
        let fix = report.fix.unwrap().change;
        assert!(fix.contains(&service), "{fix}");
    }
    let mut account = fully_private();
    without(&mut account, "vpcEndpoints", "ServiceName", "com.amazonaws.us-west-2.sts");
    assert_eq!(state(&account, "path-to-services"), State::Intact);
    let report = told(&account);
    assert_ne!(report.outcome, Outcome::Decided);
    assert!(report.risks.iter().any(|it| it.title.starts_with("STS")), "{:?}", report.risks);
}

#[test]
fn an_endpoint_with_private_dns_stands_before_the_way_out() {
    let mut account = healthy("account");
    let rules = &mut resource(&mut account, "securityGroups", "sg-0endpoints")["IpPermissions"];
    rules[0]["IpRanges"][0]["CidrIp"] = json!("10.9.0.0/16");
    assert_eq!(decided(&account), ("path-to-services", "endpoint-group-closed"));
    for kind in ["ec2", "ecr.api", "ecr.dkr", "sts"] {
        let of = format!("com.amazonaws.us-west-2.{kind}");
        for it in list(&mut account, "vpcEndpoints") {
            if it["value"]["ServiceName"] == of.as_str() {
                it["value"]["PrivateDnsEnabled"] = json!(false);
            }
        }
    }
    assert_eq!(state(&account, "path-to-services"), State::Intact, "names lead out again");
    let report = told(&account);
    let detail = &view(&report, "path-to-services").detail;
    assert!(detail.contains("EC2 by nat-0a"), "{detail}");
}

#[test]
fn an_endpoint_in_other_zones_than_the_nodes_is_fine() {
    let mut account = healthy("account");
    for it in list(&mut account, "vpcEndpoints") {
        if it["value"]["VpcEndpointType"] == "Interface" {
            it["value"]["SubnetIds"] = json!(["subnet-0bb"]);
        }
    }
    assert_eq!(state(&account, "path-to-services"), State::Intact);
}

#[test]
fn endpoints_of_a_shared_network_are_its_owner_s_to_see() {
    let mut account = fully_private();
    without(&mut account, "vpcEndpoints", "ServiceName", "com.amazonaws.us-west-2.ec2");
    let vpc = &mut account["account"]["group"]["vpc"]["seen"]["value"];
    vpc["OwnerId"] = json!("444455556666");
    assert_eq!(state(&account, "path-to-services"), State::Unknown);
    account["account"]["group"]["vpc"]["seen"]["value"]["OwnerId"] = json!("111122223333");
    assert_eq!(decided(&account), ("path-to-services", "endpoint-missing"));
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
fn a_list_that_was_not_read_breaks_nothing() {
    let lists = [
        "subnets",
        "routeTables",
        "natGateways",
        "internetGateways",
        "networkAcls",
        "securityGroups",
        "vpcEndpoints",
        "controlPlaneInterfaces",
        "instances",
        "launchTemplate",
        "vpc",
        "dhcpOptions",
        "role",
        "cluster",
    ];
    for list in lists {
        let failed =
            json!({"failed": {"why": "UnauthorizedOperation", "source": {"place": "ec2"}}});
        for (how, fact) in [("not read", json!("skipped")), ("refused", failed)] {
            for public in [false, true] {
                let mut account = healthy("account");
                access(&mut account, !public, true);
                account["account"]["group"][list] = fact.clone();
                for link in OWN.into_iter().chain(["subnet-addresses"]) {
                    let found = state(&account, link);
                    assert_ne!(found, State::Broken, "{link}: {list} was {how}");
                }
            }
        }
    }
    for (list, link) in [
        ("routeTables", "path-to-cluster"),
        ("securityGroups", "path-to-cluster"),
        ("networkAcls", "path-to-cluster"),
        ("vpcEndpoints", "path-to-services"),
        ("controlPlaneInterfaces", "control-plane-network"),
        ("securityGroups", "kubelet-port"),
    ] {
        let mut account = healthy("account");
        account["account"]["group"][list] = json!("skipped");
        assert_eq!(state(&account, link), State::Unknown, "{link} without {list}");
    }
}

#[test]
fn a_stop_decides_whatever_was_not_read() {
    let mut account = healthy("account");
    access(&mut account, false, true);
    no_default(&mut account);
    for list in ["securityGroups", "networkAcls", "vpcEndpoints", "controlPlaneInterfaces"] {
        account["account"]["group"][list] = json!("skipped");
    }
    assert_eq!(decided(&account), ("path-to-cluster", "no-route"));
}

#[test]
fn a_part_of_a_list_says_nothing_of_what_it_lacks() {
    let mut account = healthy("account");
    // Asked for by their names: the cluster's own group is not among them.
    list(&mut account, "securityGroups").retain(|it| it["value"]["GroupId"] == "sg-0extra");
    list(&mut account, "subnets").retain(|it| it["value"]["SubnetId"] == "subnet-0aa");
    for link in OWN {
        assert_ne!(state(&account, link), State::Broken, "{link}");
    }
    assert_eq!(state(&account, "control-plane-network"), State::Unknown);
}

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
fn a_policy_whose_condition_nobody_can_tell_is_unknown() {
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
        "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-0a"}}}]});
    let mut account = healthy("account");
    let endpoint = resource(&mut account, "vpcEndpoints", "vpce-0ecrapi");
    endpoint["PolicyDocument"] = json!(policy.to_string());
    assert_eq!(state(&account, "path-to-services"), State::Unknown);
    let layers = "arn:aws:s3:::prod-us-west-2-starport-layer-bucket/*";
    for (resource_of, expected) in
        [(layers, State::Intact), ("arn:aws:s3:::own-bucket/*", State::Broken)]
    {
        let policy = json!({"Statement": [{"Effect": "Allow", "Principal": "*",
            "Action": "s3:GetObject", "Resource": resource_of}]});
        let mut account = healthy("account");
        let endpoint = resource(&mut account, "vpcEndpoints", "vpce-0s3");
        endpoint["PolicyDocument"] = json!(policy.to_string());
        assert_eq!(state(&account, "path-to-services"), expected, "{resource_of}");
    }
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

/// The healthy account as files, each as `change` leaves it.
fn from_files(change: impl Fn(&str, String) -> String) -> diagnosis::facts::Facts {
    let mut answers = diagnosis::document::account::Answers::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("account/healthy");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    for path in files.iter().filter(|it| it.extension().is_some_and(|it| it == "json")) {
        let name = path.file_name().unwrap().to_str().unwrap();
        answers.take(name, &change(name, fs::read_to_string(path).unwrap()));
    }
    let groups = answers.groups();
    answers.facts(&groups[0])
}

#[test]
fn what_the_cluster_names_is_gone_only_where_the_list_is_not_of_names() {
    let renamed = |from: &'static str, to: &'static str, only: Option<&'static str>| {
        judge(&from_files(|name, text| match name {
            "describe-cluster.json" => text.replace(from, to),
            "describe-security-groups.json" => match only {
                Some(id) => {
                    let mut all: Value = serde_json::from_str(&text).unwrap();
                    let groups = all["SecurityGroups"].as_array_mut().unwrap();
                    groups.retain(|it| it["GroupId"] == id);
                    all.to_string()
                }
                None => text,
            },
            _ => text,
        }))
    };
    let report = renamed("sg-0extra", "sg-0gone", None);
    assert_eq!(report.fault, Some("added-group-gone"), "{}", report.title);
    let report = renamed("sg-0extra", "sg-0gone", Some("sg-0cluster"));
    assert_ne!(report.outcome, Outcome::Decided, "{}", report.title);
    let report = renamed("sg-0cluster", "sg-0gone", None);
    assert_eq!(report.fault, Some("cluster-group-gone"), "{}", report.title);
}

#[test]
fn the_same_change_in_a_file_is_the_same_fault() {
    let faults: [(&str, &str, &str, &str); 6] = [
        ("describe-nat-gateways.json", "\"available\"", "\"failed\"", "nat-gateway-failed"),
        ("describe-vpc-attribute-enableDnsSupport.json", "true", "false", "dns-support-off"),
        ("describe-vpc-attribute-enableDnsHostnames.json", "true", "false", "dns-hostnames-off"),
        (
            "describe-dhcp-options.json",
            "domain-name-servers",
            "ntp-servers",
            "name-servers-missing",
        ),
        ("describe-security-groups.json", "10.0.0.0/16", "10.9.0.0/16", "endpoint-group-closed"),
        (
            "describe-internet-gateways.json",
            "\"vpc-0prod\"",
            "\"vpc-0other\"",
            "internet-gateway-detached",
        ),
    ];
    for (file, from, to, fault) in faults {
        let public = fault.starts_with("nat-") || fault.starts_with("internet-");
        let report = judge(&from_files(|name, text| match name {
            "describe-cluster.json" if public => {
                text.replace("\"endpointPrivateAccess\": true", "\"endpointPrivateAccess\": false")
            }
            it if it == file => text.replace(from, to),
            _ => text,
        }));
        assert_eq!(report.fault, Some(fault), "{}", report.title);
        assert!(report.evidence[0].source.contains(".json"), "{:?}", report.evidence);
    }
}
