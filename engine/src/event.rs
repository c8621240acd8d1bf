//! Read one line of JSON into an event; whatever is not plain makes it odd.

use crate::plan::{Field, Key};
use crate::table::Table;
use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;

pub const TIMESTAMP: u8 = 0;
pub const TOPIC: u8 = 1;
pub const PACKAGE: u8 = 2;
pub const PACKAGE_LOG: u8 = 3;
const MOST_KEYS: usize = 1024;
const BIG: f64 = 9_223_372_036_854_775_808.0;

/// A value of JSON that is no object and no array.
#[derive(Clone, Debug)]
pub enum Scalar<'a> {
    Text(Cow<'a, str>),
    Integer(i64),
    Null,
    /// A number or a truth value whose text is not asked for.
    Other,
}

/// One event: its values by field in the order of the line, unknown keys, and what the log service says of it.
#[derive(Default)]
pub struct Event<'a> {
    pub values: Vec<(u8, Cow<'a, str>)>,
    pub unknown: Vec<u32>,
    pub time: Option<i64>,
    pub source: [Option<Cow<'a, str>>; 3],
    pub package: [Option<Cow<'a, str>>; 2],
}

pub enum Read<'a> {
    Event(Event<'a>),
    Odd,
    /// A key that was never seen stands in it.
    New,
}

/// What is known of keys, and which of them the event that is read has had.
pub struct Keys {
    /// What stands before the name of a tag that is a key of its own.
    pub tag_prefix: String,
    pub table: Table,
    pub rules: Vec<Key>,
    seen: Vec<u32>,
    turn: u32,
}

impl Keys {
    pub fn new(tag_prefix: String) -> Self {
        Self { tag_prefix, table: Table::default(), rules: Vec::new(), seen: Vec::new(), turn: 0 }
    }

    pub fn learn(&mut self, key: &str, rule: Key) {
        if self.table.insert(key.as_bytes()).1 {
            self.rules.push(rule);
            self.seen.push(0);
        }
    }

    pub fn clear(&mut self) {
        self.table.clear();
        self.rules.clear();
        self.seen.clear();
        self.turn = 0;
    }

    fn begin(&mut self) {
        if self.turn == u32::MAX {
            self.seen.fill(0);
            self.turn = 0;
        }
        self.turn += 1;
    }

    /// Notes that the event has a key; tells whether it had it before.
    fn repeats(&mut self, key: u32) -> bool {
        std::mem::replace(&mut self.seen[key as usize], self.turn) == self.turn
    }
}

/// Returns the event of a line.
pub fn read<'a>(line: &'a [u8], keys: &mut Keys, fields: &[Field], new: &mut Vec<String>) -> Read<'a> {
    // Between tokens such a byte counts as a repair, and within a string as a fault.
    if line.iter().any(|&byte| byte < 0x20) {
        return Read::Odd;
    }
    let Ok(text) = std::str::from_utf8(line) else {
        return Read::Odd;
    };
    keys.begin();
    let mut event = Event::default();
    let before = new.len();
    let mut reader = serde_json::Deserializer::from_str(text);
    let seed = EventSeed { event: &mut event, keys, fields, new };
    let done = seed.deserialize(&mut reader).and_then(|()| reader.end());
    match done {
        Err(_) => {
            new.truncate(before);
            Read::Odd
        }
        Ok(()) if new.len() > before => Read::New,
        Ok(()) => Read::Event(event),
    }
}

struct EventSeed<'e, 'a> {
    event: &'e mut Event<'a>,
    keys: &'e mut Keys,
    fields: &'e [Field],
    new: &'e mut Vec<String>,
}

fn odd<E: Error>() -> E {
    E::custom("odd")
}

