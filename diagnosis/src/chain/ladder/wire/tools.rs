//! The words of curl (PHP, git), busybox and database clients.

use super::super::Wire;
use crate::chain::ladder::{
    CONNECT_REFUSED, CONNECT_TIMED_OUT, NAME_NOT_FOUND, NAME_REFUSED, NAME_UNANSWERED, UNREACHABLE,
};

const CURL: &str = "curl/curl lib/hostip.c and lib/connect.c";
const BUSYBOX: &str = "busybox libbb/xconnect.c";
const WGET: &str = "GNU wget src/host.c, busybox libbb/xconnect.c";
const NSLOOKUP: &str = "isc-projects/bind9 bin/dig/nslookup.c, busybox networking/nslookup.c";
const APT: &str = "apt methods/connect.cc";
const PHP: &str = "php/php-src main/network.c";
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
    Wire::new(
        "unable to resolve host address ‘<host>’",
        "wget: unable to resolve host address ‘sts.us-west-2.amazonaws.com’",
        WGET,
        &[&NAME_NOT_FOUND, &NAME_UNANSWERED],
    ),
    Wire::new(
        "can't connect to remote host (<host>): Connection timed out",
        "wget: can't connect to remote host (10.0.9.4): Connection timed out",
        WGET,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "can't connect to remote host (<host>): Connection refused",
        "wget: can't connect to remote host (10.0.9.4): Connection refused",
        WGET,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "can't connect to remote host (<host>): No route to host",
        "wget: can't connect to remote host (10.0.9.4): No route to host",
        WGET,
        &[&UNREACHABLE],
    ),
    Wire::new(
        "server can't find <host>: NXDOMAIN",
        "** server can't find sts.us-west-2.amazonaws.com: NXDOMAIN",
        NSLOOKUP,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "server can't find <host>: SERVFAIL",
        "** server can't find sts.us-west-2.amazonaws.com: SERVFAIL",
        NSLOOKUP,
        &[&NAME_REFUSED],
    ),
    Wire::new(
        "server can't find <host>: REFUSED",
        "** server can't find sts.us-west-2.amazonaws.com: REFUSED",
        NSLOOKUP,
        &[&NAME_REFUSED],
    ),
    Wire::new(
        "nslookup: can't resolve '<host>'",
        "nslookup: can't resolve 'sts.us-west-2.amazonaws.com'",
        NSLOOKUP,
        &[&NAME_NOT_FOUND, &NAME_UNANSWERED],
    ),
    Wire::new(
        "Temporary failure resolving '<host>'",
        "Err:1 http://deb.debian.org/debian stable InRelease  Temporary failure resolving 'deb.debian.org'",
        APT,
        &[&NAME_UNANSWERED],
    ),
    Wire::new(
        "Is the server running on host \"<host>\" (<>) and accepting",
        "could not connect to server: Connection timed out Is the server running on host \"db.example.internal\" (10.0.9.4) and accepting",
        POSTGRES,
        &[&CONNECT_TIMED_OUT, &CONNECT_REFUSED],
    ),
    Wire::new(
        "Can't connect to MySQL server on '<host>' (110",
        "ERROR 2003 (HY000): Can't connect to MySQL server on 'db.example.internal' (110)",
        MYSQL,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "Can't connect to MySQL server on '<host>:<port>' (110",
        "ERROR 2003 (HY000): Can't connect to MySQL server on 'db.example.internal:3306' (110)",
        MYSQL,
        &[&CONNECT_TIMED_OUT],
    ),
    Wire::new(
        "Can't connect to MySQL server on '<host>' (111",
        "ERROR 2003 (HY000): Can't connect to MySQL server on 'db.example.internal' (111)",
        MYSQL,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "Can't connect to MySQL server on '<host>:<port>' (111",
        "ERROR 2003 (HY000): Can't connect to MySQL server on 'db.example.internal:3306' (111)",
        MYSQL,
        &[&CONNECT_REFUSED],
    ),
    Wire::new(
        "getaddrinfo for <host> failed: Name or service not known",
        "php_network_getaddresses: getaddrinfo for redis.prod.svc failed: Name or service not known",
        PHP,
        &[&NAME_NOT_FOUND],
    ),
    Wire::new(
        "getaddrinfo for <host> failed: Temporary failure in name resolution",
        "php_network_getaddresses: getaddrinfo for redis.prod.svc failed: Temporary failure in name resolution",
        PHP,
        &[&NAME_UNANSWERED],
    ),
];
