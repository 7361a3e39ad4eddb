//! The block that `check --console` printed, found in what a console holds: between, behind and in
//! the middle of lines of others, once or at every boot. The last one counts. One that is not whole
//! is an error with its line, never half a verdict.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::paste::Broken;
use crate::console::{BEGIN, END, MARK, PART, TEXT, checksum, stamp};
use crate::facts::Facts;

mod base;
mod blanked;

pub use base::{LIMIT, encoded, may_be_encoded};
pub use blanked::Blanked;

/// Of the facts; a block holds a fraction of it.
const UNPACKED: usize = 1 << 20;

/// What a console said of a node.
#[derive(Debug)]
pub struct Console {
    pub facts: Box<Facts>,
    /// Which of how many blocks, and when it was printed.
    pub which: String,
}

/// Takes the lines of a console one after the other.
#[derive(Debug, Default)]
pub struct Reader {
    line: u64,
    /// The begin of a line of ours that the kernel spoke into.
    cut: String,
    open: Option<Block>,
    /// The last one that ended, whole or not, and how many there were.
    last: Option<Result<Block, Broken>>,
    count: usize,
}

#[derive(Debug)]
struct Block {
    line: u64,
    header: String,
    at: String,
    bytes: usize,
    crc: u32,
    parts: Vec<String>,
}

enum Said<'a> {
    Begin(&'a str),
    Text,
    Part(usize, &'a str),
    End(&'a str),
}

impl Reader {
    /// Whether something began that a later line may end.
    pub fn waits(&self) -> bool {
        self.open.is_some() || !self.cut.is_empty()
    }

    /// Skips lines that hold nothing of ours.
    pub fn skip(&mut self, lines: u64) {
        self.line += lines;
    }

    /// The part of the line that is not ours, which is mostly all of it.
    pub fn line<'a>(&mut self, text: &'a str) -> &'a str {
        self.line += 1;
        let text = text.trim_end_matches(['\r', '\n']);
        if said(text).is_some() && !self.cut.is_empty() {
            self.hear();
        }
        let cut = stamp(text).filter(|at| said(&text[*at..]).is_none());
        let own = &text[..cut.unwrap_or(text.len())];
        if self.cut.is_empty() && !is_ours(own, self.open.is_some() && cut.is_some()) {
            return text;
        }
        // The kernel's own line, in the middle of ours.
        if own.is_empty() && cut.is_some() {
            return text;
        }
        self.cut.push_str(own);
        if cut.is_some() && self.cut.len() < 4 * PART {
            return &text[own.len()..];
        }
        let ours = said(&self.cut).is_some();
        self.hear();
        if ours { &text[own.len()..] } else { text }
    }

    fn hear(&mut self) {
        let line = std::mem::take(&mut self.cut);
        match said(&line) {
            Some(Said::Begin(rest)) => self.begin(rest),
            Some(Said::Part(index, data)) => self.part(index, data),
            Some(Said::End(rest)) => self.end(rest),
            Some(Said::Text) | None => {}
        }
    }

    fn begin(&mut self, header: &str) {
        let header = header.trim();
        if self.open.as_ref().is_some_and(|it| it.header == header) {
            return;
        }
        self.give_up("another one begins");
        let Some(block) = Block::new(self.line, header) else {
            self.ended(Err(broken(self.line, "the first line of the block is cut")));
            return;
        };
        self.open = Some(block);
    }

    fn part(&mut self, index: usize, data: &str) {
        let known = |it: &Block| it.parts.get(index).is_some_and(|it| data.starts_with(&**it));
        let Some(open) = &mut self.open else {
            // Of the copy that another program printed at the same time.
            if !matches!(&self.last, Some(Ok(it)) if known(it)) {
                self.ended(Err(broken(self.line, "a part of a block whose begin is missing")));
            }
            return;
        };
        if known(open) {
            return;
        }
        let wanted = open.parts.len();
        let length = (open.bytes.div_ceil(3) * 4).saturating_sub(wanted * PART).min(PART);
        let why = match data.get(..length) {
            Some(part) if index == wanted && length > 0 => {
                open.parts.push(part.to_owned());
                return;
            }
            None if index == wanted => format!("part {index:02} of the block is cut"),
            _ => format!("part {index:02} of the block, where {wanted:02} should be"),
        };
        let open = self.open.take();
        self.failed(open.as_ref(), broken(self.line, &why));
    }

    fn end(&mut self, rest: &str) {
        let crc = rest.get(..8).and_then(|it| u32::from_str_radix(it, 16).ok());
        let Some(open) = self.open.take() else {
            let known = matches!(&self.last, Some(Ok(it)) if Some(it.crc) == crc);
            // What broke was told where it broke.
            if !known && !matches!(self.last, Some(Err(_))) {
                self.ended(Err(broken(self.line, "the end of a block whose begin is missing")));
            }
            return;
        };
        let whole = open.bytes > 0 && open.parts.concat().len() == open.bytes.div_ceil(3) * 4;
        let why = match crc {
            Some(crc) if whole && crc == open.crc => return self.ended(Ok(open)),
            Some(_) if open.bytes == 0 => "the block holds no facts: they had no room",
            Some(_) if !whole => "the block lacks its last parts",
            Some(_) => "the block ends with another checksum than it began with",
            None => "the last line of the block is cut",
        };
        let why = broken(self.line, why);
        self.failed(Some(&open), why);
    }

    fn give_up(&mut self, why: &str) {
        if let Some(open) = self.open.take() {
            let why = format!("the block that begins here has no end: {why}");
            let why = broken(open.line, &why);
            self.failed(Some(&open), why);
        }
    }

    /// A copy of one that is whole takes nothing from it.
    fn failed(&mut self, open: Option<&Block>, why: Broken) {
        let copy = match (&self.last, open) {
            (Some(Ok(whole)), Some(open)) => whole.header == open.header,
            _ => false,
        };
        if !copy {
            self.ended(Err(why));
        }
    }

    fn ended(&mut self, block: Result<Block, Broken>) {
        let again = match (&self.last, &block) {
            (Some(Ok(known)), Ok(new)) => known.header == new.header,
            // The parts of one block that broke break one by one.
            (Some(Err(_)), Err(_)) => true,
            _ => false,
        };
        self.count += usize::from(!again);
        self.last = Some(block);
    }

    /// `None` where nobody printed a block.
    pub fn finish(mut self) -> Option<Result<Console, Broken>> {
        self.hear();
        self.give_up("the text ends before");
        let count = self.count;
        Some(self.last?.and_then(|it| it.console(count)))
    }
}

