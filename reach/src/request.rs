//! One request: where it goes, whom it trusts, what it says and how much of the answer it wants.

use std::fmt::{self, Debug, Formatter};
use std::path::PathBuf;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use crate::error::Error;

/// More than any document that is read here, less than what could hurt a small container.
const MAX_BODY: usize = 64 * 1024;

/// `Debug` shows method and endpoint only: path, headers and body can be credentials.
#[derive(Clone)]
pub struct Request {
    pub scheme: Scheme,
    /// A name, or a literal address without brackets. For a unix socket what goes into `Host`.
    pub host: String,
    pub port: u16,
    pub method: Method,
    /// Path and query.
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// What the answer's body holds beyond this is dropped.
    pub max_body: usize,
}

#[derive(Clone)]
pub enum Scheme {
    Https(Trust),
    Http,
    /// HTTP over the unix socket at this path.
    Unix(PathBuf),
    /// A connection and nothing over it, for doors that speak no HTTP; ends as `Connected`.
    Tcp,
}

/// Whose certificates are believed.
#[derive(Clone, Default)]
pub enum Trust {
    /// The machine's roots (`SSL_CERT_FILE` is honoured), and those of `AWS_CA_BUNDLE`.
    #[default]
    System,
    /// These PEM certificates and no others, such as the cluster's own CA.
    Only(Vec<u8>),
}

impl Request {
    pub fn get(url: &str) -> Result<Self, Error> {
        Self::new(Method::GET, url)
    }

    pub fn head(url: &str) -> Result<Self, Error> {
        Self::new(Method::HEAD, url)
    }

    /// With an empty body, as IMDS wants it.
    pub fn put(url: &str) -> Result<Self, Error> {
        Self::new(Method::PUT, url)
    }

    pub fn post(url: &str, body: impl Into<Bytes>) -> Result<Self, Error> {
        Ok(Self { body: body.into(), ..Self::new(Method::POST, url)? })
    }

    /// A GET of `path` over the unix socket `socket`.
    pub fn unix(socket: impl Into<PathBuf>, path: &str) -> Self {
        let mut request = Self::bare(Scheme::Unix(socket.into()), "localhost", 0);
        path.clone_into(&mut request.path);
        request
    }

    /// Opens a connection and closes it; `host` is a name or a literal address.
    pub fn connect(host: &str, port: u16) -> Self {
        Self::bare(Scheme::Tcp, host, port)
    }

    pub fn new(method: Method, url: &str) -> Result<Self, Error> {
        let error = || Error::Url(url.split('?').next().unwrap_or_default().to_owned());
        let uri: Uri = url.parse().map_err(|_| error())?;
        Self::from_uri(method, &uri).ok_or_else(error)
    }

    pub(crate) fn from_uri(method: Method, uri: &Uri) -> Option<Self> {
        let (scheme, default_port) = match uri.scheme_str()? {
            "https" => (Scheme::Https(Trust::System), 443),
            "http" => (Scheme::Http, 80),
            _ => return None,
        };
        let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || uri.authority()?.as_str().contains('@') {
            return None;
        }
        let port = uri.port_u16().unwrap_or(default_port);
        let path = uri.path_and_query().map_or("/", |it| it.as_str()).to_owned();
        Some(Self { method, path, ..Self::bare(scheme, host, port) })
    }

    fn bare(scheme: Scheme, host: &str, port: u16) -> Self {
        Self {
            scheme,
            host: host.to_owned(),
            port,
            method: Method::GET,
            path: "/".to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            max_body: MAX_BODY,
        }
    }

    pub fn header(self, name: &'static str, value: &str) -> Result<Self, Error> {
        let value = HeaderValue::from_str(value).map_err(|_| Error::Header(name))?;
        self.with(name, value)
    }

    /// A header whose value no one may print.
    pub fn secret(self, name: &'static str, value: &str) -> Result<Self, Error> {
        let mut value = HeaderValue::from_str(value).map_err(|_| Error::Header(name))?;
        value.set_sensitive(true);
        self.with(name, value)
    }

    fn with(mut self, name: &'static str, value: HeaderValue) -> Result<Self, Error> {
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Error::Header(name))?;
        self.headers.insert(key, value);
        Ok(self)
    }

    /// Matters for https only.
    pub fn trust(mut self, trust: Trust) -> Self {
        if let Scheme::Https(current) = &mut self.scheme {
            *current = trust;
        }
        self
    }

    pub fn max_body(mut self, limit: usize) -> Self {
        self.max_body = limit;
        self
    }

    /// What goes into `Host`: the port only where it is not the scheme's own.
    pub(crate) fn authority(&self) -> String {
        let is_ipv6 = self.host.contains(':');
        let host = if is_ipv6 { format!("[{}]", self.host) } else { self.host.clone() };
        match (&self.scheme, self.port) {
            (Scheme::Unix(_), _) | (Scheme::Http, 80) | (Scheme::Https(_), 443) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

impl Debug for Request {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let scheme = match &self.scheme {
            Scheme::Https(_) => "https",
            Scheme::Http => "http",
            Scheme::Tcp => return write!(f, "connect {}", self.authority()),
            Scheme::Unix(path) => return write!(f, "{} unix:{}", self.method, path.display()),
        };
        write!(f, "{} {scheme}://{}", self.method, self.authority())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_gives_host_port_and_path() {
        let cases = [
            ("https://sts.us-west-2.amazonaws.com", "sts.us-west-2.amazonaws.com", 443, "/"),
            (
                "http://[fd00:ec2::254]/latest/meta-data?x=1",
                "fd00:ec2::254",
                80,
                "/latest/meta-data?x=1",
            ),
            ("http://127.0.0.1:10248/healthz", "127.0.0.1", 10248, "/healthz"),
        ];
        for (url, host, port, path) in cases {
            let request = Request::get(url).unwrap();
            assert_eq!((&*request.host, request.port, &*request.path), (host, port, path));
        }
    }

    #[test]
    fn what_is_not_a_url_is_refused_without_its_query() {
        for url in ["", "sts", "ftp://host/x", "https://", "https:///x", "http://user@host/"] {
            assert!(Request::get(url).is_err(), "{url}");
        }
        let error = Request::get("s3://bucket/key?X-Amz-Signature=SECRET").unwrap_err().to_string();
        assert!(error.contains("s3://bucket/key") && !error.contains("SECRET"), "{error}");
    }

    #[test]
    fn neither_debug_nor_an_error_shows_a_secret() {
        let request = Request::post("https://host/p?token=SECRET", "SECRET").unwrap();
        let request = request.secret("authorization", "Bearer SECRET").unwrap();
        assert_eq!(format!("{request:?}"), "POST https://host");
        assert!(!format!("{:?}", request.headers).contains("SECRET"));
        let error = request.secret("authorization", "SECRET\n").unwrap_err();
        assert!(!format!("{error:?} {error}").contains("SECRET"));
    }

    #[test]
    fn host_names_the_port_only_where_it_is_unusual() {
        for (url, host) in
            [("https://h/", "h"), ("https://h:80/", "h:80"), ("http://[::1]:8080/", "[::1]:8080")]
        {
            assert_eq!(Request::get(url).unwrap().authority(), host);
        }
    }
}
