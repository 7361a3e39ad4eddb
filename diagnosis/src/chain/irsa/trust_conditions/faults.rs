//! One fault for each way in which a condition misses the token.

use crate::chain::{Common, Fault, Plane};

const OURS: Common = Common {
    plane: Plane::Iam,
    owner: "the owner of role <role>",
    impact: "nothing restarts: STS reads the policy anew at each call; who matched the old line loses the role",
    verify: "eks-triage probe -n <namespace> --serviceaccount <service-account>",
    expect: "trust conditions intact",
};

const GOES: &str = "# in trust.json, the trust policy of role <role>, this line is met by no web identity;\n# whoever wrote it says with :sub and :aud what it is to keep out:\n-  <policy-line>\naws iam update-assume-role-policy --role-name <role> --policy-document file://trust.json";

const fn fault(id: &'static str, title: &'static str, fix: &'static str) -> Fault {
    const DIFF: &str = "# in trust.json, the trust policy of role <role>:\n-  <policy-line>\n+  <corrected-line>\naws iam update-assume-role-policy --role-name <role> --policy-document file://trust.json";
    OURS.fault(id, title, fix, DIFF)
}

pub(super) static NAMESPACE: Fault = fault(
    "other-namespace",
    "the trust policy of role <role> names this ServiceAccount in another namespace",
    "write the namespace of the ServiceAccount, <namespace>, into the condition on :sub",
);
pub(super) static SERVICE_ACCOUNT: Fault = fault(
    "other-service-account",
    "the trust policy of role <role> names another ServiceAccount of this namespace",
    "write the name of the ServiceAccount, <service-account>, into the condition on :sub",
);
pub(super) static SUBJECT: Fault = fault(
    "subject-mismatch",
    "the trust policy of role <role> names another subject than this ServiceAccount's",
    "write the token's subject, <subject>, into the condition on :sub",
);
pub(super) static WILDCARD: Fault = fault(
    "wildcard-under-equals",
    "the trust policy of role <role> has a wildcard under StringEquals, which takes it as a plain character",
    "name the ServiceAccount itself; where several are meant, list them: values of one key are alternatives",
);
pub(super) static KEY_ARN: Fault = fault(
    "key-with-arn",
    "a condition key in the trust policy of role <role> begins with the provider's ARN, so it matches no token",
    "begin the key with the issuer's host: the ARN belongs into Principal only",
);
pub(super) static KEY_SCHEME: Fault = fault(
    "key-with-scheme",
    "a condition key in the trust policy of role <role> begins with https://, so it matches no token",
    "begin the key with the issuer's host, without https://",
);
pub(super) static KEY_SLASH: Fault = fault(
    "key-with-slash",
    "a condition key in the trust policy of role <role> has a slash after the issuer, so it matches no token",
    "write the key without the slash before :sub or :aud",
);
pub(super) static KEY_CLUSTER: Fault = fault(
    "key-of-another-cluster",
    "a condition key in the trust policy of role <role> has the issuer of another cluster",
    "write the issuer of this cluster into the key; a cluster that was created anew has a new one",
);
pub(super) static KEY_PARTITION: Fault = fault(
    "key-of-another-partition",
    "a condition key in the trust policy of role <role> has the issuer's host of another partition",
    "write the issuer's host as the token has it; only in China it ends in amazonaws.com.cn",
);
pub(super) static KEY_ISSUER: Fault = fault(
    "key-of-another-issuer",
    "a condition key in the trust policy of role <role> belongs to another identity provider",
    "write the issuer of this cluster into the key",
);
pub(super) static KEY_CLAIM: Fault = Fault {
    change: GOES,
    ..fault(
        "key-of-no-claim",
        "a condition key in the trust policy of role <role> names a claim that STS does not offer for this token",
        "say the same with :sub, which names namespace and ServiceAccount; there is no other claim but :aud",
    )
};
pub(super) static AUDIENCE_CHINA: Fault = fault(
    "audience-cn",
    "the trust policy of role <role> asks for the audience sts.amazonaws.com.cn, which no token has",
    "ask for sts.amazonaws.com: the audience is the same in every partition, China included",
);
pub(super) static AUDIENCE: Fault = fault(
    "audience-mismatch",
    "the trust policy of role <role> asks for another audience than the token has",
    "write the token's audience, <token-audience>, into the condition on :aud",
);
pub(super) static CASE: Fault = fault(
    "case-differs",
    "a value in the trust policy of role <role> differs from the token only in upper and lower case",
    "write the value in the token's own case: StringEquals and StringLike compare it",
);
pub(super) static INVISIBLE: Fault = fault(
    "invisible-character",
    "a condition in the trust policy of role <role> holds a character that nobody sees",
    "write that line anew, by hand: below, what is not seen is written as an escape",
);
pub(super) static DUPLICATE: Fault = Fault {
    change: "# in trust.json, the trust policy of role <role>, a key stands twice in:\n-  <policy-line>\n# write it once: the values of one key are a list, keys of one operator stand side by side\naws iam update-assume-role-policy --role-name <role> --policy-document file://trust.json",
    ..fault(
        "duplicate-key",
        "a key stands twice in the trust policy of role <role>, and only one of the two counts",
        "write the key once, with all its values in a list",
    )
};
pub(super) static OTHER: Fault = Fault {
    change: GOES,
    ..fault(
        "other-condition",
        "a condition in the trust policy of role <role> does not hold: <why>",
        "ask who wrote the condition; a web identity brings :sub, :aud and AWS's global keys, no more",
    )
};
