//! The proxy that a workload is told to use, without the password that its URL may hold.

use std::ffi::OsStr;

/// What may be known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Proxy {
    #[default]
    NotSet,
    /// Host, and port where there is one.
    At(String),
    /// Set to what names no host.
    Unreadable,
}

/// The longest name that DNS has, and a port.
const LONGEST: usize = 260;

impl Proxy {
    /// Of a URL, or of less than one, as people write it. What is cut may be a password, also where
    /// a character in it was not escaped: so the host begins after the last `@` there is.
    pub(crate) fn read(value: Option<&OsStr>) -> Self {
        let Some(value) = value.filter(|it| !it.is_empty()) else { return Self::NotSet };
        let Some(url) = value.to_str() else { return Self::Unreadable };
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
        let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if is_place(place) { Self::At(place.to_owned()) } else { Self::Unreadable }
    }

    pub(crate) fn place(&self) -> Option<&str> {
        match self {
            Self::At(place) => Some(place),
            Self::NotSet | Self::Unreadable => None,
        }
    }
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`.
fn is_place(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|it| it.split_once(']')) {
        Some((host, "")) => (host, "80"),
        Some((host, port)) => (host, port.strip_prefix(':').unwrap_or_default()),
        None => text.split_once(':').unwrap_or((text, "80")),
    };
    let letters = |it: u8| it.is_ascii_alphanumeric() || b"-._".contains(&it);
    let is_v6 = text.starts_with('[') && host.parse::<std::net::Ipv6Addr>().is_ok();
    let is_name = !text.starts_with('[') && !host.is_empty() && host.bytes().all(letters);
    text.len() <= LONGEST && (is_v6 || is_name) && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Proxy {
        Proxy::read(Some(OsStr::new(url)))
    }

    #[test]
    fn only_host_and_port_are_left_of_a_url() {
        for (url, place) in [
            ("http://proxy.corp:3128", "proxy.corp:3128"),
            ("http://user:PLANTED@proxy.corp:3128/", "proxy.corp:3128"),
            ("user:PLANTED@10.0.0.7:8080", "10.0.0.7:8080"),
            ("http://user:PLAN/TED@proxy.corp", "proxy.corp"),
            ("http://user:PLAN@TED@proxy.corp?x", "proxy.corp"),
            ("socks5://[fd00::7]:1080", "[fd00::7]:1080"),
        ] {
            assert_eq!(read(url), Proxy::At(place.to_owned()), "{url}");
        }
    }

    #[test]
    fn what_names_no_host_is_not_shown() {
        for url in ["http://", "user:PLANTED", "PLANTED!", "http://a b:1", "[PLANTED]:1", "@:1"] {
            assert_eq!(read(url), Proxy::Unreadable, "{url}");
        }
        assert_eq!(Proxy::read(None), Proxy::NotSet);
        assert_eq!(read(""), Proxy::NotSet);
    }
}
