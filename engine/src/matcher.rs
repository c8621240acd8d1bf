//! Patterns of `re` as a class of Python's: what tests hold against `re` itself.

use logveil_matcher::{Captures, Condition, Pattern, Room};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A compiled pattern, handed over as the JSON of its program, and perhaps a condition on its matches.
#[pyclass(frozen)]
pub struct Matcher {
    pattern: Pattern,
    condition: Option<Condition>,
}

type Spans = Vec<Option<(usize, usize)>>;

#[pymethods]
impl Matcher {
    #[new]
    #[pyo3(signature = (program, condition = None))]
    fn new(program: &str, condition: Option<&str>) -> PyResult<Self> {
        let pattern = Pattern::of(&read(program)?).map_err(refused)?;
        let groups = pattern.groups();
        let condition =
            condition.map(|one| Condition::of(&read(one)?, groups).map_err(refused)).transpose()?;
        Ok(Self { pattern, condition })
    }

    /// Returns begin and end of each group of each match, in characters; None where the steps do not suffice.
    #[pyo3(signature = (text, start = 0, end = usize::MAX))]
    fn find(&self, text: &str, start: usize, end: usize) -> Option<Vec<Spans>> {
        let places = Places::of(text);
        let (mut room, mut asked) = (Room::default(), Room::default());
        let mut spans = Vec::new();
        for found in self.pattern.matches(text, places.byte(start), places.byte(end), &mut room) {
            let found = found.ok()?;
            let holds = match &self.condition {
                Some(condition) => condition.holds(text, &found, &mut asked).ok()?,
                None => true,
            };
            if holds {
                spans.push(self.spans(&found, &places));
            }
        }
        Some(spans)
    }
}

impl Matcher {
    fn spans(&self, captures: &Captures, places: &Places) -> Spans {
        let span = |(start, end)| (places.character(start), places.character(end));
        (0..=self.pattern.groups()).map(|group| captures.group(group).map(span)).collect()
    }
}

fn read(json: &str) -> PyResult<serde_json::Value> {
    serde_json::from_str(json).map_err(refused)
}

fn refused(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// Where the characters of a text begin, if any is beyond ASCII.
struct Places {
    length: usize,
    begins: Option<Vec<usize>>,
}

impl Places {
    fn of(text: &str) -> Self {
        let begins = || text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        Self { length: text.len(), begins: (!text.is_ascii()).then(begins) }
    }

    fn byte(&self, character: usize) -> usize {
        match &self.begins {
            None => character.min(self.length),
            Some(begins) => begins.get(character).copied().unwrap_or(self.length),
        }
    }

    fn character(&self, byte: usize) -> usize {
        match &self.begins {
            None => byte,
            Some(begins) => begins.partition_point(|&begin| begin < byte),
        }
    }
}
