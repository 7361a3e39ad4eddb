//! What AWS APIs say about the account: roles, providers, associations. Policies stay text, so that
//! what decides can be quoted.

use serde::{Deserialize, Serialize};

use super::{Group, InstanceLimits, Observed, Presence, Reservation, Subnet, SubnetUse};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Account {
    /// `eks:DescribeCluster`
    pub cluster: Observed<ClusterIdentity>,
    /// The role that the ServiceAccount's annotation names; the source's text is its trust policy.
    pub role: Observed<RoleObject>,
    /// The OIDC providers of one account.
    pub oidc_providers: Observed<OidcProviders>,
    /// The Pod Identity association of the subject's namespace and ServiceAccount.
    pub association: Observed<AssociationObject>,
    /// The association's own role; the source's text is its trust policy.
    pub association_role: Observed<RoleObject>,
    /// The association's `targetRoleArn`; the source's text is its trust policy.
    pub target_role: Observed<RoleObject>,
    /// `iam:SimulatePrincipalPolicy` of the one call that was denied.
    pub simulation: Observed<Simulation>,
    /// `sts:DecodeAuthorizationMessage` of an encoded denial.
    pub decoded_denial: Observed<DecodedDenial>,
    /// `ec2:DescribeSubnets`, or what a person says of them.
    pub subnets: Observed<Vec<Subnet>>,
    /// `ec2:DescribeNetworkInterfaces`, by subnet.
    pub subnet_use: Observed<Vec<SubnetUse>>,
    /// `ec2:GetSubnetCidrReservations`
    pub reservations: Observed<Vec<Reservation>>,
    /// Of instance types that the built-in table may lack.
    pub instance_limits: Observed<Vec<InstanceLimits>>,
    /// `eks:ListAccessEntries`: ARNs of principals.
    pub access_entries: Observed<Vec<String>>,
    /// `sts:GetCallerIdentity` of whoever asks the cluster: an ARN.
    pub caller: Observed<String>,
    /// One group of nodes, with all that it needs.
    pub group: Box<Group>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ClusterIdentity {
    pub name: String,
    pub arn: String,
    /// `identity.oidc.issuer`, with `https://`.
    pub issuer: String,
    /// Such as `ACTIVE`.
    pub status: String,
    /// With `https://`.
    pub endpoint: String,
    /// SHA-256 of the CA's certificate (DER), in hex.
    pub ca_sha256: String,
    /// Such as `1.34`.
    pub version: String,
    pub service_cidr: String,
    pub vpc_id: String,
    pub cluster_security_group: String,
    pub endpoint_private: Option<bool>,
    pub endpoint_public: Option<bool>,
}

/// A role by what `iam:GetRole` answered.
/// Absent: `NoSuchEntity`, asked in the role's own account.
pub type RoleObject = Presence<Role>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Role {
    pub arn: String,
    pub created: Option<String>,
    /// The trust policy, verbatim after URL decoding.
    pub trust: String,
    pub boundary: Option<PolicyDocument>,
    /// Attached and inline ones.
    pub policies: Vec<PolicyDocument>,
    /// What could not be read of boundary and policies, each with why; then no answer about permissions is final.
    pub unread: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PolicyDocument {
    /// The ARN of a managed policy, the name of an inline one.
    pub name: String,
    /// Verbatim after URL decoding.
    pub text: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OidcProviders {
    /// Whose they are.
    pub account: String,
    pub providers: Vec<OidcProvider>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OidcProvider {
    pub arn: String,
    /// Byte for byte; `None` where the provider's details could not be read.
    pub client_ids: Option<Vec<String>>,
}

/// Absent: the cluster has none for this namespace and ServiceAccount.
pub type AssociationObject = Presence<Association>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Association {
    pub id: String,
    pub role_arn: String,
    pub target_role_arn: Option<String>,
    pub external_id: Option<String>,
    pub disable_session_tags: bool,
    /// When it was created.
    pub created: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Simulation {
    pub action: String,
    pub resource: String,
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub decision: String,
    /// The source policies of the matched statements.
    pub matched: Vec<String>,
    /// Whether a permissions boundary allows it, where there is one.
    pub allowed_by_boundary: Option<bool>,
    /// Whether the organization allows it, where there is one.
    pub allowed_by_organization: Option<bool>,
    /// Context keys that the policies ask for and the simulation did not have.
    pub missing_context: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DecodedDenial {
    pub principal: String,
    pub action: String,
    pub resource: String,
    pub explicit_deny: bool,
}
