//! The instance metadata service, version 2 only.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html>
//! and `configuring-instance-metadata-service.html` beside it for the token's rules.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::rfc3339;
use crate::config::network::{PROFILE_ID, View};
use crate::config::{Config, Profile, RoleAnswer};
use crate::reply::Reply;
use crate::server::Asked;
use crate::{canary, world};

const LONGEST_TOKEN: u32 = 21_600;

pub(super) fn answer(asked: &Asked<'_>) -> Reply {
    let not_found = || Reply::html(404);
    if asked.path == "/latest/api/token" {
        return if asked.method == "PUT" { token(asked) } else { Reply::text(405, "") };
    }
    if asked.method != "GET" && asked.method != "HEAD" {
        return Reply::text(405, "");
    }
    if asked.header("x-aws-ec2-metadata-token") != Some(canary::IMDS_TOKEN) {
        return Reply::text(401, "");
    }
    let Some(path) = asked.path.strip_prefix("/latest/") else { return not_found() };
    match path {
        "user-data" => {
            let ca = STANDARD.encode(asked.shared.pki().cluster_pem());
            let body = asked.config.host.user_data.body(&ca);
            // Replies are text; what is none is sent in base64, which every reader takes off.
            let text = |it: Vec<u8>| {
                String::from_utf8(it).unwrap_or_else(|it| STANDARD.encode(it.into_bytes()))
            };
            body.map_or_else(not_found, |it| Reply::text(200, text(it)))
        }
        "dynamic/instance-identity/document" => Reply::text(200, identity(asked)),
        _ => match path.strip_prefix("meta-data/") {
            Some(path) => meta_data(path, asked).map_or_else(not_found, |it| Reply::text(200, it)),
            None => not_found(),
        },
    }
}

/// What went through a proxy gets no token.
fn token(asked: &Asked<'_>) -> Reply {
    if asked.header("x-forwarded-for").is_some() {
        return Reply::text(403, "");
    }
    let ttl = asked.header("x-aws-ec2-metadata-token-ttl-seconds");
    match ttl.and_then(|it| it.parse::<u32>().ok()) {
        Some(ttl @ 1..=LONGEST_TOKEN) => Reply::text(200, canary::IMDS_TOKEN)
            .with("x-aws-ec2-metadata-token-ttl-seconds", ttl.to_string()),
        _ => Reply::text(400, ""),
    }
}

fn identity(asked: &Asked<'_>) -> String {
    let document = json!({
        "accountId": world::ACCOUNT, "architecture": "x86_64",
        "availabilityZone": world::ZONE, "imageId": "ami-0123456789abcdef0",
        "instanceId": world::INSTANCE_ID, "instanceType": asked.config.instance_type,
        "pendingTime": rfc3339(asked.now() - 3600), "privateIp": world::NODE_IP.to_string(),
        "region": world::REGION, "version": "2017-09-30",
    });
    format!("{document:#}")
}

/// `None` is 404.
fn meta_data(path: &str, asked: &Asked<'_>) -> Option<String> {
    if let Some(path) = path.strip_prefix("iam") {
        return iam(path.trim_start_matches('/'), asked);
    }
    if let Some(path) = path.strip_prefix("network/interfaces/macs") {
        return interfaces(path.trim_start_matches('/'), asked.config);
    }
    Some(match path {
        "instance-id" => world::INSTANCE_ID.to_owned(),
        "instance-type" => asked.config.instance_type.to_owned(),
        "hostname" | "local-hostname" => world::NODE.to_owned(),
        "local-ipv4" => world::NODE_IP.to_string(),
        "mac" => mac(0),
        "placement/region" => world::REGION.to_owned(),
        "placement/availability-zone" => world::ZONE.to_owned(),
        "services/domain" => world::DOMAIN.to_owned(),
        "services/partition" => "aws".to_owned(),
        _ => return None,
    })
}

fn iam(path: &str, asked: &Asked<'_>) -> Option<String> {
    let profile = asked.config.profile;
    if profile == Profile::None {
        return None;
    }
    match path {
        "info" => Some(info(asked)),
        "security-credentials" | "security-credentials/" => Some(match profile {
            Profile::Attached => world::NODE_ROLE.to_owned(),
            _ => String::new(),
        }),
        _ => {
            let role = path.strip_prefix("security-credentials/")?;
            let listed = profile == Profile::Attached && role == world::NODE_ROLE;
            listed.then(|| credentials(asked))
        }
    }
}

