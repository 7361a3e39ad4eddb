//! chrony's monitoring port, which knows one question.

use std::sync::Arc;

use tokio::net::UdpSocket;

use crate::config::Chrony;
use crate::server::Shared;

const LENGTH: usize = 104;
const TRACKING: [u8; 2] = [0, 33];
const TRACKING_ANSWER: u8 = 5;
const UNSYNCHRONISED: u8 = 3;
const IPV4: u8 = 1;

pub(crate) async fn serve(socket: UdpSocket, shared: Arc<Shared>) {
    let mut question = [0; 512];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut question).await else { continue };
        let chrony = shared.config().chrony;
        if let Some(answer) = chrony.and_then(|it| answer(&question[..length], it)) {
            // Who asked may be gone by now.
            let _ = socket.send_to(&answer, from).await;
        }
    }
}

/// A question that is shorter than its answer gets none.
fn answer(question: &[u8], chrony: Chrony) -> Option<[u8; LENGTH]> {
    if question.len() < LENGTH || question[..2] != [6, 1] || question[4..6] != TRACKING {
        return None;
    }
    let mut answer = [0; LENGTH];
    answer[..2].copy_from_slice(&[6, 2]);
    answer[4..6].copy_from_slice(&TRACKING);
    answer[7] = TRACKING_ANSWER;
    answer[16..20].copy_from_slice(&question[8..12]);
    answer[32..36].copy_from_slice(&chrony.follows.octets());
    answer[49] = IPV4;
    answer[55] = if chrony.synchronised { 0 } else { UNSYNCHRONISED };
    Some(answer)
}
