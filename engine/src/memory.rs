//! What was settled before: values of fields, texts, sources. Each is asked of Python once and kept by number.

use crate::table::Table;
use memchr::memmem::Finder;
use pyo3::prelude::*;

/// Whom a value names: what Python searches for, and how it is told whether a text holds it.
pub struct Known {
    pub object: Py<PyAny>,
    pub finder: Finder<'static>,
    pub is_ascii: bool,
    pub characters: usize,
}

/// A value that is settled.
pub struct Person {
    pub text: Vec<u8>,
    pub known: Option<Known>,
    /// The value, case-folded, as names of unknown keys are compared with it.
    pub folded: Vec<u8>,
    /// Whose event it is, as a number of few.
    pub trace: u8,
}

/// What Python says of a value of a person's field; None sends the event back.
#[derive(FromPyObject)]
pub struct StatedPerson {
    text: String,
    known: Option<Py<PyAny>>,
    literal: String,
    folded: String,
    trace: u8,
}

impl From<StatedPerson> for Person {
    fn from(stated: StatedPerson) -> Self {
        let literal = stated.literal;
        Self {
            text: stated.text.into_bytes(),
            known: stated.known.map(|object| Known {
                object,
                is_ascii: literal.is_ascii(),
                characters: literal.chars().count(),
                finder: Finder::new(literal.as_bytes()).into_owned(),
            }),
            folded: stated.folded.into_bytes(),
            trace: stated.trace,
        }
    }
}

/// The values of one field.
pub struct Values<T> {
    pub table: Table,
    pub settled: Vec<Option<T>>,
}

impl<T> Default for Values<T> {
    fn default() -> Self {
        Self { table: Table::default(), settled: Vec::new() }
    }
}

impl<T> Values<T> {
    /// Returns the number of a value, and whether it must be asked for.
    pub fn number(&mut self, value: &str) -> (u32, bool) {
        let (number, is_new) = self.table.insert(value.as_bytes());
        if is_new {
            self.settled.push(None);
        }
        (number, is_new)
    }

    pub fn clear(&mut self) {
        self.table.clear();
        self.settled.clear();
    }
}

#[derive(Clone, Copy, Default)]
pub struct Span {
    start: u32,
    end: u32,
}

/// What a text becomes where nobody of its event is named in it.
#[derive(Clone, Copy)]
pub struct Analysed {
    pub redacted: Span,
    pub folded: Span,
    pub detections: u32,
    /// One more than the place of its echoes, or 0.
    pub echoes: u32,
    pub is_odd: bool,
}

/// What Python says of a text.
#[derive(FromPyObject)]
pub enum Stated {
    /// It stays as it is and is of ASCII, or its event goes back.
    Whether(bool),
    Text(StatedText),
}

#[derive(FromPyObject)]
pub struct StatedText {
    redacted: String,
    detections: u32,
    folded: String,
    echoes: Vec<String>,
}

/// Texts, or URLs, with what they become: all bytes in one buffer.
#[derive(Default)]
pub struct Texts {
    pub table: Table,
    pub analysed: Vec<Analysed>,
    pub objects: Vec<Py<PyAny>>,
    store: Vec<u8>,
    echoes: Vec<Vec<Finder<'static>>>,
}

const ODD: Analysed = Analysed {
    redacted: Span { start: 0, end: 0 },
    folded: Span { start: 0, end: 0 },
    detections: 0,
    echoes: 0,
    is_odd: true,
};

impl Texts {
    /// Takes in what Python said of the text that comes next.
    pub fn learn(&mut self, object: Py<PyAny>, stated: Stated) {
        let number = self.objects.len() as u32;
        self.objects.push(object);
        let analysed = match stated {
            Stated::Whether(false) => ODD,
            Stated::Whether(true) => self.unchanged(number),
            Stated::Text(stated) => {
                let echoes = self.learn_echoes(&stated.echoes);
                Analysed {
                    redacted: self.put(stated.redacted.as_bytes()),
                    folded: self.put(stated.folded.as_bytes()),
                    detections: stated.detections,
                    echoes,
                    is_odd: false,
                }
            }
        };
        self.analysed.push(analysed);
    }

    fn unchanged(&mut self, number: u32) -> Analysed {
        let folded = self.table.text(number).to_ascii_lowercase();
        let text = self.table.text(number).to_vec();
        Analysed {
            redacted: self.put(&text),
            folded: self.put(&folded),
            detections: 0,
            echoes: 0,
            is_odd: false,
        }
    }

    fn learn_echoes(&mut self, echoes: &[String]) -> u32 {
        if echoes.is_empty() {
            return 0;
        }
        let finders = echoes.iter().map(|echo| Finder::new(echo.as_bytes()).into_owned());
        self.echoes.push(finders.collect());
        self.echoes.len() as u32
    }

    fn put(&mut self, bytes: &[u8]) -> Span {
        let start = self.store.len() as u32;
        self.store.extend_from_slice(bytes);
        Span { start, end: self.store.len() as u32 }
    }

    pub fn bytes(&self, span: Span) -> &[u8] {
        &self.store[span.start as usize..span.end as usize]
    }

    pub fn echoes_of(&self, number: u32) -> &[Finder<'static>] {
        match self.analysed[number as usize].echoes {
            0 => &[],
            place => &self.echoes[place as usize - 1],
        }
    }

    pub fn size(&self) -> usize {
        self.store.len() + self.table.size()
    }

    pub fn clear(&mut self) {
        self.table.clear();
        self.analysed.clear();
        self.objects.clear();
        self.store.clear();
        self.echoes.clear();
    }
}

/// The encoded origin of events, by what the log service says of their source.
#[derive(Default)]
pub struct Origins {
    pub table: Table,
    pub encoded: Vec<Vec<u8>>,
}

impl Origins {
    pub fn clear(&mut self) {
        self.table.clear();
        self.encoded.clear();
    }
}
