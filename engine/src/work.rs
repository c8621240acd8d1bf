//! One event on its way, and what is done to it between two questions to Python.

use crate::avro::{put_bytes, put_long};
use crate::engine::{OutcomeKey, State};
use crate::event::Event;
use crate::memory::{Analysed, Known, Person};
use crate::plan::{Key, Take};
use crate::repeats::Id;
use crate::tally::{PERSONAL, TOLD, TRACED};
use hmac::Mac;
use memchr::memmem::Finder;
use std::borrow::Cow;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// What became of a value.
#[derive(Clone, Copy)]
enum Settled {
    Person(u32),
    Kept,
    /// Python is to say whether it is kept.
    Asked(u32),
    Free,
}

/// A text or URL on its way through the detectors.
pub struct Free {
    pub field: u8,
    pub is_url: bool,
    pub number: u32,
}

pub struct Work<'a> {
    pub event: Event<'a>,
    settled: Vec<Settled>,
    pub free: Vec<Free>,
    /// What Python made of the texts in which somebody of the event is named: all of them, or none.
    pub redacted: Vec<Option<(String, u32)>>,
    pub outcomes: Vec<u32>,
    pub origin: u32,
    days: i64,
}

/// Which values Python is asked for, by field and number.
#[derive(Default)]
pub struct Ask {
    pub people: Vec<(u8, u32)>,
    pub kept: Vec<(u8, u32)>,
}

/// An encoded record, and the day of its partition.
pub struct Ready {
    pub day: i64,
    pub id: Id,
    pub repeatable: bool,
    pub record: Vec<u8>,
}

impl<'a> Work<'a> {
    pub fn new(event: Event<'a>) -> Self {
        Self {
            settled: Vec::with_capacity(event.values.len()),
            event,
            free: Vec::new(),
            redacted: Vec::new(),
            outcomes: Vec::new(),
            origin: 0,
            days: 0,
        }
    }

    /// Returns what tells sources apart.
    pub fn origin_key(source: &[Option<Cow<'_, str>>; 3]) -> Vec<u8> {
        let mut key = Vec::with_capacity(64);
        for part in source {
            match part {
                None => key.push(0),
                Some(text) => {
                    key.push(1);
                    put_bytes(&mut key, text.as_bytes());
                }
            }
        }
        key
    }
}

impl State {
    /// Looks values up that are taken whole; returns those that Python must be asked for.
    pub fn settle(&mut self, works: &mut [Option<Work<'_>>]) -> Ask {
        let mut ask = Ask::default();
        for slot in works.iter_mut() {
            if !slot.as_mut().is_some_and(|work| self.dates(work)) {
                *slot = None;
                continue;
            }
            let Some(work) = slot else { continue };
            for (field, value) in &work.event.values {
                work.settled.push(match self.fields[*field as usize].take {
                    Take::Person => {
                        let (number, is_new) = self.people[*field as usize].number(value);
                        if is_new {
                            ask.people.push((*field, number));
                        }
                        Settled::Person(number)
                    }
                    Take::Keep => self.keep(*field, value, &mut ask),
                    _ => Settled::Free,
                });
            }
        }
        ask
    }

    /// Notes for how many days an event is kept; tells whether it is neither from the future nor expired, and plain.
    fn dates(&self, work: &mut Work<'_>) -> bool {
        let times = &self.settings.stated_time;
        let Some(time) = work.event.time else {
            return false;
        };
        let fields = || work.event.values.iter().map(|(field, _)| &self.fields[*field as usize]);
        if work.event.values.is_empty()
            || !(times.earliest_ms..times.latest_ms).contains(&time)
            || time > self.latest_ms
            || fields().any(|field| field.take == Take::Odd)
        {
            return false;
        }
        work.days = if self.settings.one_retention {
            self.settings.category_days
        } else {
            fields().filter_map(|field| field.days).min().unwrap_or(self.settings.category_days)
        };
        time.div_euclid(times.day_ms) + work.days > self.today
    }

    fn keep(&mut self, field: u8, value: &str, ask: &mut Ask) -> Settled {
        let mark = self.settings.forged_mark;
        let is_plain = value.len() <= self.settings.longest_kept
            && value.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != mark);
        if let (Some(form), true) = (&self.fields[field as usize].form, is_plain) {
            return if form.is_match(value.as_bytes()) { Settled::Kept } else { Settled::Free };
        }
        let (number, is_new) = self.kept[field as usize].number(value);
        if is_new {
            ask.kept.push((field, number));
        }
        Settled::Asked(number)
    }

