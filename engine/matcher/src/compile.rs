//! A tree as a list of instructions; each knows which bytes may follow it, so that what can't match isn't tried.

use crate::first::{self, First};
use crate::sets::Set;
use crate::tree::{At, Fault, Mode, Node, Tree, UNBOUNDED};

#[derive(Debug)]
pub enum Inst {
    Byte(u8),
    Text(Box<[u8]>),
    One(usize),
    Jump(usize),
    /// The branches in order, each with what it may begin with.
    Either(Box<[(First, usize)]>),
    Save(usize),
    /// Characters of one class, and what may follow them.
    Run {
        set: usize,
        least: u32,
        most: u32,
        mode: Mode,
        next: First,
    },
    /// A part that may be left out; it begins behind this instruction.
    Maybe {
        lazy: bool,
        part: First,
        exit: usize,
        next: First,
    },
    Begin(usize),
    Again(Box<Again>),
    /// One character of a class before or at the place, or none.
    Beside {
        set: usize,
        ahead: bool,
        negated: bool,
    },
    Look {
        look: usize,
        behind: u32,
        negated: bool,
        exit: usize,
    },
    LookEnd {
        look: usize,
        negated: bool,
        exit: usize,
    },
    Atomic(usize),
    AtomicEnd(usize),
    At(At),
    Same {
        group: usize,
        any_case: bool,
    },
    If {
        group: usize,
        no: usize,
    },
    Match,
}

/// The head of a loop: its body begins behind it.
#[derive(Debug)]
pub struct Again {
    pub counter: usize,
    pub least: u32,
    pub most: u32,
    pub lazy: bool,
    pub part: First,
    pub exit: usize,
    pub next: First,
}

#[derive(Debug)]
pub struct Program {
    pub code: Vec<Inst>,
    pub sets: Vec<Set>,
    pub groups: usize,
    pub counters: usize,
    pub looks: usize,
    pub first: First,
}

const DEEPEST: usize = 200;

pub fn compile(tree: Tree) -> Result<Program, Fault> {
    let first = first::of(&tree.root, &tree.sets);
    let mut writer = Writer { sets: &tree.sets, code: Vec::new(), counters: 0, looks: 0, depth: 0 };
    writer.node(&tree.root, &First::empty())?;
    writer.code.push(Inst::Match);
    let Writer { code, counters, looks, .. } = writer;
    Ok(Program { code, groups: tree.groups, counters, looks, first, sets: tree.sets })
}

struct Writer<'a> {
    sets: &'a [Set],
    code: Vec<Inst>,
    counters: usize,
    looks: usize,
    depth: usize,
}

