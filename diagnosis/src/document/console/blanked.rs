//! A log on its way to whoever looks for errors in it, without the lines of our own blocks: what they
//! quote is no second proof, and a broken block proves nothing. No line moves.

use std::io::{self, Read};

use memchr::{memchr_iter, memmem, memrchr};

use super::{Console, Reader};
use crate::console::MARK;
use crate::document::paste::Broken;

const BLOCK: usize = 64 << 10;

/// Reads on to the end of what it was given.
pub struct Blanked<R> {
    input: R,
    reader: Reader,
    /// Read, and not yet looked at: mostly the begin of a line.
    rest: Vec<u8>,
    ready: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Blanked<R> {
    pub fn new(input: R) -> Self {
        let (rest, ready) = (Vec::new(), Vec::new());
        Self { input, reader: Reader::default(), rest, ready, given: 0, ended: false }
    }

    /// What was found, once all was read.
    pub fn finish(self) -> Option<Result<Console, Broken>> {
        self.reader.finish()
    }

    fn fill(&mut self) -> io::Result<()> {
        let begin = self.rest.len();
        self.rest.resize(begin + BLOCK, 0);
        let read = self.input.read(&mut self.rest[begin..]);
        self.rest.truncate(begin + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        let end = match memrchr(b'\n', &self.rest) {
            _ if self.ended => self.rest.len(),
            Some(at) => at + 1,
            // Nobody's line is so long.
            None if self.rest.len() >= BLOCK => self.rest.len(),
            None => return Ok(()),
        };
        self.ready.clear();
        self.given = 0;
        let part = &self.rest[..end];
        if !self.reader.waits() && memmem::find(part, MARK.as_bytes()).is_none() {
            self.reader.skip(memchr_iter(b'\n', part).count() as u64);
            self.ready.extend(part);
        } else {
            for line in part.split_inclusive(|it| *it == b'\n') {
                let text = String::from_utf8_lossy(line);
                let left = self.reader.line(&text);
                let bare = text.trim_end_matches(['\r', '\n']);
                if left.len() == bare.len() {
                    self.ready.extend(line);
                } else {
                    self.ready.extend(left.as_bytes());
                    self.ready.extend(line.ends_with(b"\n").then_some(b'\n'));
                }
            }
        }
        self.rest.drain(..end);
        Ok(())
    }
}

impl<R: Read> Read for Blanked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() && !self.ended {
            self.fill()?;
        }
        let count = into.len().min(self.ready.len() - self.given);
        into[..count].copy_from_slice(&self.ready[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}
