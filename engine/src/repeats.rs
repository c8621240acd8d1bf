//! The ids of events that were seen a short while ago.

use hashbrown::HashSet;
use std::collections::VecDeque;

pub type Id = [u8; 16];

/// Remembers the latest ids, so many at most; a repeat does not make an id younger.
pub struct RecentIds {
    most: usize,
    seen: HashSet<Id, foldhash::fast::RandomState>,
    order: VecDeque<Id>,
}

impl RecentIds {
    pub fn new(most: usize) -> Self {
        Self { most, seen: HashSet::default(), order: VecDeque::new() }
    }

    pub fn clear(&mut self) {
        self.seen.clear();
        self.order.clear();
    }

    /// Tells whether an id is not among the remembered ones, and remembers it.
    pub fn is_new(&mut self, id: Id) -> bool {
        if self.seen.contains(&id) {
            return false;
        }
        if self.order.len() >= self.most {
            if let Some(oldest) = self.order.pop_front() {
                self.seen.remove(&oldest);
            }
        }
        self.seen.insert(id);
        self.order.push_back(id);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_id_is_forgotten_first() {
        let mut ids = RecentIds::new(2);
        let [a, b, c] = [[1; 16], [2; 16], [3; 16]];
        assert!(ids.is_new(a) && ids.is_new(b) && !ids.is_new(a));
        assert!(ids.is_new(c) && ids.is_new(a) && !ids.is_new(c));
    }
}
