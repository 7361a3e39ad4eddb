//! Stand-ins: what plays the other end of a connection, and short words to measure it.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use diagnosis::facts::{Phase, Reach};
use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA};
use hickory_proto::rr::{RData, Record, RecordType};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use reach::{Measured, Net, Options, Request};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub(crate) const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Far enough that only a stall reaches it.
pub(crate) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

pub(crate) fn net() -> Net {
    Net::new(Options::default()).unwrap()
}

/// Names are answered by `resolver`, and port 443 of 10.0.3.11 is really `to`.
pub(crate) fn net_with(resolver: SocketAddr, to: SocketAddr) -> Net {
    let connect_to = vec![format!("10.0.3.11:443={to}").parse().unwrap()];
    Net::new(Options { resolver: Some(resolver), connect_to, ..Options::default() }).unwrap()
}

pub(crate) async fn get(url: &str) -> Measured {
    net().measure(&Request::get(url).unwrap(), soon()).await
}

pub(crate) fn phases(reach: &Reach) -> Vec<Phase> {
    reach.phases.iter().map(|it| it.phase).collect()
}

/// Plays `play` on each connection to a new port.
pub(crate) async fn listen<F, P>(play: F) -> SocketAddr
where
    F: Fn(TcpStream) -> P + Send + 'static,
    P: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(play(stream));
        }
    });
    address
}

/// Reads a request, says `answer` and closes.
pub(crate) async fn answers(answer: impl Into<Vec<u8>>) -> SocketAddr {
    hears(answer).await.0
}

/// The same, and shows what was asked.
pub(crate) async fn hears(answer: impl Into<Vec<u8>>) -> (SocketAddr, Arc<Mutex<String>>) {
    let (answer, heard) = (Arc::new(answer.into()), Arc::new(Mutex::new(String::new())));
    let shown = Arc::clone(&heard);
    let address = listen(move |mut stream| {
        let (answer, heard) = (Arc::clone(&answer), Arc::clone(&heard));
        async move {
            let request = read_request(&mut stream).await;
            *heard.lock().unwrap() = request;
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        }
    })
    .await;
    (address, shown)
}

/// Head and body, as far as `Content-Length` says.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut read = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|it| it.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |it| it.parse().unwrap()) {
                return text;
            }
        }
        let mut part = [0; 4096];
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return text,
            Ok(count) => read.extend_from_slice(&part[..count]),
        }
    }
}

/// Keeps a connection open and says nothing.
pub(crate) async fn hang(stream: impl Sized) {
    let _open = stream;
    std::future::pending::<()>().await;
}

/// Accepts nothing and drops each further SYN, because its backlog is full. Live as long as the
/// connections that fill it.
pub(crate) async fn full_backlog() -> (SocketAddr, Vec<TcpStream>, TcpListener) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((LOOPBACK, 0).into()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut filling = Vec::new();
    while let Ok(stream) =
        tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(address)).await
    {
        filling.push(stream.unwrap());
    }
    (address, filling, listener)
}

/// A port that nothing listens on.
pub(crate) async fn closed_port() -> SocketAddr {
    TcpListener::bind((LOOPBACK, 0)).await.unwrap().local_addr().unwrap()
}

pub(crate) struct Ca {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

impl Ca {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A server's configuration with a certificate for `name`; `change` makes it a bad one.
    pub(crate) fn server(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
        versions: &[&'static SupportedProtocolVersion],
    ) -> ServerConfig {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        server_config(certificate.der().clone(), &key, versions)
    }

    pub(crate) fn plain_server(&self, name: &str) -> ServerConfig {
        self.server(name, |_| {}, rustls::ALL_VERSIONS)
    }
}

pub(crate) fn server_config(
    certificate: CertificateDer<'static>,
    key: &KeyPair,
    versions: &[&'static SupportedProtocolVersion],
) -> ServerConfig {
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())
        .unwrap()
}

/// Plays `play` over TLS.
pub(crate) async fn listen_tls<F, P>(config: ServerConfig, play: F) -> SocketAddr
where
    F: Fn(TlsStream<TcpStream>) -> P + Clone + Send + 'static,
    P: Future<Output = ()> + Send + 'static,
{
    let acceptor = TlsAcceptor::from(Arc::new(config));
    listen(move |stream| {
        let (acceptor, play) = (acceptor.clone(), play.clone());
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                play(stream).await;
            }
        }
    })
    .await
}

