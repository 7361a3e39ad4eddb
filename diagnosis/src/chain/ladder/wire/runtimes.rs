//! The words of Node, .NET, Ruby and Rust.

use super::super::Wire;
use crate::chain::ladder::{
    CONNECT_REFUSED, CONNECT_TIMED_OUT, NAME_NOT_FOUND, NAME_REFUSED, NAME_UNANSWERED, UNREACHABLE,
};

const NODE: &str = "nodejs/node lib/net.js and lib/dns.js, nodejs/undici lib/core/connect.js";
const DOTNET: &str = "System.Net.Sockets.SocketException of .NET on Linux";
const DOTNET_ISSUE: &str = "https://github.com/aws/aws-sdk-net/issues/3992";
const RUBY: &str = "Ruby's net/http, lib/net/http.rb";
const RUST: &str = "hyper-util src/client/legacy/connect/http.rs";

pub(super) static WIRE: &[Wire] = &[
    Wire::new(
        "getaddrinfo ENOTFOUND <host>",
        "Error: getaddrinfo ENOTFOUND sts.us-west-2.amazonaws.com",
        NODE,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "getaddrinfo EAI_AGAIN <host>",
        "Error: getaddrinfo EAI_AGAIN sts.us-west-2.amazonaws.com",
        NODE,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "(attempted address: <host>:<port>, timeout",
        "ConnectTimeoutError: Connect Timeout Error (attempted address: sts.us-west-2.amazonaws.com:443, timeout: 10000ms)",
        NODE,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "Name or service not known (<host>:<port>)",
        "System.Net.Http.HttpRequestException: Name or service not known (sts.us-west-2.amazonaws.com:443)",
        DOTNET,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "No such host is known. (<host>:<port>)",
        "System.Net.Http.HttpRequestException: No such host is known. (sts.us-west-2.amazonaws.com:443)",
        DOTNET,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "Resource temporarily unavailable (<host>:<port>)",
        "System.Net.Http.HttpRequestException: Resource temporarily unavailable (sts.us-west-2.amazonaws.com:443)",
        DOTNET,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "Connection timed out (<host>:<port>)",
        "System.Net.Http.HttpRequestException: Connection timed out (sts.us-east-1.amazonaws.com:443)",
        DOTNET_ISSUE,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "Connection refused (<host>:<port>)",
        "System.Net.Http.HttpRequestException: Connection refused (sts.us-west-2.amazonaws.com:443)",
        DOTNET,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "Failed to open TCP connection to <host>:<port> (getaddrinfo: Name or service not known)",
        "Seahorse::Client::NetworkingError: Failed to open TCP connection to sts.us-west-2.amazonaws.com:443 (getaddrinfo: Name or service not known)",
        RUBY,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "Failed to open TCP connection to <host>:<port> (getaddrinfo: Temporary failure in name resolution)",
        "Seahorse::Client::NetworkingError: Failed to open TCP connection to sts.us-west-2.amazonaws.com:443 (getaddrinfo: Temporary failure in name resolution)",
        RUBY,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "Failed to open TCP connection to <host>:<port> (execution expired)",
        "Seahorse::Client::NetworkingError: Failed to open TCP connection to sts.us-west-2.amazonaws.com:443 (execution expired)",
        RUBY,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "Failed to open TCP connection to <host>:<port> (Connection refused",
        "Failed to open TCP connection to sts.us-west-2.amazonaws.com:443 (Connection refused - connect(2) for \"sts.us-west-2.amazonaws.com\" port 443)",
        RUBY,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "Failed to open TCP connection to <host>:<port> (Connection timed out",
        "Errno::ETIMEDOUT: Failed to open TCP connection to sts.us-west-2.amazonaws.com:443 (Connection timed out - connect(2) for \"sts.us-west-2.amazonaws.com\" port 443)",
        RUBY,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "Failed to open TCP connection to <host>:<port> (No route to host",
        "Errno::EHOSTUNREACH: Failed to open TCP connection to sts.us-west-2.amazonaws.com:443 (No route to host - connect(2) for \"sts.us-west-2.amazonaws.com\" port 443)",
        RUBY,
        &[&UNREACHABLE],
    ),
    Wire::new(
        "://<host>/<>dns error: failed to lookup address information: Name or service not known",
        "error sending request for url (https://sts.us-west-2.amazonaws.com/): error trying to connect: dns error: failed to lookup address information: Name or service not known",
        RUST,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "://<host>/<>dns error: failed to lookup address information: Temporary failure in name resolution",
        "error sending request for url (https://sts.us-west-2.amazonaws.com/): error trying to connect: dns error: failed to lookup address information: Temporary failure in name resolution",
        RUST,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "://<host>/<>tcp connect error: Connection refused",
        "error sending request for url (https://sts.us-west-2.amazonaws.com/): error trying to connect: tcp connect error: Connection refused (os error 111)",
        RUST,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "://<host>/<>tcp connect error: Connection timed out",
        "error sending request for url (https://sts.us-west-2.amazonaws.com/): error trying to connect: tcp connect error: Connection timed out (os error 110)",
        RUST,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "://<host>/<>tcp connect error: deadline has elapsed",
        "error sending request for url (https://sts.us-west-2.amazonaws.com/): error trying to connect: tcp connect error: deadline has elapsed",
        RUST,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "queryA ENOTFOUND <host>",
        "Error: queryA ENOTFOUND sts.us-west-2.amazonaws.com",
        NODE,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "queryA ETIMEOUT <host>",
        "Error: queryA ETIMEOUT sts.us-west-2.amazonaws.com",
        NODE,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "queryA ECONNREFUSED <host>",
        "Error: queryA ECONNREFUSED sts.us-west-2.amazonaws.com",
        NODE,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "queryA ESERVFAIL <host>",
        "Error: queryA ESERVFAIL sts.us-west-2.amazonaws.com",
        NODE,
        &[&NAME_REFUSED],
    ),
    Wire::new(
        "querySrv ENOTFOUND _mongodb._tcp.<host>",
        "Error: querySrv ENOTFOUND _mongodb._tcp.db.example.net",
        NODE,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "querySrv ETIMEOUT _mongodb._tcp.<host>",
        "Error: querySrv ETIMEOUT _mongodb._tcp.db.example.net",
        NODE,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "querySrv ECONNREFUSED _mongodb._tcp.<host>",
        "Error: querySrv ECONNREFUSED _mongodb._tcp.db.example.net",
        NODE,
        &[&NAME_UNANSWERED],
    ),
    Wire::bare(
        "connect ETIMEDOUT <host>:<port>",
        "Error: connect ETIMEDOUT 10.0.9.4:5432",
        NODE,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::bare(
        "connect ECONNREFUSED <host>:<port>",
        "Error: connect ECONNREFUSED 10.0.9.4:5432",
        NODE,
        &[&CONNECT_REFUSED],
    ),
    Wire::bare(
        "connect EHOSTUNREACH <host>:<port>",
        "Error: connect EHOSTUNREACH 10.0.9.4:5432",
        NODE,
        &[&UNREACHABLE],
    ),
    Wire::bare(
        "connect ENETUNREACH <host>:<port>",
        "Error: connect ENETUNREACH 10.0.9.4:5432",
        NODE,
        &[&UNREACHABLE],
    ),
];
