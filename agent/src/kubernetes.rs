//! A client for the Kubernetes API that connects as everything else here does, so that `--resolver`
//! and `--connect-to` hold for it too. Retries nothing.

use std::env;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::Client as Http;
use hyper_util::rt::{TokioExecutor, TokioIo};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, Time};
use kube::client::{AuthError, Body, ConfigExt};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use reach::{Net, Request};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tower::{BoxError, Service, ServiceBuilder};

/// Name and connection together; the caller limits the request as a whole.
const CONNECT: Duration = Duration::from_secs(5);

/// The kubeconfig that was named, else the one in KUBECONFIG, else this pod's ServiceAccount, else
/// the one in the home directory.
pub(crate) async fn config(kubeconfig: Option<&Path>) -> Result<Config, String> {
    let told = |error: &dyn std::error::Error| crate::output::chain(error);
    let options = KubeConfigOptions::default();
    match kubeconfig {
        Some(path) => {
            let named =
                |error: &dyn std::error::Error| format!("`{}`: {}", path.display(), told(error));
            let kubeconfig = Kubeconfig::read_from(path).map_err(|error| named(&error))?;
            let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
            config.map_err(|error| named(&error))
        }
        None if env::var_os("KUBECONFIG").is_none()
            && env::var_os("KUBERNETES_SERVICE_HOST").is_some() =>
        {
            Config::incluster_env().map_err(|error| told(&error))
        }
        None => {
            let config = Config::from_kubeconfig(&options).await;
            config.map_err(|error| told(&error))
        }
    }
}

/// On a thread that may block, because a kubeconfig can name a program that makes the credentials.
pub(crate) async fn client(net: Net, config: Config) -> Result<Client, String> {
    let build = move || {
        let https = config.rustls_https_connector_with_connector(Connector(net))?;
        let service = ServiceBuilder::new()
            .layer(config.base_uri_layer())
            .option_layer(config.auth_layer()?)
            .map_err(BoxError::from)
            .service(Http::builder(TokioExecutor::new()).build::<_, Body>(https));
        Ok::<_, kube::Error>(Client::new(service, config.default_namespace))
    };
    match tokio::task::spawn_blocking(build).await {
        Ok(client) => client.map_err(|error| refused(&error)),
        Err(_) => Err("the credentials could not be loaded".to_owned()),
    }
}

/// What a failed plugin wrote to its stdout could be a credential, and kube repeats it.
fn refused(error: &kube::Error) -> String {
    match error {
        kube::Error::Auth(AuthError::AuthExecRun { cmd, out }) => {
            let said = String::from_utf8_lossy(&out.stderr);
            let last = said.lines().rev().find(|it| !it.trim().is_empty()).unwrap_or_default();
            format!("the credential plugin `{cmd}` failed ({}): {last}", out.status)
        }
        error => crate::output::chain(error),
    }
}

/// In whole seconds, like every time in Facts.
pub(crate) fn time(time: &Time) -> String {
    time.0.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The same of a Lease, which counts microseconds.
pub(crate) fn micro_time(time: &MicroTime) -> String {
    time.0.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[derive(Clone)]
struct Connector(Net);

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let net = self.0.clone();
        Box::pin(async move {
            let request = Request::get(&uri.to_string())?;
            let stream = net.connect(&request, Instant::now() + CONNECT).await;
            let stream = stream.map_err(|failure| {
                let why = format!(
                    "{}:{}: {} ({})",
                    request.host, request.port, failure.ended, failure.error
                );
                io::Error::other(why)
            })?;
            Ok(TokioIo::new(stream))
        })
    }
}