    /// Gathers the texts of the events, URLs last, and counts unknown keys; returns the texts to ask Python for.
    pub fn gather(&mut self, works: &mut [Option<Work<'_>>]) -> Vec<(bool, u32)> {
        let mut asks = Vec::new();
        let mut kept = Vec::new();
        for slot in works.iter_mut() {
            let is_plain = slot.as_mut().is_some_and(|work| self.resolve(work, &mut kept));
            if !is_plain {
                *slot = None;
                continue;
            }
            let Some(work) = slot else { continue };
            for want_url in [false, true] {
                for ((field, value), settled) in work.event.values.iter().zip(&work.settled) {
                    let is_url = self.fields[*field as usize].take == Take::Url;
                    if !matches!(settled, Settled::Free) || is_url != want_url {
                        continue;
                    }
                    let (number, is_new) = self.texts[usize::from(is_url)].table.insert(value.as_bytes());
                    if is_new {
                        asks.push((is_url, number));
                    }
                    work.free.push(Free { field: *field, is_url, number });
                }
            }
        }
        asks
    }

    /// Settles what Python was asked for; tells whether no person is odd and none is named by a kept value.
    fn resolve(&self, work: &mut Work<'_>, kept: &mut Vec<u8>) -> bool {
        kept.clear();
        for ((field, value), settled) in work.event.values.iter().zip(&mut work.settled) {
            match *settled {
                Settled::Person(number) => {
                    if self.person(*field, number).is_none() {
                        return false;
                    }
                }
                Settled::Asked(number) => {
                    let is_kept = self.kept[*field as usize].settled[number as usize] == Some(true);
                    *settled = if is_kept { Settled::Kept } else { Settled::Free };
                }
                _ => {}
            }
            if matches!(settled, Settled::Kept) {
                kept.push(0);
                kept.extend(value.bytes().map(|byte| byte.to_ascii_lowercase()));
            }
        }
        let is_ascii = kept.is_ascii();
        !self.known(work).any(|known| {
            known.characters >= self.settings.shortest_person
                && (!is_ascii || (known.is_ascii && known.finder.find(kept).is_some()))
        })
    }

    fn person(&self, field: u8, number: u32) -> Option<&Person> {
        self.people[field as usize].settled[number as usize].as_ref()
    }

    /// Returns the people of an event with their fields, in the order in which they stand.
    fn people_of<'s>(&'s self, work: &'s Work<'_>) -> impl Iterator<Item = (u8, &'s Person)> + 's {
        work.event.values.iter().zip(&work.settled).filter_map(|((field, _), settled)| match *settled {
            Settled::Person(number) => Some((*field, self.person(*field, number)?)),
            _ => None,
        })
    }

    /// Returns those of them whom the texts may name.
    pub fn known<'s>(&'s self, work: &'s Work<'_>) -> impl Iterator<Item = &'s Known> + 's {
        self.people_of(work).filter_map(|(_, person)| person.known.as_ref())
    }

    /// Returns the places of the events whose texts may name somebody, with the places of those texts; an event with
    /// an odd text goes back.
    pub fn named(&self, works: &mut [Option<Work<'_>>]) -> Vec<(usize, Vec<usize>)> {
        let mut named = Vec::new();
        let mut read = Vec::new();
        for (index, slot) in works.iter_mut().enumerate() {
            let Some(work) = slot else { continue };
            if work.free.iter().any(|free| self.analysed(free).is_odd) {
                *slot = None;
                continue;
            }
            read.clear();
            for free in &work.free {
                read.extend_from_slice(self.folded(free));
                read.push(b'\n');
            }
            let mut sought: Vec<&Finder<'static>> = self.known(work).map(|known| &known.finder).collect();
            sought.retain(|one| one.find(&read).is_some());
            if work.free.len() > 1 {
                let echoes = work
                    .free
                    .iter()
                    .flat_map(|free| self.texts[usize::from(free.is_url)].echoes_of(free.number));
                sought.extend(echoes.filter(|echo| echo.find_iter(&read).nth(1).is_some()));
            }
            if !sought.is_empty() {
                named.push((index, self.naming(work, &sought)));
            }
        }
        named
    }

    /// Returns the places of the texts of an event that hold one of those sought; where that is one, another with it,
    /// for of a text alone nobody is asked whom it names for the others.
    fn naming(&self, work: &Work<'_>, sought: &[&Finder<'static>]) -> Vec<usize> {
        let holds = |free: &Free| sought.iter().any(|one| one.find(self.folded(free)).is_some());
        let mut places: Vec<usize> = (0..work.free.len()).filter(|&at| holds(&work.free[at])).collect();
        if let ([only], true) = (&places[..], work.free.len() > 1) {
            places = if *only == 0 { vec![0, 1] } else { vec![0, *only] };
        }
        places
    }

    fn analysed(&self, free: &Free) -> &Analysed {
        &self.texts[usize::from(free.is_url)].analysed[free.number as usize]
    }

    /// Returns a text of an event as people are searched for in it.
    fn folded(&self, free: &Free) -> &[u8] {
        self.texts[usize::from(free.is_url)].bytes(self.analysed(free).folded)
    }

