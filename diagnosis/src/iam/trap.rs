//! The traps that people fall into, by name.

/// A known way for a policy not to say what its writer meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trap {
    WildcardUnderEquals,
    KeyArnPrefix,
    KeyHttpsPrefix,
    KeyTrailingSlash,
    KeyOtherCluster,
    KeyOtherPartition,
    KeyOtherIssuer,
    KeyNoSuchClaim,
    AudienceChina,
    AudienceEndpoint,
    AudienceOther,
    Case,
    InvisibleCharacter,
    WrongNamespace,
    WrongServiceAccount,
    WrongCluster,
    SubjectWithoutPrefix,
    VariablesNeedVersion,
    DuplicateKey,
    PrincipalAccount,
    PrincipalPartition,
    PrincipalIssuer,
    PrincipalNotAProvider,
    PrincipalService,
    PrincipalPodIdentity,
    PrincipalWebIdentity,
    PrincipalAws,
    PrincipalDeleted,
    PrincipalWildcard,
    ActionAssumeRoleOnly,
    ActionMissing,
    TagSessionMissing,
    AssumeRoleMissing,
    ExplicitDeny,
    ExternalIdMissing,
    ExternalIdDiffers,
}

impl Trap {
    pub const ALL: &[Self] = &[
        Self::WildcardUnderEquals,
        Self::KeyArnPrefix,
        Self::KeyHttpsPrefix,
        Self::KeyTrailingSlash,
        Self::KeyOtherCluster,
        Self::KeyOtherPartition,
        Self::KeyOtherIssuer,
        Self::KeyNoSuchClaim,
        Self::AudienceChina,
        Self::AudienceEndpoint,
        Self::AudienceOther,
        Self::Case,
        Self::InvisibleCharacter,
        Self::WrongNamespace,
        Self::WrongServiceAccount,
        Self::WrongCluster,
        Self::SubjectWithoutPrefix,
        Self::VariablesNeedVersion,
        Self::DuplicateKey,
        Self::PrincipalAccount,
        Self::PrincipalPartition,
        Self::PrincipalIssuer,
        Self::PrincipalNotAProvider,
        Self::PrincipalService,
        Self::PrincipalPodIdentity,
        Self::PrincipalWebIdentity,
        Self::PrincipalAws,
        Self::PrincipalDeleted,
        Self::PrincipalWildcard,
        Self::ActionAssumeRoleOnly,
        Self::ActionMissing,
        Self::TagSessionMissing,
        Self::AssumeRoleMissing,
        Self::ExplicitDeny,
        Self::ExternalIdMissing,
        Self::ExternalIdDiffers,
    ];

