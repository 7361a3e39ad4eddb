//! The words of Go: of kubelet, containerd, CoreDNS and most controllers.

use super::super::Wire;
use crate::chain::ladder::{
    CONNECT_REFUSED, CONNECT_TIMED_OUT, HTTP_TIMED_OUT, NAME_NOT_FOUND, NAME_REFUSED,
    NAME_UNANSWERED, TLS_EXPIRED, TLS_FAILED, TLS_TIMED_OUT, TLS_UNTRUSTED, TLS_WRONG_NAME,
    UNREACHABLE,
};

const GO: &str = "Go's net and net/http packages";

pub(super) static WIRE: &[Wire] = &[
    Wire::new(
        "lookup <host> on <>: no such host",
        "dial tcp: lookup sts.us-west-2.amazonaws.com on 172.20.0.10:53: no such host",
        GO,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "lookup <host>: no such host",
        "dial tcp: lookup api.ecr.us-west-2.amazonaws.com: no such host",
        GO,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "lookup <host>: i/o timeout",
        "dial tcp: lookup sts.us-west-2.amazonaws.com: i/o timeout",
        GO,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "lookup <host> on <>: read udp <>: i/o timeout",
        "dial tcp: lookup sts.us-west-2.amazonaws.com on 172.20.0.10:53: read udp 10.0.2.5:40000->172.20.0.10:53: i/o timeout",
        GO,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "lookup <host> on <>: dial udp <>: i/o timeout",
        "dial tcp: lookup sts.us-west-2.amazonaws.com on 172.20.0.10:53: dial udp 172.20.0.10:53: i/o timeout",
        GO,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "lookup <host> on <>: read udp <>: read: connection refused",
        "dial tcp: lookup sts.us-west-2.amazonaws.com on 127.0.0.53:53: read udp 127.0.0.1:40000->127.0.0.53:53: read: connection refused",
        GO,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "lookup <host> on <>: server misbehaving",
        "dial tcp: lookup sts.us-west-2.amazonaws.com on 10.0.0.2:53: server misbehaving",
        GO,
        &[&NAME_REFUSED],
    ),
    Wire::new(
        "lookup <host>: server misbehaving",
        "dial tcp: lookup sts.us-west-2.amazonaws.com: server misbehaving",
        GO,
        &[&NAME_REFUSED],
    ),
    Wire::new(
        "lookup <host>: Try again",
        "dial tcp: lookup sts.us-west-2.amazonaws.com: Try again",
        GO,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "lookup <host>: Temporary failure in name resolution",
        "dial tcp: lookup sts.us-west-2.amazonaws.com: Temporary failure in name resolution",
        GO,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "://<host>/<>: dial tcp <>: i/o timeout",
        "Post \"https://sts.us-west-2.amazonaws.com/\": dial tcp 52.94.1.1:443: i/o timeout",
        GO,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "://<host>/<>dial tcp: i/o timeout",
        "Post \"https://sts.us-west-2.amazonaws.com/\": dial tcp: i/o timeout",
        GO,
        &[&NAME_UNANSWERED, &CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "://<host>/<>: dial tcp <>: connect: connection timed out",
        "Post \"https://sts.us-west-2.amazonaws.com/\": dial tcp 52.94.1.1:443: connect: connection timed out",
        GO,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "://<host>/<>: dial tcp <>: connect: connection refused",
        "Get \"https://111122223333.dkr.ecr.us-west-2.amazonaws.com/v2/\": dial tcp 10.0.3.14:443: connect: connection refused",
        GO,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "://<host>/<>: dial tcp <>: connect: no route to host",
        "Post \"https://sts.us-west-2.amazonaws.com/\": dial tcp 52.94.1.1:443: connect: no route to host",
        GO,
        &[&UNREACHABLE],
    ),
    Wire::new(
        "://<host>/<>: dial tcp <>: connect: network is unreachable",
        "Post \"https://sts.us-west-2.amazonaws.com/\": dial tcp 52.94.1.1:443: connect: network is unreachable",
        GO,
        &[&UNREACHABLE],
    ),
    Wire::new(
        "://<host>/<>: net/http: TLS handshake timeout",
        "Post \"https://sts.us-west-2.amazonaws.com/\": net/http: TLS handshake timeout",
        GO,
        &[&TLS_TIMED_OUT],
    ),
    Wire::new(
        "://<host>/<>: net/http: request canceled while waiting for connection",
        "Post \"https://sts.us-west-2.amazonaws.com/\": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
        GO,
        &[&NAME_UNANSWERED, &CONNECT_TIMED_OUT, &TLS_TIMED_OUT],
    ),
    Wire::new(
        "://<host>/<>: context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
        "Post \"https://sts.us-west-2.amazonaws.com/\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
        GO,
        &[&CONNECT_TIMED_OUT, &HTTP_TIMED_OUT],
    ),
    Wire::new(
        "://<host>/<>: context deadline exceeded",
        "Post \"https://sts.us-west-2.amazonaws.com/\": context deadline exceeded",
        GO,
        &[&NAME_UNANSWERED, &CONNECT_TIMED_OUT, &HTTP_TIMED_OUT],
    ),
    Wire::new(
        "://<host>/<>: read: connection reset by peer",
        "Post \"https://sts.us-west-2.amazonaws.com/\": read tcp 10.0.2.5:40000->52.94.1.1:443: read: connection reset by peer",
        GO,
        &[&TLS_FAILED],
    ),
    Wire::new(
        "://<host>/<>: x509: certificate signed by unknown authority",
        "Post \"https://sts.us-west-2.amazonaws.com/\": x509: certificate signed by unknown authority",
        GO,
        &[&TLS_UNTRUSTED],
    ),
    Wire::new(
        "://<host>/<>: x509: certificate is valid for <>, not ",
        "Post \"https://sts.us-west-2.amazonaws.com/\": tls: failed to verify certificate: x509: certificate is valid for *.example.com, not sts.us-west-2.amazonaws.com",
        GO,
        &[&TLS_WRONG_NAME],
    ),
    Wire::new(
        "://<host>/<>: x509: certificate has expired or is not yet valid",
        "Post \"https://sts.us-west-2.amazonaws.com/\": x509: certificate has expired or is not yet valid: current time 2026-03-01T10:00:00Z is after 2026-02-01T00:00:00Z",
        GO,
        &[&TLS_EXPIRED],
    ),
    Wire::new(
        "lookup <host> on <>: dial udp <>: connect: network is unreachable",
        "dial tcp: lookup sts.us-west-2.amazonaws.com on 10.0.0.2:53: dial udp 10.0.0.2:53: connect: network is unreachable",
        GO,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "lookup <host> on <>: read udp <>: read: no route to host",
        "dial tcp: lookup sts.us-west-2.amazonaws.com on 172.20.0.10:53: read udp 10.0.2.5:40000->172.20.0.10:53: read: no route to host",
        GO,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "lookup <host> on <>: dial tcp <>: i/o timeout",
        "dial tcp: lookup sts.us-west-2.amazonaws.com on 172.20.0.10:53: dial tcp 172.20.0.10:53: i/o timeout",
        GO,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "lookup <host> on <>: dial tcp <>: connect: connection refused",
        "dial tcp: lookup sts.us-west-2.amazonaws.com on 172.20.0.10:53: dial tcp 172.20.0.10:53: connect: connection refused",
        GO,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "://<host>/<>: dial tcp <>: getsockopt: connection timed out",
        "Get https://sts.us-west-2.amazonaws.com/: dial tcp 52.94.1.1:443: getsockopt: connection timed out",
        GO,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "://<host>/<>: dial tcp <>: getsockopt: connection refused",
        "Get https://sts.us-west-2.amazonaws.com/: dial tcp 10.0.3.14:443: getsockopt: connection refused",
        GO,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "://<host>/<>: dial tcp <>: getsockopt: no route to host",
        "Get https://sts.us-west-2.amazonaws.com/: dial tcp 52.94.1.1:443: getsockopt: no route to host",
        GO,
        &[&UNREACHABLE],
    ),
    Wire::new(
        "://<host>/<>: remote error: tls: ",
        "Post \"https://sts.us-west-2.amazonaws.com/\": remote error: tls: handshake failure",
        GO,
        &[&TLS_FAILED],
    ),
    Wire::new(
        "://<host>/<>: tls: first record does not look like a TLS handshake",
        "Post \"https://sts.us-west-2.amazonaws.com/\": tls: first record does not look like a TLS handshake",
        GO,
        &[&TLS_FAILED],
    ),
    Wire::bare(
        "dial tcp <host>:<port>: i/o timeout",
        "dial tcp 10.0.9.4:5432: i/o timeout",
        GO,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::bare(
        "dial tcp <host>:<port>: connect: connection timed out",
        "dial tcp 10.0.9.4:5432: connect: connection timed out",
        GO,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::bare(
        "dial tcp <host>:<port>: connect: connection refused",
        "dial tcp 10.0.9.4:5432: connect: connection refused",
        GO,
        &[&CONNECT_REFUSED],
    ),
    Wire::bare(
        "dial tcp <host>:<port>: connect: no route to host",
        "dial tcp 10.0.9.4:5432: connect: no route to host",
        GO,
        &[&UNREACHABLE],
    ),
    Wire::bare(
        "dial tcp <host>:<port>: connect: network is unreachable",
        "dial tcp 10.0.9.4:5432: connect: network is unreachable",
        GO,
        &[&UNREACHABLE],
    ),
    Wire::bare(
        "dial tcp <host>:<port>: getsockopt: connection timed out",
        "dial tcp 10.0.9.4:5432: getsockopt: connection timed out",
        GO,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::bare(
        "dial tcp <host>:<port>: getsockopt: connection refused",
        "dial tcp 10.0.9.4:5432: getsockopt: connection refused",
        GO,
        &[&CONNECT_REFUSED],
    ),
    Wire::bare(
        "dial tcp <host>:<port>: getsockopt: no route to host",
        "dial tcp 10.0.9.4:5432: getsockopt: no route to host",
        GO,
        &[&UNREACHABLE],
    ),
];
