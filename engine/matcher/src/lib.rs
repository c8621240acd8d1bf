//! Runs regular expressions of Python's `re` over UTF-8, as Python runs them over characters.
//!
//! Python hands over the parse tree of each pattern with its classes of characters as ranges, so that nothing here
//! knows a dialect, a flag or a version of Unicode. A pattern is searched for by backtracking on a stack of its own,
//! with a budget of steps: a text that takes more is given back.
#![forbid(unsafe_code)]

mod compile;
mod conditions;
mod first;
mod run;
mod search;
mod sets;
mod tree;
mod validators;

pub use conditions::Condition;
pub use run::{Exhausted, Room};
pub use search::{Captures, Matches, Pattern};
pub use tree::Fault;