impl Block {
    fn new(line: u64, header: &str) -> Option<Self> {
        let words: Vec<&str> = header.split(' ').collect();
        let [at, "bytes", bytes, "crc", crc] = words[..] else { return None };
        let crc = u32::from_str_radix(crc, 16).ok().filter(|_| crc.len() == 8)?;
        let bytes = bytes.parse().ok().filter(|it| *it < 4096)?;
        let (header, at) = (header.to_owned(), at.to_owned());
        Some(Self { line, header, at, bytes, crc, parts: Vec::new() })
    }

    fn console(self, count: usize) -> Result<Console, Broken> {
        let not = |why: &str| broken(self.line, why);
        let packed = STANDARD.decode(self.parts.concat());
        let packed = packed.map_err(|_| not("the block is no base64"))?;
        if packed.len() != self.bytes || checksum(&packed) != self.crc {
            return Err(not("the block was changed on its way: its checksum does not hold"));
        }
        let facts = decompress_to_vec_with_limit(&packed, UNPACKED)
            .map_err(|_| not("the block cannot be unpacked"))?;
        let facts = serde_json::from_slice(&facts);
        let facts = facts.map_err(|error| not(&format!("of another version: {error}")))?;
        let last =
            if count > 1 { format!("the last of {count} blocks") } else { "block".to_owned() };
        let which = format!("{last} of a console, printed {}, line {}", self.at, self.line);
        Ok(Console { facts, which })
    }
}

/// The block of a whole text.
pub fn find(text: &str) -> Option<Result<Console, Broken>> {
    memmem::find(text.as_bytes(), MARK.as_bytes())?;
    let mut reader = Reader::default();
    for line in text.lines() {
        reader.line(line);
    }
    reader.finish()
}

fn said(line: &str) -> Option<Said<'_>> {
    line.match_indices(MARK).find_map(|(at, _)| {
        let rest = &line[at + MARK.len()..];
        if let Some(rest) = rest.strip_prefix(BEGIN) {
            return Some(Said::Begin(rest));
        }
        if let Some(rest) = rest.strip_prefix(END) {
            return Some(Said::End(rest));
        }
        if rest.starts_with(TEXT) {
            return Some(Said::Text);
        }
        let (index, data) = rest.split_once(": ").filter(|(it, _)| it.len() == 2)?;
        Some(Said::Part(index.parse().ok()?, data))
    })
}

/// Whether it is one of ours, or may be the begin of one where even the mark is cut.
fn is_ours(line: &str, cut: bool) -> bool {
    line.contains(MARK) || (cut && (1..MARK.len()).any(|it| line.ends_with(&MARK[..it])))
}

fn broken(line: u64, why: &str) -> Broken {
    Broken { line: Some(line), why: why.to_owned() }
}

#[cfg(test)]
mod tests;