impl Writer<'_> {
    fn node(&mut self, node: &Node, next: &First) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault("it is nested too deep"));
        }
        match node {
            Node::Literal(text) if text.len() == 1 => self.code.push(Inst::Byte(text.as_bytes()[0])),
            Node::Literal(text) => self.code.push(Inst::Text(text.as_bytes().into())),
            Node::One(set) => self.code.push(Inst::One(*set)),
            Node::Sequence(parts) => self.sequence(parts, next)?,
            Node::Either(branches) => self.either(branches, next)?,
            Node::Repeat { mode, least, most, part } => self.repeat(*mode, *least, *most, part, next)?,
            Node::Group { number, part } => {
                self.code.push(Inst::Save(2 * number));
                self.node(part, next)?;
                self.code.push(Inst::Save(2 * number + 1));
            }
            Node::Look { behind, ahead, negated, part } => self.look(*behind, *ahead, *negated, part)?,
            Node::Atomic(part) => self.atomic(part)?,
            Node::At(at) => self.code.push(Inst::At(*at)),
            Node::Same { group, any_case } => {
                self.code.push(Inst::Same { group: *group, any_case: *any_case });
            }
            Node::If { group, yes, no } => {
                let head = self.hole();
                self.node(yes, next)?;
                let jump = self.hole();
                self.code[head] = Inst::If { group: *group, no: self.code.len() };
                self.node(no, next)?;
                self.code[jump] = Inst::Jump(self.code.len());
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Leaves room for an instruction that is known later.
    fn hole(&mut self) -> usize {
        self.code.push(Inst::Match);
        self.code.len() - 1
    }

    fn sequence(&mut self, parts: &[Node], next: &First) -> Result<(), Fault> {
        for (index, part) in parts.iter().enumerate() {
            let mut following = First::empty();
            for later in &parts[index + 1..] {
                if !following.may_be_empty {
                    break;
                }
                following = following.then(&first::of(later, self.sets));
            }
            self.node(part, &following.then(next))?;
        }
        Ok(())
    }

    fn either(&mut self, branches: &[Node], next: &First) -> Result<(), Fault> {
        let head = self.hole();
        let mut places = Vec::new();
        let mut jumps = Vec::new();
        for branch in branches {
            let begins = first::of(branch, self.sets).then(next);
            places.push((begins, self.code.len()));
            self.node(branch, next)?;
            jumps.push(self.hole());
        }
        for jump in jumps {
            self.code[jump] = Inst::Jump(self.code.len());
        }
        self.code[head] = Inst::Either(places.into());
        Ok(())
    }

    fn repeat(&mut self, mode: Mode, least: u32, most: u32, part: &Node, next: &First) -> Result<(), Fault> {
        if let Some(set) = one_class(part) {
            self.code.push(Inst::Run { set, least, most, mode, next: next.clone() });
            return Ok(());
        }
        if mode == Mode::Possessive {
            let greedy = Node::Repeat { mode: Mode::Greedy, least, most, part: Box::new(part.clone()) };
            return self.atomic(&greedy);
        }
        let begins = first::of(part, self.sets);
        let lazy = mode == Mode::Lazy;
        match (least, most) {
            (1, 1) => self.node(part, next)?,
            (0, 1) => {
                let head = self.hole();
                self.node(part, next)?;
                let exit = self.code.len();
                self.code[head] = Inst::Maybe { lazy, part: begins.then(next), exit, next: next.clone() };
            }
            _ => {
                let counter = self.counters;
                self.counters += 1;
                self.code.push(Inst::Begin(counter));
                let head = self.hole();
                self.node(part, &first::either(begins.clone(), next.clone()))?;
                self.code.push(Inst::Jump(head));
                let exit = self.code.len();
                let next = next.clone();
                let part = begins;
                self.code[head] =
                    Inst::Again(Box::new(Again { counter, least, most, lazy, part, exit, next }));
            }
        }
        Ok(())
    }

    fn look(&mut self, behind: u32, ahead: bool, negated: bool, part: &Node) -> Result<(), Fault> {
        if let Some(set) = one_class(part) {
            if ahead || behind == 1 {
                self.code.push(Inst::Beside { set, ahead, negated });
                return Ok(());
            }
        }
        let look = self.looks;
        self.looks += 1;
        let head = self.hole();
        self.node(part, &First::anything())?;
        let end = self.hole();
        let exit = self.code.len();
        let behind = if ahead { 0 } else { behind };
        self.code[head] = Inst::Look { look, behind, negated, exit };
        self.code[end] = Inst::LookEnd { look, negated, exit };
        Ok(())
    }

    fn atomic(&mut self, part: &Node) -> Result<(), Fault> {
        let look = self.looks;
        self.looks += 1;
        self.code.push(Inst::Atomic(look));
        self.node(part, &First::anything())?;
        self.code.push(Inst::AtomicEnd(look));
        Ok(())
    }
}

/// Returns the class of a node that is one character of it.
fn one_class(node: &Node) -> Option<usize> {
    match node {
        Node::One(set) => Some(*set),
        Node::Sequence(parts) if parts.len() == 1 => one_class(&parts[0]),
        _ => None,
    }
}

/// Tells whether a count may still grow.
#[inline]
pub fn below(count: u32, most: u32) -> bool {
    most == UNBOUNDED || count < most
}
