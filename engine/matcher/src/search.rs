//! A pattern and its matches in a text, from left to right and apart, as `re.finditer` gives them.

use crate::compile::{compile, Inst, Program};
use crate::run::{Exhausted, Machine, Room, Subject, UNSET};
use crate::tree::{Fault, Tree};
use memchr::memmem::Finder;
use memchr::{memchr, memchr2, memchr3};
use serde_json::Value;

/// How many steps a search may take beyond those that the length of its text gives it.
const STEPS: u64 = 2_000_000;
const STEPS_A_BYTE: u64 = 2_000;

fn steps(bytes: usize) -> u64 {
    STEPS + STEPS_A_BYTE * bytes as u64
}

/// A compiled pattern.
#[derive(Debug)]
pub struct Pattern {
    program: Program,
    begin: Begin,
}

/// How the places at which a match may begin are found.
#[derive(Debug)]
enum Begin {
    Anywhere,
    Bytes([u8; 3], usize),
    /// Boxed, for it is aligned more strictly than Python lays out what it owns.
    Text(Box<Finder<'static>>),
    Table(Box<[bool; 256]>),
}

/// What a match is made of: begin and end of each group in bytes, the whole match being group 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captures(Vec<usize>);

impl Captures {
    /// Returns begin and end of a group, None where it took no part.
    pub fn group(&self, number: usize) -> Option<(usize, usize)> {
        let (start, end) = (*self.0.get(2 * number)?, *self.0.get(2 * number + 1)?);
        (start != UNSET && end != UNSET).then_some((start, end))
    }

    /// Returns what a group took of a text.
    pub fn text<'t>(&self, number: usize, text: &'t str) -> Option<&'t str> {
        self.group(number).map(|(start, end)| &text[start..end])
    }
}

impl Pattern {
    /// Compiles a tree that was handed over as JSON.
    pub fn of(value: &Value) -> Result<Self, Fault> {
        let program = compile(Tree::of(value)?)?;
        let begin = begin(&program);
        Ok(Self { program, begin })
    }

    /// Returns how many groups the pattern has.
    pub fn groups(&self) -> usize {
        self.program.groups
    }

    /// Returns the matches in the part [start, end) of a text in UTF-8; what stands before it is seen.
    ///
    /// The ends must stand between characters.
    pub fn matches<'p, 't, 'r>(
        &'p self,
        text: &'t str,
        start: usize,
        end: usize,
        room: &'r mut Room,
    ) -> Matches<'p, 't, 'r> {
        let end = end.min(text.len());
        room.steps = steps(end.saturating_sub(start));
        Matches { pattern: self, text, at: start, end, must_advance: false, room }
    }

    /// Returns the first match at or behind a place.
    pub fn search(
        &self,
        text: &str,
        start: usize,
        end: usize,
        room: &mut Room,
    ) -> Result<Option<Captures>, Exhausted> {
        self.matches(text, start, end, room).next().transpose()
    }

    /// Tells whether the pattern matches right at a place, as `re.match` does.
    pub fn begins(&self, text: &str, at: usize, end: usize, room: &mut Room) -> Result<bool, Exhausted> {
        room.steps = steps(end.saturating_sub(at));
        room.prepare(&self.program);
        let subject = Subject { text: text.as_bytes(), end };
        Machine { program: &self.program, subject, room }.matches(at, false)
    }

    fn find(
        &self,
        subject: Subject<'_>,
        from: usize,
        must_advance: bool,
        room: &mut Room,
    ) -> Result<bool, Exhausted> {
        room.prepare(&self.program);
        let mut machine = Machine { program: &self.program, subject, room };
        let mut from = from;
        let mut must_advance = must_advance;
        while let Some(at) = self.begin.next(subject, from) {
            if machine.matches(at, must_advance && at == from)? {
                return Ok(true);
            }
            must_advance = false;
            if at >= subject.end {
                break;
            }
            from = at + 1;
            while from < subject.end && subject.text[from] & 0xC0 == 0x80 {
                from += 1;
            }
        }
        Ok(false)
    }
}

impl Begin {
    #[inline]
    fn next(&self, subject: Subject<'_>, from: usize) -> Option<usize> {
        let Subject { text, end } = subject;
        if from > end {
            return None;
        }
        let rest = &text[from..end];
        match self {
            Self::Anywhere => return Some(from),
            Self::Text(finder) => finder.find(rest),
            Self::Bytes([one, ..], 1) => memchr(*one, rest),
            Self::Bytes([one, two, _], 2) => memchr2(*one, *two, rest),
            Self::Bytes([one, two, three], _) => memchr3(*one, *two, *three, rest),
            Self::Table(table) => rest.iter().position(|&byte| table[usize::from(byte)]),
        }
        .map(|at| from + at)
    }
}

fn begin(program: &Program) -> Begin {
    if program.first.may_be_empty {
        return Begin::Anywhere;
    }
    let opening =
        program.code.iter().find(|one| !matches!(one, Inst::Beside { .. } | Inst::At(_) | Inst::Save(_)));
    if let Some(Inst::Text(text)) = opening {
        return Begin::Text(Box::new(Finder::new(text).into_owned()));
    }
    let bytes: Vec<u8> = program.first.bytes.iter().collect();
    match bytes.as_slice() {
        [] | [_, _, _, _, ..] => {
            let mut table = Box::new([false; 256]);
            bytes.iter().for_each(|&byte| table[usize::from(byte)] = true);
            Begin::Table(table)
        }
        few => {
            let mut three = [few[0]; 3];
            three[..few.len()].copy_from_slice(few);
            Begin::Bytes(three, few.len())
        }
    }
}

/// The matches of a pattern in a text.
pub struct Matches<'p, 't, 'r> {
    pattern: &'p Pattern,
    text: &'t str,
    at: usize,
    end: usize,
    must_advance: bool,
    room: &'r mut Room,
}

impl Iterator for Matches<'_, '_, '_> {
    type Item = Result<Captures, Exhausted>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at > self.end {
            return None;
        }
        let subject = Subject { text: self.text.as_bytes(), end: self.end };
        match self.pattern.find(subject, self.at, self.must_advance, self.room) {
            Ok(true) => {
                let (start, end) = (self.room.slots[0], self.room.slots[1]);
                self.must_advance = start == end;
                self.at = end;
                Some(Ok(Captures(self.room.slots.clone())))
            }
            Ok(false) => {
                self.at = self.end + 1;
                None
            }
            Err(exhausted) => {
                self.at = self.end + 1;
                Some(Err(exhausted))
            }
        }
    }
}
