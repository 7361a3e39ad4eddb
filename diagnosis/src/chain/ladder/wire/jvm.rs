//! The words of the JVM: its own, Apache HttpClient and Netty.

use super::super::Wire;
use crate::chain::ladder::{
    CONNECT_REFUSED, CONNECT_TIMED_OUT, NAME_NOT_FOUND, NAME_UNANSWERED, UNREACHABLE,
};

const JAVA: &str = "java.net.UnknownHostException, org.apache.http.conn and io.netty.channel";

pub(super) static WIRE: &[Wire] = &[
    Wire::new(
        "UnknownHostException: <host>: Temporary failure in name resolution",
        "Caused by: java.net.UnknownHostException: sts.us-west-2.amazonaws.com: Temporary failure in name resolution",
        JAVA,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "UnknownHostException: <host>: Try again",
        "Caused by: java.net.UnknownHostException: sts.us-west-2.amazonaws.com: Try again",
        JAVA,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "UnknownHostException: <host>",
        "Caused by: java.net.UnknownHostException: sts.us-west-2.amazonaws.com",
        JAVA,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "Unable to execute HTTP request: <host>: Name or service not known",
        "com.amazonaws.SdkClientException: Unable to execute HTTP request: sts.us-west-2.amazonaws.com: Name or service not known",
        JAVA,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "Connect to <host>:<port> [<>] failed: connect timed out",
        "Unable to execute HTTP request: Connect to sts.us-west-2.amazonaws.com:443 [sts.us-west-2.amazonaws.com/52.94.1.1] failed: connect timed out",
        JAVA,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "Connect to <host>:<port> [<>] failed: Connect timed out",
        "Unable to execute HTTP request: Connect to sts.us-west-2.amazonaws.com:443 [sts.us-west-2.amazonaws.com/52.94.1.1] failed: Connect timed out",
        JAVA,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "Connect to <host>:<port> [<>] failed: Connection timed out",
        "Unable to execute HTTP request: Connect to sts.us-west-2.amazonaws.com:443 [sts.us-west-2.amazonaws.com/52.94.1.1] failed: Connection timed out (Connection timed out)",
        JAVA,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "Connect to <host>:<port> [<>] failed: Connection refused",
        "Unable to execute HTTP request: Connect to sts.us-west-2.amazonaws.com:443 [sts.us-west-2.amazonaws.com/10.0.3.14] failed: Connection refused (Connection refused)",
        JAVA,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "connection timed out: <host>/<>",
        "io.netty.channel.ConnectTimeoutException: connection timed out: sts.us-west-2.amazonaws.com/52.94.1.1:443",
        JAVA,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "Connection refused: <host>/<>:<port>",
        "io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: sts.us-west-2.amazonaws.com/10.0.3.14:443",
        JAVA,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "Failed to resolve '<host>' after ",
        "java.net.UnknownHostException: Failed to resolve 'sts.us-west-2.amazonaws.com' after 4 queries",
        JAVA,
        &[&NAME_NOT_FOUND, &NAME_UNANSWERED],
    ),
    Wire::new(
        "Original hostname: '<host>'",
        "io.netty.resolver.dns.DnsResolveContext$SearchDomainUnknownHostException: Search domain query failed. Original hostname: 'api.prod.svc' failed to resolve 'api.prod.svc.cluster.local' after 4 queries",
        JAVA,
        &[&NAME_NOT_FOUND, &NAME_UNANSWERED],
    ),
    Wire::new(
        "No route to host: <host>/<>",
        "io.netty.channel.AbstractChannel$AnnotatedNoRouteToHostException: No route to host: sts.us-west-2.amazonaws.com/52.94.1.1:443",
        JAVA,
        &[&UNREACHABLE],
    ),
    Wire::new(
        "ConnectException: Failed to connect to <host>/<>",
        "java.net.ConnectException: Failed to connect to sts.us-west-2.amazonaws.com/52.94.1.1:443",
        JAVA,
        &[&CONNECT_TIMED_OUT, &CONNECT_REFUSED, &UNREACHABLE],
    ),
    Wire::new(
        "Connection to <host>:<port> refused.",
        "org.postgresql.util.PSQLException: Connection to db.example.internal:5432 refused. Check that the hostname and port are correct",
        JAVA,
        &[&CONNECT_REFUSED],
    ),
    // The first version of the SDK words an unknown host with its name alone.
    Wire::new(
        "SdkClientException: Unable to execute HTTP request: <host>.amazonaws.com",
        "com.amazonaws.SdkClientException: Unable to execute HTTP request: api.ecr.us-west-2.amazonaws.com",
        JAVA,
        &[&NAME_NOT_FOUND],
    )
    .ending(".amazonaws.com"),
];
