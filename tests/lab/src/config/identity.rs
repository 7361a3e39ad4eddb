//! What stands between a workload and its role: STS with the account's OIDC provider, and the Pod
//! Identity agent with EKS Auth behind it; and everything that the two refuse with.

use crate::reply::Reply;

/// What stands in the role's account.
#[derive(Clone, Debug)]
pub struct Sts {
    /// Whether an OIDC provider for the cluster's issuer exists.
    pub provider: bool,
    /// The provider's client ids.
    pub audiences: Vec<&'static str>,
    /// Whether the role's trust policy lets this token in.
    pub trusted: bool,
    /// What is said in the place of everything else to a web identity.
    pub refusal: Option<Refusal>,
    /// What is said in the place of a caller's identity.
    pub caller_refusal: Option<Refusal>,
}

impl Default for Sts {
    fn default() -> Self {
        let audiences = vec!["sts.amazonaws.com"];
        Self { provider: true, audiences, trusted: true, refusal: None, caller_refusal: None }
    }
}

/// The Pod Identity agent, and what EKS Auth says to it.
#[derive(Clone, Copy, Debug, Default)]
pub struct PodIdentity {
    /// In the place of credentials.
    pub refusal: Option<Refusal>,
}

/// A status, the code of the error and its message, as they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// Empty where the one who refuses gives none.
    pub code: &'static str,
    pub message: &'static str,
}

pub(crate) const fn refusal(status: u16, code: &'static str, message: &'static str) -> Refusal {
    Refusal { status, code, message }
}

impl Refusal {
    /// As the Pod Identity agent writes it: its own words plainly, those of EKS Auth behind the id
    /// of the request (aws/eks-pod-identity-agent, `pkg/errors/errors.go`).
    pub(crate) fn of_the_agent(self) -> Reply {
        let Self { status, code, message } = self;
        let fault = if status < 500 { "client" } else { "server" };
        let text = match code {
            "" => format!("{message}\n"),
            code => format!("[{REQUEST_ID}]: ({code}): {message}, fault: {fault}\n"),
        };
        Reply::text(status, text)
    }
}

const REQUEST_ID: &str = "3f1c6c8e-8f5e-4b19-9a0a-000000000001";

/// What STS says to `AssumeRoleWithWebIdentity` beyond what the account's own state leads to.
pub mod sts {
    use super::{Refusal, refusal};