    /// Returns what the outcome of a text follows from.
    pub fn outcome_key(&self, work: &Work<'_>, at: usize) -> OutcomeKey {
        let free = &work.free[at];
        let detections = match work.redacted.get(at) {
            Some(Some((_, detections))) => *detections,
            _ => self.analysed(free).detections,
        };
        (free.field, free.is_url, detections)
    }

    /// Returns the record of an event, and counts it.
    pub fn encode(&mut self, work: &Work<'_>, data: &[u8], place: &[u8], offset: u64, line: u64) -> Ready {
        self.count_unknown(work);
        let day_ms = self.settings.stated_time.day_ms;
        let time = work.event.time.unwrap_or_default();
        let day = time.div_euclid(day_ms);
        let package = match &work.event.package {
            [Some(package), Some(log)] => Some(format!("{package}/{log}")),
            _ => None,
        };
        let id = self.id(package.as_deref(), data, place, offset, line);
        let mut out = Vec::with_capacity(data.len() + 1024);
        put_long(&mut out, 32);
        for byte in id {
            out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
        put_long(&mut out, time);
        put_long(&mut out, time + work.days * day_ms);
        out.extend_from_slice(&self.origins.encoded[work.origin as usize]);
        self.put_values(work, &mut out);
        put_long(&mut out, 0);
        self.put_tags(work, day, &mut out);
        Ready { day: day + work.days, id, repeatable: package.is_some(), record: out }
    }

    fn id(&self, package: Option<&str>, data: &[u8], place: &[u8], offset: u64, line: u64) -> Id {
        let mut digest = self.id_start.clone();
        match package {
            Some(package) => digest.update(package.as_bytes()),
            None => {
                digest.update(place);
                digest.update(offset.to_string().as_bytes());
                if line > 0 {
                    digest.update(format!("/{line}").as_bytes());
                }
            }
        }
        digest.update(b"\0");
        digest.update(data);
        let mut id = [0; 16];
        id.copy_from_slice(&digest.finalize().into_bytes()[..16]);
        id
    }

    fn put_values(&self, work: &Work<'_>, out: &mut Vec<u8>) {
        let mut values: [Option<&[u8]>; 256] = [None; 256];
        for ((field, value), settled) in work.event.values.iter().zip(&work.settled) {
            values[*field as usize] = match *settled {
                Settled::Person(number) => self.person(*field, number).map(|person| &person.text[..]),
                _ => Some(value.as_bytes()),
            };
        }
        for (at, free) in work.free.iter().enumerate() {
            let texts = &self.texts[usize::from(free.is_url)];
            values[free.field as usize] = Some(match work.redacted.get(at) {
                Some(Some((text, _))) => text.as_bytes(),
                _ => texts.bytes(texts.analysed[free.number as usize].redacted),
            });
        }
        for value in &values[..self.fields.len()] {
            match value {
                None => out.push(0),
                Some(bytes) => {
                    out.push(2);
                    put_bytes(out, bytes);
                }
            }
        }
    }

    fn put_tags(&mut self, work: &Work<'_>, day: i64, out: &mut Vec<u8>) {
        put_long(out, work.settled.len() as i64);
        let settled = work.event.values.iter().zip(&work.settled);
        let whole = settled.filter(|(_, settled)| !matches!(settled, Settled::Free));
        let numbers = whole.map(|((field, _), _)| self.fields[*field as usize].outcome);
        for number in numbers.chain(work.outcomes.iter().copied()) {
            self.tally.count(number);
            let outcome = &self.outcomes[number as usize];
            out.extend_from_slice(&outcome.head);
            put_long(out, day + outcome.days);
            out.extend_from_slice(&outcome.tail);
        }
        put_long(out, 0);
    }

    /// Counts the keys that no field has; a key that holds a person of its own event is told nowhere.
    fn count_unknown(&mut self, work: &Work<'_>) {
        if work.event.unknown.is_empty() {
            return;
        }
        let people: Vec<(u8, &[u8], u8)> =
            self.people_of(work).map(|(field, person)| (field, &person.folded[..], person.trace)).collect();
        let accounts = people.iter().filter(|(field, ..)| self.fields[*field as usize].is_account);
        let trace = accounts.min_by_key(|(field, ..)| *field).map(|&(.., trace)| trace);
        let mut cells = Vec::with_capacity(work.event.unknown.len());
        for &number in &work.event.unknown {
            let Key::Unknown(key) = &self.keys.rules[number as usize] else { continue };
            let is_personal = people.iter().any(|(field, folded, _)| {
                self.fields[*field as usize].is_people
                    && !folded.is_empty()
                    && memchr::memmem::find(&key.folded, folded).is_some()
            });
            let cell = match trace {
                _ if !key.nameable => TOLD,
                _ if is_personal => PERSONAL,
                Some(trace) => TRACED + trace,
                None => TOLD,
            };
            cells.push((number, cell));
        }
        for (number, cell) in cells {
            self.tally.count_unknown(number, cell);
        }
    }
}
