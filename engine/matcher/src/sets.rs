//! Classes of characters: a bitmap for ASCII, sorted ranges beyond.

use crate::tree::Fault;

/// A class of characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    ascii: [u64; 2],
    beyond: Beyond,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Beyond {
    Nothing,
    Everything,
    Ranges(Box<[(u32, u32)]>),
}

impl Set {
    /// Returns the class of sorted ranges of code points, ends included.
    pub fn of(ranges: &[(u32, u32)]) -> Result<Self, Fault> {
        let mut ascii = [0u64; 2];
        let mut beyond = Vec::new();
        let mut next = 0u32;
        for &(first, last) in ranges {
            if first < next || last < first || last > 0x0010_FFFF {
                return Err(Fault("the ranges of a class are not sorted"));
            }
            next = last + 1;
            for code in first..=last.min(127) {
                ascii[(code >> 6) as usize] |= 1 << (code & 63);
            }
            if last > 127 {
                beyond.push((first.max(128), last));
            }
        }
        let beyond = match beyond.as_slice() {
            [] => Beyond::Nothing,
            [(128, 0x0010_FFFF)] => Beyond::Everything,
            _ => Beyond::Ranges(beyond.into_boxed_slice()),
        };
        Ok(Self { ascii, beyond })
    }

    #[inline]
    pub fn holds_ascii(&self, byte: u8) -> bool {
        self.ascii[usize::from((byte >> 6) & 1)] >> (byte & 63) & 1 != 0
    }

    #[inline]
    pub fn holds_beyond(&self, code: u32) -> bool {
        match &self.beyond {
            Beyond::Nothing => false,
            Beyond::Everything => true,
            Beyond::Ranges(ranges) => {
                let at = ranges.partition_point(|&(_, last)| last < code);
                at < ranges.len() && ranges[at].0 <= code
            }
        }
    }

    #[inline]
    pub fn holds(&self, code: u32) -> bool {
        if code < 128 {
            self.holds_ascii(code as u8)
        } else {
            self.holds_beyond(code)
        }
    }

    /// Tells whether the class has no character beyond ASCII.
    pub fn is_ascii(&self) -> bool {
        self.beyond == Beyond::Nothing
    }

    /// Returns the length of the character of the class at a place before `end`, 0 where there is none.
    #[inline]
    pub fn step(&self, text: &[u8], at: usize, end: usize) -> usize {
        if at >= end {
            return 0;
        }
        let byte = text[at];
        if byte < 128 {
            return usize::from(self.holds_ascii(byte));
        }
        let (code, size) = decode(text, at);
        if self.holds_beyond(code) {
            size
        } else {
            0
        }
    }

    /// Calls back with each byte that a character of the class may begin with.
    pub fn first_bytes(&self, mut each: impl FnMut(u8)) {
        (0..128).filter(|&byte| self.holds_ascii(byte)).for_each(&mut each);
        match &self.beyond {
            Beyond::Nothing => {}
            Beyond::Everything => (0xC2..=0xF4).for_each(each),
            Beyond::Ranges(ranges) => {
                for &(first, last) in ranges.iter() {
                    (lead(first)..=lead(last)).for_each(&mut each);
                }
            }
        }
    }
}

/// Returns the first byte of a code point beyond ASCII in UTF-8.
fn lead(code: u32) -> u8 {
    match code {
        0..=0x7FF => 0xC0 | (code >> 6) as u8,
        0x800..=0xFFFF => 0xE0 | (code >> 12) as u8,
        _ => 0xF0 | (code >> 18) as u8,
    }
}

/// Returns the code point that begins at a place of a text in UTF-8, and its length.
#[inline]
pub fn decode(text: &[u8], at: usize) -> (u32, usize) {
    let tail = |by: usize| u32::from(text[at + by] & 0x3F);
    match text[at] {
        byte @ 0..=0x7F => (u32::from(byte), 1),
        byte @ 0..=0xDF => (u32::from(byte & 0x1F) << 6 | tail(1), 2),
        byte @ 0..=0xEF => (u32::from(byte & 0x0F) << 12 | tail(1) << 6 | tail(2), 3),
        byte => (u32::from(byte & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4),
    }
}

/// Returns where the character before a place begins; the place must not be the beginning.
#[inline]
pub fn before(text: &[u8], at: usize) -> usize {
    let mut at = at - 1;
    while text[at] & 0xC0 == 0x80 {
        at -= 1;
    }
    at
}
