//! Recognizers that are data, a pattern and perhaps a condition on its matches, asked for a batch of texts at once.

use crate::candidates::{Candidates, StatedCandidates};
use crate::matcher::{read, refused};
use crate::places::Places;
use logveil_matcher::{Condition, Exhausted, Pattern, Room};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// A recognizer: what its pattern and its condition leave is what the groups took.
struct Recognizer {
    pattern: Pattern,
    condition: Option<Condition>,
    /// None where Python must be asked for a text in which the pattern matches at all.
    groups: Option<Vec<usize>>,
    /// Which matches of the pattern are judged by Python.
    candidates: Option<Candidates>,
    reads_lines: bool,
}

/// The recognizers by their numbers; those that are not known are Python's.
#[pyclass(module = "logveil_engine")]
pub struct Recognizers {
    known: Vec<Option<Recognizer>>,
    /// Texts of more bytes are left to Python, which reads them in windows.
    longest: usize,
    /// How many bits of a mask stand before that of the first recognizer.
    first_bit: usize,
}

/// What a group took of the text at a place: begin and end in characters.
type Taken = (usize, usize, usize, usize);

/// A recognizer's number, what it took, and the places of the texts for which Python must be asked.
type Answer = (usize, Vec<Taken>, Vec<usize>);

/// A line of a text in characters, and its mask.
type StatedLine<'py> = (usize, usize, Bound<'py, PyBytes>);

struct Text<'t> {
    /// None where it holds half of a pair of surrogates, or is too long.
    text: Option<&'t str>,
    places: Places,
    lines: Option<Vec<(usize, usize, &'t [u8])>>,
}

#[pymethods]
impl Recognizers {
    #[new]
    fn new(longest: usize, first_bit: usize) -> Self {
        Self { known: Vec::new(), longest, first_bit }
    }

    /// Takes a recognizer in: its program and its condition in JSON.
    fn learn(
        &mut self,
        number: usize,
        program: &str,
        condition: Option<&str>,
        groups: Option<Vec<usize>>,
        candidates: Option<StatedCandidates>,
        reads_lines: bool,
    ) -> PyResult<()> {
        let pattern = Pattern::of(&read(program)?).map_err(refused)?;
        let count = pattern.groups();
        let condition =
            condition.map(|one| Condition::of(&read(one)?, count).map_err(refused)).transpose()?;
        if self.known.len() <= number {
            self.known.resize_with(number + 1, || None);
        }
        let candidates = candidates.map(|one| one.compile(count)).transpose()?;
        self.known[number] = Some(Recognizer { pattern, condition, groups, candidates, reads_lines });
        Ok(())
    }

    /// Asks for texts the recognizers whose bits are set in their masks; returns the answers in the order of numbers.
    fn find(
        &self,
        py: Python<'_>,
        texts: Vec<Bound<'_, PyString>>,
        masks: Vec<Bound<'_, PyBytes>>,
        lines: Vec<Option<Vec<StatedLine<'_>>>>,
    ) -> Vec<Answer> {
        let read: Vec<Text<'_>> =
            texts.iter().zip(&lines).map(|(text, lines)| self.text(text, lines.as_deref())).collect();
        let masks: Vec<&[u8]> = masks.iter().map(|mask| mask.as_bytes()).collect();
        py.detach(|| self.answers(&read, &masks))
    }
}

impl Recognizers {
    fn text<'t>(&self, text: &'t Bound<'_, PyString>, lines: Option<&'t [StatedLine<'_>]>) -> Text<'t> {
        let text = text.to_str().ok().filter(|text| text.len() <= self.longest);
        let places = Places::of(text.unwrap_or_default());
        let place = |&(start, end, ref mask): &'t StatedLine<'_>| {
            (places.byte(start), places.byte(end), mask.as_bytes())
        };
        let lines = lines.map(|lines| lines.iter().map(place).collect());
        Text { text, places, lines }
    }

    /// Asks one recognizer after the other: what has just run is in the core's cache.
    fn answers(&self, texts: &[Text<'_>], masks: &[&[u8]]) -> Vec<Answer> {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (place, mask) in masks.iter().enumerate() {
            pairs.extend(self.numbers(mask).map(|number| (number, place)));
        }
        pairs.sort_unstable();
        let mut answers: Vec<Answer> = Vec::new();
        let mut rooms = [Room::default(), Room::default()];
        for (number, place) in pairs {
            if answers.last().map_or(true, |&(last, ..)| last != number) {
                answers.push((number, Vec::new(), Vec::new()));
            }
            let Some((_, taken, left)) = answers.last_mut() else { continue };
            let length = taken.len();
            let recognizer = self.known.get(number).and_then(Option::as_ref);
            let is_done = recognizer.and_then(|one| {
                one.read(&texts[place], place, number + self.first_bit, taken, &mut rooms).ok()
            });
            if is_done != Some(true) {
                taken.truncate(length);
                left.push(place);
            }
        }
        answers
    }

    /// Returns the numbers of the recognizers whose bits are set.
    fn numbers<'m>(&'m self, mask: &'m [u8]) -> impl Iterator<Item = usize> + 'm {
        let bits = mask.iter().enumerate().filter(|(_, &byte)| byte != 0).flat_map(|(at, &byte)| {
            (0..8).filter(move |bit| byte >> bit & 1 != 0).map(move |bit| 8 * at + bit)
        });
        bits.filter_map(|bit| bit.checked_sub(self.first_bit))
    }
}

impl Recognizer {
    /// Takes what it finds in a text; tells whether that is all, so that Python need not be asked.
    fn read(
        &self,
        text: &Text<'_>,
        place: usize,
        bit: usize,
        taken: &mut Vec<Taken>,
        rooms: &mut [Room; 2],
    ) -> Result<bool, Exhausted> {
        let Some(read) = text.text else { return Ok(false) };
        match &text.lines {
            Some(lines) if self.reads_lines => {
                for &(start, end, mask) in lines {
                    let is_asked = mask.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 != 0);
                    if is_asked && !self.part(read, (start, end), text, place, taken, rooms)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            _ => self.part(read, (0, read.len()), text, place, taken, rooms),
        }
    }

    fn part(
        &self,
        read: &str,
        (start, end): (usize, usize),
        text: &Text<'_>,
        place: usize,
        taken: &mut Vec<Taken>,
        rooms: &mut [Room; 2],
    ) -> Result<bool, Exhausted> {
        let [room, asked] = rooms;
        if let Some(candidates) = &self.candidates {
            let Some(places) = candidates.places(&self.pattern, read, start, end, rooms)? else {
                return Ok(false);
            };
            taken.extend(places.into_iter().map(|at| (place, 0, at, end)));
            return Ok(true);
        }
        for found in self.pattern.matches(read, start, end, room) {
            let found = found?;
            let Some(groups) = &self.groups else { return Ok(false) };
            if let Some(condition) = &self.condition {
                if !condition.holds(read, &found, asked)? {
                    continue;
                }
            }
            for &group in groups {
                if let Some((first, last)) = found.group(group).filter(|(first, last)| first < last) {
                    let (first, last) = (text.places.character(first), text.places.character(last));
                    taken.push((place, group, first, last));
                }
            }
        }
        Ok(true)
    }
}
