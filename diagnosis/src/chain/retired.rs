//! Keys that once meant something. A script may still look for one, so none is ever used again.

/// `chain/link` or `chain/link/fault`.
pub const RETIRED: &[&str] = &[
    // Of one link that became two: trust-principal and trust-conditions.
    "irsa/trust-policy",
    "irsa/trust-policy/audience-mismatch",
    "irsa/trust-policy/subject-mismatch",
    // Of a link that became three: provider-audience and issuer-keys are links of their own.
    "irsa/oidc-provider/audience-not-listed",
    "irsa/oidc-provider/keys-not-fetched",
    "irsa/oidc-provider/thumbprint",
    // Of a link that became two: kernel-limits is what a node has room for.
    "pod-network/packet-path/conntrack-full",
    "pod-network/packet-path/conntrack-allowance",
    // Of a link that became two: eni-slots tells who holds the slots.
    "pod-network/addresses/slots-held-by-others",
];
