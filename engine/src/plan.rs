//! What Python hands over at the start: the fields and how each is taken, keys, forms, secrets, bytes of tags.

use pyo3::prelude::*;
use regex::bytes::{Regex, RegexBuilder};

const LARGEST_FORM: usize = 1 << 20;

/// How a field's values are taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Take {
    /// Each value is settled by Python once; it may name a person.
    Person,
    /// A value that has the field's form stays; any other is a text.
    Keep,
    Text,
    Url,
    /// An event that has the field goes back.
    Odd,
}

pub struct Field {
    pub take: Take,
    /// A value that begins like an object or an array is opened, which is not done here.
    pub opened: bool,
    /// Names of unknown keys may not hold its value.
    pub is_people: bool,
    /// Its first value in an event stands for whose event it is.
    pub is_account: bool,
    /// The days that a value of it keeps an event, where it is personal.
    pub days: Option<i64>,
    pub form: Option<Regex>,
    /// The outcome of a value that is settled.
    pub outcome: u32,
}

#[derive(FromPyObject)]
pub struct StatedField {
    take: u8,
    opened: bool,
    is_people: bool,
    is_account: bool,
    days: Option<i64>,
    form: Option<String>,
    outcome: u32,
}

impl StatedField {
    pub fn compile(self) -> PyResult<Field> {
        let take = match self.take {
            0 => Take::Person,
            1 => Take::Keep,
            2 => Take::Text,
            3 => Take::Url,
            _ => Take::Odd,
        };
        Ok(Field {
            take,
            opened: self.opened,
            is_people: self.is_people,
            is_account: self.is_account,
            days: self.days,
            form: self.form.as_deref().and_then(compile_form),
            outcome: self.outcome,
        })
    }
}

/// Returns a form that an ASCII value must match in full; None where this library doesn't take it.
fn compile_form(form: &str) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{form})$")).unicode(false).size_limit(LARGEST_FORM).build().ok()
}

#[derive(FromPyObject)]
pub struct Settings {
    pub secret: Vec<u8>,
    pub fields: Vec<StatedField>,
    pub stated_time: Times,
    pub category_days: i64,
    pub one_retention: bool,
    pub id_domain: Vec<u8>,
    pub tag_prefix: String,
    pub forged_mark: u8,
    pub longest_kept: usize,
    pub shortest_person: usize,
    pub limits: Limits,
    pub remembered_ids: usize,
}

/// How much is remembered before a memory starts over.
#[derive(FromPyObject, Clone, Copy)]
pub struct Limits {
    pub most_keys: usize,
    pub most_values: usize,
    pub most_texts: usize,
    pub most_bytes: usize,
}

#[derive(FromPyObject)]
pub struct Times {
    pub earliest_ms: i64,
    pub latest_ms: i64,
    pub day_ms: i64,
}

/// What a key says of its pair.
#[derive(Clone, Debug)]
pub enum Key {
    Field(u8),
    Skip,
    Slot(u8),
    Tags,
    TagSlot(u8),
    Unknown(Unknown),
    Odd,
}

#[derive(Clone, Debug)]
pub struct Unknown {
    /// The key, case-folded: no person of its event may be in it.
    pub folded: Vec<u8>,
    pub nameable: bool,
}

#[derive(FromPyObject)]
pub struct StatedKey {
    kind: u8,
    number: u8,
    folded: String,
    nameable: bool,
}

impl From<StatedKey> for Key {
    fn from(stated: StatedKey) -> Self {
        match stated.kind {
            0 => Key::Field(stated.number),
            1 => Key::Skip,
            2 => Key::Slot(stated.number),
            3 => Key::Tags,
            4 => Key::TagSlot(stated.number),
            5 => Key::Unknown(Unknown { folded: stated.folded.into_bytes(), nameable: stated.nameable }),
            _ => Key::Odd,
        }
    }
}

/// The outcome of a field: what its tag is made of, around the day on which it expires.
#[derive(FromPyObject)]
pub struct StatedOutcome {
    pub head: Vec<u8>,
    pub days: i64,
    pub tail: Vec<u8>,
}
