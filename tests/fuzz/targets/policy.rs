//! The IAM language: parsed or refused, evaluated and explained.

#![no_main]

use diagnosis::iam::{Policy, Request, identity, trust};
use libfuzzer_sys::fuzz_target;

const ROLE: &str = "arn:aws:iam::111122223333:role/api-reader";

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(policy) = Policy::parse(text) else { return };
    let caller = "arn:aws:sts::111122223333:assumed-role/api-reader/x";
    let requests = [
        Request::call(caller, "s3:GetObject", Some("arn:aws:s3:::bucket/key")),
        Request::call(caller, "ecr:GetAuthorizationToken", None),
        Request::pod_identity("sts:AssumeRole", ROLE, None),
        Request::assume_role(caller, Some("external"), "sts:AssumeRole"),
        Request::call(caller, "sts:AssumeRoleWithWebIdentity", Some(ROLE))
            .with("oidc.eks.us-west-2.amazonaws.com/id/X:sub", ["system:serviceaccount:prod:api"])
            .with("oidc.eks.us-west-2.amazonaws.com/id/X:aud", ["sts.amazonaws.com"]),
    ];
    for request in &requests {
        let answers = [
            trust(&policy, request),
            identity(std::slice::from_ref(&policy), Some(&policy), request),
        ];
        let told = format!("{answers:?}");
        let again = [
            trust(&policy, request),
            identity(std::slice::from_ref(&policy), Some(&policy), request),
        ];
        assert_eq!(told, format!("{again:?}"));
    }
});
