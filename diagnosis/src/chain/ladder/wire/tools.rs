//! The words of curl (PHP, git), busybox and database clients.

use super::super::Wire;
use crate::chain::ladder::{
    CONNECT_REFUSED, CONNECT_TIMED_OUT, NAME_NOT_FOUND, NAME_UNANSWERED, UNREACHABLE,
};

const CURL: &str = "curl/curl lib/hostip.c and lib/connect.c";
const BUSYBOX: &str = "busybox libbb/xconnect.c";
const POSTGRES: &str = "postgres/postgres src/interfaces/libpq/fe-connect.c";
const MYSQL: &str = "mysql/mysql-server, error 2005 (CR_UNKNOWN_HOST)";

pub(super) static WIRE: &[Wire] = &[
    Wire::new(
        "Could not resolve host: <host>",
        "cURL error 6: Could not resolve host: sts.us-west-2.amazonaws.com (see https://curl.haxx.se/libcurl/c/libcurl-errors.html)",
        CURL,
        &[&NAME_NOT_FOUND, &NAME_UNANSWERED],
    ),
    Wire::new(
        "Failed to connect to <host> port <port> after <>: Connection refused",
        "curl: (7) Failed to connect to sts.us-west-2.amazonaws.com port 443 after 3 ms: Connection refused",
        CURL,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "Failed to connect to <host> port <port>: Connection refused",
        "curl: (7) Failed to connect to sts.us-west-2.amazonaws.com port 443: Connection refused",
        CURL,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "Failed to connect to <host> port <port> after <>: Timeout was reached",
        "curl: (28) Failed to connect to sts.us-west-2.amazonaws.com port 443 after 10001 ms: Timeout was reached",
        CURL,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "Failed to connect to <host> port <port>: Connection timed out",
        "curl: (28) Failed to connect to sts.us-west-2.amazonaws.com port 443: Connection timed out",
        CURL,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "Failed to connect to <host> port <port> after <>: Couldn't connect to server",
        "curl: (7) Failed to connect to sts.us-west-2.amazonaws.com port 443 after 2 ms: Couldn't connect to server",
        CURL,
        &[&CONNECT_REFUSED, &UNREACHABLE],
    ),
    Wire::new(
        "bad address '<host>'",
        "wget: bad address 'sts.us-west-2.amazonaws.com'",
        BUSYBOX,
        &[&NAME_NOT_FOUND, &NAME_UNANSWERED],
    ),
    Wire::new(
        "could not translate host name \"<host>\" to address: Name or service not known",
        "psql: error: could not translate host name \"sts.us-west-2.amazonaws.com\" to address: Name or service not known",
        POSTGRES,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "could not translate host name \"<host>\" to address: Temporary failure in name resolution",
        "psql: error: could not translate host name \"sts.us-west-2.amazonaws.com\" to address: Temporary failure in name resolution",
        POSTGRES,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "connection to server at \"<host>\" (<>), port <port> failed: Connection timed out",
        "psql: error: connection to server at \"db.example.internal\" (10.0.9.4), port 5432 failed: Connection timed out",
        POSTGRES,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "connection to server at \"<host>\" (<>), port <port> failed: Connection refused",
        "psql: error: connection to server at \"db.example.internal\" (10.0.9.4), port 5432 failed: Connection refused",
        POSTGRES,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "Unknown MySQL server host '<host>'",
        "ERROR 2005 (HY000): Unknown MySQL server host 'db.example.internal' (-2)",
        MYSQL,
        &[&NAME_NOT_FOUND],
    ),
];
