//! Runs a program at one place of a text: backtracking on a stack of its own, with a budget of steps.

use crate::compile::{below, Again, Inst, Program};
use crate::first::{Bytes, First};
use crate::sets::{before, decode, Set};
use crate::tree::{At, Mode};
use std::fmt;

/// The text takes more steps than it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted;

impl fmt::Display for Exhausted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the text takes more steps than it was given")
    }
}

impl std::error::Error for Exhausted {}

pub const UNSET: usize = usize::MAX;

#[derive(Debug)]
enum Frame {
    /// Go on there.
    Try {
        pc: usize,
        at: usize,
    },
    /// Try the branches from this one on.
    Branch {
        pc: usize,
        branch: usize,
        at: usize,
    },
    /// Give back characters of a run down to the lowest place.
    Shorter {
        pc: usize,
        lowest: usize,
        at: usize,
    },
    /// Take one more character of a lazy run.
    Longer {
        pc: usize,
        at: usize,
        count: u32,
    },
    /// Enter the body of a lazy loop once more.
    Body {
        pc: usize,
        at: usize,
    },
    Slot {
        slot: usize,
        old: usize,
    },
    Counter {
        counter: usize,
        old: (u32, usize),
    },
}

/// What a search writes to; it may be used for one after the other.
#[derive(Debug, Default)]
pub struct Room {
    stack: Vec<Frame>,
    counters: Vec<(u32, usize)>,
    /// Where the looks that are open began: their place, and the height of the stack.
    looks: Vec<(usize, usize)>,
    /// Begin and end of each group.
    pub slots: Vec<usize>,
    pub steps: u64,
}

impl Room {
    pub fn prepare(&mut self, program: &Program) {
        self.stack.clear();
        self.counters.clear();
        self.counters.resize(program.counters, (0, UNSET));
        self.looks.clear();
        self.looks.resize(program.looks, (0, 0));
        self.slots.clear();
        self.slots.resize(2 * program.groups + 2, UNSET);
    }
}

/// A text, of which the part before `end` is read.
#[derive(Clone, Copy)]
pub struct Subject<'t> {
    pub text: &'t [u8],
    pub end: usize,
}

pub struct Machine<'p, 't, 'r> {
    pub program: &'p Program,
    pub subject: Subject<'t>,
    pub room: &'r mut Room,
}

