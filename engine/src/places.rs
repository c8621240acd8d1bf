//! Where the characters of a text begin: Python counts characters, the matcher bytes.

/// The places of the characters of a text, if any is beyond ASCII.
pub struct Places {
    length: usize,
    begins: Option<Vec<usize>>,
}

impl Places {
    pub fn of(text: &str) -> Self {
        let begins = || text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        Self { length: text.len(), begins: (!text.is_ascii()).then(begins) }
    }

    /// Returns where a character begins, or the end of the text.
    pub fn byte(&self, character: usize) -> usize {
        match &self.begins {
            None => character.min(self.length),
            Some(begins) => begins.get(character).copied().unwrap_or(self.length),
        }
    }

    /// Returns how many characters stand before a byte.
    pub fn character(&self, byte: usize) -> usize {
        match &self.begins {
            None => byte,
            Some(begins) => begins.partition_point(|&begin| begin < byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_beyond_ascii_are_counted_in_characters() {
        let places = Places::of("aé中b");
        assert_eq!([0, 1, 2, 3, 4, 9].map(|character| places.byte(character)), [0, 1, 3, 6, 7, 7]);
        assert_eq!([0, 1, 3, 6, 7].map(|byte| places.character(byte)), [0, 1, 2, 3, 4]);
        let plain = Places::of("abc");
        assert_eq!((plain.byte(2), plain.byte(9), plain.character(3)), (2, 3, 3));
    }
}
