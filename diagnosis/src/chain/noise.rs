//! Lines that look like faults and are none, and belong to no link.

use super::Sign;

pub static NOISE: &[Sign] = &[
    Sign::noise(
        "Unable to retrieve some image pull secrets (<>); attempting to pull the image may not succeed",
        "Warning  FailedToRetrieveImagePullSecret  kubelet  Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.",
        "https://github.com/kubernetes/kubernetes/issues/128544",
        "the kubelet also pulls without that secret; only a failed pull after it is a fault",
    ),
    Sign::noise(
        "Get free IP from prefix failed no free IP available in the prefix",
        r#"{"level":"debug","msg":"Get free IP from prefix failed no free IP available in the prefix - 10.0.1.21/32"}"#,
        "aws/amazon-vpc-cni-k8s pkg/ipamd/datastore/data_store.go, v1.23.1",
        "ipamd goes on to its next address; this is a debug line",
    ),
    Sign::noise(
        "Logging: LoggingDisabled: LOGGING_CONFIGMAP_NOT_FOUND",
        "Warning  LoggingDisabled  fargate-scheduler  Logging: LoggingDisabled: LOGGING_CONFIGMAP_NOT_FOUND",
        "https://docs.aws.amazon.com/eks/latest/userguide/fargate-logging.html",
        "Fargate says that no log router is configured; the pod runs without one",
    ),
];
