//! The kubelet's `healthz`, as it answers on loopback.

use crate::reply::Reply;
use crate::server::Asked;

pub(super) fn answer(asked: &Asked<'_>) -> Reply {
    match (asked.method, asked.path) {
        ("GET", "/healthz" | "/healthz/ping" | "/healthz/syncloop") => Reply::text(200, "ok"),
        _ => Reply::text(404, "404 page not found\n"),
    }
}
