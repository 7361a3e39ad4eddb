//! The block that a node prints to its console: what its writer and its reader agree on.
//!
//! A serial console loses, cuts and mixes lines. So each line says whose it is, what is to be decoded
//! stands in numbered parts of one length, and a checksum is over all of it. Every character is
//! printable ASCII, and no line is wider than the narrowest console.

/// Of the block, with the line ends as a terminal sends them.
pub(crate) const LIMIT: usize = 4096;

/// Every line of a block begins with it.
pub(crate) const MARK: &str = "eks-triage ";

/// What follows the mark in the first and the last line.
pub(crate) const BEGIN: &str = "=== block 1 begin ";
pub(crate) const END: &str = "=== block 1 end ";

/// What follows the mark in a line for people.
pub(crate) const TEXT: &str = "| ";

/// Of the console, one less: some wrap at the last.
pub(crate) const WIDTH: usize = 79;

/// Characters of base64 in a part; only the last has fewer.
pub(crate) const PART: usize = 64;

/// CRC-32 as in zip files and Ethernet.
pub(crate) fn checksum(bytes: &[u8]) -> u32 {
    let bit = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1));
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), bit))
}

/// Where a message of the kernel begins, as in `[   12.345678] `.
pub(crate) fn stamp(text: &str) -> Option<usize> {
    text.match_indices('[').map(|(at, _)| at).find(|at| is_stamp(&text[at + 1..]))
}

fn is_stamp(text: &str) -> bool {
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let Some((stamp, rest)) = text.split_once(']') else { return false };
    let Some((seconds, parts)) = stamp.trim_start_matches(' ').split_once('.') else {
        return false;
    };
    rest.starts_with(' ') && digits(seconds) && digits(parts) && parts.len() == 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_that_others_compute() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
        assert_eq!(checksum(b""), 0);
    }

    #[test]
    fn a_message_of_the_kernel_is_known_by_its_stamp() {
        assert_eq!(stamp("abc[   12.345678] eth0: up"), Some(3));
        assert_eq!(stamp("[    0.000000] Linux"), Some(0));
        for other in ["[  OK  ] Started", "a[1]: [2.5] x", "[12.345678]x", "[x.345678] "] {
            assert_eq!(stamp(other), None, "{other}");
        }
    }
}
