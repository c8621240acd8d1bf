//! Texts by number: one flat buffer, and a table of numbers that compares against it.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Gives each text that it is shown a number, counted from 0 in the order in which they came.
#[derive(Default)]
pub struct Table {
    state: RandomState,
    numbers: HashTable<u32>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Table {
    /// Returns the number of a text that was inserted.
    pub fn get(&self, text: &[u8]) -> Option<u32> {
        let hash = self.state.hash_one(text);
        self.numbers.find(hash, |&number| self.text(number) == text).copied()
    }

    /// Returns the number of a text, and whether it is a new one.
    pub fn insert(&mut self, text: &[u8]) -> (u32, bool) {
        let hash = self.state.hash_one(text);
        let (bytes, ends) = (&self.bytes, &self.ends);
        let found = self.numbers.find(hash, |&number| text_at(bytes, ends, number) == text);
        if let Some(&number) = found {
            return (number, false);
        }
        let number = self.ends.len() as u32;
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        let (state, bytes, ends) = (&self.state, &self.bytes, &self.ends);
        self.numbers.insert_unique(hash, number, |&other| state.hash_one(text_at(bytes, ends, other)));
        (number, true)
    }

    /// Returns the text of a number.
    pub fn text(&self, number: u32) -> &[u8] {
        text_at(&self.bytes, &self.ends, number)
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns how many bytes the texts have together.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    pub fn clear(&mut self) {
        self.numbers.clear();
        self.bytes.clear();
        self.ends.clear();
    }
}

fn text_at<'a>(bytes: &'a [u8], ends: &[usize], number: u32) -> &'a [u8] {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends[number - 1] };
    &bytes[start..ends[number]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_one_number() {
        let mut table = Table::default();
        assert_eq!(table.insert(b"a"), (0, true));
        assert_eq!(table.insert(b""), (1, true));
        assert_eq!(table.insert(b"a"), (0, false));
        assert_eq!(table.get(b""), Some(1));
        assert_eq!(table.get(b"b"), None);
        assert_eq!((table.text(0), table.text(1)), (&b"a"[..], &b""[..]));
    }

    #[test]
    fn what_was_cleared_is_forgotten() {
        let mut table = Table::default();
        for number in 0..1000u32 {
            assert_eq!(table.insert(number.to_string().as_bytes()), (number, true));
        }
        table.clear();
        assert_eq!((table.len(), table.size(), table.get(b"7")), (0, 0, None));
    }
}
