//! The name server, on UDP and TCP at the same port.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hickory_proto::op::{Message, Metadata, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use crate::config::{NameFault, Names};
use crate::server::Shared;

/// Every look finds what is configured now.
const TTL: u32 = 0;

/// How often a pair of ports is tried for, as the TCP one may be taken.
const ATTEMPTS: u32 = 32;

/// Both transports at one address; port 0 finds one that is free for both.
pub(crate) async fn bind(address: SocketAddr) -> io::Result<(UdpSocket, TcpListener)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..ATTEMPTS {
        let udp = UdpSocket::bind(address).await?;
        match TcpListener::bind(udp.local_addr()?).await {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(error) if address.port() != 0 => return Err(error),
            Err(error) => last = error,
        }
    }
    Err(last)
}

pub(crate) async fn serve_udp(socket: UdpSocket, shared: Arc<Shared>) {
    let mut buffer = [0; 4096];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        if let Some(answer) = answer(&buffer[..length], &shared, Transport::Udp) {
            // Who asked may be gone by now.
            let _ = socket.send_to(&answer, from).await;
        }
    }
}

pub(crate) async fn serve_tcp(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(over_tcp(stream, Arc::clone(&shared)));
        }
    }
}

async fn over_tcp(mut stream: TcpStream, shared: Arc<Shared>) -> io::Result<()> {
    loop {
        let mut question = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut question).await?;
        let Some(answer) = answer(&question, &shared, Transport::Tcp) else {
            return std::future::pending().await;
        };
        let length = u16::try_from(answer.len()).map_err(io::Error::other)?;
        stream.write_u16(length).await?;
        stream.write_all(&answer).await?;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Transport {
    Udp,
    Tcp,
}

/// `None` is silence, which is also what a question deserves that cannot be read.
fn answer(question: &[u8], shared: &Shared, transport: Transport) -> Option<Vec<u8>> {
    let question = Message::from_vec(question).ok()?;
    let query = question.queries.first()?;
    let asked = query.name().to_lowercase().to_ascii();
    let asked = asked.trim_end_matches('.');
    let names = shared.config().names.clone();
    shared.journal.name(asked.to_owned());
    reply(&question, query, asked, &names, transport)?.to_vec().ok()
}

fn reply(
    question: &Message,
    query: &Query,
    asked: &str,
    names: &Names,
    transport: Transport,
) -> Option<Message> {
    let mut reply = Message::new(0, question.metadata.message_type, question.metadata.op_code);
    reply.metadata = Metadata::response_from_request(&question.metadata);
    reply.metadata.recursion_available = true;
    let mut repeated = query.clone();
    let records = names.records.get(asked);
    let code = &mut reply.metadata.response_code;
    match names.fault(asked) {
        Some(NameFault::Silent) => return None,
        Some(NameFault::NoSuchName) => *code = ResponseCode::NXDomain,
        Some(NameFault::ServFail) => *code = ResponseCode::ServFail,
        Some(NameFault::Refused) => *code = ResponseCode::Refused,
        Some(NameFault::NoAddress) => {}
        Some(NameFault::Truncated) if transport == Transport::Udp => {
            reply.metadata.truncation = true;
        }
        Some(NameFault::Mismatched) => {
            repeated.set_name(Name::from_ascii("mismatched.example.com.").ok()?);
        }
        _ if records.is_none() => *code = ResponseCode::NXDomain,
        _ => {
            let addresses = records.into_iter().flatten();
            let wanted = addresses.filter_map(|it| data(*it, query.query_type()));
            let name = query.name();
            reply.add_answers(wanted.map(|data| Record::from_rdata(name.clone(), TTL, data)));
        }
    }
    reply.add_query(repeated);
    Some(reply)
}

fn data(address: IpAddr, wanted: RecordType) -> Option<RData> {
    match (address, wanted) {
        (IpAddr::V4(it), RecordType::A) => Some(RData::A(A(it))),
        (IpAddr::V6(it), RecordType::AAAA) => Some(RData::AAAA(AAAA(it))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(names: &Names, name: &str, wanted: RecordType, transport: Transport) -> Option<Message> {
        let mut question = Message::query();
        let query = Query::query(Name::from_ascii(name).unwrap(), wanted);
        question.add_query(query.clone());
        let asked = name.trim_end_matches('.').to_lowercase();
        reply(&question, &query, &asked, names, transport)
    }

    #[test]
    fn a_name_of_the_vpc_has_an_ipv4_address_and_no_other() {
        let names = Names::of_the_vpc();
        let a = ask(&names, "STS.us-west-2.amazonaws.com.", RecordType::A, Transport::Udp).unwrap();
        assert_eq!(a.answers[0].data, RData::A(A::new(10, 0, 3, 11)));
        let aaaa = ask(&names, "sts.us-west-2.amazonaws.com.", RecordType::AAAA, Transport::Udp);
        let aaaa = aaaa.unwrap();
        assert_eq!(aaaa.metadata.response_code, ResponseCode::NoError);
        assert!(aaaa.answers.is_empty());
        let none = ask(&names, "oidc.eks.us-west-2.amazonaws.com.", RecordType::A, Transport::Udp);
        assert_eq!(none.unwrap().metadata.response_code, ResponseCode::NXDomain);
    }

    #[test]
    fn a_truncated_name_is_answered_over_tcp() {
        let mut names = Names::of_the_vpc();
        names.faults.push(("amazonaws.com".to_owned(), NameFault::Truncated));
        let ask = |transport| ask(&names, "sts.amazonaws.com.", RecordType::A, transport).unwrap();
        let udp = ask(Transport::Udp);
        assert!(udp.metadata.truncation && udp.answers.is_empty());
        let tcp = ask(Transport::Tcp);
        assert!(!tcp.metadata.truncation && tcp.answers.len() == 1);
    }
}
