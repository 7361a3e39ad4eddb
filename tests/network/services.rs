//! To services of AWS: endpoints of the VPC and their policies.

use super::*;

/// No way out at all: endpoints for everything.
pub(super) fn fully_private() -> Value {
    let mut account = healthy("account");
    access(&mut account, true, false);
    no_default(&mut account);
    list(&mut account, "natGateways").clear();
    list(&mut account, "internetGateways").clear();
    account
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
