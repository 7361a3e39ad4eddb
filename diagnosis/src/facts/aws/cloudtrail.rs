//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use serde::{Deserialize, Serialize};

/// A call that creates nodes and was refused, by the event that `cloudtrail:LookupEvents` gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RefusedCall {
    /// Such as `CreateNodegroup`.
    pub event_name: String,
    pub event_time: Option<String>,
    /// Who called.
    pub caller: String,
    /// Code and message, as the event has them.
    pub said: String,
    /// Names in the request: of the cluster, its groups, templates and tags.
    pub about: Vec<String>,
}
