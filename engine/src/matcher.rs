//! Patterns of `re` as a class of Python's: what tests hold against `re` itself.

use logveil_matcher::{Captures, Pattern, Room};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A compiled pattern, handed over as the JSON of its program.
#[pyclass(frozen)]
pub struct Matcher(Pattern);

type Spans = Vec<Option<(usize, usize)>>;

#[pymethods]
impl Matcher {
    #[new]
    fn new(program: &str) -> PyResult<Self> {
        let refused = |error: &dyn std::fmt::Display| PyValueError::new_err(error.to_string());
        let value = serde_json::from_str(program).map_err(|error| refused(&error))?;
        Pattern::of(&value).map(Self).map_err(|error| refused(&error))
    }

    /// Returns begin and end of each group of each match, in characters; None where the steps do not suffice.
    #[pyo3(signature = (text, start = 0, end = usize::MAX))]
    fn find(&self, text: &str, start: usize, end: usize) -> Option<Vec<Spans>> {
        let places = Places::of(text);
        let mut room = Room::default();
        let found = self.0.matches(text, places.byte(start), places.byte(end), &mut room);
        found.map(|one| one.ok().map(|captures| self.spans(&captures, &places))).collect()
    }
}

impl Matcher {
    fn spans(&self, captures: &Captures, places: &Places) -> Spans {
        let span = |(start, end)| (places.character(start), places.character(end));
        (0..=self.0.groups()).map(|group| captures.group(group).map(span)).collect()
    }
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
