//! The parse tree of a pattern, as Python hands it over in JSON.

use crate::sets::Set;
use serde_json::Value;
use std::fmt;

/// Says what of a handed over tree is not understood.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault(pub &'static str);

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the tree of a pattern is not understood: {}", self.0)
    }
}

impl std::error::Error for Fault {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Greedy,
    Lazy,
    Possessive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    TextStart,
    LineStart,
    TextEnd,
    /// At the end, or before a line feed that is the last character.
    LastLineEnd,
    LineEnd,
    /// Between a character of the class and one that is none.
    Boundary(usize),
    NoBoundary(usize),
}

#[derive(Clone, Debug)]
pub enum Node {
    Literal(String),
    One(usize),
    Sequence(Vec<Node>),
    Either(Vec<Node>),
    Repeat {
        mode: Mode,
        least: u32,
        most: u32,
        part: Box<Node>,
    },
    Group {
        number: usize,
        part: Box<Node>,
    },
    Look {
        behind: u32,
        ahead: bool,
        negated: bool,
        part: Box<Node>,
    },
    Atomic(Box<Node>),
    At(At),
    /// What a group matched, perhaps with ASCII letters of the other case.
    Same {
        group: usize,
        any_case: bool,
    },
    If {
        group: usize,
        yes: Box<Node>,
        no: Box<Node>,
    },
}

/// What stands for no bound.
pub const UNBOUNDED: u32 = u32::MAX;

/// A pattern as it was handed over.
#[derive(Debug)]
pub struct Tree {
    pub groups: usize,
    pub sets: Vec<Set>,
    pub root: Node,
}

impl Tree {
    /// Reads `{"groups": n, "sets": [[[first, last], …], …], "root": node}`.
    pub fn of(value: &Value) -> Result<Self, Fault> {
        let groups = number(&value["groups"])? as usize;
        let sets = list(&value["sets"])?.iter().map(set).collect::<Result<Vec<_>, _>>()?;
        let reader = Reader { groups, sets: sets.len() };
        let root = reader.node(&value["root"])?;
        Ok(Self { groups, sets, root })
    }
}

struct Reader {
    groups: usize,
    sets: usize,
}

impl Reader {
    fn node(&self, value: &Value) -> Result<Node, Fault> {
        let parts = list(value)?;
        let at = |index: usize| parts.get(index).ok_or(Fault("a node is too short"));
        let boxed = |index: usize| Ok::<_, Fault>(Box::new(self.node(at(index)?)?));
        Ok(match at(0)?.as_str() {
            Some("text") => Node::Literal(at(1)?.as_str().ok_or(Fault("a literal is no text"))?.to_owned()),
            Some("one") => Node::One(self.set(at(1)?)?),
            Some("all") => Node::Sequence(self.nodes(&parts[1..])?),
            Some("any") => Node::Either(self.nodes(&parts[1..])?),
            Some("repeat") => {
                let mode = match at(1)?.as_str() {
                    Some("greedy") => Mode::Greedy,
                    Some("lazy") => Mode::Lazy,
                    Some("possessive") => Mode::Possessive,
                    _ => return Err(Fault("a repeat of no known mode")),
                };
                let most = if at(3)?.is_null() { UNBOUNDED } else { number(at(3)?)? };
                Node::Repeat { mode, least: number(at(2)?)?, most, part: boxed(4)? }
            }
            Some("group") => Node::Group { number: self.group(at(1)?)?, part: boxed(2)? },
            Some("look") => Node::Look {
                ahead: at(1)?.as_str() == Some("ahead"),
                negated: at(2)?.as_bool().ok_or(Fault("a look that is neither"))?,
                behind: number(at(3)?)?,
                part: boxed(4)?,
            },
            Some("atomic") => Node::Atomic(boxed(1)?),
            Some("at") => Node::At(self.place(parts)?),
            Some("same") => {
                Node::Same { group: self.group(at(1)?)?, any_case: at(2)?.as_bool() == Some(true) }
            }
            Some("if") => Node::If { group: self.group(at(1)?)?, yes: boxed(2)?, no: boxed(3)? },
            _ => return Err(Fault("a node of no known kind")),
        })
    }

    fn nodes(&self, values: &[Value]) -> Result<Vec<Node>, Fault> {
        values.iter().map(|value| self.node(value)).collect()
    }

    fn place(&self, parts: &[Value]) -> Result<At, Fault> {
        let class = || self.set(parts.get(2).ok_or(Fault("a boundary of no class"))?);
        Ok(match parts.get(1).and_then(Value::as_str) {
            Some("text_start") => At::TextStart,
            Some("line_start") => At::LineStart,
            Some("text_end") => At::TextEnd,
            Some("last_line_end") => At::LastLineEnd,
            Some("line_end") => At::LineEnd,
            Some("boundary") => At::Boundary(class()?),
            Some("no_boundary") => At::NoBoundary(class()?),
            _ => return Err(Fault("a place of no known kind")),
        })
    }

    fn set(&self, value: &Value) -> Result<usize, Fault> {
        let index = number(value)? as usize;
        if index < self.sets {
            Ok(index)
        } else {
            Err(Fault("a class that is not there"))
        }
    }

    fn group(&self, value: &Value) -> Result<usize, Fault> {
        let number = number(value)? as usize;
        if (1..=self.groups).contains(&number) {
            Ok(number)
        } else {
            Err(Fault("a group that is not there"))
        }
    }
}

fn set(value: &Value) -> Result<Set, Fault> {
    let ranges = list(value)?
        .iter()
        .map(|range| Ok((number(&range[0])?, number(&range[1])?)))
        .collect::<Result<Vec<_>, Fault>>()?;
    Set::of(&ranges)
}

fn list(value: &Value) -> Result<&Vec<Value>, Fault> {
    value.as_array().ok_or(Fault("expected a list"))
}

fn number(value: &Value) -> Result<u32, Fault> {
    value.as_u64().and_then(|one| u32::try_from(one).ok()).ok_or(Fault("expected a number"))
}