    pub const KEYS_NOT_RETRIEVED: Refusal = refusal(
        400,
        "InvalidIdentityToken",
        "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
    pub const THUMBPRINT: Refusal = refusal(
        400,
        "InvalidIdentityToken",
        "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
    );
    pub const NOT_A_JWT: Refusal = refusal(
        400,
        "InvalidIdentityToken",
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    );
    pub const TOKEN_EXPIRED: Refusal = refusal(
        400,
        "ExpiredTokenException",
        "Token expired: current date/time 1772445600 must be before the expiration date/time 1772359200",
    );
    /// As it is met without the space.
    pub const TOKEN_EXPIRED_TIGHT: Refusal = refusal(
        400,
        "ExpiredTokenException",
        "Token expired: current date/time 1772445600 must be before the expiration date/time1772359200",
    );
    pub const TOKEN_TOO_OLD: Refusal =
        refusal(400, "ExpiredTokenException", "Token too old: 1772359200");
    pub const NOT_AUTHORIZED: Refusal =
        refusal(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
    pub const DENIED_BY_SCP: Refusal = refusal(
        403,
        "AccessDenied",
        "User: system:serviceaccount:prod:api is not authorized to perform: sts:AssumeRoleWithWebIdentity on resource: arn:aws:iam::111122223333:role/api-reader with an explicit deny in a service control policy",
    );
    pub const DENIED_BY_ENDPOINT: Refusal = refusal(
        403,
        "AccessDenied",
        "User: system:serviceaccount:prod:api is not authorized to perform: sts:AssumeRoleWithWebIdentity on resource: arn:aws:iam::111122223333:role/api-reader because no VPC endpoint policy allows the sts:AssumeRoleWithWebIdentity action",
    );
    pub const ARN_INVALID: Refusal = refusal(400, "ValidationError", "Request ARN is invalid");
    pub const ARN_CONSTRAINT: Refusal = refusal(
        400,
        "ValidationError",
        "1 validation error detected: Value 'api-reader' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
    );
    pub const IDP_COMMUNICATION: Refusal = refusal(
        400,
        "IDPCommunicationError",
        "The request could not be fulfilled because the identity provider (IDP) that was asked to verify the incoming identity token could not be reached",
    );
    pub const IDP_REJECTED: Refusal = refusal(
        403,
        "IDPRejectedClaim",
        "The identity provider (IdP) reported that authentication failed. This might be because the claim is invalid.",
    );
    pub const MALFORMED_POLICY: Refusal =
        refusal(400, "MalformedPolicyDocument", "This policy contains invalid Json");
    pub const PACKED_POLICY: Refusal = refusal(
        400,
        "PackedPolicyTooLarge",
        "Packed size of session policy consumes 118% of allotted space",
    );
    pub const REGION_DISABLED: Refusal = refusal(
        403,
        "RegionDisabledException",
        "STS is not activated in this region for account:111122223333. Your account administrator can activate STS in this region using the IAM Console.",
    );
    pub const SIGNATURE_SCOPE: Refusal =
        refusal(403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region.");
    pub const SIGNATURE_EARLY: Refusal = refusal(
        403,
        "SignatureDoesNotMatch",
        "Signature not yet current: 20260302T102000Z is still later than 20260302T100500Z (20260302T100000Z + 5 min.)",
    );
    pub const SIGNATURE_EXPIRED: Refusal = refusal(
        403,
        "SignatureDoesNotMatch",
        "Signature expired: 20260302T094000Z is now earlier than 20260302T094500Z (20260302T100000Z - 15 min.)",
    );
    pub const CLIENT_TOKEN: Refusal = refusal(
        403,
        "InvalidClientTokenId",
        "The security token included in the request is invalid",
    );
    pub const THROTTLING: Refusal = refusal(400, "Throttling", "Rate exceeded");
    pub const REQUEST_LIMIT: Refusal =
        refusal(503, "RequestLimitExceeded", "Request limit exceeded.");
    pub const INTERNAL: Refusal = refusal(
        500,
        "InternalFailure",
        "The request processing has failed because of an unknown error, exception or failure.",
    );

    pub const ALL: [Refusal; 23] = [
        KEYS_NOT_RETRIEVED,
        THUMBPRINT,
        NOT_A_JWT,
        TOKEN_EXPIRED,
        TOKEN_EXPIRED_TIGHT,
        TOKEN_TOO_OLD,
        NOT_AUTHORIZED,
        DENIED_BY_SCP,
        DENIED_BY_ENDPOINT,
        ARN_INVALID,
        ARN_CONSTRAINT,
        IDP_COMMUNICATION,
        IDP_REJECTED,
        MALFORMED_POLICY,
        PACKED_POLICY,
        REGION_DISABLED,
        SIGNATURE_SCOPE,
        SIGNATURE_EARLY,
        SIGNATURE_EXPIRED,
        CLIENT_TOKEN,
        THROTTLING,
        REQUEST_LIMIT,
        INTERNAL,
    ];
}

/// What the Pod Identity agent says, and what it hands on from EKS Auth.
pub mod agent {
    use super::{Refusal, refusal};

    pub const EMPTY_TOKEN: Refusal = refusal(400, "", "Service account token cannot be empty");
    pub const UNPARSABLE_TOKEN: Refusal = refusal(
        400,
        "",
        "Service account token cannot be parsed: token is malformed: token contains an invalid number of segments",
    );
    pub const EXPIRED_CLAIMS: Refusal = refusal(
        400,
        "",
        "Service account token failed basic claim validations: token has invalid claims: token is expired",
    );
    pub const INVALID_ADDRESS: Refusal = refusal(
        403,
        "",
        "Access Denied. Called agent through invalid address, please use either [169.254.170.23 fd00:ec2::23] address not 10.0.1.10",
    );
    pub const TOO_MANY_REQUESTS: Refusal = refusal(429, "", "Too Many Requests");
    pub const NO_ASSOCIATION: Refusal = refusal(
        404,
        "ResourceNotFoundException",
        "The specified resource could not be found. You can list your available Pod Identity associations with ListPodIdentityAssociations",
    );
    pub const TOKEN_EXPIRED: Refusal = refusal(
        400,
        "ExpiredTokenException",
        "The token included in the request is expired: current date/time 2026-03-02T08:38:55.284028Z must be before the expiration date/time 2026-03-01T10:47:44Z.",
    );
    pub const TOKEN_INVALID: Refusal = refusal(
        400,
        "InvalidTokenException",
        "The token included in the request is invalid. Audience is missing or incorrect",
    );
    pub const ROLE_NOT_ASSUMED: Refusal = refusal(
        400,
        "AccessDeniedException",
        "Unauthorized Exception! EKS does not have permissions to assume the associated role.",
    );
    pub const NODE_NOT_ALLOWED: Refusal = refusal(
        400,
        "AccessDeniedException",
        "User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0abcd1234ef567890 is not authorized to perform: eks-auth:AssumeRoleForPodIdentity on resource: arn:aws:eks:us-west-2:111122223333:cluster/prod because no identity-based policy allows the eks-auth:AssumeRoleForPodIdentity action",
    );
    pub const THROTTLED: Refusal = refusal(429, "ThrottlingException", "Rate exceeded");
    pub const SERVER: Refusal = refusal(
        500,
        "InternalServerException",
        "These credentials could not be issued. Try again later.",
    );
    /// EKS Auth was not reached: there is neither an id of the request nor a code.
    pub const UNREACHED: Refusal = refusal(500, "", "[]");

    pub const ALL: [Refusal; 13] = [
        EMPTY_TOKEN,
        UNPARSABLE_TOKEN,
        EXPIRED_CLAIMS,
        INVALID_ADDRESS,
        TOO_MANY_REQUESTS,
        NO_ASSOCIATION,
        TOKEN_EXPIRED,
        TOKEN_INVALID,
        ROLE_NOT_ASSUMED,
        NODE_NOT_ALLOWED,
        THROTTLED,
        SERVER,
        UNREACHED,
    ];
}
