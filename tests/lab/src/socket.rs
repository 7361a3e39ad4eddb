//! A bound address in one of the three states that a client can tell apart before a byte flows:
//! somebody listens; nobody does, and the kernel refuses; or nobody even answers.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

/// More than one program under test ever opens at once.
const BACKLOG: u32 = 256;

/// How often binding is tried again where the address was just given up.
const ATTEMPTS: u32 = 50;

/// Loopback either answers at once or not at all.
const ANSWER: Duration = Duration::from_millis(50);

/// The kernel drops a SYN for a listener whose queue of unaccepted connections is full. Nobody
/// accepts here, and our own connections fill the queue.
pub(crate) struct BlackHole {
    _listener: TcpListener,
    _filling: Vec<TcpStream>,
}

pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// For an address that another socket of ours held until now.
pub(crate) async fn rebind(address: SocketAddr) -> io::Result<TcpSocket> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..ATTEMPTS {
        match bind(address) {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Err(last)
}

pub(crate) fn listening(bound: TcpSocket) -> io::Result<TcpListener> {
    bound.listen(BACKLOG)
}

impl BlackHole {
    pub(crate) async fn new(bound: TcpSocket) -> io::Result<Self> {
        let listener = bound.listen(0)?;
        let address = listener.local_addr()?;
        let mut filling = Vec::new();
        // The kernel allows one or two more than it is told; the first that hangs shows that the
        // queue is full.
        while filling.len() < 8 {
            match timeout(ANSWER, TcpStream::connect(address)).await {
                Ok(stream) => filling.push(stream?),
                Err(_) => {
                    return Ok(Self { _listener: listener, _filling: filling });
                }
            }
        }
        Err(io::Error::other("this kernel answers although the queue is full"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any() -> TcpSocket {
        bind("127.0.0.1:0".parse().unwrap()).unwrap()
    }

    async fn connects(address: SocketAddr) -> Result<bool, io::ErrorKind> {
        let tried = timeout(Duration::from_millis(300), TcpStream::connect(address)).await;
        tried.map_or(Ok(false), |tried| tried.map(|_| true).map_err(|error| error.kind()))
    }

    #[tokio::test]
    async fn each_state_looks_to_a_client_as_it_should() {
        let address = |socket: &TcpSocket| socket.local_addr().unwrap();

        let bound = any();
        let at = address(&bound);
        let listener = listening(bound).unwrap();
        assert_eq!(connects(at).await, Ok(true));
        drop(listener);

        // Bound, so that nobody else gets the port, and not listening.
        let refusing = rebind(at).await.unwrap();
        assert_eq!(connects(at).await, Err(io::ErrorKind::ConnectionRefused));
        drop(refusing);

        let hole = BlackHole::new(rebind(at).await.unwrap()).await.unwrap();
        for _ in 0..3 {
            assert_eq!(connects(at).await, Ok(false));
        }
        drop(hole);
        let _again = listening(rebind(at).await.unwrap()).unwrap();
        assert_eq!(connects(at).await, Ok(true));
    }
}
