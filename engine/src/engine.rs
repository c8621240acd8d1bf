//! The engine as Python sees it: a batch of records in, records of Avro by partition out.

use crate::event::{read, Event, Keys, Read};
use crate::memory::{Origins, Person, Stated, StatedPerson, Texts, Values};
use crate::plan::{Field, Key, Limits, Settings, StatedKey, StatedOutcome};
use crate::repeats::RecentIds;
use crate::tally::Tally;
use crate::work::{Ask, Ready, Work};
use hashbrown::HashMap;
use hmac::{Hmac, Mac};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use sha2::Sha256;

pub type Started = Hmac<Sha256>;

/// The outcome of a text by its field, whether it is a URL, and what was detected in it.
pub type OutcomeKey = (u8, bool, u32);

/// All that is known beside the batch at hand.
pub struct State {
    pub fields: Vec<Field>,
    pub settings: Settings,
    pub id_start: Started,
    pub keys: Keys,
    pub people: Vec<Values<Person>>,
    pub kept: Vec<Values<bool>>,
    pub texts: [Texts; 2],
    pub origins: Origins,
    pub outcomes: Vec<StatedOutcome>,
    pub outcome_numbers: HashMap<OutcomeKey, u32, foldhash::fast::RandomState>,
    pub latest_ms: i64,
    pub today: i64,
    pub tally: Tally,
}

#[pyclass(module = "logveil_engine")]
pub struct Engine {
    state: State,
    answers: Py<PyAny>,
    days: HashMap<i64, Py<PyString>, foldhash::fast::RandomState>,
    recent: RecentIds,
    ready: Vec<(usize, Ready)>,
}

/// The place of a record: its coordinates, and why it goes back unread.
struct Place {
    offset: u64,
    line: u64,
    is_plain: bool,
}

#[pymethods]
impl Engine {
    #[new]
    fn new(mut settings: Settings, outcomes: Vec<StatedOutcome>, answers: Py<PyAny>) -> PyResult<Self> {
        let stated = std::mem::take(&mut settings.fields);
        let fields = stated.into_iter().map(|field| field.compile()).collect::<PyResult<Vec<_>>>()?;
        let mut id_start = Started::new_from_slice(&settings.secret)
            .map_err(|_| pyo3::exceptions::PyValueError::new_err("the key has no bytes"))?;
        settings.secret.fill(0);
        id_start.update(&settings.id_domain);
        let count = fields.len();
        let state = State {
            id_start,
            keys: Keys::new(std::mem::take(&mut settings.tag_prefix)),
            people: (0..count).map(|_| Values::default()).collect(),
            kept: (0..count).map(|_| Values::default()).collect(),
            texts: Default::default(),
            origins: Origins::default(),
            tally: Tally::default(),
            outcomes,
            outcome_numbers: HashMap::default(),
            latest_ms: i64::MIN,
            today: i64::MAX,
            fields,
            settings,
        };
        let recent = RecentIds::new(state.settings.remembered_ids);
        Ok(Self { state, answers, days: HashMap::default(), recent, ready: Vec::new() })
    }

    /// Forgets the ids of a bundle.
    fn start_bundle(&mut self) {
        self.recent.clear();
    }

    /// Takes the latest time that is not in the future, and the day, counted from 1970, that is today.
    fn at_moment(&mut self, latest_ms: i64, today: i64) {
        self.state.latest_ms = latest_ms;
        self.state.today = today;
    }

    /// Works on records of one source; returns the places of those that go through the plain steps.
    fn take(
        &mut self,
        py: Python<'_>,
        records: &Bound<'_, PyList>,
        place: &[u8],
        with_line: bool,
    ) -> PyResult<Vec<usize>> {
        self.ready.clear();
        self.state.tally.clear();
        self.make_room();
        let done = self.take_all(py, records, place, with_line);
        if done.is_err() {
            self.forget();
        }
        done
    }

