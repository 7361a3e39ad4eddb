//! Which request is answered where.
//!
//! | path          | method    | at loopback         | at the node's addresses |
//! |---------------|-----------|---------------------|-------------------------|
//! | `/healthz`    | GET, HEAD | the process answers | the same                |
//! | `/readyz`     | GET, HEAD | a first look ended  | the same                |
//! | `/v1/summary` | GET, HEAD | all reports         | 404                     |
//! | `/metrics`    | GET, HEAD | OpenMetrics         | 404                     |
//! | `/v1/reports` | POST      | 404                 | a pod reports           |
//!
//! Knows nothing of how an answer is made.

use std::net::IpAddr;

use hyper::header::{ACCEPT, HOST};
use hyper::http::uri::Authority;
use hyper::{HeaderMap, Method, Uri};

/// At which of the agent's two doors a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Local,
    Node,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Health,
    Ready,
    Summary(Form),
    Metrics,
    Reports,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Text,
}

/// Why a request reaches no route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Astray {
    /// A page that a browser shows must not read the summary through a name that it controls.
    Host,
    Path,
    /// With what is allowed there.
    Method(&'static str),
    Form,
}

pub(super) fn route(
    side: Side,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Route, Astray> {
    if side == Side::Local && !host_is_local(uri, headers) {
        return Err(Astray::Host);
    }
    let route = match (side, uri.path()) {
        (_, "/healthz") => Route::Health,
        (_, "/readyz") => Route::Ready,
        (Side::Local, "/v1/summary") => Route::Summary(form(uri, headers)?),
        (Side::Local, "/metrics") => Route::Metrics,
        (Side::Node, "/v1/reports") => Route::Reports,
        _ => return Err(Astray::Path),
    };
    match route {
        Route::Reports if method == Method::POST => Ok(route),
        Route::Reports => Err(Astray::Method("POST")),
        _ if method == Method::GET || method == Method::HEAD => Ok(route),
        _ => Err(Astray::Method("GET, HEAD")),
    }
}

/// Every name that the request gives is an address or `localhost`, and it gives one.
fn host_is_local(uri: &Uri, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let host = host.to_str().ok().and_then(|it| it.parse::<Authority>().ok());
    let local = |it: &Authority| {
        let name = it.host().trim_start_matches('[').trim_end_matches(']');
        !it.as_str().contains('@')
            && (name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok())
    };
    host.as_ref().is_some_and(local) && uri.authority().is_none_or(local)
}

fn form(uri: &Uri, headers: &HeaderMap) -> Result<Form, Astray> {
    match uri.query().unwrap_or_default() {
        "" => {}
        "format=json" => return Ok(Form::Json),
        "format=text" => return Ok(Form::Text),
        _ => return Err(Astray::Form),
    }
    let accepted = headers.get(ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let first = accepted.split([',', ';']).next().unwrap_or_default().trim();
    Ok(if first.eq_ignore_ascii_case("text/plain") { Form::Text } else { Form::Json })
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderName, HeaderValue};

    use super::*;

    fn ask(
        side: Side,
        method: &Method,
        uri: &str,
        header: (HeaderName, &str),
    ) -> Result<Route, Astray> {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("127.0.0.1:12610"));
        headers.insert(header.0, HeaderValue::from_str(header.1).unwrap());
        route(side, method, &uri.parse().unwrap(), &headers)
    }

    fn get(side: Side, uri: &str) -> Result<Route, Astray> {
        ask(side, &Method::GET, uri, (ACCEPT, "*/*"))
    }

    #[test]
    fn each_door_has_its_own_routes() {
        use Side::{Local, Node};
        let cases = [
            ("/healthz", Ok(Route::Health), Ok(Route::Health)),
            ("/readyz", Ok(Route::Ready), Ok(Route::Ready)),
            ("/v1/summary", Ok(Route::Summary(Form::Json)), Err(Astray::Path)),
            ("/metrics", Ok(Route::Metrics), Err(Astray::Path)),
            ("/v1/reports", Err(Astray::Path), Err(Astray::Method("POST"))),
            ("/", Err(Astray::Path), Err(Astray::Path)),
            ("/metrics/", Err(Astray::Path), Err(Astray::Path)),
            ("/healthz/../metrics", Err(Astray::Path), Err(Astray::Path)),
            ("//metrics", Err(Astray::Path), Err(Astray::Path)),
            ("/v1/%73ummary", Err(Astray::Path), Err(Astray::Path)),
        ];
        for (path, local, node) in cases {
            assert_eq!((get(Local, path), get(Node, path)), (local, node), "{path}");
        }
        let post = |side| ask(side, &Method::POST, "/v1/reports", (ACCEPT, "*/*"));
        assert_eq!((post(Local), post(Node)), (Err(Astray::Path), Ok(Route::Reports)));
    }

    #[test]
    fn other_methods_hear_what_is_allowed() {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS, Method::TRACE] {
            let answer = ask(Side::Local, &method, "/v1/summary", (ACCEPT, "*/*"));
            assert_eq!(answer, Err(Astray::Method("GET, HEAD")), "{method}");
        }
        let head = ask(Side::Local, &Method::HEAD, "/metrics", (ACCEPT, "*/*"));
        assert_eq!(head, Ok(Route::Metrics));
    }

    #[test]
    fn the_loopback_door_answers_to_no_foreign_name() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:12610",
            "localhost:12610",
            "LocalHost",
            "[::1]:12610",
            "10.0.3.11",
        ] {
            let answer = ask(Side::Local, &Method::GET, "/metrics", (HOST, host));
            assert_eq!(answer, Ok(Route::Metrics), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "",
            "a@127.0.0.1",
            "127.0.0.1/x",
            "2130706433",
        ] {
            let answer = ask(Side::Local, &Method::GET, "/metrics", (HOST, host));
            assert_eq!(answer, Err(Astray::Host), "{host}");
        }
        let absolute = get(Side::Local, "http://evil.example/metrics");
        assert_eq!(absolute, Err(Astray::Host));
        let none =
            route(Side::Local, &Method::GET, &"/metrics".parse().unwrap(), &HeaderMap::new());
        assert_eq!(none, Err(Astray::Host));
    }

    #[test]
    fn a_probe_may_call_the_node_as_it_likes() {
        let answer = ask(Side::Node, &Method::GET, "/healthz", (HOST, "eks-triage.eks-triage.svc"));
        assert_eq!(answer, Ok(Route::Health));
    }

    #[test]
    fn the_form_is_json_unless_text_is_asked_for() {
        let accept = |it| ask(Side::Local, &Method::GET, "/v1/summary", (ACCEPT, it));
        for (value, form) in [
            ("*/*", Form::Json),
            ("application/json", Form::Json),
            ("text/html, text/plain", Form::Json),
            ("text/plain", Form::Text),
            ("text/plain;q=0.9, */*", Form::Text),
        ] {
            assert_eq!(accept(value), Ok(Route::Summary(form)), "{value}");
        }
        let query = |it: &str| get(Side::Local, &format!("/v1/summary?{it}"));
        assert_eq!(query("format=text"), Ok(Route::Summary(Form::Text)));
        assert_eq!(query("format=json"), Ok(Route::Summary(Form::Json)));
        assert_eq!(query("format=xml"), Err(Astray::Form));
    }
}