pub(crate) async fn answers_tls(config: ServerConfig, answer: &'static str) -> SocketAddr {
    listen_tls(config, move |mut stream| async move {
        read_request(&mut stream).await;
        say(&mut stream, answer).await;
        let _ = stream.shutdown().await;
    })
    .await
}

pub(crate) async fn say(stream: &mut (impl AsyncWrite + Unpin), text: impl AsRef<[u8]>) {
    let _ = stream.write_all(text.as_ref()).await;
    let _ = stream.flush().await;
}

/// What the name server says to one question.
pub(crate) enum Said {
    Addresses(Vec<IpAddr>),
    Code(ResponseCode),
    /// Over UDP only that there is more; the addresses come over TCP.
    TooLong(Vec<IpAddr>),
    Garbage,
    Nothing,
}

/// A name server, over UDP and TCP on one port, and the questions it was asked.
pub(crate) async fn name_server(
    answer: impl Fn(&str, RecordType) -> Said + Send + Sync + 'static,
) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let (udp, tcp) = loop {
        let udp = UdpSocket::bind((LOOPBACK, 0)).await.unwrap();
        // The same port over TCP may be another test's.
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            break (udp, tcp);
        }
    };
    let address = udp.local_addr().unwrap();
    let (answer, asked) = (Arc::new(answer), Arc::new(Mutex::new(Vec::new())));
    let (answer_tcp, shown) = (Arc::clone(&answer), Arc::clone(&asked));
    tokio::spawn(async move {
        let mut packet = [0; 4096];
        while let Ok((length, from)) = udp.recv_from(&mut packet).await {
            let question = Message::from_vec(&packet[..length]).unwrap();
            let query = question.queries[0].clone();
            asked.lock().unwrap().push(format!("{} {}", query.name(), query.query_type()));
            let said = answer(&query.name().to_ascii(), query.query_type());
            if let Some(reply) = reply(question, &query, said, true) {
                udp.send_to(&reply, from).await.unwrap();
            }
        }
    });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = tcp.accept().await {
            let length = stream.read_u16().await.unwrap();
            let mut packet = vec![0; usize::from(length)];
            stream.read_exact(&mut packet).await.unwrap();
            let question = Message::from_vec(&packet).unwrap();
            let query = question.queries[0].clone();
            let said = answer_tcp(&query.name().to_ascii(), query.query_type());
            if let Some(reply) = reply(question, &query, said, false) {
                stream.write_u16(u16::try_from(reply.len()).unwrap()).await.unwrap();
                stream.write_all(&reply).await.unwrap();
                // The client closes.
                let _ = stream.read_u8().await;
            }
        }
    });
    (address, shown)
}

fn reply(question: Message, query: &Query, said: Said, udp: bool) -> Option<Vec<u8>> {
    let mut message = question.into_response();
    let addresses = match said {
        Said::Nothing => return None,
        Said::Garbage => return Some([message.id.to_be_bytes().as_slice(), &[0xff; 5]].concat()),
        Said::Code(code) => {
            message.metadata.response_code = code;
            Vec::new()
        }
        Said::TooLong(_) if udp => {
            message.metadata.truncation = true;
            Vec::new()
        }
        Said::TooLong(addresses) | Said::Addresses(addresses) => addresses,
    };
    for address in addresses {
        let data = match (address, query.query_type()) {
            (IpAddr::V4(address), RecordType::A) => RData::A(A(address)),
            (IpAddr::V6(address), RecordType::AAAA) => RData::AAAA(AAAA(address)),
            _ => continue,
        };
        message.add_answer(Record::from_rdata(query.name().clone(), 60, data));
    }
    Some(message.to_vec().unwrap())
}
