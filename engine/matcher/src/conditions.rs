//! Conditions on a match, handed over as data: what a detector's check says, where it is no code of Python's.

use crate::run::{Exhausted, Room};
use crate::search::{Captures, Pattern};
use crate::sets::before;
use crate::tree::Fault;
use crate::validators::Validator;
use serde_json::Value;

/// A condition, see `transforms/detect/conditions.py`.
#[derive(Debug)]
pub enum Condition {
    Every(Vec<Condition>),
    Some(Vec<Condition>),
    Not(Box<Condition>),
    Valid { check: Validator, group: usize },
    Holds { group: usize, pattern: Pattern },
    Before { group: usize, reach: usize, pattern: Pattern },
    Backward { reach: usize, pattern: Pattern },
    Behind { group: usize, pattern: Pattern },
}

impl Condition {
    /// Reads a condition on the matches of a pattern with so many groups.
    pub fn of(value: &Value, groups: usize) -> Result<Self, Fault> {
        let number = |at: usize| match value[at].as_u64() {
            Some(number) => usize::try_from(number).map_err(|_| Fault("a number that is too large")),
            None => Err(Fault("expected a number")),
        };
        let group = |at: usize| match number(at)? {
            group if group <= groups => Ok(group),
            _ => Err(Fault("a group that is not there")),
        };
        let parts = || {
            value
                .as_array()
                .into_iter()
                .flatten()
                .skip(1)
                .map(|part| Self::of(part, groups))
                .collect::<Result<_, _>>()
        };
        Ok(match value[0].as_str() {
            Some("every") => Self::Every(parts()?),
            Some("some") => Self::Some(parts()?),
            Some("not") => Self::Not(Box::new(Self::of(&value[1], groups)?)),
            Some("valid") => Self::Valid { check: Validator::of(&value[1], &value[3])?, group: group(2)? },
            Some("holds") => Self::Holds { group: group(1)?, pattern: Pattern::of(&value[2])? },
            Some("before") => {
                Self::Before { group: group(1)?, reach: number(2)?, pattern: Pattern::of(&value[3])? }
            }
            Some("backward") => Self::Backward { reach: number(1)?, pattern: Pattern::of(&value[2])? },
            Some("behind") => Self::Behind { group: group(1)?, pattern: Pattern::of(&value[2])? },
            _ => return Err(Fault("a condition of no known kind")),
        })
    }

    /// Tells whether a match in a text is so; what is asked of a group that took no part is not.
    pub fn holds(&self, text: &str, found: &Captures, room: &mut Room) -> Result<bool, Exhausted> {
        match self {
            Self::Every(parts) => all(parts, true, text, found, room),
            Self::Some(parts) => all(parts, false, text, found, room).map(|none| !none),
            Self::Not(part) => part.holds(text, found, room).map(|so| !so),
            Self::Valid { check, group } => {
                Ok(found.text(*group, text).is_some_and(|part| check.holds(part)))
            }
            Self::Holds { group, pattern } => match found.text(*group, text) {
                Some(part) => Ok(pattern.search(part, 0, part.len(), room)?.is_some()),
                None => Ok(false),
            },
            Self::Before { group, reach, pattern } => match found.group(*group) {
                Some((start, _)) => {
                    Ok(pattern.search(text, back(text, start, *reach), start, room)?.is_some())
                }
                None => Ok(false),
            },
            Self::Backward { reach, pattern } => match found.group(0) {
                Some((start, _)) => {
                    let backward: String = text[back(text, start, *reach)..start].chars().rev().collect();
                    pattern.begins(&backward, 0, backward.len(), room)
                }
                None => Ok(false),
            },
            Self::Behind { group, pattern } => match found.group(*group) {
                Some((_, end)) => pattern.begins(text, end, text.len(), room),
                None => Ok(false),
            },
        }
    }
}

/// Tells whether all of the conditions hold, or none of them does; they are asked in order, as long as it is open.
fn all(
    parts: &[Condition],
    wanted: bool,
    text: &str,
    found: &Captures,
    room: &mut Room,
) -> Result<bool, Exhausted> {
    for part in parts {
        if part.holds(text, found, room)? != wanted {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns the place so many characters before another, or the beginning.
fn back(text: &str, at: usize, reach: usize) -> usize {
    (0..reach).fold(at, |at, _| if at == 0 { 0 } else { before(text.as_bytes(), at) })
}
