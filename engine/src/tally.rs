//! What is counted over one batch: outcomes of fields, and unknown keys.

use hashbrown::HashMap;

/// Under which of an unknown key's counts an event falls: told, personal, or told with the trace of whose event it is.
pub const TOLD: u8 = 0;
pub const PERSONAL: u8 = 1;
pub const TRACED: u8 = 2;

#[derive(Default)]
pub struct Tally {
    outcomes: Vec<u32>,
    unknown: HashMap<(u32, u8), u32, foldhash::fast::RandomState>,
}

impl Tally {
    pub fn clear(&mut self) {
        self.outcomes.fill(0);
        self.unknown.clear();
    }

    pub fn count(&mut self, outcome: u32) {
        let place = outcome as usize;
        if place >= self.outcomes.len() {
            self.outcomes.resize(place + 1, 0);
        }
        self.outcomes[place] += 1;
    }

    pub fn count_unknown(&mut self, key: u32, cell: u8) {
        *self.unknown.entry((key, cell)).or_default() += 1;
    }

    /// Returns the number of each outcome that there was, with how often.
    pub fn outcomes(&self) -> Vec<(u32, u32)> {
        let counts = (0u32..).zip(self.outcomes.iter().copied());
        counts.filter(|&(_, count)| count > 0).collect()
    }

    pub fn unknown(&self) -> impl Iterator<Item = ((u32, u8), u32)> + '_ {
        self.unknown.iter().map(|(&key, &count)| (key, count))
    }
}
