//! One connection: one request, one answer, the end. However slowly the other side speaks, it is
//! over in time.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Agent;
use super::routes::Side;

/// How long a connection may take. Fields, so that the tests need not wait for the real ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) headers: Duration,
    /// From accept to close, whatever happens in between.
    pub(super) total: Duration,
}

pub(super) const TIMES: Times =
    Times { headers: Duration::from_secs(5), total: Duration::from_secs(10) };

/// Start line and headers together. A projected token is 1 KiB of them.
const HEADERS: usize = 16 * 1024;

/// What is read and dropped after an answer that did not wait for the body, see [`linger`].
const REST: usize = 128 * 1024;
const LINGER: Duration = Duration::from_secs(1);

pub(super) async fn serve(
    agent: Arc<Agent>,
    side: Side,
    stream: TcpStream,
    peer: SocketAddr,
    times: Times,
) {
    let source = peer.ip().to_canonical();
    if timeout(times.total, converse(agent, side, stream, source, times)).await.is_err() {
        tracing::debug!(%source, "A connection took too long.");
    }
}

async fn converse(agent: Arc<Agent>, side: Side, stream: TcpStream, source: IpAddr, times: Times) {
    let service = service_fn(|request| {
        let agent = Arc::clone(&agent);
        Box::pin(async move { Ok::<_, Infallible>(agent.answer(side, source, request).await) })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(times.headers)
        .max_buf_size(HEADERS)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    match poll_fn(|context| connection.poll_without_shutdown(context)).await {
        Ok(()) => linger(connection.into_parts().io.into_inner()).await,
        Err(error) => tracing::debug!(%source, %error, "A connection broke off."),
    }
}

/// A socket that is closed while something unread arrives answers with a reset, and the reset
/// overtakes the answer. So the other side is first told that nothing more comes, and then heard
/// out for a little.
async fn linger(mut stream: TcpStream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut buffer = [0; 4096];
    let rest = async {
        let mut left = REST;
        while let Ok(read @ 1..) = stream.read(&mut buffer).await {
            left = left.saturating_sub(read);
            if left == 0 {
                return;
            }
        }
    };
    // Whoever is still sending was given enough time.
    let _ = timeout(LINGER, rest).await;
}
