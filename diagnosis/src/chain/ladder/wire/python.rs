//! The words of Python: botocore and urllib3.

use super::super::Wire;
use crate::chain::ladder::{
    CONNECT_REFUSED, CONNECT_TIMED_OUT, HTTP_TIMED_OUT, NAME_NOT_FOUND, NAME_UNANSWERED,
    TLS_EXPIRED, TLS_FAILED, TLS_UNTRUSTED, TLS_WRONG_NAME, UNREACHABLE,
};

const BOTO: &str =
    "botocore.exceptions, https://github.com/boto/botocore/blob/develop/botocore/exceptions.py";
const CLIENTS: &str =
    "aio-libs/aiohttp aiohttp/client_exceptions.py, redis/redis-py redis/connection.py";
const URLLIB3: &str = "urllib3/urllib3 src/urllib3/exceptions.py and connection.py";

pub(super) static WIRE: &[Wire] = &[
    Wire::new(
        "Connect timeout on endpoint URL: \"http<>://<host>/",
        "botocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL: \"https://sts.us-west-2.amazonaws.com/\"",
        BOTO,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "Read timeout on endpoint URL: \"http<>://<host>/",
        "botocore.exceptions.ReadTimeoutError: Read timeout on endpoint URL: \"https://sts.us-west-2.amazonaws.com/\"",
        BOTO,
        &[&HTTP_TIMED_OUT],
    ),
    Wire::new(
        "Could not connect to the endpoint URL: \"http<>://<host>/",
        "botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: \"https://sts.us-west-2.amazonaws.com/\"",
        BOTO,
        &[&NAME_NOT_FOUND, &NAME_UNANSWERED, &CONNECT_REFUSED, &UNREACHABLE],
    ),
    Wire::new(
        "SSL validation failed for http<>://<host>/",
        "botocore.exceptions.SSLError: SSL validation failed for https://sts.us-west-2.amazonaws.com/ [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self signed certificate in certificate chain (_ssl.c:1129)",
        BOTO,
        &[&TLS_UNTRUSTED, &TLS_WRONG_NAME, &TLS_EXPIRED],
    ),
    Wire::new(
        "Failed to resolve '<host>' ([Errno -2]",
        "NameResolutionError(\"<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to resolve 'sts.us-west-2.amazonaws.com' ([Errno -2] Name or service not known)\")",
        URLLIB3,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "Failed to resolve '<host>' ([Errno -3]",
        "NameResolutionError(\"<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to resolve 'sts.us-west-2.amazonaws.com' ([Errno -3] Temporary failure in name resolution)\")",
        URLLIB3,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "Connection to <host> timed out. (connect timeout=",
        "HTTPSConnectionPool(host='sts.us-west-2.amazonaws.com', port=443): Max retries exceeded with url: / (Caused by ConnectTimeoutError(<urllib3.connection.HTTPSConnection object at 0x7f>, 'Connection to sts.us-west-2.amazonaws.com timed out. (connect timeout=60)'))",
        URLLIB3,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "ConnectionPool(host='<host>', port=<port>): Read timed out",
        "HTTPSConnectionPool(host='sts.us-west-2.amazonaws.com', port=443): Read timed out. (read timeout=60)",
        URLLIB3,
        &[&HTTP_TIMED_OUT],
    ),
    Wire::new(
        "ConnectionPool(host='<host>', port=<port>): Max retries exceeded with url: <>[Errno -2] Name or service not known",
        "HTTPSConnectionPool(host='sts.us-west-2.amazonaws.com', port=443): Max retries exceeded with url: / (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new connection: [Errno -2] Name or service not known'))",
        URLLIB3,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "ConnectionPool(host='<host>', port=<port>): Max retries exceeded with url: <>[Errno -3] Temporary failure in name resolution",
        "HTTPSConnectionPool(host='sts.us-west-2.amazonaws.com', port=443): Max retries exceeded with url: / (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution'))",
        URLLIB3,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "ConnectionPool(host='<host>', port=<port>): Max retries exceeded with url: <>[Errno 111] Connection refused",
        "HTTPSConnectionPool(host='sts.us-west-2.amazonaws.com', port=443): Max retries exceeded with url: / (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused'))",
        URLLIB3,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "ConnectionPool(host='<host>', port=<port>): Max retries exceeded with url: <>[Errno 110] Connection timed out",
        "HTTPSConnectionPool(host='sts.us-west-2.amazonaws.com', port=443): Max retries exceeded with url: / (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new connection: [Errno 110] Connection timed out'))",
        URLLIB3,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "ConnectionPool(host='<host>', port=<port>): Max retries exceeded with url: <>[Errno 101] Network is unreachable",
        "HTTPSConnectionPool(host='sts.us-west-2.amazonaws.com', port=443): Max retries exceeded with url: / (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new connection: [Errno 101] Network is unreachable'))",
        URLLIB3,
        &[&UNREACHABLE],
    ),
    Wire::new(
        "Connection was closed before we received a valid response from endpoint URL: \"http<>://<host>/",
        "Connection was closed before we received a valid response from endpoint URL: \"https://sts.us-west-2.amazonaws.com/\".",
        BOTO,
        &[&TLS_FAILED],
    ),
    Wire::new(
        "Cannot connect to host <host>:<port> ssl:<> [Name or service not known]",
        "aiohttp.client_exceptions.ClientConnectorError: Cannot connect to host sts.us-west-2.amazonaws.com:443 ssl:default [Name or service not known]",
        CLIENTS,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "Cannot connect to host <host>:<port> ssl:<> [Temporary failure in name resolution]",
        "aiohttp.client_exceptions.ClientConnectorError: Cannot connect to host sts.us-west-2.amazonaws.com:443 ssl:default [Temporary failure in name resolution]",
        CLIENTS,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "Cannot connect to host <host>:<port> ssl:<> [Connect call failed",
        "aiohttp.client_exceptions.ClientConnectorError: Cannot connect to host sts.us-west-2.amazonaws.com:443 ssl:default [Connect call failed ('52.94.1.1', 443)]",
        CLIENTS,
        &[&CONNECT_TIMED_OUT, &CONNECT_REFUSED, &UNREACHABLE],
    ),
    Wire::new(
        "Error -2 connecting to <host>:<port>. Name or service not known",
        "redis.exceptions.ConnectionError: Error -2 connecting to redis.prod.svc:6379. Name or service not known.",
        CLIENTS,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "Error -3 connecting to <host>:<port>. Temporary failure in name resolution",
        "redis.exceptions.ConnectionError: Error -3 connecting to redis.prod.svc:6379. Temporary failure in name resolution.",
        CLIENTS,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "Error 110 connecting to <host>:<port>. ",
        "redis.exceptions.ConnectionError: Error 110 connecting to redis.prod.svc:6379. Connection timed out.",
        CLIENTS,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "Error 111 connecting to <host>:<port>. ",
        "redis.exceptions.ConnectionError: Error 111 connecting to redis.prod.svc:6379. Connection refused.",
        CLIENTS,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "Failed to connect to proxy URL: \"http<>://<host>\"",
        "botocore.exceptions.ProxyConnectionError: Failed to connect to proxy URL: \"http://proxy.example.internal:3128\"",
        BOTO,
        &[&CONNECT_TIMED_OUT, &CONNECT_REFUSED],
    ),
];
