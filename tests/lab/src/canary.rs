//! What must never be seen again: every secret that the stand-ins hand out is one of these, so
//! that a search through all output finds a leak.

/// In the credentials that IMDS gives for the node's role.
pub const NODE_KEY_ID: &str = "ASIACANARYNODE000001";
pub const NODE_SECRET: &str = "canary-node-secret-wJalrXUtnFEMI";
pub const NODE_TOKEN: &str = "canary-node-session-token-FwoGZXIvYXdzE";
/// The IMDSv2 session token.
pub const IMDS_TOKEN: &str = "canary-imds-token-AQAEAL1Yx";
/// In the credentials that STS gives for a web identity.
pub const STS_KEY_ID: &str = "ASIACANARYSTS0000001";
pub const STS_SECRET: &str = "canary-sts-secret-wJalrXUtnFEMI";
pub const STS_TOKEN: &str = "canary-sts-session-token-FwoGZXIvYXdzE";
/// The password in ECR's authorization token.
pub const ECR_PASSWORD: &str = "canary-ecr-password-eyJwYXlsb2Fk";
/// The signature in the address of a layer.
pub const LAYER_SIGNATURE: &str = "canary-layer-signature";
/// In the credentials that the Pod Identity agent gives.
pub const POD_IDENTITY_KEY_ID: &str = "ASIACANARYPODID00001";
pub const POD_IDENTITY_SECRET: &str = "canary-pod-identity-secret";
/// What the kubeconfig presents to the API server.
pub const KUBE_TOKEN: &str = "canary-kubeconfig-token";
/// In a script of the user data, and in the address of a proxy.
pub const USER_DATA: &str = "canary-user-data-password";
pub const PROXY_PASSWORD: &str = "canary-proxy-password";
/// Static keys in the environment of a workload.
pub const STATIC_KEY_ID: &str = "AKIACANARYSTATIC0001";
pub const STATIC_SECRET: &str = "canary-static-secret-wJalrXUtnFEMI";
/// What an engineer has at a desk.
pub const DESK_KEY_ID: &str = "AKIACANARYDESK000001";
pub const DESK_SECRET: &str = "canary-desk-secret-wJalrXUtnFEMI";
/// The key id in the header of every minted token, which may be shown.
pub const TOKEN_KEY_ID: &str = "lab-key-1";

pub const ALL: &[&str] = &[
    NODE_KEY_ID,
    NODE_SECRET,
    NODE_TOKEN,
    IMDS_TOKEN,
    STS_KEY_ID,
    STS_SECRET,
    STS_TOKEN,
    ECR_PASSWORD,
    LAYER_SIGNATURE,
    POD_IDENTITY_KEY_ID,
    POD_IDENTITY_SECRET,
    KUBE_TOKEN,
    USER_DATA,
    PROXY_PASSWORD,
    STATIC_KEY_ID,
    STATIC_SECRET,
    DESK_KEY_ID,
    DESK_SECRET,
];
