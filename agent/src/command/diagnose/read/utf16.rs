//! What PowerShell makes of `>`.

/// How many units tell that every other byte is empty.
const ENOUGH: usize = 4;

pub(super) fn decoded(bytes: &[u8]) -> Option<String> {
    let (little, rest) = match bytes {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] => (false, rest),
        // Without its mark, as far as ASCII can tell.
        all if half(all, 1) => (true, all),
        all if half(all, 0) => (false, all),
        _ => return None,
    };
    let unit =
        |it: &[u8; 2]| if little { u16::from_le_bytes(*it) } else { u16::from_be_bytes(*it) };
    let units: Vec<u16> = rest.as_chunks::<2>().0.iter().map(unit).collect();
    Some(String::from_utf16_lossy(&units))
}

/// Whether the first units are ASCII with this byte of each empty.
fn half(bytes: &[u8], empty: usize) -> bool {
    let head: Vec<&[u8; 2]> = bytes.as_chunks::<2>().0.iter().take(ENOUGH).collect();
    let ascii = |it: &&[u8; 2]| it[empty] == 0 && matches!(it[1 - empty], b'\t'..=b'~');
    head.len() == ENOUGH && head.iter().all(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_are_read_with_and_without_a_mark() {
        let little: Vec<u8> = "kind: é".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "kind: é".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = [&[0xff, 0xfe], &little[..]].concat();
        for bytes in [&little, &big, &marked] {
            assert_eq!(decoded(bytes).as_deref(), Some("kind: é"));
        }
        for other in [&b"kind: Pod"[..], b"\x7fELF\0\0\0\0\0\0", b"", b"k\0"] {
            assert_eq!(decoded(other), None);
        }
    }
}
