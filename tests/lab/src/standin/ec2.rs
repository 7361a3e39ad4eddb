//! The EC2 API, as far as a node asks about itself: the query protocol, and XML.
//!
//! Answers are shaped as in
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html> and its
//! neighbours, refusals as in `errors-overview.html` beside it.

use serde_json::json;

use super::imds::{id, mac};
use super::rfc3339;
use super::sts::form;
use crate::config::account::Unwilling;
use crate::config::network::{Owner, View};
use crate::reply::{Reply, Then};
use crate::server::Asked;
use crate::{sigv4, world};

const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

pub(super) fn answer(asked: &Asked<'_>) -> Reply {
    if asked.header("authorization").is_none() {
        return unsigned();
    }
    if let Err((status, code, message)) = sigv4::verify(asked, "ec2") {
        return refused(status, code, &message);
    }
    let action = form(asked.body).remove("Action").unwrap_or_default();
    match asked.config.account.unwilling(&format!("ec2:{action}")) {
        Some(Unwilling::Silent) => return Reply::xml(200, "<").then(Then::Hang),
        Some(Unwilling::Denied) => {
            let message = "You are not authorized to perform this operation.";
            return refused(403, "UnauthorizedOperation", message);
        }
        Some(it) => {
            let (status, code, message) = it.refusal(&action);
            return refused(status, code, &message);
        }
        None => {}
    }
    match &*action {
        "DescribeInstances" => said(&action, &instances(asked)),
        "DescribeNetworkInterfaces" => said(&action, &interfaces(asked)),
        "DescribeSubnets" => said(&action, &subnets(asked)),
        "DescribeInstanceTypes" => said(&action, &types(asked)),
        _ => refused(400, "InvalidAction", "The action is not valid for this web service."),
    }
}

/// Without an action it sends the reader to its documentation.
fn unsigned() -> Reply {
    Reply::text(302, "").with("location", "https://aws.amazon.com/ec2")
}

/// EKS Auth, of which nobody here asks more.
pub(super) fn eks_auth() -> Reply {
    let message = json!({"message": "Missing Authentication Token"});
    Reply::json(403, &message).with("x-amzn-errortype", "MissingAuthenticationTokenException")
}

fn said(action: &str, body: &str) -> Reply {
    Reply::xml(
        200,
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <{action}Response xmlns=\"{NAMESPACE}\"><requestId>1</requestId>{body}</{action}Response>"
        ),
    )
}

fn refused(status: u16, code: &str, message: &str) -> Reply {
    Reply::xml(
        status,
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
             <Message>{message}</Message></Error></Errors><RequestID>1</RequestID></Response>"
        ),
    )
}

fn each(asked: &Asked<'_>, one: impl Fn(u8) -> String) -> String {
    let all: Vec<_> = (0..asked.config.interfaces.count).map(one).collect();
    if all.is_empty() {
        String::new()
    } else {
        format!("<item>{}</item>", all.join("</item><item>"))
    }
}

fn instances(asked: &Asked<'_>) -> String {
    let profile = format!(
        "<iamInstanceProfile><arn>arn:aws:iam::{}:instance-profile/{}</arn><id>{}</id></iamInstanceProfile>",
        world::ACCOUNT,
        world::NODE_ROLE,
        asked.config.network.profile_id,
    );
    let interfaces = each(asked, |index| interface(asked, index));
    format!(
        "<reservationSet><item><instancesSet><item><instanceId>{}</instanceId>\
         <instanceType>{}</instanceType><privateDnsName>{}</privateDnsName><vpcId>{}</vpcId>{profile}\
         <networkInterfaceSet>{interfaces}</networkInterfaceSet></item></instancesSet></item></reservationSet>",
        world::INSTANCE_ID,
        asked.config.instance_type,
        world::NODE,
        world::VPC,
    )
}

