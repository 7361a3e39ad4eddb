//! gzip (RFC 1952) around deflate. What unfolds into more than its limit is refused, not read.

const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

const HEADER_CRC: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;

pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

pub(super) fn unfold(bytes: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    let broken = || "it begins as gzip, but cannot be unfolded".to_owned();
    let deflated = body(bytes).ok_or_else(broken)?;
    let inner = miniz_oxide::inflate::decompress_to_vec_with_limit(deflated, limit);
    inner.map_err(|error| match error.status {
        miniz_oxide::inflate::TINFLStatus::HasMoreOutput => {
            format!("it unfolds into more than {limit} bytes")
        }
        _ => broken(),
    })
}

/// Behind the fixed header of ten bytes and the fields that its flags announce.
fn body(bytes: &[u8]) -> Option<&[u8]> {
    let flags = *bytes.get(3)?;
    let mut rest = bytes.get(10..)?;
    if flags & EXTRA != 0 {
        let (length, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|it| *it == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & HEADER_CRC != 0 { rest.get(2..) } else { Some(rest) }
}