    /// Returns encoded records by partition, with those of the plain steps at their places, and how many were
    /// written and dropped as repeats. One of the plain steps is its place, its date, its id if it can repeat, its bytes.
    fn finish<'py>(
        &mut self,
        py: Python<'py>,
        others: Vec<(usize, Bound<'py, PyString>, Option<String>, Bound<'py, PyBytes>)>,
    ) -> PyResult<(Bound<'py, PyDict>, usize, usize)> {
        let partitions = PyDict::new(py);
        let (mut written, mut dropped) = (0, 0);
        let ready = std::mem::take(&mut self.ready);
        let mut ours = ready.into_iter().peekable();
        let mut theirs = others.into_iter().peekable();
        loop {
            let first = match (ours.peek(), theirs.peek()) {
                (None, None) => break,
                (Some((our, _)), Some((their, ..))) => our < their,
                (our, _) => our.is_some(),
            };
            let (date, id, bytes) = if first {
                let Some((_, ready)) = ours.next() else { break };
                let date = self.date(py, ready.day)?;
                (date, ready.repeatable.then_some(ready.id), PyBytes::new(py, &ready.record))
            } else {
                let Some((_, date, id, bytes)) = theirs.next() else { break };
                (date, id.as_deref().map(parse_id).transpose()?, bytes)
            };
            if id.is_some_and(|id| !self.recent.is_new(id)) {
                dropped += 1;
                continue;
            }
            written += 1;
            match partitions.get_item(&date)? {
                Some(list) => list.downcast::<PyList>()?.append(bytes)?,
                None => partitions.set_item(date, PyList::new(py, [bytes])?)?,
            }
        }
        Ok((partitions, written, dropped))
    }

    /// Returns how many events of the batch were made here, their outcomes by number, and their unknown keys.
    fn counts(&self) -> (usize, Vec<(u32, u32)>, Vec<(String, u8, u32)>) {
        let unknown = self.state.tally.unknown().map(|((key, cell), count)| {
            let name = String::from_utf8_lossy(self.state.keys.table.text(key)).into_owned();
            (name, cell, count)
        });
        (self.ready.len(), self.state.tally.outcomes(), unknown.collect())
    }
}

impl Engine {
    fn take_all(
        &mut self,
        py: Python<'_>,
        records: &Bound<'_, PyList>,
        place: &[u8],
        with_line: bool,
    ) -> PyResult<Vec<usize>> {
        let mut data = Vec::with_capacity(records.len());
        let mut places = Vec::with_capacity(records.len());
        for record in records.iter() {
            let (bytes, place) = unpack(py, &record)?;
            data.push(bytes);
            places.push(place);
        }
        let lines: Vec<&[u8]> = data.iter().map(|bytes| bytes.as_bytes()).collect();
        let events = self.read_all(py, &lines, &places)?;
        let mut works: Vec<Option<Work<'_>>> = events.into_iter().map(|event| event.map(Work::new)).collect();
        let state = &mut self.state;
        let asks = py.detach(|| state.settle(&mut works));
        self.ask_values(py, asks)?;
        let state = &mut self.state;
        let asks = py.detach(|| state.gather(&mut works));
        self.ask_texts(py, asks)?;
        let state = &self.state;
        let named = py.detach(|| state.named(&mut works));
        self.ask_named(py, &mut works, &named)?;
        self.ask_outcomes(py, &mut works)?;
        let state = &mut self.state;
        self.ready = py.detach(|| {
            let all = works.iter().enumerate().filter_map(|(index, work)| Some((index, work.as_ref()?)));
            all.map(|(index, work)| {
                let at = &places[index];
                let line = if with_line { at.line } else { 0 };
                (index, state.encode(work, lines[index], place, at.offset, line))
            })
            .collect()
        });
        Ok(works.iter().enumerate().filter(|(_, work)| work.is_none()).map(|(index, _)| index).collect())
    }

