//! Which matches of a pattern are candidates: perhaps only those near which one of several signs stands.

use crate::matcher::{read, refused};
use logveil_matcher::{Captures, Exhausted, Pattern, Room};
use memchr::memmem::Finder;
use pyo3::prelude::*;

pub struct Candidates {
    value: usize,
    quote: usize,
    /// How far before and behind a match a sign may stand; 0 where none needs to.
    reach: usize,
    /// Matches where a candidate begins that needs none.
    free: Pattern,
    signs: Vec<Finder<'static>>,
}

/// What Python hands over: numbers of groups, a program in JSON, and signs in lower case.
#[derive(FromPyObject)]
pub struct StatedCandidates {
    value: usize,
    quote: usize,
    reach: usize,
    free: String,
    signs: Vec<String>,
}

impl StatedCandidates {
    /// Compiles it for a pattern with so many groups.
    pub fn compile(self, groups: usize) -> PyResult<Candidates> {
        if self.value > groups || self.quote > groups {
            return Err(refused("a group that is not there"));
        }
        Ok(Candidates {
            value: self.value,
            quote: self.quote,
            reach: self.reach,
            free: Pattern::of(&read(&self.free)?).map_err(refused)?,
            signs: self.signs.iter().map(|sign| Finder::new(sign.as_bytes()).into_owned()).collect(),
        })
    }
}

impl Candidates {
    /// Returns where candidates begin in the part [start, end) of a text; None if it is not of ASCII. The next one may
    /// begin with the value of the one before.
    pub fn places(
        &self,
        pattern: &Pattern,
        text: &str,
        start: usize,
        end: usize,
        rooms: &mut [Room; 2],
    ) -> Result<Option<Vec<usize>>, Exhausted> {
        if !text.is_ascii() {
            return Ok(None);
        }
        let [room, asked] = rooms;
        let mut places = Vec::new();
        let mut at = start;
        while let Some(found) = pattern.search(text, at, end, room)? {
            let (Some((begin, _)), Some(value)) = (found.group(0), found.group(self.value)) else { break };
            if self.reach == 0
                || self.free.begins(text, begin, text.len(), asked)?
                || self.is_near(text.as_bytes(), &found, value)
            {
                places.push(begin);
            }
            at = value.0.max(begin + 1);
        }
        Ok(Some(places))
    }

    /// Tells whether a sign stands within reach before or behind a candidate, in its line.
    fn is_near(&self, text: &[u8], found: &Captures, value: (usize, usize)) -> bool {
        let start = found.group(self.quote).filter(|(start, end)| start < end).unwrap_or(value).0;
        let end = (value.1 + 1).min(text.len());
        let before = &text[start.saturating_sub(self.reach)..start];
        let behind = &text[end..(end + self.reach).min(text.len())];
        let line = memchr::memrchr(b'\n', before).map_or(before, |at| &before[at + 1..]);
        let rest = memchr::memchr(b'\n', behind).map_or(behind, |at| &behind[..at]);
        let around = [line, b"\0", rest].concat().to_ascii_lowercase();
        self.signs.iter().any(|sign| sign.find(&around).is_some())
    }
}
