//! Lines that tell that what failed before went through in the end: a retry is no fault.

use super::{Chain, image_pull, node_join};

pub struct Recovery {
    pub text: &'static str,
    pub sample: &'static str,
    /// A URL, or a file in a named repository, that has the text.
    pub source: &'static str,
    /// Whose failures are over.
    pub of: &'static Chain,
    /// A name in `text` that a failure must tell, too; without one all of them are over.
    pub same: Option<&'static str>,
}

pub static RECOVERIES: &[Recovery] = &[
    Recovery {
        text: "Successfully pulled image \"<image>\"",
        sample: "Normal  Pulled  kubelet  Successfully pulled image \"registry.example/api:1\" in 1.3s (1.3s including waiting)",
        source: "kubernetes/kubernetes pkg/kubelet/images/image_manager.go, v1.34",
        of: &image_pull::CHAIN,
        same: Some("image"),
    },
    Recovery {
        text: "Container image \"<image>\" already present on machine",
        sample: "Normal  Pulled  kubelet  Container image \"registry.example/api:1\" already present on machine",
        source: "kubernetes/kubernetes pkg/kubelet/images/image_manager.go, v1.34",
        of: &image_pull::CHAIN,
        same: Some("image"),
    },
    // The kubelet's own log is about one node.
    Recovery {
        text: "Successfully registered node",
        sample: "I0606 19:35:03.828406 3214 kubelet_node_status.go:81] \"Successfully registered node\" node=\"ip-10-0-1-10.ec2.internal\"",
        source: "kubernetes/kubernetes pkg/kubelet/kubelet_node_status.go, v1.34",
        of: &node_join::CHAIN,
        same: None,
    },
];
