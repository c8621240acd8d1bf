//! Which bytes what is to come may begin with.

use crate::sets::Set;
use crate::tree::Node;

/// The bytes that a match may begin with; where it may be empty too, it may begin anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First {
    pub bytes: Bytes,
    pub may_be_empty: bool,
}

/// A set of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Bytes([u64; 4]);

impl Bytes {
    /// All that a character may begin with: none that goes on with one.
    const ALL: Self = Self([u64::MAX, u64::MAX, 0, u64::MAX]);

    #[inline]
    pub fn holds(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
    }

    pub fn add(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    fn unite(&mut self, other: &Self) {
        for (one, more) in self.0.iter_mut().zip(other.0) {
            *one |= more;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=255).filter(|&byte| self.holds(byte))
    }
}

impl First {
    pub fn empty() -> Self {
        Self { bytes: Bytes::default(), may_be_empty: true }
    }

    pub fn anything() -> Self {
        Self { bytes: Bytes::ALL, may_be_empty: true }
    }

    /// Returns what both may begin with, one behind the other.
    pub fn then(mut self, next: &First) -> Self {
        if self.may_be_empty {
            self.bytes.unite(&next.bytes);
            self.may_be_empty = next.may_be_empty;
        }
        self
    }

    /// Tells whether a match may begin at a place before `end`.
    #[inline]
    pub fn allows(&self, text: &[u8], at: usize, end: usize) -> bool {
        self.may_be_empty || (at < end && self.bytes.holds(text[at]))
    }
}

/// Returns what a node may begin with.
pub fn of(node: &Node, sets: &[Set]) -> First {
    match node {
        Node::Literal(text) => match text.bytes().next() {
            Some(byte) => one_of([byte]),
            None => First::empty(),
        },
        Node::One(set) => {
            let mut bytes = Bytes::default();
            sets[*set].first_bytes(|byte| bytes.add(byte));
            First { bytes, may_be_empty: false }
        }
        Node::Sequence(parts) => {
            let mut first = First::empty();
            for part in parts {
                if !first.may_be_empty {
                    break;
                }
                first = first.then(&of(part, sets));
            }
            first
        }
        Node::Either(branches) => branches
            .iter()
            .map(|branch| of(branch, sets))
            .fold(First { bytes: Bytes::default(), may_be_empty: false }, either),
        Node::Repeat { least, part, .. } => {
            let mut first = of(part, sets);
            first.may_be_empty |= *least == 0;
            first
        }
        Node::Group { part, .. } | Node::Atomic(part) => of(part, sets),
        Node::Look { .. } | Node::At(_) => First::empty(),
        Node::Same { .. } => First::anything(),
        Node::If { yes, no, .. } => either(of(yes, sets), of(no, sets)),
    }
}

fn one_of(bytes: impl IntoIterator<Item = u8>) -> First {
    let mut set = Bytes::default();
    bytes.into_iter().for_each(|byte| set.add(byte));
    First { bytes: set, may_be_empty: false }
}

pub fn either(mut one: First, other: First) -> First {
    one.bytes.unite(&other.bytes);
    one.may_be_empty |= other.may_be_empty;
    one
}