impl<'a> DeserializeSeed<'a> for EventSeed<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for EventSeed<'_, 'a> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(mut self, mut map: M) -> Result<(), M::Error> {
        let mut pairs = 0;
        while let Some(Text(key)) = map.next_key::<Text<'a>>()? {
            pairs += 1;
            let number = self.keys.table.get(key.as_bytes());
            if pairs > MOST_KEYS || number.is_some_and(|number| self.keys.repeats(number)) {
                return Err(odd());
            }
            match number {
                Some(number) => self.take(number, &mut map)?,
                None => {
                    self.new.push(key.into_owned());
                    // What is nested under a new key may be the service's tags: ask first.
                    map.next_value::<serde::de::IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

impl<'a> EventSeed<'_, 'a> {
    fn take<M: MapAccess<'a>>(&mut self, key: u32, map: &mut M) -> Result<(), M::Error> {
        match self.keys.rules[key as usize] {
            Key::Field(field) => self.take_field(field, map.next_value()?),
            Key::Skip => map.next_value::<Scalar<'a>>().map(drop),
            Key::Slot(slot) => {
                let value = map.next_value()?;
                self.take_slot(slot, value)
            }
            Key::Tags => map.next_value_seed(TagsSeed(self)),
            Key::TagSlot(slot) => {
                let value = map.next_value()?;
                self.take_tag(slot, value)
            }
            Key::Unknown(_) => {
                let value: Scalar<'a> = map.next_value()?;
                if matches!(&value, Scalar::Text(text) if text.starts_with(['{', '['])) {
                    return Err(odd());
                }
                self.event.unknown.push(key);
                Ok(())
            }
            Key::Odd => Err(odd()),
        }
    }

    fn take_field<E: Error>(&mut self, field: u8, value: Scalar<'a>) -> Result<(), E> {
        match value {
            Scalar::Null => Ok(()),
            Scalar::Text(text) if text.is_empty() => Ok(()),
            Scalar::Text(text) => {
                let opens = self.fields[field as usize].opened && text.starts_with(['{', '[']);
                if opens || self.event.values.iter().any(|(other, _)| *other == field) {
                    return Err(odd());
                }
                self.event.values.push((field, text));
                Ok(())
            }
            Scalar::Integer(_) | Scalar::Other => Err(odd()),
        }
    }

    fn take_slot<E: Error>(&mut self, slot: u8, value: Scalar<'a>) -> Result<(), E> {
        match (slot, value) {
            (TIMESTAMP, Scalar::Integer(time)) => self.event.time = Some(time),
            (TOPIC, Scalar::Text(text)) => self.event.source[0] = Some(text),
            (TOPIC, _) => {}
            (PACKAGE | PACKAGE_LOG, value) => {
                self.event.package[usize::from(slot - PACKAGE)] = match value {
                    Scalar::Text(text) if !text.is_empty() => Some(text),
                    Scalar::Text(_) | Scalar::Null => None,
                    Scalar::Integer(number) => Some(number.to_string().into()),
                    Scalar::Other => return Err(odd()),
                }
            }
            _ => return Err(odd()),
        }
        Ok(())
    }

    fn take_tag<E: Error>(&mut self, slot: u8, value: Scalar<'a>) -> Result<(), E> {
        let place = &mut self.event.source[usize::from(slot) + 1];
        match value {
            Scalar::Text(text) if place.is_none() => *place = Some(text),
            _ => return Err(odd()),
        }
        Ok(())
    }
}

/// The tags of the log service: an object of plain values.
struct TagsSeed<'t, 'e, 'a>(&'t mut EventSeed<'e, 'a>);

impl<'a> DeserializeSeed<'a> for TagsSeed<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for TagsSeed<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
        let seed = self.0;
        let mut name = String::with_capacity(64);
        let mut pairs = 0;
        while let Some(Text(tag)) = map.next_key::<Text<'a>>()? {
            pairs += 1;
            name.clear();
            name.push_str(&seed.keys.tag_prefix);
            name.push_str(&tag);
            let value: Scalar<'a> = map.next_value()?;
            let number = seed.keys.table.get(name.as_bytes());
            if pairs > MOST_KEYS || number.is_some_and(|number| seed.keys.repeats(number)) {
                return Err(odd());
            }
            match number.map(|number| &seed.keys.rules[number as usize]) {
                None => seed.new.push(name.clone()),
                Some(Key::Skip) => {}
                Some(Key::TagSlot(slot)) => seed.take_tag(*slot, value)?,
                Some(_) => return Err(odd()),
            }
        }
        Ok(())
    }
}

/// A string, of the line itself where nothing in it is escaped.
struct Text<'a>(Cow<'a, str>);

impl<'a> Deserialize<'a> for Text<'a> {
    fn deserialize<D: Deserializer<'a>>(reader: D) -> Result<Self, D::Error> {
        match reader.deserialize_any(ScalarVisitor)? {
            Scalar::Text(text) => Ok(Self(text)),
            _ => Err(odd()),
        }
    }
}

impl<'a> Deserialize<'a> for Scalar<'a> {
    fn deserialize<D: Deserializer<'a>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'a> Visitor<'a> for ScalarVisitor {
    type Value = Scalar<'a>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a plain value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'a str) -> Result<Scalar<'a>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar<'a>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar<'a>, E> {
        Ok(Scalar::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar<'a>, E> {
        Ok(i64::try_from(number).map_or(Scalar::Other, Scalar::Integer))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Scalar<'a>, E> {
        if number.abs() < BIG {
            Ok(Scalar::Other)
        } else {
            Err(odd())
        }
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Scalar<'a>, E> {
        Ok(Scalar::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Scalar<'a>, E> {
        Ok(Scalar::Null)
    }
}
