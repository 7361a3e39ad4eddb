//! What chrony says of the clock, at its monitoring port on loopback, which takes no rights.
//!
//! The layout is that of chrony's `candm.h`, protocol version 6, as facebook/time ntp/chrony
//! packet.go reads it. It is asked for one thing, `tracking`, which changes nothing.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use diagnosis::facts::{Observed, Source, TimeSource};
use reach::Net;
use tokio::time::Instant;

use super::ask::{self, Found, Missed, observed};

const CHRONY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 323);

const PLACE: &str = "chrony tracking, 127.0.0.1:323";

/// It is on this machine.
const LIMIT: Duration = Duration::from_millis(500);

/// Of request and answer alike: a shorter request gets none.
const LENGTH: usize = 104;

const VERSION: u8 = 6;
const TRACKING: u16 = 33;
const TRACKING_ANSWER: u16 = 5;
const REQUEST: u8 = 1;
const ANSWER: u8 = 2;
/// Ties the answer to the question, which is all that it is for on loopback.
const SEQUENCE: u32 = 0x656b_7374;
const UNSYNCHRONISED: u16 = 3;

pub(super) async fn look(net: &Net, deadline: Instant) -> Observed<TimeSource> {
    let answer = net.ask_udp(CHRONY, &question(), LENGTH, ask::within(LIMIT, deadline)).await;
    observed(match answer {
        Ok(answer) => read(&answer),
        Err(error) => Err(Missed::new(PLACE, error.to_string())),
    })
}

fn question() -> [u8; LENGTH] {
    let mut question = [0; LENGTH];
    question[0] = VERSION;
    question[1] = REQUEST;
    question[4..6].copy_from_slice(&TRACKING.to_be_bytes());
    question[8..12].copy_from_slice(&SEQUENCE.to_be_bytes());
    question
}

fn read(answer: &[u8]) -> Found<TimeSource> {
    let Some(time) = tracking(answer) else {
        return Err(Missed::new(PLACE, "the answer is not chrony's"));
    };
    let state = if time.synchronized == Some(true) { "synchronised" } else { "not synchronised" };
    let followed = time.reference.as_deref().unwrap_or("nothing");
    let off = time.offset_millis.unwrap_or_default();
    let text = format!("follows {followed}, {state}, this clock {off} ms ahead of it");
    Ok((time, Source::new(PLACE, reach::now(), text)))
}

fn tracking(answer: &[u8]) -> Option<TimeSource> {
    let short = |at: usize| Some(u16::from_be_bytes(answer.get(at..at + 2)?.try_into().ok()?));
    let word = |at: usize| Some(u32::from_be_bytes(answer.get(at..at + 4)?.try_into().ok()?));
    let head = (*answer.first()?, *answer.get(1)?, short(4)?, short(6)?, short(8)?, word(16)?);
    if head != (VERSION, ANSWER, TRACKING, TRACKING_ANSWER, 0, SEQUENCE) {
        return None;
    }
    let address: [u8; 16] = answer.get(32..48)?.try_into().ok()?;
    let reference = match short(48)? {
        1 => Some(Ipv4Addr::from([address[0], address[1], address[2], address[3]]).into()),
        2 => Some(IpAddr::from(address)),
        // A reference clock of the machine itself, such as its hypervisor's.
        _ => None,
    };
    let synchronized = short(54)? != UNSYNCHRONISED;
    // What the clock still lacks, so that it is ahead where this is negative.
    let correction = float(word(68)?);
    Some(TimeSource {
        synchronized: Some(synchronized),
        reference: reference.filter(|it: &IpAddr| !it.is_unspecified()).map(|it| it.to_string()),
        offset_millis: Some(millis(-correction)),
    })
}

/// Seven bits of exponent and twenty-five of coefficient, both signed.
fn float(bits: u32) -> f64 {
    let exponent = i32::from_be_bytes(bits.to_be_bytes()) >> 25;
    let coefficient = i32::from_be_bytes((bits << 7).to_be_bytes()) >> 7;
    f64::from(coefficient) * 2_f64.powi(exponent - 25)
}

#[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
fn millis(seconds: f64) -> i64 {
    (seconds * 1000.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(reference: [u8; 4], leap: u16, correction: u32) -> Vec<u8> {
        let mut answer = vec![0; LENGTH];
        (answer[0], answer[1]) = (VERSION, ANSWER);
        answer[4..6].copy_from_slice(&TRACKING.to_be_bytes());
        answer[6..8].copy_from_slice(&TRACKING_ANSWER.to_be_bytes());
        answer[16..20].copy_from_slice(&SEQUENCE.to_be_bytes());
        answer[32..36].copy_from_slice(&reference);
        answer[48..50].copy_from_slice(&1_u16.to_be_bytes());
        answer[54..56].copy_from_slice(&leap.to_be_bytes());
        answer[68..72].copy_from_slice(&correction.to_be_bytes());
        answer
    }

    /// `1.5`, as chrony writes it: a coefficient of 24 bits, and what it was divided by.
    const ONE_AND_A_HALF: u32 = (2 << 25) | (3 << 22);

    #[test]
    fn what_chrony_follows_and_how_far_off_it_is() {
        let read = tracking(&answer([169, 254, 169, 123], 0, ONE_AND_A_HALF)).unwrap();
        assert_eq!(read.reference.as_deref(), Some("169.254.169.123"));
        assert_eq!((read.synchronized, read.offset_millis), (Some(true), Some(-1500)));
        let lost = tracking(&answer([0; 4], UNSYNCHRONISED, 0)).unwrap();
        assert_eq!((lost.synchronized, lost.reference), (Some(false), None));
    }

    #[test]
    fn a_negative_number_is_read_with_its_sign() {
        let negative = (2 << 25) | (0x01ff_ffff & (!(3_u32 << 22) + 1));
        assert!((float(ONE_AND_A_HALF) - 1.5).abs() < 1e-9);
        assert!((float(negative) + 1.5).abs() < 1e-9);
        assert!(float(0).abs() < 1e-9);
    }

    #[test]
    fn what_is_not_chrony_s_answer_is_none() {
        let good = answer([10, 0, 0, 1], 0, 0);
        assert!(tracking(&good).is_some());
        for at in [0, 1, 5, 7, 9, 19] {
            let mut bad = good.clone();
            bad[at] ^= 0x40;
            assert!(tracking(&bad).is_none(), "{at}");
        }
        assert!(tracking(&good[..60]).is_none() && tracking(&[]).is_none());
    }
}
