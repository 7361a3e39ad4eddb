//! The calls that are made, which is all that `why` may do in AWS.

/// One read-only API call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Action {
    DescribeCluster,
    ListClusters,
    ListPodIdentityAssociations,
    DescribePodIdentityAssociation,
    GetRole,
    ListAttachedRolePolicies,
    ListRolePolicies,
    GetRolePolicy,
    GetPolicy,
    GetPolicyVersion,
    ListOpenIdConnectProviders,
    GetOpenIdConnectProvider,
    SimulatePrincipalPolicy,
    DecodeAuthorizationMessage,
    /// Everybody may.
    GetCallerIdentity,
}

impl Action {
    /// As policies spell it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::DescribeCluster => "eks:DescribeCluster",
            Self::ListClusters => "eks:ListClusters",
            Self::ListPodIdentityAssociations => "eks:ListPodIdentityAssociations",
            Self::DescribePodIdentityAssociation => "eks:DescribePodIdentityAssociation",
            Self::GetRole => "iam:GetRole",
            Self::ListAttachedRolePolicies => "iam:ListAttachedRolePolicies",
            Self::ListRolePolicies => "iam:ListRolePolicies",
            Self::GetRolePolicy => "iam:GetRolePolicy",
            Self::GetPolicy => "iam:GetPolicy",
            Self::GetPolicyVersion => "iam:GetPolicyVersion",
            Self::ListOpenIdConnectProviders => "iam:ListOpenIDConnectProviders",
            Self::GetOpenIdConnectProvider => "iam:GetOpenIDConnectProvider",
            Self::SimulatePrincipalPolicy => "iam:SimulatePrincipalPolicy",
            Self::DecodeAuthorizationMessage => "sts:DecodeAuthorizationMessage",
            Self::GetCallerIdentity => "sts:GetCallerIdentity",
        }
    }
}
