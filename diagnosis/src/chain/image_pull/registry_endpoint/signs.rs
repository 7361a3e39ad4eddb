//! How clients word a certificate that a registry of one's own has, and ECR never; and a registry
//! that fails by itself.
//!
//! Each begins with a gap, so with its line: the ladder, which knows the hosts of ECR, goes first,
//! and so does whatever stands further inside. That a host is not reached the ladder words, too.

use super::{CA_NOT_TRUSTED, CERTIFICATE_INVALID, LINK, PLAIN_HTTP, SERVER_ERROR};
use crate::chain::{Sign, Way};

/// `by_client`: that this node reaches ECR says nothing of another registry.
const fn sign(text: &'static str, sample: &'static str, ways: &'static [Way]) -> Sign {
    Sign::new(text, sample, SOURCE, ways).by_client()
}

const SOURCE: &str = "containerd/containerd core/remotes/docker/resolver.go, v2 (failed to do request); Go's net/http and crypto/x509";

pub(super) static SIGNS: &[Sign] = &[
    sign(
        "<>https://<host>/v2/<>x509: certificate signed by unknown authority",
        "failed to do request: Head https://reg.example.com:20000/v2/remote/api/manifests/latest: x509: certificate signed by unknown authority",
        &[Way(&LINK, &CA_NOT_TRUSTED)],
    ),
    sign(
        "<>https://<host>/v2/<>x509: certificate has expired",
        "failed to do request: Head \"https://reg.example.com/v2/api/manifests/1.4\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-03-01T10:30:00Z is after 2026-02-28T00:00:00Z",
        &[Way(&LINK, &CERTIFICATE_INVALID)],
    ),
    sign(
        "<>https://<host>/v2/<>x509: certificate is valid for ",
        "failed to do request: Head \"https://reg.example.com/v2/api/manifests/1.4\": tls: failed to verify certificate: x509: certificate is valid for ingress.local, not reg.example.com",
        &[Way(&LINK, &CERTIFICATE_INVALID)],
    ),
    sign(
        "<>ull image <>x509: certificate signed by unknown authority",
        "Failed to pull image \"registry.example.com/team/api:1.4\": rpc error: code = Unknown desc = failed to copy: httpReadSeeker: failed open: failed to do request: Get \"https://blobs.example.com/0a1b\": x509: certificate signed by unknown authority",
        &[Way(&LINK, &CA_NOT_TRUSTED)],
    ),
    sign(
        "<>https://<host>/v1/_ping: x509: certificate signed by unknown authority",
        "Error response from daemon: {\"message\":\"Get https://10.0.4.20:5000/v1/_ping: x509: certificate signed by unknown authority\"}",
        &[Way(&LINK, &CA_NOT_TRUSTED)],
    ),
    sign(
        "<>https://<host>/v2/<>: http: server gave HTTP response to HTTPS client",
        "failed to do request: Head \"https://10.0.4.20:5000/v2/api/manifests/1.4\": http: server gave HTTP response to HTTPS client",
        &[Way(&LINK, &PLAIN_HTTP)],
    ),
    sign(
        "<>https://<host>/v2/<>: 500 Internal Server Error",
        "failed to resolve reference \"registry.example.com/team/api:1.4\": unexpected status from HEAD request to https://registry.example.com/v2/team/api/manifests/1.4: 500 Internal Server Error",
        &[Way(&LINK, &SERVER_ERROR)],
    ),
    sign(
        "<>https://<host>/v2/<>: 502 Bad Gateway",
        "failed to resolve reference \"registry.example.com/team/api:1.4\": unexpected status from HEAD request to https://registry.example.com/v2/team/api/manifests/1.4: 502 Bad Gateway",
        &[Way(&LINK, &SERVER_ERROR)],
    ),
    sign(
        "<>https://<host>/v2/<>: 503 Service Unavailable",
        "failed to resolve reference \"registry.example.com/team/api:1.4\": unexpected status from HEAD request to https://registry.example.com/v2/team/api/manifests/1.4: 503 Service Unavailable",
        &[Way(&LINK, &SERVER_ERROR)],
    ),
    sign(
        "<>https://<host>/v2/<>: 504 Gateway Timeout",
        "failed to resolve reference \"registry.example.com/team/api:1.4\": unexpected status from HEAD request to https://registry.example.com/v2/team/api/manifests/1.4: 504 Gateway Timeout",
        &[Way(&LINK, &SERVER_ERROR)],
    ),
    sign(
        "received unexpected HTTP status: 50",
        "Error response from daemon: received unexpected HTTP status: 503 Service Unavailable",
        &[Way(&LINK, &SERVER_ERROR)],
    ),
    sign(
        "unexpected http code: 50<>, URL: https://<host>/v2/",
        "Error initializing source docker://quay.io/team/api:1.4: unexpected http code: 500 (Internal Server Error), URL: https://quay.io/v2/auth?service=quay.io",
        &[Way(&LINK, &SERVER_ERROR)],
    ),
];