    fn read_all<'a>(
        &mut self,
        py: Python<'_>,
        lines: &[&'a [u8]],
        places: &[Place],
    ) -> PyResult<Vec<Option<Event<'a>>>> {
        let mut events: Vec<Option<Event<'a>>> = (0..lines.len()).map(|_| None).collect();
        let mut waiting: Vec<usize> = (0..lines.len()).filter(|&index| places[index].is_plain).collect();
        while !waiting.is_empty() {
            let state = &mut self.state;
            let (still, new) = py.detach(|| {
                let (mut still, mut new) = (Vec::new(), Vec::new());
                for index in waiting {
                    match read(lines[index], &mut state.keys, &state.fields, &mut new) {
                        Read::Event(event) => events[index] = Some(event),
                        Read::Odd => {}
                        Read::New => still.push(index),
                    }
                }
                (still, new)
            });
            waiting = still;
            for key in new {
                if state_lacks(&self.state.keys, &key) {
                    let stated: StatedKey = self.answers.call_method1(py, "key", (&key,))?.extract(py)?;
                    self.state.keys.learn(&key, Key::from(stated));
                }
            }
        }
        Ok(events)
    }

    fn ask_values(&mut self, py: Python<'_>, asks: Ask) -> PyResult<()> {
        if !asks.people.is_empty() {
            let texts = self.stated_values(py, &asks.people, |state, field, number| {
                state.people[field].table.text(number)
            })?;
            let said: Vec<Option<StatedPerson>> =
                self.answers.call_method1(py, "people", (texts,))?.extract(py)?;
            for ((field, number), person) in asks.people.into_iter().zip(said) {
                self.state.people[field as usize].settled[number as usize] = person.map(Person::from);
            }
        }
        if !asks.kept.is_empty() {
            let texts = self
                .stated_values(py, &asks.kept, |state, field, number| state.kept[field].table.text(number))?;
            let said: Vec<bool> = self.answers.call_method1(py, "kept", (texts,))?.extract(py)?;
            for ((field, number), is_kept) in asks.kept.into_iter().zip(said) {
                self.state.kept[field as usize].settled[number as usize] = Some(is_kept);
            }
        }
        Ok(())
    }

    fn stated_values<'py>(
        &self,
        py: Python<'py>,
        asks: &[(u8, u32)],
        text: impl Fn(&State, usize, u32) -> &[u8],
    ) -> PyResult<Bound<'py, PyList>> {
        let pairs = asks.iter().map(|&(field, number)| {
            let value = String::from_utf8_lossy(text(&self.state, field as usize, number));
            (field, value)
        });
        PyList::new(py, pairs.collect::<Vec<_>>())
    }

    fn ask_texts(&mut self, py: Python<'_>, asks: Vec<(bool, u32)>) -> PyResult<()> {
        if asks.is_empty() {
            return Ok(());
        }
        let texts: Vec<Bound<'_, PyString>> = asks
            .iter()
            .map(|&(is_url, number)| {
                let bytes = self.state.texts[usize::from(is_url)].table.text(number);
                PyString::new(py, &String::from_utf8_lossy(bytes))
            })
            .collect();
        let are_urls: Vec<bool> = asks.iter().map(|&(is_url, _)| is_url).collect();
        let said: Vec<Stated> =
            self.answers.call_method1(py, "texts", (PyList::new(py, &texts)?, are_urls))?.extract(py)?;
        for ((&(is_url, _), text), stated) in asks.iter().zip(texts).zip(said) {
            self.state.texts[usize::from(is_url)].learn(text.into_any().unbind(), stated);
        }
        Ok(())
    }

    fn ask_named(
        &mut self,
        py: Python<'_>,
        works: &mut [Option<Work<'_>>],
        named: &[(usize, Vec<usize>)],
    ) -> PyResult<()> {
        if named.is_empty() {
            return Ok(());
        }
        let (texts, knowns, are_urls) = (PyList::empty(py), PyList::empty(py), PyList::empty(py));
        for (index, places) in named {
            let Some(work) = &works[*index] else { continue };
            let people = PyList::new(
                py,
                self.state.known(work).map(|known| known.object.bind(py)).collect::<Vec<_>>(),
            )?;
            for free in places.iter().map(|&at| &work.free[at]) {
                texts.append(
                    self.state.texts[usize::from(free.is_url)].objects[free.number as usize].bind(py),
                )?;
                knowns.append(&people)?;
                are_urls.append(free.is_url)?;
            }
        }
        let said: Vec<(String, u32)> =
            self.answers.call_method1(py, "named", (texts, knowns, are_urls))?.extract(py)?;
        let mut said = said.into_iter();
        for (index, places) in named {
            if let Some(work) = &mut works[*index] {
                work.redacted = vec![None; work.free.len()];
                for &at in places {
                    work.redacted[at] = said.next();
                }
            }
        }
        Ok(())
    }

    fn ask_outcomes(&mut self, py: Python<'_>, works: &mut [Option<Work<'_>>]) -> PyResult<()> {
        for work in works.iter_mut().flatten() {
            for at in 0..work.free.len() {
                let key = self.state.outcome_key(work, at);
                let number = match self.state.outcome_numbers.get(&key) {
                    Some(&number) => number,
                    None => {
                        let stated = self.answers.call_method1(py, "outcome", key)?.extract(py)?;
                        let number = self.state.outcomes.len() as u32;
                        self.state.outcomes.push(stated);
                        self.state.outcome_numbers.insert(key, number);
                        number
                    }
                };
                work.outcomes.push(number);
            }
            let key = Work::origin_key(&work.event.source);
            work.origin = match self.state.origins.table.get(&key) {
                Some(number) => number,
                None => {
                    let said =
                        self.answers.call_method1(py, "origin", PyTuple::new(py, &work.event.source)?)?;
                    self.state.origins.encoded.push(said.extract(py)?);
                    self.state.origins.table.insert(&key).0
                }
            };
        }
        Ok(())
    }

    fn date<'py>(&mut self, py: Python<'py>, day: i64) -> PyResult<Bound<'py, PyString>> {
        if let Some(date) = self.days.get(&day) {
            return Ok(date.bind(py).clone());
        }
        let date: Bound<'py, PyString> = self.answers.call_method1(py, "date", (day,))?.extract(py)?;
        self.days.insert(day, date.clone().unbind());
        Ok(date)
    }

    /// Starts memories over that have grown to their limit: between batches, so that numbers hold within one.
    fn make_room(&mut self) {
        let state = &mut self.state;
        let Limits { most_keys, most_values, most_texts, most_bytes } = state.settings.limits;
        if state.keys.table.len() > most_keys {
            state.keys.clear();
        }
        for values in &mut state.people {
            if values.table.len() > most_values || values.table.size() > most_bytes {
                values.clear();
            }
        }
        for values in &mut state.kept {
            if values.table.len() > most_values || values.table.size() > most_bytes {
                values.clear();
            }
        }
        for texts in &mut state.texts {
            if texts.analysed.len() > most_texts || texts.size() > most_bytes {
                texts.clear();
            }
        }
        if state.origins.encoded.len() > most_keys {
            state.origins.clear();
        }
        if self.days.len() > most_keys {
            self.days.clear();
        }
    }

    /// Forgets what may be half asked for.
    fn forget(&mut self) {
        self.ready.clear();
        self.state.tally.clear();
        self.state.people.iter_mut().for_each(Values::clear);
        self.state.kept.iter_mut().for_each(Values::clear);
        self.state.texts.iter_mut().for_each(Texts::clear);
    }
}

fn state_lacks(keys: &Keys, key: &str) -> bool {
    keys.table.get(key.as_bytes()).is_none()
}

fn parse_id(hex: &str) -> PyResult<crate::repeats::Id> {
    let number = u128::from_str_radix(hex, 16)
        .map_err(|_| pyo3::exceptions::PyValueError::new_err("an event id is no number"))?;
    Ok(number.to_be_bytes())
}

fn unpack<'py>(py: Python<'py>, record: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyBytes>, Place)> {
    let bytes = record.getattr(pyo3::intern!(py, "data"))?.downcast_into::<PyBytes>()?;
    let is_plain = record.getattr(pyo3::intern!(py, "fault"))?.is_none()
        && record.getattr(pyo3::intern!(py, "repair"))?.is_none();
    let place = Place {
        offset: record.getattr(pyo3::intern!(py, "offset"))?.extract()?,
        line: record.getattr(pyo3::intern!(py, "line"))?.extract()?,
        is_plain,
    };
    Ok((bytes, place))
}
