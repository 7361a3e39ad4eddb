//! What AWS's APIs describe, in the shape in which the AWS CLI prints it, as far as it is read here.
//!
//! One shape for what was asked live and for what somebody pasted: the same text leads to the same
//! facts. Names are the API's own; a key that is absent or null is what `Default` says. Times are
//! brought to whole seconds in UTC, as all times in Facts.

use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

pub use super::Presence;
use super::Source;
use crate::document::aws::time;

pub mod autoscaling;
pub mod cloudformation;
pub mod cloudtrail;
pub mod ec2;
pub mod eks;
pub mod iam;

/// One of a list, with the fragment of JSON that says so.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Resource<T> {
    pub value: T,
    pub source: Source,
}

impl<T> Deref for Resource<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// A tag, as EC2 and Auto Scaling write it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Tag {
    pub key: String,
    pub value: String,
}

/// The value of a tag.
pub fn tag<'a>(tags: &'a [Tag], key: &str) -> Option<&'a str> {
    tags.iter().find(|it| it.key == key).map(|it| &*it.value)
}

/// RFC 3339 with any offset and fraction, or seconds since 1970, as the CLI's versions differ.
fn at<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(time(&Value::deserialize(from)?))
}