impl Machine<'_, '_, '_> {
    /// Tells whether the program matches at a place; then the slots say what. An empty match may be refused.
    pub fn matches(&mut self, start: usize, must_advance: bool) -> Result<bool, Exhausted> {
        let end = self.subject.end;
        let mut pc = 0;
        let mut at = start;
        self.room.stack.clear();
        loop {
            if self.room.steps == 0 {
                return Err(Exhausted);
            }
            self.room.steps -= 1;
            let Subject { text, .. } = self.subject;
            let done = match &self.program.code[pc] {
                Inst::Byte(byte) => (at < end && text[at] == *byte).then_some((pc + 1, at + 1)),
                Inst::Text(literal) => {
                    let stop = at + literal.len();
                    (stop <= end && text[at..stop] == **literal).then_some((pc + 1, stop))
                }
                Inst::One(set) => match self.program.sets[*set].step(text, at, end) {
                    0 => None,
                    size => Some((pc + 1, at + size)),
                },
                Inst::Jump(to) => Some((*to, at)),
                Inst::Either(_) => self.branch(pc, 0, at),
                Inst::Save(slot) => {
                    self.save(*slot, at);
                    Some((pc + 1, at))
                }
                Inst::Run { .. } => self.run(pc, at),
                Inst::Maybe { lazy, part, exit, next } => self.maybe(pc, at, *lazy, part, *exit, next),
                Inst::Begin(counter) => {
                    self.count(*counter, (0, UNSET));
                    Some((pc + 1, at))
                }
                Inst::Again(again) => self.again(pc, at, again),
                Inst::Beside { set, ahead, negated } => {
                    (self.stands_beside(*set, *ahead, at) != *negated).then_some((pc + 1, at))
                }
                Inst::Look { look, behind, negated, exit } => {
                    self.look(pc, at, *look, *behind, *negated, *exit)
                }
                Inst::LookEnd { look, negated, exit } => {
                    let (begun, height) = self.room.looks[*look];
                    if *negated {
                        self.unwind(height);
                        None
                    } else {
                        self.forget(height);
                        Some((*exit, begun))
                    }
                }
                Inst::Atomic(look) => {
                    self.room.looks[*look] = (at, self.room.stack.len());
                    Some((pc + 1, at))
                }
                Inst::AtomicEnd(look) => {
                    self.forget(self.room.looks[*look].1);
                    Some((pc + 1, at))
                }
                Inst::At(place) => self.is_at(*place, at).then_some((pc + 1, at)),
                Inst::Same { group, any_case } => self.same(*group, *any_case, at).map(|at| (pc + 1, at)),
                Inst::If { group, no } => {
                    let is_set = self.room.slots[2 * group + 1] != UNSET;
                    Some((if is_set { pc + 1 } else { *no }, at))
                }
                Inst::Match => {
                    if !(must_advance && at == start) {
                        self.room.slots[0] = start;
                        self.room.slots[1] = at;
                        return Ok(true);
                    }
                    None
                }
            };
            match done.or_else(|| self.back()) {
                Some(next) => (pc, at) = next,
                None => return Ok(false),
            }
        }
    }

    /// Returns where to go on after the latest choice that leaves one.
    fn back(&mut self) -> Option<(usize, usize)> {
        while let Some(frame) = self.room.stack.pop() {
            let next = match frame {
                Frame::Try { pc, at } => Some((pc, at)),
                Frame::Branch { pc, branch, at } => self.branch(pc, branch, at),
                Frame::Shorter { pc, lowest, at } => self.shorter(pc, lowest, at),
                Frame::Longer { pc, at, count } => self.longer(pc, at, count),
                Frame::Body { pc, at } => self.enter(pc, at),
                Frame::Slot { slot, old } => {
                    self.room.slots[slot] = old;
                    None
                }
                Frame::Counter { counter, old } => {
                    self.room.counters[counter] = old;
                    None
                }
            };
            if next.is_some() {
                return next;
            }
        }
        None
    }

    fn branch(&mut self, pc: usize, from: usize, at: usize) -> Option<(usize, usize)> {
        let Inst::Either(branches) = &self.program.code[pc] else { return None };
        let Subject { text, end } = self.subject;
        let mut allowed = (from..branches.len()).filter(|&index| branches[index].0.allows(text, at, end));
        let taken = allowed.next()?;
        if let Some(branch) = allowed.next() {
            self.room.stack.push(Frame::Branch { pc, branch, at });
        }
        Some((branches[taken].1, at))
    }

    fn save(&mut self, slot: usize, at: usize) {
        let old = std::mem::replace(&mut self.room.slots[slot], at);
        self.room.stack.push(Frame::Slot { slot, old });
    }

    fn count(&mut self, counter: usize, new: (u32, usize)) {
        let old = std::mem::replace(&mut self.room.counters[counter], new);
        self.room.stack.push(Frame::Counter { counter, old });
    }

    fn run(&mut self, pc: usize, at: usize) -> Option<(usize, usize)> {
        let Inst::Run { set, least, most, mode, .. } = &self.program.code[pc] else { return None };
        let Subject { text, end } = self.subject;
        let set = &self.program.sets[*set];
        let lowest = stretch(set, text, at, end, *least, *least)?;
        if *mode == Mode::Lazy {
            return self.stop_or_longer(pc, lowest, *least);
        }
        let more = most.saturating_sub(*least);
        let highest =
            stretch(set, text, lowest, end, 0, if below(u32::MAX - 1, *most) { u32::MAX } else { more })?;
        self.room.steps = self.room.steps.saturating_sub(((highest - at) >> 3) as u64);
        if *mode == Mode::Possessive || lowest == highest {
            return Some((pc + 1, highest));
        }
        self.settle(pc, lowest, highest)
    }

    fn shorter(&mut self, pc: usize, lowest: usize, at: usize) -> Option<(usize, usize)> {
        let at = before(self.subject.text, at);
        if at == lowest {
            return Some((pc + 1, at));
        }
        self.settle(pc, lowest, at)
    }

    /// Goes on at the last place of a run at which what follows may begin; earlier ones are left for later.
    fn settle(&mut self, pc: usize, lowest: usize, highest: usize) -> Option<(usize, usize)> {
        let Inst::Run { next, .. } = &self.program.code[pc] else { return None };
        let Subject { text, end } = self.subject;
        let at = if next.may_be_empty { highest } else { last_of(&next.bytes, text, lowest, highest, end)? };
        if at > lowest {
            self.room.stack.push(Frame::Shorter { pc, lowest, at });
        }
        Some((pc + 1, at))
    }

    fn longer(&mut self, pc: usize, at: usize, count: u32) -> Option<(usize, usize)> {
        let Inst::Run { set, most, .. } = &self.program.code[pc] else { return None };
        let Subject { text, end } = self.subject;
        match self.program.sets[*set].step(text, at, end) {
            0 => None,
            _ if !below(count, *most) => None,
            size => self.stop_or_longer(pc, at + size, count.saturating_add(1)),
        }
    }

    /// Goes on behind a lazy run at the next place at which what follows may begin.
    fn stop_or_longer(&mut self, pc: usize, mut at: usize, mut count: u32) -> Option<(usize, usize)> {
        let Inst::Run { set, most, next, .. } = &self.program.code[pc] else { return None };
        let Subject { text, end } = self.subject;
        while !next.allows(text, at, end) {
            let size = self.program.sets[*set].step(text, at, end);
            if size == 0 || !below(count, *most) {
                return None;
            }
            at += size;
            count = count.saturating_add(1);
        }
        self.room.stack.push(Frame::Longer { pc, at, count });
        Some((pc + 1, at))
    }

    fn maybe(
        &mut self,
        pc: usize,
        at: usize,
        lazy: bool,
        part: &First,
        exit: usize,
        next: &First,
    ) -> Option<(usize, usize)> {
        let Subject { text, end } = self.subject;
        match (part.allows(text, at, end), next.allows(text, at, end)) {
            (true, true) => {
                let (first, second) = if lazy { (exit, pc + 1) } else { (pc + 1, exit) };
                self.room.stack.push(Frame::Try { pc: second, at });
                Some((first, at))
            }
            (true, false) => Some((pc + 1, at)),
            (false, true) => Some((exit, at)),
            (false, false) => None,
        }
    }

    fn again(&mut self, pc: usize, at: usize, again: &Again) -> Option<(usize, usize)> {
        let Subject { text, end } = self.subject;
        let (count, last) = self.room.counters[again.counter];
        if count < again.least {
            self.count(again.counter, (count + 1, last));
            return Some((pc + 1, at));
        }
        let may_enter = below(count, again.most) && at != last && again.part.allows(text, at, end);
        let may_leave = again.next.allows(text, at, end);
        match (may_enter, may_leave) {
            (false, false) => None,
            (false, true) => Some((again.exit, at)),
            (true, true) if again.lazy => {
                self.room.stack.push(Frame::Body { pc, at });
                Some((again.exit, at))
            }
            (true, leave) => {
                if leave {
                    self.room.stack.push(Frame::Try { pc: again.exit, at });
                }
                self.enter(pc, at)
            }
        }
    }

    fn enter(&mut self, pc: usize, at: usize) -> Option<(usize, usize)> {
        let Inst::Again(again) = &self.program.code[pc] else { return None };
        let (count, _) = self.room.counters[again.counter];
        self.count(again.counter, (count.saturating_add(1), at));
        Some((pc + 1, at))
    }

    fn stands_beside(&self, set: usize, ahead: bool, at: usize) -> bool {
        let Subject { text, end } = self.subject;
        let set = &self.program.sets[set];
        if ahead {
            return set.step(text, at, end) > 0;
        }
        at > 0 && set.holds(decode(text, before(text, at)).0)
    }

    fn look(
        &mut self,
        pc: usize,
        at: usize,
        look: usize,
        behind: u32,
        negated: bool,
        exit: usize,
    ) -> Option<(usize, usize)> {
        let mut from = at;
        for _ in 0..behind {
            if from == 0 {
                return negated.then_some((exit, at));
            }
            from = before(self.subject.text, from);
        }
        self.room.looks[look] = (at, self.room.stack.len());
        if negated {
            self.room.stack.push(Frame::Try { pc: exit, at });
        }
        Some((pc + 1, from))
    }

    /// Takes back what was done since the stack had a height.
    fn unwind(&mut self, height: usize) {
        while self.room.stack.len() > height {
            match self.room.stack.pop() {
                Some(Frame::Slot { slot, old }) => self.room.slots[slot] = old,
                Some(Frame::Counter { counter, old }) => self.room.counters[counter] = old,
                _ => {}
            }
        }
    }

    /// Drops the choices since the stack had a height; what was written is still taken back with what was before.
    fn forget(&mut self, height: usize) {
        let mut kept = height;
        for index in height..self.room.stack.len() {
            if matches!(self.room.stack[index], Frame::Slot { .. } | Frame::Counter { .. }) {
                self.room.stack.swap(kept, index);
                kept += 1;
            }
        }
        self.room.stack.truncate(kept);
    }

    fn is_at(&self, place: At, at: usize) -> bool {
        let Subject { text, end } = self.subject;
        match place {
            At::TextStart => at == 0,
            At::LineStart => at == 0 || text[at - 1] == b'\n',
            At::TextEnd => at == end,
            At::LastLineEnd => at == end || (at + 1 == end && text[at] == b'\n'),
            At::LineEnd => at == end || text[at] == b'\n',
            At::Boundary(set) => self.is_border(set, at),
            At::NoBoundary(set) => end > 0 && !self.is_border(set, at),
        }
    }

    fn is_border(&self, set: usize, at: usize) -> bool {
        self.stands_beside(set, false, at) != self.stands_beside(set, true, at)
    }

    fn same(&self, group: usize, any_case: bool, at: usize) -> Option<usize> {
        let Subject { text, end } = self.subject;
        let (first, last) = (self.room.slots[2 * group], self.room.slots[2 * group + 1]);
        if first == UNSET || last == UNSET || last < first {
            return None;
        }
        let stop = at + (last - first);
        if stop > end {
            return None;
        }
        let (was, is) = (&text[first..last], &text[at..stop]);
        (was == is || (any_case && was.eq_ignore_ascii_case(is))).then_some(stop)
    }
}

/// Returns where a run of a class ends that has at most so many characters, None if it has too few.
#[inline]
fn stretch(set: &Set, text: &[u8], from: usize, end: usize, least: u32, most: u32) -> Option<usize> {
    let mut at = from;
    let mut count = 0;
    while count < most {
        let size = set.step(text, at, end);
        if size == 0 {
            break;
        }
        at += size;
        count += 1;
    }
    (count >= least).then_some(at)
}

/// Returns the last place from `lowest` to `highest` at which one of the bytes stands.
#[inline]
fn last_of(bytes: &Bytes, text: &[u8], lowest: usize, highest: usize, end: usize) -> Option<usize> {
    let mut at = highest;
    loop {
        if at < end && bytes.holds(text[at]) {
            return Some(at);
        }
        if at == lowest {
            return None;
        }
        at -= 1;
    }
}