fn interface(asked: &Asked<'_>, index: u8) -> String {
    let config = asked.config;
    let (kind, description) = match config.network.owner(index) {
        Owner::Trunk => ("trunk", "aws-k8s-trunk-eni".to_owned()),
        Owner::Efa => ("efa", String::new()),
        Owner::Foreign => ("interface", "failover of a database".to_owned()),
        Owner::Unmanaged => ("interface", "for multus".to_owned()),
        Owner::Cni if index == 0 => ("interface", String::new()),
        Owner::Cni => ("interface", format!("aws-K8S-{}", world::INSTANCE_ID)),
    };
    let addresses = config.addresses(View::Ec2, index);
    let primary = addresses.first().cloned().unwrap_or_default();
    let address = |it: &String| {
        let primary = *it == primary;
        format!(
            "<item><privateIpAddress>{it}</privateIpAddress><primary>{primary}</primary></item>"
        )
    };
    let addresses: String = addresses.iter().map(address).collect();
    let prefix = |it: &String| format!("<item><ipv4Prefix>{it}</ipv4Prefix></item>");
    let prefixes: String = config.prefixes(index).iter().map(prefix).collect();
    format!(
        "<networkInterfaceId>{}</networkInterfaceId><subnetId>{}</subnetId><vpcId>{}</vpcId>\
         <description>{description}</description><macAddress>{}</macAddress>\
         <privateIpAddress>{primary}</privateIpAddress><interfaceType>{kind}</interfaceType>\
         <groupSet><item><groupId>{}</groupId><groupName>cluster</groupName></item></groupSet>\
         <attachment><deviceIndex>{index}</deviceIndex><networkCardIndex>0</networkCardIndex>\
         <status>attached</status><attachTime>{}</attachTime></attachment>\
         <privateIpAddressesSet>{addresses}</privateIpAddressesSet><ipv4PrefixSet>{prefixes}</ipv4PrefixSet>",
        id(index),
        world::SUBNET,
        world::VPC,
        mac(index),
        world::NODE_GROUP,
        rfc3339(asked.now() - 3600),
    )
}

fn interfaces(asked: &Asked<'_>) -> String {
    let one = |index| {
        let tags = match asked.config.network.owner(index) {
            Owner::Unmanaged => {
                "<item><key>node.k8s.amazonaws.com/no_manage</key><value>true</value></item>"
            }
            _ => "<item><key>Name</key><value>node</value></item>",
        };
        format!(
            "<networkInterfaceId>{}</networkInterfaceId><requesterManaged>false</requesterManaged>\
             <tagSet>{tags}</tagSet>",
            id(index)
        )
    };
    format!("<networkInterfaceSet>{}</networkInterfaceSet>", each(asked, one))
}

fn subnets(asked: &Asked<'_>) -> String {
    format!(
        "<subnetSet><item><subnetId>{}</subnetId><cidrBlock>{}</cidrBlock>\
         <availabilityZone>{}</availabilityZone>\
         <availableIpAddressCount>{}</availableIpAddressCount></item></subnetSet>",
        world::SUBNET,
        world::SUBNET_CIDR,
        world::ZONE,
        asked.config.network.free,
    )
}

fn types(asked: &Asked<'_>) -> String {
    let (interfaces, addresses) = asked.config.network.limits;
    format!(
        "<instanceTypeSet><item><instanceType>{}</instanceType><hypervisor>nitro</hypervisor>\
         <networkInfo><defaultNetworkCardIndex>0</defaultNetworkCardIndex>\
         <ipv4AddressesPerInterface>{addresses}</ipv4AddressesPerInterface>\
         <maximumNetworkInterfaces>{interfaces}</maximumNetworkInterfaces><networkCards><item>\
         <networkCardIndex>0</networkCardIndex>\
         <maximumNetworkInterfaces>{interfaces}</maximumNetworkInterfaces></item></networkCards>\
         </networkInfo></item></instanceTypeSet>",
        asked.config.instance_type,
    )
}