    pub fn id(self) -> &'static str {
        self.texts().0
    }

    /// One clause, without its end.
    pub fn words(self) -> &'static str {
        self.texts().1
    }

    #[expect(clippy::too_many_lines, reason = "a table, one row for each trap")]
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::WildcardUnderEquals => (
                "wildcard-under-equals",
                "StringEquals compares `*` and `?` as plain characters, only StringLike knows wildcards",
            ),
            Self::KeyArnPrefix => (
                "key-arn-prefix",
                "a condition key begins with the issuer's host, not with the ARN of the provider",
            ),
            Self::KeyHttpsPrefix => (
                "key-https-prefix",
                "a condition key begins with the issuer's host, without `https://`",
            ),
            Self::KeyTrailingSlash => {
                ("key-trailing-slash", "the issuer in a condition key has no slash at its end")
            }
            Self::KeyOtherCluster => (
                "key-other-cluster",
                "the condition key belongs to another cluster, a cluster made anew has a new id",
            ),
            Self::KeyOtherPartition => {
                ("key-other-partition", "the condition key has the DNS suffix of another partition")
            }
            Self::KeyOtherIssuer => {
                ("key-other-issuer", "the condition key belongs to another identity provider")
            }
            Self::KeyNoSuchClaim => (
                "key-no-such-claim",
                "of a ServiceAccount's token STS offers the claims `sub` and `aud` as condition keys",
            ),
            Self::AudienceChina => (
                "audience-china",
                "the audience is sts.amazonaws.com in every partition, China included",
            ),
            Self::AudienceEndpoint => (
                "audience-endpoint",
                "the audience is no endpoint, it is sts.amazonaws.com in every region",
            ),
            Self::AudienceOther => (
                "audience-other",
                "the token is made for another audience than the policy asks for",
            ),
            Self::Case => ("case", "only upper and lower case differ, and IAM compares them"),
            Self::InvisibleCharacter => (
                "invisible-character",
                "a character that is not seen stands in the value, and IAM compares it",
            ),
            Self::WrongNamespace => {
                ("wrong-namespace", "the policy names this ServiceAccount in another namespace")
            }
            Self::WrongServiceAccount => (
                "wrong-service-account",
                "the policy names another ServiceAccount of this namespace",
            ),
            Self::WrongCluster => ("wrong-cluster", "the policy names another cluster"),
            Self::SubjectWithoutPrefix => (
                "subject-without-prefix",
                "the subject of a ServiceAccount begins with `system:serviceaccount:`",
            ),
            Self::VariablesNeedVersion => (
                "variables-need-version",
                "without `\"Version\": \"2012-10-17\"` a variable is plain text",
            ),
            Self::DuplicateKey => {
                ("duplicate-key", "a key stands twice, and AWS does not document which one counts")
            }
            Self::PrincipalAccount => {
                ("principal-account", "the principal is in another account than the role")
            }
            Self::PrincipalPartition => {
                ("principal-partition", "the ARN is of another partition than the role")
            }
            Self::PrincipalIssuer => {
                ("principal-issuer", "the provider is of another cluster or issuer than the token")
            }
            Self::PrincipalNotAProvider => (
                "principal-not-a-provider",
                "Federated takes the ARN `arn:<partition>:iam::<account>:oidc-provider/<issuer>`",
            ),
            Self::PrincipalService => {
                ("principal-service", "the role is for an AWS service, such as the nodes' own role")
            }
            Self::PrincipalPodIdentity => (
                "principal-pod-identity",
                "the role is for EKS Pod Identity, which brings no web identity token",
            ),
            Self::PrincipalWebIdentity => (
                "principal-web-identity",
                "the role is for web identity, EKS Pod Identity comes as pods.eks.amazonaws.com",
            ),
            Self::PrincipalAws => {
                ("principal-aws", "the role is for other principals of AWS than this caller")
            }
            Self::PrincipalDeleted => (
                "principal-deleted",
                "the principal was deleted, its id stands in place of its ARN and matches nobody",
            ),
            Self::PrincipalWildcard => {
                ("principal-wildcard", "a principal takes no wildcard within its name")
            }
            Self::ActionAssumeRoleOnly => (
                "action-assume-role-only",
                "a web identity asks for sts:AssumeRoleWithWebIdentity, not for sts:AssumeRole",
            ),
            Self::ActionMissing => ("action-missing", "the statement is about other actions"),
            Self::TagSessionMissing => (
                "tag-session-missing",
                "EKS Pod Identity tags its sessions, which needs sts:TagSession",
            ),
            Self::AssumeRoleMissing => {
                ("assume-role-missing", "EKS Pod Identity assumes the role with sts:AssumeRole")
            }
            Self::ExplicitDeny => ("explicit-deny", "a statement denies the action"),
            Self::ExternalIdMissing => {
                ("external-id-missing", "the policy asks for an external id and none is sent")
            }
            Self::ExternalIdDiffers => {
                ("external-id-differs", "the external id that is sent is not the policy's")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trap_has_its_own_id_and_words() {
        for (at, trap) in Trap::ALL.iter().enumerate() {
            assert!(Trap::ALL[..at].iter().all(|it| it.id() != trap.id()), "{}", trap.id());
            assert!(!trap.words().ends_with('.') && trap.words().len() > 20);
        }
    }
}
