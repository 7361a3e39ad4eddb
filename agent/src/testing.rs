//! An API server that says what a test wrote down, on loopback and without TLS.

use std::convert::Infallible;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// What it was asked: `GET /api/v1/…` without the query, and the body.
pub(crate) type Asked = (String, Value);

pub(crate) enum Said {
    /// Status, and the body; a string is sent as it is.
    Answer(u16, Value),
    /// The request is left waiting.
    Nothing,
}

pub(crate) struct ApiServer {
    asked: Arc<Mutex<Vec<Asked>>>,
    folder: TempDir,
}

impl ApiServer {
    pub(crate) async fn start(say: impl Fn(&Asked) -> Said + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let kubeconfig = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": url}}],
            "users": [{"name": "u", "user": {"token": "of-this-program"}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        });
        fs::write(folder.path().join("kubeconfig"), kubeconfig.to_string()).unwrap();
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let server = Self { asked: Arc::clone(&asked), folder };
        let say = Arc::new(say);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (asked, say) = (Arc::clone(&asked), Arc::clone(&say));
                let service = service_fn(move |request: Request<Incoming>| {
                    let (asked, say) = (Arc::clone(&asked), Arc::clone(&say));
                    async move {
                        let what = format!("{} {}", request.method(), request.uri().path());
                        let body = request.into_body().collect().await.unwrap().to_bytes();
                        let question = (what, serde_json::from_slice(&body).unwrap_or_default());
                        asked.lock().unwrap().push(question.clone());
                        let Said::Answer(status, body) = say(&question) else {
                            return std::future::pending().await;
                        };
                        let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
                        let mut response = Response::new(Full::new(Bytes::from(text)));
                        *response.status_mut() = status.try_into().unwrap();
                        Ok::<_, Infallible>(response)
                    }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        server
    }

    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

pub(crate) fn status(code: u16, message: &str) -> Said {
    let failure = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "reason": "", "code": code, "message": message});
    Said::Answer(code, failure)
}
