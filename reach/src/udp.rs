//! One datagram and its answer, for a service on this machine that speaks no HTTP.

use std::io;
use std::net::SocketAddr;

use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

use crate::net::Net;

impl Net {
    /// The first `limit` bytes of the first answer that comes from where the question went.
    pub async fn ask_udp(
        &self,
        address: SocketAddr,
        question: &[u8],
        limit: usize,
        deadline: Instant,
    ) -> io::Result<Vec<u8>> {
        let target = self.0.target(address);
        let any: SocketAddr = match target {
            SocketAddr::V4(_) => ([0; 4], 0).into(),
            SocketAddr::V6(_) => ([0_u16; 8], 0).into(),
        };
        let ask = async {
            let socket = UdpSocket::bind(any).await?;
            socket.connect(target).await?;
            socket.send(question).await?;
            let mut answer = vec![0; limit];
            let length = socket.recv(&mut answer).await?;
            answer.truncate(length);
            Ok(answer)
        };
        timeout_at(deadline, ask)
            .await
            .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")))
    }
}
