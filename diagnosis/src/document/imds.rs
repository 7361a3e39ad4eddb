//! The JSON documents of the instance metadata service.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata.html>. The IAM
//! documents carry their verdict in `Code`, in the body of a 200.

use serde::{Deserialize, de::DeserializeOwned};

use crate::facts::{Instance, Profile, RoleDocument};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    account_id: String,
    region: String,
    instance_id: String,
    instance_type: String,
    #[serde(default)]
    availability_zone: String,
    #[serde(default)]
    architecture: String,
}

/// Of the credentials document, too: fields that are not named here, the keys, are never kept.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Iam {
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    instance_profile_arn: String,
    #[serde(default)]
    instance_profile_id: String,
    #[serde(default)]
    expiration: String,
}

/// `dynamic/instance-identity/document`; names, domain and partition come from other paths.
pub fn identity(body: &[u8]) -> Result<Instance, String> {
    let it: Identity = parse(body)?;
    Ok(Instance {
        account_id: it.account_id,
        region: it.region,
        availability_zone: it.availability_zone,
        instance_id: it.instance_id,
        instance_type: it.instance_type,
        architecture: it.architecture,
        ..Instance::default()
    })
}

/// `meta-data/iam/info`
pub fn profile(body: &[u8]) -> Result<Profile, String> {
    let it: Iam = parse(body)?;
    Ok(Profile::Document {
        code: it.code,
        message: it.message,
        arn: it.instance_profile_arn,
        id: it.instance_profile_id,
    })
}

/// `meta-data/iam/security-credentials/<role>`
pub fn role(name: &str, body: &[u8], server_date: Option<String>) -> Result<RoleDocument, String> {
    let it: Iam = parse(body)?;
    Ok(RoleDocument::Document {
        role: name.to_owned(),
        code: it.code,
        message: it.message,
        expiration: it.expiration,
        server_date,
    })
}

/// The error names the place, never the text around it: that text may be a credential.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Eof => "ends in the middle of its JSON",
            serde_json::error::Category::Data => "is JSON of another shape",
            _ => "is not JSON",
        };
        let (line, column) = (error.line(), error.column());
        format!("the document {what} (line {line}, column {column})")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credentials_document_loses_its_keys() {
        let body = br#"{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIAPLANTED",
            "SecretAccessKey":"planted","Token":"planted","Expiration":"2026-03-01T16:00:00Z"}"#;
        let document = role("eks-node", body, None).unwrap();
        let text = serde_json::to_string(&document).unwrap();
        assert!(text.contains("2026-03-01T16:00:00Z"));
        assert!(!text.to_lowercase().contains("planted"), "{text}");
    }

    #[test]
    fn what_is_no_document_is_an_error_that_quotes_nothing() {
        for body in [&b"<html>sign in</html>"[..], b"{\"Code\":\"Succ", b"[]", b""] {
            let error = role("eks-node", body, None).unwrap_err();
            assert!(!error.contains("html") && !error.contains("Succ"), "{error}");
        }
    }
}