fn info(asked: &Asked<'_>) -> String {
    let updated = rfc3339(asked.now() - 60);
    let arn = format!("arn:aws:iam::{}:instance-profile/{}", world::ACCOUNT, world::NODE_ROLE);
    let mut info = json!({
        "Code": "Success", "LastUpdated": updated, "InstanceProfileArn": arn,
        "InstanceProfileId": PROFILE_ID,
    });
    match asked.config.profile {
        Profile::WithoutRole => {
            info["Message"] =
                "Instance Profile does not contain a role. Please see documentation at \
                http://docs.amazonwebservices.com/IAM/latest/UserGuide/RolesTroubleshooting.html."
                    .into();
        }
        Profile::NotFound => {
            let message = format!(
                "Instance Profile {arn} cannot be found. Please see documentation at \
                 http://docs.amazonwebservices.com/IAM/latest/UserGuide/RolesTroubleshooting.html."
            );
            info = json!({
                "Code": "InstanceProfileNotFound", "Message": message, "LastUpdated": updated,
            });
        }
        Profile::Attached | Profile::None => {}
    }
    format!("{info:#}")
}

fn credentials(asked: &Asked<'_>) -> String {
    let updated = rfc3339(asked.now() - 60);
    let document = match asked.config.role {
        RoleAnswer::Credentials => json!({
            "Code": "Success", "LastUpdated": updated, "Type": "AWS-HMAC",
            "AccessKeyId": canary::NODE_KEY_ID, "SecretAccessKey": canary::NODE_SECRET,
            "Token": canary::NODE_TOKEN,
            "Expiration": rfc3339(asked.now() + asked.config.credentials_last),
        }),
        RoleAnswer::AssumeRoleUnauthorizedAccess => json!({
            "Code": "AssumeRoleUnauthorizedAccess", "LastUpdated": updated,
            "Message": format!(
                "EC2 cannot assume the role {}.  Please see documentation at \
                 http://docs.amazonwebservices.com/IAM/latest/UserGuide/RolesTroubleshooting.html.",
                world::NODE_ROLE,
            ),
        }),
    };
    format!("{document:#}")
}

pub(crate) fn mac(index: u8) -> String {
    format!("02:0a:1b:2c:3d:{index:02x}")
}

fn interfaces(path: &str, config: &Config) -> Option<String> {
    let count = config.interfaces.count;
    if path.is_empty() {
        let macs: Vec<_> = (0..count).map(|it| format!("{}/", mac(it))).collect();
        return Some(macs.join("\n"));
    }
    let (which, key) = path.split_once('/')?;
    let index = (0..count).find(|it| mac(*it) == which)?;
    interface(index, key, config)
}

fn interface(index: u8, key: &str, config: &Config) -> Option<String> {
    Some(match key {
        "" => "device-number\ninterface-id\nlocal-hostname\nlocal-ipv4s\nmac\nsubnet-id".to_owned(),
        "interface-id" => id(index),
        "device-number" => index.to_string(),
        "mac" => mac(index),
        "local-hostname" => world::NODE.to_owned(),
        "local-ipv4s" => config.addresses(View::Imds, index).join("\n"),
        "ipv4-prefix" => {
            let all = config.prefixes(index);
            (!all.is_empty()).then(|| all.join("\n"))?
        }
        "subnet-id" => world::SUBNET.to_owned(),
        "subnet-ipv4-cidr-block" => world::SUBNET_CIDR.to_owned(),
        "vpc-id" => world::VPC.to_owned(),
        "vpc-ipv4-cidr-block" | "vpc-ipv4-cidr-blocks" => "10.0.0.0/16".to_owned(),
        "security-group-ids" => world::NODE_GROUP.to_owned(),
        "owner-id" => world::ACCOUNT.to_owned(),
        _ => return None,
    })
}

/// The id of an interface, which all views share.
pub(super) fn id(index: u8) -> String {
    format!("eni-0a1b2c3d4e5f607{index:02x}")
}
